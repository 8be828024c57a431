// SPDX-License-Identifier: Apache-2.0

#include "reference/convert.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "reference/fold.hpp"

namespace tessera::reference {
namespace {

using format::Format;

// The value that code `code` of a format with the given fields has when no code is set aside for Inf or NaN.
double value_of(const format::FloatFields& fields, std::uint32_t code) {
  const std::uint32_t hidden = std::uint32_t{1} << fields.mantissa_bits;
  const std::uint32_t fraction = code & (hidden - 1);
  const int exponent = static_cast<int>(code >> fields.mantissa_bits);
  const std::uint32_t m = exponent == 0 ? fraction : hidden + fraction;
  return std::ldexp(m, std::max(exponent, 1) - fields.bias - fields.mantissa_bits);
}

// Code nearest to `magnitude`, ties to the even one, at most max_code + 1, which stands for everything past
// the largest value (its own value, as if the format went on, decides where that begins).
std::uint32_t nearest_code(const format::FloatFields& fields, std::uint32_t max_code, double magnitude) {
  std::uint32_t below = 0;
  std::uint32_t above = max_code + 1;
  if (magnitude >= value_of(fields, above)) return above;
  while (above - below > 1) {
    const std::uint32_t middle = below + (above - below) / 2;
    (value_of(fields, middle) <= magnitude ? below : above) = middle;
  }
  // At most 25 significant bits on either side: exact in double, so a tie is seen as one.
  const double twice = 2 * magnitude;
  const double sum = value_of(fields, below) + value_of(fields, above);
  return twice > sum || (twice == sum && below % 2 == 1) ? above : below;
}

Converted to_small_float(Format out, bool saturate, bool negative, double magnitude) {
  const std::uint32_t largest = format::max_code(out);
  const std::uint32_t sign = negative ? std::uint32_t{1} << (format::bit_width(out) - 1) : 0;
  const std::uint32_t code = nearest_code(format::float_fields(out), largest, magnitude);
  if (code <= largest) return {sign | code};
  if (saturate) return {sign | largest};
  // The code after the largest value is infinity in BF16 and E5M2; E4M3 has none.
  return {out == Format::kE4m3 ? format::nan_code(out) : sign | code};
}

std::uint32_t to_int8(bool negative, double magnitude) {
  double rounded = std::floor(magnitude);
  const double rest = magnitude - rounded;
  if (rest > 0.5 || (rest == 0.5 && std::fmod(rounded, 2) == 1)) rounded += 1;
  const double limited = negative ? std::max(-rounded, -128.0) : std::min(rounded, 127.0);
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(limited)) & 0xFF;
}

}  // namespace

std::uint32_t multiply_fp32(std::uint32_t x, std::uint32_t y) {
  const float product = std::bit_cast<float>(x) * std::bit_cast<float>(y);
  return std::isnan(product) ? format::kFp32Nan : std::bit_cast<std::uint32_t>(product);
}

std::uint32_t int32_to_fp32(std::int32_t value) {
  const std::int64_t wide = value;
  return round_to_fp32(wide < 0, static_cast<UInt128>(wide < 0 ? -wide : wide), 0);
}

Converted convert(Format out, bool no_saturate, std::uint32_t fp32) {
  const double value = std::bit_cast<float>(fp32);
  const bool negative = (fp32 >> 31) != 0;
  const double magnitude = std::fabs(value);
  switch (out) {
    case Format::kFp32: return {std::isnan(value) ? format::kFp32Nan : fp32};
    case Format::kBf16:
    case Format::kE4m3:
    case Format::kE5m2:
      if (std::isnan(value)) return {format::nan_code(out)};
      return to_small_float(out, out != Format::kBf16 && !no_saturate, negative, magnitude);
    case Format::kInt8:
      if (std::isnan(value)) return {0, true};
      if (std::isinf(value)) return {negative ? 0x80U : 0x7FU};
      return {to_int8(negative, magnitude)};
    case Format::kInt32: break;
  }
  throw std::invalid_argument("Binary32 does not convert to format code " +
                              std::to_string(static_cast<unsigned>(out)) +
                              "; use FP32, BF16, E4M3, E5M2 or INT8.");
}

}  // namespace tessera::reference
