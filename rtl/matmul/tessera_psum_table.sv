// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Remembers of every partial-sum tile what is in it, and judges whether a pass may continue from it.
//
//   Handshake   None. The judgement is combinational; commit_i records the pass's own result.
//   Latency     A commit shows in the next cycle.
//   Reset       Empties every tile, as does clear_i (the start of a program).

module tessera_psum_table
  import tessera_spec_gen_pkg::*;
  import tessera_array_pkg::*;
  import tessera_matmul_pkg::*;
#(
  parameter int unsigned Tiles = 128
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low
  input  logic clear_i,

  // The pass about to start
  input  partial_e           src_i,
  input  partial_e           dst_i,
  input  logic               is_int_i,
  input  logic signed [10:0] grid_i,
  input  logic [18:0]        terms_i,
  input  logic [11:0]        tile_i,    // Below Tiles when src_i or dst_i is a partial
  input  logic               commit_i,  // It starts

  output logic bad_state_o,  // src_i is not what the tile holds
  output logic too_many_o    // More than 2^CARRY_BITS terms
);

  localparam int unsigned TileBits = Tiles > 1 ? $clog2(Tiles) : 1;
  localparam logic [19:0] MaxTerms = 20'd1 << CARRY_BITS;

  tile_t               table_q [Tiles];  // Meaningful where used_q is set
  logic [Tiles-1:0]    used_q;
  logic [TileBits-1:0] index;
  tile_t               tile;
  logic [19:0]         terms;

  assign index = tile_i[TileBits-1:0];

  always_comb begin
    tile  = table_q[index];
    terms = 20'(terms_i);
    if (src_i == PartialRaw)  terms = terms + 20'(tile.terms);
    if (src_i == PartialFp32) terms = terms + 20'd1;
  end

  assign bad_state_o = src_i != PartialNone &&
      (!used_q[index] || tile.kind != src_i || tile.is_int != is_int_i || tile.grid != grid_i);
  assign too_many_o  = terms > MaxTerms;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                               used_q <= '0;
    else if (clear_i)                          used_q <= '0;
    else if (commit_i && dst_i != PartialNone) used_q[index] <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (commit_i && dst_i != PartialNone) begin
      table_q[index] <= '{
          kind: dst_i, is_int: is_int_i, grid: grid_i, terms: dst_i == PartialRaw ? terms[16:0] : '0};
    end
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_only_legal_passes_start : assert property (@(posedge clk_i) disable iff (in_reset)
      commit_i |-> !bad_state_o && !too_many_o);
  a_tile_exists : assert property (@(posedge clk_i) disable iff (in_reset)
      commit_i && (src_i != PartialNone || dst_i != PartialNone) |-> 32'(tile_i) < Tiles);
`endif

endmodule
