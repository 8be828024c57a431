// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Everything between the engines and the AXI4 memory ports: read crossbar, write multiplexer, and the host window.
//
//   Handshake   As tessera_rd_xbar, tessera_wr_mux and tessera_host_window say. Without HostWindow the host port answers
//               nothing and must be tied off.
//   Latency     As those; the host window adds none to the engines while the host asks for nothing.
//   Throughput  1 grain read and 1 written per cycle and port.
//   Reset       Forgets everything; memory must be reset with it.
//
// ARID: 0 is the program fetch, i read master i, Masters the host window. AWID: 0 is STORE, 1 the host window.

module tessera_mem_ports
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  parameter int unsigned Masters    = 3,    // Read masters of the slice, fetch and LOAD lanes
  parameter int unsigned Ports      = 2,    // A power of two, at most 16
  parameter int unsigned HostWindow = 0     // 1: s_axi reaches memory
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic [3:0]             interleave_i,  // 8 to 12; changes only while nothing is outstanding

  // Fetch and LOAD lanes
  input  logic   [Masters-1:0]   req_valid_i,
  output logic   [Masters-1:0]   req_ready_o,
  input  burst_t [Masters-1:0]   req_i,
  output logic   [Masters-1:0]   rsp_valid_o,
  input  logic   [Masters-1:0]   rsp_ready_i,
  output rbeat_t [Masters-1:0]   rsp_o,

  // STORE
  input  logic                   st_req_valid_i,
  output logic                   st_req_ready_o,
  input  burst_t                 st_req_i,
  input  logic                   st_data_valid_i,
  output logic                   st_data_ready_o,
  input  wbeat_t                 st_data_i,
  output logic [Ports-1:0]                resp_valid_o,
  output logic [Ports-1:0]                resp_err_o,
  output logic [Ports-1:0][ADDR_BITS-1:0] resp_addr_o,

  // Counters: beats of the engines
  output logic [Ports-1:0]       rd_beat_o,
  output logic [Ports-1:0]       wr_beat_o,

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

  // Memory
  output logic [Ports-1:0]                     m_axi_arvalid,
  input  logic [Ports-1:0]                     m_axi_arready,
  output logic [Ports-1:0][3:0]                m_axi_arid,
  output logic [Ports-1:0][ADDR_BITS-1:0]      m_axi_araddr,
  output logic [Ports-1:0][7:0]                m_axi_arlen,
  output logic [Ports-1:0][2:0]                m_axi_arsize,
  output logic [Ports-1:0][1:0]                m_axi_arburst,
  output logic [Ports-1:0][3:0]                m_axi_arcache,
  output logic [Ports-1:0][2:0]                m_axi_arprot,
  input  logic [Ports-1:0]                     m_axi_rvalid,
  output logic [Ports-1:0]                     m_axi_rready,
  input  logic [Ports-1:0][3:0]                m_axi_rid,
  input  logic [Ports-1:0][GrainBits-1:0]      m_axi_rdata,
  input  logic [Ports-1:0][1:0]                m_axi_rresp,
  input  logic [Ports-1:0]                     m_axi_rlast,
  output logic [Ports-1:0]                     m_axi_awvalid,
  input  logic [Ports-1:0]                     m_axi_awready,
  output logic [Ports-1:0][3:0]                m_axi_awid,
  output logic [Ports-1:0][ADDR_BITS-1:0]      m_axi_awaddr,
  output logic [Ports-1:0][7:0]                m_axi_awlen,
  output logic [Ports-1:0][2:0]                m_axi_awsize,
  output logic [Ports-1:0][1:0]                m_axi_awburst,
  output logic [Ports-1:0][3:0]                m_axi_awcache,
  output logic [Ports-1:0][2:0]                m_axi_awprot,
  output logic [Ports-1:0]                     m_axi_wvalid,
  input  logic [Ports-1:0]                     m_axi_wready,
  output logic [Ports-1:0][GrainBits-1:0]      m_axi_wdata,
  output logic [Ports-1:0][GRAIN_BYTES-1:0]    m_axi_wstrb,
  output logic [Ports-1:0]                     m_axi_wlast,
  input  logic [Ports-1:0]                     m_axi_bvalid,
  output logic [Ports-1:0]                     m_axi_bready,
  input  logic [Ports-1:0][3:0]                m_axi_bid,
  input  logic [Ports-1:0][1:0]                m_axi_bresp
);

  localparam int unsigned AllMasters = Masters + (HostWindow != 0 ? 1 : 0);

  logic   [AllMasters-1:0] req_valid, req_ready, rsp_valid, rsp_ready, rsp_decerr;
  burst_t [AllMasters-1:0] req;
  rbeat_t [AllMasters-1:0] rsp;
  assign req_valid[Masters-1:0] = req_valid_i;
  assign req[Masters-1:0]       = req_i;
  assign rsp_ready[Masters-1:0] = rsp_ready_i;
  assign req_ready_o            = req_ready[Masters-1:0];
  assign rsp_valid_o            = rsp_valid[Masters-1:0];
  assign rsp_o                  = rsp[Masters-1:0];

  tessera_rd_xbar #(
    .Masters(AllMasters),
    .Ports  (Ports),
    .Host   (HostWindow != 0)
  ) u_rd_xbar (
    .clk_i,
    .rst_ni,
    .interleave_i,
    .req_valid_i (req_valid),
    .req_ready_o (req_ready),
    .req_i       (req),
    .rsp_valid_o (rsp_valid),
    .rsp_ready_i (rsp_ready),
    .rsp_o       (rsp),
    .rsp_decerr_o(rsp_decerr),
    .idle_o      (),
    .m_axi_arvalid,
    .m_axi_arready,
    .m_axi_arid,
    .m_axi_araddr,
    .m_axi_arlen,
    .m_axi_arsize,
    .m_axi_arburst,
    .m_axi_arcache,
    .m_axi_arprot,
    .m_axi_rvalid,
    .m_axi_rready,
    .m_axi_rid,
    .m_axi_rdata,
    .m_axi_rresp,
    .m_axi_rlast,
    .rd_beat_o
  );

  // STORE's write channels, per port
  logic [Ports-1:0]                  st_awvalid, st_awready, st_wvalid, st_wready, st_wlast, st_bvalid;
  logic [Ports-1:0][3:0]             st_awid, st_bid;
  logic [Ports-1:0][ADDR_BITS-1:0]   st_awaddr;
  logic [Ports-1:0][7:0]             st_awlen;
  logic [Ports-1:0][GrainBits-1:0]   st_wdata;
  logic [Ports-1:0][GRAIN_BYTES-1:0] st_wstrb;
  logic [Ports-1:0][1:0]             st_bresp;

  tessera_wr_mux #(
    .Ports(Ports)
  ) u_wr_mux (
    .clk_i,
    .rst_ni,
    .interleave_i,
    .req_valid_i  (st_req_valid_i),
    .req_ready_o  (st_req_ready_o),
    .req_i        (st_req_i),
    .wdata_valid_i(st_data_valid_i),
    .wdata_ready_o(st_data_ready_o),
    .wdata_i      (st_data_i),
    .resp_valid_o,
    .resp_err_o,
    .resp_addr_o,
    .m_axi_awvalid(st_awvalid),
    .m_axi_awready(st_awready),
    .m_axi_awid   (st_awid),
    .m_axi_awaddr (st_awaddr),
    .m_axi_awlen  (st_awlen),
    .m_axi_awsize,
    .m_axi_awburst,
    .m_axi_awcache,
    .m_axi_awprot,
    .m_axi_wvalid (st_wvalid),
    .m_axi_wready (st_wready),
    .m_axi_wdata  (st_wdata),
    .m_axi_wstrb  (st_wstrb),
    .m_axi_wlast  (st_wlast),
    .m_axi_bvalid (st_bvalid),
    .m_axi_bready,
    .m_axi_bid    (st_bid),
    .m_axi_bresp  (st_bresp),
    .wr_beat_o
  );

  if (HostWindow != 0) begin : gen_host
    logic                    hw_busy;
    logic   [Ports-1:0]      hw_awvalid, hw_awready, hw_wvalid, hw_wready, hw_bvalid;
    burst_t [Ports-1:0]      hw_aw;
    wbeat_t [Ports-1:0]      hw_w;
    logic   [Ports-1:0][1:0] hw_bresp;

    tessera_host_window #(
      .Ports(Ports)
    ) u_host (
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
      .req_valid_o (req_valid[Masters]),
      .req_ready_i (req_ready[Masters]),
      .req_o       (req[Masters]),
      .rsp_valid_i (rsp_valid[Masters]),
      .rsp_ready_o (rsp_ready[Masters]),
      .rsp_i       (rsp[Masters]),
      .rsp_decerr_i(rsp_decerr[Masters]),
      .wr_busy_o   (hw_busy),
      .aw_valid_o  (hw_awvalid),
      .aw_ready_i  (hw_awready),
      .aw_o        (hw_aw),
      .w_valid_o   (hw_wvalid),
      .w_ready_i   (hw_wready),
      .w_o         (hw_w),
      .resp_valid_i(hw_bvalid),
      .resp_i      (hw_bresp)
    );

    for (genvar p = 0; p < Ports; p++) begin : gen_port
      burst_t st_aw, m_aw;
      wbeat_t st_w, m_w;
      assign st_aw           = '{addr: st_awaddr[p], len: st_awlen[p]};
      assign st_w            = '{data: st_wdata[p], strb: st_wstrb[p], last: st_wlast[p]};
      assign m_axi_awaddr[p] = m_aw.addr;
      assign m_axi_awlen[p]   = m_aw.len;
      assign m_axi_wdata[p]   = m_w.data;
      assign m_axi_wstrb[p]   = m_w.strb;
      assign m_axi_wlast[p]   = m_w.last;

      tessera_wr_join u_join (
        .clk_i,
        .rst_ni,
        .st_awvalid_i(st_awvalid[p]),
        .st_awready_o(st_awready[p]),
        .st_aw_i     (st_aw),
        .st_wvalid_i (st_wvalid[p]),
        .st_wready_o (st_wready[p]),
        .st_w_i      (st_w),
        .st_bvalid_o (st_bvalid[p]),
        .st_bresp_o  (st_bresp[p]),
        .hw_busy_i   (hw_busy),
        .hw_awvalid_i(hw_awvalid[p]),
        .hw_awready_o(hw_awready[p]),
        .hw_aw_i     (hw_aw[p]),
        .hw_wvalid_i (hw_wvalid[p]),
        .hw_wready_o (hw_wready[p]),
        .hw_w_i      (hw_w[p]),
        .hw_bvalid_o (hw_bvalid[p]),
        .hw_bresp_o  (hw_bresp[p]),
        .m_awvalid_o (m_axi_awvalid[p]),
        .m_awready_i (m_axi_awready[p]),
        .m_awid_o    (m_axi_awid[p]),
        .m_aw_o      (m_aw),
        .m_wvalid_o  (m_axi_wvalid[p]),
        .m_wready_i  (m_axi_wready[p]),
        .m_w_o       (m_w),
        .m_bvalid_i  (m_axi_bvalid[p]),
        .m_bid_i     (m_axi_bid[p]),
        .m_bresp_i   (m_axi_bresp[p])
      );
    end
    assign st_bid = '0;

    logic unused;
    assign unused = ^{st_awid, rsp_decerr[Masters-1:0]};
  end else begin : gen_no_host
    assign m_axi_awvalid = st_awvalid;
    assign st_awready    = m_axi_awready;
    assign m_axi_awid    = st_awid;
    assign m_axi_awaddr  = st_awaddr;
    assign m_axi_awlen   = st_awlen;
    assign m_axi_wvalid  = st_wvalid;
    assign st_wready     = m_axi_wready;
    assign m_axi_wdata   = st_wdata;
    assign m_axi_wstrb   = st_wstrb;
    assign m_axi_wlast   = st_wlast;
    assign st_bvalid     = m_axi_bvalid;
    assign st_bid        = m_axi_bid;
    assign st_bresp      = m_axi_bresp;

    assign s_axi_awready = 1'b0;
    assign s_axi_wready  = 1'b0;
    assign s_axi_bvalid  = 1'b0;
    assign s_axi_bid     = '0;
    assign s_axi_bresp   = '0;
    assign s_axi_arready = 1'b0;
    assign s_axi_rvalid  = 1'b0;
    assign s_axi_rid     = '0;
    assign s_axi_rdata   = '0;
    assign s_axi_rresp   = '0;
    assign s_axi_rlast   = 1'b0;

    logic unused;
    assign unused = ^{rsp_decerr,
                      s_axi_awvalid, s_axi_awid, s_axi_awaddr, s_axi_awlen, s_axi_awsize, s_axi_awburst,
                      s_axi_wvalid, s_axi_wdata, s_axi_wstrb, s_axi_wlast, s_axi_bready,
                      s_axi_arvalid, s_axi_arid, s_axi_araddr, s_axi_arlen, s_axi_arsize, s_axi_arburst, s_axi_rready};
  end

endmodule
