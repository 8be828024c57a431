// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Training: takes the device from reset to trained delays, and later re-centres them.
//
// tessera_hbm_phy_plan has the order of the steps. Each is one probe, one access of the test port, or a sweep: a probe at each
// delay code, all lanes at once.
//
//   Handshake   start_i is a level: looked at in idle, with reset_n_i high. retrain_i is a pulse while status_o.ready.
//               reset_n_i low stops everything at once. A failure stays until reset_n_i is low. While status_o.own is high
//               the buses are training's.
//   Latency     docs/hbm/phy.md has the measured cycles.
//   Reset       Idle.

module tessera_hbm_phy_train
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
  import hbm3_enc_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [5:0]  rl_i,
  input  logic [5:0]  wl_i,
  input  logic [4:0]  features_i,

  // DFI, registers
  input  logic        reset_n_i,   // The device is out of reset
  input  logic        start_i,
  input  logic        retrain_i,
  input  skip_t       skip_i,
  output train_status_t status_o,
  output logic        lost_o,      // Pulse: a retraining found no good code for a lane in service; it keeps its delay
  output logic        retrained_o, // Pulse: a retraining ended

  // Probe, delay registers, IEEE 1500
  output probe_req_t  probe_o,
  input  probe_rsp_t  probe_i,
  output sweep_t      sweep_o,
  output pass_t       pass_o,
  input  found_t      found_i,
  output port_req_t   port_o,
  input  port_rsp_t   port_i,

  // Lane repair
  output logic        repair_clear_o,
  output logic        repair_assign_o,
  output lane_set_t [PseudoChannels-1:0] repair_dead_o,
  input  error_e      repair_error_i,
  input  logic        repair_pc_i,
  input  logic [LaneBits-1:0] repair_lane_i,
  input  logic        repair_needed_i,
  input  lane_set_t [PseudoChannels-1:0] in_service_i,
  input  spare_t [PseudoChannels-1:0][SpareLanes-1:0] spare_i
);

  localparam dly_t LastNear = dly_t'(8);
  localparam dly_t LastFull = '1;

  // Within a step: its one action, or start, {load, go, wait, step} per position, commit; then the judgement.
  typedef enum logic [2:0] {SubEnter, SubLoad, SubGo, SubWait, SubStep, SubCommit, SubJudge} sub_e;

  step_e  step_d, step_q, after;
  sub_e   sub_d, sub_q;
  dly_t   pos_d, pos_q;
  logic   near_d, near_q;              // Retraining
  error_e error_d, error_q;
  logic   error_pc_d, error_pc_q;
  logic [LaneBits-1:0] error_lane_d, error_lane_q;
  logic [31:0] id_d, id_q;
  // The repair that the device was last told. It outlasts the device's reset; this training's starts from none.
  logic [31:0] sent_d, sent_q;

  logic is_sweep, is_port, few, busy, probe_go, port_go;
  assign is_sweep = step_q inside {StepCa, StepReadEye, StepLevel, StepWriteEye, StepWdqsEye};
  assign few      = step_q inside {StepCa, StepLevel, StepWdqsEye};
  assign is_port  = step_q inside {StepDeviceId, StepRepairRd, StepRepairWr};
  assign busy     = !(step_q inside {StepIdle, StepReady, StepFailed});

  // Levelling passes the first 8 codes from the edge on, the width of the narrowest window there is. No edge, no pass.
  // A sweep with one answer per pseudo-channel, or one in all, ends when all have passed 8 codes and fail again.
  logic [PseudoChannels-1:0]      low_d, low_q;     // Levelling was low at the first code
  logic [PseudoChannels-1:0][3:0] hits_d, hits_q;   // Codes passed, up to 8
  lane_set_t [PseudoChannels-1:0] need;
  logic [PseudoChannels-1:0]      level_pass, wdqs_pass, hit, over;
  always_comb begin
    for (int p = 0; p < PseudoChannels; p++) begin
      need[p]       = in_service_i[p] & found_i.rd[p] & found_i.wr[p];
      level_pass[p] = low_q[p] && pos_q != '0 && probe_i.level[p] && hits_q[p] != 4'd8;
      wdqs_pass[p]  = need[p] != '0 && (need[p] & ~probe_i.pass[p]) == '0;
      case (step_q)
        StepLevel: hit[p] = level_pass[p];
        StepCa:    hit[p] = probe_i.ca_ok;
        default:   hit[p] = wdqs_pass[p];
      endcase
      over[p]   = hits_q[p] == 4'd8 && !hit[p];
      low_d[p]  = low_q[p];
      hits_d[p] = hits_q[p];
      if (sub_q == SubEnter) hits_d[p] = '0;
      if (sub_q == SubStep) begin
        if (pos_q == '0) low_d[p] = !probe_i.level[p];
        if (hit[p] && hits_q[p] != 4'd8) hits_d[p] = hits_q[p] + 4'd1;
      end
    end
  end
  assign pass_o = '{ca: probe_i.ca_ok, wdqs: step_q == StepLevel ? level_pass : wdqs_pass, lanes: probe_i.pass};

  // What comes next, and what the step found.
  logic   lost;
  error_e verdict;
  logic   verdict_pc;
  tessera_hbm_phy_plan u_plan (
    .step_i      (step_q),
    .near_i      (near_q),
    .skip_i,
    .after_o     (after),
    .device_id_i (port_i.data),
    .gate_ok_i   (probe_i.gate_ok),
    .found_i,
    .in_service_i,
    .verdict_o   (verdict),
    .verdict_pc_o(verdict_pc),
    .lost_o      (lost)
  );

  assign repair_assign_o = busy && sub_q == SubEnter && is_port && step_q != StepDeviceId && !port_i.busy && reset_n_i;
  assign repair_dead_o   = step_q == StepRepairRd ? ~found_i.rd : ~found_i.rd | ~found_i.wr;

  always_comb begin
    step_d          = step_q;
    sub_d           = sub_q;
    pos_d           = pos_q;
    near_d          = near_q;
    error_d         = error_q;
    error_pc_d      = error_pc_q;
    error_lane_d    = error_lane_q;
    id_d            = id_q;
    sent_d          = sent_q;
    probe_go      = 1'b0;
    port_go       = 1'b0;
    repair_clear_o  = 1'b0;
    lost_o          = 1'b0;
    retrained_o     = 1'b0;
    if (!busy) begin
      sub_d = SubEnter;
      if (step_q == StepIdle && start_i) begin
        step_d         = StepDeviceId;
        near_d         = 1'b0;
        error_d        = ErrNone;
        repair_clear_o = 1'b1;
      end else if (step_q == StepReady && retrain_i) begin
        step_d = skip_i.ca ? StepTrainOn : StepCa;
        near_d = 1'b1;
      end
    end else begin
      case (sub_q)
        SubEnter: begin
          pos_d = '0;
          if (is_sweep) begin
            sub_d = SubLoad;
          end else if (!is_port) begin
            probe_go = 1'b1;
            sub_d      = SubWait;
          end else if (!port_i.busy) begin
            sub_d = SubGo;
            if (repair_assign_o) begin
              if (repair_error_i != ErrNone) begin
                step_d       = StepFailed;
                error_d      = repair_error_i;
                error_pc_d   = repair_pc_i;
                error_lane_d = repair_lane_i;
              end else if (!repair_needed_i && spare_i == sent_q) begin
                step_d = after;
                sub_d  = SubEnter;
              end
            end
          end
        end
        SubLoad: sub_d = SubGo;
        SubGo: begin
          probe_go = !is_port;
          port_go  = is_port;
          sub_d      = SubWait;
        end
        SubWait: if (is_port ? port_i.done : probe_i.done) sub_d = is_sweep ? SubStep : SubJudge;
        SubStep: begin
          pos_d = pos_q + dly_t'(1);
          sub_d = pos_q == (near_q ? LastNear : LastFull) || (few && over == '1) ? SubCommit : SubLoad;
        end
        SubCommit: sub_d = SubJudge;
        default: begin
          sub_d  = SubEnter;
          lost_o = lost;
          step_d = after;
          // The lane that a spare has replaced is trained again on the spare.
          if (step_q == StepRepairRd) step_d = StepRewind;
          if (step_q == StepRepairWr) step_d = StepWriteEye;
          if (step_q == StepDeviceId) id_d = port_i.data;
          if (verdict != ErrNone) begin
            step_d       = StepFailed;
            error_d      = verdict;
            error_pc_d   = verdict_pc;
            error_lane_d = '0;
          end
          retrained_o = step_q == StepTrainOff && near_q;
        end
      endcase
    end
    if (!reset_n_i) begin
      step_d      = StepIdle;
      sub_d       = SubEnter;
      probe_go  = 1'b0;
      port_go   = 1'b0;
      retrained_o = busy && near_q;
    end
    // An access that has begun is finished, whatever comes.
    if (port_go && step_q != StepDeviceId) sent_d = spare_i;
  end

  // What the step's probe or access is.
  always_comb begin
    probe_o = '{go: probe_go, op: ProbeMrs, invert: 1'b0, mr_addr: Mr_Train, mr_data: '0};
    case (step_q)
      StepCa:    probe_o.op = ProbeCa;
      StepModeRl: begin
        probe_o.mr_addr = Mr_Rl;
        probe_o.mr_data = 8'(rl_i);
      end
      StepModeWl: begin
        probe_o.mr_addr = Mr_Wl;
        probe_o.mr_data = 8'(wl_i);
      end
      StepTrainOn, StepRewind, StepLevelOff: probe_o.mr_data = 8'd1;
      StepGate:    probe_o.op = ProbeGate;
      StepReadEye: probe_o.op = ProbeRead;
      StepLevelOn: probe_o.mr_data = 8'd2;
      StepLevel:   probe_o.op = ProbeLevel;
      StepFill:    probe_o.op = ProbeWrite;
      // Inverted at every other code, so that what a code has written is not what the one before left behind.
      StepWriteEye, StepWdqsEye: begin
        probe_o.op     = ProbeBoth;
        probe_o.invert = pos_q[0];
      end
      StepFeatures: begin
        probe_o.mr_addr = Mr_Features;
        probe_o.mr_data = 8'(features_i);
      end
      default: ;
    endcase
  end
  always_comb begin
    port_o = '{go: port_go, wir: Wir_DeviceId, len: 6'd32, data: '0};
    if (step_q != StepDeviceId) begin
      port_o.wir  = Wir_LaneRepair;
      port_o.data = spare_i;
    end
  end

  always_comb begin
    sweep_o        = '0;
    sweep_o.around = near_q;
    sweep_o.pos    = pos_q;
    sweep_o.start  = sub_q == SubEnter && is_sweep;
    sweep_o.load   = sub_q == SubLoad;
    sweep_o.step   = sub_q == SubStep;
    sweep_o.commit = sub_q == SubCommit;
    case (step_q)
      StepReadEye:  sweep_o.target = TargetRd;
      StepWriteEye: sweep_o.target = TargetWr;
      StepCa:       sweep_o.target = TargetCa;
      default:      sweep_o.target = TargetWdqs;
    endcase
    if (!reset_n_i && busy) begin
      sweep_o.start  = 1'b0;
      sweep_o.load   = 1'b0;
      sweep_o.step   = 1'b0;
      sweep_o.commit = 1'b0;
      sweep_o.cancel = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step_q       <= StepIdle;
      sub_q        <= SubEnter;
      near_q       <= 1'b0;
      error_q      <= ErrNone;
      error_pc_q   <= 1'b0;
      error_lane_q <= '0;
      id_q         <= '0;
      sent_q       <= '0;
    end else begin
      step_q       <= step_d;
      sub_q        <= sub_d;
      near_q       <= near_d;
      error_q      <= error_d;
      error_pc_q   <= error_pc_d;
      error_lane_q <= error_lane_d;
      id_q         <= id_d;
      sent_q       <= sent_d;
    end
  end
  always_ff @(posedge clk_i) begin
    pos_q  <= pos_d;
    low_q  <= low_d;
    hits_q <= hits_d;
  end

  assign status_o = '{step: step_q, own: busy, ready: step_q == StepReady, error: error_q, error_pc: error_pc_q,
                      error_lane: error_lane_q, device_id: id_q, spare: spare_i};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  // No step may take for ever: the longest, a write eye, is 64 probes of less than 128 cycles and 4 more each.
  logic [13:0] stuck_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                       stuck_q <= '0;
    else if (!busy || step_d != step_q) stuck_q <= '0;
    else                               stuck_q <= stuck_q + 14'd1;
  end
  a_every_step_ends : assert property (@(posedge clk_i) disable iff (in_reset)
      stuck_q != '1);
  a_training_only_out_of_reset : assert property (@(posedge clk_i) disable iff (in_reset)
      !reset_n_i |=> !busy);
  a_retrain_only_when_ready : assert property (@(posedge clk_i) disable iff (in_reset)
      retrain_i |-> step_q == StepReady || !reset_n_i);
  a_failure_has_a_reason : assert property (@(posedge clk_i) disable iff (in_reset)
      step_q == StepFailed |-> error_q != ErrNone);
`endif

endmodule
