// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Both schedulers of a channel and the row bus arbiter between them, with structs as plain vectors. Index 0 and 1 are the
// pseudo-channels. Refresh requests come from the ports, or from the refresh managers while manage_i is high.

module hbm_sched_tb
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Sids     = 2,
  parameter int unsigned RdqDepth = 64,
  parameter int unsigned WrqDepth = 64,
  localparam int unsigned Banks = 16 * Sids
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  logic [$bits(timing_t)-1:0]     timing_i,
  input  logic [$bits(sched_cfg_t)-1:0]  cfg_i,
  input  logic [$bits(dfi_row_t)-1:0]    ctl_row_i,
  input  logic [1:0]                     stop_i,
  input  logic [1:0]                     close_i,
  input  logic [1:0]                     flush_i,
  input  logic [1:0]                     clear_i,
  output logic [1:0]                     quiet_o,

  input  logic [1:0]                     rd_push_i,
  input  logic [1:0][31:0]               rd_addr_i,
  input  logic [1:0][15:0]               rd_tag_i,
  output logic [1:0]                     rd_full_o,
  input  logic [1:0]                     wr_push_i,
  input  logic [1:0][31:0]               wr_addr_i,
  input  logic [1:0]                     wr_hold_i,
  output logic [1:0]                     wr_full_o,
  output logic [1:0][7:0]                wr_slot_o,
  input  logic [1:0]                     wr_release_i,
  input  logic [1:0][7:0]                wr_release_slot_i,
  input  logic [1:0]                     wr_drop_i,
  input  logic [1:0][7:0]                wr_drop_slot_i,
  input  logic [1:0]                     wr_retire_i,
  input  logic [1:0][7:0]                wr_retire_slot_i,
  input  logic [1:0]                     wr_retry_i,
  input  logic [1:0][7:0]                wr_retry_slot_i,
  input  logic [1:0][1:0][31:0]          probe_addr_i,
  output logic [1:0][1:0]                probe_rd_o,
  output logic [1:0][1:0]                probe_wr_o,
  input  logic [1:0]                     drain_i,

  output logic [1:0][31:0]               col_o,
  output logic [1:0]                     rd_issue_o,
  output logic [1:0][15:0]               rd_issue_tag_o,
  output logic [1:0][31:0]               rd_issue_addr_o,
  output logic [1:0]                     wr_issue_o,
  output logic [1:0][7:0]                wr_issue_slot_o,
  output logic [3:0][31:0]               row_o,        // In time order

  input  logic                           manage_i,
  input  logic [$bits(ref_cfg_t)-1:0]    ref_cfg_i,
  input  logic [1:0][15:0]               ref_req_i,
  output logic [1:0]                     ref_gnt_o,
  output logic [1:0][63:0]               bank_busy_o,
  output logic [1:0][63:0]               bank_open_o,
  input  logic [1:0][63:0]               act_block_i,
  output logic [1:0]                     act_o,
  output logic [1:0][7:0]                act_bank_o,
  output logic [1:0]                     col_used_o,
  output logic [1:0][7:0]                col_bank_o,

  output logic [1:0][3:0]                bucket_o,
  output logic [1:0][15:0]               event_o,
  output logic [1:0][7:0]                rd_used_o,
  output logic [1:0][7:0]                wr_used_o,
  output logic [1:0][7:0]                rd_waiting_o,
  output logic [1:0][7:0]                wr_waiting_o,
  output logic [1:0][15:0]               worst_age_o
);

  row_req_t [1:0] row_a, row_b;
  logic     [1:0] a_gnt, b_gnt;
  logic           late;

  for (genvar p = 0; p < 2; p++) begin : gen_pc
    daddr_t [1:0] probe_addr;
    rd_tag_t      tag;
    daddr_t       addr;
    dfi_col_t     col;
    bank_t        act_bank, col_bank;
    bucket_e      bucket;
    pc_event_t    events;
    logic [Banks-1:0]    busy, open;
    logic [SlotBits-1:0] slot, issue_slot;
    assign probe_addr         = {daddr_t'(probe_addr_i[p][1]), daddr_t'(probe_addr_i[p][0])};
    assign rd_issue_tag_o[p]  = 16'(tag);
    assign rd_issue_addr_o[p] = 32'(addr);
    assign col_o[p]           = 32'(col);
    assign act_bank_o[p]      = 8'(act_bank);
    assign col_bank_o[p]      = 8'(col_bank);
    assign bucket_o[p]        = 4'(bucket);
    assign event_o[p]         = 16'(events);
    assign bank_busy_o[p]     = 64'(busy);
    assign bank_open_o[p]     = 64'(open);
    assign wr_slot_o[p]       = 8'(slot);
    assign wr_issue_slot_o[p] = 8'(issue_slot);
    assign rd_used_o[p][7]    = 1'b0;
    assign wr_used_o[p][7]    = 1'b0;
    assign rd_waiting_o[p][7] = 1'b0;
    assign wr_waiting_o[p][7] = 1'b0;
    timing_t          timing;
    ref_req_t         ref_req, managed;
    logic [Banks-1:0] act_block, managed_block;
    logic             managed_gnt;
    logic signed [11:0] unused_debt;
    assign timing      = timing_t'(timing_i);
    assign ref_req     = manage_i ? managed : ref_req_t'(ref_req_i[p]);
    assign act_block   = manage_i ? managed_block : act_block_i[p][Banks-1:0];
    assign managed_gnt = manage_i && ref_gnt_o[p];
    tessera_hbm_refresh #(
      .Sids(Sids)
    ) u_refresh (
      .clk_i,
      .rst_ni,
      .clear_i    (clear_i[p]),
      .enable_i   (manage_i),
      .refi_i     (timing.refi),
      .cfg_i      (ref_cfg_t'(ref_cfg_i)),
      .temp_i     (3'b011),
      .debt_o     (unused_debt),
      .busy_i     (busy),
      .act_i      (act_o[p]),
      .act_bank_i (act_bank),
      .col_i      (col_used_o[p]),
      .col_bank_i (col_bank),
      .act_block_o(managed_block),
      .ref_req_o  (managed),
      .ref_gnt_i  (managed_gnt)
    );
    tessera_hbm_sched #(
      .PcIndex (p),
      .Sids    (Sids),
      .RowBits (14),
      .RdqDepth(RdqDepth),
      .WrqDepth(WrqDepth)
    ) u_sched (
      .clk_i,
      .rst_ni,
      .timing_i         (timing),
      .cfg_i            (sched_cfg_t'(cfg_i)),
      .stop_i           (stop_i[p]),
      .close_i          (close_i[p]),
      .flush_i          (flush_i[p]),
      .clear_i          (clear_i[p]),
      .quiet_o          (quiet_o[p]),
      .rd_push_i        (rd_push_i[p]),
      .rd_addr_i        (daddr_t'(rd_addr_i[p])),
      .rd_tag_i         (rd_tag_t'(rd_tag_i[p])),
      .rd_full_o        (rd_full_o[p]),
      .wr_push_i        (wr_push_i[p]),
      .wr_addr_i        (daddr_t'(wr_addr_i[p])),
      .wr_hold_i        (wr_hold_i[p]),
      .wr_full_o        (wr_full_o[p]),
      .wr_slot_o        (slot),
      .wr_release_i     (wr_release_i[p]),
      .wr_release_slot_i(SlotBits'(wr_release_slot_i[p])),
      .wr_drop_i        (wr_drop_i[p]),
      .wr_drop_slot_i   (SlotBits'(wr_drop_slot_i[p])),
      .wr_retire_i      (wr_retire_i[p]),
      .wr_retire_slot_i (SlotBits'(wr_retire_slot_i[p])),
      .wr_retry_i       (wr_retry_i[p]),
      .wr_retry_slot_i  (SlotBits'(wr_retry_slot_i[p])),
      .probe_addr_i     (probe_addr),
      .probe_rd_o       (probe_rd_o[p]),
      .probe_wr_o       (probe_wr_o[p]),
      .drain_i          (drain_i[p]),
      .col_o            (col),
      .rd_issue_o       (rd_issue_o[p]),
      .rd_issue_tag_o   (tag),
      .rd_issue_addr_o  (addr),
      .wr_issue_o       (wr_issue_o[p]),
      .wr_issue_slot_o  (issue_slot),
      .row_a_o          (row_a[p]),
      .row_a_gnt_i      (a_gnt[p]),
      .row_b_o          (row_b[p]),
      .row_b_gnt_i      (b_gnt[p]),
      .row_b_late_i     (late),
      .ref_req_i        (ref_req),
      .ref_gnt_o        (ref_gnt_o[p]),
      .bank_busy_o      (busy),
      .bank_open_o      (open),
      .act_block_i      (act_block),
      .act_o            (act_o[p]),
      .act_bank_o       (act_bank),
      .col_used_o       (col_used_o[p]),
      .col_bank_o       (col_bank),
      .bucket_o         (bucket),
      .event_o          (events),
      .rd_used_o        (rd_used_o[p][6:0]),
      .wr_used_o        (wr_used_o[p][6:0]),
      .rd_waiting_o     (rd_waiting_o[p][6:0]),
      .wr_waiting_o     (wr_waiting_o[p][6:0]),
      .worst_age_o      (worst_age_o[p])
    );
  end

  dfi_row_t [1:0][1:0] row;
  tessera_hbm_row_arb u_row_arb (
    .clk_i,
    .rst_ni,
    .row_a_i     (row_a),
    .row_a_gnt_o (a_gnt),
    .row_b_i     (row_b),
    .row_b_gnt_o (b_gnt),
    .row_b_late_o(late),
    .ctl_row_i   (dfi_row_t'(ctl_row_i)),
    .row_o       (row)
  );
  assign row_o = {32'(row[1][1]), 32'(row[1][0]), 32'(row[0][1]), 32'(row[0][0])};

  // Wide plain ports hold a few bits more than the structs.
  logic unused;
  assign unused = ^{rd_addr_i, rd_tag_i, wr_addr_i, wr_release_slot_i, wr_drop_slot_i, wr_retire_slot_i, wr_retry_slot_i,
                    probe_addr_i, ref_req_i, act_block_i};

endmodule
