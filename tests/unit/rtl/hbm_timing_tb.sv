// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_hbm_timing of both pseudo-channels, every count in 16 bits, the first field of grid_t last.

module hbm_timing_tb
  import tessera_hbm_pkg::*;
  import tessera_hbm_sched_pkg::*;
(
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       load_i,
  input  logic [$bits(timing_t)-1:0] timing_i,
  output logic [1:0][23:0][15:0]     counts_o
);

  for (genvar p = 0; p < 2; p++) begin : gen_pc
    grid_t g;
    tessera_hbm_timing #(
      .PcIndex(p)
    ) u_timing (
      .clk_i,
      .rst_ni,
      .load_i,
      .timing_i(timing_t'(timing_i)),
      .grid_o  (g)
    );
    assign counts_o[p] = {16'(g.wr_ctl), 16'(g.rd_ctl), 16'(g.pre_pre_late), 16'(g.pre_pre), 16'(g.wr_rd_l),
                          16'(g.wr_rd_s), 16'(g.rd_wr), 16'(g.ccdr), 16'(g.ccdl), 16'(g.ccds), 16'(g.ref_act),
                          16'(g.act_faw), 16'(g.act_act_l), 16'(g.act_act_s), 16'(g.refab_act), 16'(g.refpb_act),
                          16'(g.pre_act_late), 16'(g.pre_act), 16'(g.wr_pre), 16'(g.rd_pre), 16'(g.act_act),
                          16'(g.act_pre), 16'(g.act_wr), 16'(g.act_rd)};
  end

endmodule
