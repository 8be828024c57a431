// SPDX-License-Identifier: Apache-2.0
//
// tessera_async_fifo: with two clocks whose edges come in any order, nothing is lost, doubled or reordered.
//
// In each step either clock may have an edge, both, or neither. A Gray count that changes at the very edge that samples
// it is seen old or new: both are covered, as the other clock's edge may come a step earlier or later. That only one
// bit of it changes is what makes "old or new" true, and is proven here as well. Both resets are asserted together in
// the first step and end each when it likes.
//
// CLOCKS free
// COVER 40
// DEPTH 50
// PROVE pdr Depth=2
// PROVE pdr Depth=4
// MUTANT rtl/cdc/tessera_async_fifo.sv | assign wr_gray_d  = wr_count_d ^ (wr_count_d >> 1) | assign wr_gray_d  = wr_count_d
// MUTANT rtl/cdc/tessera_async_fifo.sv | count_t'(3 << (AddrBits - 1)) | count_t'(2 << (AddrBits - 1))
// MUTANT rtl/cdc/tessera_async_fifo.sv | assign wr_ready_o = wr_live_q && wr_gray_q != (rd_gray_at_wr ^ FullMask) | assign wr_ready_o = wr_live_q
// MUTANT rtl/cdc/tessera_async_fifo.sv | mem_q[wr_count_q[AddrBits-1:0]] <= wr_data_i | mem_q[wr_count_d[AddrBits-1:0]] <= wr_data_i

module async_fifo_proof #(
  parameter int unsigned Width = 1,
  parameter int unsigned Depth = 4,
  localparam int unsigned CountBits = $clog2(Depth + 1)
) (
  input logic             wr_clk_i,
  input logic             wr_rst_ni,
  input logic             wr_valid_i,
  input logic [Width-1:0] wr_data_i,
  input logic             mark_i,
  input logic             rd_clk_i,
  input logic             rd_rst_ni,
  input logic             rd_ready_i
);

  logic             wr_ready, rd_valid;
  logic [Width-1:0] rd_data;

  tessera_async_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) u_dut (
    .wr_clk_i,
    .wr_rst_ni,
    .wr_valid_i,
    .wr_ready_o(wr_ready),
    .wr_data_i,
    .rd_clk_i,
    .rd_rst_ni,
    .rd_valid_o(rd_valid),
    .rd_ready_i,
    .rd_data_o (rd_data)
  );

  // Words counted on either side, modulo 4 * Depth; the checker alone may look at both at once.
  localparam int unsigned Bits = CountBits + 1;
  typedef logic [Bits-1:0] count_t;
  count_t written_q, read_q, marked_at_q;
  logic   marked_q;
  logic [Width-1:0] word_q;

  always_ff @(posedge wr_clk_i or negedge wr_rst_ni) begin
    if (!wr_rst_ni) begin
      written_q <= '0;
      marked_q  <= 1'b0;
    end else if (wr_valid_i && wr_ready) begin
      written_q <= written_q + count_t'(1);
      if (mark_i) marked_q <= 1'b1;
    end
  end
  always_ff @(posedge wr_clk_i) begin
    if (wr_valid_i && wr_ready && mark_i && !marked_q) begin
      marked_at_q <= written_q;
      word_q      <= wr_data_i;
    end
  end
  logic taken_q;  // The marked word has been read
  always_ff @(posedge rd_clk_i or negedge rd_rst_ni) begin
    if (!rd_rst_ni) begin
      read_q  <= '0;
      taken_q <= 1'b0;
    end else if (rd_valid && rd_ready_i) begin
      read_q  <= read_q + count_t'(1);
      if (marked_q && read_q == marked_at_q) taken_q <= 1'b1;
    end
  end

  count_t held;
  assign held = written_q - read_q;
  always_comb begin
    if (wr_rst_ni && rd_rst_ni) begin
      a_no_word_overwritten       : assert (held <= count_t'(Depth));
      a_no_word_from_nothing      : assert (!rd_valid || held != '0);
      a_marked_word_comes_in_turn : assert (!(marked_q && !taken_q && read_q == marked_at_q && rd_valid) || rd_data == word_q);
      a_marked_word_waits_inside  : assert (!(marked_q && !taken_q) || count_t'(marked_at_q - read_q) < held);
    end
  end

  // The counts that cross, before the latest edge of their own clock
  logic [$clog2(Depth):0] wr_gray_q, rd_gray_q, wr_change, rd_change;
  assign wr_change = wr_gray_q ^ u_dut.wr_gray_q;
  assign rd_change = rd_gray_q ^ u_dut.rd_gray_q;
  always_ff @(posedge wr_clk_i or negedge wr_rst_ni) begin
    if (!wr_rst_ni) wr_gray_q <= '0;
    else            wr_gray_q <= u_dut.wr_gray_q;
  end
  always_ff @(posedge rd_clk_i or negedge rd_rst_ni) begin
    if (!rd_rst_ni) rd_gray_q <= '0;
    else            rd_gray_q <= u_dut.rd_gray_q;
  end
  always_comb begin
    a_one_bit_crosses_to_rd : assert ((wr_change & (wr_change - 1'b1)) == '0);
    a_one_bit_crosses_to_wr : assert ((rd_change & (rd_change - 1'b1)) == '0);
  end

  // Resets: begun, and ended
  logic wr_begun_q = 1'b0, wr_ended_q = 1'b0, rd_begun_q = 1'b0, rd_ended_q = 1'b0;
  always_ff @(posedge wr_clk_i or negedge wr_rst_ni) begin
    if (!wr_rst_ni) wr_begun_q <= 1'b1;
    else            wr_begun_q <= wr_begun_q;
  end
  always_ff @(posedge rd_clk_i or negedge rd_rst_ni) begin
    if (!rd_rst_ni) rd_begun_q <= 1'b1;
    else            rd_begun_q <= rd_begun_q;
  end
  always_ff @(posedge wr_rst_ni) wr_ended_q <= 1'b1;
  always_ff @(posedge rd_rst_ni) rd_ended_q <= 1'b1;
  always_comb begin
    m_wr_reset_comes_first : assume (!wr_rst_ni || wr_begun_q);
    m_rd_reset_comes_first : assume (!rd_rst_ni || rd_begun_q);
    m_wr_reset_ends_once   : assume (!wr_ended_q || wr_rst_ni);
    m_rd_reset_ends_once   : assume (!rd_ended_q || rd_rst_ni);
    c_full                 : cover (wr_rst_ni && rd_rst_ni && held == count_t'(Depth));
    c_marked_is_read       : cover (taken_q && word_q == '1 && marked_at_q != '0);
    c_writer_is_out_first  : cover (wr_rst_ni && !rd_rst_ni && written_q != '0);
    c_reader_is_out_first  : cover (rd_rst_ni && !wr_rst_ni);
  end

endmodule
