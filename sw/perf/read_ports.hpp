// SPDX-License-Identifier: Apache-2.0
//
// The read channels of the memory ports and the crossbar in front of them, burst by burst.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "perf/latency.hpp"
#include "perf/predict.hpp"

namespace tessera::perf {

using Cycle = std::uint64_t;
inline constexpr Cycle kNever = std::numeric_limits<Cycle>::max();

// Which port serves an address, and where a burst has to end.
struct PortMap {
  unsigned ports;
  unsigned interleave_log2;

  unsigned port(std::uint64_t address) const {
    return static_cast<unsigned>(address >> interleave_log2) & (ports - 1);
  }
  // First byte past the longest burst that may begin at `address`.
  std::uint64_t burst_end(std::uint64_t address) const {
    const std::uint64_t granule =
        std::min(std::uint64_t{1} << interleave_log2, std::uint64_t{latency::kMaxBurst} * spec::kGrainBytes);
    return (address / granule + 1) * granule;
  }
};

// Grains that `bytes` bytes from `address` on touch.
inline std::uint64_t grains_touched(std::uint64_t address, std::uint64_t bytes) {
  return (address % spec::kGrainBytes + bytes + spec::kGrainBytes - 1) / spec::kGrainBytes;
}

// Each port takes a burst per cycle, until `MemoryTiming::depth` are unanswered, and answers them in order, a
// beat per cycle.
class ReadPorts {
 public:
  ReadPorts(unsigned ports, const MemoryTiming& timing) : timing_{timing} {
    for (unsigned p = 0; p < ports; ++p) ports_.push_back(Port(timing.depth));
  }

  // From when on the port's AR register has room.
  Cycle ready(unsigned port) const { return ports_[port].before_last_taken + 1; }
  // Masters of one port are served in turn: what decides who is next.
  unsigned last_served(unsigned port) const { return ports_[port].last_served; }

  // Master `master` is granted a burst: the cycle in which it has the first beat. The others follow at once.
  Cycle grant(unsigned port, unsigned master, unsigned beats, Cycle now) {
    Port& p = ports_[port];
    Cycle& slot = p.ends[p.bursts++ % p.ends.size()];  // End of the burst `depth` before this one
    const Cycle taken = std::max({now + latency::kRequestToPort, p.last_taken + 1, slot + 1});
    const Cycle first = std::max(taken + timing_.read_latency, p.last_beat + 1);
    p.before_last_taken = p.last_taken;
    p.last_taken = taken;
    p.last_beat = slot = first + beats - 1;
    p.last_served = master;
    beats_ += beats;
    return first + latency::kPortToResponse;
  }
  std::uint64_t beats() const { return beats_; }

 private:
  static_assert(latency::kPortSkid == 2, "Port keeps the cycles in which the last two bursts were taken");
  struct Port {
    explicit Port(unsigned depth) : ends(depth, 0) {}
    std::vector<Cycle> ends;  // Last beats of the latest bursts
    std::uint64_t bursts = 0;
    Cycle last_taken = 0;
    Cycle before_last_taken = 0;
    Cycle last_beat = 0;
    unsigned last_served = ~0U;
  };

  MemoryTiming timing_;
  std::vector<Port> ports_;
  std::uint64_t beats_ = 0;
};

}  // namespace tessera::perf
