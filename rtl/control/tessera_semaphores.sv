// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The counting semaphores.
//
// Users are the dispatcher (0) and the engines in their order; a lower number wins when two want the last count. A user
// gets all semaphores of its mask in one cycle or none.
//
//   Handshake   want_i with wait_i asks, can_i says that the instruction could leave; grant_o answers in the same cycle
//               and decrements. A post is a one-cycle pulse and can be waited for from the next cycle.
//   Latency     Grant: combinational. Post: 1 cycle.
//   Throughput  One grant and one post per user and cycle.
//   Reset       All 0.

module tessera_semaphores
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned Users = 5
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  input  logic                                clear_i,     // Pulse: all to 0

  // Waits
  input  logic      [Users-1:0]               want_i,
  input  sem_mask_t [Users-1:0]               wait_i,
  input  logic      [Users-1:0]               can_i,
  output logic      [Users-1:0]               grant_o,     // Only with want_i and can_i
  output sem_mask_t [Users-1:0]               missing_o,   // With want_i: what lower users left short of wait_i

  // Posts
  input  logic      [Users-1:0]               post_i,
  input  sem_mask_t [Users-1:0]               post_mask_i,
  output logic      [Users-1:0]               overflow_o,  // This post takes a semaphore past SEM_MAX; it stays there

  // To the registers
  output sem_value_t [NUM_SEMAPHORES-1:0]     value_o
);

  sem_value_t [NUM_SEMAPHORES-1:0] value_d, value_q, left;

  // left[s] counts down user by user; available is left[s] > 0. Only the first Users counts of a semaphore can matter,
  // so a thermometer code of that length carries them: a take is a shift, a test is one bit.
  always_comb begin
    logic [Users-1:0] have [NUM_SEMAPHORES];
    sem_mask_t        available;
    for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) begin
      for (int unsigned n = 0; n < Users; n++) have[s][n] = 32'(value_q[s]) > n;
    end
    for (int unsigned user = 0; user < Users; user++) begin
      for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) available[s] = have[s][0];
      missing_o[user] = want_i[user] ? wait_i[user] & ~available : '0;
      grant_o[user]   = want_i[user] && can_i[user] && missing_o[user] == '0;
      for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) begin
        if (grant_o[user] && wait_i[user][s]) have[s] = have[s] >> 1;
      end
    end
  end

  always_comb begin
    left       = value_q;
    overflow_o = '0;
    for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) begin
      for (int unsigned user = 0; user < Users; user++) begin
        if (grant_o[user] && wait_i[user][s]) left[s] = left[s] - sem_value_t'(1);
      end
    end
    value_d = left;
    for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) begin
      for (int unsigned user = 0; user < Users; user++) begin
        if (post_i[user] && post_mask_i[user][s]) begin
          if (value_d[s] == sem_value_t'(SEM_MAX)) overflow_o[user] = 1'b1;
          else value_d[s] = value_d[s] + sem_value_t'(1);
        end
      end
    end
    if (clear_i) value_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) value_q <= '0;
    else         value_q <= value_d;
  end

  assign value_o = value_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  logic underflow;
  always_comb begin
    underflow = 1'b0;
    for (int unsigned s = 0; s < NUM_SEMAPHORES; s++) underflow |= left[s] > value_q[s];
  end

  a_never_below_zero : assert property (@(posedge clk_i) disable iff (in_reset)
      !underflow);
  a_grant_was_asked_for : assert property (@(posedge clk_i) disable iff (in_reset)
      (grant_o & ~(want_i & can_i)) == '0);
`endif

endmodule
