// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Steers the grains of all LOAD lanes to the banks they belong to.
//
//   Handshake   ready/valid per lane; ready_o depends on other lanes' valids, never on the lane's own.
//   Latency     None: a grain is written at the edge at which it is taken.
//   Throughput  One grain per lane and cycle, unless two lanes want one bank of one space.
//   Reset       None.
//
// A bank's operand and scale memories have a write port each: scales hop from bank to bank, and would be held up for a long row
// whenever they met the operands of another lane. Where two lanes do want one port, the lower lane wins it. Taking turns would be
// worse: rows of two lanes would stay abreast, bank after bank, each at half speed; like this the loser falls one row behind and
// never meets the winner again.

module tessera_load_steer
  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
#(
  parameter int unsigned Lanes = 2,
  parameter int unsigned Rows  = 8,  // Banks of A
  parameter int unsigned Cols  = 8,  // Banks of B
  localparam int unsigned BankBits = $clog2(Rows > Cols ? Rows : Cols)
) (
  input  logic clk_i,
  input  logic rst_ni,  // For the assertions

  // From the LOAD lanes
  input  logic   [Lanes-1:0]               valid_i,
  output logic   [Lanes-1:0]               ready_o,
  input  space_e [Lanes-1:0]               space_i,
  input  logic   [Lanes-1:0][BankBits-1:0] bank_i,
  input  logic   [Lanes-1:0][15:0]         addr_i,
  input  grain_t [Lanes-1:0]               data_i,

  // To the banks of A and B, operand and scale memories, and to the column parameters: always taken
  output logic   [Rows-1:0]       a_wr_en_o,
  output logic   [Rows-1:0][15:0] a_addr_o,
  output grain_t [Rows-1:0]       a_data_o,
  output logic   [Rows-1:0]       a_scale_wr_en_o,
  output logic   [Rows-1:0][15:0] a_scale_addr_o,
  output grain_t [Rows-1:0]       a_scale_data_o,
  output logic   [Cols-1:0]       b_wr_en_o,
  output logic   [Cols-1:0][15:0] b_addr_o,
  output grain_t [Cols-1:0]       b_data_o,
  output logic   [Cols-1:0]       b_scale_wr_en_o,
  output logic   [Cols-1:0][15:0] b_scale_addr_o,
  output grain_t [Cols-1:0]       b_scale_data_o,
  output logic                    col_wr_en_o,
  output logic   [15:0]           col_addr_o,
  output grain_t                  col_data_o
);

  localparam int unsigned RowBits = $clog2(Rows);
  localparam int unsigned ColBits = $clog2(Cols);

  always_comb begin
    ready_o = '1;
    for (int l = 1; l < Lanes; l++) begin
      for (int w = 0; w < l; w++) begin
        if (valid_i[w] && space_i[w] == space_i[l] && bank_i[w] == bank_i[l]) ready_o[l] = 1'b0;
      end
    end
  end

  always_comb begin
    a_wr_en_o       = '0;
    a_addr_o        = '0;
    a_data_o        = '0;
    a_scale_wr_en_o = '0;
    a_scale_addr_o  = '0;
    a_scale_data_o  = '0;
    b_wr_en_o       = '0;
    b_addr_o        = '0;
    b_data_o        = '0;
    b_scale_wr_en_o = '0;
    b_scale_addr_o  = '0;
    b_scale_data_o  = '0;
    col_wr_en_o     = 1'b0;
    col_addr_o      = '0;
    col_data_o      = '0;
    for (int l = 0; l < Lanes; l++) begin
      if (valid_i[l] && ready_o[l]) begin
        unique case (space_i[l])
          SpaceA: begin
            a_wr_en_o[bank_i[l][RowBits-1:0]] = 1'b1;
            a_addr_o[bank_i[l][RowBits-1:0]]  = addr_i[l];
            a_data_o[bank_i[l][RowBits-1:0]]  = data_i[l];
          end
          SpaceAScale: begin
            a_scale_wr_en_o[bank_i[l][RowBits-1:0]] = 1'b1;
            a_scale_addr_o[bank_i[l][RowBits-1:0]]  = addr_i[l];
            a_scale_data_o[bank_i[l][RowBits-1:0]]  = data_i[l];
          end
          SpaceB: begin
            b_wr_en_o[bank_i[l][ColBits-1:0]] = 1'b1;
            b_addr_o[bank_i[l][ColBits-1:0]]  = addr_i[l];
            b_data_o[bank_i[l][ColBits-1:0]]  = data_i[l];
          end
          SpaceBScale: begin
            b_scale_wr_en_o[bank_i[l][ColBits-1:0]] = 1'b1;
            b_scale_addr_o[bank_i[l][ColBits-1:0]]  = addr_i[l];
            b_scale_data_o[bank_i[l][ColBits-1:0]]  = data_i[l];
          end
          default: begin
            col_wr_en_o = 1'b1;
            col_addr_o  = addr_i[l];
            col_data_o  = data_i[l];
          end
        endcase
      end
    end
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  for (genvar l = 0; l < Lanes; l++) begin : gen_check
    a_refused_grain_waits_unchanged : assert property (@(posedge clk_i) disable iff (in_reset)
        valid_i[l] && !ready_o[l] |=> valid_i[l] && $stable(data_i[l]) && $stable(addr_i[l]) && $stable(bank_i[l]) &&
        $stable(space_i[l]));
  end
`endif

endmodule
