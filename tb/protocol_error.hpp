// SPDX-License-Identifier: Apache-2.0
//
// A bus rule was broken.

#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tessera::tb {

class ProtocolError : public std::runtime_error {
 public:
  // `rule` is a short constant name; `detail` a clause with the numbers.
  ProtocolError(std::string rule, const std::string& port, std::uint64_t cycle, const std::string& detail)
      : std::runtime_error(port + ", cycle " + std::to_string(cycle) + ": " + rule + ": " + detail),
        rule_{std::move(rule)},
        cycle_{cycle} {}

  const std::string& rule() const { return rule_; }
  std::uint64_t cycle() const { return cycle_; }

 private:
  std::string rule_;
  std::uint64_t cycle_;
};

}  // namespace tessera::tb
