// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Data of the writes in the write queue, by slot; merges into partial ones what memory holds in their other bytes.
//
//   Handshake   push is ready/valid; ready is low while a merge uses the memory. Everything else is pulses. A slot is free
//               again after drop_o or after the confirmer's retire.
//   Latency     Fetch to data 1 cycle. Read to release or drop: same cycle.
//   Throughput  1 push or merge and 1 fetch per cycle.
//   Reset       None but of the pulses; contents are unknown until pushed.

module tessera_hbm_write_buffer
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Depth      = 64,  // Slots, at most 64
  parameter int unsigned NumberBits = 5
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  fatal_i,

  // Admission
  input  logic                  push_valid_i,
  output logic                  push_ready_o,
  input  logic [SlotBits-1:0]   push_slot_i,
  input  daddr_t                push_addr_i,
  input  grain_t                push_data_i,
  input  strb_t                 push_strb_i,
  input  logic                  push_partial_i,  // Will be merged
  input  logic                  push_scrub_i,    // Belongs to no burst
  input  logic [NumberBits-1:0] push_number_i,   // Its burst

  // Merging reads: early one cycle before the data, which may not come
  input  logic                  early_valid_i,
  input  logic [SlotBits-1:0]   early_slot_i,
  input  logic                  read_valid_i,
  input  logic [SlotBits-1:0]   read_slot_i,
  input  grain_t                read_data_i,
  input  logic                  read_err_i,

  // Scheduler
  output logic                  release_o,
  output logic                  drop_o,
  output logic [SlotBits-1:0]   merged_slot_o,   // Of release_o and drop_o

  // Answers of write bursts
  output logic                  merged_valid_o,
  output logic [NumberBits-1:0] merged_number_o,
  output logic                  merged_err_o,
  output logic                  rmw_o,           // Event: a partial write was merged
  output logic                  scrub_o,         // Event: a corrected grain will be written back

  // Data path to DFI
  input  logic                  fetch_i,
  input  logic [SlotBits-1:0]   fetch_slot_i,
  output grain_t                fetch_data_o,    // One cycle later

  // Where a slot's write goes, for the log
  input  logic                  lookup_i,
  input  logic [SlotBits-1:0]   lookup_slot_i,
  output daddr_t                lookup_addr_o    // One cycle later
);

  localparam int unsigned IdxBits = Depth > 1 ? $clog2(Depth) : 1;
  localparam int unsigned Bytes   = GrainBits / 8;
  typedef logic [IdxBits-1:0] idx_t;

  typedef struct packed {
    strb_t                 strb;
    logic                  scrub;
    logic [NumberBits-1:0] number;
  } partial_t;

  logic push, push_partial;
  assign push_ready_o = !read_valid_i;
  assign push         = push_valid_i && push_ready_o;
  assign push_partial = push && push_partial_i;

  idx_t push_idx, early_idx, read_idx, fetch_idx, lookup_idx;
  assign push_idx   = idx_t'(push_slot_i);
  assign early_idx  = idx_t'(early_slot_i);
  assign read_idx   = idx_t'(read_slot_i);
  assign fetch_idx  = idx_t'(fetch_slot_i);
  assign lookup_idx = idx_t'(lookup_slot_i);

  // A merge writes the bytes that the partial write leaves alone.
  partial_t push_word, partial;
  assign push_word = '{strb: push_strb_i, scrub: push_scrub_i, number: push_number_i};

  tessera_sram #(
    .Depth    (Depth),
    .Width    ($bits(partial_t)),
    .MacroBits(2048)
  ) u_partial (
    .clk_i,
    .wr_en_i  (push_partial),
    .wr_addr_i(push_idx),
    .wr_data_i(push_word),
    .rd_en_i  (early_valid_i),
    .rd_addr_i(early_idx),
    .rd_data_o(partial)
  );

  logic [Bytes-1:0] wr_en;
  idx_t             wr_idx;
  grain_t           wr_data;
  always_comb begin
    wr_en   = '0;
    wr_idx  = push_idx;
    wr_data = push_data_i;
    if (read_valid_i) begin
      wr_en   = ~partial.strb;
      wr_idx  = read_idx;
      wr_data = read_data_i;
    end else if (push_valid_i) begin
      wr_en = '1;
    end
  end

  tessera_sram #(
    .Depth     (Depth),
    .Width     (GrainBits),
    .EnableBits(8)
  ) u_data (
    .clk_i,
    .wr_en_i  (wr_en),
    .wr_addr_i(wr_idx),
    .wr_data_i(wr_data),
    .rd_en_i  (fetch_i),
    .rd_addr_i(fetch_idx),
    .rd_data_o(fetch_data_o)
  );

  tessera_sram #(
    .Depth    (Depth),
    .Width    ($bits(daddr_t)),
    .MacroBits(1024)
  ) u_addr (
    .clk_i,
    .wr_en_i  (push),
    .wr_addr_i(push_idx),
    .wr_data_i(push_addr_i),
    .rd_en_i  (lookup_i),
    .rd_addr_i(lookup_idx),
    .rd_data_o(lookup_addr_o)
  );

  assign release_o       = read_valid_i && !read_err_i;
  assign drop_o          = read_valid_i && read_err_i;
  assign merged_slot_o   = read_slot_i;
  assign merged_valid_o  = read_valid_i && !partial.scrub;
  assign merged_number_o = partial.number;
  assign merged_err_o    = read_err_i;
  assign rmw_o           = release_o && !partial.scrub;
  assign scrub_o         = release_o && partial.scrub;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  // Slots that wait for their merging read.
  logic [Depth-1:0] held_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= '0;
    else if (fatal_i) held_q <= '0;
    else begin
      if (read_valid_i) held_q[read_idx] <= 1'b0;
      if (push_partial) held_q[push_idx] <= 1'b1;
    end
  end

  a_merge_of_a_held_write   : assert property (@(posedge clk_i) disable iff (in_reset)
      read_valid_i |-> held_q[read_idx]);
  a_push_into_a_free_slot   : assert property (@(posedge clk_i) disable iff (in_reset)
      push |-> !held_q[push_idx]);
  a_held_write_is_not_sent  : assert property (@(posedge clk_i) disable iff (in_reset)
      fetch_i && !fatal_i |-> !held_q[fetch_idx]);
  a_strobes_were_looked_up  : assert property (@(posedge clk_i) disable iff (in_reset)
      read_valid_i |-> $past(early_valid_i) && $past(early_slot_i) == read_slot_i);
  a_slots_exist             : assert property (@(posedge clk_i) disable iff (in_reset)
      push |-> 32'(push_slot_i) < Depth);
`else
  logic unused_fatal;
  assign unused_fatal = fatal_i & rst_ni;
`endif

endmodule
