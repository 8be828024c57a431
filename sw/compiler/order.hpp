// SPDX-License-Identifier: Apache-2.0
//
// The order in which the results of a GEMM are computed, as a list of MATMULs in units of tiles.
//
// Tiles are grouped in blocks (Blocking::row_tiles, col_tiles), the unit in which the operand buffers are
// allocated. A task stays within one block of A and one of B.

#pragma once

#include <cstdint>
#include <vector>

#include "compiler/gemm.hpp"
#include "compiler/geometry.hpp"

namespace tessera::compiler {

struct Task {
  std::uint32_t a_block = 0;
  std::uint32_t b_block = 0;
  std::uint32_t chunk = 0;
  std::uint16_t a_first = 0;  // Tiles within the block
  std::uint16_t a_count = 0;
  std::uint16_t b_first = 0;
  std::uint16_t b_count = 0;
  std::uint16_t psum = 0;  // First partial-sum tile, when K is split

  bool operator==(const Task&) const = default;
};

std::vector<Task> order_tasks(const Geometry& geometry, const Blocking& blocking,
                              const HardwareConfig& config);

}  // namespace tessera::compiler
