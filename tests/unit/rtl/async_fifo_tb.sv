// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_async_fifo with its resets from tessera_cdc_reset, as every crossing has them.

module async_fifo_tb #(
  parameter int unsigned Width = 16,
  parameter int unsigned Depth = 8
) (
  input  logic             wr_clk_i,
  input  logic             wr_rst_ni,
  input  logic             wr_valid_i,
  output logic             wr_ready_o,
  input  logic [Width-1:0] wr_data_i,
  input  logic             rd_clk_i,
  input  logic             rd_rst_ni,
  output logic             rd_valid_o,
  input  logic             rd_ready_i,
  output logic [Width-1:0] rd_data_o,
  output logic             wr_in_reset_o,
  output logic             rd_in_reset_o
);

  logic wr_rst_n, rd_rst_n;
  assign wr_in_reset_o = !wr_rst_n;
  assign rd_in_reset_o = !rd_rst_n;

  tessera_cdc_reset u_reset (
    .a_clk_i (wr_clk_i),
    .a_rst_ni(wr_rst_ni),
    .a_rst_no(wr_rst_n),
    .b_clk_i (rd_clk_i),
    .b_rst_ni(rd_rst_ni),
    .b_rst_no(rd_rst_n)
  );

  tessera_async_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) u_fifo (
    .wr_clk_i,
    .wr_rst_ni(wr_rst_n),
    .wr_valid_i,
    .wr_ready_o,
    .wr_data_i,
    .rd_clk_i,
    .rd_rst_ni(rd_rst_n),
    .rd_valid_o,
    .rd_ready_i,
    .rd_data_o
  );

endmodule
