// SPDX-License-Identifier: Apache-2.0
//
// The rules of docs/hbm/protocol.md by name, what is known of a broken one, and the census of how close each
// timing was met.

#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "hbm/command.hpp"

namespace tessera::tb::hbm {

enum class Rule : std::uint8_t {
  // Timing: the census covers these
  kRcdRd,
  kRcdWr,
  kRas,
  kRc,
  kRtp,
  kWr,
  kRp,
  kRfcPb,
  kRfcAb,
  kRrdS,
  kRrdL,
  kFaw,
  kRrefd,
  kCcdS,
  kCcdL,
  kCcdR,
  kRtw,
  kWtrS,
  kWtrL,
  kPpd,
  kColPd,
  kXp,
  kXs,
  kCke,
  kMrd,
  kBus,
  // State and buses
  kActOpen,
  kColClosed,
  kRefPbOpen,
  kRefAbOpen,
  kMrsOpen,
  kPdOpen,
  kPdState,
  kResetState,
  kRefPbOrder,
  kAddress,
  kEdge,
  kPair,
  kCode,
  kLatency,
  kTrain,
  kStrobe,
  kRepair,
  // Refresh
  kRefDebt,
  kRefPullIn,
  kRefGap,
  kRaa,
};
constexpr unsigned kTimingRules = static_cast<unsigned>(Rule::kBus) + 1;
constexpr unsigned kRules = static_cast<unsigned>(Rule::kRaa) + 1;

std::string_view rule_name(Rule rule);  // As in protocol.md: "RCDRD", "ACT_OPEN"

struct Violation {
  Rule rule = Rule::kEdge;
  std::int64_t tick = 0;  // When it happened
  bool has_first = false;
  bool has_second = false;
  Command first;       // The earlier command, of a timing rule
  Command second;      // The command that broke the rule
  std::string detail;  // A clause with the numbers

  std::string text() const;
};

// Thrown by a strict device.
class DramViolation : public std::runtime_error {
 public:
  explicit DramViolation(Violation violation)
      : std::runtime_error(violation.text()), violation_{std::move(violation)} {}

  Rule rule() const { return violation_.rule; }
  const Violation& violation() const { return violation_; }

 private:
  Violation violation_;
};

// Per timing rule: how often a pair of commands it speaks of was judged, and the least distance beyond the
// limit. Slack 0: met at its first legal tick. Where the two commands start on different edges only, the
// least possible slack is 1 tick.
class Census {
 public:
  struct Entry {
    std::uint64_t checks = 0;
    std::int64_t min_slack = std::numeric_limits<std::int64_t>::max();  // Ticks; negative: broken
  };

  void add(Rule rule, std::int64_t slack) {
    Entry& entry = entries_[static_cast<unsigned>(rule)];
    ++entry.checks;
    if (slack < entry.min_slack) entry.min_slack = slack;
  }
  void merge(const Census& other);
  const Entry& operator[](Rule rule) const { return entries_.at(static_cast<unsigned>(rule)); }
  // Timing rules never judged, or never met within `slack` ticks of their first legal tick.
  std::vector<Rule> not_met_within(std::int64_t slack) const;

 private:
  std::array<Entry, kTimingRules> entries_{};
};
std::ostream& operator<<(std::ostream& out, const Census& census);

}  // namespace tessera::tb::hbm
