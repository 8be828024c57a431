// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Both queues of a pseudo-channel, the open rows, and the time that ages count. Index 0 is reads, 1 is writes.
//
//   Handshake, Latency, Throughput   as tessera_hbm_cmdq.
//   Reset                            Empty queues.

module tessera_hbm_queues
  import tessera_hbm_pkg::daddr_t, tessera_hbm_pkg::bank_t, tessera_hbm_pkg::row_t;
  import tessera_hbm_ctl_pkg::rd_tag_t, tessera_hbm_ctl_pkg::SlotBits;
#(
  parameter int unsigned Banks    = 32,
  parameter int unsigned RowBits  = 14,
  parameter int unsigned RdqDepth = 64,
  parameter int unsigned WrqDepth = 64,
  parameter int unsigned MaxWait  = 24576,
  localparam int unsigned IdxBits   = $clog2(Banks),
  localparam int unsigned CountBits = SlotBits + 1
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          flush_i,
  input  logic                          frozen_i,      // Nothing may be served: nobody gets older
  input  logic [11:0]                   age_limit_i,

  // Requests
  input  logic                          rd_push_i,
  input  daddr_t                        rd_addr_i,
  input  rd_tag_t                       rd_tag_i,
  output logic                          rd_full_o,
  input  logic                          wr_push_i,
  input  daddr_t                        wr_addr_i,
  input  logic                          wr_hold_i,
  output logic                          wr_full_o,
  output logic   [SlotBits-1:0]         wr_slot_o,
  input  logic                          wr_release_i,
  input  logic   [SlotBits-1:0]         wr_release_slot_i,
  input  logic                          wr_drop_i,
  input  logic   [SlotBits-1:0]         wr_drop_slot_i,
  input  logic                          wr_retire_i,
  input  logic   [SlotBits-1:0]         wr_retire_slot_i,
  input  logic                          wr_retry_i,
  input  logic   [SlotBits-1:0]         wr_retry_slot_i,
  input  daddr_t [1:0]                  probe_addr_i,
  output logic   [1:0]                  probe_rd_o,
  output logic   [1:0]                  probe_wr_o,
  input  logic                          drain_i,

  // Commands of this cycle
  input  logic   [Banks-1:0]            open_i,        // Open banks, before this cycle's commands
  input  logic                          act_i,
  input  logic   [IdxBits-1:0]          act_bank_i,
  input  row_t                          act_row_i,
  input  logic                          pre_i,
  input  logic   [IdxBits-1:0]          pre_bank_i,
  input  logic                          pre_all_i,
  input  logic                          auto_i,
  input  logic   [IdxBits-1:0]          auto_bank_i,

  // Waiting entries
  output logic   [1:0][Banks-1:0]       any_o,
  output logic   [1:0][Banks-1:0]       hit_o,
  input  logic                          many_i,        // many_o is asked for
  output logic   [1:0][Banks-1:0]       many_o,
  output logic   [1:0][Banks-1:0]       miss_o,
  output logic   [Banks-1:0]            busy_o,        // In either queue, not issued
  output logic   [1:0][CountBits-1:0]   waiting_o,
  output logic   [CountBits-1:0]        rd_used_o,
  output logic   [CountBits-1:0]        wr_used_o,
  output logic   [1:0]                  first_o,
  output logic   [1:0]                  first_hit_o,
  output logic   [1:0][IdxBits-1:0]     first_bank_o,

  // Picks
  input  logic   [1:0][Banks-1:0]       col_banks_i,
  input  logic                          col_first_i,
  output logic   [1:0]                  col_o,
  output daddr_t [1:0]                  col_addr_o,
  output logic   [1:0]                  col_born_hit_o,
  output logic   [1:0][15:0]            col_age_o,
  output rd_tag_t                       rd_tag_o,
  output logic   [SlotBits-1:0]         wr_col_slot_o,
  input  logic   [1:0][Banks-1:0]       act_banks_i,
  output logic   [1:0]                  act_o,
  output bank_t  [1:0]                  act_bank_o,
  output row_t   [1:0]                  act_row_o,
  input  logic   [1:0][Banks-1:0]       pre_banks_i,
  output logic   [1:0]                  pre_o,
  output bank_t  [1:0]                  pre_bank_o
);

  // A part with fewer rows keeps fewer bits.
  localparam row_t RowMask = row_t'((1 << RowBits) - 1);
  function automatic daddr_t trim(daddr_t addr);
    return '{bank: addr.bank, row: addr.row & RowMask, col: addr.col};
  endfunction
  logic   [1:0]                push, full;
  daddr_t [1:0]                addr, probe_addr;
  logic   [1:0][1:0]           probe;  // [queue][probe]
  logic   [1:0][Banks-1:0]     busy;
  logic   [1:0][CountBits-1:0] used;
  assign push       = {wr_push_i, rd_push_i};
  assign addr       = {trim(wr_addr_i), trim(rd_addr_i)};
  assign probe_addr = {trim(probe_addr_i[1]), trim(probe_addr_i[0])};

  // Each queue looks at its oldest entry every 8 cycles.
  logic [15:0] now_d, now_q;
  logic [1:0]  tick;
  assign now_d   = frozen_i ? now_q : now_q + 16'd1;
  assign tick[0] = now_q[2:0] == 3'd0 && !frozen_i;
  assign tick[1] = now_q[2:0] == 3'd4 && !frozen_i;

  // Rows of open banks. The queues compare with a new row one cycle after the ACT, when act_q says so.
  row_t               row_q [Banks];
  logic               act_q;
  logic [IdxBits-1:0] act_bank_q;
  row_t               act_row_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      act_q <= 1'b0;
      now_q <= '0;
    end else begin
      act_q <= act_i;
      now_q <= now_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (act_i) begin
      act_bank_q        <= act_bank_i;
      act_row_q         <= act_row_i;
      row_q[act_bank_i] <= act_row_i;
    end
  end

  rd_tag_t [1:0]               tag;
  logic    [1:0][SlotBits-1:0] push_slot, col_slot;
  for (genvar d = 0; d < 2; d++) begin : gen_queue
    localparam int unsigned Depth = d == 0 ? RdqDepth : WrqDepth;
    logic [IdxBits-1:0] bank;
    logic closes, push_hit, hold, release_it, drop, retire, retry, need;
    rd_tag_t push_tag;
    assign bank       = IdxBits'(addr[d].bank);
    assign closes     = pre_all_i || (pre_i && pre_bank_i == bank) || (auto_i && auto_bank_i == bank);
    assign push_hit   = open_i[bank] && row_q[bank] == addr[d].row && !closes;
    assign push_tag   = d == 0 ? rd_tag_i : '0;
    assign hold       = d == 1 && wr_hold_i;
    assign release_it = d == 1 && wr_release_i;
    assign drop       = d == 1 && wr_drop_i;
    assign retire     = d == 1 && wr_retire_i;
    assign retry      = d == 1 && wr_retry_i;
    assign need       = d == 1 && drain_i;
    tessera_hbm_cmdq #(
      .Depth  (Depth),
      .Banks  (Banks),
      .TagBits($bits(rd_tag_t)),
      .Keep   (d == 1),
      .MaxWait(MaxWait)
    ) u_cmdq (
      .clk_i,
      .rst_ni,
      .flush_i,
      .push_i        (push[d]),
      .push_addr_i   (addr[d]),
      .push_tag_i    (push_tag),
      .push_hold_i   (hold),
      .push_hit_i    (push_hit),
      .full_o        (full[d]),
      .push_slot_o   (push_slot[d]),
      .release_i     (release_it),
      .release_slot_i(wr_release_slot_i),
      .drop_i        (drop),
      .drop_slot_i   (wr_drop_slot_i),
      .retire_i      (retire),
      .retire_slot_i (wr_retire_slot_i),
      .retry_i       (retry),
      .retry_slot_i  (wr_retry_slot_i),
      .probe_addr_i  (probe_addr),
      .probe_o       (probe[d]),
      .need_i        (need),
      .open_i        (act_q),
      .open_bank_i   (act_bank_q),
      .open_row_i    (act_row_q),
      .close_i       (pre_i),
      .close_bank_i  (pre_bank_i),
      .auto_i,
      .auto_bank_i,
      .close_all_i   (pre_all_i),
      .now_i         (now_q),
      .age_tick_i    (tick[d]),
      .age_limit_i,
      .any_o         (any_o[d]),
      .hit_o         (hit_o[d]),
      .many_i,
      .many_o        (many_o[d]),
      .miss_o        (miss_o[d]),
      .busy_o        (busy[d]),
      .waiting_o     (waiting_o[d]),
      .used_o        (used[d]),
      .first_o       (first_o[d]),
      .first_hit_o   (first_hit_o[d]),
      .first_bank_o  (first_bank_o[d]),
      .col_banks_i   (col_banks_i[d]),
      .col_first_i,
      .col_o         (col_o[d]),
      .col_slot_o    (col_slot[d]),
      .col_addr_o    (col_addr_o[d]),
      .col_tag_o     (tag[d]),
      .col_born_hit_o(col_born_hit_o[d]),
      .col_age_o     (col_age_o[d]),
      .act_banks_i   (act_banks_i[d]),
      .act_o         (act_o[d]),
      .act_bank_o    (act_bank_o[d]),
      .act_row_o     (act_row_o[d]),
      .pre_banks_i   (pre_banks_i[d]),
      .pre_o         (pre_o[d]),
      .pre_bank_o    (pre_bank_o[d])
    );
  end

  assign {wr_full_o, rd_full_o}   = full;
  assign {probe_wr_o, probe_rd_o} = probe;
  assign {wr_used_o, rd_used_o}   = used;
  assign busy_o        = busy[0] | busy[1];
  assign wr_slot_o     = push_slot[1];
  assign wr_col_slot_o = col_slot[1];
  assign rd_tag_o      = tag[0];

  logic unused;
  assign unused = ^{tag[1], push_slot[0], col_slot[0]};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  for (genvar d = 0; d < 2; d++) begin : gen_check
    daddr_t whole;
    logic   in_part;
    assign whole   = d == 0 ? rd_addr_i : wr_addr_i;
    assign in_part = 32'(whole.bank) < Banks && addr[d] == whole;
    a_address_is_in_the_part : assert property (@(posedge clk_i) disable iff (in_reset)
        push[d] |-> in_part);
  end
`endif

endmodule
