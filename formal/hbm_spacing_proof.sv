// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_spacing: after a start with n cycles, ok is low for n - 1 cycles, whatever other starts do; and it is high
// in the n-th if nothing else was waited for. Full width, any of the lanes.
//
// One start may be marked; its age is counted in cycles.
//
// PROVE induction 2 N=2 Bits=11
// PROVE induction 2 N=1 Bits=8
// MUTANT rtl/hbm/sched/tessera_hbm_spacing.sv | <= cycles_i - 1'b1; | <= cycles_i - 2'd2;
// MUTANT rtl/hbm/sched/tessera_hbm_spacing.sv | start_i[i] && cycles_i > count_q[Bits*i+:Bits] | start_i[i]
// MUTANT rtl/hbm/sched/tessera_hbm_spacing.sv | ok_q[i]               <= cycles_i == 1; | ok_q[i]               <= cycles_i <= 2;

module hbm_spacing_proof #(
  parameter int unsigned N    = 1,
  parameter int unsigned Bits = 8
) (
  input logic            clk_i,
  input logic            rst_ni,
  input logic [N-1:0]    start_i,
  input logic [Bits-1:0] cycles_i,
  input logic            mark_i,
  input logic [0:0]      lane_i
);

  logic first_q = 1'b1;
  always_ff @(posedge clk_i) first_q <= 1'b0;
  logic [0:0] lane_q;
  always_ff @(posedge clk_i) if (first_q) lane_q <= lane_i;
  always_comb begin
    m_reset_comes_first : assume (rst_ni == !first_q);
    m_lane_exists       : assume (32'(lane_i) < N && (first_q || 32'(lane_q) < N));
    m_wait_is_a_cycle   : assume (cycles_i != '0);
  end

  logic [N-1:0] ok;
  tessera_hbm_spacing #(
    .N   (N),
    .Bits(Bits)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .start_i,
    .cycles_i,
    .ok_o(ok)
  );

  logic start, ripe;
  assign start = start_i[lane_q];
  assign ripe  = ok[lane_q];

  logic [Bits-1:0] wait_q, age_q;  // Of the marked start; the age stops at the largest number
  logic            marked_q, alone_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      marked_q <= 1'b0;
      alone_q  <= 1'b0;
    end else if (start && mark_i && !marked_q) begin
      marked_q <= 1'b1;
      alone_q  <= ripe;
      wait_q   <= cycles_i;
      age_q    <= Bits'(1);
    end else begin
      if (age_q != '1) age_q <= age_q + Bits'(1);
      if (start) alone_q <= 1'b0;
    end
  end

  logic [Bits-1:0] count, left;
  assign count = u_dut.count_q[Bits*lane_q+:Bits];
  assign left  = wait_q - age_q;

  always_comb begin
    if (rst_ni) begin
      a_never_early  : assert (!(marked_q && age_q < wait_q) || !ripe);
      a_never_late   : assert (!(marked_q && alone_q && age_q >= wait_q) || ripe);
      // What makes it inductive
      a_ok_is_zero   : assert (ripe == (count == '0));
      a_enough_left  : assert (!(marked_q && age_q < wait_q) || count >= left);
      a_exactly_left : assert (!(marked_q && alone_q) || count == (age_q < wait_q ? left : '0));
      a_wait_counts  : assert (!marked_q || wait_q != '0);
      c_overlap      : cover (marked_q && !alone_q && age_q == wait_q && !ripe && wait_q > 3);
      c_alone        : cover (marked_q && alone_q && age_q == wait_q && wait_q > 3);
    end
  end

endmodule
