// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Refresh bookkeeping of one pseudo-channel: how many bank refreshes are owed, and how long the oldest bank has waited.
//
// One bank refresh falls due every tREFI / Banks, scaled by TEMP. A remainder in quarter CK x banks is kept, so nothing is ever rounded
// away. Time since a refresh is measured in the same unit, the tick: Banks ticks are one (scaled) tREFI.
//
//   Handshake   Pulses; at most one of pb_i and ab_i in a cycle.
//   Latency     1 cycle.
//   Throughput  An event per cycle.
//   Reset       Nothing owed, nothing done.

module tessera_hbm_ref_debt #(
  parameter int unsigned  Banks    = 32,  // 16, 32 or 64
  localparam int unsigned DebtBits = 12
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       enable_i,    // Low: as after reset
  input  logic                       run_i,       // Low: nothing is stored, time does not count
  input  logic [13:0]                refi_i,      // nCK, at TEMP 1x
  input  logic [2:0]                 temp_i,      // Gray code; an unknown one counts as the fastest

  // Refreshes that went out
  input  logic                       pb_i,        // REFpb
  input  logic                       pb_first_i,  // With pb_i: the first of its set
  input  logic                       pb_last_i,   // With pb_i: the last of its set
  input  logic                       ab_i,        // REFab

  output logic signed [DebtBits-1:0] debt_o,      // Owed - done, in banks
  output logic        [DebtBits-1:0] oldest_o     // Ticks since every bank still missing in this set was refreshed: at most so many
);

  typedef logic signed [DebtBits-1:0] debt_t;
  typedef logic        [DebtBits-1:0] age_t;
  localparam debt_t DebtMost = {1'b0, {(DebtBits - 1) {1'b1}}};
  localparam int unsigned SumBits = 17;  // Two times a step of at most 4 x 2^14

  // 2 CK per cycle, x 4 so that TEMP 4x is whole: quarter CK x banks.
  localparam logic [SumBits-1:0] Slowest = SumBits'(2 * Banks);
  logic [SumBits-1:0] step_full, step, due, sum, rest_d, rest_q;
  logic               tick;

  always_comb begin
    case (temp_i)
      3'b000:  step_full = Slowest;
      3'b001:  step_full = Slowest << 1;
      3'b011:  step_full = Slowest << 2;
      3'b010:  step_full = Slowest << 3;
      default: step_full = Slowest << 4;
    endcase
  end
  // At most one a cycle: a tREFI so short that more fall due cannot be met by any device.
  assign due    = {1'b0, refi_i, 2'b0};
  assign step   = step_full < due ? step_full : due;
  assign sum    = rest_q + step;
  assign tick   = run_i && sum >= due;
  assign rest_d = tick ? sum - due : sum;

  // Banks missing in this set were refreshed no earlier than the previous set began: oldest_q. age_q: since this set began.
  debt_t debt_d, debt_q;
  age_t  oldest_d, oldest_q, age_d, age_q, oldest_next, age_next;

  function automatic age_t older(age_t age, logic by_one);
    return by_one && age != '1 ? age + age_t'(1) : age;
  endfunction

  assign oldest_next = older(oldest_q, tick);
  assign age_next    = pb_i && pb_first_i ? '0 : older(age_q, tick);

  always_comb begin
    debt_d = debt_q;
    if (pb_i) debt_d = debt_d - debt_t'(1);
    if (ab_i) debt_d = debt_d - debt_t'(Banks);
    if (tick && debt_d != DebtMost) debt_d = debt_d + debt_t'(1);
    oldest_d = oldest_next;
    age_d    = age_next;
    if (pb_i && pb_last_i) oldest_d = age_next;
    if (ab_i) oldest_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rest_q   <= '0;
      debt_q   <= '0;
      oldest_q <= '0;
      age_q    <= '0;
    end else if (!enable_i) begin
      rest_q   <= '0;
      debt_q   <= '0;
      oldest_q <= '0;
      age_q    <= '0;
    end else begin
      if (run_i) rest_q <= rest_d;
      if (tick || pb_i || ab_i) begin
        debt_q   <= debt_d;
        oldest_q <= oldest_d;
        age_q    <= age_d;
      end
    end
  end

  assign debt_o   = debt_q;
  assign oldest_o = oldest_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_one_refresh_at_a_time : assert property (@(posedge clk_i) disable iff (in_reset) !(pb_i && ab_i));
  a_pulled_in_at_most_nine_refi : assert property (@(posedge clk_i) disable iff (in_reset)
      debt_q >= -debt_t'(9 * Banks));
`endif

endmodule
