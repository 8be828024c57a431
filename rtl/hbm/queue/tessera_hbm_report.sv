// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Tells control what the data side of a pseudo-channel does: what is outstanding, events, errors.
//
//   Handshake   Pulses.
//   Latency     Events none, outstanding and errors 1 cycle.
//   Throughput  All that can happen in a cycle; errors leave one per cycle.
//   Reset       Nothing outstanding.

module tessera_hbm_report
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned WrqDepth = 64
) (
  input  logic      clk_i,
  input  logic      rst_ni,
  input  logic      fatal_i,        // Nothing is outstanding

  input  logic      rd_push_i,      // For the first time
  input  rd_early_t rd_early_i,
  input  rd_done_t  rd_done_i,
  input  logic      rd_outside_i,   // A read left its head: DECERR
  input  daddr_t    rd_addr_i,
  input  logic      wr_push_i,
  input  logic      wr_drop_i,
  input  logic      wr_retire_i,
  input  logic      wr_retry_i,
  input  err_log_t  wr_lost_i,
  input  logic      wr_outside_i,   // A write left its head: DECERR
  input  daddr_t    wr_addr_i,
  input  logic      rmw_i,
  input  logic      scrub_i,        // The read that is done was a scrub's

  output logic      outstanding_o,  // Reads until their data are good, writes until they are retired or dropped
  output pc_event_t event_o,
  output err_log_t  err_o
);

  logic       rd_final, one_write_less, two_writes_less;
  logic [8:0] reads_d, reads_q;
  logic [6:0] writes_d, writes_q;
  assign rd_final        = rd_early_i.valid && !rd_early_i.retry;
  assign two_writes_less = wr_retire_i && wr_drop_i;
  assign one_write_less  = wr_retire_i != wr_drop_i;
  always_comb begin
    reads_d  = reads_q + 9'(rd_push_i) - 9'(rd_final);
    writes_d = writes_q + 7'(wr_push_i) - {5'b0, two_writes_less, one_write_less};
    if (fatal_i) begin
      reads_d  = '0;
      writes_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reads_q  <= '0;
      writes_q <= '0;
    end else begin
      reads_q  <= reads_d;
      writes_q <= writes_d;
    end
  end

  assign outstanding_o = reads_q != '0 || writes_q != '0;

  // A scrub meets the error that it is there for once more: that one was counted and logged already.
  logic corrected, read_log;
  assign corrected = rd_done_i.valid && rd_done_i.corrected && !scrub_i;
  assign read_log  = rd_done_i.log.valid && !(rd_done_i.corrected && scrub_i);

  always_comb begin
    event_o                   = '0;
    event_o.ecc_corrected     = corrected;
    event_o.ecc_uncorrectable = rd_done_i.log.valid && rd_done_i.log.kind == ErrUncorrectable;
    event_o.rd_retry          = rd_early_i.valid && rd_early_i.retry;
    event_o.wr_retry          = wr_retry_i;
    event_o.scrub             = scrub_i;
    event_o.rmw               = rmw_i;
  end

  err_log_t [3:0] err;
  assign err[0] = wr_lost_i;
  assign err[1] = '{valid: read_log, kind: rd_done_i.log.kind, addr: rd_done_i.log.addr, syndrome: rd_done_i.log.syndrome};
  assign err[2] = '{valid: rd_outside_i, kind: ErrAddress, addr: rd_addr_i, syndrome: '0};
  assign err[3] = '{valid: wr_outside_i, kind: ErrAddress, addr: wr_addr_i, syndrome: '0};

  tessera_hbm_err_mux #(
    .Sources(4)
  ) u_err_mux (
    .clk_i,
    .rst_ni,
    .err_i(err),
    .err_o
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_no_more_writes_than_slots : assert property (@(posedge clk_i) disable iff (in_reset)
      32'(writes_q) <= WrqDepth);
  a_a_final_read_was_pushed   : assert property (@(posedge clk_i) disable iff (in_reset)
      rd_final |-> reads_q != '0);
  a_a_final_write_was_pushed  : assert property (@(posedge clk_i) disable iff (in_reset)
      one_write_less || two_writes_less |-> 32'(writes_q) >= (two_writes_less ? 2 : 1));
`endif

endmodule
