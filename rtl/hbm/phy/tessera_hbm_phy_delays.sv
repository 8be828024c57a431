// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// All delay registers of a channel: CA, WDQS, and read and write delay of every lane.
//
//   Handshake   as tessera_hbm_phy_eye.
//   Latency     1 cycle.
//   Throughput  a sweep of all lanes of one kind at a time.
//   Reset       All delays 0: untrained.

module tessera_hbm_phy_delays
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
(
  input  logic     clk_i,
  input  logic     rst_ni,

  // Training
  input  sweep_t   sweep_i,
  input  pass_t    pass_i,
  output found_t   found_o,

  // Registers
  input  dly_req_t req_i,
  output dly_rsp_t rsp_o,

  // Pins
  output logic [DlyBits-1:0]                                ca_o,
  output logic [PseudoChannels-1:0][DlyBits-1:0]            wdqs_o,
  output logic [PseudoChannels-1:0][Lanes-1:0][DlyBits-1:0] wr_o,
  output logic [PseudoChannels-1:0][Lanes-1:0][DlyBits-1:0] rd_o
);

  tessera_hbm_phy_eye #(
    .N     (1),
    .Target(TargetCa)
  ) u_ca (
    .clk_i,
    .rst_ni,
    .sweep_i,
    .pass_i     (pass_i.ca),
    .found_o    (found_o.ca),
    .wr_i       (req_i.ca_wr),
    .sel_i      (1'b0),
    .wr_dly_i   (req_i.rd),
    .dly_sel_o  (rsp_o.ca),
    .width_sel_o(rsp_o.ca_width),
    .dly_o      (ca_o)
  );
  assign found_o.ca_width = rsp_o.ca_width;

  for (genvar p = 0; p < PseudoChannels; p++) begin : gen_pc
    tessera_hbm_phy_eye #(
      .N     (1),
      .Target(TargetWdqs)
    ) u_wdqs (
      .clk_i,
      .rst_ni,
      .sweep_i,
      .pass_i     (pass_i.wdqs[p]),
      .found_o    (found_o.wdqs[p]),
      .wr_i       (req_i.wdqs_wr[p]),
      .sel_i      (1'b0),
      .wr_dly_i   (req_i.rd),
      .dly_sel_o  (rsp_o.wdqs[p]),
      .width_sel_o(rsp_o.wdqs_width[p]),
      .dly_o      (wdqs_o[p])
    );

    tessera_hbm_phy_eye #(
      .N     (Lanes),
      .Target(TargetRd)
    ) u_rd (
      .clk_i,
      .rst_ni,
      .sweep_i,
      .pass_i     (pass_i.lanes[p]),
      .found_o    (found_o.rd[p]),
      .wr_i       (req_i.lane_wr[p]),
      .sel_i      (req_i.sel),
      .wr_dly_i   (req_i.rd),
      .dly_sel_o  (rsp_o.rd[p]),
      .width_sel_o(rsp_o.rd_width[p]),
      .dly_o      (rd_o[p])
    );

    tessera_hbm_phy_eye #(
      .N     (Lanes),
      .Target(TargetWr)
    ) u_wr (
      .clk_i,
      .rst_ni,
      .sweep_i,
      .pass_i     (pass_i.lanes[p]),
      .found_o    (found_o.wr[p]),
      .wr_i       (req_i.lane_wr[p]),
      .sel_i      (req_i.sel),
      .wr_dly_i   (req_i.wr),
      .dly_sel_o  (rsp_o.wr[p]),
      .width_sel_o(rsp_o.wr_width[p]),
      .dly_o      (wr_o[p])
    );
  end

endmodule
