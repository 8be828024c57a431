// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Gives each row that leaves column 0 of the grid its descriptor: which pass it belongs to, and which row it is.
//
//   Handshake   pass_* is a FIFO write that is always taken; a pass must be written before its rows arrive.
//   Latency     row_o is combinational from valid_i: the descriptor accompanies the row.
//   Throughput  One row per cycle.
//   Reset       Empties the FIFO.

module tessera_drain
  import tessera_array_pkg::*;
#(
  parameter int unsigned Rows   = 8,  // Rows of a pass; power of two
  parameter int unsigned Passes = 16  // Passes that may be between slot end and drain
) (
  input  logic clk_i,
  input  logic rst_ni,  // Asynchronous, active low

  // From the sequencer, at the end of a pass's slot
  input  logic   pass_valid_i,
  input  drain_t pass_i,

  // From grid column 0: a row is there
  input  logic valid_i,

  // To column 0
  output row_t row_o
);

  localparam int unsigned RowBits = $clog2(Rows);

  logic   pass_ready, pass_valid, pass_done;
  drain_t pass;

  tessera_fifo #(
    .Width($bits(drain_t)),
    .Depth(Passes)
  ) u_passes (
    .clk_i,
    .rst_ni,
    .valid_i(pass_valid_i),
    .ready_o(pass_ready),
    .data_i (pass_i),
    .valid_o(pass_valid),
    .ready_i(pass_done),
    .data_o (pass),
    .count_o()
  );

  // Rows leave the grid last row first.
  logic [RowBits-1:0] row_q;
  assign pass_done = valid_i && row_q == '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      row_q <= '1;
    else if (valid_i) row_q <= row_q - 1'b1;
  end

  always_comb begin
    row_o        = '0;
    row_o.valid  = valid_i;
    row_o.src    = pass.src;
    row_o.dst    = pass.dst;
    row_o.is_int = pass.is_int;
    row_o.grid   = pass.grid;
    row_o.psum   = 16'({pass.tile, row_q});
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_every_row_has_a_pass : assert property (@(posedge clk_i) disable iff (in_reset) valid_i |-> pass_valid);
  a_passes_fit : assert property (@(posedge clk_i) disable iff (in_reset) pass_valid_i |-> pass_ready);
`endif

endmodule
