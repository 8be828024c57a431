// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
//
// Plays one training probe: puts a few commands and known patterns on the buses, and says what came back.
//
// Reads and writes of a probe are 8 bursts per pseudo-channel, 4 CK apart, PC 0 in phase 0 and PC 1 in phase 1. The bank group
// rotates, so that any part with tCCD_S <= 4 and tCCD_L <= 16 is served. 8 bursts take the training FIFO's pointers round once:
// every probe begins at entry 0.
//
//   Handshake   a probe at a time; probe_req_t and probe_rsp_t say what is stable when.
//   Latency     go to done: ProbeMrs 33 cycles, ProbeCa 17, ProbeLevel 4, ProbeGate 48, ProbeWrite 33 + wl / 2, ProbeRead
//               until the last burst has come, at most 64; ProbeBoth: the sum of both.
//   Throughput  one probe at a time.
//   Reset       No probe.

module tessera_hbm_phy_probe
  import tessera_hbm_pkg::*;
  import tessera_hbm_phy_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [5:0] rl_i,
  input  logic [5:0] wl_i,

  // Training
  input  probe_req_t req_i,
  input  logic       abort_i,    // Forget the probe: no done
  output probe_rsp_t rsp_o,

  // Command, write and read paths
  output dfi_cmd_t   cmd_o,
  output logic [PseudoChannels-1:0][DfiRatio-1:0]            raw_en_o,
  output logic [PseudoChannels-1:0][DfiRatio-1:0][Beats-1:0] raw_o,
  output logic [PseudoChannels-1:0][DfiRatio-1:0]            rd_en_o,
  output logic                                               seek_o,
  input  logic [PseudoChannels-1:0]                          seek_done_i,
  input  logic [PseudoChannels-1:0]                          raw_valid_i,
  input  burst_t [PseudoChannels-1:0]                        raw_i,

  // Pins
  input  logic                      aerr_i,
  input  logic [PseudoChannels-1:0] dq0_i
);

  localparam int unsigned CountBits = 7;
  typedef logic [CountBits-1:0] count_t;

  localparam count_t MrsEnd   = count_t'(31);  // tMRD is at most 63 CK
  localparam count_t CaFirst  = count_t'(4);   // AERR of what the last delay did has come
  localparam count_t CaLast   = count_t'(7);
  localparam count_t CaEnd    = count_t'(15);  // AERR 4 CK after the last on the pins, and two registers
  localparam count_t LevelEnd = count_t'(2);
  localparam count_t GateEnd  = count_t'(46);  // RL of at most 63 CK, flight, burst
  localparam count_t ReadEnd  = count_t'(62);
  localparam count_t WriteEnd = count_t'(31);  // + WL: 17 cycles from the last write, BL + tWTR of at most 31 CK

  // Bursts 4 CK apart: a command every other cycle. Of a word's distance, in CK, from the probe's first: bits 4:2 are the burst,
  // bit 1 is set between bursts, bit 0 is the half.
  localparam int unsigned SpacingCk = 4;
  localparam int unsigned ProbeCk   = FifoBursts * SpacingCk;

  typedef enum logic [1:0] {PhaseIdle, PhasePlay, PhaseWrite, PhaseRead} phase_e;
  phase_e phase_d, phase_q;
  count_t t_d, t_q;              // Cycles in this phase
  logic   done_d, done_q;

  logic is_read, is_write, is_gate, end_of_play, end_of_write, end_of_read;
  assign is_gate  = req_i.op == ProbeGate;
  assign is_write = req_i.op == ProbeWrite || req_i.op == ProbeBoth;
  assign is_read  = req_i.op == ProbeRead || req_i.op == ProbeBoth;

  // Bursts back so far, and lanes that were wrong in one of them.
  logic [PseudoChannels-1:0][3:0]       got_d, got_q;
  lane_set_t [PseudoChannels-1:0]       wrong_d, wrong_q;
  logic [PseudoChannels-1:0]            all_back;
  for (genvar p = 0; p < PseudoChannels; p++) begin : gen_back
    assign all_back[p] = got_q[p] == 4'(FifoBursts);
  end
  assign end_of_write = t_q == WriteEnd + count_t'(wl_i[5:1]);
  assign end_of_read  = all_back == '1 || t_q == ReadEnd;

  always_comb begin
    case (req_i.op)
      ProbeMrs:   end_of_play = t_q == MrsEnd;
      ProbeCa:    end_of_play = t_q == CaEnd;
      ProbeLevel: end_of_play = t_q == LevelEnd;
      default:    end_of_play = t_q == GateEnd;
    endcase
  end

  always_comb begin
    phase_d = phase_q;
    t_d     = t_q + count_t'(1);
    done_d  = 1'b0;
    case (phase_q)
      PhaseIdle: begin
        t_d = '0;
        if (req_i.go) phase_d = is_write ? PhaseWrite : is_read ? PhaseRead : PhasePlay;
      end
      PhaseWrite: if (end_of_write) begin
        t_d     = '0;
        phase_d = is_read ? PhaseRead : PhaseIdle;
        done_d  = !is_read;
      end
      PhaseRead: if (end_of_read) begin
        phase_d = PhaseIdle;
        done_d  = 1'b1;
      end
      default: if (end_of_play) begin
        phase_d = PhaseIdle;
        done_d  = 1'b1;
      end
    endcase
    if (abort_i) begin
      phase_d = PhaseIdle;
      done_d  = 1'b0;
    end
  end

  // Commands.
  logic send_cols, send_mrs, send_ca;
  assign send_cols = (phase_q == PhaseWrite || phase_q == PhaseRead) && t_q < count_t'(ProbeCk / DfiRatio) && !t_q[0];
  assign send_mrs  = phase_q == PhasePlay && req_i.op == ProbeMrs && t_q == '0;
  assign send_ca   = phase_q == PhasePlay && req_i.op == ProbeCa && t_q >= CaFirst && t_q <= CaLast;
  logic send_gate;
  assign send_gate = phase_q == PhasePlay && is_gate && t_q == '0;
  always_comb begin
    cmd_o = '0;
    if (send_mrs) begin
      cmd_o.col[0].op      = ColMrs;
      cmd_o.col[0].mr_addr = req_i.mr_addr;
      cmd_o.col[0].mr_data = req_i.mr_data;
    end
    // Precharges of closed banks do nothing. Both pseudo-channels, both edges, both parities.
    if (send_ca) begin
      cmd_o.row[0][t_q[1]].op = t_q[1] ? RowPrePb : RowPreAb;
      cmd_o.row[0][t_q[1]].pc = t_q[0];
      if (t_q[1]) cmd_o.row[0][1].bank = t_q[0] ? 6'b00_1111 : 6'b00_0101;
    end
    if (send_cols || send_gate) begin
      for (int p = 0; p < PseudoChannels; p++) begin
        cmd_o.col[p].op      = phase_q == PhaseWrite ? ColWr : ColRd;
        cmd_o.col[p].pc      = p != 0;
        cmd_o.col[p].bank.bg = t_q[2:1];
      end
    end
  end

  // When the data are due, in CK from the first.
  typedef logic signed [CountBits+1:0] word_t;
  function automatic word_t word_at(input count_t t, input logic ck, input word_t first);
    return word_t'({1'b0, t, ck}) - first;
  endfunction

  logic [PseudoChannels-1:0][DfiRatio-1:0] wr_now, rd_now;
  word_t rd_words, word;
  assign rd_words = is_gate ? word_t'(SpacingCk) : word_t'(ProbeCk);
  always_comb begin
    wr_now = '0;
    rd_now = '0;
    raw_o  = '0;
    word   = '0;
    if (phase_q != PhaseIdle) begin
      for (int p = 0; p < PseudoChannels; p++) begin
        for (int ck = 0; ck < DfiRatio; ck++) begin
          word = word_at(t_q, 1'(ck), word_t'(wl_i) + word_t'(p));
          wr_now[p][ck] = phase_q == PhaseWrite && word >= 0 && word < word_t'(ProbeCk) && !word[1];
          if (wr_now[p][ck]) raw_o[p][ck] = TrainPattern[word[4:2]][{word[0], 2'b00} +: Beats] ^ {Beats{req_i.invert}};
          word = word_at(t_q, 1'(ck), word_t'(rl_i) + word_t'(p) - word_t'(2));
          rd_now[p][ck] = (phase_q == PhaseRead || (phase_q == PhasePlay && is_gate)) && word >= 0 && word < rd_words && !word[1];
        end
      end
    end
  end
  assign raw_en_o = wr_now;
  assign rd_en_o  = rd_now;
  assign seek_o   = phase_q == PhasePlay && is_gate;

  // What came back.
  logic [7:0] expected;
  always_comb begin
    got_d    = got_q;
    wrong_d  = wrong_q;
    expected = '0;
    if (req_i.go) begin
      got_d   = '0;
      wrong_d = '0;
    end else if (phase_q == PhaseRead) begin
      for (int p = 0; p < PseudoChannels; p++) begin
        if (raw_valid_i[p] && !all_back[p]) begin
          expected = TrainPattern[got_q[p][2:0]] ^ {8{req_i.invert}};
          for (int b = 0; b < BurstBeats; b++) wrong_d[p] |= raw_i[p][b] ^ {Lanes{expected[b]}};
          got_d[p] = got_q[p] + 4'd1;
        end
      end
    end
  end

  logic                      ca_ok_d, ca_ok_q;
  logic [PseudoChannels-1:0] level_d, level_q, gate_ok_d, gate_ok_q;
  always_comb begin
    ca_ok_d   = ca_ok_q;
    level_d   = level_q;
    gate_ok_d = gate_ok_q;
    if (req_i.go) begin
      ca_ok_d   = 1'b1;
      gate_ok_d = '0;
    end else if (phase_q == PhasePlay) begin
      if (aerr_i && t_q >= CaFirst) ca_ok_d = 1'b0;
      level_d   = dq0_i;
      gate_ok_d = gate_ok_q | seek_done_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      phase_q <= PhaseIdle;
      done_q  <= 1'b0;
    end else begin
      phase_q <= phase_d;
      done_q  <= done_d;
    end
  end
  always_ff @(posedge clk_i) begin
    t_q       <= t_d;
    ca_ok_q   <= ca_ok_d;
    level_q   <= level_d;
    gate_ok_q <= gate_ok_d;
    got_q     <= got_d;
    wrong_q   <= wrong_d;
  end

  always_comb begin
    rsp_o = '{done: done_q, ca_ok: ca_ok_q, level: level_q, gate_ok: gate_ok_q, pass: '0};
    for (int p = 0; p < PseudoChannels; p++) begin
      if (all_back[p]) rsp_o.pass[p] = ~wrong_q[p];
    end
  end

`ifndef SYNTHESIS
  logic in_reset;
  assign in_reset = !rst_ni;

  a_go_only_when_idle : assert property (@(posedge clk_i) disable iff (in_reset)
      req_i.go |-> phase_q == PhaseIdle);
  a_probe_ends : assert property (@(posedge clk_i) disable iff (in_reset)
      t_q != '1);
  a_probe_stable : assert property (@(posedge clk_i) disable iff (in_reset)
      phase_q != PhaseIdle |-> $stable({req_i.op, req_i.invert, req_i.mr_addr, req_i.mr_data}));
`endif

endmodule
