// SPDX-License-Identifier: Apache-2.0
//
// What tests of tessera_hbm_dfi_checker share: a DFI boundary to be legal on or not, and the simulator's
// reports.

#pragma once

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "Vhbm_dfi_checker.h"
#include "support/bench.hpp"

namespace tessera::test {

enum RowOp : unsigned { kNop = 0, kAct = 1, kPrePb = 2, kPreAb = 3, kRefPb = 4, kSrx = 11 };
enum ColOp : unsigned { kRd = 1, kRda = 2, kWr = 3, kWra = 4, kMrs = 5 };

// A boundary in service. Commands are placed on CKs; their enables, and the bursts read, follow legally
// unless told otherwise.
class Boundary {
 public:
  Boundary(unsigned rl, unsigned wl) : rl_{rl}, wl_{wl} {
    auto& d = dut.model();
    d.rl_i = static_cast<std::uint8_t>(rl);
    d.wl_i = static_cast<std::uint8_t>(wl);
    d.row_op_i = 0;
    d.col_op_i = d.col_pc_i = d.wrdata_en_i = d.rddata_en_i = d.rddata_valid_i = 0;
    d.reset_n_i = 0;
    d.init_complete_i = d.init_error_i = 0;
    d.ctrlupd_req_i = d.ctrlupd_ack_i = d.phyupd_req_i = d.phyupd_ack_i = d.phyupd_type_i = 0;
    d.lp_ctrl_req_i = d.lp_ctrl_ack_i = d.lp_ctrl_wakeup_i = 0;
    d.lp_data_req_i = d.lp_data_ack_i = d.lp_data_wakeup_i = 0;
    idle(3);
    d.reset_n_i = 1;
    idle(3);
    d.init_complete_i = 1;
    idle(3);
  }

  Bench<Vhbm_dfi_checker> dut;
  unsigned latency = 12;  // CK from rddata_en to rddata_valid, rounded up to a cycle

  std::uint64_t ck() const { return 2 * dut.cycles(); }
  void row(std::uint64_t at, unsigned edge, RowOp op) { rows_[2 * at + edge] = op; }
  // `shift`: the enables come so many CK late; `words`: this many of the 2.
  void col(std::uint64_t at, ColOp op, unsigned pc, int shift = 0, unsigned words = 2) {
    cols_[at] = {op, pc};
    for (unsigned w = 0; w < words; ++w) {
      if (op == kWr || op == kWra) wr_en_[pc].insert(at + wl_ - 2 + w + shift);
      if (op == kRd || op == kRda) rd_en_[pc].insert(at + rl_ - 2 + w + shift);
    }
    if (op == kRd || op == kRda) valid_[pc].insert((at + rl_ - 2 + latency + 1) / 2);
  }
  void valid(std::uint64_t cycle, unsigned pc) { valid_[pc].insert(cycle); }
  void write_enable(std::uint64_t at, unsigned pc) { wr_en_[pc].insert(at); }

  void cycle() {
    auto& d = dut.model();
    const std::uint64_t now = ck();
    unsigned rows = 0, cols = 0, pcs = 0, wr = 0, rd = 0, valid = 0;
    for (unsigned s = 0; s < 4; ++s) {
      if (const auto found = rows_.find(2 * now + s); found != rows_.end()) rows |= found->second << 4 * s;
    }
    for (unsigned phase = 0; phase < 2; ++phase) {
      if (const auto found = cols_.find(now + phase); found != cols_.end()) {
        cols |= found->second.first << 3 * phase;
        pcs |= found->second.second << phase;
      }
      for (unsigned pc = 0; pc < 2; ++pc) {
        wr |= static_cast<unsigned>(wr_en_[pc].contains(now + phase)) << (2 * pc + phase);
        rd |= static_cast<unsigned>(rd_en_[pc].contains(now + phase)) << (2 * pc + phase);
      }
    }
    for (unsigned pc = 0; pc < 2; ++pc)
      valid |= static_cast<unsigned>(valid_[pc].contains(dut.cycles())) << pc;
    d.row_op_i = static_cast<std::uint16_t>(rows);
    d.col_op_i = static_cast<std::uint8_t>(cols);
    d.col_pc_i = static_cast<std::uint8_t>(pcs);
    d.wrdata_en_i = static_cast<std::uint8_t>(wr);
    d.rddata_en_i = static_cast<std::uint8_t>(rd);
    d.rddata_valid_i = static_cast<std::uint8_t>(valid);
    dut.tick();
  }
  void idle(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) cycle();
  }

 private:
  unsigned rl_, wl_;
  std::map<std::uint64_t, unsigned> rows_;
  std::map<std::uint64_t, std::pair<unsigned, unsigned>> cols_;
  std::array<std::set<std::uint64_t>, 2> wr_en_, rd_en_, valid_;
};

// What is written to standard output while it lives: Verilator reports assertions there.
class CapturedOutput {
 public:
  CapturedOutput() : file_{std::tmpfile()}, saved_{(std::fflush(stdout), dup(1))} { dup2(fileno(file_), 1); }
  ~CapturedOutput() {
    std::fflush(stdout);
    dup2(saved_, 1);
    close(saved_);
    std::fclose(file_);
  }
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;

  std::string text() {
    std::fflush(stdout);
    std::rewind(file_);
    std::string all;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) all += static_cast<char>(c);
    return all;
  }

 private:
  std::FILE* file_;
  int saved_;
};

}  // namespace tessera::test
