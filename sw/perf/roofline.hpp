// SPDX-License-Identifier: Apache-2.0
//
// What no program can beat: the array's and the memory's limits in closed form.

#pragma once

#include <cstdint>

#include "device/device.hpp"

namespace tessera::perf {

struct Roofline {
  double macs = 0;                 // M * N * K
  double peak_macs_per_cycle = 0;  // Of the array, in this format
  double bytes = 0;                // A, B and scales read once, C written once
  double intensity = 0;            // MACs per byte
  double array_cycles = 0;         // macs / peak
  double memory_cycles = 0;        // Reads and writes share the bytes per cycle
  double cycles = 0;               // The larger of the two
  bool memory_bound = false;

  // Share of peak MACs that a run of `measured` cycles reaches.
  double utilisation(std::uint64_t measured) const { return array_cycles / static_cast<double>(measured); }
};

// `bytes_per_cycle`: what the memory moves in a cycle, both directions together.
Roofline roofline(std::uint64_t m, std::uint64_t n, std::uint64_t k, spec::Format fmt, spec::Scaling scaling,
                  spec::Format out, const HardwareConfig& config, double bytes_per_cycle);

}  // namespace tessera::perf
