// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Command path: DFI commands to the row and column pins, as hbm3_enc_pkg encodes them, with their parity.
//
// ACT is one DFI word and three slots on the pins. One that starts in phase 1 ends in the first slot of the next cycle, which
// must then be free.
//
//   Handshake   none: a word per cycle. While idle_i is high the buses idle, whatever cmd_i says now and said before.
//   Latency     1 cycle.
//   Throughput  4 row slots and 2 column slots per cycle.
//   Reset       Buses idle.

module tessera_hbm_phy_cmd
  import tessera_hbm_pkg::*;
  import hbm3_enc_pkg::*;
(
  input  logic     clk_i,
  input  logic     rst_ni,

  // Controller or training, whoever owns the bus
  input  dfi_cmd_t cmd_i,
  input  logic     idle_i,

  // Error injection: the parity of the next CK with a command is sent wrong; flipped_o: in this cycle it was
  input  logic     flip_i,
  output logic     flipped_o,

  // Pins
  output logic [DfiRatio-1:0][1:0][9:0] r_o,
  output logic [DfiRatio-1:0][1:0][7:0] c_o,
  output logic [DfiRatio-1:0]           apar_o
);

  localparam int unsigned Slots = 2 * DfiRatio;

  function automatic logic [9:0] row_word(input row_op_e op, input logic pc, input bank_t bank);
    logic [9:0] misc;
    misc = {ROp_Misc, pc, 2'b0, 4'b0};
    case (op)
      RowAct:   return {ROp_Act, pc, bank};
      RowPrePb: return {ROp_PrePb, pc, bank};
      RowRefPb: return {ROp_RefPb, pc, bank};
      RowRfmPb: return {ROp_RfmPb, pc, bank};
      RowPreAb: return misc | {6'b0, RMisc_PreAb};
      RowRefAb: return misc | {6'b0, RMisc_RefAb};
      RowRfmAb: return misc | {6'b0, RMisc_RfmAb};
      RowPde:   return misc | {6'b0, RMisc_Pde};
      RowPdx:   return misc | {6'b0, RMisc_Pdx};
      RowSre:   return misc | {6'b0, RMisc_Sre};
      RowSrx:   return misc | {6'b0, RMisc_Srx};
      default:  return '1;
    endcase
  endfunction

  // {falling, rising}
  function automatic logic [1:0][7:0] col_word(input dfi_col_t col);
    logic [2:0] op;
    case (col.op)
      ColRd:   op = COp_Rd;
      ColRda:  op = COp_Rda;
      ColWr:   op = COp_Wr;
      ColWra:  op = COp_Wra;
      ColMrs:  return {col.mr_data, COp_Mrs, col.mr_addr};
      default: return '1;
    endcase
    return {1'b0, col.bank.ba, col.col, op, col.pc, col.bank.sid, col.bank.bg};
  endfunction

  // The last slot of an ACT that started in phase 1 of the cycle before.
  logic       carry_d, carry_q;
  logic [4:0] carry_row_d, carry_row_q;

  logic [Slots-1:0][9:0]         r_d, r_q;
  logic [DfiRatio-1:0][1:0][7:0] c_d, c_q;
  logic [DfiRatio-1:0]           apar_d, apar_q, used;
  dfi_row_t [Slots-1:0]          row;
  assign row = cmd_i.row;

  always_comb begin
    r_d         = '1;
    c_d         = '1;
    carry_d     = 1'b0;
    carry_row_d = carry_row_q;
    for (int s = 0; s < Slots; s++) begin
      if (row[s].op != RowNop && !idle_i) r_d[s] = row_word(row[s].op, row[s].pc, row[s].bank);
    end
    for (int s = 0; s < Slots; s += 2) begin
      if (row[s].op == RowAct && !idle_i) begin
        r_d[s+1] = row[s].row[9:0];
        if (s + 2 < Slots) r_d[(s+2)%Slots] = {5'b0, row[s].row[14:10]};
        else begin
          carry_d     = 1'b1;
          carry_row_d = row[s].row[14:10];
        end
      end
    end
    if (carry_q && !idle_i) r_d[0] = {5'b0, carry_row_q};
    for (int ck = 0; ck < DfiRatio; ck++) begin
      if (cmd_i.col[ck].op != ColNop && !idle_i) c_d[ck] = col_word(cmd_i.col[ck]);
    end
  end

  // An idle CK is all ones: even already.
  always_comb begin
    flipped_o = 1'b0;
    for (int ck = 0; ck < DfiRatio; ck++) begin
      used[ck]   = !(&{r_d[2*ck], r_d[2*ck+1], c_d[ck]});
      apar_d[ck] = ^{r_d[2*ck], r_d[2*ck+1], c_d[ck]} ^ (cmd_i.par_flip[ck] && !idle_i);
      if (flip_i && used[ck] && !flipped_o) begin
        apar_d[ck] = !apar_d[ck];
        flipped_o  = 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      r_q     <= '1;
      c_q     <= '1;
      apar_q  <= '0;
      carry_q <= 1'b0;
    end else begin
      r_q     <= r_d;
      c_q     <= c_d;
      apar_q  <= apar_d;
      carry_q <= carry_d;
    end
  end

  always_ff @(posedge clk_i) carry_row_q <= carry_row_d;

  assign r_o    = r_q;
  assign c_o    = c_q;
  assign apar_o = apar_q;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  logic act_overrun;
  always_comb begin
    act_overrun = carry_q && row[0].op != RowNop && !idle_i;
    for (int s = 0; s < Slots; s += 2) begin
      if (row[s].op == RowAct && !idle_i) begin
        if (row[s+1].op != RowNop) act_overrun = 1'b1;
        if (s + 2 < Slots && row[(s+2)%Slots].op != RowNop) act_overrun = 1'b1;
      end
    end
  end
  a_act_slots_not_interrupted : assert property (@(posedge clk_i) disable iff (in_reset)
      !act_overrun);
  a_idle_bus_has_even_parity : assert property (@(posedge clk_i) disable iff (in_reset)
      idle_i |=> &r_q && &c_q && apar_q == '0);
`endif

endmodule
