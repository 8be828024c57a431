// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Round-robin arbiter: grants one of N requests; whoever was served last has the lowest priority.
//
//   Handshake   A request stays up until it is served. gnt_o is one-hot, or zero without requests. accept_i says
//               that the granted request is served in this cycle; until then the grant does not change.
//   Latency     None: gnt_o follows req_i in the same cycle.
//   Throughput  1 grant per cycle. A request is served after at most N - 1 others.
//   Reset       Request 0 has the highest priority.

module tessera_rr_arbiter #(
  parameter int unsigned N = 2  // Requests, at least 1
) (
  input  logic         clk_i,
  input  logic         rst_ni,

  input  logic [N-1:0] req_i,
  output logic [N-1:0] gnt_o,
  input  logic         accept_i
);

  if (N == 0) begin : gen_bad_n
    $error("tessera_rr_arbiter: N must be at least 1");
  end

  // Requests that come before the others: all from some index upwards, or none.
  logic [N-1:0] first_d, first_q;

  logic [N-1:0] early, gnt;
  assign early = req_i & first_q;
  assign gnt   = early != '0 ? early & (~early + N'(1)) : req_i & (~req_i + N'(1));
  assign gnt_o = gnt;

  // Served: go on behind the granted index. Not served: stay at it, so that the grant holds.
  logic [N-1:0] below;
  assign below = gnt - N'(1);
  always_comb begin
    first_d = first_q;
    if (gnt != '0) first_d = accept_i ? ~(below | gnt) : ~below;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) first_q <= '1;
    else         first_q <= first_d;
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_grant_is_one_hot        : assert property (@(posedge clk_i) disable iff (in_reset)
      $onehot0(gnt));
  a_grant_only_to_a_request : assert property (@(posedge clk_i) disable iff (in_reset)
      (gnt & ~req_i) == '0);
  a_request_gets_a_grant    : assert property (@(posedge clk_i) disable iff (in_reset)
      req_i != '0 |-> gnt != '0);
  a_request_stays           : assert property (@(posedge clk_i) disable iff (in_reset)
      gnt != '0 && !accept_i |=> (req_i & $past(gnt)) != '0);
  a_grant_holds             : assert property (@(posedge clk_i) disable iff (in_reset)
      gnt != '0 && !accept_i |=> gnt == $past(gnt));
`endif

endmodule
