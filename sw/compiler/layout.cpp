// SPDX-License-Identifier: Apache-2.0

#include "compiler/layout.hpp"

#include <bit>
#include <stdexcept>
#include <string>

#include "compiler/geometry.hpp"

namespace tessera::compiler {

Layout place(const GemmProblem& problem, std::uint64_t memory_bytes, const LayoutOptions& options) {
  if (options.alignment < spec::kGrainBytes || !std::has_single_bit(options.alignment)) {
    throw std::invalid_argument("the alignment of a layout must be a power of two of at least 32 bytes");
  }
  std::uint64_t next = options.base;
  const auto take = [&](std::uint64_t rows, std::uint64_t row_bytes) {
    MatrixRef matrix;
    matrix.address = round_up(next, options.alignment) + options.skew;
    matrix.row_stride = row_bytes + options.row_padding;
    next = matrix.address + rows * matrix.row_stride;
    return matrix;
  };
  Layout layout{problem, 0, 0};
  GemmProblem& p = layout.problem;
  p.a = take(p.m, p.k * format::byte_width(p.fmt_a));
  p.b = take(p.n, p.k * format::byte_width(p.fmt_b));
  if (p.scaling == spec::Scaling::kMx) {
    p.a_scale = take(p.m, ceil_div(p.k, 32));
    p.b_scale = take(p.n, ceil_div(p.k, 32));
  }
  if (p.col_scale) p.col_scale_address = take(1, p.n * 4).address;
  p.c = take(p.m, p.n * format::byte_width(p.out));
  layout.program_base = round_up(next, options.alignment);
  if (layout.program_base + spec::kGrainBytes > memory_bytes) {
    throw std::invalid_argument("the GEMM needs " + std::to_string(layout.program_base) +
                                " bytes and room for its program, memory has " +
                                std::to_string(memory_bytes) + ": use more memory or a smaller GEMM");
  }
  layout.program_room = memory_bytes - layout.program_base;
  return layout;
}

}  // namespace tessera::compiler
