// SPDX-License-Identifier: Apache-2.0
//
// The whole path of one result: an operand bank each for A and B, one PE, one fold.

module pe_tb
  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
  import tessera_array_pkg::*;
#(
  parameter int unsigned AccBits = 128
) (
  input logic clk_i,
  input logic rst_ni,

  // Bank writes
  input logic   wr_en_i,
  input logic   wr_scale_en_i,
  input logic [7:0] wr_addr_i,
  input grain_t wr_a_i,
  input grain_t wr_b_i,

  // One operand step
  input logic        valid_i,
  input logic        first_i,
  input logic        slot_end_i,
  input logic [1:0]  kind_i,
  input logic        mx_i,
  input logic [3:0]  format_a_i,
  input logic [3:0]  format_b_i,
  input logic [12:0] bias_a_i,
  input logic [12:0] bias_b_i,
  input logic [7:0]  addr_i,       // Grain, and number of its scale byte
  input logic [10:0] grid_i,       // For the fold; steady
  input logic        is_int_i,

  output logic         acc_valid_o,
  output logic [127:0] acc_o,      // Sign-extended
  output logic [5:0]   flags_o,
  output logic         result_valid_o,
  output logic [31:0]  result_o,
  output logic         saturated_o
);

  token_t   tok, tok_a;
  fetch_t   fetch_a, fetch_b;
  operand_t a, b;

  assign tok = '{valid: valid_i, first: first_i, slot_end: slot_end_i, kind: kind_e'(kind_i)};

  always_comb begin
    fetch_a            = '0;
    fetch_a.tok        = tok;
    fetch_a.addr       = 16'(addr_i);
    fetch_a.scale_addr = 12'(addr_i[7:5]);
    fetch_a.scale_byte = addr_i[4:0];
    fetch_b            = fetch_a;
    fetch_a.decode     = '{format: format_e'(format_a_i), mx: mx_i, bias: bias_a_i};
    fetch_b.decode     = '{format: format_e'(format_b_i), mx: mx_i, bias: bias_b_i};
  end

  logic [15:0] wr_addr;
  assign wr_addr = 16'(wr_addr_i);

  tessera_operand_bank #(
    .Depth     (256),
    .ScaleDepth(8)
  ) u_bank_a (
    .clk_i,
    .rst_ni,
    .fetch_i        (fetch_a),
    .fetch_o        (),
    .tok_o          (tok_a),
    .operand_o      (a),
    .wr_en_i,
    .wr_addr_i      (wr_addr),
    .wr_data_i      (wr_a_i),
    .scale_wr_en_i  (wr_scale_en_i),
    .scale_wr_addr_i(wr_addr),
    .scale_wr_data_i(wr_a_i)
  );

  tessera_operand_bank #(
    .Depth     (256),
    .ScaleDepth(8)
  ) u_bank_b (
    .clk_i,
    .rst_ni,
    .fetch_i        (fetch_b),
    .fetch_o        (),
    .tok_o          (),
    .operand_o      (b),
    .wr_en_i,
    .wr_addr_i      (wr_addr),
    .wr_data_i      (wr_b_i),
    .scale_wr_en_i  (wr_scale_en_i),
    .scale_wr_addr_i(wr_addr),
    .scale_wr_data_i(wr_b_i)
  );

  logic [AccBits-1:0] acc;
  flags_t             flags;
  logic               captured;
  logic signed [10:0] grid;

  tessera_pe #(
    .AccBits(AccBits)
  ) u_pe (
    .clk_i,
    .rst_ni,
    .tok_i      (tok_a),
    .a_i        (a),
    .b_i        (b),
    .tok_o      (),
    .a_o        (),
    .b_o        (),
    .shift_i    (1'b0),
    .res_acc_i  ('0),
    .res_flags_i('0),
    .res_acc_o  (acc),
    .res_flags_o(flags),
    .captured_o (captured)
  );

  assign grid = grid_i;

  tessera_fold #(
    .AccBits(AccBits)
  ) u_fold (
    .clk_i,
    .rst_ni,
    .valid_i    (captured),
    .acc_i      (acc),
    .flags_i    (flags),
    .is_int_i,
    .grid_i     (grid),
    .valid_o    (result_valid_o),
    .result_o,
    .saturated_o
  );

  assign acc_valid_o = captured;
  assign acc_o       = 128'(signed'(acc));
  assign flags_o     = flags;

endmodule
