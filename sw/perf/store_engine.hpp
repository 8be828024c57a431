// SPDX-License-Identifier: Apache-2.0
//
// The STORE engine (rtl/store) and the write channels. Nothing else writes, so once an instruction has issued
// all of its cycles are known.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "perf/read_ports.hpp"

namespace tessera::perf {

class StoreEngine {
 public:
  StoreEngine(const PortMap& map, const MemoryTiming& timing)
      : map_{map}, timing_{timing}, ports_(map.ports) {}

  // The next instruction may issue from here on.
  Cycle accepts() const {
    return std::max(done_[issued_ % latency::kStoreInFlight],  // A slot
                    begun_[issued_ % latency::kGeneratorQueue]) +
           1;  // Room before the burst generator
  }

  // Issues at `now`, with `store.addr` the effective address: the cycle of done_valid.
  Cycle issue(const spec::Store& store, Cycle now) {
    // The generator steps to its last burst a cycle before that is raised, and can begin the next then.
    const Cycle begun = std::max(now + latency::kIssueToCommand, last_raised_ - (issued_ == 0 ? 0 : 1));
    const Cycle walk = std::max(now + latency::kIssueToCommand,
                                data_ < latency::kStoreDataToWalk ? 0 : data_ - latency::kStoreDataToWalk);
    Cycle data = std::max(walk + latency::kStoreWalkToData, data_ + 1);
    Cycle raise = begun + latency::kCommandToRequest;
    Cycle answered = 0;
    for (std::uint64_t r = 0; r < store.rows; ++r) {
      const std::uint64_t row = store.addr + r * store.row_stride;
      const std::uint64_t row_end = row + store.row_bytes;
      for (std::uint64_t from = row; from < row_end; from = std::min(row_end, map_.burst_end(from))) {
        const std::uint64_t beats = grains_touched(from, std::min(row_end, map_.burst_end(from)) - from);
        Port& port = ports_[map_.port(from)];
        Cycle& slot = port.answers[port.bursts++ % latency::kStoreBursts];
        Cycle& lead = sent_[bursts_++ % latency::kStoreLead];
        last_raised_ = std::max(raise, granted_ + 1);
        granted_ = std::max({last_raised_, slot + 1, lead + 1});
        data = std::max(data, granted_ + latency::kStoreRequestToData);
        lead = data + beats - 1;
        data += beats;
        slot = port.last_answer =
            std::max(lead + latency::kStoreDataToPort + timing_.write_latency, port.last_answer + 1);
        answered = std::max(answered, slot);
        raise = granted_ + 1;
        beats_ += beats;
      }
    }
    data_ = data - 1;
    const Cycle done = std::max(answered + latency::kStoreResponseToDone, last_done_ + 1);
    done_[issued_ % latency::kStoreInFlight] = last_done_ = done;
    begun_[issued_ % latency::kGeneratorQueue] = begun;
    ++issued_;
    return done;
  }
  std::uint64_t beats() const { return beats_; }

 private:
  struct Port {
    std::array<Cycle, latency::kStoreBursts> answers{};  // Of the latest bursts
    std::uint64_t bursts = 0;
    Cycle last_answer = 0;
  };

  PortMap map_;
  MemoryTiming timing_;
  std::vector<Port> ports_;
  std::array<Cycle, latency::kStoreInFlight> done_{};    // Of the latest instructions
  std::array<Cycle, latency::kGeneratorQueue> begun_{};  // By the burst generator, likewise
  std::array<Cycle, latency::kStoreLead> sent_{};        // Last beats of the latest bursts
  std::uint64_t issued_ = 0;
  std::uint64_t bursts_ = 0;
  std::uint64_t beats_ = 0;
  Cycle last_raised_ = 0;  // Request of the latest burst
  Cycle granted_ = 0;
  Cycle data_ = 0;  // Latest beat left STORE
  Cycle last_done_ = 0;
};

}  // namespace tessera::perf
