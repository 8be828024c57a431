// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Types inside the MATMUL sequencer.

package tessera_matmul_pkg;

  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
  import tessera_array_pkg::*;

  // A MATMUL with what its CONFIG makes of it.
  typedef struct packed {
    matmul_t            matmul;
    logic               is_int;
    logic signed [10:0] grid;        // Effective L
    kind_e              kind;
    decode_t            decode_a;
    decode_t            decode_b;
    logic [18:0]        terms;       // Per pass
    logic [13:0]        slot;        // Cycles per pass
    format_e            out;
    logic               saturate;
    logic               scaled;
    logic [1:0]         log2_bytes;  // Of a result
  } job_t;

  // State of a partial-sum tile.
  typedef struct packed {
    partial_e           kind;
    logic               is_int;
    logic signed [10:0] grid;
    logic [16:0]        terms;  // Since clear; at most 2^CARRY_BITS
  } tile_t;

endpackage
