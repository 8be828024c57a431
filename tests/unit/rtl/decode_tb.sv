// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// tessera_decode with the members of its structs as ports of their own, for C++.

module decode_tb
  import tessera_spec_gen_pkg::*;
  import tessera_control_pkg::*;
#(
  parameter int unsigned Rows      = 8,
  parameter int unsigned Cols      = 8,
  parameter logic [3:0]  Formats   = 4'hf,
  parameter int unsigned LoadLanes = 2
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  input  logic         run_i,
  input  logic [63:0]  mem_base_i,
  input  logic [63:0]  mem_limit_i,
  input  logic         valid_i,
  output logic         ready_o,
  input  logic [23:0]  pc_i,
  input  logic [255:0] word_i,
  output logic         valid_o,
  input  logic         ready_i,
  output logic [23:0]  pc_o,
  output logic [47:0]  ea_o,
  output logic [255:0] word_o,
  output logic [7:0]   error_o,
  output logic [47:0]  error_addr_o
);

  launch_t  launch;
  fetched_t fetched;
  checked_t checked;

  assign launch       = '{mem_base: mem_base_i, mem_limit: mem_limit_i, default: '0};
  assign fetched      = '{pc: pc_i, word: word_i, error: ErrorNone};
  assign pc_o         = checked.issue.pc;
  assign ea_o         = checked.issue.ea;
  assign word_o       = checked.issue.word;
  assign error_o      = checked.error;
  assign error_addr_o = checked.error_addr;

  tessera_decode #(
    .Rows(Rows),
    .Cols(Cols),
    .Formats(Formats),
    .LoadLanes(LoadLanes)
  ) u_decode (
    .clk_i,
    .rst_ni,
    .start_i,
    .run_i,
    .launch_i (launch),
    .valid_i,
    .ready_o,
    .fetched_i(fetched),
    .valid_o,
    .ready_i,
    .checked_o(checked)
  );

endmodule
