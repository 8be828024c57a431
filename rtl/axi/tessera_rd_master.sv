// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// One read master's side of tessera_rd_xbar: reserves buffer room, remembers the order, returns responses in it.
//
//   Handshake   want_o rises when the burst at req_i may be sent, for one port at most, and stays until take_i of
//               that port. push_i gives a response grain of this master from a port; it is always taken.
//   Latency     req to want_o 0 cycles; push_i to rsp 2 cycles.
//   Throughput  1 burst and 1 grain per cycle.
//   Reset       Forgets everything.

module tessera_rd_master
  import tessera_pkg::*;
#(
  parameter int unsigned Ports     = 2,
  parameter int unsigned FifoDepth = 128,  // Grains buffered per port, at least 2
  parameter int unsigned MaxBursts = 128   // Bursts outstanding, at least 2
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic [3:0]        interleave_i,

  // Master
  input  logic              req_valid_i,
  output logic              req_ready_o,
  input  burst_t            req_i,
  output logic              rsp_valid_o,
  input  logic              rsp_ready_i,
  output rbeat_t            rsp_o,
  output logic              rsp_decerr_o,  // With rsp_o.err: DECERR rather than SLVERR
  output logic              idle_o,

  // Ports
  output logic [Ports-1:0]  want_o,
  input  logic [Ports-1:0]  take_i,
  input  logic [Ports-1:0]  push_i,
  input  logic [Ports-1:0][GrainBits-1:0] data_i,
  input  logic [Ports-1:0][1:0]           resp_i
);

  localparam int unsigned PortBits = Ports > 1 ? $clog2(Ports) : 1;
  localparam int unsigned FreeBits = $clog2(FifoDepth + 1);

  typedef logic [FreeBits-1:0] free_t;
  typedef struct packed {
    logic [PortBits-1:0] mem_port;
    logic [7:0]          len;
  } order_t;

  // Requests: the burst's port, and room reserved for all its grains.
  logic [PortBits-1:0] req_port;
  tessera_port_select #(
    .Ports(Ports)
  ) u_select (
    .interleave_i,
    .addr_i(req_i.addr),
    .port_o(req_port)
  );

  logic   order_ready, order_valid, take;
  order_t order_in, order;
  assign take              = take_i != '0;
  assign req_ready_o       = take;
  assign order_in.mem_port = req_port;
  assign order_in.len      = req_i.len;

  logic [8:0] beats;
  assign beats = 9'(req_i.len) + 9'd1;

  // Responses: one beat of the oldest burst, from the buffer of its port.
  logic                 rsp_fire, burst_ends;
  logic [7:0]           beat_d, beat_q;  // Beats of the oldest burst already given
  logic [Ports-1:0]     fifo_valid, fifo_pop;
  logic [GrainBits-1:0] fifo_data [Ports];
  logic [Ports-1:0]     fifo_err, fifo_decerr;

  for (genvar p = 0; p < Ports; p++) begin : gen_port
    // Invariant: free_q grains of the buffer are neither filled nor reserved for bursts on their way.
    free_t free_d, free_q;
    logic  reserve;
    assign want_o[p] = req_valid_i && order_ready && req_port == PortBits'(p) && 32'(free_q) >= 32'(beats);
    assign reserve   = take_i[p];
    assign free_d    = free_q - (reserve ? free_t'(beats) : '0) + free_t'(fifo_pop[p]);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) free_q <= free_t'(FifoDepth);
      else         free_q <= free_d;
    end

    logic                 push_ready;
    logic [FreeBits-1:0]  unused_count;
    logic [GrainBits+1:0] push_word, pop_word;
    assign push_word = {resp_i[p], data_i[p]};
    assign {fifo_err[p], fifo_decerr[p], fifo_data[p]} = pop_word;

    tessera_fifo_sram #(
      .Width(GrainBits + 2),
      .Depth(FifoDepth)
    ) u_fifo (
      .clk_i,
      .rst_ni,
      .valid_i(push_i[p]),
      .ready_o(push_ready),
      .data_i (push_word),
      .valid_o(fifo_valid[p]),
      .ready_i(fifo_pop[p]),
      .data_o (pop_word),
      .count_o(unused_count)
    );

    logic my_turn;
    assign my_turn     = order_valid && order.mem_port == PortBits'(p);
    assign fifo_pop[p] = fifo_valid[p] && my_turn && rsp_ready_i;

    logic unused;
    assign unused = ^{unused_count, push_ready};

`ifndef SYNTHESIS
    logic in_reset;
    assign in_reset = !rst_ni;

    a_room_was_reserved      : assert property (@(posedge clk_i) disable iff (in_reset)
        push_i[p] |-> push_ready);
    a_burst_fits_the_buffer  : assert property (@(posedge clk_i) disable iff (in_reset)
        req_valid_i |-> 32'(beats) <= FifoDepth);
    a_taken_only_when_wanted : assert property (@(posedge clk_i) disable iff (in_reset)
        take_i[p] |-> want_o[p]);
`endif
  end

  assign burst_ends = beat_q == order.len;
  always_comb begin
    rsp_valid_o  = 1'b0;
    rsp_o.data   = fifo_data[0];
    rsp_o.err    = fifo_err[0];
    rsp_o.last   = burst_ends;
    rsp_decerr_o = fifo_decerr[0];
    for (int unsigned p = 0; p < Ports; p++) begin
      if (order_valid && order.mem_port == PortBits'(p)) begin
        rsp_valid_o  = fifo_valid[p];
        rsp_o.data   = fifo_data[p];
        rsp_o.err    = fifo_err[p];
        rsp_decerr_o = fifo_decerr[p];
      end
    end
  end
  assign rsp_fire = rsp_valid_o && rsp_ready_i;

  always_comb begin
    beat_d = beat_q;
    if (rsp_fire) beat_d = burst_ends ? 8'd0 : beat_q + 8'd1;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) beat_q <= '0;
    else         beat_q <= beat_d;
  end

  localparam int unsigned CountBits = $clog2(MaxBursts + 1);
  logic                 order_pop;
  logic [CountBits-1:0] bursts;
  assign order_pop = rsp_fire && burst_ends;
  assign idle_o    = bursts == '0;

  tessera_fifo_sram #(
    .Width($bits(order_t)),
    .Depth(MaxBursts)
  ) u_order (
    .clk_i,
    .rst_ni,
    .valid_i(take),
    .ready_o(order_ready),
    .data_i (order_in),
    .valid_o(order_valid),
    .ready_i(order_pop),
    .data_o (order),
    .count_o(bursts)
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_request_stable   : assert property (@(posedge clk_i) disable iff (in_reset)
      req_valid_i && !req_ready_o |=> req_valid_i && $stable(req_i));
  a_response_stable  : assert property (@(posedge clk_i) disable iff (in_reset)
      rsp_valid_o && !rsp_ready_i |=> rsp_valid_o && $stable(rsp_o));
  a_one_port_at_most : assert property (@(posedge clk_i) disable iff (in_reset)
      $onehot0(want_o));
  a_want_stays       : assert property (@(posedge clk_i) disable iff (in_reset)
      want_o != '0 && !take |=> want_o == $past(want_o));
`endif

endmodule
