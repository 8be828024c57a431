// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Words between the cells of the PHY wrapper, and its register offsets; docs/hbm/phy.md has the register map.

package tessera_hbm_phy_pkg;

  import tessera_hbm_pkg::*;

  localparam int unsigned UsedLanes = Lanes - SpareLanes;  // Lanes that carry data unless repaired
  localparam int unsigned LaneBits  = 6;
  localparam int unsigned FlightBits = 3;  // Flight times of 0 to 7 CK can be trained
  localparam int unsigned MinWindow = 4;   // A window of fewer codes counts as none

  typedef logic [DlyBits-1:0]  dly_t;
  typedef logic [DlyBits:0]    width_t;    // Codes of a window: 0 to 64
  typedef logic [Lanes-1:0]    lane_set_t; // A bit per lane of a pseudo-channel

  // What training is doing; STATUS.STEP.
  typedef enum logic [4:0] {
    StepIdle     = 5'd0,
    StepDeviceId = 5'd1,
    StepCa       = 5'd2,
    StepModeRl   = 5'd3,
    StepModeWl   = 5'd4,
    StepTrainOn  = 5'd5,   // Reads and writes go to the training FIFO
    StepGate     = 5'd6,
    StepRewind   = 5'd7,   // FIFO pointers to the start
    StepReadEye  = 5'd8,
    StepRepairRd = 5'd9,
    StepLevelOn  = 5'd10,
    StepLevel    = 5'd11,
    StepLevelOff = 5'd12,
    StepWriteEye = 5'd13,
    StepRepairWr = 5'd14,
    StepWdqsEye  = 5'd15,
    StepTrainOff = 5'd16,
    StepFeatures = 5'd17,
    StepFill     = 5'd18,  // Retraining: known patterns into the FIFO
    StepReady    = 5'd19,
    StepFailed   = 5'd20
  } step_e;

  // Why training failed; STATUS.ERROR.
  typedef enum logic [3:0] {
    ErrNone       = 4'd0,
    ErrNoDevice   = 4'd1,  // IEEE 1500 identification reads all zeros or all ones
    ErrCa         = 4'd2,  // No delay at which commands arrive, or AERR never rises
    ErrGate       = 4'd3,  // No read strobe within 8 CK of the earliest possible
    ErrLevel      = 4'd4,  // WDQS levelling found no edge
    ErrWdqs       = 4'd5,  // No WDQS delay at which the lanes in service write right
    ErrSpareTaken = 4'd6,  // Two dead lanes need the same spare
    ErrSpareDead  = 4'd7   // The spare a dead lane needs is dead too
  } error_e;

  // Steps that CTRL may skip, bits of SKIP.
  typedef struct packed {
    logic repair;
    logic write_eye;
    logic wdqs;      // Levelling and the WDQS window
    logic read_eye;
    logic gate;
    logic ca;
  } skip_t;

  // What a spare lane carries.
  typedef struct packed {
    logic                enable;
    logic                zero;   // Always 0; places the lane number as Wir_LaneRepair has it
    logic [LaneBits-1:0] lane;
  } spare_t;

  // Lanes that spare 0 can stand in for: DQ[15:0], ECC 0, DBI 0 and 1, DPAR. Spare 1: the rest.
  localparam logic [SpareLanes-1:0][UsedLanes-1:0] SpareGroup = {
    39'h32_FFFF_0000, 39'h4D_0000_FFFF
  };

  // One probe: a few cycles on the buses, and what came back.
  typedef enum logic [2:0] {
    ProbeMrs   = 3'd0,  // Write a mode register and wait tMRD
    ProbeCa    = 3'd1,  // Harmless commands; AERR?
    ProbeLevel = 3'd2,  // Let a delay settle, look at DQ 0
    ProbeGate  = 3'd3,  // One read; when does the strobe come?
    ProbeRead  = 3'd4,  // Read the training FIFO
    ProbeWrite = 3'd5,  // Write it
    ProbeBoth  = 3'd6   // Write it, then read it
  } probe_e;

  // Training FIFO after reset: entry i holds this byte in every lane, beat 0 in bit 0.
  localparam int unsigned FifoBursts = 8;
  localparam logic [FifoBursts-1:0][7:0] TrainPattern = {8'h69, 8'hC3, 8'h3C, 8'h96, 8'hA5, 8'h0F, 8'h33, 8'h55};

  typedef struct packed {
    logic       go;       // Pulse
    probe_e     op;       // This and the rest: stable from go to done
    logic       invert;   // Patterns written and expected are inverted
    logic [4:0] mr_addr;
    logic [7:0] mr_data;
  } probe_req_t;
  typedef struct packed {
    logic                           done;     // Pulse; results are valid from then to the next go
    logic                           ca_ok;    // ProbeCa: no AERR
    logic [PseudoChannels-1:0]      level;    // ProbeLevel: DQ 0
    logic [PseudoChannels-1:0]      gate_ok;  // ProbeGate: a strobe came
    logic [PseudoChannels-1:0][Lanes-1:0] pass;  // ProbeRead, ProbeBoth: every bit of the lane was right
  } probe_rsp_t;

  // One access of the IEEE 1500 port.
  typedef struct packed {
    logic        go;      // Pulse, only while not busy; the rest is taken with it
    logic [7:0]  wir;
    logic [5:0]  len;     // Bits of the data register: 1 to 32
    logic [31:0] data;    // Shifted in, bit 0 first
  } port_req_t;
  typedef struct packed {
    logic        busy;
    logic        done;    // Pulse
    logic [31:0] data;    // Shifted out, a shorter register in the low bits; valid from done to the next go
  } port_rsp_t;
  typedef struct packed {
    logic wrst_n;
    logic wrck;
    logic selectwir;
    logic shiftwr;
    logic capturewr;
    logic updatewr;
    logic wsi;
  } port_pins_t;

  // What is swept.
  typedef enum logic [1:0] {TargetCa = 2'd0, TargetRd = 2'd1, TargetWr = 2'd2, TargetWdqs = 2'd3} target_e;

  // Pulses to the delay registers of all targets; only those of the selected one act.
  typedef struct packed {
    logic    start;
    logic    load;
    logic    step;
    logic    commit;
    logic    cancel;  // All targets
    logic    around;  // A sweep around the present centres
    target_e target;
    dly_t    pos;
  } sweep_t;

  // What passed at a sweep's position, and which windows the latest sweeps found.
  typedef struct packed {
    logic                           ca;
    logic [PseudoChannels-1:0]      wdqs;
    lane_set_t [PseudoChannels-1:0] lanes;  // Read or write eye
  } pass_t;
  typedef struct packed {
    logic                           ca;
    width_t                         ca_width;
    logic [PseudoChannels-1:0]      wdqs;
    lane_set_t [PseudoChannels-1:0] rd;
    lane_set_t [PseudoChannels-1:0] wr;
  } found_t;

  // Access to single delay registers: a lane of each pseudo-channel, CA, WDQS.
  typedef struct packed {
    logic [LaneBits-1:0]       sel;
    logic [PseudoChannels-1:0] lane_wr;  // Pulses: write lane sel, read and write delay
    logic                      ca_wr;
    logic [PseudoChannels-1:0] wdqs_wr;
    dly_t                      rd;       // Read delay of a lane, or CA, or WDQS
    dly_t                      wr;       // Write delay of a lane
  } dly_req_t;
  typedef struct packed {
    dly_t   ca;
    width_t ca_width;
    dly_t   [PseudoChannels-1:0] wdqs;
    width_t [PseudoChannels-1:0] wdqs_width;
    dly_t   [PseudoChannels-1:0] rd;       // Of lane sel
    width_t [PseudoChannels-1:0] rd_width;
    dly_t   [PseudoChannels-1:0] wr;
    width_t [PseudoChannels-1:0] wr_width;
  } dly_rsp_t;

  // Where training is.
  typedef struct packed {
    step_e               step;
    logic                own;    // Training has the buses
    logic                ready;  // Trained, and the buses are the controller's
    error_e              error;
    logic                error_pc;
    logic [LaneBits-1:0] error_lane;
    logic [31:0]         device_id;
    spare_t [PseudoChannels-1:0][SpareLanes-1:0] spare;
  } train_status_t;

  // One pseudo-channel's burst as it was on the lanes: [beat][lane].
  localparam int unsigned BurstBeats = BurstCk * Beats;
  typedef logic [BurstBeats-1:0][Lanes-1:0] burst_t;

  // Set of the lanes that a spare carries.
  function automatic logic [UsedLanes-1:0] spare_mask(input logic enable, input logic [LaneBits-1:0] lane);
    return enable ? UsedLanes'(1) << lane : '0;
  endfunction

  // Register offsets, bytes; paddr[11] is not looked at.
  localparam logic [10:0] RegStatus   = 11'h000;
  localparam logic [10:0] RegSticky   = 11'h004;
  localparam logic [10:0] RegControl  = 11'h008;
  localparam logic [10:0] RegSkip     = 11'h00C;
  localparam logic [10:0] RegInterval = 11'h010;
  localparam logic [10:0] RegRetrains = 11'h014;
  localparam logic [10:0] RegDeviceId = 11'h018;
  localparam logic [10:0] RegTemp     = 11'h01C;
  localparam logic [10:0] RegLatency  = 11'h020;
  localparam logic [10:0] RegRepair   = 11'h024;
  localparam logic [10:0] RegInject   = 11'h028;
  localparam logic [10:0] RegCycles   = 11'h02C;
  localparam logic [10:0] RegCa       = 11'h030;
  localparam logic [10:0] RegWdqs0    = 11'h034;
  localparam logic [10:0] RegWdqs1    = 11'h038;
  localparam logic [10:0] RegLane     = 11'h400;  // + 0x100 pc + 4 lane

endpackage
