// SPDX-License-Identifier: Apache-2.0
//
// Operand data for tests and benchmarks: the same bytes for the same request on every platform.
//
// Layout as in reference/gemm.hpp: A is M x K and B is N x K, K contiguous, little-endian; MX scales M x
// ceil(K/32) and N x ceil(K/32) bytes, absent without MX; N binary32 column scales, always made. Errors:
// std::invalid_argument.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "format/format.hpp"

namespace tessera::workload {

enum class Distribution : std::uint8_t {
  // Values as in language models: activations A with a few outlier channels along K 8 to 32 times larger (8
  // for INT8),
  // weights B with a gain per row. Quantised per tensor (A) and per row (B) for INT8, per block for MX.
  // Column scales
  // bring results to a standard deviation of about 32.
  kNormal,
  // Uniform bit patterns, NaN, infinities and subnormals among them. MX scales and exponents of column scales
  // are
  // uniform in 100 .. 150 but one in 64, which is an extreme.
  kUniform,
  // Corner values. Half of the rows hold only finite ones, the rest a lone infinity, a lone NaN, or many of
  // both.
  kSpecial,
};

// "normal", "uniform", "special"; parse throws with the list of accepted names.
std::string_view name(Distribution distribution);
Distribution parse_distribution(std::string_view text);

struct Request {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
  format::Format fmt_a = format::Format::kInt8;
  format::Format fmt_b = format::Format::kInt8;
  format::Scaling scaling = format::Scaling::kPlain;
  Distribution distribution = Distribution::kNormal;
  std::uint64_t seed = 1;
};

struct Operands {
  std::vector<std::uint8_t> a;
  std::vector<std::uint8_t> b;
  std::vector<std::uint8_t> a_scale;
  std::vector<std::uint8_t> b_scale;
  std::vector<std::uint8_t> col_scale;

  bool operator==(const Operands&) const = default;
};

Operands generate(const Request& request);

}  // namespace tessera::workload
