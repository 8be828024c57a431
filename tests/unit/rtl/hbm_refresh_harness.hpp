// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_refresh between a scheduler that only knows requests and grants, and a second set of books that
// knows the rules of docs/hbm/protocol.md: REF_DEBT, REF_PULLIN, REF_GAP, REFPB_ORDER and RAA.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace tessera::test {

enum RefreshOp : unsigned { kRefPb = 4, kRefAb = 5, kRfmPb = 6, kRfmAb = 7 };
enum RefreshMode : unsigned { kBoth = 0, kAllOnly = 1, kBankOnly = 2, kOff = 3 };

struct RefreshRequest {
  bool valid = false, urgent = false;
  unsigned op = 0, bank = 0;
  bool all() const { return op == kRefAb || op == kRfmAb; }
  bool operator==(const RefreshRequest&) const = default;
};

struct RefreshPolicy {
  unsigned mode = kBoth, force_refi = 4, pull_in = 8, raaimt = 64, raammt = 384;
};

struct RefreshDevice {
  unsigned refi = 6240, rfcpb = 320, rfcab = 560, rrefd = 13, rc = 72;
};

// The rules, counted from scratch. Time passes in quarter CK of a device at TEMP 4x, so that every rate is
// whole.
class RefreshBooks {
 public:
  RefreshBooks(unsigned banks, unsigned refi, RefreshPolicy policy)
      : raa(banks, 0), policy_{policy}, banks_{banks}, period_{4ll * refi}, last_(banks, 0) {}

  void cycle(unsigned temp) {
    if (counting_) time_ += 2 * rate(temp);
  }
  void activate(unsigned bank) {
    counting_ = true;
    if (policy_.raaimt != 0 && raa.at(bank) >= policy_.raammt) fail("RAA: ACT of an exhausted bank");
    ++raa.at(bank);
  }
  void refresh(unsigned op, unsigned bank) {
    counting_ = true;
    for (unsigned b = 0; b < banks_; ++b) {
      if (op == kRefAb || op == kRfmAb || b == bank) raa[b] -= std::min(raa[b], policy_.raaimt);
    }
    if (op == kRefPb) {
      if (!set_.insert(bank).second) fail("REFPB_ORDER: bank twice in a set");
      if (set_.size() == static_cast<std::size_t>(banks_)) set_.clear();
      done_ += 1;
      last_.at(bank) = time_;
    } else if (op == kRefAb) {
      set_.clear();
      done_ += banks_;
      last_.assign(banks_, time_);
    }
  }
  // Throws if a rule is broken now. Refreshes may be off on purpose.
  void check() const {
    if (done_ - owed(time_) > 8ll * banks_) fail("REF_PULLIN");
    if (policy_.mode == kOff) return;
    if (owed(time_) - done_ > 9ll * banks_) fail("REF_DEBT");
    for (const std::int64_t last : last_) {
      if (time_ - last > 9 * period_) fail("REF_GAP");
    }
  }
  std::int64_t debt() const { return owed(time_) - done_; }
  std::int64_t gap() const {
    return time_ - *std::min_element(last_.begin(), last_.end());
  }  // Of the oldest bank
  std::int64_t period() const { return period_; }
  bool missing(unsigned bank) const { return !set_.contains(bank); }
  std::size_t set_size() const { return set_.size(); }

  std::vector<unsigned> raa;

 private:
  static std::int64_t rate(unsigned temp) {
    switch (temp) {
      case 0b000: return 1;
      case 0b001: return 2;
      case 0b011: return 4;
      case 0b010: return 8;
      default: return 16;
    }
  }
  std::int64_t owed(std::int64_t time) const { return time * banks_ / period_; }
  [[noreturn]] void fail(const std::string& rule) const {
    throw std::runtime_error(rule + ": debt " + std::to_string(debt()) + " banks, longest wait " +
                             std::to_string(gap() * 100 / period_) + " % of tREFI");
  }

  RefreshPolicy policy_;
  std::int64_t banks_, period_, time_ = 0, done_ = 0;
  bool counting_ = false;  // From the first ACT or refresh, as the device does
  std::set<unsigned> set_;
  std::vector<std::int64_t> last_;
};

// What the banks' users do. Percentages per bank and cycle in which nothing else holds.
struct RefreshTraffic {
  unsigned arrive_per_mille = 0;  // A bank without a request gets one
  unsigned serve_percent = 0;     // A bank with one has it served (unless urgent refresh blocks it)
  unsigned hammered = 0;          // That many banks get a new row at every tRC
};

template <class Model>
class RefreshHarness {
 public:
  RefreshHarness(unsigned sids, std::uint64_t seed, RefreshPolicy policy = {}, RefreshDevice device = {})
      : banks{16 * sids},
        dice{seed},
        books{banks, device.refi, policy},
        device_{device},
        act_ok_(banks, 0),
        stamp_(banks) {
    for (unsigned b = 0; b < banks; ++b) stamp_[b] = -static_cast<std::int64_t>(b);  // Bank 0 first
    dut->clear_i = 1;
    dut->enable_i = 0;
    dut->refi_i = static_cast<std::uint16_t>(device.refi);
    dut->cfg_i = policy.mode << 28 | policy.force_refi << 24 | policy.pull_in << 20 | policy.raaimt << 10 |
                 policy.raammt;
    dut->temp_i = 0b011;
    dut->busy_i = 0;
    dut->act_i = dut->act_bank_i = dut->col_i = dut->col_bank_i = dut->ref_gnt_i = 0;
    dut.tick();
    dut->clear_i = 0;
    dut->enable_i = 1;
    dut.settle();
  }

  const unsigned banks;
  Bench<Model> dut{50'000'000};
  Dice dice;
  RefreshBooks books;
  RefreshTraffic traffic;
  unsigned temp = 0b011;
  unsigned grant_delay = 8;  // Most cycles, beyond what timing asks, before a standing request is granted
  bool serving = true;       // False: nothing is granted
  std::uint64_t busy = 0;    // Banks with a request

  // Seen so far
  std::array<std::uint64_t, 8> granted{}, granted_urgent{};
  std::uint64_t withdrawn = 0, blocked = 0, served = 0;
  std::int64_t lowest = 0, highest = 0;

  RefreshRequest request() const { return request_; }
  std::int64_t debt() { return static_cast<std::int16_t>(dut->debt_o << 4) >> 4; }

  void cycle() {
    books.cycle(temp);
    const bool refresh_first = request_.valid && request_.urgent && serving && may_grant();
    if (next_act_) {
      activate(*next_act_);
    } else if (!refresh_first) {
      move_traffic();
    }
    next_act_.reset();
    dut->temp_i = static_cast<std::uint8_t>(temp);
    set_busy();
    dut.settle();
    request_ = read();
    const bool grant = request_.valid && serving && may_grant();
    if (request_.valid) ++stands_;
    dut->ref_gnt_i = grant;
    dut.settle();
    if ((dut->act_block_o & ~std::uint64_t{0}) != 0) ++blocked;
    const RefreshRequest expected = expected_choice();
    if (used_) stamp_[*used_] = ++uses_;
    used_.reset();
    if (grant) take(request_);
    dut.tick();
    dut->act_i = dut->col_i = dut->ref_gnt_i = 0;
    dut.settle();
    const RefreshRequest next = read();
    check_choice(expected, next);
    if (request_.valid && !grant && !next.valid) ++withdrawn;
    if (grant || !next.valid) {
      stands_ = 0;
      wait_ = static_cast<unsigned>(dice.between(0, grant_delay));
    }
    request_ = next;
    books.check();
    if (debt() != books.debt()) {
      throw std::runtime_error("debt_o is " + std::to_string(debt()) + ", books say " +
                               std::to_string(books.debt()));
    }
    lowest = std::min(lowest, debt());
    highest = std::max(highest, debt());
    ++now_;
  }
  void run(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) cycle();
  }
  // Stops at a request; false: none within the limit.
  bool run_to_request(unsigned limit) {
    for (unsigned i = 0; i < limit && !request_.valid; ++i) cycle();
    return request_.valid;
  }
  // An ACT of the bank, in the next cycle.
  void act(unsigned bank) { next_act_ = bank; }
  // A column command to the bank, in the next cycle.
  void use(unsigned bank) {
    dut->col_i = 1;
    dut->col_bank_i = static_cast<std::uint8_t>(bank);
    used_ = bank;
  }

 private:
  RefreshRequest read() {
    const unsigned word = dut->ref_req_o;
    return {(word >> 11 & 1) != 0, (word >> 10 & 1) != 0, word >> 6 & 0xf, word & 0x3f};
  }
  void set_busy() { dut->busy_i = static_cast<std::decay_t<decltype(dut->busy_i)>>(busy); }

  bool urgent_for(unsigned bank) const {
    return request_.valid && request_.urgent && (request_.all() || request_.bank == bank);
  }
  void activate(unsigned bank) {
    dut->act_i = 1;
    dut->act_bank_i = static_cast<std::uint8_t>(bank);
    books.activate(bank);
    act_ok_[bank] = now_ + (device_.rc + 1) / 2;
  }
  bool may_activate(unsigned bank) {
    const bool wanted = request_.valid && (request_.all() || request_.bank == bank);
    return now_ >= act_ok_[bank] && !wanted && (dut->act_block_o >> bank & 1) == 0;
  }

  // One ACT and one column command a cycle at most.
  void move_traffic() {
    if (traffic.arrive_per_mille != 0) {
      for (unsigned b = 0; b < banks; ++b) {
        if (dice.below(1000) < traffic.arrive_per_mille) busy |= std::uint64_t{1} << b;
      }
    }
    const auto first = static_cast<unsigned>(dice.below(banks));
    for (unsigned i = 0; i < banks && busy != 0; ++i) {
      const unsigned b = (first + i) % banks;
      if ((busy >> b & 1) == 0 || urgent_for(b) || !may_activate(b) || !dice.percent(traffic.serve_percent))
        continue;
      activate(b);
      use(b);
      busy &= ~(std::uint64_t{1} << b);
      ++served;
      return;
    }
    for (unsigned b = 0; b < traffic.hammered; ++b) {
      const unsigned bank = (static_cast<unsigned>(now_) + b) % traffic.hammered;
      if (!may_activate(bank)) continue;
      activate(bank);
      use(bank);
      return;
    }
  }

  bool may_grant() {
    if (stands_ < wait_ || now_ < next_refresh_) return false;
    const std::uint64_t bit = std::uint64_t{1} << request_.bank;
    if (!request_.urgent && (request_.all() ? busy != 0 : (busy & bit) != 0)) return false;
    if (dut->act_i != 0) return false;  // The row bus is taken
    for (unsigned b = 0; b < banks; ++b) {
      if ((request_.all() || b == request_.bank) && now_ < act_ok_[b]) return false;
    }
    return true;
  }
  void take(const RefreshRequest& request) {
    books.refresh(request.op, request.bank);
    ++granted[request.op];
    if (request.urgent) ++granted_urgent[request.op];
    const unsigned busy_for = (request.all() ? device_.rfcab : device_.rfcpb) / 2;
    for (unsigned b = 0; b < banks; ++b) {
      if (request.all() || b == request.bank) act_ok_[b] = now_ + busy_for;
    }
    next_refresh_ = now_ + (request.all() ? device_.rfcab : device_.rrefd + 1) / 2;
    if (!request.all()) stamp_[request.bank] = --refreshes_;
  }

  // The bank a new REFpb must name: the most recently used of those missing in the set without a request, or
  // of all missing.
  RefreshRequest expected_choice() const {
    std::optional<unsigned> best;
    for (const bool idle_only : {true, false}) {
      if (best) break;
      for (unsigned b = 0; b < banks; ++b) {
        if (!books.missing(b) || (idle_only && (busy >> b & 1) != 0)) continue;
        if (!best || stamp_[b] > stamp_[*best]) best = b;
      }
    }
    return {true, false, kRefPb, best.value_or(0)};
  }
  void check_choice(const RefreshRequest& expected, const RefreshRequest& next) {
    if (request_.valid || !next.valid || next.op != kRefPb) return;
    if (next.bank != expected.bank) {
      throw std::runtime_error("refresh of bank " + std::to_string(next.bank) + ", most recently used is " +
                               std::to_string(expected.bank));
    }
    if (!next.urgent && (busy >> next.bank & 1) != 0)
      throw std::runtime_error("hidden refresh of a bank with a request");
  }

  RefreshDevice device_;
  RefreshRequest request_;
  unsigned stands_ = 0, wait_ = 0;
  std::uint64_t now_ = 0, next_refresh_ = 0;
  std::vector<std::uint64_t> act_ok_;
  std::vector<std::int64_t> stamp_;  // Larger: used more recently
  std::optional<unsigned> next_act_;
  std::optional<unsigned> used_;  // In this cycle: not yet in the registers
  std::int64_t uses_ = 0, refreshes_ = -1000;
};

}  // namespace tessera::test
