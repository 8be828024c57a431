// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Write half of a pseudo-channel's data side: AW and W to grains, grains in the queue to DFI, accepted bursts to B.
//
//   Handshake   AW, W, B, grain and push are ready/valid; the rest are pulses.
//   Latency     AW to grain 3 cycles; last grain accepted to B 2; issue to DFI as WL says, to retire or retry as DERR needs.
//   Throughput  1 beat and 1 burst per cycle.
//   Reset       Drops everything.

module tessera_hbm_write_path
  import tessera_hbm_pkg::DfiRatio, tessera_hbm_pkg::daddr_t, tessera_hbm_pkg::grain_t,
         tessera_hbm_pkg::strb_t, tessera_hbm_pkg::dfi_wr_t;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned PcIndex      = 0,
  parameter int unsigned Sids         = 2,
  parameter int unsigned RowBits      = 14,
  parameter int unsigned WrqDepth     = 64,
  parameter int unsigned IdBits       = 4,
  parameter int unsigned AddrBits     = 48,
  parameter int unsigned NumberBits   = 5,
  parameter int unsigned PhyCmdCycles = 1,
  parameter int unsigned PhyInCycles  = 1
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // AXI4 AW, W and B
  input  logic                  s_axi_awvalid,
  output logic                  s_axi_awready,
  input  logic [IdBits-1:0]     s_axi_awid,
  input  logic [AddrBits-1:0]   s_axi_awaddr,
  input  logic [7:0]            s_axi_awlen,
  input  logic [2:0]            s_axi_awsize,
  input  logic [1:0]            s_axi_awburst,
  input  logic                  s_axi_wvalid,
  output logic                  s_axi_wready,
  input  grain_t                s_axi_wdata,
  input  strb_t                 s_axi_wstrb,
  input  logic                  s_axi_wlast,
  output logic                  s_axi_bvalid,
  input  logic                  s_axi_bready,
  output logic [IdBits-1:0]     s_axi_bid,
  output logic [1:0]            s_axi_bresp,

  // Control
  input  logic                  refuse_i,      // Bursts that start or are under way now are answered SLVERR
  input  logic                  fatal_i,       // So are all others that are inside; queue and merges are forgotten
  input  map_t                  map_i,
  input  logic [5:0]            wl_i,
  input  logic                  ecc_enable_i,
  input  logic [1:0]            retry_limit_i,
  input  inject_t               inject_i,
  output logic                  idle_o,
  output logic                  rmw_o,
  output logic                  scrub_o,
  output err_log_t              lost_o,        // A write was given up

  // Admission: the write head, its push, and that a grain of a burst left
  output logic                  grain_valid_o,
  input  logic                  grain_ready_i,
  output wr_grain_t             grain_o,
  output logic [NumberBits-1:0] grain_number_o,
  input  logic                  push_valid_i,
  output logic                  push_ready_o,
  input  logic                  push_hold_i,
  input  daddr_t                push_addr_i,
  input  grain_t                push_data_i,
  input  strb_t                 push_strb_i,
  input  logic                  push_scrub_i,
  input  wr_left_t              left_i,
  input  logic [NumberBits-1:0] left_number_i, // Also of the push

  // Merging reads
  input  rd_early_t             early_i,
  input  rd_done_t              done_i,

  // Scheduler
  input  logic [SlotBits-1:0]   wr_slot_i,     // Of the push
  output logic                  wr_release_o,
  output logic                  wr_drop_o,
  output logic [SlotBits-1:0]   merged_slot_o, // Of wr_release_o and wr_drop_o
  output logic                  wr_retire_o,
  output logic                  wr_retry_o,
  output logic [SlotBits-1:0]   sent_slot_o,   // Of wr_retire_o and wr_retry_o
  input  logic                  issue_i,
  input  logic [SlotBits-1:0]   issue_slot_i,

  // PHY
  output dfi_wr_t               dfi_wr_o,
  input  logic [DfiRatio-1:0]   derr_i
);

  logic                  burst_valid, burst_ready, cut_idle, answers_idle;
  logic [IdBits-1:0]     burst_id;
  logic [NumberBits-1:0] burst_number;

  tessera_hbm_axi_wr #(
    .Sids      (Sids),
    .RowBits   (RowBits),
    .IdBits    (IdBits),
    .AddrBits  (AddrBits),
    .NumberBits(NumberBits)
  ) u_axi_wr (
    .clk_i,
    .rst_ni,
    .s_axi_awvalid,
    .s_axi_awready,
    .s_axi_awid,
    .s_axi_awaddr,
    .s_axi_awlen,
    .s_axi_awsize,
    .s_axi_awburst,
    .s_axi_wvalid,
    .s_axi_wready,
    .s_axi_wdata,
    .s_axi_wstrb,
    .s_axi_wlast,
    .map_i,
    .refuse_i,
    .idle_o        (cut_idle),
    .burst_valid_o (burst_valid),
    .burst_ready_i (burst_ready),
    .burst_id_o    (burst_id),
    .burst_number_i(burst_number),
    .grain_valid_o,
    .grain_ready_i,
    .grain_o,
    .grain_number_o
  );

  logic                  merged_valid, merged_err;
  logic [NumberBits-1:0] merged_number;

  tessera_hbm_axi_b #(
    .IdBits    (IdBits),
    .NumberBits(NumberBits)
  ) u_axi_b (
    .clk_i,
    .rst_ni,
    .fatal_i,
    .idle_o         (answers_idle),
    .burst_valid_i  (burst_valid),
    .burst_ready_o  (burst_ready),
    .burst_id_i     (burst_id),
    .burst_number_o (burst_number),
    .left_i,
    .left_number_i,
    .merged_valid_i (merged_valid),
    .merged_number_i(merged_number),
    .merged_err_i   (merged_err),
    .s_axi_bvalid,
    .s_axi_bready,
    .s_axi_bid,
    .s_axi_bresp
  );

  logic                early_merge, done_merge, fetch, lookup, lost, dfi_wr_idle, confirm_idle;
  logic [SlotBits-1:0] early_slot, done_slot, fetch_slot, lookup_slot;
  grain_t              fetch_data;
  daddr_t              lookup_addr;
  assign early_merge = early_i.valid && early_i.tag.merge;
  assign early_slot  = early_i.tag.idx[SlotBits-1:0];
  assign done_merge  = done_i.valid && done_i.tag.merge;
  assign done_slot   = done_i.tag.idx[SlotBits-1:0];

  tessera_hbm_write_buffer #(
    .Depth     (WrqDepth),
    .NumberBits(NumberBits)
  ) u_write_buffer (
    .clk_i,
    .rst_ni,
    .fatal_i,
    .push_valid_i,
    .push_ready_o,
    .push_slot_i    (wr_slot_i),
    .push_addr_i,
    .push_data_i,
    .push_strb_i,
    .push_partial_i (push_hold_i),
    .push_scrub_i,
    .push_number_i  (left_number_i),
    .early_valid_i  (early_merge),
    .early_slot_i   (early_slot),
    .read_valid_i   (done_merge),
    .read_slot_i    (done_slot),
    .read_data_i    (done_i.data),
    .read_err_i     (done_i.err),
    .release_o      (wr_release_o),
    .drop_o         (wr_drop_o),
    .merged_slot_o,
    .merged_valid_o (merged_valid),
    .merged_number_o(merged_number),
    .merged_err_o   (merged_err),
    .rmw_o,
    .scrub_o,
    .fetch_i        (fetch),
    .fetch_slot_i   (fetch_slot),
    .fetch_data_o   (fetch_data),
    .lookup_i       (lookup),
    .lookup_slot_i  (lookup_slot),
    .lookup_addr_o  (lookup_addr)
  );

  tessera_hbm_wr_confirm #(
    .PcIndex  (PcIndex),
    .Depth    (WrqDepth),
    .CmdCycles(PhyCmdCycles),
    .InCycles (PhyInCycles)
  ) u_wr_confirm (
    .clk_i,
    .rst_ni,
    .wl_i,
    .retry_limit_i,
    .fatal_i,
    .issue_i,
    .issue_slot_i,
    .retire_o     (wr_retire_o),
    .retry_o      (wr_retry_o),
    .slot_o       (sent_slot_o),
    .derr_i,
    .lookup_o     (lookup),
    .lookup_slot_o(lookup_slot),
    .lost_o       (lost),
    .idle_o       (confirm_idle)
  );
  assign lost_o = '{valid: lost, kind: ErrWriteParity, addr: lookup_addr, syndrome: '0};

  tessera_hbm_dfi_wr #(
    .PcIndex(PcIndex)
  ) u_dfi_wr (
    .clk_i,
    .rst_ni,
    .wl_i,
    .ecc_enable_i,
    .inject_i,
    .issue_i,
    .issue_slot_i,
    .fetch_o     (fetch),
    .fetch_slot_o(fetch_slot),
    .fetch_data_i(fetch_data),
    .dfi_wr_o,
    .idle_o      (dfi_wr_idle)
  );

  assign idle_o = cut_idle && answers_idle && dfi_wr_idle && confirm_idle;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_push_of_a_burst_is_counted : assert property (@(posedge clk_i) disable iff (in_reset)
      push_valid_i && push_ready_o && push_hold_i && !push_scrub_i |-> left_i.valid && left_i.pending);
`endif

endmodule
