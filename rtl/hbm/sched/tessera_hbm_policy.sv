// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Which banks each pick of this cycle may choose from, and what refresh or closing wants: what is wanted, met with what is
// legal.
//
//   Latency     None, from vectors that follow registers; only the row-hit cap has state.
//   Reset       No bank is over the cap.
//
// A bank never gets a column command and a PRE in the same cycle: column commands need serve there, a PRE needs that it is
// not served (keep). That is what lets the picks run side by side.

module tessera_hbm_policy
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::ref_req_t, tessera_hbm_ctl_pkg::SlotBits;
#(
  parameter int unsigned Banks = 32,
  localparam int unsigned IdxBits = $clog2(Banks)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [5:0]         hit_cap_i,
  input  logic [6:0]         wr_high_i,
  input  logic [6:0]         wr_low_i,
  input  logic [9:0]         wr_idle_i,
  input  logic               no_req_i,      // Nothing for requests or refresh
  input  logic               close_i,       // Close every bank
  input  logic               halt_i,        // Nothing at all

  // Queues, [0] reads and [1] writes: waiting entries per bank, and the entry that goes first
  input  logic [1:0][SlotBits:0]  waiting_i,
  input  logic [1:0][Banks-1:0]   any_i,
  input  logic [1:0][Banks-1:0]   hit_i,
  input  logic [1:0][Banks-1:0]   miss_i,
  input  logic [1:0]              first_i,
  input  logic [1:0]              first_hit_i,
  input  logic [1:0][IdxBits-1:0] first_bank_i,

  // Timing
  input  logic [Banks-1:0]   rd_ripe_i,
  input  logic [Banks-1:0]   wr_ripe_i,
  input  logic [Banks-1:0]   ccd_ok_i,
  input  logic [Banks-1:0]   rd_turn_ok_i,
  input  logic               wr_turn_ok_i,
  input  logic [Banks-1:0]   act_ok_i,
  input  logic               faw_ok_i,
  input  logic [Banks-1:0]   bank_ok_i,
  input  logic [Banks-1:0]   ref_ok_i,
  input  logic [Banks-1:0]   pre_ok_i,
  input  logic [Banks-1:0]   open_i,
  input  logic               closing_i,

  // Commands that go out in this cycle
  input  logic               col_go_i,
  input  logic [IdxBits-1:0] col_bank_i,
  input  logic               act_go_i,
  input  logic [IdxBits-1:0] act_bank_i,

  // Refresh manager
  input  ref_req_t           ref_req_i,
  input  logic [Banks-1:0]   act_block_i,   // Not to be activated

  // Mode: 0 reads, 1 writes
  output logic               write_o,

  // Where the picks may look
  output logic [1:0][Banks-1:0] col_o,
  output logic               col_first_o,   // Only at the entry that goes first
  output logic [1:0][Banks-1:0] act_o,
  output logic [1:0][Banks-1:0] pre_o,
  output logic [Banks-1:0]   idle_pre_o,    // Open banks that nobody waits for, unused for 16 to 24 cycles

  // What refresh and closing want now, legal
  output logic               ref_o,
  output logic               ref_pre_o,     // PREpb of the bank that ref_req_i names
  output logic               pre_all_o,     // PREab

  // For the counters
  output logic [Banks-1:0]   blocked_o,     // Urgent refresh keeps requests out
  output logic               hit_turns_o,   // A row hit waits only for the turn of the bus
  output logic               hit_waits_o    // A row hit waits
);

  typedef logic [Banks-1:0] banks_t;

  logic write;
  tessera_hbm_mode u_mode (
    .clk_i,
    .rst_ni,
    .wr_high_i,
    .wr_low_i,
    .wr_idle_i,
    .rd_waiting_i(waiting_i[0]),
    .wr_waiting_i(waiting_i[1]),
    .rd_first_i  (first_i[0]),
    .wr_first_i  (first_i[1]),
    .col_i       (col_go_i),
    .write_o     (write)
  );
  assign write_o = write;

  // The mode's queue and the other one
  banks_t any, hit, miss, other_any, other_hit, ripe, turn_ok;
  logic   first, first_hit;
  logic [IdxBits-1:0] first_bank;
  assign any        = any_i[write];
  assign hit        = hit_i[write];
  assign miss       = miss_i[write];
  assign other_any  = any_i[!write];
  assign other_hit  = hit_i[!write];
  assign first      = first_i[write];
  assign first_hit  = first_hit_i[write];
  assign first_bank = first_bank_i[write];
  assign ripe       = write ? wr_ripe_i : rd_ripe_i;
  assign turn_ok    = write ? {Banks{wr_turn_ok_i}} : rd_turn_ok_i;

  // Refresh. An all-bank one that is not urgent waits until nobody waits.
  logic   ref_all, on_all, on_one, urgent_one;
  banks_t ref_1h, first_1h, wanted, blocked, spared;
  assign ref_all    = ref_req_i.op == RowRefAb || ref_req_i.op == RowRfmAb;
  assign ref_1h     = banks_t'(1) << IdxBits'(ref_req_i.bank);
  assign on_all     = ref_req_i.valid && ref_all && (ref_req_i.urgent || any_i == '0);
  assign on_one     = ref_req_i.valid && !ref_all;
  assign urgent_one = on_one && ref_req_i.urgent;
  assign blocked    = on_all ? '1 : urgent_one ? ref_1h : '0;
  // No ACT where a refresh is wanted, but for a request that goes first.
  assign spared     = (first_i[0] ? banks_t'(1) << first_bank_i[0] : '0)
                      | (first_i[1] ? banks_t'(1) << first_bank_i[1] : '0);
  assign wanted     = blocked | act_block_i | (on_one ? ref_1h & ~spared : '0);

  // Row-hit cap: commands in a row that went out while another row of the bank was asked for
  logic [5:0] run_q [Banks];
  banks_t over_d, over_q, col_1h, act_1h;
  logic   counts;
  logic [5:0] run;
  assign col_1h = banks_t'(1) << col_bank_i;
  assign act_1h = banks_t'(1) << act_bank_i;
  assign run    = run_q[col_bank_i] + 6'd1;
  assign counts = col_go_i && hit_cap_i != '0 && (miss & col_1h) != '0;
  always_comb begin
    over_d = over_q;
    if (col_go_i) over_d = counts && run >= hit_cap_i ? over_d | col_1h : over_d & ~col_1h;
    if (act_go_i) over_d = over_d & ~act_1h;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) over_q <= '0;
    else         over_q <= over_d;
  end
  always_ff @(posedge clk_i) begin
    if (col_go_i) run_q[col_bank_i] <= counts ? run : '0;
    if (act_go_i) run_q[act_bank_i] <= '0;
  end

  // Column
  banks_t serve, keep, col;
  assign first_1h    = banks_t'(1) << first_bank;
  assign serve       = ~blocked & ~(over_q & miss) & ~(first && !first_hit ? first_1h : '0);
  assign keep        = hit & serve;
  assign col         = no_req_i ? '0 : ripe & ccd_ok_i & turn_ok & keep;
  assign col_first_o = first && first_hit && (ripe & keep & first_1h) != '0;
  assign col_o[0]    = write ? '0 : col;
  assign col_o[1]    = write ? col : '0;

  // ACT. An urgent refresh whose bank is ready waits for nothing but the spacing of ACTs: none goes before it.
  banks_t act, other_act;
  logic   act_waits;
  assign act_waits = no_req_i || !faw_ok_i || (urgent_one && (bank_ok_i & ref_1h) != '0);
  assign act       = act_waits ? '0 : act_ok_i & ~wanted & any;
  assign other_act = act_waits ? '0 : act_ok_i & ~wanted & other_any & ~any;
  assign act_o[0]  = write ? other_act : act;
  assign act_o[1]  = write ? act : other_act;

  // Refresh command
  assign ref_o = !no_req_i && (on_all ? ref_ok_i == '1 : on_one && (ref_ok_i & ref_1h) != '0);

  // PRE
  banks_t pre, other_pre;
  assign pre       = no_req_i ? '0 : pre_ok_i & miss & ~keep;
  assign other_pre = no_req_i ? '0 : pre_ok_i & other_any & ~other_hit & ~any;
  assign pre_o[0]  = write ? other_pre : pre;
  assign pre_o[1]  = write ? pre : other_pre;
  assign ref_pre_o = !no_req_i && on_one && (pre_ok_i & ref_1h) != '0
                     && (ref_req_i.urgent || ((hit | other_hit) & ref_1h) == '0);
  // Idle close: with a full queue in view, a row that nobody queued for is done; closing it early takes tRP out of the
  // bank's next miss.
  banks_t used, recent_q, older_q, oldest_q;  // Used since the last tick, in the interval before, in the one before that
  logic [2:0] tick_q;
  assign used = (col_go_i ? col_1h : '0) | (act_go_i ? act_1h : '0);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tick_q   <= '0;
      recent_q <= '0;
      older_q  <= '0;
      oldest_q <= '0;
    end else begin
      tick_q <= tick_q + 3'd1;
      if (tick_q == 3'd7) begin
        recent_q <= used;
        older_q  <= recent_q;
        oldest_q <= older_q;
      end else begin
        recent_q <= recent_q | used;
      end
    end
  end
  assign idle_pre_o = no_req_i || any_i == '0 ? '0 : pre_ok_i & ~(any | other_any | recent_q | older_q | oldest_q);

  assign pre_all_o = !halt_i && (close_i || on_all) && !closing_i && open_i != '0 && pre_ok_i == open_i;

  assign blocked_o   = blocked;
  assign hit_waits_o = keep != '0;
  assign hit_turns_o = (keep & ripe & ccd_ok_i & ~turn_ok) != '0;

`ifndef SYNTHESIS
  logic   in_reset;
  banks_t served, closed;
  assign in_reset = !rst_ni;
  assign served   = col_o[0] | col_o[1];
  assign closed   = pre_o[0] | pre_o[1] | idle_pre_o | (ref_pre_o ? ref_1h : '0) | (pre_all_o ? '1 : '0);

  a_no_bank_is_served_and_closed : assert property (@(posedge clk_i) disable iff (in_reset)
      (served & closed) == '0);
  a_no_act_of_a_blocked_bank     : assert property (@(posedge clk_i) disable iff (in_reset)
      ((act_o[0] | act_o[1]) & blocked) == '0);
`endif

endmodule
