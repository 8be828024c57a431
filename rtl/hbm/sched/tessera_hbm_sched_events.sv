// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Says for the counters what the scheduler did in a cycle, and why not more.
//
//   Latency     1 cycle: outputs speak of the cycle before.
//   Reset       BucketStop, no events, worst age 0.

module tessera_hbm_sched_events
  import tessera_hbm_pkg::row_op_e, tessera_hbm_pkg::RowRfmPb, tessera_hbm_pkg::RowRfmAb;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Banks = 32,
  localparam int unsigned IdxBits = $clog2(Banks)
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  // Commands of this cycle
  input  logic               stop_i,         // No request may be served
  input  logic               rd_i,
  input  logic               wr_i,
  input  logic               born_hit_i,     // The column command's row was open at its push
  input  logic [15:0]        age_i,          // Of the column command
  input  logic               act_i,
  input  logic [IdxBits-1:0] act_bank_i,
  input  logic               pre_i,          // PREpb
  input  logic [IdxBits-1:0] pre_bank_i,
  input  logic               conflict_i,     // ...because a request wants another row
  input  logic               refpb_i,        // REFpb or RFMpb
  input  logic [IdxBits-1:0] ref_bank_i,
  input  logic               refab_i,        // REFab or RFMab
  input  row_op_e            ref_op_i,

  // Why not more
  input  logic [Banks-1:0]   act_ok_i,
  input  logic [Banks-1:0]   any_i,          // Banks with waiting requests of the mode
  input  logic [Banks-1:0]   blocked_i,
  input  logic               hit_turns_i,
  input  logic               hit_waits_i,

  output bucket_e            bucket_o,
  output pc_event_t          event_o,        // The scheduler's fields; the others are 0
  output logic [15:0]        worst_age_o
);

  typedef logic [Banks-1:0] banks_t;

  // Banks being refreshed, and banks closed because a request wanted another row
  banks_t fresh_d, fresh_q, conflict_d, conflict_q, act_1h, pre_1h;
  assign act_1h = banks_t'(1) << act_bank_i;
  assign pre_1h = banks_t'(1) << pre_bank_i;
  always_comb begin
    fresh_d = fresh_q & ~act_ok_i;
    if (refpb_i) fresh_d = fresh_d | banks_t'(1) << ref_bank_i;
    if (refab_i) fresh_d = '1;
    conflict_d = conflict_q;
    if (act_i) conflict_d = conflict_d & ~act_1h;
    if (pre_i) conflict_d = conflict_i ? conflict_d | pre_1h : conflict_d & ~pre_1h;
  end

  bucket_e bucket_d, bucket_q;
  always_comb begin
    bucket_d = BucketCol;
    if (rd_i)                                        bucket_d = BucketRead;
    else if (wr_i)                                   bucket_d = BucketWrite;
    else if (stop_i)                                 bucket_d = BucketStop;
    else if (any_i == '0)                            bucket_d = BucketIdle;
    else if ((any_i & ~blocked_i & ~fresh_q) == '0)  bucket_d = BucketRefresh;
    else if (!hit_waits_i)                           bucket_d = BucketRow;
    else if (hit_turns_i)                            bucket_d = BucketTurn;
  end

  logic        rfm;
  pc_event_t   event_d, event_q;
  logic [15:0] worst_d, worst_q;
  assign rfm = ref_op_i == RowRfmPb || ref_op_i == RowRfmAb;
  always_comb begin
    event_d              = '0;
    event_d.row_hit      = (rd_i || wr_i) && born_hit_i;
    event_d.row_miss     = act_i && (conflict_q & act_1h) == '0;
    event_d.row_conflict = conflict_i;
    event_d.ref_pb       = refpb_i && !rfm;
    event_d.ref_ab       = refab_i && !rfm;
    event_d.rfm          = (refpb_i || refab_i) && rfm;
  end
  assign worst_d = (rd_i || wr_i) && age_i > worst_q ? age_i : worst_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fresh_q    <= '0;
      conflict_q <= '0;
      bucket_q   <= BucketStop;
      event_q    <= '0;
      worst_q    <= '0;
    end else begin
      fresh_q    <= fresh_d;
      conflict_q <= conflict_d;
      bucket_q   <= bucket_d;
      event_q    <= event_d;
      worst_q    <= worst_d;
    end
  end

  assign bucket_o    = bucket_q;
  assign event_o     = event_q;
  assign worst_age_o = worst_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_no_command_while_stopped : assert property (@(posedge clk_i) disable iff (in_reset)
      stop_i |-> !rd_i && !wr_i && !act_i);
`endif

endmodule
