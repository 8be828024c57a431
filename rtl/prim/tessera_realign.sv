// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Cuts a grain out of two neighbouring ones at any byte. Combinational.
//
// data_o is the 32 bytes from byte shift_i on of prev_i followed by cur_i; with shift_i = 0 it is cur_i, so that an
// aligned stream needs no neighbour (and no wide shift in simulation).

module tessera_realign
  import tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  localparam int unsigned ShiftBits = $clog2(GRAIN_BYTES)
) (
  input  logic [ShiftBits-1:0] shift_i,
  input  grain_t               prev_i,
  input  grain_t               cur_i,
  output grain_t               data_o
);

  always_comb begin
    data_o = cur_i;
    if (shift_i != '0) data_o = grain_t'({cur_i, prev_i} >> {shift_i, 3'b000});
  end

endmodule
