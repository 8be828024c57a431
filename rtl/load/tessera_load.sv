// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// LOAD engine of one lane: copies rows of bytes from memory into the banks of a local memory.
//
// The front (tessera_burst_gen) asks for the grains that the rows touch, instruction after instruction; the back
// takes the grains in that order, cuts the rows out of them, fills up with zeros and writes. Requests of the next
// instructions go out while the data of the earlier ones return.
//
//   Handshake   issue, req, rsp and wr are ready/valid. done is a pulse, in the cycle in which the last grain of
//               the instruction is taken by the local memory. A fault is a level until flush_i; from a fault or
//               flush_i on, grains coming back are dropped, and nothing is raised but what was raised already.
//   Latency     issue to first req 3 cycles, rsp to wr 1 cycle; issue to first wr of a zero row 3 cycles.
//   Throughput  The back spends, without stalls, exactly
//                 sum over rows of (G + (start of the row is not a multiple of 32)) + fill * G   cycles,
//                 G = ceil(row_bytes / 32) the grains written per row, and no cycle between rows or instructions.
//               The front spends 1 cycle per burst: per row, as many as multiples of the granule,
//                 min(2^interleave_i, 32 * MaxBurst) bytes, lie inside it, plus 1. A lone instruction is done
//                 3 + L + back cycles after its issue, L = cycles from req to its first rsp (fill only: 2 + back).
//   Reset       Drops everything.

module tessera_load
  import tessera_spec_gen_pkg::load_t, tessera_spec_gen_pkg::space_e, tessera_spec_gen_pkg::ErrorBusRead;
  import tessera_pkg::*;
#(
  parameter int unsigned Rows     = 8,   // Banks of A and A_SCALE, a power of two
  parameter int unsigned Cols     = 8,   // Banks of B and B_SCALE, a power of two
  parameter int unsigned InFlight = 8,   // Instructions queued between front and back, at least 4
  parameter int unsigned MaxBurst = 32,  // Longest burst in grains, a power of two, 1 to 128
  localparam int unsigned BankBits = $clog2(Rows > Cols ? Rows : Cols)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [3:0]          interleave_i,  // log2 of a port's granule in bytes, 8 to 12; changes only when quiet

  // Control
  input  logic                issue_valid_i,
  output logic                issue_ready_o,
  input  issue_t              issue_i,
  output logic                done_valid_o,
  output sem_mask_t           done_post_o,
  output pc_t                 done_pc_o,
  output grain_t              done_word_o,
  output logic                fault_valid_o,
  output fault_t              fault_o,
  output activity_e           activity_o,
  input  logic                flush_i,
  output logic                quiet_o,

  // Read crossbar
  output logic                req_valid_o,
  input  logic                req_ready_i,
  output burst_t              req_o,
  input  logic                rsp_valid_i,
  output logic                rsp_ready_o,
  input  rbeat_t              rsp_i,

  // Local memories
  output logic                wr_valid_o,
  input  logic                wr_ready_i,
  output space_e              wr_space_o,
  output logic [BankBits-1:0] wr_bank_o,
  output logic [15:0]         wr_addr_o,     // Grain in the bank
  output grain_t              wr_data_o
);

  if (InFlight < 4) begin : gen_bad_in_flight
    $error("tessera_load: InFlight must be at least 4, or short loads wait for each other's latency");
  end

  localparam int unsigned BurstBits = 12;  // Bursts outstanding; the crossbar bounds them far below

  logic fault_valid_d, fault_valid_q, stop;
  assign stop = flush_i || fault_valid_q;

  // An instruction goes to the front's queue (unless it has zero rows only) and to the back's.
  load_t issue_load;
  assign issue_load = load_t'(issue_i.word);

  typedef struct packed {
    mem_addr_t       addr;
    logic [15:0] rows;
    logic [31:0] row_stride;
    logic [19:0] row_bytes;
  } rows_t;

  rows_t  front_in, front;
  issue_t job;
  logic   front_push, front_ready, front_valid, front_pop, cmd_ready;
  logic   job_push, queue_ready, job_valid, job_pop;
  logic [1:0]                       unused_front_count;
  logic [$clog2(InFlight + 1)-1:0]  unused_queue_count;

  assign issue_ready_o = !stop && front_ready && queue_ready;
  assign job_push      = issue_valid_i && issue_ready_o;
  assign front_push    = job_push && issue_load.rows != '0;
  assign front_in      = '{addr: issue_i.ea, rows: issue_load.rows, row_stride: issue_load.row_stride,
                           row_bytes: issue_load.row_bytes};

  tessera_fifo #(
    .Width($bits(rows_t)),
    .Depth(2)
  ) u_front_queue (
    .clk_i,
    .rst_ni,
    .valid_i(front_push),
    .ready_o(front_ready),
    .data_i (front_in),
    .valid_o(front_valid),
    .ready_i(front_pop),
    .data_o (front),
    .count_o(unused_front_count)
  );

  tessera_fifo #(
    .Width($bits(issue_t)),
    .Depth(InFlight)
  ) u_back_queue (
    .clk_i,
    .rst_ni,
    .valid_i(job_push),
    .ready_o(queue_ready),
    .data_i (issue_i),
    .valid_o(job_valid),
    .ready_i(job_pop),
    .data_o (job),
    .count_o(unused_queue_count)
  );

  logic front_busy, unused_tag, unused_final;
  assign front_pop = cmd_ready || stop;

  tessera_burst_gen #(
    .TagBits (1),
    .MaxBurst(MaxBurst)
  ) u_front (
    .clk_i,
    .rst_ni,
    .interleave_i,
    .stop_i          (stop),
    .cmd_valid_i     (front_valid),
    .cmd_ready_o     (cmd_ready),
    .cmd_addr_i      (front.addr),
    .cmd_rows_i      (front.rows),
    .cmd_row_stride_i(front.row_stride),
    .cmd_row_bytes_i (front.row_bytes),
    .cmd_tag_i       (1'b0),
    .req_valid_o,
    .req_ready_i,
    .req_o,
    .req_tag_o       (unused_tag),
    .req_final_o     (unused_final),
    .busy_o          (front_busy)
  );

  // Bursts asked for and not yet answered to the last grain
  logic [BurstBits-1:0] bursts_d, bursts_q;
  logic                 req_fire, rsp_fire;
  assign req_fire = req_valid_o && req_ready_i;
  assign rsp_fire = rsp_valid_i && rsp_ready_o;
  assign bursts_d = bursts_q + BurstBits'(req_fire) - BurstBits'(rsp_fire && rsp_i.last);

  logic   back_busy, back_rsp_ready, read_error;
  mem_addr_t  error_addr;
  issue_t error_issue;
  assign rsp_ready_o = stop || back_rsp_ready;

  logic   written_last, realigning;
  issue_t written;

  tessera_load_back #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_back (
    .clk_i,
    .rst_ni,
    .stop_i        (stop),
    .job_valid_i   (job_valid),
    .job_ready_o   (job_pop),
    .job_i         (job),
    .rsp_valid_i,
    .rsp_ready_o   (back_rsp_ready),
    .rsp_i,
    .wr_valid_o,
    .wr_ready_i,
    .wr_space_o,
    .wr_bank_o,
    .wr_addr_o,
    .wr_data_o,
    .wr_last_o     (written_last),
    .wr_issue_o    (written),
    .error_o       (read_error),
    .error_addr_o  (error_addr),
    .error_issue_o (error_issue),
    .realigning_o  (realigning),
    .busy_o        (back_busy)
  );

  load_t written_load;
  assign written_load = load_t'(written.word);
  assign done_valid_o = wr_valid_o && wr_ready_i && written_last && !flush_i;
  assign done_post_o  = written_load.post_mask;
  assign done_pc_o    = written.pc;
  assign done_word_o  = written.word;

  // Fault: the first burst answered with an error.
  fault_t fault_q;
  assign fault_valid_d = !flush_i && (fault_valid_q || read_error);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fault_valid_q <= 1'b0;
      bursts_q      <= '0;
    end else begin
      fault_valid_q <= fault_valid_d;
      bursts_q      <= bursts_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (read_error && !fault_valid_q) begin
      fault_q <= '{error: ErrorBusRead, pc: error_issue.pc, word: error_issue.word, addr: error_addr};
    end
  end

  assign fault_valid_o = fault_valid_q;
  assign fault_o       = fault_q;

  logic empty;
  assign empty   = !front_valid && !front_busy && !job_valid && !back_busy && bursts_q == '0;
  assign quiet_o = empty;

  always_comb begin
    activity_o = ActMem;
    if (wr_valid_o)      activity_o = wr_ready_i ? ActBusy : ActBuf;
    else if (realigning) activity_o = ActBusy;
    else if (empty)      activity_o = ActIdle;
  end

  // The encoding's other fields were the dispatcher's business.
  logic unused;
  assign unused = ^{issue_load, written_load, written, error_issue, unused_front_count, unused_queue_count, unused_tag,
                    unused_final};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_burst_count_sound      : assert property (@(posedge clk_i) disable iff (in_reset)
      bursts_q == '0 |-> !rsp_valid_i);
  a_burst_count_no_wrap    : assert property (@(posedge clk_i) disable iff (in_reset)
      bursts_q == '1 |-> !req_fire);
  a_request_stable         : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_o && !req_ready_i |=> req_valid_o && $stable(req_o));
  a_write_stable           : assert property (@(posedge clk_i) disable iff (in_reset)
      wr_valid_o && !wr_ready_i |=> wr_valid_o && $stable({wr_space_o, wr_bank_o, wr_addr_o, wr_data_o}));
  a_fault_held_until_flush : assert property (@(posedge clk_i) disable iff (in_reset)
      fault_valid_o && !flush_i |=> fault_valid_o && $stable(fault_o));
  a_instruction_not_empty  : assert property (@(posedge clk_i) disable iff (in_reset)
      job_push |-> issue_load.row_bytes != '0 && (issue_load.rows != '0 || issue_load.fill != '0));
`endif

endmodule
