// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Correction of a grain by its syndrome: second half of decoding.
//
//   Handshake   None: outputs follow inputs.
//   Latency     None: a comparison of 9 bits and an XOR per data bit.
//   Throughput  1 grain per cycle.
//   Reset       No state.

module tessera_hbm_ecc_correct
  import tessera_hbm_pkg::*;
  import tessera_hbm_ecc_pkg::*;
(
  input  grain_t   data_i,
  input  check_t   syndrome_i,
  output grain_t   data_o,     // As read unless one bit was wrong
  output verdict_e verdict_o
);

  // A wrong check bit has a power of two, or 0, as its position: no data bit's, so that nothing is turned.
  always_comb begin
    data_o = data_i;
    if (syndrome_i[PosBits]) begin
      for (int unsigned i = 0; i < GrainBits; i++) begin
        data_o[i] = data_i[i] ^ (syndrome_i[PosBits-1:0] == Positions[i]);
      end
    end
  end
  assign verdict_o = judge(syndrome_i);

endmodule
