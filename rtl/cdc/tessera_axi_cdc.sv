// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One AXI4 port from a master's clock domain to a slave's: each of the five channels in a buffer of its own.
//
//   Handshake   AXI4 on both sides, all signals passed on unchanged. Channels cross independently, in order.
//   Latency     2 to 3 cycles of the receiving clock per channel.
//   Throughput  1 beat per cycle of the slower clock and channel, for clocks within a factor of 2.
//   Reset       A reset of either side empties the crossing: what was under way is lost, so neither neighbour may have
//               anything outstanding, or it is reset too.

module tessera_axi_cdc #(
  parameter int unsigned IdBits   = 4,
  parameter int unsigned AddrBits = 48,
  parameter int unsigned DataBits = 256,
  parameter int unsigned Depth    = 8,  // Words buffered per channel, a power of two
  localparam int unsigned StrbBits = DataBits / 8
) (
  // Master's side
  input  logic                s_clk_i,
  input  logic                s_rst_ni,
  input  logic                s_axi_awvalid,
  output logic                s_axi_awready,
  input  logic [IdBits-1:0]   s_axi_awid,
  input  logic [AddrBits-1:0] s_axi_awaddr,
  input  logic [7:0]          s_axi_awlen,
  input  logic [2:0]          s_axi_awsize,
  input  logic [1:0]          s_axi_awburst,
  input  logic                s_axi_awlock,
  input  logic [3:0]          s_axi_awcache,
  input  logic [2:0]          s_axi_awprot,
  input  logic [3:0]          s_axi_awqos,
  input  logic                s_axi_wvalid,
  output logic                s_axi_wready,
  input  logic [DataBits-1:0] s_axi_wdata,
  input  logic [StrbBits-1:0] s_axi_wstrb,
  input  logic                s_axi_wlast,
  output logic                s_axi_bvalid,
  input  logic                s_axi_bready,
  output logic [IdBits-1:0]   s_axi_bid,
  output logic [1:0]          s_axi_bresp,
  input  logic                s_axi_arvalid,
  output logic                s_axi_arready,
  input  logic [IdBits-1:0]   s_axi_arid,
  input  logic [AddrBits-1:0] s_axi_araddr,
  input  logic [7:0]          s_axi_arlen,
  input  logic [2:0]          s_axi_arsize,
  input  logic [1:0]          s_axi_arburst,
  input  logic                s_axi_arlock,
  input  logic [3:0]          s_axi_arcache,
  input  logic [2:0]          s_axi_arprot,
  input  logic [3:0]          s_axi_arqos,
  output logic                s_axi_rvalid,
  input  logic                s_axi_rready,
  output logic [IdBits-1:0]   s_axi_rid,
  output logic [DataBits-1:0] s_axi_rdata,
  output logic [1:0]          s_axi_rresp,
  output logic                s_axi_rlast,

  // Slave's side
  input  logic                m_clk_i,
  input  logic                m_rst_ni,
  output logic                m_axi_awvalid,
  input  logic                m_axi_awready,
  output logic [IdBits-1:0]   m_axi_awid,
  output logic [AddrBits-1:0] m_axi_awaddr,
  output logic [7:0]          m_axi_awlen,
  output logic [2:0]          m_axi_awsize,
  output logic [1:0]          m_axi_awburst,
  output logic                m_axi_awlock,
  output logic [3:0]          m_axi_awcache,
  output logic [2:0]          m_axi_awprot,
  output logic [3:0]          m_axi_awqos,
  output logic                m_axi_wvalid,
  input  logic                m_axi_wready,
  output logic [DataBits-1:0] m_axi_wdata,
  output logic [StrbBits-1:0] m_axi_wstrb,
  output logic                m_axi_wlast,
  input  logic                m_axi_bvalid,
  output logic                m_axi_bready,
  input  logic [IdBits-1:0]   m_axi_bid,
  input  logic [1:0]          m_axi_bresp,
  output logic                m_axi_arvalid,
  input  logic                m_axi_arready,
  output logic [IdBits-1:0]   m_axi_arid,
  output logic [AddrBits-1:0] m_axi_araddr,
  output logic [7:0]          m_axi_arlen,
  output logic [2:0]          m_axi_arsize,
  output logic [1:0]          m_axi_arburst,
  output logic                m_axi_arlock,
  output logic [3:0]          m_axi_arcache,
  output logic [2:0]          m_axi_arprot,
  output logic [3:0]          m_axi_arqos,
  input  logic                m_axi_rvalid,
  output logic                m_axi_rready,
  input  logic [IdBits-1:0]   m_axi_rid,
  input  logic [DataBits-1:0] m_axi_rdata,
  input  logic [1:0]          m_axi_rresp,
  input  logic                m_axi_rlast
);

  if (DataBits % 8 != 0) begin : gen_bad_data
    $error("tessera_axi_cdc: DataBits must be a multiple of 8");
  end

  typedef struct packed {
    logic [IdBits-1:0]   id;
    logic [AddrBits-1:0] addr;
    logic [7:0]          len;
    logic [2:0]          size;
    logic [1:0]          burst;
    logic                lock;
    logic [3:0]          cache;
    logic [2:0]          prot;
    logic [3:0]          qos;
  } ax_t;

  typedef struct packed {
    logic [DataBits-1:0] data;
    logic [StrbBits-1:0] strb;
    logic                last;
  } w_t;

  typedef struct packed {
    logic [IdBits-1:0] id;
    logic [1:0]        resp;
  } b_t;

  typedef struct packed {
    logic [IdBits-1:0]   id;
    logic [DataBits-1:0] data;
    logic [1:0]          resp;
    logic                last;
  } r_t;

  logic s_rst_n, m_rst_n;
  tessera_cdc_reset u_reset (
    .a_clk_i (s_clk_i),
    .a_rst_ni(s_rst_ni),
    .a_rst_no(s_rst_n),
    .b_clk_i (m_clk_i),
    .b_rst_ni(m_rst_ni),
    .b_rst_no(m_rst_n)
  );

  ax_t s_aw, m_aw, s_ar, m_ar;
  w_t  s_w, m_w;
  b_t  s_b, m_b;
  r_t  s_r, m_r;
  assign s_aw = {s_axi_awid, s_axi_awaddr, s_axi_awlen, s_axi_awsize, s_axi_awburst,
                 s_axi_awlock, s_axi_awcache, s_axi_awprot, s_axi_awqos};
  assign {m_axi_awid, m_axi_awaddr, m_axi_awlen, m_axi_awsize, m_axi_awburst,
          m_axi_awlock, m_axi_awcache, m_axi_awprot, m_axi_awqos} = m_aw;
  assign s_ar = {s_axi_arid, s_axi_araddr, s_axi_arlen, s_axi_arsize, s_axi_arburst,
                 s_axi_arlock, s_axi_arcache, s_axi_arprot, s_axi_arqos};
  assign {m_axi_arid, m_axi_araddr, m_axi_arlen, m_axi_arsize, m_axi_arburst,
          m_axi_arlock, m_axi_arcache, m_axi_arprot, m_axi_arqos} = m_ar;
  assign s_w = {s_axi_wdata, s_axi_wstrb, s_axi_wlast};
  assign {m_axi_wdata, m_axi_wstrb, m_axi_wlast} = m_w;
  assign m_b = {m_axi_bid, m_axi_bresp};
  assign {s_axi_bid, s_axi_bresp} = s_b;
  assign m_r = {m_axi_rid, m_axi_rdata, m_axi_rresp, m_axi_rlast};
  assign {s_axi_rid, s_axi_rdata, s_axi_rresp, s_axi_rlast} = s_r;

  tessera_async_fifo #(
    .Width($bits(ax_t)),
    .Depth(Depth)
  ) u_aw (
    .wr_clk_i  (s_clk_i),
    .wr_rst_ni (s_rst_n),
    .wr_valid_i(s_axi_awvalid),
    .wr_ready_o(s_axi_awready),
    .wr_data_i (s_aw),
    .rd_clk_i  (m_clk_i),
    .rd_rst_ni (m_rst_n),
    .rd_valid_o(m_axi_awvalid),
    .rd_ready_i(m_axi_awready),
    .rd_data_o (m_aw)
  );

  tessera_async_fifo #(
    .Width($bits(w_t)),
    .Depth(Depth)
  ) u_w (
    .wr_clk_i  (s_clk_i),
    .wr_rst_ni (s_rst_n),
    .wr_valid_i(s_axi_wvalid),
    .wr_ready_o(s_axi_wready),
    .wr_data_i (s_w),
    .rd_clk_i  (m_clk_i),
    .rd_rst_ni (m_rst_n),
    .rd_valid_o(m_axi_wvalid),
    .rd_ready_i(m_axi_wready),
    .rd_data_o (m_w)
  );

  tessera_async_fifo #(
    .Width($bits(b_t)),
    .Depth(Depth)
  ) u_b (
    .wr_clk_i  (m_clk_i),
    .wr_rst_ni (m_rst_n),
    .wr_valid_i(m_axi_bvalid),
    .wr_ready_o(m_axi_bready),
    .wr_data_i (m_b),
    .rd_clk_i  (s_clk_i),
    .rd_rst_ni (s_rst_n),
    .rd_valid_o(s_axi_bvalid),
    .rd_ready_i(s_axi_bready),
    .rd_data_o (s_b)
  );

  tessera_async_fifo #(
    .Width($bits(ax_t)),
    .Depth(Depth)
  ) u_ar (
    .wr_clk_i  (s_clk_i),
    .wr_rst_ni (s_rst_n),
    .wr_valid_i(s_axi_arvalid),
    .wr_ready_o(s_axi_arready),
    .wr_data_i (s_ar),
    .rd_clk_i  (m_clk_i),
    .rd_rst_ni (m_rst_n),
    .rd_valid_o(m_axi_arvalid),
    .rd_ready_i(m_axi_arready),
    .rd_data_o (m_ar)
  );

  tessera_async_fifo #(
    .Width($bits(r_t)),
    .Depth(Depth)
  ) u_r (
    .wr_clk_i  (m_clk_i),
    .wr_rst_ni (m_rst_n),
    .wr_valid_i(m_axi_rvalid),
    .wr_ready_o(m_axi_rready),
    .wr_data_i (m_r),
    .rd_clk_i  (s_clk_i),
    .rd_rst_ni (s_rst_n),
    .rd_valid_o(s_axi_rvalid),
    .rd_ready_i(s_axi_rready),
    .rd_data_o (s_r)
  );

endmodule
