// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Turns timings in CK into controller cycles for one pseudo-channel, by the grid formula of docs/hbm/theory.md:
// n CK from a command at tick a of its cycle to one at tick b of its own take ceil((2 n - (b - a)) / 4) cycles.
//
//   Handshake   timing_i may change only while load_i; the counts follow one cycle later.
//   Latency     1 cycle.
//   Reset       The counts of Timing6400, so that nothing need be written to use the default part.
//
// Counts to a refresh are not here: a refresh refers to tick 0 and an ACT to tick 2, so whatever lets an ACT go lets a
// refresh go at most one cycle later, and that is how tessera_hbm_pc_timing counts it.

module tessera_hbm_timing
  import tessera_hbm_pkg::timing_t, tessera_hbm_pkg::Timing6400, tessera_hbm_pkg::BurstCk;
  import tessera_hbm_sched_pkg::*;
#(
  parameter int unsigned PcIndex = 0  // 0: column commands on phase 0, 1: on phase 1
) (
  input  logic    clk_i,
  input  logic    rst_ni,
  input  logic    load_i,
  input  timing_t timing_i,
  output grid_t   grid_o
);

  if (PcIndex > 1) begin : gen_bad_pc
    $error("tessera_hbm_timing: PcIndex must be 0 or 1: a channel has two pseudo-channels");
  end

  // Reference ticks in the cycle
  localparam logic [2:0] Col     = 3'(2 * PcIndex);
  localparam logic [2:0] Act     = 3'd2;
  localparam logic [2:0] Pre     = 3'd2;
  localparam logic [2:0] PreLate = 3'd3;
  localparam logic [2:0] Ref     = 3'd0;
  localparam logic [2:0] Ctl     = 3'd0;
  localparam int unsigned NckBits = 12;

  function automatic long_cyc_t cycles(logic [NckBits-1:0] nck, logic [2:0] from, logic [2:0] to);
    logic [NckBits+1:0] ticks;
    ticks = {1'b0, nck, 1'b0} + (NckBits + 2)'(from) + (NckBits + 2)'(3) - (NckBits + 2)'(to);
    return ticks < (NckBits + 2)'(4) ? long_cyc_t'(1) : long_cyc_t'(ticks >> 2);
  endfunction

  function automatic cyc_t short_cycles(logic [NckBits-1:0] nck, logic [2:0] from, logic [2:0] to);
    return cyc_t'(cycles(nck, from, to));
  endfunction

  function automatic logic [NckBits-1:0] at_least(logic [NckBits-1:0] nck, logic [NckBits-1:0] least);
    return nck > least ? nck : least;
  endfunction

  function automatic grid_t to_grid(timing_t t);
    grid_t g;
    logic [NckBits-1:0] burst, rl_end, wl_end, rtw;
    burst  = NckBits'(BurstCk);
    rl_end = NckBits'(t.rl) + burst;
    wl_end = NckBits'(t.wl) + burst;
    // Bursts must not overlap on the pins, whatever the register says.
    rtw = rl_end > NckBits'(t.wl) ? at_least(NckBits'(t.rtw), rl_end - NckBits'(t.wl)) : NckBits'(t.rtw);
    g.act_rd       = short_cycles(NckBits'(t.rcdrd), Act, Col);
    g.act_wr       = short_cycles(NckBits'(t.rcdwr), Act, Col);
    g.act_pre      = short_cycles(NckBits'(t.ras), Act, Pre);
    g.act_act      = short_cycles(NckBits'(t.rc), Act, Act);
    g.rd_pre       = short_cycles(NckBits'(t.rtp), Col, Pre);
    g.wr_pre       = short_cycles(wl_end + NckBits'(t.wr), Col, Pre);
    g.pre_act      = short_cycles(NckBits'(t.rp), Pre, Act);
    g.pre_act_late = short_cycles(NckBits'(t.rp), PreLate, Act);
    g.refpb_act    = cycles(NckBits'(t.rfcpb), Ref, Act);
    g.refab_act    = cycles(NckBits'(t.rfcab), Ref, Act);
    g.act_act_s    = short_cycles(NckBits'(t.rrds), Act, Act);
    g.act_act_l    = short_cycles(NckBits'(t.rrdl), Act, Act);
    g.act_faw      = short_cycles(NckBits'(t.faw), Act, Act);
    g.ref_act      = short_cycles(NckBits'(t.rrefd), Ref, Act);
    g.ccds         = short_cycles(at_least(NckBits'(t.ccds), burst), Col, Col);
    g.ccdl         = short_cycles(at_least(NckBits'(t.ccdl), burst), Col, Col);
    g.ccdr         = short_cycles(at_least(NckBits'(t.ccdr), burst), Col, Col);
    g.rd_wr        = short_cycles(rtw, Col, Col);
    g.wr_rd_s      = short_cycles(wl_end + NckBits'(t.wtrs), Col, Col);
    g.wr_rd_l      = short_cycles(wl_end + NckBits'(t.wtrl), Col, Col);
    g.pre_pre      = short_cycles(NckBits'(t.ppd), Pre, Pre);
    g.pre_pre_late = short_cycles(NckBits'(t.ppd), PreLate, Pre);
    g.rd_ctl       = short_cycles(rl_end + NckBits'(1), Col, Ctl);
    g.wr_ctl       = short_cycles(wl_end + NckBits'(1), Col, Ctl);
    return g;
  endfunction

  localparam grid_t Default = to_grid(Timing6400);

  grid_t grid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     grid_q <= Default;
    else if (load_i) grid_q <= to_grid(timing_i);
  end
  assign grid_o = grid_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_timing_changes_only_while_loading : assert property (@(posedge clk_i) disable iff (in_reset)
      !load_i && !$past(load_i) |-> $stable(timing_i));
`endif

endmodule
