// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The FIFO cells at several depths side by side: tessera_fifo of 1, 2, 3, 5 words, tessera_fifo_sram of 2, 3, 7, 16.

module fifo_tb (
  input  logic            clk_i,
  input  logic            rst_ni,
  input  logic [7:0]      valid_i,
  output logic [7:0]      ready_o,
  input  logic [7:0][7:0] data_i,
  output logic [7:0]      valid_o,
  input  logic [7:0]      ready_i,
  output logic [7:0][7:0] data_o,
  output logic [7:0][7:0] count_o
);

  for (genvar i = 0; i < 8; i++) begin : gen_fifo
    localparam int unsigned Depth = i == 0 ? 1 : i == 1 ? 2 : i == 2 ? 3 : i == 3 ? 5 :
                                    i == 4 ? 2 : i == 5 ? 3 : i == 6 ? 7 : 16;
    logic [$clog2(Depth + 1)-1:0] count;
    assign count_o[i] = 8'(count);

    if (i < 4) begin : gen_registers
      tessera_fifo #(
        .Width(8),
        .Depth(Depth)
      ) u_fifo (
        .clk_i,
        .rst_ni,
        .valid_i(valid_i[i]),
        .ready_o(ready_o[i]),
        .data_i (data_i[i]),
        .valid_o(valid_o[i]),
        .ready_i(ready_i[i]),
        .data_o (data_o[i]),
        .count_o(count)
      );
    end else begin : gen_sram
      tessera_fifo_sram #(
        .Width(8),
        .Depth(Depth)
      ) u_fifo (
        .clk_i,
        .rst_ni,
        .valid_i(valid_i[i]),
        .ready_o(ready_o[i]),
        .data_i (data_i[i]),
        .valid_o(valid_o[i]),
        .ready_i(ready_i[i]),
        .data_o (data_o[i]),
        .count_o(count)
      );
    end
  end

endmodule
