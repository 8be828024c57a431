// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Fold: one accumulator to its result, rounded once - binary32 for float modes, INT32 (saturated) for INT8.
// docs/numerics.md, section "Fold", is the contract.
//
//   Handshake   None: a result follows every valid input.
//   Latency     3 cycles: magnitude, normalise, round.
//   Throughput  One accumulator per cycle.
//   Reset       Clears the valid bits only.

module tessera_fold
  import tessera_array_pkg::*;
  import tessera_fp32_pkg::*;
#(
  parameter int unsigned AccBits = 128  // 64, 96 or 128
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  input  logic               valid_i,
  input  logic [AccBits-1:0] acc_i,
  input  flags_t             flags_i,
  input  logic               is_int_i,
  input  logic signed [10:0] grid_i,  // The accumulator's unit is 2^grid

  output logic        valid_o,
  output logic [31:0] result_o,
  output logic        saturated_o  // The INT32 result was clamped
);

  // Magnitude, and the INT32 result, which is then only carried along ----------------------------------
  logic               valid_1_q, valid_2_q, valid_3_q;
  logic               sign_1_q, is_int_1_q, clamp_1_q;
  logic [127:0]       mag_1_q;
  logic [31:0]        int_1_q;
  flags_t             flags_1_q;  // lost is not needed here
  logic signed [10:0] grid_1_q;
  logic               fits;
  logic [AccBits-1:0] mag;

  // Negation at the accumulator's own width: the most negative value stays right as an unsigned one.
  assign mag  = acc_i[AccBits-1] ? -acc_i : acc_i;
  assign fits = acc_i[AccBits-1:31] == '0 || acc_i[AccBits-1:31] == '1;

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      sign_1_q   <= acc_i[AccBits-1];
      mag_1_q    <= 128'(mag);
      is_int_1_q <= is_int_i;
      clamp_1_q  <= is_int_i && !fits;
      int_1_q    <= fits ? acc_i[31:0] : {acc_i[AccBits-1], {31{!acc_i[AccBits-1]}}};
      flags_1_q  <= flags_i;
      grid_1_q   <= grid_i;
    end
  end

  // Normalise ------------------------------------------------------------------------------------------
  logic [127:0] norm;
  logic [6:0]   zeros;
  unrounded_t   unrounded_d, unrounded_2_q;
  logic         sign_2_q, is_int_2_q, clamp_2_q;
  logic [31:0]  int_2_q;
  logic         pos_inf, neg_inf;
  logic         nan_2_q, pos_2_q, neg_2_q;

  assign pos_inf = flags_1_q.pinf || flags_1_q.povf;
  assign neg_inf = flags_1_q.ninf || flags_1_q.novf;

  always_comb begin
    norm  = '0;
    zeros = '0;
    if (valid_1_q) normalise128(mag_1_q, norm, zeros);
    unrounded_d.zero   = mag_1_q == '0;
    unrounded_d.exp    = 13'sd127 - 13'(zeros) + 13'(grid_1_q);
    unrounded_d.top    = norm[127:104];
    unrounded_d.guard  = norm[103];
    unrounded_d.sticky = |norm[102:0];
  end

  always_ff @(posedge clk_i) begin
    if (valid_1_q) begin
      unrounded_2_q <= unrounded_d;
      sign_2_q      <= sign_1_q;
      is_int_2_q    <= is_int_1_q;
      clamp_2_q     <= clamp_1_q;
      int_2_q       <= int_1_q;
      nan_2_q       <= flags_1_q.nan || (pos_inf && neg_inf);
      pos_2_q       <= pos_inf;
      neg_2_q       <= neg_inf;
    end
  end

  // Round ----------------------------------------------------------------------------------------------
  logic [31:0] result_d, result_3_q;
  logic        saturated_3_q;

  always_comb begin
    result_d = '0;
    if (valid_2_q) begin
      if (is_int_2_q)   result_d = int_2_q;
      else if (nan_2_q) result_d = NanFp32;
      else if (pos_2_q) result_d = 32'h7f80_0000;
      else if (neg_2_q) result_d = 32'hff80_0000;
      else              result_d = round_fp32(sign_2_q, unrounded_2_q);
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_2_q) begin
      result_3_q    <= result_d;
      saturated_3_q <= clamp_2_q;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_1_q <= 1'b0;
      valid_2_q <= 1'b0;
      valid_3_q <= 1'b0;
    end else begin
      valid_1_q <= valid_i;
      valid_2_q <= valid_1_q;
      valid_3_q <= valid_2_q;
    end
  end

  assign valid_o     = valid_3_q;
  assign result_o    = result_3_q;
  assign saturated_o = saturated_3_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_integer_sums_raise_no_flags : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_i && is_int_i |-> flags_i == '0);
`endif

endmodule
