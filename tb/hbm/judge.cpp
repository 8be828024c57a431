// SPDX-License-Identifier: Apache-2.0

#include "hbm/judge.hpp"

namespace tessera::tb::hbm {

void Judge::too_early(Rule rule, const Stamp& first, unsigned ck, const Command& second) {
  const std::int64_t ticks = second.ref() - first.ref;
  std::string detail = std::to_string(ticks) + " ticks apart, " + std::to_string(2 * ck) + " needed";
  if (first.ref != first.command.ref())
    detail += " from the internal precharge at tick " + std::to_string(first.ref);
  report({rule, second.ref(), true, true, first.command, second, std::move(detail)});
}

void Judge::broken(Rule rule, const Command& command, std::string detail) {
  report({rule, command.ref(), false, true, {}, command, std::move(detail)});
}

void Judge::broken(Rule rule, std::int64_t tick, std::string detail) {
  report({rule, tick, false, false, {}, {}, std::move(detail)});
}

void Judge::report(Violation violation) {
  if (strict) throw DramViolation(std::move(violation));
  violations.push_back(std::move(violation));
}

}  // namespace tessera::tb::hbm
