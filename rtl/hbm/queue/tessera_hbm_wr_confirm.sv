// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Follows issued writes until the device can no longer say that their data were wrong; then retires or repeats them.
//
// DERR stands on the pins 4 CK after the last CK of its burst. From a write command at phase PcIndex of cycle c it reaches
// derr_i in CK  PcIndex + 2 CmdCycles + WL + 1 + 4 + 2 InCycles  counted from the first CK of c: one cycle and one phase.
//
//   Handshake   Pulses. For every issue exactly one of retire_o and retry_o, in order.
//   Latency     Issue to retire_o or retry_o (PcIndex + 2 CmdCycles + WL + 5 + 2 InCycles) / 2 + 1 cycles.
//   Throughput  1 write per cycle.
//   Reset       Forgets every write.

module tessera_hbm_wr_confirm
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned PcIndex   = 0,
  parameter int unsigned Depth     = 64,  // Slots
  parameter int unsigned CmdCycles = 1,   // PHY: DFI command to the pins
  parameter int unsigned InCycles  = 1    // PHY: DERR from the pins to derr_i
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [5:0]          wl_i,           // CK; changes only when no write is in flight
  input  logic [1:0]          retry_limit_i,
  input  logic                fatal_i,        // Neither retire_o nor retry_o is raised

  // Scheduler
  input  logic                issue_i,
  input  logic [SlotBits-1:0] issue_slot_i,
  output logic                retire_o,
  output logic                retry_o,
  output logic [SlotBits-1:0] slot_o,         // Of retire_o and retry_o

  // PHY
  input  logic [DfiRatio-1:0] derr_i,

  // A write was given up. Its slot was at lookup_slot_o, which says whose address is wanted, one cycle before.
  output logic                lookup_o,
  output logic [SlotBits-1:0] lookup_slot_o,
  output logic                lost_o,

  output logic                idle_o          // Nothing to confirm
);

  localparam int unsigned FixedCk = PcIndex + 2 * CmdCycles + 1 + 4 + 2 * InCycles;
  localparam int unsigned MostCk  = FixedCk + 63;
  localparam int unsigned Taps    = MostCk / 2;  // Largest delay in cycles
  localparam int unsigned CkBits  = $clog2(MostCk + 1);
  localparam int unsigned IdxBits = Depth > 1 ? $clog2(Depth) : 1;
  typedef logic [IdxBits-1:0] idx_t;

  logic [CkBits-1:0] due_ck;
  logic [CkBits-2:0] tap;
  logic              due_phase;
  assign due_ck    = CkBits'(FixedCk) + CkBits'(wl_i);
  assign tap       = due_ck[CkBits-1:1];
  assign due_phase = due_ck[0];

  // Bit n: a write was issued n + 1 cycles ago.
  logic [Taps-1:0] ago_q;
  logic            due;
  assign due = ago_q[tap - 1'b1];

  logic [SlotBits-1:0] due_slot;
  logic                slots_ready, slots_valid;
  logic [$clog2(Taps + 2)-1:0] unused_count;

  tessera_fifo #(
    .Width(SlotBits),
    .Depth(Taps + 1)
  ) u_slots (
    .clk_i,
    .rst_ni,
    .valid_i(issue_i),
    .ready_o(slots_ready),
    .data_i (issue_slot_i),
    .valid_o(slots_valid),
    .ready_i(due),
    .data_o (due_slot),
    .count_o(unused_count)
  );

  logic [Depth-1:0][1:0] tries_q;  // Repetitions so far of the write in each slot
  idx_t                  idx;
  logic                  bad, again, lost, due_live;
  assign idx      = idx_t'(due_slot);
  assign due_live = due && !fatal_i;
  assign bad      = derr_i[due_phase];
  assign again    = due_live && bad && tries_q[idx] < retry_limit_i;
  assign lost     = due_live && bad && !again;

  logic                retire_q, retry_q, lost_q;
  logic [SlotBits-1:0] slot_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ago_q    <= '0;
      retire_q <= 1'b0;
      retry_q  <= 1'b0;
      lost_q   <= 1'b0;
      tries_q  <= '0;
    end else begin
      ago_q    <= {ago_q[Taps-2:0], issue_i};
      retire_q <= due_live && !again;
      retry_q  <= again;
      lost_q   <= lost;
      if (fatal_i) tries_q <= '0;
      else if (again) tries_q[idx] <= tries_q[idx] + 2'd1;
      else if (due_live && tries_q[idx] != '0) tries_q[idx] <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (due) slot_q <= due_slot;
  end

  assign retire_o      = retire_q && !fatal_i;
  assign retry_o       = retry_q && !fatal_i;
  assign slot_o        = slot_q;
  assign lookup_o      = lost;
  assign lookup_slot_o = due_slot;
  assign lost_o        = lost_q && !fatal_i;
  assign idle_o        = !slots_valid && !retire_q && !retry_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_issue_is_followed       : assert property (@(posedge clk_i) disable iff (in_reset)
      issue_i |-> slots_ready && 32'(issue_slot_i) < Depth);
  a_due_write_has_a_slot    : assert property (@(posedge clk_i) disable iff (in_reset)
      due |-> slots_valid);
  // Says that CmdCycles or InCycles do not fit the PHY: an error would be put on the wrong write.
  a_derr_meets_its_write    : assert property (@(posedge clk_i) disable iff (in_reset)
      derr_i != '0 && slots_valid && !fatal_i |-> due && derr_i == DfiRatio'(1) << due_phase);
`else
  logic unused_slots;
  assign unused_slots = slots_ready;
`endif

endmodule
