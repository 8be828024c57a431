// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Answers write bursts: B in the order of the bursts, each when its last grain was accepted and its partial grains merged.
//
//   Handshake   burst and B are ready/valid. left and merged are pulses that name the burst by its number; a grain with
//               pending set is followed by one merged. The numbers of the bursts inside are consecutive.
//   Latency     Last grain or last merge to B 2 cycles.
//   Throughput  1 burst per cycle.
//   Reset       Drops everything.
//
// While fatal_i is high merges no longer come. The bursts that are inside then are answered SLVERR without theirs, but not
// before their last beat.

module tessera_hbm_axi_b
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned IdBits     = 4,
  parameter int unsigned NumberBits = 5   // 2^NumberBits bursts fit
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  fatal_i,
  output logic                  idle_o,  // No burst inside

  // Bursts
  input  logic                  burst_valid_i,
  output logic                  burst_ready_o,
  input  logic [IdBits-1:0]     burst_id_i,
  output logic [NumberBits-1:0] burst_number_o,

  // A grain was accepted or refused
  input  wr_left_t              left_i,
  input  logic [NumberBits-1:0] left_number_i,

  // A partial grain was merged, or could not be
  input  logic                  merged_valid_i,
  input  logic [NumberBits-1:0] merged_number_i,
  input  logic                  merged_err_i,

  // AXI4 B
  output logic                  s_axi_bvalid,
  input  logic                  s_axi_bready,
  output logic [IdBits-1:0]     s_axi_bid,
  output logic [1:0]            s_axi_bresp
);

  localparam int unsigned Bursts = 1 << NumberBits;
  typedef logic [NumberBits-1:0] number_t;
  typedef logic [SlotBits:0]     merges_t;  // At most one per slot of the write queue

  logic [IdBits-1:0] id_q      [Bursts];
  merges_t           pending_q [Bursts];
  logic [Bursts-1:0] closed_q, slverr_q, decerr_q;

  // count_q bursts from head_q on; the first poisoned_q of them were inside when the channel failed.
  number_t             head_q, tail;
  logic [NumberBits:0] count_d, count_q, poisoned_d, poisoned_q;
  assign tail           = head_q + number_t'(count_q);
  assign burst_number_o = tail;
  assign burst_ready_o  = !count_q[NumberBits];

  logic push, pop, head_done, poisoned;
  assign poisoned  = fatal_i || poisoned_q != '0;
  assign head_done = count_q != '0 && closed_q[head_q] && (pending_q[head_q] == '0 || poisoned);
  assign push      = burst_valid_i && burst_ready_o;
  assign pop       = head_done && (s_axi_bready || !s_axi_bvalid);

  always_comb begin
    count_d = count_q;
    if (push && !pop) count_d = count_q + 1'b1;
    if (pop && !push) count_d = count_q - 1'b1;
    poisoned_d = poisoned_q;
    if (fatal_i) poisoned_d = count_d;
    else if (pop && poisoned_q != '0) poisoned_d = poisoned_q - 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q         <= '0;
      count_q        <= '0;
      poisoned_q     <= '0;
      s_axi_bvalid <= 1'b0;
    end else begin
      if (pop) head_q <= head_q + number_t'(1);
      count_q    <= count_d;
      poisoned_q <= poisoned_d;
      if (s_axi_bready || !s_axi_bvalid) s_axi_bvalid <= pop;
    end
  end

  logic both;
  assign both = left_i.valid && left_i.pending && merged_valid_i && left_number_i == merged_number_i;

  always_ff @(posedge clk_i) begin
    if (left_i.valid) begin
      if (left_i.last) closed_q[left_number_i] <= 1'b1;
      if (left_i.pending && !both) pending_q[left_number_i] <= pending_q[left_number_i] + 1'b1;
      if (left_i.resp == RespSlvErr) slverr_q[left_number_i] <= 1'b1;
      if (left_i.resp == RespDecErr) decerr_q[left_number_i] <= 1'b1;
    end
    if (merged_valid_i) begin
      if (!both) pending_q[merged_number_i] <= pending_q[merged_number_i] - 1'b1;
      if (merged_err_i) slverr_q[merged_number_i] <= 1'b1;
    end
    if (push) begin
      id_q[tail]      <= burst_id_i;
      pending_q[tail] <= '0;
      closed_q[tail]  <= 1'b0;
      slverr_q[tail]  <= 1'b0;
      decerr_q[tail]  <= 1'b0;
    end
    if (pop) begin
      s_axi_bid   <= id_q[head_q];
      s_axi_bresp <= poisoned || slverr_q[head_q] ? RespSlvErr : decerr_q[head_q] ? RespDecErr : RespOkay;
    end
  end

  assign idle_o = count_q == '0 && !s_axi_bvalid;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  number_t grain_age, merged_age;
  logic    merge_pending;
  assign merge_pending = pending_q[merged_number_i] != '0;
  assign grain_age  = left_number_i - head_q;
  assign merged_age = merged_number_i - head_q;

  a_count_within_depth     : assert property (@(posedge clk_i) disable iff (in_reset)
      32'(count_q) <= Bursts && poisoned_q <= count_q);
  a_grain_of_a_known_burst : assert property (@(posedge clk_i) disable iff (in_reset)
      left_i.valid |-> {1'b0, grain_age} < count_q && !closed_q[left_number_i]);
  a_merge_was_pending      : assert property (@(posedge clk_i) disable iff (in_reset)
      merged_valid_i |-> {1'b0, merged_age} < count_q && merge_pending);
  a_b_stable               : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axi_bvalid && !s_axi_bready |=> s_axi_bvalid && $stable({s_axi_bid, s_axi_bresp}));
`endif

endmodule
