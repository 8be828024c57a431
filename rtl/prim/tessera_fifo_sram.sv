// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// First-in first-out buffer on a tessera_sram, for deep buffers of wide words.
//
//   Handshake   A word moves in each cycle in which valid and ready are both high. valid_o and ready_o depend on
//               registers only; ready_i reaches the memory's read enable.
//   Latency     2 cycles from empty: the memory's read register is the output stage, filled ahead of its use.
//   Throughput  1 word per cycle.
//   Reset       Empties the buffer; the storage keeps whatever it held.

module tessera_fifo_sram #(
  parameter int unsigned Width = 256,  // Bits of a word, at least 1
  parameter int unsigned Depth = 128,  // Words, the one at the output included; at least 2, any number
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

  if (Depth < 2) begin : gen_bad_depth
    $error("tessera_fifo_sram: Depth must be at least 2; use tessera_fifo");
  end

  localparam int unsigned PtrBits = $clog2(Depth);
  localparam logic [PtrBits-1:0] PtrLast = PtrBits'(Depth - 1);

  // count_q words inside: one at the output if valid_q, the others in the memory from rd_ptr_q on.
  logic [PtrBits-1:0]   rd_ptr_d, rd_ptr_q, wr_ptr_d, wr_ptr_q;
  logic [CountBits-1:0] count_d, count_q;
  logic                 valid_d, valid_q;

  logic push, pop, fetch, stored;
  assign push   = valid_i && ready_o;
  assign pop    = valid_q && ready_i;
  assign stored = count_q > CountBits'(valid_q);
  assign fetch  = stored && (pop || !valid_q);

  always_comb begin
    rd_ptr_d = rd_ptr_q;
    wr_ptr_d = wr_ptr_q;
    count_d  = count_q;
    valid_d  = fetch || (valid_q && !pop);
    if (push)  wr_ptr_d = wr_ptr_q == PtrLast ? '0 : wr_ptr_q + PtrBits'(1);
    if (fetch) rd_ptr_d = rd_ptr_q == PtrLast ? '0 : rd_ptr_q + PtrBits'(1);
    if (push && !pop) count_d = count_q + CountBits'(1);
    if (pop && !push) count_d = count_q - CountBits'(1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rd_ptr_q <= '0;
      wr_ptr_q <= '0;
      count_q  <= '0;
      valid_q  <= 1'b0;
    end else begin
      rd_ptr_q <= rd_ptr_d;
      wr_ptr_q <= wr_ptr_d;
      count_q  <= count_d;
      valid_q  <= valid_d;
    end
  end

  tessera_sram #(
    .Depth(Depth),
    .Width(Width)
  ) u_mem (
    .clk_i,
    .wr_en_i  (push),
    .wr_addr_i(wr_ptr_q),
    .wr_data_i(data_i),
    .rd_en_i  (fetch),
    .rd_addr_i(rd_ptr_q),
    .rd_data_o(data_o)
  );

  assign ready_o = count_q != CountBits'(Depth);
  assign valid_o = valid_q;
  assign count_o = count_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_count_within_depth  : assert property (@(posedge clk_i) disable iff (in_reset)
      count_q <= CountBits'(Depth));
  a_output_is_counted   : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_q |-> count_q != '0);
  a_no_read_while_write : assert property (@(posedge clk_i) disable iff (in_reset)
      push && fetch |-> wr_ptr_q != rd_ptr_q);
  a_upstream_stable     : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_i && !ready_o |=> valid_i && $stable(data_i));
  a_downstream_stable   : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif

endmodule
