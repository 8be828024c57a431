// SPDX-License-Identifier: Apache-2.0
//
// Stands for tessera_hbm_timing in proofs of what uses its counts: any counts, kept once loaded. The proof assumes of
// them what hbm_timing_proof shows of the real ones.

module tessera_hbm_timing
  import tessera_hbm_pkg::timing_t;
  import tessera_hbm_sched_pkg::*;
#(
  parameter int unsigned PcIndex = 0
) (
  input  logic    clk_i,
  input  logic    rst_ni,
  input  logic    load_i,
  input  timing_t timing_i,
  output grid_t   grid_o
);

  grid_t any, grid_q;  // `any` is driven by nothing: free
  always_ff @(posedge clk_i) if (load_i) grid_q <= any;
  assign grid_o = grid_q;

endmodule
