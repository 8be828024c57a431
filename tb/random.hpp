// SPDX-License-Identifier: Apache-2.0
//
// The bus models' source of chance: cheap, and the same sequence for a seed on every platform.

#pragma once

#include <cmath>
#include <cstdint>

namespace tessera::tb {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_{seed} {}

  // SplitMix64 (Steele, Lea, Flood 2014): any seed is good, also 0.
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  // True with probability p; draws nothing when p is 0.
  bool chance(double p) { return p > 0 && static_cast<double>(next() >> 11) < std::ldexp(p, 53); }

 private:
  std::uint64_t state_;
};

}  // namespace tessera::tb
