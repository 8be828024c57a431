// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Distributes STORE's write bursts over the AXI4 write channels of the memory ports.
//
// The port of a burst is (addr >> interleave_i) mod Ports; its data follow to the same port. AW and W of a port wait
// for memory independently: data may be taken before or after their address, so memory may make either wait for the
// other. Each port remembers the addresses of its unanswered bursts (AXI4 answers one ID in order).
//
//   Handshake   req and wdata are ready/valid; wdata holds the beats of the bursts in request order, and a beat is
//               taken only after its burst's request. resp_valid_o is a pulse per finished burst and cannot be
//               refused: BREADY is constant 1. AW and W leave registers.
//   Latency     req to AWVALID 1 cycle, wdata to WVALID 1 cycle, BVALID to resp_valid_o 0 cycles.
//   Throughput  1 burst and 1 beat per cycle.
//   Reset       Forgets everything; memory must be reset with it.

module tessera_wr_mux
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  parameter int unsigned Ports     = 2,   // A power of two, at most 16
  parameter int unsigned MaxBursts = 64,  // Bursts unanswered per port, at least 2
  parameter int unsigned Lead      = 16   // Bursts whose requests may be taken before their data end
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic [3:0]                       interleave_i,  // 8 to 12; changes only while no burst is inside

  // STORE
  input  logic                             req_valid_i,
  output logic                             req_ready_o,
  input  burst_t                           req_i,
  input  logic                             wdata_valid_i,
  output logic                             wdata_ready_o,
  input  wbeat_t                           wdata_i,
  output logic [Ports-1:0]                 resp_valid_o,
  output logic [Ports-1:0]                 resp_err_o,    // SLVERR or DECERR
  output logic [Ports-1:0][ADDR_BITS-1:0]  resp_addr_o,   // Address of the burst answered

  // AXI4 write channels
  output logic [Ports-1:0]                 m_axi_awvalid,
  input  logic [Ports-1:0]                 m_axi_awready,
  output logic [Ports-1:0][3:0]            m_axi_awid,
  output logic [Ports-1:0][ADDR_BITS-1:0]  m_axi_awaddr,
  output logic [Ports-1:0][7:0]            m_axi_awlen,
  output logic [Ports-1:0][2:0]            m_axi_awsize,
  output logic [Ports-1:0][1:0]            m_axi_awburst,
  output logic [Ports-1:0][3:0]            m_axi_awcache,
  output logic [Ports-1:0][2:0]            m_axi_awprot,
  output logic [Ports-1:0]                 m_axi_wvalid,
  input  logic [Ports-1:0]                 m_axi_wready,
  output logic [Ports-1:0][GrainBits-1:0]  m_axi_wdata,
  output logic [Ports-1:0][GRAIN_BYTES-1:0] m_axi_wstrb,
  output logic [Ports-1:0]                 m_axi_wlast,
  input  logic [Ports-1:0]                 m_axi_bvalid,
  output logic [Ports-1:0]                 m_axi_bready,
  input  logic [Ports-1:0][3:0]            m_axi_bid,
  input  logic [Ports-1:0][1:0]            m_axi_bresp,

  // Counters
  output logic [Ports-1:0]                 wr_beat_o      // A write beat moved on this port
);

  localparam int unsigned PortBits  = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned LeadBits  = $clog2(Lead + 1);
  localparam int unsigned CountBits = $clog2(MaxBursts + 1);

  logic [PortBits-1:0] req_port, w_port;
  tessera_port_select #(
    .Ports(Ports)
  ) u_select (
    .interleave_i,
    .addr_i(req_i.addr),
    .port_o(req_port)
  );

  // A request is taken when its port's AW register and both lists have room.
  logic [Ports-1:0] aw_ready, addr_ready, w_ready;
  logic             order_ready, w_open, take, w_take, w_done;
  assign req_ready_o   = order_ready && aw_ready[req_port] && addr_ready[req_port];
  assign take          = req_valid_i && req_ready_o;
  assign wdata_ready_o = w_open && w_ready[w_port];
  assign w_take        = wdata_valid_i && wdata_ready_o;
  assign w_done        = w_take && wdata_i.last;

  // Ports of the bursts whose data are still to come
  logic [LeadBits-1:0] unused_lead;
  tessera_fifo #(
    .Width(PortBits),
    .Depth(Lead)
  ) u_order (
    .clk_i,
    .rst_ni,
    .valid_i(take),
    .ready_o(order_ready),
    .data_i (req_port),
    .valid_o(w_open),
    .ready_i(w_done),
    .data_o (w_port),
    .count_o(unused_lead)
  );

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    logic                 aw_push, w_push, addr_valid;
    logic [CountBits-1:0] unused_count;
    wbeat_t               w_beat;
    assign aw_push = take && req_port == PortBits'(p);
    assign w_push  = w_take && w_port == PortBits'(p);

    burst_t aw_burst;
    tessera_skid_buffer #(
      .Width($bits(burst_t))
    ) u_aw (
      .clk_i,
      .rst_ni,
      .valid_i(aw_push),
      .ready_o(aw_ready[p]),
      .data_i (req_i),
      .valid_o(m_axi_awvalid[p]),
      .ready_i(m_axi_awready[p]),
      .data_o (aw_burst)
    );

    tessera_skid_buffer #(
      .Width($bits(wbeat_t))
    ) u_w (
      .clk_i,
      .rst_ni,
      .valid_i(w_push),
      .ready_o(w_ready[p]),
      .data_i (wdata_i),
      .valid_o(m_axi_wvalid[p]),
      .ready_i(m_axi_wready[p]),
      .data_o (w_beat)
    );

    // Addresses of the unanswered bursts
    tessera_fifo_sram #(
      .Width(ADDR_BITS),
      .Depth(MaxBursts)
    ) u_addr (
      .clk_i,
      .rst_ni,
      .valid_i(aw_push),
      .ready_o(addr_ready[p]),
      .data_i (req_i.addr),
      .valid_o(addr_valid),
      .ready_i(m_axi_bvalid[p]),
      .data_o (resp_addr_o[p]),
      .count_o(unused_count)
    );

    assign m_axi_awid[p]    = 4'd0;
    assign m_axi_awaddr[p]  = aw_burst.addr;
    assign m_axi_awlen[p]   = aw_burst.len;
    assign m_axi_awsize[p]  = 3'($clog2(GRAIN_BYTES));
    assign m_axi_awburst[p] = 2'b01;    // INCR
    assign m_axi_awcache[p] = 4'b0011;  // Normal, non-cacheable, bufferable
    assign m_axi_awprot[p]  = 3'b000;
    assign m_axi_wdata[p]   = w_beat.data;
    assign m_axi_wstrb[p]   = w_beat.strb;
    assign m_axi_wlast[p]   = w_beat.last;
    assign m_axi_bready[p]  = 1'b1;
    assign resp_valid_o[p]  = m_axi_bvalid[p];
    assign resp_err_o[p]    = m_axi_bresp[p][1];
    assign wr_beat_o[p]     = m_axi_wvalid[p] && m_axi_wready[p];

    logic unused;
    assign unused = ^{unused_count, addr_valid, m_axi_bid[p], m_axi_bresp[p][0]};

`ifndef SYNTHESIS
    logic in_reset;
    assign in_reset = !rst_ni;

    a_answer_has_a_burst : assert property (@(posedge clk_i) disable iff (in_reset)
        m_axi_bvalid[p] |-> addr_valid);
    a_answer_has_our_id  : assert property (@(posedge clk_i) disable iff (in_reset)
        m_axi_bvalid[p] |-> m_axi_bid[p] == 4'd0);
    a_aw_stable          : assert property (@(posedge clk_i) disable iff (in_reset)
        m_axi_awvalid[p] && !m_axi_awready[p] |=>
        m_axi_awvalid[p] && $stable({m_axi_awaddr[p], m_axi_awlen[p]}));
    a_w_stable           : assert property (@(posedge clk_i) disable iff (in_reset)
        m_axi_wvalid[p] && !m_axi_wready[p] |=>
        m_axi_wvalid[p] && $stable({m_axi_wdata[p], m_axi_wstrb[p], m_axi_wlast[p]}));
`endif
  end

  logic unused_bits;
  assign unused_bits = ^unused_lead;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_interleave_in_range : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_i |-> interleave_i >= 4'd8 && interleave_i <= 4'd12);
  a_request_stable      : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_i && !req_ready_o |=> req_valid_i && $stable(req_i));
  a_data_stable         : assert property (@(posedge clk_i) disable iff (in_reset)
      wdata_valid_i && !wdata_ready_o |=> wdata_valid_i && $stable(wdata_i));
`endif

endmodule
