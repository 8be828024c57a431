// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Brings a level, or a Gray-coded vector, from another clock domain through a chain of flip-flops.
//
//   Handshake   None. d_i leaves flip-flops of its own clock. Of bits that belong together at most one changes per cycle
//               of either clock, or the receiver may see a value that never was; unrelated bits are free.
//   Latency     Stages to Stages + 1 cycles of clk_i.
//   Throughput  Values shorter than a clk_i cycle may be missed.
//   Reset       The output is 0 until Stages cycles after reset.

module tessera_sync #(
  parameter int unsigned Width  = 1,
  parameter int unsigned Stages = 2  // At least 2: the first one may be metastable for most of a cycle
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] d_i,
  output logic [Width-1:0] q_o
);

  if (Stages < 2) begin : gen_bad_stages
    $error("tessera_sync: Stages must be at least 2, or metastability reaches the logic behind");
  end

  logic [Stages-1:0][Width-1:0] chain_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) chain_q <= '0;
    else         chain_q <= {chain_q[Stages-2:0], d_i};
  end

  assign q_o = chain_q[Stages-1];

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_output_follows_the_chain : assert property (@(posedge clk_i) disable iff (in_reset)
      1'b1 |=> q_o == $past(chain_q[Stages-2]));
`endif

endmodule
