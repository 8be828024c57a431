// SPDX-License-Identifier: Apache-2.0
//
// Distributions "uniform" and "special".

#include <array>

#include "workload/patterns.hpp"

namespace tessera::workload {
namespace {

using format::Format;
using Codes = std::vector<std::uint32_t>;

constexpr std::array<std::uint8_t, 6> kExtremeScales = {0x00, 0x01, 0x7F, 0xFD, 0xFE, 0xFF};

// Zeros, least and largest subnormal, least normal, one, the largest, and what is next to them; both signs.
Codes finite_corners(Format format) {
  switch (format) {
    case Format::kInt8: return {0x00, 0x01, 0xFF, 0x7F, 0x7E, 0x80, 0x81, 0x40, 0xC0};
    case Format::kE4m3:
      return {0x00, 0x80, 0x01, 0x81, 0x07, 0x87, 0x08, 0x88, 0x38, 0xB8, 0x77, 0xF7, 0x7D, 0xFD, 0x7E, 0xFE};
    case Format::kE5m2:
      return {0x00, 0x80, 0x01, 0x81, 0x03, 0x83, 0x04, 0x84, 0x3C, 0xBC, 0x77, 0xF7, 0x7A, 0xFA, 0x7B, 0xFB};
    default:
      return {0x0000, 0x8000, 0x0001, 0x8001, 0x007F, 0x807F, 0x0080, 0x8080,
              0x3F80, 0xBF80, 0x5F80, 0xDF80, 0x2000, 0xA000, 0x7F7F, 0xFF7F};
  }
}

Codes infinities(Format format) {
  if (format == Format::kE5m2) return {0x7C, 0xFC};
  if (format == Format::kBf16) return {0x7F80, 0xFF80};
  return {};
}

// Canonical, negative, and for formats with several, one more payload.
Codes nans(Format format) {
  switch (format) {
    case Format::kE4m3: return {0x7F, 0xFF};
    case Format::kE5m2: return {0x7E, 0x7D, 0xFF};
    case Format::kBf16: return {0x7FC0, 0x7F81, 0xFFFF};
    default: return {};
  }
}

std::uint32_t pick(const Codes& codes, Random& random) {
  return codes[random.below(static_cast<std::uint32_t>(codes.size()))];
}

std::uint32_t usual_scale(Random& random) { return 100 + random.below(51); }

std::uint32_t uniform_code(Format format, Random& random) {
  return static_cast<std::uint32_t>(random.next() >> (64 - format::bit_width(format)));
}

}  // namespace

std::vector<std::uint8_t> uniform_codes(const Matrix& shape, Random& random) {
  std::vector<std::uint8_t> bytes(shape.rows * shape.k * format::byte_width(shape.format));
  for (std::size_t i = 0; i < shape.rows * shape.k; ++i) {
    format::store(shape.format, bytes, i, uniform_code(shape.format, random));
  }
  return bytes;
}

std::vector<std::uint8_t> uniform_scales(std::size_t count, Random& random) {
  std::vector<std::uint8_t> scales;
  for (std::size_t i = 0; i < count; ++i) {
    const bool extreme = random.one_in(64);
    scales.push_back(extreme ? kExtremeScales[random.below(kExtremeScales.size())]
                             : static_cast<std::uint8_t>(usual_scale(random)));
  }
  return scales;
}

std::vector<std::uint8_t> uniform_col_scales(std::size_t n, Random& random) {
  std::vector<std::uint8_t> bytes(n * 4);
  for (std::size_t i = 0; i < n; ++i) {
    const bool extreme = random.one_in(64);
    const std::uint32_t bits = uniform_code(Format::kFp32, random);
    format::store(Format::kFp32, bytes, i, extreme ? bits : (bits & 0x807FFFFF) | usual_scale(random) << 23);
  }
  return bytes;
}

std::vector<std::uint8_t> special_codes(const Matrix& shape, Random& random) {
  const Codes corners = finite_corners(shape.format);
  const Codes inf = infinities(shape.format);
  const Codes nan = nans(shape.format);
  std::vector<std::uint8_t> bytes(shape.rows * shape.k * format::byte_width(shape.format));
  const auto put = [&](std::size_t row, std::size_t k, std::uint32_t code) {
    format::store(shape.format, bytes, row * shape.k + k, code);
  };
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t k = 0; k < shape.k; ++k) {
      // A quarter is arbitrary, so that corners also meet ordinary values.
      std::uint32_t code = random.one_in(4) ? uniform_code(shape.format, random) : pick(corners, random);
      if (format::decode(shape.format, code).cls != format::Class::kFinite) code = 0;
      put(row, k, code);
    }
    const std::uint32_t kind = random.below(8);
    const std::size_t place = random.below(static_cast<std::uint32_t>(shape.k));
    if ((kind == 4 || kind == 5) && !inf.empty()) put(row, place, pick(inf, random));
    if (kind == 6 && !nan.empty()) put(row, place, pick(nan, random));
    if (kind == 7) {
      for (std::size_t k = 0; k < shape.k; ++k) {
        if (random.one_in(4) && !inf.empty()) put(row, k, pick(inf, random));
        if (random.one_in(16) && !nan.empty()) put(row, k, pick(nan, random));
      }
    }
  }
  return bytes;
}

std::vector<std::uint8_t> special_scales(std::size_t rows, std::size_t blocks, Random& random) {
  std::vector<std::uint8_t> scales;
  for (std::size_t row = 0; row < rows; ++row) {
    const bool may_be_nan = random.one_in(8);
    for (std::size_t block = 0; block < blocks; ++block) {
      const auto extremes = static_cast<std::uint32_t>(kExtremeScales.size()) - (may_be_nan ? 0 : 1);
      scales.push_back(random.one_in(2) ? kExtremeScales[random.below(extremes)]
                                        : static_cast<std::uint8_t>(usual_scale(random)));
    }
  }
  return scales;
}

std::vector<std::uint8_t> special_col_scales(std::size_t n, Random& random) {
  const Codes corners = {0x00000000, 0x80000000, 0x00000001, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF,
                         0x7F800000, 0x7FC00000, 0xFFA00001, 0x3F800000, 0xBF800000, 0x3F800001};
  std::vector<std::uint8_t> bytes(n * 4);
  for (std::size_t i = 0; i < n; ++i) format::store(Format::kFp32, bytes, i, pick(corners, random));
  return bytes;
}

}  // namespace tessera::workload
