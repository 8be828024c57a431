// SPDX-License-Identifier: Apache-2.0
//
// Watches a buffer of one clock: nothing is lost, doubled or reordered.
//
// Any one word may be marked as it goes in. The checker counts the words ahead of it; when none is left, the word at
// the output must be the marked one. As any word may be the marked one, this holds for all.

module stream_checker #(
  parameter int unsigned Width = 2,
  parameter int unsigned Depth = 4,  // Words the buffer holds
  localparam int unsigned CountBits = $clog2(Depth + 1)
) (
  input logic                  clk_i,
  input logic                  rst_ni,   // Low in the first cycle, then high: assumed here
  input logic                  mark_i,   // Free: mark the word that goes in now

  input logic                  valid_i,
  input logic                  ready_i,
  input logic [Width-1:0]      data_i,

  input logic                  valid_o,
  input logic                  ready_o,
  input logic [Width-1:0]      data_o,

  output logic [CountBits-1:0] inside_o  // Words inside
);

  logic first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb m_reset_comes_first : assume (rst_ni == !first_q);

  logic push, pop;
  assign push = valid_i && ready_i;
  assign pop  = valid_o && ready_o;

  logic [CountBits-1:0] inside_q;
  logic [CountBits-1:0] ahead_q;  // Words in front of the marked one
  logic                 marked_q;
  logic [Width-1:0]     word_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      inside_q <= '0;
      marked_q <= 1'b0;
    end else begin
      inside_q <= inside_q + CountBits'(push) - CountBits'(pop);
      if (marked_q && pop) begin
        ahead_q <= ahead_q - CountBits'(1);
        if (ahead_q == '0) marked_q <= 1'b0;
      end
      if (!marked_q && push && mark_i) begin
        marked_q <= 1'b1;
        word_q   <= data_i;
        ahead_q  <= inside_q - CountBits'(pop);
      end
    end
  end
  assign inside_o = inside_q;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      a_room_is_used_to_the_last  : assert (ready_i == (inside_q != CountBits'(Depth)));
      a_no_word_from_nothing      : assert (!valid_o || inside_q != '0);
      a_marked_word_is_inside     : assert (!marked_q || ahead_q < inside_q);
      a_marked_word_comes_in_turn : assert (!(marked_q && ahead_q == '0 && valid_o) || data_o == word_q);
      a_output_holds              : assert (!$past(rst_ni && valid_o && !ready_o) || (valid_o && data_o == $past(data_o)));
      c_full                      : cover (inside_q == CountBits'(Depth) && marked_q && ahead_q == CountBits'(Depth - 1));
      c_marked_word_leaves        : cover (marked_q && pop && ahead_q == '0 && word_q == '1);
    end
  end

endmodule
