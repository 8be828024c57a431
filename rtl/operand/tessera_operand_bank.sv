// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One bank of A or B: operand grains, their block scales, and the decoder that feeds one row or column of the grid.
//
//   Handshake   fetch_i is a command each cycle (tok.valid: read); writes are always taken.
//   Latency     Operand and token leave 2 cycles after the command; the command goes to the next bank after 1.
//   Throughput  One grain and its scale read, one grain and one scale grain written per cycle.
//   Reset       Clears tokens; memories keep what they held.

module tessera_operand_bank
  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
  import tessera_array_pkg::*;
#(
  parameter int unsigned Depth      = 1024,  // Operand grains
  parameter int unsigned ScaleDepth = 128    // Scale grains
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  // From the previous bank (or the sequencer), and to the next
  input  fetch_t fetch_i,
  output fetch_t fetch_o,

  // To the grid's edge
  output token_t   tok_o,
  output operand_t operand_o,  // Valid with tok_o.valid

  // From LOAD: operands and scales. Addresses are grains, below the depth of the memory written.
  input  logic        wr_en_i,
  input  logic [15:0] wr_addr_i,
  input  grain_t      wr_data_i,
  input  logic        scale_wr_en_i,
  input  logic [15:0] scale_wr_addr_i,
  input  grain_t      scale_wr_data_i
);

  localparam int unsigned AddrBits      = Depth > 1 ? $clog2(Depth) : 1;
  localparam int unsigned ScaleAddrBits = ScaleDepth > 1 ? $clog2(ScaleDepth) : 1;

  // Memories -------------------------------------------------------------------------------------------
  grain_t grain, scale_grain;
  logic   scale_rd_en;
  assign scale_rd_en = fetch_i.tok.valid && fetch_i.decode.mx;

  tessera_sram #(
    .Depth(Depth),
    .Width(GrainBits)
  ) u_operands (
    .clk_i,
    .wr_en_i  (wr_en_i),
    .wr_addr_i(wr_addr_i[AddrBits-1:0]),
    .wr_data_i(wr_data_i),
    .rd_en_i  (fetch_i.tok.valid),
    .rd_addr_i(fetch_i.addr[AddrBits-1:0]),
    .rd_data_o(grain)
  );

  tessera_sram #(
    .Depth(ScaleDepth),
    .Width(GrainBits)
  ) u_scales (
    .clk_i,
    .wr_en_i  (scale_wr_en_i),
    .wr_addr_i(scale_wr_addr_i[ScaleAddrBits-1:0]),
    .wr_data_i(scale_wr_data_i),
    .rd_en_i  (scale_rd_en),
    .rd_addr_i(fetch_i.scale_addr[ScaleAddrBits-1:0]),
    .rd_data_o(scale_grain)
  );

  // Decode ---------------------------------------------------------------------------------------------
  fetch_t   fetch_q;  // Payload; the token is apart because only control is reset
  token_t   fetch_tok_q, tok_q;
  operand_t operand_d, operand_q;
  logic [7:0] scale;

  always_comb begin
    operand_d = '0;
    scale     = '0;
    if (fetch_tok_q.valid) begin
      tessera_decode_pkg::decode_lanes(grain, fetch_q.decode.format, operand_d.lanes, operand_d.special);
      operand_d.sh = fetch_q.decode.bias;
      if (fetch_q.decode.mx) begin
        scale               = scale_grain[8*fetch_q.scale_byte+:8];
        operand_d.sh        = fetch_q.decode.bias + sh_t'({1'b0, scale});
        operand_d.scale_nan = scale == 8'hff;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fetch_tok_q <= '0;
      tok_q       <= '0;
    end else begin
      fetch_tok_q <= fetch_i.tok;
      tok_q       <= fetch_tok_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (fetch_i.tok.valid) fetch_q <= fetch_i;
    if (fetch_tok_q.valid) operand_q <= operand_d;
  end

  always_comb begin
    fetch_o     = fetch_q;
    fetch_o.tok = fetch_tok_q;
  end

  assign tok_o     = tok_q;
  assign operand_o = operand_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_read_is_inside_the_bank : assert property (@(posedge clk_i) disable iff (in_reset)
      fetch_i.tok.valid |-> 32'(fetch_i.addr) < Depth);
  a_scale_read_is_inside_the_bank : assert property (@(posedge clk_i) disable iff (in_reset)
      scale_rd_en |-> 32'(fetch_i.scale_addr) < ScaleDepth);
  a_write_is_inside_the_bank : assert property (@(posedge clk_i) disable iff (in_reset)
      wr_en_i |-> 32'(wr_addr_i) < Depth);
  a_scale_write_is_inside_the_bank : assert property (@(posedge clk_i) disable iff (in_reset)
      scale_wr_en_i |-> 32'(scale_wr_addr_i) < ScaleDepth);
`endif

endmodule
