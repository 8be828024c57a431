// SPDX-License-Identifier: Apache-2.0
//
// What an HBM3 pseudo-channel should reach on known access patterns, 6.4 Gb/s: bandwidth measured with
// Ramulator 2.1 (docs/hbm/performance.md has the conditions), and the floors that this controller is held to.

#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "workload/memory_traffic.hpp"

namespace tessera::perf {

// Percent of a pseudo-channel's peak.
struct HbmBandwidth {
  double no_refresh;
  double all_bank;  // Plain REFab: what a controller without a refresh policy reaches
  double hidden;    // REFpb in banks that nobody waits for
};

struct HbmAnchor {
  std::string_view name;
  workload::TrafficSpec traffic;
  HbmBandwidth one;                 // One pseudo-channel active
  std::optional<HbmBandwidth> two;  // Both active, per pseudo-channel; not measured for every pattern
  double floor_one;
  double floor_two;  // 0: none
};

std::span<const HbmAnchor> hbm_anchors();
// Null if there is no such workload.
const HbmAnchor* find_hbm_anchor(std::string_view name);

}  // namespace tessera::perf
