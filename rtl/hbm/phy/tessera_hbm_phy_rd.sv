// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Read path of one pseudo-channel: opens the gate for each burst the controller expects, puts its two CK into one cycle, puts
// spare lanes in their places, undoes DBI and checks parity.
//
// The gate opens FixedDelay + flight CK after rddata_en; flight is what training measured. In seek mode the gate stays shut, and
// the distance from its earliest place to the first strobe is measured.
//
//   Handshake   none: en_i per CK; rd_o.valid per burst, in order.
//   Latency     first CK of a burst on the pins at e + 4 + flight, e the CK of rddata_en; rd_o in the second cycle after the
//               one with its last CK: at most 9 + flight CK after rddata_en, always the same for a given phase.
//   Throughput  1 burst per cycle.
//   Reset       Nothing expected, flight 0.

module tessera_hbm_phy_rd
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
(
  input  logic    clk_i,
  input  logic    rst_ni,
  input  logic    dbi_i,     // Static: read DBI on
  input  logic    parity_i,  // Static: read parity on

  input  logic    flush_i,   // Forget the bursts on their way

  // rddata_en of controller or training, per phase
  input  logic [DfiRatio-1:0] en_i,

  // Controller
  output dfi_rd_t rd_o,

  // Training
  input  logic    own_i,         // Bursts belong to training: rd_o stays invalid
  input  logic    seek_i,        // Level, from before en_i until the result
  output logic    seek_done_o,   // Pulse: the strobe came; flight_o follows it
  output logic    raw_valid_o,   // raw_o: a burst as it was on the lanes
  output burst_t  raw_o,
  input  logic    flight_wr_i,   // Debug: sets flight
  input  logic [FlightBits-1:0] flight_i,
  output logic [FlightBits-1:0] flight_o,

  // Which lanes the spares carry
  input  spare_t [SpareLanes-1:0] spare_i,

  // Pulses: no strobe where the gate was open; a strobe where it was not
  output logic    missing_o,
  output logic    stray_o,

  // Pins
  input  lanes_t  lanes_i
);

  localparam int unsigned FixedDelay = 4;  // Command register 2 CK, trddata_en = RL - 2
  localparam int unsigned HistoryCk  = FixedDelay - 1 + 2**FlightBits;
  localparam int unsigned DbiLane    = DqLanes + EccLanes;
  localparam int unsigned DistBits   = FlightBits + 2;

  // rddata_en of the CKs before this cycle: bit k is k + 1 CK before its first.
  logic [HistoryCk-1:0]  history_d, history_q;
  logic [FlightBits-1:0] flight_d, flight_q;
  assign history_d = flush_i ? '0 : {history_q[HistoryCk-3:0], en_i[0], en_i[1]};

  // Gate and, at the first CK of a burst, first_*. half_q: the cycle ended in the middle of a burst.
  logic [DfiRatio-1:0] gate, strobe;
  logic                first_0, first_1;
  logic                half_d, half_q;
  assign strobe   = lanes_i.strobe;
  assign gate[0]  = history_q[FixedDelay - 1 + 32'(flight_q)] && !seek_i;
  assign gate[1]  = history_q[FixedDelay - 2 + 32'(flight_q)] && !seek_i;
  assign first_0 = gate[0] && !half_q;
  assign first_1 = gate[1] && !first_0;
  assign half_d  = first_1 && !flush_i;

  // A burst in one word, from this cycle alone or with the half that came in the last.
  logic                       hold_bad_q, raw_valid_d, raw_valid_q, raw_bad_d, raw_bad_q;
  logic [Beats-1:0][Lanes-1:0] hold_q;
  burst_t                     raw_d, raw_q;
  logic [DfiRatio-1:0]        missing;
  assign missing     = gate & ~strobe;
  assign raw_valid_d = (first_0 || half_q) && !flush_i;
  assign raw_d       = half_q ? {lanes_i.lane[0], hold_q} : lanes_i.lane;
  assign raw_bad_d   = half_q ? hold_bad_q || missing[0] : missing != '0;

  // Spares, parity, DBI.
  dfi_rd_t                              rd_d, rd_q;
  logic                                 valid_d, valid_q;
  logic [SpareLanes-1:0][UsedLanes-1:0] moved;
  logic [UsedLanes-1:0]                 word;
  always_comb begin
    valid_d = raw_valid_q && !own_i;
    rd_d    = rd_q;
    moved   = '0;
    word    = '0;
    if (valid_d) begin
      for (int s = 0; s < SpareLanes; s++) moved[s] = spare_mask(spare_i[s].enable, spare_i[s].lane);
      rd_d.par_err = raw_bad_q;
      for (int b = 0; b < BurstBeats; b++) begin
        word = (raw_q[b][UsedLanes-1:0] & ~moved[0] & ~moved[1])
             | (moved[0] & {UsedLanes{raw_q[b][UsedLanes]}})
             | (moved[1] & {UsedLanes{raw_q[b][UsedLanes+1]}});
        if (parity_i && ^word) rd_d.par_err = 1'b1;
        for (int y = 0; y < DbiLanes; y++) begin
          rd_d.data[b*DqLanes + 8*y +: 8] = word[8*y +: 8] ^ {8{word[DbiLane+y] && dbi_i}};
        end
        rd_d.ecc[b*EccLanes +: EccLanes] = word[DqLanes +: EccLanes];
      end
    end
    rd_d.valid = valid_d;
  end

  // Seek: dist_q is the distance, in CK, from the earliest gate to the first CK of this cycle. A strobe before it counts as none.
  logic                seeking_d, seeking_q, start_0, start_1, seek_done_d, seek_done_q;
  logic [DistBits-1:0] dist_d, dist_q, distance;
  assign start_0 = seek_i && !seeking_q && history_q[FixedDelay-1];
  assign start_1 = seek_i && !seeking_q && !start_0 && history_q[FixedDelay-2];
  always_comb begin
    seeking_d   = seeking_q;
    dist_d      = dist_q;
    distance        = '0;
    flight_d    = flight_q;
    seek_done_d = 1'b0;
    if (flight_wr_i) flight_d = flight_i;
    if (!seek_i) seeking_d = 1'b0;
    else if (start_0 || start_1 || (seeking_q && dist_q != '1)) begin
      seeking_d = 1'b1;
      distance      = seeking_q ? dist_q : '0;
      dist_d    = start_1 ? DistBits'(1) : distance + DistBits'(DfiRatio);
      if (dist_q >= DistBits'(2**FlightBits) && seeking_q) dist_d = '1;
      else if (strobe[0] && !start_1) begin
        seek_done_d = 1'b1;
        flight_d    = distance[FlightBits-1:0];
        dist_d      = '1;
      end else if (strobe[1]) begin
        seek_done_d = start_1 || distance < DistBits'(2**FlightBits - 1);
        flight_d    = start_1 ? '0 : distance[FlightBits-1:0] + FlightBits'(1);
        dist_d      = '1;
      end
    end
  end

  // Strobes are judged once the gate has been placed, or given up.
  logic missing_d, missing_q, stray_d, stray_q;
  assign missing_d = missing != '0;
  assign stray_d   = !seek_i && (strobe & ~gate) != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      history_q   <= '0;
      flight_q    <= '0;
      half_q      <= 1'b0;
      raw_valid_q <= 1'b0;
      valid_q     <= 1'b0;
      seeking_q   <= 1'b0;
      seek_done_q <= 1'b0;
      missing_q   <= 1'b0;
      stray_q     <= 1'b0;
    end else begin
      history_q   <= history_d;
      flight_q    <= flight_d;
      half_q      <= half_d;
      raw_valid_q <= raw_valid_d;
      valid_q     <= valid_d;
      seeking_q   <= seeking_d;
      seek_done_q <= seek_done_d;
      missing_q   <= missing_d;
      stray_q     <= stray_d;
    end
  end

  always_ff @(posedge clk_i) begin
    dist_q <= dist_d;
    if (half_d) begin
      hold_q     <= lanes_i.lane[1];
      hold_bad_q <= missing[1];
    end
    if (raw_valid_d) begin
      raw_q     <= raw_d;
      raw_bad_q <= raw_bad_d;
    end
    if (valid_d) rd_q <= rd_d;
  end

  always_comb begin
    rd_o       = rd_q;
    rd_o.valid = valid_q;
  end
  assign raw_valid_o = raw_valid_q;
  assign raw_o       = raw_q;
  assign flight_o    = flight_q;
  assign seek_done_o = seek_done_q;
  assign missing_o   = missing_q;
  assign stray_o     = stray_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_burst_is_two_ck : assert property (@(posedge clk_i) disable iff (in_reset)
      half_q && !seek_i && !flush_i |-> gate[0]);
  a_burst_not_cut : assert property (@(posedge clk_i) disable iff (in_reset)
      first_0 && !flush_i |-> gate[1]);
  a_no_seek_in_service : assert property (@(posedge clk_i) disable iff (in_reset)
      seek_i |-> own_i);
  a_flight_changes_on_empty_path : assert property (@(posedge clk_i) disable iff (in_reset)
      flight_wr_i |-> history_q == '0 && !half_q);
`endif

endmodule
