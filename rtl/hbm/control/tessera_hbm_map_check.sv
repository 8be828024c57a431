// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Is this address map one to one on this part?
//
// It is when sel is a permutation of 0 to 25, device bits that the part lacks take address bits above its capacity, and bank bits that
// the part lacks are not folded. Folding row bits into bank bits never merges two addresses.
//
//   Handshake   None.
//   Latency     None; looks only while check_i is high.
//   Throughput  1 map per cycle.
//   Reset       No state.

module tessera_hbm_map_check
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Sids        = 2,
  parameter int unsigned PartRowBits = 14
) (
  input  logic check_i,
  input  map_t map_i,
  output logic ok_o     // Low while check_i is low
);

  localparam int unsigned PartBankBits = BgBits + BaBits + $clog2(Sids);
  localparam int unsigned Capacity     = ColBits + PartRowBits + PartBankBits;  // Grain-address bits inside the part

  function automatic logic in_part(int unsigned device_bit);
    if (device_bit < ColBits + RowBits) return device_bit < ColBits + PartRowBits;
    return device_bit < ColBits + RowBits + PartBankBits;
  endfunction

  always_comb begin
    logic [MapBits-1:0] taken;
    ok_o  = 1'b0;
    taken = '0;
    if (check_i) begin
      ok_o = 1'b1;
      for (int unsigned i = 0; i < MapBits; i++) begin
        if (map_i.sel[i] >= 5'(MapBits)) ok_o = 1'b0;
        else taken[map_i.sel[i]] = 1'b1;
        if (!in_part(i) && map_i.sel[i] < 5'(Capacity)) ok_o = 1'b0;
      end
      for (int unsigned b = PartBankBits; b < BankBits; b++) begin
        if (map_i.fold[b] != '0) ok_o = 1'b0;
      end
      if (taken != '1) ok_o = 1'b0;
    end
  end

endmodule
