// SPDX-License-Identifier: Apache-2.0
//
// Endless access patterns for one port of a memory: streams, copies, tiles of a matrix, random blocks. What
// bandwidth a memory reaches depends on the pattern more than on anything else, so claims name theirs.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace tessera::workload {

// One access as a master means it: contiguous bytes, one direction.
struct Transfer {
  bool write = false;
  std::uint64_t address = 0;
  std::uint32_t bytes = 0;
  bool operator==(const Transfer&) const = default;
};

struct TrafficSpec {
  enum class Kind : std::uint8_t {
    kStream,  // Consecutive chunks; each is a write with probability write_share
    kCopy,    // In turn a chunk of stream A read, of stream B read, of stream C written
    kRandom,  // Chunks anywhere, aligned to their size; each is a write with probability write_share
    kTile,    // Chunk k of each of `rows` rows `pitch` bytes apart, then chunk k + 1 of each
  };
  Kind kind = Kind::kStream;
  std::uint32_t chunk = 64;           // Bytes, a power of two of at least 32
  double write_share = 0;             // 0 .. 1
  std::uint32_t rows = 128;           // kTile
  std::uint32_t pitch = 2048;         // kTile: bytes from a row to the next
  std::uint64_t footprint = 1 << 29;  // Bytes; addresses stay below. A power of two.
};

class MemoryTraffic {
 public:
  virtual ~MemoryTraffic() = default;
  virtual Transfer next() = 0;
};

// The same seed gives the same sequence everywhere. Throws std::invalid_argument, naming the field, when the
// specification makes no sense.
std::unique_ptr<MemoryTraffic> make_traffic(const TrafficSpec& spec, std::uint64_t seed);

}  // namespace tessera::workload
