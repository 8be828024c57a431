// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Places a pseudo-channel's write bursts on DFI: fetches a write's data in time, encodes them, aligns them to the phase.
//
// A write command at phase PcIndex of a cycle has wrdata_en WL - 2 CK and data WL CK later, two CK long each: one cycle, or
// the halves of two when PcIndex + WL is odd.
//
//   Handshake   Pulses. Fetched data are taken one cycle after fetch_o.
//   Latency     Issue to fetch_o (PcIndex + WL) / 2 - 3 cycles, rounded down; WL at least 6.
//   Throughput  1 burst per cycle.
//   Reset       Forgets every burst.

module tessera_hbm_dfi_wr
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned PcIndex = 0
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [5:0]          wl_i,          // CK, at least 6; changes only when no write is in flight
  input  logic                ecc_enable_i,
  input  inject_t             inject_i,      // The last one before a burst counts

  // Scheduler: a write stands on DFI
  input  logic                issue_i,
  input  logic [SlotBits-1:0] issue_slot_i,

  // Write buffer
  output logic                fetch_o,
  output logic [SlotBits-1:0] fetch_slot_o,
  input  grain_t              fetch_data_i,

  // PHY
  output dfi_wr_t             dfi_wr_o,

  output logic                idle_o         // No burst on its way
);

  if (PcIndex > 1) begin : gen_bad_pc
    $error("tessera_hbm_dfi_wr: PcIndex must be 0 or 1");
  end

  localparam int unsigned Taps     = (PcIndex + 63) / 2 - 3;  // Largest delay from issue to fetch
  localparam int unsigned HalfData = GrainBits / DfiRatio;
  localparam int unsigned HalfEcc  = EccBits / DfiRatio;

  logic [6:0] data_ck;
  logic [5:0] delay;
  logic       odd;
  assign data_ck = 7'(wl_i) + 7'(PcIndex);
  assign delay   = data_ck[6:1] - 6'd3;
  assign odd     = data_ck[0];

  // Bit n: a write was issued n + 1 cycles ago. Without delay a write is fetched as it is issued and needs no queue.
  logic [Taps-1:0]     ago_q;
  logic [4:0]          tap;
  logic                at_once, wait_push, wait_pop, slots_ready, slots_valid;
  logic [SlotBits-1:0] slot;
  logic [$clog2(Taps + 2)-1:0] unused_count;
  assign at_once   = delay == '0;
  assign wait_push = issue_i && !at_once;
  assign tap       = 5'(delay - 6'd1);
  assign wait_pop  = !at_once && ago_q[tap];

  tessera_fifo #(
    .Width(SlotBits),
    .Depth(Taps + 1)
  ) u_slots (
    .clk_i,
    .rst_ni,
    .valid_i(wait_push),
    .ready_o(slots_ready),
    .data_i (issue_slot_i),
    .valid_o(slots_valid),
    .ready_i(wait_pop),
    .data_o (slot),
    .count_o(unused_count)
  );

  assign fetch_o      = at_once ? issue_i : wait_pop;
  assign fetch_slot_o = at_once ? issue_slot_i : slot;

  // Stage 1: encode. Stage 2: put on DFI, wrdata_en one cycle before the data.
  logic   s1_valid_q, s2_valid_q, s3_valid_q;
  grain_t s2_data_q;
  ecc_t   ecc, s2_ecc_q;

  logic encode;
  assign encode = ecc_enable_i && s1_valid_q;

  tessera_hbm_ecc_encode u_encode (
    .enable_i(encode),
    .data_i  (fetch_data_i),
    .ecc_o   (ecc)
  );

  // Bits to turn: set by inject_i, gone with the next burst.
  inject_t                      inject_q;
  logic [EccBits+GrainBits-1:0] word;
  always_comb begin
    word = {ecc, fetch_data_i};
    if (inject_q.count != '0) word[inject_q.bit_a] = !word[inject_q.bit_a];
    if (inject_q.count[1])    word[inject_q.bit_b] = !word[inject_q.bit_b];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ago_q      <= '0;
      s1_valid_q <= 1'b0;
      s2_valid_q <= 1'b0;
      s3_valid_q <= 1'b0;
      inject_q   <= '0;
    end else begin
      ago_q      <= {ago_q[Taps-2:0], issue_i};
      s1_valid_q <= fetch_o;
      s2_valid_q <= s1_valid_q;
      s3_valid_q <= s2_valid_q;
      if (inject_i.count != '0) inject_q <= inject_i;
      else if (s1_valid_q)      inject_q <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (s1_valid_q) {s2_ecc_q, s2_data_q} <= word;
  end

  // With an odd distance phase 1 has the low half, and phase 0 of the next cycle the high half, which waits here.
  logic [DfiRatio-1:0]               out_en_q;
  logic [DfiRatio-1:0][HalfData-1:0] out_data_q;
  logic [DfiRatio-1:0][HalfEcc-1:0]  out_ecc_q;
  logic [HalfData-1:0] late_data_q;
  logic [HalfEcc-1:0]  late_ecc_q;

  always_ff @(posedge clk_i) begin
    if (s2_valid_q) begin
      if (odd) begin
        out_data_q[1] <= s2_data_q[HalfData-1:0];
        out_ecc_q[1]  <= s2_ecc_q[HalfEcc-1:0];
        late_data_q   <= s2_data_q[GrainBits-1:HalfData];
        late_ecc_q    <= s2_ecc_q[EccBits-1:HalfEcc];
      end else begin
        out_data_q <= s2_data_q;
        out_ecc_q  <= s2_ecc_q;
      end
    end
    if (s3_valid_q && odd) begin
      out_data_q[0] <= late_data_q;
      out_ecc_q[0]  <= late_ecc_q;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) out_en_q <= '0;
    else         out_en_q <= {s1_valid_q, odd ? s2_valid_q : s1_valid_q};
  end

  assign dfi_wr_o = '{en: out_en_q, data: out_data_q, ecc: out_ecc_q};
  assign idle_o   = !slots_valid && !s1_valid_q && !s2_valid_q && !s3_valid_q && out_en_q == '0;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_write_latency_possible : assert property (@(posedge clk_i) disable iff (in_reset)
      issue_i |-> wl_i >= 6'd6);
  a_issue_is_followed      : assert property (@(posedge clk_i) disable iff (in_reset)
      wait_push |-> slots_ready);
  a_fetch_has_a_slot       : assert property (@(posedge clk_i) disable iff (in_reset)
      wait_pop |-> slots_valid);
  a_injected_bit_exists    : assert property (@(posedge clk_i) disable iff (in_reset)
      inject_i.count != '0 |-> inject_i.bit_a < 9'(GrainBits + EccBits) && inject_i.bit_b < 9'(GrainBits + EccBits));
`else
  logic unused_slots;
  assign unused_slots = slots_ready;
`endif

endmodule
