// SPDX-License-Identifier: Apache-2.0
//
// C = A * B^T for any shape, format and alignment, as a program for one slice (docs/compiler.md).
//
// A is M x K and B is N x K, both with K contiguous; C is M x N with N contiguous. Rows may start at any byte
// and lie any stride below 4 GiB apart. Errors: std::invalid_argument, naming what is wrong and the remedy.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "device/device.hpp"
#include "isa/instruction.hpp"

namespace tessera::compiler {

struct MatrixRef {
  std::uint64_t address = 0;     // Byte address of row 0
  std::uint64_t row_stride = 0;  // Bytes from row to row
  bool operator==(const MatrixRef&) const = default;
};

struct GemmProblem {
  std::uint64_t m = 1;
  std::uint64_t n = 1;
  std::uint64_t k = 1;
  spec::Format fmt_a = spec::Format::kE4m3;
  spec::Format fmt_b = spec::Format::kE4m3;
  spec::Scaling scaling = spec::Scaling::kPlain;
  spec::Format out = spec::Format::kFp32;
  int grid = 0;  // L of the accumulator, for BF16 and MX; 0 otherwise
  bool no_saturate = false;
  bool col_scale = false;
  MatrixRef a;
  MatrixRef b;
  MatrixRef a_scale;                    // M x ceil(K / 32) bytes, with MX
  MatrixRef b_scale;                    // N x ceil(K / 32) bytes, with MX
  std::uint64_t col_scale_address = 0;  // N binary32 values, with col_scale
  MatrixRef c;
  bool operator==(const GemmProblem&) const = default;
};

// What the compiler would otherwise choose. A forced size that does not fit the buffers is an error.
struct GemmOptions {
  std::optional<unsigned> row_tiles;  // Row tiles (of ROWS rows) of a MATMUL
  std::optional<unsigned> col_tiles;  // Column tiles (of COLS columns) of a MATMUL
  std::optional<unsigned>
      k_grains;  // Grains of K of a MATMUL; less than K's grains splits K over partial sums
  // Where sums wait when K is split. RAW is exact, so its result does not depend on the split, but the sum of
  // one result may have at most 2^16 terms. FP32 rounds between chunks and takes any K; not for INT8.
  spec::Partial partial = spec::Partial::kRaw;
};

struct Blocking {
  unsigned row_tiles = 1;  // Of a full-size MATMUL
  unsigned col_tiles = 1;
  unsigned k_grains = 1;  // Of every chunk but the last
  unsigned k_chunks = 1;  // 1: K is not split
  unsigned a_slots = 1;   // Blocks of row_tiles x k_grains that the A buffer holds
  unsigned b_slots = 1;
  bool a_resident = true;  // A panel of A stays while B streams past it; false: the reverse. Unsplit K only
  unsigned group_rows =
      1;  // Blocks of one group of results whose partial sums are held together. Split K only
  unsigned group_cols = 1;
  bool operator==(const Blocking&) const = default;
};

struct CompiledGemm {
  isa::Program program;
  Blocking blocking;
  // Elements of K at which chunks end, the last one being K: where FP32 partials round.
  std::vector<std::size_t> chunk_ends;
  std::uint64_t array_cycles = 0;  // Cycles the array needs for it all
  std::uint64_t load_bytes = 0;    // Operand, scale and column bytes read, reloads included
  std::string description;         // One line for reports
};

CompiledGemm compile(const GemmProblem& problem, const HardwareConfig& config,
                     const GemmOptions& options = {});

}  // namespace tessera::compiler
