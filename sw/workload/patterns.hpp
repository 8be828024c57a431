// SPDX-License-Identifier: Apache-2.0
//
// The parts workload.cpp composes: one function per array and distribution.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/format.hpp"
#include "workload/random.hpp"

namespace tessera::workload {

struct Matrix {
  format::Format format;
  std::size_t rows;
  std::size_t k;
};

// normal: real values first, then codes.
std::vector<double> activations(const Matrix& shape, Random& random);
std::vector<double> weights(const Matrix& shape, Random& random);

struct Quantised {
  std::vector<std::uint8_t> codes;
  std::vector<std::uint8_t> scales;  // Empty without MX
};
enum class Granularity { kTensor, kRow };  // What shares one INT8 scale
Quantised quantise(const Matrix& shape, format::Scaling scaling, Granularity int8_scale,
                   const std::vector<double>& values);
std::vector<std::uint8_t> normal_col_scales(std::size_t n, std::size_t k, format::Format fmt, Random& random);

// uniform
std::vector<std::uint8_t> uniform_codes(const Matrix& shape, Random& random);
std::vector<std::uint8_t> uniform_scales(std::size_t count, Random& random);
std::vector<std::uint8_t> uniform_col_scales(std::size_t n, Random& random);

// special
std::vector<std::uint8_t> special_codes(const Matrix& shape, Random& random);
std::vector<std::uint8_t> special_scales(std::size_t rows, std::size_t blocks, Random& random);
std::vector<std::uint8_t> special_col_scales(std::size_t n, Random& random);

}  // namespace tessera::workload
