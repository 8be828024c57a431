// SPDX-License-Identifier: Apache-2.0
//
// tessera_fifo_sram: nothing is lost, doubled or reordered; a word shows two cycles after it went in at the latest,
// and every later word without a gap.
//
// PROVE pdr Depth=2
// PROVE pdr Depth=4
// PROVE pdr Depth=5
// MUTANT rtl/prim/tessera_fifo_sram.sv | assign stored = count_q > CountBits'(valid_q) | assign stored = count_q != '0
// MUTANT rtl/prim/tessera_fifo_sram.sv | valid_d  = fetch || (valid_q && !pop) | valid_d  = fetch || valid_q
// MUTANT rtl/prim/tessera_fifo_sram.sv | if (fetch) rd_ptr_d = | if (pop) rd_ptr_d =
// MUTANT rtl/prim/tessera_fifo_sram.sv | assign fetch  = stored && (pop || !valid_q) | assign fetch  = stored && !valid_q

module fifo_sram_proof #(
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

  tessera_fifo_sram #(
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

  // Words that had been inside for a whole cycle: one of them must be at the output.
  logic [CountBits-1:0] settled_q;
  always_ff @(posedge clk_i) settled_q <= rst_ni ? in_side - CountBits'(valid && ready_i) : '0;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      a_count_is_the_words_inside : assert (count == in_side);
      a_a_settled_word_shows      : assert (valid || settled_q == '0);
    end
  end

endmodule
