// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_row_arb: what was granted stands on the bus in the next cycle, whole and in its place, and nothing else
// does; the places are legal; neither pseudo-channel starves.
//
// The checker reads the bus as a device would: slots 0 to 3, ACT taking three from slot 0.
//
// PROVE pdr
// MUTANT rtl/hbm/sched/tessera_hbm_row_arb.sv | (last ? 2'b01 : 2'b10) | 2'b01
// MUTANT rtl/hbm/sched/tessera_hbm_row_arb.sv | assign a_open = (b_gnt & b_all) != 2'b0 ? a_valid & ~a_act : a_valid | assign a_open = a_valid
// MUTANT rtl/hbm/sched/tessera_hbm_row_arb.sv | if (b_gnt != 2'b0 && late)       row_d[1][1] = b_cmd | if (b_gnt != 2'b0 && late)       row_d[1][0] = b_cmd
// MUTANT rtl/hbm/sched/tessera_hbm_row_arb.sv | assign b_cmd = b_gnt[1] ? row_b_i[1].cmd | assign b_cmd = a_gnt[1] ? row_b_i[1].cmd
// MUTANT rtl/hbm/sched/tessera_hbm_row_arb.sv | from = (valid & urgent) != 2'b0 ? valid & urgent : valid | from = valid

module hbm_row_arb_proof
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::row_req_t;
(
  input logic           clk_i,
  input logic           rst_ni,
  input row_req_t [1:0] row_a_i,
  input row_req_t [1:0] row_b_i,
  input dfi_row_t       ctl_row_i
);

  logic first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb m_reset_comes_first : assume (rst_ni == !first_q);

  logic [1:0]         a_gnt, b_gnt;
  logic               late;
  dfi_row_t [1:0][1:0] row;
  tessera_hbm_row_arb u_dut (
    .clk_i,
    .rst_ni,
    .row_a_i,
    .row_a_gnt_o (a_gnt),
    .row_b_i,
    .row_b_gnt_o (b_gnt),
    .row_b_late_o(late),
    .ctl_row_i,
    .row_o       (row)
  );

  // The contract of schedulers and control
  for (genvar p = 0; p < 2; p++) begin : gen_contract
    logic a_ops, b_ops, same_bank;
    assign a_ops = row_a_i[p].cmd.op == RowAct || row_a_i[p].cmd.op == RowRefPb || row_a_i[p].cmd.op == RowRefAb ||
                   row_a_i[p].cmd.op == RowRfmPb || row_a_i[p].cmd.op == RowRfmAb;
    assign b_ops = row_b_i[p].cmd.op == RowPrePb || row_b_i[p].cmd.op == RowPreAb;
    assign same_bank = row_a_i[p].valid && row_b_i[p].valid && row_a_i[p].cmd.op == RowAct &&
                       row_b_i[p].cmd.op == RowPrePb && row_a_i[p].cmd.bank == row_b_i[p].cmd.bank;
    always_comb begin
      m_a_is_act_or_refresh  : assume (!row_a_i[p].valid || a_ops);
      m_b_is_a_precharge     : assume (!row_b_i[p].valid || b_ops);
      m_own_commands         : assume (32'(row_a_i[p].cmd.pc) == p && 32'(row_b_i[p].cmd.pc) == p);
      m_no_pre_beside_act    : assume (!same_bank);  // A bank is open or closed
    end
  end
  logic ctl;
  assign ctl = ctl_row_i.op != RowNop;
  logic ctl_pre, ctl_act;
  assign ctl_pre = ctl_row_i.op == RowPrePb || ctl_row_i.op == RowPreAb;
  assign ctl_act = ctl_row_i.op == RowAct;
  always_comb m_control_takes_one_slot : assume (!ctl_pre && !ctl_act);
  always_comb m_control_alone : assume (!ctl || !(row_a_i[0].valid || row_a_i[1].valid || row_b_i[0].valid || row_b_i[1].valid));

  // What was granted
  logic     a_q, b_q, late_q, ctl_q;
  dfi_row_t a_cmd_q, b_cmd_q;
  always_ff @(posedge clk_i) begin
    a_q     <= rst_ni && a_gnt != '0;
    b_q     <= rst_ni && b_gnt != '0;
    ctl_q   <= rst_ni && ctl;
    late_q  <= late;
    a_cmd_q <= a_gnt[0] ? row_a_i[0].cmd : a_gnt[1] ? row_a_i[1].cmd : ctl_row_i;
    b_cmd_q <= b_gnt[0] ? row_b_i[0].cmd : row_b_i[1].cmd;
  end

  // Cycles that a request was not served although it asked without a pause and with the same urgency
  logic [1:0][1:0] a_waits_q, b_waits_q;
  logic [1:0]      a_urgent_q, b_urgent_q, a_outranked, b_outranked;
  logic            pre_all;
  assign pre_all = (b_gnt[0] && row_b_i[0].cmd.op == RowPreAb) || (b_gnt[1] && row_b_i[1].cmd.op == RowPreAb);
  for (genvar p = 0; p < 2; p++) begin : gen_waits
    assign a_outranked[p] = (row_a_i[1-p].valid && row_a_i[1-p].urgent && !row_a_i[p].urgent) || pre_all;
    assign b_outranked[p] = row_b_i[1-p].valid && row_b_i[1-p].urgent && !row_b_i[p].urgent;
    always_ff @(posedge clk_i) begin
      a_waits_q[p] <= !rst_ni || !row_a_i[p].valid || a_gnt[p] || a_outranked[p] ? 2'd0 : a_waits_q[p] + 2'd1;
      b_waits_q[p] <= !rst_ni || !row_b_i[p].valid || b_gnt[p] || b_outranked[p] ? 2'd0 : b_waits_q[p] + 2'd1;
    end
    always_comb begin
      if (rst_ni) begin
        a_row_a_does_not_starve : assert (a_waits_q[p] < 2'd2);
        a_row_b_does_not_starve : assert (b_waits_q[p] < 2'd2);
        a_grant_to_a_request    : assert ((!a_gnt[p] || row_a_i[p].valid) && (!b_gnt[p] || row_b_i[p].valid));
        a_urgent_goes_first     : assert (!(a_gnt[p] && a_outranked[p] && !pre_all) && !(b_gnt[p] && b_outranked[p]));
      end
    end
  end

  // The bus, as read by a device
  dfi_row_t [3:0] slot;
  logic [3:0]     used;
  assign slot = {row[1][1], row[1][0], row[0][1], row[0][0]};
  for (genvar i = 0; i < 4; i++) begin : gen_slot
    assign used[i] = slot[i].op != RowNop;
  end
  logic act, pre2, pre3;
  assign act  = slot[0].op == RowAct;
  assign pre2 = slot[2].op == RowPrePb || slot[2].op == RowPreAb;
  assign pre3 = slot[3].op == RowPrePb;

  always_comb begin
    if (rst_ni) begin
      a_one_grant_of_a_kind   : assert (a_gnt != 2'b11 && b_gnt != 2'b11);
      a_pre_is_always_served  : assert (!(row_b_i[0].valid || row_b_i[1].valid) || b_gnt != '0);
      a_row_a_is_served       : assert (!(row_a_i[0].valid || row_a_i[1].valid) || a_gnt != '0 || pre_all);
      a_only_pre_after_slot_0 : assert (!used[1] && (!used[2] || pre2) && (!used[3] || pre3));
      a_act_is_not_cut        : assert (!act || !used[2]);
      a_no_pre_in_slot_0      : assert (slot[0].op != RowPrePb && slot[0].op != RowPreAb);
      a_falling_pre_by_act    : assert (!used[3] || (act && (slot[0].pc != slot[3].pc || slot[0].bank != slot[3].bank)));
      a_one_pre               : assert (!(used[2] && used[3]));
      a_bus_carries_row_a     : assert (used[0] == (a_q || ctl_q) && (!used[0] || slot[0] == a_cmd_q));
      a_bus_carries_row_b     : assert ((used[2] || used[3]) == b_q && (!used[2] || slot[2] == b_cmd_q) &&
                                        (!used[3] || slot[3] == b_cmd_q));
      a_late_says_where       : assert (!b_q || used[3] == late_q);
      c_act_and_late_pre      : cover (act && used[3] && slot[0].pc == slot[3].pc);
      c_pre_all_keeps_act_out : cover (row_a_i[0].valid && row_a_i[0].cmd.op == RowAct && pre_all && a_gnt == '0);
      c_waits_a_cycle         : cover (a_waits_q[1] == 2'd1 && b_waits_q[0] == 2'd1);
      c_control               : cover (ctl_q && used[0]);
    end
  end

endmodule
