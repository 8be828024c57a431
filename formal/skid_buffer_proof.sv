// SPDX-License-Identifier: Apache-2.0
//
// tessera_skid_buffer: holds two words, loses, doubles and reorders none, and shows a word in the next cycle.
//
// PROVE pdr
// MUTANT rtl/prim/tessera_skid_buffer.sv | assign skid_full_d = !head_free && (skid_full_q || push) | assign skid_full_d = !head_free && push
// MUTANT rtl/prim/tessera_skid_buffer.sv | if (head_free && skid_full_q) head_data_q <= skid_data_q | if (head_free && push) head_data_q <= data_i
// MUTANT rtl/prim/tessera_skid_buffer.sv | assign ready_o = !skid_full_q | assign ready_o = !skid_full_q \|\| ready_i

module skid_buffer_proof #(
  parameter int unsigned Width = 3
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             mark_i,
  input logic             valid_i,
  input logic [Width-1:0] data_i,
  input logic             ready_i
);

  logic             ready, valid;
  logic [Width-1:0] data;
  logic [1:0]       in_side;

  tessera_skid_buffer #(
    .Width(Width)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .valid_i,
    .ready_o(ready),
    .data_i,
    .valid_o(valid),
    .ready_i,
    .data_o (data)
  );

  stream_checker #(
    .Width(Width),
    .Depth(2)
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
    if (rst_ni) a_a_word_inside_shows : assert (valid == (in_side != '0));
  end

endmodule
