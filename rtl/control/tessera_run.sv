// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// State of the slice: starts programs, catches the first fault, waits until everything is quiet, keeps the outcome.
//
//   IDLE --start--> RUNNING --HALT complete--> DONE        DONE, ERROR --start--> RUNNING
//                   RUNNING --fault--> STOPPING --all quiet--> ERROR
//
// Of faults in one cycle the lowest engine number wins (an overflow before a fault of the same engine: it is about the
// older instruction); DEADLOCK, WATCHDOG and ABORT come after all engines.
//
//   Latency     START write taken to RUNNING and start_o: 1 cycle. Fault to STOPPING and flush_o: 1 cycle. STOPPING
//               lasts 2 cycles at least. HALT leaving to DONE: 1 cycle.
//   Reset       IDLE.

module tessera_run
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned LoadLanes = 2,
  localparam int unsigned Engines  = 2 + LoadLanes,
  localparam int unsigned Users    = 1 + Engines
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // From the registers
  input  logic                 start_i,           // Pulse, never while RUNNING or STOPPING
  input  logic                 abort_i,           // Pulse, at any time
  input  launch_t              launch_i,          // Constant while RUNNING or STOPPING

  // Faults
  input  logic                 dispatch_fault_valid_i,
  input  fault_t               dispatch_fault_i,
  input  logic   [Users-1:0]   overflow_i,
  input  pc_t    [Users-1:0]   post_pc_i,
  input  grain_t [Users-1:0]   post_word_i,
  input  logic   [Engines-1:0] fault_valid_i,
  input  fault_t [Engines-1:0] fault_i,
  input  logic                 deadlock_i,
  input  engine_e              deadlock_engine_i,
  input  fault_t               deadlock_fault_i,
  input  logic                 watchdog_i,
  input  logic                 held_i,            // The dispatcher's instruction, reported by WATCHDOG and ABORT
  input  issue_t               held_issue_i,

  // The end
  input  logic                 halted_i,
  input  logic                 engines_quiet_i,
  input  logic                 fetch_quiet_i,
  input  num_status_t          num_status_i,

  output logic                 clear_o,           // Pulse in the cycle before start_o: forget the last program
  output logic                 start_o,           // Pulse in the first RUNNING cycle
  output logic                 run_o,             // RUNNING
  output logic                 flush_o,           // STOPPING
  output logic                 done_event_o,      // Pulse: state becomes DONE
  output logic                 error_event_o,     // Pulse: state becomes ERROR
  output outcome_t             outcome_o
);

  state_e      state_d, state_q;
  logic        start_q, settled_q;
  engine_e     engine_q, engine;
  fault_t      fault_q, fault;
  num_status_t num_status_d, num_status_q;
  logic        caught, prog_bad, fault_any;
  logic [65:0] prog_end;

  assign prog_end = 66'(launch_i.prog_base) + {37'd0, launch_i.prog_len, 5'd0};
  assign prog_bad = start_q && (launch_i.prog_base[4:0] != '0 || launch_i.prog_len == '0 ||
                                launch_i.prog_base < launch_i.mem_base || prog_end > 66'(launch_i.mem_limit) ||
                                prog_end > (66'd1 << ADDR_BITS));

  // Highest priority last.
  always_comb begin
    fault_any = abort_i || watchdog_i;
    engine    = EngineDispatch;
    fault     = '{error: abort_i && !watchdog_i ? ErrorAbort : ErrorWatchdog, pc: '0, word: '0, addr: '0};
    if (held_i) begin
      fault.pc   = held_issue_i.pc;
      fault.word = held_issue_i.word;
    end
    if (deadlock_i) begin
      fault_any = 1'b1;
      engine    = deadlock_engine_i;
      fault     = deadlock_fault_i;
    end
    for (int unsigned user = Users; user > 0; user--) begin
      if (user > 1 && fault_valid_i[user-2]) begin
        fault_any = 1'b1;
        engine    = engine_e'(3'(user - 1));
        fault     = fault_i[user-2];
      end
      if (overflow_i[user-1]) begin
        fault_any = 1'b1;
        engine    = engine_e'(3'(user - 1));
        fault     = '{error: ErrorSemOverflow, pc: post_pc_i[user-1], word: post_word_i[user-1], addr: '0};
      end
    end
    if (dispatch_fault_valid_i) begin
      fault_any = 1'b1;
      engine    = EngineDispatch;
      fault     = dispatch_fault_i;
    end
    if (prog_bad) begin
      fault_any = 1'b1;
      engine    = EngineDispatch;
      fault     = '{error: ErrorProgAddress, pc: '0, word: '0, addr: '0};
    end
  end

  assign caught = state_q == StateRunning && fault_any;

  always_comb begin
    state_d = state_q;
    case (state_q)
      StateRunning: begin
        if (caught) state_d = StateStopping;
        else if (halted_i) state_d = StateDone;
      end
      // The first cycle is for the engines to see flush_o.
      StateStopping: if (settled_q && engines_quiet_i && fetch_quiet_i) state_d = StateError;
      default:       if (start_i) state_d = StateRunning;
    endcase
  end

  assign clear_o      = start_i && !run_o && !flush_o;
  assign num_status_d = clear_o ? '0 : num_status_q | (run_o || flush_o ? num_status_i : '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= StateIdle;
      start_q      <= 1'b0;
      settled_q    <= 1'b0;
      engine_q     <= EngineDispatch;
      fault_q      <= '{error: ErrorNone, default: '0};
      num_status_q <= '0;
    end else begin
      state_q      <= state_d;
      start_q      <= clear_o;
      settled_q    <= state_q == StateStopping;
      num_status_q <= num_status_d;
      if (clear_o) begin
        engine_q <= EngineDispatch;
        fault_q  <= '{error: ErrorNone, default: '0};
      end else if (caught) begin
        engine_q <= engine;
        fault_q  <= fault;
      end
    end
  end

  assign start_o              = start_q;
  assign run_o                = state_q == StateRunning;
  assign flush_o              = state_q == StateStopping;
  assign done_event_o         = run_o && state_d == StateDone;
  assign error_event_o        = flush_o && state_d == StateError;
  assign outcome_o.state      = state_q;
  assign outcome_o.engine     = engine_q;
  assign outcome_o.fault      = fault_q;
  assign outcome_o.num_status = num_status_q;

  logic unused;
  assign unused = ^{launch_i, held_issue_i};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_start_only_when_stopped : assert property (@(posedge clk_i) disable iff (in_reset)
      start_i |-> !run_o && !flush_o);
  a_first_fault_stays : assert property (@(posedge clk_i) disable iff (in_reset)
      flush_o |=> $stable(fault_q));
  a_error_state_has_a_code : assert property (@(posedge clk_i) disable iff (in_reset)
      flush_o || state_q == StateError |-> fault_q.error != ErrorNone);
  a_good_end_has_no_code : assert property (@(posedge clk_i) disable iff (in_reset)
      run_o || state_q == StateDone |-> fault_q.error == ErrorNone);
  a_done_means_quiet : assert property (@(posedge clk_i) disable iff (in_reset)
      done_event_o |-> engines_quiet_i && fetch_quiet_i);
`endif

endmodule
