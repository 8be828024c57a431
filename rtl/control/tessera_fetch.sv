// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Program fetch: keeps the last 64 instructions in a ring and reads ahead of the program counter.
//
// The ring holds the instructions [lo, hi); [hi, ask) are on their way. Reading ahead stops Ahead instructions past the
// program counter, so the 48 instructions behind it are still there: a loop body of that length never comes from
// memory twice. A program counter before `lo` empties the ring and starts again there.
//
//   Handshake   The sequencer names a pc; hit_o, kind_o and bad_o answer in the same cycle. With take_i the word follows
//               in the next cycle and stays until the next take_i. Requests: valid/ready, responses in request order.
//   Latency     start_i to the first request: 2 cycles. A response beat is a hit in the next cycle.
//   Throughput  1 instruction per cycle from the ring.
//   Reset       Empties the ring.

module tessera_fetch
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,

  // From the run state machine. The program's place may change only while no program runs.
  input  logic               start_i,      // Pulse: a program begins at pc 0
  input  logic               run_i,        // Level: a program runs; low: what is on its way is thrown away
  input  tessera_pkg::mem_addr_t prog_base_i,  // Multiple of a grain
  input  pc_t                prog_len_i,
  output logic               quiet_o,      // No request offered, no response outstanding

  // To tessera_rd_xbar
  output logic               req_valid_o,
  input  logic               req_ready_i,
  output burst_t             req_o,
  input  logic               rsp_valid_i,
  output logic               rsp_ready_o,  // Always: room is set aside before asking
  input  rbeat_t             rsp_i,

  // To the sequencer
  input  logic               pc_valid_i,
  input  pc_t                pc_i,
  output logic               hit_o,        // The instruction at pc_i is here
  output seq_e               kind_o,       // With hit_o
  output logic               bad_o,        // With hit_o: its read was answered with an error
  input  logic               take_i,       // Only with hit_o
  output grain_t             word_o
);

  localparam int unsigned Window = 64;  // Instructions in the ring
  localparam int unsigned Ahead  = 16;  // Instructions asked for beyond pc_i; Window - Ahead stay behind it
  // A burst stays in its 256-byte block, the least interleave granule, so it never crosses a granule of any size.
  localparam int unsigned Block  = 8;   // Instructions in 256 bytes
  localparam int unsigned IdxW   = $clog2(Window);
  localparam int unsigned CntW   = IdxW + 1;
  localparam int unsigned WideW  = PC_BITS + 1;

  function automatic seq_e kind_of(logic [7:0] opcode);
    case (opcode)
      OpLoop:    return SeqLoop;
      OpEndloop: return SeqEndloop;
      OpHalt:    return SeqHalt;
      default:   return SeqNext;
    endcase
  endfunction

  // lo <= hi <= ask <= prog_len, ask - lo <= Window. `coming` counts beats asked for and not back; the first `drop` of
  // them belong to an earlier window.
  logic             active_d, active_q;
  pc_t              lo_d, lo_q, hi_d, hi_q, ask_d, ask_q;
  logic [CntW-1:0]  coming_d, coming_q, drop_d, drop_q;
  logic             req_valid_d, req_valid_q;
  burst_t           req_q;
  seq_e             kind_q [Window];
  logic             bad_q  [Window];
  grain_t           ring_q [Window];
  grain_t           word_q;

  // The next burst: to the end of its block or of the program.
  logic [2:0]       in_block;
  logic [3:0]       to_block_end, len;
  pc_t              to_prog_end;
  logic [WideW-1:0] ask_end, ask_limit;
  logic             ask, refill, keep;
  tessera_pkg::mem_addr_t ask_addr;

  assign in_block     = prog_base_i[7:5] + ask_q[2:0];
  assign to_block_end = 4'(Block) - 4'(in_block);
  assign to_prog_end  = prog_len_i - ask_q;
  assign len          = to_prog_end < pc_t'(to_block_end) ? to_prog_end[3:0] : to_block_end;
  assign ask_end      = WideW'(ask_q) + WideW'(len);
  assign ask_limit    = WideW'(pc_i) + WideW'(Ahead);
  assign ask_addr     = prog_base_i + {{(ADDR_BITS - PC_BITS - 5){1'b0}}, ask_q, 5'd0};

  assign refill = active_q && pc_valid_i && pc_i < lo_q;
  assign ask    = active_q && run_i && pc_valid_i && !refill && (!req_valid_q || req_ready_i) &&
                  len != '0 && ask_end <= ask_limit;
  assign keep   = rsp_valid_i && drop_q == '0 && active_q;

  always_comb begin
    active_d = active_q;
    lo_d     = lo_q;
    hi_d     = hi_q;
    ask_d    = ask_q;
    coming_d = coming_q + (ask ? CntW'(len) : '0) - CntW'(rsp_valid_i);
    drop_d   = drop_q - CntW'(rsp_valid_i && drop_q != '0);
    if (keep) hi_d = hi_q + pc_t'(1);
    if (ask) begin
      ask_d = ask_end[PC_BITS-1:0];
      if (ask_end > WideW'(lo_q) + WideW'(Window)) lo_d = pc_t'(ask_end - WideW'(Window));
    end
    if (refill) begin
      lo_d   = pc_i;
      hi_d   = pc_i;
      ask_d  = pc_i;
      drop_d = coming_d;
    end
    if (start_i) begin
      active_d = 1'b1;
      lo_d     = '0;
      hi_d     = '0;
      ask_d    = '0;
    end
    if (!run_i) active_d = 1'b0;
    if (!active_q) drop_d = coming_d;
  end

  assign req_valid_d = ask || (req_valid_q && !req_ready_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q    <= 1'b0;
      lo_q        <= '0;
      hi_q        <= '0;
      ask_q       <= '0;
      coming_q    <= '0;
      drop_q      <= '0;
      req_valid_q <= 1'b0;
    end else begin
      active_q    <= active_d;
      lo_q        <= lo_d;
      hi_q        <= hi_d;
      ask_q       <= ask_d;
      coming_q    <= coming_d;
      drop_q      <= drop_d;
      req_valid_q <= req_valid_d;
    end
  end

  logic [7:0] burst_len;
  assign burst_len = 8'(len) - 8'd1;

  always_ff @(posedge clk_i) begin
    if (ask) req_q <= '{addr: ask_addr, len: burst_len};
    if (keep) begin
      ring_q[hi_q[IdxW-1:0]] <= rsp_i.data;
      kind_q[hi_q[IdxW-1:0]] <= kind_of(rsp_i.data[7:0]);
      bad_q[hi_q[IdxW-1:0]]  <= rsp_i.err;
    end
    if (take_i) word_q <= ring_q[pc_i[IdxW-1:0]];
  end

  assign req_valid_o = req_valid_q;
  assign req_o       = req_q;
  assign rsp_ready_o = 1'b1;
  assign quiet_o     = coming_q == '0;
  assign hit_o       = active_q && pc_i >= lo_q && pc_i < hi_q;
  assign kind_o      = kind_q[pc_i[IdxW-1:0]];
  assign bad_o       = bad_q[pc_i[IdxW-1:0]];
  assign word_o      = word_q;

  // The sequencer counts instructions, not beats of a burst.
  logic unused_last;
  assign unused_last = rsp_i.last;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  logic [8:0] burst_end;
  assign burst_end = 9'(req_q.addr[7:5]) + 9'(req_q.len);

  a_request_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_o && !req_ready_i |=> req_valid_o && $stable(req_o));
  a_burst_stays_in_its_256_byte_block : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_o |-> burst_end < 9'(Block));
  a_response_was_asked_for : assert property (@(posedge clk_i) disable iff (in_reset)
      rsp_valid_i |-> coming_q != '0);
  a_window_in_order : assert property (@(posedge clk_i) disable iff (in_reset)
      lo_q <= hi_q && hi_q <= ask_q && ask_q - lo_q <= pc_t'(Window));
  a_never_past_the_program : assert property (@(posedge clk_i) disable iff (in_reset)
      active_q |-> ask_q <= prog_len_i);
  a_drops_are_outstanding : assert property (@(posedge clk_i) disable iff (in_reset)
      drop_q <= coming_q);
  a_take_needs_hit : assert property (@(posedge clk_i) disable iff (in_reset)
      take_i |-> hit_o);
`endif

endmodule
