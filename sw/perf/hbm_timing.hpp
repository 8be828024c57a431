// SPDX-License-Identifier: Apache-2.0
//
// What the performance model of the HBM3 channel needs to know of the part: timings and the address map.

#pragma once

#include <array>
#include <cstdint>

namespace tessera::perf {

inline constexpr unsigned kHbmGrainBytes = 32;
inline constexpr unsigned kHbmRowBits = 15;  // Of the largest part, likewise below
inline constexpr unsigned kHbmBankBits = 6;  // {sid, bg, ba}, two bits each
inline constexpr unsigned kHbmBanks = 1U << kHbmBankBits;
inline constexpr unsigned kHbmGroups = kHbmBanks / 4;  // {sid, bg}

// In CK, with the names of docs/hbm/protocol.md.
struct HbmTiming {
  unsigned rl = 20, wl = 10, rcdrd = 31, rcdwr = 15, rp = 26, ras = 45, rc = 72, rrds = 4, rrdl = 5, faw = 24,
           ccds = 2, ccdl = 4, ccdr = 3, wtrs = 7, wtrl = 10, rtw = 20, rtp = 9, wr = 33, ppd = 2,
           rfcab = 560, rfcpb = 320, rrefd = 13, refi = 6240;

  static HbmTiming hbm3_6400() { return {}; }
  static HbmTiming hbm3_5200();  // The same nanoseconds at 5.2 Gb/s
};

// As registers MAP_SEL and MAP_FOLD have it: a permutation of the grain address's bits, then row bits folded
// into the bank number.
struct HbmMap {
  struct Place {
    unsigned bank;  // {sid, bg, ba}
    unsigned row;
    unsigned col;
  };
  std::array<std::uint8_t, 26> sel{};  // Bit i of {sid, bg, ba, row, col} is this bit of the address
  std::array<std::uint16_t, kHbmBankBits> fold{};  // Row bits whose parity is XORed into bit i of the bank

  Place operator()(std::uint64_t grain) const;
  // The controller's default for a part of 2^sid_bits stack IDs and 2^row_bits rows: from bit 0 a granule of
  // 128 bytes, bank group, stack ID, column, bank, row; row bits folded over all bank bits in turn.
  static HbmMap standard(unsigned sid_bits, unsigned row_bits);
};

}  // namespace tessera::perf
