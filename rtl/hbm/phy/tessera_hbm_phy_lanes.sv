// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The data lanes of one pseudo-channel: write path, read path, and what they take from training instead of the controller.
//
//   Handshake   service_i high: the controller's bursts; low: training's. It changes only while no burst is on its way.
//   Latency     tessera_hbm_phy_wr, tessera_hbm_phy_rd.
//   Throughput  a burst per cycle each way.
//   Reset       No burst on its way.

module tessera_hbm_phy_lanes
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [4:0] features_i,
  input  logic       service_i,
  input  logic       flush_i,
  input  spare_t [SpareLanes-1:0] spare_i,

  // Controller
  input  dfi_wr_t                 wr_i,
  input  logic [DfiRatio-1:0]     rd_en_i,
  output dfi_rd_t                 rd_o,

  // Training
  input  logic [DfiRatio-1:0]            raw_en_i,
  input  logic [DfiRatio-1:0][Beats-1:0] raw_i,
  input  logic [DfiRatio-1:0]            train_rd_en_i,
  input  logic                           seek_i,
  output logic                           seek_done_o,
  output logic                           raw_valid_o,
  output burst_t                         raw_o,
  output logic                           dq0_o,       // DQ 0 now, from its spare if it has one

  // Registers
  input  logic                  flight_wr_i,
  input  logic [FlightBits-1:0] flight_i,
  output logic [FlightBits-1:0] flight_o,
  input  logic                  flip_i,
  output logic                  flipped_o,
  output logic                  missing_o,
  output logic                  stray_o,

  // Pins
  output lanes_t lanes_o,
  input  lanes_t lanes_i
);

  logic                own;
  logic [DfiRatio-1:0] rd_en;
  assign own   = !service_i;
  assign rd_en = service_i ? rd_en_i : train_rd_en_i;
  assign dq0_o = spare_i[0].enable && spare_i[0].lane == '0 ? lanes_i.lane[0][0][UsedLanes] : lanes_i.lane[0][0][0];

  tessera_hbm_phy_wr u_wr (
    .clk_i,
    .rst_ni,
    .dbi_i    (features_i[0]),
    .parity_i (features_i[2]),
    .flush_i,
    .wr_i,
    .own_i    (own),
    .raw_en_i,
    .raw_i,
    .spare_i,
    .flip_i,
    .flipped_o,
    .lanes_o
  );

  tessera_hbm_phy_rd u_rd (
    .clk_i,
    .rst_ni,
    .dbi_i      (features_i[1]),
    .parity_i   (features_i[3]),
    .flush_i,
    .en_i       (rd_en),
    .rd_o,
    .own_i      (own),
    .seek_i,
    .seek_done_o,
    .raw_valid_o,
    .raw_o,
    .flight_wr_i,
    .flight_i,
    .flight_o,
    .spare_i,
    .missing_o,
    .stray_o,
    .lanes_i
  );

  // Command parity is the command path's business.
  logic unused;
  assign unused = features_i[4];

endmodule
