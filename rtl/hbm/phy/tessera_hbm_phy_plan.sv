// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The order of the training steps, and the judgement of each.
//
//   full:    id - CA - RL, WL - gate - read eye - (repair, read eye again) - levelling - write eye - (repair, write eye again)
//            - WDQS window - features - ready
//   retrain: CA - fill - read eye - write eye - WDQS window, each only 4 codes around its centre
//
// Reads are trained before WDQS levelling because levelling is read on DQ 0, which may be a dead lane that needs its spare first.
// Combinational.

module tessera_hbm_phy_plan
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
(
  input  step_e       step_i,
  input  logic        near_i,       // Retraining
  input  skip_t       skip_i,
  output step_e       after_o,      // The step after this one, when it went well

  // Results of this step, valid at its end
  input  logic [31:0] device_id_i,
  input  logic [PseudoChannels-1:0]      gate_ok_i,
  input  found_t                         found_i,
  input  lane_set_t [PseudoChannels-1:0] in_service_i,
  output error_e      verdict_o,    // Training has failed
  output logic        verdict_pc_o,
  output logic        lost_o        // Retraining found no good code for something; it keeps its delay
);

  // The step after this one; steps to be left out are passed over.
  always_comb begin
    case (step_i)
      StepDeviceId: after_o = skip_i.ca ? StepModeRl : StepCa;
      StepCa:       after_o = near_i ? StepTrainOn : StepModeRl;
      StepModeRl:   after_o = StepModeWl;
      StepModeWl:   after_o = StepTrainOn;
      StepTrainOn:  after_o = near_i ? StepFill : skip_i.gate ? StepRewind : StepGate;
      StepGate:     after_o = StepRewind;
      StepRewind,
      StepFill:     after_o = skip_i.read_eye ? (near_i || skip_i.wdqs ? StepLevelOff : StepLevelOn) : StepReadEye;
      StepReadEye:  after_o = near_i ? StepLevelOff : skip_i.repair ? (skip_i.wdqs ? StepLevelOff : StepLevelOn) : StepRepairRd;
      StepRepairRd: after_o = skip_i.wdqs ? StepLevelOff : StepLevelOn;
      StepLevelOn:  after_o = StepLevel;
      StepLevel:    after_o = StepLevelOff;
      StepLevelOff: after_o = skip_i.write_eye ? (skip_i.wdqs ? StepTrainOff : StepWdqsEye) : StepWriteEye;
      StepWriteEye: after_o = near_i || skip_i.repair ? (skip_i.wdqs ? StepTrainOff : StepWdqsEye) : StepRepairWr;
      StepRepairWr: after_o = skip_i.wdqs ? StepTrainOff : StepWdqsEye;
      StepWdqsEye:  after_o = StepTrainOff;
      StepTrainOff: after_o = near_i ? StepReady : StepFeatures;
      default:      after_o = StepReady;
    endcase
  end

  // What a step found, when it has ended.
  always_comb begin
    verdict_o    = ErrNone;
    verdict_pc_o = 1'b0;
    lost_o       = 1'b0;
    case (step_i)
      StepDeviceId: if (device_id_i == '0 || device_id_i == '1) verdict_o = ErrNoDevice;
      StepCa: begin
        if (near_i) lost_o = !found_i.ca;
        else if (!found_i.ca || found_i.ca_width > width_t'(dly_t'('1))) verdict_o = ErrCa;
      end
      StepGate: if (gate_ok_i != '1) begin
        verdict_o    = ErrGate;
        verdict_pc_o = gate_ok_i[0];
      end
      StepLevel: if (found_i.wdqs != '1) begin
        verdict_o    = ErrLevel;
        verdict_pc_o = found_i.wdqs[0];
      end
      StepWdqsEye: if (found_i.wdqs != '1) begin
        if (near_i) lost_o = 1'b1;
        else begin
          verdict_o    = ErrWdqs;
          verdict_pc_o = found_i.wdqs[0];
        end
      end
      StepReadEye:  lost_o = near_i && (in_service_i & ~found_i.rd) != '0;
      StepWriteEye: lost_o = near_i && (in_service_i & ~found_i.wr) != '0;
      default: ;
    endcase
  end

endmodule
