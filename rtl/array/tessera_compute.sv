// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The compute side of a slice, from operand banks to OUT buffer, with the MATMUL engine that times it.
//
//   Handshake   The engine contract of docs/architecture.md; local-memory writes and OUT reads are always taken.
//   Latency     From a slot's last cycle to its last result in OUT: see README.md, "Cycles".
//   Throughput  One grain pair per PE and cycle.
//   Reset       Empties the engine; memories keep what they held.

module tessera_compute
  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
  import tessera_array_pkg::*;
#(
  parameter int unsigned Rows        = 8,
  parameter int unsigned Cols        = 8,
  parameter int unsigned AccBits     = 128,
  parameter logic [3:0]  Formats     = 4'hf,  // Operand formats in the build: bit = format_e code
  parameter int unsigned ADepth      = 1024,
  parameter int unsigned BDepth      = 1024,
  parameter int unsigned AScaleDepth = 128,
  parameter int unsigned BScaleDepth = 128,
  parameter int unsigned PsumTiles   = 128,
  parameter int unsigned OutDepth    = 2048,
  parameter int unsigned ColDepth    = 64
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  // Engine contract
  input  logic        issue_valid_i,
  output logic        issue_ready_o,
  input  issue_t      issue_i,
  output logic        done_valid_o,
  output sem_mask_t   done_post_o,
  output pc_t         done_pc_o,
  output grain_t      done_word_o,
  output logic        fault_valid_o,
  output fault_t      fault_o,
  output activity_e   activity_o,
  input  logic        start_i,
  input  logic        flush_i,
  output logic        quiet_o,
  output num_status_t num_status_o,
  output logic        pass_o,  // A pass ended its slot

  // From LOAD, through tessera_load_steer
  input  logic   [Rows-1:0]       a_wr_en_i,
  input  logic   [Rows-1:0][15:0] a_addr_i,
  input  grain_t [Rows-1:0]       a_data_i,
  input  logic   [Rows-1:0]       a_scale_wr_en_i,
  input  logic   [Rows-1:0][15:0] a_scale_addr_i,
  input  grain_t [Rows-1:0]       a_scale_data_i,
  input  logic   [Cols-1:0]       b_wr_en_i,
  input  logic   [Cols-1:0][15:0] b_addr_i,
  input  grain_t [Cols-1:0]       b_data_i,
  input  logic   [Cols-1:0]       b_scale_wr_en_i,
  input  logic   [Cols-1:0][15:0] b_scale_addr_i,
  input  grain_t [Cols-1:0]       b_scale_data_i,
  input  logic                    col_wr_en_i,
  input  logic   [15:0]           col_addr_i,
  input  grain_t                  col_data_i,

  // From STORE: data one cycle after the enable
  input  logic        out_rd_en_i,
  input  logic [15:0] out_rd_addr_i,
  output grain_t      out_rd_data_o
);

  // Passes whose slot has ended and whose results have not left: at most (Rows + Cols + 20) / Rows.
  localparam int unsigned Passes = 16;

  // Sequencer ------------------------------------------------------------------------------------------
  fetch_t  fetch_a [Rows+1];
  fetch_t  fetch_b [Cols+1];
  logic    pass_valid, finished, epilogue_idle;
  drain_t  drain;
  finish_t finish;

  tessera_matmul #(
    .Rows     (Rows),
    .Cols     (Cols),
    .PsumTiles(PsumTiles),
    .Passes   (Passes)
  ) u_matmul (
    .clk_i,
    .rst_ni,
    .issue_valid_i,
    .issue_ready_o,
    .issue_i,
    .done_valid_o,
    .done_post_o,
    .done_pc_o,
    .done_word_o,
    .fault_valid_o,
    .fault_o,
    .activity_o,
    .start_i,
    .flush_i,
    .quiet_o,
    .fetch_a_o      (fetch_a[0]),
    .fetch_b_o      (fetch_b[0]),
    .pass_valid_o   (pass_valid),
    .drain_o        (drain),
    .finish_o       (finish),
    .finished_i     (finished),
    .epilogue_idle_i(epilogue_idle)
  );

  assign pass_o = pass_valid;

  // Operand banks and grid -----------------------------------------------------------------------------
  token_t   a_tok [Rows];
  operand_t a     [Rows];
  operand_t b     [Cols];

  for (genvar r = 0; r < Rows; r++) begin : gen_a
    tessera_operand_bank #(
      .Depth     (ADepth),
      .ScaleDepth(AScaleDepth)
    ) u_bank (
      .clk_i,
      .rst_ni,
      .fetch_i        (fetch_a[r]),
      .fetch_o        (fetch_a[r+1]),
      .tok_o          (a_tok[r]),
      .operand_o      (a[r]),
      .wr_en_i        (a_wr_en_i[r]),
      .wr_addr_i      (a_addr_i[r]),
      .wr_data_i      (a_data_i[r]),
      .scale_wr_en_i  (a_scale_wr_en_i[r]),
      .scale_wr_addr_i(a_scale_addr_i[r]),
      .scale_wr_data_i(a_scale_data_i[r])
    );
  end

  for (genvar c = 0; c < Cols; c++) begin : gen_b
    tessera_operand_bank #(
      .Depth     (BDepth),
      .ScaleDepth(BScaleDepth)
    ) u_bank (
      .clk_i,
      .rst_ni,
      .fetch_i        (fetch_b[c]),
      .fetch_o        (fetch_b[c+1]),
      .tok_o          (),
      .operand_o      (b[c]),
      .wr_en_i        (b_wr_en_i[c]),
      .wr_addr_i      (b_addr_i[c]),
      .wr_data_i      (b_data_i[c]),
      .scale_wr_en_i  (b_scale_wr_en_i[c]),
      .scale_wr_addr_i(b_scale_addr_i[c]),
      .scale_wr_data_i(b_scale_data_i[c])
    );
  end

  logic   [Cols-1:0]              col_valid;
  logic   [Cols-1:0][AccBits-1:0] col_acc;
  flags_t [Cols-1:0]              col_flags;

  tessera_grid #(
    .Rows   (Rows),
    .Cols   (Cols),
    .AccBits(AccBits),
    .Formats(Formats)
  ) u_grid (
    .clk_i,
    .rst_ni,
    .tok_i      (a_tok),
    .a_i        (a),
    .b_i        (b),
    .col_valid_o(col_valid),
    .col_acc_o  (col_acc),
    .col_flags_o(col_flags)
  );

  // Columns --------------------------------------------------------------------------------------------
  row_t                   row [Cols+1];
  logic        [Cols-1:0] result_valid;
  logic [Cols-1:0][31:0]  result;
  num_status_t [Cols-1:0] status;

  tessera_drain #(
    .Rows  (Rows),
    .Passes(Passes)
  ) u_drain (
    .clk_i,
    .rst_ni,
    .pass_valid_i(pass_valid),
    .pass_i      (drain),
    .valid_i     (col_valid[0]),
    .row_o       (row[0])
  );

  for (genvar c = 0; c < Cols; c++) begin : gen_col
    tessera_column #(
      .AccBits (AccBits),
      .PsumRows(PsumTiles * Rows)
    ) u_column (
      .clk_i,
      .rst_ni,
      .row_i   (row[c]),
      .row_o   (row[c+1]),
      .valid_i (col_valid[c]),
      .acc_i   (col_acc[c]),
      .flags_i (col_flags[c]),
      .valid_o (result_valid[c]),
      .result_o(result[c]),
      .status_o(status[c])
    );
  end

  // Epilogue -------------------------------------------------------------------------------------------
  logic                  row_valid;
  logic [Cols-1:0][31:0] row_data;
  logic                  col_rd_en, out_wr_en, out_nan;
  logic [15:0]           col_rd_col;
  logic [Cols-1:0][31:0] col_rd_data;
  logic [21:0]           out_wr_addr;
  logic [2:0]            out_wr_bytes;
  logic [Cols*32-1:0]    out_wr_data;

  tessera_deskew #(
    .Cols(Cols)
  ) u_deskew (
    .clk_i,
    .rst_ni,
    .valid_i(result_valid),
    .data_i (result),
    .valid_o(row_valid),
    .data_o (row_data)
  );

  tessera_epilogue #(
    .Rows  (Rows),
    .Cols  (Cols),
    .Passes(Passes)
  ) u_epilogue (
    .clk_i,
    .rst_ni,
    .pass_valid_i  (pass_valid),
    .pass_i        (finish),
    .finished_o    (finished),
    .idle_o        (epilogue_idle),
    .valid_i       (row_valid),
    .data_i        (row_data),
    .col_rd_en_o   (col_rd_en),
    .col_rd_col_o  (col_rd_col),
    .col_rd_data_i (col_rd_data),
    .out_wr_en_o   (out_wr_en),
    .out_wr_addr_o (out_wr_addr),
    .out_wr_bytes_o(out_wr_bytes),
    .out_wr_data_o (out_wr_data),
    .out_nan_o     (out_nan)
  );

  tessera_col_buffer #(
    .Cols (Cols),
    .Depth(ColDepth)
  ) u_col_buffer (
    .clk_i,
    .rst_ni,
    .wr_en_i  (col_wr_en_i),
    .wr_addr_i(col_addr_i),
    .wr_data_i(col_data_i),
    .rd_en_i  (col_rd_en),
    .rd_col_i (col_rd_col),
    .rd_data_o(col_rd_data)
  );

  tessera_out_buffer #(
    .Cols (Cols),
    .Depth(OutDepth)
  ) u_out_buffer (
    .clk_i,
    .rst_ni,
    .wr_en_i   (out_wr_en),
    .wr_addr_i (out_wr_addr),
    .wr_bytes_i(out_wr_bytes),
    .wr_data_i (out_wr_data),
    .rd_en_i   (out_rd_en_i),
    .rd_addr_i (out_rd_addr_i),
    .rd_data_o (out_rd_data_o)
  );

  always_comb begin
    num_status_o         = '0;
    num_status_o.out_nan = out_nan;
    for (int c = 0; c < Cols; c++) num_status_o = num_status_o | status[c];
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_quiet_engine_drives_nothing : assert property (@(posedge clk_i) disable iff (in_reset)
      quiet_o |-> !out_wr_en && !pass_valid);
`endif

endmodule
