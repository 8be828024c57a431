// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The host's window to memory: an AXI4 slave whose bursts are cut into grain accesses that go the way of the engines'.
//
//   Handshake   AXI4: INCR, WRAP and FIXED, any size, strobes, length and ID. Answers come in the order asked, reads
//               and writes apart; B when every grain of the burst has been answered by memory, so a read sent after B
//               sees the data. Exclusive accesses, cache and protection attributes do not exist here.
//   Latency     2 cycles to a read request, 3 to a write; answers 0 and 1 (tessera_host_rd, tessera_host_wr).
//   Throughput  1 beat per cycle and direction.
//   Reset       Drops everything; memory must be reset with it.

module tessera_host_window
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  parameter int unsigned Ports = 2  // A power of two, at most 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic [3:0]             interleave_i,  // 8 to 12; changes only while nothing is outstanding

  // Host
  input  logic                   s_axi_awvalid,
  output logic                   s_axi_awready,
  input  logic [3:0]             s_axi_awid,
  input  logic [ADDR_BITS-1:0]   s_axi_awaddr,
  input  logic [7:0]             s_axi_awlen,
  input  logic [2:0]             s_axi_awsize,
  input  logic [1:0]             s_axi_awburst,
  input  logic                   s_axi_wvalid,
  output logic                   s_axi_wready,
  input  logic [GrainBits-1:0]   s_axi_wdata,
  input  logic [GRAIN_BYTES-1:0] s_axi_wstrb,
  input  logic                   s_axi_wlast,
  output logic                   s_axi_bvalid,
  input  logic                   s_axi_bready,
  output logic [3:0]             s_axi_bid,
  output logic [1:0]             s_axi_bresp,
  input  logic                   s_axi_arvalid,
  output logic                   s_axi_arready,
  input  logic [3:0]             s_axi_arid,
  input  logic [ADDR_BITS-1:0]   s_axi_araddr,
  input  logic [7:0]             s_axi_arlen,
  input  logic [2:0]             s_axi_arsize,
  input  logic [1:0]             s_axi_arburst,
  output logic                   s_axi_rvalid,
  input  logic                   s_axi_rready,
  output logic [3:0]             s_axi_rid,
  output logic [GrainBits-1:0]   s_axi_rdata,
  output logic [1:0]             s_axi_rresp,
  output logic                   s_axi_rlast,

  // Read crossbar, as its last master
  output logic                   req_valid_o,
  input  logic                   req_ready_i,
  output burst_t                 req_o,
  input  logic                   rsp_valid_i,
  output logic                   rsp_ready_o,
  input  rbeat_t                 rsp_i,
  input  logic                   rsp_decerr_i,

  // Write side of each port
  output logic                    wr_busy_o,     // Writes are inside
  output logic   [Ports-1:0]      aw_valid_o,
  input  logic   [Ports-1:0]      aw_ready_i,
  output burst_t [Ports-1:0]      aw_o,
  output logic   [Ports-1:0]      w_valid_o,
  input  logic   [Ports-1:0]      w_ready_i,
  output wbeat_t [Ports-1:0]      w_o,
  input  logic   [Ports-1:0]      resp_valid_i,
  input  logic   [Ports-1:0][1:0] resp_i
);

  logic rd_idle, wr_idle;

  tessera_host_rd u_rd (
    .clk_i,
    .rst_ni,
    .s_axi_arvalid,
    .s_axi_arready,
    .s_axi_arid,
    .s_axi_araddr,
    .s_axi_arlen,
    .s_axi_arsize,
    .s_axi_arburst,
    .s_axi_rvalid,
    .s_axi_rready,
    .s_axi_rid,
    .s_axi_rdata,
    .s_axi_rresp,
    .s_axi_rlast,
    .req_valid_o,
    .req_ready_i,
    .req_o,
    .rsp_valid_i,
    .rsp_ready_o,
    .rsp_i,
    .rsp_decerr_i,
    .idle_o(rd_idle)
  );

  tessera_host_wr #(
    .Ports(Ports)
  ) u_wr (
    .clk_i,
    .rst_ni,
    .interleave_i,
    .s_axi_awvalid,
    .s_axi_awready,
    .s_axi_awid,
    .s_axi_awaddr,
    .s_axi_awlen,
    .s_axi_awsize,
    .s_axi_awburst,
    .s_axi_wvalid,
    .s_axi_wready,
    .s_axi_wdata,
    .s_axi_wstrb,
    .s_axi_wlast,
    .s_axi_bvalid,
    .s_axi_bready,
    .s_axi_bid,
    .s_axi_bresp,
    .aw_valid_o,
    .aw_ready_i,
    .aw_o,
    .w_valid_o,
    .w_ready_i,
    .w_o,
    .resp_valid_i,
    .resp_i,
    .idle_o(wr_idle)
  );

  assign wr_busy_o = !wr_idle;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_interleave_changes_only_when_idle : assert property (@(posedge clk_i) disable iff (in_reset)
      !rd_idle || !wr_idle |-> $stable(interleave_i));
`else
  logic unused;
  assign unused = rd_idle;
`endif

endmodule
