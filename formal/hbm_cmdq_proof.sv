// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_cmdq (RDQ with Keep = 0, WRQ with Keep = 1), at four entries and two banks: no request is lost, doubled or
// changed, and the older of two requests that may go goes first.
//
// Two requests are marked as they are pushed, any two, A before B. What the queue says of them is compared with what the
// harness has seen of them. Age limit and need_i are off: they put one request before all others, against the order.
//
// COVER 12
// DEPTH 12
// PROVE induction 2 Keep=0
// MUTANT rtl/hbm/sched/tessera_hbm_cmdq.sv | younger_q[i] <= push_1h[i] ? '0 : younger_q[i] \| push_1h | younger_q[i] <= younger_q[i] \| push_1h
// MUTANT rtl/hbm/sched/tessera_hbm_cmdq.sv | younger_q[i] <= push_1h[i] ? '0 : younger_q[i] \| push_1h | younger_q[i] <= push_1h[i] ? '0 : younger_q[i]
// MUTANT rtl/hbm/sched/tessera_hbm_cmdq.sv | valid_d = valid_q & ~col; | valid_d = valid_q;
// MUTANT rtl/hbm/sched/tessera_hbm_cmdq.sv | if (close_i)     hit_d = hit_d & ~member_q[close_bank_i]; | if (close_i)     hit_d = hit_d;
// PROVE induction 2 Keep=1
// MUTANT rtl/hbm/sched/tessera_hbm_cmdq.sv | issued_d = issued_q \| col; | issued_d = issued_q;
// MUTANT rtl/hbm/sched/tessera_hbm_cmdq.sv | if (!push_hold_i) waiting_d = waiting_d \| push_1h; | waiting_d = waiting_d \| push_1h;

module hbm_cmdq_proof
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::SlotBits;
#(
  parameter bit Keep = 1'b0,
  localparam int unsigned Depth   = 4,
  localparam int unsigned Banks   = 2,
  localparam int unsigned TagBits = 2
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic                flush_i,
  input logic                push_i,
  input logic                push_bank_i,
  input logic                push_row_i,
  input logic                push_col_i,
  input logic [TagBits-1:0]  push_tag_i,
  input logic                push_hold_i,
  input logic                push_hit_i,
  input logic                mark_a_i,
  input logic                mark_b_i,
  input logic                release_i,
  input logic                drop_i,
  input logic                retire_i,
  input logic                retry_i,
  input logic [1:0]          release_slot_i,
  input logic [1:0]          drop_slot_i,
  input logic [1:0]          retire_slot_i,
  input logic [1:0]          retry_slot_i,
  input logic                open_i,
  input logic                open_bank_i,
  input logic                open_row_i,
  input logic                close_i,
  input logic                close_bank_i,
  input logic [Banks-1:0]    col_banks_i,
  input logic [Banks-1:0]    act_banks_i,
  input logic [Banks-1:0]    pre_banks_i
);

  logic first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb m_reset_comes_first : assume (rst_ni == !first_q);

  function automatic daddr_t address(logic bank, logic row, logic col);
    daddr_t addr;
    addr         = '0;
    addr.bank.ba = ba_t'(bank);
    addr.row     = row_t'(row);
    addr.col     = col_t'(col);
    return addr;
  endfunction

  typedef struct packed {
    logic               present;
    logic               waiting;
    logic               issued;
    logic               hit;
    logic [1:0]         slot;
    logic               bank;
    logic               row;
    logic               col;
    logic [TagBits-1:0] tag;
  } mark_t;
  mark_t a_d, a_q, b_d, b_q;

  logic               full, col, act, pre;
  logic [SlotBits-1:0] push_slot, col_slot;
  daddr_t             push_addr, col_addr;
  daddr_t [1:0]       probe_addr;
  logic [1:0]         probe;
  logic [TagBits-1:0] col_tag;
  logic [Banks-1:0]   any, hits, miss, busy;
  logic [SlotBits:0]  waiting, used;
  row_t               open_row;
  assign push_addr     = address(push_bank_i, push_row_i, push_col_i);
  assign probe_addr[0] = address(a_q.bank, a_q.row, a_q.col);
  assign probe_addr[1] = address(b_q.bank, b_q.row, b_q.col);
  assign open_row      = row_t'(open_row_i);
  logic [SlotBits-1:0] release_slot, drop_slot, retire_slot, retry_slot;
  assign release_slot = SlotBits'(release_slot_i);
  assign drop_slot    = SlotBits'(drop_slot_i);
  assign retire_slot  = SlotBits'(retire_slot_i);
  assign retry_slot   = SlotBits'(retry_slot_i);

  tessera_hbm_cmdq #(
    .Depth  (Depth),
    .Banks  (Banks),
    .TagBits(TagBits),
    .Keep   (Keep)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .flush_i,
    .push_i,
    .push_addr_i   (push_addr),
    .push_tag_i,
    .push_hold_i,
    .push_hit_i,
    .full_o        (full),
    .push_slot_o   (push_slot),
    .release_i,
    .release_slot_i(release_slot),
    .drop_i,
    .drop_slot_i   (drop_slot),
    .retire_i,
    .retire_slot_i (retire_slot),
    .retry_i,
    .retry_slot_i  (retry_slot),
    .probe_addr_i  (probe_addr),
    .probe_o       (probe),
    .need_i        (1'b0),
    .open_i,
    .open_bank_i,
    .open_row_i    (open_row),
    .close_i,
    .close_bank_i,
    .auto_i        (1'b0),
    .auto_bank_i   (1'b0),
    .close_all_i   (1'b0),
    .now_i         (16'd0),
    .age_tick_i    (1'b0),
    .age_limit_i   (12'd0),
    .any_o         (any),
    .hit_o         (hits),
    .many_i        (1'b0),
    .many_o        (),
    .miss_o        (miss),
    .busy_o        (busy),
    .waiting_o     (waiting),
    .used_o        (used),
    .first_o       (),
    .first_hit_o   (),
    .first_bank_o  (),
    .col_banks_i,
    .col_first_i   (1'b0),
    .col_o         (col),
    .col_slot_o    (col_slot),
    .col_addr_o    (col_addr),
    .col_tag_o     (col_tag),
    .col_born_hit_o(),
    .col_age_o     (),
    .act_banks_i,
    .act_o         (act),
    .act_bank_o    (),
    .act_row_o     (),
    .pre_banks_i,
    .pre_o         (pre),
    .pre_bank_o    ()
  );

  // The contract of the neighbours: slots are named in the state that the command is for, and once.
  logic [Depth-1:0] held;
  assign held = u_dut.valid_q & ~u_dut.waiting_q & ~u_dut.issued_q;
  always_comb begin
    m_push_when_not_full    : assume (!push_i || !full);
    m_none_held_unless_kept : assume (Keep || !(push_hold_i || release_i || drop_i || retire_i || retry_i));
    m_release_of_held       : assume (!release_i || held[release_slot_i]);
    m_drop_of_held          : assume (!drop_i || (held[drop_slot_i] && !(release_i && release_slot_i == drop_slot_i)));
    m_retire_of_issued      : assume (!retire_i || u_dut.issued_q[retire_slot_i]);
    m_retry_of_issued       : assume (!retry_i || (u_dut.issued_q[retry_slot_i] &&
                                                   !(retire_i && retire_slot_i == retry_slot_i)));
  end

  // What has happened to a marked request
  function automatic mark_t next(mark_t m, logic mark);
    mark_t n;
    n = m;
    if (m.present) begin
      if (col && 2'(col_slot) == m.slot) begin
        n.waiting = 1'b0;
        n.issued  = Keep;
        n.present  = Keep;
      end
      if (release_i && release_slot_i == m.slot) n.waiting = 1'b1;
      if (drop_i && drop_slot_i == m.slot) n.present = 1'b0;
      if (retire_i && retire_slot_i == m.slot) n.present = 1'b0;
      if (retry_i && retry_slot_i == m.slot) begin
        n.waiting = 1'b1;
        n.issued  = 1'b0;
      end
      if (open_i && open_bank_i == m.bank && open_row_i == m.row) n.hit = 1'b1;
      if (close_i && close_bank_i == m.bank) n.hit = 1'b0;
    end else if (push_i && mark) begin
      n = '{present: 1'b1, waiting: !push_hold_i, issued: 1'b0, hit: push_hit_i, slot: 2'(push_slot), bank: push_bank_i,
            row: push_row_i, col: push_col_i, tag: push_tag_i};
    end
    if (flush_i) n.present = 1'b0;
    return n;
  endfunction
  assign a_d = next(a_q, mark_a_i);
  assign b_d = a_q.present ? next(b_q, mark_b_i) : '0;  // B comes after A
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      a_q <= '0;
      b_q <= '0;
    end else begin
      a_q <= a_d;
      b_q <= b_d;
    end
  end

  logic [2:0] entries_q;  // Pushed and not gone
  always_ff @(posedge clk_i) begin
    if (!rst_ni || flush_i) entries_q <= '0;
    else entries_q <= entries_q + 3'(push_i) - 3'(col && !Keep) - 3'(drop_i) - 3'(retire_i);
  end

  logic [Depth-1:0] a_1h;
  assign a_1h = Depth'(1) << a_q.slot;
  logic a_col, b_col, b_act, b_pre;
  assign a_col = col && 2'(col_slot) == a_q.slot;
  assign b_col = col && 2'(col_slot) == b_q.slot && b_q.present;
  assign b_act = b_q.present && u_dut.act[b_q.slot];
  assign b_pre = b_q.present && u_dut.pre[b_q.slot];

  // What makes it inductive: the entries are in one order, and every one is in the set of its own bank alone.
  logic [Depth-1:0][Depth-1:0] younger;
  logic [Banks-1:0][Depth-1:0] member;
  logic [Depth-1:0]            bank_of, ordered, sorted;
  logic [2:0]                  valid_count, waiting_count;
  always_comb begin
    valid_count   = '0;
    waiting_count = '0;
    ordered       = '1;
    sorted        = '1;
    for (int i = 0; i < Depth; i++) begin
      younger[i] = u_dut.younger_q[i];
      bank_of[i] = u_dut.addr_q[i].bank.ba[0];
    end
    for (int b = 0; b < Banks; b++) member[b] = u_dut.member_q[b];
    for (int i = 0; i < Depth; i++) begin
      valid_count   = valid_count + 3'(u_dut.valid_q[i]);
      waiting_count = waiting_count + 3'(u_dut.waiting_q[i]);
      // Also a set left behind is that of the address left behind.
      for (int b = 0; b < Banks; b++) if (member[b][i] && bank_of[i] != b[0]) sorted[i] = 1'b0;
      if (u_dut.valid_q[i]) begin
        if (!member[bank_of[i]][i] || younger[i][i]) sorted[i] = 1'b0;
        for (int j = 0; j < Depth; j++) begin
          if (i != j && u_dut.valid_q[j]) begin
            if (younger[i][j] == younger[j][i]) ordered[i] = 1'b0;
            for (int k = 0; k < Depth; k++) begin
              if (u_dut.valid_q[k] && younger[i][j] && younger[j][k] && !younger[i][k]) ordered[i] = 1'b0;
            end
          end
        end
      end
    end
  end
  logic [Depth-1:0] astray;
  assign astray = (u_dut.waiting_q | u_dut.issued_q) & ~u_dut.valid_q;
  always_comb begin
    if (rst_ni) begin
      a_count_is_the_entries    : assert (32'(used) == 32'(entries_q) && valid_count == entries_q && 32'(waiting) == 32'(waiting_count));
      a_room_is_used_to_the_last: assert (full == (32'(entries_q) == Depth));
      a_order_is_total          : assert (ordered == '1);
      a_each_in_its_bank        : assert (sorted == '1);
      a_one_state               : assert (astray == '0 && (u_dut.waiting_q & u_dut.issued_q) == '0 &&
                                          (Keep || (u_dut.issued_q == '0 && held == '0)));
      a_nobody_first            : assert (u_dut.first_q == '0);
    end
    if (rst_ni && a_q.present) begin
      a_address_stays       : assert (u_dut.addr_q[a_q.slot] == probe_addr[0] && u_dut.tag_q[a_q.slot] == a_q.tag);
      a_b_is_kept           : assert (!b_q.present || (u_dut.valid_q[b_q.slot] && younger[a_q.slot][b_q.slot]));
      a_not_both            : assert (!(a_q.waiting && a_q.issued) && (Keep || a_q.waiting));
      a_is_kept             : assert ((u_dut.valid_q & a_1h) != '0 && probe[0] && used != '0);
      a_waits_as_seen       : assert (((u_dut.waiting_q & a_1h) != '0) == a_q.waiting);
      a_is_issued_as_seen   : assert (((u_dut.issued_q & a_1h) != '0) == a_q.issued);
      a_hits_as_seen        : assert (((u_dut.hit_q & a_1h) != '0) == a_q.hit);
      a_bank_knows          : assert (!a_q.waiting || (any[a_q.bank] && busy[a_q.bank] && waiting != '0 &&
                                                       (a_q.hit ? hits[a_q.bank] : miss[a_q.bank])));
      a_held_bank_is_busy   : assert (a_q.waiting || a_q.issued || busy[a_q.bank]);
      a_only_waiting_leave  : assert (!a_col || (a_q.waiting && a_q.hit && col_banks_i[a_q.bank]));
      a_leaves_unchanged    : assert (!a_col || (col_addr == probe_addr[0] && col_tag == a_q.tag));
      a_slot_is_not_reused  : assert (!push_i || 2'(push_slot) != a_q.slot);
      a_some_hit_goes       : assert (!(a_q.waiting && a_q.hit && col_banks_i[a_q.bank]) || col);
      a_some_act_is_asked   : assert (!(a_q.waiting && act_banks_i[a_q.bank]) || act);
      a_some_pre_is_asked   : assert (!(a_q.waiting && !a_q.hit && pre_banks_i[a_q.bank]) || pre);
      a_older_hit_first     : assert (!(b_col && a_q.waiting && a_q.hit && col_banks_i[a_q.bank]));
      a_older_act_first     : assert (!(b_act && a_q.waiting && act_banks_i[a_q.bank]));
      a_older_pre_first     : assert (!(b_pre && a_q.waiting && !a_q.hit && pre_banks_i[a_q.bank]));
      a_slots_differ        : assert (!b_q.present || a_q.slot != b_q.slot);
      c_younger_goes_first  : cover (b_col && a_q.waiting && !a_q.hit);
      c_full                : cover (full && b_q.present && b_q.slot < a_q.slot);
      c_older_leaves        : cover (a_col && b_q.waiting && b_q.hit);
    end
  end

endmodule
