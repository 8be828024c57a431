// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The checks of an instruction that need no arithmetic on ranges: BAD_OPCODE, BAD_FIELD, BAD_FORMAT and NO_CONFIG, in
// the order of docs/architecture.md.
//
//   Latency     Combinational.

module tessera_check_fields
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
#(
  parameter int unsigned Cols      = 8,
  parameter logic [3:0]  Formats   = 4'hf,  // Bit f: operand format f is in this build
  parameter int unsigned LoadLanes = 2
) (
  input  grain_t  word_i,
  input  logic    config_valid_i,  // A CONFIG came before, and this is it
  input  config_t config_i,
  output error_e  error_o
);

  // Grains of OUT and COL are shared by passes only when a pass is narrower than a grain of binary32.
  localparam int unsigned Align = Cols > 8 ? Cols / 8 : 1;

  localparam grain_t OpcodeBits = grain_t'(8'hff);
  localparam grain_t MaskBits   = grain_t'(40'hff_ffff_ff00);

  function automatic logic is_format(logic [3:0] code);
    return code inside {FormatInt8, FormatE4m3, FormatE5m2, FormatBf16, FormatFp32, FormatInt32};
  endfunction

  function automatic logic is_fp8(logic [3:0] code);
    return code inside {FormatE4m3, FormatE5m2};
  endfunction

  function automatic logic is_built(logic [3:0] code);
    return code <= 4'(FormatBf16) && Formats[code[1:0]];
  endfunction

  function automatic logic is_aligned(logic [15:0] grains);
    return (grains & 16'(Align - 1)) == '0;
  endfunction

  loop_t   as_loop;
  setr_t   as_setr;
  load_t   as_load;
  store_t  as_store;
  config_t as_config;
  matmul_t as_matmul;
  assign as_loop   = word_i;
  assign as_setr   = word_i;
  assign as_load   = word_i;
  assign as_store  = word_i;
  assign as_config = word_i;
  assign as_matmul = word_i;

  // CONFIG
  logic config_field_bad, config_format_bad, operands_bad, out_bad, grid_used;
  assign grid_used        = as_config.fmt_a == FormatBf16 || as_config.scaling == ScalingMx;
  assign config_field_bad = !is_format(as_config.fmt_a) || !is_format(as_config.fmt_b) || !is_format(as_config.out) ||
                            as_config.scaling > ScalingMx || (as_config.grid != '0 && !grid_used);
  assign operands_bad     = !is_built(as_config.fmt_a) || !is_built(as_config.fmt_b) ||
                            (is_fp8(as_config.fmt_a) ? !is_fp8(as_config.fmt_b)
                                                     : as_config.fmt_a != as_config.fmt_b) ||
                            (as_config.scaling == ScalingMx && !is_fp8(as_config.fmt_a));
  assign out_bad          = (as_config.out == FormatInt32 &&
                             (as_config.fmt_a != FormatInt8 || as_config.col_scale != '0)) ||
                            (as_config.no_saturate != '0 && !is_fp8(as_config.out));
  assign config_format_bad = operands_bad || out_bad;

  // MATMUL: what every CONFIG asks for, and what the one in force asks for
  logic partial, to_out, matmul_field_bad, matmul_config_bad;
  assign partial = as_matmul.src != PartialNone || as_matmul.dst != PartialNone;
  assign to_out  = as_matmul.dst == PartialNone;
  assign matmul_field_bad = as_matmul.src > PartialFp32 || as_matmul.dst > PartialFp32 || as_matmul.mt == '0 ||
                            as_matmul.nt == '0 || as_matmul.k == '0 || (!partial && as_matmul.psum_base != '0) ||
                            (!to_out && (as_matmul.out_base != '0 || as_matmul.out_pitch != '0 ||
                                         as_matmul.col_base != '0)) ||
                            !is_aligned(as_matmul.out_base) || !is_aligned(as_matmul.out_pitch) ||
                            !is_aligned({4'd0, as_matmul.col_base});
  assign matmul_config_bad = (config_i.scaling != ScalingMx &&
                              (as_matmul.a_scale_base != '0 || as_matmul.a_scale_stride != '0 ||
                               as_matmul.b_scale_base != '0 || as_matmul.b_scale_stride != '0)) ||
                             (config_i.col_scale == '0 && as_matmul.col_base != '0) ||
                             (config_i.fmt_a == FormatInt8 &&
                              (as_matmul.src == PartialFp32 || as_matmul.dst == PartialFp32));

  // LOAD
  logic load_bad;
  assign load_bad = as_load.space > SpaceCol || 32'(as_load.lane) >= LoadLanes || as_load.row_bytes == '0 ||
                    (as_load.rows == '0 && (as_load.fill == '0 || as_load.addr != '0 || as_load.row_stride != '0 ||
                                            as_load.areg != '0)) ||
                    (as_load.areg == '0 && as_load.post_inc != '0);

  logic store_bad;
  assign store_bad = as_store.rows == '0 || as_store.row_bytes == '0 ||
                     (as_store.areg == '0 && as_store.post_inc != '0);

  always_comb begin
    grain_t forbidden;  // Bits that must be 0
    logic   field_bad;
    logic   known;
    forbidden = '0;
    field_bad = 1'b0;
    known     = 1'b1;
    case (word_i[7:0])
      OpSync:    forbidden = SyncReserved;
      OpHalt:    forbidden = HaltReserved | MaskBits;
      OpFence:   forbidden = FenceReserved | MaskBits;
      OpEndloop: forbidden = EndloopReserved | MaskBits;
      OpLoop: begin
        forbidden = LoopReserved | MaskBits;
        field_bad = as_loop.count == '0;
      end
      OpSetr: begin
        forbidden = SetrReserved | MaskBits;
        field_bad = as_setr.areg == '0;
      end
      OpAddr: begin
        forbidden = AddrReserved | MaskBits;
        field_bad = as_setr.areg == '0;
      end
      OpLoad: begin
        forbidden = LoadReserved;
        field_bad = load_bad;
      end
      OpStore: begin
        forbidden = StoreReserved;
        field_bad = store_bad;
      end
      OpConfig: begin
        forbidden = ConfigReserved;
        field_bad = config_field_bad;
      end
      OpMatmul: begin
        forbidden = MatmulReserved;
        field_bad = matmul_field_bad;
      end
      default: known = 1'b0;
    endcase
    forbidden &= ~OpcodeBits;

    if (!known) begin
      error_o = ErrorBadOpcode;
    end else if ((word_i & forbidden) != '0 || field_bad) begin
      error_o = ErrorBadField;
    end else if (word_i[7:0] == OpConfig && config_format_bad) begin
      error_o = ErrorBadFormat;
    end else if (word_i[7:0] == OpMatmul && !config_valid_i) begin
      error_o = ErrorNoConfig;
    end else if (word_i[7:0] == OpMatmul && matmul_config_bad) begin
      error_o = ErrorBadField;
    end else begin
      error_o = ErrorNone;
    end
  end

  // Fields that other rules than these look at.
  logic unused;
  assign unused = ^{as_loop, as_setr, as_load, as_store, as_config, as_matmul, config_i};

endmodule
