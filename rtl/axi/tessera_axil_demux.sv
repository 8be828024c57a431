// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Splits one AXI4-Lite port over targets of 4 KiB: address bits 15:12 choose the target, which sees the other 12.
//
//   Handshake   AXI4-Lite. One write and one read inside, independent of each other; AW and W in any order. Addresses
//               and data go to all targets, valids to one. An address of no target answers DECERR (and 0).
//   Latency     1 cycle to the target; answers pass through.
//   Throughput  A write, or a read, every 2 cycles and the target's own time.
//   Reset       Idle, nothing outstanding; the targets must be reset with it.

module tessera_axil_demux #(
  parameter int unsigned Targets = 2  // 1 to 16
) (
  input  logic               clk_i,
  input  logic               rst_ni,

  // Host
  input  logic               s_axil_awvalid,
  output logic               s_axil_awready,
  input  logic [15:0]        s_axil_awaddr,
  input  logic               s_axil_wvalid,
  output logic               s_axil_wready,
  input  logic [31:0]        s_axil_wdata,
  input  logic [3:0]         s_axil_wstrb,
  output logic               s_axil_bvalid,
  input  logic               s_axil_bready,
  output logic [1:0]         s_axil_bresp,
  input  logic               s_axil_arvalid,
  output logic               s_axil_arready,
  input  logic [15:0]        s_axil_araddr,
  output logic               s_axil_rvalid,
  input  logic               s_axil_rready,
  output logic [31:0]        s_axil_rdata,
  output logic [1:0]         s_axil_rresp,

  // Targets
  output logic [Targets-1:0]       m_axil_awvalid,
  input  logic [Targets-1:0]       m_axil_awready,
  output logic [11:0]              m_axil_awaddr,
  output logic [Targets-1:0]       m_axil_wvalid,
  input  logic [Targets-1:0]       m_axil_wready,
  output logic [31:0]              m_axil_wdata,
  output logic [3:0]               m_axil_wstrb,
  input  logic [Targets-1:0]       m_axil_bvalid,
  output logic [Targets-1:0]       m_axil_bready,
  input  logic [Targets-1:0][1:0]  m_axil_bresp,
  output logic [Targets-1:0]       m_axil_arvalid,
  input  logic [Targets-1:0]       m_axil_arready,
  output logic [11:0]              m_axil_araddr,
  input  logic [Targets-1:0]       m_axil_rvalid,
  output logic [Targets-1:0]       m_axil_rready,
  input  logic [Targets-1:0][31:0] m_axil_rdata,
  input  logic [Targets-1:0][1:0]  m_axil_rresp
);

  if (Targets < 1 || Targets > 16) begin : gen_bad_targets
    $error("tessera_axil_demux: Targets must be 1 to 16, the range of address bits 15:12");
  end

  localparam logic [1:0] DecErr = 2'b11;

  // Writes: held until B has gone. left: not yet taken by the target.
  logic        aw_full_q, aw_left_q, w_full_q, w_left_q, b_done;
  logic [15:0] aw_addr_q;
  logic [31:0] w_data_q;
  logic [3:0]  w_strb_q;
  // Reads
  logic        ar_full_q, ar_left_q, r_done;
  logic [15:0] ar_addr_q;

  logic [Targets-1:0] aw_target, ar_target;  // One-hot; zero: no target
  for (genvar t = 0; t < Targets; t++) begin : gen_target
    assign aw_target[t]      = aw_full_q && aw_addr_q[15:12] == 4'(t);
    assign ar_target[t]      = ar_full_q && ar_addr_q[15:12] == 4'(t);
    assign m_axil_awvalid[t] = aw_target[t] && aw_left_q;
    assign m_axil_wvalid[t]  = aw_target[t] && w_full_q && w_left_q;
    assign m_axil_bready[t]  = aw_target[t] && s_axil_bready;
    assign m_axil_arvalid[t] = ar_target[t] && ar_left_q;
    assign m_axil_rready[t]  = ar_target[t] && s_axil_rready;
  end
  assign m_axil_awaddr = aw_addr_q[11:0];
  assign m_axil_wdata  = w_data_q;
  assign m_axil_wstrb  = w_strb_q;
  assign m_axil_araddr = ar_addr_q[11:0];

  logic aw_unmapped, ar_unmapped, aw_taken, w_taken, ar_taken;
  assign aw_unmapped = aw_full_q && aw_target == '0;
  assign ar_unmapped = ar_full_q && ar_target == '0;
  assign aw_taken    = (m_axil_awvalid & m_axil_awready) != '0;
  assign w_taken     = (m_axil_wvalid & m_axil_wready) != '0;
  assign ar_taken    = (m_axil_arvalid & m_axil_arready) != '0;

  assign s_axil_awready = !aw_full_q;
  assign s_axil_wready  = !w_full_q;
  assign s_axil_arready = !ar_full_q;
  assign s_axil_bvalid  = (aw_unmapped && w_full_q) || (m_axil_bvalid & aw_target) != '0;
  assign s_axil_rvalid  = ar_unmapped || (m_axil_rvalid & ar_target) != '0;
  assign b_done         = s_axil_bvalid && s_axil_bready;
  assign r_done         = s_axil_rvalid && s_axil_rready;

  always_comb begin
    s_axil_bresp = aw_unmapped ? DecErr : '0;
    s_axil_rresp = ar_unmapped ? DecErr : '0;
    s_axil_rdata = '0;
    for (int unsigned t = 0; t < Targets; t++) begin
      if (aw_target[t]) s_axil_bresp = m_axil_bresp[t];
      if (ar_target[t]) begin
        s_axil_rresp = m_axil_rresp[t];
        s_axil_rdata = m_axil_rdata[t];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_full_q <= 1'b0;
      aw_left_q <= 1'b0;
      w_full_q  <= 1'b0;
      w_left_q  <= 1'b0;
      ar_full_q <= 1'b0;
      ar_left_q <= 1'b0;
    end else begin
      aw_full_q <= aw_full_q ? !b_done : s_axil_awvalid;
      w_full_q  <= w_full_q ? !b_done : s_axil_wvalid;
      ar_full_q <= ar_full_q ? !r_done : s_axil_arvalid;
      if (!aw_full_q) aw_left_q <= 1'b1;
      if (aw_taken)   aw_left_q <= 1'b0;
      if (!w_full_q)  w_left_q  <= 1'b1;
      if (w_taken)    w_left_q  <= 1'b0;
      if (!ar_full_q) ar_left_q <= 1'b1;
      if (ar_taken)   ar_left_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (s_axil_awvalid && s_axil_awready) aw_addr_q <= s_axil_awaddr;
    if (s_axil_arvalid && s_axil_arready) ar_addr_q <= s_axil_araddr;
    if (s_axil_wvalid && s_axil_wready) begin
      w_data_q <= s_axil_wdata;
      w_strb_q <= s_axil_wstrb;
    end
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_one_target_at_most : assert property (@(posedge clk_i) disable iff (in_reset)
      $onehot0(aw_target) && $onehot0(ar_target));
  a_write_answered_after_it_was_sent : assert property (@(posedge clk_i) disable iff (in_reset)
      (m_axil_bvalid & aw_target) != '0 |-> w_full_q && !aw_left_q && !w_left_q);
  a_read_answered_after_it_was_sent : assert property (@(posedge clk_i) disable iff (in_reset)
      (m_axil_rvalid & ar_target) != '0 |-> !ar_left_q);
  a_b_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axil_bvalid && !s_axil_bready |=> s_axil_bvalid && $stable(s_axil_bresp));
  a_r_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axil_rvalid && !s_axil_rready |=> s_axil_rvalid && $stable({s_axil_rdata, s_axil_rresp}));
`endif

endmodule
