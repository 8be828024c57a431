// SPDX-License-Identifier: Apache-2.0
//
// tessera_semaphores: no token is lost or made, a user gets all it asks for or nothing, and lower users go first.
//
// The checker watches one semaphore, any of them, and counts its tokens by itself.
//
// PROVE pdr Users=3
// PROVE pdr Users=5
// MUTANT rtl/control/tessera_semaphores.sv | if (grant_o[user] && wait_i[user][s]) have[s] = have[s] >> 1; | if (want_i[user] && wait_i[user][s]) have[s] = have[s] >> 1;
// MUTANT rtl/control/tessera_semaphores.sv | if (value_d[s] == sem_value_t'(SEM_MAX)) | if (value_d[s] == sem_value_t'(6))
// MUTANT rtl/control/tessera_semaphores.sv | missing_o[user] == '0; | 1'b1;
// MUTANT rtl/control/tessera_semaphores.sv | left[s] = left[s] - sem_value_t'(1) | left[s] = value_q[s] - sem_value_t'(1)

module semaphores_proof
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned Users = 5
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  clear_i,
  input logic      [Users-1:0] want_i,
  input sem_mask_t [Users-1:0] wait_i,
  input logic      [Users-1:0] can_i,
  input logic      [Users-1:0] post_i,
  input sem_mask_t [Users-1:0] post_mask_i,
  input logic      [3:0]       watched_i
);

  logic first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  always_comb m_reset_comes_first : assume (rst_ni == !first_q);
  logic [3:0] s_q;
  always_ff @(posedge clk_i) if (first_q) s_q <= watched_i;

  logic       [Users-1:0]          grant, overflow;
  sem_mask_t  [Users-1:0]          missing;
  sem_value_t [NUM_SEMAPHORES-1:0] value;
  tessera_semaphores #(
    .Users(Users)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .clear_i,
    .want_i,
    .wait_i,
    .can_i,
    .grant_o    (grant),
    .missing_o  (missing),
    .post_i,
    .post_mask_i,
    .overflow_o (overflow),
    .value_o    (value)
  );

  // Tokens of the watched semaphore: before, as each user in turn takes and then posts, and after
  logic [9:0]       tokens_q, tokens_d;
  logic [Users-1:0] short_of, lost;
  always_comb begin
    tokens_d = tokens_q;
    short_of = '0;
    lost     = '0;
    for (int u = 0; u < Users; u++) begin
      short_of[u] = want_i[u] && wait_i[u][s_q] && tokens_d == '0;
      if (grant[u] && wait_i[u][s_q] && tokens_d != '0) tokens_d = tokens_d - 10'd1;
    end
    for (int u = 0; u < Users; u++) begin
      if (post_i[u] && post_mask_i[u][s_q]) begin
        lost[u] = 32'(tokens_d) == SEM_MAX;
        if (!lost[u]) tokens_d = tokens_d + 10'd1;
      end
    end
    if (clear_i) tokens_d = '0;
  end
  always_ff @(posedge clk_i) tokens_q <= rst_ni ? tokens_d : '0;

  always_comb begin
    if (rst_ni) begin
      a_tokens_are_kept         : assert (32'(value[s_q]) == 32'(tokens_q) && 32'(tokens_q) <= SEM_MAX);
      a_loss_is_told            : assert ((lost & ~overflow) == '0);
      c_full                    : cover (value[s_q] == 8'd3 && s_q == 4'd11);
      c_two_want_the_last       : cover (value[s_q] == 8'd1 && grant[0] && wait_i[0][s_q] && want_i[1] && wait_i[1][s_q] && !grant[1]);
    end
  end
  for (genvar u = 0; u < Users; u++) begin : gen_user
    logic granted;
    assign granted = grant[u];
    always_comb begin
      if (rst_ni) begin
        a_missing_is_true      : assert (missing[u][s_q] == short_of[u]);
        a_all_or_nothing       : assert (granted == (want_i[u] && can_i[u] && missing[u] == '0));
      end
    end
  end

endmodule
