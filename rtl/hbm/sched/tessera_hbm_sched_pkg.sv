// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Timings on the grid of time: controller cycles from one command's cycle to the first cycle that may hold the other.

package tessera_hbm_sched_pkg;

  localparam int unsigned CycBits     = 8;   // Longest: tRC, 255 CK
  localparam int unsigned LongCycBits = 11;  // Refresh: tRFC, 2047 CK

  typedef logic [CycBits-1:0]     cyc_t;
  typedef logic [LongCycBits-1:0] long_cyc_t;

  // Every count is at least 1: two commands that a timing ties together never share a cycle.
  typedef struct packed {
    cyc_t      act_rd;        // Same bank
    cyc_t      act_wr;
    cyc_t      act_pre;
    cyc_t      act_act;       // tRC
    cyc_t      rd_pre;
    cyc_t      wr_pre;
    cyc_t      pre_act;       // PRE in row slot 2, and the internal precharge
    cyc_t      pre_act_late;  // PRE in row slot 3
    long_cyc_t refpb_act;
    long_cyc_t refab_act;     // Pseudo-channel
    cyc_t      act_act_s;     // tRRD_S
    cyc_t      act_act_l;     // tRRD_L
    cyc_t      act_faw;       // To the fourth ACT after
    cyc_t      ref_act;       // tRREFD
    cyc_t      ccds;
    cyc_t      ccdl;
    cyc_t      ccdr;
    cyc_t      rd_wr;
    cyc_t      wr_rd_s;
    cyc_t      wr_rd_l;
    cyc_t      pre_pre;       // First PRE in row slot 2
    cyc_t      pre_pre_late;  // First PRE in row slot 3
    cyc_t      rd_ctl;        // To a command of control: tick 0
    cyc_t      wr_ctl;
  } grid_t;

endpackage
