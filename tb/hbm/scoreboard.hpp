// SPDX-License-Identifier: Apache-2.0
//
// What a byte of memory may read as while reads and writes overlap.
//
// Writes to a byte take effect in the order of begin(). A read that was asked for after a write was answered
// sees it, or a later one; it may see any write begun before its data came. That is what the channel
// promises: the answer to a write is the point of order, and writes keep theirs.

#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <unordered_map>

#include "axi_port.hpp"

namespace tessera::tb::hbm {

class Scoreboard {
 public:
  using Time = std::uint64_t;

  // A beat of write `number` (numbers rise) to a grain, not yet answered.
  void begin(std::uint64_t grain, std::uint64_t number, std::uint32_t strobe, const Beat& data);
  // It was answered.
  void answered(std::uint64_t grain, std::uint64_t number, Time now);
  // The answer was an error: the grain may or may not have changed.
  void uncertain(std::uint64_t grain, std::uint64_t number) { answered(grain, number, kNever); }

  // Empty if `data` are right in `lanes` for a read asked for at `asked` and answered now; else what is
  // wrong.
  std::string check(std::uint64_t grain, std::uint32_t lanes, const Beat& data, Time asked) const;
  // No read asked for before `oldest` is still to be answered: lets go of what none can see.
  void forget(std::uint64_t grain, Time oldest);

  // Contents when all is answered, for comparison with the device. Grains never begun are not there.
  Beat settled(std::uint64_t grain) const;
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [grain, history] : grains_) visit(grain);
  }
  std::size_t grains() const { return grains_.size(); }

 private:
  static constexpr Time kNever = std::numeric_limits<Time>::max();
  struct Version {
    std::uint64_t number;
    Time answered;
    std::uint32_t strobe;
    Beat data;
  };
  struct History {
    Beat base{};  // What all reads to come see where no version is
    std::deque<Version> versions;
  };
  std::unordered_map<std::uint64_t, History> grains_;
};

}  // namespace tessera::tb::hbm
