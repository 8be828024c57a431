// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Black box of a memory macro, instantiated by tessera_sram in synthesis; ports, parameters and timing are its. The
// physical flow supplies a module of this name around the macros of its technology.

(* blackbox *)
module tessera_sram_bb #(
  parameter int unsigned Depth      = 64,
  parameter int unsigned Width      = 256,
  parameter int unsigned EnableBits = Width,
  localparam int unsigned Lanes    = Width / EnableBits,
  localparam int unsigned AddrBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                clk_i,
  input  logic [Lanes-1:0]    wr_en_i,
  input  logic [AddrBits-1:0] wr_addr_i,
  input  logic [Width-1:0]    wr_data_i,
  input  logic                rd_en_i,
  input  logic [AddrBits-1:0] rd_addr_i,
  output logic [Width-1:0]    rd_data_o
);
endmodule
