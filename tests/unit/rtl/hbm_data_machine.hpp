// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_data with its neighbours: an AXI master, a scheduler that issues in any order, a PHY and memory
// behind it with errors on demand. Checks the contract with the scheduler and where bursts stand on DFI.

#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "Vhbm_data.h"
#include "hbm/address_map.hpp"
#include "hbm/secded.hpp"
#include "support/bench.hpp"
#include "support/hbm_axi_master.hpp"

namespace tessera::test {

constexpr unsigned kPc = 1;  // As in the first line of hbm_data_test.cpp
constexpr unsigned kSlots = 64;
constexpr std::uint64_t kPartBytes = std::uint64_t{512} << 20;

enum ErrKind : unsigned { kNone, kCorrected, kUncorrectable, kReadParity, kWriteParity, kAddress };
enum Event : unsigned { kRmw = 0, kScrub = 1, kWrRetry = 2, kRdRetry = 3, kEccUnc = 4, kEccCorr = 5 };

class DataMachine {
 public:
  using Codeword = tb::hbm::Grain;
  struct Error {
    unsigned kind;
    std::uint32_t addr;
    unsigned syndrome;
    bool operator==(const Error&) const = default;
  };

  explicit DataMachine(std::uint64_t seed, bool monitored = true, std::uint64_t cycle_limit = 1'000'000)
      : dut{cycle_limit},
        master{seed, monitored},
        dice{seed * 77 + 5},
        map{tb::hbm::AddressMap::f128({2, 16384})} {
    for (unsigned i = 0; i < 26; ++i) set_bits(dut->map_i, 5 * i, 5, map.sel()[i]);
    for (unsigned b = 0; b < 6; ++b) set_bits(dut->map_i, 130 + 15 * b, 15, map.fold()[b]);
    dut->ready_i = 1;
    dut->ecc_enable_i = 1;
    dut->scrub_enable_i = 1;
    dut->retry_limit_i = 2;
    latencies(20, 10);
  }

  Bench<Vhbm_data> dut;
  HbmAxiMaster master;
  Dice dice;
  tb::hbm::AddressMap map;
  // The scheduler: chance of a command per cycle, and of a write among those where both can go.
  unsigned issue_percent = 100, write_percent = 50;
  bool in_order = false;      // Oldest first instead of any
  unsigned full_percent = 0;  // Chance that a queue says full although it is not
  // The PHY: cycles from rddata_en to data, chances of bad parity; `bad_writes`, `bad_reads`: addresses that
  // always fail.
  unsigned phy_cycles = 8, phy_jitter = 0, derr_percent = 0, par_err_percent = 0;
  std::map<std::uint32_t, unsigned> bad_writes, bad_reads;  // How many times still
  unsigned most_in_a_row = ~0u;  // Chance does not fail a request more often than this
  std::map<std::uint32_t, Codeword> cells;
  std::vector<Error> errors;
  std::array<std::uint64_t, 12> events{};
  std::uint64_t rd_issues = 0, wr_issues = 0, held_writes = 0;
  std::vector<std::uint64_t> push_cycles, wr_push_cycles, dfi_rd_cycles;
  bool dead = false;  // The PHY returns nothing any more
  bool codes_checked = true;

  void latencies(unsigned rl, unsigned wl) {
    rl_ = rl;
    wl_ = wl;
    dut->rl_i = static_cast<std::uint8_t>(rl);
    dut->wl_i = static_cast<std::uint8_t>(wl);
  }

  std::uint32_t daddr(std::uint64_t byte) const {
    const auto a = map.map(byte / 32);
    return a.bank() << 20 | a.row << 5 | a.col;
  }
  Codeword& cell(std::uint64_t byte) { return cells[daddr(byte)]; }
  void flip(std::uint64_t byte, unsigned bit) {
    Codeword& word = cell(byte);
    if (bit < 256)
      word.data[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    else
      word.meta ^= static_cast<std::uint16_t>(1u << (bit - 256));
  }

  void cycle() {
    const std::uint64_t now = dut.cycles();
    drive_axi(now);
    drive_scheduler(now);
    drive_phy(now);
    dut.settle();
    answer_probes();
    dut.settle();
    watch_dfi(now);
    watch_scheduler(now);
    watch_control();
    watch_axi();
    dut.tick();
  }
  void run(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) cycle();
  }
  // Turns one bit of a grain that has none wrong.
  void soft_error(std::uint64_t byte) {
    const Codeword& word = cell(byte);
    if (word.meta == tb::hbm::secded_encode(word.data)) flip(byte, static_cast<unsigned>(dice.below(266)));
  }
  // The PHY forgets what is in flight.
  void forget_returns() { returns_.clear(); }
  // Until every burst is answered and the design says it is idle.
  void drain(unsigned limit = 200'000) {
    unsigned n = 0;
    while (!(master.idle() && dut->idle_o)) {
      INFO("reads in queue " << rdq_.size() << ", outstanding " << master.outstanding());
      REQUIRE(++n < limit);
      cycle();
    }
    master.finish();
    REQUIRE_FALSE(dut->pending_o);
  }
  // Every byte ever written has in memory what the scoreboard allows, under right check bits.
  void check_memory() {
    for (const std::uint64_t a : master.memory.addresses()) {
      const auto found = cells.find(daddr(a));
      const std::uint8_t value = found == cells.end() ? 0 : found->second.data[a % 32];
      if (!master.memory.settled(a, value)) {
        FAIL("byte " << std::hex << a << " holds " << unsigned{value} << " in memory");
      }
    }
    for (const auto& [a, word] : cells) REQUIRE(word.meta == tb::hbm::secded_encode(word.data));
  }

 private:
  enum class Slot { kFree, kHeld, kWaiting, kIssued };
  struct Read {
    std::uint32_t addr;
    unsigned tag;
  };
  struct Return {
    std::uint64_t cycle;
    std::uint32_t addr;
    unsigned tag;
    std::optional<Codeword> early;  // What memory held when the command went out, or look when data return
  };

  void drive_axi(std::uint64_t now) {
    const tb::AxiMaster& m = master.drive(now);
    dut->s_axi_arvalid = m.ar.valid;
    dut->s_axi_arid = m.ar.id;
    dut->s_axi_araddr = m.ar.addr;
    dut->s_axi_arlen = m.ar.len;
    dut->s_axi_arsize = m.ar.size;
    dut->s_axi_arburst = m.ar.burst;
    dut->s_axi_rready = m.rready;
    dut->s_axi_awvalid = m.aw.valid;
    dut->s_axi_awid = m.aw.id;
    dut->s_axi_awaddr = m.aw.addr;
    dut->s_axi_awlen = m.aw.len;
    dut->s_axi_awsize = m.aw.size;
    dut->s_axi_awburst = m.aw.burst;
    dut->s_axi_wvalid = m.w.valid;
    dut->s_axi_wlast = m.w.last;
    dut->s_axi_wstrb = m.w.strb;
    set_grain(dut->s_axi_wdata, 0, m.w.data);
    dut->s_axi_bready = m.bready;
  }

  void watch_axi() {
    tb::AxiSlave s;
    s.arready = dut->s_axi_arready;
    s.awready = dut->s_axi_awready;
    s.wready = dut->s_axi_wready;
    s.b = {dut->s_axi_bvalid != 0, dut->s_axi_bresp, dut->s_axi_bid};
    s.r.valid = dut->s_axi_rvalid;
    if (s.r.valid) {
      s.r.last = dut->s_axi_rlast;
      s.r.resp = dut->s_axi_rresp;
      s.r.id = dut->s_axi_rid;
      s.r.data = get_grain(dut->s_axi_rdata, 0);
    }
    master.observe(s);
  }

  // A command leaves the queues as it is decided and stands on DFI in this cycle.
  void drive_scheduler(std::uint64_t now) {
    dut->rd_issue_i = 0;
    dut->wr_issue_i = 0;
    // Unknown slots and tags where nothing is issued.
    dut->wr_issue_slot_i = static_cast<std::uint8_t>(dice.below(kSlots));
    if (!dut->flush_o && dice.percent(issue_percent)) {
      std::vector<unsigned> ready;
      for (const unsigned s : order_) {
        if (slot_[s] == Slot::kWaiting) ready.push_back(s);
      }
      const bool write = !ready.empty() && (rdq_.empty() || dice.percent(write_percent));
      if (write)
        issue_write(ready[in_order ? 0 : dice.below(ready.size())], now);
      else if (!rdq_.empty())
        issue_read(in_order ? 0 : dice.below(rdq_.size()), now);
    }
    free_slots_.clear();
    for (unsigned s = 0; s < kSlots; ++s) {
      if (slot_[s] == Slot::kFree) free_slots_.push_back(s);
    }
    dut->rd_full_i = rdq_.size() == kSlots || dice.percent(full_percent);
    dut->wr_full_i = free_slots_.empty() || dice.percent(full_percent);
    dut->wr_slot_i = static_cast<std::uint8_t>(
        free_slots_.empty() ? dice.below(kSlots) : free_slots_[dice.below(free_slots_.size())]);
  }

  void issue_read(std::size_t i, std::uint64_t now) {
    const Read read = rdq_[i];
    rdq_.erase(rdq_.begin() + static_cast<std::ptrdiff_t>(i));
    dut->rd_issue_i = 1;
    dut->rd_issue_tag_i = static_cast<std::uint16_t>(read.tag);
    dut->rd_issue_addr_i = read.addr;
    ++rd_issues;
    const std::uint64_t en = 2 * now + kPc + rl_ - 2;
    expect_rden_.push_back(en);
    expect_rden_.push_back(en + 1);
    const std::uint64_t soonest = (en + 1) / 2 + phy_cycles + dice.below(phy_jitter + 1);
    last_return_ = std::max(last_return_ + 1, soonest);
    Return back{last_return_, read.addr, read.tag, std::nullopt};
    if (dice.percent(50)) back.early = cells[read.addr];
    if (!dead) returns_.push_back(back);
  }

  void issue_write(unsigned slot, std::uint64_t now) {
    slot_[slot] = Slot::kIssued;
    dut->wr_issue_i = 1;
    dut->wr_issue_slot_i = static_cast<std::uint8_t>(slot);
    ++wr_issues;
    const std::uint64_t data = 2 * now + kPc + wl_;
    expect_wren_.push_back(data - 2);
    expect_wren_.push_back(data - 1);
    const bool bad = fails(addr_[slot], slot, derr_percent, bad_writes, write_row_);
    bursts_.push_back({data, addr_[slot], bad});
    if (bad) derrs_.push_back(data + 1 + 4 + 2 + 2);  // 4 CK after the last, a cycle out, a cycle back
  }

  // By plan, or by chance but then not too often in a row.
  bool fails(std::uint32_t addr, unsigned who, unsigned percent, std::map<std::uint32_t, unsigned>& plan,
             std::map<unsigned, unsigned>& row) {
    if (const auto found = plan.find(addr); found != plan.end() && found->second > 0) {
      --found->second;
      return true;
    }
    const bool bad = dice.percent(percent) && row[who] < most_in_a_row;
    row[who] = bad ? row[who] + 1 : 0;
    return bad;
  }

  void drive_phy(std::uint64_t now) {
    set_bits(dut->dfi_rd_i, 272, 2, 0);
    if (!returns_.empty() && returns_.front().cycle <= now) {
      const Return back = returns_.front();
      returns_.pop_front();
      const Codeword word = back.early.value_or(cells[back.addr]);
      const bool bad = fails(back.addr, back.tag, par_err_percent, bad_reads, read_row_);
      set_grain(dut->dfi_rd_i, 16, bad ? grain_at(now) : word.data);
      set_bits(dut->dfi_rd_i, 0, 16, word.meta);
      set_bits(dut->dfi_rd_i, 272, 2, bad ? 3 : 2);
      dfi_rd_cycles.push_back(now);
    }
    dut->derr_i = 0;
    while (!derrs_.empty() && derrs_.front() / 2 == now) {
      dut->derr_i |= static_cast<std::uint8_t>(1u << derrs_.front() % 2);
      derrs_.pop_front();
    }
  }

  void answer_probes() {
    dut->probe_rd_i = 0;
    dut->probe_wr_i = 0;
    for (unsigned p = 0; p < 2; ++p) {
      const auto addr = static_cast<std::uint32_t>(get_bits(dut->probe_addr_o, 26 * p, 26));
      for (const Read& r : rdq_) {
        if (r.addr == addr) dut->probe_rd_i |= static_cast<std::uint8_t>(1u << p);
      }
      for (unsigned s = 0; s < kSlots; ++s) {
        if (slot_[s] != Slot::kFree && addr_[s] == addr)
          dut->probe_wr_i |= static_cast<std::uint8_t>(1u << p);
      }
    }
  }

  // Enables exactly where they must be; data a cycle after their enable.
  void watch_dfi(std::uint64_t now) {
    for (unsigned phase = 0; phase < 2; ++phase) {
      const std::uint64_t ck = 2 * now + phase;
      CAPTURE(ck, wl_, rl_);
      const bool wren = !expect_wren_.empty() && expect_wren_.front() == ck;
      if (wren) expect_wren_.pop_front();
      REQUIRE((get_bits(dut->dfi_wr_o, 272 + phase, 1) != 0) == wren);
      const bool rden = !expect_rden_.empty() && expect_rden_.front() == ck;
      if (rden) expect_rden_.pop_front();
      REQUIRE((dut->rddata_en_o >> phase & 1) == rden);
      if (bursts_.empty() || ck < bursts_.front().ck) continue;
      const unsigned half = static_cast<unsigned>(ck - bursts_.front().ck);
      for (unsigned b = 0; b < 16; ++b) {
        word_.data[16 * half + b] =
            static_cast<std::uint8_t>(get_bits(dut->dfi_wr_o, 16 + 128 * phase + 8 * b, 8));
      }
      const auto ecc = static_cast<unsigned>(get_bits(dut->dfi_wr_o, 8 * phase, 8));
      word_.meta = static_cast<std::uint16_t>(half == 0 ? ecc : (word_.meta | ecc << 8));
      if (half == 0) continue;
      if (codes_checked) REQUIRE(word_.meta == tb::hbm::secded_encode(word_.data));
      if (!bursts_.front().bad) cells[bursts_.front().addr] = word_;
      bursts_.pop_front();
    }
  }

  void watch_scheduler(std::uint64_t now) {
    if (dut->flush_o) {
      rdq_.clear();
      slot_.fill(Slot::kFree);
      order_.clear();
      write_row_.clear();
      read_row_.clear();
      REQUIRE_FALSE((dut->rd_push_o || dut->wr_push_o));
      return;
    }
    if (dut->wr_retire_o) leave(dut->wr_retire_slot_o, Slot::kIssued, Slot::kFree);
    if (dut->wr_retry_o) leave(dut->wr_retry_slot_o, Slot::kIssued, Slot::kWaiting);
    if (dut->wr_release_o) leave(dut->wr_release_slot_o, Slot::kHeld, Slot::kWaiting);
    if (dut->wr_drop_o) leave(dut->wr_drop_slot_o, Slot::kHeld, Slot::kFree);
    if (dut->wr_push_o) {
      REQUIRE_FALSE(dut->wr_full_i);
      const unsigned slot = dut->wr_slot_i;
      const std::uint32_t addr = dut->wr_addr_o;
      for (unsigned s = 0; s < kSlots; ++s) REQUIRE((slot_[s] == Slot::kFree || addr_[s] != addr));
      for (const Read& r : rdq_) REQUIRE(r.addr != addr);
      slot_[slot] = dut->wr_hold_o ? Slot::kHeld : Slot::kWaiting;
      held_writes += dut->wr_hold_o;
      addr_[slot] = addr;
      order_.push_back(slot);
      wr_push_cycles.push_back(now);
    }
    if (dut->rd_push_o) {
      REQUIRE_FALSE(dut->rd_full_i);
      const Read read{dut->rd_addr_o, dut->rd_tag_o};
      for (unsigned s = 0; s < kSlots; ++s) {
        const bool own = (read.tag & 0x100) != 0 && (read.tag & 0xFF) == s && slot_[s] == Slot::kHeld;
        REQUIRE((slot_[s] == Slot::kFree || addr_[s] != read.addr || own));
      }
      rdq_.push_back(read);
      push_cycles.push_back(now);
    }
  }

  void leave(unsigned slot, Slot from, Slot to) {
    REQUIRE(slot_.at(slot) == from);
    slot_[slot] = to;
    if (to == Slot::kFree) order_.erase(std::find(order_.begin(), order_.end(), slot));
  }

  void watch_control() {
    for (unsigned e = 0; e < 12; ++e) events[e] += dut->event_o >> e & 1;
    if (get_bits(dut->err_o, 39, 1) != 0) {
      errors.push_back({static_cast<unsigned>(get_bits(dut->err_o, 36, 3)),
                        static_cast<std::uint32_t>(get_bits(dut->err_o, 10, 26)),
                        static_cast<unsigned>(get_bits(dut->err_o, 0, 10))});
    }
  }

  struct Burst {
    std::uint64_t ck;
    std::uint32_t addr;
    bool bad;
  };

  unsigned rl_ = 20, wl_ = 10;
  std::deque<Read> rdq_;
  std::array<Slot, kSlots> slot_{};
  std::array<std::uint32_t, kSlots> addr_{};
  std::deque<unsigned> order_;  // Slots in use, oldest first
  std::vector<unsigned> free_slots_;
  std::deque<Return> returns_;
  std::uint64_t last_return_ = 0;
  std::deque<Burst> bursts_;
  std::deque<std::uint64_t> derrs_, expect_wren_, expect_rden_;
  Codeword word_;
  std::map<unsigned, unsigned> write_row_, read_row_;  // Failures in a row, by slot or tag
};

}  // namespace tessera::test
