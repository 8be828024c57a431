// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Column parameters (binary32): written a grain of 8 at a time, read as the Cols parameters of one column tile.
//
//   Handshake   None: reads and writes are always taken.
//   Latency     Data follow the read by 1 cycle.
//   Throughput  One read and one write per cycle.
//   Reset       None.

module tessera_col_buffer
  import tessera_pkg::*;
#(
  parameter int unsigned Cols  = 8,  // 4 to 32, a power of two
  parameter int unsigned Depth = 64  // Grains; a multiple of Cols / 8
) (
  input  logic clk_i,
  input  logic rst_ni,  // For the assertions

  // From LOAD
  input  logic        wr_en_i,
  input  logic [15:0] wr_addr_i,  // Grain
  input  grain_t      wr_data_i,

  // From the epilogue
  input  logic                  rd_en_i,
  input  logic [15:0]           rd_col_i,  // Parameter of column 0, a multiple of Cols
  output logic [Cols-1:0][31:0] rd_data_o
);

  // A tile is Grains grains, side by side, or half a grain.
  localparam int unsigned Grains   = Cols > 8 ? Cols / 8 : 1;
  localparam int unsigned Words    = Depth / Grains;
  localparam int unsigned AddrBits = Words > 1 ? $clog2(Words) : 1;
  localparam int unsigned TileBits = $clog2(8 * Grains);

  if (Depth % Grains != 0) begin : gen_bad_depth
    $error("tessera_col_buffer: Depth must be a multiple of Cols / 8");
  end

  grain_t [Grains-1:0] rd_word;
  logic   [Grains-1:0] wr_en;
  logic [AddrBits-1:0] wr_addr, rd_addr;

  assign wr_addr = AddrBits'(wr_addr_i / 16'(Grains));
  assign rd_addr = AddrBits'(rd_col_i >> TileBits);

  for (genvar g = 0; g < Grains; g++) begin : gen_grain
    assign wr_en[g] = wr_en_i && wr_addr_i % 16'(Grains) == 16'(g);
    tessera_sram #(
      .Depth(Words),
      .Width(GrainBits)
    ) u_ram (
      .clk_i,
      .wr_en_i  (wr_en[g]),
      .wr_addr_i(wr_addr),
      .wr_data_i(wr_data_i),
      .rd_en_i  (rd_en_i),
      .rd_addr_i(rd_addr),
      .rd_data_o(rd_word[g])
    );
  end

  if (Cols < 8) begin : gen_part
    localparam int unsigned PartBits = $clog2(8 / Cols);
    logic [PartBits-1:0] part_q;
    always_ff @(posedge clk_i) begin
      if (rd_en_i) part_q <= rd_col_i[$clog2(Cols)+:PartBits];
    end
    assign rd_data_o = rd_word[0][part_q*32*Cols+:32*Cols];
  end else begin : gen_whole
    assign rd_data_o = rd_word;
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_read_is_inside : assert property (@(posedge clk_i) disable iff (in_reset) rd_en_i |-> 32'(rd_col_i) + Cols <= 8 * Depth);
  a_write_is_inside : assert property (@(posedge clk_i) disable iff (in_reset) wr_en_i |-> 32'(wr_addr_i) < Depth);
`endif

endmodule
