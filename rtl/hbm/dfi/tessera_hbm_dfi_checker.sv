// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Asserts the protocol of the DFI boundary, as docs/hbm/theory.md defines it: looks at everything, drives nothing.
//
// One stands in tessera_hbm_phy; a bench of a controller without a PHY has its own. DRAM timing is not its business: the device
// model judges that at the pins.
//
//   Handshake   none.
//   Latency     a violation is reported at the end of the cycle in which it stands.
//   Reset       Forgets commands and bursts; so does dfi_reset_n low.

module tessera_hbm_dfi_checker
  import tessera_hbm_pkg::*;
#(
  parameter int unsigned MaxRdLatency = 24  // tphy_rdlat: CK from rddata_en to dfi_rd_t.valid, a multiple of DfiRatio
) (
  input logic clk_i,
  input logic rst_ni,

  // Constant in service
  input logic [5:0] rl_i,
  input logic [5:0] wl_i,

  // Commands and data
  input dfi_cmd_t                                dfi_cmd_i,
  input logic [PseudoChannels-1:0][DfiRatio-1:0] dfi_wrdata_en_i,
  input logic [PseudoChannels-1:0][DfiRatio-1:0] dfi_rddata_en_i,
  input logic [PseudoChannels-1:0]               dfi_rddata_valid_i,

  // Status, updates, low power
  input logic       dfi_reset_n_i,
  input logic       dfi_init_complete_i,
  input logic       dfi_init_error_i,
  input logic       dfi_ctrlupd_req_i,
  input logic       dfi_ctrlupd_ack_i,
  input logic       dfi_phyupd_req_i,
  input logic       dfi_phyupd_ack_i,
  input logic [1:0] dfi_phyupd_type_i,
  input logic       dfi_lp_ctrl_req_i,
  input logic       dfi_lp_ctrl_ack_i,
  input logic [5:0] dfi_lp_ctrl_wakeup_i,
  input logic       dfi_lp_data_req_i,
  input logic       dfi_lp_data_ack_i,
  input logic [5:0] dfi_lp_data_wakeup_i
);

  if (MaxRdLatency == 0 || MaxRdLatency % DfiRatio != 0) begin : gen_bad_latency
    $error("tessera_hbm_dfi_checker: MaxRdLatency must be a positive multiple of DfiRatio");
  end

`ifndef SYNTHESIS
  localparam int unsigned LateCycles  = MaxRdLatency / DfiRatio;
  localparam int unsigned LatencyBits = 6;
  localparam int unsigned HistoryCk   = 2**LatencyBits;

  logic in_reset;
  assign in_reset = !rst_ni;

  // Row slots.
  logic any_row, bad_row_op, act_falling, other_falling, act_cut, act_late_d, act_late_q;
  always_comb begin
    any_row       = 1'b0;
    bad_row_op    = 1'b0;
    act_falling   = 1'b0;
    other_falling = 1'b0;
    act_cut       = act_late_q && dfi_cmd_i.row[0][0].op != RowNop;
    act_late_d    = dfi_cmd_i.row[DfiRatio-1][0].op == RowAct;
    for (int ph = 0; ph < DfiRatio; ph++) begin
      if (dfi_cmd_i.row[ph][0].op != RowNop || dfi_cmd_i.row[ph][1].op != RowNop) begin
        any_row = 1'b1;
        if (dfi_cmd_i.row[ph][0].op > RowSrx || dfi_cmd_i.row[ph][1].op > RowSrx) bad_row_op = 1'b1;
        if (dfi_cmd_i.row[ph][1].op == RowAct) act_falling = 1'b1;
        if (dfi_cmd_i.row[ph][1].op > RowPreAb) other_falling = 1'b1;
        if (dfi_cmd_i.row[ph][0].op == RowAct) begin
          if (dfi_cmd_i.row[ph][1].op != RowNop) act_cut = 1'b1;
          if (ph + 1 < DfiRatio && dfi_cmd_i.row[(ph+1)%DfiRatio][0].op != RowNop) act_cut = 1'b1;
        end
      end
    end
  end

  // Column slots: reads and writes that start, per pseudo-channel and phase.
  logic any_col, bad_col_op;
  logic [PseudoChannels-1:0][DfiRatio-1:0] rd, wr;
  always_comb begin
    any_col    = 1'b0;
    bad_col_op = 1'b0;
    rd         = '0;
    wr         = '0;
    for (int ph = 0; ph < DfiRatio; ph++) begin
      if (dfi_cmd_i.col[ph].op != ColNop) any_col = 1'b1;
      if (dfi_cmd_i.col[ph].op > ColMrs) bad_col_op = 1'b1;
      rd[dfi_cmd_i.col[ph].pc][ph] = dfi_cmd_i.col[ph].op == ColRd || dfi_cmd_i.col[ph].op == ColRda;
      wr[dfi_cmd_i.col[ph].pc][ph] = dfi_cmd_i.col[ph].op == ColWr || dfi_cmd_i.col[ph].op == ColWra;
    end
  end
  logic any_command, any_data, unused;
  assign unused      = ^dfi_cmd_i.par_flip;
  assign any_command = any_row || any_col;
  assign any_data    = dfi_wrdata_en_i != '0 || dfi_rddata_en_i != '0;

  // Per pseudo-channel: bit k of *_now is a command k CK before the last CK of this cycle.
  logic [PseudoChannels-1:0] wr_en_wrong, rd_en_wrong, wr_close, rd_close, unasked, late;
  for (genvar p = 0; p < PseudoChannels; p++) begin : gen_pc
    logic [HistoryCk-1:0]          wr_now, rd_now;
    logic [HistoryCk-DfiRatio-1:0] wr_q, rd_q;
    logic [LatencyBits-1:0]        wr_lat, rd_lat;
    logic [DfiRatio-1:0]           wr_due, rd_due;
    logic                          started;
    logic [LateCycles-1:0]         started_q;
    logic [LatencyBits-1:0]        open_q;  // Bursts asked for and not yet returned
    assign wr_now = {wr_q, wr[p][0], wr[p][1]};
    assign rd_now = {rd_q, rd[p][0], rd[p][1]};
    assign wr_lat = wl_i - LatencyBits'(2);
    assign rd_lat = rl_i - LatencyBits'(2);
    assign wr_due = {wr_now[wr_lat] || wr_now[wr_lat + LatencyBits'(1)],
                     wr_now[wr_lat + LatencyBits'(1)] || wr_now[wr_lat + LatencyBits'(2)]};
    assign rd_due = {rd_now[rd_lat] || rd_now[rd_lat + LatencyBits'(1)],
                     rd_now[rd_lat + LatencyBits'(1)] || rd_now[rd_lat + LatencyBits'(2)]};
    assign started = rd_now[rd_lat] || rd_now[rd_lat + LatencyBits'(1)];

    assign wr_en_wrong[p] = dfi_wrdata_en_i[p] != wr_due;
    assign rd_en_wrong[p] = dfi_rddata_en_i[p] != rd_due;
    assign wr_close[p]    = (wr_now[1:0] & wr_now[2:1]) != '0;
    assign rd_close[p]    = (rd_now[1:0] & rd_now[2:1]) != '0;
    assign unasked[p]     = dfi_rddata_valid_i[p] && open_q == '0;
    assign late[p]        = 32'(open_q) > $countones(started_q);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        wr_q      <= '0;
        rd_q      <= '0;
        started_q <= '0;
        open_q    <= '0;
      end else if (!dfi_reset_n_i) begin
        wr_q      <= '0;
        rd_q      <= '0;
        started_q <= '0;
        open_q    <= '0;
      end else begin
        wr_q      <= wr_now[HistoryCk-DfiRatio-1:0];
        rd_q      <= rd_now[HistoryCk-DfiRatio-1:0];
        started_q <= {started_q[LateCycles-2:0], started};
        open_q    <= open_q + LatencyBits'(started) - LatencyBits'(dfi_rddata_valid_i[p]);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) act_late_q <= 1'b0;
    else         act_late_q <= act_late_d;
  end

  // Commands
  a_command_exists : assert property (@(posedge clk_i) disable iff (in_reset)
      !bad_row_op && !bad_col_op);
  a_act_starts_on_rising_edge : assert property (@(posedge clk_i) disable iff (in_reset)
      !act_falling);
  a_only_precharge_on_falling_edge : assert property (@(posedge clk_i) disable iff (in_reset)
      !other_falling);
  a_act_slots_not_interrupted : assert property (@(posedge clk_i) disable iff (in_reset)
      !act_cut);
  a_bursts_two_ck_apart : assert property (@(posedge clk_i) disable iff (in_reset)
      wr_close == '0 && rd_close == '0);
  a_no_command_in_device_reset : assert property (@(posedge clk_i) disable iff (in_reset)
      any_command |-> dfi_reset_n_i);
  a_no_command_before_init_complete : assert property (@(posedge clk_i) disable iff (in_reset)
      any_command |-> dfi_init_complete_i);

  // Data
  a_wrdata_en_after_each_write : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_reset_n_i |-> wr_en_wrong == '0);
  a_rddata_en_after_each_read : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_reset_n_i |-> rd_en_wrong == '0);
  a_rddata_valid_was_asked_for : assert property (@(posedge clk_i) disable iff (in_reset)
      unasked == '0);
  a_rddata_valid_in_time : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_reset_n_i |-> late == '0);

  // Start
  a_init_complete_only_out_of_reset : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_init_complete_i && !$past(dfi_init_complete_i) |-> $past(dfi_reset_n_i));
  a_init_complete_stays : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_init_complete_i && dfi_reset_n_i |=> dfi_init_complete_i);
  a_init_complete_or_error : assert property (@(posedge clk_i) disable iff (in_reset)
      !(dfi_init_complete_i && dfi_init_error_i));

  // Controller update
  a_ctrlupd_ack_answers_req : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_ctrlupd_ack_i && !$past(dfi_ctrlupd_ack_i) |-> dfi_ctrlupd_req_i || $past(dfi_ctrlupd_req_i));
  a_ctrlupd_ack_held : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_ctrlupd_ack_i && dfi_ctrlupd_req_i |=> dfi_ctrlupd_ack_i || !dfi_ctrlupd_req_i);
  a_quiet_in_ctrlupd : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_ctrlupd_ack_i && dfi_ctrlupd_req_i |-> !any_command && !any_data);

  // PHY update
  a_phyupd_only_in_service : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_phyupd_req_i && dfi_reset_n_i |-> dfi_init_complete_i);
  a_phyupd_req_held : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_phyupd_req_i && !dfi_phyupd_ack_i && dfi_reset_n_i |=> dfi_phyupd_req_i || !dfi_reset_n_i);
  a_phyupd_type_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_phyupd_req_i && $past(dfi_phyupd_req_i) |-> $stable(dfi_phyupd_type_i));
  a_phyupd_ack_answers_req : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_phyupd_ack_i && !$past(dfi_phyupd_ack_i) |-> dfi_phyupd_req_i);
  a_phyupd_ack_held : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_phyupd_ack_i && dfi_phyupd_req_i && dfi_reset_n_i |=> dfi_phyupd_ack_i || !dfi_phyupd_req_i || !dfi_reset_n_i);
  a_phyupd_req_after_ack_is_gone : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_phyupd_req_i && !$past(dfi_phyupd_req_i) |-> !$past(dfi_phyupd_ack_i));
  a_quiet_in_phyupd : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_phyupd_ack_i |-> !any_command && !any_data);

  // Low power
  a_lp_ctrl_ack_answers_req : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_lp_ctrl_ack_i && !$past(dfi_lp_ctrl_ack_i) |-> dfi_lp_ctrl_req_i || $past(dfi_lp_ctrl_req_i));
  a_lp_ctrl_ack_held : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_lp_ctrl_ack_i && dfi_lp_ctrl_req_i |=> dfi_lp_ctrl_ack_i || !dfi_lp_ctrl_req_i);
  a_lp_ctrl_wakeup_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_lp_ctrl_req_i && $past(dfi_lp_ctrl_req_i) |-> $stable(dfi_lp_ctrl_wakeup_i));
  a_no_command_in_lp_ctrl : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_lp_ctrl_ack_i |-> !any_command);
  a_lp_data_ack_answers_req : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_lp_data_ack_i && !$past(dfi_lp_data_ack_i) |-> dfi_lp_data_req_i || $past(dfi_lp_data_req_i));
  a_lp_data_ack_held : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_lp_data_ack_i && dfi_lp_data_req_i |=> dfi_lp_data_ack_i || !dfi_lp_data_req_i);
  a_lp_data_wakeup_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_lp_data_req_i && $past(dfi_lp_data_req_i) |-> $stable(dfi_lp_data_wakeup_i));
  a_no_data_in_lp_data : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_lp_data_ack_i |-> !any_data);
`endif

endmodule
