// SPDX-License-Identifier: Apache-2.0
//
// Cycle-level model of the HBM3 controller's policy (docs/hbm/theory.md): two pseudo-channels (PC), their
// queues, schedulers and refresh managers, on the grid of time and under the timing rules of
// docs/hbm/protocol.md.
//
// It says what bandwidth the policy reaches, beside the RTL and before a change of it. There are no data and
// no pins; left out are errors, partial writes, row-hammer management and the power states.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "perf/hbm_timing.hpp"
#include "workload/memory_traffic.hpp"

namespace tessera::perf {

inline constexpr unsigned kHbmPcs = 2;

// Parameters and registers of the controller that decide bandwidth. Defaults are the product's.
struct HbmPolicy {
  enum class Refresh : std::uint8_t { kPerBank, kAllBank, kOff };

  unsigned sids = 2;
  unsigned row_bits = 14;
  std::optional<HbmMap> map;  // Default: HbmMap::standard
  unsigned rdq = 64;
  unsigned wrq = 64;
  unsigned rob = 256;  // Grains of read data promised to the master and not yet taken
  unsigned hit_cap = 32;
  unsigned age_limit = 1024;
  unsigned wr_high = 56;
  unsigned wr_low = 8;
  unsigned wr_idle = 32;
  unsigned idle_close = 16;  // Cycles after its last use that a row without a queued request closes; 0: never
  Refresh refresh = Refresh::kPerBank;
  unsigned force_refi = 4;
  unsigned pull_in = 8;
  unsigned refresh_patience = 8;  // Cycles that a legal refresh loses to ACTs before it goes first
  double refresh_interval = 1;    // Times tREFI; by TEMP 4, 2, 1, 0.5 or 0.25

  // How the RTL is pipelined, in cycles.
  unsigned push_to_pick = 1;     // Queue entry to the picks that see it
  unsigned return_latency = 24;  // Column command to data in the reorder buffer: RL, PHY, correction
  unsigned write_hold = 14;      // Column command to the end of a write's slot, when DERR can no longer come
  unsigned master_lead = 256;  // Grains that a master's reads run ahead of its writes, or the other way round

  // Throws std::invalid_argument, naming the field, when the policy makes no sense.
  void check() const;
};

struct HbmUse {
  std::uint64_t cycles = 0;
  std::uint64_t reads = 0;  // Bursts of 32 bytes, likewise below
  std::uint64_t writes = 0;
  std::uint64_t activates = 0;
  std::uint64_t precharges = 0;
  std::uint64_t refreshes = 0;  // REFpb
  std::uint64_t all_bank_refreshes = 0;
  std::uint64_t drains = 0;        // Turns from reads to writes
  std::uint64_t longest_wait = 0;  // Cycles from queue to column command
  std::int64_t most_debt = 0;      // Refreshes of one bank owed at once

  // Share of the pseudo-channel's peak, which is a burst per cycle.
  double efficiency() const { return static_cast<double>(reads + writes) / static_cast<double>(cycles); }
};

class HbmChannelModel {
 public:
  using Sources = std::array<std::unique_ptr<workload::MemoryTraffic>, kHbmPcs>;

  // A null source leaves its pseudo-channel without requests; it is refreshed all the same.
  HbmChannelModel(const HbmTiming& timing, const HbmPolicy& policy, Sources sources);
  ~HbmChannelModel();

  void run(std::uint64_t cycles);
  void restart_counting();
  const HbmUse& use(unsigned pc) const;

 private:
  class Pc;
  std::array<std::unique_ptr<Pc>, kHbmPcs> pcs_;
  std::uint64_t cycle_ = 0;
};

}  // namespace tessera::perf
