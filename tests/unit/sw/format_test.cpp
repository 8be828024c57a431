// SPDX-License-Identifier: Apache-2.0
//
// Formats: every code through every decoder, names, and the encoder used for operand data.

#include "format/format.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"
#include "support/value_ladder.hpp"

namespace {

using namespace tessera;
using format::Class;
using format::Format;

struct FloatCase {
  Format format;
  std::vector<double> ladder;  // The last entry is past the largest value
  std::uint32_t sign;
};

std::vector<FloatCase> float_cases() {
  return {{Format::kE4m3, test::e4m3_ladder(), 0x80},
          {Format::kE5m2, test::e5m2_ladder(), 0x80},
          {Format::kBf16, test::bf16_ladder(), 0x8000}};
}

bool same(double x, double y) { return x == y && std::signbit(x) == std::signbit(y); }

std::string error_of(const std::string& text) {
  try {
    format::parse(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every finite float code of both signs decodes to its value", "[format]") {
  for (const FloatCase& c : float_cases()) {
    std::size_t wrong = 0;
    for (std::uint32_t code = 0; code + 1 < c.ladder.size(); ++code) {
      wrong += !same(format::to_double(c.format, code), c.ladder[code]);
      wrong += !same(format::to_double(c.format, code | c.sign), -c.ladder[code]);
      const format::Exact exact = format::decode(c.format, code | c.sign);
      wrong += exact.cls != Class::kFinite || !exact.negative || exact.e < format::least_exponent(c.format);
      wrong += std::ldexp(exact.m, exact.e) != c.ladder[code];
    }
    CAPTURE(format::name(c.format));
    CHECK(wrong == 0);
  }
}

TEST_CASE("the codes above the largest value decode to infinity and NaN as the standards say", "[format]") {
  for (const std::uint32_t sign : {0x00U, 0x80U}) {
    CHECK(format::decode(Format::kE4m3, 0x7F | sign).cls == Class::kNan);
    CHECK(format::decode(Format::kE4m3, 0x7E | sign).cls == Class::kFinite);
    CHECK(format::decode(Format::kE5m2, 0x7C | sign).cls == Class::kInf);
    CHECK(format::decode(Format::kE5m2, 0x7C | sign).negative == (sign != 0));
    for (const std::uint32_t code : {0x7DU, 0x7EU, 0x7FU}) {
      CHECK(format::decode(Format::kE5m2, code | sign).cls == Class::kNan);
    }
  }
  std::size_t wrong = 0;
  for (const std::uint32_t sign : {0x0000U, 0x8000U}) {
    wrong += format::decode(Format::kBf16, 0x7F80 | sign).cls != Class::kInf;
    for (std::uint32_t code = 0x7F81; code <= 0x7FFF; ++code) {
      wrong += format::decode(Format::kBf16, code | sign).cls != Class::kNan;
    }
  }
  CHECK(wrong == 0);
  CHECK(std::isnan(format::to_double(Format::kE4m3, 0xFF)));
  CHECK(format::to_double(Format::kE5m2, 0xFC) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("every INT8 code decodes to two's complement", "[format]") {
  for (int value = -128; value <= 127; ++value) {
    const format::Exact exact = format::decode(Format::kInt8, static_cast<std::uint32_t>(value) & 0xFF);
    CHECK((exact.negative ? -1 : 1) * static_cast<int>(exact.m) == value);
    CHECK(exact.e == 0);
    CHECK(format::to_double(Format::kInt8, static_cast<std::uint32_t>(value) & 0xFF) == value);
  }
}

TEST_CASE("binary32 and INT32 decode like the machine's own types", "[format]") {
  std::size_t wrong = 0;
  for (std::uint64_t code = 0; code <= 0xFFFFFFFF; code += 65521) {  // A prime, so all fields vary
    const auto bits = static_cast<std::uint32_t>(code);
    const float expected = std::bit_cast<float>(bits);
    const double got = format::to_double(Format::kFp32, bits);
    wrong += std::isnan(expected) ? !std::isnan(got) : !same(got, expected);
    wrong += format::to_double(Format::kInt32, bits) != static_cast<std::int32_t>(bits);
  }
  CHECK(wrong == 0);
  CHECK(format::to_double(Format::kInt32, 0x80000000) == -2147483648.0);
  CHECK(format::to_double(Format::kFp32, 0x00000001) == 0x1p-149);
  CHECK(format::to_double(Format::kFp32, 0x7F7FFFFF) == 0x1.FFFFFEp127);
}

TEST_CASE("limits of the formats are those of the standards", "[format]") {
  CHECK(format::max_finite(Format::kInt8) == 127);
  CHECK(format::max_finite(Format::kE4m3) == 448);
  CHECK(format::max_finite(Format::kE5m2) == 57344);
  CHECK(format::max_finite(Format::kBf16) == 0x1.FEp127);
  CHECK(format::max_finite(Format::kFp32) == 0x1.FFFFFEp127);
  CHECK(format::max_finite(Format::kInt32) == 2147483647);
  CHECK(format::least_exponent(Format::kInt8) == 0);
  CHECK(format::least_exponent(Format::kE4m3) == -9);
  CHECK(format::least_exponent(Format::kE5m2) == -16);
  CHECK(format::least_exponent(Format::kBf16) == -133);
  CHECK(format::least_exponent(Format::kFp32) == -149);
  CHECK(format::byte_width(Format::kE4m3) == 1);
  CHECK(format::byte_width(Format::kBf16) == 2);
  CHECK(format::byte_width(Format::kInt32) == 4);
  CHECK_THROWS_AS(format::decode(Format::kE4m3, 0x100), std::invalid_argument);
}

TEST_CASE("format names parse in either case and an unknown name lists the known ones", "[format]") {
  for (const char* text : {"int8", "e4m3", "e5m2", "bf16", "fp32", "int32"}) {
    CHECK(format::name(format::parse(text)) == text);
  }
  CHECK(format::parse("E4M3") == Format::kE4m3);
  CHECK(format::parse("Bf16") == Format::kBf16);
  CHECK(error_of("fp9") ==
        "\"fp9\" is not an element format; use one of int8, e4m3, e5m2, bf16, fp32, int32.");
  CHECK_FALSE(error_of("").empty());
}

TEST_CASE("operands multiply within their family and MX is for FP8", "[format]") {
  using format::can_multiply;
  using format::Scaling;
  CHECK(can_multiply(Format::kE4m3, Format::kE5m2, Scaling::kMx));
  CHECK(can_multiply(Format::kE5m2, Format::kE4m3, Scaling::kPlain));
  CHECK(can_multiply(Format::kBf16, Format::kBf16, Scaling::kPlain));
  CHECK_FALSE(can_multiply(Format::kBf16, Format::kBf16, Scaling::kMx));
  CHECK_FALSE(can_multiply(Format::kInt8, Format::kInt8, Scaling::kMx));
  CHECK_FALSE(can_multiply(Format::kInt8, Format::kE4m3, Scaling::kPlain));
  CHECK_FALSE(can_multiply(Format::kFp32, Format::kFp32, Scaling::kPlain));
}

TEST_CASE("the data encoder rounds to nearest even between all neighbours of every format", "[format]") {
  for (const FloatCase& c : float_cases()) {
    std::size_t wrong = 0;
    for (std::uint32_t code = 0; code + 2 < c.ladder.size(); ++code) {
      const double low = c.ladder[code];
      const double middle = (low + c.ladder[code + 1]) / 2;
      for (const auto& [sign, s] : {std::pair{0U, 1.0}, std::pair{c.sign, -1.0}}) {
        wrong += format::encode_nearest(c.format, s * low) != (code | sign);
        wrong += format::encode_nearest(c.format, s * middle) != ((code + code % 2) | sign);
        wrong += format::encode_nearest(c.format, s * std::nextafter(middle, 0.0)) != (code | sign);
        wrong += format::encode_nearest(c.format, s * std::nextafter(middle, 1e300)) != ((code + 1) | sign);
      }
    }
    CAPTURE(format::name(c.format));
    CHECK(wrong == 0);
    CHECK(format::encode_nearest(c.format, 1e300) == c.ladder.size() - 2);
    CHECK(format::encode_nearest(c.format, -1e300) == ((c.ladder.size() - 2) | c.sign));
  }
  for (int value = -128; value < 127; ++value) {
    const int even = value % 2 == 0 ? value : value + 1;
    CHECK(format::encode_nearest(Format::kInt8, value) == (static_cast<std::uint32_t>(value) & 0xFF));
    CHECK(format::encode_nearest(Format::kInt8, value + 0.5) == (static_cast<std::uint32_t>(even) & 0xFF));
  }
  CHECK(format::encode_nearest(Format::kInt8, 1000) == 0x7F);
  CHECK(format::encode_nearest(Format::kInt8, -128.5) == 0x80);
  CHECK(format::encode_nearest(Format::kInt8, std::nan("")) == 0);
  CHECK(format::encode_nearest(Format::kE5m2, std::nan("")) == 0x7E);
}

TEST_CASE("elements are stored and loaded little-endian", "[format]") {
  std::vector<std::uint8_t> bytes(8);
  format::store(Format::kBf16, bytes, 1, 0x1234);
  format::store(Format::kFp32, bytes, 1, 0xDEADBEEF);
  CHECK(bytes == std::vector<std::uint8_t>{0, 0, 0x34, 0x12, 0xEF, 0xBE, 0xAD, 0xDE});
  CHECK(format::load(Format::kBf16, bytes, 1) == 0x1234);
  CHECK(format::load(Format::kFp32, bytes, 1) == 0xDEADBEEF);
  CHECK_THROWS_AS(format::load(Format::kFp32, bytes, 2), std::out_of_range);
}
