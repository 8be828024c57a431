// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Types between the modules of the control block. Nothing outside rtl/control/ uses them.

package tessera_control_pkg;

  import tessera_spec_gen_pkg::*;

  // What an opcode means to the program counter.
  typedef enum logic [1:0] {
    SeqNext    = 2'd0,
    SeqLoop    = 2'd1,
    SeqEndloop = 2'd2,
    SeqHalt    = 2'd3
  } seq_e;

  // An instruction in program order. `error` is what the sequencer found: ErrorBusFetch and ErrorProgramEnd (the word
  // is zero, there is nothing to check), or ErrorLoopStack (which comes after the checks of opcode and fields).
  typedef struct packed {
    tessera_pkg::pc_t    pc;
    tessera_pkg::grain_t word;
    error_e              error;
  } fetched_t;

  // A checked instruction. `error_addr` is zero unless the error concerns a memory address.
  typedef struct packed {
    tessera_pkg::issue_t issue;
    error_e              error;
    tessera_pkg::mem_addr_t  error_addr;
  } checked_t;

  // What a program may touch, and where it lies, while it runs. 64 bit as the registers: checks are exact.
  typedef struct packed {
    logic [63:0]      prog_base;
    tessera_pkg::pc_t prog_len;
    logic [63:0]      mem_base;
    logic [63:0]      mem_limit;
    logic [31:0]      watchdog;
  } launch_t;

  // Counters as the register file reads them.
  typedef logic [63:0] count_t;
  localparam int unsigned MaxEngines = 3 + MAX_LOAD_LANES;  // DISPATCH, MATMUL, STORE, LOAD lanes
  localparam int unsigned Buckets    = 5;
  typedef struct packed {
    count_t                                  cycles;
    count_t                                  instructions;
    count_t                                  read_beats;
    count_t                                  write_beats;
    count_t                                  passes;
    count_t [NUM_SEMAPHORES-1:0]             sem_wait;
    count_t [MaxEngines-1:0][Buckets-1:0]    bucket;
  } counters_t;

  // How the last program ended, as the register file reads it.
  typedef struct packed {
    state_e                   state;
    engine_e                  engine;
    tessera_pkg::fault_t      fault;
    tessera_pkg::num_status_t num_status;
  } outcome_t;

  typedef logic [7:0] sem_value_t;

endpackage
