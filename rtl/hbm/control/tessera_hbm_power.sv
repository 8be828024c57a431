// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// What interrupts a working channel: updates of the PHY, power-down, self-refresh.
//
//   Run -(reason)-> Close -both quiet-> PhyUpd  -> Run                  the PHY asked
//    |                |                 CtrlUpd -> Run                  the interval has passed
//    +-> Drain -------+                 Guard -> Low -wake-> Wake -> Exit (-> Mrs) -> Run
//        CTRL.SR_ENTER: ready_o low, then what is queued is served
//
// Power-down ends when something is pending, a refresh is urgent, the PHY asks, or it is time for self-refresh; self-refresh likewise, but
// refresh is not needed. The one that software asked for ends by SR_EXIT or, for as long as it takes, when the PHY asks.
//
//   Handshake   dfi_phyupd_ack_o from quiet until the request drops. dfi_ctrlupd_req_o for CtrlupdMin cycles, or until the PHY's ack has come
//               and gone. dfi_lp_*_req_o while the device is low; it leaves only when the acks are gone.
//   Latency     Run to PDE: quiet + ceil(rl / 2 + wl / 2) + 4 cycles (COLPD). Wake to Run: 4 + ceil(tXP / 2), or 4 + ceil(tXS / 2) + mode
//               registers, once tCKE is over.
//   Reset       Run; the same while up_i is low.

module tessera_hbm_power
  import tessera_hbm_pkg::*;
  import tessera_hbm_spec_gen_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  // Registers
  input  timing_t     timing_i,
  input  logic [19:0] pd_cycles_i,       // Idle cycles before power-down; 0: never
  input  logic [23:0] sr_cycles_i,       // Idle cycles before self-refresh; 0: never
  input  logic [23:0] ctrlupd_cycles_i,  // 0: never
  input  logic        sr_asked_i,        // Between SR_ENTER and SR_EXIT
  output state_e      state_o,           // StateReady, PowerDown or SelfRefresh; only while up_i
  output logic        sr_parked_o,       // In the self-refresh that software asked for: configuration may change

  // Start-up
  input  logic        up_i,
  output logic        mrs_again_o,       // Pulse
  input  logic        mrs_done_i,        // Pulse

  // Pseudo-channels
  output logic        close_o,           // Precharge all, then stop
  input  logic        quiet_i,           // Both are stopped; stays while close_o
  input  logic        pending_i,         // One has something to do
  input  logic        ref_wanted_i,      // One has a refresh request...
  input  logic        ref_urgent_i,      // ... that is urgent
  output logic        ref_enable_o,      // Low from SRE to SRX
  output dfi_row_t    row_o,             // PDE, PDX, SRE, SRX

  // DFI
  output logic        dfi_ctrlupd_req_o,
  input  logic        dfi_ctrlupd_ack_i,
  input  logic        dfi_phyupd_req_i,
  output logic        dfi_phyupd_ack_o,
  output logic        dfi_lp_ctrl_req_o,
  input  logic        dfi_lp_ctrl_ack_i,
  output logic        dfi_lp_data_req_o,
  input  logic        dfi_lp_data_ack_i
);

  localparam int unsigned CtrlupdMin = 8;   // Cycles an update is offered
  localparam int unsigned LpDelay    = 4;   // From PDE, SRE to the low-power request
  localparam int unsigned Calm       = 15;  // Cycles without a refresh request: no pull-in is going on

  typedef logic [10:0] count_t;
  typedef enum logic [3:0] {
    StRun     = 4'd0,
    StDrain   = 4'd1,
    StClose   = 4'd2,
    StPhyUpd  = 4'd3,
    StCtrlUpd = 4'd4,
    StGuard   = 4'd5,  // Quiet; the last burst is over by far
    StLow     = 4'd6,  // PDE or SRE in its first cycle
    StWake    = 4'd7,  // Low-power requests are down
    StExit    = 4'd8,  // PDX or SRX in its first cycle
    StMrs     = 4'd9
  } step_e;
  typedef enum logic [1:0] {
    GoPhyUpd  = 2'd0,
    GoCtrlUpd = 2'd1,
    GoPd      = 2'd2,
    GoSr      = 2'd3
  } goal_e;

  step_e  step_d, step_q;
  goal_e  goal_d, goal_q;
  logic   parked_d, parked_q;  // GoSr came from software
  count_t count_d, count_q;    // Of the step; stops at 0
  logic   first_q;             // First cycle of the step
  logic   acked_d, acked_q;    // dfi_ctrlupd_ack_i has been seen

  function automatic count_t cycles_of(logic [10:0] ck);
    return count_t'(ck[10:1]) + count_t'(ck[0]);
  endfunction

  // Idle time and the update interval
  logic [23:0] idle_q, upd_q;
  logic [3:0]  calm_q;
  logic        pd_time, sr_time, upd_due_q, count_done, lp_acked, wake;
  assign pd_time    = pd_cycles_i != '0 && idle_q >= 24'(pd_cycles_i) && calm_q == 4'(Calm);
  assign sr_time    = sr_cycles_i != '0 && idle_q >= sr_cycles_i;
  assign count_done = count_q == '0;
  assign lp_acked   = dfi_lp_ctrl_ack_i || dfi_lp_data_ack_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      idle_q    <= '0;
      upd_q     <= '0;
      calm_q    <= '0;
      upd_due_q <= 1'b0;
    end else begin
      if (!up_i || pending_i) idle_q <= '0;
      else if (idle_q != '1) idle_q <= idle_q + 24'd1;
      if (!up_i || ref_wanted_i) calm_q <= '0;
      else if (calm_q != 4'(Calm)) calm_q <= calm_q + 4'd1;
      if (!up_i || ctrlupd_cycles_i == '0 || upd_due_q) upd_q <= '0;
      else upd_q <= upd_q + 24'd1;
      if (!up_i || ctrlupd_cycles_i == '0 || step_q == StCtrlUpd) upd_due_q <= 1'b0;
      else if (upd_q >= ctrlupd_cycles_i) upd_due_q <= 1'b1;
    end
  end

  always_comb begin
    wake = dfi_phyupd_req_i;
    if (goal_q == GoPd) wake = wake || pending_i || ref_urgent_i || sr_asked_i || sr_time;
    else if (parked_q) wake = wake || !sr_asked_i;
    else wake = wake || pending_i || sr_asked_i;
  end

  always_comb begin
    step_d   = step_q;
    goal_d   = goal_q;
    parked_d = parked_q;
    count_d  = count_done ? count_q : count_q - count_t'(1);
    acked_d  = acked_q;
    case (step_q)
      StRun: begin
        parked_d = 1'b0;
        step_d   = StClose;
        if (dfi_phyupd_req_i) goal_d = GoPhyUpd;
        else if (upd_due_q) goal_d = GoCtrlUpd;
        else if (sr_asked_i) step_d = StDrain;
        else if (sr_time) goal_d = GoSr;
        else if (pd_time) goal_d = GoPd;
        else step_d = StRun;
      end
      StDrain: begin
        if (!sr_asked_i || dfi_phyupd_req_i) step_d = StRun;
        else if (!pending_i) begin
          step_d   = StClose;
          goal_d   = GoSr;
          parked_d = 1'b1;
        end
      end
      StClose: begin
        // Power is saved only if there is still nothing to do.
        if ((goal_q == GoPd || (goal_q == GoSr && !parked_q)) && (pending_i || ref_urgent_i)) step_d = StRun;
        else if (quiet_i) begin
          case (goal_q)
            GoPhyUpd: step_d = StPhyUpd;
            GoCtrlUpd: begin
              step_d  = StCtrlUpd;
              count_d = count_t'(CtrlupdMin);
              acked_d = 1'b0;
            end
            default: begin
              step_d  = StGuard;
              count_d = cycles_of(11'(timing_i.rl) + 11'(timing_i.wl)) + count_t'(2);
            end
          endcase
        end
      end
      StPhyUpd: if (!dfi_phyupd_req_i) step_d = StRun;
      StCtrlUpd: begin
        acked_d = acked_q || dfi_ctrlupd_ack_i;
        if (acked_d ? !dfi_ctrlupd_ack_i : count_done) step_d = StRun;
      end
      StGuard: if (count_done) begin
        step_d  = StLow;
        count_d = cycles_of(11'(timing_i.cke)) + count_t'(LpDelay);
      end
      StLow: if (count_done && wake) begin
        step_d  = StWake;
        count_d = count_t'(2);
      end
      StWake: if (count_done && !lp_acked) begin
        step_d  = StExit;
        count_d = goal_q == GoPd ? cycles_of(11'(timing_i.xp)) : cycles_of(timing_i.xs);
      end
      StExit: if (count_done) step_d = goal_q == GoPd ? StRun : StMrs;
      default: if (mrs_done_i) step_d = StRun;
    endcase
    if (!up_i) step_d = StRun;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step_q   <= StRun;
      goal_q   <= GoPhyUpd;
      parked_q <= 1'b0;
      count_q  <= '0;
      first_q  <= 1'b0;
      acked_q  <= 1'b0;
    end else begin
      step_q   <= step_d;
      goal_q   <= goal_d;
      parked_q <= parked_d;
      count_q  <= count_d;
      first_q  <= step_d != step_q;
      acked_q  <= acked_d;
    end
  end

  logic low;
  assign low = up_i && (step_q == StLow || step_q == StWake || step_q == StExit);

  always_comb begin
    row_o = '{op: RowNop, default: '0};
    if (first_q && up_i) begin
      if (step_q == StLow) row_o.op = goal_q == GoPd ? RowPde : RowSre;
      if (step_q == StExit) row_o.op = goal_q == GoPd ? RowPdx : RowSrx;
    end
  end

  // Down from SRE, and up in the cycle of SRX: both ends count from there.
  assign ref_enable_o = up_i && !(goal_q == GoSr && (step_q == StLow || step_q == StWake));
  assign state_o      = !low ? StateReady : goal_q == GoPd ? StatePowerDown : StateSelfRefresh;
  assign sr_parked_o  = up_i && step_q == StLow && parked_q && sr_asked_i;
  assign mrs_again_o  = up_i && step_q == StMrs && first_q;

  assign close_o           = step_q != StRun && step_q != StDrain;
  assign dfi_phyupd_ack_o  = step_q == StPhyUpd;
  assign dfi_ctrlupd_req_o = step_q == StCtrlUpd;
  assign dfi_lp_ctrl_req_o = step_q == StLow && count_done;
  assign dfi_lp_data_req_o = step_q == StLow && count_done;

  logic unused_timing;  // Of the timings this block needs six
  assign unused_timing = ^timing_i;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_quiet_stays_while_closed : assert property (@(posedge clk_i) disable iff (in_reset)
      close_o && up_i && quiet_i |=> quiet_i || !close_o || !up_i);
  a_device_sleeps_only_when_quiet : assert property (@(posedge clk_i) disable iff (in_reset)
      row_o.op != RowNop |-> quiet_i);
  a_phyupd_waits_for_its_ack : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_phyupd_req_i && !dfi_phyupd_ack_o && up_i |=> dfi_phyupd_req_i || !up_i);
`endif

endmodule
