// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Check bits of a grain: ten parity trees side by side.
//
//   Handshake   None: ecc_o follows data_i and enable_i.
//   Latency     None, about 8 levels of XOR: give it a stage of its own.
//   Throughput  1 grain per cycle.
//   Reset       No state.

module tessera_hbm_ecc_encode
  import tessera_hbm_pkg::*;
  import tessera_hbm_ecc_pkg::*;
(
  input  logic   enable_i,  // 0: all bits are zero
  input  grain_t data_i,
  output ecc_t   ecc_o
);

  always_comb begin
    ecc_o = '0;
    if (enable_i) ecc_o[CheckBits-1:0] = checks(data_i);
  end

endmodule
