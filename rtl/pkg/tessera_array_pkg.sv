// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Types that move through the PE grid and down its columns.
//
// Every operand element is decoded once, at the edge of the grid, into a lane: sign, magnitude m, exponent field e. The
// value of a lane is (-1)^s * m * 2^(e + constant of its format). The constants of both operands, their block scales and the
// accumulator's grid are folded into one shift per operand (`sh`), so no PE knows a format.

package tessera_array_pkg;

  import tessera_spec_gen_pkg::*;

  localparam int unsigned Lanes  = 32;  // Elements of an 8-bit grain
  localparam int unsigned ShBits = 13;  // Signed shift; holds any sum of 11-bit grid, scales and format constants

  // What a PE does with its products.
  //   Sum    8-bit formats, plain: the 32 products are summed exactly, the sum is added where `sh` says. The contract's
  //          per-product overflow check is made on each product.
  //   Block  the same, but the sum is one term (MX).
  //   Wide   16-bit floats: each of 16 products is a term, shifted onto the grid and cut toward zero.
  typedef enum logic [1:0] {
    KindSum   = 2'd0,
    KindBlock = 2'd1,
    KindWide  = 2'd2
  } kind_e;

  // nan and inf exclude each other and come with m = 0. A 16-bit element uses lanes 2i (nan, inf, s, m, e) and 2i + 1 (e only):
  // its exponent field is {lane 2i + 1 e[2:0], lane 2i e}.
  typedef struct packed {
    logic       nan;
    logic       inf;
    logic       s;
    logic [4:0] e;
    logic [7:0] m;
  } lane_t;

  typedef lane_t [Lanes-1:0]        lanes_t;
  typedef logic signed [ShBits-1:0] sh_t;

  // One decoded grain. The lanes come last, at bit 0: simulation then reads them in place.
  typedef struct packed {
    sh_t    sh;         // This operand's share of the shift
    logic   special;    // Some lane is NaN or Inf
    logic   scale_nan;  // The block's scale is NaN
    lanes_t lanes;
  } operand_t;

  // Travels with the A operands. A slot is the time one pass owns the grid.
  typedef struct packed {
    logic  valid;     // There are operands this cycle
    logic  first;     // First operands of the pass: sums start from zero
    logic  slot_end;  // Last cycle of the slot: the sums are complete
    kind_e kind;
  } token_t;

  // Sticky state beside an accumulator (numerics contract, section 2).
  typedef struct packed {
    logic nan;
    logic pinf;
    logic ninf;
    logic povf;
    logic novf;
    logic lost;
  } flags_t;

  // How an operand grain is to be decoded.
  typedef struct packed {
    format_e format;
    logic    mx;     // Add the E8M0 scale to sh
    sh_t     bias;   // Rest of sh: format constant, grid
  } decode_t;

  // Reads one operand step from every bank of A or B; passed from bank to bank, a cycle each.
  typedef struct packed {
    token_t      tok;
    decode_t     decode;
    logic [15:0] addr;        // Operand grain
    logic [11:0] scale_addr;  // Scale grain
    logic [4:0]  scale_byte;  // Scale within it
  } fetch_t;

  // Travels with each row of results from column to column.
  typedef struct packed {
    logic               valid;
    partial_e           src;
    partial_e           dst;
    logic               is_int;  // INT8 operands: results are INT32, not binary32
    logic signed [10:0] grid;    // L
    logic [15:0]        psum;    // Partial-sum RAM row
  } row_t;

  // What the drain sequencer must know of a pass.
  typedef struct packed {
    partial_e           src;
    partial_e           dst;
    logic               is_int;
    logic signed [10:0] grid;
    logic [11:0]        tile;  // Partial-sum tile
  } drain_t;

  // What the epilogue must know of a pass.
  typedef struct packed {
    logic        write;     // Results go to the OUT buffer
    logic        last;      // Last pass of its instruction
    logic        is_int;
    format_e     out;
    logic        saturate;
    logic        scaled;    // Multiply by column scales
    logic [21:0] out_addr;  // OUT byte address of the pass's last row
    logic [15:0] pitch;     // OUT grains from row to row
    logic [15:0] col;       // Column parameter of column 0
  } finish_t;

endpackage
