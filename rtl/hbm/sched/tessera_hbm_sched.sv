// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Scheduler of one pseudo-channel: holds its requests and decides every command of it, one cycle before it is on DFI.
//
//   Handshake   Pushes only while not full. Row candidates are legal in this cycle if granted in this cycle; a candidate
//               that is not granted may change. ref_req_i stays until ref_gnt_o or is withdrawn.
//   Latency     Push to col_o, row open and bus free: 2 cycles. Push to ACT on DFI, bank closed: 2 cycles.
//   Throughput  1 column command per cycle, 1 ACT or refresh and 1 PRE per cycle as far as the timings allow.
//   Reset       Empty queues, banks closed, nothing leaves.
//
// Policy: docs/hbm/theory.md, "Scheduling". A request "goes first" once it is past the age limit or a read head waits for
// it: its bank serves no row but its own, it wins every pick, and once its row is open the column bus waits for it.

module tessera_hbm_sched
  import tessera_hbm_pkg::timing_t, tessera_hbm_pkg::daddr_t, tessera_hbm_pkg::bank_t, tessera_hbm_pkg::row_t;
  import tessera_hbm_pkg::dfi_col_t;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned PcIndex  = 0,
  parameter int unsigned Sids     = 2,
  parameter int unsigned RowBits  = 14,
  parameter int unsigned RdqDepth = 64,
  parameter int unsigned WrqDepth = 64,
  parameter int unsigned MaxWait  = 24576,  // Asserted bound of a request's wait, in cycles, while there is an age limit
  localparam int unsigned Banks = 16 * Sids
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  // Control. timing_i may change only after reset, before any command, and while quiet_o; cfg_i at any time.
  input  timing_t             timing_i,
  input  sched_cfg_t          cfg_i,
  input  logic                stop_i,     // No command leaves
  input  logic                close_i,    // Only precharges leave
  input  logic                flush_i,    // Forget every request; no command leaves
  input  logic                clear_i,    // The device is in reset: all banks are closed. Only with stop_i
  output logic                quiet_o,    // stop_i or close_i, and control's own commands may follow

  // Requests. A slot is valid in the cycle of the push. One pulse each per cycle; contracts in tessera_hbm_cmdq.
  input  logic                rd_push_i,
  input  daddr_t              rd_addr_i,
  input  rd_tag_t             rd_tag_i,
  output logic                rd_full_o,
  input  logic                wr_push_i,
  input  daddr_t              wr_addr_i,
  input  logic                wr_hold_i,
  output logic                wr_full_o,
  output logic [SlotBits-1:0] wr_slot_o,
  input  logic                wr_release_i,
  input  logic [SlotBits-1:0] wr_release_slot_i,
  input  logic                wr_drop_i,
  input  logic [SlotBits-1:0] wr_drop_slot_i,
  input  logic                wr_retire_i,
  input  logic [SlotBits-1:0] wr_retire_slot_i,
  input  logic                wr_retry_i,
  input  logic [SlotBits-1:0] wr_retry_slot_i,
  input  daddr_t [1:0]        probe_addr_i,  // 0: read head, 1: write head
  output logic   [1:0]        probe_rd_o,
  output logic   [1:0]        probe_wr_o,
  input  logic                drain_i,       // The read head waits for the write that probe 0 finds

  // Data: col_o is on DFI in this cycle, phase PcIndex; one of the two is high with it
  output dfi_col_t            col_o,
  output logic                rd_issue_o,
  output rd_tag_t             rd_issue_tag_o,
  output daddr_t              rd_issue_addr_o,
  output logic                wr_issue_o,
  output logic [SlotBits-1:0] wr_issue_slot_o,

  // Row bus arbiter
  output row_req_t            row_a_o,       // ACT, REF, RFM
  input  logic                row_a_gnt_i,
  output row_req_t            row_b_o,       // PRE
  input  logic                row_b_gnt_i,
  input  logic                row_b_late_i,  // PRE, if granted, goes to slot 3

  // Refresh manager
  input  ref_req_t            ref_req_i,
  output logic                ref_gnt_o,     // The refresh goes out
  input  logic [Banks-1:0]    act_block_i,   // Not to be activated
  output logic [Banks-1:0]    bank_busy_o,   // A request for the bank is in a queue, not issued
  output logic [Banks-1:0]    bank_open_o,
  output logic                act_o,         // An ACT is on DFI
  output bank_t               act_bank_o,
  output logic                col_used_o,    // A column command is on DFI
  output bank_t               col_bank_o,

  // Counters: what the cycle before did
  output bucket_e             bucket_o,
  output pc_event_t           event_o,       // The scheduler's fields; the others are 0
  output logic [6:0]          rd_used_o,     // Entries of the queues
  output logic [6:0]          wr_used_o,
  output logic [6:0]          rd_waiting_o,  // Of these, schedulable
  output logic [6:0]          wr_waiting_o,
  output logic [15:0]         worst_age_o    // Longest wait of an issued request since reset, in cycles not stopped
);

  if (RowBits < 1 || RowBits > $bits(row_t)) begin : gen_bad_row_bits
    $error("tessera_hbm_sched: RowBits must be 1 to 15");
  end

  localparam int unsigned IdxBits = $clog2(Banks);
  typedef logic [Banks-1:0]   banks_t;
  typedef logic [IdxBits-1:0] idx_t;
  logic halt, no_req, load;  // Nothing leaves; nothing but precharges; new timings are taken
  assign halt   = stop_i || flush_i;
  assign no_req = halt || close_i;
  assign load   = stop_i || close_i;

  // Commands decided in this cycle
  logic rd_go, wr_go, col_go, auto_pre, act_go, refpb_go, refab_go, prepb_go, preab_go, conflict;
  idx_t col_idx, act_idx, ref_idx, pre_idx;
  assign col_go  = rd_go || wr_go;
  assign ref_idx = idx_t'(ref_req_i.bank);

  banks_t rd_ripe, wr_ripe, ccd_ok, rd_turn_ok, act_ok, bank_ok, ref_ok, pre_ok, open;
  logic   wr_turn_ok, faw_ok, closing, calm;
  tessera_hbm_pc_timing #(
    .PcIndex(PcIndex),
    .Sids   (Sids)
  ) u_pc_timing (
    .clk_i,
    .rst_ni,
    .timing_i,
    .load_i      (load),
    .clear_i,
    .rd_i        (rd_go),
    .wr_i        (wr_go),
    .auto_i      (auto_pre),
    .col_bank_i  (col_idx),
    .act_i       (act_go),
    .act_bank_i  (act_idx),
    .refpb_i     (refpb_go),
    .ref_bank_i  (ref_idx),
    .refab_i     (refab_go),
    .prepb_i     (prepb_go),
    .pre_bank_i  (pre_idx),
    .preab_i     (preab_go),
    .pre_late_i  (row_b_late_i),
    .rd_ripe_o   (rd_ripe),
    .wr_ripe_o   (wr_ripe),
    .ccd_ok_o    (ccd_ok),
    .rd_turn_ok_o(rd_turn_ok),
    .wr_turn_ok_o(wr_turn_ok),
    .act_ok_o    (act_ok),
    .faw_ok_o    (faw_ok),
    .bank_ok_o   (bank_ok),
    .ref_ok_o    (ref_ok),
    .pre_ok_o    (pre_ok),
    .open_o      (open),
    .closing_o   (closing),
    .calm_o      (calm)
  );

  // Queues; index 0 is reads, 1 is writes
  logic   [1:0]            first, first_hit, col_pick, act_pick, pre_pick, born_hit;
  daddr_t [1:0]            pick_addr;
  logic   [1:0][Banks-1:0] any, hit, many, miss, col_banks, act_banks, pre_banks;
  logic   [1:0][IdxBits-1:0] first_bank;
  logic   [1:0][6:0]       waiting;
  logic   [1:0][15:0]      age;
  bank_t  [1:0]            act_pick_bank, pre_pick_bank;
  row_t   [1:0]            act_pick_row;
  rd_tag_t                 rd_tag;
  logic   [SlotBits-1:0]   wr_slot;
  row_t                    act_row;
  logic                    col_first, write, all_close;
  assign all_close = preab_go || clear_i;
  tessera_hbm_queues #(
    .Banks   (Banks),
    .RowBits (RowBits),
    .RdqDepth(RdqDepth),
    .WrqDepth(WrqDepth),
    .MaxWait (MaxWait)
  ) u_queues (
    .clk_i,
    .rst_ni,
    .flush_i,
    .frozen_i      (no_req),
    .age_limit_i   (cfg_i.age_limit),
    .rd_push_i,
    .rd_addr_i,
    .rd_tag_i,
    .rd_full_o,
    .wr_push_i,
    .wr_addr_i,
    .wr_hold_i,
    .wr_full_o,
    .wr_slot_o,
    .wr_release_i,
    .wr_release_slot_i,
    .wr_drop_i,
    .wr_drop_slot_i,
    .wr_retire_i,
    .wr_retire_slot_i,
    .wr_retry_i,
    .wr_retry_slot_i,
    .probe_addr_i,
    .probe_rd_o,
    .probe_wr_o,
    .drain_i,
    .open_i        (open),
    .act_i         (act_go),
    .act_bank_i    (act_idx),
    .act_row_i     (act_row),
    .pre_i         (prepb_go),
    .pre_bank_i    (pre_idx),
    .pre_all_i     (all_close),
    .auto_i        (auto_pre),
    .auto_bank_i   (col_idx),
    .any_o         (any),
    .hit_o         (hit),
    .many_i        (cfg_i.auto_pre),
    .many_o        (many),
    .miss_o        (miss),
    .busy_o        (bank_busy_o),
    .waiting_o     (waiting),
    .rd_used_o,
    .wr_used_o,
    .first_o       (first),
    .first_hit_o   (first_hit),
    .first_bank_o  (first_bank),
    .col_banks_i   (col_banks),
    .col_first_i   (col_first),
    .col_o         (col_pick),
    .col_addr_o    (pick_addr),
    .col_born_hit_o(born_hit),
    .col_age_o     (age),
    .rd_tag_o      (rd_tag),
    .wr_col_slot_o (wr_slot),
    .act_banks_i   (act_banks),
    .act_o         (act_pick),
    .act_bank_o    (act_pick_bank),
    .act_row_o     (act_pick_row),
    .pre_banks_i   (pre_banks),
    .pre_o         (pre_pick),
    .pre_bank_o    (pre_pick_bank)
  );
  assign {wr_waiting_o, rd_waiting_o} = waiting;
  assign bank_open_o  = open;

  logic   ref_now, ref_pre, pre_all, hit_turns, hit_waits;
  banks_t blocked, idle_pre;
  tessera_hbm_policy #(
    .Banks(Banks)
  ) u_policy (
    .clk_i,
    .rst_ni,
    .hit_cap_i   (cfg_i.hit_cap),
    .wr_high_i   (cfg_i.wr_high),
    .wr_low_i    (cfg_i.wr_low),
    .wr_idle_i   (cfg_i.wr_idle),
    .no_req_i    (no_req),
    .close_i,
    .halt_i      (halt),
    .waiting_i   (waiting),
    .any_i       (any),
    .hit_i       (hit),
    .miss_i      (miss),
    .first_i     (first),
    .first_hit_i (first_hit),
    .first_bank_i(first_bank),
    .rd_ripe_i   (rd_ripe),
    .wr_ripe_i   (wr_ripe),
    .ccd_ok_i    (ccd_ok),
    .rd_turn_ok_i(rd_turn_ok),
    .wr_turn_ok_i(wr_turn_ok),
    .act_ok_i    (act_ok),
    .faw_ok_i    (faw_ok),
    .bank_ok_i   (bank_ok),
    .ref_ok_i    (ref_ok),
    .pre_ok_i    (pre_ok),
    .open_i      (open),
    .closing_i   (closing),
    .col_go_i    (col_go),
    .col_bank_i  (col_idx),
    .act_go_i    (act_go),
    .act_bank_i  (act_idx),
    .ref_req_i,
    .act_block_i,
    .write_o     (write),
    .col_o       (col_banks),
    .col_first_o (col_first),
    .act_o       (act_banks),
    .pre_o       (pre_banks),
    .idle_pre_o  (idle_pre),
    .ref_o       (ref_now),
    .ref_pre_o   (ref_pre),
    .pre_all_o   (pre_all),
    .blocked_o   (blocked),
    .hit_turns_o (hit_turns),
    .hit_waits_o (hit_waits)
  );

  tessera_hbm_issue #(
    .PcIndex(PcIndex),
    .Banks  (Banks)
  ) u_issue (
    .clk_i,
    .rst_ni,
    .write_i   (write),
    .col_i     (col_pick),
    .col_addr_i(pick_addr),
    .rd_tag_i  (rd_tag),
    .wr_slot_i (wr_slot),
    .auto_pre_i(cfg_i.auto_pre),
    .hit_i     (hit),
    .many_i    (many),
    .act_i     (act_pick),
    .act_bank_i(act_pick_bank),
    .act_row_i (act_pick_row),
    .pre_i     (pre_pick),
    .pre_bank_i(pre_pick_bank),
    .idle_pre_i(idle_pre),
    .ref_req_i,
    .ref_i     (ref_now),
    .ref_pre_i (ref_pre),
    .pre_all_i (pre_all),
    .rd_go_o   (rd_go),
    .wr_go_o   (wr_go),
    .auto_go_o (auto_pre),
    .col_idx_o (col_idx),
    .act_go_o  (act_go),
    .act_idx_o (act_idx),
    .act_row_o (act_row),
    .refpb_go_o(refpb_go),
    .refab_go_o(refab_go),
    .prepb_go_o(prepb_go),
    .pre_idx_o (pre_idx),
    .preab_go_o(preab_go),
    .conflict_o(conflict),
    .row_a_o,
    .row_a_gnt_i,
    .row_b_o,
    .row_b_gnt_i,
    .col_o,
    .rd_issue_o,
    .rd_issue_tag_o,
    .rd_issue_addr_o,
    .wr_issue_o,
    .wr_issue_slot_o,
    .act_o,
    .act_bank_o
  );
  assign ref_gnt_o  = refpb_go || refab_go;
  assign col_used_o = rd_issue_o || wr_issue_o;
  assign col_bank_o = col_o.bank;

  // Quiet: nothing leaves and the timings of whatever left have run out.
  logic quiet_d, quiet_q;
  assign quiet_d = no_req && calm;
  assign quiet_o = quiet_q && load;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) quiet_q <= 1'b0;
    else         quiet_q <= quiet_d;
  end
  tessera_hbm_sched_events #(
    .Banks(Banks)
  ) u_events (
    .clk_i,
    .rst_ni,
    .stop_i       (no_req),
    .rd_i         (rd_go),
    .wr_i         (wr_go),
    .born_hit_i   (born_hit[write]),
    .age_i        (age[write]),
    .act_i        (act_go),
    .act_bank_i   (act_idx),
    .pre_i        (prepb_go),
    .pre_bank_i   (pre_idx),
    .conflict_i   (conflict),
    .refpb_i      (refpb_go),
    .ref_bank_i   (ref_idx),
    .refab_i      (refab_go),
    .ref_op_i     (ref_req_i.op),
    .act_ok_i     (act_ok),
    .any_i        (any[write]),
    .blocked_i    (blocked),
    .hit_turns_i  (hit_turns),
    .hit_waits_i  (hit_waits),
    .bucket_o,
    .event_o,
    .worst_age_o
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_nothing_leaves_when_stopped : assert property (@(posedge clk_i) disable iff (in_reset)
      halt |-> !row_a_o.valid && !row_b_o.valid && !col_go);
  a_only_precharge_when_closing : assert property (@(posedge clk_i) disable iff (in_reset)
      close_i |-> !row_a_o.valid && !col_go);
  a_device_reset_only_stopped   : assert property (@(posedge clk_i) disable iff (in_reset)
      clear_i |-> stop_i);
  a_timing_changes_only_if_calm : assert property (@(posedge clk_i) disable iff (in_reset)
      $stable(timing_i) || calm);
`endif

endmodule
