// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Address map: grain address to device address, and whether the part has that grain.
//
// Device bit i takes grain-address bit sel[i]; each bank bit is XORed with the parity of the row bits in its fold mask.
//
//   Handshake   None: outputs follow inputs.
//   Latency     None: a 32-way multiplexer and a 16-bit parity.
//   Throughput  1 address per cycle.
//   Reset       No state.

module tessera_hbm_map
  import tessera_hbm_pkg::BgBits, tessera_hbm_pkg::BaBits, tessera_hbm_pkg::BankBits,
         tessera_hbm_pkg::ColBits, tessera_hbm_pkg::daddr_t;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Sids          = 2,   // Stack IDs of the part: 1, 2 or 4
  parameter int unsigned RowBits       = 14,  // Row address bits of the part, 1 to 15
  parameter int unsigned GrainAddrBits = 43,
  localparam int unsigned PartBits = $clog2(Sids) + BgBits + BaBits + RowBits + ColBits
) (
  input  map_t                     map_i,  // A permutation of the part's address bits; changes only when nothing is queued
  input  logic                     valid_i,   // Low: outputs mean nothing, and simulation saves the work
  input  logic [GrainAddrBits-1:0] grain_i,
  output daddr_t                   addr_o,    // Outside: the low bits of the grain address, for the log
  output logic                     outside_o  // The part does not have this grain
);

  if (Sids != 1 && Sids != 2 && Sids != 4) begin : gen_bad_sids
    $error("tessera_hbm_map: Sids must be 1, 2 or 4");
  end
  if (RowBits < 1 || RowBits > tessera_hbm_pkg::RowBits) begin : gen_bad_rows
    $error("tessera_hbm_map: RowBits must be 1 to 15");
  end
  if (GrainAddrBits < 32) begin : gen_bad_grain_bits
    $error("tessera_hbm_map: GrainAddrBits must be at least 32, what a selector of 5 bits can name");
  end

  logic [31:0]         low;
  logic [MapBits-1:0]  picked;
  logic [BankBits-1:0] fold;
  daddr_t              plain, mapped;
  assign low = grain_i[31:0];

  always_comb begin
    picked = '0;
    fold   = '0;
    if (valid_i) begin
      for (int unsigned i = 0; i < MapBits; i++) picked[i] = low[map_i.sel[i]];
    end
    plain = daddr_t'(picked);
    if (valid_i) begin
      for (int unsigned b = 0; b < BankBits; b++) fold[b] = ^(plain.row & map_i.fold[b]);
    end
  end
  assign mapped = '{bank: plain.bank ^ fold, row: plain.row, col: plain.col};

  // A map that is no permutation of the part's bits must not reach a row or stack ID that does not exist either.
  logic no_row, no_sid;
  assign no_row    = (mapped.row >> RowBits) != '0;
  assign no_sid    = 32'(mapped.bank.sid) >= Sids;
  assign outside_o = (grain_i >> PartBits) != '0 || no_row || no_sid;
  assign addr_o    = outside_o ? daddr_t'(grain_i[MapBits-1:0]) : mapped;

endmodule
