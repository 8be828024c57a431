// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Sends the STORE engine's write beats burst by burst, as its requests are taken.
//
// The lengths of the taken requests decide where a burst ends, not the beats: so when the engine stops, exactly the
// beats owed to memory follow, with all strobes zero.
//
//   Handshake   open, beat and wdata are ready/valid; wdata leaves a register. From stop_i on, no beat is taken.
//   Latency     beat to wdata 1 cycle; open to its first wdata 2 cycles.
//   Throughput  1 beat per cycle; no cycle between bursts.
//   Reset       Drops everything.

module tessera_store_beats
  import tessera_pkg::*;
#(
  parameter int unsigned Lead = 16  // Bursts that may be open
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       stop_i,

  // Requests taken by the write multiplexer
  input  logic       open_valid_i,
  output logic       open_ready_o,
  input  logic [7:0] open_len_i,     // Beats - 1

  // Beats
  input  logic       beat_valid_i,
  output logic       beat_ready_o,
  input  grain_t     beat_data_i,
  input  strb_t      beat_strb_i,

  // Write multiplexer
  output logic       wdata_valid_o,
  input  logic       wdata_ready_i,
  output wbeat_t     wdata_o,

  output logic       busy_o          // Beats are owed
);

  logic       open, close, load, free;
  logic [7:0] open_len, beat_d, beat_q;  // beat_q: beats of the oldest open burst already loaded
  logic       valid_d, valid_q, burst_ends;
  wbeat_t     wdata_d, wdata_q;
  assign free         = !valid_q || wdata_ready_i;
  assign beat_ready_o = free && open && !stop_i;
  assign load         = free && open && (stop_i || beat_valid_i);
  assign burst_ends   = beat_q == open_len;
  assign close        = load && burst_ends;
  assign valid_d      = load || (valid_q && !wdata_ready_i);
  assign wdata_d      = '{data: beat_data_i, strb: stop_i ? '0 : beat_strb_i, last: burst_ends};

  logic [$clog2(Lead + 1)-1:0] unused_count;
  tessera_fifo #(
    .Width(8),
    .Depth(Lead)
  ) u_open (
    .clk_i,
    .rst_ni,
    .valid_i(open_valid_i),
    .ready_o(open_ready_o),
    .data_i (open_len_i),
    .valid_o(open),
    .ready_i(close),
    .data_o (open_len),
    .count_o(unused_count)
  );

  always_comb begin
    beat_d = beat_q;
    if (load) beat_d = burst_ends ? 8'd0 : beat_q + 8'd1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      beat_q  <= '0;
    end else begin
      valid_q <= valid_d;
      beat_q  <= beat_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) wdata_q <= wdata_d;
  end

  assign wdata_valid_o = valid_q;
  assign wdata_o       = wdata_q;
  assign busy_o        = open || valid_q;

  logic unused;
  assign unused = ^unused_count;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_data_stable             : assert property (@(posedge clk_i) disable iff (in_reset)
      wdata_valid_o && !wdata_ready_i |=> wdata_valid_o && $stable(wdata_o));
  a_no_strobes_when_stopped : assert property (@(posedge clk_i) disable iff (in_reset)
      stop_i && load |=> wdata_q.strb == '0);
  a_open_was_offered_room   : assert property (@(posedge clk_i) disable iff (in_reset)
      open_valid_i |-> open_ready_o);
`endif

endmodule
