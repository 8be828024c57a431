// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_fetch and tessera_sequencer as they stand in tessera_front, with plain ports for C++.

module fetch_tb
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  input  logic         run_i,
  input  logic [47:0]  prog_base_i,
  input  logic [23:0]  prog_len_i,
  output logic         quiet_o,
  output logic         req_valid_o,
  input  logic         req_ready_i,
  output logic [47:0]  req_addr_o,
  output logic [7:0]   req_len_o,
  input  logic         rsp_valid_i,
  input  logic [255:0] rsp_data_i,
  input  logic         rsp_err_i,
  output logic         valid_o,
  input  logic         ready_i,
  output logic [23:0]  pc_o,
  output logic [255:0] word_o,
  output logic [7:0]   error_o
);

  burst_t   req;
  rbeat_t   rsp;
  fetched_t fetched;
  grain_t   word;
  pc_t      pc;
  seq_e     kind;
  logic     pc_valid, hit, bad, take, rsp_ready;

  assign req_addr_o = req.addr;
  assign req_len_o  = req.len;
  assign rsp        = '{data: rsp_data_i, err: rsp_err_i, last: 1'b0};
  assign pc_o       = fetched.pc;
  assign word_o     = fetched.word;
  assign error_o    = fetched.error;

  tessera_fetch u_fetch (
    .clk_i,
    .rst_ni,
    .start_i,
    .run_i,
    .prog_base_i,
    .prog_len_i,
    .quiet_o,
    .req_valid_o,
    .req_ready_i,
    .req_o      (req),
    .rsp_valid_i,
    .rsp_ready_o(rsp_ready),
    .rsp_i      (rsp),
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
    .prog_len_i,
    .pc_valid_o(pc_valid),
    .pc_o      (pc),
    .hit_i     (hit),
    .kind_i    (kind),
    .bad_i     (bad),
    .take_o    (take),
    .word_i    (word),
    .valid_o,
    .ready_i,
    .fetched_o (fetched)
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_fetch_always_takes : assert property (@(posedge clk_i) disable iff (in_reset)
      rsp_ready);
`endif

endmodule
