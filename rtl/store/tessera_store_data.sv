// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Data half of the STORE engine: reads rows from the OUT buffer and turns them into write beats with strobes.
//
// A row starts at byte 0 of a source grain and anywhere in a grain of memory: beat g is cut out of source grains g - 1
// and g. One walk plans each beat: the grain to read, if any, the shift and the strobes. Plan and grain meet in a
// short queue, in which the OUT buffer's read cycle hides.
//
//   Handshake   job and beat are ready/valid; beats of all rows come in address order. stop_i drops everything.
//   Latency     job to its first beat 3 cycles.
//   Throughput  1 beat per cycle, ceil((start mod 32 + row_bytes) / 32) beats per row; no cycle between rows or jobs.
//   Reset       Drops everything.

module tessera_store_data
  import tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  parameter int unsigned OutDepth = 2048,  // Grains of the OUT buffer
  localparam int unsigned AddrBits  = $clog2(OutDepth),
  localparam int unsigned ShiftBits = $clog2(GRAIN_BYTES)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 stop_i,

  // Transfers, in order
  input  logic                 job_valid_i,
  output logic                 job_ready_o,
  input  logic [ShiftBits-1:0] job_first_i,   // Byte in its grain at which row 0 starts in memory
  input  logic [ShiftBits-1:0] job_stride_i,  // Bytes from row to row in memory, modulo 32
  input  logic [15:0]          job_rows_i,    // At least 1
  input  logic [19:0]          job_bytes_i,   // Bytes of a row, at least 1
  input  logic [15:0]          job_base_i,    // Grain of row 0 in OUT
  input  logic [15:0]          job_pitch_i,   // Grains from row to row in OUT

  // OUT buffer: data one cycle after the enable
  output logic                 out_rd_en_o,
  output logic [AddrBits-1:0]  out_rd_addr_o,
  input  grain_t               out_rd_data_i,

  // Beats
  output logic                 beat_valid_o,
  input  logic                 beat_ready_i,
  output grain_t               beat_data_o,
  output strb_t                beat_strb_o,

  output logic                 busy_o         // A job or a beat is inside
);

  typedef struct packed {
    // The row
    logic [ShiftBits-1:0] first;      // Byte at which it starts in memory
    logic                 first_beat;
    logic [15:0]          group;      // Its first grain in OUT
    logic [15:0]          src;        // Next grain to read
    logic [15:0]          src_left;   // Grains to read
    logic [15:0]          beats;      // Beats to send, at least 1
    // The transfer
    logic [15:0]          rows;       // Rows after this one
    logic [ShiftBits-1:0] stride;
    logic [19:0]          bytes;
    logic [15:0]          pitch;
  } walk_t;

  typedef struct packed {
    logic [ShiftBits-1:0] shift;  // Cut from this byte of the source grains g - 1, g; 0: grain g as it is
    strb_t                strb;
  } plan_t;

  // ceil((first + bytes) / 32)
  function automatic logic [15:0] grains(logic [ShiftBits-1:0] first, logic [19:0] bytes);
    return 16'((21'(first) + 21'(bytes) + 21'(GRAIN_BYTES - 1)) >> ShiftBits);
  endfunction

  logic  walk_valid_d, walk_valid_q;
  walk_t walk_d, walk_q;
  logic  step, row_ends, walk_ends, load_job, room;
  assign row_ends    = walk_q.beats == 16'd1;
  assign walk_ends   = row_ends && walk_q.rows == '0;
  assign step        = walk_valid_q && room && !stop_i;
  assign job_ready_o = stop_i || !walk_valid_q || (step && walk_ends);
  assign load_job    = job_valid_i && job_ready_o && !stop_i;

  logic [ShiftBits-1:0] next_first, end_byte;  // end_byte: byte after the row's last in its last beat; 0: all 32
  logic [15:0]          next_group;
  assign next_first = walk_q.first + walk_q.stride;
  assign next_group = walk_q.group + walk_q.pitch;
  assign end_byte   = walk_q.first + walk_q.bytes[ShiftBits-1:0];

  always_comb begin
    walk_valid_d = walk_valid_q;
    walk_d       = walk_q;
    if (step) begin
      walk_d.first_beat = 1'b0;
      walk_d.beats      = walk_q.beats - 16'd1;
      walk_d.src        = walk_q.src + 16'd1;
      if (walk_q.src_left != '0) walk_d.src_left = walk_q.src_left - 16'd1;
      if (row_ends) begin
        walk_d.first      = next_first;
        walk_d.first_beat = 1'b1;
        walk_d.group      = next_group;
        walk_d.src        = next_group;
        walk_d.src_left   = grains('0, walk_q.bytes);
        walk_d.beats      = grains(next_first, walk_q.bytes);
        walk_d.rows       = walk_q.rows - 16'd1;
      end
      if (walk_ends) walk_valid_d = 1'b0;
    end
    if (load_job) begin
      walk_valid_d = 1'b1;
      walk_d = '{first: job_first_i, first_beat: 1'b1, group: job_base_i, src: job_base_i,
                 src_left: grains('0, job_bytes_i), beats: grains(job_first_i, job_bytes_i),
                 rows: job_rows_i - 16'd1, stride: job_stride_i, bytes: job_bytes_i, pitch: job_pitch_i};
    end
    if (stop_i) walk_valid_d = 1'b0;
  end

  plan_t plan_d, plan_q;
  always_comb begin
    plan_d.shift = ShiftBits'(0) - walk_q.first;
    plan_d.strb  = '1;
    if (walk_q.first_beat)            plan_d.strb = strb_t'('1) << walk_q.first;
    if (row_ends && end_byte != '0)   plan_d.strb = plan_d.strb & ~(strb_t'('1) << end_byte);
  end

  assign out_rd_en_o   = step && walk_q.src_left != '0;
  assign out_rd_addr_o = walk_q.src[AddrBits-1:0];

  // Plan and grain meet: the plan waits for the read in plan_q.
  localparam int unsigned EntryBits = GrainBits + $bits(plan_t);
  logic                 pending_q, queue_ready, queue_valid, queue_pop;
  logic [1:0]           queued;
  logic [EntryBits-1:0] queue_in, queue_out;
  assign queue_in  = {plan_q, out_rd_data_i};
  assign queue_pop = stop_i || beat_ready_i;
  assign room      = 3'(queued) + 3'(pending_q) < 3'd3;

  tessera_fifo #(
    .Width(EntryBits),
    .Depth(3)  // A read in flight, a beat waiting to leave, and one for the cycle until `room` sees it leave
  ) u_queue (
    .clk_i,
    .rst_ni,
    .valid_i(pending_q),
    .ready_o(queue_ready),
    .data_i (queue_in),
    .valid_o(queue_valid),
    .ready_i(queue_pop),
    .data_o (queue_out),
    .count_o(queued)
  );

  grain_t head, prev_q;
  plan_t  head_plan;
  logic   keep;
  assign {head_plan, head} = queue_out;
  assign keep              = queue_valid && beat_ready_i && head_plan.shift != '0;

  tessera_realign u_realign (
    .shift_i(head_plan.shift),
    .prev_i (prev_q),
    .cur_i  (head),
    .data_o (beat_data_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      walk_valid_q <= 1'b0;
      pending_q    <= 1'b0;
    end else begin
      walk_valid_q <= walk_valid_d;
      pending_q    <= step;
    end
  end

  always_ff @(posedge clk_i) begin
    if (step || load_job) walk_q <= walk_d;
    if (step) plan_q <= plan_d;
    if (keep) prev_q <= head;
  end

  assign beat_valid_o = queue_valid && !stop_i;
  assign beat_strb_o  = head_plan.strb;
  assign busy_o       = walk_valid_q || pending_q || queue_valid;

  logic unused;
  assign unused = ^{walk_q.src, queue_ready};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_read_has_room     : assert property (@(posedge clk_i) disable iff (in_reset)
      pending_q |-> queue_ready);
  a_row_not_empty     : assert property (@(posedge clk_i) disable iff (in_reset)
      walk_valid_q |-> walk_q.beats != '0);
  a_all_grains_read   : assert property (@(posedge clk_i) disable iff (in_reset)
      step && row_ends |-> walk_q.src_left <= 16'd1);
  a_read_within_depth : assert property (@(posedge clk_i) disable iff (in_reset)
      out_rd_en_o |-> 32'(walk_q.src) < OutDepth);
`endif

endmodule
