// SPDX-License-Identifier: Apache-2.0

#include "hbm/windows.hpp"

#include "random.hpp"

namespace tessera::tb::hbm {

template <class Do>
void Windows::for_all(Do&& action) {
  action(ca_);
  for (unsigned pc = 0; pc < kPcs; ++pc) {
    action(wdqs_[pc]);
    for (Window& window : wr_[pc]) action(window);
    for (Window& window : rd_[pc]) action(window);
  }
}

Windows::Windows(std::uint64_t seed, bool trained) : trained_{trained} {
  if (trained) return;
  Random random{seed};
  for_all([&](Window& window) {
    const unsigned width = 8 + static_cast<unsigned>(random.below(17));
    const unsigned places = kLastCode - kFirstCode + 2 - width;
    window.low = static_cast<std::uint8_t>(kFirstCode + random.below(places));
    window.high = static_cast<std::uint8_t>(window.low + width - 1);
    window.drift = random.below(2) == 0 ? -1 : 1;
  });
  for (unsigned& flight : flight_) flight = static_cast<unsigned>(random.below(4));
}

std::uint64_t Windows::bad_wr(unsigned pc, const DelayPins& codes) const {
  if (!wdqs_[pc].holds(codes.wdqs[pc])) return kAllLanes;
  std::uint64_t bad = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    bad |= std::uint64_t{!wr_[pc][lane].holds(codes.wr[pc][lane])} << lane;
  }
  return bad;
}

std::uint64_t Windows::bad_rd(unsigned pc, const DelayPins& codes) const {
  std::uint64_t bad = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    bad |= std::uint64_t{!rd_[pc][lane].holds(codes.rd[pc][lane])} << lane;
  }
  return bad;
}

void Windows::drift() {
  if (trained_) return;
  for_all([](Window& window) {
    if (window.low == kFirstCode) window.drift = 1;
    if (window.high == kLastCode) window.drift = -1;
    window.low = static_cast<std::uint8_t>(window.low + window.drift);
    window.high = static_cast<std::uint8_t>(window.high + window.drift);
  });
}

}  // namespace tessera::tb::hbm
