// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Processing element: each cycle, the exact dot product of one A grain and one B grain into a fixed-grid accumulator.
//
//   Handshake   None: everything is timed by the token that travels with A. Operands are valid with tok.valid.
//   Latency     Operands and token leave for the neighbours after 1 cycle. A product is in the accumulator
//               4 cycles after its operands were at the inputs: hop, sum, term, accumulate.
//   Throughput  One grain pair per cycle; a new sum may start in the cycle after the last product of the old one.
//   Reset       Clears the token; operands, sums and results keep whatever they held.
//
// Results leave through a chain of result registers that shifts downwards. At slot_end the finished accumulator is copied into the
// chain: that copy is the second buffer that lets the next pass run while the results leave.
//
//   cycle      0       1       2       3       4
//   a_i, tok_i X
//   a_o, tok_o         X
//   word sums                  X
//   term                               X
//   acc, and res_o if slot_end                 X      captured_o in cycle 4

module tessera_pe
  import tessera_spec_gen_pkg::*;
  import tessera_array_pkg::*;
#(
  parameter int unsigned AccBits = 128,   // 64, 96 or 128
  parameter logic [3:0]  Formats = 4'hf   // Operand formats in the build: bit = format_e code
) (
  input  logic               clk_i,
  input  logic               rst_ni,  // Asynchronous, active low

  // Operands, from the left and from above; valid with tok_i.valid
  input  token_t             tok_i,
  input  operand_t           a_i,
  input  operand_t           b_i,

  // The same a cycle later, to the right and below
  output token_t             tok_o,
  output operand_t           a_o,
  output operand_t           b_o,

  // Result chain, from above and to below. shift_i takes what the PE above holds; never together with a capture
  input  logic               shift_i,
  input  logic [AccBits-1:0] res_acc_i,
  input  flags_t             res_flags_i,
  output logic [AccBits-1:0] res_acc_o,
  output flags_t             res_flags_o,
  output logic               captured_o  // res_* took this PE's own sum at the last edge
);

  localparam logic [2:0] NumWords = 3'(AccBits / 32);

  if (AccBits != 64 && AccBits != 96 && AccBits != 128) begin : gen_bad_acc_bits
    $error("tessera_pe: AccBits must be 64, 96 or 128");
  end

  // Hop ------------------------------------------------------------------------------------------------
  token_t   tok_q, sum_tok_q;
  operand_t a_q, b_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) tok_q <= '0;
    else         tok_q <= tok_i;
  end

  always_ff @(posedge clk_i) begin
    if (tok_i.valid) begin
      a_q <= a_i;
      b_q <= b_i;
    end
  end

  // What a build without some formats need not have. The sequencer never asks for it; saying so lets synthesis drop it.
  localparam bit HasWide = Formats[2'(FormatBf16)];
  localparam bit HasFp8  = Formats[2'(FormatE4m3)] || Formats[2'(FormatE5m2)];
  kind_e    kind, sum_kind;
  operand_t a, b;

  assign kind     = kind_e'({HasWide && tok_q.kind[1], HasFp8 && tok_q.kind[0]});
  assign sum_kind = kind_e'({HasWide && sum_tok_q.kind[1], HasFp8 && sum_tok_q.kind[0]});

  if (HasWide || HasFp8) begin : gen_floats
    assign a = a_q;
    assign b = b_q;
  end else begin : gen_integers
    always_comb begin
      a         = a_q;
      b         = b_q;
      a.special = 1'b0;
      b.special = 1'b0;
      for (int i = 0; i < Lanes; i++) begin
        a.lanes[i].e = '0;
        b.lanes[i].e = '0;
      end
    end
  end

  assign tok_o = tok_q;
  assign a_o   = a_q;
  assign b_o   = b_q;

  // Products and word sums -----------------------------------------------------------------------------
  logic signed [13:0] sh;
  tessera_pe_pkg::word_t s0_d, s1_d, s2_d, s3_d, s0_q, s1_q, s2_q, s3_q;
  flags_t             product_flags, sum_flags_d, sum_flags_q;
  logic signed [13:0] sum_sh_q;

  assign sh = 14'(a.sh) + 14'(b.sh);

  always_comb begin
    s0_d          = '0;
    s1_d          = '0;
    s2_d          = '0;
    s3_d          = '0;
    product_flags = '0;
    sum_flags_d   = '0;
    if (tok_q.valid) begin
      tessera_pe_pkg::sum_products(a, b, kind, sh, NumWords, s0_d, s1_d, s2_d, s3_d, product_flags);
      sum_flags_d = product_flags;
      if (a.special || b.special) begin
        sum_flags_d = product_flags | tessera_pe_pkg::special_flags(a, b, kind);
      end
      if (a.scale_nan || b.scale_nan) begin  // The block is NaN, and no term
        sum_flags_d.nan = 1'b1;
        s0_d = '0;
        s1_d = '0;
        s2_d = '0;
        s3_d = '0;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_tok_q <= '0;
    else         sum_tok_q <= tok_q;
  end

  always_ff @(posedge clk_i) begin
    if (tok_q.valid) begin
      s0_q        <= s0_d;
      s1_q        <= s1_d;
      s2_q        <= s2_d;
      s3_q        <= s3_d;
      sum_flags_q <= sum_flags_d;
      sum_sh_q    <= sh;
    end
  end

  // Term -----------------------------------------------------------------------------------------------
  logic [127:0]       addend_full;
  logic [AccBits-1:0] addend_q;
  flags_t             place_flags, term_flags_q;
  logic               term_valid_q, term_first_q, term_slot_end_q;

  always_comb begin
    addend_full = '0;
    place_flags = '0;
    if (sum_tok_q.valid) begin
      tessera_pe_pkg::make_term(s0_q, s1_q, s2_q, s3_q, sum_kind, sum_sh_q, NumWords, addend_full, place_flags);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      term_valid_q    <= 1'b0;
      term_first_q    <= 1'b0;
      term_slot_end_q <= 1'b0;
    end else begin
      term_valid_q    <= sum_tok_q.valid;
      term_first_q    <= sum_tok_q.first;
      term_slot_end_q <= sum_tok_q.slot_end;
    end
  end

  always_ff @(posedge clk_i) begin
    if (sum_tok_q.valid) begin
      addend_q     <= addend_full[AccBits-1:0];
      term_flags_q <= sum_flags_q | place_flags;
    end
  end

  // Accumulator and result chain -----------------------------------------------------------------------
  logic [AccBits-1:0] acc_d, acc_q, res_acc_q;
  flags_t             flags_d, flags_q, res_flags_q;
  logic               captured_q;

  always_comb begin
    acc_d   = acc_q;
    flags_d = flags_q;
    if (term_valid_q) begin
      acc_d   = (term_first_q ? '0 : acc_q) + addend_q;
      flags_d = (term_first_q ? '0 : flags_q) | term_flags_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (term_valid_q) begin
      acc_q   <= acc_d;
      flags_q <= flags_d;
    end
    if (term_slot_end_q) begin
      res_acc_q   <= acc_d;
      res_flags_q <= flags_d;
    end else if (shift_i) begin
      res_acc_q   <= res_acc_i;
      res_flags_q <= res_flags_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) captured_q <= 1'b0;
    else         captured_q <= term_slot_end_q;
  end

  assign res_acc_o   = res_acc_q;
  assign res_flags_o = res_flags_q;
  assign captured_o  = captured_q;

`ifndef SYNTHESIS
  // A net of its own: Verilator would otherwise report rst_ni as both a sync and an async reset.
  logic in_reset;
  assign in_reset = !rst_ni;

  a_capture_does_not_meet_a_shift : assert property (@(posedge clk_i) disable iff (in_reset)
      !(term_slot_end_q && shift_i));
  a_first_is_valid : assert property (@(posedge clk_i) disable iff (in_reset) tok_i.first |-> tok_i.valid);
  a_special_lanes_carry_no_magnitude : assert property (@(posedge clk_i) disable iff (in_reset)
      tok_i.valid && a_i.lanes[0].nan |-> a_i.lanes[0].m == '0 && !a_i.lanes[0].inf);
`endif

endmodule
