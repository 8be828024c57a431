// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What a MATMUL means under the CONFIG in force: modes, constants and lengths, worked out once per instruction.
// Combinational. The dispatcher has checked every field.

module tessera_matmul_decode
  import tessera_spec_gen_pkg::*;
  import tessera_array_pkg::*;
  import tessera_matmul_pkg::*;
#(
  parameter int unsigned Rows = 8
) (
  input  matmul_t matmul_i,
  input  config_t config_i,
  output job_t    job_o
);

  // A slot is never shorter than a pass's results take to leave, nor, when partials are read, than the 7 cycles from
  // writing one to reading it.
  localparam logic [13:0] Drain        = 14'(Rows);
  localparam logic [13:0] PartialDrain = Rows < 8 ? 14'd8 : 14'(Rows);

  format_e            fmt_a, fmt_b;
  logic               mx, wide, is_int;
  logic signed [10:0] grid;
  logic [13:0]        drain;

  always_comb begin
    fmt_a  = format_e'(config_i.fmt_a);
    fmt_b  = format_e'(config_i.fmt_b);
    mx     = config_i.scaling == ScalingMx;
    wide   = fmt_a == FormatBf16;
    is_int = fmt_a == FormatInt8;

    if (is_int)           grid = 11'sd0;
    else if (mx || wide)  grid = config_i.grid;
    else                  grid = -11'sd32;

    drain = matmul_i.src != PartialNone ? PartialDrain : Drain;

    job_o.matmul   = matmul_i;
    job_o.is_int   = is_int;
    job_o.grid     = grid;
    job_o.out      = format_e'(config_i.out);
    job_o.saturate = !config_i.no_saturate;
    job_o.scaled   = config_i.col_scale;
    job_o.slot     = matmul_i.k > drain ? matmul_i.k : drain;

    job_o.kind = KindSum;
    if (wide) job_o.kind = KindWide;
    if (mx)   job_o.kind = KindBlock;

    // Shares of the shift. An E8M0 scale code s stands for 2^(s - 127).
    job_o.decode_a = '{
        format: fmt_a,
        mx: mx,
        bias: tessera_decode_pkg::lane_exponent(fmt_a) - 13'(grid) - (mx ? 13'sd127 : 13'sd0)
    };
    job_o.decode_b = '{
        format: fmt_b,
        mx: mx,
        bias: tessera_decode_pkg::lane_exponent(fmt_b) - (mx ? 13'sd127 : 13'sd0)
    };

    unique case (job_o.kind)
      KindWide:  job_o.terms = {1'b0, matmul_i.k, 4'd0};
      KindBlock: job_o.terms = {5'd0, matmul_i.k};
      default:   job_o.terms = {matmul_i.k, 5'd0};
    endcase

    unique case (job_o.out)
      FormatFp32, FormatInt32: job_o.log2_bytes = 2'd2;
      FormatBf16:              job_o.log2_bytes = 2'd1;
      default:                 job_o.log2_bytes = 2'd0;
    endcase
  end

endmodule
