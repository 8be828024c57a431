// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Two-word elastic buffer that cuts a ready/valid stream: every output leaves a register.
//
//   Handshake   A word moves in each cycle in which valid and ready are both high. A raised valid stays, with its
//               data stable, until the word has moved (the rule AXI asks of its channels).
//   Latency     1 cycle when not stalled.
//   Throughput  1 word per cycle.
//   Reset       Empties the buffer; the payload registers keep whatever they held.

module tessera_skid_buffer #(
  parameter int unsigned Width = 32  // Bits of a word, at least 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  // From upstream
  input  logic             valid_i,
  output logic             ready_o,
  input  logic [Width-1:0] data_i,

  // To downstream
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o
);

  if (Width == 0) begin : gen_bad_width
    $error("tessera_skid_buffer: Width must be at least 1");
  end

  // `head` feeds downstream; `skid` takes the word that upstream, which sees a stall a cycle late, may still push.
  // Invariant: skid is full only while head is full.
  logic             head_full_d, head_full_q;
  logic             skid_full_d, skid_full_q;
  logic [Width-1:0] head_data_q, skid_data_q;

  logic push, head_free;
  assign push      = valid_i && ready_o;
  assign head_free = ready_i || !head_full_q;

  assign head_full_d = !head_free || skid_full_q || push;
  assign skid_full_d = !head_free && (skid_full_q || push);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_full_q <= 1'b0;
      skid_full_q <= 1'b0;
    end else begin
      head_full_q <= head_full_d;
      skid_full_q <= skid_full_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (head_free && skid_full_q) head_data_q <= skid_data_q;
    else if (head_free && push)   head_data_q <= data_i;
    if (!head_free && push)       skid_data_q <= data_i;
  end

  assign ready_o = !skid_full_q;
  assign valid_o = head_full_q;
  assign data_o  = head_data_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_skid_implies_head : assert property (@(posedge clk_i) disable iff (in_reset)
      skid_full_q |-> head_full_q);
  a_upstream_stable   : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_i && !ready_o |=> valid_i && $stable(data_i));
  a_downstream_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_o && !ready_i |=> valid_o && $stable(data_o));
`endif

endmodule
