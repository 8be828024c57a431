// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Which lanes the spares carry: gives each dead lane the spare of its group, or says why it cannot.
//
//   Handshake   assign_i is a pulse with the dead lanes; error_o, pc_o, lane_o are valid with it and then nothing is assigned.
//   Latency     spare_o follows assign_i in the next cycle.
//   Reset       No lane repaired; also by clear_i.

module tessera_hbm_phy_repair
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  // Training
  input  logic        clear_i,
  input  logic        assign_i,
  input  lane_set_t [PseudoChannels-1:0] dead_i,  // Lanes, spares too, that had no window
  output error_e      error_o,
  output logic        pc_o,
  output logic [LaneBits-1:0] lane_o,
  output logic        needed_o,   // Some lane in service is dead
  output lane_set_t [PseudoChannels-1:0] in_service_o,  // Lanes that carry data

  // Write and read paths; the instruction's data
  output spare_t [PseudoChannels-1:0][SpareLanes-1:0] spare_o
);

  spare_t [PseudoChannels-1:0][SpareLanes-1:0] spare_d, spare_q;
  logic   [PseudoChannels-1:0][UsedLanes-1:0]  carried, dead;
  always_comb begin
    for (int p = 0; p < PseudoChannels; p++) begin
      carried[p] = '0;
      for (int s = 0; s < SpareLanes; s++) begin
        carried[p] |= spare_mask(spare_q[p][s].enable, spare_q[p][s].lane);
        in_service_o[p][UsedLanes+s] = spare_q[p][s].enable;
      end
      in_service_o[p][UsedLanes-1:0] = ~carried[p];
      dead[p] = dead_i[p][UsedLanes-1:0] & ~carried[p];
    end
  end

  logic [UsedLanes-1:0] group;
  logic                 spare_dead, taken;
  logic [LaneBits-1:0]  first;
  always_comb begin
    spare_d    = spare_q;
    error_o    = ErrNone;
    pc_o       = 1'b0;
    lane_o     = '0;
    needed_o   = 1'b0;
    group      = '0;
    spare_dead = 1'b0;
    taken      = 1'b0;
    first      = '0;
    if (assign_i) begin
      for (int p = 0; p < PseudoChannels; p++) begin
        for (int s = 0; s < SpareLanes; s++) begin
          group = dead[p] & SpareGroup[s];
          first = '0;
          for (int l = UsedLanes - 1; l >= 0; l--) begin
            if (group[l]) first = LaneBits'(l);
          end
          spare_dead = dead_i[p][UsedLanes+s];
          taken      = spare_q[p][s].enable || (group & (group - UsedLanes'(1))) != '0;
          if (group != '0) begin
            needed_o      = 1'b1;
            spare_d[p][s] = '{enable: 1'b1, zero: 1'b0, lane: first};
          end
          // A spare in service that died is an error without another dead lane.
          if (error_o == ErrNone && ((group != '0 && (taken || spare_dead)) || (spare_q[p][s].enable && spare_dead))) begin
            error_o = spare_dead ? ErrSpareDead : ErrSpareTaken;
            pc_o    = p != 0;
            lane_o  = group != '0 ? first : LaneBits'(UsedLanes + s);
          end
        end
      end
      if (error_o != ErrNone) spare_d = spare_q;
    end
    if (clear_i) spare_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) spare_q <= '0;
    else         spare_q <= spare_d;
  end

  assign spare_o = spare_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  logic misplaced;
  always_comb begin
    misplaced = 1'b0;
    for (int p = 0; p < PseudoChannels; p++) begin
      for (int s = 0; s < SpareLanes; s++) begin
        if ((spare_mask(spare_q[p][s].enable, spare_q[p][s].lane) & ~SpareGroup[s]) != '0) misplaced = 1'b1;
      end
    end
  end
  a_spare_carries_lane_of_its_group : assert property (@(posedge clk_i) disable iff (in_reset)
      !misplaced);
  a_not_assigned_while_cleared : assert property (@(posedge clk_i) disable iff (in_reset)
      !(assign_i && clear_i));
`endif

endmodule
