// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Program counter and loop stack: turns the program in memory into the stream of instructions in execution order.
//
// LOOP, ENDLOOP and HALT act here, on their opcode alone, so that a loop costs no cycle but those of its instructions;
// the checks behind stop the program before anything after a bad instruction has an effect. A fetch error, the end of
// the program and misuse of the loop stack travel with their instruction and end the stream.
//
//   Handshake   valid/ready towards the checks; towards the window see tessera_fetch.
//   Latency     2 cycles from hit to valid_o's instruction leaving: one to look up the pc, one to read the word.
//   Throughput  1 instruction per cycle, also across ENDLOOP when the loop's start is in the window.
//   Reset       No program.

module tessera_sequencer
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
(
  input  logic     clk_i,
  input  logic     rst_ni,

  // From the run state machine
  input  logic     start_i,     // Pulse: begin at pc 0
  input  logic     run_i,       // Level: a program runs; low: forget everything
  input  pc_t      prog_len_i,  // Constant while run_i

  // To tessera_fetch
  output logic     pc_valid_o,
  output pc_t      pc_o,
  input  logic     hit_i,
  input  seq_e     kind_i,
  input  logic     bad_i,
  output logic     take_o,
  input  grain_t   word_i,

  // To tessera_decode
  output logic     valid_o,
  input  logic     ready_i,
  output fetched_t fetched_o
);

  localparam int unsigned DepthW = $clog2(LOOP_DEPTH + 1);
  localparam int unsigned TopW   = $clog2(LOOP_DEPTH);

  // The lookup stage holds pc; the word stage holds the instruction whose word the ring shows.
  logic              run_d, run_q;
  pc_t               pc_d, pc_q;
  logic              word_valid_d, word_valid_q;
  pc_t               word_pc_q;
  logic              word_loop_q;   // A LOOP that was pushed: its count is still in the word stage
  error_e            word_error_q;

  // Innermost loop last. loop_left of the top is stale while its LOOP is in the word stage.
  logic [DepthW-1:0] depth_d, depth_q;
  pc_t               loop_start_d [LOOP_DEPTH], loop_start_q [LOOP_DEPTH];
  logic [31:0]       loop_left_d  [LOOP_DEPTH], loop_left_q  [LOOP_DEPTH];

  logic              at_end, advance;
  seq_e              kind;
  error_e            error;
  loop_t             loop_word;
  logic [31:0]       left;
  logic [TopW-1:0]   top, next;
  logic              count_here;

  assign at_end     = pc_q == prog_len_i;
  assign advance    = run_q && (!word_valid_q || ready_i) && (hit_i || at_end);
  assign kind       = at_end || bad_i ? SeqNext : kind_i;
  assign loop_word  = word_i;
  assign count_here = word_valid_q && word_loop_q;
  assign top        = TopW'(depth_q - DepthW'(1));
  assign next       = TopW'(depth_q);
  assign left       = count_here ? loop_word.count : loop_left_q[top];

  always_comb begin
    error = ErrorNone;
    if (at_end) begin
      error = ErrorProgramEnd;
    end else if (bad_i) begin
      error = ErrorBusFetch;
    end else if ((kind == SeqLoop && depth_q == DepthW'(LOOP_DEPTH)) || (kind == SeqEndloop && depth_q == '0) ||
                 (kind == SeqHalt && depth_q != '0)) begin
      error = ErrorLoopStack;
    end
  end

  always_comb begin
    run_d        = run_q;
    pc_d         = pc_q;
    depth_d      = depth_q;
    loop_start_d = loop_start_q;
    loop_left_d  = loop_left_q;
    word_valid_d = word_valid_q && !ready_i;
    if (count_here && ready_i) loop_left_d[top] = left;
    if (advance) begin
      word_valid_d = 1'b1;
      pc_d         = pc_q + pc_t'(1);
      if (error != ErrorNone || kind == SeqHalt) begin
        run_d = 1'b0;
      end else if (kind == SeqLoop) begin
        loop_start_d[next] = pc_q + pc_t'(1);
        depth_d            = depth_q + DepthW'(1);
      end else if (kind == SeqEndloop) begin
        if (left == 32'd1) begin
          depth_d = depth_q - DepthW'(1);
        end else begin
          pc_d             = loop_start_q[top];
          loop_left_d[top] = left - 32'd1;
        end
      end
    end
    if (start_i) begin
      run_d   = 1'b1;
      pc_d    = '0;
      depth_d = '0;
    end
    if (!run_i) begin
      run_d        = 1'b0;
      word_valid_d = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q        <= 1'b0;
      pc_q         <= '0;
      word_valid_q <= 1'b0;
      depth_q      <= '0;
    end else begin
      run_q        <= run_d;
      pc_q         <= pc_d;
      word_valid_q <= word_valid_d;
      depth_q      <= depth_d;
    end
  end

  always_ff @(posedge clk_i) begin
    loop_start_q <= loop_start_d;
    loop_left_q  <= loop_left_d;
    if (advance) begin
      word_pc_q    <= pc_q;
      word_loop_q  <= kind == SeqLoop && error == ErrorNone;
      word_error_q <= error;
    end
  end

  logic no_word;
  assign no_word = word_error_q == ErrorProgramEnd || word_error_q == ErrorBusFetch;

  assign pc_valid_o = run_q;
  assign pc_o       = pc_q;
  assign take_o     = advance && !at_end;
  assign valid_o    = word_valid_q;
  always_comb begin
    fetched_o.pc    = word_pc_q;
    fetched_o.word  = no_word ? '0 : word_i;
    fetched_o.error = word_error_q;
  end

  logic unused;  // Only the count matters here
  assign unused = ^loop_word;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_instruction_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      valid_o && !ready_i && run_i |=> valid_o && $stable(fetched_o));
  a_loop_depth : assert property (@(posedge clk_i) disable iff (in_reset)
      depth_q <= DepthW'(LOOP_DEPTH));
  a_pushed_loop_is_on_the_stack : assert property (@(posedge clk_i) disable iff (in_reset)
      count_here |-> depth_q != '0);
  a_pc_inside_the_program : assert property (@(posedge clk_i) disable iff (in_reset)
      run_q && run_i |-> pc_q <= prog_len_i);
`endif

endmodule
