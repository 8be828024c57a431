// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// BUFFER_RANGE: whether every local-memory range of an instruction ends inside its memory. Also the length of its
// memory range for MEM_RANGE. Exact: every sum and product is as wide as its largest value.
//
//   Latency     1 cycle: products before a register, sums and comparisons after it.
//   Throughput  1 instruction per cycle; step_i moves one in.
//   Reset       None: payload only, valid is the caller's.

module tessera_check_ranges
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
#(
  parameter int unsigned Rows        = 8,
  parameter int unsigned Cols        = 8,
  parameter int unsigned ADepth      = 1024,
  parameter int unsigned BDepth      = 1024,
  parameter int unsigned AScaleDepth = 128,
  parameter int unsigned BScaleDepth = 128,
  parameter int unsigned PsumTiles   = 128,
  parameter int unsigned OutDepth    = 2048,
  parameter int unsigned ColDepth    = 64
) (
  input  logic        clk_i,
  input  logic        step_i,     // Takes word_i and config_i
  input  grain_t      word_i,
  input  config_t     config_i,   // In force at this instruction

  // About the instruction taken by the last step_i
  output logic        past_end_o, // BUFFER_RANGE
  output logic        touches_memory_o,
  output logic [49:0] span_o      // Bytes from the first to past the last of its memory range
);

  localparam int unsigned RowsLog = $clog2(Rows);
  localparam int unsigned ColsLog = $clog2(Cols);
  localparam int unsigned SumW    = 36;  // Holds a 33-bit product and two 17-bit terms

  typedef logic [SumW-1:0] sum_t;

  // Before the register.
  load_t   load;
  store_t  store;
  matmul_t matmul;
  assign load   = word_i;
  assign store  = word_i;
  assign matmul = word_i;

  logic [16:0] load_rows, groups, span_rows;     // rows + fill; the most rows a bank gets; rows in memory
  logic [31:0] row_stride;
  logic [16:0] step_count;                       // Steps of the LOAD, STORE or OUT range
  logic [15:0] step_size;
  logic [2:0]  result_log;                       // log2 of the bytes of a result
  logic [19:0] row_results;                      // nt * Cols
  logic [22:0] row_bytes;

  assign load_rows = 17'(load.rows) + 17'(load.fill);

  always_comb begin
    case (load.space)
      SpaceA, SpaceAScale: groups = (load_rows + 17'(Rows - 1)) >> RowsLog;
      SpaceB, SpaceBScale: groups = (load_rows + 17'(Cols - 1)) >> ColsLog;
      default:             groups = load_rows;
    endcase
    case (config_i.out)
      FormatFp32, FormatInt32: result_log = 3'd2;
      FormatBf16:              result_log = 3'd1;
      default:                 result_log = 3'd0;
    endcase
    // LOAD's rows and row_stride lie where STORE's do.
    span_rows  = 17'(store.rows) - 17'd1;
    row_stride = store.row_stride;
    case (word_i[7:0])
      OpLoad: begin
        step_count = groups - 17'd1;
        step_size  = load.dst_stride;
      end
      OpStore: begin
        step_count = span_rows;
        step_size  = store.src_pitch;
      end
      default: begin
        step_count = (17'(matmul.mt) << RowsLog) - 17'd1;
        step_size  = matmul.out_pitch;
      end
    endcase
  end

  assign row_results = 20'(matmul.nt) << ColsLog;
  assign row_bytes   = 23'(row_results) << result_log;

  // Behind the register: the instruction with its products.
  grain_t      word_q;
  logic        mx_q, col_scale_q;
  logic [48:0] stride_q;
  logic [32:0] steps_q;
  logic [27:0] a_steps_q, b_steps_q;
  logic [23:0] as_steps_q, bs_steps_q, tiles_q;
  logic [17:0] out_row_q, col_row_q;             // Grains of a row of results, of its column parameters

  logic [11:0] mt_less, nt_less;
  assign mt_less = matmul.mt - 12'd1;
  assign nt_less = matmul.nt - 12'd1;

  always_ff @(posedge clk_i) begin
    if (step_i) begin
      word_q      <= word_i;
      mx_q        <= config_i.scaling == ScalingMx;
      col_scale_q <= config_i.col_scale != '0;
      stride_q    <= 49'(span_rows) * 49'(row_stride);
      steps_q     <= 33'(step_count) * 33'(step_size);
      a_steps_q   <= 28'(mt_less) * 28'(matmul.a_stride);
      b_steps_q   <= 28'(nt_less) * 28'(matmul.b_stride);
      as_steps_q  <= 24'(mt_less) * 24'(matmul.a_scale_stride);
      bs_steps_q  <= 24'(nt_less) * 24'(matmul.b_scale_stride);
      tiles_q     <= 24'(matmul.mt) * 24'(matmul.nt);
      out_row_q   <= 18'((row_bytes + 23'd31) >> 5);
      col_row_q   <= 18'((row_results + 20'd7) >> 3);
    end
  end

  load_t   load_q;
  store_t  store_q;
  matmul_t matmul_q;
  assign load_q   = word_q;
  assign store_q  = word_q;
  assign matmul_q = word_q;

  sum_t row_grains, load_end, load_depth, store_end, a_end, b_end, scale_grains, as_end, bs_end, psum_end, out_end;
  sum_t col_end;
  assign row_grains   = (sum_t'(load_q.row_bytes) + sum_t'(31)) >> 5;  // STORE's row_bytes lies in the same place
  assign load_end     = sum_t'(load_q.dst_base) + sum_t'(steps_q) + row_grains;
  assign store_end    = sum_t'(store_q.src_base) + sum_t'(steps_q) + row_grains;
  assign a_end        = sum_t'(matmul_q.a_base) + sum_t'(a_steps_q) + sum_t'(matmul_q.k);
  assign b_end        = sum_t'(matmul_q.b_base) + sum_t'(b_steps_q) + sum_t'(matmul_q.k);
  assign scale_grains = (sum_t'(matmul_q.k) + sum_t'(31)) >> 5;
  assign as_end       = sum_t'(matmul_q.a_scale_base) + sum_t'(as_steps_q) + scale_grains;
  assign bs_end       = sum_t'(matmul_q.b_scale_base) + sum_t'(bs_steps_q) + scale_grains;
  assign psum_end     = sum_t'(matmul_q.psum_base) + sum_t'(tiles_q);
  assign out_end      = sum_t'(matmul_q.out_base) + sum_t'(steps_q) + sum_t'(out_row_q);
  assign col_end      = sum_t'(matmul_q.col_base) + sum_t'(col_row_q);

  always_comb begin
    case (load_q.space)
      SpaceA:      load_depth = sum_t'(ADepth);
      SpaceB:      load_depth = sum_t'(BDepth);
      SpaceAScale: load_depth = sum_t'(AScaleDepth);
      SpaceBScale: load_depth = sum_t'(BScaleDepth);
      default:     load_depth = sum_t'(ColDepth);
    endcase
  end

  logic partial, to_out;
  assign partial = matmul_q.src != PartialNone || matmul_q.dst != PartialNone;
  assign to_out  = matmul_q.dst == PartialNone;

  always_comb begin
    case (word_q[7:0])
      OpLoad:  past_end_o = load_end > load_depth;
      OpStore: past_end_o = store_end > sum_t'(OutDepth);
      OpMatmul: begin
        past_end_o = a_end > sum_t'(ADepth) || b_end > sum_t'(BDepth) ||
                     (mx_q && (as_end > sum_t'(AScaleDepth) || bs_end > sum_t'(BScaleDepth))) ||
                     (partial && psum_end > sum_t'(PsumTiles)) || (to_out && out_end > sum_t'(OutDepth)) ||
                     (to_out && col_scale_q && col_end > sum_t'(ColDepth));
      end
      default: past_end_o = 1'b0;
    endcase
  end

  assign touches_memory_o = word_q[7:0] == OpStore || (word_q[7:0] == OpLoad && load_q.rows != '0);
  assign span_o           = 50'(stride_q) + 50'(load_q.row_bytes);

  // Fields that no range depends on.
  logic unused;
  assign unused = ^{load, store, matmul, config_i, load_q, store_q, matmul_q};

endmodule
