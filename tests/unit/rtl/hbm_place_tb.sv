// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What counts CK, for both pseudo-channels side by side: write data and enables, read enables, DERR.

module hbm_place_tb
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
(
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic [5:0]                    rl_i,
  input  logic [5:0]                    wl_i,
  input  logic                          rd_issue_i,
  input  logic                          wr_issue_i,
  input  logic [SlotBits-1:0]           wr_issue_slot_i,
  output logic    [1:0]                 fetch_o,
  output logic    [1:0][SlotBits-1:0]   fetch_slot_o,
  input  grain_t  [1:0]                 fetch_data_i,
  output dfi_wr_t [1:0]                 dfi_wr_o,
  output logic    [1:0][DfiRatio-1:0]   rddata_en_o,
  input  logic    [1:0][DfiRatio-1:0]   derr_i,
  output logic    [1:0]                 retire_o,
  output logic    [1:0]                 retry_o,
  output logic    [1:0][SlotBits-1:0]   slot_o,
  output logic    [1:0]                 idle_o
);

  inject_t no_inject;
  assign no_inject = '0;

  for (genvar p = 0; p < 2; p++) begin : gen_pc
    logic wr_idle, confirm_idle;

    tessera_hbm_dfi_wr #(
      .PcIndex(p)
    ) u_dfi_wr (
      .clk_i,
      .rst_ni,
      .wl_i,
      .ecc_enable_i(1'b1),
      .inject_i    (no_inject),
      .issue_i     (wr_issue_i),
      .issue_slot_i(wr_issue_slot_i),
      .fetch_o     (fetch_o[p]),
      .fetch_slot_o(fetch_slot_o[p]),
      .fetch_data_i(fetch_data_i[p]),
      .dfi_wr_o    (dfi_wr_o[p]),
      .idle_o      (wr_idle)
    );

    tessera_hbm_dfi_rd #(
      .PcIndex(p)
    ) u_dfi_rd (
      .clk_i,
      .rst_ni,
      .rl_i,
      .issue_i    (rd_issue_i),
      .rddata_en_o(rddata_en_o[p])
    );

    tessera_hbm_wr_confirm #(
      .PcIndex(p)
    ) u_wr_confirm (
      .clk_i,
      .rst_ni,
      .wl_i,
      .retry_limit_i(2'd3),
      .fatal_i      (1'b0),
      .issue_i      (wr_issue_i),
      .issue_slot_i (wr_issue_slot_i),
      .retire_o     (retire_o[p]),
      .retry_o      (retry_o[p]),
      .slot_o       (slot_o[p]),
      .derr_i       (derr_i[p]),
      .lookup_o     (),
      .lookup_slot_o(),
      .lost_o       (),
      .idle_o       (confirm_idle)
    );

    assign idle_o[p] = wr_idle && confirm_idle;
  end

endmodule
