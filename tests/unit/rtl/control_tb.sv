// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_control with the members of its structs as ports of their own, for C++.

module control_tb
  import tessera_pkg::*;
  import tessera_spec_gen_pkg::*;
#(
  parameter int unsigned LoadLanes = 2,
  parameter int unsigned Ports     = 2,
  localparam int unsigned Engines  = 2 + LoadLanes
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        s_axil_awvalid,
  output logic        s_axil_awready,
  input  logic [11:0] s_axil_awaddr,
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
  output logic        s_axil_rvalid,
  input  logic        s_axil_rready,
  output logic [31:0] s_axil_rdata,
  output logic [1:0]  s_axil_rresp,
  output logic        irq_o,

  output logic        req_valid_o,
  input  logic        req_ready_i,
  output logic [47:0] req_addr_o,
  output logic [7:0]  req_len_o,
  input  logic        rsp_valid_i,
  input  logic [255:0] rsp_data_i,
  input  logic        rsp_err_i,
  input  logic        rsp_last_i,

  output logic [Engines-1:0] issue_valid_o,
  input  logic [Engines-1:0] issue_ready_i,
  output logic [23:0]  issue_pc_o    [Engines],
  output logic [47:0]  issue_ea_o    [Engines],
  output logic [255:0] issue_word_o  [Engines],
  input  logic [Engines-1:0] done_valid_i,
  input  logic [15:0]  done_post_i   [Engines],
  input  logic [23:0]  done_pc_i     [Engines],
  input  logic [255:0] done_word_i   [Engines],
  input  logic [Engines-1:0] fault_valid_i,
  input  logic [7:0]   fault_error_i [Engines],
  input  logic [23:0]  fault_pc_i    [Engines],
  input  logic [47:0]  fault_addr_i  [Engines],
  input  logic [2:0]   activity_i    [Engines],
  input  logic [Engines-1:0] quiet_i,
  output logic         flush_o,
  output logic         start_o,
  output logic [3:0]   interleave_o,
  input  logic [3:0]   num_status_i,
  input  logic         pass_i,
  input  logic [Ports-1:0] rd_beats_i,
  input  logic [Ports-1:0] wr_beats_i
);

  burst_t                  req;
  rbeat_t                  rsp;
  logic                    rsp_ready;
  issue_t    [Engines-1:0] issue;
  sem_mask_t [Engines-1:0] done_post;
  pc_t       [Engines-1:0] done_pc;
  grain_t    [Engines-1:0] done_word;
  fault_t    [Engines-1:0] fault;
  activity_e [Engines-1:0] activity;
  num_status_t             num_status;

  assign req_addr_o = req.addr;
  assign req_len_o  = req.len;
  assign rsp        = '{data: rsp_data_i, err: rsp_err_i, last: rsp_last_i};
  assign num_status = num_status_i;

  for (genvar e = 0; e < Engines; e++) begin : gen_engine
    assign issue_pc_o[e]   = issue[e].pc;
    assign issue_ea_o[e]   = issue[e].ea;
    assign issue_word_o[e] = issue[e].word;
    assign done_post[e]    = done_post_i[e];
    assign done_pc[e]      = done_pc_i[e];
    assign done_word[e]    = done_word_i[e];
    assign fault[e]        = '{error: error_e'(fault_error_i[e]), pc: fault_pc_i[e], word: done_word_i[e],
                               addr: fault_addr_i[e]};
    assign activity[e]     = activity_e'(activity_i[e]);
  end

  tessera_control #(
    .LoadLanes(LoadLanes),
    .Ports(Ports)
  ) u_control (
    .clk_i,
    .rst_ni,
    .s_axil_awvalid,
    .s_axil_awready,
    .s_axil_awaddr,
    .s_axil_wvalid,
    .s_axil_wready,
    .s_axil_wdata,
    .s_axil_wstrb,
    .s_axil_bvalid,
    .s_axil_bready,
    .s_axil_bresp,
    .s_axil_arvalid,
    .s_axil_arready,
    .s_axil_araddr,
    .s_axil_rvalid,
    .s_axil_rready,
    .s_axil_rdata,
    .s_axil_rresp,
    .irq_o,
    .fetch_req_valid_o(req_valid_o),
    .fetch_req_ready_i(req_ready_i),
    .fetch_req_o      (req),
    .fetch_rsp_valid_i(rsp_valid_i),
    .fetch_rsp_ready_o(rsp_ready),
    .fetch_rsp_i      (rsp),
    .issue_valid_o,
    .issue_ready_i,
    .issue_o          (issue),
    .done_valid_i,
    .done_post_i      (done_post),
    .done_pc_i        (done_pc),
    .done_word_i      (done_word),
    .fault_valid_i,
    .fault_i          (fault),
    .activity_i       (activity),
    .quiet_i,
    .flush_o,
    .start_o,
    .interleave_o,
    .num_status_i     (num_status),
    .pass_i,
    .rd_beats_i,
    .wr_beats_i
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  a_fetch_always_takes : assert property (@(posedge clk_i) disable iff (in_reset)
      rsp_ready);
`endif

endmodule
