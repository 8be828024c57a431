// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// First-in first-out buffer in registers, for a ready/valid stream.
//
//   Handshake   A word moves in each cycle in which valid and ready are both high. valid_o, ready_o and count_o
//               depend on registers only, so the buffer cuts every combinational path between its two sides.
//   Latency     1 cycle: a word shows at the output in the cycle after it went in (first-word fall-through).
//   Throughput  1 word per cycle; with Depth 1 a word every second cycle.
//   Reset       Empties the buffer; the storage keeps whatever it held.

module tessera_fifo #(
  parameter int unsigned Width = 32,  // Bits of a word, at least 1
  parameter int unsigned Depth = 2,   // Words, at least 1; any number
  localparam int unsigned CountBits = $clog2(Depth + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // From upstream
  input  logic                 valid_i,
  output logic                 ready_o,
  input  logic [Width-1:0]     data_i,

  // To downstream
  output logic                 valid_o,
  input  logic                 ready_i,
  output logic [Width-1:0]     data_o,

  // Words inside
  output logic [CountBits-1:0] count_o
);

  if (Width == 0) begin : gen_bad_width
    $error("tessera_fifo: Width must be at least 1");
  end
  if (Depth == 0) begin : gen_bad_depth
    $error("tessera_fifo: Depth must be at least 1");
  end

  localparam int unsigned PtrBits = Depth > 1 ? $clog2(Depth) : 1;
  localparam logic [PtrBits-1:0] PtrLast = PtrBits'(Depth - 1);

  logic [Width-1:0] mem_q [Depth];

  // Words count_q, oldest at rd_ptr_q; wr_ptr_q is count_q words further on, modulo Depth.
  logic [PtrBits-1:0]   rd_ptr_d, rd_ptr_q, wr_ptr_d, wr_ptr_q;
  logic [CountBits-1:0] count_d, count_q;

  logic push, pop;
  assign push = valid_i && ready_o;
  assign pop  = valid_o && ready_i;

  always_comb begin
    rd_ptr_d = rd_ptr_q;
    wr_ptr_d = wr_ptr_q;
    count_d  = count_q;
    if (push) wr_ptr_d = wr_ptr_q == PtrLast ? '0 : wr_ptr_q + PtrBits'(1);
    if (pop)  rd_ptr_d = rd_ptr_q == PtrLast ? '0 : rd_ptr_q + PtrBits'(1);
    if (push && !pop) count_d = count_q + CountBits'(1);
    if (pop && !push) count_d = count_q - CountBits'(1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rd_ptr_q <= '0;
      wr_ptr_q <= '0;
      count_q  <= '0;
    end else begin
      rd_ptr_q <= rd_ptr_d;
      wr_ptr_q <= wr_ptr_d;
      count_q  <= count_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) mem_q[wr_ptr_q] <= data_i;
  end

  assign ready_o = count_q != CountBits'(Depth);
  assign valid_o = count_q != '0;
  assign data_o  = mem_q[rd_ptr_q];
  assign count_o = count_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_count_within_depth : assert property (@(posedge clk_i) disable iff (in_reset)
      count_q <= CountBits'(Depth));
  a_upstream_stable    : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_i && !ready_o |=> valid_i && $stable(data_i));
  a_downstream_stable  : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif

endmodule
