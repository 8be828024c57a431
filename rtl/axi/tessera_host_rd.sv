// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Read half of the host window: each beat of a host's read burst becomes a read of one grain, as a master of
// tessera_rd_xbar.
//
//   Handshake   AXI4 AR and R. R comes in the order of AR, over all IDs. req and rsp as in tessera_rd_xbar.
//   Latency     AR to req 2 cycles, rsp to R none.
//   Throughput  1 beat per cycle, at most Outstanding beats on their way.
//   Reset       Drops everything.

module tessera_host_rd
  import tessera_spec_gen_pkg::ADDR_BITS;
  import tessera_pkg::*;
#(
  parameter int unsigned Outstanding = 64  // Beats asked for and not yet given
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Host
  input  logic                  s_axi_arvalid,
  output logic                  s_axi_arready,
  input  logic [3:0]            s_axi_arid,
  input  logic [ADDR_BITS-1:0]  s_axi_araddr,
  input  logic [7:0]            s_axi_arlen,
  input  logic [2:0]            s_axi_arsize,
  input  logic [1:0]            s_axi_arburst,
  output logic                  s_axi_rvalid,
  input  logic                  s_axi_rready,
  output logic [3:0]            s_axi_rid,
  output logic [GrainBits-1:0]  s_axi_rdata,
  output logic [1:0]            s_axi_rresp,
  output logic                  s_axi_rlast,

  // Read crossbar: grains, answered in order
  output logic                  req_valid_o,
  input  logic                  req_ready_i,
  output burst_t                req_o,
  input  logic                  rsp_valid_i,
  output logic                  rsp_ready_o,
  input  rbeat_t                rsp_i,
  input  logic                  rsp_decerr_i,  // The error is DECERR

  output logic                  idle_o         // Nothing inside
);

  localparam int unsigned CmdBits   = 4 + ADDR_BITS + 8 + 3 + 2;
  localparam int unsigned CountBits = $clog2(Outstanding + 1);

  logic               cmd_valid, cmd_ready;
  logic [CmdBits-1:0] cmd_in, cmd;
  logic [3:0]         cmd_id;
  mem_addr_t          cmd_addr;
  logic [7:0]         cmd_len;
  logic [2:0]         cmd_size;
  logic [1:0]         cmd_burst;
  assign cmd_in = {s_axi_arid, s_axi_araddr, s_axi_arlen, s_axi_arsize, s_axi_arburst};
  assign {cmd_id, cmd_addr, cmd_len, cmd_size, cmd_burst} = cmd;

  tessera_skid_buffer #(
    .Width(CmdBits)
  ) u_ar (
    .clk_i,
    .rst_ni,
    .valid_i(s_axi_arvalid),
    .ready_o(s_axi_arready),
    .data_i (cmd_in),
    .valid_o(cmd_valid),
    .ready_i(cmd_ready),
    .data_o (cmd)
  );

  logic       beat_valid, beat_ready, beat_last;
  logic [3:0] beat_id;
  mem_addr_t  beat_addr;
  tessera_burst_walk #(
    .TagBits(4)
  ) u_walk (
    .clk_i,
    .rst_ni,
    .cmd_valid_i (cmd_valid),
    .cmd_ready_o (cmd_ready),
    .cmd_addr_i  (cmd_addr),
    .cmd_len_i   (cmd_len),
    .cmd_size_i  (cmd_size),
    .cmd_burst_i (cmd_burst),
    .cmd_tag_i   (cmd_id),
    .beat_valid_o(beat_valid),
    .beat_ready_i(beat_ready),
    .beat_addr_o (beat_addr),
    .beat_ends_o (),
    .beat_last_o (beat_last),
    .beat_tag_o  (beat_id)
  );

  // A beat asks for its grain and leaves its ID for the answer, both in the same cycle.
  logic                 owed_ready, owed_valid, owed_pop, beat_taken;
  logic [4:0]           owed_in, owed;
  logic [CountBits-1:0] owed_count;
  assign req_valid_o = beat_valid && owed_ready;
  assign beat_ready  = req_ready_i && owed_ready;
  assign beat_taken  = beat_valid && beat_ready;
  assign req_o       = '{addr: beat_addr, len: 8'd0};
  assign owed_in     = {beat_id, beat_last};

  tessera_fifo #(
    .Width(5),
    .Depth(Outstanding)
  ) u_owed (
    .clk_i,
    .rst_ni,
    .valid_i(beat_taken),
    .ready_o(owed_ready),
    .data_i (owed_in),
    .valid_o(owed_valid),
    .ready_i(owed_pop),
    .data_o (owed),
    .count_o(owed_count)
  );

  assign s_axi_rvalid = rsp_valid_i;
  assign s_axi_rdata  = rsp_i.data;
  assign s_axi_rresp  = {rsp_i.err, rsp_i.err && rsp_decerr_i};
  assign {s_axi_rid, s_axi_rlast} = owed;
  assign rsp_ready_o  = s_axi_rready;
  assign owed_pop     = rsp_valid_i && s_axi_rready;
  assign idle_o       = !cmd_valid && !beat_valid && owed_count == '0;

  logic unused;
  assign unused = rsp_i.last;  // Bursts of one grain

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_answer_was_asked_for : assert property (@(posedge clk_i) disable iff (in_reset)
      rsp_valid_i |-> owed_valid);
  a_r_stable             : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axi_rvalid && !s_axi_rready |=>
      s_axi_rvalid && $stable({s_axi_rid, s_axi_rdata, s_axi_rresp, s_axi_rlast}));
  a_host_keeps_ar        : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axi_arvalid && !s_axi_arready |=>
      s_axi_arvalid && $stable({s_axi_arid, s_axi_araddr, s_axi_arlen, s_axi_arsize, s_axi_arburst}));
`endif

endmodule
