// SPDX-License-Identifier: Apache-2.0
//
// tessera_rr_arbiter: one grant, only to a request, held until accepted; a request is served after at most N - 1 others.
//
// The requester that is watched is any of them: chosen in the first cycle, then kept.
//
// PROVE pdr N=1
// PROVE pdr N=3
// PROVE pdr N=5
// MUTANT rtl/prim/tessera_rr_arbiter.sv | accept_i ? ~(below \| gnt) : ~below | ~below
// MUTANT rtl/prim/tessera_rr_arbiter.sv | accept_i ? ~(below \| gnt) : ~below | ~(below \| gnt)
// MUTANT rtl/prim/tessera_rr_arbiter.sv | early & (~early + N'(1)) | early
// MUTANT rtl/prim/tessera_rr_arbiter.sv | : req_i & (~req_i + N'(1)) | : '0

module rr_arbiter_proof #(
  parameter int unsigned N = 5
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic [N-1:0]         req_i,
  input logic                 accept_i,
  input logic [$clog2(N+1):0] watched_i
);

  logic first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb m_reset_comes_first : assume (rst_ni == !first_q);

  logic [N-1:0] gnt;
  tessera_rr_arbiter #(
    .N(N)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .req_i,
    .gnt_o(gnt),
    .accept_i
  );

  logic [N-1:0]         served, req_q, served_q, gnt_q, mask_q;
  logic [$clog2(N+1):0] others_q;  // Served while the watched one waits
  assign served = accept_i ? gnt : '0;
  always_ff @(posedge clk_i) begin
    req_q    <= rst_ni ? req_i : '0;
    served_q <= rst_ni ? served : '0;
    gnt_q    <= rst_ni && !accept_i ? gnt : '0;
    if (first_q) mask_q <= N'(1) << watched_i;
    if (!rst_ni || (req_i & mask_q) == '0 || (served & mask_q) != '0) others_q <= '0;
    else if (served != '0) others_q <= others_q + 1'b1;
  end

  always_comb begin
    m_watched_exists : assume (watched_i < N);
    m_request_stays  : assume (!rst_ni || (req_q & ~served_q & ~req_i) == '0);
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      a_one_grant               : assert ((gnt & (gnt - N'(1))) == '0);
      a_grant_only_to_a_request : assert ((gnt & ~req_i) == '0);
      a_a_request_gets_a_grant  : assert (req_i == '0 || gnt != '0);
      a_grant_holds             : assert (gnt_q == '0 || gnt == gnt_q);
      a_nobody_starves          : assert (others_q < N);
      c_waits_for_all_others    : cover (others_q == N - 1 && (served & mask_q) != '0);
    end
  end

endmodule
