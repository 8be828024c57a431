// SPDX-License-Identifier: Apache-2.0

#include "perf/roofline.hpp"

#include <algorithm>

#include "format/format.hpp"

namespace tessera::perf {

Roofline roofline(std::uint64_t m, std::uint64_t n, std::uint64_t k, spec::Format fmt, spec::Scaling scaling,
                  spec::Format out, const HardwareConfig& config, double bytes_per_cycle) {
  const auto element = static_cast<double>(format::byte_width(fmt));
  const auto rows = static_cast<double>(m);
  const auto cols = static_cast<double>(n);
  const auto depth = static_cast<double>(k);
  const double scales = scaling == spec::Scaling::kMx ? static_cast<double>((k + 31) / 32) : 0;
  Roofline r;
  r.macs = rows * cols * depth;
  r.peak_macs_per_cycle = config.rows * config.cols * spec::kGrainBytes / element;
  r.bytes =
      (rows + cols) * (depth * element + scales) + rows * cols * static_cast<double>(format::byte_width(out));
  r.intensity = r.macs / r.bytes;
  r.array_cycles = r.macs / r.peak_macs_per_cycle;
  r.memory_cycles = r.bytes / bytes_per_cycle;
  r.cycles = std::max(r.array_cycles, r.memory_cycles);
  r.memory_bound = r.memory_cycles > r.array_cycles;
  return r;
}

}  // namespace tessera::perf
