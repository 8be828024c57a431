// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Epilogue of one column: INT32 to binary32 if need be, times the column's scale, then to the output format.
// Each step is one IEEE 754 operation, rounded to nearest even (docs/numerics.md, section "Epilogue").
//
//   Handshake   None: a code follows every valid input.
//   Latency     4 cycles: to binary32, multiply, round, convert. scale_i is read in cycle 1.
//   Throughput  One element per cycle.
//   Reset       None: valid bits are the caller's.

module tessera_epilogue_lane
  import tessera_spec_gen_pkg::*;
  import tessera_fp32_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,  // For the assertions

  // Which stage holds a valid element: [0] is cycle 0
  input  logic [3:0] valid_i,

  // Cycle 0
  input  logic [31:0] x_i,
  input  logic        is_int_i,  // x_i is INT32

  // Steady while elements of one pass are inside stages 0 to 3, each for its own cycle
  input  format_e     out_0_i,
  input  logic        scaled_1_i,
  input  logic        scaled_2_i,
  input  format_e     out_3_i,
  input  logic        saturate_3_i,

  // Cycle 1
  input  logic [31:0] scale_i,

  // Cycle 4
  output logic [31:0] code_o,    // Right-aligned
  output logic        out_nan_o  // A NaN became INT8 0
);

  // To binary32 ----------------------------------------------------------------------------------------
  logic [31:0] x_1_q;

  always_ff @(posedge clk_i) begin
    if (valid_i[0]) x_1_q <= is_int_i && out_0_i != FormatInt32 ? from_int32(x_i) : x_i;
  end

  // Multiply, then round -------------------------------------------------------------------------------
  logic        sign, is_special, sign_2_q, is_special_2_q;
  logic [31:0] special, special_2_q, x_2_q, x_3_q;
  unrounded_t  product, product_2_q;

  always_comb begin
    sign       = 1'b0;
    product    = '0;
    is_special = 1'b0;
    special    = '0;
    if (valid_i[1] && scaled_1_i) multiply(x_1_q, scale_i, sign, product, is_special, special);
  end

  always_ff @(posedge clk_i) begin
    if (valid_i[1]) begin
      x_2_q          <= x_1_q;
      sign_2_q       <= sign;
      product_2_q    <= product;
      is_special_2_q <= is_special;
      special_2_q    <= special;
    end
    if (valid_i[2]) begin
      if (!scaled_2_i)         x_3_q <= x_2_q;
      else if (is_special_2_q) x_3_q <= special_2_q;
      else                     x_3_q <= round_fp32(sign_2_q, product_2_q);
    end
  end

  // Convert --------------------------------------------------------------------------------------------
  logic [31:0] code_4_q;
  logic        out_nan_4_q;

  always_ff @(posedge clk_i) begin
    if (valid_i[3]) begin
      out_nan_4_q <= 1'b0;
      unique case (out_3_i)
        FormatBf16:             code_4_q <= {16'd0, to_bf16(x_3_q)};
        FormatE4m3, FormatE5m2: code_4_q <= {24'd0, to_fp8(x_3_q, out_3_i, saturate_3_i)};
        FormatInt8: begin
          code_4_q    <= {24'd0, to_int8(x_3_q)};
          out_nan_4_q <= &x_3_q[30:23] && |x_3_q[22:0];
        end
        default: code_4_q <= x_3_q;
      endcase
    end
  end

  assign code_o    = code_4_q;
  assign out_nan_o = out_nan_4_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_int32_results_are_not_scaled : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_i[3] && out_3_i == FormatInt32 |-> $past(!scaled_2_i));
`endif

endmodule
