// SPDX-License-Identifier: Apache-2.0

#include "hbm/secded.hpp"

#include <bit>

namespace tessera::tb::hbm {
namespace {

constexpr unsigned kDataBits = 8 * kGrainBytes;
constexpr unsigned kParityBit = 9;

// What one data bit adds to the check bits 8:0: its position.
constexpr std::array<std::uint16_t, kDataBits> positions() {
  std::array<std::uint16_t, kDataBits> table{};
  std::uint16_t position = 3;
  for (std::uint16_t& entry : table) {
    while (std::has_single_bit(position)) ++position;
    entry = position++;
  }
  return table;
}
constexpr std::array<std::uint16_t, kDataBits> kPositions = positions();
static_assert(kPositions.front() == 3 && kPositions[1] == 5 && kPositions.back() == 265);

}  // namespace

std::uint16_t secded_encode(const std::array<std::uint8_t, kGrainBytes>& data) {
  unsigned check = 0;
  unsigned ones = 0;
  for (unsigned byte = 0; byte < kGrainBytes; ++byte) {
    ones += static_cast<unsigned>(std::popcount(data[byte]));
    for (unsigned left = data[byte]; left != 0; left &= left - 1) {
      check ^= kPositions[8 * byte + static_cast<unsigned>(std::countr_zero(left))];
    }
  }
  const unsigned parity = (ones + static_cast<unsigned>(std::popcount(check))) & 1;
  return static_cast<std::uint16_t>(check | parity << kParityBit);
}

}  // namespace tessera::tb::hbm
