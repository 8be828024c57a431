// SPDX-License-Identifier: Apache-2.0
//
// The memories inside a slice.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "device/device.hpp"
#include "isa/check.hpp"
#include "model/arith.hpp"

namespace tessera::model {

// Banks of grains, byte by byte.
class BankedMemory {
 public:
  BankedMemory(unsigned banks, unsigned depth)
      : banks_{banks}, depth_{depth}, bytes_(std::size_t{banks} * depth * spec::kGrainBytes) {}

  unsigned banks() const { return banks_; }
  std::span<std::uint8_t> grains(unsigned bank, std::size_t first, std::size_t count) {
    return std::span(bytes_).subspan((std::size_t{bank} * depth_ + first) * spec::kGrainBytes,
                                     count * spec::kGrainBytes);
  }

 private:
  unsigned banks_;
  unsigned depth_;
  std::vector<std::uint8_t> bytes_;
};

// ROWS x COLS accumulators kept between MATMULs.
struct PartialTile {
  spec::Partial kind = spec::Partial::kNone;  // NONE: empty
  bool is_int = false;                        // Made by INT8 operands
  int grid = 0;
  std::uint32_t terms = 0;        // Since clear; 0 for FP32
  std::vector<Accumulator> sums;  // Row by row; FP32: the bits in acc
};

struct LocalMemories {
  explicit LocalMemories(const HardwareConfig& hardware)
      : out(1, hardware.out_depth), partial(hardware.psum_tiles) {
    for (const spec::EnumValue& value : spec::kSpaceValues) {
      const auto space = static_cast<spec::Space>(value.value);
      spaces.emplace_back(isa::bank_count(hardware, space), isa::bank_depth(hardware, space));
    }
    for (PartialTile& tile : partial) tile.sums.resize(std::size_t{hardware.rows} * hardware.cols);
  }

  BankedMemory& operator[](spec::Space space) { return spaces[static_cast<std::size_t>(space)]; }

  std::vector<BankedMemory> spaces;  // Indexed by spec::Space
  BankedMemory out;
  std::vector<PartialTile> partial;
};

}  // namespace tessera::model
