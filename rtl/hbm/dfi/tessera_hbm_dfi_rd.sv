// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Tells the PHY when a pseudo-channel's read bursts come: rddata_en RL - 2 CK after the command, two CK long.
//
//   Handshake   Pulses. rddata_en_o has a bit per phase and leaves a register.
//   Latency     A read at phase PcIndex of cycle c enables CK PcIndex + RL - 2 and the next, counted from the first CK of c.
//   Throughput  1 burst per cycle.
//   Reset       Forgets every burst.

module tessera_hbm_dfi_rd
  import tessera_hbm_pkg::*;
#(
  parameter int unsigned PcIndex = 0
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [5:0]          rl_i,     // CK, at least 4; changes only when no read is in flight

  // Scheduler: a read stands on DFI
  input  logic                issue_i,

  // PHY
  output logic [DfiRatio-1:0] rddata_en_o
);

  if (PcIndex > 1) begin : gen_bad_pc
    $error("tessera_hbm_dfi_rd: PcIndex must be 0 or 1");
  end

  localparam int unsigned Taps = (PcIndex + 63 - 2) / 2 + 1;

  logic [6:0] en_ck;
  logic [5:0] cycles;
  logic [4:0] now_tap, past_tap;
  logic       odd;
  assign en_ck    = 7'(rl_i) + 7'(PcIndex) - 7'd2;
  assign cycles   = en_ck[6:1];
  assign now_tap  = 5'(cycles - 6'd2);
  assign past_tap = 5'(cycles - 6'd1);
  assign odd      = en_ck[0];

  // Bit n: a read was issued n + 1 cycles ago. The enable's register is the last cycle of the way.
  logic [Taps-1:0] ago_q;
  logic            now, past;
  logic [DfiRatio-1:0] en_q;
  assign now  = cycles == 6'd1 ? issue_i : ago_q[now_tap];
  assign past = ago_q[past_tap];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ago_q <= '0;
      en_q  <= '0;
    end else begin
      ago_q <= {ago_q[Taps-2:0], issue_i};
      en_q  <= {now, odd ? past : now};
    end
  end

  assign rddata_en_o = en_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_read_latency_possible : assert property (@(posedge clk_i) disable iff (in_reset)
      issue_i |-> rl_i >= 6'd4);
`endif

endmodule
