// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Measures reads: cycles from the push into the read queue to the finished data, repetitions included.
//
//   Handshake   Pulses. early is the cycle before a read finishes, if it does; age_o is valid in the cycle after early.
//   Latency     1 cycle.
//   Throughput  1 push and 1 finish per cycle.
//   Reset       Restarts the clock. Ages are right up to 65535 cycles.

module tessera_hbm_rd_age
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned RobDepth = 256
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  input  logic               push_i,
  input  logic [RobBits-1:0] push_idx_i,
  input  logic               early_i,
  input  logic [RobBits-1:0] early_idx_i,
  output logic [15:0]        age_o
);

  localparam int unsigned IdxBits = $clog2(RobDepth);
  typedef logic [IdxBits-1:0] idx_t;

  logic [15:0] now_q, pushed;
  idx_t        push_idx, early_idx;
  assign push_idx  = idx_t'(push_idx_i);
  assign early_idx = idx_t'(early_idx_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) now_q <= '0;
    else         now_q <= now_q + 16'd1;
  end

  tessera_sram #(
    .Depth    (RobDepth),
    .Width    (16),
    .MacroBits(1024)
  ) u_pushed (
    .clk_i,
    .wr_en_i  (push_i),
    .wr_addr_i(push_idx),
    .wr_data_i(now_q),
    .rd_en_i  (early_i),
    .rd_addr_i(early_idx),
    .rd_data_o(pushed)
  );

  assign age_o = now_q - pushed;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_index_exists : assert property (@(posedge clk_i) disable iff (in_reset)
      (!push_i || 32'(push_idx_i) < RobDepth) && (!early_i || 32'(early_idx_i) < RobDepth));
`endif

endmodule
