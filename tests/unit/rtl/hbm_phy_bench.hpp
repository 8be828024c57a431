// SPDX-License-Identifier: Apache-2.0
//
// The PHY wrapper with a device on its pins and a bare-handed controller on its DFI side: commands are placed
// on any CK, and their data follow as docs/hbm/theory.md says.

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "Vhbm_phy.h"
#include "hbm/device.hpp"
#include "hbm/pins_pack.hpp"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace tessera::test {

namespace hbm = tessera::tb::hbm;

enum RowOp : unsigned { kAct = 1, kPrePb = 2, kPreAb = 3, kRefAb = 5 };
enum ColOp : unsigned { kRd = 1, kWr = 3, kMrs = 5 };
enum Features : unsigned { kWrDbi = 1, kRdDbi = 2, kWrPar = 4, kRdPar = 8, kCmdPar = 16, kAllFeatures = 31 };

// Register offsets and fields of docs/hbm/phy.md.
enum Reg : unsigned {
  kStatus = 0x00,
  kSticky = 0x04,
  kControl = 0x08,
  kSkip = 0x0C,
  kInterval = 0x10,
  kRetrains = 0x14,
  kDeviceId = 0x18,
  kTemp = 0x1C,
  kLatency = 0x20,
  kRepair = 0x24,
  kInject = 0x28,
  kCycles = 0x2C,
  kDlyCa = 0x30,
  kWdqs0 = 0x34,
  kLane = 0x400,
};
constexpr unsigned lane_reg(unsigned pc, unsigned lane) { return kLane + 0x100 * pc + 4 * lane; }
enum Step : unsigned { kStepIdle = 0, kStepReady = 19, kStepFailed = 20 };
enum Error : unsigned {
  kNone,
  kNoDevice,
  kErrCa,
  kErrGate,
  kErrLevel,
  kErrWdqs,
  kErrSpareTaken,
  kErrSpareDead,
};
constexpr unsigned kSkipAll = 0x3F;

struct Read {
  hbm::Grain grain;
  bool par_err = false;
  std::uint64_t cycle = 0;
  bool operator==(const Read& other) const { return grain == other.grain && par_err == other.par_err; }
};

struct PhyOptions {
  hbm::DeviceConfig device;
  unsigned features = kAllFeatures;
};

class PhyBench {
 public:
  explicit PhyBench(const PhyOptions& options)
      : device{options.device}, rl{options.device.timing.rl}, wl{options.device.timing.wl} {
    dut->rl_i = static_cast<std::uint8_t>(rl);
    dut->wl_i = static_cast<std::uint8_t>(wl);
    dut->features_i = static_cast<std::uint8_t>(options.features);
    for (unsigned s = 0; s < 4; ++s) dut->row_op_i[s] = 0;
    for (unsigned p = 0; p < 2; ++p) dut->col_op_i[p] = dut->wr_en_i[p] = 0;
    dut->rddata_en_i = 0;
    dut->par_flip_i = 0;
    dut->reset_n_i = 0;
    dut->init_start_i = dut->ctrlupd_req_i = dut->phyupd_ack_i = dut->lp_ctrl_req_i = dut->lp_data_req_i = 0;
    dut->psel = dut->penable = dut->pwrite = 0;
    dut->ext_wrck_i = dut->ext_shiftwr_i = dut->ext_capturewr_i = dut->ext_updatewr_i = dut->ext_selectwir_i =
        0;
    dut->ext_wsi_i = 0;
    dut->ext_wrst_n_i = 1;
    dut.settle();
  }

  Bench<Vhbm_phy> dut{3'000'000};
  hbm::DramDevice device;
  const unsigned rl, wl;  // nCK
  std::array<std::vector<Read>, 2> reads;
  std::array<std::vector<std::uint64_t>, 2> derr_cks;
  std::vector<std::uint64_t> aerr_cycles;
  // Lanes of strobed CKs, beat after beat, while `watch_lanes`.
  bool watch_lanes = false;
  std::array<std::vector<std::uint64_t>, 2> driven;

  // The first CK of the cycle now beginning. Commands may be placed at it or later.
  std::uint64_t ck() const { return 2 * dut.cycles(); }

  // edge: 0 rising, 1 falling.
  void row(std::uint64_t at, unsigned edge, RowOp op, unsigned pc, unsigned bank = 0, unsigned row = 0) {
    rows_[2 * at + edge] = {op, pc, bank, row};
  }
  void mrs(std::uint64_t at, unsigned address, unsigned data) { cols_[at] = {kMrs, 0, 0, 0, address, data}; }
  void read(std::uint64_t at, unsigned pc, unsigned bank, unsigned col) {
    cols_.at(claim(at)) = {kRd, pc, bank, col, 0, 0};
    enables_[at + rl - 2].read |= 1u << pc;
    enables_[at + rl - 1].read |= 1u << pc;
  }
  void write(std::uint64_t at, unsigned pc, unsigned bank, unsigned col, const hbm::Grain& grain) {
    cols_.at(claim(at)) = {kWr, pc, bank, col, 0, 0};
    for (unsigned half = 0; half < 2; ++half) {
      enables_[at + wl - 2 + half].write |= 1u << pc;
      words_[pc][at + wl + half] = {grain, half};
    }
  }
  bool column_free(std::uint64_t at) const { return !cols_.contains(at); }
  void flip_parity(std::uint64_t at) { flips_[at] = true; }

  void cycle() {
    const std::uint64_t now = ck();
    for (unsigned s = 0; s < 4; ++s) {
      const auto found = rows_.find(2 * now + s);
      dut->row_op_i[s] = 0;
      if (found == rows_.end()) continue;
      dut->row_op_i[s] = static_cast<std::uint8_t>(found->second.op);
      dut->row_pc_i[s] = found->second.pc != 0;
      dut->row_bank_i[s] = static_cast<std::uint8_t>(found->second.bank);
      dut->row_row_i[s] = static_cast<std::uint16_t>(found->second.row);
      rows_.erase(found);
    }
    dut->par_flip_i = 0;
    dut->wr_en_i[0] = dut->wr_en_i[1] = dut->rddata_en_i = 0;
    for (unsigned phase = 0; phase < 2; ++phase) drive_phase(now + phase, phase);
    dut.settle();
    const hbm::PinsOut& out = unpack_(&dut->pins_o[0]);
    const hbm::PinsIn in = device.clock(out);
    pack_(in, &dut->pins_i[0]);
    dut.settle();
    for (unsigned pc = 0; pc < 2; ++pc) {
      if (dut->rd_valid_o[pc]) reads[pc].push_back({grain_of(pc), dut->rd_par_err_o[pc] != 0, dut.cycles()});
      for (unsigned phase = 0; phase < 2; ++phase) {
        if (dut->derr_o >> (2 * pc + phase) & 1) derr_cks[pc].push_back(now + phase);
      }
      for (unsigned c = 0; watch_lanes && c < 2; ++c) {
        if ((out.w[pc].strobe >> c & 1) == 0) continue;
        driven[pc].insert(driven[pc].end(), out.w[pc].lane[c].begin(), out.w[pc].lane[c].end());
      }
    }
    if (dut->aerr_o) aerr_cycles.push_back(dut.cycles());
    dut.tick();
  }
  void idle(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) cycle();
  }
  void run_to(std::uint64_t ck_number) {
    while (ck() < ck_number) cycle();
  }

  // Takes the device out of reset and trains. True: init_complete.
  bool train(unsigned limit = 30'000) {
    dut->reset_n_i = 1;
    dut->init_start_i = 1;
    for (unsigned i = 0; i < limit; ++i) {
      cycle();
      if (dut->init_complete_o) return true;
      if (dut->init_error_o) return false;
    }
    throw std::runtime_error("training did not end in " + std::to_string(limit) + " cycles");
  }

  // APB. The write returns pslverr.
  bool poke(unsigned address, std::uint32_t value) {
    dut->pwrite = 1;
    dut->pwdata = value;
    return access(address);
  }
  std::uint32_t peek(unsigned address) {
    dut->pwrite = 0;
    if (access(address))
      throw std::runtime_error("PHY register " + std::to_string(address) + " cannot be read");
    return read_data_;
  }
  bool peek_fails(unsigned address) {
    dut->pwrite = 0;
    return access(address);
  }
  unsigned step() { return peek(kStatus) & 0x1F; }
  unsigned error() { return peek(kStatus) >> 8 & 0xF; }
  unsigned error_lane() { return peek(kStatus) >> 16 & 0x3F; }
  unsigned error_pc() { return peek(kStatus) >> 22 & 1; }

  // Refreshes both pseudo-channels as often as is owed by now, all banks being closed.
  void refresh_due() {
    for (; refreshes_ < ck() / device.config().timing.refi; ++refreshes_) refresh();
  }
  void refresh() {
    row(ck(), 0, kRefAb, 0);
    row(ck() + 2, 0, kRefAb, 1);
    idle(device.config().timing.rfcab / 2 + 4);
  }
  void precharge() {
    idle(48);
    row(ck(), 0, kPreAb, 0);
    row(ck(), 1, kPreAb, 1);
    idle(32);
  }

 private:
  struct RowCommand {
    unsigned op, pc, bank, row;
  };
  struct ColCommand {
    unsigned op = 0, pc = 0, bank = 0, col = 0, mr_addr = 0, mr_data = 0;
  };
  struct Enables {
    unsigned read = 0, write = 0;  // Bit per pseudo-channel
  };
  struct Word {
    hbm::Grain grain;
    unsigned half = 0;
  };

  std::uint64_t claim(std::uint64_t at) {
    if (!cols_.emplace(at, ColCommand{}).second)
      throw std::logic_error("two column commands in CK " + std::to_string(at));
    return at;
  }

  void drive_phase(std::uint64_t at, unsigned phase) {
    dut->col_op_i[phase] = 0;
    if (const auto found = cols_.find(at); found != cols_.end()) {
      const ColCommand& c = found->second;
      dut->col_op_i[phase] = static_cast<std::uint8_t>(c.op);
      dut->col_pc_i[phase] = c.pc != 0;
      dut->col_bank_i[phase] = static_cast<std::uint8_t>(c.bank);
      dut->col_col_i[phase] = static_cast<std::uint8_t>(c.col);
      dut->col_mr_addr_i[phase] = static_cast<std::uint8_t>(c.mr_addr);
      dut->col_mr_data_i[phase] = static_cast<std::uint8_t>(c.mr_data);
      cols_.erase(found);
    }
    if (flips_.erase(at) != 0) dut->par_flip_i = static_cast<std::uint8_t>(dut->par_flip_i | 1u << phase);
    Enables enables;
    if (const auto found = enables_.find(at); found != enables_.end()) {
      enables = found->second;
      enables_.erase(found);
    }
    for (unsigned pc = 0; pc < 2; ++pc) {
      if (enables.write >> pc & 1)
        dut->wr_en_i[pc] = static_cast<std::uint8_t>(dut->wr_en_i[pc] | 1u << phase);
      if (enables.read >> pc & 1)
        dut->rddata_en_i = static_cast<std::uint8_t>(dut->rddata_en_i | 1u << (2 * pc + phase));
      const auto word = words_[pc].find(at);
      for (unsigned i = 0; i < 16; ++i) {
        // Nothing but what wrdata_en announced may be looked at.
        const std::uint64_t data =
            word != words_[pc].end() ? word->second.grain.data[16 * word->second.half + i] : dice_.below(256);
        set_bits(dut->wr_data_i[pc], 128 * phase + 8 * i, 8, data);
      }
      const std::uint64_t meta = word != words_[pc].end()
                                     ? word->second.grain.meta >> 8 * word->second.half & 0xFF
                                     : dice_.below(256);
      set_bits(dut->wr_ecc_i[pc], 8 * phase, 8, meta);
      if (word != words_[pc].end()) words_[pc].erase(word);
    }
  }

  hbm::Grain grain_of(unsigned pc) {
    hbm::Grain grain;
    for (unsigned i = 0; i < 32; ++i)
      grain.data[i] = static_cast<std::uint8_t>(get_bits(dut->rd_data_o[pc], 8 * i, 8));
    grain.meta = dut->rd_ecc_o[pc];
    return grain;
  }

  bool access(unsigned address) {
    dut->paddr = static_cast<std::uint16_t>(address);
    dut->psel = 1;
    dut->penable = 0;
    cycle();
    dut->penable = 1;
    dut.settle();
    const bool failed = dut->pslverr;
    read_data_ = dut->prdata;
    cycle();
    dut->psel = dut->penable = dut->pwrite = 0;
    return failed;
  }

  hbm::PinsUnpacker unpack_;
  hbm::PinsPacker pack_;
  Dice dice_{99};
  std::uint64_t refreshes_ = 0;
  std::uint32_t read_data_ = 0;
  std::map<std::uint64_t, RowCommand> rows_;  // By half CK
  std::map<std::uint64_t, ColCommand> cols_;  // By CK
  std::map<std::uint64_t, bool> flips_;
  std::map<std::uint64_t, Enables> enables_;
  std::array<std::map<std::uint64_t, Word>, 2> words_;
};

inline hbm::Grain random_grain(Dice& dice) {
  hbm::Grain grain;
  for (std::uint8_t& byte : grain.data) byte = static_cast<std::uint8_t>(dice.below(256));
  grain.meta = static_cast<std::uint16_t>(dice.below(65536));
  return grain;
}

// One grain written, and what reading it returned.
struct Echo {
  hbm::Grain wrote;
  Read got;
};

// Opens a bank in each bank group of both pseudo-channels, writes `count` random grains to each
// pseudo-channel, bursts 2 to 4 CK apart in any phase, reads them back the same way, and closes the banks.
inline std::array<std::vector<Echo>, 2> echo(PhyBench& b, unsigned count, std::uint64_t seed,
                                             bool dense = false) {
  Dice dice{seed};
  const unsigned row = static_cast<unsigned>(dice.below(16384));
  for (unsigned bg = 0; bg < 4; ++bg) {
    for (unsigned pc = 0; pc < 2; ++pc) {
      // ACT in either phase: in phase 1 its last slot is in the next cycle.
      b.row(b.ck() + (bg + pc) % 2, 0, kAct, pc, bg << 2 | bg, row);
      b.idle(20);
    }
  }
  std::array<std::vector<Echo>, 2> echoes;
  for (const bool reading : {false, true}) {
    std::array<std::uint64_t, 2> at{b.ck(), b.ck() + 1};
    for (unsigned i = 0; i < count; ++i) {
      for (unsigned pc = 0; pc < 2; ++pc) {
        while (!b.column_free(at[pc])) ++at[pc];
        const unsigned bank = (i % 4) << 2 | (i % 4);
        const unsigned col = i / 4 % 32;
        if (reading) {
          b.read(at[pc], pc, bank, col);
        } else {
          echoes[pc].push_back({random_grain(dice), {}});
          b.write(at[pc], pc, bank, col, echoes[pc].back().wrote);
        }
        at[pc] += dense ? 2 : dice.between(2, 4);
      }
    }
    for (std::vector<Read>& list : b.reads) list.clear();
    b.run_to(std::max(at[0], at[1]) + 80);
  }
  for (unsigned pc = 0; pc < 2; ++pc) {
    if (b.reads[pc].size() != count) {
      throw std::runtime_error("asked for " + std::to_string(count) + " bursts, got " +
                               std::to_string(b.reads[pc].size()));
    }
    for (unsigned i = 0; i < count; ++i) echoes[pc][i].got = b.reads[pc][i];
  }
  b.precharge();
  return echoes;
}

// Grains that came back otherwise than they were written.
inline unsigned wrong(const std::array<std::vector<Echo>, 2>& echoes) {
  unsigned n = 0;
  for (const auto& list : echoes) {
    for (const Echo& e : list) n += e.got != Read{e.wrote, false, 0};
  }
  return n;
}

}  // namespace tessera::test
