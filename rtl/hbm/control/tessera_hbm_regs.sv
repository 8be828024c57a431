// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// The controller's registers, spec/hbm.toml, as an APB target.
//
// Words that keep what is written are one array; which word is where, its reset value and its legal values are generated. Counters and
// error logs are read through their own blocks.
//
//   Handshake   APB without wait. An access that is refused answers pslverr and changes nothing.
//   Latency     A written value is at the outputs 2 cycles later; reset values, in the first cycle after reset.
//   Throughput  An access every 2 cycles.
//   Reset       As the register map says.

module tessera_hbm_regs
  import tessera_hbm_pkg::*;
  import tessera_hbm_ctl_pkg::*;
  import tessera_hbm_spec_gen_pkg::*;
#(
  parameter int unsigned  Sids        = 2,
  parameter int unsigned  PartRowBits = 14,
  parameter int unsigned  RdqDepth    = 64,
  parameter int unsigned  WrqDepth    = 64,
  localparam int unsigned Logs        = 3
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  // APB
  input  logic        psel_i,
  input  logic        penable_i,
  input  logic        pwrite_i,
  input  logic [11:0] paddr_i,
  input  logic [31:0] pwdata_i,
  input  logic [3:0]  pstrb_i,
  output logic        pready_o,
  output logic [31:0] prdata_o,
  output logic        pslverr_o,

  // Commands: pulses
  output logic        start_o,
  output logic        sr_enter_o,
  output logic        sr_exit_o,
  output logic        clear_counters_o,
  output logic        inject_command_o,
  output inject_t [PseudoChannels-1:0] inject_o,
  output logic [Logs-1:0] log_clear_o,

  // What the registers show
  input  logic        can_start_i,
  input  logic        can_sr_enter_i,
  input  logic        unlocked_i,      // Nothing runs: RWL words may be written
  input  state_reg_t  state_i,
  input  temp_reg_t   temp_i,
  input  log_corr_reg_t      [Logs-1:0]       log_first_i,
  input  log_corr_addr_reg_t [Logs-1:0]       log_addr_i,
  input  logic               [Logs-1:0][31:0] log_count_i,
  output logic        count_read_o,    // Pulse
  output logic [9:0]  count_word_o,
  input  logic        count_hit_i,
  input  logic [31:0] count_data_i,
  input  irq_enable_reg_t irq_event_i, // Pulses
  output logic        irq_o,

  // Configuration. Timings, features and map change only while unlocked_i
  output timing_t     timing_o,
  output features_t   features_o,
  output sched_cfg_t  sched_cfg_o,
  output ref_cfg_t    ref_cfg_o,
  output map_t        map_o,
  output logic [19:0] pd_cycles_o,
  output logic [23:0] sr_cycles_o,
  output logic [23:0] ctrlupd_cycles_o,
  output logic        count_o
);

  typedef logic [9:0] word_t;

  // Reset values that depend on the part: map, write watermarks. docs/hbm/performance.md says why they are what they are.
  function automatic logic [RwWords-1:0][31:0] reset_values();
    logic [RwWords-1:0][31:0] value;
    int unsigned next, bank_bits, turn;
    int unsigned sel [MapBits];
    int unsigned targets [BankBits];
    bank_bits = BgBits + BaBits + $clog2(Sids);
    for (int unsigned i = 0; i < MapBits; i++) sel[i] = MapBits;  // Not placed yet
    // Device bits from address bit 0 up: col[1:0], bg, sid, col[4:2], ba, row.
    sel[0] = 0;
    sel[1] = 1;
    sel[ColBits+RowBits+BaBits]   = 2;
    sel[ColBits+RowBits+BaBits+1] = 3;
    next = 4;
    for (int unsigned b = BgBits + BaBits; b < bank_bits; b++) begin
      sel[ColBits+RowBits+b] = next;
      next++;
    end
    for (int unsigned c = 2; c < ColBits; c++) begin
      sel[c] = next;
      next++;
    end
    for (int unsigned b = 0; b < BaBits; b++) begin
      sel[ColBits+RowBits+b] = next;
      next++;
    end
    for (int unsigned r = 0; r < PartRowBits; r++) begin
      sel[ColBits+r] = next;
      next++;
    end
    // Bits that the part lacks
    for (int unsigned i = 0; i < MapBits; i++) begin
      if (sel[i] == MapBits) begin
        sel[i] = next;
        next++;
      end
    end
    value = RwReset;
    for (int unsigned i = 0; i < MapBits; i++) value[RwMapSel+i/6][5*(i%6)+:5] = 5'(sel[i]);
    // Rows are folded into bg[0], bg[1], ba[0], sid[0], ba[1], sid[1] in turn, those that the part has.
    targets = '{2, 3, 0, 4, 1, 5};
    turn = 0;
    for (int unsigned r = 0; r < PartRowBits; r++) begin
      while (targets[turn] >= bank_bits) turn = (turn + 1) % BankBits;
      value[RwMapFold+targets[turn]][r] = 1'b1;
      turn = (turn + 1) % BankBits;
    end
    value[RwSchedWr][6:0]  = 7'(WrqDepth - WrqDepth / 8);
    value[RwSchedWr][14:8] = 7'(WrqDepth / 8);
    return value;
  endfunction
  localparam logic [RwWords-1:0][31:0] Reset = reset_values();

  function automatic timing_t timing_of(logic [RwWords-1:0][31:0] words);
    return '{
      rl: words[RwTRl][5:0], wl: words[RwTWl][5:0], rcdrd: words[RwTRcdrd][6:0], rcdwr: words[RwTRcdwr][6:0],
      rp: words[RwTRp][6:0], ras: words[RwTRas][6:0], rc: words[RwTRc][7:0], rrds: words[RwTRrds][3:0],
      rrdl: words[RwTRrdl][3:0], faw: words[RwTFaw][6:0], ccds: words[RwTCcds][3:0], ccdl: words[RwTCcdl][3:0],
      ccdr: words[RwTCcdr][3:0], wtrs: words[RwTWtrs][4:0], wtrl: words[RwTWtrl][4:0], rtw: words[RwTRtw][5:0],
      rtp: words[RwTRtp][4:0], wr: words[RwTWr][6:0], ppd: words[RwTPpd][3:0], rfcab: words[RwTRfcab][10:0],
      rfcpb: words[RwTRfcpb][10:0], rrefd: words[RwTRrefd][5:0], refi: words[RwTRefi][13:0], xp: words[RwTXp][5:0],
      xs: words[RwTXs][10:0], cke: words[RwTCke][5:0], mrd: words[RwTMrd][5:0]
    };
  endfunction

  if (RdqDepth < 2 || RdqDepth > 64 || WrqDepth < 2 || WrqDepth > 64) begin : gen_bad_depth
    $error("tessera_hbm_regs: RdqDepth and WrqDepth must be 2 to 64");
  end
  if (timing_of(RwReset) != Timing6400) begin : gen_bad_timing
    $error("tessera_hbm_regs: the reset values of spec/hbm.toml are not Timing6400");
  end

  logic [RwWords-1:0][31:0] rw_q;

  // An access
  logic       access, write;
  word_t      word;
  rw_select_t rw;
  logic [31:0] value, old_value;
  logic       legal, write_error, read_error;
  assign access = psel_i && penable_i;
  assign write  = access && pwrite_i;
  assign word   = paddr_i[11:2];

  // Words that exist in the map but are written by hand here, and words whose fields depend on each other.
  ctrl_reg_t     ctrl;
  inject_reg_t   inject;
  sched_wr_reg_t wr;
  rfm_reg_t      rfm;
  inject_e       kind;
  assign ctrl   = ctrl_reg_t'(value);
  assign inject = inject_reg_t'(value);
  assign wr     = sched_wr_reg_t'(value);
  assign rfm    = rfm_reg_t'(value);
  assign kind   = inject_e'(inject.kind);

  always_comb begin
    rw        = '0;
    old_value = '0;
    value     = '0;
    if (access) begin
      rw = rw_select(word);
      if (rw.hit) old_value = rw_q[rw.index];
      for (int unsigned i = 0; i < 4; i++) value[8*i+:8] = pstrb_i[i] ? pwdata_i[8*i+:8] : old_value[8*i+:8];
    end
  end
  always_comb begin
    legal = 1'b0;
    if (write) begin
      legal = write_legal(word, value) && (!rw.locked || unlocked_i);
      case (word)
        RegCtrl[11:2]: begin
          if (!$onehot0(value) || (ctrl.start && !can_start_i) || (ctrl.sr_enter && !can_sr_enter_i) ||
              (ctrl.sr_exit && !state_i.sr_asked)) legal = 1'b0;
        end
        RegSchedWr[11:2]: if (wr.wr_low >= wr.wr_high || wr.wr_high > 7'(WrqDepth)) legal = 1'b0;
        RegRfm[11:2]:     if (rfm.raaimt != '0 && rfm.raaimt >= rfm.raammt) legal = 1'b0;
        RegInject[11:2]:  if (kind == InjectTwoBits && inject.bit_a == inject.bit_b) legal = 1'b0;
        default: ;
      endcase
    end
  end
  assign write_error = write && !legal;

  logic do_write;
  assign do_write         = write && legal;
  assign start_o          = do_write && word == RegCtrl[11:2] && ctrl.start;
  assign sr_enter_o       = do_write && word == RegCtrl[11:2] && ctrl.sr_enter;
  assign sr_exit_o        = do_write && word == RegCtrl[11:2] && ctrl.sr_exit;
  assign clear_counters_o = do_write && word == RegCtrl[11:2] && ctrl.clear_counters;

  logic do_inject;
  assign do_inject        = do_write && word == RegInject[11:2];
  assign inject_command_o = do_inject && kind == InjectCommand;
  always_comb begin
    inject_o = '0;
    if (do_inject && (kind == InjectOneBit || kind == InjectTwoBits)) begin
      inject_o[inject.pc] = '{count: inject.kind, bit_a: inject.bit_a, bit_b: inject.bit_b};
    end
  end

  assign log_clear_o = !(do_write && value[0]) ? '0 : {word == RegLogRange[11:2], word == RegLogUnc[11:2],
                                                       word == RegLogCorr[11:2]};

  // Storage
  irq_enable_reg_t irq_enable, irq_status_q, irq_clear;
  assign irq_clear = do_write && word == RegIrqStatus[11:2] ? irq_enable_reg_t'(value) : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rw_q         <= Reset;
      irq_status_q <= '0;
    end else begin
      if (do_write && rw.hit) rw_q[rw.index] <= value & RwMask[rw.index];
      if (irq_event_i != '0 || irq_clear != '0) irq_status_q <= (irq_status_q & ~irq_clear) | irq_event_i;
    end
  end

  // Reads
  assign count_read_o = access && !pwrite_i;
  assign count_word_o = word;
  hw_reg_t hw;
  assign hw = '{sids: 3'(Sids), row_bits: 4'(PartRowBits), rdq_depth: 8'(RdqDepth), wrq_depth: 8'(WrqDepth),
                default: '0};

  logic [31:0] read_data;
  logic [1:0]  log;
  always_comb begin
    read_data  = '0;
    read_error = 1'b0;
    log        = 2'((word - RegLogCorr[11:2]) >> 2);
    if (access && !pwrite_i) begin
      if (rw.hit) read_data = old_value;
      else if (count_hit_i) read_data = count_data_i;
      else begin
        case (word)
          RegId[11:2]:        read_data = HbmId;
          RegVersion[11:2]:   read_data = HbmVersion;
          RegHw[11:2]:        read_data = hw;
          RegState[11:2]:     read_data = state_i;
          RegTemp[11:2]:      read_data = temp_i;
          RegIrqStatus[11:2]: read_data = irq_status_q;
          RegCtrl[11:2], RegInject[11:2]: read_data = '0;
          RegLogCorr[11:2], RegLogUnc[11:2], RegLogRange[11:2]:                read_data = log_first_i[log];
          RegLogCorrAddr[11:2], RegLogUncAddr[11:2], RegLogRangeAddr[11:2]:    read_data = log_addr_i[log];
          RegLogCorrCount[11:2], RegLogUncCount[11:2], RegLogRangeCount[11:2]: read_data = log_count_i[log];
          default:            read_error = 1'b1;
        endcase
      end
    end
  end

  assign pready_o  = 1'b1;
  assign prdata_o  = read_data;
  assign pslverr_o = write_error || read_error;

  // Configuration words to what the blocks want, in registers of their own: settings go everywhere, words stay here.
  typedef struct packed {
    timing_t    timing;
    sched_cfg_t sched;
    ref_cfg_t   refresh;
    features_t  features;
    map_t       addr_map;
  } config_t;
  sched_hit_reg_t hit_reg;
  sched_wr_reg_t  wr_reg;
  refresh_reg_t   ref_reg;
  rfm_reg_t       rfm_reg;
  features_reg_t  feat_reg;
  assign hit_reg  = sched_hit_reg_t'(rw_q[RwSchedHit]);
  assign wr_reg   = sched_wr_reg_t'(rw_q[RwSchedWr]);
  assign ref_reg  = refresh_reg_t'(rw_q[RwRefresh]);
  assign rfm_reg  = rfm_reg_t'(rw_q[RwRfm]);
  assign feat_reg = features_reg_t'(rw_q[RwFeatures]);

  config_t config_d, config_q;
  always_comb begin
    config_d.timing   = timing_of(rw_q);
    config_d.sched    = '{hit_cap: hit_reg.hit_cap, age_limit: hit_reg.age_limit, wr_high: wr_reg.wr_high,
                          wr_low: wr_reg.wr_low, wr_idle: wr_reg.wr_idle, auto_pre: hit_reg.auto_pre};
    config_d.refresh  = '{mode: ref_reg.mode, force_refi: ref_reg.force_refi, pull_in: ref_reg.pull_in,
                          raaimt: rfm_reg.raaimt, raammt: rfm_reg.raammt};
    config_d.features = '{cmd_parity: feat_reg.cmd_parity, rd_parity: feat_reg.rd_parity, wr_parity: feat_reg.wr_parity,
                          rd_dbi: feat_reg.rd_dbi, wr_dbi: feat_reg.wr_dbi, scrub: feat_reg.scrub, ecc: feat_reg.ecc};
    for (int unsigned i = 0; i < MapBits; i++) config_d.addr_map.sel[i] = rw_q[RwMapSel+i/6][5*(i%6)+:5];
    for (int unsigned b = 0; b < BankBits; b++) config_d.addr_map.fold[b] = rw_q[RwMapFold+b][RowBits-1:0];
  end

  // After reset the words are copied like after a write; the device is in reset for longer than that.
  logic written_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) written_q <= 1'b1;
    else         written_q <= do_write && rw.hit;
  end
  always_ff @(posedge clk_i) begin
    if (written_q) config_q <= config_d;
  end
  assign timing_o    = config_q.timing;
  assign sched_cfg_o = config_q.sched;
  assign ref_cfg_o   = config_q.refresh;
  assign features_o  = config_q.features;
  assign map_o       = config_q.addr_map;
  assign irq_enable  = irq_enable_reg_t'(rw_q[RwIrqEnable]);
  assign pd_cycles_o      = rw_q[RwPowerDown][19:0];
  assign sr_cycles_o      = rw_q[RwSelfRefresh][23:0];
  assign ctrlupd_cycles_o = rw_q[RwCtrlupd][23:0];
  assign count_o          = rw_q[RwCount][0];
  assign irq_o            = (irq_enable & irq_status_q) != '0;

  logic unused_bits;
  assign unused_bits = ^{paddr_i[1:0], rw_q, hit_reg, wr_reg, ref_reg, rfm_reg, feat_reg, ctrl, inject, wr, rfm};

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  // Three cycles: the write that was let in last acts two cycles later.
  logic locked_q, locked_2_q, locked_3_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {locked_q, locked_2_q, locked_3_q} <= 3'b000;
    else         {locked_q, locked_2_q, locked_3_q} <= {!unlocked_i, locked_q, locked_2_q};
  end
  a_locked_words_change_only_when_unlocked : assert property (@(posedge clk_i) disable iff (in_reset)
      locked_q && locked_2_q && locked_3_q |->
      $stable(config_q.timing) && $stable(config_q.features) && $stable(config_q.addr_map));
  a_apb_enable_follows_select : assert property (@(posedge clk_i) disable iff (in_reset) penable_i && psel_i |-> $past(psel_i));
`endif

endmodule
