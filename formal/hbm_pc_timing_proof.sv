// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_pc_timing with tessera_hbm_bank and tessera_hbm_spacing: whatever legal commands are sent, in whatever
// order and for whatever timings, no command breaks a timing or state rule of docs/hbm/protocol.md.
//
// The checker knows nothing of counters. It watches one bank, any of them, and keeps how many cycles ago the bank had
// each command; when a command comes for any bank, the rules that tie the two are compared in ticks, with the reference
// ticks of docs/hbm/theory.md. As any bank may be the watched one, this holds for every pair. Timings and cycle counts
// have their full widths; that counts are never early for their timing is assumed here and shown by hbm_timing_proof.
//
// Part 0: the rules hold for some cycles from reset. For ever, by induction: in any state in which count and age of
// everything together reach the time to wait (the invariants), and that is so after reset (part 1), they do so in the next
// cycle (part 2), and the rules hold (part 3). Parts 2 and 3 start in any state at all.
//
// ABSTRACT tessera_hbm_timing
// COVER 14
// DEPTH 12
// PROVE bmc 6 Part=0 PcIndex=0 Sids=1
// MUTANT rtl/hbm/sched/tessera_hbm_pc_timing.sv | assign wr_group  = wr_i ? col_group : '0 | assign wr_group  = '0
// MUTANT rtl/hbm/sched/tessera_hbm_pc_timing.sv | assign faw_ok_o  = faw_ok[faw_q] | assign faw_ok_o  = 1'b1
// MUTANT rtl/hbm/sched/tessera_hbm_pc_timing.sv | pre_late_i ? grid.pre_pre_late : grid.pre_pre | grid.pre_pre
// MUTANT rtl/hbm/sched/tessera_hbm_pc_timing.sv | assign ref_ok_o = act_ok & act_ok_q | assign ref_ok_o = act_ok
// MUTANT rtl/hbm/sched/tessera_hbm_pc_timing.sv | act_bank_i[BankBits-1:2] : '0 | act_bank_i[BankBits-2:1] : '0
// MUTANT rtl/hbm/sched/tessera_hbm_pc_timing.sv | rrds_ok && rrefd_ok && rfcab_ok ? | rrds_ok && rfcab_ok ?
// MUTANT rtl/hbm/sched/tessera_hbm_bank.sv | assign late = pre_late_i && pre_i != {N{1'b0}} | assign late = 1'b0
// MUTANT rtl/hbm/sched/tessera_hbm_bank.sv | assign closes    = closing_q & pre_ripe | assign closes    = closing_q
// MUTANT rtl/hbm/sched/tessera_hbm_bank.sv | assign shut = pre_i \| closes | assign shut = pre_i
// MUTANT rtl/hbm/sched/tessera_hbm_spacing.sv | start_i[i] && cycles_i > count_q[Bits*i+:Bits] | start_i[i]
// PROVE bmc 6 Part=0 PcIndex=1 Sids=2
// MUTANT rtl/hbm/sched/tessera_hbm_pc_timing.sv | assign other_sids[s] = col && !col_sid[s] | assign other_sids[s] = col_sid[s]
// MUTANT rtl/hbm/sched/tessera_hbm_bank.sv | rd_i != {N{1'b0}} ? rd_pre_i : wr_pre_i | rd_pre_i
// PROVE bmc 2 Part=1 PcIndex=0 Sids=2
// PROVE bmc 1 Part=2 PcIndex=0 Sids=2
// PROVE bmc 1 Part=3 PcIndex=0 Sids=2
// PROVE bmc 2 Part=1 PcIndex=1 Sids=1
// PROVE bmc 1 Part=2 PcIndex=1 Sids=1
// PROVE bmc 1 Part=3 PcIndex=1 Sids=1

module hbm_pc_timing_proof
  import tessera_hbm_pkg::*;
  import tessera_hbm_sched_pkg::*;
#(
  parameter int unsigned Part    = 0,
  parameter int unsigned PcIndex = 0,
  parameter int unsigned Sids    = 2,
  localparam int unsigned Banks    = 16 * Sids,
  localparam int unsigned BankBits = $clog2(Banks),
  localparam int unsigned Groups   = 4 * Sids
) (
  input logic                clk_i,
  input logic                rst_ni,
  input timing_t             timing_i,
  input logic [BankBits-1:0] watched_i,
  input logic                rd_i,
  input logic                wr_i,
  input logic                auto_i,
  input logic [BankBits-1:0] col_bank_i,
  input logic                act_i,
  input logic [BankBits-1:0] act_bank_i,
  input logic                refpb_i,
  input logic [BankBits-1:0] ref_bank_i,
  input logic                refab_i,
  input logic                prepb_i,
  input logic [BankBits-1:0] pre_bank_i,
  input logic                preab_i,
  input logic                pre_late_i
);

  typedef logic signed [15:0]  int_t;  // Ticks: an age of 4095 cycles is the longest
  typedef logic [BankBits-1:0] index_t;

  // Reset and load in the first cycle; what is chosen there stays. Parts 2 and 3 begin without.
  localparam bit AnyState = Part >= 2;
  logic first_q = !AnyState;
  logic begun_q = 1'b0;
  always_ff @(posedge clk_i) begin
    first_q <= 1'b0;
    begun_q <= 1'b1;
  end
  always_comb m_reset_comes_first : assume (rst_ni == !first_q);
  timing_t t_q;
  index_t  x_q;  // The watched bank
  always_ff @(posedge clk_i) begin
    if (first_q) begin
      t_q <= timing_i;
      x_q <= watched_i;
    end
  end

  logic [Banks-1:0] rd_ripe, wr_ripe, ccd_ok, rd_turn_ok, act_ok, bank_ok, ref_ok, pre_ok, open;
  logic             wr_turn_ok, faw_ok, closing, calm, load;
  assign load = first_q;

  tessera_hbm_pc_timing #(
    .PcIndex(PcIndex),
    .Sids   (Sids)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .timing_i,
    .load_i      (load),
    .clear_i     (1'b0),
    .rd_i,
    .wr_i,
    .auto_i,
    .col_bank_i,
    .act_i,
    .act_bank_i,
    .refpb_i,
    .ref_bank_i,
    .refab_i,
    .prepb_i,
    .pre_bank_i,
    .preab_i,
    .pre_late_i,
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

  // The counts, and what hbm_timing_proof shows of them ---------------------------------------------------
  grid_t g;
  assign g = u_dut.grid;
  localparam int_t Col = 2 * PcIndex, Act = 2, Pre = 2, PreLate = 3, Ref = 0, Ctl = 0, Bl = 2;
  int_t rl, wl, rcdrd, rcdwr, rp, ras, rc, rrds, rrdl, faw, ccds, ccdl, ccdr, wtrs, wtrl, rtw, rtp, wr, ppd, rfcab, rfcpb,
        rrefd;
  always_comb begin
    rl    = int_t'({10'b0, t_q.rl});
    wl    = int_t'({10'b0, t_q.wl});
    rcdrd = int_t'({9'b0, t_q.rcdrd});
    rcdwr = int_t'({9'b0, t_q.rcdwr});
    rp    = int_t'({9'b0, t_q.rp});
    ras   = int_t'({9'b0, t_q.ras});
    rc    = int_t'({8'b0, t_q.rc});
    rrds  = int_t'({12'b0, t_q.rrds});
    rrdl  = int_t'({12'b0, t_q.rrdl});
    faw   = int_t'({9'b0, t_q.faw});
    ccds  = int_t'({12'b0, t_q.ccds});
    ccdl  = int_t'({12'b0, t_q.ccdl});
    ccdr  = int_t'({12'b0, t_q.ccdr});
    wtrs  = int_t'({11'b0, t_q.wtrs});
    wtrl  = int_t'({11'b0, t_q.wtrl});
    rtw   = int_t'({10'b0, t_q.rtw});
    rtp   = int_t'({11'b0, t_q.rtp});
    wr    = int_t'({9'b0, t_q.wr});
    ppd   = int_t'({12'b0, t_q.ppd});
    rfcab = int_t'({5'b0, t_q.rfcab});
    rfcpb = int_t'({5'b0, t_q.rfcpb});
    rrefd = int_t'({10'b0, t_q.rrefd});
  end

  function automatic int_t cyc(cyc_t cycles);
    return int_t'({8'b0, cycles});
  endfunction
  function automatic int_t long_cyc(long_cyc_t cycles);
    return int_t'({5'b0, cycles});
  endfunction
  function automatic logic kept(int_t cycles, int_t nck, int_t from, int_t to);
    return 4 * cycles + to - from >= 2 * nck;
  endfunction

  logic counts_kept;
  assign counts_kept =
      kept(cyc(g.act_rd), rcdrd, Act, Col) && kept(cyc(g.act_wr), rcdwr, Act, Col) && kept(cyc(g.act_pre), ras, Act, Pre) &&
      kept(cyc(g.act_act), rc, Act, Act) && kept(cyc(g.rd_pre), rtp, Col, Pre) && kept(cyc(g.wr_pre), wl + Bl + wr, Col, Pre) &&
      kept(cyc(g.pre_act), rp, Pre, Act) && kept(cyc(g.pre_act_late), rp, PreLate, Act) &&
      kept(long_cyc(g.refpb_act), rfcpb, Ref, Act) && kept(long_cyc(g.refab_act), rfcab, Ref, Act) &&
      kept(cyc(g.act_act_s), rrds, Act, Act) && kept(cyc(g.act_act_l), rrdl, Act, Act) && kept(cyc(g.act_faw), faw, Act, Act) &&
      kept(cyc(g.ref_act), rrefd, Ref, Act) && kept(cyc(g.ccds), ccds, Col, Col) && kept(cyc(g.ccdl), ccdl, Col, Col) &&
      kept(cyc(g.ccdr), ccdr, Col, Col) && kept(cyc(g.rd_wr), rtw, Col, Col) && kept(cyc(g.rd_wr), rl + Bl - wl, Col, Col) &&
      kept(cyc(g.wr_rd_s), wl + Bl + wtrs, Col, Col) && kept(cyc(g.wr_rd_l), wl + Bl + wtrl, Col, Col) &&
      kept(cyc(g.pre_pre), ppd, Pre, Pre) && kept(cyc(g.pre_pre_late), ppd, PreLate, Pre) &&
      kept(cyc(g.rd_ctl), rl + Bl + 1, Col, Ctl) && kept(cyc(g.wr_ctl), wl + Bl + 1, Col, Ctl);
  logic counts_sane;
  assign counts_sane =
      g.act_rd != '0 && g.act_wr != '0 && g.act_pre != '0 && g.act_act != '0 && g.rd_pre != '0 && g.wr_pre != '0 &&
      g.pre_act != '0 && g.pre_act_late >= g.pre_act && g.refpb_act != '0 && g.refab_act != '0 && g.act_act_s != '0 &&
      g.act_act_l != '0 && g.act_faw != '0 && g.ref_act != '0 && g.ccds != '0 && g.ccdl != '0 && g.ccdr != '0 &&
      g.rd_wr != '0 && g.wr_rd_s != '0 && g.wr_rd_l != '0 && g.pre_pre != '0 && g.pre_pre_late != '0 && g.rd_ctl != '0 &&
      g.wr_ctl != '0;
  always_comb m_counts_are_sane : assume (first_q || counts_sane);
  // So that waits end within the cycles looked at
  logic counts_small;
  assign counts_small = g.act_act < 10 && g.pre_act < 4 && g.act_pre < 6 && g.rd_pre < 4 && g.wr_pre < 5 && g.refpb_act < 8 &&
      g.refab_act < 8 && g.act_faw < 10 && g.act_rd < 5 && g.act_wr < 4 && g.wr_rd_l < 7 && g.wr_rd_s < 6 && g.rd_wr < 5 &&
      g.act_act_l < 4 && g.act_act_s < 3 && g.ref_act < 6 && g.ccdr < 4 && g.ccdl < 4 && g.pre_act_late < 5 &&
      g.pre_pre_late < 4;
  if (Part == 0) begin : gen_small
    always_comb m_counts_are_small : assume (first_q || counts_small);
  end
  if (Part == 0 || Part == 3) begin : gen_counts
    always_comb m_counts_are_never_early : assume (first_q || counts_kept);
  end

  // The contract of whoever sends commands ----------------------------------------------------------------
  logic col, pre;
  assign col = rd_i || wr_i;
  assign pre = prepb_i || preab_i;
  always_comb begin
    m_banks_exist          : assume (32'(watched_i) < Banks);
    m_none_in_reset        : assume (rst_ni || !(col || pre || act_i || refpb_i || refab_i));
    m_rd_when_allowed      : assume (!rd_i || (rd_ripe[col_bank_i] && ccd_ok[col_bank_i] && rd_turn_ok[col_bank_i]));
    m_wr_when_allowed      : assume (!wr_i || (wr_ripe[col_bank_i] && ccd_ok[col_bank_i] && wr_turn_ok));
    m_act_when_allowed     : assume (!act_i || (act_ok[act_bank_i] && faw_ok));
    m_refpb_when_allowed   : assume (!refpb_i || ref_ok[ref_bank_i]);
    m_refab_when_allowed   : assume (!refab_i || ref_ok == '1);
    m_prepb_when_allowed   : assume (!prepb_i || pre_ok[pre_bank_i]);
    m_preab_when_allowed   : assume (!preab_i || (open != '0 && pre_ok == open && !closing));
    m_one_column           : assume (!(rd_i && wr_i));
    m_one_act_or_ref       : assume ({1'b0, act_i} + {1'b0, refpb_i} + {1'b0, refab_i} <= 2'd1);
    m_one_pre              : assume (!(prepb_i && preab_i));
    m_column_or_pre        : assume (!(col && (preab_i || (prepb_i && pre_bank_i == col_bank_i))));
    m_preab_beside_no_act  : assume (!(preab_i && act_i));
  end

  // What the watched bank had, and how many cycles ago ----------------------------------------------------
  typedef logic [11:0] age_t;
  localparam age_t Never = '1;
  function automatic age_t older(age_t age);
    return age == Never ? Never : age + age_t'(1);
  endfunction
  function automatic int_t ticks(age_t age, int_t from, int_t to);
    return 4 * int_t'({4'b0, age}) + to - from;
  endfunction

  logic act_x, rd_x, wr_x, pre_x, ref_x;
  logic open_q, rda_q, wra_q;  // Open; closed by RDA, by WRA
  assign act_x = act_i && act_bank_i == x_q;
  assign rd_x  = rd_i && col_bank_i == x_q;
  assign wr_x  = wr_i && col_bank_i == x_q;
  assign pre_x = (prepb_i && pre_bank_i == x_q) || (preab_i && open_q);
  assign ref_x = refpb_i && ref_bank_i == x_q;

  age_t act_q, rd_q, wr_q, pre_q, ref_q;  // Of the bank
  age_t refab_q, any_pre_q;               // Of the pseudo-channel
  age_t [3:0] acts_q;                     // Its latest ACTs, newest in [0]
  int_t pre_tick_q, any_pre_tick_q, pre_tick;
  assign pre_tick = pre_late_i ? 16'sd3 : 16'sd2;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      open_q         <= 1'b0;
      rda_q          <= 1'b0;
      wra_q          <= 1'b0;
      act_q          <= Never;
      rd_q           <= Never;
      wr_q           <= Never;
      pre_q          <= Never;
      ref_q          <= Never;
      refab_q        <= Never;
      any_pre_q      <= Never;
      acts_q         <= '1;
      pre_tick_q     <= 16'sd2;
      any_pre_tick_q <= 16'sd2;
    end else begin
      act_q     <= act_x ? age_t'(1) : older(act_q);
      rd_q      <= rd_x ? age_t'(1) : older(rd_q);
      wr_q      <= wr_x ? age_t'(1) : older(wr_q);
      pre_q     <= pre_x ? age_t'(1) : older(pre_q);
      ref_q     <= ref_x ? age_t'(1) : older(ref_q);
      refab_q   <= refab_i ? age_t'(1) : older(refab_q);
      any_pre_q <= pre ? age_t'(1) : older(any_pre_q);
      for (int i = 1; i < 4; i++) acts_q[i] <= older(act_i ? acts_q[i-1] : acts_q[i]);
      acts_q[0] <= act_i ? age_t'(1) : older(acts_q[0]);
      if (pre_x) pre_tick_q <= pre_tick;
      if (pre) any_pre_tick_q <= pre_tick;
      if (act_x) begin
        open_q <= 1'b1;
        rda_q  <= 1'b0;
        wra_q  <= 1'b0;
      end else if (pre_x) begin
        open_q <= 1'b0;
      end else if ((rd_x || wr_x) && auto_i) begin
        open_q <= 1'b0;
        rda_q  <= rd_x;
        wra_q  <= wr_x;
      end
    end
  end

  // The rules, in ticks -----------------------------------------------------------------------------------
  // A row command or a command of control at tick `to` finds the watched bank closed, and ripe.
  function automatic logic precharged(int_t to);
    return !open_q && ticks(pre_q, pre_tick_q, to) >= 2 * rp &&
           (!rda_q || (ticks(rd_q, Col, to) >= 2 * (rtp + rp) && ticks(act_q, Act, to) >= 2 * (ras + rp))) &&
           (!wra_q || (ticks(wr_q, Col, to) >= 2 * (wl + Bl + wr + rp) && ticks(act_q, Act, to) >= 2 * (ras + rp)));
  endfunction
  function automatic logic refreshed(int_t to);
    return ticks(ref_q, Ref, to) >= 2 * rfcpb && ticks(refab_q, Ref, to) >= 2 * rfcab;
  endfunction

  logic   act_bg, col_bg, col_sid, ref_bg;  // The command's bank is of the watched bank's group, stack ID
  index_t act_far, col_far, ref_far;
  assign act_far = act_bank_i ^ x_q;
  assign col_far = col_bank_i ^ x_q;
  assign ref_far = ref_bank_i ^ x_q;
  assign act_bg  = (act_far >> 2) == '0;
  assign ref_bg  = (ref_far >> 2) == '0;
  assign col_bg  = (col_far >> 2) == '0;
  assign col_sid = (col_far >> 4) == '0;
  int_t ccd;
  assign ccd = col_bg ? ccdl : col_sid ? ccds : ccdr;

  if (Part == 0 || Part == 3) begin : gen_rules
    always_comb begin
      if (rst_ni && (begun_q || !AnyState)) begin
        a_open_is_known : assert (open[x_q] == open_q);
        if (act_i) begin
          a_act_rrd   : assert (ticks(act_q, Act, Act) >= 2 * (act_bg ? rrdl : rrds));
          a_act_faw   : assert (ticks(acts_q[3], Act, Act) >= 2 * faw);
          a_act_rfcab : assert (ticks(refab_q, Ref, Act) >= 2 * rfcab);
          if (act_x) begin
            a_act_rp    : assert (precharged(Act));
            a_act_rc    : assert (ticks(act_q, Act, Act) >= 2 * rc);
            a_act_rfcpb : assert (refreshed(Act));
          end else begin
            a_act_rrefd : assert (ticks(ref_q, Ref, Act) >= 2 * rrefd);
          end
        end
        if (refpb_i) begin
          a_ref_rrd   : assert (ticks(act_q, Act, Ref) >= 2 * (ref_bg ? rrdl : rrds));
          a_ref_rfcab : assert (ticks(refab_q, Ref, Ref) >= 2 * rfcab);
          if (!ref_x) a_ref_rrefd : assert (ticks(ref_q, Ref, Ref) >= 2 * rrefd);
        end
        if (ref_x || refab_i) begin
          a_ref_rp  : assert (precharged(Ref));
          a_ref_rc  : assert (ticks(act_q, Act, Ref) >= 2 * rc);
          a_ref_rfc : assert (refreshed(Ref));
        end
        if (rd_i) begin
          a_rd_ccd : assert (ticks(rd_q, Col, Col) >= 2 * ccd);
          a_rd_wtr : assert (ticks(wr_q, Col, Col) >= 2 * (wl + Bl + (col_bg ? wtrl : wtrs)));
          if (rd_x) a_rd_rcd : assert (open_q && ticks(act_q, Act, Col) >= 2 * rcdrd);
        end
        if (wr_i) begin
          a_wr_ccd : assert (ticks(wr_q, Col, Col) >= 2 * ccd);
          a_wr_rtw : assert (ticks(rd_q, Col, Col) >= 2 * rtw && ticks(rd_q, Col, Col) >= 2 * (rl + Bl - wl));
          if (wr_x) a_wr_rcd : assert (open_q && ticks(act_q, Act, Col) >= 2 * rcdwr);
        end
        if (pre) a_pre_ppd : assert (ticks(any_pre_q, any_pre_tick_q, pre_tick) >= 2 * ppd);
        if (pre_x) begin
          a_pre_ras : assert (open_q && ticks(act_q, Act, pre_tick) >= 2 * ras);
          a_pre_rtp : assert (ticks(rd_q, Col, pre_tick) >= 2 * rtp);
          a_pre_wr  : assert (ticks(wr_q, Col, pre_tick) >= 2 * (wl + Bl + wr));
        end
        if (calm) begin
          a_calm_rp    : assert (precharged(Ctl));
          a_calm_rfc   : assert (refreshed(Ctl));
          a_calm_colpd : assert (ticks(rd_q, Col, Ctl) >= 2 * (rl + Bl + 1) && ticks(wr_q, Col, Ctl) >= 2 * (wl + Bl + 1));
        end
        c_rd_and_pre  : cover (rd_i && prepb_i && act_x && rcdrd > 5);
        c_closes_self : cover (act_x && wra_q && rp > 5 && wr > 5);
        c_refreshes   : cover (ref_x && act_q < 20 && refab_q < 20);
        c_fifth_act   : cover (act_i && acts_q[3] < 10 && faw > 15);
        c_calm        : cover (calm && rd_q < 20 && ref_q < 20);
      end
    end
  end

  // What makes it inductive: count and age together always reach the time to wait ---------------------------
  function automatic logic reach(int_t count, age_t age, int_t wait_for);
    return count + int_t'({4'b0, age}) >= wait_for;
  endfunction
  int_t c_rc, c_rp, c_rfc, c_rcdrd, c_rcdwr, c_ras, c_col, c_rrdl, c_ccdl, c_wtrl, c_ccds;
  logic [BankBits-3:0] group;
  assign group   = x_q[BankBits-1:2];
  assign c_rc    = cyc(u_dut.u_bank.u_rc.count_q[CycBits*x_q+:CycBits]);
  assign c_rp    = cyc(u_dut.u_bank.u_rp.count_q[CycBits*x_q+:CycBits]);
  assign c_rfc   = long_cyc(u_dut.u_bank.u_rfc.count_q[LongCycBits*x_q+:LongCycBits]);
  assign c_rcdrd = cyc(u_dut.u_bank.u_rcdrd.count_q[CycBits*x_q+:CycBits]);
  assign c_rcdwr = cyc(u_dut.u_bank.u_rcdwr.count_q[CycBits*x_q+:CycBits]);
  assign c_ras   = cyc(u_dut.u_bank.u_ras.count_q[CycBits*x_q+:CycBits]);
  assign c_col   = cyc(u_dut.u_bank.u_col.count_q[CycBits*x_q+:CycBits]);
  assign c_rrdl  = cyc(u_dut.u_rrdl.count_q[CycBits*group+:CycBits]);
  assign c_ccdl  = cyc(u_dut.u_ccdl.count_q[CycBits*group+:CycBits]);
  assign c_wtrl  = cyc(u_dut.u_wtrl.count_q[CycBits*group+:CycBits]);

  logic [Sids-1:0] sid_ok;  // Per stack ID of a coming command
  for (genvar s = 0; s < Sids; s++) begin : gen_sid
    int_t ccds_count, ccdr_count;
    logic mine;
    assign ccds_count = cyc(u_dut.u_ccds.count_q[CycBits*s+:CycBits]);
    assign ccdr_count = cyc(u_dut.u_ccdr.count_q[CycBits*s+:CycBits]);
    assign mine       = 32'(x_q >> 4) == s;
    assign sid_ok[s]  = u_dut.u_ccds.ok_q[s] == (ccds_count == 0) && u_dut.u_ccdr.ok_q[s] == (ccdr_count == 0) &&
                        (mine ? reach(ccds_count, rd_q, cyc(g.ccds)) && reach(ccds_count, wr_q, cyc(g.ccds))
                              : reach(ccdr_count, rd_q, cyc(g.ccdr)) && reach(ccdr_count, wr_q, cyc(g.ccdr)));
  end
  logic [3:0] faw_reach;
  for (genvar i = 0; i < 4; i++) begin : gen_faw
    logic [1:0] slot;
    int_t       count;
    assign slot         = u_dut.faw_q - 2'(i + 1);
    assign count        = cyc(u_dut.u_faw.count_q[CycBits*slot+:CycBits]);
    assign faw_reach[i] = reach(count, acts_q[i], cyc(g.act_faw)) && u_dut.u_faw.ok_q[slot] == (count == 0);
  end

  // A bank closed by itself: when, counts from the latest command that mattered.
  logic closes_x, self_closed;
  assign closes_x    = u_dut.u_bank.closing_q[x_q];
  assign self_closed = (rda_q || wra_q) && !closes_x;
  cyc_t w_rp, w_ppd;
  assign w_rp  = pre_tick_q == 3 ? g.pre_act_late : g.pre_act;
  assign w_ppd = any_pre_tick_q == 3 ? g.pre_pre_late : g.pre_pre;

  localparam int unsigned Invariants = 46;
  logic [Invariants-1:0] inv;
  assign inv[0]  = u_dut.u_bank.u_rc.ok_q[x_q] == (c_rc == 0);
  assign inv[1]  = u_dut.u_bank.u_rp.ok_q[x_q] == (c_rp == 0);
  assign inv[2]  = u_dut.u_bank.u_rfc.ok_q[x_q] == (c_rfc == 0);
  assign inv[3]  = u_dut.u_bank.u_rcdrd.ok_q[x_q] == (c_rcdrd == 0);
  assign inv[4]  = u_dut.u_bank.u_rcdwr.ok_q[x_q] == (c_rcdwr == 0);
  assign inv[5]  = u_dut.u_bank.u_ras.ok_q[x_q] == (c_ras == 0);
  assign inv[6]  = u_dut.u_bank.u_col.ok_q[x_q] == (c_col == 0);
  assign inv[7]  = u_dut.u_rrdl.ok_q[group] == (c_rrdl == 0);
  assign inv[8]  = u_dut.u_ccdl.ok_q[group] == (c_ccdl == 0);
  assign inv[9]  = u_dut.u_wtrl.ok_q[group] == (c_wtrl == 0);
  assign inv[10] = u_dut.u_rtw.ok_q == (u_dut.u_rtw.count_q == '0);
  assign inv[11] = u_dut.u_wtrs.ok_q == (u_dut.u_wtrs.count_q == '0);
  assign inv[12] = u_dut.u_rrds.ok_q == (u_dut.u_rrds.count_q == '0);
  assign inv[13] = u_dut.u_rrefd.ok_q == (u_dut.u_rrefd.count_q == '0);
  assign inv[14] = u_dut.u_rfcab.ok_q == (u_dut.u_rfcab.count_q == '0);
  assign inv[15] = u_dut.u_ppd.ok_q == (u_dut.u_ppd.count_q == '0);
  assign inv[16] = u_dut.u_rd_end.ok_q == (u_dut.u_rd_end.count_q == '0);
  assign inv[17] = u_dut.u_wr_end.ok_q == (u_dut.u_wr_end.count_q == '0);
  assign inv[18] = open[x_q] == open_q && !(open_q && (rda_q || wra_q)) && (!closes_x || rda_q || wra_q) && !(rda_q && wra_q);
  assign inv[19] = reach(c_rc, act_q, cyc(g.act_act));
  assign inv[20] = reach(c_rcdrd, act_q, cyc(g.act_rd));
  assign inv[21] = reach(c_rcdwr, act_q, cyc(g.act_wr));
  assign inv[22] = reach(c_ras, act_q, cyc(g.act_pre));
  assign inv[23] = reach(c_rrdl, act_q, cyc(g.act_act_l));
  assign inv[24] = reach(cyc(u_dut.u_rrds.count_q), act_q, cyc(g.act_act_s));
  assign inv[25] = reach(c_col, rd_q, cyc(g.rd_pre));
  assign inv[26] = reach(c_col, wr_q, cyc(g.wr_pre));
  assign inv[27] = reach(c_ccdl, rd_q, cyc(g.ccdl));
  assign inv[28] = reach(c_ccdl, wr_q, cyc(g.ccdl));
  assign inv[29] = reach(c_wtrl, wr_q, cyc(g.wr_rd_l));
  assign inv[30] = reach(cyc(u_dut.u_wtrs.count_q), wr_q, cyc(g.wr_rd_s));
  assign inv[31] = reach(cyc(u_dut.u_rtw.count_q), rd_q, cyc(g.rd_wr));
  assign inv[32] = reach(cyc(u_dut.u_rd_end.count_q), rd_q, cyc(g.rd_ctl));
  assign inv[33] = reach(cyc(u_dut.u_wr_end.count_q), wr_q, cyc(g.wr_ctl));
  assign inv[34] = sid_ok == '1;
  assign inv[35] = reach(c_rp, pre_q, cyc(w_rp));
  assign inv[36] = reach(cyc(u_dut.u_ppd.count_q), any_pre_q, cyc(w_ppd));
  assign inv[37] = (pre_tick_q == 2 || pre_tick_q == 3) && (any_pre_tick_q == 2 || any_pre_tick_q == 3);
  assign inv[38] = !self_closed || reach(c_rp, act_q, cyc(g.act_pre) + cyc(g.pre_act));
  assign inv[39] = !(self_closed && rda_q) || reach(c_rp, rd_q, cyc(g.rd_pre) + cyc(g.pre_act));
  assign inv[40] = !(self_closed && wra_q) || reach(c_rp, wr_q, cyc(g.wr_pre) + cyc(g.pre_act));
  assign inv[41] = reach(c_rfc, ref_q, long_cyc(g.refpb_act));
  assign inv[42] = reach(cyc(u_dut.u_rrefd.count_q), ref_q, cyc(g.ref_act));
  assign inv[43] = reach(long_cyc(u_dut.u_rfcab.count_q), refab_q, long_cyc(g.refab_act));
  assign inv[44] = faw_reach == '1;
  assign inv[45] = first_q || counts_sane;

  for (genvar i = 0; i < Invariants; i++) begin : gen_invariant
    if (Part == 1 || Part == 2) begin : gen_assert
      always_comb if (rst_ni && (begun_q || !AnyState)) a_holds : assert (inv[i]);
    end
    if (AnyState) begin : gen_assume
      always_comb if (Part == 3 || !begun_q) m_holds : assume (inv[i]);
    end
  end
  if (Part == 1 || Part == 2) begin : gen_cover
    always_comb c_acts : cover (act_x);
  end

endmodule
