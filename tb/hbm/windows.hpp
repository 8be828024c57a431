// SPDX-License-Identifier: Apache-2.0
//
// What training must find: for which delay codes each path works, and how long read data fly.

#pragma once

#include <array>
#include <cstdint>

#include "hbm/pins.hpp"

namespace tessera::tb::hbm {

// Codes low to high, both included.
struct Window {
  std::uint8_t low = 0;
  std::uint8_t high = 63;
  std::int8_t drift = 1;  // Direction of the next step

  bool holds(unsigned code) const { return low <= code && code <= high; }
};

class Windows {
 public:
  static constexpr unsigned kFirstCode = 2;
  static constexpr unsigned kLastCode = 61;

  // Windows of 8 to 24 codes within kFirstCode..kLastCode, flight times of 0 to 3 CK. `trained`: every code
  // works, no flight.
  Windows(std::uint64_t seed, bool trained);

  const Window& ca() const { return ca_; }
  const Window& wdqs(unsigned pc) const { return wdqs_[pc]; }
  const Window& wr(unsigned pc, unsigned lane) const { return wr_[pc][lane]; }
  const Window& rd(unsigned pc, unsigned lane) const { return rd_[pc][lane]; }
  unsigned flight(unsigned pc) const { return flight_[pc]; }

  // Lanes that get wrong bits with these codes.
  std::uint64_t bad_wr(unsigned pc, const DelayPins& codes) const;
  std::uint64_t bad_rd(unsigned pc, const DelayPins& codes) const;
  // Levelling: WDQS is at or past the lower end of its window.
  bool level(unsigned pc, const DelayPins& codes) const { return codes.wdqs[pc] >= wdqs_[pc].low; }

  // Every window moves by one code, each in its own direction, and turns at the ends.
  void drift();

 private:
  template <class Do>
  void for_all(Do&& action);

  Window ca_;
  std::array<Window, kPcs> wdqs_;
  std::array<std::array<Window, kLanes>, kPcs> wr_, rd_;
  std::array<unsigned, kPcs> flight_{};
  bool trained_;
};

}  // namespace tessera::tb::hbm
