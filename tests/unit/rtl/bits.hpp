// SPDX-License-Identifier: Apache-2.0
//
// What unit tests of RTL share: bit ranges of ports of any width, contents of memory, seeded choices.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

namespace tessera::test {

using Grain = std::array<std::uint8_t, 32>;

// Verilator keeps a port of any width little-endian in memory: bit n of the port is bit n % 8 of byte n / 8.
template <class Signal>
std::uint64_t get_bits(const Signal& signal, unsigned lsb, unsigned width) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&signal);
  std::uint64_t value = 0;
  for (unsigned done = 0; done < width;) {
    const unsigned bit = lsb + done;
    value |= static_cast<std::uint64_t>(bytes[bit / 8] >> (bit % 8)) << done;
    done += 8 - bit % 8;
  }
  return width == 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

template <class Signal>
void set_bits(Signal& signal, unsigned lsb, unsigned width, std::uint64_t value) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(&signal);
  for (unsigned done = 0; done < width;) {
    const unsigned bit = lsb + done;
    const unsigned take = std::min(8 - bit % 8, width - done);
    const unsigned mask = ((1u << take) - 1) << (bit % 8);
    const unsigned piece = static_cast<unsigned>(value >> done) << (bit % 8);
    bytes[bit / 8] = static_cast<std::uint8_t>((bytes[bit / 8] & ~mask) | (piece & mask));
    done += take;
  }
}

template <class Signal>
Grain get_grain(const Signal& signal, unsigned lsb) {
  Grain grain;
  for (unsigned i = 0; i < 32; ++i) grain[i] = static_cast<std::uint8_t>(get_bits(signal, lsb + 8 * i, 8));
  return grain;
}

template <class Signal>
void set_grain(Signal& signal, unsigned lsb, const Grain& grain) {
  for (unsigned i = 0; i < 32; ++i) set_bits(signal, lsb + 8 * i, 8, grain[i]);
}

// What memory holds, without a memory: a byte for each address.
inline std::uint8_t byte_at(std::uint64_t address) {
  std::uint64_t x = address * 0x9e3779b97f4a7c15u;
  x ^= x >> 29;
  return static_cast<std::uint8_t>(x * 0xbf58476d1ce4e5b9u >> 56);
}

inline Grain grain_at(std::uint64_t address) {
  Grain grain;
  for (unsigned i = 0; i < 32; ++i) grain[i] = byte_at(address + i);
  return grain;
}

// Seeded random choices of a test.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_{seed} {}
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
  bool percent(unsigned p) { return below(100) < p; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tessera::test
