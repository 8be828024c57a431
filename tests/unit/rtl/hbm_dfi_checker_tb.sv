// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_hbm_dfi_checker with the operations of the command word as ports of their own, for C++.

module hbm_dfi_checker_tb
  import tessera_hbm_pkg::*;
(
  input logic            clk_i,
  input logic            rst_ni,
  input logic [5:0]      rl_i,
  input logic [5:0]      wl_i,
  input logic [3:0][3:0] row_op_i,  // Slots 0 to 3 of the cycle
  input logic [1:0][2:0] col_op_i,
  input logic [1:0]      col_pc_i,
  input logic [1:0][1:0] wrdata_en_i,  // [pseudo-channel][phase]
  input logic [1:0][1:0] rddata_en_i,
  input logic [1:0]      rddata_valid_i,
  input logic            reset_n_i,
  input logic            init_complete_i,
  input logic            init_error_i,
  input logic            ctrlupd_req_i,
  input logic            ctrlupd_ack_i,
  input logic            phyupd_req_i,
  input logic            phyupd_ack_i,
  input logic [1:0]      phyupd_type_i,
  input logic            lp_ctrl_req_i,
  input logic            lp_ctrl_ack_i,
  input logic [5:0]      lp_ctrl_wakeup_i,
  input logic            lp_data_req_i,
  input logic            lp_data_ack_i,
  input logic [5:0]      lp_data_wakeup_i
);

  dfi_cmd_t cmd;
  always_comb begin
    cmd = '0;
    for (int s = 0; s < 4; s++) cmd.row[s/2][s%2].op = row_op_e'(row_op_i[s]);
    for (int c = 0; c < 2; c++) begin
      cmd.col[c].op = col_op_e'(col_op_i[c]);
      cmd.col[c].pc = col_pc_i[c];
    end
  end

  tessera_hbm_dfi_checker u_checker (
    .clk_i,
    .rst_ni,
    .rl_i,
    .wl_i,
    .dfi_cmd_i           (cmd),
    .dfi_wrdata_en_i     (wrdata_en_i),
    .dfi_rddata_en_i     (rddata_en_i),
    .dfi_rddata_valid_i  (rddata_valid_i),
    .dfi_reset_n_i       (reset_n_i),
    .dfi_init_complete_i (init_complete_i),
    .dfi_init_error_i    (init_error_i),
    .dfi_ctrlupd_req_i   (ctrlupd_req_i),
    .dfi_ctrlupd_ack_i   (ctrlupd_ack_i),
    .dfi_phyupd_req_i    (phyupd_req_i),
    .dfi_phyupd_ack_i    (phyupd_ack_i),
    .dfi_phyupd_type_i   (phyupd_type_i),
    .dfi_lp_ctrl_req_i   (lp_ctrl_req_i),
    .dfi_lp_ctrl_ack_i   (lp_ctrl_ack_i),
    .dfi_lp_ctrl_wakeup_i(lp_ctrl_wakeup_i),
    .dfi_lp_data_req_i   (lp_data_req_i),
    .dfi_lp_data_ack_i   (lp_data_ack_i),
    .dfi_lp_data_wakeup_i(lp_data_wakeup_i)
  );

endmodule
