// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Puts the row commands of both pseudo-channels on the channel's row bus: per cycle one of {ACT, REF, RFM} and one PRE.
//
//   Handshake   A request is answered in its cycle; an ungranted one may change or go.
//   Latency     1 cycle from grant to row_o.
//   Throughput  1 ACT, REF or RFM and 1 PRE per cycle. Within a kind, urgent goes first, then whoever was not served last:
//               of two equal requests that stay, each is served in every second cycle.
//   Reset       Idle bus.
//
// A PRE goes to slot 2, a rising edge, or to slot 3 beside an ACT, which holds slots 0 to 2. There the pairing rule wants
// a PREpb: a PREab keeps ACTs out of its cycle instead.

module tessera_hbm_row_arb
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::row_req_t;
(
  input  logic                              clk_i,
  input  logic                              rst_ni,

  // Schedulers
  input  row_req_t [PseudoChannels-1:0]     row_a_i,       // ACT, REF, RFM
  output logic     [PseudoChannels-1:0]     row_a_gnt_o,
  input  row_req_t [PseudoChannels-1:0]     row_b_i,       // PRE
  output logic     [PseudoChannels-1:0]     row_b_gnt_o,
  output logic                              row_b_late_o,  // A PRE of this cycle goes to slot 3

  // Control's command for slot 0, only while no scheduler asks for anything; RowNop otherwise
  input  dfi_row_t                          ctl_row_i,

  // DFI
  output dfi_row_t [DfiRatio-1:0][1:0]      row_o          // [phase][edge]
);

  // The last one served of each kind; the other one goes first among equals.
  logic last_a_d, last_a_q, last_b_d, last_b_q;

  function automatic logic [1:0] choose(logic [1:0] valid, logic [1:0] urgent, logic last);
    logic [1:0] from;
    from = (valid & urgent) != 2'b0 ? valid & urgent : valid;
    return from == 2'b11 ? (last ? 2'b01 : 2'b10) : from;
  endfunction

  logic [1:0] a_valid, a_urgent, a_act, b_valid, b_urgent, b_all, a_gnt, b_gnt, a_open;
  for (genvar p = 0; p < 2; p++) begin : gen_pc
    assign a_valid[p]  = row_a_i[p].valid;
    assign a_urgent[p] = row_a_i[p].urgent;
    assign a_act[p]    = row_a_i[p].cmd.op == RowAct;
    assign b_valid[p]  = row_b_i[p].valid;
    assign b_urgent[p] = row_b_i[p].urgent;
    assign b_all[p]    = row_b_i[p].cmd.op == RowPreAb;
  end
  logic late;
  assign b_gnt  = choose(b_valid, b_urgent, last_b_q);
  assign a_open = (b_gnt & b_all) != 2'b0 ? a_valid & ~a_act : a_valid;
  assign a_gnt  = choose(a_open, a_urgent, last_a_q);
  assign late   = (a_gnt & a_act) != 2'b0;
  assign last_a_d = a_gnt != 2'b0 ? a_gnt[1] : last_a_q;
  assign last_b_d = b_gnt != 2'b0 ? b_gnt[1] : last_b_q;

  assign row_a_gnt_o  = a_gnt;
  assign row_b_gnt_o  = b_gnt;
  assign row_b_late_o = late;

  dfi_row_t a_cmd, b_cmd;
  dfi_row_t [DfiRatio-1:0][1:0] row_d, row_q;
  assign a_cmd = a_gnt[1] ? row_a_i[1].cmd : row_a_i[0].cmd;
  assign b_cmd = b_gnt[1] ? row_b_i[1].cmd : row_b_i[0].cmd;
  always_comb begin
    row_d            = row_q;
    row_d[0][0].op   = RowNop;
    row_d[1][0].op   = RowNop;
    row_d[1][1].op   = RowNop;
    if (a_gnt != 2'b0)               row_d[0][0] = a_cmd;
    else if (ctl_row_i.op != RowNop) row_d[0][0] = ctl_row_i;
    if (b_gnt != 2'b0 && late)       row_d[1][1] = b_cmd;
    if (b_gnt != 2'b0 && !late)      row_d[1][0] = b_cmd;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      row_q    <= '0;
      last_a_q <= 1'b1;
      last_b_q <= 1'b1;
    end else begin
      row_q    <= row_d;
      last_a_q <= last_a_d;
      last_b_q <= last_b_d;
    end
  end
  assign row_o = row_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_grants_are_one_hot        : assert property (@(posedge clk_i) disable iff (in_reset)
      $onehot0(a_gnt) && $onehot0(b_gnt));
  a_grant_only_to_a_request   : assert property (@(posedge clk_i) disable iff (in_reset)
      (a_gnt & ~a_valid) == '0 && (b_gnt & ~b_valid) == '0);
  a_no_precharge_all_by_act   : assert property (@(posedge clk_i) disable iff (in_reset)
      late |-> (b_gnt & b_all) == '0);
  a_control_has_the_bus_alone : assert property (@(posedge clk_i) disable iff (in_reset)
      ctl_row_i.op != RowNop |-> a_valid == '0 && b_valid == '0);
`endif

endmodule
