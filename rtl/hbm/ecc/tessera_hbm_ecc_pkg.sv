// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// SECDED code of a grain: 256 data bits, 10 check bits; docs/hbm/protocol.md, "SECDED", defines it.
//
// Data bit i has the Hamming position p(i), the i-th integer counted up from 3 that is no power of two. Check bit j of 0 to
// 8 is the parity of the data bits whose position has bit j set; check bit 9 makes the parity of everything even.

package tessera_hbm_ecc_pkg;

  import tessera_hbm_pkg::*;

  localparam int unsigned CheckBits = 10;
  localparam int unsigned PosBits   = CheckBits - 1;
  typedef logic [CheckBits-1:0] check_t;
  typedef logic [PosBits-1:0]   pos_t;

  localparam pos_t LastPos = pos_t'(GrainBits + PosBits);  // Nine powers of two lie below it

  typedef logic [GrainBits-1:0][PosBits-1:0]   positions_t;
  typedef logic [CheckBits-1:0][GrainBits-1:0] masks_t;

  function automatic positions_t make_positions();
    positions_t p;
    int unsigned i;
    i = 0;
    p = '0;
    for (int unsigned n = 3; n <= 32'(LastPos); n++) begin
      if ((n & (n - 1)) != 0) begin
        p[i] = pos_t'(n);
        i = i + 1;
      end
    end
    return p;
  endfunction

  localparam positions_t Positions = make_positions();

  // Data bits under each check bit. The last one covers data and checks: a data bit counts in it if it turns an even number
  // of the others.
  function automatic masks_t make_masks();
    masks_t m;
    for (int unsigned i = 0; i < GrainBits; i++) begin
      for (int unsigned j = 0; j < PosBits; j++) m[j][i] = Positions[i][j];
      m[PosBits][i] = ~^Positions[i];
    end
    return m;
  endfunction

  localparam masks_t Masks = make_masks();

  function automatic check_t checks(grain_t data);
    check_t c;
    for (int unsigned j = 0; j < CheckBits; j++) c[j] = ^(data & Masks[j]);
    return c;
  endfunction

  // What a syndrome {whole parity wrong, position} says. Position 0 with the parity wrong is check bit 9 itself.
  typedef enum logic [1:0] {
    EccClean         = 2'd0,
    EccCorrected     = 2'd1,
    EccUncorrectable = 2'd2
  } verdict_e;

  function automatic verdict_e judge(check_t syndrome);
    if (syndrome == '0) return EccClean;
    if (syndrome[PosBits] && syndrome[PosBits-1:0] <= LastPos) return EccCorrected;
    return EccUncorrectable;
  endfunction

endpackage
