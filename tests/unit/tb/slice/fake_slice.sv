// SPDX-License-Identifier: Apache-2.0
//
// A small machine with the pins of tessera_slice, to test SliceDevice without the real one: a register file, and a copier
// that moves PROG_LEN grains from PROG_BASE to MEM_BASE, one beat at a time over port 0, then raises the interrupt.
// Counter BUSY of every engine counts its cycles; writing FAULT (WATCHDOG) plants a misbehaviour.

module fake_slice #(
  parameter int unsigned Ports = 2
) (
  input  logic clk_i,
  input  logic rst_ni,
  output logic irq_o,

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

  output logic [Ports-1:0]        m_axi_arvalid,
  input  logic [Ports-1:0]        m_axi_arready,
  output logic [Ports-1:0][47:0]  m_axi_araddr,
  output logic [Ports-1:0][7:0]   m_axi_arlen,
  output logic [Ports-1:0][2:0]   m_axi_arsize,
  output logic [Ports-1:0][1:0]   m_axi_arburst,
  output logic [Ports-1:0][3:0]   m_axi_arid,
  input  logic [Ports-1:0]        m_axi_rvalid,
  output logic [Ports-1:0]        m_axi_rready,
  input  logic [Ports-1:0][255:0] m_axi_rdata,
  input  logic [Ports-1:0][1:0]   m_axi_rresp,
  input  logic [Ports-1:0][3:0]   m_axi_rid,
  input  logic [Ports-1:0]        m_axi_rlast,
  output logic [Ports-1:0]        m_axi_awvalid,
  input  logic [Ports-1:0]        m_axi_awready,
  output logic [Ports-1:0][47:0]  m_axi_awaddr,
  output logic [Ports-1:0][7:0]   m_axi_awlen,
  output logic [Ports-1:0][2:0]   m_axi_awsize,
  output logic [Ports-1:0][1:0]   m_axi_awburst,
  output logic [Ports-1:0][3:0]   m_axi_awid,
  output logic [Ports-1:0]        m_axi_wvalid,
  input  logic [Ports-1:0]        m_axi_wready,
  output logic [Ports-1:0][255:0] m_axi_wdata,
  output logic [Ports-1:0][31:0]  m_axi_wstrb,
  output logic [Ports-1:0]        m_axi_wlast,
  input  logic [Ports-1:0]        m_axi_bvalid,
  output logic [Ports-1:0]        m_axi_bready,
  input  logic [Ports-1:0][1:0]   m_axi_bresp,
  input  logic [Ports-1:0][3:0]   m_axi_bid
);

  import tessera_spec_gen_pkg::*;

  // Values of WATCHDOG that plant a fault.
  localparam logic [31:0] FaultAssert = 32'd1001;   // An assertion fails when the run starts
  localparam logic [31:0] FaultBucket = 32'd1002;   // Engine MATMUL misses a cycle
  localparam logic [31:0] FaultBeats  = 32'd1003;   // READ_BEATS is one too many
  localparam logic [31:0] FaultPort   = 32'd1004;   // Reads go to the wrong port's granule
  localparam logic [31:0] FaultHang   = 32'd1005;   // In the end waits for a read that was never asked for

  typedef enum logic [2:0] {StIdle, StAr, StR, StAw, StW, StB, StDone} st_e;
  st_e          st_q;
  logic [31:0]  base_q, len_q, fault_q, dest_q, left_q, reads_q, writes_q;
  logic [31:0]  cycles_q, read_at_q, write_at_q;
  logic [255:0] data_q;
  logic         irq_done_q, irq_error_q;

  // Each register access is taken and answered at once.
  logic [31:0] rdata_d;
  logic        write_en;
  assign write_en       = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid;
  assign s_axil_awready = write_en;
  assign s_axil_wready  = write_en;
  assign s_axil_arready = s_axil_arvalid && !s_axil_rvalid;
  assign s_axil_bresp   = 2'b00;

  always_comb begin
    rdata_d = '0;
    case (s_axil_araddr)
      12'h000: rdata_d = 32'h54535241;
      12'h008: rdata_d = {4'(Ports), 4'd2, 8'd128, 8'd4, 8'd2};
      12'h00c: rdata_d = {16'd64, 16'd32};
      12'h010: rdata_d = {16'd6, 16'd5};
      12'h014: rdata_d = {16'd256, 16'd9};
      12'h018: rdata_d = 32'd7;
      12'h01c: rdata_d = 32'hf;
      12'h044: rdata_d = st_q == StDone ? (irq_error_q ? 32'd4 : 32'd3) : (st_q == StIdle ? 32'd0 : 32'd1);
      12'h070: rdata_d = irq_error_q ? 32'd10 : 32'd0;
      12'h074: rdata_d = irq_error_q ? 32'd5 : 32'd0;
      12'h078: rdata_d = irq_error_q ? 32'd3 : 32'd0;
      12'h084: rdata_d = irq_error_q ? 32'h0403_0201 : 32'd0;
      12'h0a0: rdata_d = irq_error_q ? read_at_q : 32'd0;
      12'h200: rdata_d = cycles_q;
      12'h210: rdata_d = reads_q + 32'(fault_q == FaultBeats);
      12'h218: rdata_d = writes_q;
      12'h300: rdata_d = 32'd0;
      12'h400, 12'h480, 12'h4c0, 12'h500: rdata_d = cycles_q;
      12'h440: rdata_d = cycles_q - 32'(fault_q == FaultBucket);
      default: rdata_d = '0;
    endcase
  end

  logic start, running;
  assign start   = write_en && s_axil_awaddr == 12'h040 && s_axil_wdata[0];
  assign running = st_q != StIdle && st_q != StDone;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      st_q          <= StIdle;
      s_axil_bvalid <= 1'b0;
      s_axil_rvalid <= 1'b0;
      irq_done_q    <= 1'b0;
      irq_error_q   <= 1'b0;
      cycles_q      <= '0;
      reads_q       <= '0;
      writes_q      <= '0;
      left_q        <= '0;
    end else begin
      if (s_axil_bready) s_axil_bvalid <= 1'b0;
      if (write_en) s_axil_bvalid <= 1'b1;
      if (s_axil_rready) s_axil_rvalid <= 1'b0;
      if (s_axil_arready) s_axil_rvalid <= 1'b1;
      if (write_en && s_axil_awaddr == 12'h06c) begin
        irq_done_q  <= 1'b0;
        irq_error_q <= 1'b0;
      end
      if (running) cycles_q <= cycles_q + 32'd1;
      case (st_q)
        StIdle, StDone: if (start) begin
          st_q     <= StAr;
          cycles_q <= '0;
          reads_q  <= '0;
          writes_q <= '0;
          left_q   <= len_q;
        end
        StAr: if (m_axi_arready[0]) st_q <= StR;
        StR: if (m_axi_rvalid[0]) begin
          reads_q <= reads_q + 32'd1;
          st_q    <= StAw;
          if (m_axi_rresp[0] != 2'b00) begin
            st_q        <= StDone;
            irq_error_q <= 1'b1;
          end
        end
        StAw: if (m_axi_awready[0]) st_q <= StW;
        StW: if (m_axi_wready[0]) begin
          writes_q <= writes_q + 32'd1;
          st_q     <= StB;
        end
        StB: if (m_axi_bvalid[0]) begin
          left_q <= left_q - 32'd1;
          st_q   <= StAr;
          if (left_q == 32'd1) begin
            st_q       <= fault_q == FaultHang ? StR : StDone;
            irq_done_q <= fault_q != FaultHang;
          end
        end
        default: st_q <= StIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (s_axil_arready) s_axil_rdata <= rdata_d;
    if (write_en) begin
      case (s_axil_awaddr)
        12'h048: base_q <= s_axil_wdata;
        12'h050: len_q <= s_axil_wdata;
        12'h054: fault_q <= s_axil_wdata;
        12'h058: dest_q <= s_axil_wdata;
        default: ;
      endcase
    end
    if (start) begin
      read_at_q  <= base_q + (fault_q == FaultPort ? 32'd256 : 32'd0);
      write_at_q <= dest_q;
    end
    if (st_q == StR) data_q <= m_axi_rdata[0];
    if (st_q == StB && m_axi_bvalid[0]) begin
      // The next grain of this port: the other ports' granules of 256 bytes are skipped.
      read_at_q  <= read_at_q[7:0] == 8'hE0 ? read_at_q + 32 + 32'((Ports - 1) * 256) : read_at_q + 32;
      write_at_q <= write_at_q[7:0] == 8'hE0 ? write_at_q + 32 + 32'((Ports - 1) * 256) : write_at_q + 32;
    end
  end

  assign irq_o        = irq_done_q || irq_error_q;
  assign s_axil_rresp = 2'b00;

  always_comb begin
    m_axi_arvalid = '0;
    m_axi_araddr  = '0;
    m_axi_arlen   = '0;
    m_axi_arsize  = '0;
    m_axi_arburst = '0;
    m_axi_arid    = '0;
    m_axi_rready  = '0;
    m_axi_awvalid = '0;
    m_axi_awaddr  = '0;
    m_axi_awlen   = '0;
    m_axi_awsize  = '0;
    m_axi_awburst = '0;
    m_axi_awid    = '0;
    m_axi_wvalid  = '0;
    m_axi_wdata   = '0;
    m_axi_wstrb   = '0;
    m_axi_wlast   = '0;
    m_axi_bready  = '0;
    m_axi_arvalid[0] = st_q == StAr;
    m_axi_araddr[0]  = {16'd0, read_at_q};
    m_axi_arsize[0]  = 3'd5;
    m_axi_arburst[0] = 2'd1;
    m_axi_arid[0]    = 4'd1;
    m_axi_rready[0]  = st_q == StR;
    m_axi_awvalid[0] = st_q == StAw;
    m_axi_awaddr[0]  = {16'd0, write_at_q};
    m_axi_awsize[0]  = 3'd5;
    m_axi_awburst[0] = 2'd1;
    m_axi_wvalid[0]  = st_q == StW;
    m_axi_wdata[0]   = data_q;
    m_axi_wstrb[0]   = '1;
    m_axi_wlast[0]   = 1'b1;
    m_axi_bready[0]  = st_q == StB;
  end

  logic unused;
  assign unused = &{1'b0, s_axil_awprot, s_axil_arprot, s_axil_wstrb, m_axi_rid, m_axi_rlast, m_axi_bresp, m_axi_bid,
                    m_axi_rdata, m_axi_arready, m_axi_rvalid, m_axi_rresp, m_axi_awready, m_axi_wready, m_axi_bvalid,
                    32'(GRAIN_BYTES)};

  logic in_reset;
  assign in_reset = !rst_ni;
  a_planted_fault : assert property (@(posedge clk_i) disable iff (in_reset)
      running |-> fault_q != FaultAssert);

endmodule
