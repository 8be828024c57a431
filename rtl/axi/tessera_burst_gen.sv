// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Walks the rows of a 2-D transfer and asks for the grains they touch, as bursts.
//
// Row i covers bytes addr + i * row_stride to addr + i * row_stride + row_bytes - 1. Its grains are cut at every
// multiple of the granule: the smaller of the memory port interleave (2^interleave_i bytes) and MaxBurst grains.
//
//   Handshake   cmd and req are ready/valid; req leaves a register. stop_i drops the command inside and takes no
//               other, but a request already raised stays until it is taken.
//   Latency     2 cycles from cmd to its first req.
//   Throughput  1 burst per cycle, also from row to row and from command to command.
//   Reset       Drops everything.

module tessera_burst_gen
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  parameter int unsigned TagBits  = 1,  // Bits of the tag that goes with each request
  parameter int unsigned MaxBurst = 32  // Grains, a power of two, 1 to 128
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [3:0]         interleave_i,  // 8 to 12; changes only while nothing is inside
  input  logic               stop_i,

  // Transfer
  input  logic               cmd_valid_i,
  output logic               cmd_ready_o,
  input  mem_addr_t              cmd_addr_i,
  input  logic [15:0]        cmd_rows_i,        // At least 1
  input  logic [31:0]        cmd_row_stride_i,
  input  logic [19:0]        cmd_row_bytes_i,   // At least 1
  input  logic [TagBits-1:0] cmd_tag_i,

  // Requests, in address order within a row
  output logic               req_valid_o,
  input  logic               req_ready_i,
  output burst_t             req_o,
  output logic [TagBits-1:0] req_tag_o,
  output logic               req_final_o,       // Last request of its transfer

  output logic               busy_o             // A transfer or a request is inside
);

  if (MaxBurst == 0 || MaxBurst > 128 || (MaxBurst & (MaxBurst - 1)) != 0) begin : gen_bad_burst
    $error("tessera_burst_gen: MaxBurst must be a power of two, 1 to 128");
  end

  localparam int unsigned GrainShift = $clog2(GRAIN_BYTES);

  typedef logic [ADDR_BITS-GrainShift-1:0] grain_addr_t;

  typedef struct packed {
    mem_addr_t              row;      // Byte address of the current row
    grain_addr_t        grain;    // Next grain to ask for
    logic [15:0]        left;     // Grains left in the row, at least 1
    logic [15:0]        rows;     // Rows after this one
    logic [31:0]        stride;
    logic [19:0]        bytes;
    logic [TagBits-1:0] tag;
  } walk_t;

  // Grains touched by `bytes` bytes from byte `first` of a grain on.
  function automatic logic [15:0] grains_touched(logic [GrainShift-1:0] first, logic [19:0] bytes);
    return 16'((21'(first) + 21'(bytes) + 21'(GRAIN_BYTES - 1)) >> GrainShift);
  endfunction

  logic               walk_valid_d, walk_valid_q;
  walk_t              walk_d, walk_q;
  logic               req_valid_d, req_valid_q;
  burst_t             req_d, req_q;
  logic [TagBits-1:0] req_tag_q;
  logic               req_final_q;

  // Beats of the next burst
  logic [7:0] granule_mask, to_end, beats;
  logic [7:0] port_mask;
  assign port_mask    = 8'((9'd1 << (interleave_i - 4'(GrainShift))) - 9'd1);
  assign granule_mask = port_mask & 8'(MaxBurst - 1);
  assign to_end       = (~walk_q.grain[7:0] & granule_mask) + 8'd1;

  logic row_ends, walk_ends, step, load;
  assign row_ends  = walk_q.left <= 16'(to_end);
  assign beats     = row_ends ? walk_q.left[7:0] : to_end;
  assign walk_ends = row_ends && walk_q.rows == '0;

  assign step        = walk_valid_q && !stop_i && (!req_valid_q || req_ready_i);
  assign cmd_ready_o = !stop_i && (!walk_valid_q || (step && walk_ends));
  assign load        = cmd_valid_i && cmd_ready_o;

  mem_addr_t next_row;
  assign next_row = walk_q.row + mem_addr_t'(walk_q.stride);

  always_comb begin
    walk_valid_d = walk_valid_q;
    walk_d       = walk_q;
    req_valid_d  = req_valid_q && !req_ready_i;
    req_d.addr   = {walk_q.grain, GrainShift'(0)};
    req_d.len    = beats - 8'd1;

    if (step) begin
      req_valid_d  = 1'b1;
      walk_d.grain = walk_q.grain + grain_addr_t'(beats);
      walk_d.left  = walk_q.left - 16'(beats);
      if (row_ends) begin
        walk_d.row   = next_row;
        walk_d.grain = next_row[ADDR_BITS-1:GrainShift];
        walk_d.left  = grains_touched(next_row[GrainShift-1:0], walk_q.bytes);
        walk_d.rows  = walk_q.rows - 16'd1;
      end
      if (walk_ends) walk_valid_d = 1'b0;
    end
    if (load) begin
      walk_valid_d  = 1'b1;
      walk_d.row    = cmd_addr_i;
      walk_d.grain  = cmd_addr_i[ADDR_BITS-1:GrainShift];
      walk_d.left   = grains_touched(cmd_addr_i[GrainShift-1:0], cmd_row_bytes_i);
      walk_d.rows   = cmd_rows_i - 16'd1;
      walk_d.stride = cmd_row_stride_i;
      walk_d.bytes  = cmd_row_bytes_i;
      walk_d.tag    = cmd_tag_i;
    end
    if (stop_i) walk_valid_d = 1'b0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      walk_valid_q <= 1'b0;
      req_valid_q  <= 1'b0;
    end else begin
      walk_valid_q <= walk_valid_d;
      req_valid_q  <= req_valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (step || load) walk_q <= walk_d;
    if (step) begin
      req_q       <= req_d;
      req_tag_q   <= walk_q.tag;
      req_final_q <= walk_ends;
    end
  end

  assign req_valid_o = req_valid_q;
  assign req_o       = req_q;
  assign req_tag_o   = req_tag_q;
  assign req_final_o = req_final_q;
  assign busy_o      = walk_valid_q || req_valid_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  mem_addr_t last_byte;
  assign last_byte = req_q.addr + (mem_addr_t'(req_q.len) << GrainShift);

  a_interleave_in_range         : assert property (@(posedge clk_i) disable iff (in_reset)
      cmd_valid_i |-> interleave_i >= 4'd8 && interleave_i <= 4'd12);
  a_transfer_not_empty          : assert property (@(posedge clk_i) disable iff (in_reset)
      cmd_valid_i |-> cmd_rows_i != '0 && cmd_row_bytes_i != '0);
  a_request_stable              : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_o && !req_ready_i |=> req_valid_o && $stable(req_o));
  a_request_within_a_granule    : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_o |-> (req_q.addr >> interleave_i) == (last_byte >> interleave_i));
  a_request_within_max_burst    : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_o |-> 32'(req_q.len) < MaxBurst);
`endif

endmodule
