// SPDX-License-Identifier: Apache-2.0
//
// Random numbers that are the same on every platform and library: only integer operations and exact doubles.
//
// Sources: xoshiro256** 1.0 by D. Blackman and S. Vigna, seeded through S. Vigna's SplitMix64, as their
// authors recommend (prng.di.unimi.it, both public domain).

#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace tessera::workload {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_{seed} {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

class Random {
 public:
  // Different streams of one seed are independent: the contents of one array do not depend on the size of
  // another.
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) {
    SplitMix64 mix(seed);
    SplitMix64 start(mix.next() ^ (stream * 0x9E3779B97F4A7C15));
    for (std::uint64_t& word : state_) word = start.next();
  }
  explicit Random(const std::array<std::uint64_t, 4>& state) : state_{state} {}

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // 0 .. count - 1, count at most 2^32. The bias, at most count / 2^32, does not matter for test data.
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>(((next() >> 32) * count) >> 32);
  }
  bool one_in(std::uint32_t count) { return below(count) == 0; }

  // Normal-like with mean 0 and variance 1: the sum of twelve uniforms, minus six (Irwin-Hall), at most 6 in
  // magnitude. A multiple of 2^-32, so exact in double.
  double normal() {
    std::int64_t sum = -(std::int64_t{6} << 32);
    for (int i = 0; i < 12; ++i) sum += static_cast<std::int64_t>(next() >> 32);
    return static_cast<double>(sum) / 4294967296.0;
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace tessera::workload
