// SPDX-License-Identifier: Apache-2.0
//
// pins_out_t and pins_in_t taken apart and put together member by member, with a register between wide port and members.

module hbm_pins_tb
  import tessera_hbm_pkg::*;
  import hbm3_enc_pkg::*;
(
  input logic clk_i,
  input logic rst_ni,

  // Packed in, members out: for one CK, beat, lane and pseudo-channel of choice
  input  pins_out_t  out_i,
  input  logic       pc_i,
  input  logic       ck_i,
  input  logic       edge_i,
  input  logic [1:0] beat_i,
  input  logic [5:0] lane_i,
  output logic       reset_n_o,
  output logic [9:0] r_o,
  output logic [7:0] c_o,
  output logic       apar_o,
  output logic       strobe_o,
  output logic       bit_o,
  output logic [5:0] dly_ca_o,
  output logic [5:0] dly_wdqs_o,
  output logic [5:0] dly_wr_o,
  output logic [5:0] dly_rd_o,
  output logic       wrst_n_o,
  output logic       wrck_o,
  output logic       selectwir_o,
  output logic       shiftwr_o,
  output logic       capturewr_o,
  output logic       updatewr_o,
  output logic       wsi_o,

  // Packed in the other direction, members out
  input  pins_in_t   in_i,
  output logic       in_strobe_o,
  output logic       in_bit_o,
  output logic       derr_o,
  output logic       aerr_o,
  output logic [2:0] temp_o,
  output logic       cattrip_o,
  output logic       wso_o,

  // Codes of hbm3_enc_pkg, in the order of Codes below
  input  logic [4:0] code_i,
  output logic [7:0] code_o
);

  localparam int unsigned CodeCount = 27;
  localparam logic [CodeCount-1:0][7:0] Codes = {
    8'(ROp_Act), 8'(ROp_PrePb), 8'(ROp_RefPb), 8'(ROp_RfmPb), 8'(ROp_Misc), 8'(ROp_Nop),
    8'(RMisc_PreAb), 8'(RMisc_RefAb), 8'(RMisc_RfmAb), 8'(RMisc_Pde), 8'(RMisc_Pdx), 8'(RMisc_Sre), 8'(RMisc_Srx),
    8'(COp_Rd), 8'(COp_Rda), 8'(COp_Wr), 8'(COp_Wra), 8'(COp_Mrs), 8'(COp_Nop),
    8'(Mr_Features), 8'(Mr_Rl), 8'(Mr_Wl), 8'(Mr_Train),
    Wir_Bypass, Wir_DeviceId, Wir_Temperature, Wir_LaneRepair
  };
  // First of the list is the most significant.
  logic [4:0] code_index;
  assign code_index = 5'(CodeCount - 1) - code_i;
  assign code_o     = Codes[code_index];

  pins_out_t out_q;
  pins_in_t  in_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_q <= '0;
      in_q  <= '0;
    end else begin
      out_q <= out_i;
      in_q  <= in_i;
    end
  end

  assign reset_n_o   = out_q.reset_n;
  assign r_o         = out_q.r[ck_i][edge_i];
  assign c_o         = out_q.c[ck_i][edge_i];
  assign apar_o      = out_q.apar[ck_i];
  assign strobe_o    = out_q.w[pc_i].strobe[ck_i];
  assign bit_o       = out_q.w[pc_i].lane[ck_i][beat_i][lane_i];
  assign dly_ca_o    = out_q.dly_ca;
  assign dly_wdqs_o  = out_q.dly_wdqs[pc_i];
  assign dly_wr_o    = out_q.dly_wr[pc_i][lane_i];
  assign dly_rd_o    = out_q.dly_rd[pc_i][lane_i];
  assign wrst_n_o    = out_q.wrst_n;
  assign wrck_o      = out_q.wrck;
  assign selectwir_o = out_q.selectwir;
  assign shiftwr_o   = out_q.shiftwr;
  assign capturewr_o = out_q.capturewr;
  assign updatewr_o  = out_q.updatewr;
  assign wsi_o       = out_q.wsi;

  assign in_strobe_o = in_q.r[pc_i].strobe[ck_i];
  assign in_bit_o    = in_q.r[pc_i].lane[ck_i][beat_i][lane_i];
  assign derr_o      = in_q.derr[pc_i][ck_i];
  assign aerr_o      = in_q.aerr[ck_i];
  assign temp_o      = in_q.temp;
  assign cattrip_o   = in_q.cattrip;
  assign wso_o       = in_q.wso;

endmodule
