// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Start-up of the channel: device reset, PHY training, mode registers; and what ends it: failure and fatal errors.
//
//   Reset -START-> Hold -> Release -> Arm -> Train -> Settle -> Mrs -> Up         Mrs again on mrs_again_i, after self-refresh
//     illegal map or timings, PHY error -> Failed          CATTRIP, AERR -> Fatal         START leaves both
//
//   Handshake   start_i, mrs_again_i: pulses. dfi_init_start_o is high until the PHY answers; its old answer must be gone before a new one
//               counts.
//   Latency     ResetCycles + 20 + training + rl + wl + 3 ceil(tMRD / 2) + 3 cycles from start_i to up_o.
//   Reset       The device is held in reset; with AutoStart it starts by itself.

module tessera_hbm_init
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
  import tessera_hbm_spec_gen_pkg::*;
#(
  parameter bit          AutoStart   = 1'b1,
  parameter int unsigned ResetCycles = 64   // dfi_reset_n is low at least so long
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  // Registers
  input  logic       start_i,         // Pulse, while can_start_o
  output logic       can_start_o,
  output logic       checking_o,      // The next two are looked at
  input  logic       map_ok_i,        // MAP_SEL and MAP_FOLD are one to one on this part
  input  logic       timing_ok_i,
  input  timing_t    timing_i,
  input  features_t  features_i,
  output state_e     state_o,         // StateReset, Init, Mrs, Ready, Failed or Fatal
  output reason_e    reason_o,
  output logic       failed_o,        // Pulse
  output logic       aerr_o,          // Pulse
  output logic       cattrip_o,       // Pulse

  // Power
  output logic       up_o,            // The channel works; also while mode registers are written again
  input  logic       mrs_again_i,     // Pulse, in Up, with both pseudo-channels quiet
  output logic       mrs_done_o,      // Pulse

  // DFI
  output logic       dfi_reset_n_o,
  output logic       dfi_init_start_o,
  input  logic       dfi_init_complete_i,
  input  logic       dfi_init_error_i,
  input  logic       dfi_aerr_i,
  input  logic       dfi_cattrip_i,
  output dfi_col_t   col_o            // MRS
);

  localparam int unsigned ReleaseCycles = 20;  // The device ignores commands for 32 CK after its reset
  localparam int unsigned CountBits     = $clog2(ResetCycles > 127 ? ResetCycles + 1 : 128);
  localparam logic [1:0]  LastMrs       = 2'd2;

  if (ResetCycles < 2) begin : gen_bad_reset
    $error("tessera_hbm_init: ResetCycles must be at least 2");
  end

  typedef logic [CountBits-1:0] count_t;
  typedef enum logic [3:0] {
    StReset   = 4'd0,
    StHold    = 4'd1,   // dfi_reset_n low
    StRelease = 4'd2,   // It is high; the device wakes up
    StArm     = 4'd3,   // dfi_init_start high; the PHY's last answer goes away
    StTrain   = 4'd4,
    StSettle  = 4'd5,   // Whatever the PHY sent has run its course
    StMrs     = 4'd6,
    StUp      = 4'd7,
    StFailed  = 4'd8,
    StFatal   = 4'd9
  } step_e;

  step_e      step_d, step_q;
  reason_e    reason_d, reason_q;
  count_t     count_d, count_q;
  logic [1:0] mrs_d, mrs_q;      // Mode register being written: features, RL, WL
  logic       again_d, again_q;  // StMrs came from StUp
  logic       reset_n_d, reset_n_q;
  logic       auto_q;            // AutoStart still to come
  logic       count_done, start, fatal_cattrip, fatal_aerr;

  assign can_start_o   = step_q == StReset || step_q == StFailed || step_q == StFatal;
  assign start         = can_start_o && (start_i || auto_q);
  assign checking_o    = start;
  assign count_done    = count_q == '0;
  assign fatal_cattrip = dfi_cattrip_i && dfi_reset_n_o && step_q != StFatal;
  assign fatal_aerr    = dfi_aerr_i && (step_q == StMrs || step_q == StUp);  // Before, training provokes it

  function automatic count_t cycles_of(logic [5:0] ck);
    return count_t'(ck[5:1]) + count_t'(ck[0]);
  endfunction

  always_comb begin
    step_d   = step_q;
    reason_d = reason_q;
    count_d  = count_done ? count_q : count_q - count_t'(1);
    mrs_d    = mrs_q;
    again_d  = again_q;
    case (step_q)
      StHold: if (count_done) begin
        step_d  = StRelease;
        count_d = count_t'(ReleaseCycles);
      end
      StRelease: if (count_done) step_d = StArm;
      StArm: if (!dfi_init_complete_i && !dfi_init_error_i) step_d = StTrain;
      StTrain: begin
        if (dfi_init_error_i) begin
          step_d   = StFailed;
          reason_d = ReasonPhy;
        end else if (dfi_init_complete_i) begin
          step_d  = StSettle;
          count_d = count_t'(timing_i.rl) + count_t'(timing_i.wl);
        end
      end
      StSettle: if (count_done) begin
        step_d  = StMrs;
        mrs_d   = '0;
        again_d = 1'b0;
        count_d = cycles_of(timing_i.mrd);
      end
      StMrs: if (count_q <= count_t'(1)) begin
        count_d = cycles_of(timing_i.mrd);
        mrs_d   = mrs_q + 2'd1;
        if (mrs_q == LastMrs) step_d = StUp;
      end
      StUp: if (mrs_again_i) begin
        step_d  = StMrs;
        mrs_d   = '0;
        again_d = 1'b1;
        count_d = cycles_of(timing_i.mrd);
      end
      default: if (start) begin
        if (!map_ok_i) begin
          step_d   = StFailed;
          reason_d = ReasonBadMap;
        end else if (!timing_ok_i) begin
          step_d   = StFailed;
          reason_d = ReasonBadTiming;
        end else begin
          step_d   = StHold;
          reason_d = ReasonNone;
          count_d  = count_t'(ResetCycles - 1);
        end
      end
    endcase
    if (fatal_cattrip && !start) begin
      step_d   = StFatal;
      reason_d = ReasonCattrip;
    end else if (fatal_aerr) begin
      step_d   = StFatal;
      reason_d = ReasonAerr;
    end
  end

  // A start that is refused leaves the device as it was.
  assign reset_n_d = step_d == StRelease || (reset_n_q && step_d != StHold);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reset_n_q <= 1'b0;
      step_q    <= StReset;
      reason_q  <= ReasonNone;
      count_q   <= '0;
      mrs_q     <= '0;
      again_q   <= 1'b0;
      auto_q    <= AutoStart;
    end else begin
      reset_n_q <= reset_n_d;
      step_q    <= step_d;
      reason_q  <= reason_d;
      count_q   <= count_d;
      mrs_q     <= mrs_d;
      again_q   <= again_d;
      auto_q    <= 1'b0;
    end
  end

  always_comb begin
    case (step_q)
      StReset:  state_o = StateReset;
      StMrs:    state_o = StateMrs;
      StUp:     state_o = StateReady;
      StFailed: state_o = StateFailed;
      StFatal:  state_o = StateFatal;
      default:  state_o = StateInit;
    endcase
  end

  // A mode register goes out in the first cycle of its wait.
  logic mrs_first_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) mrs_first_q <= 1'b0;
    else mrs_first_q <= step_d == StMrs && (step_q != StMrs || mrs_d != mrs_q);
  end
  always_comb begin
    col_o = '{op: ColNop, default: '0};
    if (mrs_first_q && step_q == StMrs) begin
      col_o.op = ColMrs;
      case (mrs_q)
        2'd0: begin
          col_o.mr_addr = hbm3_enc_pkg::Mr_Features;
          col_o.mr_data = {3'b0, features_i.cmd_parity, features_i.rd_parity, features_i.wr_parity,
                           features_i.rd_dbi, features_i.wr_dbi};
        end
        2'd1: begin
          col_o.mr_addr = hbm3_enc_pkg::Mr_Rl;
          col_o.mr_data = {2'b0, timing_i.rl};
        end
        default: begin
          col_o.mr_addr = hbm3_enc_pkg::Mr_Wl;
          col_o.mr_data = {2'b0, timing_i.wl};
        end
      endcase
    end
  end

  assign reason_o         = reason_q;
  assign up_o             = step_q == StUp || (step_q == StMrs && again_q);
  assign mrs_done_o       = step_q == StMrs && step_d == StUp && again_q;
  assign dfi_reset_n_o    = reset_n_q;
  assign dfi_init_start_o = step_q == StArm || step_q == StTrain;
  assign failed_o         = step_d == StFailed && (step_q != StFailed || start);
  assign cattrip_o        = step_d == StFatal && step_q != StFatal && fatal_cattrip;
  assign aerr_o           = step_d == StFatal && step_q != StFatal && !fatal_cattrip;

  logic unused_fields;  // Of the timings this block needs four, of the features what the device is told
  assign unused_fields = ^{timing_i, features_i.scrub, features_i.ecc};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_start_only_when_stopped : assert property (@(posedge clk_i) disable iff (in_reset) start_i |-> can_start_o);
  a_mrs_again_only_when_up : assert property (@(posedge clk_i) disable iff (in_reset)
      mrs_again_i |-> step_q == StUp);
  a_reason_goes_with_state : assert property (@(posedge clk_i) disable iff (in_reset)
      (step_q == StFailed || step_q == StFatal) == (reason_q != ReasonNone));
  a_init_start_only_out_of_reset : assert property (@(posedge clk_i) disable iff (in_reset)
      dfi_init_start_o |-> dfi_reset_n_o);
`endif

endmodule
