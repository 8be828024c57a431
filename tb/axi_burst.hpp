// SPDX-License-Identifier: Apache-2.0
//
// Where the beats of an AXI4 burst go.

#pragma once

#include <cstdint>

#include "axi_port.hpp"

namespace tessera::tb {

// First byte of beat `beat`; of an unaligned burst only the first beat is unaligned.
inline std::uint64_t beat_address(const AxiAddress& a, unsigned beat) {
  if (a.burst == kFixed || beat == 0) return a.addr;
  const std::uint64_t bytes = std::uint64_t{1} << a.size;
  const std::uint64_t address = a.addr / bytes * bytes + beat * bytes;
  if (a.burst != kWrap) return address;
  const std::uint64_t span = bytes * (a.len + 1U);
  return a.addr / span * span + address % span;
}

// Byte lanes of that beat, as a strobe mask.
inline std::uint32_t beat_lanes(const AxiAddress& a, unsigned beat) {
  const std::uint64_t bytes = std::uint64_t{1} << a.size;
  const std::uint64_t address = beat_address(a, beat);
  const std::uint64_t first = address % kBeatBytes;
  const std::uint64_t end = (address / bytes + 1) * bytes - address / kBeatBytes * kBeatBytes;
  return static_cast<std::uint32_t>((std::uint64_t{1} << end) - (std::uint64_t{1} << first));
}

}  // namespace tessera::tb
