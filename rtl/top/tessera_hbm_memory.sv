// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The slice's memory ports on HBM3: port p is pseudo-channel p mod 2 of channel p / 2.
//
// Per port an address compressor, which makes the port's addresses dense, and a clock-domain crossing; per two ports a
// channel, with its registers and pins. With one port the second pseudo-channel has no master.
//
//   Handshake   AXI4 slave per port, 32-byte INCR bursts within a granule; AXI4-Lite slave per channel, all on clk_i.
//               Accesses before ready_o answer SLVERR, addresses past the part DECERR.
//   Latency     2 to 3 cycles of the receiving clock per channel and direction, and the channel's own.
//   Throughput  1 grain per cycle of the slower clock, port and direction.
//   Reset       rst_ni and hbm_rst_ni must be asserted together: take them from tessera_cdc_reset.

module tessera_hbm_memory
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
  import tessera_hbm_pkg::pins_out_t, tessera_hbm_pkg::pins_in_t;
#(
  parameter int unsigned Ports     = 2,    // 1, 2, 4 or 8
  parameter int unsigned Sids      = 2,    // Parameters of tessera_hbm_channel
  parameter int unsigned RowBits   = 14,
  parameter int unsigned RdqDepth  = 64,
  parameter int unsigned WrqDepth  = 64,
  parameter int unsigned RobDepth  = 256,
  parameter int unsigned AutoStart = 1,
  localparam int unsigned Channels = (Ports + 1) / 2
) (
  // Tile's side
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [3:0] interleave_i,  // log2 of the bytes of a granule, 8 to 12; changes only while nothing is outstanding
  output logic       irq_o,         // Level: some channel's irq_o
  output logic       ready_o,       // Level: every channel serves accesses

  // Memory ports
  input  logic [Ports-1:0]                     s_axi_arvalid,
  output logic [Ports-1:0]                     s_axi_arready,
  input  logic [Ports-1:0][3:0]                s_axi_arid,
  input  logic [Ports-1:0][ADDR_BITS-1:0]      s_axi_araddr,
  input  logic [Ports-1:0][7:0]                s_axi_arlen,
  input  logic [Ports-1:0][2:0]                s_axi_arsize,
  input  logic [Ports-1:0][1:0]                s_axi_arburst,
  input  logic [Ports-1:0][3:0]                s_axi_arcache,
  input  logic [Ports-1:0][2:0]                s_axi_arprot,
  output logic [Ports-1:0]                     s_axi_rvalid,
  input  logic [Ports-1:0]                     s_axi_rready,
  output logic [Ports-1:0][3:0]                s_axi_rid,
  output logic [Ports-1:0][GrainBits-1:0]      s_axi_rdata,
  output logic [Ports-1:0][1:0]                s_axi_rresp,
  output logic [Ports-1:0]                     s_axi_rlast,
  input  logic [Ports-1:0]                     s_axi_awvalid,
  output logic [Ports-1:0]                     s_axi_awready,
  input  logic [Ports-1:0][3:0]                s_axi_awid,
  input  logic [Ports-1:0][ADDR_BITS-1:0]      s_axi_awaddr,
  input  logic [Ports-1:0][7:0]                s_axi_awlen,
  input  logic [Ports-1:0][2:0]                s_axi_awsize,
  input  logic [Ports-1:0][1:0]                s_axi_awburst,
  input  logic [Ports-1:0][3:0]                s_axi_awcache,
  input  logic [Ports-1:0][2:0]                s_axi_awprot,
  input  logic [Ports-1:0]                     s_axi_wvalid,
  output logic [Ports-1:0]                     s_axi_wready,
  input  logic [Ports-1:0][GrainBits-1:0]      s_axi_wdata,
  input  logic [Ports-1:0][GRAIN_BYTES-1:0]    s_axi_wstrb,
  input  logic [Ports-1:0]                     s_axi_wlast,
  output logic [Ports-1:0]                     s_axi_bvalid,
  input  logic [Ports-1:0]                     s_axi_bready,
  output logic [Ports-1:0][3:0]                s_axi_bid,
  output logic [Ports-1:0][1:0]                s_axi_bresp,

  // Registers of the channels; address and write data are for whichever has its valid high
  input  logic [Channels-1:0]       s_axil_awvalid,
  output logic [Channels-1:0]       s_axil_awready,
  input  logic [11:0]               s_axil_awaddr,
  input  logic [Channels-1:0]       s_axil_wvalid,
  output logic [Channels-1:0]       s_axil_wready,
  input  logic [31:0]               s_axil_wdata,
  input  logic [3:0]                s_axil_wstrb,
  output logic [Channels-1:0]       s_axil_bvalid,
  input  logic [Channels-1:0]       s_axil_bready,
  output logic [Channels-1:0][1:0]  s_axil_bresp,
  input  logic [Channels-1:0]       s_axil_arvalid,
  output logic [Channels-1:0]       s_axil_arready,
  input  logic [11:0]               s_axil_araddr,
  output logic [Channels-1:0]       s_axil_rvalid,
  input  logic [Channels-1:0]       s_axil_rready,
  output logic [Channels-1:0][31:0] s_axil_rdata,
  output logic [Channels-1:0][1:0]  s_axil_rresp,

  // Memory's side
  input  logic       hbm_clk_i,  // DFI clock: half the command clock
  input  logic       hbm_rst_ni,
  output pins_out_t  pins_o [Channels],
  input  pins_in_t   pins_i [Channels]
);

  localparam int unsigned Pcs = 2;  // Pseudo-channels of a channel

  logic [Channels-1:0] ch_irq, ch_ready, irq, ready;

  for (genvar c = 0; c < Channels; c++) begin : gen_channel
    // AXI4 of the two pseudo-channels, on hbm_clk_i
    logic [Pcs-1:0]                  awvalid, awready, wvalid, wready, wlast, bvalid, bready;
    logic [Pcs-1:0]                  arvalid, arready, rvalid, rready, rlast;
    logic [Pcs-1:0][3:0]             awid, bid, arid, rid;
    logic [Pcs-1:0][ADDR_BITS-1:0]   awaddr, araddr;
    logic [Pcs-1:0][7:0]             awlen, arlen;
    logic [Pcs-1:0][2:0]             awsize, arsize;
    logic [Pcs-1:0][1:0]             awburst, arburst, bresp, rresp;
    logic [Pcs-1:0][GrainBits-1:0]   wdata, rdata;
    logic [Pcs-1:0][GRAIN_BYTES-1:0] wstrb;

    for (genvar i = 0; i < Pcs; i++) begin : gen_pc
      localparam int unsigned P = Pcs * c + i;  // Port

      if (P < Ports) begin : gen_port
        mem_addr_t aw_local, ar_local;
        tessera_port_compress #(
          .Ports(Ports)
        ) u_aw (
          .interleave_i,
          .addr_i(s_axi_awaddr[P]),
          .addr_o(aw_local)
        );
        tessera_port_compress #(
          .Ports(Ports)
        ) u_ar (
          .interleave_i,
          .addr_i(s_axi_araddr[P]),
          .addr_o(ar_local)
        );

        tessera_axi_cdc u_cdc (
          .s_clk_i      (clk_i),
          .s_rst_ni     (rst_ni),
          .s_axi_awvalid(s_axi_awvalid[P]),
          .s_axi_awready(s_axi_awready[P]),
          .s_axi_awid   (s_axi_awid[P]),
          .s_axi_awaddr (aw_local),
          .s_axi_awlen  (s_axi_awlen[P]),
          .s_axi_awsize (s_axi_awsize[P]),
          .s_axi_awburst(s_axi_awburst[P]),
          .s_axi_awlock (1'b0),
          .s_axi_awcache(s_axi_awcache[P]),
          .s_axi_awprot (s_axi_awprot[P]),
          .s_axi_awqos  (4'd0),
          .s_axi_wvalid (s_axi_wvalid[P]),
          .s_axi_wready (s_axi_wready[P]),
          .s_axi_wdata  (s_axi_wdata[P]),
          .s_axi_wstrb  (s_axi_wstrb[P]),
          .s_axi_wlast  (s_axi_wlast[P]),
          .s_axi_bvalid (s_axi_bvalid[P]),
          .s_axi_bready (s_axi_bready[P]),
          .s_axi_bid    (s_axi_bid[P]),
          .s_axi_bresp  (s_axi_bresp[P]),
          .s_axi_arvalid(s_axi_arvalid[P]),
          .s_axi_arready(s_axi_arready[P]),
          .s_axi_arid   (s_axi_arid[P]),
          .s_axi_araddr (ar_local),
          .s_axi_arlen  (s_axi_arlen[P]),
          .s_axi_arsize (s_axi_arsize[P]),
          .s_axi_arburst(s_axi_arburst[P]),
          .s_axi_arlock (1'b0),
          .s_axi_arcache(s_axi_arcache[P]),
          .s_axi_arprot (s_axi_arprot[P]),
          .s_axi_arqos  (4'd0),
          .s_axi_rvalid (s_axi_rvalid[P]),
          .s_axi_rready (s_axi_rready[P]),
          .s_axi_rid    (s_axi_rid[P]),
          .s_axi_rdata  (s_axi_rdata[P]),
          .s_axi_rresp  (s_axi_rresp[P]),
          .s_axi_rlast  (s_axi_rlast[P]),
          .m_clk_i      (hbm_clk_i),
          .m_rst_ni     (hbm_rst_ni),
          .m_axi_awvalid(awvalid[i]),
          .m_axi_awready(awready[i]),
          .m_axi_awid   (awid[i]),
          .m_axi_awaddr (awaddr[i]),
          .m_axi_awlen  (awlen[i]),
          .m_axi_awsize (awsize[i]),
          .m_axi_awburst(awburst[i]),
          .m_axi_awlock (),
          .m_axi_awcache(),
          .m_axi_awprot (),
          .m_axi_awqos  (),
          .m_axi_wvalid (wvalid[i]),
          .m_axi_wready (wready[i]),
          .m_axi_wdata  (wdata[i]),
          .m_axi_wstrb  (wstrb[i]),
          .m_axi_wlast  (wlast[i]),
          .m_axi_bvalid (bvalid[i]),
          .m_axi_bready (bready[i]),
          .m_axi_bid    (bid[i]),
          .m_axi_bresp  (bresp[i]),
          .m_axi_arvalid(arvalid[i]),
          .m_axi_arready(arready[i]),
          .m_axi_arid   (arid[i]),
          .m_axi_araddr (araddr[i]),
          .m_axi_arlen  (arlen[i]),
          .m_axi_arsize (arsize[i]),
          .m_axi_arburst(arburst[i]),
          .m_axi_arlock (),
          .m_axi_arcache(),
          .m_axi_arprot (),
          .m_axi_arqos  (),
          .m_axi_rvalid (rvalid[i]),
          .m_axi_rready (rready[i]),
          .m_axi_rid    (rid[i]),
          .m_axi_rdata  (rdata[i]),
          .m_axi_rresp  (rresp[i]),
          .m_axi_rlast  (rlast[i])
        );
      end else begin : gen_no_port
        // The second pseudo-channel of a slice with one port
        assign awvalid[i] = '0;
        assign awid[i]    = '0;
        assign awaddr[i]  = '0;
        assign awlen[i]   = '0;
        assign awsize[i]  = '0;
        assign awburst[i] = '0;
        assign wvalid[i]  = '0;
        assign wdata[i]   = '0;
        assign wstrb[i]   = '0;
        assign wlast[i]   = '0;
        assign bready[i]  = '0;
        assign arvalid[i] = '0;
        assign arid[i]    = '0;
        assign araddr[i]  = '0;
        assign arlen[i]   = '0;
        assign arsize[i]  = '0;
        assign arburst[i] = '0;
        assign rready[i]  = '0;

        logic unused;
        assign unused = ^{awready[i], wready[i], bvalid[i], bid[i], bresp[i],
                          arready[i], rvalid[i], rid[i], rdata[i], rresp[i], rlast[i]};
      end
    end

    // Registers, on hbm_clk_i
    logic        reg_awvalid, reg_awready, reg_wvalid, reg_wready, reg_bvalid, reg_bready;
    logic        reg_arvalid, reg_arready, reg_rvalid, reg_rready;
    logic [11:0] reg_awaddr, reg_araddr;
    logic [31:0] reg_wdata, reg_rdata;
    logic [3:0]  reg_wstrb;
    logic [1:0]  reg_bresp, reg_rresp;

    tessera_axil_cdc u_axil_cdc (
      .s_clk_i       (clk_i),
      .s_rst_ni      (rst_ni),
      .s_axil_awvalid(s_axil_awvalid[c]),
      .s_axil_awready(s_axil_awready[c]),
      .s_axil_awaddr (s_axil_awaddr),
      .s_axil_wvalid (s_axil_wvalid[c]),
      .s_axil_wready (s_axil_wready[c]),
      .s_axil_wdata  (s_axil_wdata),
      .s_axil_wstrb  (s_axil_wstrb),
      .s_axil_bvalid (s_axil_bvalid[c]),
      .s_axil_bready (s_axil_bready[c]),
      .s_axil_bresp  (s_axil_bresp[c]),
      .s_axil_arvalid(s_axil_arvalid[c]),
      .s_axil_arready(s_axil_arready[c]),
      .s_axil_araddr (s_axil_araddr),
      .s_axil_rvalid (s_axil_rvalid[c]),
      .s_axil_rready (s_axil_rready[c]),
      .s_axil_rdata  (s_axil_rdata[c]),
      .s_axil_rresp  (s_axil_rresp[c]),
      .m_clk_i       (hbm_clk_i),
      .m_rst_ni      (hbm_rst_ni),
      .m_axil_awvalid(reg_awvalid),
      .m_axil_awready(reg_awready),
      .m_axil_awaddr (reg_awaddr),
      .m_axil_wvalid (reg_wvalid),
      .m_axil_wready (reg_wready),
      .m_axil_wdata  (reg_wdata),
      .m_axil_wstrb  (reg_wstrb),
      .m_axil_bvalid (reg_bvalid),
      .m_axil_bready (reg_bready),
      .m_axil_bresp  (reg_bresp),
      .m_axil_arvalid(reg_arvalid),
      .m_axil_arready(reg_arready),
      .m_axil_araddr (reg_araddr),
      .m_axil_rvalid (reg_rvalid),
      .m_axil_rready (reg_rready),
      .m_axil_rdata  (reg_rdata),
      .m_axil_rresp  (reg_rresp)
    );

    tessera_hbm_channel #(
      .Sids     (Sids),
      .RowBits  (RowBits),
      .RdqDepth (RdqDepth),
      .WrqDepth (WrqDepth),
      .RobDepth (RobDepth),
      .AutoStart(AutoStart != 0)
    ) u_channel (
      .clk_i               (hbm_clk_i),
      .rst_ni              (hbm_rst_ni),
      .s_axi_awvalid       (awvalid),
      .s_axi_awready       (awready),
      .s_axi_awid          (awid),
      .s_axi_awaddr        (awaddr),
      .s_axi_awlen         (awlen),
      .s_axi_awsize        (awsize),
      .s_axi_awburst       (awburst),
      .s_axi_wvalid        (wvalid),
      .s_axi_wready        (wready),
      .s_axi_wdata         (wdata),
      .s_axi_wstrb         (wstrb),
      .s_axi_wlast         (wlast),
      .s_axi_bvalid        (bvalid),
      .s_axi_bready        (bready),
      .s_axi_bid           (bid),
      .s_axi_bresp         (bresp),
      .s_axi_arvalid       (arvalid),
      .s_axi_arready       (arready),
      .s_axi_arid          (arid),
      .s_axi_araddr        (araddr),
      .s_axi_arlen         (arlen),
      .s_axi_arsize        (arsize),
      .s_axi_arburst       (arburst),
      .s_axi_rvalid        (rvalid),
      .s_axi_rready        (rready),
      .s_axi_rid           (rid),
      .s_axi_rdata         (rdata),
      .s_axi_rresp         (rresp),
      .s_axi_rlast         (rlast),
      .s_axil_awvalid      (reg_awvalid),
      .s_axil_awready      (reg_awready),
      .s_axil_awaddr       (reg_awaddr),
      .s_axil_wvalid       (reg_wvalid),
      .s_axil_wready       (reg_wready),
      .s_axil_wdata        (reg_wdata),
      .s_axil_wstrb        (reg_wstrb),
      .s_axil_bvalid       (reg_bvalid),
      .s_axil_bready       (reg_bready),
      .s_axil_bresp        (reg_bresp),
      .s_axil_arvalid      (reg_arvalid),
      .s_axil_arready      (reg_arready),
      .s_axil_araddr       (reg_araddr),
      .s_axil_rvalid       (reg_rvalid),
      .s_axil_rready       (reg_rready),
      .s_axil_rdata        (reg_rdata),
      .s_axil_rresp        (reg_rresp),
      .irq_o               (ch_irq[c]),
      .ready_o             (ch_ready[c]),
      .ieee1500_wrck_i     (1'b0),
      .ieee1500_wrst_n_i   (1'b1),
      .ieee1500_shiftwr_i  (1'b0),
      .ieee1500_capturewr_i(1'b0),
      .ieee1500_updatewr_i (1'b0),
      .ieee1500_selectwir_i(1'b0),
      .ieee1500_wsi_i      (1'b0),
      .ieee1500_wso_o      (),
      .pins_o              (pins_o[c]),
      .pins_i              (pins_i[c])
    );
  end

  // Levels of the channels, each on its own, to the tile's clock
  tessera_sync #(
    .Width(Channels)
  ) u_irq (
    .clk_i,
    .rst_ni,
    .d_i(ch_irq),
    .q_o(irq)
  );
  tessera_sync #(
    .Width(Channels)
  ) u_ready (
    .clk_i,
    .rst_ni,
    .d_i(ch_ready),
    .q_o(ready)
  );
  assign irq_o   = irq != '0;
  assign ready_o = ready == '1;

endmodule
