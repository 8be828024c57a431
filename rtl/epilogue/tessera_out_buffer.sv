// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// OUT buffer: the epilogue writes rows of Cols elements of 1, 2 or 4 bytes; STORE reads grains.
//
//   Handshake   None: reads and writes are always taken.
//   Latency     Data follow the read by 1 cycle.
//   Throughput  One row written and one grain read per cycle.
//   Reset       None.

module tessera_out_buffer
  import tessera_pkg::*;
#(
  parameter int unsigned Cols  = 8,    // 4 to 32, a power of two
  parameter int unsigned Depth = 2048  // Grains; a multiple of Cols / 8
) (
  input  logic clk_i,
  input  logic rst_ni,  // For the assertions

  // From the epilogue. Elements are right-aligned in wr_data_i[Cols * bytes * 8 - 1:0]
  input  logic               wr_en_i,
  input  logic [21:0]        wr_addr_i,   // Byte, a multiple of Cols * bytes
  input  logic [2:0]         wr_bytes_i,  // 1, 2 or 4 per element
  input  logic [Cols*32-1:0] wr_data_i,

  // From STORE
  input  logic        rd_en_i,
  input  logic [15:0] rd_addr_i,  // Grain
  output grain_t      rd_data_o
);

  // A word holds a row of 4-byte elements, but at least a grain; a write enable covers a row of 1-byte elements.
  localparam int unsigned Grains    = Cols > 8 ? Cols / 8 : 1;
  localparam int unsigned WordBytes = 32 * Grains;
  localparam int unsigned Groups    = WordBytes / Cols;
  localparam int unsigned Words     = Depth / Grains;
  localparam int unsigned AddrBits  = Words > 1 ? $clog2(Words) : 1;
  localparam int unsigned GroupBits = $clog2(Groups);

  if (Depth % Grains != 0) begin : gen_bad_depth
    $error("tessera_out_buffer: Depth must be a multiple of Cols / 8");
  end

  logic [Groups-1:0]      wr_groups;
  logic [AddrBits-1:0]    wr_addr, rd_addr;
  logic [WordBytes*8-1:0] wr_word, rd_word;
  logic [GroupBits-1:0]   first_group;

  assign first_group = wr_addr_i[$clog2(Cols)+:GroupBits];
  assign wr_addr     = AddrBits'(wr_addr_i >> $clog2(WordBytes));
  assign rd_addr     = AddrBits'(rd_addr_i / 16'(Grains));

  // Every place the row may go to gets a copy; the enables choose.
  always_comb begin
    wr_groups = '0;
    wr_word   = '0;
    if (wr_en_i) begin
      unique case (wr_bytes_i)
        3'd1: begin
          wr_groups = Groups'(1) << first_group;
          wr_word   = {Groups{wr_data_i[8*Cols-1:0]}};
        end
        3'd2: begin
          wr_groups = Groups'(3) << first_group;
          wr_word   = {Groups / 2{wr_data_i[16*Cols-1:0]}};
        end
        default: begin
          wr_groups = Groups'(15) << first_group;
          wr_word   = {Groups / 4{wr_data_i}};
        end
      endcase
    end
  end

  tessera_sram #(
    .Depth     (Words),
    .Width     (WordBytes * 8),
    .EnableBits(Cols * 8)
  ) u_ram (
    .clk_i,
    .wr_en_i  (wr_groups),
    .wr_addr_i(wr_addr),
    .wr_data_i(wr_word),
    .rd_en_i,
    .rd_addr_i(rd_addr),
    .rd_data_o(rd_word)
  );

  if (Grains > 1) begin : gen_select
    logic [$clog2(Grains)-1:0] grain_q;
    always_ff @(posedge clk_i) begin
      if (rd_en_i) grain_q <= rd_addr_i[$clog2(Grains)-1:0];
    end
    assign rd_data_o = rd_word[grain_q*GrainBits+:GrainBits];
  end else begin : gen_whole
    assign rd_data_o = rd_word;
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_write_is_inside : assert property (@(posedge clk_i) disable iff (in_reset) wr_en_i |-> 32'(wr_addr_i) < 32 * Depth);
  a_write_is_aligned : assert property (@(posedge clk_i) disable iff (in_reset)
      wr_en_i |-> (wr_addr_i & (22'(Cols) * 22'(wr_bytes_i) - 22'd1)) == '0);
  a_read_is_inside : assert property (@(posedge clk_i) disable iff (in_reset) rd_en_i |-> 32'(rd_addr_i) < Depth);
`endif

endmodule
