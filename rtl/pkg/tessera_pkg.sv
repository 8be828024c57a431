// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Types that cross block boundaries. Encodings of instructions, registers and errors are generated from
// spec/tessera.toml into tessera_spec_gen_pkg; nothing of that is repeated here.

package tessera_pkg;

  import tessera_spec_gen_pkg::*;

  localparam int unsigned GrainBits = 8 * GRAIN_BYTES;  // 256

  typedef logic [GrainBits-1:0]      grain_t;
  typedef logic [GRAIN_BYTES-1:0]    strb_t;    // One bit per byte of a grain
  typedef logic [ADDR_BITS-1:0]      mem_addr_t;    // Memory byte address
  typedef logic [PC_BITS-1:0]        pc_t;      // Instruction number within the program
  typedef logic [NUM_SEMAPHORES-1:0] sem_mask_t;

  // An instruction on its way to an engine. `ea` is addr + areg, already added by the dispatcher.
  typedef struct packed {
    pc_t    pc;
    mem_addr_t  ea;
    grain_t word;
  } issue_t;

  // A read burst of len + 1 full grains from a grain-aligned address. Never crosses an interleave granule
  // (so never 4 KiB).
  typedef struct packed {
    mem_addr_t      addr;
    logic [7:0] len;
  } burst_t;

  // One grain of a read response, in the order the master asked.
  typedef struct packed {
    grain_t data;
    logic   err;   // SLVERR or DECERR
    logic   last;  // Last grain of its burst
  } rbeat_t;

  typedef struct packed {
    grain_t data;
    strb_t  strb;
    logic   last;
  } wbeat_t;

  // What an engine reports when it must stop the program. The engine holds valid until it is flushed.
  typedef struct packed {
    error_e error;
    pc_t    pc;
    grain_t word;
    mem_addr_t  addr;  // Zero unless the error concerns a memory address
  } fault_t;

  // What an engine does this cycle; the control block turns it into a counter bucket. Tail: the only work left
  // is behind the point where the next instruction could start (counted SEM if one waits for a semaphore,
  // else BUF).
  typedef enum logic [2:0] {
    ActIdle = 3'd0,
    ActBusy = 3'd1,
    ActMem  = 3'd2,
    ActBuf  = 3'd3,
    ActTail = 3'd4
  } activity_e;

  // Sticky numeric events, in the order of register NUM_STATUS.
  typedef struct packed {
    logic out_nan;
    logic int_sat;
    logic overflow;
    logic lost;
  } num_status_t;

endpackage
