// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Recency of the banks' use, and the most recently used bank of a set.
//
// A stream that has just left a bank comes back to it last, so that is the bank whose refresh disturbs least. A bank that is refreshed
// becomes the least recently used one: it is still busy with that when the next set begins.
//
//   Handshake   Pulses, in any combination.
//   Latency     use_i, done_i: 1 cycle. set_i to bank_o: none, while ask_i is high.
//   Throughput  A use, a refresh and a pick per cycle.
//   Reset       Bank 0 is the most recent, then 1, ...

module tessera_hbm_ref_pick #(
  parameter int unsigned  Banks = 32,
  localparam int unsigned Idx   = $clog2(Banks)
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             use_i,        // A column command went to use_bank_i
  input  logic [Idx-1:0]   use_bank_i,
  input  logic             done_i,       // REFpb or RFMpb went to done_bank_i
  input  logic [Idx-1:0]   done_bank_i,

  input  logic             ask_i,
  input  logic [Banks-1:0] set_i,        // Candidates; with ask_i not empty
  output logic [Idx-1:0]   bank_o        // 0 while ask_i is low
);

  // newer_q[i][j]: bank j has been used since bank i. A strict order: newer_q[i][j] != newer_q[j][i] for i != j.
  logic [Banks-1:0][Banks-1:0] newer_q;
  logic [Banks-1:0]            used, done;
  logic                        use_changes;

  assign use_changes = use_i && newer_q[use_bank_i] != '0;  // A run of hits changes nothing
  assign used        = use_changes ? Banks'(1) << use_bank_i : '0;
  assign done        = done_i ? Banks'(1) << done_bank_i : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int unsigned i = 0; i < Banks; i++) newer_q[i] <= (Banks'(1) << i) - Banks'(1);
    end else if (use_changes || done_i) begin
      // Used and refreshed at once: it has been used since.
      for (int unsigned i = 0; i < Banks; i++) newer_q[i] <= (newer_q[i] & ~done) | used;
      if (done_i) newer_q[done_bank_i] <= ~done;
      if (use_changes) newer_q[use_bank_i] <= '0;
    end
  end

  logic [Banks-1:0] best;
  always_comb begin
    best   = '0;
    bank_o = '0;
    if (ask_i) begin
      for (int unsigned i = 0; i < Banks; i++) begin
        best[i] = set_i[i] && (newer_q[i] & set_i) == '0;
        if (best[i]) bank_o = bank_o | Idx'(i);
      end
    end
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_one_bank_is_the_most_recent : assert property (@(posedge clk_i) disable iff (in_reset)
      ask_i |-> $onehot(best));
  a_asked_with_a_candidate : assert property (@(posedge clk_i) disable iff (in_reset) ask_i |-> set_i != '0);
`endif

endmodule
