// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_hbm_refresh for the largest part: 4 stack IDs, 64 banks.

module hbm_refresh4_tb
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               clear_i,
  input  logic               enable_i,
  input  logic [13:0]        refi_i,
  input  ref_cfg_t           cfg_i,
  input  logic [2:0]         temp_i,
  output logic signed [11:0] debt_o,
  input  logic [63:0]        busy_i,
  input  logic               act_i,
  input  bank_t              act_bank_i,
  input  logic               col_i,
  input  bank_t              col_bank_i,
  output logic [63:0]        act_block_o,
  output ref_req_t           ref_req_o,
  input  logic               ref_gnt_i
);

  tessera_hbm_refresh #(
    .Sids(4)
  ) u_refresh (
    .*
  );

endmodule
