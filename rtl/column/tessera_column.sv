// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What is below one column of the grid: partial-sum RAM, merge with an earlier partial, fold.
//
//   Handshake   None: one row of results per valid cycle; the row's descriptor comes with it and goes to the next column
//               a cycle later, as results do.
//   Latency     result_o 6 cycles after the input: read, place, merge, then fold's 3. Partials of either kind are written
//               in that cycle, so one may be read 7 cycles after the row it comes from entered.
//   Throughput  One row per cycle.
//   Reset       Clears valid bits; the RAM keeps what it held.
//
//   cycle   0          1           2          3 4 5    6
//           row in     RAM data    merge      fold     result
//           RAM read   place                           RAM write

module tessera_column
  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
  import tessera_array_pkg::*;
#(
  parameter int unsigned AccBits  = 128,  // 64, 96 or 128
  parameter int unsigned PsumRows = 1024  // Accumulators in the partial-sum RAM
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  // From the column to the left (or the drain sequencer), and to the right
  input  row_t row_i,
  output row_t row_o,

  // From the bottom of the grid's column, in the same cycle as row_i
  input  logic               valid_i,
  input  logic [AccBits-1:0] acc_i,
  input  flags_t             flags_i,

  // Folded results, of rows whatever their destination
  output logic        valid_o,
  output logic [31:0] result_o,

  // Events of rows drained, for the status register
  output num_status_t status_o
);

  localparam int unsigned AddrBits  = PsumRows > 1 ? $clog2(PsumRows) : 1;
  localparam int unsigned FlagBits  = $bits(flags_t);
  localparam int unsigned EntryBits = AccBits + FlagBits;
  localparam logic [2:0]  NumWords  = 3'(AccBits / 32);

  // The row's descriptor at each stage; index is the cycle of the picture above.
  row_t row_1_q, row_2_q, row_3_q, row_4_q, row_5_q, row_6_q;

  // Partial-sum RAM ------------------------------------------------------------------------------------
  logic                 rd_en, wr_en;
  logic [EntryBits-1:0] rd_data, wr_data;
  logic [AddrBits-1:0]  wr_addr;

  assign rd_en = row_i.valid && row_i.src != PartialNone;

  tessera_sram #(
    .Depth(PsumRows),
    .Width(EntryBits)
  ) u_psum (
    .clk_i,
    .wr_en_i  (wr_en),
    .wr_addr_i(wr_addr),
    .wr_data_i(wr_data),
    .rd_en_i  (rd_en),
    .rd_addr_i(row_i.psum[AddrBits-1:0]),
    .rd_data_o(rd_data)
  );

  // Place: the partial as an addend ------------------------------------------------------------------------
  logic [AccBits-1:0] acc_1_q, acc_2_q, partial_d, partial_2_q;
  flags_t             flags_1_q, flags_2_q, partial_flags_d, partial_flags_2_q;
  logic [127:0]       fp32_addend;

  always_comb begin
    fp32_addend     = '0;
    partial_d       = '0;
    partial_flags_d = '0;
    if (row_1_q.valid) begin
      if (row_1_q.src == PartialRaw) {partial_flags_d, partial_d} = rd_data;
      if (row_1_q.src == PartialFp32) begin
        tessera_pe_pkg::make_fp32_term(rd_data[31:0], row_1_q.grid, NumWords, fp32_addend, partial_flags_d);
        partial_d = fp32_addend[AccBits-1:0];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (row_i.valid) begin
      acc_1_q   <= acc_i;
      flags_1_q <= flags_i;
    end
    if (row_1_q.valid) begin
      acc_2_q           <= acc_1_q;
      flags_2_q         <= flags_1_q;
      partial_2_q       <= partial_d;
      partial_flags_2_q <= partial_flags_d;
    end
  end

  // Merge ----------------------------------------------------------------------------------------------
  logic [AccBits-1:0] acc_3_q;
  flags_t             flags_3_q;

  always_ff @(posedge clk_i) begin
    if (row_2_q.valid) begin
      acc_3_q   <= acc_2_q + partial_2_q;
      flags_3_q <= flags_2_q | partial_flags_2_q;
    end
  end

  // Fold -----------------------------------------------------------------------------------------------
  logic fold_valid, saturated;

  tessera_fold #(
    .AccBits(AccBits)
  ) u_fold (
    .clk_i,
    .rst_ni,
    .valid_i    (row_3_q.valid),
    .acc_i      (acc_3_q),
    .flags_i    (flags_3_q),
    .is_int_i   (row_3_q.is_int),
    .grid_i     (row_3_q.grid),
    .valid_o    (fold_valid),
    .result_o   (result_o),
    .saturated_o(saturated)
  );

  // Write back -----------------------------------------------------------------------------------------
  // RAW partials wait for the folded ones' cycle: the RAM has one write port, and passes of either kind may follow each other.
  logic [EntryBits-1:0] raw_4_q, raw_5_q, raw_6_q;

  always_ff @(posedge clk_i) begin
    if (row_3_q.valid && row_3_q.dst == PartialRaw) raw_4_q <= {flags_3_q, acc_3_q};
    if (row_4_q.valid && row_4_q.dst == PartialRaw) raw_5_q <= raw_4_q;
    if (row_5_q.valid && row_5_q.dst == PartialRaw) raw_6_q <= raw_5_q;
  end

  assign wr_en   = row_6_q.valid && row_6_q.dst != PartialNone;
  assign wr_addr = row_6_q.psum[AddrBits-1:0];
  assign wr_data = row_6_q.dst == PartialRaw ? raw_6_q : EntryBits'(result_o);

  always_comb begin
    status_o          = '0;
    status_o.lost     = row_3_q.valid && flags_3_q.lost;
    status_o.overflow = row_3_q.valid && (flags_3_q.povf || flags_3_q.novf);
    status_o.int_sat  = row_6_q.valid && saturated && row_6_q.dst == PartialNone;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      row_1_q <= '0;
      row_2_q <= '0;
      row_3_q <= '0;
      row_4_q <= '0;
      row_5_q <= '0;
      row_6_q <= '0;
    end else begin
      row_1_q <= row_i;
      row_2_q <= row_1_q;
      row_3_q <= row_2_q;
      row_4_q <= row_3_q;
      row_5_q <= row_4_q;
      row_6_q <= row_5_q;
    end
  end

  assign row_o   = row_1_q;
  assign valid_o = fold_valid;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_row_and_result_arrive_together : assert property (@(posedge clk_i) disable iff (in_reset)
      row_i.valid == valid_i);
  a_fold_keeps_step_with_the_row : assert property (@(posedge clk_i) disable iff (in_reset)
      fold_valid == row_6_q.valid);
  a_partial_is_inside_the_ram : assert property (@(posedge clk_i) disable iff (in_reset)
      row_i.valid && (row_i.src != PartialNone || row_i.dst != PartialNone) |-> 32'(row_i.psum) < PsumRows);
`endif

endmodule
