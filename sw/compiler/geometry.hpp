// SPDX-License-Identifier: Apache-2.0
//
// A GEMM problem measured in the machine's units: row and column tiles of the grid, grains of K.

#pragma once

#include <algorithm>
#include <cstdint>

#include "compiler/gemm.hpp"
#include "format/format.hpp"

namespace tessera::compiler {

inline std::uint64_t ceil_div(std::uint64_t x, std::uint64_t y) { return (x + y - 1) / y; }
inline std::uint64_t round_up(std::uint64_t x, std::uint64_t y) { return ceil_div(x, y) * y; }

struct Geometry {
  Geometry(const GemmProblem& problem, const HardwareConfig& config)
      : rows{config.rows},
        cols{config.cols},
        mx{problem.scaling == spec::Scaling::kMx},
        element_bytes{static_cast<unsigned>(format::byte_width(problem.fmt_a))},
        out_bytes{static_cast<unsigned>(format::byte_width(problem.out))},
        m_tiles{ceil_div(problem.m, config.rows)},
        n_tiles{ceil_div(problem.n, config.cols)},
        k_grains{ceil_div(problem.k * element_bytes, spec::kGrainBytes)},
        terms_per_grain{mx ? 1U : spec::kGrainBytes / element_bytes},
        out_align{std::max(1U, config.cols / 8)},
        col_step{std::max(1U, 8 / config.cols)} {}

  unsigned rows;
  unsigned cols;
  bool mx;
  unsigned element_bytes;
  unsigned out_bytes;
  std::uint64_t m_tiles;
  std::uint64_t n_tiles;
  std::uint64_t k_grains;
  unsigned terms_per_grain;
  unsigned out_align;  // OUT and COL bases and pitches are multiples of this many grains
  unsigned col_step;   // Column tiles whose COL parameters begin on a grain

  unsigned drain(bool fp32_partial) const { return fp32_partial ? std::max(rows, 8U) : rows; }
  std::uint64_t scale_grains(std::uint64_t kc) const { return mx ? ceil_div(kc, spec::kGrainBytes) : 0; }
  std::uint64_t out_pitch(std::uint64_t nt) const {
    return round_up(ceil_div(nt * cols * out_bytes, spec::kGrainBytes), out_align);
  }
  std::uint64_t out_grains(std::uint64_t mt, std::uint64_t nt) const { return mt * rows * out_pitch(nt); }
  std::uint64_t col_grains(std::uint64_t nt) const { return round_up(ceil_div(nt * cols, 8), out_align); }
};

}  // namespace tessera::compiler
