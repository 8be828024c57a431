// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Makes commands of the picks: the column command, registered, and the two candidates for the row bus.
//
//   Handshake   Row candidates are answered in their cycle. Outputs *_go_o say what is decided in this cycle.
//   Latency     Pick to col_o and what goes with it 1 cycle; row candidates in the same cycle.
//   Reset       No command.
//
// Row A: urgent refresh, refresh that has lost Patience cycles, ACT for the mode's queue, ACT for the other, refresh.
// Row B: PRE for refresh or closing, for the mode's queue, for the other, of an idle bank.

module tessera_hbm_issue
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned PcIndex  = 0,
  parameter int unsigned Banks    = 32,
  parameter int unsigned Patience = 8,  // 1 to 15
  localparam int unsigned IdxBits = $clog2(Banks)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      write_i,     // Mode; picks have index 0 for reads, 1 for writes

  // Column pick, always taken
  input  logic   [1:0]              col_i,
  input  daddr_t [1:0]              col_addr_i,
  input  rd_tag_t                   rd_tag_i,
  input  logic   [SlotBits-1:0]     wr_slot_i,
  input  logic                      auto_pre_i,  // Close a bank with its last queued hit
  input  logic   [1:0][Banks-1:0]   hit_i,
  input  logic   [1:0][Banks-1:0]   many_i,

  // Row picks
  input  logic   [1:0]              act_i,
  input  bank_t  [1:0]              act_bank_i,
  input  row_t   [1:0]              act_row_i,
  input  logic   [1:0]              pre_i,
  input  bank_t  [1:0]              pre_bank_i,
  input  logic   [Banks-1:0]        idle_pre_i,  // Banks that may be closed because nobody waits for them
  input  ref_req_t                  ref_req_i,
  input  logic                      ref_i,       // The refresh is legal
  input  logic                      ref_pre_i,   // PREpb of its bank is wanted and legal
  input  logic                      pre_all_i,   // PREab is wanted and legal

  // Decided in this cycle
  output logic                      rd_go_o,
  output logic                      wr_go_o,
  output logic                      auto_go_o,
  output logic [IdxBits-1:0]        col_idx_o,
  output logic                      act_go_o,
  output logic [IdxBits-1:0]        act_idx_o,
  output row_t                      act_row_o,
  output logic                      refpb_go_o,  // REFpb or RFMpb
  output logic                      refab_go_o,  // REFab or RFMab
  output logic                      prepb_go_o,
  output logic [IdxBits-1:0]        pre_idx_o,
  output logic                      preab_go_o,
  output logic                      conflict_o,  // The PREpb is for a request

  // Row bus arbiter
  output row_req_t                  row_a_o,
  input  logic                      row_a_gnt_i,
  output row_req_t                  row_b_o,
  input  logic                      row_b_gnt_i,

  // On DFI in this cycle
  output dfi_col_t                  col_o,
  output logic                      rd_issue_o,
  output rd_tag_t                   rd_issue_tag_o,
  output daddr_t                    rd_issue_addr_o,
  output logic                      wr_issue_o,
  output logic [SlotBits-1:0]       wr_issue_slot_o,
  output logic                      act_o,
  output bank_t                     act_bank_o
);

  if (Patience < 1 || Patience > 15) begin : gen_bad_patience
    $error("tessera_hbm_issue: Patience must be 1 to 15");
  end

  // Column
  daddr_t col_addr;
  logic   col_go;
  assign col_go    = col_i != '0;
  assign col_addr  = col_addr_i[write_i];
  assign rd_go_o   = col_i[0];
  assign wr_go_o   = col_i[1];
  assign col_idx_o = IdxBits'(col_addr.bank);
  assign auto_go_o = col_go && auto_pre_i && !many_i[write_i][col_idx_o] && !hit_i[!write_i][col_idx_o];

  // Row
  logic     act_dir, pre_dir, act_any, pre_any, ref_first;
  logic [IdxBits-1:0] idle_idx;
  row_req_t row_a, row_b;
  assign act_dir   = act_i[write_i] ? write_i : !write_i;
  assign pre_dir   = pre_i[write_i] ? write_i : !write_i;
  assign act_any   = act_i != '0;
  assign pre_any   = pre_i != '0;
  always_comb begin
    idle_idx = '0;
    for (int unsigned b = 0; b < Banks; b++) if (idle_pre_i[b]) idle_idx = IdxBits'(b);
  end
  // A refresh that is not urgent fits where no ACT is legal. Where ACTs leave no such place, evenly spaced at the pace of
  // tFAW, it goes before the ACT after Patience lost cycles: cheaper than the urgent refresh that it would become.
  logic [3:0] lost_d, lost_q;
  assign ref_first = ref_i && (ref_req_i.urgent || !act_any || lost_q == 4'(Patience));
  always_comb begin
    lost_d = lost_q;
    if (ref_i && row_a_gnt_i && ref_first)   lost_d = '0;
    else if (ref_i && act_any && !ref_first) lost_d = lost_q + 4'd1;
  end
  always_comb begin
    row_a          = '0;
    row_a.valid    = ref_first || act_any;
    row_a.urgent   = ref_first && ref_req_i.urgent;
    row_a.cmd.pc   = PcIndex[0];
    row_a.cmd.op   = ref_first ? ref_req_i.op : RowAct;
    row_a.cmd.bank = ref_first ? ref_req_i.bank : act_bank_i[act_dir];
    row_a.cmd.row  = act_row_i[act_dir];
    row_b          = '0;
    row_b.valid    = pre_all_i || ref_pre_i || pre_any || idle_pre_i != '0;
    row_b.urgent   = pre_all_i || (ref_pre_i && ref_req_i.urgent);
    row_b.cmd.pc   = PcIndex[0];
    row_b.cmd.op   = pre_all_i ? RowPreAb : RowPrePb;
    row_b.cmd.bank = bank_t'(BankBits'(idle_idx));
    if (pre_any)   row_b.cmd.bank = pre_bank_i[pre_dir];
    if (ref_pre_i) row_b.cmd.bank = ref_req_i.bank;
  end
  assign row_a_o    = row_a;
  assign row_b_o    = row_b;
  assign act_go_o   = row_a_gnt_i && !ref_first;
  assign act_idx_o  = IdxBits'(act_bank_i[act_dir]);
  assign act_row_o  = act_row_i[act_dir];
  assign refpb_go_o = row_a_gnt_i && ref_first && (ref_req_i.op == RowRefPb || ref_req_i.op == RowRfmPb);
  assign refab_go_o = row_a_gnt_i && ref_first && (ref_req_i.op == RowRefAb || ref_req_i.op == RowRfmAb);
  assign preab_go_o = row_b_gnt_i && pre_all_i;
  assign prepb_go_o = row_b_gnt_i && !pre_all_i;
  assign conflict_o = prepb_go_o && pre_any && !ref_pre_i;
  assign pre_idx_o  = IdxBits'(row_b.cmd.bank);

  // Registered
  dfi_col_t              col_d, col_q;
  logic                  rd_issue_q, wr_issue_q, act_q;
  rd_tag_t               rd_tag_q;
  daddr_t                col_addr_q;
  logic   [SlotBits-1:0] wr_slot_q;
  bank_t                 act_bank_q;
  always_comb begin
    col_d    = col_q;
    col_d.op = ColNop;
    col_d.pc = PcIndex[0];
    if (col_go) begin
      col_d.bank = col_addr.bank;
      col_d.col  = col_addr.col;
      if (write_i) col_d.op = auto_go_o ? ColWra : ColWr;
      else         col_d.op = auto_go_o ? ColRda : ColRd;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      col_q      <= '0;
      rd_issue_q <= 1'b0;
      wr_issue_q <= 1'b0;
      act_q      <= 1'b0;
      lost_q     <= '0;
    end else begin
      lost_q     <= lost_d;
      col_q      <= col_d;
      rd_issue_q <= rd_go_o;
      wr_issue_q <= wr_go_o;
      act_q      <= act_go_o;
    end
  end
  always_ff @(posedge clk_i) begin
    if (act_go_o) act_bank_q <= act_bank_i[act_dir];
    if (col_go)   col_addr_q <= col_addr;
    if (rd_go_o)  rd_tag_q   <= rd_tag_i;
    if (wr_go_o)  wr_slot_q  <= wr_slot_i;
  end

  assign col_o           = col_q;
  assign rd_issue_o      = rd_issue_q;
  assign rd_issue_tag_o  = rd_tag_q;
  assign rd_issue_addr_o = col_addr_q;
  assign wr_issue_o      = wr_issue_q;
  assign wr_issue_slot_o = wr_slot_q;
  assign act_o           = act_q;
  assign act_bank_o      = act_bank_q;

`ifndef SYNTHESIS
  logic in_reset, a_valid, b_valid, asked;
  assign in_reset = !rst_ni;
  assign a_valid  = row_a.valid;
  assign b_valid  = row_b.valid;
  assign asked    = ref_req_i.valid;

  a_grant_only_of_a_candidate : assert property (@(posedge clk_i) disable iff (in_reset)
      !(row_a_gnt_i && !a_valid) && !(row_b_gnt_i && !b_valid));
  a_refresh_was_asked_for     : assert property (@(posedge clk_i) disable iff (in_reset)
      ref_i || ref_pre_i |-> asked);
  a_columns_in_their_mode     : assert property (@(posedge clk_i) disable iff (in_reset)
      !(rd_go_o && write_i) && !(wr_go_o && !write_i));
`endif

endmodule
