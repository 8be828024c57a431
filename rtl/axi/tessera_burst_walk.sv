// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Gives the beats of an AXI4 burst one by one: the grain each lies in, and which is the last, of its grain and of all.
//
// INCR, WRAP and FIXED, any size up to a grain, from any byte; the reserved burst type is walked as INCR.
//
//   Handshake   cmd and beat are ready/valid. beat leaves registers; cmd_ready_o depends on beat_ready_i.
//   Latency     1 cycle.
//   Throughput  1 beat per cycle, also from burst to burst.
//   Reset       Drops the burst.

module tessera_burst_walk
  import tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  parameter int unsigned TagBits = 4
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  // Burst, as on AR or AW
  input  logic               cmd_valid_i,
  output logic               cmd_ready_o,
  input  mem_addr_t          cmd_addr_i,
  input  logic [7:0]         cmd_len_i,
  input  logic [2:0]         cmd_size_i,   // At most a grain
  input  logic [1:0]         cmd_burst_i,
  input  logic [TagBits-1:0] cmd_tag_i,    // Comes with each beat

  // Beats, in order
  output logic               beat_valid_o,
  input  logic               beat_ready_i,
  output mem_addr_t          beat_addr_o,  // Grain-aligned
  output logic               beat_ends_o,  // The next beat lies in another grain, or there is none
  output logic               beat_last_o,
  output logic [TagBits-1:0] beat_tag_o
);

  localparam logic [1:0]  Fixed     = 2'b00;
  localparam logic [1:0]  Wrap      = 2'b10;
  localparam int unsigned LowBits   = $clog2(GRAIN_BYTES);
  localparam int unsigned SpanBits  = 12;  // A burst stays in 4 KiB, so only these address bits ever move

  typedef logic [SpanBits-1:0] span_t;

  logic               valid_d, valid_q;
  mem_addr_t          addr_d, addr_q;   // Of the next beat, to the byte
  logic [7:0]         left_d, left_q;   // Beats after the next one
  span_t              step_d, step_q;   // Bytes of a beat; 0: FIXED
  span_t              wrap_d, wrap_q;   // Address bits that move: those of the wrap container, or all
  logic [TagBits-1:0] tag_q;

  logic step, load;
  assign step        = valid_q && beat_ready_i;
  assign cmd_ready_o = !valid_q || (step && left_q == '0);
  assign load        = cmd_valid_i && cmd_ready_o;

  // The beat after an unaligned first one starts at the next multiple of the size.
  span_t bytes, next, moved;
  assign bytes = span_t'(1) << cmd_size_i;
  assign next  = (addr_q[SpanBits-1:0] & ~(step_q - span_t'(1))) + step_q;
  assign moved = step_q == '0 ? addr_q[SpanBits-1:0] : (addr_q[SpanBits-1:0] & ~wrap_q) | (next & wrap_q);

  always_comb begin
    valid_d = valid_q && !(step && left_q == '0);
    addr_d  = addr_q;
    left_d  = left_q;
    step_d  = step_q;
    wrap_d  = wrap_q;
    if (step) begin
      left_d = left_q - 8'd1;
      addr_d[SpanBits-1:0] = moved;
    end
    if (load) begin
      valid_d = 1'b1;
      addr_d  = cmd_addr_i;
      left_d  = cmd_len_i;
      step_d  = cmd_burst_i == Fixed ? '0 : bytes;
      // WRAP has 2, 4, 8 or 16 beats: the container is len + 1 beats, a power of two.
      wrap_d  = cmd_burst_i == Wrap ? span_t'(((span_t'(cmd_len_i) + span_t'(1)) << cmd_size_i) - span_t'(1)) : '1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else         valid_q <= valid_d;
  end

  always_ff @(posedge clk_i) begin
    if (step || load) begin
      addr_q <= addr_d;
      left_q <= left_d;
      step_q <= step_d;
      wrap_q <= wrap_d;
    end
    if (load) tag_q <= cmd_tag_i;
  end

  assign beat_valid_o = valid_q;
  assign beat_addr_o  = {addr_q[$bits(mem_addr_t)-1:LowBits], LowBits'(0)};
  assign beat_ends_o  = beat_last_o || moved[SpanBits-1:LowBits] != addr_q[SpanBits-1:LowBits];
  assign beat_last_o  = left_q == '0;
  assign beat_tag_o   = tag_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  logic wrap_is_legal;
  assign wrap_is_legal = cmd_len_i inside {8'd1, 8'd3, 8'd7, 8'd15};

  a_size_at_most_a_grain : assert property (@(posedge clk_i) disable iff (in_reset)
      cmd_valid_i |-> 32'(cmd_size_i) <= LowBits);
  a_wrap_length_is_legal : assert property (@(posedge clk_i) disable iff (in_reset)
      cmd_valid_i && cmd_burst_i == Wrap |-> wrap_is_legal);
  a_beat_stable          : assert property (@(posedge clk_i) disable iff (in_reset)
      beat_valid_o && !beat_ready_i |=> beat_valid_o && $stable({beat_addr_o, beat_last_o, beat_tag_o}));
`endif

endmodule
