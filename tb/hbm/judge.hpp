// SPDX-License-Identifier: Apache-2.0
//
// Where every part of the device reports: keeps the census, and throws or records what is wrong.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hbm/rule.hpp"

namespace tessera::tb::hbm {

// A command that a later one is measured from.
struct Stamp {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

  std::int64_t ref = kNever;  // Differs from command.ref() for an internal precharge
  Command command;

  bool seen() const { return ref != kNever; }
};

struct Judge {
  bool strict = true;
  Census census;
  std::vector<Violation> violations;

  // `second` must come at least `ck` CK after `first`, if there is a first.
  void distance(Rule rule, const Stamp& first, unsigned ck, const Command& second) {
    if (!first.seen()) return;
    const std::int64_t slack = second.ref() - first.ref - 2 * static_cast<std::int64_t>(ck);
    census.add(rule, slack);
    if (slack < 0) too_early(rule, first, ck, second);
  }
  void too_early(Rule rule, const Stamp& first, unsigned ck, const Command& second);
  // A command breaks a rule that is not about the distance to another.
  void broken(Rule rule, const Command& command, std::string detail);
  // Something breaks a rule without a command.
  void broken(Rule rule, std::int64_t tick, std::string detail);
  void report(Violation violation);
};

}  // namespace tessera::tb::hbm
