// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Back half of the LOAD engine: turns the grains that come back from memory into grains of the local memory.
//
// A row's bytes start anywhere in its first source grain. If they start at byte 0, source grains are written as they
// come; else the first one is only kept, and each written grain is cut out of two neighbours. Bytes past the end of
// the row are zero, and so are the `fill` rows, which take no source grains.
//
//   Handshake   job, rsp and wr are ready/valid; wr leaves a register. error_o is a pulse when a grain with an error
//               is taken; it is not written. stop_i drops the jobs; a raised write stays until it is taken.
//   Latency     rsp to wr 1 cycle.
//   Throughput  1 grain per cycle, and 1 cycle more for a row that does not start at byte 0 of a grain; no cycle
//               between rows or jobs.
//   Reset       Drops everything.

module tessera_load_back
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES, tessera_spec_gen_pkg::load_t,
         tessera_spec_gen_pkg::space_e, tessera_spec_gen_pkg::SpaceA, tessera_spec_gen_pkg::SpaceB,
         tessera_spec_gen_pkg::SpaceAScale, tessera_spec_gen_pkg::SpaceBScale;
  import tessera_pkg::*;
#(
  parameter int unsigned Rows = 8,  // Banks of A and A_SCALE, a power of two, at least 2
  parameter int unsigned Cols = 8,  // Banks of B and B_SCALE, a power of two, at least 2
  localparam int unsigned BankBits = $clog2(Rows > Cols ? Rows : Cols)
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                stop_i,

  // Instructions, in order
  input  logic                job_valid_i,
  output logic                job_ready_o,
  input  issue_t              job_i,

  // Source grains, in the order in which tessera_burst_gen asks for them
  input  logic                rsp_valid_i,
  output logic                rsp_ready_o,
  input  rbeat_t              rsp_i,

  // Local memories; wr_last_o: last grain of instruction wr_issue_o (valid with wr_last_o)
  output logic                wr_valid_o,
  input  logic                wr_ready_i,
  output space_e              wr_space_o,
  output logic [BankBits-1:0] wr_bank_o,
  output logic [15:0]         wr_addr_o,
  output grain_t              wr_data_o,
  output logic                wr_last_o,
  output issue_t              wr_issue_o,

  // A source grain with an error was taken: address of its burst, and its instruction
  output logic                error_o,
  output mem_addr_t               error_addr_o,
  output issue_t              error_issue_o,

  output logic                realigning_o,  // No grain to write because the row's first source grain was kept
  output logic                busy_o         // A job or a write is inside
);

  if (Rows < 2 || Cols < 2 || (Rows & (Rows - 1)) != 0 || (Cols & (Cols - 1)) != 0) begin : gen_bad_banks
    $error("tessera_load_back: Rows and Cols must be powers of two, at least 2");
  end

  localparam int unsigned GrainShift = $clog2(GRAIN_BYTES);

  typedef logic [ADDR_BITS-GrainShift-1:0] grain_addr_t;

  typedef struct packed {
    // The row
    mem_addr_t               addr;      // Memory address of its first byte
    grain_addr_t         src;       // Next source grain
    logic [15:0]         src_left;  // Source grains to take
    logic [15:0]         dst_left;  // Grains to write, at least 1
    logic                primed;    // The row's first source grain is in prev_q
    logic [BankBits-1:0] bank;
    logic [15:0]         group;     // Grain address of the row in its bank
    logic [15:0]         dst;       // Next grain to write
    // The instruction
    logic [15:0]         rows;      // Memory rows left, this one included; 0: this is a fill row
    logic [7:0]          fill;      // Fill rows left, this one included
  } walk_t;

  // ceil((first + bytes) / 32)
  function automatic logic [15:0] grains(logic [GrainShift-1:0] first, logic [19:0] bytes);
    return 16'((21'(first) + 21'(bytes) + 21'(GRAIN_BYTES - 1)) >> GrainShift);
  endfunction

  logic   walk_valid_d, walk_valid_q;
  walk_t  walk_d, walk_q;
  issue_t issue_q;
  load_t  load, job_load;
  assign load     = load_t'(issue_q.word);
  assign job_load = load_t'(job_i.word);

  logic [BankBits-1:0] last_bank;
  always_comb begin
    case (space_e'(load.space))
      SpaceA, SpaceAScale: last_bank = BankBits'(Rows - 1);
      SpaceB, SpaceBScale: last_bank = BankBits'(Cols - 1);
      default:             last_bank = '0;
    endcase
  end

  // A step takes a source grain (take), writes a grain (emit), or both.
  logic                  is_fill, take, emit, out_free, step, row_ends, walk_ends, out_load;
  logic [GrainShift-1:0] shift;
  assign shift     = is_fill ? '0 : walk_q.addr[GrainShift-1:0];
  assign is_fill   = walk_q.rows == '0;
  assign take      = !is_fill && walk_q.src_left != '0;
  assign emit      = shift == '0 || walk_q.primed;
  assign step      = walk_valid_q && !stop_i && (!take || (rsp_valid_i && !rsp_i.err)) && (!emit || out_free);
  assign row_ends  = emit && walk_q.dst_left == 16'd1;
  assign walk_ends = row_ends && (is_fill ? walk_q.fill == 8'd1 : walk_q.rows == 16'd1 && walk_q.fill == '0);
  assign out_load  = step && emit;

  logic rsp_fire, first_beat_d, first_beat_q;
  assign rsp_ready_o  = walk_valid_q && take && (!emit || out_free);
  assign rsp_fire     = rsp_valid_i && rsp_ready_o;
  assign first_beat_d = rsp_fire ? rsp_i.last : first_beat_q;

  logic load_job;
  assign job_ready_o = stop_i || !walk_valid_q || (step && walk_ends);
  assign load_job    = job_valid_i && job_ready_o && !stop_i;

  mem_addr_t       next_addr;
  logic [15:0] next_group;
  assign next_addr  = walk_q.addr + mem_addr_t'(load.row_stride);
  assign next_group = walk_q.bank == last_bank ? walk_q.group + load.dst_stride : walk_q.group;

  always_comb begin
    walk_valid_d = walk_valid_q;
    walk_d       = walk_q;
    if (step) begin
      if (take) begin
        walk_d.src      = walk_q.src + grain_addr_t'(1);
        walk_d.src_left = walk_q.src_left - 16'd1;
      end
      if (emit) begin
        walk_d.dst      = walk_q.dst + 16'd1;
        walk_d.dst_left = walk_q.dst_left - 16'd1;
      end
      walk_d.primed = 1'b1;
      if (row_ends) begin
        walk_d.addr     = next_addr;
        walk_d.src      = next_addr[ADDR_BITS-1:GrainShift];
        walk_d.src_left = grains(next_addr[GrainShift-1:0], load.row_bytes);
        walk_d.dst_left = grains('0, load.row_bytes);
        walk_d.primed   = 1'b0;
        walk_d.bank     = walk_q.bank == last_bank ? '0 : walk_q.bank + BankBits'(1);
        walk_d.group    = next_group;
        walk_d.dst      = next_group;
        if (is_fill) walk_d.fill = walk_q.fill - 8'd1;
        else         walk_d.rows = walk_q.rows - 16'd1;
      end
      if (walk_ends) walk_valid_d = 1'b0;
    end
    if (load_job) begin
      walk_valid_d    = 1'b1;
      walk_d.addr     = job_i.ea;
      walk_d.src      = job_i.ea[ADDR_BITS-1:GrainShift];
      walk_d.src_left = grains(job_i.ea[GrainShift-1:0], job_load.row_bytes);
      walk_d.dst_left = grains('0, job_load.row_bytes);
      walk_d.primed   = 1'b0;
      walk_d.bank     = '0;
      walk_d.group    = job_load.dst_base;
      walk_d.dst      = job_load.dst_base;
      walk_d.rows     = job_load.rows;
      walk_d.fill     = job_load.fill;
    end
    if (stop_i) walk_valid_d = 1'b0;
  end

  // Data: realign, then zero what lies past the end of the row.
  grain_t prev_q, cut, out_d, out_q;
  tessera_realign u_realign (
    .shift_i(shift),
    .prev_i (prev_q),
    .cur_i  (rsp_i.data),
    .data_o (cut)
  );

  logic [GrainShift-1:0] tail;  // Bytes of the row in its last grain; 0: all 32
  assign tail = load.row_bytes[GrainShift-1:0];

  always_comb begin
    out_d = cut;
    if (is_fill) begin
      out_d = '0;
    end else if (row_ends && tail != '0) begin
      for (int unsigned b = 0; b < GRAIN_BYTES; b++) begin
        if (GrainShift'(b) >= tail) out_d[8*b+:8] = '0;
      end
    end
  end

  logic                out_valid_d, out_valid_q, last_q, realigning_q;
  space_e              space_q;
  logic [BankBits-1:0] bank_q;
  logic [15:0]         dst_q;
  issue_t              done_q;
  grain_addr_t         burst_q, burst;  // First grain of the burst being received
  assign out_free    = !out_valid_q || wr_ready_i;
  assign out_valid_d = out_load || (out_valid_q && !wr_ready_i);
  assign burst       = first_beat_q ? walk_q.src : burst_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      walk_valid_q <= 1'b0;
      out_valid_q  <= 1'b0;
      realigning_q <= 1'b0;
      first_beat_q <= 1'b1;
    end else begin
      walk_valid_q <= walk_valid_d;
      out_valid_q  <= out_valid_d;
      realigning_q <= step && !emit;
      first_beat_q <= stop_i || first_beat_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (step || load_job) walk_q <= walk_d;
    if (load_job) issue_q <= job_i;
    if (step && take && shift != '0) prev_q <= rsp_i.data;
    if (rsp_fire) burst_q <= burst;
    if (out_load) begin
      out_q   <= out_d;
      space_q <= space_e'(load.space);
      bank_q  <= walk_q.bank;
      dst_q   <= walk_q.dst;
      last_q  <= walk_ends;
    end
    if (out_load && walk_ends) done_q <= issue_q;
  end

  assign wr_valid_o    = out_valid_q;
  assign wr_space_o    = space_q;
  assign wr_bank_o     = bank_q;
  assign wr_addr_o     = dst_q;
  assign wr_data_o     = out_q;
  assign wr_last_o     = last_q;
  assign wr_issue_o    = done_q;
  assign error_o       = rsp_fire && rsp_i.err && !stop_i;
  assign error_addr_o  = {burst, GrainShift'(0)};
  assign error_issue_o = issue_q;
  assign realigning_o  = realigning_q && !out_valid_q;
  assign busy_o        = walk_valid_q || out_valid_q;

  // Fields that the front or the dispatcher deals with
  logic unused;
  assign unused = ^{load, job_load};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_row_not_empty       : assert property (@(posedge clk_i) disable iff (in_reset)
      walk_valid_q |-> walk_q.dst_left != '0 && (walk_q.rows != '0 || walk_q.fill != '0));
  a_source_used_up      : assert property (@(posedge clk_i) disable iff (in_reset)
      step && row_ends && !is_fill |-> walk_q.src_left <= 16'd1);
  a_first_grain_is_kept : assert property (@(posedge clk_i) disable iff (in_reset)
      step && !emit |-> take);
`endif

endmodule
