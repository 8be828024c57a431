// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_timing: for every value of every timing register, no count of cycles is early by a tick, and none is late
// by more than three; nor is a count ever 0.
//
// A count of c cycles from a command at tick a of its cycle to one at tick b puts 4 c + b - a ticks between them.
//
// PROVE pdr PcIndex=0
// MUTANT rtl/hbm/sched/tessera_hbm_timing.sv | (NckBits + 2)'(from) + (NckBits + 2)'(3) | (NckBits + 2)'(from) + (NckBits + 2)'(2)
// MUTANT rtl/hbm/sched/tessera_hbm_timing.sv | (NckBits + 2)'(from) + (NckBits + 2)'(3) | (NckBits + 2)'(from) + (NckBits + 2)'(7)
// MUTANT rtl/hbm/sched/tessera_hbm_timing.sv | rl_end = NckBits'(t.rl) + burst; | rl_end = NckBits'(t.rl);
// MUTANT rtl/hbm/sched/tessera_hbm_timing.sv | g.pre_act_late = short_cycles(NckBits'(t.rp), PreLate, Act); | g.pre_act_late = short_cycles(NckBits'(t.rp), Pre, Act);
// MUTANT rtl/hbm/sched/tessera_hbm_timing.sv | g.wr_rd_l      = short_cycles(wl_end + NckBits'(t.wtrl), Col, Col); | g.wr_rd_l      = short_cycles(wl_end + NckBits'(t.wtrs), Col, Col);
// PROVE pdr PcIndex=1
// MUTANT rtl/hbm/sched/tessera_hbm_timing.sv | g.wr_pre       = short_cycles(wl_end + NckBits'(t.wr), Col, Pre); | g.wr_pre       = short_cycles(wl_end + NckBits'(t.wr), Ctl, Pre);

module hbm_timing_proof
  import tessera_hbm_pkg::*;
  import tessera_hbm_sched_pkg::*;
#(
  parameter int unsigned PcIndex = 0
) (
  input logic    clk_i,
  input logic    rst_ni,
  input timing_t timing_i
);

  logic first_q = 1'b1, loaded_q = 1'b0;
  always_ff @(posedge clk_i) begin
    first_q  <= 1'b0;
    loaded_q <= !first_q;
  end
  always_comb m_reset_comes_first : assume (rst_ni == !first_q);

  grid_t grid;
  tessera_hbm_timing #(
    .PcIndex(PcIndex)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .load_i  (1'b1),
    .timing_i,
    .grid_o  (grid)
  );

  timing_t t;
  always_ff @(posedge clk_i) t <= timing_i;

  typedef logic signed [14:0] int_t;
  localparam int_t Col = 2 * PcIndex, Act = 2, Pre = 2, PreLate = 3, Ref = 0, Ctl = 0, Bl = 2;

  // `nck` is kept, and with one cycle less it would not be (unless the count is already 1).
  function automatic logic fits(logic [10:0] count, int_t nck, int_t from, int_t to);
    int_t ticks;
    ticks = 4 * int_t'({4'b0, count}) + to - from;
    return count != '0 && ticks >= 2 * nck && (count == 11'd1 || ticks - 4 < 2 * nck);
  endfunction
  function automatic int_t max2(int_t x, int_t y);
    return x > y ? x : y;
  endfunction
  function automatic logic [10:0] c(cyc_t cycles);
    return {3'b0, cycles};
  endfunction

  int_t rl, wl;
  assign rl = int_t'({9'b0, t.rl});
  assign wl = int_t'({9'b0, t.wl});

  always_ff @(posedge clk_i) begin
    if (loaded_q) begin
      a_rcdrd   : assert (fits(c(grid.act_rd), int_t'({8'b0, t.rcdrd}), Act, Col));
      a_rcdwr   : assert (fits(c(grid.act_wr), int_t'({8'b0, t.rcdwr}), Act, Col));
      a_ras     : assert (fits(c(grid.act_pre), int_t'({8'b0, t.ras}), Act, Pre));
      a_rc      : assert (fits(c(grid.act_act), int_t'({7'b0, t.rc}), Act, Act));
      a_rtp     : assert (fits(c(grid.rd_pre), int_t'({10'b0, t.rtp}), Col, Pre));
      a_wr      : assert (fits(c(grid.wr_pre), wl + Bl + int_t'({8'b0, t.wr}), Col, Pre));
      a_rp      : assert (fits(c(grid.pre_act), int_t'({8'b0, t.rp}), Pre, Act));
      a_rp_late : assert (fits(c(grid.pre_act_late), int_t'({8'b0, t.rp}), PreLate, Act));
      a_rfcpb   : assert (fits(grid.refpb_act, int_t'({4'b0, t.rfcpb}), Ref, Act));
      a_rfcab   : assert (fits(grid.refab_act, int_t'({4'b0, t.rfcab}), Ref, Act));
      a_rrds    : assert (fits(c(grid.act_act_s), int_t'({11'b0, t.rrds}), Act, Act));
      a_rrdl    : assert (fits(c(grid.act_act_l), int_t'({11'b0, t.rrdl}), Act, Act));
      a_faw     : assert (fits(c(grid.act_faw), int_t'({8'b0, t.faw}), Act, Act));
      a_rrefd   : assert (fits(c(grid.ref_act), int_t'({9'b0, t.rrefd}), Ref, Act));
      // Two bursts may follow each other, never overlap (rule BUS).
      a_ccds    : assert (fits(c(grid.ccds), max2(int_t'({11'b0, t.ccds}), Bl), Col, Col));
      a_ccdl    : assert (fits(c(grid.ccdl), max2(int_t'({11'b0, t.ccdl}), Bl), Col, Col));
      a_ccdr    : assert (fits(c(grid.ccdr), max2(int_t'({11'b0, t.ccdr}), Bl), Col, Col));
      a_rtw     : assert (fits(c(grid.rd_wr), max2(int_t'({9'b0, t.rtw}), rl + Bl - wl), Col, Col));
      a_wtrs    : assert (fits(c(grid.wr_rd_s), wl + Bl + int_t'({10'b0, t.wtrs}), Col, Col));
      a_wtrl    : assert (fits(c(grid.wr_rd_l), wl + Bl + int_t'({10'b0, t.wtrl}), Col, Col));
      a_ppd     : assert (fits(c(grid.pre_pre), int_t'({11'b0, t.ppd}), Pre, Pre));
      a_ppd_late: assert (fits(c(grid.pre_pre_late), int_t'({11'b0, t.ppd}), PreLate, Pre));
      a_colpd_rd: assert (fits(c(grid.rd_ctl), rl + Bl + 1, Col, Ctl));
      a_colpd_wr: assert (fits(c(grid.wr_ctl), wl + Bl + 1, Col, Ctl));
      a_late    : assert (grid.pre_act_late >= grid.pre_act);
      c_default : cover (t == Timing6400 && grid.act_act == 36);
      c_largest : cover (grid.refab_act == 1023 && grid.act_act == 128);
    end
  end

endmodule
