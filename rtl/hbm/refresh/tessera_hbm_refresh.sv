// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Refresh manager of one pseudo-channel: decides which bank is refreshed when, so that it hurts least and is never too late.
//
// Five reasons, the first that holds makes the request:
//   1 late    debt or the oldest bank's wait >= 7 tREFI (mode 1: debt >= force_refi)      REFab, urgent
//   2 pressed debt >= force_refi, or the oldest bank's wait >= 6 tREFI                     REFpb, urgent; a bank without requests if any
//   3 hot     a bank's activations near RAAMMT                                             RFMpb (mode 1: RFMab), urgent
//   4 hidden  something is owed, or the pseudo-channel idles and pull-in is allowed         REFpb of a bank without requests
//   5 due     activations >= RAAIMT                                                        RFMpb of a bank without requests
// Refresh goes before RFM because an exhausted bank can be kept from activation, and time cannot.
//
//   Handshake   ref_req_o stands until ref_gnt_i pulses (the command went out in this cycle). An urgent one stays as it is. One that is
//               not urgent is withdrawn when its bank gets a request, turns urgent, or gives way to reasons 1 to 3.
//   Latency     A reason shows in ref_req_o 1 cycle later. After a grant or a withdrawal the next request comes 2 cycles later.
//   Throughput  A refresh every 2 cycles; tRREFD allows fewer.
//   Reset       No request, nothing owed; the same while enable_i is low, but activations stay counted. clear_i: all as after reset.

module tessera_hbm_refresh
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned  Sids     = 2,          // 1, 2 or 4
  localparam int unsigned Banks    = 16 * Sids,  // Numbered {sid, bg, ba}
  localparam int unsigned DebtBits = 12
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // Control
  input  logic                       clear_i,    // The device is in reset. Until the next ACT or refresh nothing is stored, nothing owed
  input  logic                       enable_i,   // Low: the device is not up yet, or refreshes itself
  input  logic [13:0]                refi_i,     // timing_t.refi; changes only while enable_i is low
  input  ref_cfg_t                   cfg_i,
  input  logic [2:0]                 temp_i,     // The device's TEMP, Gray code; an unknown one counts as the fastest
  output logic signed [DebtBits-1:0] debt_o,     // Bank refreshes owed - done

  // Scheduler: what the banks do
  input  logic [Banks-1:0]           busy_i,     // A request is queued for the bank
  input  logic                       act_i,      // ACT went out
  input  bank_t                      act_bank_i,
  input  logic                       col_i,      // A column command went out
  input  bank_t                      col_bank_i,
  output logic [Banks-1:0]           act_block_o, // Must not be activated: its activations are used up; an RFM is on its way

  // Scheduler: what is wanted
  output ref_req_t                   ref_req_o,
  input  logic                       ref_gnt_i   // Only while ref_req_o.valid
);

  if (Sids != 1 && Sids != 2 && Sids != 4) begin : gen_bad_sids
    $error("tessera_hbm_refresh: Sids must be 1, 2 or 4: thresholds are shifts");
  end

  localparam int unsigned Idx   = $clog2(Banks);
  localparam int unsigned Quiet = 64;  // Cycles without any request from which the pseudo-channel counts as idle
  // A few bank refreshes less are pulled in than the rule allows: pins see a start of counting or a new TEMP a few cycles apart.
  localparam int unsigned PullMargin = 4;

  typedef logic signed [DebtBits-1:0] debt_t;
  typedef logic [Idx-1:0]             idx_t;

  // Bookkeeping of what went out
  ref_req_t         req_d, req_q;
  logic [Banks-1:0] missing_q, granted;  // missing_q: not refreshed in this set; never empty
  logic             did_pb, did_ab, did_rfm_pb, did_rfm_ab, pb_first, pb_last, pb_or_rfm, all_banks;
  idx_t             req_idx, act_idx, col_idx;
  debt_t            debt;
  logic [DebtBits-1:0] oldest;

  assign req_idx    = req_q.bank[Idx-1:0];
  assign act_idx    = act_bank_i[Idx-1:0];
  assign col_idx    = col_bank_i[Idx-1:0];
  assign did_pb     = ref_gnt_i && req_q.op == RowRefPb;
  assign did_ab     = ref_gnt_i && req_q.op == RowRefAb;
  assign did_rfm_pb = ref_gnt_i && req_q.op == RowRfmPb;
  assign did_rfm_ab = ref_gnt_i && req_q.op == RowRfmAb;
  assign granted    = Banks'(1) << req_idx;
  assign pb_first   = &missing_q;
  assign pb_last    = missing_q == granted;
  assign pb_or_rfm  = did_pb || did_rfm_pb;
  assign all_banks  = did_ab || did_rfm_ab;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) missing_q <= '1;
    else if (!enable_i || did_ab || (did_pb && pb_last)) missing_q <= '1;
    else if (did_pb) missing_q <= missing_q & ~granted;
  end

  // Something may be stored; self-refresh counts as storing.
  logic run_q, enable_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q    <= 1'b0;
      enable_q <= 1'b0;
    end else begin
      enable_q <= enable_i;
      if (clear_i) run_q <= 1'b0;
      else if (act_i || ref_gnt_i || (enable_q && !enable_i)) run_q <= 1'b1;
    end
  end

  tessera_hbm_ref_debt #(
    .Banks(Banks)
  ) u_debt (
    .clk_i,
    .rst_ni,
    .enable_i,
    .run_i     (run_q),
    .refi_i,
    .temp_i,
    .pb_i      (did_pb),
    .pb_first_i(pb_first),
    .pb_last_i (pb_last),
    .ab_i      (did_ab),
    .debt_o    (debt),
    .oldest_o  (oldest)
  );

  logic [Banks-1:0] due, hot;
  tessera_hbm_raa #(
    .Banks(Banks)
  ) u_raa (
    .clk_i,
    .rst_ni,
    .clear_i,
    .raaimt_i   (cfg_i.raaimt),
    .raammt_i   (cfg_i.raammt),
    .act_i,
    .act_bank_i (act_idx),
    .take_i     (pb_or_rfm),
    .take_bank_i(req_idx),
    .take_all_i (all_banks),
    .due_o      (due),
    .hot_o      (hot),
    .block_o    (act_block_o)
  );

  logic             ask;
  logic [Banks-1:0] candidates;
  idx_t             picked;
  tessera_hbm_ref_pick #(
    .Banks(Banks)
  ) u_pick (
    .clk_i,
    .rst_ni,
    .use_i      (col_i),
    .use_bank_i (col_idx),
    .done_i     (pb_or_rfm),
    .done_bank_i(req_idx),
    .ask_i      (ask),
    .set_i      (candidates),
    .bank_o     (picked)
  );

  // Idle: no request at all for a while. A pull-in in a short gap would delay the next request.
  logic [$clog2(Quiet+1)-1:0] quiet_q;
  logic                       any_busy, idle;
  assign any_busy = busy_i != '0;
  assign idle     = quiet_q == ($bits(quiet_q))'(Quiet) && !any_busy;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) quiet_q <= '0;
    else if (any_busy) quiet_q <= '0;
    else if (!idle) quiet_q <= quiet_q + 1'b1;
  end

  // Reasons. Debts are compared in banks.
  typedef enum logic [1:0] {
    ModeBoth = 2'd0,
    ModeAll  = 2'd1,
    ModeBank = 2'd2,
    ModeOff  = 2'd3
  } mode_e;

  logic  late, is_hot, pressed, hidden, hidden_ab, is_due, urgent_reason, may_pull, may_pull_ab;
  debt_t force_from, pull_limit;
  logic [Banks-1:0] hidden_set, due_set;

  assign force_from  = debt_t'({cfg_i.force_refi, {Idx{1'b0}}});
  assign pull_limit  = debt_t'(PullMargin) - debt_t'({cfg_i.pull_in, {Idx{1'b0}}});
  assign may_pull    = idle && cfg_i.pull_in != '0 && debt > pull_limit;
  assign may_pull_ab = idle && debt >= debt_t'(Banks) + pull_limit && cfg_i.pull_in != '0;
  assign hidden_set  = missing_q & ~busy_i;
  assign due_set     = due & ~busy_i;

  always_comb begin
    late      = 1'b0;
    pressed   = 1'b0;
    hidden    = 1'b0;
    hidden_ab = 1'b0;
    case (cfg_i.mode)
      ModeBoth: late = debt >= debt_t'(7 * Banks) || oldest >= DebtBits'(7 * Banks);
      ModeAll:  late = debt >= force_from || oldest >= DebtBits'(7 * Banks);
      default:  late = 1'b0;
    endcase
    if (cfg_i.mode == ModeBoth || cfg_i.mode == ModeBank) begin
      pressed = debt >= force_from || oldest >= DebtBits'(6 * Banks);
      hidden  = (debt > debt_t'(0) || may_pull) && hidden_set != '0;
    end
    if (cfg_i.mode == ModeAll) hidden_ab = !any_busy && (debt >= debt_t'(Banks) || may_pull_ab);
    is_hot = hot != '0;
    is_due = cfg_i.mode == ModeAll ? due != '0 && !any_busy : due_set != '0;
  end
  assign urgent_reason = late || is_hot || pressed;

  // Picking a bank is work: only in the cycle that makes the request.
  logic choose;
  assign choose     = enable_i && !req_q.valid;
  assign candidates = hidden_set != '0 ? hidden_set : missing_q;
  assign ask        = choose && !late && (pressed || (hidden && !is_hot));

  // The lowest of a set, for RFM: fairness comes from the counts.
  logic [Banks-1:0] rfm_set, rfm_one;
  idx_t             rfm_idx;
  assign rfm_set = is_hot ? hot : due_set;
  assign rfm_one = rfm_set & (~rfm_set + Banks'(1));
  always_comb begin
    rfm_idx = '0;
    if (choose && rfm_set != '0) begin
      for (int unsigned i = 0; i < Banks; i++) begin
        if (rfm_one[i]) rfm_idx = rfm_idx | idx_t'(i);
      end
    end
  end

  logic withdraw, no_longer;
  always_comb begin
    case (req_q.op)
      RowRefPb: no_longer = busy_i[req_idx] || !hidden;
      RowRfmPb: no_longer = busy_i[req_idx] || !due[req_idx];
      RowRefAb: no_longer = !hidden_ab;
      default:  no_longer = !is_due;
    endcase
  end
  assign withdraw = !req_q.urgent && (no_longer || urgent_reason);

  always_comb begin
    req_d = req_q;
    if (req_q.valid) begin
      if (ref_gnt_i) req_d.valid = 1'b0;
      else if (withdraw) begin
        // The bank may be half way to its refresh: keep it if any bank would do.
        if (pressed && !late && req_q.op == RowRefPb) req_d.urgent = 1'b1;
        else req_d.valid = 1'b0;
      end
    end else if (choose) begin
      req_d = '{valid: 1'b1, urgent: urgent_reason, op: RowRefPb, bank: bank_t'(picked)};
      if (late) req_d.op = RowRefAb;
      else if (pressed) req_d.op = RowRefPb;
      else if (is_hot) begin
        req_d.op   = cfg_i.mode == ModeAll ? RowRfmAb : RowRfmPb;
        req_d.bank = bank_t'(rfm_idx);
      end else if (hidden) req_d.op = RowRefPb;
      else if (hidden_ab) req_d.op = RowRefAb;
      else if (is_due) begin
        req_d.op   = cfg_i.mode == ModeAll ? RowRfmAb : RowRfmPb;
        req_d.bank = bank_t'(rfm_idx);
      end else req_d.valid = 1'b0;
    end
    if (!enable_i) req_d.valid = 1'b0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) req_q <= '{valid: 1'b0, urgent: 1'b0, op: RowRefPb, bank: '0};
    else if (req_q.valid || choose) req_q <= req_d;
  end

  assign ref_req_o = req_q;
  assign debt_o    = debt;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_grant_without_a_request : assert property (@(posedge clk_i) disable iff (in_reset) ref_gnt_i |-> req_q.valid);
  a_urgent_request_stays : assert property (@(posedge clk_i) disable iff (in_reset)
      req_q.valid && req_q.urgent && !ref_gnt_i && enable_i |=> $stable(req_q));
  a_same_request_until_granted : assert property (@(posedge clk_i) disable iff (in_reset)
      req_q.valid && !ref_gnt_i |=> !req_q.valid || ($stable(req_q.op) && $stable(req_q.bank)));
  a_no_bank_twice_in_a_set : assert property (@(posedge clk_i) disable iff (in_reset)
      did_pb && enable_i |-> missing_q[req_idx]);
  a_activated_bank_exists : assert property (@(posedge clk_i) disable iff (in_reset)
      act_i |-> 32'(act_bank_i) < Banks);
  a_used_bank_exists : assert property (@(posedge clk_i) disable iff (in_reset)
      col_i |-> 32'(col_bank_i) < Banks);
  a_no_refresh_without_a_device : assert property (@(posedge clk_i) disable iff (in_reset) clear_i |-> !enable_i);
  a_set_is_never_empty : assert property (@(posedge clk_i) disable iff (in_reset) missing_q != '0);
`endif

endmodule
