// SPDX-License-Identifier: Apache-2.0
//
// The non-negative values of a floating-point format in ascending order, by walking: one least value at a
// time through the subnormals and the first binade, then twice the step in each next binade. Independent of
// every decoder.

#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace tessera::test {

// value[code] for code 0 .. count - 1.
inline std::vector<double> value_ladder(int mantissa_bits, int least_exponent, std::size_t count) {
  const std::size_t binade = std::size_t{1} << mantissa_bits;
  double step = std::ldexp(1.0, least_exponent);
  std::vector<double> values;
  double value = 0;
  for (std::size_t code = 0; code < count; ++code) {
    if (code >= 2 * binade && code % binade == 0) step *= 2;
    values.push_back(value);
    value += step;
  }
  return values;
}

// Up to and with the largest value, and one more: what would follow it.
inline std::vector<double> e4m3_ladder() { return value_ladder(3, -9, 0x80); }
inline std::vector<double> e5m2_ladder() { return value_ladder(2, -16, 0x7D); }
inline std::vector<double> bf16_ladder() { return value_ladder(7, -133, 0x7F81); }

}  // namespace tessera::test
