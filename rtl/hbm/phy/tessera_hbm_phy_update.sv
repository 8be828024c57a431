// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The handshakes of the DFI boundary beside data: PHY update (periodic retraining), controller update, low power.
//
//   phyupd   When retraining is due, req rises and stays, through ack, until it is over. With ack the bus is the PHY's.
//   ctrlupd  Acknowledged at once, unless the PHY owns the bus: this PHY has nothing to do in a controller's update.
//   lp       Acknowledged at once in service, and held until the request falls. lp_ctrl_o: the command bus stays idle.
//
//   Handshake   as above; all outputs from registers.
//   Latency     1 cycle; wake-up takes 1 cycle whatever wakeup asks for.
//   Reset       No request, no acknowledge.

module tessera_hbm_phy_update (
  input  logic        clk_i,
  input  logic        rst_ni,

  // Registers
  input  logic [15:0] interval_i,   // Cycles between retrainings, in 1024; 0: only when asked
  input  logic        ask_i,        // Pulse: retrain now
  output logic        pending_o,    // A retraining is due or under way

  // Training
  input  logic        ready_i,      // Trained, not training
  input  logic        reset_n_i,    // The device is out of reset
  output logic        retrain_o,    // Pulse: start
  input  logic        retrained_i,  // Pulse: ended

  // DFI
  output logic        phyupd_req_o,
  input  logic        phyupd_ack_i,
  output logic [1:0]  phyupd_type_o,
  input  logic        ctrlupd_req_i,
  output logic        ctrlupd_ack_o,
  input  logic        lp_ctrl_req_i,
  output logic        lp_ctrl_ack_o,
  input  logic        lp_data_req_i,
  output logic        lp_data_ack_o
);

  localparam int unsigned UnitBits = 10;

  typedef enum logic [1:0] {UpIdle, UpReq, UpOwn, UpRelease} up_e;
  up_e                  up_d, up_q;
  logic                 due_d, due_q, tick;
  logic [UnitBits-1:0]  unit_d, unit_q;
  logic [15:0]          count_d, count_q;
  assign tick = &unit_q;

  always_comb begin
    unit_d  = unit_q;
    count_d = count_q;
    if (interval_i == '0 || !reset_n_i) begin
      unit_d  = '0;
      count_d = '0;
    end else begin
      unit_d = unit_q + UnitBits'(1);
      if (tick) count_d = count_q + 16'd1 >= interval_i ? '0 : count_q + 16'd1;
    end
  end

  logic quiet;
  assign quiet = !ctrlupd_req_i && !ctrlupd_ack_o && !lp_ctrl_req_i && !lp_ctrl_ack_o && !lp_data_req_i && !lp_data_ack_o;
  always_comb begin
    up_d      = up_q;
    due_d     = due_q || ask_i || (tick && count_q + 16'd1 >= interval_i);
    retrain_o = 1'b0;
    case (up_q)
      UpIdle: if (due_q && ready_i && quiet && !phyupd_ack_i) up_d = UpReq;
      UpReq: if (phyupd_ack_i) begin
        up_d      = UpOwn;
        due_d     = 1'b0;
        retrain_o = 1'b1;
      end
      UpOwn: if (retrained_i) up_d = UpRelease;
      default: if (!phyupd_ack_i) up_d = UpIdle;
    endcase
    if (!reset_n_i) begin
      up_d      = UpIdle;
      due_d     = 1'b0;
      retrain_o = 1'b0;
    end
  end

  logic ctrlupd_d, ctrlupd_q, lp_ctrl_d, lp_ctrl_q, lp_data_d, lp_data_q;
  assign ctrlupd_d = ctrlupd_req_i && (ctrlupd_q || up_q != UpOwn);
  assign lp_ctrl_d = lp_ctrl_req_i && (lp_ctrl_q || (ready_i && up_q != UpOwn));
  assign lp_data_d = lp_data_req_i && (lp_data_q || (ready_i && up_q != UpOwn));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      up_q      <= UpIdle;
      due_q     <= 1'b0;
      unit_q    <= '0;
      count_q   <= '0;
      ctrlupd_q <= 1'b0;
      lp_ctrl_q <= 1'b0;
      lp_data_q <= 1'b0;
    end else begin
      up_q      <= up_d;
      due_q     <= due_d;
      unit_q    <= unit_d;
      count_q   <= count_d;
      ctrlupd_q <= ctrlupd_d;
      lp_ctrl_q <= lp_ctrl_d;
      lp_data_q <= lp_data_d;
    end
  end

  assign phyupd_req_o  = up_q == UpReq || up_q == UpOwn;
  assign phyupd_type_o = 2'd0;
  assign pending_o     = due_q || up_q != UpIdle;
  assign ctrlupd_ack_o = ctrlupd_q;
  assign lp_ctrl_ack_o = lp_ctrl_q;
  assign lp_data_ack_o = lp_data_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_phyupd_req_held_until_ack : assert property (@(posedge clk_i) disable iff (in_reset)
      phyupd_req_o && !phyupd_ack_i && reset_n_i |=> phyupd_req_o);
  a_ack_held_while_phy_owns : assert property (@(posedge clk_i) disable iff (in_reset)
      up_q == UpOwn && reset_n_i |-> phyupd_ack_i);
  a_retrain_once_per_request : assert property (@(posedge clk_i) disable iff (in_reset)
      retrain_o |=> up_q == UpOwn);
`endif

endmodule
