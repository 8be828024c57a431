// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One Tessera slice: a matrix-multiply tile with its control block, LOAD and STORE engines, and AXI4 memory ports.
//
//   Handshake   AXI4-Lite slave for the host; AXI4 masters to memory, full-grain INCR bursts that never cross a granule.
//   Latency     docs/performance.md.
//   Throughput  Rows * Cols * 32 8-bit multiply-accumulates per cycle; one grain read and one written per port and cycle.
//   Reset       Asynchronous, active low; memories keep whatever they held.
//
// Address bits from `INTERLEAVE` up choose the port of a burst. ARID: 0 is the program fetch, 1 + i is LOAD
// lane i, 1 + LoadLanes the host window; AWID: 0 is STORE, 1 the host window.

module tessera_slice
  import tessera_spec_gen_pkg::*;
  import tessera_pkg::*;
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
  parameter int unsigned Ports       = 2,     // A power of two
  parameter int unsigned HostWindow  = 0      // 1: s_axi reaches memory; 0: tie it off
) (
  input  logic clk_i,
  input  logic rst_ni,
  output logic irq_o,  // Level: an enabled bit of IRQ_STATUS is set
  output logic [3:0] interleave_o,  // Register INTERLEAVE, for what lies behind the ports

  // Host: AXI4-Lite, 32 bit
  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [11:0] s_axil_awaddr,
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
  input  logic [11:0] s_axil_araddr,
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

  // Memory: AXI4, 256 bit, one set of channels per port
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

  // Engine 0 is MATMUL, 1 STORE, 2 + i LOAD lane i. Read master 0 is the fetch, 1 + i LOAD lane i.
  localparam int unsigned Engines  = 2 + LoadLanes;
  localparam int unsigned Masters  = 1 + LoadLanes;
  localparam int unsigned BankBits = $clog2(Rows > Cols ? Rows : Cols);
  localparam int unsigned OutBits  = $clog2(OutDepth);

  if (Rows < 4 || Rows > 32 || (Rows & (Rows - 1)) != 0 || Cols < 4 || Cols > 32 || (Cols & (Cols - 1)) != 0)
  begin : gen_bad_grid
    $error("tessera_slice: Rows and Cols must be powers of two from 4 to 32");
  end
  if (LoadLanes < 1 || LoadLanes > MAX_LOAD_LANES) begin : gen_bad_lanes
    $error("tessera_slice: LoadLanes must be 1 to 4");
  end
  if (Ports < 1 || Ports > 8 || (Ports & (Ports - 1)) != 0) begin : gen_bad_ports
    $error("tessera_slice: Ports must be 1, 2, 4 or 8");
  end
  if (Formats < 1 || Formats > 15) begin : gen_bad_formats
    $error("tessera_slice: Formats must be a mask of operand formats, 1 to 15");
  end

  // Control --------------------------------------------------------------------------------------------
  logic      [Engines-1:0] issue_valid, issue_ready, done_valid, fault_valid, quiet;
  issue_t    [Engines-1:0] issue;
  sem_mask_t [Engines-1:0] done_post;
  pc_t       [Engines-1:0] done_pc;
  grain_t    [Engines-1:0] done_word;
  fault_t    [Engines-1:0] fault;
  activity_e [Engines-1:0] activity;
  logic                    flush, start, pass;
  logic [3:0]              interleave;
  num_status_t             num_status;
  logic [Ports-1:0]        rd_beats, wr_beats;

  logic   [Masters-1:0] req_valid, req_ready, rsp_valid, rsp_ready;
  burst_t [Masters-1:0] req;
  rbeat_t [Masters-1:0] rsp;

  tessera_control #(
    .Rows       (Rows),
    .Cols       (Cols),
    .AccBits    (AccBits),
    .Formats    (4'(Formats)),
    .ADepth     (ADepth),
    .BDepth     (BDepth),
    .AScaleDepth(AScaleDepth),
    .BScaleDepth(BScaleDepth),
    .PsumTiles  (PsumTiles),
    .OutDepth   (OutDepth),
    .ColDepth   (ColDepth),
    .LoadLanes  (LoadLanes),
    .Ports      (Ports)
  ) u_control (
    .clk_i,
    .rst_ni,
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
    .irq_o,
    .fetch_req_valid_o(req_valid[0]),
    .fetch_req_ready_i(req_ready[0]),
    .fetch_req_o      (req[0]),
    .fetch_rsp_valid_i(rsp_valid[0]),
    .fetch_rsp_ready_o(rsp_ready[0]),
    .fetch_rsp_i      (rsp[0]),
    .issue_valid_o    (issue_valid),
    .issue_ready_i    (issue_ready),
    .issue_o          (issue),
    .done_valid_i     (done_valid),
    .done_post_i      (done_post),
    .done_pc_i        (done_pc),
    .done_word_i      (done_word),
    .fault_valid_i    (fault_valid),
    .fault_i          (fault),
    .activity_i       (activity),
    .quiet_i          (quiet),
    .flush_o          (flush),
    .start_o          (start),
    .interleave_o     (interleave),
    .num_status_i     (num_status),
    .pass_i           (pass),
    .rd_beats_i       (rd_beats),
    .wr_beats_i       (wr_beats)
  );

  // LOAD lanes -----------------------------------------------------------------------------------------
  logic   [LoadLanes-1:0]               wr_valid, wr_ready;
  space_e [LoadLanes-1:0]               wr_space;
  logic   [LoadLanes-1:0][BankBits-1:0] wr_bank;
  logic   [LoadLanes-1:0][15:0]         wr_addr;
  grain_t [LoadLanes-1:0]               wr_data;

  for (genvar l = 0; l < LoadLanes; l++) begin : gen_load
    tessera_load #(
      .Rows(Rows),
      .Cols(Cols)
    ) u_load (
      .clk_i,
      .rst_ni,
      .interleave_i (interleave),
      .issue_valid_i(issue_valid[2+l]),
      .issue_ready_o(issue_ready[2+l]),
      .issue_i      (issue[2+l]),
      .done_valid_o (done_valid[2+l]),
      .done_post_o  (done_post[2+l]),
      .done_pc_o    (done_pc[2+l]),
      .done_word_o  (done_word[2+l]),
      .fault_valid_o(fault_valid[2+l]),
      .fault_o      (fault[2+l]),
      .activity_o   (activity[2+l]),
      .flush_i      (flush),
      .quiet_o      (quiet[2+l]),
      .req_valid_o  (req_valid[1+l]),
      .req_ready_i  (req_ready[1+l]),
      .req_o        (req[1+l]),
      .rsp_valid_i  (rsp_valid[1+l]),
      .rsp_ready_o  (rsp_ready[1+l]),
      .rsp_i        (rsp[1+l]),
      .wr_valid_o   (wr_valid[l]),
      .wr_ready_i   (wr_ready[l]),
      .wr_space_o   (wr_space[l]),
      .wr_bank_o    (wr_bank[l]),
      .wr_addr_o    (wr_addr[l]),
      .wr_data_o    (wr_data[l])
    );
  end

  logic   [Rows-1:0]       a_wr_en, a_scale_wr_en;
  logic   [Rows-1:0][15:0] a_addr, a_scale_addr;
  grain_t [Rows-1:0]       a_data, a_scale_data;
  logic   [Cols-1:0]       b_wr_en, b_scale_wr_en;
  logic   [Cols-1:0][15:0] b_addr, b_scale_addr;
  grain_t [Cols-1:0]       b_data, b_scale_data;
  logic                    col_wr_en;
  logic   [15:0]           col_addr;
  grain_t                  col_data;

  tessera_load_steer #(
    .Lanes(LoadLanes),
    .Rows (Rows),
    .Cols (Cols)
  ) u_load_steer (
    .clk_i,
    .rst_ni,
    .valid_i        (wr_valid),
    .ready_o        (wr_ready),
    .space_i        (wr_space),
    .bank_i         (wr_bank),
    .addr_i         (wr_addr),
    .data_i         (wr_data),
    .a_wr_en_o      (a_wr_en),
    .a_addr_o       (a_addr),
    .a_data_o       (a_data),
    .a_scale_wr_en_o(a_scale_wr_en),
    .a_scale_addr_o (a_scale_addr),
    .a_scale_data_o (a_scale_data),
    .b_wr_en_o      (b_wr_en),
    .b_addr_o       (b_addr),
    .b_data_o       (b_data),
    .b_scale_wr_en_o(b_scale_wr_en),
    .b_scale_addr_o (b_scale_addr),
    .b_scale_data_o (b_scale_data),
    .col_wr_en_o    (col_wr_en),
    .col_addr_o     (col_addr),
    .col_data_o     (col_data)
  );

  // Compute --------------------------------------------------------------------------------------------
  logic               out_rd_en;
  logic [OutBits-1:0] out_rd_addr;
  logic [15:0]        out_rd_grain;
  grain_t             out_rd_data;
  assign out_rd_grain = 16'(out_rd_addr);

  tessera_compute #(
    .Rows       (Rows),
    .Cols       (Cols),
    .AccBits    (AccBits),
    .Formats    (4'(Formats)),
    .ADepth     (ADepth),
    .BDepth     (BDepth),
    .AScaleDepth(AScaleDepth),
    .BScaleDepth(BScaleDepth),
    .PsumTiles  (PsumTiles),
    .OutDepth   (OutDepth),
    .ColDepth   (ColDepth)
  ) u_compute (
    .clk_i,
    .rst_ni,
    .issue_valid_i  (issue_valid[0]),
    .issue_ready_o  (issue_ready[0]),
    .issue_i        (issue[0]),
    .done_valid_o   (done_valid[0]),
    .done_post_o    (done_post[0]),
    .done_pc_o      (done_pc[0]),
    .done_word_o    (done_word[0]),
    .fault_valid_o  (fault_valid[0]),
    .fault_o        (fault[0]),
    .activity_o     (activity[0]),
    .start_i        (start),
    .flush_i        (flush),
    .quiet_o        (quiet[0]),
    .num_status_o   (num_status),
    .pass_o         (pass),
    .a_wr_en_i      (a_wr_en),
    .a_addr_i       (a_addr),
    .a_data_i       (a_data),
    .a_scale_wr_en_i(a_scale_wr_en),
    .a_scale_addr_i (a_scale_addr),
    .a_scale_data_i (a_scale_data),
    .b_wr_en_i      (b_wr_en),
    .b_addr_i       (b_addr),
    .b_data_i       (b_data),
    .b_scale_wr_en_i(b_scale_wr_en),
    .b_scale_addr_i (b_scale_addr),
    .b_scale_data_i (b_scale_data),
    .col_wr_en_i    (col_wr_en),
    .col_addr_i     (col_addr),
    .col_data_i     (col_data),
    .out_rd_en_i    (out_rd_en),
    .out_rd_addr_i  (out_rd_grain),
    .out_rd_data_o  (out_rd_data)
  );

  // STORE ----------------------------------------------------------------------------------------------
  logic                            st_req_valid, st_req_ready, st_data_valid, st_data_ready;
  burst_t                          st_req;
  wbeat_t                          st_data;
  logic [Ports-1:0]                resp_valid, resp_err;
  logic [Ports-1:0][ADDR_BITS-1:0] resp_addr;

  tessera_store #(
    .Ports   (Ports),
    .OutDepth(OutDepth)
  ) u_store (
    .clk_i,
    .rst_ni,
    .interleave_i (interleave),
    .issue_valid_i(issue_valid[1]),
    .issue_ready_o(issue_ready[1]),
    .issue_i      (issue[1]),
    .done_valid_o (done_valid[1]),
    .done_post_o  (done_post[1]),
    .done_pc_o    (done_pc[1]),
    .done_word_o  (done_word[1]),
    .fault_valid_o(fault_valid[1]),
    .fault_o      (fault[1]),
    .activity_o   (activity[1]),
    .flush_i      (flush),
    .quiet_o      (quiet[1]),
    .out_rd_en_o  (out_rd_en),
    .out_rd_addr_o(out_rd_addr),
    .out_rd_data_i(out_rd_data),
    .req_valid_o  (st_req_valid),
    .req_ready_i  (st_req_ready),
    .req_o        (st_req),
    .wdata_valid_o(st_data_valid),
    .wdata_ready_i(st_data_ready),
    .wdata_o      (st_data),
    .resp_valid_i (resp_valid),
    .resp_err_i   (resp_err),
    .resp_addr_i  (resp_addr)
  );

  // Memory ports ---------------------------------------------------------------------------------------
  assign interleave_o = interleave;

  tessera_mem_ports #(
    .Masters   (Masters),
    .Ports     (Ports),
    .HostWindow(HostWindow)
  ) u_mem_ports (
    .clk_i,
    .rst_ni,
    .interleave_i   (interleave),
    .req_valid_i    (req_valid),
    .req_ready_o    (req_ready),
    .req_i          (req),
    .rsp_valid_o    (rsp_valid),
    .rsp_ready_i    (rsp_ready),
    .rsp_o          (rsp),
    .st_req_valid_i (st_req_valid),
    .st_req_ready_o (st_req_ready),
    .st_req_i       (st_req),
    .st_data_valid_i(st_data_valid),
    .st_data_ready_o(st_data_ready),
    .st_data_i      (st_data),
    .resp_valid_o   (resp_valid),
    .resp_err_o     (resp_err),
    .resp_addr_o    (resp_addr),
    .rd_beat_o      (rd_beats),
    .wr_beat_o      (wr_beats),
    .s_axi_awvalid, .s_axi_awready, .s_axi_awid, .s_axi_awaddr, .s_axi_awlen, .s_axi_awsize, .s_axi_awburst,
    .s_axi_wvalid, .s_axi_wready, .s_axi_wdata, .s_axi_wstrb, .s_axi_wlast,
    .s_axi_bvalid, .s_axi_bready, .s_axi_bid, .s_axi_bresp,
    .s_axi_arvalid, .s_axi_arready, .s_axi_arid, .s_axi_araddr, .s_axi_arlen, .s_axi_arsize, .s_axi_arburst,
    .s_axi_rvalid, .s_axi_rready, .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast,
    .m_axi_arvalid, .m_axi_arready, .m_axi_arid, .m_axi_araddr, .m_axi_arlen, .m_axi_arsize, .m_axi_arburst,
    .m_axi_arcache, .m_axi_arprot,
    .m_axi_rvalid, .m_axi_rready, .m_axi_rid, .m_axi_rdata, .m_axi_rresp, .m_axi_rlast,
    .m_axi_awvalid, .m_axi_awready, .m_axi_awid, .m_axi_awaddr, .m_axi_awlen, .m_axi_awsize, .m_axi_awburst,
    .m_axi_awcache, .m_axi_awprot,
    .m_axi_wvalid, .m_axi_wready, .m_axi_wdata, .m_axi_wstrb, .m_axi_wlast,
    .m_axi_bvalid, .m_axi_bready, .m_axi_bid, .m_axi_bresp
  );

endmodule
