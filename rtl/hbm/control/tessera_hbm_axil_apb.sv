// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// AXI4-Lite slave to an APB with two targets: the controller's registers below PhyBase, the PHY's above.
//
//   Handshake   AW and W in any order or together; one access at a time, reads and writes in turn when both wait. A target may stretch
//               an access with pready; one that never does stops the port, so the PHY's answer is a duty of its own.
//   Latency     Later of AW and W, or AR, taken to B or R: 4 cycles + those of the target's wait.
//   Throughput  An access every 5 cycles.
//   Reset       Idle, nothing outstanding.

module tessera_hbm_axil_apb #(
  parameter logic [11:0] PhyBase = 12'h800
) (
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

  // APB, shared by both targets. psel_o[0]: registers; psel_o[1]: PHY, with PhyBase taken off the address
  output logic [1:0]  psel_o,
  output logic        penable_o,
  output logic        pwrite_o,
  output logic [11:0] paddr_o,       // Word aligned
  output logic [31:0] pwdata_o,
  output logic [3:0]  pstrb_o,       // 0 for reads
  input  logic [1:0]  pready_i,
  input  logic [1:0][31:0] prdata_i,
  input  logic [1:0]  pslverr_i
);

  localparam logic [1:0] Okay   = 2'b00;
  localparam logic [1:0] SlvErr = 2'b10;

  typedef enum logic [1:0] {
    StIdle   = 2'd0,
    StSetup  = 2'd1,
    StAccess = 2'd2,
    StAnswer = 2'd3
  } state_e;
  state_e      state_d, state_q;

  // Held until answered
  logic        aw_full_q, w_full_q, ar_full_q, write_q, error_q;
  logic [9:0]  aw_word_q, ar_word_q;
  logic [31:0] w_data_q, r_data_q;
  logic [3:0]  w_strb_q;

  logic can_write, can_read, take_write, finish, answered, phy, target_ready, target_error;
  logic [11:0] addr;
  logic [31:0] target_data;
  assign can_write  = aw_full_q && w_full_q;
  assign can_read   = ar_full_q;
  // Turns come by themselves: after an answer the other sort is already here, the next of the same sort a cycle later.
  assign take_write = can_write;

  assign addr         = write_q ? {aw_word_q, 2'b0} : {ar_word_q, 2'b0};
  assign phy          = addr >= PhyBase;
  assign target_ready = pready_i[phy];
  assign target_error = pslverr_i[phy];
  assign target_data  = prdata_i[phy];
  assign finish       = state_q == StAccess && target_ready;
  assign answered     = state_q == StAnswer && (write_q ? s_axil_bready : s_axil_rready);

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle:   if (can_write || can_read) state_d = StSetup;
      StSetup:  state_d = StAccess;
      StAccess: if (target_ready) state_d = StAnswer;
      default:  if (answered) state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      aw_full_q <= 1'b0;
      w_full_q  <= 1'b0;
      ar_full_q <= 1'b0;
      write_q   <= 1'b0;
    end else begin
      state_q <= state_d;
      if (s_axil_awvalid && s_axil_awready) aw_full_q <= 1'b1;
      if (s_axil_wvalid && s_axil_wready) w_full_q <= 1'b1;
      if (s_axil_arvalid && s_axil_arready) ar_full_q <= 1'b1;
      if (state_q == StIdle && (can_write || can_read)) write_q <= take_write;
      if (answered && write_q) begin
        aw_full_q <= 1'b0;
        w_full_q  <= 1'b0;
      end
      if (answered && !write_q) ar_full_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (s_axil_awvalid && s_axil_awready) aw_word_q <= s_axil_awaddr[11:2];
    if (s_axil_arvalid && s_axil_arready) ar_word_q <= s_axil_araddr[11:2];
    if (s_axil_wvalid && s_axil_wready) begin
      w_data_q <= s_axil_wdata;
      w_strb_q <= s_axil_wstrb;
    end
    if (finish) begin
      error_q  <= target_error;
      r_data_q <= target_error ? '0 : target_data;
    end
  end

  assign s_axil_awready = !aw_full_q;
  assign s_axil_wready  = !w_full_q;
  assign s_axil_arready = !ar_full_q;
  assign s_axil_bvalid  = state_q == StAnswer && write_q;
  assign s_axil_bresp   = error_q ? SlvErr : Okay;
  assign s_axil_rvalid  = state_q == StAnswer && !write_q;
  assign s_axil_rresp   = error_q ? SlvErr : Okay;
  assign s_axil_rdata   = r_data_q;

  logic selected;
  assign selected  = state_q == StSetup || state_q == StAccess;
  assign psel_o    = selected ? {phy, !phy} : 2'b00;
  assign penable_o = state_q == StAccess;
  assign pwrite_o  = write_q;
  assign paddr_o   = phy ? addr - PhyBase : addr;
  assign pwdata_o  = w_data_q;
  assign pstrb_o   = write_q ? w_strb_q : 4'b0;

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
  a_apb_stable_until_ready : assert property (@(posedge clk_i) disable iff (in_reset)
      psel_o != '0 && !finish |=> $stable(psel_o) && $stable(paddr_o) && $stable(pwrite_o) && $stable(pwdata_o) &&
      $stable(pstrb_o) && penable_o);
`endif

endmodule
