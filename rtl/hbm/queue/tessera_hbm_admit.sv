// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Admits grains to the scheduler's queues once nothing that they must not overtake is queued or in flight.
//
// Reads and writes have a head each (the grain at the port) and a stage behind it, from which they are pushed. A head passes if
//   read    no queued write, no write in the stage and no older write head has its grain
//   write   no queued or in-flight read, no queued write, nothing in the stages and no older read head has its grain
// so that what two queues hold of one grain never depends on order. A corrected grain's scrub takes the place of a write head.
//
//   Handshake   Grains and rd_again are ready/valid; pushes only while the queue is not full. Probes are answered in the
//               same cycle. left is a pulse per grain of a write burst.
//   Latency     Grain to push 1 cycle.
//   Throughput  1 read and 1 full write per cycle; a partial write takes a read's place too.
//   Reset       Drops everything.
//
// While fatal_i is high, refuse_i is too; nothing is pushed and what comes is answered SLVERR.

module tessera_hbm_admit
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned NumberBits = 5,
  parameter int unsigned ScrubDepth = 16  // Scrubs that may wait; a grain whose scrub is refused is corrected when next read
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  refuse_i,         // The read head is answered SLVERR
  input  logic                  fatal_i,
  output logic                  idle_o,           // Nothing in the stages, no scrub waiting

  // Read head
  input  logic                  rd_valid_i,
  output logic                  rd_ready_o,
  input  daddr_t                rd_addr_i,
  input  logic [1:0]            rd_resp_i,

  // Reorder buffer: a beat enters as its grain leaves the head
  output logic                  enter_valid_o,
  input  logic                  enter_ready_i,
  output logic [1:0]            enter_resp_o,
  input  logic [RobBits-1:0]    enter_idx_i,

  // Write head
  input  logic                  wr_valid_i,
  output logic                  wr_ready_o,
  input  wr_grain_t             wr_grain_i,
  input  logic [NumberBits-1:0] wr_number_i,

  // Grains to be scrubbed; refused while ScrubDepth wait
  input  logic                  scrub_valid_i,
  input  daddr_t                scrub_addr_i,

  // Reads in flight, of the write head's grain
  output logic                  flight_valid_o,
  input  logic                  flight_hit_i,

  // Reads to be pushed again, before any other
  input  logic                  again_valid_i,
  output logic                  again_ready_o,
  input  daddr_t                again_addr_i,
  input  rd_tag_t               again_tag_i,

  // Scheduler; probe 0 asks for the read head, or for the write head while no read is there; probe 1 for the write head
  output daddr_t [1:0]          probe_addr_o,
  input  logic                  probe_rd_i,       // Of probe 1: a queued read has the grain
  input  logic [1:0]            probe_wr_i,
  input  logic                  rd_full_i,
  output logic                  rd_push_o,
  output daddr_t                rd_push_addr_o,
  output rd_tag_t               rd_push_tag_o,
  input  logic                  wr_full_i,
  input  logic [SlotBits-1:0]   wr_slot_i,
  output logic                  wr_push_o,
  output daddr_t                wr_push_addr_o,
  output logic                  wr_push_hold_o,
  output logic                  drain_o,          // Whatever queued write probe 0 finds is being waited for

  // Write buffer: written with the push
  input  logic                  buffer_ready_i,
  output logic                  buffer_valid_o,
  output grain_t                buffer_data_o,
  output strb_t                 buffer_strb_o,
  output logic                  buffer_scrub_o,

  // Answers of write bursts
  output wr_left_t              left_o,
  output logic [NumberBits-1:0] left_number_o    // Also of the push
);

  // Scrubs that wait, and whether the oldest is the write head. The head's owner changes only when the head is empty or leaves.
  localparam int unsigned ScrubBits = $clog2(ScrubDepth + 1);
  logic                 scrub_push, scrub_valid, scrub_pop, scrub_heads_d, scrub_heads_q;
  daddr_t               scrub_addr;
  logic [ScrubBits-1:0] scrub_count;

  logic   w_valid, w_pass, w_leave, w_real, r_real, r_leave;
  daddr_t w_addr;
  assign w_valid = scrub_heads_q || wr_valid_i;
  assign w_addr  = scrub_heads_q ? scrub_addr : wr_grain_i.addr;
  assign w_real  = scrub_heads_q || (wr_valid_i && wr_grain_i.resp == RespOkay && wr_grain_i.strb != '0);  // Goes to memory
  assign r_real  = rd_valid_i && rd_resp_i == RespOkay && !refuse_i;

  always_comb begin
    scrub_heads_d = scrub_heads_q;
    if (w_leave || !w_valid) scrub_heads_d = scrub_valid && !scrub_heads_q;
    if (fatal_i) scrub_heads_d = 1'b0;
  end
  assign scrub_push = scrub_valid_i && !fatal_i && scrub_count != ScrubBits'(ScrubDepth);
  assign scrub_pop  = (w_leave && scrub_heads_q) || fatal_i;

  tessera_fifo #(
    .Width($bits(daddr_t)),
    .Depth(ScrubDepth)
  ) u_scrubs (
    .clk_i,
    .rst_ni,
    .valid_i(scrub_push),
    .ready_o(),
    .data_i (scrub_addr_i),
    .valid_o(scrub_valid),
    .ready_i(scrub_pop),
    .data_o (scrub_addr),
    .count_o(scrub_count)
  );

  // Stages behind the heads
  logic                  rs_valid_d, rs_valid_q, ws_valid_d, ws_valid_q;
  daddr_t                rs_addr_q, ws_addr_q;
  logic [RobBits-1:0]    rs_idx_q;
  grain_t                ws_data_q;
  strb_t                 ws_strb_q;
  logic                  ws_scrub_q, ws_real_q, ws_last_q;
  logic [1:0]            ws_resp_q;
  logic [NumberBits-1:0] ws_number_q;
  logic                  rs_leave, ws_leave;

  // Which head was there first; only meaningful while both wait. The scheduler's and the return path's tables are asked beside.
  logic r_older_d, r_older_q, r_stay, w_stay;
  assign r_stay = rd_valid_i && !r_leave;
  assign w_stay = w_valid && !w_leave;
  always_comb begin
    r_older_d = r_older_q;
    if (!w_stay)      r_older_d = 1'b1;
    else if (!r_stay) r_older_d = 1'b0;
  end

  logic same_heads, r_waits, w_waits;
  assign same_heads = r_real && w_real && rd_addr_i == w_addr;
  assign r_waits    = probe_wr_i[0] || (ws_valid_q && ws_real_q && ws_addr_q == rd_addr_i) || (same_heads && !r_older_q);
  assign w_waits    = probe_rd_i || probe_wr_i[1] || flight_hit_i || (ws_valid_q && ws_real_q && ws_addr_q == w_addr) ||
                      (rs_valid_q && rs_addr_q == w_addr) || (same_heads && r_older_q);

  assign probe_addr_o   = {w_addr, r_real ? rd_addr_i : w_addr};
  assign drain_o        = r_real || w_real;
  assign flight_valid_o = w_real;

  logic rs_free, ws_free, r_pass;
  assign rs_free = !rs_valid_q || rs_leave;
  assign ws_free = !ws_valid_q || ws_leave;
  assign r_pass  = !r_real || (!r_waits && rs_free);
  assign w_pass  = ws_free && (fatal_i || !w_real || !w_waits);

  assign enter_valid_o = rd_valid_i && r_pass;
  assign enter_resp_o  = refuse_i ? RespSlvErr : rd_resp_i;
  assign rd_ready_o    = r_pass && enter_ready_i;
  assign r_leave       = rd_valid_i && rd_ready_o;
  assign w_leave       = w_valid && w_pass;
  assign wr_ready_o    = w_pass && !scrub_heads_q;

  // Pushes. Repeated reads go first; then merging reads and others by turns.
  logic merge_last_q, rd_free, ws_partial, ws_goes, ws_push, merge_push, rs_push, wr_room;
  assign rd_free    = !rd_full_i && !again_valid_i && !fatal_i;
  assign ws_partial = ws_strb_q != '1;
  assign wr_room    = !wr_full_i && buffer_ready_i && !fatal_i;
  assign ws_goes    = ws_valid_q && ws_real_q && wr_room;
  assign ws_push    = ws_goes && (!ws_partial || (rd_free && (!merge_last_q || !rs_valid_q)));
  assign merge_push = ws_push && ws_partial;
  assign rs_push    = rs_valid_q && rd_free && !merge_push;
  assign rs_leave   = rs_push || fatal_i;
  assign ws_leave   = ws_push || !ws_real_q || fatal_i;

  assign again_ready_o = !rd_full_i && !fatal_i;

  always_comb begin
    rd_push_o      = merge_push || rs_push || (again_valid_i && again_ready_o);
    rd_push_addr_o = rs_addr_q;
    rd_push_tag_o  = '{merge: 1'b0, idx: rs_idx_q};
    if (again_valid_i) begin
      rd_push_addr_o = again_addr_i;
      rd_push_tag_o  = again_tag_i;
    end else if (merge_push) begin
      rd_push_addr_o = ws_addr_q;
      rd_push_tag_o  = '{merge: 1'b1, idx: RobBits'(wr_slot_i)};
    end
  end

  assign wr_push_o      = ws_push;
  assign wr_push_addr_o = ws_addr_q;
  assign wr_push_hold_o = ws_partial;
  assign buffer_valid_o = ws_push;
  assign buffer_data_o  = ws_data_q;
  assign buffer_strb_o  = ws_strb_q;
  assign buffer_scrub_o = ws_scrub_q;

  logic [1:0] left_resp;
  assign left_resp     = fatal_i ? RespSlvErr : ws_resp_q;
  assign left_o        = '{valid: ws_valid_q && ws_leave && !ws_scrub_q, last: ws_last_q, pending: merge_push, resp: left_resp};
  assign left_number_o = ws_number_q;

  assign rs_valid_d = (r_leave && r_real) || (rs_valid_q && !rs_leave);
  assign ws_valid_d = w_leave || (ws_valid_q && !ws_leave);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      scrub_heads_q <= 1'b0;
      rs_valid_q    <= 1'b0;
      ws_valid_q    <= 1'b0;
      r_older_q     <= 1'b0;
      merge_last_q  <= 1'b0;
    end else begin
      scrub_heads_q <= scrub_heads_d;
      rs_valid_q    <= rs_valid_d;
      ws_valid_q    <= ws_valid_d;
      r_older_q     <= r_older_d;
      if (merge_push || rs_push) merge_last_q <= merge_push;
    end
  end

  always_ff @(posedge clk_i) begin
    if (r_leave && r_real) begin
      rs_addr_q <= rd_addr_i;
      rs_idx_q  <= enter_idx_i;
    end
    if (w_leave) begin
      ws_addr_q   <= w_addr;
      ws_data_q   <= wr_grain_i.data;
      ws_strb_q   <= scrub_heads_q ? '0 : wr_grain_i.strb;
      ws_scrub_q  <= scrub_heads_q;
      ws_real_q   <= w_real && !fatal_i;
      ws_last_q   <= wr_grain_i.last;
      ws_number_q <= wr_number_i;
      ws_resp_q   <= fatal_i ? RespSlvErr : wr_grain_i.resp;
    end
  end

  assign idle_o = !rs_valid_q && !ws_valid_q && !scrub_valid;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_stages_hold_different_grains : assert property (@(posedge clk_i) disable iff (in_reset)
      rs_valid_q && ws_valid_q && ws_real_q |-> rs_addr_q != ws_addr_q);
  a_no_push_into_a_full_queue    : assert property (@(posedge clk_i) disable iff (in_reset)
      !(rd_push_o && rd_full_i) && !(wr_push_o && wr_full_i));
  a_held_write_with_its_read     : assert property (@(posedge clk_i) disable iff (in_reset)
      wr_push_o && wr_push_hold_o |-> rd_push_o && rd_push_tag_o.merge && rd_push_addr_o == wr_push_addr_o);
  a_nothing_pushed_when_fatal    : assert property (@(posedge clk_i) disable iff (in_reset)
      fatal_i |-> !rd_push_o && !wr_push_o);
  a_fatal_refuses                : assert property (@(posedge clk_i) disable iff (in_reset)
      fatal_i |-> refuse_i);
  a_scrub_head_is_a_scrub        : assert property (@(posedge clk_i) disable iff (in_reset)
      scrub_heads_q |-> scrub_valid);
`endif

endmodule
