// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// All timing of one pseudo-channel: from the commands of each cycle, which commands are legal in this one.
//
//   Handshake   A command's input is high in the cycle in which it is decided: at most one column command, one of
//               {ACT, REF} and one PRE, and only where the outputs allow it.
//   Latency     Outputs depend on registers only; a command shows in them one cycle later.
//   Reset       All banks closed, everything allowed.
//
// Scopes (docs/hbm/protocol.md): "same bank group" is same stack ID and bank group. A refresh refers to tick 0 of its
// cycle and an ACT to tick 2, so a refresh is legal when an ACT has been legal for two cycles.

module tessera_hbm_pc_timing
  import tessera_hbm_pkg::timing_t;
  import tessera_hbm_sched_pkg::*;
#(
  parameter int unsigned PcIndex = 0,
  parameter int unsigned Sids    = 2,
  localparam int unsigned Banks    = 16 * Sids,
  localparam int unsigned BankBits = $clog2(Banks),
  localparam int unsigned Groups   = 4 * Sids
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  timing_t             timing_i,    // Changes only while load_i and calm_o
  input  logic                load_i,
  input  logic                clear_i,     // The device is in reset: all banks are closed

  // Commands of this cycle
  input  logic                rd_i,
  input  logic                wr_i,
  input  logic                auto_i,      // With rd_i or wr_i: auto-precharge
  input  logic [BankBits-1:0] col_bank_i,
  input  logic                act_i,
  input  logic [BankBits-1:0] act_bank_i,
  input  logic                refpb_i,     // REFpb or RFMpb
  input  logic [BankBits-1:0] ref_bank_i,
  input  logic                refab_i,     // REFab or RFMab
  input  logic                prepb_i,
  input  logic [BankBits-1:0] pre_bank_i,
  input  logic                preab_i,
  input  logic                pre_late_i,  // The PRE is in row slot 3

  // Column: legal where ripe, ccd_ok and the direction's turn_ok all are set
  output logic [Banks-1:0]    rd_ripe_o,   // Open, and tRCD is over
  output logic [Banks-1:0]    wr_ripe_o,
  output logic [Banks-1:0]    ccd_ok_o,
  output logic [Banks-1:0]    rd_turn_ok_o,
  output logic                wr_turn_ok_o,

  // Row: ACT is legal where act_ok is set and faw_ok
  output logic [Banks-1:0]    act_ok_o,
  output logic                faw_ok_o,
  output logic [Banks-1:0]    bank_ok_o,   // Closed and ripe as far as the bank alone is concerned
  output logic [Banks-1:0]    ref_ok_o,    // REFpb, RFMpb there; REFab, RFMab where all are set
  output logic [Banks-1:0]    pre_ok_o,    // Includes that the bank is open
  output logic [Banks-1:0]    open_o,
  output logic                closing_o,   // Some bank waits for its internal precharge

  output logic                calm_o       // Closed, and a command of control may follow
);

  if (Sids < 1 || Sids > 4) begin : gen_bad_sids
    $error("tessera_hbm_pc_timing: Sids must be 1 to 4");
  end

  grid_t grid;
  tessera_hbm_timing #(
    .PcIndex(PcIndex)
  ) u_timing (
    .clk_i,
    .rst_ni,
    .load_i,
    .timing_i,
    .grid_o(grid)
  );

  logic             col;
  logic [Banks-1:0] act_1h, col_1h, rd_1h, wr_1h, ref_1h, pre_1h;
  assign col    = rd_i || wr_i;
  assign col_1h = col ? Banks'(1) << col_bank_i : '0;
  assign rd_1h  = rd_i ? col_1h : '0;
  assign wr_1h  = wr_i ? col_1h : '0;
  assign act_1h = act_i ? Banks'(1) << act_bank_i : '0;
  assign ref_1h = refpb_i ? Banks'(1) << ref_bank_i : '0;
  assign pre_1h = preab_i ? open_o : prepb_i ? Banks'(1) << pre_bank_i : '0;

  logic [Banks-1:0] closing, pre_bank_ok;
  tessera_hbm_bank #(
    .N          (Banks),
    .CycBits    (CycBits),
    .LongCycBits(LongCycBits)
  ) u_bank (
    .clk_i,
    .rst_ni,
    .act_rd_i      (grid.act_rd),
    .act_wr_i      (grid.act_wr),
    .act_pre_i     (grid.act_pre),
    .act_act_i     (grid.act_act),
    .rd_pre_i      (grid.rd_pre),
    .wr_pre_i      (grid.wr_pre),
    .pre_act_i     (grid.pre_act),
    .pre_act_late_i(grid.pre_act_late),
    .ref_act_i     (grid.refpb_act),
    .clear_i,
    .act_i         (act_1h),
    .rd_i          (rd_1h),
    .wr_i          (wr_1h),
    .auto_i,
    .pre_i         (pre_1h),
    .pre_late_i,
    .ref_i         (ref_1h),
    .open_o,
    .closing_o     (closing),
    .act_ok_o      (bank_ok_o),
    .rd_ok_o       (rd_ripe_o),
    .wr_ok_o       (wr_ripe_o),
    .pre_ok_o      (pre_bank_ok)
  );
  assign closing_o = closing != '0;

  // Bank groups: tRRD_L, tCCD_L, tWTR_L
  typedef logic [Groups-1:0] groups_t;
  function automatic logic [Banks-1:0] group_banks(groups_t groups);
    logic [Banks-1:0] banks;
    for (int unsigned g = 0; g < Groups; g++) banks[4*g+:4] = {4{groups[g]}};
    return banks;
  endfunction
  groups_t act_group, col_group, wr_group, rrdl_ok, ccdl_ok, wtrl_ok;
  assign act_group = act_i ? groups_t'(1) << act_bank_i[BankBits-1:2] : '0;
  assign col_group = col ? groups_t'(1) << col_bank_i[BankBits-1:2] : '0;
  assign wr_group  = wr_i ? col_group : '0;
  tessera_hbm_spacing #(.N(Groups), .Bits(CycBits)) u_rrdl (
      .clk_i, .rst_ni, .start_i(act_group), .cycles_i(grid.act_act_l), .ok_o(rrdl_ok));
  tessera_hbm_spacing #(.N(Groups), .Bits(CycBits)) u_ccdl (
      .clk_i, .rst_ni, .start_i(col_group), .cycles_i(grid.ccdl), .ok_o(ccdl_ok));
  tessera_hbm_spacing #(.N(Groups), .Bits(CycBits)) u_wtrl (
      .clk_i, .rst_ni, .start_i(wr_group), .cycles_i(grid.wr_rd_l), .ok_o(wtrl_ok));

  // Stack IDs: tCCD_S within one, tCCD_R to the others
  logic [Sids-1:0]  col_sid, other_sids, ccds_ok, ccdr_ok, ccd_ok;
  logic [Banks-1:0] ccd_sid_ok;
  assign ccd_ok = ccds_ok & ccdr_ok;
  for (genvar s = 0; s < Sids; s++) begin : gen_sid
    assign col_sid[s]    = col_1h[16*s+:16] != '0;
    assign other_sids[s] = col && !col_sid[s];
    assign ccd_sid_ok[16*s+:16] = {16{ccd_ok[s]}};
  end
  tessera_hbm_spacing #(.N(Sids), .Bits(CycBits)) u_ccds (
      .clk_i, .rst_ni, .start_i(col_sid), .cycles_i(grid.ccds), .ok_o(ccds_ok));
  tessera_hbm_spacing #(.N(Sids), .Bits(CycBits)) u_ccdr (
      .clk_i, .rst_ni, .start_i(other_sids), .cycles_i(grid.ccdr), .ok_o(ccdr_ok));

  // Pseudo-channel
  logic wtrs_ok, rrds_ok, rrefd_ok, rfcab_ok, ppd_ok, rd_end_ok, wr_end_ok, pre;
  cyc_t ppd;
  assign pre = prepb_i || preab_i;
  assign ppd = pre_late_i ? grid.pre_pre_late : grid.pre_pre;
  tessera_hbm_spacing #(.N(1), .Bits(CycBits)) u_rtw (
      .clk_i, .rst_ni, .start_i(rd_i), .cycles_i(grid.rd_wr), .ok_o(wr_turn_ok_o));
  tessera_hbm_spacing #(.N(1), .Bits(CycBits)) u_wtrs (
      .clk_i, .rst_ni, .start_i(wr_i), .cycles_i(grid.wr_rd_s), .ok_o(wtrs_ok));
  tessera_hbm_spacing #(.N(1), .Bits(CycBits)) u_rrds (
      .clk_i, .rst_ni, .start_i(act_i), .cycles_i(grid.act_act_s), .ok_o(rrds_ok));
  tessera_hbm_spacing #(.N(1), .Bits(CycBits)) u_rrefd (
      .clk_i, .rst_ni, .start_i(refpb_i), .cycles_i(grid.ref_act), .ok_o(rrefd_ok));
  tessera_hbm_spacing #(.N(1), .Bits(LongCycBits)) u_rfcab (
      .clk_i, .rst_ni, .start_i(refab_i), .cycles_i(grid.refab_act), .ok_o(rfcab_ok));
  tessera_hbm_spacing #(.N(1), .Bits(CycBits)) u_ppd (
      .clk_i, .rst_ni, .start_i(pre), .cycles_i(ppd), .ok_o(ppd_ok));
  tessera_hbm_spacing #(.N(1), .Bits(CycBits)) u_rd_end (
      .clk_i, .rst_ni, .start_i(rd_i), .cycles_i(grid.rd_ctl), .ok_o(rd_end_ok));
  tessera_hbm_spacing #(.N(1), .Bits(CycBits)) u_wr_end (
      .clk_i, .rst_ni, .start_i(wr_i), .cycles_i(grid.wr_ctl), .ok_o(wr_end_ok));

  // tFAW: the last four ACTs take the four counters in turn, so the next one waits for the oldest of them.
  logic [1:0] faw_d, faw_q;
  logic [3:0] faw_ok, faw_start;
  assign faw_d     = act_i ? faw_q + 2'd1 : faw_q;
  assign faw_start = act_i ? 4'd1 << faw_q : 4'd0;
  assign faw_ok_o  = faw_ok[faw_q];
  tessera_hbm_spacing #(.N(4), .Bits(CycBits)) u_faw (
      .clk_i, .rst_ni, .start_i(faw_start), .cycles_i(grid.act_faw), .ok_o(faw_ok));

  assign ccd_ok_o     = group_banks(ccdl_ok) & ccd_sid_ok;
  assign rd_turn_ok_o = wtrs_ok ? group_banks(wtrl_ok) : '0;
  assign pre_ok_o     = ppd_ok ? pre_bank_ok : '0;

  // act_ok_q: an ACT was legal in the cycle before, and would still have been after what went out in it.
  logic [Banks-1:0] act_ok, act_ok_d, act_ok_q;
  assign act_ok_d = act_i || refpb_i || refab_i ? '0 : act_ok;
  assign act_ok   = rrds_ok && rrefd_ok && rfcab_ok ? bank_ok_o & group_banks(rrdl_ok) : '0;
  assign act_ok_o = act_ok;
  assign ref_ok_o = act_ok & act_ok_q;
  assign calm_o   = ref_ok_o == '1 && rd_end_ok && wr_end_ok && ppd_ok;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      act_ok_q <= '1;
      faw_q    <= '0;
    end else begin
      act_ok_q <= act_ok_d;
      faw_q    <= faw_d;
    end
  end

`ifndef SYNTHESIS
  logic in_reset, pre_legal, col_legal;
  assign in_reset  = !rst_ni;
  assign pre_legal = preab_i ? pre_ok_o == open_o && !closing_o : (pre_1h & ~pre_ok_o) == '0;
  assign col_legal = ((rd_1h & ~(rd_ripe_o & ccd_ok_o & rd_turn_ok_o)) | (wr_1h & ~(wr_ripe_o & ccd_ok_o))) == '0
                     && !(wr_i && !wr_turn_ok_o);

  a_act_is_legal     : assert property (@(posedge clk_i) disable iff (in_reset)
      act_i |-> (act_1h & ~act_ok_o) == '0 && faw_ok_o);
  a_refpb_is_legal   : assert property (@(posedge clk_i) disable iff (in_reset)
      refpb_i |-> (ref_1h & ~ref_ok_o) == '0);
  a_refab_is_legal   : assert property (@(posedge clk_i) disable iff (in_reset)
      refab_i |-> ref_ok_o == '1);
  a_pre_is_legal     : assert property (@(posedge clk_i) disable iff (in_reset)
      prepb_i || preab_i |-> pre_legal);
  a_column_is_legal  : assert property (@(posedge clk_i) disable iff (in_reset)
      rd_i || wr_i |-> col_legal);
  a_one_column       : assert property (@(posedge clk_i) disable iff (in_reset)
      !(rd_i && wr_i));
  a_one_act_or_ref   : assert property (@(posedge clk_i) disable iff (in_reset)
      $onehot0({act_i, refpb_i, refab_i}));
  a_one_pre          : assert property (@(posedge clk_i) disable iff (in_reset)
      !(prepb_i && preab_i));
`endif

endmodule
