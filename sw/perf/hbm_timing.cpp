// SPDX-License-Identifier: Apache-2.0

#include "perf/hbm_timing.hpp"

#include <bit>
#include <vector>

namespace tessera::perf {
namespace {

constexpr unsigned kColBits = 5;
constexpr unsigned kBa = kColBits + kHbmRowBits;  // Lowest device bit of each field of the bank
constexpr unsigned kBg = kBa + 2;
constexpr unsigned kSid = kBg + 2;
constexpr unsigned kGranuleBits = 2;  // Grains of one row and bank side by side: 128 bytes feed an ACT's time

}  // namespace

HbmTiming HbmTiming::hbm3_5200() {
  HbmTiming t;
  t.rl = 17;
  t.wl = 9;
  t.rcdrd = 26;
  t.rcdwr = 13;
  t.rp = 22;
  t.ras = 37;
  t.rc = 59;
  t.faw = 20;
  t.wtrs = 6;
  t.wtrl = 9;
  t.rtw = 17;
  t.rtp = 8;
  t.wr = 27;
  t.rfcab = 456;
  t.rfcpb = 261;
  t.rrefd = 11;
  t.refi = 5072;
  return t;
}

HbmMap::Place HbmMap::operator()(std::uint64_t grain) const {
  std::uint32_t device = 0;
  for (unsigned i = 0; i < sel.size(); ++i) device |= static_cast<std::uint32_t>(grain >> sel[i] & 1) << i;
  const unsigned row = device >> kColBits & ((1U << kHbmRowBits) - 1);
  unsigned bank = device >> kBa;
  for (unsigned i = 0; i < fold.size(); ++i) bank ^= (std::popcount(row & fold[i]) & 1U) << i;
  return {bank, row, device & ((1U << kColBits) - 1)};
}

HbmMap HbmMap::standard(unsigned sid_bits, unsigned row_bits) {
  HbmMap map;
  std::uint8_t next = 0;
  const auto take = [&](unsigned from, unsigned count) {
    for (unsigned i = from; i < from + count; ++i) map.sel[i] = next++;
  };
  take(0, kGranuleBits);
  take(kBg, 2);
  take(kSid, sid_bits);
  take(kGranuleBits, kColBits - kGranuleBits);
  take(kBa, 2);
  take(kColBits, row_bits);
  // What the part lacks takes the highest bits, which are 0 inside the part.
  take(kColBits + row_bits, kHbmRowBits - row_bits);
  take(kSid + sid_bits, 2 - sid_bits);
  // bg[0], bg[1], ba[0], sid[0], ba[1], sid[1]
  std::vector<unsigned> targets;
  for (const unsigned bit : {2U, 3U, 0U, 4U, 1U, 5U}) {
    if (bit < 4 + sid_bits) targets.push_back(bit);
  }
  for (unsigned i = 0; i < row_bits; ++i) {
    map.fold[targets[i % targets.size()]] |= static_cast<std::uint16_t>(1U << i);
  }
  return map;
}

}  // namespace tessera::perf
