// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Connects the read masters (fetch, LOAD lanes, host window) to the AXI4 read channels of the memory ports.
//
// The port of a burst is (addr >> interleave_i) mod Ports. Each (master, port) has a response buffer, and a burst is
// sent only when that buffer has room reserved for all of it: RREADY is constant 1, no master can block another, and
// no order of responses can deadlock. Each master remembers the port and length of its bursts in order, and gets its
// responses in that order.
//
//   Handshake   req and rsp are ready/valid. AR leaves a register. ARID is the master's number.
//   Latency     req to ARVALID 1 cycle; RVALID to rsp 2 cycles (if it is the master's turn).
//   Throughput  1 grain per cycle per master and 1 per cycle per port; 1 burst per cycle per master and per port.
//   Reset       Forgets everything; memory must be reset with it.

module tessera_rd_xbar
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  parameter int unsigned Masters    = 3,    // 1 to 16; master 0 is the program fetch
  parameter int unsigned Ports      = 2,    // A power of two, at most 16
  parameter int unsigned FifoDepth  = 128,  // Grains buffered per port for each master but fetch; longest burst
  parameter int unsigned FetchDepth = 16,   // Grains buffered per port for the fetch; its longest burst
  parameter int unsigned MaxBursts  = 128,  // Bursts outstanding per master
  parameter bit          Host       = 1'b0, // The last master is the host window
  parameter int unsigned HostDepth  = 64    // Grains buffered per port for it
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic [3:0]                 interleave_i,  // 8 to 12; changes only while every idle_o is high

  // Masters: requests, and responses in request order
  input  logic   [Masters-1:0]       req_valid_i,
  output logic   [Masters-1:0]       req_ready_o,
  input  burst_t [Masters-1:0]       req_i,
  output logic   [Masters-1:0]       rsp_valid_o,
  input  logic   [Masters-1:0]       rsp_ready_i,
  output rbeat_t [Masters-1:0]       rsp_o,
  output logic   [Masters-1:0]       rsp_decerr_o,  // With rsp_o.err: DECERR rather than SLVERR
  output logic   [Masters-1:0]       idle_o,        // Nothing outstanding

  // AXI4 read channels
  output logic [Ports-1:0]                 m_axi_arvalid,
  input  logic [Ports-1:0]                 m_axi_arready,
  output logic [Ports-1:0][3:0]            m_axi_arid,
  output logic [Ports-1:0][ADDR_BITS-1:0]  m_axi_araddr,
  output logic [Ports-1:0][7:0]            m_axi_arlen,
  output logic [Ports-1:0][2:0]            m_axi_arsize,
  output logic [Ports-1:0][1:0]            m_axi_arburst,
  output logic [Ports-1:0][3:0]            m_axi_arcache,
  output logic [Ports-1:0][2:0]            m_axi_arprot,
  input  logic [Ports-1:0]                 m_axi_rvalid,
  output logic [Ports-1:0]                 m_axi_rready,
  input  logic [Ports-1:0][3:0]            m_axi_rid,
  input  logic [Ports-1:0][GrainBits-1:0]  m_axi_rdata,
  input  logic [Ports-1:0][1:0]            m_axi_rresp,
  input  logic [Ports-1:0]                 m_axi_rlast,

  // Counters
  output logic [Ports-1:0]           rd_beat_o      // A read beat of another master than the host moved on this port
);

  if (Masters == 0 || Masters > 16) begin : gen_bad_masters
    $error("tessera_rd_xbar: Masters must be 1 to 16, the range of ARID");
  end
  if (FifoDepth < 2 || FetchDepth < 2 || HostDepth < 2) begin : gen_bad_depth
    $error("tessera_rd_xbar: FifoDepth, FetchDepth and HostDepth must be at least 2");
  end

  // want[p][m]: master m may send its burst to port p now. Once up it stays up until granted, because only the
  // master's own burst can use up its reservations.
  logic [Ports-1:0][Masters-1:0] want, gnt;
  logic [Ports-1:0]              ar_ready;
  logic [Ports-1:0][Masters-1:0] fifo_push;

  for (genvar m = 0; m < Masters; m++) begin : gen_master
    logic [Ports-1:0] want_port, gnt_port, push_port;
    for (genvar p = 0; p < Ports; p++) begin : gen_wires
      assign want[p][m]   = want_port[p];
      assign gnt_port[p]  = gnt[p][m] && ar_ready[p];
      assign push_port[p] = fifo_push[p][m];
    end

    tessera_rd_master #(
      .Ports    (Ports),
      .FifoDepth(m == 0 ? FetchDepth : Host && m == Masters - 1 ? HostDepth : FifoDepth),
      .MaxBursts(MaxBursts)
    ) u_master (
      .clk_i,
      .rst_ni,
      .interleave_i,
      .req_valid_i (req_valid_i[m]),
      .req_ready_o (req_ready_o[m]),
      .req_i       (req_i[m]),
      .rsp_valid_o (rsp_valid_o[m]),
      .rsp_ready_i (rsp_ready_i[m]),
      .rsp_o       (rsp_o[m]),
      .rsp_decerr_o(rsp_decerr_o[m]),
      .idle_o      (idle_o[m]),
      .want_o      (want_port),
      .take_i      (gnt_port),
      .push_i      (push_port),
      .data_i      (m_axi_rdata),
      .resp_i      (m_axi_rresp)
    );
  end

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    logic any_gnt;
    assign any_gnt = gnt[p] != '0;

    tessera_rr_arbiter #(
      .N(Masters)
    ) u_arbiter (
      .clk_i,
      .rst_ni,
      .req_i   (want[p]),
      .gnt_o   (gnt[p]),
      .accept_i(ar_ready[p])
    );

    burst_t     burst;
    logic [3:0] id;
    always_comb begin
      burst = '0;
      id    = '0;
      for (int unsigned m = 0; m < Masters; m++) begin
        if (gnt[p][m]) begin
          burst = req_i[m];
          id    = 4'(m);
        end
      end
    end

    localparam int unsigned ArBits = 4 + $bits(burst_t);
    logic [ArBits-1:0] ar_in, ar_out;
    assign ar_in = {id, burst};

    tessera_skid_buffer #(
      .Width(ArBits)
    ) u_ar (
      .clk_i,
      .rst_ni,
      .valid_i(any_gnt),
      .ready_o(ar_ready[p]),
      .data_i (ar_in),
      .valid_o(m_axi_arvalid[p]),
      .ready_i(m_axi_arready[p]),
      .data_o (ar_out)
    );

    assign {m_axi_arid[p], m_axi_araddr[p], m_axi_arlen[p]} = ar_out;
    assign m_axi_arsize[p]  = 3'($clog2(GRAIN_BYTES));
    assign m_axi_arburst[p] = 2'b01;    // INCR
    assign m_axi_arcache[p] = 4'b0011;  // Normal, non-cacheable, bufferable
    assign m_axi_arprot[p]  = 3'b000;
    assign m_axi_rready[p]  = 1'b1;
    assign rd_beat_o[p]     = m_axi_rvalid[p] && !(Host && m_axi_rid[p] == 4'(Masters - 1));

    for (genvar m = 0; m < Masters; m++) begin : gen_route
      assign fifo_push[p][m] = m_axi_rvalid[p] && m_axi_rid[p] == 4'(m);
    end
  end

  // Lengths are counted from the requests; RLAST is only checked.
  logic unused_rlast;
  assign unused_rlast = ^m_axi_rlast;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_interleave_in_range : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_i != '0 |-> interleave_i >= 4'd8 && interleave_i <= 4'd12);

  for (genvar p = 0; p < Ports; p++) begin : gen_check
    a_ar_stable    : assert property (@(posedge clk_i) disable iff (in_reset)
        m_axi_arvalid[p] && !m_axi_arready[p] |=>
        m_axi_arvalid[p] && $stable({m_axi_arid[p], m_axi_araddr[p], m_axi_arlen[p]}));
    a_rid_is_known : assert property (@(posedge clk_i) disable iff (in_reset)
        m_axi_rvalid[p] |-> 32'(m_axi_rid[p]) < Masters);
  end
`endif

endmodule
