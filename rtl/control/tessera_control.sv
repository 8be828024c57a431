// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Control block of a slice: registers, program fetch, checks, dispatch, queues, semaphores, issue, errors, counters.
//
// Engines are numbered 0 MATMUL (CONFIG too), 1 STORE, 2 + i LOAD lane i; ERROR_INFO and the counters number the
// dispatcher 0 and them from 1.
//
//   Handshake   AXI4-Lite; read master of tessera_rd_xbar; engines as in docs/architecture.md. issue_valid_o depends on
//               issue_ready_i in the same cycle (semaphores are taken as the instruction leaves), so an engine's ready
//               must not depend on its valid.
//   Latency     README.md, asserted by tests/unit/rtl/control_test.cpp.
//   Throughput  1 instruction per cycle.
//   Reset       IDLE.

module tessera_control
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned Rows        = 8,
  parameter int unsigned Cols        = 8,
  parameter int unsigned AccBits     = 128,
  parameter logic [3:0]  Formats     = 4'hf,  // Bit f: operand format f is in this build
  parameter int unsigned ADepth      = 1024,
  parameter int unsigned BDepth      = 1024,
  parameter int unsigned AScaleDepth = 128,
  parameter int unsigned BScaleDepth = 128,
  parameter int unsigned PsumTiles   = 128,
  parameter int unsigned OutDepth    = 2048,
  parameter int unsigned ColDepth    = 64,
  parameter int unsigned LoadLanes   = 2,
  parameter int unsigned Ports       = 2,
  localparam int unsigned Engines    = 2 + LoadLanes
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  // Host: AXI4-Lite, one write and one read outstanding
  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [11:0] s_axil_awaddr,
  input  logic        s_axil_wvalid,
  output logic        s_axil_wready,
  input  logic [31:0] s_axil_wdata,
  input  logic [3:0]  s_axil_wstrb,
  output logic        s_axil_bvalid,
  input  logic        s_axil_bready,
  output logic [1:0]  s_axil_bresp,
  input  logic        s_axil_arvalid,
  output logic        s_axil_arready,
  input  logic [11:0] s_axil_araddr,
  output logic        s_axil_rvalid,
  input  logic        s_axil_rready,
  output logic [31:0] s_axil_rdata,
  output logic [1:0]  s_axil_rresp,
  output logic        irq_o,                // Level

  // Fetch: read master, responses in request order
  output logic        fetch_req_valid_o,
  input  logic        fetch_req_ready_i,
  output burst_t      fetch_req_o,
  input  logic        fetch_rsp_valid_i,
  output logic        fetch_rsp_ready_o,    // Always high
  input  rbeat_t      fetch_rsp_i,

  // Engines
  output logic      [Engines-1:0] issue_valid_o,  // Only with issue_ready_i, see above
  input  logic      [Engines-1:0] issue_ready_i,
  output issue_t    [Engines-1:0] issue_o,
  input  logic      [Engines-1:0] done_valid_i,   // Pulse per completed instruction; not after quiet_i
  input  sem_mask_t [Engines-1:0] done_post_i,
  input  pc_t       [Engines-1:0] done_pc_i,
  input  grain_t    [Engines-1:0] done_word_i,
  input  logic      [Engines-1:0] fault_valid_i,  // Level until flush_o
  input  fault_t    [Engines-1:0] fault_i,
  input  activity_e [Engines-1:0] activity_i,
  input  logic      [Engines-1:0] quiet_i,        // Low from the cycle after issue until the cycle of done, at least; may stay high if done comes with issue
  output logic                    flush_o,        // Level until all are quiet
  output logic                    start_o,        // Pulse before a program's first instruction
  output logic [3:0]              interleave_o,   // log2 of the bytes of a granule; constant while a program runs

  // Events to count, in the cycle in which they happen
  input  num_status_t      num_status_i,
  input  logic             pass_i,
  input  logic [Ports-1:0] rd_beats_i,
  input  logic [Ports-1:0] wr_beats_i
);

  if (Rows < 4 || Rows > 32 || (Rows & (Rows - 1)) != 0 || Cols < 4 || Cols > 32 || (Cols & (Cols - 1)) != 0)
  begin : gen_bad_grid
    $error("tessera_control: Rows and Cols must be powers of two from 4 to 32");
  end
  if (LoadLanes < 1 || LoadLanes > MAX_LOAD_LANES) begin : gen_bad_lanes
    $error("tessera_control: LoadLanes must be 1 to MAX_LOAD_LANES");
  end
  if (ADepth > 65535 || BDepth > 65535 || AScaleDepth > 65535 || BScaleDepth > 65535 || PsumTiles > 65535 ||
      OutDepth > 65535 || ColDepth > 65535) begin : gen_bad_depth
    $error("tessera_control: depths must fit the 16-bit fields of the HW_* registers");
  end

  localparam int unsigned Users = 1 + Engines;  // Of semaphores: the dispatcher, then the engines

  // Registers and run state
  launch_t     launch;
  outcome_t    outcome;
  counters_t   counters;
  sem_value_t [NUM_SEMAPHORES-1:0] sem_value;
  logic        start_req, abort_req, clear, start, run, flush, done_event, error_event;
  logic        engines_quiet, fetch_quiet;

  assign engines_quiet = &quiet_i;
  assign start_o       = start;
  assign flush_o       = flush;

  tessera_regs #(
    .Rows(Rows),
    .Cols(Cols),
    .AccBits(AccBits),
    .Formats(Formats),
    .ADepth(ADepth),
    .BDepth(BDepth),
    .AScaleDepth(AScaleDepth),
    .BScaleDepth(BScaleDepth),
    .PsumTiles(PsumTiles),
    .OutDepth(OutDepth),
    .ColDepth(ColDepth),
    .LoadLanes(LoadLanes),
    .Ports(Ports)
  ) u_regs (
    .clk_i,
    .rst_ni,
    .s_axil_awvalid,
    .s_axil_awready,
    .s_axil_awaddr,
    .s_axil_wvalid,
    .s_axil_wready,
    .s_axil_wdata,
    .s_axil_wstrb,
    .s_axil_bvalid,
    .s_axil_bready,
    .s_axil_bresp,
    .s_axil_arvalid,
    .s_axil_arready,
    .s_axil_araddr,
    .s_axil_rvalid,
    .s_axil_rready,
    .s_axil_rdata,
    .s_axil_rresp,
    .irq_o,
    .start_o      (start_req),
    .abort_o      (abort_req),
    .launch_o     (launch),
    .interleave_o,
    .done_event_i (done_event),
    .error_event_i(error_event),
    .outcome_i    (outcome),
    .semaphore_i  (sem_value),
    .counters_i   (counters)
  );

  // Instruction stream
  logic               dispatched_valid, dispatched_ready;
  checked_t           checked;

  tessera_front #(
    .Rows(Rows),
    .Cols(Cols),
    .Formats(Formats),
    .ADepth(ADepth),
    .BDepth(BDepth),
    .AScaleDepth(AScaleDepth),
    .BScaleDepth(BScaleDepth),
    .PsumTiles(PsumTiles),
    .OutDepth(OutDepth),
    .ColDepth(ColDepth),
    .LoadLanes(LoadLanes)
  ) u_front (
    .clk_i,
    .rst_ni,
    .start_i    (start),
    .run_i      (run),
    .launch_i   (launch),
    .quiet_o    (fetch_quiet),
    .req_valid_o(fetch_req_valid_o),
    .req_ready_i(fetch_req_ready_i),
    .req_o      (fetch_req_o),
    .rsp_valid_i(fetch_rsp_valid_i),
    .rsp_ready_o(fetch_rsp_ready_o),
    .rsp_i      (fetch_rsp_i),
    .valid_o    (dispatched_valid),
    .ready_i    (dispatched_ready),
    .checked_o  (checked)
  );

  // Dispatch, queues, issue
  logic [Engines-1:0] queue_full, queue_empty, push;
  issue_t             held;
  issue_t [Engines-1:0] head;
  logic               held_valid, fire, halted, dispatch_fault_valid;
  fault_t             dispatch_fault;
  bucket_e            dispatch_bucket;

  logic      [Users-1:0] want, can, grant, post, overflow;
  sem_mask_t [Users-1:0] wait_mask, missing, post_mask;
  pc_t       [Users-1:0] post_pc;
  grain_t    [Users-1:0] post_word;

  tessera_dispatch #(
    .LoadLanes(LoadLanes)
  ) u_dispatch (
    .clk_i,
    .rst_ni,
    .run_i          (run),
    .valid_i        (dispatched_valid),
    .ready_o        (dispatched_ready),
    .checked_i      (checked),
    .queue_full_i   (queue_full),
    .queue_empty_i  (queue_empty),
    .push_o         (push),
    .issue_o        (held),
    .engines_quiet_i(engines_quiet),
    .fetch_quiet_i  (fetch_quiet),
    .sem_want_o     (want[0]),
    .sem_wait_o     (wait_mask[0]),
    .sem_grant_i    (grant[0]),
    .post_valid_o   (post[0]),
    .post_mask_o    (post_mask[0]),
    .held_o         (held_valid),
    .fire_o         (fire),
    .halted_o       (halted),
    .fault_valid_o  (dispatch_fault_valid),
    .fault_o        (dispatch_fault),
    .bucket_o       (dispatch_bucket)
  );

  logic not_running;
  assign not_running  = !run;
  assign can[0]       = run;
  assign post_pc[0]   = held.pc;
  assign post_word[0] = held.word;

  for (genvar e = 0; e < Engines; e++) begin : gen_engine
    sync_t  common;  // Masks are in the same places in every instruction
    issue_t queue_head;
    logic   empty;
    logic   unused_fields;
    tessera_issue_queue #(
      .Depth(QUEUE_DEPTH)
    ) u_queue (
      .clk_i,
      .rst_ni,
      .clear_i(not_running),
      .push_i (push[e]),
      .issue_i(held),
      .full_o (queue_full[e]),
      .empty_o(empty),
      .head_o (queue_head),
      .pop_i  (grant[e+1])
    );
    assign common           = queue_head.word;
    assign unused_fields    = ^common;
    assign queue_empty[e]   = empty;
    assign head[e]          = queue_head;
    assign want[e+1]        = run && !empty;
    assign wait_mask[e+1]   = common.wait_mask;
    assign can[e+1]         = run && issue_ready_i[e];
    assign issue_valid_o[e] = grant[e+1];
    assign issue_o[e]       = queue_head;
    assign post[e+1]        = run && done_valid_i[e];
    assign post_mask[e+1]   = done_post_i[e];
    assign post_pc[e+1]     = done_pc_i[e];
    assign post_word[e+1]   = done_word_i[e];
  end

  tessera_semaphores #(
    .Users(Users)
  ) u_semaphores (
    .clk_i,
    .rst_ni,
    .clear_i    (clear),
    .want_i     (want),
    .wait_i     (wait_mask),
    .can_i      (can),
    .grant_o    (grant),
    .missing_o  (missing),
    .post_i     (post),
    .post_mask_i(post_mask),
    .overflow_o (overflow),
    .value_o    (sem_value)
  );

  // Faults and the end
  logic [Engines-1:0] head_missing;
  logic               sync_missing, posting, progress, deadlock, watchdog;
  engine_e            deadlock_engine;
  fault_t             deadlock_fault;

  always_comb begin
    logic busy;
    busy         = 1'b0;
    sync_missing = missing[0] != '0;
    for (int unsigned e = 0; e < Engines; e++) begin
      head_missing[e] = missing[e+1] != '0;
      busy |= activity_i[e] == ActBusy;
    end
    posting  = post != '0;
    progress = fire || grant != '0 || posting || busy || fetch_rsp_valid_i || rd_beats_i != '0 || wr_beats_i != '0;
  end

  tessera_deadlock #(
    .LoadLanes(LoadLanes)
  ) u_deadlock (
    .clk_i,
    .rst_ni,
    .run_i          (run),
    .watchdog_i     (launch.watchdog),
    .held_i         (held_valid),
    .fire_i         (fire),
    .sync_missing_i (sync_missing),
    .held_issue_i   (held),
    .queue_empty_i  (queue_empty),
    .head_missing_i (head_missing),
    .head_i         (head),
    .engines_quiet_i(engines_quiet),
    .posting_i      (posting),
    .progress_i     (progress),
    .deadlock_o     (deadlock),
    .engine_o       (deadlock_engine),
    .fault_o        (deadlock_fault),
    .watchdog_o     (watchdog)
  );

  tessera_run #(
    .LoadLanes(LoadLanes)
  ) u_run (
    .clk_i,
    .rst_ni,
    .start_i               (start_req),
    .abort_i               (abort_req),
    .launch_i              (launch),
    .dispatch_fault_valid_i(dispatch_fault_valid),
    .dispatch_fault_i      (dispatch_fault),
    .overflow_i            (overflow),
    .post_pc_i             (post_pc),
    .post_word_i           (post_word),
    .fault_valid_i,
    .fault_i,
    .deadlock_i            (deadlock),
    .deadlock_engine_i     (deadlock_engine),
    .deadlock_fault_i      (deadlock_fault),
    .watchdog_i            (watchdog),
    .held_i                (held_valid),
    .held_issue_i          (held),
    .halted_i              (halted),
    .engines_quiet_i       (engines_quiet),
    .fetch_quiet_i         (fetch_quiet),
    .num_status_i,
    .clear_o               (clear),
    .start_o               (start),
    .run_o                 (run),
    .flush_o               (flush),
    .done_event_o          (done_event),
    .error_event_o         (error_event),
    .outcome_o             (outcome)
  );

  logic counting;
  assign counting = run || flush;

  tessera_counters #(
    .LoadLanes(LoadLanes),
    .Ports(Ports)
  ) u_counters (
    .clk_i,
    .rst_ni,
    .clear_i          (clear),
    .count_i          (counting),
    .dispatched_i     (fire),
    .dispatch_bucket_i(dispatch_bucket),
    .activity_i,
    .missing_i        (missing),
    .pass_i,
    .rd_beats_i,
    .wr_beats_i,
    .counters_o       (counters)
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_issue_only_to_a_ready_engine : assert property (@(posedge clk_i) disable iff (in_reset)
      (issue_valid_o & ~issue_ready_i) == '0);
  a_nothing_starts_while_stopping : assert property (@(posedge clk_i) disable iff (in_reset)
      flush_o |-> issue_valid_o == '0);
  a_engine_is_not_quiet_after_issue : assert property (@(posedge clk_i) disable iff (in_reset)
      issue_valid_o != '0 |=> (quiet_i & $past(issue_valid_o & ~done_valid_i) & ~done_valid_i) == '0);
  a_completion_needs_a_program : assert property (@(posedge clk_i) disable iff (in_reset)
      done_valid_i != '0 |-> run || flush);
`endif

endmodule
