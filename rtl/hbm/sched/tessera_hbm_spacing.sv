// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// "Not before n cycles", for N lanes: ok_o[i] is low from the cycle after start_i[i] until n cycles after it.
//
//   Handshake   start_i at any time, cycles_i at least 1. A start never shortens the wait of an earlier one.
//   Latency     A start in cycle t with cycles_i = n: ok_o is low in t+1 .. t+n-1.
//   Reset       ok_o high.
//
// Kept in the subset of the language that Debian's Yosys reads, so that proofs use this very file. The lanes are counted
// inside one gated block because simulation has a few hundred of them.

module tessera_hbm_spacing #(
  parameter N    = 1,
  parameter Bits = 8
) (
  input  logic            clk_i,
  input  logic            rst_ni,
  input  logic [N-1:0]    start_i,
  input  logic [Bits-1:0] cycles_i,
  output logic [N-1:0]    ok_o
);

  // Per lane: cycles from this one to the first in which ok is high again; ok_q says that it is 0.
  logic [N*Bits-1:0] count_q;
  logic [N-1:0]      ok_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= {(N*Bits) {1'b0}};
      ok_q    <= {N{1'b1}};
    end else if (start_i != {N{1'b0}} || ok_q != {N{1'b1}}) begin
      for (int i = 0; i < N; i++) begin
        if (start_i[i] && cycles_i > count_q[Bits*i+:Bits]) begin
          count_q[Bits*i+:Bits] <= cycles_i - 1'b1;
          ok_q[i]               <= cycles_i == 1;
        end else if (!ok_q[i]) begin
          count_q[Bits*i+:Bits] <= count_q[Bits*i+:Bits] - 1'b1;
          ok_q[i]               <= count_q[Bits*i+:Bits] == 1;
        end
      end
    end
  end

  assign ok_o = ok_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  always_ff @(posedge clk_i) begin
    if (!in_reset && start_i != {N{1'b0}}) begin
      a_wait_is_at_least_one_cycle : assert (cycles_i != {Bits{1'b0}});
    end
  end
`endif
`ifdef FORMAL
  always_ff @(posedge clk_i) begin
    for (int i = 0; i < N; i++) begin
      if (!in_reset) assert (ok_q[i] == (count_q[Bits*i+:Bits] == {Bits{1'b0}}));
    end
  end
`endif

endmodule
