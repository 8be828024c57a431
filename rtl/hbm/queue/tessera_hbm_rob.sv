// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Reorder buffer: read beats leave as R in the order in which they were entered, whenever their data come.
//
//   Handshake   enter and R are ready/valid. Data are pulses that name a beat by its index; at most one per beat, none for a
//               beat entered with a response other than OKAY.
//   Latency     Data to R 2 cycles; a beat entered with an error to R 2 cycles.
//   Throughput  1 beat per cycle.
//   Reset       Drops everything; storage keeps whatever it held.
//
// While fatal_i is high data no longer come. The beats that are inside then leave with SLVERR.

module tessera_hbm_rob
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned Depth  = 256,  // Beats inside, a power of two, 4 to 256
  parameter int unsigned IdBits = 4
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               fatal_i,
  output logic               idle_o,  // No beat inside, none at R

  // Beats, in the order of R
  input  logic               enter_valid_i,
  output logic               enter_ready_o,
  input  logic [IdBits-1:0]  enter_id_i,
  input  logic               enter_last_i,
  input  logic [1:0]         enter_resp_i,  // Not OKAY: the answer is known, no data will come
  output logic [RobBits-1:0] enter_idx_o,

  // Data
  input  logic               data_valid_i,
  input  logic [RobBits-1:0] data_idx_i,
  input  grain_t             data_i,
  input  logic               data_err_i,    // Answer SLVERR

  // AXI4 R
  output logic               s_axi_rvalid,
  input  logic               s_axi_rready,
  output logic [IdBits-1:0]  s_axi_rid,
  output grain_t             s_axi_rdata,
  output logic [1:0]         s_axi_rresp,
  output logic               s_axi_rlast
);

  if (Depth < 4 || Depth > 256 || (Depth & (Depth - 1)) != 0) begin : gen_bad_depth
    $error("tessera_hbm_rob: Depth must be a power of two, 4 to 256");
  end

  localparam int unsigned IdxBits = $clog2(Depth);
  typedef logic [IdxBits-1:0] idx_t;

  typedef struct packed {
    logic [IdBits-1:0] id;
    logic              last;
    logic [1:0]        resp;
  } beat_t;

  // count_q beats from head_q on; the first poisoned_q of them were inside when the channel failed. done_q: data or an error
  // are there; a bit is set only for a beat inside.
  logic [Depth-1:0]  done_q;
  idx_t              head_q, tail, data_idx;
  logic [IdxBits:0]  count_d, count_q, poisoned_d, poisoned_q;
  assign tail          = head_q + idx_t'(count_q);
  assign enter_ready_o = !count_q[IdxBits];
  assign enter_idx_o   = RobBits'(tail);
  assign data_idx      = idx_t'(data_idx_i);

  logic push, pop, poisoned, rvalid_q, poison_q;
  assign poisoned = fatal_i || poisoned_q != '0;
  assign push     = enter_valid_i && enter_ready_o;
  assign pop      = count_q != '0 && (done_q[head_q] || poisoned) && (s_axi_rready || !rvalid_q);

  always_comb begin
    count_d = count_q;
    if (push && !pop) count_d = count_q + 1'b1;
    if (pop && !push) count_d = count_q - 1'b1;
    poisoned_d = poisoned_q;
    if (fatal_i) poisoned_d = count_d;
    else if (pop && poisoned_q != '0) poisoned_d = poisoned_q - 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q     <= '0;
      count_q    <= '0;
      poisoned_q <= '0;
      rvalid_q   <= 1'b0;
      done_q     <= '0;
    end else begin
      if (pop) head_q <= head_q + idx_t'(1);
      count_q    <= count_d;
      poisoned_q <= poisoned_d;
      if (s_axi_rready || !rvalid_q) rvalid_q <= pop;
      if (data_valid_i) done_q[data_idx] <= 1'b1;
      if (push && enter_resp_i != RespOkay) done_q[tail] <= 1'b1;
      if (pop) done_q[head_q] <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (pop) poison_q <= poisoned;
  end

  // A beat without data leaves with the data of an earlier one, or with none: AXI lets the data of an error be anything.
  beat_t              enter, beat;
  logic [GrainBits:0] data_word, r_word;
  assign enter     = '{id: enter_id_i, last: enter_last_i, resp: enter_resp_i};
  assign data_word = {data_err_i, data_i};

  tessera_sram #(
    .Depth    (Depth),
    .Width    ($bits(beat_t)),
    .MacroBits(1024)
  ) u_beats (
    .clk_i,
    .wr_en_i  (push),
    .wr_addr_i(tail),
    .wr_data_i(enter),
    .rd_en_i  (pop),
    .rd_addr_i(head_q),
    .rd_data_o(beat)
  );

  tessera_sram #(
    .Depth(Depth),
    .Width(GrainBits + 1)
  ) u_data (
    .clk_i,
    .wr_en_i  (data_valid_i),
    .wr_addr_i(data_idx),
    .wr_data_i(data_word),
    .rd_en_i  (pop),
    .rd_addr_i(head_q),
    .rd_data_o(r_word)
  );

  assign s_axi_rvalid = rvalid_q;
  assign s_axi_rid    = beat.id;
  assign s_axi_rlast  = beat.last;
  assign s_axi_rdata  = r_word[GrainBits-1:0];
  assign s_axi_rresp  = poison_q ? RespSlvErr : beat.resp != RespOkay ? beat.resp : r_word[GrainBits] ? RespSlvErr : RespOkay;
  assign idle_o       = count_q == '0 && !rvalid_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  idx_t data_age;
  assign data_age = data_idx - head_q;

  a_count_within_depth      : assert property (@(posedge clk_i) disable iff (in_reset)
      32'(count_q) <= Depth && poisoned_q <= count_q);
  a_data_for_a_waiting_beat : assert property (@(posedge clk_i) disable iff (in_reset)
      data_valid_i |-> {1'b0, data_age} < count_q && !done_q[data_idx]);
  a_no_data_when_fatal      : assert property (@(posedge clk_i) disable iff (in_reset)
      fatal_i |-> !data_valid_i);
  a_r_stable                : assert property (@(posedge clk_i) disable iff (in_reset)
      s_axi_rvalid && !s_axi_rready |=>
      s_axi_rvalid && $stable({s_axi_rid, s_axi_rdata, s_axi_rresp, s_axi_rlast}));
`endif

endmodule
