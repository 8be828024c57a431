// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Resets for the two sides of a clock-domain crossing: a reset of either domain resets both sides.
//
// A crossing of which one side alone forgets its state would invent or lose words. Both outputs fall at once,
// asynchronously, and each rises in step with its own clock.
//
//   Handshake   None.
//   Latency     Fall: none. Rise: 2 cycles of the own clock after the later of the two inputs has risen.
//   Throughput  Does not apply.
//   Reset       Is its purpose. The sides may come out in any order.

module tessera_cdc_reset (
  input  logic a_clk_i,
  input  logic a_rst_ni,
  output logic a_rst_no,

  input  logic b_clk_i,
  input  logic b_rst_ni,
  output logic b_rst_no
);

  logic both_rst_n;
  assign both_rst_n = a_rst_ni && b_rst_ni;

  logic [1:0] a_out_q, b_out_q;

  always_ff @(posedge a_clk_i or negedge both_rst_n) begin
    if (!both_rst_n) a_out_q <= '0;
    else             a_out_q <= {a_out_q[0], 1'b1};
  end

  always_ff @(posedge b_clk_i or negedge both_rst_n) begin
    if (!both_rst_n) b_out_q <= '0;
    else             b_out_q <= {b_out_q[0], 1'b1};
  end

  // Low by level, not only by edge: also before the first clock, whatever the flip-flops woke up with.
  assign a_rst_no = a_out_q[1] && both_rst_n;
  assign b_rst_no = b_out_q[1] && both_rst_n;

`ifndef SYNTHESIS
  logic a_in_reset, b_in_reset;
  assign a_in_reset = !a_rst_ni;
  assign b_in_reset = !b_rst_ni;

  a_side_a_rises_in_step : assert property (@(posedge a_clk_i) disable iff (a_in_reset)
      a_out_q[1] |-> a_out_q[0]);
  a_side_b_rises_in_step : assert property (@(posedge b_clk_i) disable iff (b_in_reset)
      b_out_q[1] |-> b_out_q[0]);
`endif

endmodule
