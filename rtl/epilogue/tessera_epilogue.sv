// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Epilogue: rows of folded results to output codes in the OUT buffer, and the end of each MATMUL.
//
//   Handshake   pass_* is a FIFO write that is always taken; a pass must be written before its rows arrive. Rows are always
//               taken.
//   Latency     The OUT write is 4 cycles after the row; finished_o with the last row of a MATMUL's last pass, 5 cycles
//               after that row came (so that whoever reads next finds it).
//   Throughput  One row per cycle.
//   Reset       Clears valid bits and empties the FIFO.
//
//   cycle   0             1          2       3         4           5
//           row in        multiply   round   convert   OUT write   finished_o
//           scale read
//           to binary32

module tessera_epilogue
  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
  import tessera_array_pkg::*;
#(
  parameter int unsigned Rows   = 8,  // Rows of a pass; power of two
  parameter int unsigned Cols   = 8,
  parameter int unsigned Passes = 16  // Passes that may be between slot end and here
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  // From the sequencer, at the end of a pass's slot
  input  logic    pass_valid_i,
  input  finish_t pass_i,
  output logic    finished_o,  // The last result of a MATMUL is in its place
  output logic    idle_o,      // No pass inside or announced

  // From the deskew
  input  logic                  valid_i,
  input  logic [Cols-1:0][31:0] data_i,

  // Column parameters, data one cycle after the read
  output logic                  col_rd_en_o,
  output logic [15:0]           col_rd_col_o,
  input  logic [Cols-1:0][31:0] col_rd_data_i,

  // OUT buffer
  output logic               out_wr_en_o,
  output logic [21:0]        out_wr_addr_o,   // Byte
  output logic [2:0]         out_wr_bytes_o,  // Per element
  output logic [Cols*32-1:0] out_wr_data_o,

  output logic out_nan_o  // A NaN became INT8 0
);

  localparam int unsigned RowBits = $clog2(Rows);

  // Passes and rows ------------------------------------------------------------------------------------
  logic    pass_ready, pass_valid, pass_done;
  finish_t pass;

  tessera_fifo #(
    .Width($bits(finish_t)),
    .Depth(Passes)
  ) u_passes (
    .clk_i,
    .rst_ni,
    .valid_i(pass_valid_i),
    .ready_o(pass_ready),
    .data_i (pass_i),
    .valid_o(pass_valid),
    .ready_i(pass_done),
    .data_o (pass),
    .count_o()
  );

  // Rows come last row first, so the address walks down from that of the last row.
  logic [RowBits-1:0] row_q;
  logic [21:0]        addr, addr_q;
  assign pass_done = valid_i && row_q == '0;
  assign addr      = row_q == '1 ? pass.out_addr : addr_q - {1'b0, pass.pitch, 5'd0};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      row_q <= '1;
    else if (valid_i) row_q <= row_q - 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) addr_q <= addr;
  end

  assign col_rd_en_o  = valid_i && pass.write && pass.scaled;
  assign col_rd_col_o = pass.col;

  // Pipeline control: what each stage holds ------------------------------------------------------------
  typedef struct packed {
    logic        finish;  // Last row of a MATMUL
    format_e     out;
    logic        saturate;
    logic        scaled;
    logic [21:0] addr;
  } stage_t;

  stage_t     stage_0, stage_1_q, stage_2_q, stage_3_q, stage_4_q;
  logic [4:0] row_valid;   // A row is in the stage
  logic [4:0] elem_valid;  // and is written to OUT
  logic [4:1] row_valid_q, elem_valid_q;
  logic       finished_q;

  assign stage_0 = '{
      finish: pass.last && row_q == '0,
      out: pass.out,
      saturate: pass.saturate,
      scaled: pass.scaled,
      addr: addr
  };
  assign row_valid  = {row_valid_q, valid_i};
  assign elem_valid = {elem_valid_q, valid_i && pass.write};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      row_valid_q  <= '0;
      elem_valid_q <= '0;
      finished_q   <= 1'b0;
    end else begin
      row_valid_q  <= row_valid[3:0];
      elem_valid_q <= elem_valid[3:0];
      finished_q   <= row_valid[4] && stage_4_q.finish;
    end
  end

  always_ff @(posedge clk_i) begin
    if (row_valid[0]) stage_1_q <= stage_0;
    if (row_valid[1]) stage_2_q <= stage_1_q;
    if (row_valid[2]) stage_3_q <= stage_2_q;
    if (row_valid[3]) stage_4_q <= stage_3_q;
  end

  // Lanes ----------------------------------------------------------------------------------------------
  logic [Cols-1:0][31:0] code;
  logic [Cols-1:0]       out_nan;

  for (genvar c = 0; c < Cols; c++) begin : gen_lane
    tessera_epilogue_lane u_lane (
      .clk_i,
      .rst_ni,
      .valid_i     (elem_valid[3:0]),
      .x_i         (data_i[c]),
      .is_int_i    (pass.is_int),
      .out_0_i     (pass.out),
      .scaled_1_i  (stage_1_q.scaled),
      .scaled_2_i  (stage_2_q.scaled),
      .out_3_i     (stage_3_q.out),
      .saturate_3_i(stage_3_q.saturate),
      .scale_i     (col_rd_data_i[c]),
      .code_o      (code[c]),
      .out_nan_o   (out_nan[c])
    );
  end

  // Pack -----------------------------------------------------------------------------------------------
  always_comb begin
    out_wr_data_o = '0;
    unique case (stage_4_q.out)
      FormatFp32, FormatInt32: begin
        out_wr_bytes_o = 3'd4;
        out_wr_data_o  = code;
      end
      FormatBf16: begin
        out_wr_bytes_o = 3'd2;
        for (int c = 0; c < Cols; c++) out_wr_data_o[16*c+:16] = code[c][15:0];
      end
      default: begin
        out_wr_bytes_o = 3'd1;
        for (int c = 0; c < Cols; c++) out_wr_data_o[8*c+:8] = code[c][7:0];
      end
    endcase
  end

  assign out_wr_en_o   = elem_valid[4];
  assign out_wr_addr_o = stage_4_q.addr;
  assign out_nan_o     = elem_valid[4] && |out_nan;
  assign finished_o    = finished_q;
  assign idle_o        = !pass_valid && row_valid == '0 && !finished_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_every_row_has_a_pass : assert property (@(posedge clk_i) disable iff (in_reset) valid_i |-> pass_valid);
  a_passes_fit : assert property (@(posedge clk_i) disable iff (in_reset) pass_valid_i |-> pass_ready);
`endif

endmodule
