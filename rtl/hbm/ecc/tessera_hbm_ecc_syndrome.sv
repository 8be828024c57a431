// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Syndrome of a grain and its check bits: first half of decoding.
//
//   Handshake   None: syndrome_o follows the inputs.
//   Latency     None, about 8 levels of XOR: give it a stage of its own.
//   Throughput  1 grain per cycle.
//   Reset       No state.

module tessera_hbm_ecc_syndrome
  import tessera_hbm_pkg::*;
  import tessera_hbm_ecc_pkg::*;
(
  input  logic   enable_i,  // 0: the syndrome is that of a clean grain
  input  grain_t data_i,
  input  check_t check_i,
  output check_t syndrome_o
);

  // The top bit is the parity of the whole codeword as read: a tree beside the others, not behind them.
  check_t fresh;
  always_comb begin
    fresh      = '0;
    syndrome_o = '0;
    if (enable_i) begin
      fresh      = checks(data_i) ^ check_i;
      syndrome_o = {^{data_i, check_i}, fresh[PosBits-1:0]};
    end
  end

  logic unused_fresh;
  assign unused_fresh = fresh[PosBits];

endmodule
