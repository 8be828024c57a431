// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Read half of a pseudo-channel's data side: AR to grains, issued reads to data, data to R.
//
//   Handshake   AR, R, grain, enter and again are ready/valid; the rest are pulses.
//   Latency     AR to grain 2 cycles; dfi_rd_i to R 4, to done 2.
//   Throughput  1 grain and 1 burst per cycle.
//   Reset       Drops everything.

module tessera_hbm_read_path
  import tessera_hbm_pkg::DfiRatio, tessera_hbm_pkg::daddr_t, tessera_hbm_pkg::grain_t, tessera_hbm_pkg::dfi_rd_t;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned PcIndex  = 0,
  parameter int unsigned Sids     = 2,
  parameter int unsigned RowBits  = 14,
  parameter int unsigned WrqDepth = 64,
  parameter int unsigned RobDepth = 256,
  parameter int unsigned IdBits   = 4,
  parameter int unsigned AddrBits = 48
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  // AXI4 AR and R
  input  logic                s_axi_arvalid,
  output logic                s_axi_arready,
  input  logic [IdBits-1:0]   s_axi_arid,
  input  logic [AddrBits-1:0] s_axi_araddr,
  input  logic [7:0]          s_axi_arlen,
  input  logic [2:0]          s_axi_arsize,
  input  logic [1:0]          s_axi_arburst,
  output logic                s_axi_rvalid,
  input  logic                s_axi_rready,
  output logic [IdBits-1:0]   s_axi_rid,
  output grain_t              s_axi_rdata,
  output logic [1:0]          s_axi_rresp,
  output logic                s_axi_rlast,

  // Control
  input  logic                fatal_i,        // What is inside is answered SLVERR, what returns is dropped
  input  logic                fatal_end_i,    // Pulse: reads in flight are forgotten
  input  map_t                map_i,
  input  logic [5:0]          rl_i,
  input  logic                ecc_enable_i,
  input  logic [1:0]          retry_limit_i,
  output logic                idle_o,
  output logic                rd_age_valid_o,
  output logic [15:0]         rd_age_o,

  // Admission: the read head, and its entry into the order of R as it leaves
  output logic                grain_valid_o,
  input  logic                grain_ready_i,
  output daddr_t              grain_addr_o,
  output logic [1:0]          grain_resp_o,
  input  logic                enter_valid_i,
  output logic                enter_ready_o,
  input  logic [1:0]          enter_resp_i,
  output logic [RobBits-1:0]  enter_idx_o,
  input  logic                flight_valid_i, // Is this grain being read?
  input  daddr_t              flight_addr_i,
  output logic                flight_hit_o,
  output logic                again_valid_o,  // A read to be pushed again
  input  logic                again_ready_i,
  output daddr_t              again_addr_o,
  output rd_tag_t             again_tag_o,
  input  logic                push_i,         // A read for R was pushed for the first time
  input  logic [RobBits-1:0]  push_idx_i,

  // Scheduler: a read stands on DFI
  input  logic                issue_i,
  input  rd_tag_t             issue_tag_i,
  input  daddr_t              issue_addr_i,

  // PHY
  output logic [DfiRatio-1:0] rddata_en_o,
  input  dfi_rd_t             dfi_rd_i,

  // Reads looked at, one cycle later finished unless repeated
  output rd_early_t           early_o,
  output rd_done_t            done_o
);

  logic              cut_idle, grain_last;
  logic [IdBits-1:0] grain_id;

  tessera_hbm_axi_rd #(
    .Sids    (Sids),
    .RowBits (RowBits),
    .IdBits  (IdBits),
    .AddrBits(AddrBits)
  ) u_axi_rd (
    .clk_i,
    .rst_ni,
    .s_axi_arvalid,
    .s_axi_arready,
    .s_axi_arid,
    .s_axi_araddr,
    .s_axi_arlen,
    .s_axi_arsize,
    .s_axi_arburst,
    .map_i,
    .idle_o      (cut_idle),
    .grain_valid_o,
    .grain_ready_i,
    .grain_addr_o,
    .grain_id_o  (grain_id),
    .grain_last_o(grain_last),
    .grain_resp_o
  );

  logic return_idle, beats_idle, early_beat, done_beat;

  tessera_hbm_rd_return #(
    .RobDepth(RobDepth),
    .WrqDepth(WrqDepth)
  ) u_rd_return (
    .clk_i,
    .rst_ni,
    .ecc_enable_i,
    .retry_limit_i,
    .fatal_i,
    .clear_i      (fatal_end_i),
    .issue_i,
    .issue_tag_i,
    .issue_addr_i,
    .dfi_rd_i,
    .probe_valid_i(flight_valid_i),
    .probe_addr_i (flight_addr_i),
    .probe_o      (flight_hit_o),
    .again_valid_o,
    .again_ready_i,
    .again_addr_o,
    .again_tag_o,
    .early_o,
    .done_o,
    .idle_o       (return_idle)
  );

  assign early_beat = early_o.valid && !early_o.tag.merge;
  assign done_beat  = done_o.valid && !done_o.tag.merge;

  tessera_hbm_rob #(
    .Depth (RobDepth),
    .IdBits(IdBits)
  ) u_rob (
    .clk_i,
    .rst_ni,
    .fatal_i,
    .idle_o       (beats_idle),
    .enter_valid_i,
    .enter_ready_o,
    .enter_id_i   (grain_id),
    .enter_last_i (grain_last),
    .enter_resp_i,
    .enter_idx_o,
    .data_valid_i (done_beat),
    .data_idx_i   (done_o.tag.idx),
    .data_i       (done_o.data),
    .data_err_i   (done_o.err),
    .s_axi_rvalid,
    .s_axi_rready,
    .s_axi_rid,
    .s_axi_rdata,
    .s_axi_rresp,
    .s_axi_rlast
  );

  tessera_hbm_rd_age #(
    .RobDepth(RobDepth)
  ) u_rd_age (
    .clk_i,
    .rst_ni,
    .push_i,
    .push_idx_i,
    .early_i    (early_beat),
    .early_idx_i(early_o.tag.idx),
    .age_o      (rd_age_o)
  );
  assign rd_age_valid_o = done_beat;

  tessera_hbm_dfi_rd #(
    .PcIndex(PcIndex)
  ) u_dfi_rd (
    .clk_i,
    .rst_ni,
    .rl_i,
    .issue_i,
    .rddata_en_o
  );

  assign idle_o = cut_idle && return_idle && beats_idle;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_entered_as_it_leaves_the_head : assert property (@(posedge clk_i) disable iff (in_reset)
      (enter_valid_i && enter_ready_o) == (grain_valid_o && grain_ready_i));
`endif

endmodule
