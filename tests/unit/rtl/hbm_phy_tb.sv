// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_hbm_phy with the members of the DFI words as ports of their own, for C++.

module hbm_phy_tb
  import tessera_hbm_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [5:0] rl_i,
  input  logic [5:0] wl_i,
  input  logic [4:0] features_i,

  // Row slots 0 to 3 of the cycle, column slots 0 and 1
  input  logic [3:0]  row_op_i    [4],
  input  logic        row_pc_i    [4],
  input  logic [5:0]  row_bank_i  [4],
  input  logic [14:0] row_row_i   [4],
  input  logic [2:0]  col_op_i    [2],
  input  logic        col_pc_i    [2],
  input  logic [5:0]  col_bank_i  [2],
  input  logic [4:0]  col_col_i   [2],
  input  logic [4:0]  col_mr_addr_i [2],
  input  logic [7:0]  col_mr_data_i [2],
  input  logic [1:0]  par_flip_i,

  // Per pseudo-channel
  input  logic [1:0]   wr_en_i   [2],
  input  logic [255:0] wr_data_i [2],
  input  logic [15:0]  wr_ecc_i  [2],
  input  logic [1:0][1:0] rddata_en_i,  // [pseudo-channel][phase]
  output logic         rd_valid_o [2],
  output logic         rd_par_err_o [2],
  output logic [255:0] rd_data_o [2],
  output logic [15:0]  rd_ecc_o [2],

  output logic [1:0][1:0] derr_o,  // [pseudo-channel][phase]
  output logic       aerr_o,
  output logic [2:0] temp_o,
  output logic       cattrip_o,
  input  logic       reset_n_i,
  input  logic       init_start_i,
  output logic       init_complete_o,
  output logic       init_error_o,
  input  logic       ctrlupd_req_i,
  output logic       ctrlupd_ack_o,
  output logic       phyupd_req_o,
  input  logic       phyupd_ack_i,
  output logic [1:0] phyupd_type_o,
  input  logic       lp_ctrl_req_i,
  output logic       lp_ctrl_ack_o,
  input  logic       lp_data_req_i,
  output logic       lp_data_ack_o,

  input  logic        psel,
  input  logic        penable,
  input  logic        pwrite,
  input  logic [11:0] paddr,
  input  logic [31:0] pwdata,
  output logic [31:0] prdata,
  output logic        pready,
  output logic        pslverr,

  input  logic ext_wrck_i,
  input  logic ext_wrst_n_i,
  input  logic ext_shiftwr_i,
  input  logic ext_capturewr_i,
  input  logic ext_updatewr_i,
  input  logic ext_selectwir_i,
  input  logic ext_wsi_i,
  output logic ext_wso_o,

  output logic [$bits(pins_out_t)-1:0] pins_o,
  input  logic [$bits(pins_in_t)-1:0]  pins_i
);

  dfi_cmd_t cmd;
  dfi_wr_t [1:0] wr;
  dfi_rd_t [1:0] rd;
  pins_out_t pins_out;
  pins_in_t  pins_in;
  assign pins_o  = pins_out;
  assign pins_in = pins_i;

  for (genvar s = 0; s < 4; s++) begin : gen_row
    assign cmd.row[s/2][s%2] = '{op: row_op_e'(row_op_i[s]), pc: row_pc_i[s], bank: row_bank_i[s], row: row_row_i[s]};
  end
  for (genvar c = 0; c < 2; c++) begin : gen_col
    assign cmd.col[c] = '{op: col_op_e'(col_op_i[c]), pc: col_pc_i[c], bank: col_bank_i[c], col: col_col_i[c],
                          mr_addr: col_mr_addr_i[c], mr_data: col_mr_data_i[c]};
  end
  assign cmd.par_flip = par_flip_i;
  for (genvar p = 0; p < 2; p++) begin : gen_pc
    assign wr[p]           = '{en: wr_en_i[p], data: wr_data_i[p], ecc: wr_ecc_i[p]};
    assign rd_valid_o[p]   = rd[p].valid;
    assign rd_par_err_o[p] = rd[p].par_err;
    assign rd_data_o[p]    = rd[p].data;
    assign rd_ecc_o[p]     = rd[p].ecc;
  end

  tessera_hbm_phy #(
    .WrckCycles(4)
  ) u_phy (
    .clk_i,
    .rst_ni,
    .rl_i,
    .wl_i,
    .features_i,
    .dfi_cmd_i           (cmd),
    .dfi_wr_i            (wr),
    .dfi_rddata_en_i     (rddata_en_i),
    .dfi_rd_o            (rd),
    .dfi_derr_o          (derr_o),
    .dfi_aerr_o          (aerr_o),
    .dfi_temp_o          (temp_o),
    .dfi_cattrip_o       (cattrip_o),
    .dfi_reset_n_i       (reset_n_i),
    .dfi_init_start_i    (init_start_i),
    .dfi_init_complete_o (init_complete_o),
    .dfi_init_error_o    (init_error_o),
    .dfi_ctrlupd_req_i   (ctrlupd_req_i),
    .dfi_ctrlupd_ack_o   (ctrlupd_ack_o),
    .dfi_phyupd_req_o    (phyupd_req_o),
    .dfi_phyupd_ack_i    (phyupd_ack_i),
    .dfi_phyupd_type_o   (phyupd_type_o),
    .dfi_lp_ctrl_req_i   (lp_ctrl_req_i),
    .dfi_lp_ctrl_ack_o   (lp_ctrl_ack_o),
    .dfi_lp_ctrl_wakeup_i(6'd0),
    .dfi_lp_data_req_i   (lp_data_req_i),
    .dfi_lp_data_ack_o   (lp_data_ack_o),
    .dfi_lp_data_wakeup_i(6'd0),
    .psel,
    .penable,
    .pwrite,
    .paddr,
    .pwdata,
    .prdata,
    .pready,
    .pslverr,
    .ieee1500_wrck_i     (ext_wrck_i),
    .ieee1500_wrst_n_i   (ext_wrst_n_i),
    .ieee1500_shiftwr_i  (ext_shiftwr_i),
    .ieee1500_capturewr_i(ext_capturewr_i),
    .ieee1500_updatewr_i (ext_updatewr_i),
    .ieee1500_selectwir_i(ext_selectwir_i),
    .ieee1500_wsi_i      (ext_wsi_i),
    .ieee1500_wso_o      (ext_wso_o),
    .pins_o              (pins_out),
    .pins_i              (pins_in)
  );

endmodule
