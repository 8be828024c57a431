// SPDX-License-Identifier: Apache-2.0
//
// Places the arrays of a GEMM and its program in memory.

#pragma once

#include <cstdint>

#include "compiler/gemm.hpp"

namespace tessera::compiler {

struct LayoutOptions {
  std::uint64_t base = 0;         // First byte that may be used
  std::uint64_t alignment = 256;  // Of every array; a power of two, at least 32
  // Bytes added to the start of A, B, scales, column scales and C, and to their row strides: 0 for speed,
  // other values to exercise unaligned rows.
  std::uint64_t skew = 0;
  std::uint64_t row_padding = 0;
};

struct Layout {
  GemmProblem problem;             // With all addresses and strides set
  std::uint64_t program_base = 0;  // After the arrays
  std::uint64_t program_room = 0;  // Bytes left for the program
};

// Sizes and formats come from `problem`, whose addresses are replaced; rows are dense but for the padding.
// Throws std::invalid_argument, naming the bytes needed, when `memory_bytes` are not enough.
Layout place(const GemmProblem& problem, std::uint64_t memory_bytes, const LayoutOptions& options = {});

}  // namespace tessera::compiler
