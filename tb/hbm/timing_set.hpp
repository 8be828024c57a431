// SPDX-License-Identifier: Apache-2.0
//
// Timings of an HBM3 device in CK, by the names of timing_t in tessera_hbm_pkg; docs/hbm/protocol.md says
// what each means.

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tessera::tb::hbm {

constexpr unsigned kBurstLength = 2;  // BL, in CK

struct TimingSet {
  unsigned rl, wl, rcdrd, rcdwr, rp, ras, rc, rrds, rrdl, faw, ccds, ccdl, ccdr, wtrs, wtrl, rtw, rtp, wr,
      ppd, rfcab, rfcpb, rrefd, refi, xp, xs, cke, mrd;

  static TimingSet hbm3_6400();
  static TimingSet hbm3_5200();  // The same nanoseconds at 5.2 Gb/s

  // A set that a device could have. Every field fits its register in timing_t; drawn evenly, from low to
  // high:
  //   wl 6..20, rl wl+2..40, rcdrd 8..60, rcdwr 4..40, rp 8..50, ras max(rcdrd, 12)+4..90, rc
  //   ras+1..ras+rp+8, rrds 2..8, rrdl rrds..12, faw 4 rrds..4 rrds+32, ccds 2..4, ccdl ccds..8, ccdr 2..8,
  //   wtrs 2..12, wtrl wtrs..20, rtw rl+6-wl (at least 8)..12 more, rtp 3..16, wr 8..50, ppd 1..4,
  //   rfcpb 60..400, rfcab rfcpb..800, rrefd 4..30, refi 3000..10000, xp 4..24, xs rfcab+8..rfcab+64,
  //   cke 4..16, mrd 8..32
  // rtw leaves room for the burst of a read with a flight time of 3 CK before that of the write.
  static TimingSet random_legal(std::uint64_t seed);

  // Throws std::invalid_argument, naming the timing, if one does not fit its register or is too short for a
  // device.
  void check() const;

  bool operator==(const TimingSet&) const = default;
};

// Names, members and register widths, in the order of timing_t (first is the most significant), for
// programming and printing.
struct TimingField {
  std::string_view name;
  unsigned TimingSet::*member;
  unsigned bits;
};
constexpr unsigned kTimingFields = 27;
const std::array<TimingField, kTimingFields>& timing_fields();

}  // namespace tessera::tb::hbm
