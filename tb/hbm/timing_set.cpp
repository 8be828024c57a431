// SPDX-License-Identifier: Apache-2.0

#include "hbm/timing_set.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "random.hpp"

namespace tessera::tb::hbm {

TimingSet TimingSet::hbm3_6400() {
  return {.rl = 20,
          .wl = 10,
          .rcdrd = 31,
          .rcdwr = 15,
          .rp = 26,
          .ras = 45,
          .rc = 72,
          .rrds = 4,
          .rrdl = 5,
          .faw = 24,
          .ccds = 2,
          .ccdl = 4,
          .ccdr = 3,
          .wtrs = 7,
          .wtrl = 10,
          .rtw = 20,
          .rtp = 9,
          .wr = 33,
          .ppd = 2,
          .rfcab = 560,
          .rfcpb = 320,
          .rrefd = 13,
          .refi = 6240,
          .xp = 12,
          .xs = 576,
          .cke = 8,
          .mrd = 16};
}

TimingSet TimingSet::hbm3_5200() {
  return {.rl = 17,
          .wl = 9,
          .rcdrd = 26,
          .rcdwr = 13,
          .rp = 22,
          .ras = 37,
          .rc = 59,
          .rrds = 4,
          .rrdl = 5,
          .faw = 20,
          .ccds = 2,
          .ccdl = 4,
          .ccdr = 3,
          .wtrs = 6,
          .wtrl = 9,
          .rtw = 17,
          .rtp = 8,
          .wr = 27,
          .ppd = 2,
          .rfcab = 456,
          .rfcpb = 261,
          .rrefd = 11,
          .refi = 5072,
          .xp = 12,
          .xs = 472,
          .cke = 8,
          .mrd = 16};
}

TimingSet TimingSet::random_legal(std::uint64_t seed) {
  Random random{seed};
  const auto draw = [&](unsigned low, unsigned high) {
    return low + static_cast<unsigned>(random.below(high - low + 1));
  };
  TimingSet t{};
  t.wl = draw(6, 20);
  t.rl = draw(t.wl + 2, 40);
  t.rcdrd = draw(8, 60);
  t.rcdwr = draw(4, 40);
  t.rp = draw(8, 50);
  t.ras = draw(std::max(t.rcdrd, 12u) + 4, 90);
  t.rc = draw(t.ras + 1, t.ras + t.rp + 8);
  t.rrds = draw(2, 8);
  t.rrdl = draw(t.rrds, 12);
  t.faw = draw(4 * t.rrds, 4 * t.rrds + 32);
  t.ccds = draw(2, 4);
  t.ccdl = draw(t.ccds, 8);
  t.ccdr = draw(2, 8);
  t.wtrs = draw(2, 12);
  t.wtrl = draw(t.wtrs, 20);
  const unsigned least_rtw = t.rl + 6 - t.wl;  // At least 8, since rl >= wl + 2
  t.rtw = draw(least_rtw, least_rtw + 12);
  t.rtp = draw(3, 16);
  t.wr = draw(8, 50);
  t.ppd = draw(1, 4);
  t.rfcpb = draw(60, 400);
  t.rfcab = draw(t.rfcpb, 800);
  t.rrefd = draw(4, 30);
  t.refi = draw(3000, 10000);
  t.xp = draw(4, 24);
  t.xs = draw(t.rfcab + 8, t.rfcab + 64);
  t.cke = draw(4, 16);
  t.mrd = draw(8, 32);
  return t;
}

void TimingSet::check() const {
  for (const TimingField& field : timing_fields()) {
    const unsigned value = this->*field.member;
    if (value < 1 || value >> field.bits != 0) {
      throw std::invalid_argument("HBM timing " + std::string(field.name) + " = " + std::to_string(value) +
                                  " CK; it must be 1 to " + std::to_string((1u << field.bits) - 1));
    }
  }
}

const std::array<TimingField, kTimingFields>& timing_fields() {
  using T = TimingSet;
  static constexpr std::array<TimingField, kTimingFields> kFields{{
      {"rl", &T::rl, 6},        {"wl", &T::wl, 6},       {"rcdrd", &T::rcdrd, 7}, {"rcdwr", &T::rcdwr, 7},
      {"rp", &T::rp, 7},        {"ras", &T::ras, 7},     {"rc", &T::rc, 8},       {"rrds", &T::rrds, 4},
      {"rrdl", &T::rrdl, 4},    {"faw", &T::faw, 7},     {"ccds", &T::ccds, 4},   {"ccdl", &T::ccdl, 4},
      {"ccdr", &T::ccdr, 4},    {"wtrs", &T::wtrs, 5},   {"wtrl", &T::wtrl, 5},   {"rtw", &T::rtw, 6},
      {"rtp", &T::rtp, 5},      {"wr", &T::wr, 7},       {"ppd", &T::ppd, 4},     {"rfcab", &T::rfcab, 11},
      {"rfcpb", &T::rfcpb, 11}, {"rrefd", &T::rrefd, 6}, {"refi", &T::refi, 14},  {"xp", &T::xp, 6},
      {"xs", &T::xs, 11},       {"cke", &T::cke, 6},     {"mrd", &T::mrd, 6},
  }};
  return kFields;
}

}  // namespace tessera::tb::hbm
