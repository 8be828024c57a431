// SPDX-License-Identifier: Apache-2.0
//
// tessera_fifo: nothing is lost, doubled or reordered, and a word shows in the cycle after it went in.
//
// PROVE pdr Depth=1
// PROVE pdr Depth=4
// PROVE pdr Depth=5
// MUTANT rtl/prim/tessera_fifo.sv | if (pop && !push) count_d | if (pop) count_d
// MUTANT rtl/prim/tessera_fifo.sv | rd_ptr_d = rd_ptr_q == PtrLast ? '0 : | rd_ptr_d =
// MUTANT rtl/prim/tessera_fifo.sv | if (push) mem_q[wr_ptr_q] | if (push && count_q != '0) mem_q[wr_ptr_q]
// MUTANT rtl/prim/tessera_fifo.sv | assign ready_o = count_q != CountBits'(Depth) | assign ready_o = 1'b1

module fifo_proof #(
  parameter int unsigned Width = 2,
  parameter int unsigned Depth = 5,
  localparam int unsigned CountBits = $clog2(Depth + 1)
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             mark_i,
  input logic             valid_i,
  input logic [Width-1:0] data_i,
  input logic             ready_i
);

  logic                 ready, valid;
  logic [Width-1:0]     data;
  logic [CountBits-1:0] count, in_side;

  tessera_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .valid_i,
    .ready_o(ready),
    .data_i,
    .valid_o(valid),
    .ready_i,
    .data_o (data),
    .count_o(count)
  );

  stream_checker #(
    .Width(Width),
    .Depth(Depth)
  ) u_checker (
    .clk_i,
    .rst_ni,
    .mark_i,
    .valid_i,
    .ready_i (ready),
    .data_i,
    .valid_o (valid),
    .ready_o (ready_i),
    .data_o  (data),
    .inside_o(in_side)
  );

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      a_count_is_the_words_inside : assert (count == in_side);
      a_a_word_inside_shows       : assert (valid == (in_side != '0));
    end
  end

endmodule
