// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Brings errors of several sources onto one log port, one per cycle, the lowest source first.
//
//   Handshake   err_i and err_o are pulses. A source that errs again before its turn loses the earlier one; with errors in
//               at most one cycle of Sources none is lost.
//   Latency     1 cycle without contention.
//   Throughput  1 error per cycle.
//   Reset       Drops everything.

module tessera_hbm_err_mux
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Sources = 2
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  err_log_t [Sources-1:0] err_i,
  output err_log_t               err_o
);

  if (Sources == 0) begin : gen_bad_sources
    $error("tessera_hbm_err_mux: Sources must be at least 1");
  end

  err_log_t [Sources-1:0] wait_q;
  logic [Sources-1:0]     valid_d, valid_q, first;
  assign first = valid_q & (~valid_q + Sources'(1));

  always_comb begin
    valid_d = valid_q & ~first;
    for (int unsigned s = 0; s < Sources; s++) begin
      if (err_i[s].valid) valid_d[s] = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else         valid_q <= valid_d;
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned s = 0; s < Sources; s++) begin
      if (err_i[s].valid) wait_q[s] <= err_i[s];
    end
  end

  always_comb begin
    err_o = '0;
    if (valid_q != '0) begin
      for (int unsigned s = 0; s < Sources; s++) begin
        if (first[s]) err_o = wait_q[s];
      end
    end
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_error_comes_out : assert property (@(posedge clk_i) disable iff (in_reset)
      (valid_q != '0) == err_o.valid);
`endif

endmodule
