// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Write channels of one pseudo-channel: joins AW and W, combines a burst's beats to one grain, and maps the grain.
//
//   Handshake   AW, W, burst and grain are ready/valid; ready and valid depend on registers only, but for burst. A burst is
//               announced with its first beat and gets a number, which its grains carry. A grain with resp other than
//               OKAY must not go to memory. WSTRB is trusted to lie on the beat's lanes.
//   Latency     AW to grain 3 cycles, W to grain 2.
//   Throughput  1 beat per cycle, also across grains and bursts; Ahead addresses wait inside.
//   Reset       Drops everything.

module tessera_hbm_axi_wr
  import tessera_hbm_pkg::GrainBits, tessera_hbm_pkg::daddr_t, tessera_hbm_pkg::grain_t, tessera_hbm_pkg::strb_t;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Sids        = 2,
  parameter int unsigned RowBits = 14,
  parameter int unsigned IdBits      = 4,
  parameter int unsigned AddrBits    = 48,
  parameter int unsigned Ahead       = 4,  // Addresses accepted ahead of the burst whose data come
  parameter int unsigned NumberBits  = 5   // Width of a burst's number
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // AXI4 AW and W
  input  logic                  s_axi_awvalid,
  output logic                  s_axi_awready,
  input  logic [IdBits-1:0]     s_axi_awid,
  input  logic [AddrBits-1:0]   s_axi_awaddr,
  input  logic [7:0]            s_axi_awlen,
  input  logic [2:0]            s_axi_awsize,
  input  logic [1:0]            s_axi_awburst,
  input  logic                  s_axi_wvalid,
  output logic                  s_axi_wready,
  input  grain_t                s_axi_wdata,
  input  strb_t                 s_axi_wstrb,
  input  logic                  s_axi_wlast,

  // Control
  input  map_t                  map_i,
  input  logic                  refuse_i,  // Bursts that start or are under way now are answered SLVERR
  output logic                  idle_o,    // No address, no beat of a burst and no grain inside

  // Bursts, to the block that answers them
  output logic                  burst_valid_o,
  input  logic                  burst_ready_i,
  output logic [IdBits-1:0]     burst_id_o,
  input  logic [NumberBits-1:0] burst_number_i,  // Of the burst at burst_valid_o; meaningful while ready

  // Grains
  output logic                  grain_valid_o,
  input  logic                  grain_ready_i,
  output wr_grain_t             grain_o,
  output logic [NumberBits-1:0] grain_number_o
);

  localparam int unsigned GrainAddrBits = AddrBits - 5;

  typedef struct packed {
    logic [IdBits-1:0]   id;
    logic [AddrBits-1:0] addr;
    logic [7:0]          len;
    logic [2:0]          size;
    logic [1:0]          burst;
  } req_t;

  req_t aw, req;
  logic req_valid, req_ready;
  logic [$clog2(Ahead + 1)-1:0] unused_count;
  assign aw = '{id: s_axi_awid, addr: s_axi_awaddr, len: s_axi_awlen, size: s_axi_awsize, burst: s_axi_awburst};

  tessera_fifo #(
    .Width($bits(req_t)),
    .Depth(Ahead)
  ) u_bursts (
    .clk_i,
    .rst_ni,
    .valid_i(s_axi_awvalid),
    .ready_o(s_axi_awready),
    .data_i (aw),
    .valid_o(req_valid),
    .ready_i(req_ready),
    .data_o (req),
    .count_o(unused_count)
  );

  logic                     beat_valid, beat_ready, beat_first, beat_last, beat_end, beat_bad;
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
    .beat_first_o(beat_first),
    .beat_last_o (beat_last),
    .beat_end_o  (beat_end),
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

  // The gathering register takes a beat when it holds no finished grain, or that grain leaves. start_q: the next beat starts a
  // grain. refused_q: the burst under way was refused; none of its later grains may go to memory.
  typedef struct packed {
    logic [NumberBits-1:0] number;
    wr_grain_t             grain;
  } gathered_t;

  gathered_t  gather_q, head;
  logic       full_q, fire, free, start_q, refuse, refused_q, head_ready;
  logic [1:0] beat_resp, unused_grains;
  assign free       = head_ready || !full_q;
  assign beat_ready = free && s_axi_wvalid && (burst_ready_i || !beat_first);
  assign fire       = beat_valid && beat_ready;
  assign refuse     = refuse_i || (refused_q && !beat_first);
  assign beat_resp  = refuse || beat_bad ? RespSlvErr : beat_outside ? RespDecErr : RespOkay;

  assign s_axi_wready  = beat_valid && free && (burst_ready_i || !beat_first);
  assign burst_valid_o = beat_valid && beat_first && free && s_axi_wvalid;
  assign burst_id_o    = req.id;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      full_q    <= 1'b0;
      start_q   <= 1'b1;
      refused_q <= 1'b0;
    end else begin
      if (free) full_q <= fire && beat_end;
      if (fire) start_q <= beat_end;
      if (fire || refuse_i) refused_q <= refuse;
    end
  end

  grain_t lanes;
  always_comb begin
    lanes = '0;
    if (fire && !start_q) begin
      for (int unsigned b = 0; b < GrainBits / 8; b++) lanes[8*b+:8] = {8{s_axi_wstrb[b]}};
    end
  end

  always_ff @(posedge clk_i) begin
    if (fire) begin
      if (start_q) begin
        gather_q.grain.data <= s_axi_wdata;
        gather_q.grain.strb <= s_axi_wstrb;
        gather_q.grain.resp <= beat_resp;
      end else begin
        gather_q.grain.data <= (gather_q.grain.data & ~lanes) | (s_axi_wdata & lanes);
        gather_q.grain.strb <= gather_q.grain.strb | s_axi_wstrb;
        gather_q.grain.resp <= gather_q.grain.resp | beat_resp;
      end
      gather_q.grain.addr <= beat_addr;
      gather_q.grain.last <= beat_last;
      if (beat_first) gather_q.number <= burst_number_i;
    end
  end

  // Two grains deep, so that what the head waits for is not seen at W.
  tessera_fifo #(
    .Width($bits(gathered_t)),
    .Depth(2)
  ) u_grains (
    .clk_i,
    .rst_ni,
    .valid_i(full_q),
    .ready_o(head_ready),
    .data_i (gather_q),
    .valid_o(grain_valid_o),
    .ready_i(grain_ready_i),
    .data_o (head),
    .count_o(unused_grains)
  );

  assign grain_o        = head.grain;
  assign grain_number_o = head.number;
  assign idle_o         = !req_valid && !full_q && !grain_valid_o;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_wlast_on_the_last_beat : assert property (@(posedge clk_i) disable iff (in_reset)
      fire |-> s_axi_wlast == beat_last);
  a_burst_announced_once   : assert property (@(posedge clk_i) disable iff (in_reset)
      fire && beat_first |-> burst_valid_o && burst_ready_i);
  a_burst_starts_a_grain   : assert property (@(posedge clk_i) disable iff (in_reset)
      fire && beat_first |-> start_q);
`else
  logic unused_last;
  assign unused_last = s_axi_wlast;
`endif

endmodule
