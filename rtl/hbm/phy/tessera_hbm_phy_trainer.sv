// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The training unit: the sequence (tessera_hbm_phy_train), the probes it plays, lane repair, and the IEEE 1500 port.
//
//   Handshake   as tessera_hbm_phy_train; the buses are training's while status_o.own is high.
//   Latency     docs/hbm/phy.md has the measured cycles of training.
//   Throughput  one training at a time.
//   Reset       Idle, nothing repaired.

module tessera_hbm_phy_trainer
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
  import hbm3_enc_pkg::*;
#(
  parameter int unsigned WrckCycles = 8
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic [5:0]    rl_i,
  input  logic [5:0]    wl_i,
  input  logic [4:0]    features_i,

  // DFI, registers
  input  logic          reset_n_i,    // The device is out of reset
  input  logic          start_i,      // Level, looked at while idle
  input  logic          retrain_i,    // Pulse
  input  skip_t         skip_i,
  output train_status_t status_o,
  output logic          lost_o,       // Pulses
  output logic          retrained_o,
  input  logic          temp_go_i,    // Pulse: read the temperature; only while training does not own the buses
  output port_rsp_t     port_o,

  // Delay registers
  output sweep_t        sweep_o,
  output pass_t         pass_o,
  input  found_t        found_i,

  // Command, write and read paths
  output dfi_cmd_t      cmd_o,
  output logic [PseudoChannels-1:0][DfiRatio-1:0]            raw_en_o,
  output logic [PseudoChannels-1:0][DfiRatio-1:0][Beats-1:0] raw_o,
  output logic [PseudoChannels-1:0][DfiRatio-1:0]            rd_en_o,
  output logic                                               seek_o,
  input  logic [PseudoChannels-1:0]                          seek_done_i,
  input  logic [PseudoChannels-1:0]                          raw_valid_i,
  input  burst_t [PseudoChannels-1:0]                        raw_i,
  input  logic                                               aerr_i,
  input  logic [PseudoChannels-1:0]                          dq0_i,

  // IEEE 1500 from outside, and pins
  input  port_pins_t    ext_i,
  output logic          ext_wso_o,
  output port_pins_t    pins_o,
  input  logic          wso_i
);

  probe_req_t probe_req;
  probe_rsp_t probe_rsp;
  port_req_t  train_port, port_req;
  logic       clear, assign_spares, spare_pc, needed, abort;
  error_e     spare_error;
  logic [LaneBits-1:0]            spare_lane;
  lane_set_t [PseudoChannels-1:0] dead, in_service;
  spare_t [PseudoChannels-1:0][SpareLanes-1:0] spare;

  tessera_hbm_phy_train u_train (
    .clk_i,
    .rst_ni,
    .rl_i,
    .wl_i,
    .features_i,
    .reset_n_i,
    .start_i,
    .retrain_i,
    .skip_i,
    .status_o,
    .lost_o,
    .retrained_o,
    .probe_o        (probe_req),
    .probe_i        (probe_rsp),
    .sweep_o,
    .pass_o,
    .found_i,
    .port_o         (train_port),
    .port_i         (port_o),
    .repair_clear_o (clear),
    .repair_assign_o(assign_spares),
    .repair_dead_o  (dead),
    .repair_error_i (spare_error),
    .repair_pc_i    (spare_pc),
    .repair_lane_i  (spare_lane),
    .repair_needed_i(needed),
    .in_service_i   (in_service),
    .spare_i        (spare)
  );

  tessera_hbm_phy_repair u_repair (
    .clk_i,
    .rst_ni,
    .clear_i     (clear),
    .assign_i    (assign_spares),
    .dead_i      (dead),
    .error_o     (spare_error),
    .pc_o        (spare_pc),
    .lane_o      (spare_lane),
    .needed_o    (needed),
    .in_service_o(in_service),
    .spare_o     (spare)
  );

  assign abort = !reset_n_i;
  tessera_hbm_phy_probe u_probe (
    .clk_i,
    .rst_ni,
    .rl_i,
    .wl_i,
    .req_i  (probe_req),
    .abort_i(abort),
    .rsp_o  (probe_rsp),
    .cmd_o,
    .raw_en_o,
    .raw_o,
    .rd_en_o,
    .seek_o,
    .seek_done_i,
    .raw_valid_i,
    .raw_i,
    .aerr_i,
    .dq0_i
  );

  always_comb begin
    port_req = train_port;
    if (temp_go_i) port_req = '{go: 1'b1, wir: Wir_Temperature, len: 6'd8, data: '0};
  end
  tessera_hbm_phy_ieee1500 #(
    .WrckCycles(WrckCycles)
  ) u_ieee1500 (
    .clk_i,
    .rst_ni,
    .req_i (port_req),
    .rsp_o (port_o),
    .ext_i,
    .ext_wso_o,
    .pins_o,
    .wso_i
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_port_has_one_user : assert property (@(posedge clk_i) disable iff (in_reset)
      !(train_port.go && temp_go_i));
`endif

endmodule
