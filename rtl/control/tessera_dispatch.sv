// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Dispatcher: executes control instructions and hands the others to the queues of their engines, in program order.
//
// LOOP, ENDLOOP, SETR and ADDR have taken effect before they get here (tessera_sequencer, tessera_decode) and only pass.
//
//   Handshake   valid/ready from the checks. push_o only to a queue that is not full. SYNC offers its waits with
//               sem_want_o and leaves in the cycle of sem_grant_i.
//   Latency     1 cycle from the checks to the earliest dispatch.
//   Throughput  1 instruction per cycle.
//   Reset       Empty.

module tessera_dispatch
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned LoadLanes = 2,
  localparam int unsigned Engines  = 2 + LoadLanes
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  // From the run state machine
  input  logic               run_i,         // Level: a program runs; low: forget everything

  // From tessera_decode
  input  logic               valid_i,
  output logic               ready_o,
  input  checked_t           checked_i,

  // To the queues: MATMUL, STORE, LOAD lanes
  input  logic [Engines-1:0] queue_full_i,
  input  logic [Engines-1:0] queue_empty_i,
  output logic [Engines-1:0] push_o,        // At most one
  output issue_t             issue_o,       // With push_o; also the instruction waiting here, with held_o
  input  logic               engines_quiet_i,
  input  logic               fetch_quiet_i,

  // To the semaphores
  output logic               sem_want_o,
  output sem_mask_t          sem_wait_o,
  input  logic               sem_grant_i,   // Same cycle
  output logic               post_valid_o,
  output sem_mask_t          post_mask_o,

  // To errors, deadlock detection, counters
  output logic               held_o,        // An instruction is here
  output logic               fire_o,        // It leaves: dispatched
  output logic               halted_o,      // It was HALT: the program is complete
  output logic               fault_valid_o, // It fails its checks
  output fault_t             fault_o,
  output bucket_e            bucket_o       // What the dispatcher does in this cycle, SEM being SYNC's wait
);

  logic     valid_d, valid_q;
  checked_t held_q;
  sync_t    common;        // Opcode and masks are in the same places in every instruction
  load_t    load;
  logic     all_idle, good, to_queue, can_fire, target_full;
  logic [Engines-1:0] target;

  assign common   = held_q.issue.word;
  assign load     = held_q.issue.word;
  assign good     = run_i && valid_q && held_q.error == ErrorNone;
  assign all_idle = engines_quiet_i && (&queue_empty_i);

  always_comb begin
    target = '0;
    case (common.opcode)
      OpMatmul, OpConfig: target[0] = 1'b1;
      OpStore:            target[1] = 1'b1;
      OpLoad: begin
        for (int unsigned lane = 0; lane < LoadLanes; lane++) target[2 + lane] = 32'(load.lane) == lane;
      end
      default: target = '0;
    endcase
  end

  assign to_queue    = target != '0;
  assign target_full = (target & queue_full_i) != '0;

  always_comb begin
    case (common.opcode)
      OpSync:  can_fire = sem_grant_i;
      OpFence: can_fire = all_idle;
      OpHalt:  can_fire = all_idle && fetch_quiet_i;
      default: can_fire = !target_full;
    endcase
  end

  assign fire_o  = good && can_fire;
  assign ready_o = !valid_q || fire_o;
  assign valid_d = run_i && ((valid_i && ready_o) || (valid_q && !fire_o));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else         valid_q <= valid_d;
  end

  always_ff @(posedge clk_i) begin
    if (valid_i && ready_o) held_q <= checked_i;
  end

  assign push_o        = fire_o ? target : '0;
  assign issue_o       = held_q.issue;
  assign sem_want_o    = good && common.opcode == OpSync;
  assign sem_wait_o    = common.wait_mask;
  assign post_valid_o  = sem_want_o && fire_o;
  assign post_mask_o   = common.post_mask;
  assign held_o        = valid_q;
  assign halted_o      = fire_o && common.opcode == OpHalt;
  assign fault_valid_o = run_i && valid_q && held_q.error != ErrorNone;

  always_comb begin
    fault_o.error = held_q.error;
    fault_o.pc    = held_q.issue.pc;
    fault_o.word  = held_q.issue.word;
    fault_o.addr  = held_q.error_addr;
  end

  always_comb begin
    if (!run_i || fault_valid_o)          bucket_o = BucketIdle;
    else if (fire_o)                      bucket_o = BucketBusy;
    else if (!valid_q)                    bucket_o = BucketMem;
    else if (common.opcode == OpSync)     bucket_o = BucketSem;
    else if (to_queue)                    bucket_o = BucketBuf;
    else                                  bucket_o = BucketIdle;  // FENCE or HALT
  end

  // Of the LOAD view, only the lane matters here.
  logic unused;
  assign unused = ^{common, load};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_one_queue_at_a_time : assert property (@(posedge clk_i) disable iff (in_reset)
      $onehot0(push_o));
  a_no_push_to_a_full_queue : assert property (@(posedge clk_i) disable iff (in_reset)
      (push_o & queue_full_i) == '0);
  a_faulty_instruction_never_leaves : assert property (@(posedge clk_i) disable iff (in_reset)
      fault_valid_o |-> !fire_o);
  a_checked_opcode_is_known : assert property (@(posedge clk_i) disable iff (in_reset)
      good |-> common.opcode inside {OpSync, OpHalt, OpFence, OpLoop, OpEndloop, OpSetr, OpAddr, OpLoad, OpStore,
                                     OpConfig, OpMatmul});
  a_load_has_a_lane : assert property (@(posedge clk_i) disable iff (in_reset)
      good && common.opcode == OpLoad |-> to_queue);
`endif

endmodule
