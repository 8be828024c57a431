// SPDX-License-Identifier: Apache-2.0

#include "hbm/refresh_ledger.hpp"

#include <algorithm>

namespace tessera::tb::hbm {

RefreshLedger::RefreshLedger(const Geometry& part, const TimingSet& timing, unsigned raaimt, unsigned raammt,
                             Judge& judge)
    : part_{part},
      interval_{8 * std::int64_t{timing.refi}},
      raaimt_{raaimt},
      raammt_{raammt},
      judge_{judge} {}

void RefreshLedger::reset() {
  pcs_ = {};
  asleep_ = false;
  deadline_ = kNoDeadline;
}

bool RefreshLedger::set_temperature_code(unsigned code, std::int64_t tick) {
  std::int64_t weight = 0;
  switch (code) {
    case 0b000: weight = 1; break;
    case 0b001: weight = 2; break;
    case 0b011: weight = 4; break;
    case 0b010: weight = 8; break;
    case 0b110: weight = 16; break;
    default: return false;
  }
  units_ = units(tick);
  tick_ = tick;
  weight_ = weight;
  find_deadline();
  return true;
}

void RefreshLedger::start(Pc& pc, std::int64_t at) {
  pc.counting = true;
  pc.debt_reported = false;
  pc.start = at;
  pc.done = 0;
  pc.bank_done.fill(at);
}

void RefreshLedger::command(const Command& command) {
  const std::int64_t tick = command.ref();
  clock(tick);
  if (command.op == Op::kSre) {
    asleep_ = true;
    find_deadline();
    return;
  }
  if (command.op == Op::kSrx) {
    asleep_ = false;
    for (Pc& pc : pcs_) {
      start(pc, units(tick));
      pc.refreshed = 0;
    }
    find_deadline();
    return;
  }
  if (is_channel_wide(command.op) || is_column(command.op) || is_precharge(command.op)) return;

  Pc& pc = pcs_[command.pc];
  const bool manages_rows = command.op == Op::kRfmPb || command.op == Op::kRfmAb;
  if (!pc.counting && !manages_rows) {
    start(pc, units(tick));
    find_deadline();
  }
  if (command.op == Op::kAct) {
    unsigned& raa = pc.raa[command.bank];
    if (raammt_ != 0 && raa >= raammt_) {
      judge_.broken(Rule::kRaa, command,
                    "RAA is " + std::to_string(raa) + ", RAAMMT " + std::to_string(raammt_));
    }
    ++raa;
    return;
  }
  if (command.op == Op::kRefPb || command.op == Op::kRfmPb) {
    reduce_raa(pc.raa[command.bank]);
  } else {
    for (unsigned& raa : pc.raa) reduce_raa(raa);
  }
  if (!manages_rows) refreshed(pc, command);
}

void RefreshLedger::refreshed(Pc& pc, const Command& command) {
  const std::int64_t now = units(command.ref());
  const unsigned banks = part_.banks();
  max_debt_ = std::max(max_debt_, owed(pc, now) - pc.done);
  if (command.op == Op::kRefPb) {
    const std::uint64_t bit = std::uint64_t{1} << command.bank;
    if (pc.refreshed & bit) {
      judge_.broken(Rule::kRefPbOrder, command,
                    "the bank has been refreshed in this set, and " +
                        std::to_string(banks - static_cast<unsigned>(__builtin_popcountll(pc.refreshed))) +
                        " others have not");
    }
    pc.refreshed |= bit;
    if (static_cast<unsigned>(__builtin_popcountll(pc.refreshed)) == banks) pc.refreshed = 0;
    ++pc.done;
    pc.bank_done[command.bank] = now;
  } else {
    pc.refreshed = 0;
    pc.done += banks;
    pc.bank_done.fill(now);
  }
  const std::int64_t ahead = pc.done - owed(pc, now);
  max_pull_in_ = std::max(max_pull_in_, ahead);
  // What is owed grows evenly and is judged so: a part of a bank counts as one.
  const bool part_owed = (now - pc.start) * banks % interval_ != 0;
  if (ahead - part_owed > 8 * std::int64_t{banks}) {
    judge_.broken(Rule::kRefPullIn, command,
                  std::to_string(ahead) + " banks ahead, " + std::to_string(8 * banks) + " allowed");
  }
  if (-ahead <= debt_limit()) pc.debt_reported = false;
  find_deadline();
}

std::int64_t RefreshLedger::least_bank_done(const Pc& pc) const {
  return *std::min_element(pc.bank_done.begin(), pc.bank_done.begin() + part_.banks());
}

// The first tick at which a rule is broken if nothing is refreshed until then.
void RefreshLedger::find_deadline() {
  deadline_ = kNoDeadline;
  if (asleep_) return;
  std::int64_t first = kNoDeadline;
  for (const Pc& pc : pcs_) {
    if (!pc.counting) continue;
    const std::int64_t banks = part_.banks();
    if (!pc.debt_reported) {
      first = std::min(first, pc.start + ((pc.done + debt_limit() + 1) * interval_ + banks - 1) / banks);
    }
    first = std::min(first, least_bank_done(pc) + 9 * interval_ + 1);
  }
  if (first != kNoDeadline) deadline_ = tick_ + (first - units_ + weight_ - 1) / weight_;
}

void RefreshLedger::overdue(std::int64_t tick) {
  const std::int64_t now = units(deadline_);
  const std::int64_t at = deadline_;
  deadline_ = kNoDeadline;  // A report may throw
  for (unsigned p = 0; p < pcs_.size(); ++p) {
    Pc& pc = pcs_[p];
    if (!pc.counting) continue;
    const std::string name = "pseudo-channel " + std::to_string(p);
    if (const std::int64_t debt = owed(pc, now) - pc.done; debt > debt_limit() && !pc.debt_reported) {
      pc.debt_reported = true;
      judge_.broken(Rule::kRefDebt, at,
                    name + " owes " + std::to_string(debt) + " bank refreshes, " +
                        std::to_string(debt_limit()) + " allowed");
    }
    for (unsigned bank = 0; bank < part_.banks(); ++bank) {
      if (now - pc.bank_done[bank] <= 9 * interval_) continue;
      pc.bank_done[bank] = now;
      judge_.broken(Rule::kRefGap, at,
                    "bank " + std::to_string(bank) + " of " + name + " has waited longer than 9 tREFI");
    }
  }
  find_deadline();
  clock(tick);
}

}  // namespace tessera::tb::hbm
