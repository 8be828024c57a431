// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One HBM3 channel: two pseudo-channels behind AXI4, their controller, and the PHY wrapper with the device's pins.
//
//   Handshake   AXI4 slave per pseudo-channel (PC-local byte addresses), AXI4-Lite slave for registers (0x800 up: the PHY's).
//   Latency     docs/hbm/performance.md.
//   Throughput  1 grain (32 bytes) per cycle and pseudo-channel.
//   Reset       Asynchronous, active low. Contents of the device are lost.
//
// clk_i is the DFI clock: half of CK.

module tessera_hbm_channel
  import tessera_hbm_pkg::PseudoChannels, tessera_hbm_pkg::DfiRatio, tessera_hbm_pkg::GrainBits, tessera_hbm_pkg::StackAddrBits;
  import tessera_hbm_pkg::timing_t, tessera_hbm_pkg::dfi_cmd_t, tessera_hbm_pkg::dfi_row_t, tessera_hbm_pkg::dfi_col_t;
  import tessera_hbm_pkg::dfi_wr_t, tessera_hbm_pkg::dfi_rd_t, tessera_hbm_pkg::pins_out_t, tessera_hbm_pkg::pins_in_t;
  import tessera_hbm_pkg::RowNop, tessera_hbm_pkg::ColNop;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Sids      = 2,    // Stack IDs of the part: 1, 2 or 4
  parameter int unsigned RowBits   = 14,   // Row address bits, up to 15
  parameter int unsigned RdqDepth  = 64,   // Per pseudo-channel: requests the scheduler sees
  parameter int unsigned WrqDepth  = 64,
  parameter int unsigned RobDepth  = 256,  // Grains of read data that may wait for older ones
  parameter bit          AutoStart = 1'b1  // 1: initialise after reset; 0: wait for CTRL.START
) (
  input  logic clk_i,
  input  logic rst_ni,
  output logic irq_o,    // Level
  output logic ready_o,  // Both pseudo-channels serve accesses

  // Masters: AXI4, 256 bit
  input  logic [PseudoChannels-1:0]                      s_axi_awvalid,
  output logic [PseudoChannels-1:0]                      s_axi_awready,
  input  logic [PseudoChannels-1:0][3:0]                 s_axi_awid,
  input  logic [PseudoChannels-1:0][StackAddrBits-1:0]   s_axi_awaddr,
  input  logic [PseudoChannels-1:0][7:0]                 s_axi_awlen,
  input  logic [PseudoChannels-1:0][2:0]                 s_axi_awsize,
  input  logic [PseudoChannels-1:0][1:0]                 s_axi_awburst,
  input  logic [PseudoChannels-1:0]                      s_axi_wvalid,
  output logic [PseudoChannels-1:0]                      s_axi_wready,
  input  logic [PseudoChannels-1:0][GrainBits-1:0]       s_axi_wdata,
  input  logic [PseudoChannels-1:0][GrainBits/8-1:0]     s_axi_wstrb,
  input  logic [PseudoChannels-1:0]                      s_axi_wlast,
  output logic [PseudoChannels-1:0]                      s_axi_bvalid,
  input  logic [PseudoChannels-1:0]                      s_axi_bready,
  output logic [PseudoChannels-1:0][3:0]                 s_axi_bid,
  output logic [PseudoChannels-1:0][1:0]                 s_axi_bresp,
  input  logic [PseudoChannels-1:0]                      s_axi_arvalid,
  output logic [PseudoChannels-1:0]                      s_axi_arready,
  input  logic [PseudoChannels-1:0][3:0]                 s_axi_arid,
  input  logic [PseudoChannels-1:0][StackAddrBits-1:0]   s_axi_araddr,
  input  logic [PseudoChannels-1:0][7:0]                 s_axi_arlen,
  input  logic [PseudoChannels-1:0][2:0]                 s_axi_arsize,
  input  logic [PseudoChannels-1:0][1:0]                 s_axi_arburst,
  output logic [PseudoChannels-1:0]                      s_axi_rvalid,
  input  logic [PseudoChannels-1:0]                      s_axi_rready,
  output logic [PseudoChannels-1:0][3:0]                 s_axi_rid,
  output logic [PseudoChannels-1:0][GrainBits-1:0]       s_axi_rdata,
  output logic [PseudoChannels-1:0][1:0]                 s_axi_rresp,
  output logic [PseudoChannels-1:0]                      s_axi_rlast,

  // Host: AXI4-Lite, 32 bit
  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [11:0] s_axil_awaddr,
  input  logic        s_axil_wvalid,
  output logic        s_axil_wready,
  input  logic [31:0] s_axil_wdata,
  input  logic [3:0]  s_axil_wstrb,
  output logic        s_axil_bvalid,
  input  logic        s_axil_bready,
  output logic [1:0]  s_axil_bresp,
  input  logic        s_axil_arvalid,
  output logic        s_axil_arready,
  input  logic [11:0] s_axil_araddr,
  output logic        s_axil_rvalid,
  input  logic        s_axil_rready,
  output logic [31:0] s_axil_rdata,
  output logic [1:0]  s_axil_rresp,

  // IEEE 1500 of the device, while the PHY does not use it
  input  logic        ieee1500_wrck_i,
  input  logic        ieee1500_wrst_n_i,
  input  logic        ieee1500_shiftwr_i,
  input  logic        ieee1500_capturewr_i,
  input  logic        ieee1500_updatewr_i,
  input  logic        ieee1500_selectwir_i,
  input  logic        ieee1500_wsi_i,
  output logic        ieee1500_wso_o,

  // Device
  output pins_out_t   pins_o,
  input  pins_in_t    pins_i
);

  localparam int unsigned Pcs = PseudoChannels;

  // Control
  timing_t                    timing;
  sched_cfg_t                 sched_cfg;
  ref_cfg_t                   ref_cfg;
  map_t                       addr_map;
  features_t                  features;
  inject_t   [Pcs-1:0]        inject;
  logic      [Pcs-1:0]        ready, stop, close, fatal, pending, quiet;
  logic                       ref_clear, ref_enable, cmd_sent, par_flip;
  ref_req_t  [Pcs-1:0]        ref_req;
  pc_event_t [Pcs-1:0]        pc_event;
  bucket_e   [Pcs-1:0]        bucket;
  logic      [Pcs-1:0][6:0]   rd_used, wr_used;
  logic      [Pcs-1:0][11:0]  ref_debt;
  err_log_t  [Pcs-1:0]        err;
  logic      [Pcs-1:0]        rd_age_valid;
  logic      [Pcs-1:0][15:0]  rd_age;
  dfi_row_t                   ctl_row;
  dfi_col_t                   ctl_col;

  // DFI
  dfi_cmd_t                        dfi_cmd;
  dfi_row_t [DfiRatio-1:0][1:0]    dfi_row;
  dfi_col_t [DfiRatio-1:0]         dfi_col;
  dfi_col_t [Pcs-1:0]              pc_col;
  dfi_wr_t  [Pcs-1:0]              dfi_wr;
  logic [Pcs-1:0][DfiRatio-1:0]    dfi_rddata_en, dfi_derr;
  dfi_rd_t  [Pcs-1:0]              dfi_rd;
  logic       dfi_reset_n, dfi_init_start, dfi_init_complete, dfi_init_error, dfi_aerr, dfi_cattrip;
  logic       dfi_ctrlupd_req, dfi_ctrlupd_ack, dfi_phyupd_req, dfi_phyupd_ack;
  logic       dfi_lp_ctrl_req, dfi_lp_ctrl_ack, dfi_lp_data_req, dfi_lp_data_ack;
  logic [2:0] dfi_temp;

  // Registers of the PHY
  logic        psel, penable, pwrite, pready, pslverr;
  logic [11:0] paddr;
  logic [31:0] pwdata, prdata;

  // Pseudo-channels
  row_req_t [Pcs-1:0] row_a, row_b;
  logic     [Pcs-1:0] row_a_gnt, row_b_gnt;
  logic               row_b_late;

  for (genvar p = 0; p < Pcs; p++) begin : gen_pc
    tessera_hbm_pc #(
      .PcIndex (p),
      .Sids    (Sids),
      .RowBits (RowBits),
      .RdqDepth(RdqDepth),
      .WrqDepth(WrqDepth),
      .RobDepth(RobDepth)
    ) u_pc (
      .clk_i,
      .rst_ni,
      .s_axi_awvalid  (s_axi_awvalid[p]),
      .s_axi_awready  (s_axi_awready[p]),
      .s_axi_awid     (s_axi_awid[p]),
      .s_axi_awaddr   (s_axi_awaddr[p]),
      .s_axi_awlen    (s_axi_awlen[p]),
      .s_axi_awsize   (s_axi_awsize[p]),
      .s_axi_awburst  (s_axi_awburst[p]),
      .s_axi_wvalid   (s_axi_wvalid[p]),
      .s_axi_wready   (s_axi_wready[p]),
      .s_axi_wdata    (s_axi_wdata[p]),
      .s_axi_wstrb    (s_axi_wstrb[p]),
      .s_axi_wlast    (s_axi_wlast[p]),
      .s_axi_bvalid   (s_axi_bvalid[p]),
      .s_axi_bready   (s_axi_bready[p]),
      .s_axi_bid      (s_axi_bid[p]),
      .s_axi_bresp    (s_axi_bresp[p]),
      .s_axi_arvalid  (s_axi_arvalid[p]),
      .s_axi_arready  (s_axi_arready[p]),
      .s_axi_arid     (s_axi_arid[p]),
      .s_axi_araddr   (s_axi_araddr[p]),
      .s_axi_arlen    (s_axi_arlen[p]),
      .s_axi_arsize   (s_axi_arsize[p]),
      .s_axi_arburst  (s_axi_arburst[p]),
      .s_axi_rvalid   (s_axi_rvalid[p]),
      .s_axi_rready   (s_axi_rready[p]),
      .s_axi_rid      (s_axi_rid[p]),
      .s_axi_rdata    (s_axi_rdata[p]),
      .s_axi_rresp    (s_axi_rresp[p]),
      .s_axi_rlast    (s_axi_rlast[p]),
      .timing_i       (timing),
      .sched_cfg_i    (sched_cfg),
      .ref_cfg_i      (ref_cfg),
      .map_i          (addr_map),
      .ecc_enable_i   (features.ecc),
      .scrub_enable_i (features.scrub),
      .inject_i       (inject[p]),
      .ready_i        (ready[p]),
      .stop_i         (stop[p]),
      .close_i        (close[p]),
      .fatal_i        (fatal[p]),
      .refresh_i      (ref_enable),
      .clear_i        (ref_clear),
      .temp_i         (dfi_temp),
      .pending_o      (pending[p]),
      .quiet_o        (quiet[p]),
      .ref_req_o      (ref_req[p]),
      .event_o        (pc_event[p]),
      .bucket_o       (bucket[p]),
      .rd_used_o      (rd_used[p]),
      .wr_used_o      (wr_used[p]),
      .debt_o         (ref_debt[p]),
      .err_o          (err[p]),
      .rd_age_valid_o (rd_age_valid[p]),
      .rd_age_o       (rd_age[p]),
      .row_a_o        (row_a[p]),
      .row_a_gnt_i    (row_a_gnt[p]),
      .row_b_o        (row_b[p]),
      .row_b_gnt_i    (row_b_gnt[p]),
      .row_b_late_i   (row_b_late),
      .col_o          (pc_col[p]),
      .dfi_wr_o       (dfi_wr[p]),
      .dfi_rddata_en_o(dfi_rddata_en[p]),
      .dfi_rd_i       (dfi_rd[p]),
      .dfi_derr_i     (dfi_derr[p])
    );
  end

  tessera_hbm_row_arb u_row_arb (
    .clk_i,
    .rst_ni,
    .row_a_i     (row_a),
    .row_a_gnt_o (row_a_gnt),
    .row_b_i     (row_b),
    .row_b_gnt_o (row_b_gnt),
    .row_b_late_o(row_b_late),
    .ctl_row_i   (ctl_row),
    .row_o       (dfi_row)
  );

  // A pseudo-channel's column commands have a phase of their own; control's take phase 0 while both are quiet.
  assign dfi_col[0]       = ctl_col.op != ColNop ? ctl_col : pc_col[0];
  assign dfi_col[1]       = pc_col[1];
  assign dfi_cmd.row      = dfi_row;
  assign dfi_cmd.col      = dfi_col;
  assign dfi_cmd.par_flip = {DfiRatio{par_flip}};

  always_comb begin
    cmd_sent = 1'b0;
    for (int unsigned c = 0; c < DfiRatio; c++) begin
      if (dfi_col[c].op != ColNop || dfi_row[c][0].op != RowNop || dfi_row[c][1].op != RowNop) cmd_sent = 1'b1;
    end
  end

  tessera_hbm_control #(
    .Sids       (Sids),
    .PartRowBits(RowBits),
    .RdqDepth   (RdqDepth),
    .WrqDepth   (WrqDepth),
    .AutoStart  (AutoStart)
  ) u_control (
    .clk_i,
    .rst_ni,
    .s_axil_awvalid,
    .s_axil_awready,
    .s_axil_awaddr,
    .s_axil_wvalid,
    .s_axil_wready,
    .s_axil_wdata,
    .s_axil_wstrb,
    .s_axil_bvalid,
    .s_axil_bready,
    .s_axil_bresp,
    .s_axil_arvalid,
    .s_axil_arready,
    .s_axil_araddr,
    .s_axil_rvalid,
    .s_axil_rready,
    .s_axil_rdata,
    .s_axil_rresp,
    .irq_o,
    .apb_psel_o     (psel),
    .apb_penable_o  (penable),
    .apb_pwrite_o   (pwrite),
    .apb_paddr_o    (paddr),
    .apb_pwdata_o   (pwdata),
    .apb_pstrb_o    (),  // The PHY's registers are written whole
    .apb_pready_i   (pready),
    .apb_prdata_i   (prdata),
    .apb_pslverr_i  (pslverr),
    .timing_o       (timing),
    .features_o     (features),
    .sched_cfg_o    (sched_cfg),
    .ref_cfg_o      (ref_cfg),
    .map_o          (addr_map),
    .ready_o        (ready),
    .stop_o         (stop),
    .close_o        (close),
    .fatal_o        (fatal),
    .quiet_i        (quiet),
    .pending_i      (pending),
    .bucket_i       (bucket),
    .event_i        (pc_event),
    .rdq_used_i     (rd_used),
    .wrq_used_i     (wr_used),
    .latency_valid_i(rd_age_valid),
    .latency_i      (rd_age),
    .err_log_i      (err),
    .inject_o       (inject),
    .ref_clear_o    (ref_clear),
    .ref_enable_o   (ref_enable),
    .ref_req_i      (ref_req),
    .ref_debt_i     (ref_debt),
    .ctl_row_o      (ctl_row),
    .ctl_col_o      (ctl_col),
    .cmd_sent_i     (cmd_sent),
    .par_flip_o     (par_flip),
    .dfi_reset_n,
    .dfi_init_start,
    .dfi_init_complete,
    .dfi_init_error,
    .dfi_ctrlupd_req,
    .dfi_ctrlupd_ack,
    .dfi_phyupd_req,
    .dfi_phyupd_ack,
    .dfi_lp_ctrl_req,
    .dfi_lp_ctrl_ack,
    .dfi_lp_data_req,
    .dfi_lp_data_ack,
    .dfi_temp,
    .dfi_cattrip,
    .dfi_aerr
  );
  assign ready_o = ready == '1;

  // The PHY's share of the features, as mode register Mr_Features holds them.
  logic [4:0] mr_features;
  assign mr_features = {features.cmd_parity, features.rd_parity, features.wr_parity, features.rd_dbi, features.wr_dbi};

  localparam logic [5:0] LpWakeup = 6'd0;  // tlp_wakeup: the shortest; the PHY has clocks to stop, no supplies

  tessera_hbm_phy u_phy (
    .clk_i,
    .rst_ni,
    .rl_i                (timing.rl),
    .wl_i                (timing.wl),
    .features_i          (mr_features),
    .dfi_cmd_i           (dfi_cmd),
    .dfi_wr_i            (dfi_wr),
    .dfi_rddata_en_i     (dfi_rddata_en),
    .dfi_rd_o            (dfi_rd),
    .dfi_derr_o          (dfi_derr),
    .dfi_aerr_o          (dfi_aerr),
    .dfi_temp_o          (dfi_temp),
    .dfi_cattrip_o       (dfi_cattrip),
    .dfi_reset_n_i       (dfi_reset_n),
    .dfi_init_start_i    (dfi_init_start),
    .dfi_init_complete_o (dfi_init_complete),
    .dfi_init_error_o    (dfi_init_error),
    .dfi_ctrlupd_req_i   (dfi_ctrlupd_req),
    .dfi_ctrlupd_ack_o   (dfi_ctrlupd_ack),
    .dfi_phyupd_req_o    (dfi_phyupd_req),
    .dfi_phyupd_ack_i    (dfi_phyupd_ack),
    .dfi_phyupd_type_o   (),
    .dfi_lp_ctrl_req_i   (dfi_lp_ctrl_req),
    .dfi_lp_ctrl_ack_o   (dfi_lp_ctrl_ack),
    .dfi_lp_ctrl_wakeup_i(LpWakeup),
    .dfi_lp_data_req_i   (dfi_lp_data_req),
    .dfi_lp_data_ack_o   (dfi_lp_data_ack),
    .dfi_lp_data_wakeup_i(LpWakeup),
    .psel,
    .penable,
    .pwrite,
    .paddr,
    .pwdata,
    .prdata,
    .pready,
    .pslverr,
    .ieee1500_wrck_i,
    .ieee1500_wrst_n_i,
    .ieee1500_shiftwr_i,
    .ieee1500_capturewr_i,
    .ieee1500_updatewr_i,
    .ieee1500_selectwir_i,
    .ieee1500_wsi_i,
    .ieee1500_wso_o,
    .pins_o,
    .pins_i
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  control_commands_only_while_both_are_quiet:
    assert property (@(posedge clk_i) disable iff (in_reset)
                     ctl_col.op != ColNop |-> pc_col[0].op == ColNop && pc_col[1].op == ColNop);
  pseudo_channels_keep_their_phase:
    assert property (@(posedge clk_i) disable iff (in_reset)
                     (pc_col[0].op == ColNop || !pc_col[0].pc) && (pc_col[1].op == ColNop || pc_col[1].pc));
`endif

endmodule
