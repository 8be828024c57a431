// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The code of a grain from end to end: encode, turn the bits of flip_i, find the syndrome, correct. No register between.

module hbm_ecc_tb
  import tessera_hbm_pkg::*;
  import tessera_hbm_ecc_pkg::*;
(
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         enable_i,
  input  grain_t                       data_i,
  input  logic [EccBits+GrainBits-1:0] flip_i,      // {ecc, data}
  output ecc_t                         ecc_o,
  output check_t                       syndrome_o,
  output grain_t                       data_o,
  output logic [1:0]                   verdict_o
);

  grain_t   read;
  ecc_t     read_ecc;
  check_t   check;
  verdict_e verdict;

  tessera_hbm_ecc_encode u_encode (
    .enable_i,
    .data_i,
    .ecc_o
  );

  assign read     = data_i ^ flip_i[GrainBits-1:0];
  assign read_ecc = ecc_o ^ flip_i[EccBits+GrainBits-1:GrainBits];
  assign check    = read_ecc[CheckBits-1:0];

  tessera_hbm_ecc_syndrome u_syndrome (
    .enable_i,
    .data_i    (read),
    .check_i   (check),
    .syndrome_o
  );

  tessera_hbm_ecc_correct u_correct (
    .data_i    (read),
    .syndrome_i(syndrome_o),
    .data_o,
    .verdict_o (verdict)
  );
  assign verdict_o = verdict;

  logic unused;
  assign unused = ^{clk_i, rst_ni, read_ecc[EccBits-1:CheckBits]};

endmodule
