// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One pseudo-channel of the HBM3 controller: data side, scheduler and refresh manager, wired.
//
//   Handshake   AXI4 to the master; row requests are answered by the channel's row arbiter in their cycle; column commands and
//               data go to DFI directly, on the phase of PcIndex.
//   Latency     Unloaded read, AR to R: 3 cycles to the queue, 2 to the command, RL and the PHY, 4 to R.
//   Throughput  1 grain per cycle.
//   Reset       Empty; nothing leaves until stop_i falls.

module tessera_hbm_pc
  import tessera_hbm_pkg::DfiRatio, tessera_hbm_pkg::StackAddrBits, tessera_hbm_pkg::ColNop;
  import tessera_hbm_pkg::grain_t, tessera_hbm_pkg::strb_t, tessera_hbm_pkg::daddr_t, tessera_hbm_pkg::bank_t;
  import tessera_hbm_pkg::timing_t, tessera_hbm_pkg::dfi_col_t, tessera_hbm_pkg::dfi_wr_t, tessera_hbm_pkg::dfi_rd_t;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned PcIndex  = 0,
  parameter int unsigned Sids     = 2,
  parameter int unsigned RowBits  = 14,
  parameter int unsigned RdqDepth = 64,
  parameter int unsigned WrqDepth = 64,
  parameter int unsigned RobDepth = 256,
  parameter int unsigned IdBits   = 4,
  localparam int unsigned AddrBits = StackAddrBits
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  // AXI4
  input  logic                s_axi_awvalid,
  output logic                s_axi_awready,
  input  logic [IdBits-1:0]   s_axi_awid,
  input  logic [AddrBits-1:0] s_axi_awaddr,
  input  logic [7:0]          s_axi_awlen,
  input  logic [2:0]          s_axi_awsize,
  input  logic [1:0]          s_axi_awburst,
  input  logic                s_axi_wvalid,
  output logic                s_axi_wready,
  input  grain_t              s_axi_wdata,
  input  strb_t               s_axi_wstrb,
  input  logic                s_axi_wlast,
  output logic                s_axi_bvalid,
  input  logic                s_axi_bready,
  output logic [IdBits-1:0]   s_axi_bid,
  output logic [1:0]          s_axi_bresp,
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

  // Control: settings
  input  timing_t             timing_i,
  input  sched_cfg_t          sched_cfg_i,
  input  ref_cfg_t            ref_cfg_i,
  input  map_t                map_i,
  input  logic                ecc_enable_i,
  input  logic                scrub_enable_i,
  input  inject_t             inject_i,

  // Control: state
  input  logic                ready_i,
  input  logic                stop_i,
  input  logic                close_i,
  input  logic                fatal_i,
  input  logic                refresh_i,   // Refresh is the controller's business
  input  logic                clear_i,     // The device is in reset
  input  logic [2:0]          temp_i,
  output logic                pending_o,
  output logic                quiet_o,     // Stopped, banks closed, nothing in flight
  output ref_req_t            ref_req_o,   // The refresh that is wanted

  // Control: counters
  output pc_event_t           event_o,
  output bucket_e             bucket_o,
  output logic [6:0]          rd_used_o,
  output logic [6:0]          wr_used_o,
  output logic signed [11:0]  debt_o,
  output err_log_t            err_o,
  output logic                rd_age_valid_o,
  output logic [15:0]         rd_age_o,

  // Row bus arbiter
  output row_req_t            row_a_o,
  input  logic                row_a_gnt_i,
  output row_req_t            row_b_o,
  input  logic                row_b_gnt_i,
  input  logic                row_b_late_i,

  // DFI
  output dfi_col_t            col_o,
  output dfi_wr_t             dfi_wr_o,
  output logic [DfiRatio-1:0] dfi_rddata_en_o,
  input  dfi_rd_t             dfi_rd_i,
  input  logic [DfiRatio-1:0] dfi_derr_i
);

  localparam int unsigned Banks      = 16 * Sids;
  localparam logic [1:0]  RetryLimit = 2'd2;  // A burst with bad parity is repeated twice

  // Requests and issues
  logic                flush, rd_push, rd_full, wr_push, wr_hold, wr_full, wr_release, wr_drop, wr_retire, wr_retry, drain;
  daddr_t              rd_addr, wr_addr, rd_issue_addr;
  rd_tag_t             rd_tag, rd_issue_tag;
  logic [SlotBits-1:0] wr_slot, wr_release_slot, wr_drop_slot, wr_retire_slot, wr_retry_slot, wr_issue_slot;
  daddr_t [1:0]        probe_addr;
  logic [1:0]          probe_rd, probe_wr;
  logic                rd_issue, wr_issue;
  logic                sched_quiet;
  pc_event_t           data_event, sched_event;

  tessera_hbm_data #(
    .PcIndex (PcIndex),
    .Sids    (Sids),
    .RowBits (RowBits),
    .WrqDepth(WrqDepth),
    .RobDepth(RobDepth),
    .IdBits  (IdBits),
    .AddrBits(AddrBits)
  ) u_data (
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
    .s_axi_bvalid,
    .s_axi_bready,
    .s_axi_bid,
    .s_axi_bresp,
    .s_axi_arvalid,
    .s_axi_arready,
    .s_axi_arid,
    .s_axi_araddr,
    .s_axi_arlen,
    .s_axi_arsize,
    .s_axi_arburst,
    .s_axi_rvalid,
    .s_axi_rready,
    .s_axi_rid,
    .s_axi_rdata,
    .s_axi_rresp,
    .s_axi_rlast,
    .ready_i,
    .fatal_i,
    .map_i,
    .rl_i             (timing_i.rl),
    .wl_i             (timing_i.wl),
    .ecc_enable_i,
    .scrub_enable_i,
    .retry_limit_i    (RetryLimit),
    .inject_i,
    .pending_o,
    .idle_o           (),
    .event_o          (data_event),
    .err_o,
    .rd_age_valid_o,
    .rd_age_o,
    .flush_o          (flush),
    .rd_push_o        (rd_push),
    .rd_addr_o        (rd_addr),
    .rd_tag_o         (rd_tag),
    .rd_full_i        (rd_full),
    .wr_push_o        (wr_push),
    .wr_addr_o        (wr_addr),
    .wr_hold_o        (wr_hold),
    .wr_full_i        (wr_full),
    .wr_slot_i        (wr_slot),
    .wr_release_o     (wr_release),
    .wr_release_slot_o(wr_release_slot),
    .wr_drop_o        (wr_drop),
    .wr_drop_slot_o   (wr_drop_slot),
    .wr_retire_o      (wr_retire),
    .wr_retire_slot_o (wr_retire_slot),
    .wr_retry_o       (wr_retry),
    .wr_retry_slot_o  (wr_retry_slot),
    .probe_addr_o     (probe_addr),
    .probe_rd_i       (probe_rd),
    .probe_wr_i       (probe_wr),
    .drain_o          (drain),
    .rd_issue_i       (rd_issue),
    .rd_issue_tag_i   (rd_issue_tag),
    .rd_issue_addr_i  (rd_issue_addr),
    .wr_issue_i       (wr_issue),
    .wr_issue_slot_i  (wr_issue_slot),
    .dfi_wr_o,
    .rddata_en_o      (dfi_rddata_en_o),
    .dfi_rd_i,
    .derr_i           (dfi_derr_i)
  );

  // Refresh
  ref_req_t         ref_req;
  logic             ref_gnt, act, col_used;
  logic [Banks-1:0] bank_busy, act_block;
  bank_t            act_bank, col_bank;

  tessera_hbm_refresh #(
    .Sids(Sids)
  ) u_refresh (
    .clk_i,
    .rst_ni,
    .clear_i,
    .enable_i   (refresh_i),
    .refi_i     (timing_i.refi),
    .cfg_i      (ref_cfg_i),
    .temp_i,
    .debt_o,
    .busy_i     (bank_busy),
    .act_i      (act),
    .act_bank_i (act_bank),
    .col_i      (col_used),
    .col_bank_i (col_bank),
    .act_block_o(act_block),
    .ref_req_o  (ref_req),
    .ref_gnt_i  (ref_gnt)
  );
  assign ref_req_o = ref_req;

  tessera_hbm_sched #(
    .PcIndex (PcIndex),
    .Sids    (Sids),
    .RowBits (RowBits),
    .RdqDepth(RdqDepth),
    .WrqDepth(WrqDepth)
  ) u_sched (
    .clk_i,
    .rst_ni,
    .timing_i,
    .cfg_i            (sched_cfg_i),
    .stop_i,
    .close_i,
    .flush_i          (flush),
    .clear_i,
    .quiet_o          (sched_quiet),
    .rd_push_i        (rd_push),
    .rd_addr_i        (rd_addr),
    .rd_tag_i         (rd_tag),
    .rd_full_o        (rd_full),
    .wr_push_i        (wr_push),
    .wr_addr_i        (wr_addr),
    .wr_hold_i        (wr_hold),
    .wr_full_o        (wr_full),
    .wr_slot_o        (wr_slot),
    .wr_release_i     (wr_release),
    .wr_release_slot_i(wr_release_slot),
    .wr_drop_i        (wr_drop),
    .wr_drop_slot_i   (wr_drop_slot),
    .wr_retire_i      (wr_retire),
    .wr_retire_slot_i (wr_retire_slot),
    .wr_retry_i       (wr_retry),
    .wr_retry_slot_i  (wr_retry_slot),
    .probe_addr_i     (probe_addr),
    .probe_rd_o       (probe_rd),
    .probe_wr_o       (probe_wr),
    .drain_i          (drain),
    .col_o,
    .rd_issue_o       (rd_issue),
    .rd_issue_tag_o   (rd_issue_tag),
    .rd_issue_addr_o  (rd_issue_addr),
    .wr_issue_o       (wr_issue),
    .wr_issue_slot_o  (wr_issue_slot),
    .row_a_o,
    .row_a_gnt_i,
    .row_b_o,
    .row_b_gnt_i,
    .row_b_late_i,
    .ref_req_i        (ref_req),
    .ref_gnt_o        (ref_gnt),
    .act_block_i      (act_block),
    .bank_busy_o      (bank_busy),
    .bank_open_o      (),
    .act_o            (act),
    .act_bank_o       (act_bank),
    .col_used_o       (col_used),
    .col_bank_o       (col_bank),
    .bucket_o,
    .event_o          (sched_event),
    .rd_used_o,
    .wr_used_o,
    .rd_waiting_o     (),
    .wr_waiting_o     (),
    .worst_age_o      ()
  );

  // Each side drives its own events and leaves the others 0.
  assign event_o = data_event | sched_event;

  // The scheduler is quiet when DRAM is; reads are then still on their way through the PHY (24 CK at most), as are the answers
  // to writes (less).
  localparam int unsigned SettleCycles = 16;
  localparam int unsigned SettleBits   = $clog2(SettleCycles + 1);
  logic [SettleBits-1:0] settle_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                settle_q <= '0;
    else if (!sched_quiet)      settle_q <= SettleBits'(SettleCycles);
    else if (settle_q != '0)    settle_q <= settle_q - 1'b1;
  end
  assign quiet_o = sched_quiet && settle_q == '0;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  events_have_one_owner:
    assert property (@(posedge clk_i) disable iff (in_reset) (data_event & sched_event) == '0);
  one_issue_per_column_command:
    assert property (@(posedge clk_i) disable iff (in_reset) (rd_issue ^ wr_issue) == (col_o.op != ColNop));
`endif

endmodule
