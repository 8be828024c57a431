// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Data side of one pseudo-channel: AXI4 to the scheduler's queues, write data to DFI, read data from DFI back to AXI4.
//
//   Handshake   AXI4 (256 bit; FIXED, INCR, WRAP; any size and start; ready and valid depend on registers only). R leaves in
//               the order of AR over all IDs, B in the order of AW. Malformed bursts (reserved type, size above 32 bytes)
//               are answered SLVERR, grains outside the part DECERR. Exclusive accesses are plain ones: they get OKAY.
//   Latency     AR to read push 3 cycles, AW to write push 4, B 2 later, dfi_rd_i to R 4.
//   Throughput  1 read beat and 1 write beat per cycle.
//   Reset       Drops everything.
//
// fatal_i: everything inside and everything new is answered SLVERR, until FatalCycles after its fall; by then the bursts that
// were in flight have come and are forgotten.

module tessera_hbm_data
  import tessera_hbm_pkg::DfiRatio, tessera_hbm_pkg::daddr_t, tessera_hbm_pkg::grain_t,
         tessera_hbm_pkg::strb_t, tessera_hbm_pkg::dfi_wr_t, tessera_hbm_pkg::dfi_rd_t;
  import tessera_hbm_ctl_pkg::*;
#(
  parameter int unsigned PcIndex      = 0,
  parameter int unsigned Sids         = 2,
  parameter int unsigned RowBits      = 14,
  parameter int unsigned WrqDepth     = 64,
  parameter int unsigned RobDepth     = 256,
  parameter int unsigned IdBits       = 4,
  parameter int unsigned AddrBits     = 48,
  parameter int unsigned WriteBursts  = 32,  // Write bursts unanswered, a power of two
  parameter int unsigned PhyCmdCycles = 1,   // PHY: DFI command to the pins
  parameter int unsigned PhyInCycles  = 1    // PHY: DERR from the pins to derr_i
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  // AXI4
  input  logic                s_axi_awvalid,
  output logic                s_axi_awready,
  input  logic [IdBits-1:0]   s_axi_awid,
  input  logic [AddrBits-1:0] s_axi_awaddr,
  input  logic [7:0]          s_axi_awlen,
  input  logic [2:0]          s_axi_awsize,
  input  logic [1:0]          s_axi_awburst,
  input  logic                s_axi_wvalid,
  output logic                s_axi_wready,
  input  grain_t              s_axi_wdata,
  input  strb_t               s_axi_wstrb,
  input  logic                s_axi_wlast,
  output logic                s_axi_bvalid,
  input  logic                s_axi_bready,
  output logic [IdBits-1:0]   s_axi_bid,
  output logic [1:0]          s_axi_bresp,
  input  logic                s_axi_arvalid,
  output logic                s_axi_arready,
  input  logic [IdBits-1:0]   s_axi_arid,
  input  logic [AddrBits-1:0] s_axi_araddr,
  input  logic [7:0]          s_axi_arlen,
  input  logic [2:0]          s_axi_arsize,
  input  logic [1:0]          s_axi_arburst,
  output logic                s_axi_rvalid,
  input  logic                s_axi_rready,
  output logic [IdBits-1:0]   s_axi_rid,
  output grain_t              s_axi_rdata,
  output logic [1:0]          s_axi_rresp,
  output logic                s_axi_rlast,

  // Control. Map, latencies and ECC change only while idle_o.
  input  logic                ready_i,        // Low: accesses that come now are answered SLVERR
  input  logic                fatal_i,
  input  map_t                map_i,
  input  logic [5:0]          rl_i,           // CK
  input  logic [5:0]          wl_i,           // CK, at least 6
  input  logic                ecc_enable_i,
  input  logic                scrub_enable_i,
  input  logic [1:0]          retry_limit_i,
  input  inject_t             inject_i,
  output logic                pending_o,      // Something is queued, in flight or at a head
  output logic                idle_o,         // Nothing is inside, not even an answer
  output pc_event_t           event_o,        // Of the data side; the scheduler's fields are 0
  output err_log_t            err_o,
  output logic                rd_age_valid_o, // A read's data came...
  output logic [15:0]         rd_age_o,       // ...this many cycles after its push

  // Scheduler
  output logic                flush_o,
  output logic                rd_push_o,
  output daddr_t              rd_addr_o,
  output rd_tag_t             rd_tag_o,
  input  logic                rd_full_i,
  output logic                wr_push_o,
  output daddr_t              wr_addr_o,
  output logic                wr_hold_o,
  input  logic                wr_full_i,
  input  logic [SlotBits-1:0] wr_slot_i,
  output logic                wr_release_o,
  output logic [SlotBits-1:0] wr_release_slot_o,
  output logic                wr_drop_o,
  output logic [SlotBits-1:0] wr_drop_slot_o,
  output logic                wr_retire_o,
  output logic [SlotBits-1:0] wr_retire_slot_o,
  output logic                wr_retry_o,
  output logic [SlotBits-1:0] wr_retry_slot_o,
  output daddr_t [1:0]        probe_addr_o,
  input  logic [1:0]          probe_rd_i,
  input  logic [1:0]          probe_wr_i,
  output logic                drain_o,        // Whatever queued write probe 0 finds is being waited for
  input  logic                rd_issue_i,
  input  rd_tag_t             rd_issue_tag_i,
  input  daddr_t              rd_issue_addr_i,
  input  logic                wr_issue_i,
  input  logic [SlotBits-1:0] wr_issue_slot_i,

  // PHY
  output dfi_wr_t             dfi_wr_o,
  output logic [DfiRatio-1:0] rddata_en_o,
  input  dfi_rd_t             dfi_rd_i,
  input  logic [DfiRatio-1:0] derr_i
);

  if (WriteBursts < 2 || (WriteBursts & (WriteBursts - 1)) != 0) begin : gen_bad_write_bursts
    $error("tessera_hbm_data: WriteBursts must be a power of two, at least 2");
  end
  if (WrqDepth < 2 || WrqDepth > 64) begin : gen_bad_wrq_depth
    $error("tessera_hbm_data: WrqDepth must be 2 to 64");
  end

  localparam int unsigned NumberBits  = $clog2(WriteBursts);
  localparam int unsigned FatalCycles = 127;  // More than any command's way to its data and their way back

  // Failure, stretched
  logic [6:0] fatal_left_q;
  logic       fatal, fatal_end, refuse;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                 fatal_left_q <= '0;
    else if (fatal_i)            fatal_left_q <= 7'(FatalCycles);
    else if (fatal_left_q != '0) fatal_left_q <= fatal_left_q - 7'd1;
  end
  assign fatal     = fatal_left_q != '0;
  assign fatal_end = fatal_left_q == 7'd1 && !fatal_i;
  assign refuse    = fatal || !ready_i;
  assign flush_o   = fatal;

  // Between admission and the two paths
  logic                  rd_grain_valid, rd_grain_ready, wr_grain_valid, wr_grain_ready, enter_valid, enter_ready, flight_valid;
  logic                  flight_hit, again_valid, again_ready, buffer_ready, buffer_valid, buffer_scrub, admit_idle;
  logic                  scrub_valid;
  daddr_t                rd_grain_addr, again_addr;
  logic [1:0]            rd_grain_resp, enter_resp;
  logic [RobBits-1:0]    enter_idx;
  logic [NumberBits-1:0] wr_grain_number, left_number;
  wr_left_t              left;
  wr_grain_t             wr_grain;
  rd_tag_t               again_tag;
  grain_t                buffer_data;
  strb_t                 buffer_strb;
  rd_early_t             early;
  rd_done_t              done;
  logic                  read_idle, write_idle;

  tessera_hbm_admit #(
    .NumberBits(NumberBits)
  ) u_admit (
    .clk_i,
    .rst_ni,
    .refuse_i         (refuse),
    .fatal_i          (fatal),
    .idle_o           (admit_idle),
    .rd_valid_i       (rd_grain_valid),
    .rd_ready_o       (rd_grain_ready),
    .rd_addr_i        (rd_grain_addr),
    .rd_resp_i        (rd_grain_resp),
    .enter_valid_o    (enter_valid),
    .enter_ready_i    (enter_ready),
    .enter_resp_o     (enter_resp),
    .enter_idx_i      (enter_idx),
    .wr_valid_i       (wr_grain_valid),
    .wr_ready_o       (wr_grain_ready),
    .wr_grain_i       (wr_grain),
    .wr_number_i      (wr_grain_number),
    .scrub_valid_i    (scrub_valid),
    .scrub_addr_i     (done.log.addr),
    .flight_valid_o   (flight_valid),
    .flight_hit_i     (flight_hit),
    .again_valid_i    (again_valid),
    .again_ready_o    (again_ready),
    .again_addr_i     (again_addr),
    .again_tag_i      (again_tag),
    .probe_addr_o,
    .probe_rd_i       (probe_rd_i[1]),
    .probe_wr_i,
    .rd_full_i,
    .rd_push_o,
    .rd_push_addr_o   (rd_addr_o),
    .rd_push_tag_o    (rd_tag_o),
    .wr_full_i,
    .wr_slot_i,
    .wr_push_o,
    .wr_push_addr_o   (wr_addr_o),
    .wr_push_hold_o   (wr_hold_o),
    .drain_o,
    .buffer_ready_i   (buffer_ready),
    .buffer_valid_o   (buffer_valid),
    .buffer_data_o    (buffer_data),
    .buffer_strb_o    (buffer_strb),
    .buffer_scrub_o   (buffer_scrub),
    .left_o           (left),
    .left_number_o    (left_number)
  );

  logic unused_probe;
  assign unused_probe = probe_rd_i[0];

  logic rd_push_new, rd_push_beat;
  assign rd_push_new  = rd_push_o && !again_valid;
  assign rd_push_beat = rd_push_new && !rd_tag_o.merge;

  tessera_hbm_read_path #(
    .PcIndex (PcIndex),
    .Sids    (Sids),
    .RowBits (RowBits),
    .WrqDepth(WrqDepth),
    .RobDepth(RobDepth),
    .IdBits  (IdBits),
    .AddrBits(AddrBits)
  ) u_read_path (
    .clk_i,
    .rst_ni,
    .s_axi_arvalid,
    .s_axi_arready,
    .s_axi_arid,
    .s_axi_araddr,
    .s_axi_arlen,
    .s_axi_arsize,
    .s_axi_arburst,
    .s_axi_rvalid,
    .s_axi_rready,
    .s_axi_rid,
    .s_axi_rdata,
    .s_axi_rresp,
    .s_axi_rlast,
    .fatal_i         (fatal),
    .fatal_end_i     (fatal_end),
    .map_i,
    .rl_i,
    .ecc_enable_i,
    .retry_limit_i,
    .idle_o          (read_idle),
    .rd_age_valid_o,
    .rd_age_o,
    .grain_valid_o   (rd_grain_valid),
    .grain_ready_i   (rd_grain_ready),
    .grain_addr_o    (rd_grain_addr),
    .grain_resp_o    (rd_grain_resp),
    .enter_valid_i   (enter_valid),
    .enter_ready_o   (enter_ready),
    .enter_resp_i    (enter_resp),
    .enter_idx_o     (enter_idx),
    .flight_valid_i  (flight_valid),
    .flight_addr_i   (probe_addr_o[1]),
    .flight_hit_o    (flight_hit),
    .again_valid_o   (again_valid),
    .again_ready_i   (again_ready),
    .again_addr_o    (again_addr),
    .again_tag_o     (again_tag),
    .push_i          (rd_push_beat),
    .push_idx_i      (rd_tag_o.idx),
    .issue_i         (rd_issue_i),
    .issue_tag_i     (rd_issue_tag_i),
    .issue_addr_i    (rd_issue_addr_i),
    .rddata_en_o,
    .dfi_rd_i,
    .early_o         (early),
    .done_o          (done)
  );
  assign scrub_valid = done.valid && !done.tag.merge && done.corrected && scrub_enable_i;

  logic                rmw, scrub;
  logic [SlotBits-1:0] merged_slot, sent_slot;
  err_log_t            lost;

  tessera_hbm_write_path #(
    .PcIndex     (PcIndex),
    .Sids        (Sids),
    .RowBits     (RowBits),
    .WrqDepth    (WrqDepth),
    .IdBits      (IdBits),
    .AddrBits    (AddrBits),
    .NumberBits  (NumberBits),
    .PhyCmdCycles(PhyCmdCycles),
    .PhyInCycles (PhyInCycles)
  ) u_write_path (
    .clk_i,
    .rst_ni,
    .s_axi_awvalid,
    .s_axi_awready,
    .s_axi_awid,
    .s_axi_awaddr,
    .s_axi_awlen,
    .s_axi_awsize,
    .s_axi_awburst,
    .s_axi_wvalid,
    .s_axi_wready,
    .s_axi_wdata,
    .s_axi_wstrb,
    .s_axi_wlast,
    .s_axi_bvalid,
    .s_axi_bready,
    .s_axi_bid,
    .s_axi_bresp,
    .refuse_i         (refuse),
    .fatal_i          (fatal),
    .map_i,
    .wl_i,
    .ecc_enable_i,
    .retry_limit_i,
    .inject_i,
    .idle_o           (write_idle),
    .rmw_o            (rmw),
    .scrub_o          (scrub),
    .lost_o           (lost),
    .grain_valid_o    (wr_grain_valid),
    .grain_ready_i    (wr_grain_ready),
    .grain_o          (wr_grain),
    .grain_number_o   (wr_grain_number),
    .push_valid_i     (buffer_valid),
    .push_ready_o     (buffer_ready),
    .push_hold_i      (wr_hold_o),
    .push_addr_i      (wr_addr_o),
    .push_data_i      (buffer_data),
    .push_strb_i      (buffer_strb),
    .push_scrub_i     (buffer_scrub),
    .left_i           (left),
    .left_number_i    (left_number),
    .early_i          (early),
    .done_i           (done),
    .wr_slot_i,
    .wr_release_o,
    .wr_drop_o,
    .merged_slot_o    (merged_slot),
    .wr_retire_o,
    .wr_retry_o,
    .sent_slot_o      (sent_slot),
    .issue_i          (wr_issue_i),
    .issue_slot_i     (wr_issue_slot_i),
    .dfi_wr_o,
    .derr_i
  );

  assign wr_release_slot_o = merged_slot;
  assign wr_drop_slot_o    = merged_slot;
  assign wr_retire_slot_o  = sent_slot;
  assign wr_retry_slot_o   = sent_slot;

  logic rd_outside, wr_outside, outstanding;
  assign rd_outside = enter_valid && enter_ready && enter_resp == RespDecErr;
  assign wr_outside = wr_grain_valid && wr_grain_ready && wr_grain.resp == RespDecErr && !fatal;

  tessera_hbm_report #(
    .WrqDepth(WrqDepth)
  ) u_report (
    .clk_i,
    .rst_ni,
    .fatal_i      (fatal),
    .rd_push_i    (rd_push_new),
    .rd_early_i   (early),
    .rd_done_i    (done),
    .rd_outside_i (rd_outside),
    .rd_addr_i    (rd_grain_addr),
    .wr_push_i    (wr_push_o),
    .wr_drop_i    (wr_drop_o),
    .wr_retire_i  (wr_retire_o),
    .wr_retry_i   (wr_retry_o),
    .wr_lost_i    (lost),
    .wr_outside_i (wr_outside),
    .wr_addr_i    (wr_grain.addr),
    .rmw_i        (rmw),
    .scrub_i      (scrub),
    .outstanding_o(outstanding),
    .event_o,
    .err_o
  );

  assign pending_o = outstanding || rd_grain_valid || wr_grain_valid || !admit_idle;
  assign idle_o    = !pending_o && read_idle && write_idle && !fatal;

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_no_issue_when_flushed     : assert property (@(posedge clk_i) disable iff (in_reset)
      fatal && $past(fatal) |-> !rd_issue_i && !wr_issue_i);
  a_one_column_command        : assert property (@(posedge clk_i) disable iff (in_reset)
      !(rd_issue_i && wr_issue_i));
`endif

endmodule
