// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Performance counters of the channel, 64 bit, and their place in the register map.
//
// Per pseudo-channel: cycles per bucket_e, events in the order of pc_event_t, sums of queue occupancy, largest refresh debt and longest
// read. A cycle that counts is in exactly one bucket, so the buckets add up to CYCLES.
//
//   Handshake   read_i: pulse, answered in the same cycle. The low word of a counter is read with its high word kept for the next read, so
//               that a counter that runs on is read as of one cycle.
//   Latency     1 cycle.
//   Throughput  Every event of every cycle.
//   Reset       All 0.

module tessera_hbm_counters
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
  import tessera_hbm_spec_gen_pkg::*;
#(
  localparam int unsigned Pcs      = PseudoChannels,
  localparam int unsigned DebtBits = 12
) (
  input  logic                                 clk_i,
  input  logic                                 rst_ni,

  input  logic                                 count_i,        // Low: all keep their values
  input  logic                                 clear_i,        // Pulse: all to 0

  // Pseudo-channels
  input  bucket_e   [Pcs-1:0]                  bucket_i,
  input  pc_event_t [Pcs-1:0]                  event_i,
  input  logic      [Pcs-1:0][6:0]             rdq_used_i,     // Entries in the queue
  input  logic      [Pcs-1:0][6:0]             wrq_used_i,
  input  logic      [Pcs-1:0][DebtBits-1:0]    debt_i,         // Signed, in banks
  input  logic      [Pcs-1:0]                  latency_valid_i, // A read got its data...
  input  logic      [Pcs-1:0][15:0]            latency_i,      // ... that many cycles after it was queued
  // Channel
  input  logic                                 in_pd_i,
  input  logic                                 in_sr_i,

  // Registers
  input  logic                                 read_i,
  input  logic      [9:0]                      read_word_i,
  output logic                                 read_hit_o,     // The word is a counter's
  output logic      [31:0]                     read_data_o
);

  localparam int unsigned Buckets  = 8;
  localparam int unsigned Events   = $bits(pc_event_t);
  localparam int unsigned RdqSum   = Buckets + Events;
  localparam int unsigned WrqSum   = RdqSum + 1;
  localparam int unsigned PerPc    = WrqSum + 1;   // In the order of the register map
  localparam int unsigned Shared   = 3;            // Cycles, power-down, self-refresh
  localparam int unsigned BlockWords = 64;       // A pseudo-channel's block

  logic [63:0] pc_q [Pcs][PerPc];
  logic [63:0] shared_q [Shared];
  logic [DebtBits-2:0] debt_max_q [Pcs];
  logic [15:0]         latency_max_q [Pcs];

  for (genvar p = 0; p < int'(Pcs); p++) begin : gen_pc
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        for (int unsigned c = 0; c < PerPc; c++) pc_q[p][c] <= '0;
        debt_max_q[p]    <= '0;
        latency_max_q[p] <= '0;
      end else if (clear_i) begin
        for (int unsigned c = 0; c < PerPc; c++) pc_q[p][c] <= '0;
        debt_max_q[p]    <= '0;
        latency_max_q[p] <= '0;
      end else if (count_i) begin
        for (int unsigned b = 0; b < Buckets; b++) begin
          if (bucket_i[p] == bucket_e'(3'(b))) pc_q[p][b] <= pc_q[p][b] + 64'd1;
        end
        if (event_i[p] != '0) begin
          for (int unsigned e = 0; e < Events; e++) begin
            if (event_i[p][Events-1-e]) pc_q[p][Buckets+e] <= pc_q[p][Buckets+e] + 64'd1;
          end
        end
        if (rdq_used_i[p] != '0) pc_q[p][RdqSum] <= pc_q[p][RdqSum] + 64'(rdq_used_i[p]);
        if (wrq_used_i[p] != '0) pc_q[p][WrqSum] <= pc_q[p][WrqSum] + 64'(wrq_used_i[p]);
        if (!debt_i[p][DebtBits-1] && debt_i[p][DebtBits-2:0] > debt_max_q[p]) begin
          debt_max_q[p] <= debt_i[p][DebtBits-2:0];
        end
        if (latency_valid_i[p] && latency_i[p] > latency_max_q[p]) latency_max_q[p] <= latency_i[p];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int unsigned c = 0; c < Shared; c++) shared_q[c] <= '0;
    end else if (clear_i) begin
      for (int unsigned c = 0; c < Shared; c++) shared_q[c] <= '0;
    end else if (count_i) begin
      shared_q[0] <= shared_q[0] + 64'd1;
      if (in_pd_i) shared_q[1] <= shared_q[1] + 64'd1;
      if (in_sr_i) shared_q[2] <= shared_q[2] + 64'd1;
    end
  end

  // Reads
  localparam logic [9:0] SharedFirst = RegCycles[11:2];
  localparam logic [9:0] PcFirst     = RegPc0Bucket[11:2];
  localparam logic [9:0] DebtWord    = RegPc0DebtMax[11:2] - RegPc0Bucket[11:2];
  localparam logic [9:0] LatencyWord = RegPc0LatencyMax[11:2] - RegPc0Bucket[11:2];
  logic [63:0] count;
  logic [31:0] high_q;
  logic [6:0]  offset;
  logic [9:0]  in_block;
  logic        pc, is_count;

  always_comb begin
    read_hit_o  = 1'b0;
    is_count    = 1'b0;
    count       = '0;
    offset      = '0;
    in_block    = '0;
    pc          = 1'b0;
    read_data_o = '0;
    if (read_i) begin
      if (read_word_i >= SharedFirst && read_word_i < SharedFirst + 10'(2 * Shared)) begin
        in_block = read_word_i - SharedFirst;
        count    = shared_q[in_block[2:1]];
        is_count = 1'b1;
      end else if (read_word_i >= PcFirst && read_word_i < PcFirst + 10'(Pcs * BlockWords)) begin
        offset   = 7'(read_word_i - PcFirst);
        pc       = offset[6];
        in_block = 10'(offset[5:0]);
        if (in_block < 10'(2 * PerPc)) begin
          count    = pc_q[pc][in_block[5:1]];
          is_count = 1'b1;
        end else if (in_block == DebtWord) begin
          read_hit_o  = 1'b1;
          read_data_o = 32'(debt_max_q[pc]);
        end else if (in_block == LatencyWord) begin
          read_hit_o  = 1'b1;
          read_data_o = 32'(latency_max_q[pc]);
        end
      end
      if (is_count) begin
        read_hit_o  = 1'b1;
        read_data_o = in_block[0] ? high_q : count[31:0];
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (is_count && !in_block[0]) high_q <= count[63:32];
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_queue_occupancy_is_at_most_64 : assert property (@(posedge clk_i) disable iff (in_reset)
      rdq_used_i[0] <= 7'd64 && rdq_used_i[1] <= 7'd64 && wrq_used_i[0] <= 7'd64 && wrq_used_i[1] <= 7'd64);
`endif

endmodule
