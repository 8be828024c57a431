// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Read address channel of one pseudo-channel: cuts bursts into grains, a grain per beat, and maps them.
//
//   Handshake   AR and grain are ready/valid; ready and valid leave registers. A grain with resp other than OKAY must not
//               go to memory: its beat is answered with that response.
//   Latency     AR to grain 2 cycles.
//   Throughput  1 beat per cycle, also across bursts; Ahead bursts wait inside.
//   Reset       Drops everything.

module tessera_hbm_axi_rd
  import tessera_hbm_pkg::daddr_t;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Sids        = 2,
  parameter int unsigned RowBits = 14,
  parameter int unsigned IdBits      = 4,
  parameter int unsigned AddrBits    = 48,
  parameter int unsigned Ahead       = 4   // Bursts accepted ahead of the one being cut
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  // AXI4 AR
  input  logic                s_axi_arvalid,
  output logic                s_axi_arready,
  input  logic [IdBits-1:0]   s_axi_arid,
  input  logic [AddrBits-1:0] s_axi_araddr,
  input  logic [7:0]          s_axi_arlen,
  input  logic [2:0]          s_axi_arsize,
  input  logic [1:0]          s_axi_arburst,

  // Control
  input  map_t                map_i,
  output logic                idle_o,    // No burst and no grain inside

  // Grains
  output logic                grain_valid_o,
  input  logic                grain_ready_i,
  output daddr_t              grain_addr_o,
  output logic [IdBits-1:0]   grain_id_o,
  output logic                grain_last_o,  // Last beat of its burst
  output logic [1:0]          grain_resp_o
);

  localparam int unsigned GrainAddrBits = AddrBits - 5;

  typedef struct packed {
    logic [IdBits-1:0]   id;
    logic [AddrBits-1:0] addr;
    logic [7:0]          len;
    logic [2:0]          size;
    logic [1:0]          burst;
  } req_t;

  req_t ar, req;
  logic req_valid, req_ready;
  logic [$clog2(Ahead + 1)-1:0] unused_count;
  assign ar = '{id: s_axi_arid, addr: s_axi_araddr, len: s_axi_arlen, size: s_axi_arsize, burst: s_axi_arburst};

  tessera_fifo #(
    .Width($bits(req_t)),
    .Depth(Ahead)
  ) u_bursts (
    .clk_i,
    .rst_ni,
    .valid_i(s_axi_arvalid),
    .ready_o(s_axi_arready),
    .data_i (ar),
    .valid_o(req_valid),
    .ready_i(req_ready),
    .data_o (req),
    .count_o(unused_count)
  );

  logic                     beat_valid, beat_ready, beat_last, beat_bad;
  logic [GrainAddrBits-1:0] beat_grain;

  tessera_hbm_burst #(
    .AddrBits(AddrBits)
  ) u_burst (
    .clk_i,
    .rst_ni,
    .req_valid_i (req_valid),
    .req_ready_o (req_ready),
    .req_addr_i  (req.addr),
    .req_len_i   (req.len),
    .req_size_i  (req.size),
    .req_burst_i (req.burst),
    .beat_valid_o(beat_valid),
    .beat_ready_i(beat_ready),
    .beat_grain_o(beat_grain),
    .beat_first_o(),
    .beat_last_o (beat_last),
    .beat_end_o  (),
    .beat_bad_o  (beat_bad)
  );

  daddr_t beat_addr;
  logic   beat_outside;

  tessera_hbm_map #(
    .Sids         (Sids),
    .RowBits      (RowBits),
    .GrainAddrBits(GrainAddrBits)
  ) u_map (
    .map_i,
    .valid_i  (beat_valid),
    .grain_i  (beat_grain),
    .addr_o   (beat_addr),
    .outside_o(beat_outside)
  );

  // Two grains deep, so that what the head waits for is not seen at AR.
  typedef struct packed {
    daddr_t            addr;
    logic [IdBits-1:0] id;
    logic              last;
    logic [1:0]        resp;
  } grain_word_t;

  grain_word_t beat, head;
  logic [1:0]  beat_resp, unused_grains;
  assign beat_resp = beat_bad ? RespSlvErr : beat_outside ? RespDecErr : RespOkay;
  assign beat      = '{addr: beat_addr, id: req.id, last: beat_last, resp: beat_resp};

  tessera_fifo #(
    .Width($bits(grain_word_t)),
    .Depth(2)
  ) u_grains (
    .clk_i,
    .rst_ni,
    .valid_i(beat_valid),
    .ready_o(beat_ready),
    .data_i (beat),
    .valid_o(grain_valid_o),
    .ready_i(grain_ready_i),
    .data_o (head),
    .count_o(unused_grains)
  );

  assign grain_addr_o = head.addr;
  assign grain_id_o   = head.id;
  assign grain_last_o = head.last;
  assign grain_resp_o = head.resp;

  assign idle_o = !req_valid && !grain_valid_o;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_malformed_is_never_okay : assert property (@(posedge clk_i) disable iff (in_reset)
      beat_valid && beat_bad |-> beat_resp == RespSlvErr);
`endif

endmodule
