// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Queue of instructions of one engine.
//
//   Handshake   push_i only when not full, pop_i only when not empty; full_o does not depend on pop_i.
//   Latency     1 cycle from push to head.
//   Throughput  1 instruction per cycle.
//   Reset       Empty.

module tessera_issue_queue
  import tessera_pkg::*;
#(
  parameter int unsigned Depth = 8  // Power of two, at least 2
) (
  input  logic   clk_i,
  input  logic   rst_ni,
  input  logic   clear_i,  // Level: throw everything away

  // From the dispatcher
  input  logic   push_i,
  input  issue_t issue_i,
  output logic   full_o,

  // To issue
  output logic   empty_o,
  output issue_t head_o,   // While not empty; stable until popped
  input  logic   pop_i
);

  if (Depth < 2 || (Depth & (Depth - 1)) != 0) begin : gen_bad_depth
    $error("tessera_issue_queue: Depth must be a power of two and at least 2");
  end

  localparam int unsigned IdxW = $clog2(Depth);

  // Indices with a wrap bit: equal means empty, equal but for the wrap bit means full.
  logic [IdxW:0] write_d, write_q, read_d, read_q;
  issue_t        entry_q [Depth];

  always_comb begin
    write_d = write_q + (IdxW + 1)'(push_i);
    read_d  = read_q + (IdxW + 1)'(pop_i);
    if (clear_i) begin
      write_d = '0;
      read_d  = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
    end else begin
      write_q <= write_d;
      read_q  <= read_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) entry_q[write_q[IdxW-1:0]] <= issue_i;
  end

  assign empty_o = write_q == read_q;
  assign full_o  = write_q[IdxW-1:0] == read_q[IdxW-1:0] && !empty_o;
  assign head_o  = entry_q[read_q[IdxW-1:0]];

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_push_only_with_room : assert property (@(posedge clk_i) disable iff (in_reset)
      push_i |-> !full_o);
  a_pop_only_what_is_there : assert property (@(posedge clk_i) disable iff (in_reset)
      pop_i |-> !empty_o);
  a_head_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      !empty_o && !pop_i && !clear_i |=> !empty_o && $stable(head_o));
`endif

endmodule
