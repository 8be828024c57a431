// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// State and timings of N banks, bit i of every vector being bank i: which commands each may take in this cycle as far as
// the bank itself is concerned.
//
//   Handshake   A command's bit is high in the cycle in which it is decided, and only while the output that allows it is
//               high; in a cycle at most one ACT or REF, one column command, and one PRE or PREs of any number of banks,
//               all of different banks. auto_i with rd_i or wr_i: the bank closes by itself.
//   Latency     Outputs depend on registers only; a command shows in them one cycle later.
//   Reset       Closed, everything allowed that a closed bank may take.
//
// Cycle counts are those of tessera_hbm_timing. A refresh needs act_ok_o for one cycle longer than an ACT (see there).
// Kept in the subset of the language that Debian's Yosys reads, so that proofs use this very file.

module tessera_hbm_bank #(
  parameter N           = 1,
  parameter CycBits     = 8,
  parameter LongCycBits = 11
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Cycle counts; change only while nothing is counted
  input  logic [CycBits-1:0]     act_rd_i,
  input  logic [CycBits-1:0]     act_wr_i,
  input  logic [CycBits-1:0]     act_pre_i,
  input  logic [CycBits-1:0]     act_act_i,
  input  logic [CycBits-1:0]     rd_pre_i,
  input  logic [CycBits-1:0]     wr_pre_i,
  input  logic [CycBits-1:0]     pre_act_i,
  input  logic [CycBits-1:0]     pre_act_late_i,
  input  logic [LongCycBits-1:0] ref_act_i,
  input  logic                   clear_i,      // The device is in reset: its banks are closed

  // Commands
  input  logic [N-1:0]           act_i,
  input  logic [N-1:0]           rd_i,
  input  logic [N-1:0]           wr_i,
  input  logic                   auto_i,
  input  logic [N-1:0]           pre_i,
  input  logic                   pre_late_i,   // The PRE goes out in row slot 3
  input  logic [N-1:0]           ref_i,        // REFpb or RFMpb

  // What the banks allow
  output logic [N-1:0]           open_o,
  output logic [N-1:0]           closing_o,    // After RDA or WRA, until the internal precharge
  output logic [N-1:0]           act_ok_o,     // ACT; also: closed
  output logic [N-1:0]           rd_ok_o,
  output logic [N-1:0]           wr_ok_o,
  output logic [N-1:0]           pre_ok_o
);

  // Never both: open takes column commands, closing waits for the moment a PRE could go.
  logic [N-1:0] open_d, open_q, closing_d, closing_q, col, autos, closes, pre_ripe;
  assign col       = rd_i | wr_i;
  assign autos     = auto_i ? col : {N{1'b0}};
  assign closes    = closing_q & pre_ripe;
  assign open_d    = clear_i ? {N{1'b0}} : (open_q | act_i) & ~(pre_i | autos);
  assign closing_d = clear_i ? {N{1'b0}} : (closing_q & ~closes) | autos;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q    <= {N{1'b0}};
      closing_q <= {N{1'b0}};
    end else begin
      open_q    <= open_d;
      closing_q <= closing_d;
    end
  end

  // To ACT: tRC, tRP, tRFCpb. The internal precharge counts as a PRE of the cycle in which one would be allowed.
  logic [N-1:0]       rc_ok, rp_ok, rfc_ok, shut;
  logic [CycBits-1:0] rp;
  logic               late;
  assign shut = pre_i | closes;
  assign late = pre_late_i && pre_i != {N{1'b0}};
  assign rp   = late ? pre_act_late_i : pre_act_i;
  tessera_hbm_spacing #(.N(N), .Bits(CycBits)) u_rc (
      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(act_i), .cycles_i(act_act_i), .ok_o(rc_ok));
  tessera_hbm_spacing #(.N(N), .Bits(CycBits)) u_rp (
      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(shut), .cycles_i(rp), .ok_o(rp_ok));
  tessera_hbm_spacing #(.N(N), .Bits(LongCycBits)) u_rfc (
      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(ref_i), .cycles_i(ref_act_i), .ok_o(rfc_ok));

  // To a column command: tRCDRD, tRCDWR
  logic [N-1:0] rcdrd_ok, rcdwr_ok;
  tessera_hbm_spacing #(.N(N), .Bits(CycBits)) u_rcdrd (
      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(act_i), .cycles_i(act_rd_i), .ok_o(rcdrd_ok));
  tessera_hbm_spacing #(.N(N), .Bits(CycBits)) u_rcdwr (
      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(act_i), .cycles_i(act_wr_i), .ok_o(rcdwr_ok));

  // To PRE: tRAS, and tRTP or the write's way
  logic [N-1:0]       ras_ok, col_ok;
  logic [CycBits-1:0] col_pre;
  assign col_pre  = rd_i != {N{1'b0}} ? rd_pre_i : wr_pre_i;
  assign pre_ripe = ras_ok & col_ok;
  tessera_hbm_spacing #(.N(N), .Bits(CycBits)) u_ras (
      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(act_i), .cycles_i(act_pre_i), .ok_o(ras_ok));
  tessera_hbm_spacing #(.N(N), .Bits(CycBits)) u_col (
      .clk_i(clk_i), .rst_ni(rst_ni), .start_i(col), .cycles_i(col_pre), .ok_o(col_ok));

  assign open_o    = open_q;
  assign closing_o = closing_q;
  assign act_ok_o  = rc_ok & rp_ok & rfc_ok & ~open_q & ~closing_q;
  assign rd_ok_o   = rcdrd_ok & open_q;
  assign wr_ok_o   = rcdwr_ok & open_q;
  assign pre_ok_o  = pre_ripe & open_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;
  always_ff @(posedge clk_i) begin
    if (!in_reset) begin
      a_act_only_when_allowed : assert ((act_i & ~act_ok_o) == {N{1'b0}});
      a_ref_only_when_allowed : assert ((ref_i & ~act_ok_o) == {N{1'b0}});
      a_rd_only_when_allowed  : assert ((rd_i & ~rd_ok_o) == {N{1'b0}});
      a_wr_only_when_allowed  : assert ((wr_i & ~wr_ok_o) == {N{1'b0}});
      a_pre_only_when_allowed : assert ((pre_i & ~pre_ok_o) == {N{1'b0}});
      a_one_command_per_bank  : assert ((act_i & ref_i) == {N{1'b0}} && (rd_i & wr_i) == {N{1'b0}}
                                        && (col & pre_i) == {N{1'b0}});
      a_open_excludes_closing : assert ((open_q & closing_q) == {N{1'b0}});
    end
  end
`endif

endmodule
