// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// AXI4-Lite slave: turns the five channels into one-cycle register accesses.
//
//   Handshake   AW and W in any order or together; one write and one read outstanding. A register access is a one-cycle
//               pulse answered in the same cycle.
//   Latency     AW and W taken to write_o: 1 cycle, to B: 2 cycles. AR taken to read_o: 1 cycle, to R: 2 cycles.
//   Throughput  A write, or a read, every 3 cycles.
//   Reset       Idle, nothing outstanding.

module tessera_axil_slave (
  input  logic        clk_i,
  input  logic        rst_ni,

  // AXI4-Lite
  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [11:0] s_axil_awaddr,
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
  output logic        s_axil_rvalid,
  input  logic        s_axil_rready,
  output logic [31:0] s_axil_rdata,
  output logic [1:0]  s_axil_rresp,

  // Register accesses
  output logic        write_o,       // Pulse
  output logic [9:0]  write_word_o,  // Address / 4
  output logic [31:0] write_data_o,
  output logic [3:0]  write_strb_o,
  input  logic        write_error_i, // With write_o: answer SLVERR
  output logic        read_o,        // Pulse
  output logic [9:0]  read_word_o,
  input  logic [31:0] read_data_i,   // With read_o
  input  logic        read_error_i
);

  localparam logic [1:0] Okay   = 2'b00;
  localparam logic [1:0] SlvErr = 2'b10;

  // Write: address and data are held until both are here; nothing new is taken before B has gone.
  logic        aw_full_q, w_full_q, b_full_q, b_error_q;
  logic [9:0]  aw_word_q;
  logic [31:0] w_data_q;
  logic [3:0]  w_strb_q;
  // Read
  logic        ar_full_q, r_full_q, r_error_q;
  logic [9:0]  ar_word_q;
  logic [31:0] r_data_q;

  assign s_axil_awready = !aw_full_q && !b_full_q;
  assign s_axil_wready  = !w_full_q && !b_full_q;
  assign s_axil_bvalid  = b_full_q;
  assign s_axil_bresp   = b_error_q ? SlvErr : Okay;
  assign s_axil_arready = !ar_full_q && !r_full_q;
  assign s_axil_rvalid  = r_full_q;
  assign s_axil_rdata   = r_data_q;
  assign s_axil_rresp   = r_error_q ? SlvErr : Okay;

  assign write_o      = aw_full_q && w_full_q;
  assign write_word_o = aw_word_q;
  assign write_data_o = w_data_q;
  assign write_strb_o = w_strb_q;
  assign read_o       = ar_full_q;
  assign read_word_o  = ar_word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_full_q <= 1'b0;
      w_full_q  <= 1'b0;
      b_full_q  <= 1'b0;
      ar_full_q <= 1'b0;
      r_full_q  <= 1'b0;
    end else begin
      aw_full_q <= (aw_full_q || (s_axil_awvalid && s_axil_awready)) && !write_o;
      w_full_q  <= (w_full_q || (s_axil_wvalid && s_axil_wready)) && !write_o;
      b_full_q  <= write_o || (b_full_q && !s_axil_bready);
      ar_full_q <= s_axil_arvalid && s_axil_arready;
      r_full_q  <= read_o || (r_full_q && !s_axil_rready);
    end
  end

  always_ff @(posedge clk_i) begin
    if (s_axil_awvalid && s_axil_awready) aw_word_q <= s_axil_awaddr[11:2];
    if (s_axil_wvalid && s_axil_wready) begin
      w_data_q <= s_axil_wdata;
      w_strb_q <= s_axil_wstrb;
    end
    if (write_o) b_error_q <= write_error_i;
    if (s_axil_arvalid && s_axil_arready) ar_word_q <= s_axil_araddr[11:2];
    if (read_o) begin
      r_data_q  <= read_error_i ? '0 : read_data_i;
      r_error_q <= read_error_i;
    end
  end

  // The bus moves whole words: WSTRB names the bytes, the two low address bits add nothing.
  logic unused_low_bits;
  assign unused_low_bits = ^{s_axil_awaddr[1:0], s_axil_araddr[1:0]};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_b_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axil_bvalid && !s_axil_bready |=> s_axil_bvalid && $stable(s_axil_bresp));
  a_r_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axil_rvalid && !s_axil_rready |=> s_axil_rvalid && $stable(s_axil_rdata) && $stable(s_axil_rresp));
  a_host_keeps_aw : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axil_awvalid && !s_axil_awready |=> s_axil_awvalid && $stable(s_axil_awaddr));
  a_host_keeps_w : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axil_wvalid && !s_axil_wready |=> s_axil_wvalid && $stable(s_axil_wdata) && $stable(s_axil_wstrb));
  a_host_keeps_ar : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axil_arvalid && !s_axil_arready |=> s_axil_arvalid && $stable(s_axil_araddr));
  a_one_write_at_a_time : assert property (@(posedge clk_i) disable iff (in_reset)
      write_o |-> !b_full_q);
`endif

endmodule
