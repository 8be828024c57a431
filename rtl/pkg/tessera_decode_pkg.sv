// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Operand formats as the grid's edge sees them: codes to lanes, and the constants of each format.
// Source: docs/numerics.md, table of element formats (OCP OFP8 1.0, IEEE 754, bfloat16).

package tessera_decode_pkg;

  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
  import tessera_array_pkg::*;

  // Exponent of a lane with exponent field e: e + lane_exponent. Field and constant differ from the format's own because
  // fields of 8-bit floats start at 0 for the least exponent.
  function automatic sh_t lane_exponent(input format_e format);
    unique case (format)
      FormatE4m3: return -13'sd9;     // 1 - 7 - 3
      FormatE5m2: return -13'sd16;    // 1 - 15 - 2
      FormatBf16: return -13'sd134;   // -127 - 7; the field is max(E, 1)
      default:    return 13'sd0;
    endcase
  endfunction

  function automatic lane_t decode_int8(input logic [7:0] x);
    return '{nan: 1'b0, inf: 1'b0, s: x[7], e: 5'd0, m: x[7] ? -x : x};
  endfunction

  function automatic lane_t decode_e4m3(input logic [7:0] x);
    logic nan, normal;
    nan    = &x[6:0];
    normal = |x[6:3];
    return '{nan: nan, inf: 1'b0, s: x[7], e: 5'(x[6:3]) - 5'(normal), m: nan ? 8'd0 : {4'd0, normal, x[2:0]}};
  endfunction

  function automatic lane_t decode_e5m2(input logic [7:0] x);
    logic top, normal;
    top    = &x[6:2];
    normal = |x[6:2];
    return '{nan: top && |x[1:0], inf: top && ~|x[1:0], s: x[7], e: x[6:2] - 5'(normal), m: top ? 8'd0 : {5'd0, normal, x[1:0]}};
  endfunction

  function automatic void decode_bf16(input logic [15:0] x, output lane_t even, output lane_t odd);
    logic top, normal;
    logic [7:0] e;
    top    = &x[14:7];
    normal = |x[14:7];
    e      = x[14:7] | 8'(!normal);
    even   = '{nan: top && |x[6:0], inf: top && ~|x[6:0], s: x[15], e: e[4:0], m: top ? 8'd0 : {normal, x[6:0]}};
    odd    = '{nan: 1'b0, inf: 1'b0, s: 1'b0, e: {2'd0, e[7:5]}, m: 8'd0};
  endfunction

  function automatic void decode_lanes(input grain_t grain, input format_e format, output lanes_t lanes, output logic special);
    // verilator no_inline_task
    lanes = '0;
    unique case (format)
      FormatE4m3: for (int i = 0; i < Lanes; i++) lanes[i] = decode_e4m3(grain[8*i+:8]);
      FormatE5m2: for (int i = 0; i < Lanes; i++) lanes[i] = decode_e5m2(grain[8*i+:8]);
      FormatBf16: for (int i = 0; i < Lanes; i += 2) decode_bf16(grain[8*i+:16], lanes[i], lanes[i+1]);
      default:    for (int i = 0; i < Lanes; i++) lanes[i] = decode_int8(grain[8*i+:8]);
    endcase
    special = 1'b0;
    for (int i = 0; i < Lanes; i++) special = special | lanes[i].nan | lanes[i].inf;
  endfunction

endpackage
