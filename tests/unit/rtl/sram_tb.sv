// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Two memories side by side: `word` of 5 words written whole, `lanes` of 8 words written by 4 bits.

module sram_tb (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        word_wr_en_i,
  input  logic [3:0]  lanes_wr_en_i,
  input  logic [2:0]  wr_addr_i,
  input  logic [15:0] wr_data_i,
  input  logic        rd_en_i,
  input  logic [2:0]  rd_addr_i,
  output logic [15:0] word_rd_data_o,
  output logic [15:0] lanes_rd_data_o
);

  tessera_sram #(
    .Depth(5),
    .Width(16)
  ) u_word (
    .clk_i,
    .wr_en_i  (word_wr_en_i),
    .wr_addr_i,
    .wr_data_i,
    .rd_en_i,
    .rd_addr_i,
    .rd_data_o(word_rd_data_o)
  );

  tessera_sram #(
    .Depth     (8),
    .Width     (16),
    .EnableBits(4)
  ) u_lanes (
    .clk_i,
    .wr_en_i  (lanes_wr_en_i),
    .wr_addr_i,
    .wr_data_i,
    .rd_en_i,
    .rd_addr_i,
    .rd_data_o(lanes_rd_data_o)
  );

  logic unused;
  assign unused = rst_ni;

endmodule
