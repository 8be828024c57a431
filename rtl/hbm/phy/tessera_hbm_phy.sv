// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// PHY wrapper of one HBM3 channel: between the DFI boundary and the pins; trains itself. What a hard macro replaces.
//
//   Handshake   DFI as docs/hbm/theory.md defines it; APB4. Before dfi_init_complete_o and while dfi_phyupd_ack_i is high
//               the pins belong to training; what the controller sends then goes nowhere.
//   Latency     command and write data to pins 1 cycle; rddata_en to dfi_rd_o.valid at most 9 + flight CK, flight <= 7; error and
//               status pins to DFI 1 cycle.
//   Throughput  a burst per pseudo-channel and cycle.
//   Reset       Untrained, buses idle, delays 0.

module tessera_hbm_phy
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
#(
  parameter int unsigned WrckCycles = 8  // Cycles per IEEE 1500 clock: even, at least 4
) (
  input  logic clk_i,
  input  logic rst_ni,

  // Constant from dfi_init_start_i on
  input  logic [5:0] rl_i,        // nCK
  input  logic [5:0] wl_i,
  input  logic [4:0] features_i,  // As Mr_Features: write DBI, read DBI, write parity, read parity, command parity from bit 0

  // DFI: commands and data
  input  dfi_cmd_t                                dfi_cmd_i,
  input  dfi_wr_t [PseudoChannels-1:0]            dfi_wr_i,
  input  logic [PseudoChannels-1:0][DfiRatio-1:0] dfi_rddata_en_i,
  output dfi_rd_t [PseudoChannels-1:0]            dfi_rd_o,
  output logic [PseudoChannels-1:0][DfiRatio-1:0] dfi_derr_o,  // By CK
  output logic                                    dfi_aerr_o,

  // DFI: status
  output logic [2:0] dfi_temp_o,
  output logic       dfi_cattrip_o,
  input  logic       dfi_reset_n_i,
  input  logic       dfi_init_start_i,
  output logic       dfi_init_complete_o,
  output logic       dfi_init_error_o,

  // DFI: update, low power
  input  logic       dfi_ctrlupd_req_i,
  output logic       dfi_ctrlupd_ack_o,
  output logic       dfi_phyupd_req_o,
  input  logic       dfi_phyupd_ack_i,
  output logic [1:0] dfi_phyupd_type_o,
  input  logic       dfi_lp_ctrl_req_i,
  output logic       dfi_lp_ctrl_ack_o,
  input  logic [5:0] dfi_lp_ctrl_wakeup_i,
  input  logic       dfi_lp_data_req_i,
  output logic       dfi_lp_data_ack_o,
  input  logic [5:0] dfi_lp_data_wakeup_i,

  // Registers
  input  logic        psel,
  input  logic        penable,
  input  logic        pwrite,
  input  logic [11:0] paddr,
  input  logic [31:0] pwdata,
  output logic [31:0] prdata,
  output logic        pready,
  output logic        pslverr,

  // IEEE 1500 from outside: reaches the device while the PHY does not use it (STATUS.PORT_PHY)
  input  logic ieee1500_wrck_i,
  input  logic ieee1500_wrst_n_i,
  input  logic ieee1500_shiftwr_i,
  input  logic ieee1500_capturewr_i,
  input  logic ieee1500_updatewr_i,
  input  logic ieee1500_selectwir_i,
  input  logic ieee1500_wsi_i,
  output logic ieee1500_wso_o,

  // Device
  output pins_out_t pins_o,
  input  pins_in_t  pins_i
);

  // Status pins, as they are.
  logic                      reset_n_q, aerr_q, cattrip_q, in_device_reset;
  logic [2:0]                temp_q;
  logic [PseudoChannels-1:0][DfiRatio-1:0] derr_q;
  assign in_device_reset = !reset_n_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reset_n_q <= 1'b0;
      aerr_q    <= 1'b0;
      derr_q    <= '0;
      temp_q    <= 3'b011;
      cattrip_q <= 1'b0;
    end else begin
      reset_n_q <= dfi_reset_n_i;
      aerr_q    <= |pins_i.aerr;
      derr_q    <= pins_i.derr;
      temp_q    <= pins_i.temp;
      cattrip_q <= pins_i.cattrip;
    end
  end

  // Training
  train_status_t status;
  logic          own, ready, start, csr_start, retrain, retrained, lost, temp_go;
  skip_t         skip;
  port_rsp_t     port;
  port_pins_t    ext_pins, port_pins;
  sweep_t        sweep;
  pass_t         pass;
  found_t        found;
  dfi_cmd_t      train_cmd;
  logic          seek;
  logic [PseudoChannels-1:0]                          seek_done, raw_valid, dq0;
  logic [PseudoChannels-1:0][DfiRatio-1:0]            raw_en, train_rd_en;
  logic [PseudoChannels-1:0][DfiRatio-1:0][Beats-1:0] raw_wr;
  burst_t [PseudoChannels-1:0]                        raw_rd;
  assign own      = status.own;
  assign ready    = status.ready;
  assign start    = dfi_init_start_i || csr_start;
  assign ext_pins = '{wrst_n: ieee1500_wrst_n_i, wrck: ieee1500_wrck_i, selectwir: ieee1500_selectwir_i,
                      shiftwr: ieee1500_shiftwr_i, capturewr: ieee1500_capturewr_i, updatewr: ieee1500_updatewr_i,
                      wsi: ieee1500_wsi_i};

  tessera_hbm_phy_trainer #(
    .WrckCycles(WrckCycles)
  ) u_trainer (
    .clk_i,
    .rst_ni,
    .rl_i,
    .wl_i,
    .features_i,
    .reset_n_i  (reset_n_q),
    .start_i    (start),
    .retrain_i  (retrain),
    .skip_i     (skip),
    .status_o   (status),
    .lost_o     (lost),
    .retrained_o(retrained),
    .temp_go_i  (temp_go),
    .port_o     (port),
    .sweep_o    (sweep),
    .pass_o     (pass),
    .found_i    (found),
    .cmd_o      (train_cmd),
    .raw_en_o   (raw_en),
    .raw_o      (raw_wr),
    .rd_en_o    (train_rd_en),
    .seek_o     (seek),
    .seek_done_i(seek_done),
    .raw_valid_i(raw_valid),
    .raw_i      (raw_rd),
    .aerr_i     (aerr_q),
    .dq0_i      (dq0),
    .ext_i      (ext_pins),
    .ext_wso_o  (ieee1500_wso_o),
    .pins_o     (port_pins),
    .wso_i      (pins_i.wso)
  );

  dly_req_t dly_req;
  dly_rsp_t dly_rsp;
  tessera_hbm_phy_delays u_delays (
    .clk_i,
    .rst_ni,
    .sweep_i(sweep),
    .pass_i (pass),
    .found_o(found),
    .req_i  (dly_req),
    .rsp_o  (dly_rsp),
    .ca_o   (pins_o.dly_ca),
    .wdqs_o (pins_o.dly_wdqs),
    .wr_o   (pins_o.dly_wr),
    .rd_o   (pins_o.dly_rd)
  );

  // Commands: training's or, in service, the controller's.
  dfi_cmd_t cmd;
  logic     cmd_idle, flip_cmd, flipped_cmd;
  assign cmd      = own ? train_cmd : dfi_cmd_i;
  assign cmd_idle = !dfi_reset_n_i || (!own && (!ready || dfi_lp_ctrl_ack_o));

  tessera_hbm_phy_cmd u_cmd (
    .clk_i,
    .rst_ni,
    .cmd_i    (cmd),
    .idle_i   (cmd_idle),
    .flip_i   (flip_cmd),
    .flipped_o(flipped_cmd),
    .r_o      (pins_o.r),
    .c_o      (pins_o.c),
    .apar_o   (pins_o.apar)
  );

  // Data
  logic [PseudoChannels-1:0] flip_wr, flipped_wr, missing, stray, par_err;
  logic                      flight_wr;
  logic [PseudoChannels-1:0][FlightBits-1:0] flight_d, flight;
  for (genvar p = 0; p < PseudoChannels; p++) begin : gen_pc
    assign par_err[p] = dfi_rd_o[p].valid && dfi_rd_o[p].par_err;

    tessera_hbm_phy_lanes u_lanes (
      .clk_i,
      .rst_ni,
      .features_i,
      .service_i    (ready),
      .flush_i      (in_device_reset),
      .spare_i      (status.spare[p]),
      .wr_i         (dfi_wr_i[p]),
      .rd_en_i      (dfi_rddata_en_i[p]),
      .rd_o         (dfi_rd_o[p]),
      .raw_en_i     (raw_en[p]),
      .raw_i        (raw_wr[p]),
      .train_rd_en_i(train_rd_en[p]),
      .seek_i       (seek),
      .seek_done_o  (seek_done[p]),
      .raw_valid_o  (raw_valid[p]),
      .raw_o        (raw_rd[p]),
      .dq0_o        (dq0[p]),
      .flight_wr_i  (flight_wr),
      .flight_i     (flight_d[p]),
      .flight_o     (flight[p]),
      .flip_i       (flip_wr[p]),
      .flipped_o    (flipped_wr[p]),
      .missing_o    (missing[p]),
      .stray_o      (stray[p]),
      .lanes_o      (pins_o.w[p]),
      .lanes_i      (pins_i.r[p])
    );
  end

  // Updates and low power
  logic        csr_retrain, retrain_pending;
  logic [15:0] interval;
  tessera_hbm_phy_update u_update (
    .clk_i,
    .rst_ni,
    .interval_i   (interval),
    .ask_i        (csr_retrain),
    .pending_o    (retrain_pending),
    .ready_i      (ready),
    .reset_n_i    (reset_n_q),
    .retrain_o    (retrain),
    .retrained_i  (retrained),
    .phyupd_req_o (dfi_phyupd_req_o),
    .phyupd_ack_i (dfi_phyupd_ack_i),
    .phyupd_type_o(dfi_phyupd_type_o),
    .ctrlupd_req_i(dfi_ctrlupd_req_i),
    .ctrlupd_ack_o(dfi_ctrlupd_ack_o),
    .lp_ctrl_req_i(dfi_lp_ctrl_req_i),
    .lp_ctrl_ack_o(dfi_lp_ctrl_ack_o),
    .lp_data_req_i(dfi_lp_data_req_i),
    .lp_data_ack_o(dfi_lp_data_ack_o)
  );

  tessera_hbm_phy_csr u_csr (
    .clk_i,
    .rst_ni,
    .psel,
    .penable,
    .pwrite,
    .paddr,
    .pwdata,
    .prdata,
    .pready,
    .pslverr,
    .status_i     (status),
    .reset_n_i    (reset_n_q),
    .pending_i    (retrain_pending),
    .retrained_i  (retrained),
    .lost_i       (lost),
    .start_o      (csr_start),
    .retrain_o    (csr_retrain),
    .skip_o       (skip),
    .interval_o   (interval),
    .dly_o        (dly_req),
    .dly_i        (dly_rsp),
    .flight_wr_o  (flight_wr),
    .flight_o     (flight_d),
    .flight_i     (flight),
    .missing_i    (missing),
    .stray_i      (stray),
    .par_err_i    (par_err),
    .flip_cmd_o   (flip_cmd),
    .flipped_cmd_i(flipped_cmd),
    .flip_wr_o    (flip_wr),
    .flipped_wr_i (flipped_wr),
    .temp_go_o    (temp_go),
    .port_i       (port)
  );

  // What training's own commands and writes raise is not the controller's business.
  assign pins_o.reset_n      = reset_n_q;
  assign pins_o.wrst_n       = port_pins.wrst_n;
  assign pins_o.wrck         = port_pins.wrck;
  assign pins_o.selectwir    = port_pins.selectwir;
  assign pins_o.shiftwr      = port_pins.shiftwr;
  assign pins_o.capturewr    = port_pins.capturewr;
  assign pins_o.updatewr     = port_pins.updatewr;
  assign pins_o.wsi          = port_pins.wsi;
  assign dfi_aerr_o          = aerr_q && ready;
  assign dfi_derr_o          = derr_q & {(PseudoChannels * DfiRatio){ready}};
  assign dfi_temp_o          = temp_q;
  assign dfi_cattrip_o       = cattrip_q;
  assign dfi_init_error_o    = status.step == StepFailed;

  // In service is what the controller sees through a retraining: it owns the handshake, not the bus.
  logic in_service_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)         in_service_q <= 1'b0;
    else if (!reset_n_q) in_service_q <= 1'b0;
    else if (ready)      in_service_q <= 1'b1;
  end
  assign dfi_init_complete_o = in_service_q;

  // This PHY wakes in one cycle, whatever is asked.
  logic unused;
  assign unused = ^{dfi_lp_ctrl_wakeup_i, dfi_lp_data_wakeup_i};

`ifndef SYNTHESIS
  logic [PseudoChannels-1:0][DfiRatio-1:0] wrdata_en;
  logic [PseudoChannels-1:0]               rddata_valid;
  always_comb begin
    for (int p = 0; p < PseudoChannels; p++) begin
      wrdata_en[p]    = dfi_wr_i[p].en;
      rddata_valid[p] = dfi_rd_o[p].valid;
    end
  end
  tessera_hbm_dfi_checker u_checker (
    .clk_i,
    .rst_ni,
    .rl_i,
    .wl_i,
    .dfi_cmd_i,
    .dfi_wrdata_en_i    (wrdata_en),
    .dfi_rddata_en_i,
    .dfi_rddata_valid_i (rddata_valid),
    .dfi_reset_n_i,
    .dfi_init_complete_i(dfi_init_complete_o),
    .dfi_init_error_i   (dfi_init_error_o),
    .dfi_ctrlupd_req_i,
    .dfi_ctrlupd_ack_i  (dfi_ctrlupd_ack_o),
    .dfi_phyupd_req_i   (dfi_phyupd_req_o),
    .dfi_phyupd_ack_i,
    .dfi_phyupd_type_i  (dfi_phyupd_type_o),
    .dfi_lp_ctrl_req_i,
    .dfi_lp_ctrl_ack_i  (dfi_lp_ctrl_ack_o),
    .dfi_lp_ctrl_wakeup_i,
    .dfi_lp_data_req_i,
    .dfi_lp_data_ack_i  (dfi_lp_data_ack_o),
    .dfi_lp_data_wakeup_i
  );

  logic in_reset;
  assign in_reset = !rst_ni;

  a_configuration_constant_in_service : assert property (@(posedge clk_i) disable iff (in_reset)
      own || ready |=> $stable({rl_i, wl_i, features_i}));
  a_latencies_long_enough : assert property (@(posedge clk_i) disable iff (in_reset)
      own || ready |-> rl_i >= 6'd2 && wl_i >= 6'd2);
`endif

endmodule
