// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Front end: fetch, sequencer and checks in a row, from memory to checked instructions in execution order.
//
//   Handshake   valid/ready towards the dispatcher; read master of tessera_rd_xbar.
//   Latency     A response beat to valid_o's instruction: 6 cycles.
//   Throughput  1 instruction per cycle.
//   Reset       Empty.

module tessera_front
  import tessera_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned Rows        = 8,
  parameter int unsigned Cols        = 8,
  parameter logic [3:0]  Formats     = 4'hf,
  parameter int unsigned ADepth      = 1024,
  parameter int unsigned BDepth      = 1024,
  parameter int unsigned AScaleDepth = 128,
  parameter int unsigned BScaleDepth = 128,
  parameter int unsigned PsumTiles   = 128,
  parameter int unsigned OutDepth    = 2048,
  parameter int unsigned ColDepth    = 64,
  parameter int unsigned LoadLanes   = 2
) (
  input  logic     clk_i,
  input  logic     rst_ni,

  // From the run state machine
  input  logic     start_i,
  input  logic     run_i,
  input  launch_t  launch_i,  // Constant while run_i
  output logic     quiet_o,   // Nothing asked for is outstanding

  // To tessera_rd_xbar
  output logic     req_valid_o,
  input  logic     req_ready_i,
  output burst_t   req_o,
  input  logic     rsp_valid_i,
  output logic     rsp_ready_o,
  input  rbeat_t   rsp_i,

  // To tessera_dispatch
  output logic     valid_o,
  input  logic     ready_i,
  output checked_t checked_o
);

  logic               pc_valid, hit, bad, take, fetched_valid, fetched_ready;
  pc_t                pc, prog_len;
  seq_e               kind;
  grain_t             word;
  fetched_t           fetched;
  tessera_pkg::mem_addr_t prog_base;

  assign prog_base = launch_i.prog_base[$bits(prog_base)-1:0];
  assign prog_len  = launch_i.prog_len;

  tessera_fetch u_fetch (
    .clk_i,
    .rst_ni,
    .start_i,
    .run_i,
    .prog_base_i(prog_base),
    .prog_len_i (prog_len),
    .quiet_o,
    .req_valid_o,
    .req_ready_i,
    .req_o,
    .rsp_valid_i,
    .rsp_ready_o,
    .rsp_i,
    .pc_valid_i (pc_valid),
    .pc_i       (pc),
    .hit_o      (hit),
    .kind_o     (kind),
    .bad_o      (bad),
    .take_i     (take),
    .word_o     (word)
  );

  tessera_sequencer u_sequencer (
    .clk_i,
    .rst_ni,
    .start_i,
    .run_i,
    .prog_len_i(prog_len),
    .pc_valid_o(pc_valid),
    .pc_o      (pc),
    .hit_i     (hit),
    .kind_i    (kind),
    .bad_i     (bad),
    .take_o    (take),
    .word_i    (word),
    .valid_o   (fetched_valid),
    .ready_i   (fetched_ready),
    .fetched_o (fetched)
  );

  tessera_decode #(
    .Rows(Rows),
    .Cols(Cols),
    .Formats(Formats),
    .ADepth(ADepth),
    .BDepth(BDepth),
    .AScaleDepth(AScaleDepth),
    .BScaleDepth(BScaleDepth),
    .PsumTiles(PsumTiles),
    .OutDepth(OutDepth),
    .ColDepth(ColDepth),
    .LoadLanes(LoadLanes)
  ) u_decode (
    .clk_i,
    .rst_ni,
    .start_i,
    .run_i,
    .launch_i,
    .valid_i  (fetched_valid),
    .ready_o  (fetched_ready),
    .fetched_i(fetched),
    .valid_o,
    .ready_i,
    .checked_o
  );

endmodule
