// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Control of one HBM3 channel: registers, start-up, power states, PHY updates, errors, counters.
//
//   Handshake   AXI4-Lite, see tessera_hbm_axil_apb; DFI, see tessera_hbm_init and tessera_hbm_power; pseudo-channels as below.
//   Latency     A register write acts 2 cycles after the later of AW and W was taken.
//   Reset       The device is in reset, accesses are answered SLVERR; with AutoStart 1 the channel then starts by itself.

module tessera_hbm_control
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
  import tessera_hbm_spec_gen_pkg::*;
#(
  parameter int unsigned  Sids        = 2,     // Stack IDs: 1, 2 or 4
  parameter int unsigned  PartRowBits = 14,    // Row address bits of the part, up to 15
  parameter int unsigned  RdqDepth    = 64,
  parameter int unsigned  WrqDepth    = 64,
  parameter bit           AutoStart   = 1'b1,
  parameter int unsigned  ResetCycles = 64,    // dfi_reset_n is low at least so long
  localparam int unsigned Pcs         = PseudoChannels,
  localparam int unsigned DebtBits    = 12
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  // Host: AXI4-Lite
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
  output logic        irq_o,             // Level

  // PHY registers: APB
  output logic        apb_psel_o,
  output logic        apb_penable_o,
  output logic        apb_pwrite_o,
  output logic [11:0] apb_paddr_o,
  output logic [31:0] apb_pwdata_o,
  output logic [3:0]  apb_pstrb_o,
  input  logic        apb_pready_i,
  input  logic [31:0] apb_prdata_i,
  input  logic        apb_pslverr_i,

  // Configuration. Timings, features and map change only while the pseudo-channels are stopped
  output timing_t     timing_o,
  output features_t   features_o,
  output sched_cfg_t  sched_cfg_o,
  output ref_cfg_t    ref_cfg_o,
  output map_t        map_o,

  // Pseudo-channels, alike for both unless indexed
  output logic [Pcs-1:0] ready_o,        // Low: new accesses are answered SLVERR
  output logic [Pcs-1:0] stop_o,         // No command leaves
  output logic [Pcs-1:0] close_o,        // Precharge all, then no command leaves
  output logic [Pcs-1:0] fatal_o,        // All is answered SLVERR, queues are flushed
  input  logic [Pcs-1:0] quiet_i,        // Stopped, all closed, every timing over; stays while close_o or stop_o
  input  logic [Pcs-1:0] pending_i,      // Something is queued or at a head
  input  bucket_e   [Pcs-1:0] bucket_i,
  input  pc_event_t [Pcs-1:0] event_i,
  input  logic [Pcs-1:0][6:0] rdq_used_i,
  input  logic [Pcs-1:0][6:0] wrq_used_i,
  input  logic [Pcs-1:0]      latency_valid_i, // A read got its data latency_i cycles after it was queued
  input  logic [Pcs-1:0][15:0] latency_i,
  input  err_log_t  [Pcs-1:0] err_log_i,
  output inject_t   [Pcs-1:0] inject_o,  // Pulse

  // Refresh managers
  output logic           ref_clear_o,    // The device is in reset
  output logic           ref_enable_o,   // Low while the device is not up or refreshes itself
  input  ref_req_t [Pcs-1:0] ref_req_i,
  input  logic [Pcs-1:0][DebtBits-1:0] ref_debt_i,

  // Command word of the DFI, slot 0; only while both are quiet
  output dfi_row_t    ctl_row_o,
  output dfi_col_t    ctl_col_o,
  input  logic        cmd_sent_i,        // The DFI word of this cycle holds a command
  output logic        par_flip_o,        // In the same cycle: send its parity wrong. Only with cmd_sent_i

  // DFI
  output logic        dfi_reset_n,
  output logic        dfi_init_start,
  input  logic        dfi_init_complete,
  input  logic        dfi_init_error,
  output logic        dfi_ctrlupd_req,
  input  logic        dfi_ctrlupd_ack,
  input  logic        dfi_phyupd_req,
  output logic        dfi_phyupd_ack,
  output logic        dfi_lp_ctrl_req,
  input  logic        dfi_lp_ctrl_ack,
  output logic        dfi_lp_data_req,
  input  logic        dfi_lp_data_ack,
  input  logic [2:0]  dfi_temp,
  input  logic        dfi_cattrip,
  input  logic        dfi_aerr
);

  localparam int unsigned Logs = 3;

  // AXI4-Lite to APB
  logic [1:0]       psel, pready, pslverr;
  logic [1:0][31:0] prdata;
  logic             penable, pwrite, regs_pready, regs_pslverr;
  logic [11:0]      paddr;
  logic [31:0]      pwdata, regs_prdata;
  logic [3:0]       pstrb;

  tessera_hbm_axil_apb #(
    .PhyBase(PhyBase[11:0])
  ) u_axil_apb (
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
    .psel_o   (psel),
    .penable_o(penable),
    .pwrite_o (pwrite),
    .paddr_o  (paddr),
    .pwdata_o (pwdata),
    .pstrb_o  (pstrb),
    .pready_i (pready),
    .prdata_i (prdata),
    .pslverr_i(pslverr)
  );
  assign apb_psel_o    = psel[1];
  assign apb_penable_o = penable && psel[1];
  assign apb_pwrite_o  = pwrite;
  assign apb_paddr_o   = paddr;
  assign apb_pwdata_o  = pwdata;
  assign apb_pstrb_o   = pstrb;
  assign pready        = {apb_pready_i, regs_pready};
  assign prdata        = {apb_prdata_i, regs_prdata};
  assign pslverr       = {apb_pslverr_i, regs_pslverr};

  // Start-up and power
  state_e  init_state, power_state, state;
  reason_e reason;
  logic start, can_start, checking, map_ok, timing_ok, failed, aerr, cattrip, up, mrs_again, mrs_done, in_mrs;
  logic sr_enter, sr_exit, sr_asked_q, sr_parked, close, quiet, pending, ref_wanted, ref_urgent;
  logic [19:0] pd_cycles;
  logic [23:0] sr_cycles, ctrlupd_cycles;

  tessera_hbm_map_check #(
    .Sids       (Sids),
    .PartRowBits(PartRowBits)
  ) u_map_check (
    .check_i(checking),
    .map_i  (map_o),
    .ok_o   (map_ok)
  );
  // Bursts of a write and of the read before it must not overlap.
  assign timing_ok = 8'(timing_o.rtw) + 8'(timing_o.wl) >= 8'(timing_o.rl) + 8'(BurstCk);

  tessera_hbm_init #(
    .AutoStart  (AutoStart),
    .ResetCycles(ResetCycles)
  ) u_init (
    .clk_i,
    .rst_ni,
    .start_i            (start),
    .can_start_o        (can_start),
    .checking_o         (checking),
    .map_ok_i           (map_ok),
    .timing_ok_i        (timing_ok),
    .timing_i           (timing_o),
    .features_i         (features_o),
    .state_o            (init_state),
    .reason_o           (reason),
    .failed_o           (failed),
    .aerr_o             (aerr),
    .cattrip_o          (cattrip),
    .up_o               (up),
    .mrs_again_i        (mrs_again),
    .mrs_done_o         (mrs_done),
    .dfi_reset_n_o      (dfi_reset_n),
    .dfi_init_start_o   (dfi_init_start),
    .dfi_init_complete_i(dfi_init_complete),
    .dfi_init_error_i   (dfi_init_error),
    .dfi_aerr_i         (dfi_aerr),
    .dfi_cattrip_i      (dfi_cattrip),
    .col_o              (ctl_col_o)
  );

  assign quiet      = &quiet_i;
  assign pending    = |pending_i;
  assign ref_wanted = ref_req_i[0].valid || ref_req_i[1].valid;
  assign ref_urgent = (ref_req_i[0].valid && ref_req_i[0].urgent) || (ref_req_i[1].valid && ref_req_i[1].urgent);

  tessera_hbm_power u_power (
    .clk_i,
    .rst_ni,
    .timing_i         (timing_o),
    .pd_cycles_i      (pd_cycles),
    .sr_cycles_i      (sr_cycles),
    .ctrlupd_cycles_i (ctrlupd_cycles),
    .sr_asked_i       (sr_asked_q),
    .state_o          (power_state),
    .sr_parked_o      (sr_parked),
    .up_i             (up),
    .mrs_again_o      (mrs_again),
    .mrs_done_i       (mrs_done),
    .close_o          (close),
    .quiet_i          (quiet),
    .pending_i        (pending),
    .ref_wanted_i     (ref_wanted),
    .ref_urgent_i     (ref_urgent),
    .ref_enable_o     (ref_enable_o),
    .row_o            (ctl_row_o),
    .dfi_ctrlupd_req_o(dfi_ctrlupd_req),
    .dfi_ctrlupd_ack_i(dfi_ctrlupd_ack),
    .dfi_phyupd_req_i (dfi_phyupd_req),
    .dfi_phyupd_ack_o (dfi_phyupd_ack),
    .dfi_lp_ctrl_req_o(dfi_lp_ctrl_req),
    .dfi_lp_ctrl_ack_i(dfi_lp_ctrl_ack),
    .dfi_lp_data_req_o(dfi_lp_data_req),
    .dfi_lp_data_ack_i(dfi_lp_data_ack)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sr_asked_q <= 1'b0;
    else if (!up || sr_exit) sr_asked_q <= 1'b0;
    else if (sr_enter) sr_asked_q <= 1'b1;
  end

  assign in_mrs      = init_state == StateMrs;
  assign state       = init_state == StateReady ? power_state : init_state;
  assign ready_o     = {Pcs{up && !sr_asked_q}};
  assign stop_o      = {Pcs{!up}};
  assign close_o     = {Pcs{close}};
  assign fatal_o     = {Pcs{init_state == StateFatal}};
  assign ref_clear_o = !dfi_reset_n;

  // Command parity error on demand: with the next command.
  logic flip, flip_q;
  assign par_flip_o = flip_q && cmd_sent_i;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) flip_q <= 1'b0;
    else if (flip) flip_q <= 1'b1;
    else if (cmd_sent_i || !up) flip_q <= 1'b0;
  end

  // Errors and counters
  logic [Logs-1:0]               log_clear;
  log_corr_reg_t      [Logs-1:0] log_first;
  log_corr_addr_reg_t [Logs-1:0] log_addr;
  logic [Logs-1:0][31:0]         log_count;
  logic                          uncorrectable, parity, counting, clear_counters, count_read, count_hit, in_pd, in_sr;
  logic [9:0]                    count_word;
  logic [31:0]                   count_data;

  tessera_hbm_err_log u_err_log (
    .clk_i,
    .rst_ni,
    .err_i          (err_log_i),
    .clear_i        (log_clear),
    .first_o        (log_first),
    .addr_o         (log_addr),
    .count_o        (log_count),
    .uncorrectable_o(uncorrectable),
    .parity_o       (parity)
  );

  assign in_pd = state == StatePowerDown;
  assign in_sr = state == StateSelfRefresh;
  tessera_hbm_counters u_counters (
    .clk_i,
    .rst_ni,
    .count_i    (counting),
    .clear_i    (clear_counters),
    .bucket_i,
    .event_i,
    .rdq_used_i,
    .wrq_used_i,
    .debt_i     (ref_debt_i),
    .latency_valid_i,
    .latency_i,
    .in_pd_i    (in_pd),
    .in_sr_i    (in_sr),
    .read_i     (count_read),
    .read_word_i(count_word),
    .read_hit_o (count_hit),
    .read_data_o(count_data)
  );

  state_reg_t      state_reg;
  temp_reg_t       temp_reg;
  irq_enable_reg_t irq_event;
  logic            unlocked;
  assign state_reg = '{state: state, reason: reason, sr_asked: sr_asked_q, default: '0};
  assign temp_reg  = '{temp: dfi_temp, cattrip: dfi_cattrip, default: '0};
  assign irq_event = '{uncorrectable: uncorrectable, parity: parity, cattrip: cattrip, failed: failed, aerr: aerr,
                       default: '0};
  assign unlocked  = can_start || sr_parked;

  tessera_hbm_regs #(
    .Sids       (Sids),
    .PartRowBits(PartRowBits),
    .RdqDepth   (RdqDepth),
    .WrqDepth   (WrqDepth)
  ) u_regs (
    .clk_i,
    .rst_ni,
    .psel_i          (psel[0]),
    .penable_i       (penable),
    .pwrite_i        (pwrite),
    .paddr_i         (paddr),
    .pwdata_i        (pwdata),
    .pstrb_i         (pstrb),
    .pready_o        (regs_pready),
    .prdata_o        (regs_prdata),
    .pslverr_o       (regs_pslverr),
    .start_o         (start),
    .sr_enter_o      (sr_enter),
    .sr_exit_o       (sr_exit),
    .clear_counters_o(clear_counters),
    .inject_command_o(flip),
    .inject_o,
    .log_clear_o     (log_clear),
    .can_start_i     (can_start),
    .can_sr_enter_i  (up),
    .unlocked_i      (unlocked),
    .state_i         (state_reg),
    .temp_i          (temp_reg),
    .log_first_i     (log_first),
    .log_addr_i      (log_addr),
    .log_count_i     (log_count),
    .count_read_o    (count_read),
    .count_word_o    (count_word),
    .count_hit_i     (count_hit),
    .count_data_i    (count_data),
    .irq_event_i     (irq_event),
    .irq_o,
    .timing_o,
    .features_o,
    .sched_cfg_o,
    .ref_cfg_o,
    .map_o,
    .pd_cycles_o     (pd_cycles),
    .sr_cycles_o     (sr_cycles),
    .ctrlupd_cycles_o(ctrlupd_cycles),
    .count_o         (counting)
  );

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_control_commands_only_when_quiet : assert property (@(posedge clk_i) disable iff (in_reset)
      ctl_row_o.op != RowNop || ctl_col_o.op != ColNop |-> quiet || !up);
  a_mode_registers_only_while_stopped : assert property (@(posedge clk_i) disable iff (in_reset)
      in_mrs |-> stop_o == '1 || close_o == '1);
`endif

endmodule
