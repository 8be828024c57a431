// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One AXI4-Lite port from a host's clock domain to a slave's, one access at a time.
//
// The access is held in registers of the host's side while a request level crosses; the answer is held in registers of
// the slave's side while an acknowledge level crosses back. Both levels return to 0 before the next access, so only
// two single bits pass synchronisers, and what they announce is stable when it is looked at.
//
//   Handshake   AXI4-Lite on both sides; the address and the data of a write in any order. One access inside; reads and
//               writes that wait take turns.
//   Latency     About 3 cycles of each clock to the slave, as many back.
//   Throughput  An access every 6 cycles or so of each clock, and the slave's own time.
//   Reset       A reset of either side empties the crossing: an access under way is lost, so neither neighbour may have
//               one, or it is reset too.

module tessera_axil_cdc #(
  parameter int unsigned AddrBits = 12
) (
  // Host's side
  input  logic                s_clk_i,
  input  logic                s_rst_ni,
  input  logic                s_axil_awvalid,
  output logic                s_axil_awready,
  input  logic [AddrBits-1:0] s_axil_awaddr,
  input  logic                s_axil_wvalid,
  output logic                s_axil_wready,
  input  logic [31:0]         s_axil_wdata,
  input  logic [3:0]          s_axil_wstrb,
  output logic                s_axil_bvalid,
  input  logic                s_axil_bready,
  output logic [1:0]          s_axil_bresp,
  input  logic                s_axil_arvalid,
  output logic                s_axil_arready,
  input  logic [AddrBits-1:0] s_axil_araddr,
  output logic                s_axil_rvalid,
  input  logic                s_axil_rready,
  output logic [31:0]         s_axil_rdata,
  output logic [1:0]          s_axil_rresp,

  // Slave's side
  input  logic                m_clk_i,
  input  logic                m_rst_ni,
  output logic                m_axil_awvalid,
  input  logic                m_axil_awready,
  output logic [AddrBits-1:0] m_axil_awaddr,
  output logic                m_axil_wvalid,
  input  logic                m_axil_wready,
  output logic [31:0]         m_axil_wdata,
  output logic [3:0]          m_axil_wstrb,
  input  logic                m_axil_bvalid,
  output logic                m_axil_bready,
  input  logic [1:0]          m_axil_bresp,
  output logic                m_axil_arvalid,
  input  logic                m_axil_arready,
  output logic [AddrBits-1:0] m_axil_araddr,
  input  logic                m_axil_rvalid,
  output logic                m_axil_rready,
  input  logic [31:0]         m_axil_rdata,
  input  logic [1:0]          m_axil_rresp
);

  logic s_rst_n, m_rst_n;
  tessera_cdc_reset u_reset (
    .a_clk_i (s_clk_i),
    .a_rst_ni(s_rst_ni),
    .a_rst_no(s_rst_n),
    .b_clk_i (m_clk_i),
    .b_rst_ni(m_rst_ni),
    .b_rst_no(m_rst_n)
  );

  logic req_q, req_at_m, ack_q, ack_at_s;
  tessera_sync u_req (
    .clk_i (m_clk_i),
    .rst_ni(m_rst_n),
    .d_i   (req_q),
    .q_o   (req_at_m)
  );
  tessera_sync u_ack (
    .clk_i (s_clk_i),
    .rst_ni(s_rst_n),
    .d_i   (ack_q),
    .q_o   (ack_at_s)
  );

  // Host's side ------------------------------------------------------------------------------------------
  // Invariant: the access registers do not change while req_q or ack_at_s is high.
  logic                live_q;  // Out of reset
  logic                aw_full_q, w_full_q, ar_full_q, b_full_q, r_full_q;
  logic                is_read_q, read_next_q;
  logic [AddrBits-1:0] aw_addr_q, ar_addr_q;
  logic [31:0]         w_data_q, r_data_q;
  logic [3:0]          w_strb_q;
  logic [1:0]          b_resp_q, r_resp_q;

  logic write_waits, read_waits, launch, launch_read, answered;
  assign write_waits = aw_full_q && w_full_q && !b_full_q;
  assign read_waits  = ar_full_q && !r_full_q;
  assign launch      = !req_q && !ack_at_s && (write_waits || read_waits);
  assign launch_read = read_waits && (read_next_q || !write_waits);
  assign answered    = req_q && ack_at_s;

  assign s_axil_awready = live_q && !aw_full_q;
  assign s_axil_wready  = live_q && !w_full_q;
  assign s_axil_arready = live_q && !ar_full_q;
  assign s_axil_bvalid  = b_full_q;
  assign s_axil_bresp   = b_resp_q;
  assign s_axil_rvalid  = r_full_q;
  assign s_axil_rresp   = r_resp_q;
  assign s_axil_rdata   = r_data_q;

  // The answer of the slave's side, stable while ack_q is high
  logic [31:0] m_data_q;
  logic [1:0]  m_resp_q;

  always_ff @(posedge s_clk_i or negedge s_rst_n) begin
    if (!s_rst_n) begin
      live_q      <= 1'b0;
      aw_full_q   <= 1'b0;
      w_full_q    <= 1'b0;
      ar_full_q   <= 1'b0;
      b_full_q    <= 1'b0;
      r_full_q    <= 1'b0;
      req_q       <= 1'b0;
      read_next_q <= 1'b0;
    end else begin
      live_q <= 1'b1;
      if (s_axil_awvalid && s_axil_awready) aw_full_q <= 1'b1;
      if (s_axil_wvalid && s_axil_wready)   w_full_q  <= 1'b1;
      if (s_axil_arvalid && s_axil_arready) ar_full_q <= 1'b1;
      if (s_axil_bready) b_full_q <= 1'b0;
      if (s_axil_rready) r_full_q <= 1'b0;
      if (launch) begin
        req_q       <= 1'b1;
        read_next_q <= !launch_read;
      end
      if (answered) begin
        req_q <= 1'b0;
        if (is_read_q) begin
          ar_full_q <= 1'b0;
          r_full_q  <= 1'b1;
        end else begin
          aw_full_q <= 1'b0;
          w_full_q  <= 1'b0;
          b_full_q  <= 1'b1;
        end
      end
    end
  end

  always_ff @(posedge s_clk_i) begin
    if (s_axil_awvalid && s_axil_awready) aw_addr_q <= s_axil_awaddr;
    if (s_axil_arvalid && s_axil_arready) ar_addr_q <= s_axil_araddr;
    if (s_axil_wvalid && s_axil_wready) begin
      w_data_q <= s_axil_wdata;
      w_strb_q <= s_axil_wstrb;
    end
    if (launch) is_read_q <= launch_read;
    if (answered && is_read_q) begin
      r_data_q <= m_data_q;
      r_resp_q <= m_resp_q;
    end
    if (answered && !is_read_q) b_resp_q <= m_resp_q;
  end

  // Slave's side -----------------------------------------------------------------------------------------
  typedef enum logic [1:0] {
    StIdle = 2'd0,
    StSend = 2'd1,  // Address or data not taken yet
    StWait = 2'd2,  // For the answer
    StDone = 2'd3   // Acknowledged, until the request falls
  } st_e;
  st_e  st_d, st_q;
  logic a_left_d, a_left_q, w_left_d, w_left_q;  // Address, data still to be taken
  logic answer;

  assign m_axil_awvalid = st_q == StSend && a_left_q && !is_read_q;
  assign m_axil_wvalid  = st_q == StSend && w_left_q;
  assign m_axil_arvalid = st_q == StSend && a_left_q && is_read_q;
  assign m_axil_awaddr  = aw_addr_q;
  assign m_axil_wdata   = w_data_q;
  assign m_axil_wstrb   = w_strb_q;
  assign m_axil_araddr  = ar_addr_q;
  assign m_axil_bready  = st_q == StWait && !is_read_q;
  assign m_axil_rready  = st_q == StWait && is_read_q;
  assign answer         = st_q == StWait && (is_read_q ? m_axil_rvalid : m_axil_bvalid);

  always_comb begin
    st_d     = st_q;
    a_left_d = a_left_q;
    w_left_d = w_left_q;
    case (st_q)
      StIdle: begin
        if (req_at_m) begin
          st_d     = StSend;
          a_left_d = 1'b1;
          w_left_d = !is_read_q;
        end
      end
      StSend: begin
        if (is_read_q ? m_axil_arready : m_axil_awready) a_left_d = 1'b0;
        if (m_axil_wready) w_left_d = 1'b0;
        if (!a_left_d && !w_left_d) st_d = StWait;
      end
      StWait:  if (answer) st_d = StDone;
      StDone:  if (!req_at_m) st_d = StIdle;
      default: st_d = StIdle;
    endcase
  end

  always_ff @(posedge m_clk_i or negedge m_rst_n) begin
    if (!m_rst_n) begin
      st_q     <= StIdle;
      a_left_q <= 1'b0;
      w_left_q <= 1'b0;
      ack_q    <= 1'b0;
    end else begin
      st_q     <= st_d;
      a_left_q <= a_left_d;
      w_left_q <= w_left_d;
      ack_q    <= st_d == StDone;
    end
  end

  always_ff @(posedge m_clk_i) begin
    if (answer) begin
      m_data_q <= m_axil_rdata;
      m_resp_q <= is_read_q ? m_axil_rresp : m_axil_bresp;
    end
  end

`ifndef SYNTHESIS
  logic s_in_reset, m_in_reset;
  assign s_in_reset = !s_rst_n;
  assign m_in_reset = !m_rst_n;

  a_read_held_while_it_crosses : assert property (@(posedge s_clk_i) disable iff (s_in_reset)
      req_q && is_read_q && !answered |=> req_q && $stable({is_read_q, ar_addr_q}));
  a_write_held_while_it_crosses : assert property (@(posedge s_clk_i) disable iff (s_in_reset)
      req_q && !is_read_q && !answered |=> req_q && $stable({is_read_q, aw_addr_q, w_data_q, w_strb_q}));
  a_answer_held_while_it_crosses : assert property (@(posedge m_clk_i) disable iff (m_in_reset)
      ack_q && req_at_m |=> $stable({m_data_q, m_resp_q}));
  a_b_stable : assert property (@(posedge s_clk_i) disable iff (s_in_reset)
      s_axil_bvalid && !s_axil_bready |=> s_axil_bvalid && $stable(s_axil_bresp));
  a_r_stable : assert property (@(posedge s_clk_i) disable iff (s_in_reset)
      s_axil_rvalid && !s_axil_rready |=> s_axil_rvalid && $stable({s_axil_rdata, s_axil_rresp}));
  a_slave_answers_only_accesses : assert property (@(posedge m_clk_i) disable iff (m_in_reset)
      m_axil_bvalid || m_axil_rvalid |-> st_q == StWait);
`endif

endmodule
