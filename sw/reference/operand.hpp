// SPDX-License-Identifier: Apache-2.0
//
// One operand matrix decoded once for the kernels: finite values as signed integers with exponents, and lists
// of the few elements that are not finite.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/format.hpp"

namespace tessera::reference {

// Elements k_begin .. k_end - 1 of every row. k below counts from k_begin.
struct Operand {
  std::size_t rows = 0;
  std::size_t k = 0;
  format::Format fmt = format::Format::kInt8;
  std::vector<format::Exact> exact;               // rows x k, every element as decoded
  std::vector<std::int32_t> m;                    // rows x k, signed integer; 0 where not finite
  std::vector<std::int32_t> e;                    // rows x k, exponent of m
  std::vector<bool> row_nan;                      // A NaN element or scale is in the row
  std::vector<std::vector<std::size_t>> row_inf;  // Positions of infinities
  std::size_t blocks = 0;                         // MX blocks of a row; 0 without MX
  std::vector<std::uint8_t> scale;                // rows x blocks, E8M0
};

// `bytes` is the whole rows x k_total matrix, `scales` its rows x ceil(k_total / 32) scales with MX and empty
// otherwise. `name` ("A", "B") is for the error when a size does not fit: std::invalid_argument.
Operand decode_operand(const char* name, format::Format fmt, format::Scaling scaling, std::size_t rows,
                       std::size_t k_total, std::size_t k_begin, std::size_t k_end,
                       const std::vector<std::uint8_t>& bytes, const std::vector<std::uint8_t>& scales);

// Every finite element as an integer in units of 2^least_exponent(fmt). Exact for INT8 (up to 2^7), E4M3 (448
// * 2^9 < 2^18) and E5M2 (57344 * 2^16 < 2^32); not for BF16, whose range does not fit.
std::vector<std::int64_t> scaled_integers(const Operand& operand);

}  // namespace tessera::reference
