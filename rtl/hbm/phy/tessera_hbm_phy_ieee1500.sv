// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Master of the device's IEEE 1500 port: one instruction and its data register at a time; otherwise the port belongs to outside.
//
//   wrck of an access:  1 idle | 8 shift instruction | 1 update | 1 capture | len shift data | 1 update | 1 idle
//
// Control signals change one cycle after wrck falls and hold over the next rise and fall, so it does not matter which edge the
// device uses.
//
//   Handshake   port_req_t, port_rsp_t. The outside may use the port while the PHY is not busy; an access cut short is lost.
//   Latency     (13 + len) * WrckCycles + 1 cycles.
//   Throughput  one access at a time.
//   Reset       wrst_n low until the cycle after; no access.

module tessera_hbm_phy_ieee1500
  import tessera_hbm_phy_pkg::*;
#(
  parameter int unsigned WrckCycles = 8  // Cycles per WRCK: an even number, at least 4; 8 is 100 MHz at 6.4 Gb/s
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  // Training, registers
  input  port_req_t  req_i,
  output port_rsp_t  rsp_o,

  // From outside
  input  port_pins_t ext_i,
  output logic       ext_wso_o,

  // Pins
  output port_pins_t pins_o,
  input  logic       wso_i
);

  if (WrckCycles < 4 || WrckCycles % 2 != 0) begin : gen_bad_wrck
    $error("tessera_hbm_phy_ieee1500: WrckCycles must be even and at least 4");
  end

  localparam int unsigned PhaseBits = $clog2(WrckCycles);
  typedef logic [PhaseBits-1:0] phase_t;
  localparam phase_t PhaseChange = '0;                            // Controls change at its end
  localparam phase_t PhaseSample = phase_t'(WrckCycles / 2 - 1);  // Last cycle before the rise
  localparam phase_t PhaseLast   = phase_t'(WrckCycles - 1);

  // What each WRCK does, in order.
  typedef enum logic [2:0] {
    WrckNone, WrckIdle, WrckShiftWir, WrckUpdateWir, WrckCapture, WrckShift, WrckUpdate, WrckEnd
  } wrck_e;
  wrck_e       wrck_d, wrck_q;
  phase_t      phase_d, phase_q;
  logic [5:0]  left_d, left_q;      // WRCKs of this kind still to come
  logic [5:0]  len_d, len_q;
  logic [7:0]  wir_d, wir_q;
  logic [31:0] out_d, out_q, in_d, in_q;
  logic        done_d, done_q, alive_q;
  logic        busy;
  assign busy = wrck_q != WrckNone;

  always_comb begin
    wrck_d  = wrck_q;
    phase_d = '0;
    left_d  = left_q;
    len_d   = len_q;
    wir_d   = wir_q;
    out_d   = out_q;
    in_d    = in_q;
    done_d  = 1'b0;
    if (!busy) begin
      if (req_i.go) begin
        wrck_d = WrckIdle;
        len_d  = req_i.len;
        wir_d  = req_i.wir;
        out_d  = req_i.data;
        in_d   = '0;
      end
    end else begin
      phase_d = phase_q == PhaseLast ? '0 : phase_q + phase_t'(1);
      if (phase_q == PhaseSample && wrck_q == WrckShift) in_d = {wso_i, in_q[31:1]};
      if (phase_q == PhaseLast) begin
        left_d = left_q - 6'd1;
        case (wrck_q)
          WrckIdle: begin
            wrck_d = WrckShiftWir;
            left_d = 6'd8;
          end
          WrckShiftWir: begin
            wir_d = wir_q >> 1;
            if (left_q == 6'd1) wrck_d = WrckUpdateWir;
          end
          WrckUpdateWir: wrck_d = WrckCapture;
          WrckCapture: begin
            wrck_d = WrckShift;
            left_d = len_q;
          end
          WrckShift: begin
            out_d = out_q >> 1;
            if (left_q == 6'd1) wrck_d = WrckUpdate;
          end
          WrckUpdate: wrck_d = WrckEnd;
          default: begin
            wrck_d = WrckNone;
            done_d = 1'b1;
            in_d   = in_q >> (6'd32 - len_q);
          end
        endcase
      end
    end
  end

  // Controls of this kind of WRCK, from one cycle after the fall to one cycle after the next.
  logic selectwir_q, shiftwr_q, capturewr_q, updatewr_q, wsi_q, own_wrck;
  assign own_wrck = phase_q > PhaseSample;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      selectwir_q <= 1'b0;
      shiftwr_q   <= 1'b0;
      capturewr_q <= 1'b0;
      updatewr_q  <= 1'b0;
      wsi_q       <= 1'b0;
    end else if (busy && phase_q == PhaseChange) begin
      selectwir_q <= wrck_q == WrckShiftWir || wrck_q == WrckUpdateWir;
      shiftwr_q   <= wrck_q == WrckShiftWir || wrck_q == WrckShift;
      capturewr_q <= wrck_q == WrckCapture;
      updatewr_q  <= wrck_q == WrckUpdateWir || wrck_q == WrckUpdate;
      wsi_q       <= wrck_q == WrckShiftWir ? wir_q[0] : out_q[0];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wrck_q  <= WrckNone;
      phase_q <= '0;
      done_q  <= 1'b0;
      alive_q <= 1'b0;
    end else begin
      wrck_q  <= wrck_d;
      phase_q <= phase_d;
      done_q  <= done_d;
      alive_q <= 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    left_q <= left_d;
    len_q  <= len_d;
    wir_q  <= wir_d;
    out_q  <= out_d;
    in_q   <= in_d;
  end

  always_comb begin
    pins_o = ext_i;
    if (busy) begin
      pins_o = '{wrst_n: 1'b1, wrck: own_wrck, selectwir: selectwir_q, shiftwr: shiftwr_q, capturewr: capturewr_q,
                 updatewr: updatewr_q, wsi: wsi_q};
    end
    if (!alive_q) pins_o.wrst_n = 1'b0;
  end
  assign rsp_o     = '{busy: busy, done: done_q, data: in_q};
  assign ext_wso_o = !busy && wso_i;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_go_only_when_free : assert property (@(posedge clk_i) disable iff (in_reset)
      req_i.go |-> !busy && req_i.len != '0 && req_i.len <= 6'd32);
  a_controls_hold_around_wrck_edges : assert property (@(posedge clk_i) disable iff (in_reset)
      busy && $past(busy) && $past(own_wrck) != own_wrck |->
      $stable({selectwir_q, shiftwr_q, capturewr_q, updatewr_q, wsi_q}));
  a_wrck_ends_low : assert property (@(posedge clk_i) disable iff (in_reset)
      done_q |-> !own_wrck);
`endif

endmodule
