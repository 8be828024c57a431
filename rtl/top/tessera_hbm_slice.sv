// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// A Tessera slice with HBM3 behind its memory ports: the tile on one clock, the memory channels on another.
//
//   Handshake   AXI4-Lite slave for the registers: 4 KiB of the slice at 0, of channel c at 0x1000 * (1 + c), the rest
//               answers DECERR. AXI4 slave for the host's window to memory. Pins of each channel to a device.
//   Latency     docs/hbm/integration.md.
//   Throughput  A port moves one grain per cycle of the slower clock and direction, a pseudo-channel one per hbm_clk_i cycle.
//   Reset       Asynchronous, active low: either reset resets everything, released in step with each clock. Memory
//               serves accesses from ready_o on; before, they answer SLVERR.
//
// Port p is pseudo-channel p mod 2 of channel p / 2. Address bits from `INTERLEAVE` up choose the port; they are removed on
// the way, so memory is dense from 0 to Ports times a pseudo-channel's size, and DECERR beyond.

module tessera_hbm_slice
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
  import tessera_hbm_pkg::pins_out_t, tessera_hbm_pkg::pins_in_t;
#(
  parameter int unsigned Rows        = 8,     // PE grid; powers of two, 4 to 32
  parameter int unsigned Cols        = 8,
  parameter int unsigned AccBits     = 128,   // Accumulator: 64, 96 or 128
  parameter int unsigned Formats     = 15,    // Operand formats in the build: bit = format_e code
  parameter int unsigned ADepth      = 1024,  // Grains per bank
  parameter int unsigned BDepth      = 1024,
  parameter int unsigned AScaleDepth = 128,
  parameter int unsigned BScaleDepth = 128,
  parameter int unsigned PsumTiles   = 128,   // Rows x Cols accumulators each
  parameter int unsigned OutDepth    = 2048,  // Grains
  parameter int unsigned ColDepth    = 64,    // Grains
  parameter int unsigned LoadLanes   = 2,     // 1 to 4
  parameter int unsigned Ports       = 2,     // 1, 2, 4 or 8
  parameter int unsigned Sids        = 2,     // HBM: stack IDs of the part, 1, 2 or 4
  parameter int unsigned RowBits     = 14,    // HBM: row address bits, up to 15
  parameter int unsigned RdqDepth    = 64,    // HBM: reads the scheduler sees per pseudo-channel
  parameter int unsigned WrqDepth    = 64,    // HBM: writes likewise
  parameter int unsigned RobDepth    = 256,   // HBM: grains of read data reordered per pseudo-channel
  parameter int unsigned AutoStart   = 1,     // HBM: 1: initialise after reset; 0: wait for the channels' CTRL.START
  localparam int unsigned Channels = (Ports + 1) / 2
) (
  // Tile
  input  logic clk_i,
  input  logic rst_ni,
  output logic irq_o,    // Level: of the slice or of a channel
  output logic ready_o,  // Level: memory serves accesses

  // Host: AXI4-Lite, 32 bit
  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [15:0] s_axil_awaddr,
  input  logic [2:0]  s_axil_awprot,
  input  logic        s_axil_wvalid,
  output logic        s_axil_wready,
  input  logic [31:0] s_axil_wdata,
  input  logic [3:0]  s_axil_wstrb,
  output logic        s_axil_bvalid,
  input  logic        s_axil_bready,
  output logic [1:0]  s_axil_bresp,
  input  logic        s_axil_arvalid,
  output logic        s_axil_arready,
  input  logic [15:0] s_axil_araddr,
  input  logic [2:0]  s_axil_arprot,
  output logic        s_axil_rvalid,
  input  logic        s_axil_rready,
  output logic [31:0] s_axil_rdata,
  output logic [1:0]  s_axil_rresp,

  // Host's window to memory: AXI4, 256 bit, any bursts
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
  input  logic      hbm_clk_i,  // DFI clock: half the command clock
  input  logic      hbm_rst_ni,
  output pins_out_t pins_o [Channels],
  input  pins_in_t  pins_i [Channels]
);

  localparam int unsigned Targets = 1 + Channels;  // Of register accesses: the slice, then the channels

  logic rst_n, hbm_rst_n;
  tessera_cdc_reset u_reset (
    .a_clk_i (clk_i),
    .a_rst_ni(rst_ni),
    .a_rst_no(rst_n),
    .b_clk_i (hbm_clk_i),
    .b_rst_ni(hbm_rst_ni),
    .b_rst_no(hbm_rst_n)
  );

  // Registers --------------------------------------------------------------------------------------------
  logic [Targets-1:0]       reg_awvalid, reg_awready, reg_wvalid, reg_wready, reg_bvalid, reg_bready;
  logic [Targets-1:0]       reg_arvalid, reg_arready, reg_rvalid, reg_rready;
  logic [11:0]              reg_awaddr, reg_araddr;
  logic [31:0]              reg_wdata;
  logic [3:0]               reg_wstrb;
  logic [Targets-1:0][1:0]  reg_bresp, reg_rresp;
  logic [Targets-1:0][31:0] reg_rdata;

  tessera_axil_demux #(
    .Targets(Targets)
  ) u_demux (
    .clk_i,
    .rst_ni        (rst_n),
    .s_axil_awvalid,
    .s_axil_awready,
    .s_axil_awaddr,
    .s_axil_wvalid,
    .s_axil_wready,
    .s_axil_wdata,
    .s_axil_wstrb,
    .s_axil_bvalid,
    .s_axil_bready,
    .s_axil_bresp,
    .s_axil_arvalid,
    .s_axil_arready,
    .s_axil_araddr,
    .s_axil_rvalid,
    .s_axil_rready,
    .s_axil_rdata,
    .s_axil_rresp,
    .m_axil_awvalid (reg_awvalid),
    .m_axil_awready (reg_awready),
    .m_axil_awaddr  (reg_awaddr),
    .m_axil_wvalid  (reg_wvalid),
    .m_axil_wready  (reg_wready),
    .m_axil_wdata   (reg_wdata),
    .m_axil_wstrb   (reg_wstrb),
    .m_axil_bvalid  (reg_bvalid),
    .m_axil_bready  (reg_bready),
    .m_axil_bresp   (reg_bresp),
    .m_axil_arvalid (reg_arvalid),
    .m_axil_arready (reg_arready),
    .m_axil_araddr  (reg_araddr),
    .m_axil_rvalid  (reg_rvalid),
    .m_axil_rready  (reg_rready),
    .m_axil_rdata   (reg_rdata),
    .m_axil_rresp   (reg_rresp)
  );

  // Tile -------------------------------------------------------------------------------------------------
  logic       slice_irq, memory_irq;
  logic [3:0] interleave;

  logic [Ports-1:0]                  awvalid, awready, wvalid, wready, wlast, bvalid, bready;
  logic [Ports-1:0]                  arvalid, arready, rvalid, rready, rlast;
  logic [Ports-1:0][3:0]             awid, bid, arid, rid, awcache, arcache;
  logic [Ports-1:0][ADDR_BITS-1:0]   awaddr, araddr;
  logic [Ports-1:0][7:0]             awlen, arlen;
  logic [Ports-1:0][2:0]             awsize, arsize, awprot, arprot;
  logic [Ports-1:0][1:0]             awburst, arburst, bresp, rresp;
  logic [Ports-1:0][GrainBits-1:0]   wdata, rdata;
  logic [Ports-1:0][GRAIN_BYTES-1:0] wstrb;

  tessera_slice #(
    .Rows       (Rows),
    .Cols       (Cols),
    .AccBits    (AccBits),
    .Formats    (Formats),
    .ADepth     (ADepth),
    .BDepth     (BDepth),
    .AScaleDepth(AScaleDepth),
    .BScaleDepth(BScaleDepth),
    .PsumTiles  (PsumTiles),
    .OutDepth   (OutDepth),
    .ColDepth   (ColDepth),
    .LoadLanes  (LoadLanes),
    .Ports      (Ports),
    .HostWindow (1)
  ) u_slice (
    .clk_i,
    .rst_ni        (rst_n),
    .irq_o         (slice_irq),
    .interleave_o  (interleave),
    .s_axil_awvalid(reg_awvalid[0]),
    .s_axil_awready(reg_awready[0]),
    .s_axil_awaddr (reg_awaddr),
    .s_axil_awprot,
    .s_axil_wvalid (reg_wvalid[0]),
    .s_axil_wready (reg_wready[0]),
    .s_axil_wdata  (reg_wdata),
    .s_axil_wstrb  (reg_wstrb),
    .s_axil_bvalid (reg_bvalid[0]),
    .s_axil_bready (reg_bready[0]),
    .s_axil_bresp  (reg_bresp[0]),
    .s_axil_arvalid(reg_arvalid[0]),
    .s_axil_arready(reg_arready[0]),
    .s_axil_araddr (reg_araddr),
    .s_axil_arprot,
    .s_axil_rvalid (reg_rvalid[0]),
    .s_axil_rready (reg_rready[0]),
    .s_axil_rdata  (reg_rdata[0]),
    .s_axil_rresp  (reg_rresp[0]),
    .s_axi_awvalid, .s_axi_awready, .s_axi_awid, .s_axi_awaddr, .s_axi_awlen, .s_axi_awsize, .s_axi_awburst,
    .s_axi_wvalid, .s_axi_wready, .s_axi_wdata, .s_axi_wstrb, .s_axi_wlast, .s_axi_bvalid, .s_axi_bready, .s_axi_bid,
    .s_axi_bresp, .s_axi_arvalid, .s_axi_arready, .s_axi_arid, .s_axi_araddr, .s_axi_arlen, .s_axi_arsize,
    .s_axi_arburst, .s_axi_rvalid, .s_axi_rready, .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast,
    .m_axi_arvalid (arvalid),
    .m_axi_arready (arready),
    .m_axi_arid    (arid),
    .m_axi_araddr  (araddr),
    .m_axi_arlen   (arlen),
    .m_axi_arsize  (arsize),
    .m_axi_arburst (arburst),
    .m_axi_arcache (arcache),
    .m_axi_arprot  (arprot),
    .m_axi_rvalid  (rvalid),
    .m_axi_rready  (rready),
    .m_axi_rid     (rid),
    .m_axi_rdata   (rdata),
    .m_axi_rresp   (rresp),
    .m_axi_rlast   (rlast),
    .m_axi_awvalid (awvalid),
    .m_axi_awready (awready),
    .m_axi_awid    (awid),
    .m_axi_awaddr  (awaddr),
    .m_axi_awlen   (awlen),
    .m_axi_awsize  (awsize),
    .m_axi_awburst (awburst),
    .m_axi_awcache (awcache),
    .m_axi_awprot  (awprot),
    .m_axi_wvalid  (wvalid),
    .m_axi_wready  (wready),
    .m_axi_wdata   (wdata),
    .m_axi_wstrb   (wstrb),
    .m_axi_wlast   (wlast),
    .m_axi_bvalid  (bvalid),
    .m_axi_bready  (bready),
    .m_axi_bid     (bid),
    .m_axi_bresp   (bresp)
  );

  // Memory -----------------------------------------------------------------------------------------------
  tessera_hbm_memory #(
    .Ports    (Ports),
    .Sids     (Sids),
    .RowBits  (RowBits),
    .RdqDepth (RdqDepth),
    .WrqDepth (WrqDepth),
    .RobDepth (RobDepth),
    .AutoStart(AutoStart)
  ) u_memory (
    .clk_i,
    .rst_ni        (rst_n),
    .interleave_i  (interleave),
    .irq_o         (memory_irq),
    .ready_o,
    .s_axi_arvalid (arvalid),
    .s_axi_arready (arready),
    .s_axi_arid    (arid),
    .s_axi_araddr  (araddr),
    .s_axi_arlen   (arlen),
    .s_axi_arsize  (arsize),
    .s_axi_arburst (arburst),
    .s_axi_arcache (arcache),
    .s_axi_arprot  (arprot),
    .s_axi_rvalid  (rvalid),
    .s_axi_rready  (rready),
    .s_axi_rid     (rid),
    .s_axi_rdata   (rdata),
    .s_axi_rresp   (rresp),
    .s_axi_rlast   (rlast),
    .s_axi_awvalid (awvalid),
    .s_axi_awready (awready),
    .s_axi_awid    (awid),
    .s_axi_awaddr  (awaddr),
    .s_axi_awlen   (awlen),
    .s_axi_awsize  (awsize),
    .s_axi_awburst (awburst),
    .s_axi_awcache (awcache),
    .s_axi_awprot  (awprot),
    .s_axi_wvalid  (wvalid),
    .s_axi_wready  (wready),
    .s_axi_wdata   (wdata),
    .s_axi_wstrb   (wstrb),
    .s_axi_wlast   (wlast),
    .s_axi_bvalid  (bvalid),
    .s_axi_bready  (bready),
    .s_axi_bid     (bid),
    .s_axi_bresp   (bresp),
    .s_axil_awvalid(reg_awvalid[Targets-1:1]),
    .s_axil_awready(reg_awready[Targets-1:1]),
    .s_axil_awaddr (reg_awaddr),
    .s_axil_wvalid (reg_wvalid[Targets-1:1]),
    .s_axil_wready (reg_wready[Targets-1:1]),
    .s_axil_wdata  (reg_wdata),
    .s_axil_wstrb  (reg_wstrb),
    .s_axil_bvalid (reg_bvalid[Targets-1:1]),
    .s_axil_bready (reg_bready[Targets-1:1]),
    .s_axil_bresp  (reg_bresp[Targets-1:1]),
    .s_axil_arvalid(reg_arvalid[Targets-1:1]),
    .s_axil_arready(reg_arready[Targets-1:1]),
    .s_axil_araddr (reg_araddr),
    .s_axil_rvalid (reg_rvalid[Targets-1:1]),
    .s_axil_rready (reg_rready[Targets-1:1]),
    .s_axil_rdata  (reg_rdata[Targets-1:1]),
    .s_axil_rresp  (reg_rresp[Targets-1:1]),
    .hbm_clk_i,
    .hbm_rst_ni    (hbm_rst_n),
    .pins_o,
    .pins_i
  );

  assign irq_o = slice_irq || memory_irq;

endmodule
