// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Walks through the beats of AXI bursts: FIXED, INCR and WRAP, any size up to 32 bytes, any start.
//
//   Handshake   req is ready/valid, its payload stable while valid; it is taken with its last beat. beat is ready/valid; its
//               fields follow the request in the same cycle.
//   Latency     None: the first beat shows with its request.
//   Throughput  1 beat per cycle, also across bursts.
//   Reset       The next beat is the first of a burst.
//
// A burst that no memory can serve (reserved type, beats wider than the bus) has its beats marked bad and no meaningful
// addresses. An INCR burst past a 4 KiB boundary, which AXI forbids, goes on at the start of the same 4 KiB.

module tessera_hbm_burst #(
  parameter int unsigned AddrBits = 48,
  localparam int unsigned GrainAddrBits = AddrBits - 5
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // Bursts
  input  logic                     req_valid_i,
  output logic                     req_ready_o,
  input  logic [AddrBits-1:0]      req_addr_i,
  input  logic [7:0]               req_len_i,
  input  logic [2:0]               req_size_i,
  input  logic [1:0]               req_burst_i,

  // Beats
  output logic                     beat_valid_o,
  input  logic                     beat_ready_i,
  output logic [GrainAddrBits-1:0] beat_grain_o,
  output logic                     beat_first_o,  // Of its burst
  output logic                     beat_last_o,   // Of its burst
  output logic                     beat_end_o,    // The next beat is of another grain, or of another burst
  output logic                     beat_bad_o
);

  if (AddrBits < 13 || AddrBits > 64) begin : gen_bad_addr_bits
    $error("tessera_hbm_burst: AddrBits must be 13 to 64");
  end

  localparam logic [1:0] Fixed = 2'd0;
  localparam logic [1:0] Wrap  = 2'd2;

  // Beats done of the burst at req, and the address of the next one within its 4 KiB; that of beat 0 is in the request.
  logic [7:0]  done_q;
  logic [11:0] offset_q;
  logic        first_q;

  logic [11:0] offset, step, up, wrap_mask, next_offset;
  assign offset    = first_q ? req_addr_i[11:0] : offset_q;
  assign step      = 12'd1 << req_size_i;
  assign up        = (offset & ~(step - 12'd1)) + step;
  assign wrap_mask = ({4'b0, req_len_i} << req_size_i) | (step - 12'd1);

  always_comb begin
    case (req_burst_i)
      Fixed:   next_offset = offset;
      Wrap:    next_offset = (offset & ~wrap_mask) | (up & wrap_mask);
      default: next_offset = up;
    endcase
  end

  logic last, fire;
  assign last = done_q == req_len_i;
  assign fire = req_valid_i && beat_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      done_q  <= '0;
      first_q <= 1'b1;
    end else if (fire) begin
      done_q  <= last ? '0 : done_q + 8'd1;
      first_q <= last;
    end
  end

  always_ff @(posedge clk_i) begin
    if (fire) offset_q <= next_offset;
  end

  assign req_ready_o  = beat_ready_i && last;
  assign beat_valid_o = req_valid_i;
  assign beat_grain_o = {req_addr_i[AddrBits-1:12], offset[11:5]};
  assign beat_first_o = first_q;
  assign beat_last_o  = last;
  assign beat_end_o   = last || next_offset[11:5] != offset[11:5];
  assign beat_bad_o   = req_burst_i == 2'd3 || req_size_i > 3'd5;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  logic        past_4k;
  logic [11:0] unused_end;
  assign {past_4k, unused_end} = {1'b0, req_addr_i[11:0] & ~(step - 12'd1)} + ({5'b0, req_len_i} << req_size_i);

  a_burst_stays_in_4k      : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_i && req_burst_i == 2'd1 && !beat_bad_o |-> !past_4k);
  a_beats_within_burst     : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_i |-> done_q <= req_len_i);
  a_request_stable         : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_i && !req_ready_o |=> req_valid_i && $stable({req_addr_i, req_len_i, req_size_i, req_burst_i}));
`endif

endmodule
