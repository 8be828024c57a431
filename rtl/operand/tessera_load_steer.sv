// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Steers the grains of all LOAD lanes to the banks they belong to.
//
//   Handshake   ready/valid per lane; ready_o depends on other lanes' valids, never on the lane's own.
//   Latency     None: a grain is written at the edge at which it is taken.
//   Throughput  One grain per lane and cycle, unless two lanes want one bank.
//   Reset       None.
//
// The lower lane wins a bank. Taking turns would be worse: rows of two lanes would stay abreast, bank after bank, each at half speed;
// like this the loser falls one row behind and never meets the winner again.

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

  // To the banks of A, of B and to the column parameters: operand or scale memory, address and data shared
  output logic   [Rows-1:0]       a_wr_en_o,
  output logic   [Rows-1:0]       a_scale_wr_en_o,
  output logic   [Rows-1:0][15:0] a_addr_o,
  output grain_t [Rows-1:0]       a_data_o,
  output logic   [Cols-1:0]       b_wr_en_o,
  output logic   [Cols-1:0]       b_scale_wr_en_o,
  output logic   [Cols-1:0][15:0] b_addr_o,
  output grain_t [Cols-1:0]       b_data_o,
  output logic                    col_wr_en_o,
  output logic   [15:0]           col_addr_o,
  output grain_t                  col_data_o
);

  typedef enum logic [1:0] {
    SideA   = 2'd0,
    SideB   = 2'd1,
    SideCol = 2'd2
  } side_e;

  side_e [Lanes-1:0] side;

  always_comb begin
    for (int l = 0; l < Lanes; l++) begin
      unique case (space_i[l])
        SpaceA, SpaceAScale: side[l] = SideA;
        SpaceB, SpaceBScale: side[l] = SideB;
        default:             side[l] = SideCol;
      endcase
    end
  end

  always_comb begin
    ready_o = '1;
    for (int l = 1; l < Lanes; l++) begin
      for (int w = 0; w < l; w++) begin
        if (valid_i[w] && side[w] == side[l] && bank_i[w] == bank_i[l]) ready_o[l] = 1'b0;
      end
    end
  end

  always_comb begin
    a_wr_en_o       = '0;
    a_scale_wr_en_o = '0;
    b_wr_en_o       = '0;
    b_scale_wr_en_o = '0;
    col_wr_en_o     = 1'b0;
    a_addr_o        = '0;
    b_addr_o        = '0;
    a_data_o        = '0;
    b_data_o        = '0;
    col_addr_o      = '0;
    col_data_o      = '0;
    for (int l = 0; l < Lanes; l++) begin
      if (valid_i[l] && ready_o[l]) begin
        unique case (side[l])
          SideA: begin
            a_wr_en_o[bank_i[l][$clog2(Rows)-1:0]]       = space_i[l] == SpaceA;
            a_scale_wr_en_o[bank_i[l][$clog2(Rows)-1:0]] = space_i[l] == SpaceAScale;
            a_addr_o[bank_i[l][$clog2(Rows)-1:0]]        = addr_i[l];
            a_data_o[bank_i[l][$clog2(Rows)-1:0]]        = data_i[l];
          end
          SideB: begin
            b_wr_en_o[bank_i[l][$clog2(Cols)-1:0]]       = space_i[l] == SpaceB;
            b_scale_wr_en_o[bank_i[l][$clog2(Cols)-1:0]] = space_i[l] == SpaceBScale;
            b_addr_o[bank_i[l][$clog2(Cols)-1:0]]        = addr_i[l];
            b_data_o[bank_i[l][$clog2(Cols)-1:0]]        = data_i[l];
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
        valid_i[l] && !ready_o[l] |=> valid_i[l] && $stable(data_i[l]) && $stable(addr_i[l]) && $stable(bank_i[l]));
  end
`endif

endmodule
