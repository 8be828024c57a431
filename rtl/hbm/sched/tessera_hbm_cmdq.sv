// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Queue of requests of one direction: knows per entry whether its row is open, and finds the oldest entry for a column
// command, for an ACT and for a PRE among the banks it is told.
//
//   Handshake   push_i only while !full_o; takes slot push_slot_o. A column pick (col_o) always goes out: the entry leaves
//               (Keep = 0) or stays until retire_i or retry_i names its slot (Keep = 1). ACT and PRE picks only propose.
//   Latency     A pushed entry can be picked in the next cycle. Picks, probes and per-bank outputs follow registers and
//               the bank vectors given in the same cycle.
//   Throughput  1 push and 1 column pick per cycle.
//   Reset       Empty.
//
// An entry waits (may be picked), is held, or is issued; only Keep = 1 knows the last two. Order of age is exact:
// younger_q[i] holds the entries pushed after entry i, so the oldest of a set is the one in no other's younger set.
// "First" is one entry that goes before all others: the oldest once it is past the age limit, or the one that a read
// head waits for (need_i).

module tessera_hbm_cmdq
  import tessera_hbm_ctl_pkg::SlotBits;
  import tessera_hbm_pkg::daddr_t, tessera_hbm_pkg::bank_t, tessera_hbm_pkg::row_t;
#(
  parameter int unsigned Depth   = 64,     // Entries, a power of two, 4 to 64
  parameter int unsigned Banks   = 32,
  parameter int unsigned TagBits = 9,
  parameter bit          Keep    = 1'b0,
  parameter int unsigned MaxWait = 24576,  // Cycles an entry may wait at most while there is an age limit: asserted
  localparam int unsigned CountBits = SlotBits + 1,
  localparam int unsigned BankBits  = $clog2(Banks),
  localparam int unsigned Probes    = 2,
  localparam int unsigned TimeBits  = 16
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 flush_i,      // Forget every entry

  // Push
  input  logic                 push_i,
  input  daddr_t               push_addr_i,
  input  logic [TagBits-1:0]   push_tag_i,
  input  logic                 push_hold_i,  // Not to be picked before release_i
  input  logic                 push_hit_i,   // Its row is open
  output logic                 full_o,
  output logic [SlotBits-1:0]  push_slot_o,

  // Slots, Keep = 1 only
  input  logic                 release_i,    // Held: may be picked
  input  logic [SlotBits-1:0]  release_slot_i,
  input  logic                 drop_i,       // Held: leaves
  input  logic [SlotBits-1:0]  drop_slot_i,
  input  logic                 retire_i,     // Issued: leaves
  input  logic [SlotBits-1:0]  retire_slot_i,
  input  logic                 retry_i,      // Issued: waits again, with its old age
  input  logic [SlotBits-1:0]  retry_slot_i,

  // Does some entry have this address? An entry pushed in this cycle does not count.
  input  daddr_t [Probes-1:0]  probe_addr_i,
  output logic   [Probes-1:0]  probe_o,
  input  logic                 need_i,       // The entry that probe 0 finds goes first

  // Rows opened (told in the cycle after the ACT) and closed (in the cycle of the command)
  input  logic                 open_i,
  input  logic [BankBits-1:0]  open_bank_i,
  input  row_t                 open_row_i,
  input  logic                 close_i,
  input  logic [BankBits-1:0]  close_bank_i,
  input  logic                 auto_i,       // By auto-precharge
  input  logic [BankBits-1:0]  auto_bank_i,
  input  logic                 close_all_i,

  // Age
  input  logic [TimeBits-1:0]  now_i,
  input  logic                 age_tick_i,   // Look at the oldest entry in this cycle
  input  logic [11:0]          age_limit_i,  // 0: no limit

  // Waiting entries per bank
  output logic [Banks-1:0]     any_o,
  output logic [Banks-1:0]     hit_o,        // Some for the open row
  input  logic                 many_i,
  output logic [Banks-1:0]     many_o,       // At least two for the open row; 0 unless many_i
  output logic [Banks-1:0]     miss_o,       // Some for another row, or the bank is closed
  output logic [Banks-1:0]     busy_o,       // Some waiting or held
  output logic [CountBits-1:0] waiting_o,    // Waiting entries
  output logic [CountBits-1:0] used_o,       // All entries

  // First
  output logic                 first_o,
  output logic                 first_hit_o,
  output logic [BankBits-1:0]  first_bank_o,

  // Picks: the oldest waiting entry in these banks...
  input  logic [Banks-1:0]     col_banks_i,  // ...for the open row
  input  logic                 col_first_i,  // Only the first
  output logic                 col_o,
  output logic [SlotBits-1:0]  col_slot_o,
  output daddr_t               col_addr_o,
  output logic [TagBits-1:0]   col_tag_o,
  output logic                 col_born_hit_o,  // The row was open at its push
  output logic [TimeBits-1:0]  col_age_o,
  input  logic [Banks-1:0]     act_banks_i,
  output logic                 act_o,
  output bank_t                act_bank_o,
  output row_t                 act_row_o,
  input  logic [Banks-1:0]     pre_banks_i,  // ...for another than the open row
  output logic                 pre_o,
  output bank_t                pre_bank_o
);

  if (Depth < 4 || Depth > 64 || (Depth & (Depth - 1)) != 0) begin : gen_bad_depth
    $error("tessera_hbm_cmdq: Depth must be a power of two, 4 to 64");
  end

  typedef logic [Depth-1:0]    vec_t;
  localparam int unsigned IdxBits = $clog2(Depth);
  typedef logic [IdxBits-1:0]  slot_t;

  // waiting, held and issued entries are valid, and an entry is one of the three.
  vec_t valid_d, valid_q, waiting_d, waiting_q, issued_d, issued_q, hit_d, hit_q, first_d, first_q;
  vec_t born_q;
  // member_q[b]: entries of bank b; means something for valid entries only.
  vec_t member_q  [Banks];
  vec_t younger_q [Depth];
  daddr_t              addr_q [Depth];
  logic [TagBits-1:0]  tag_q  [Depth];
  logic [TimeBits-1:0] time_q [Depth];
  logic [CountBits-1:0] waiting_count_d, waiting_count_q, used_d, used_q;

  function automatic vec_t oldest(vec_t of);
    vec_t after;
    after = '0;
    for (int unsigned i = 0; i < Depth; i++) if (of[i]) after |= younger_q[i];
    return of & ~after;
  endfunction

  // Banks with at least one, with at least two of these entries
  function automatic logic [Banks-1:0] banks_of(vec_t entries);
    logic [Banks-1:0] banks;
    for (int unsigned b = 0; b < Banks; b++) banks[b] = (member_q[b] & entries) != '0;
    return banks;
  endfunction
  function automatic logic [Banks-1:0] banks_of_two(vec_t entries);
    logic [Banks-1:0] banks;
    vec_t here;
    for (int unsigned b = 0; b < Banks; b++) begin
      here     = member_q[b] & entries;
      banks[b] = (here & (here - vec_t'(1))) != '0;
    end
    return banks;
  endfunction

  // Entries of these banks
  function automatic vec_t in_banks(logic [Banks-1:0] banks);
    vec_t entries;
    entries = '0;
    for (int unsigned b = 0; b < Banks; b++) if (banks[b]) entries |= member_q[b];
    return entries;
  endfunction

  function automatic slot_t index(vec_t one_hot);
    slot_t slot;
    vec_t  mask;
    for (int unsigned k = 0; k < IdxBits; k++) begin
      for (int unsigned i = 0; i < Depth; i++) mask[i] = i[k];
      slot[k] = (one_hot & mask) != '0;
    end
    return slot;
  endfunction

  // Push
  vec_t  push_1h;
  slot_t push_slot;
  logic [BankBits-1:0] push_bank, push_old_bank;
  assign push_1h       = ~valid_q & (valid_q + vec_t'(1));
  assign push_slot     = index(push_1h);
  assign push_slot_o   = SlotBits'(push_slot);
  assign push_bank     = BankBits'(push_addr_i.bank);
  assign push_old_bank = BankBits'(addr_q[push_slot].bank);
  assign full_o        = valid_q == '1;

  // Per bank. What few need is worked out only then, for the sake of simulation.
  vec_t wait_hit, wait_miss, held;
  assign wait_hit  = waiting_q & hit_q;
  assign wait_miss = waiting_q & ~hit_q;
  assign held      = valid_q & ~waiting_q & ~issued_q;
  assign any_o     = hit_o | miss_o;
  always_comb begin
    hit_o  = wait_hit != '0 ? banks_of(wait_hit) : '0;
    miss_o = wait_miss != '0 ? banks_of(wait_miss) : '0;
    busy_o = any_o | (held != '0 ? banks_of(held) : '0);
    many_o = many_i ? banks_of_two(wait_hit) : '0;
  end
  assign waiting_o = waiting_count_q;
  assign used_o    = used_q;

  // Probes
  vec_t found;  // By probe 0
  always_comb begin
    probe_o = '0;
    found   = '0;
    for (int unsigned p = 0; p < Probes; p++) begin
      if ((member_q[BankBits'(probe_addr_i[p].bank)] & valid_q) != '0) begin
        for (int unsigned i = 0; i < Depth; i++) begin
          if (valid_q[i] && addr_q[i] == probe_addr_i[p]) begin
            probe_o[p] = 1'b1;
            if (p == 0) found[i] = 1'b1;
          end
        end
      end
    end
  end

  // Age, and the entry that goes first
  vec_t  eldest;
  slot_t eldest_slot;
  logic [TimeBits-1:0] eldest_age;
  logic  aged;
  always_comb begin
    eldest = '0;
    if (age_tick_i && waiting_q != '0) eldest = oldest(waiting_q);
  end
  assign eldest_slot = index(eldest);
  assign eldest_age  = now_i - time_q[eldest_slot];
  assign aged        = eldest != '0 && age_limit_i != '0 && eldest_age > TimeBits'(age_limit_i);
  always_comb begin
    first_d = first_q & waiting_d;
    if (first_d == '0) begin
      if (need_i && (found & waiting_d) != '0) first_d = found & waiting_d;
      else if (aged)                           first_d = eldest & waiting_d;
    end
  end
  slot_t first_slot;
  assign first_slot   = index(first_q);
  assign first_o      = first_q != '0;
  assign first_hit_o  = (first_q & hit_q) != '0;
  assign first_bank_o = BankBits'(addr_q[first_slot].bank);

  // Picks
  function automatic vec_t first_or_oldest(vec_t of);
    return (of & first_q) != '0 ? first_q : oldest(of);
  endfunction

  vec_t col, act, pre;
  always_comb begin
    col = '0;
    if (col_banks_i != '0) begin
      col = in_banks(col_banks_i) & waiting_q & hit_q;
      col = col_first_i ? col & first_q : first_or_oldest(col);
    end
  end
  always_comb begin
    act = '0;
    if (act_banks_i != '0) act = first_or_oldest(in_banks(act_banks_i) & waiting_q);
  end
  always_comb begin
    pre = '0;
    if (pre_banks_i != '0) pre = first_or_oldest(in_banks(pre_banks_i) & waiting_q & ~hit_q);
  end

  slot_t col_slot, act_slot, pre_slot;
  assign col_slot       = index(col);
  assign act_slot       = index(act);
  assign pre_slot       = index(pre);
  assign col_o          = col != '0;
  assign act_o          = act != '0;
  assign pre_o          = pre != '0;
  assign col_slot_o     = SlotBits'(col_slot);
  assign col_addr_o     = addr_q[col_slot];
  assign col_tag_o      = tag_q[col_slot];
  assign col_born_hit_o = (born_q & col) != '0;
  assign col_age_o      = now_i - time_q[col_slot];
  assign act_bank_o     = addr_q[act_slot].bank;
  assign act_row_o      = addr_q[act_slot].row;
  assign pre_bank_o     = addr_q[pre_slot].bank;

  // Entry states
  always_comb begin
    valid_d   = valid_q;
    waiting_d = waiting_q & ~col;
    issued_d  = issued_q;
    if (Keep) begin
      issued_d = issued_q | col;
      if (release_i) waiting_d[slot_t'(release_slot_i)] = 1'b1;
      if (drop_i)    valid_d[slot_t'(drop_slot_i)] = 1'b0;
      if (retire_i) begin
        valid_d[slot_t'(retire_slot_i)]  = 1'b0;
        issued_d[slot_t'(retire_slot_i)] = 1'b0;
      end
      if (retry_i) begin
        waiting_d[slot_t'(retry_slot_i)] = 1'b1;
        issued_d[slot_t'(retry_slot_i)]  = 1'b0;
      end
    end else begin
      valid_d = valid_q & ~col;
    end
    if (push_i) begin
      valid_d = valid_d | push_1h;
      if (!push_hold_i) waiting_d = waiting_d | push_1h;
    end
    if (flush_i) begin
      valid_d   = '0;
      waiting_d = '0;
      issued_d  = '0;
    end
  end

  always_comb begin
    waiting_count_d = waiting_count_q + CountBits'(push_i && !push_hold_i) - CountBits'(col_o);
    used_d          = used_q + CountBits'(push_i);
    if (Keep) begin
      waiting_count_d = waiting_count_d + CountBits'(release_i) + CountBits'(retry_i);
      used_d          = used_d - CountBits'(drop_i) - CountBits'(retire_i);
    end else begin
      used_d = used_d - CountBits'(col_o);
    end
    if (flush_i) begin
      waiting_count_d = '0;
      used_d          = '0;
    end
  end

  always_comb begin
    hit_d = hit_q;
    if (open_i) begin
      for (int unsigned i = 0; i < Depth; i++) begin
        if (member_q[open_bank_i][i] && addr_q[i].row == open_row_i) hit_d[i] = 1'b1;
      end
    end
    if (close_i)     hit_d = hit_d & ~member_q[close_bank_i];
    if (auto_i)      hit_d = hit_d & ~member_q[auto_bank_i];
    if (close_all_i) hit_d = '0;
    if (push_i)      hit_d = push_hit_i ? hit_d | push_1h : hit_d & ~push_1h;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q         <= '0;
      waiting_q       <= '0;
      issued_q        <= '0;
      first_q         <= '0;
      waiting_count_q <= '0;
      used_q          <= '0;
    end else begin
      valid_q         <= valid_d;
      waiting_q       <= waiting_d;
      issued_q        <= issued_d;
      first_q         <= first_d;
      waiting_count_q <= waiting_count_d;
      used_q          <= used_d;
    end
  end

  // A slot leaves its old bank's set when it is used again; reset empties all sets, so it is never in two.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int unsigned b = 0; b < Banks; b++) member_q[b] <= '0;
    end else if (push_i) begin
      member_q[push_old_bank] <= member_q[push_old_bank] & ~push_1h;
      member_q[push_bank]     <= member_q[push_bank] | push_1h;
    end
  end

  always_ff @(posedge clk_i) begin
    hit_q <= hit_d;
    if (push_i) begin
      born_q            <= push_hit_i ? born_q | push_1h : born_q & ~push_1h;
      addr_q[push_slot] <= push_addr_i;
      tag_q[push_slot]  <= push_tag_i;
      time_q[push_slot] <= now_i;
      for (int unsigned i = 0; i < Depth; i++) younger_q[i] <= push_1h[i] ? '0 : younger_q[i] | push_1h;
    end
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  vec_t sure;  // Entries in exactly one state
  assign sure = valid_q ^ waiting_q ^ issued_q ^ held;

  a_push_only_when_not_full   : assert property (@(posedge clk_i) disable iff (in_reset)
      push_i |-> !full_o);
  a_picks_are_one_hot         : assert property (@(posedge clk_i) disable iff (in_reset)
      $onehot0(col) && $onehot0(act) && $onehot0(pre) && $onehot0(first_q));
  a_pick_when_any_is_ready    : assert property (@(posedge clk_i) disable iff (in_reset)
      (act_banks_i & any_o) != '0 |-> act_o);
  a_entry_is_in_one_state     : assert property (@(posedge clk_i) disable iff (in_reset)
      sure == '0 && (waiting_q & issued_q) == '0);
  a_count_is_the_waiting      : assert property (@(posedge clk_i) disable iff (in_reset)
      age_tick_i |-> 32'(waiting_count_q) == $countones(waiting_q) && 32'(used_q) == $countones(valid_q));
  a_release_of_a_held_entry   : assert property (@(posedge clk_i) disable iff (in_reset)
      release_i && !flush_i |-> 32'(release_slot_i) < Depth && held[slot_t'(release_slot_i)]);
  a_drop_of_a_held_entry      : assert property (@(posedge clk_i) disable iff (in_reset)
      drop_i && !flush_i |-> 32'(drop_slot_i) < Depth && held[slot_t'(drop_slot_i)]);
  a_retire_of_an_issued_entry : assert property (@(posedge clk_i) disable iff (in_reset)
      retire_i && !flush_i |-> 32'(retire_slot_i) < Depth && issued_q[slot_t'(retire_slot_i)]);
  a_retry_of_an_issued_entry  : assert property (@(posedge clk_i) disable iff (in_reset)
      retry_i && !flush_i |-> 32'(retry_slot_i) < Depth && issued_q[slot_t'(retry_slot_i)]);
  a_no_entry_starves          : assert property (@(posedge clk_i) disable iff (in_reset)
      eldest != '0 && age_limit_i != '0 |-> 32'(eldest_age) <= MaxWait);
`endif

endmodule
