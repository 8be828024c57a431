// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Memory with one write port and one read port.
//
//   Handshake   wr_en_i has one bit per lane of EnableBits bits; a write takes the lanes enabled. rd_en_i reads.
//   Latency     Read data follow the enable by 1 cycle and hold until the next read.
//   Throughput  1 read and 1 write per cycle. A read of the address being written gets the old word here; designs
//               must not depend on it, as a macro may differ.
//   Reset       None: contents and read data are unknown until written and read.
//
// In synthesis (macro SYNTHESIS) a memory of MacroBits bits or more becomes the black box tessera_sram_bb, which the
// physical flow replaces by a macro of that size; smaller ones become flip-flops. MacroBits 0: always flip-flops.

module tessera_sram #(
  parameter int unsigned Depth      = 64,     // Words, at least 1; any number
  parameter int unsigned Width      = 256,    // Bits of a word
  parameter int unsigned EnableBits = Width,  // Bits that one write enable covers; divides Width
  parameter int unsigned MacroBits  = 4096,   // Bits from which synthesis uses a macro; 0: never
  localparam int unsigned Lanes    = Width / EnableBits,
  localparam int unsigned AddrBits = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                clk_i,

  // Write port
  input  logic [Lanes-1:0]    wr_en_i,
  input  logic [AddrBits-1:0] wr_addr_i,
  input  logic [Width-1:0]    wr_data_i,

  // Read port
  input  logic                rd_en_i,
  input  logic [AddrBits-1:0] rd_addr_i,
  output logic [Width-1:0]    rd_data_o
);

  if (Depth == 0) begin : gen_bad_depth
    $error("tessera_sram: Depth must be at least 1");
  end
  if (Lanes * EnableBits != Width) begin : gen_bad_lanes
    $error("tessera_sram: Width must be a multiple of EnableBits");
  end

`ifdef SYNTHESIS
  localparam bit Synthesis = 1'b1;
`else
  localparam bit Synthesis = 1'b0;
`endif
  localparam bit UseMacro = Synthesis && MacroBits != 0 && Depth * Width >= MacroBits;

  if (UseMacro) begin : gen_macro
`ifdef SYNTHESIS
    tessera_sram_bb #(
      .Depth     (Depth),
      .Width     (Width),
      .EnableBits(EnableBits)
    ) u_macro (
      .clk_i,
      .wr_en_i,
      .wr_addr_i,
      .wr_data_i,
      .rd_en_i,
      .rd_addr_i,
      .rd_data_o
    );
`endif
  end else begin : gen_array
    logic [Width-1:0] mem_q [Depth];
    logic [Width-1:0] rd_data_q;

    if (Lanes == 1) begin : gen_word
      always_ff @(posedge clk_i) begin
        if (wr_en_i[0]) mem_q[wr_addr_i] <= wr_data_i;
      end
    end else begin : gen_lanes
      always_ff @(posedge clk_i) begin
        for (int unsigned l = 0; l < Lanes; l++) begin
          if (wr_en_i[l]) mem_q[wr_addr_i][l*EnableBits+:EnableBits] <= wr_data_i[l*EnableBits+:EnableBits];
        end
      end
    end

    always_ff @(posedge clk_i) begin
      if (rd_en_i) rd_data_q <= mem_q[rd_addr_i];
    end

    assign rd_data_o = rd_data_q;
  end

`ifndef SYNTHESIS
  // Enables are unknown until the first clock edge in reset; there is no reset here to tell.
  logic clocked_q = 1'b0;
  always_ff @(posedge clk_i) clocked_q <= 1'b1;
  logic unclocked;
  assign unclocked = !clocked_q;

  a_write_within_depth : assert property (@(posedge clk_i) disable iff (unclocked)
      wr_en_i != '0 |-> 32'(wr_addr_i) < Depth);
  a_read_within_depth  : assert property (@(posedge clk_i) disable iff (unclocked)
      rd_en_i |-> 32'(rd_addr_i) < Depth);
`endif

endmodule
