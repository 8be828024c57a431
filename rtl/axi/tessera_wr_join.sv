// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Shares the write channels of one memory port between STORE's bursts and the host window's single grains.
//
// The port has one owner at a time. It changes hands only when every address given has had all its data and the other
// way round, so W needs no IDs and either owner may run its data ahead of its addresses. STORE owns the port whenever
// the host has nothing to write on any port, and then its channels pass through as if this module were not there.
//
//   Handshake   AXI4 AW, W and B (BREADY constant 1) to memory: AWID 0 is STORE, 1 the host. st is the same for STORE,
//               hw for the host, whose bursts are one grain. Each owner must bring the data of an address it has given,
//               and the address of data it has given, whatever happens on other ports.
//   Latency     STORE: none. Host: 1 cycle to change owner, and what STORE has open.
//   Throughput  1 beat per cycle. While both want the port they take turns of about Turn cycles and
//               two bursts.
//   Reset       STORE owns the port; nothing outstanding.

module tessera_wr_join
  import tessera_pkg::*;
#(
  parameter int unsigned Turn = 32  // Cycles after which a waiting owner is let in, 1 to 255
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  // STORE's channels of this port
  input  logic       st_awvalid_i,
  output logic       st_awready_o,
  input  burst_t     st_aw_i,
  input  logic       st_wvalid_i,
  output logic       st_wready_o,
  input  wbeat_t     st_w_i,
  output logic       st_bvalid_o,
  output logic [1:0] st_bresp_o,

  // Host window's channels of this port
  input  logic       hw_busy_i,     // The host has writes inside, for this port or another
  input  logic       hw_awvalid_i,
  output logic       hw_awready_o,
  input  burst_t     hw_aw_i,
  input  logic       hw_wvalid_i,
  output logic       hw_wready_o,
  input  wbeat_t     hw_w_i,
  output logic       hw_bvalid_o,
  output logic [1:0] hw_bresp_o,

  // Memory
  output logic       m_awvalid_o,
  input  logic       m_awready_i,
  output logic [3:0] m_awid_o,
  output burst_t     m_aw_o,
  output logic       m_wvalid_o,
  input  logic       m_wready_i,
  output wbeat_t     m_w_o,
  input  logic       m_bvalid_i,
  input  logic [3:0] m_bid_i,
  input  logic [1:0] m_bresp_i
);

  if (Turn < 1 || Turn > 255) begin : gen_bad_turn
    $error("tessera_wr_join: Turn must be 1 to 255");
  end

  // The owner's bursts with an address taken less those with their last beat taken; negative while data run ahead.
  typedef logic signed [8:0] balance_t;

  logic       host_d, host_q;        // Owner
  logic       drain_d, drain_q;      // The owner ends what it has begun, and begins nothing
  balance_t   balance_d, balance_q;
  logic       mid_d, mid_q;          // Inside a burst of data
  logic       aw_held_q, w_held_q;   // A valid was on the bus and not taken: it may not fall
  logic [7:0] turn_d, turn_q;        // Cycles the other one has waited

  // While draining, the owner may give the address of data begun, and the data of an address given. While the other one
  // waits, it gives no address more than two bursts before its data, or draining would take as long as all of them.
  logic aw_pass, w_pass, aw_valid, w_valid, far_ahead, other_wants;
  assign far_ahead = other_wants && balance_q >= 9'sd2;
  assign aw_pass   = (!drain_q && !far_ahead) || aw_held_q || balance_q < balance_t'({1'b0, mid_q});
  assign w_pass    = !drain_q || w_held_q || mid_q || balance_q > 9'sd0;
  assign aw_valid  = host_q ? hw_awvalid_i : st_awvalid_i;
  assign w_valid   = host_q ? hw_wvalid_i : st_wvalid_i;

  assign m_awvalid_o  = aw_valid && aw_pass;
  assign m_wvalid_o   = w_valid && w_pass;
  assign m_awid_o     = {3'b000, host_q};
  assign m_aw_o       = host_q ? hw_aw_i : st_aw_i;
  assign m_w_o        = host_q ? hw_w_i : st_w_i;
  assign st_awready_o = !host_q && aw_pass && m_awready_i;
  assign st_wready_o  = !host_q && w_pass && m_wready_i;
  assign hw_awready_o = host_q && aw_pass && m_awready_i;
  assign hw_wready_o  = host_q && w_pass && m_wready_i;

  logic aw_fire, w_fire;
  assign aw_fire   = m_awvalid_o && m_awready_i;
  assign w_fire    = m_wvalid_o && m_wready_i;
  assign balance_d = balance_q + balance_t'({1'b0, aw_fire}) - balance_t'({1'b0, w_fire && m_w_o.last});
  assign mid_d     = w_fire ? !m_w_o.last : mid_q;

  // Ownership
  logic settled, idle, turn_over, swap;
  assign settled     = balance_q == 9'sd0 && !mid_q && !aw_held_q && !w_held_q;
  assign idle        = settled && !aw_valid && !w_valid;
  assign other_wants = host_q ? st_awvalid_i || st_wvalid_i : hw_awvalid_i || hw_wvalid_i;
  assign turn_over   = turn_q == 8'(Turn - 1);
  assign swap        = (settled && drain_q) || (idle && (other_wants || (host_q && !hw_busy_i)));
  assign host_d      = host_q ^ swap;
  assign drain_d     = !swap && (drain_q || (other_wants && turn_over));

  always_comb begin
    turn_d = '0;
    if (other_wants && !swap) turn_d = turn_over ? turn_q : turn_q + 8'd1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      host_q    <= 1'b0;
      drain_q   <= 1'b0;
      balance_q <= '0;
      mid_q     <= 1'b0;
      aw_held_q <= 1'b0;
      w_held_q  <= 1'b0;
      turn_q    <= '0;
    end else begin
      host_q    <= host_d;
      drain_q   <= drain_d;
      balance_q <= balance_d;
      mid_q     <= mid_d;
      aw_held_q <= m_awvalid_o && !m_awready_i;
      w_held_q  <= m_wvalid_o && !m_wready_i;
      turn_q    <= turn_d;
    end
  end

  assign st_bvalid_o = m_bvalid_i && m_bid_i == 4'd0;
  assign st_bresp_o  = m_bresp_i;
  assign hw_bvalid_o = m_bvalid_i && m_bid_i == 4'd1;
  assign hw_bresp_o  = m_bresp_i;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_only_a_settled_port_changes_hands : assert property (@(posedge clk_i) disable iff (in_reset)
      swap |-> settled && !aw_fire && !w_fire && !m_awvalid_o && !m_wvalid_o);
  a_aw_stable           : assert property (@(posedge clk_i) disable iff (in_reset)
      m_awvalid_o && !m_awready_i |=> m_awvalid_o && $stable({m_awid_o, m_aw_o}));
  a_w_stable            : assert property (@(posedge clk_i) disable iff (in_reset)
      m_wvalid_o && !m_wready_i |=> m_wvalid_o && $stable(m_w_o));
  a_host_writes_grains  : assert property (@(posedge clk_i) disable iff (in_reset)
      hw_awvalid_i |-> hw_aw_i.len == '0);
  a_answer_has_an_owner : assert property (@(posedge clk_i) disable iff (in_reset)
      m_bvalid_i |-> m_bid_i <= 4'd1);
  a_balance_in_range    : assert property (@(posedge clk_i) disable iff (in_reset)
      balance_q > -9'sd128 && balance_q < 9'sd128);
`endif

endmodule
