// SPDX-License-Identifier: Apache-2.0
//
// Reference epilogue: conversions from binary32 by construction, multiplication, integer entry.

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "reference/convert.hpp"
#include "support/catch.hpp"
#include "support/value_ladder.hpp"

namespace {

using namespace tessera;
using format::Format;
using reference::convert;
using reference::Converted;

constexpr float kInf = std::numeric_limits<float>::infinity();

std::uint32_t bits(double value) {
  const auto narrow = static_cast<float>(value);
  REQUIRE(static_cast<double>(narrow) == value);  // Test inputs are exact binary32 numbers
  return std::bit_cast<std::uint32_t>(narrow);
}

std::uint32_t up(std::uint32_t positive) { return positive + 1; }
std::uint32_t down(std::uint32_t positive) { return positive - 1; }

struct OutCase {
  Format format;
  std::vector<double> ladder;  // The last entry is past the largest value
  std::uint32_t sign;
};

}  // namespace

TEST_CASE("conversion is right at every value, every midpoint and next to them, both signs",
          "[reference][convert]") {
  const OutCase cases[] = {{Format::kE4m3, test::e4m3_ladder(), 0x80},
                           {Format::kE5m2, test::e5m2_ladder(), 0x80},
                           {Format::kBf16, test::bf16_ladder(), 0x8000}};
  for (const OutCase& c : cases) {
    for (const bool no_saturate : {false, true}) {
      std::size_t wrong = 0;
      const auto expect = [&](std::uint32_t fp32, std::uint32_t code) {
        wrong += convert(c.format, no_saturate, fp32) != Converted{code};
        wrong += convert(c.format, no_saturate, fp32 | 0x80000000) != Converted{code | c.sign};
      };
      for (std::uint32_t code = 0; code + 2 < c.ladder.size(); ++code) {
        const std::uint32_t value = bits(c.ladder[code]);
        const std::uint32_t middle = bits((c.ladder[code] + c.ladder[code + 1]) / 2);
        expect(value, code);
        expect(up(value), code);
        if (code > 0) expect(down(value), code);
        expect(middle, code % 2 == 0 ? code : code + 1);
        expect(down(middle), code);
        expect(up(middle), code + 1);
      }
      CAPTURE(format::name(c.format), no_saturate);
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("INT8 conversion is right at every value, every midpoint and next to them",
          "[reference][convert]") {
  for (int value = -128; value <= 127; ++value) {
    const auto code = [](int x) { return Converted{static_cast<std::uint32_t>(x) & 0xFF}; };
    const auto narrow = static_cast<float>(value);
    const float middle = narrow + 0.5F;
    CHECK(convert(Format::kInt8, false, bits(narrow)) == code(value));
    CHECK(convert(Format::kInt8, false, bits(std::nextafter(narrow, kInf))) == code(value));
    CHECK(convert(Format::kInt8, false, bits(std::nextafter(narrow, -kInf))) == code(value));
    if (value == 127) break;
    CHECK(convert(Format::kInt8, false, bits(middle)) == code(value % 2 == 0 ? value : value + 1));
    CHECK(convert(Format::kInt8, false, bits(std::nextafter(middle, -kInf))) == code(value));
    CHECK(convert(Format::kInt8, false, bits(std::nextafter(middle, kInf))) == code(value + 1));
  }
  CHECK(convert(Format::kInt8, false, 0x80000000) == Converted{0x00});
  CHECK(convert(Format::kInt8, false, 0x00000001) == Converted{0x00});
}

TEST_CASE("E4M3 saturation is decided after rounding", "[reference][convert]") {
  const std::uint32_t tie = bits(464);
  for (const bool no_saturate : {false, true}) {
    CHECK(convert(Format::kE4m3, no_saturate, bits(static_cast<double>(447.99F))) == Converted{0x7E});
    CHECK(convert(Format::kE4m3, no_saturate, tie) == Converted{0x7E});
    CHECK(convert(Format::kE4m3, no_saturate, tie | 0x80000000) == Converted{0xFE});
  }
  const std::uint32_t past[] = {up(tie), bits(480), 0x7F7FFFFF, 0x7F800000};
  for (const std::uint32_t x : past) {
    CAPTURE(x);
    CHECK(convert(Format::kE4m3, false, x) == Converted{0x7E});
    CHECK(convert(Format::kE4m3, false, x | 0x80000000) == Converted{0xFE});
    CHECK(convert(Format::kE4m3, true, x) == Converted{0x7F});
    CHECK(convert(Format::kE4m3, true, x | 0x80000000) == Converted{0x7F});
  }
}

TEST_CASE("E5M2 overflows from 61440 on", "[reference][convert]") {
  const std::uint32_t tie = bits(61440);
  for (const bool no_saturate : {false, true}) {
    CHECK(convert(Format::kE5m2, no_saturate, down(tie)) == Converted{0x7B});
    CHECK(convert(Format::kE5m2, no_saturate, down(tie) | 0x80000000) == Converted{0xFB});
  }
  for (const std::uint32_t x : {tie, up(tie), bits(65536), 0x7F7FFFFFU, 0x7F800000U}) {
    CAPTURE(x);
    CHECK(convert(Format::kE5m2, false, x) == Converted{0x7B});
    CHECK(convert(Format::kE5m2, false, x | 0x80000000) == Converted{0xFB});
    CHECK(convert(Format::kE5m2, true, x) == Converted{0x7C});
    CHECK(convert(Format::kE5m2, true, x | 0x80000000) == Converted{0xFC});
  }
}

TEST_CASE("BF16 overflows to infinity as IEEE 754 says and never saturates", "[reference][convert]") {
  CHECK(convert(Format::kBf16, false, 0x7F7F7FFF) == Converted{0x7F7F});
  CHECK(convert(Format::kBf16, false, 0x7F7F8000) == Converted{0x7F80});
  CHECK(convert(Format::kBf16, false, 0x7F7FFFFF) == Converted{0x7F80});
  CHECK(convert(Format::kBf16, false, 0xFF7FFFFF) == Converted{0xFF80});
  CHECK(convert(Format::kBf16, false, 0xFF800000) == Converted{0xFF80});
  CHECK(convert(Format::kBf16, false, 0x007F8000) ==
        Converted{0x0080});  // The largest subnormal carries to a normal
}

TEST_CASE("INT8 saturates, and a NaN becomes 0 and is reported", "[reference][convert]") {
  CHECK(convert(Format::kInt8, false, bits(127.5)) == Converted{0x7F});
  CHECK(convert(Format::kInt8, false, bits(1e6)) == Converted{0x7F});
  CHECK(convert(Format::kInt8, false, 0x7F800000) == Converted{0x7F});
  CHECK(convert(Format::kInt8, false, bits(-128.5)) == Converted{0x80});
  CHECK(convert(Format::kInt8, false, 0xFF7FFFFF) == Converted{0x80});
  CHECK(convert(Format::kInt8, false, 0xFF800000) == Converted{0x80});
  CHECK(convert(Format::kInt8, false, 0x7FC00000) == Converted{0, true});
  CHECK(convert(Format::kInt8, false, 0xFF800001) == Converted{0, true});
}

TEST_CASE("every NaN converts to the positive canonical one", "[reference][convert]") {
  for (const std::uint32_t nan : {0x7FC00000U, 0x7F800001U, 0xFFFFFFFFU}) {
    CHECK(convert(Format::kE4m3, false, nan) == Converted{0x7F});
    CHECK(convert(Format::kE4m3, true, nan) == Converted{0x7F});
    CHECK(convert(Format::kE5m2, false, nan) == Converted{0x7E});
    CHECK(convert(Format::kE5m2, true, nan) == Converted{0x7E});
    CHECK(convert(Format::kBf16, false, nan) == Converted{0x7FC0});
    CHECK(convert(Format::kFp32, false, nan) == Converted{0x7FC00000});
  }
}

TEST_CASE("conversion keeps the sign of zero and passes binary32 through", "[reference][convert]") {
  CHECK(convert(Format::kE4m3, false, 0x80000000) == Converted{0x80});
  CHECK(convert(Format::kE5m2, false, 0x80000001) == Converted{0x80});  // A tiny negative rounds to -0
  CHECK(convert(Format::kBf16, false, 0x80000000) == Converted{0x8000});
  for (const std::uint32_t x : {0U, 1U, 0x80000000U, 0x7F7FFFFFU, 0xFF800000U}) {
    CHECK(convert(Format::kFp32, false, x) == Converted{x});
  }
  CHECK_THROWS_AS(convert(Format::kInt32, false, 0), std::invalid_argument);
}

TEST_CASE("integers enter binary32 by one rounding to nearest even", "[reference][convert]") {
  CHECK(reference::int32_to_fp32(0) == 0x00000000);
  CHECK(reference::int32_to_fp32(-1) == 0xBF800000);
  CHECK(reference::int32_to_fp32(16777217) == 0x4B800000);  // 2^24 + 1: tie to even, down
  CHECK(reference::int32_to_fp32(16777219) == 0x4B800002);  // 2^24 + 3: tie to even, up
  CHECK(reference::int32_to_fp32(2147483647) == 0x4F000000);
  CHECK(reference::int32_to_fp32(-2147483647 - 1) == 0xCF000000);
  std::size_t wrong = 0;
  for (std::int64_t x = -2147483648LL; x <= 2147483647LL; x += 104729) {
    const auto value = static_cast<std::int32_t>(x);
    wrong += reference::int32_to_fp32(value) != std::bit_cast<std::uint32_t>(static_cast<float>(value));
  }
  CHECK(wrong == 0);
}

TEST_CASE("scaling is one binary32 multiplication with subnormals and a canonical NaN",
          "[reference][convert]") {
  using reference::multiply_fp32;
  CHECK(multiply_fp32(0x3F800000, 0x40490FDB) == 0x40490FDB);
  CHECK(multiply_fp32(0x00800000, 0x3F000000) == 0x00400000);  // The least normal halved
  CHECK(multiply_fp32(0x00000001, 0x3F000000) == 0x00000000);  // 2^-150: tie to even
  CHECK(multiply_fp32(0x00000003, 0xBF000000) == 0x80000002);  // -1.5 * 2^-149: tie to even
  CHECK(multiply_fp32(0x3F800001, 0x3F800001) ==
        0x3F800002);  // (1 + 2^-23)^2, the square of 2^-23 rounds away
  CHECK(multiply_fp32(0x7F7FFFFF, 0xC0000000) == 0xFF800000);
  CHECK(multiply_fp32(0x7F800000, 0x80000000) == 0x7FC00000);  // Inf * 0
  CHECK(multiply_fp32(0xFFA00001, 0x3F800000) == 0x7FC00000);
  CHECK(multiply_fp32(0x80000000, 0x40000000) == 0x80000000);
}
