// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Pairs read bursts with the reads that were issued, in order; repeats those with bad parity, corrects the others.
//
//   Handshake   issue, dfi_rd and done are pulses. again is ready/valid: a read to be pushed once more. probe_o follows
//               probe_addr_i and issue in the same cycle.
//   Latency     dfi_rd to done 2 cycles.
//   Throughput  1 burst per cycle.
//   Reset       Forgets every read.
//
// A read that was issued stays in a table, where writes to its grain see it, until its data are good or it is back in the read
// queue: a repeated read must not find younger data. While fatal_i is high bursts are still paired, and dropped; clear_i ends
// that and forgets those that never came.

module tessera_hbm_rd_return
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
  import tessera_hbm_ecc_pkg::*;
#(
  parameter int unsigned InFlight = 64,  // Reads issued and not finished, a power of two; more than latency and retries need
  parameter int unsigned RobDepth = 256,
  parameter int unsigned WrqDepth = 64
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       ecc_enable_i,
  input  logic [1:0] retry_limit_i,
  input  logic       fatal_i,
  input  logic       clear_i,       // Pulse

  // Scheduler: a read stands on DFI
  input  logic       issue_i,
  input  rd_tag_t    issue_tag_i,
  input  daddr_t     issue_addr_i,

  // PHY
  input  dfi_rd_t    dfi_rd_i,

  // Write head: is this grain being read?
  input  logic       probe_valid_i,
  input  daddr_t     probe_addr_i,
  output logic       probe_o,

  // Reads to be pushed again
  output logic       again_valid_o,
  input  logic       again_ready_i,
  output daddr_t     again_addr_o,
  output rd_tag_t    again_tag_o,

  // A burst was looked at
  output rd_early_t  early_o,

  // A read finished
  output rd_done_t   done_o,

  output logic       idle_o             // No read in flight, none to be repeated
);

  if ((InFlight & (InFlight - 1)) != 0) begin : gen_bad_in_flight
    $error("tessera_hbm_rd_return: InFlight must be a power of two");
  end

  localparam int unsigned EntryBits = $clog2(InFlight);
  localparam int unsigned RobIdx    = $clog2(RobDepth);
  localparam int unsigned SlotIdx   = $clog2(WrqDepth);
  typedef logic [EntryBits-1:0] entry_t;

  // Entries from rd_ptr_q to wr_ptr_q wait for their burst. Of the others busy_q tells those that are being looked at or
  // wait to be repeated.
  daddr_t              addr_q [InFlight];
  rd_tag_t             tag_q  [InFlight];
  logic [InFlight-1:0] busy_d, busy_q;
  entry_t              wr_ptr_q, rd_ptr_q;
  logic                back;
  assign back = dfi_rd_i.valid && rd_ptr_q != wr_ptr_q;

  always_ff @(posedge clk_i) begin
    if (issue_i) begin
      addr_q[wr_ptr_q] <= issue_addr_i;
      tag_q[wr_ptr_q]  <= issue_tag_i;
    end
  end

  // Stage 1: the burst and its syndrome
  check_t check, syndrome;
  assign check = dfi_rd_i.ecc[CheckBits-1:0];

  logic look;
  assign look = ecc_enable_i && dfi_rd_i.valid;

  tessera_hbm_ecc_syndrome u_syndrome (
    .enable_i  (look),
    .data_i    (dfi_rd_i.data),
    .check_i   (check),
    .syndrome_o(syndrome)
  );

  logic   s1_valid_q, s1_par_err_q;
  grain_t s1_data_q;
  check_t s1_syndrome_q;
  entry_t s1_entry_q;
  daddr_t s1_addr_q;
  rd_tag_t s1_tag_q;

  always_ff @(posedge clk_i) begin
    if (back) begin
      s1_par_err_q  <= dfi_rd_i.par_err;
      s1_data_q     <= dfi_rd_i.data;
      s1_syndrome_q <= syndrome;
      s1_entry_q    <= rd_ptr_q;
      s1_addr_q     <= addr_q[rd_ptr_q];
      s1_tag_q      <= tag_q[rd_ptr_q];
    end
  end

  // Stage 2: repeated, or corrected. Tries so far, of reads for the reorder buffer and of merging reads; 0 when a read is new.
  logic [RobDepth-1:0][1:0] rob_tries_q;
  logic [WrqDepth-1:0][1:0] merge_tries_q;
  logic [1:0]               tries;
  assign tries = s1_tag_q.merge ? merge_tries_q[s1_tag_q.idx[SlotIdx-1:0]] : rob_tries_q[s1_tag_q.idx[RobIdx-1:0]];

  logic s1_live, s1_retry, s1_final;
  assign s1_live  = s1_valid_q && !fatal_i;
  assign s1_retry = s1_live && s1_par_err_q && tries < retry_limit_i;
  assign s1_final = s1_live && !s1_retry;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rob_tries_q   <= '0;
      merge_tries_q <= '0;
    end else if (clear_i) begin
      rob_tries_q   <= '0;
      merge_tries_q <= '0;
    end else if (s1_retry || (s1_final && tries != '0)) begin
      if (s1_tag_q.merge) merge_tries_q[s1_tag_q.idx[SlotIdx-1:0]] <= s1_retry ? tries + 2'd1 : '0;
      else                rob_tries_q[s1_tag_q.idx[RobIdx-1:0]]    <= s1_retry ? tries + 2'd1 : '0;
    end
  end

  grain_t   corrected;
  verdict_e judged;

  tessera_hbm_ecc_correct u_correct (
    .data_i    (s1_data_q),
    .syndrome_i(s1_syndrome_q),
    .data_o    (corrected),
    .verdict_o (judged)
  );

  err_kind_e s1_kind;
  always_comb begin
    s1_kind = ErrNone;
    if (s1_par_err_q)                    s1_kind = ErrReadParity;
    else if (judged == EccCorrected)     s1_kind = ErrCorrected;
    else if (judged == EccUncorrectable) s1_kind = ErrUncorrectable;
  end

  assign early_o = '{valid: s1_live, retry: s1_retry, tag: s1_tag_q};

  logic      s2_valid_q, s2_live, s2_err;
  rd_tag_t   s2_tag_q;
  grain_t    s2_data_q;
  err_kind_e s2_kind_q;
  check_t    s2_syndrome_q;
  daddr_t    s2_addr_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s1_valid_q <= 1'b0;
      s2_valid_q <= 1'b0;
      s2_kind_q  <= ErrNone;
    end else begin
      s1_valid_q <= back;
      s2_valid_q <= s1_final;
      if (s1_final) s2_kind_q <= s1_kind;
    end
  end

  always_ff @(posedge clk_i) begin
    if (s1_final) begin
      s2_tag_q      <= s1_tag_q;
      s2_addr_q     <= s1_addr_q;
      s2_data_q     <= s1_par_err_q ? s1_data_q : corrected;
      s2_syndrome_q <= s1_par_err_q ? '0 : s1_syndrome_q;
    end
  end

  err_log_t log;
  assign s2_live = s2_valid_q && !fatal_i;
  assign s2_err  = s2_kind_q == ErrReadParity || s2_kind_q == ErrUncorrectable;
  assign log     = '{valid: s2_live && s2_kind_q != ErrNone, kind: s2_kind_q, addr: s2_addr_q, syndrome: s2_syndrome_q};
  assign done_o  = '{valid: s2_live, tag: s2_tag_q, err: s2_err, corrected: s2_kind_q == ErrCorrected, log: log,
                     data: s2_data_q};

  // Reads to be repeated
  logic   fifo_ready, fifo_valid, fifo_pop;
  entry_t again;
  logic [EntryBits:0] unused_count;
  assign fifo_pop = again_ready_i || fatal_i;

  tessera_fifo #(
    .Width(EntryBits),
    .Depth(InFlight)
  ) u_again (
    .clk_i,
    .rst_ni,
    .valid_i(s1_retry),
    .ready_o(fifo_ready),
    .data_i (s1_entry_q),
    .valid_o(fifo_valid),
    .ready_i(fifo_pop),
    .data_o (again),
    .count_o(unused_count)
  );

  assign again_valid_o = fifo_valid && !fatal_i;
  assign again_addr_o  = addr_q[again];
  assign again_tag_o   = tag_q[again];

  // The table
  always_comb begin
    busy_d = busy_q;
    if (fifo_valid && fifo_pop)                 busy_d[again]      = 1'b0;
    if (s1_final || (s1_valid_q && fatal_i)) busy_d[s1_entry_q] = 1'b0;
    if (issue_i)                                busy_d[wr_ptr_q]   = 1'b1;
    if (clear_i)                                busy_d             = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q   <= '0;
      wr_ptr_q <= '0;
      rd_ptr_q <= '0;
    end else begin
      busy_q <= busy_d;
      if (issue_i) wr_ptr_q <= wr_ptr_q + entry_t'(1);
      if (clear_i) rd_ptr_q <= wr_ptr_q;
      else if (back) rd_ptr_q <= rd_ptr_q + entry_t'(1);
    end
  end

  always_comb begin
    probe_o = 1'b0;
    if (probe_valid_i) begin
      probe_o = issue_i && issue_addr_i == probe_addr_i;
      for (int unsigned e = 0; e < InFlight; e++) probe_o = probe_o | (busy_q[e] & (addr_q[e] == probe_addr_i));
    end
  end

  assign idle_o = busy_q == '0 && !s2_valid_q;

  logic unused_reserved;
  assign unused_reserved = ^dfi_rd_i.ecc[EccBits-1:CheckBits];

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  entry_t waiting;
  assign waiting = wr_ptr_q - rd_ptr_q;

  a_issue_finds_an_entry     : assert property (@(posedge clk_i) disable iff (in_reset)
      issue_i |-> !busy_q[wr_ptr_q] && waiting != '1);
  a_no_issue_while_clearing  : assert property (@(posedge clk_i) disable iff (in_reset)
      clear_i |-> !issue_i);
  a_again_has_room           : assert property (@(posedge clk_i) disable iff (in_reset)
      s1_retry |-> fifo_ready);
  a_again_stable             : assert property (@(posedge clk_i) disable iff (in_reset)
      again_valid_o && !again_ready_i && !fatal_i |=> again_valid_o || fatal_i);
`else
  logic unused_ready;
  assign unused_ready = fifo_ready;
`endif

endmodule
