// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// First-in first-out buffer between two clock domains, for a ready/valid stream.
//
// Each side counts its own words in binary and shows the other side the same count in Gray code, of which one bit
// changes at a time: whenever it is sampled, the other side sees the count before or after, so a word is never
// offered before it is stored and never overwritten before it is taken.
//
//   Handshake   A word moves in each cycle of its side in which valid and ready are both high. rd_valid_o, wr_ready_o
//               depend on registers of their own side only.
//   Latency     A word written at a wr_clk_i edge is at the output after the 2nd rd_clk_i edge behind it, or the 3rd.
//   Throughput  1 word per cycle of the slower clock for Depth >= 8 and clocks within a factor of 2.
//   Reset       Both resets must be asserted together and may end in any order: take them from tessera_cdc_reset.
//               Empties the buffer; the storage keeps whatever it held. In reset neither side moves a word.

module tessera_async_fifo #(
  parameter int unsigned Width = 32,  // Bits of a word, at least 1
  parameter int unsigned Depth = 8    // Words, a power of two, at least 2
) (
  // Writing side
  input  logic             wr_clk_i,
  input  logic             wr_rst_ni,
  input  logic             wr_valid_i,
  output logic             wr_ready_o,
  input  logic [Width-1:0] wr_data_i,

  // Reading side
  input  logic             rd_clk_i,
  input  logic             rd_rst_ni,
  output logic             rd_valid_o,
  input  logic             rd_ready_i,
  output logic [Width-1:0] rd_data_o
);

  if (Width == 0) begin : gen_bad_width
    $error("tessera_async_fifo: Width must be at least 1");
  end
  if (Depth < 2 || (Depth & (Depth - 1)) != 0) begin : gen_bad_depth
    $error("tessera_async_fifo: Depth must be a power of two, at least 2, for the Gray code to close");
  end

  localparam int unsigned AddrBits = $clog2(Depth);

  // Counts modulo 2 * Depth: the top bit tells full from empty.
  typedef logic [AddrBits:0] count_t;

  // Full: written is Depth ahead of read. In Gray code that is: the two top bits differ, the others agree.
  localparam count_t FullMask = count_t'(3 << (AddrBits - 1));

  logic [Width-1:0] mem_q [Depth];

  // Writing side. Invariant: wr_gray_q is the Gray code of wr_count_q, likewise below.
  logic   wr_live_q;  // Out of reset
  logic   push;
  count_t wr_count_d, wr_count_q, wr_gray_d, wr_gray_q, rd_gray_at_wr;
  assign push       = wr_valid_i && wr_ready_o;
  assign wr_count_d = wr_count_q + count_t'(push);
  assign wr_gray_d  = wr_count_d ^ (wr_count_d >> 1);
  assign wr_ready_o = wr_live_q && wr_gray_q != (rd_gray_at_wr ^ FullMask);

  always_ff @(posedge wr_clk_i or negedge wr_rst_ni) begin
    if (!wr_rst_ni) begin
      wr_live_q  <= 1'b0;
      wr_count_q <= '0;
      wr_gray_q  <= '0;
    end else begin
      wr_live_q  <= 1'b1;
      wr_count_q <= wr_count_d;
      wr_gray_q  <= wr_gray_d;
    end
  end

  always_ff @(posedge wr_clk_i) begin
    if (push) mem_q[wr_count_q[AddrBits-1:0]] <= wr_data_i;
  end

  // Reading side
  logic   pop;
  count_t rd_count_d, rd_count_q, rd_gray_d, rd_gray_q, wr_gray_at_rd;
  assign rd_valid_o = rd_gray_q != wr_gray_at_rd;
  assign pop        = rd_valid_o && rd_ready_i;
  assign rd_count_d = rd_count_q + count_t'(pop);
  assign rd_gray_d  = rd_count_d ^ (rd_count_d >> 1);
  assign rd_data_o  = mem_q[rd_count_q[AddrBits-1:0]];

  always_ff @(posedge rd_clk_i or negedge rd_rst_ni) begin
    if (!rd_rst_ni) begin
      rd_count_q <= '0;
      rd_gray_q  <= '0;
    end else begin
      rd_count_q <= rd_count_d;
      rd_gray_q  <= rd_gray_d;
    end
  end

  // The counts, seen from the other side
  tessera_sync #(
    .Width(AddrBits + 1)
  ) u_to_rd (
    .clk_i (rd_clk_i),
    .rst_ni(rd_rst_ni),
    .d_i   (wr_gray_q),
    .q_o   (wr_gray_at_rd)
  );

  tessera_sync #(
    .Width(AddrBits + 1)
  ) u_to_wr (
    .clk_i (wr_clk_i),
    .rst_ni(wr_rst_ni),
    .d_i   (rd_gray_q),
    .q_o   (rd_gray_at_wr)
  );

`ifndef SYNTHESIS
  logic wr_in_reset, rd_in_reset;
  assign wr_in_reset = !wr_rst_ni;
  assign rd_in_reset = !rd_rst_ni;

  function automatic count_t from_gray(count_t gray);
    count_t count;
    count = gray;
    for (int unsigned i = 1; i <= AddrBits; i++) count = count ^ (gray >> i);
    return count;
  endfunction

  // What each side believes to be inside; the writer may believe too much and the reader too little.
  count_t held_at_wr, held_at_rd;
  assign held_at_wr = wr_count_q - from_gray(rd_gray_at_wr);
  assign held_at_rd = from_gray(wr_gray_at_rd) - rd_count_q;

  a_writer_within_depth   : assert property (@(posedge wr_clk_i) disable iff (wr_in_reset)
      held_at_wr <= count_t'(Depth));
  a_reader_within_depth   : assert property (@(posedge rd_clk_i) disable iff (rd_in_reset)
      held_at_rd <= count_t'(Depth));
  a_one_bit_crosses_to_rd : assert property (@(posedge wr_clk_i) disable iff (wr_in_reset)
      $onehot0(wr_gray_q ^ wr_gray_d));
  a_one_bit_crosses_to_wr : assert property (@(posedge rd_clk_i) disable iff (rd_in_reset)
      $onehot0(rd_gray_q ^ rd_gray_d));
  a_gray_is_of_the_count  : assert property (@(posedge wr_clk_i) disable iff (wr_in_reset)
      from_gray(wr_gray_q) == wr_count_q);
  a_upstream_stable       : assert property (@(posedge wr_clk_i) disable iff (wr_in_reset)
      wr_valid_i && !wr_ready_o |=> wr_valid_i && $stable(wr_data_i));
  a_downstream_stable     : assert property (@(posedge rd_clk_i) disable iff (rd_in_reset)
      rd_valid_o && !rd_ready_i |=> rd_valid_o && $stable(rd_data_o));
`endif

endmodule
