// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Rows x Cols processing elements: A operands hop rightwards, B operands downwards, results leave downwards.
//
//   Handshake   None: timed by the tokens. Row r's operands come r cycles after row 0's, column c's c cycles after
//               column 0's, so that a pass's grain g meets in PE(r, c) at r + c + g.
//   Latency     col_valid_o[c] rises Rows + c + 3 cycles after the token with slot_end entered row 0, with the result of
//               row Rows-1, and stays for Rows cycles, one row each, last row first.
//   Throughput  One grain pair per PE and cycle. Slots may be Rows cycles short.
//   Reset       Clears tokens and drain counters.

module tessera_grid
  import tessera_spec_gen_pkg::*;
  import tessera_array_pkg::*;
#(
  parameter int unsigned Rows    = 8,   // Power of two
  parameter int unsigned Cols    = 8,   // Power of two
  parameter int unsigned AccBits = 128, // 64, 96 or 128
  parameter logic [3:0]  Formats = 4'hf // Operand formats in the build: bit = format_e code
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  // Operands at the left and upper edge
  input  token_t   tok_i [Rows],
  input  operand_t a_i   [Rows],
  input  operand_t b_i   [Cols],

  // Results at the lower edge
  output logic   [Cols-1:0]              col_valid_o,
  output logic   [Cols-1:0][AccBits-1:0] col_acc_o,
  output flags_t [Cols-1:0]              col_flags_o
);

  localparam int unsigned RowBits = $clog2(Rows) + 1;

  logic captured [Rows][Cols];
  logic shift    [Rows][Cols];

  // Each PE's inputs are its neighbours' outputs, named through the generate blocks: simulation then reads a neighbour's
  // register in place, where arrays of wires would copy every operand twice per hop.
  for (genvar r = 0; r < Rows; r++) begin : gen_row
    for (genvar c = 0; c < Cols; c++) begin : gen_col
      token_t             tok_in, tok_out;
      operand_t           a_in, a_out, b_in, b_out;
      logic [AccBits-1:0] acc_in, acc_out;
      flags_t             flags_in, flags_out;

      if (c == 0) begin : gen_left
        assign tok_in = tok_i[r];
        assign a_in   = a_i[r];
      end else begin : gen_from_left
        assign tok_in = gen_row[r].gen_col[c-1].tok_out;
        assign a_in   = gen_row[r].gen_col[c-1].a_out;
      end
      if (r == 0) begin : gen_top
        assign b_in     = b_i[c];
        assign acc_in   = '0;
        assign flags_in = '0;
      end else begin : gen_from_above
        assign b_in     = gen_row[r-1].gen_col[c].b_out;
        assign acc_in   = gen_row[r-1].gen_col[c].acc_out;
        assign flags_in = gen_row[r-1].gen_col[c].flags_out;
      end

      tessera_pe #(
        .AccBits(AccBits),
        .Formats(Formats)
      ) u_pe (
        .clk_i,
        .rst_ni,
        .tok_i      (tok_in),
        .a_i        (a_in),
        .b_i        (b_in),
        .tok_o      (tok_out),
        .a_o        (a_out),
        .b_o        (b_out),
        .shift_i    (shift[r][c]),
        .res_acc_i  (acc_in),
        .res_flags_i(flags_in),
        .res_acc_o  (acc_out),
        .res_flags_o(flags_out),
        .captured_o (captured[r][c])
      );
    end
  end

  for (genvar c = 0; c < Cols; c++) begin : gen_edge
    // Rows capture one after the other, the last row last: from then on, one row leaves per cycle. After j rows have left,
    // row 0's result is in row j and the rows above are done; they must keep still, because row j - 1 may capture the next
    // pass in that very cycle. Invariant: a slot is at least Rows cycles, so no row captures before its turn to keep still.
    logic [RowBits-1:0] left_d, left_q;
    logic               last_captured, draining;

    assign last_captured = captured[Rows-1][c];
    assign draining      = last_captured || left_q != '0;

    always_comb begin
      left_d = left_q;
      if (last_captured)     left_d = RowBits'(Rows - 1);
      else if (left_q != '0) left_d = left_q - 1'b1;
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) left_q <= '0;
      else         left_q <= left_d;
    end

    logic [RowBits-1:0] gone;  // Rows that have left
    assign gone = last_captured ? '0 : RowBits'(Rows) - left_q;
    assign shift[0][c] = 1'b0;
    for (genvar r = 1; r < Rows; r++) begin : gen_shift
      assign shift[r][c] = draining && gone < RowBits'(r);
    end

    assign col_valid_o[c] = draining;
    assign col_acc_o[c]   = gen_row[Rows-1].gen_col[c].acc_out;
    assign col_flags_o[c] = gen_row[Rows-1].gen_col[c].flags_out;

`ifndef SYNTHESIS
    logic in_reset;
    assign in_reset = !rst_ni;
    a_results_leave_before_the_next_capture : assert property (@(posedge clk_i) disable iff (in_reset)
        last_captured |-> left_q == '0);
`endif
  end

endmodule
