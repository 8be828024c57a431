// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The arithmetic of a processing element as pure functions. docs/numerics.md is the contract.
//
// Sums of products are kept as four words of 32 bits plus sign and carries (WordBits), each word with 16 inputs: carry
// chains stay short, and both kinds of grain share the same adders. A lane of an 8-bit grain needs 64 bits of alignment, two
// words: lane 2i fills words 0-1, lane 2i + 1 words 2-3. A product of a 16-bit grain can lie anywhere in the accumulator, up to four words.
//
// no_inline_task makes Verilator emit each function once instead of once per PE: a tenth of the code, same speed.

package tessera_pe_pkg;

  import tessera_spec_gen_pkg::*;
  import tessera_array_pkg::*;

  localparam int unsigned WordBits = 40;
  typedef logic [WordBits-1:0] word_t;

  // Terms at or above 2^(grid + T) overflow: T = W - 1 - G, which is bit 15 of the accumulator's top word for every
  // W that is a multiple of 32.
  localparam int unsigned TopWordLimit = 31 - CARRY_BITS;

  // Sums the products of one grain pair, aligned into words.
  //   sh          a.sh + b.sh. Used for Wide, where it places the products, and to check Sum's for overflow
  //   num_words   AccBits / 32
  function automatic void sum_products(
      input  operand_t           a,
      input  operand_t           b,
      input  kind_e              kind,
      input  logic signed [13:0] sh,
      input  logic [2:0]         num_words,
      output word_t              s0,
      output word_t              s1,
      output word_t              s2,
      output word_t              s3,
      output flags_t             flags
  );
    // verilator no_inline_task
    logic [63:0] sum0, sum1, sum2, sum3;
    logic [63:0] v0, v1, neg0, neg1, w0, w1, w2, w3, lo, hi;
    logic [15:0] p0, p1;
    logic [5:0] limit;
    logic signed [13:0] u;
    logic signed [8:0] coarse, top;
    logic over;

    sum0  = '0;
    sum1  = '0;
    sum2  = '0;
    sum3  = '0;
    flags = '0;
    top   = signed'(9'(num_words));
    limit = {num_words[0], 5'd0} - 6'(CARRY_BITS) - 6'd1 - sh[5:0];  // T - sh, for Sum when W is 64
    for (int i = 0; i < Lanes; i += 2) begin
      p0   = 16'(a.lanes[i].m) * 16'(b.lanes[i].m);
      p1   = 16'(a.lanes[i+1].m) * 16'(b.lanes[i+1].m);
      neg0 = {64{a.lanes[i].s ^ b.lanes[i].s}};
      neg1 = {64{a.lanes[i+1].s ^ b.lanes[i+1].s}};
      if (kind != KindWide) begin
        v0 = 64'(p0) << (6'(a.lanes[i].e) + 6'(b.lanes[i].e));
        v1 = 64'(p1) << (6'(a.lanes[i+1].e) + 6'(b.lanes[i+1].e));
        // From 96 bits up no product of 8-bit formats can reach T.
        if (kind == KindSum && num_words < 3'd3) begin
          if (|(v0 >> limit)) begin
            flags.povf = flags.povf | !neg0[0];
            flags.novf = flags.novf | neg0[0];
            v0 = '0;
          end
          if (|(v1 >> limit)) begin
            flags.povf = flags.povf | !neg1[0];
            flags.novf = flags.novf | neg1[0];
            v1 = '0;
          end
        end
        w0 = {32'b0, v0[31:0]};
        w1 = {32'b0, v0[63:32]};
        w2 = {32'b0, v1[31:0]};
        w3 = {32'b0, v1[63:32]};
      end else begin
        // Bit 0 of the product has weight 2^u in a frame that begins one word below the accumulator.
        u      = sh + 14'({a.lanes[i+1].e[2:0], a.lanes[i].e}) + 14'({b.lanes[i+1].e[2:0], b.lanes[i].e}) + 14'sd32;
        coarse = u[13:5];
        v0     = 64'(p0) << u[4:0];
        lo     = {32'b0, v0[31:0]};
        hi     = {32'b0, v0[63:32]};
        over   = coarse > top || (coarse == top && (|hi || |lo[31:TopWordLimit]));
        neg1   = neg0;
        w0     = '0;
        w1     = '0;
        w2     = '0;
        w3     = '0;
        if (p0 != '0) begin
          if (over) begin
            flags.povf = flags.povf | !neg0[0];
            flags.novf = flags.novf | neg0[0];
          end else begin
            unique case (coarse)
              9'sd0: w0 = hi;
              9'sd1: begin
                w0 = lo;
                w1 = hi;
              end
              9'sd2: begin
                w1 = lo;
                w2 = hi;
              end
              9'sd3: begin
                w2 = lo;
                w3 = hi;
              end
              9'sd4:   w3 = lo;
              default: ;
            endcase
            flags.lost = flags.lost | coarse < 9'sd0 | (coarse == 9'sd0 & |lo);
          end
        end
      end
      sum0 = sum0 + ((w0 ^ neg0) - neg0);
      sum1 = sum1 + ((w1 ^ neg0) - neg0);
      sum2 = sum2 + ((w2 ^ neg1) - neg1);
      sum3 = sum3 + ((w3 ^ neg1) - neg1);
    end
    s0 = sum0[WordBits-1:0];
    s1 = sum1[WordBits-1:0];
    s2 = sum2[WordBits-1:0];
    s3 = sum3[WordBits-1:0];
  endfunction

  // NaN and infinity of one grain pair: NaN operands and Inf * 0 give nan; Inf * x gives an infinity by sign.
  function automatic flags_t special_flags(input operand_t a, input operand_t b, input kind_e kind);
    // verilator no_inline_task
    logic nan, inf, a_zero, b_zero;
    special_flags = '0;
    for (int i = 0; i < Lanes; i++) begin
      if (kind != KindWide || i % 2 == 0) begin
        a_zero = a.lanes[i].m == '0 && !a.lanes[i].nan && !a.lanes[i].inf;
        b_zero = b.lanes[i].m == '0 && !b.lanes[i].nan && !b.lanes[i].inf;
        nan    = a.lanes[i].nan || b.lanes[i].nan || (a.lanes[i].inf && b_zero) || (b.lanes[i].inf && a_zero);
        inf    = !nan && (a.lanes[i].inf || b.lanes[i].inf);
        special_flags.nan  = special_flags.nan | nan;
        special_flags.pinf = special_flags.pinf | (inf && a.lanes[i].s == b.lanes[i].s);
        special_flags.ninf = special_flags.ninf | (inf && a.lanes[i].s != b.lanes[i].s);
      end
    end
  endfunction

  // Places a magnitude of up to 96 bits on the accumulator: mag * 2^sh cut toward zero. With `judge` it is a term, and one
  // that overflows adds nothing and loses nothing; a sum of terms judged before is added whatever its size.
  function automatic void place(
      input  logic [95:0]        mag,
      input  logic signed [13:0] sh,
      input  logic [2:0]         num_words,
      input  logic               judge,
      output logic [127:0]       t,
      output logic               overflow,
      output logic               lost
  );
    logic signed [13:0] u;
    logic signed [8:0] coarse, index;
    logic [31:0] g [4];
    logic [31:0] word [4];

    // Shift by less than a word, then place whole words; the frame begins three words below the accumulator.
    u      = sh + 14'sd96;
    coarse = u[13:5];
    g[0]   = mag[31:0] << u[4:0];
    g[1]   = 32'(({mag[63:32], mag[31:0]} << u[4:0]) >> 32);
    g[2]   = 32'(({mag[95:64], mag[63:32]} << u[4:0]) >> 32);
    g[3]   = 32'(({32'b0, mag[95:64]} << u[4:0]) >> 32);
    word   = '{default: '0};
    overflow = 1'b0;
    lost     = 1'b0;
    for (int j = 0; j < 4; j++) begin
      index = coarse + 9'(j) - 9'sd3;
      if (index < 9'sd0) lost = lost | (|g[j]);
      else if (index >= signed'(9'(num_words))) overflow = overflow | (|g[j]);
      else begin
        word[index[1:0]] = g[j];
        if (index == signed'(9'(num_words)) - 9'sd1) overflow = overflow | (|g[j][31:TopWordLimit]);
      end
    end
    t = {word[3], word[2], word[1], word[0]};
    if (overflow && judge) begin
      t    = '0;
      lost = 1'b0;
    end
    overflow = overflow && judge;
  endfunction

  // Turns the word sums of one grain pair into what is added to the accumulator (modulo 2^128).
  function automatic void make_term(
      input  word_t              s0,
      input  word_t              s1,
      input  word_t              s2,
      input  word_t              s3,
      input  kind_e              kind,
      input  logic signed [13:0] sh,
      input  logic [2:0]         num_words,
      output logic [127:0]       addend,
      output flags_t             flags
  );
    // verilator no_inline_task
    logic signed [63:0] x0, x1, x2;
    logic [31:0] x3;
    logic [63:0] hi;
    logic [31:0] lo;
    logic negative, overflow, lost;
    logic [95:0] mag;
    logic [127:0] t;

    flags = '0;
    if (kind == KindWide) begin
      x0 = 64'(signed'(s0));
      x1 = 64'(signed'(s1)) + (x0 >>> 32);
      x2 = 64'(signed'(s2)) + (x1 >>> 32);
      x3 = s3[31:0] + x2[63:32];
      addend = {x3, x2[31:0], x1[31:0], x0[31:0]};
    end else begin
      x0 = 64'(signed'(s0)) + 64'(signed'(s2));
      x1 = 64'(signed'(s1)) + 64'(signed'(s3)) + (x0 >>> 32);
      negative = x1[63];
      lo  = negative ? -x0[31:0] : x0[31:0];
      hi  = negative ? ~x1 + 64'(x0[31:0] == '0) : x1;
      mag = {hi, lo};
      place(mag, sh, num_words, kind == KindBlock, t, overflow, lost);
      flags.povf = overflow && !negative;
      flags.novf = overflow && negative;
      flags.lost = lost;
      addend = negative ? -t : t;
    end
  endfunction

  // A binary32 partial as one more term: 24-bit significand on the grid 2^grid.
  function automatic void make_fp32_term(
      input  logic [31:0]        x,
      input  logic signed [10:0] grid,
      input  logic [2:0]         num_words,
      output logic [127:0]       addend,
      output flags_t             flags
  );
    // verilator no_inline_task
    logic signed [13:0] sh;
    logic top, overflow, lost;
    logic [127:0] t;

    top = &x[30:23];
    sh  = 14'(x[30:23]) + 14'(~|x[30:23]) - 14'sd150 - 14'(grid);  // 127 + 23: weight of the last significand bit
    place({72'd0, |x[30:23], x[22:0]}, sh, num_words, 1'b1, t, overflow, lost);
    flags  = '0;
    addend = '0;
    if (top) begin
      flags.nan  = |x[22:0];
      flags.pinf = ~|x[22:0] && !x[31];
      flags.ninf = ~|x[22:0] && x[31];
    end else begin
      flags.povf = overflow && !x[31];
      flags.novf = overflow && x[31];
      flags.lost = lost;
      addend     = x[31] ? -t : t;
    end
  endfunction

endpackage
