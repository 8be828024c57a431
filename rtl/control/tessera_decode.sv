// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Checks instructions in program order and resolves their addresses.
//
// Three registers: the word; its products (fields checked, CONFIG in force updated); its sums (address registers read
// and updated). Behind the last one the memory range is compared. State is updated ahead of the dispatcher, which is
// invisible: an error stops the program before any later instruction is dispatched.
//
//   Handshake   valid/ready on both sides.
//   Latency     3 cycles.
//   Throughput  1 instruction per cycle.
//   Reset       Empty; CONFIG and address registers are cleared by every start_i.

module tessera_decode
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned Rows        = 8,
  parameter int unsigned Cols        = 8,
  parameter logic [3:0]  Formats     = 4'hf,
  parameter int unsigned ADepth      = 1024,
  parameter int unsigned BDepth      = 1024,
  parameter int unsigned AScaleDepth = 128,
  parameter int unsigned BScaleDepth = 128,
  parameter int unsigned PsumTiles   = 128,
  parameter int unsigned OutDepth    = 2048,
  parameter int unsigned ColDepth    = 64,
  parameter int unsigned LoadLanes   = 2
) (
  input  logic     clk_i,
  input  logic     rst_ni,

  // From the run state machine
  input  logic     start_i,   // Pulse: no CONFIG yet, all address registers 0
  input  logic     run_i,     // Level: a program runs; low: forget everything
  input  launch_t  launch_i,  // Constant while run_i

  // From tessera_sequencer
  input  logic     valid_i,
  output logic     ready_o,
  input  fetched_t fetched_i,

  // To tessera_dispatch
  output logic     valid_o,
  input  logic     ready_i,
  output checked_t checked_o
);

  // Stage 1: the word
  logic     valid1_q, valid2_q, valid3_q, step1, step2, step3, ready1, ready2, ready3;
  fetched_t fetched1_q;
  logic     config_valid_d, config_valid_q;
  config_t  config_q;
  error_e   field_error, error1;

  assign ready3  = !valid3_q || ready_i;
  assign ready2  = !valid2_q || ready3;
  assign ready1  = !valid1_q || ready2;
  assign step1   = valid_i && ready1;
  assign step2   = valid1_q && ready2;
  assign step3   = valid2_q && ready3;
  assign ready_o = ready1;

  tessera_check_fields #(
    .Cols(Cols),
    .Formats(Formats),
    .LoadLanes(LoadLanes)
  ) u_fields (
    .word_i        (fetched1_q.word),
    .config_valid_i(config_valid_q),
    .config_i      (config_q),
    .error_o       (field_error)
  );

  // Nothing was read: nothing to check. Loop rules come after all rules of the opcodes they are about.
  always_comb begin
    if (fetched1_q.error == ErrorBusFetch || fetched1_q.error == ErrorProgramEnd || field_error == ErrorNone) begin
      error1 = fetched1_q.error;
    end else begin
      error1 = field_error;
    end
  end

  logic is_config;
  assign is_config      = fetched1_q.word[7:0] == OpConfig;
  assign config_valid_d = !start_i && (config_valid_q || (step2 && is_config));

  // Stage 2: products
  fetched_t    fetched2_q;
  logic        past_end, touches_memory;
  logic [49:0] span;

  tessera_check_ranges #(
    .Rows(Rows),
    .Cols(Cols),
    .ADepth(ADepth),
    .BDepth(BDepth),
    .AScaleDepth(AScaleDepth),
    .BScaleDepth(BScaleDepth),
    .PsumTiles(PsumTiles),
    .OutDepth(OutDepth),
    .ColDepth(ColDepth)
  ) u_ranges (
    .clk_i,
    .step_i          (step2),
    .word_i          (fetched1_q.word),
    .config_i        (config_q),
    .past_end_o      (past_end),
    .touches_memory_o(touches_memory),
    .span_o          (span)
  );

  // Address registers, in program order. Number 0 stays 0.
  tessera_pkg::mem_addr_t [NUM_ADDR_REGS-1:0] areg_d, areg_q;
  tessera_pkg::mem_addr_t areg, sum, ea;
  setr_t              setr;
  store_t             access;  // LOAD has areg, addr and post_inc in the same places
  logic [2:0]         areg_index;
  logic               is_access;

  assign setr       = fetched2_q.word;
  assign access     = fetched2_q.word;
  assign areg_index = setr.areg;
  assign areg       = areg_q[areg_index];
  assign is_access  = fetched2_q.word[7:0] == OpLoad || fetched2_q.word[7:0] == OpStore;
  assign ea         = access.addr + areg;
  assign sum        = areg + (is_access ? {{16{access.post_inc[31]}}, access.post_inc} : setr.value);

  always_comb begin
    areg_d = areg_q;
    if (step3 && areg_index != '0) begin
      case (fetched2_q.word[7:0])
        OpSetr:                  areg_d[areg_index] = setr.value;
        OpAddr, OpLoad, OpStore: areg_d[areg_index] = sum;
        default:                 areg_d = areg_q;
      endcase
    end
    if (start_i) areg_d = '0;
  end

  // Stage 3: sums
  fetched_t           fetched3_q;
  logic               touches_memory3_q;
  logic [49:0]        span3_q;
  tessera_pkg::mem_addr_t ea3_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q       <= 1'b0;
      valid2_q       <= 1'b0;
      valid3_q       <= 1'b0;
      config_valid_q <= 1'b0;
    end else begin
      valid1_q       <= run_i && (step1 || (valid1_q && !ready2));
      valid2_q       <= run_i && (step2 || (valid2_q && !ready3));
      valid3_q       <= run_i && (step3 || (valid3_q && !ready_i));
      config_valid_q <= config_valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    areg_q <= areg_d;
    if (step1) fetched1_q <= fetched_i;
    if (step2) begin
      fetched2_q.pc    <= fetched1_q.pc;
      fetched2_q.word  <= fetched1_q.word;
      fetched2_q.error <= error1;
      if (is_config) config_q <= fetched1_q.word;
    end
    if (step3) begin
      fetched3_q.pc     <= fetched2_q.pc;
      fetched3_q.word   <= fetched2_q.word;
      fetched3_q.error  <= fetched2_q.error == ErrorNone && past_end ? ErrorBufferRange : fetched2_q.error;
      touches_memory3_q <= touches_memory;
      span3_q           <= span;
      ea3_q             <= is_access ? ea : '0;
    end
  end

  // MEM_RANGE. No address past 2^ADDR_BITS exists, whatever MEM_LIMIT says.
  logic [64:0]        mem_end;
  logic               mem_bad;
  tessera_pkg::mem_addr_t fetch_addr;
  assign mem_end    = 65'(ea3_q) + 65'(span3_q);
  assign mem_bad    = touches_memory3_q && (64'(ea3_q) < launch_i.mem_base || mem_end > 65'(launch_i.mem_limit) ||
                                            mem_end > (65'd1 << ADDR_BITS));
  assign fetch_addr = launch_i.prog_base[ADDR_BITS-1:0] + {{(ADDR_BITS - PC_BITS - 5){1'b0}}, fetched3_q.pc, 5'd0};

  always_comb begin
    checked_o.issue.pc   = fetched3_q.pc;
    checked_o.issue.ea   = ea3_q;
    checked_o.issue.word = fetched3_q.word;
    checked_o.error      = fetched3_q.error;
    checked_o.error_addr = '0;
    if (fetched3_q.error == ErrorBusFetch) checked_o.error_addr = fetch_addr;
    if (fetched3_q.error == ErrorNone && mem_bad) begin
      checked_o.error      = ErrorMemRange;
      checked_o.error_addr = ea3_q;
    end
  end

  assign valid_o = valid3_q;

  logic unused;
  assign unused = ^{setr, access, launch_i};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_checked_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_o && !ready_i && run_i |=> valid_o && $stable(checked_o));
  a_register_0_reads_zero : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_o |-> areg_q[0] == '0);
`endif

endmodule
