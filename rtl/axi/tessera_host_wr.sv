// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Write half of the host window: cuts a host's write bursts into writes of one grain, on the memory port that holds it.
//
// Beats of a burst that follow each other in one grain become one write: memory with ECC pays dearly for small ones.
// A burst keeps a slot until all its grains are answered; each port remembers the slots of its unanswered grains, in
// order. Grains of a port go out and are answered in the order of the bursts, so writes of one ID to one place take
// effect in order.
//
//   Handshake   AXI4 AW, W and B. B comes in the order of AW, over all IDs, with the worst answer of the burst's grains.
//               aw and w are ready/valid per port, both of a grain raised together; resp_valid_i is a
//               pulse per grain and cannot be refused.
//   Latency     AW or W to aw and w 3 cycles, last resp to B 1 cycle.
//   Throughput  1 beat per cycle, at most Outstanding grains unanswered per port and Slots bursts.
//   Reset       Drops everything.

module tessera_host_wr
  import tessera_spec_gen_pkg::ADDR_BITS, tessera_spec_gen_pkg::GRAIN_BYTES;
  import tessera_pkg::*;
#(
  parameter int unsigned Ports       = 2,   // A power of two, at most 16
  parameter int unsigned Slots       = 8,   // A power of two, at least 2
  parameter int unsigned Outstanding = 32   // At least 2
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic [3:0]             interleave_i,  // 8 to 12; changes only while idle_o is high

  // Host
  input  logic                   s_axi_awvalid,
  output logic                   s_axi_awready,
  input  logic [3:0]             s_axi_awid,
  input  logic [ADDR_BITS-1:0]   s_axi_awaddr,
  input  logic [7:0]             s_axi_awlen,
  input  logic [2:0]             s_axi_awsize,
  input  logic [1:0]             s_axi_awburst,
  input  logic                   s_axi_wvalid,
  output logic                   s_axi_wready,
  input  logic [GrainBits-1:0]   s_axi_wdata,
  input  logic [GRAIN_BYTES-1:0] s_axi_wstrb,
  input  logic                   s_axi_wlast,
  output logic                   s_axi_bvalid,
  input  logic                   s_axi_bready,
  output logic [3:0]             s_axi_bid,
  output logic [1:0]             s_axi_bresp,

  // Memory ports
  output logic   [Ports-1:0]      aw_valid_o,
  input  logic   [Ports-1:0]      aw_ready_i,
  output burst_t [Ports-1:0]      aw_o,
  output logic   [Ports-1:0]      w_valid_o,
  input  logic   [Ports-1:0]      w_ready_i,
  output wbeat_t [Ports-1:0]      w_o,
  input  logic   [Ports-1:0]      resp_valid_i,
  input  logic   [Ports-1:0][1:0] resp_i,

  output logic                   idle_o         // Nothing inside
);

  if (Slots < 2 || (Slots & (Slots - 1)) != 0) begin : gen_bad_slots
    $error("tessera_host_wr: Slots must be a power of two, at least 2");
  end

  localparam int unsigned PortBits  = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned SlotBits  = $clog2(Slots);
  localparam int unsigned CmdBits   = 4 + ADDR_BITS + 8 + 3 + 2;
  localparam int unsigned CountBits = $clog2(Outstanding + 1);

  typedef logic [SlotBits-1:0] slot_t;

  // Burst in a slot
  typedef struct packed {
    logic       sent;  // The last beat has gone out
    logic [8:0] owed;  // Grains gone out and not answered
    logic [1:0] resp;  // Worst so far
  } burst_state_t;

  // Addresses --------------------------------------------------------------------------------------------
  logic               cmd_valid, walk_valid, walk_ready, cmd_take;
  logic [CmdBits-1:0] cmd_in, cmd;
  logic [3:0]         cmd_id;
  mem_addr_t          cmd_addr;
  logic [7:0]         cmd_len;
  logic [2:0]         cmd_size;
  logic [1:0]         cmd_burst;
  assign cmd_in = {s_axi_awid, s_axi_awaddr, s_axi_awlen, s_axi_awsize, s_axi_awburst};
  assign {cmd_id, cmd_addr, cmd_len, cmd_size, cmd_burst} = cmd;

  // Slots in use: from head_q to before tail_q, modulo 2 * Slots.
  logic [SlotBits:0] head_q, tail_q;
  slot_t             head, tail;
  logic              slot_free, any_slot;
  assign head       = head_q[SlotBits-1:0];
  assign tail       = tail_q[SlotBits-1:0];
  assign any_slot   = head_q != tail_q;
  assign slot_free  = head != tail || !any_slot;
  assign walk_valid = cmd_valid && slot_free;
  assign cmd_take   = walk_valid && walk_ready;

  tessera_skid_buffer #(
    .Width(CmdBits)
  ) u_aw (
    .clk_i,
    .rst_ni,
    .valid_i(s_axi_awvalid),
    .ready_o(s_axi_awready),
    .data_i (cmd_in),
    .valid_o(cmd_valid),
    .ready_i(cmd_take),
    .data_o (cmd)
  );

  logic      beat_valid, beat_take, beat_ends, beat_last;
  slot_t     beat_slot;
  mem_addr_t beat_addr;
  tessera_burst_walk #(
    .TagBits(SlotBits)
  ) u_walk (
    .clk_i,
    .rst_ni,
    .cmd_valid_i (walk_valid),
    .cmd_ready_o (walk_ready),
    .cmd_addr_i  (cmd_addr),
    .cmd_len_i   (cmd_len),
    .cmd_size_i  (cmd_size),
    .cmd_burst_i (cmd_burst),
    .cmd_tag_i   (tail),
    .beat_valid_o(beat_valid),
    .beat_ready_i(beat_take),
    .beat_addr_o (beat_addr),
    .beat_ends_o (beat_ends),
    .beat_last_o (beat_last),
    .beat_tag_o  (beat_slot)
  );

  // Data: a beat goes out when its address, its data and room on its port are there. -----------------------
  wbeat_t w_in, w;
  logic   w_valid;
  assign w_in = '{data: s_axi_wdata, strb: s_axi_wstrb, last: s_axi_wlast};

  tessera_skid_buffer #(
    .Width($bits(wbeat_t))
  ) u_w (
    .clk_i,
    .rst_ni,
    .valid_i(s_axi_wvalid),
    .ready_o(s_axi_wready),
    .data_i (w_in),
    .valid_o(w_valid),
    .ready_i(beat_take),
    .data_o (w)
  );

  logic [PortBits-1:0] beat_port;
  tessera_port_select #(
    .Ports(Ports)
  ) u_select (
    .interleave_i,
    .addr_i(beat_addr),
    .port_o(beat_port)
  );

  // Both halves of a grain are taken at once, so neither ever waits for the other.
  logic [Ports-1:0] aw_ready, w_ready, owed_ready;
  burst_t           grain_aw;
  wbeat_t           grain_w;
  assign beat_take = beat_valid && w_valid && aw_ready[beat_port] && w_ready[beat_port] && owed_ready[beat_port];
  assign grain_aw  = '{addr: beat_addr, len: 8'd0};

  // Bytes of the grain from the burst's earlier beats; the later beat wins. Invariant: acc_strb_q is 0 between grains.
  grain_t acc_data_q, w_mask;
  strb_t  acc_strb_q;
  logic   alone;
  assign alone = acc_strb_q == '0;
  always_comb begin
    w_mask  = '1;
    grain_w = '{data: w.data, strb: w.strb | acc_strb_q, last: 1'b1};
    if (!alone) begin
      for (int unsigned i = 0; i < GRAIN_BYTES; i++) w_mask[8*i+:8] = {8{w.strb[i]}};
      grain_w.data = (w.data & w_mask) | (acc_data_q & ~w_mask);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)        acc_strb_q <= '0;
    else if (beat_take) acc_strb_q <= beat_ends ? '0 : grain_w.strb;
  end
  always_ff @(posedge clk_i) begin
    if (beat_take && !beat_ends) acc_data_q <= grain_w.data;
  end

  slot_t [Ports-1:0] resp_slot;
  for (genvar p = 0; p < Ports; p++) begin : gen_port
    logic                 push, owed_valid;
    logic [CountBits-1:0] unused_count;
    assign push = beat_take && beat_ends && beat_port == PortBits'(p);

    tessera_skid_buffer #(
      .Width($bits(burst_t))
    ) u_aw_out (
      .clk_i,
      .rst_ni,
      .valid_i(push),
      .ready_o(aw_ready[p]),
      .data_i (grain_aw),
      .valid_o(aw_valid_o[p]),
      .ready_i(aw_ready_i[p]),
      .data_o (aw_o[p])
    );

    // Memory that takes an address before its data keeps data a cycle behind: with only two words here the halves
    // would stop each other every third cycle.
    logic [2:0] unused_words;
    tessera_fifo #(
      .Width($bits(wbeat_t)),
      .Depth(4)
    ) u_w_out (
      .clk_i,
      .rst_ni,
      .valid_i(push),
      .ready_o(w_ready[p]),
      .data_i (grain_w),
      .valid_o(w_valid_o[p]),
      .ready_i(w_ready_i[p]),
      .data_o (w_o[p]),
      .count_o(unused_words)
    );

    // Slots of the unanswered grains
    tessera_fifo #(
      .Width(SlotBits),
      .Depth(Outstanding)
    ) u_owed (
      .clk_i,
      .rst_ni,
      .valid_i(push),
      .ready_o(owed_ready[p]),
      .data_i (beat_slot),
      .valid_o(owed_valid),
      .ready_i(resp_valid_i[p]),
      .data_o (resp_slot[p]),
      .count_o(unused_count)
    );

    logic unused;
    assign unused = ^{unused_count, unused_words};

`ifndef SYNTHESIS
    logic in_reset;
    assign in_reset = !rst_ni;

    a_answer_has_a_grain : assert property (@(posedge clk_i) disable iff (in_reset)
        resp_valid_i[p] |-> owed_valid);
`endif
  end

  // Answers ------------------------------------------------------------------------------------------------
  burst_state_t [Slots-1:0] state_d, state_q;
  logic [Slots-1:0][3:0]    id_q;
  logic                     b_take, change;
  assign s_axi_bvalid = any_slot && state_q[head].sent && state_q[head].owed == '0;
  assign s_axi_bid    = id_q[head];
  assign s_axi_bresp  = state_q[head].resp;
  assign b_take       = s_axi_bvalid && s_axi_bready;
  assign change       = cmd_take || beat_take || resp_valid_i != '0;

  always_comb begin
    state_d = state_q;
    if (change) begin
      for (int unsigned s = 0; s < Slots; s++) begin
        if (beat_take && beat_slot == slot_t'(s)) begin
          state_d[s].owed = state_d[s].owed + 9'(beat_ends);
          state_d[s].sent = beat_last;
        end
        for (int unsigned p = 0; p < Ports; p++) begin
          if (resp_valid_i[p] && resp_slot[p] == slot_t'(s)) begin
            state_d[s].owed = state_d[s].owed - 9'd1;
            if (resp_i[p][1] && resp_i[p] > state_d[s].resp) state_d[s].resp = resp_i[p];
          end
        end
        if (cmd_take && tail == slot_t'(s)) state_d[s] = '0;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q  <= '0;
      tail_q  <= '0;
      state_q <= '0;
    end else begin
      if (b_take)   head_q <= head_q + (SlotBits + 1)'(1);
      if (cmd_take) tail_q <= tail_q + (SlotBits + 1)'(1);
      if (change)   state_q <= state_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (cmd_take) id_q[tail] <= cmd_id;
  end

  assign idle_o = !cmd_valid && !any_slot;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_wlast_on_the_last_beat : assert property (@(posedge clk_i) disable iff (in_reset)
      beat_take |-> w.last == beat_last);
  a_b_stable               : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axi_bvalid && !s_axi_bready |=> s_axi_bvalid && $stable({s_axi_bid, s_axi_bresp}));
  a_host_keeps_aw          : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axi_awvalid && !s_axi_awready |=>
      s_axi_awvalid && $stable({s_axi_awid, s_axi_awaddr, s_axi_awlen, s_axi_awsize, s_axi_awburst}));
  a_host_keeps_w           : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axi_wvalid && !s_axi_wready |=> s_axi_wvalid && $stable({s_axi_wdata, s_axi_wstrb, s_axi_wlast}));
`endif

endmodule
