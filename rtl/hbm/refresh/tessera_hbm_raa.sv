// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Row-hammer bookkeeping: activations per bank since they were last worked off (RAA), and which banks need RFM.
//
// ACT adds 1; a refresh or RFM of the bank takes RAAIMT off, not below 0.
//
//   Handshake   Pulses. act_i and take_i of one bank never come in the same cycle.
//   Latency     1 cycle.
//   Throughput  An ACT and a refresh per cycle.
//   Reset       All 0. Self-refresh does not touch the counts: at worst they say too much.

module tessera_hbm_raa #(
  parameter int unsigned  Banks = 32,
  localparam int unsigned Idx   = $clog2(Banks)
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             clear_i,     // The device is in reset: all counts to 0
  input  logic [9:0]       raaimt_i,    // 0: no RFM. Changes only while no command leaves
  input  logic [9:0]       raammt_i,

  input  logic             act_i,
  input  logic [Idx-1:0]   act_bank_i,
  input  logic             take_i,      // REFpb, RFMpb
  input  logic [Idx-1:0]   take_bank_i,
  input  logic             take_all_i,  // REFab, RFMab

  output logic [Banks-1:0] due_o,       // RAA >= RAAIMT: RFM when convenient
  output logic [Banks-1:0] hot_o,       // RAA >= 3/4 RAAMMT: RFM now
  output logic [Banks-1:0] block_o      // RAA >= RAAMMT: no ACT until refreshed
);

  typedef logic [9:0] raa_t;
  raa_t             raa_q [Banks];
  logic [Banks-1:0] due_q, hot_q, block_q;
  raa_t             hot_from;
  assign hot_from = raammt_i - (raammt_i >> 2);

  function automatic raa_t worked_off(raa_t raa, raa_t by);
    return raa > by ? raa - by : '0;
  endfunction

  // Flags of a bank follow its count; new thresholds reach them one bank per cycle.
  logic           sweep_q, changed;
  logic [Idx-1:0] sweep_bank_q;
  raa_t           raaimt_q, raammt_q, act_value, take_value;
  assign changed    = raaimt_q != raaimt_i || raammt_q != raammt_i;
  assign act_value  = raa_q[act_bank_i] == '1 ? '1 : raa_q[act_bank_i] + raa_t'(1);
  assign take_value = worked_off(raa_q[take_bank_i], raaimt_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int unsigned b = 0; b < Banks; b++) raa_q[b] <= '0;
      due_q        <= '0;
      hot_q        <= '0;
      block_q      <= '0;
      sweep_q      <= 1'b0;
      sweep_bank_q <= '0;
      raaimt_q     <= '0;
      raammt_q     <= '0;
    end else if (clear_i) begin
      for (int unsigned b = 0; b < Banks; b++) raa_q[b] <= '0;
      due_q        <= '0;
      hot_q        <= '0;
      block_q      <= '0;
      sweep_q      <= 1'b0;
      raaimt_q     <= raaimt_i;
      raammt_q     <= raammt_i;
    end else begin
      if (changed) begin
        raaimt_q     <= raaimt_i;
        raammt_q     <= raammt_i;
        sweep_q      <= 1'b1;
        sweep_bank_q <= '0;
      end else if (sweep_q) begin
        sweep_q      <= sweep_bank_q != Idx'(Banks - 1);
        sweep_bank_q <= sweep_bank_q + Idx'(1);
        due_q[sweep_bank_q]   <= raa_q[sweep_bank_q] >= raaimt_i;
        hot_q[sweep_bank_q]   <= raa_q[sweep_bank_q] >= hot_from;
        block_q[sweep_bank_q] <= raa_q[sweep_bank_q] >= raammt_i;
      end
      if (take_all_i) begin
        for (int unsigned b = 0; b < Banks; b++) begin
          raa_q[b]   <= worked_off(raa_q[b], raaimt_i);
          due_q[b]   <= worked_off(raa_q[b], raaimt_i) >= raaimt_i;
          hot_q[b]   <= worked_off(raa_q[b], raaimt_i) >= hot_from;
          block_q[b] <= worked_off(raa_q[b], raaimt_i) >= raammt_i;
        end
      end else if (take_i) begin
        raa_q[take_bank_i]   <= take_value;
        due_q[take_bank_i]   <= take_value >= raaimt_i;
        hot_q[take_bank_i]   <= take_value >= hot_from;
        block_q[take_bank_i] <= take_value >= raammt_i;
      end
      if (act_i) begin
        raa_q[act_bank_i]   <= act_value;
        due_q[act_bank_i]   <= act_value >= raaimt_i;
        hot_q[act_bank_i]   <= act_value >= hot_from;
        block_q[act_bank_i] <= act_value >= raammt_i;
      end
    end
  end

  logic on;
  assign on      = raaimt_i != '0;
  assign due_o   = on ? due_q : '0;
  assign hot_o   = on ? hot_q : '0;
  assign block_o = on ? block_q : '0;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_no_act_of_a_bank_being_refreshed : assert property (@(posedge clk_i) disable iff (in_reset)
      act_i |-> !take_all_i && !(take_i && take_bank_i == act_bank_i));
  a_no_act_of_an_exhausted_bank : assert property (@(posedge clk_i) disable iff (in_reset)
      act_i |-> !block_o[act_bank_i]);
`endif

endmodule
