// SPDX-License-Identifier: Apache-2.0
//
// What refreshes each pseudo-channel owes and has done: rules REF_DEBT, REF_PULLIN, REF_GAP, REFPB_ORDER and
// RAA.
//
// Time is counted in units of which a tick has 1 at TEMP 4x, 2 at 2x, 4 at 1x, 8 at 0.5x and 16 at 0.25x, so
// that everything is exact in integers.

#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "hbm/command.hpp"
#include "hbm/judge.hpp"
#include "hbm/timing_set.hpp"

namespace tessera::tb::hbm {

class RefreshLedger {
 public:
  // raammt 0: RAA is not judged.
  RefreshLedger(const Geometry& part, const TimingSet& timing, unsigned raaimt, unsigned raammt,
                Judge& judge);

  void reset();
  // Changes the rate from `tick` on; false if there is no such code.
  bool set_temperature_code(unsigned code, std::int64_t tick);
  void command(const Command& command);
  // Time has come to `tick`.
  void clock(std::int64_t tick) {
    if (tick >= deadline_) overdue(tick);
  }

  // The most that REF_DEBT and REF_PULLIN have come to, in banks.
  std::int64_t max_debt() const { return max_debt_; }
  std::int64_t max_pull_in() const { return max_pull_in_; }
  unsigned raa(unsigned pc, unsigned bank) const { return pcs_[pc].raa[bank]; }

 private:
  static constexpr std::int64_t kNoDeadline = std::numeric_limits<std::int64_t>::max();
  struct Pc {
    bool counting = false;                            // Since the first ACT or refresh, or self-refresh exit
    std::int64_t start = 0;                           // Units
    std::int64_t done = 0;                            // Banks
    std::uint64_t refreshed = 0;                      // Of the set: bit per bank
    std::array<std::int64_t, kMaxBanks> bank_done{};  // Units
    std::array<unsigned, kMaxBanks> raa{};
    bool debt_reported = false;  // One report per time that the limit is passed
  };

  std::int64_t units(std::int64_t tick) const { return units_ + (tick - tick_) * weight_; }
  std::int64_t owed(const Pc& pc, std::int64_t at) const {
    return (at - pc.start) * part_.banks() / interval_;
  }
  std::int64_t debt_limit() const { return 9 * std::int64_t{part_.banks()}; }
  void start(Pc& pc, std::int64_t at);
  void refreshed(Pc& pc, const Command& command);
  void reduce_raa(unsigned& raa) const { raa -= raa < raaimt_ ? raa : raaimt_; }
  void overdue(std::int64_t tick);
  void find_deadline();
  std::int64_t least_bank_done(const Pc& pc) const;

  Geometry part_;
  std::int64_t interval_;  // tREFI in units
  unsigned raaimt_, raammt_;
  Judge& judge_;
  std::array<Pc, 2> pcs_;
  std::int64_t tick_ = 0, units_ = 0;  // A moment in both counts
  std::int64_t weight_ = 4;            // Units per tick
  bool asleep_ = false;                // Self-refresh
  std::int64_t deadline_ = kNoDeadline;
  std::int64_t max_debt_ = 0, max_pull_in_ = 0;
};

}  // namespace tessera::tb::hbm
