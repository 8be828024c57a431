// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Write path of one pseudo-channel: DFI write data to the lanes, with DBI, parity and the spare lanes.
//
// DBI (AC): a byte's DBI lane changes level exactly when more than four bits of the byte change from one beat to the next, and
// the byte goes out inverted while it is high. Whoever receives it needs only the lane; the history merely saves power.
//
//   Handshake   none. en_i[p] high: data_i, ecc_i of phase p are written a cycle later (tphy_wrdata = 2 CK).
//   Latency     data to pins 1 cycle, as the command path.
//   Throughput  2 CK per cycle.
//   Reset       Strobe off. Lanes keep their last level while not strobed.

module tessera_hbm_phy_wr
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
(
  input  logic    clk_i,
  input  logic    rst_ni,
  input  logic    dbi_i,     // Static: write DBI on
  input  logic    parity_i,  // Static: write parity on

  input  logic    flush_i,   // Forget the bursts on their way

  // Controller
  input  dfi_wr_t wr_i,

  // Training: owns the lanes while own_i is high. A bit per beat goes to all lanes, raw, and leaves with the data of this cycle.
  input  logic                           own_i,
  input  logic [DfiRatio-1:0]            raw_en_i,
  input  logic [DfiRatio-1:0][Beats-1:0] raw_i,

  // Which lanes the spares carry; changes only while nothing is written
  input  spare_t [SpareLanes-1:0] spare_i,

  // Error injection: the parity of the first beat of the next burst is sent wrong; flipped_o: in this cycle it was
  input  logic    flip_i,
  output logic    flipped_o,

  // Pins
  output lanes_t  lanes_o
);

  localparam int unsigned CycleBeats = DfiRatio * Beats;
  localparam int unsigned EccLane    = DqLanes;
  localparam int unsigned DbiLane    = DqLanes + EccLanes;
  localparam int unsigned DparLane   = DbiLane + DbiLanes;

  // The enable arrives a cycle before its data.
  logic [DfiRatio-1:0] en_d, en_q, strobe_d, strobe_q;
  assign en_d     = own_i || flush_i ? '0 : wr_i.en;
  assign strobe_d = flush_i ? '0 : own_i ? raw_en_i : en_q;

  // Last beat that went out, before inversion, and how its bytes were inverted.
  logic [DqLanes-1:0]  dq_d, dq_q;
  logic [DbiLanes-1:0] inv_d, inv_q;

  function automatic logic more_than_four(input logic [7:0] bits);
    return $countones(bits) > 4;
  endfunction

  logic [DfiRatio-1:0][Beats-1:0][Lanes-1:0] lane_d, lane_q;
  logic [SpareLanes-1:0][UsedLanes-1:0]      moved;
  logic [UsedLanes-1:0]                      word;
  logic [DqLanes-1:0]                        beat_dq;
  logic [SpareLanes-1:0]                     spares;
  always_comb begin
    lane_d    = lane_q;
    dq_d      = dq_q;
    inv_d     = inv_q;
    flipped_o = 1'b0;
    moved     = '0;
    word      = '0;
    beat_dq   = '0;
    spares    = '0;
    if (strobe_d != '0) begin
      for (int s = 0; s < SpareLanes; s++) moved[s] = spare_mask(spare_i[s].enable, spare_i[s].lane);
      for (int b = 0; b < CycleBeats; b++) begin
        if (strobe_d[b/Beats]) begin
          beat_dq = wr_i.data[b/Beats][(b%Beats)*DqLanes +: DqLanes];
          for (int y = 0; y < DbiLanes; y++) begin
            inv_d[y] = dbi_i && (inv_d[y] ^ more_than_four(beat_dq[8*y +: 8] ^ dq_d[8*y +: 8]));
            word[8*y +: 8] = beat_dq[8*y +: 8] ^ {8{inv_d[y]}};
          end
          dq_d = beat_dq;
          word[EccLane +: EccLanes]  = wr_i.ecc[b/Beats][(b%Beats)*EccLanes +: EccLanes];
          word[DbiLane +: DbiLanes]  = inv_d;
          word[DparLane]             = parity_i && ^word[DparLane-1:0];
          if (flip_i && !flipped_o && !own_i) begin
            word[DparLane] = !word[DparLane];
            flipped_o      = 1'b1;
          end
          if (own_i) word = {UsedLanes{raw_i[b/Beats][b%Beats]}};
          spares = own_i ? {SpareLanes{raw_i[b/Beats][b%Beats]}} : {|(word & moved[1]), |(word & moved[0])};
          lane_d[b/Beats][b%Beats] = {spares, word & ~moved[0] & ~moved[1]};
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      en_q     <= '0;
      strobe_q <= '0;
    end else begin
      en_q     <= en_d;
      strobe_q <= strobe_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (strobe_d != '0) begin
      lane_q <= lane_d;
      dq_q   <= dq_d;
      inv_q  <= inv_d;
    end
  end

  assign lanes_o = '{strobe: strobe_q, lane: lane_q};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_training_starts_on_idle_lanes : assert property (@(posedge clk_i) disable iff (in_reset)
      own_i |-> en_q == '0);
  a_spares_change_on_idle_lanes : assert property (@(posedge clk_i) disable iff (in_reset)
      strobe_d != '0 |-> $stable(spare_i) || $past(in_reset));
  a_spares_carry_different_lanes : assert property (@(posedge clk_i) disable iff (in_reset)
      (moved[0] & moved[1]) == '0);
`endif

endmodule
