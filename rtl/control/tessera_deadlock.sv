// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Finds programs that can never go on: deadlock by structure, anything else by a watchdog.
//
// Deadlock: the dispatcher holds an instruction that cannot leave (queue full; SYNC waiting; FENCE or HALT with queues
// not empty), every engine is quiet, every queue is empty or its head lacks a semaphore. Only a post could change
// that and nobody is left to post. Seen Settle cycles in a row, so that a post on its way is never taken for a deadlock.
// Progress, for the watchdog: an instruction was dispatched, issued or completed, an engine was busy, or a beat moved on
// the bus (instruction fetch included).
//
//   Latency     Deadlock: Settle cycles from the condition to deadlock_o. Watchdog: launch watchdog cycles.
//   Reset       Idle.

module tessera_deadlock
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
#(
  parameter int unsigned LoadLanes = 2,
  parameter int unsigned Settle    = 8,
  localparam int unsigned Engines  = 2 + LoadLanes
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                run_i,            // Level: a program runs
  input  logic [31:0]         watchdog_i,       // Cycles; 0: off

  // From the dispatcher
  input  logic                held_i,
  input  logic                fire_i,
  input  logic                sync_missing_i,   // It holds a SYNC that lacks a semaphore
  input  issue_t              held_issue_i,

  // From queues and engines
  input  logic   [Engines-1:0] queue_empty_i,
  input  logic   [Engines-1:0] head_missing_i,  // Head lacks a semaphore
  input  issue_t [Engines-1:0] head_i,
  input  logic                 engines_quiet_i,
  input  logic                 posting_i,       // A post in this cycle
  input  logic                 progress_i,

  // To the run state machine
  output logic                deadlock_o,
  output engine_e             engine_o,         // With deadlock_o: who waits
  output fault_t              fault_o,          // With deadlock_o
  output logic                watchdog_o
);

  localparam int unsigned CountW = $clog2(Settle + 1);

  // Stuck without anyone waiting would be a bug here, not in the program: a FENCE with empty queues and quiet engines
  // leaves at once. The watchdog would find it.
  logic              stuck, someone_waits;
  logic [CountW-1:0] stuck_d, stuck_q;
  logic [31:0]       still_d, still_q;

  assign someone_waits = sync_missing_i || (head_missing_i != '0);
  assign stuck         = run_i && held_i && !fire_i && engines_quiet_i && !posting_i && someone_waits &&
                         (&(queue_empty_i | head_missing_i));
  assign deadlock_o    = stuck && stuck_q == CountW'(Settle - 1);
  assign watchdog_o    = run_i && watchdog_i != '0 && still_q >= watchdog_i;

  assign stuck_d = !stuck || deadlock_o ? '0 : stuck_q + CountW'(1);
  assign still_d = !run_i || progress_i ? '0 : still_q + 32'(still_q != '1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stuck_q <= '0;
      still_q <= '0;
    end else begin
      stuck_q <= stuck_d;
      still_q <= still_d;
    end
  end

  // The lowest number of those waiting.
  always_comb begin
    fault_o  = '{error: ErrorDeadlock, pc: held_issue_i.pc, word: held_issue_i.word, addr: '0};
    engine_o = EngineDispatch;
    if (!sync_missing_i) begin
      for (int unsigned e = Engines; e > 0; e--) begin
        if (head_missing_i[e-1]) begin
          fault_o.pc   = head_i[e-1].pc;
          fault_o.word = head_i[e-1].word;
          engine_o     = engine_e'(3'(e));
        end
      end
    end
  end

  // Addresses of the instructions.
  logic unused;
  assign unused = ^{held_issue_i, head_i};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_deadlock_is_not_progress : assert property (@(posedge clk_i) disable iff (in_reset)
      deadlock_o |-> !fire_i);
  a_waiting_heads_exist : assert property (@(posedge clk_i) disable iff (in_reset)
      (head_missing_i & queue_empty_i) == '0);
`endif

endmodule
