// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// binary32 arithmetic (IEEE 754-2019, round to nearest even, subnormals kept) and conversions from it.
// Written for width, not for one operation's speed: callers put registers between the steps.

package tessera_fp32_pkg;

  import tessera_spec_gen_pkg::*;

  localparam logic [31:0] NanFp32 = 32'h7fc0_0000;

  // A positive number before rounding: 1.f * 2^exp with 24 bits in `top`, the next bit in `guard` and the OR of the rest in
  // `sticky`; or zero.
  typedef struct packed {
    logic               zero;
    logic signed [12:0] exp;
    logic [23:0]        top;
    logic               guard;
    logic               sticky;
  } unrounded_t;

  // Leading-zero count and normalising shift in log stages; x != 0.
  function automatic void normalise128(input logic [127:0] x, output logic [127:0] y, output logic [6:0] zeros);
    y     = x;
    zeros = '0;
    if (y[127:64] == '0) begin
      y        = {y[63:0], 64'd0};
      zeros[6] = 1'b1;
    end
    if (y[127:96] == '0) begin
      y        = {y[95:0], 32'd0};
      zeros[5] = 1'b1;
    end
    if (y[127:112] == '0) begin
      y        = {y[111:0], 16'd0};
      zeros[4] = 1'b1;
    end
    if (y[127:120] == '0) begin
      y        = {y[119:0], 8'd0};
      zeros[3] = 1'b1;
    end
    if (y[127:124] == '0) begin
      y        = {y[123:0], 4'd0};
      zeros[2] = 1'b1;
    end
    if (y[127:126] == '0) begin
      y        = {y[125:0], 2'd0};
      zeros[1] = 1'b1;
    end
    if (!y[127]) begin
      y        = {y[126:0], 1'b0};
      zeros[0] = 1'b1;
    end
  endfunction

  function automatic void normalise32(input logic [31:0] x, output logic [31:0] y, output logic [4:0] zeros);
    y     = x;
    zeros = '0;
    if (y[31:16] == '0) begin
      y        = y << 16;
      zeros[4] = 1'b1;
    end
    if (y[31:24] == '0) begin
      y        = y << 8;
      zeros[3] = 1'b1;
    end
    if (y[31:28] == '0) begin
      y        = y << 4;
      zeros[2] = 1'b1;
    end
    if (y[31:30] == '0) begin
      y        = y << 2;
      zeros[1] = 1'b1;
    end
    if (!y[31]) begin
      y        = y << 1;
      zeros[0] = 1'b1;
    end
  endfunction

  function automatic void normalise24(input logic [23:0] x, output logic [23:0] y, output logic [4:0] zeros);
    logic [31:0] wide;
    normalise32({x, 8'd0}, wide, zeros);
    y = 24'(wide >> 8);
  endfunction

  // Rounds to binary32: subnormal below 2^-126, Inf past the largest.
  function automatic logic [31:0] round_fp32(input logic sign, input unrounded_t x);
    // verilator no_inline_task
    logic [12:0] below;
    logic [4:0] shift;
    logic [25:0] kept;
    logic [25:0] cut;
    logic guard, sticky;
    logic [31:0] magnitude;

    // Subnormal results lose `below` more bits; past 25 nothing is left but the fact that there was something.
    below = -13'sd126 > x.exp ? 13'(-13'sd126 - x.exp) : '0;
    shift = below > 13'd26 ? 5'd26 : below[4:0];
    kept  = {x.top, x.guard, x.sticky} >> shift;
    cut   = {x.top, x.guard, x.sticky} & ~(26'h3ff_ffff << shift);
    guard  = kept[1];
    sticky = kept[0] || |cut;
    // A carry out of the fraction runs into the exponent field, as it should, up to Inf.
    // The implicit one of a normal number adds the last 1 to the exponent field.
    magnitude = {8'd0, kept[25:2]} + 32'(guard && (sticky || kept[2]));
    if (below == '0) magnitude = magnitude + {9'(x.exp + 13'sd126), 23'd0};
    if (x.exp > 13'sd127 || magnitude >= 32'h7f80_0000) magnitude = 32'h7f80_0000;
    if (x.zero) magnitude = '0;
    return {sign, magnitude[30:0]};
  endfunction

  // INT32 to binary32.
  function automatic logic [31:0] from_int32(input logic [31:0] x);
    // verilator no_inline_task
    logic [31:0] y;
    logic [4:0] zeros;
    unrounded_t u;
    normalise32(x[31] ? -x : x, y, zeros);
    u = '{zero: x == '0, exp: 13'sd31 - 13'(zeros), top: y[31:8], guard: y[7], sticky: |y[6:0]};
    return round_fp32(x[31], u);
  endfunction

  // First half of a product: everything but rounding. `special` is the result when is_special.
  function automatic void multiply(
      input  logic [31:0] a,
      input  logic [31:0] b,
      output logic        sign,
      output unrounded_t  product,
      output logic        is_special,
      output logic [31:0] special
  );
    // verilator no_inline_task
    logic a_nan, b_nan, a_inf, b_inf, a_zero, b_zero;
    logic [23:0] ma, mb;
    logic [4:0] za, zb;
    logic signed [12:0] ea, eb;
    logic [47:0] p;

    sign   = a[31] ^ b[31];
    a_nan  = &a[30:23] && |a[22:0];
    b_nan  = &b[30:23] && |b[22:0];
    a_inf  = &a[30:23] && ~|a[22:0];
    b_inf  = &b[30:23] && ~|b[22:0];
    a_zero = ~|a[30:0];
    b_zero = ~|b[30:0];
    is_special = a_nan || b_nan || a_inf || b_inf;
    special    = a_nan || b_nan || (a_inf && b_zero) || (b_inf && a_zero) ? NanFp32 : {sign, 8'hff, 23'd0};

    normalise24({|a[30:23], a[22:0]}, ma, za);
    normalise24({|b[30:23], b[22:0]}, mb, zb);
    ea = 13'(a[30:23]) + 13'(~|a[30:23]) - 13'sd127 - 13'(za);
    eb = 13'(b[30:23]) + 13'(~|b[30:23]) - 13'sd127 - 13'(zb);
    p  = 48'(ma) * 48'(mb);
    product.zero = a_zero || b_zero;
    if (p[47]) begin
      product.exp    = ea + eb + 13'sd1;
      product.top    = p[47:24];
      product.guard  = p[23];
      product.sticky = |p[22:0];
    end else begin
      product.exp    = ea + eb;
      product.top    = p[46:23];
      product.guard  = p[22];
      product.sticky = |p[21:0];
    end
  endfunction

  // To an 8-bit float with `man` mantissa bits, bias and largest finite code as given. Codes of the 7-bit magnitude are
  // ordered, so rounding may carry through the fraction into the exponent.
  function automatic logic [7:0] to_fp8(input logic [31:0] x, input format_e format, input logic saturate);
    // verilator no_inline_task
    logic is_e4m3, nan, inf;
    logic signed [9:0] e, least;
    logic [9:0] shift;
    logic [24:0] cut;
    logic [10:0] half;
    logic [23:0] man;
    logic [9:0] magnitude;
    logic [6:0] largest;

    is_e4m3 = format == FormatE4m3;
    nan     = &x[30:23] && |x[22:0];
    inf     = &x[30:23] && ~|x[22:0];
    largest = is_e4m3 ? 7'h7e : 7'h7b;
    e       = 10'(x[30:23]) - 10'sd127;
    least   = is_e4m3 ? -10'sd6 : -10'sd14;
    man     = {|x[30:23], x[22:0]};
    shift   = (is_e4m3 ? 10'd20 : 10'd21) + (e < least ? 10'(least - e) : 10'd0);
    if (shift > 10'd25) shift = 10'd25;  // Less than half the least subnormal
    half    = 11'({man, 1'b0} >> shift);  // Integer part and, in bit 0, the half
    cut     = {man, 1'b0} & ~(25'h1ff_ffff << shift);
    magnitude = half[10:1] + 10'(half[0] && (|cut || half[1]));
    if (e >= least) magnitude = magnitude + (is_e4m3 ? {7'(e - least), 3'd0} : {8'(e - least), 2'd0});

    if (nan) return is_e4m3 ? 8'h7f : 8'h7e;
    if (inf || e > 10'sd16 || magnitude > 10'(largest)) begin
      if (saturate) return {x[31], largest};
      return is_e4m3 ? 8'h7f : {x[31], 7'h7c};
    end
    return {x[31], magnitude[6:0]};
  endfunction

  function automatic logic [15:0] to_bf16(input logic [31:0] x);
    if (&x[30:23] && |x[22:0]) return 16'h7fc0;
    return 16'((x + 32'h7fff + 32'(x[16])) >> 16);
  endfunction

  // To INT8, saturating; NaN gives 0.
  function automatic logic [7:0] to_int8(input logic [31:0] x);
    // verilator no_inline_task
    logic signed [9:0] e;
    logic [9:0] shift;
    logic [24:0] cut;
    logic [9:0] half;
    logic [8:0] magnitude;

    e     = 10'(x[30:23]) - 10'sd127;
    shift = e < -10'sd1 ? 10'd25 : 10'(10'sd23 - e);
    half  = 10'({|x[30:23], x[22:0], 1'b0} >> shift);
    cut   = {|x[30:23], x[22:0], 1'b0} & ~(25'h1ff_ffff << shift);
    magnitude = half[9:1] + 9'(half[0] && (|cut || half[1]));
    if (&x[30:23] && |x[22:0]) return 8'd0;
    if (e > 10'sd7 || magnitude > (x[31] ? 9'd128 : 9'd127)) return x[31] ? 8'h80 : 8'h7f;
    return x[31] ? -magnitude[7:0] : magnitude[7:0];
  endfunction

endpackage
