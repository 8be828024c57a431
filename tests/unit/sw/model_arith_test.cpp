// SPDX-License-Identifier: Apache-2.0
//
// The model's arithmetic against values worked out by hand, and against the reference on dense sets of
// inputs.

#include <random>
#include <vector>

#include "model/arith.hpp"
#include "model/operand.hpp"
#include "reference/accumulator.hpp"
#include "reference/convert.hpp"
#include "reference/fold.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;
using model::Accumulator;
using model::UInt128;
using spec::Format;

Accumulator term(unsigned acc_bits, int grid, bool negative, UInt128 p, int e) {
  Accumulator sum;
  model::add_term(sum, acc_bits, grid, negative, p, e);
  sum.acc &= model::width_mask(acc_bits);
  return sum;
}

bool is(const Accumulator& sum, UInt128 acc, unsigned flags) { return sum.acc == acc && sum.flags == flags; }

// binary32 codes around everything that conversion, multiplication or fold must decide.
std::vector<std::uint32_t> fp32_corners() {
  std::vector<std::uint32_t> codes = {0,          1,          2,          0x007fffff, 0x00800000,
                                      0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fffffff};
  for (std::uint32_t exponent = 100; exponent < 150; ++exponent) {
    for (std::uint32_t top = 0; top < 64; ++top) {  // Values and midpoints of up to 5 mantissa bits
      const std::uint32_t code = exponent << 23 | top << 17;
      for (const std::uint32_t near : {code - 1, code, code + 1}) codes.push_back(near);
    }
  }
  for (std::uint32_t exponent = 1; exponent < 255; exponent += 23) {
    for (std::uint32_t top = 0; top < 8; ++top) {  // The same for BF16
      const std::uint32_t code = exponent << 23 | top << 15;
      for (const std::uint32_t near : {code - 1, code, code + 1}) codes.push_back(near);
    }
  }
  const std::size_t positive = codes.size();
  for (std::size_t i = 0; i < positive; ++i) codes.push_back(codes[i] | 0x80000000);
  return codes;
}

}  // namespace

TEST_CASE("a term on the grid is added as it is", "[model][arith]") {
  CHECK(is(term(64, -32, false, 5, -32), 5, 0));
  CHECK(is(term(64, -32, false, 5, -30), 20, 0));
  CHECK(is(term(64, -32, true, 1, -32), 0xffffffffffffffff, 0));
  CHECK(is(term(96, 0, true, 1, 0), model::width_mask(96), 0));
  CHECK(is(term(128, 0, false, 0, 2000), 0, 0));  // Zero neither overflows nor is lost
  CHECK(is(term(128, 0, false, 0, -2000), 0, 0));
}

TEST_CASE("bits below the grid are cut toward zero and noted", "[model][arith]") {
  CHECK(is(term(64, 0, false, 7, -1), 3, model::kLost));
  CHECK(is(term(64, 0, true, 7, -1), model::width_mask(64) - 2, model::kLost));  // -3, not -4
  CHECK(is(term(64, 0, false, 6, -1), 3, 0));
  CHECK(is(term(64, 0, false, 1, -1), 0, model::kLost));
  CHECK(is(term(64, 0, true, 1, -127), 0, model::kLost));
  CHECK(is(term(64, 0, true, 1, -128), 0, model::kLost));
  CHECK(is(term(64, 0, false, 1, -5000), 0, model::kLost));
}

TEST_CASE("a term of 2^(L + T) or more only sets its overflow flag", "[model][arith]") {
  for (const unsigned w : {64U, 96U, 128U}) {
    const int t = static_cast<int>(w) - 17;
    CAPTURE(w);
    CHECK(is(term(w, 10, false, 1, 10 + t), 0, model::kPosOverflow));
    CHECK(is(term(w, 10, true, 1, 10 + t), 0, model::kNegOverflow));
    CHECK(is(term(w, 10, false, 1, 10 + t - 1), UInt128{1} << (t - 1), 0));
    CHECK(is(term(w, 10, false, 3, 10 + t - 1), 0, model::kPosOverflow));
    // All ones below the limit, with bits below the grid besides.
    CHECK(is(term(w, 10, false, (UInt128{1} << (t + 1)) - 1, 9), (UInt128{1} << t) - 1, model::kLost));
  }
}

TEST_CASE("2^16 terms of either sign and largest magnitude do not reach the sign bit", "[model][arith]") {
  Accumulator sum;
  const UInt128 largest = (UInt128{1} << 47) - 1;
  for (int i = 0; i < 65536; ++i) model::add_term(sum, 64, 0, false, largest, 0);
  CHECK((sum.acc & model::width_mask(64)) == largest * 65536);
  CHECK(((sum.acc >> 63) & 1) == 0);
  CHECK(sum.flags == 0);
}

TEST_CASE("fold rounds once, to nearest even", "[model][arith]") {
  const auto fold = [](UInt128 acc, int grid, unsigned flags = 0) {
    return model::fold({acc, static_cast<std::uint8_t>(flags)}, 128, grid);
  };
  CHECK(fold(0, 0) == 0);
  CHECK(fold(1, 0) == 0x3f800000);
  CHECK(fold(-UInt128{1}, 0) == 0xbf800000);
  CHECK(fold((1 << 24) + 1, 0) == 0x4b800000);                                  // Tie to even, down
  CHECK(fold((1 << 24) + 3, 0) == 0x4b800002);                                  // Tie to even, up
  CHECK(fold((UInt128{1} << 60) + (UInt128{1} << 36) + 1, -10) == 0x58800001);  // Just above a tie
  CHECK(fold((UInt128{1} << 25) - 1, 0) == 0x4c000000);  // Carry into the next power of two
  CHECK(fold(UInt128{1} << 127, 0) == 0xff000000);       // The most negative accumulator: -2^127
  CHECK(fold(1, -149) == 1);
  CHECK(fold(1, -150) == 0);                       // Tie with zero
  CHECK(fold(3, -150) == 2);                       // Tie of subnormals to even
  CHECK(fold((1 << 24) - 1, -150) == 0x00800000);  // Rounds up into the least normal
  CHECK(fold(1, 127) == 0x7f000000);
  CHECK(fold(1, 128) == 0x7f800000);
  CHECK(fold((1 << 24) - 1, 104) == 0x7f7fffff);
  CHECK(fold((1 << 25) - 1, 103) == 0x7f800000);  // Rounds up to infinity
  CHECK(fold(1, 1023) == 0x7f800000);
  CHECK(fold(UInt128{1} << 100, -1024) == 0);
  CHECK(fold(-UInt128{1}, -1024) == 0x80000000);  // Rounds to zero and keeps its sign
}

TEST_CASE("fold turns flags into NaN and infinities", "[model][arith]") {
  for (unsigned flags = 0; flags < 64; ++flags) {
    const bool positive = (flags & (model::kPosInf | model::kPosOverflow)) != 0;
    const bool negative = (flags & (model::kNegInf | model::kNegOverflow)) != 0;
    std::uint32_t expected = 0x40400000;
    if (positive) expected = 0x7f800000;
    if (negative) expected = 0xff800000;
    if ((positive && negative) || (flags & model::kNan) != 0) expected = 0x7fc00000;
    CAPTURE(flags);
    CHECK(model::fold({3, static_cast<std::uint8_t>(flags)}, 128, 0) == expected);
  }
}

TEST_CASE("integer results saturate at 32 bits in every accumulator width", "[model][arith]") {
  for (const unsigned w : {64U, 96U, 128U}) {
    const auto fold = [&](std::int64_t value) {
      return model::fold_int32({static_cast<UInt128>(model::Int128{value}) & model::width_mask(w), 0}, w);
    };
    CAPTURE(w);
    CHECK(fold(INT32_MAX).value == INT32_MAX);
    CHECK_FALSE(fold(INT32_MAX).saturated);
    CHECK(fold(std::int64_t{INT32_MAX} + 1).value == INT32_MAX);
    CHECK(fold(std::int64_t{INT32_MAX} + 1).saturated);
    CHECK(fold(INT32_MIN).value == INT32_MIN);
    CHECK_FALSE(fold(INT32_MIN).saturated);
    CHECK(fold(std::int64_t{INT32_MIN} - 1).value == INT32_MIN);
    CHECK(fold(std::int64_t{INT32_MIN} - 1).saturated);
    CHECK(fold(-1).value == -1);
  }
}

TEST_CASE("conversion takes the classic corners", "[model][arith]") {
  const auto code = [](Format out, bool no_saturate, std::uint32_t x) {
    return model::convert(out, no_saturate, x).code;
  };
  CHECK(code(Format::kE4m3, true, 0x43e80000) == 0x7e);  // 464 ties to 448
  CHECK(code(Format::kE4m3, true, 0x43e80001) == 0x7f);  // Just above
  CHECK(code(Format::kE4m3, true, 0xc3e80001) == 0x7f);  // The NaN made is the positive one
  CHECK(code(Format::kE4m3, false, 0xc3e80001) == 0xfe);
  CHECK(code(Format::kE4m3, false, 0x7f800000) == 0x7e);
  CHECK(code(Format::kE4m3, true, 0xff800000) == 0x7f);
  CHECK(code(Format::kE5m2, true, 0x476fffff) == 0x7b);  // Just below 61440
  CHECK(code(Format::kE5m2, true, 0x47700000) == 0x7c);
  CHECK(code(Format::kE5m2, true, 0xc7700000) == 0xfc);
  CHECK(code(Format::kE5m2, false, 0xff800000) == 0xfb);
  CHECK(code(Format::kE5m2, false, 0xffc12345) == 0x7e);
  CHECK(code(Format::kE4m3, false, 0x80000000) == 0x80);
  CHECK(code(Format::kE4m3, false, 0x3a800000) == 0x00);  // 2^-10: half the least, ties to zero
  CHECK(code(Format::kE4m3, false, 0x3a800001) == 0x01);
  CHECK(code(Format::kE4m3, false, 0x3c7fffff) == 0x08);  // Rounds up into the least normal
  CHECK(code(Format::kBf16, false, 0x7f7fffff) == 0x7f80);
  CHECK(code(Format::kBf16, false, 0x3f808000) == 0x3f80);
  CHECK(code(Format::kBf16, false, 0x3f818000) == 0x3f82);
  CHECK(code(Format::kBf16, false, 0xffffffff) == 0x7fc0);
  CHECK(code(Format::kFp32, false, 0x80000001) == 0x80000001);
  CHECK(code(Format::kInt8, false, 0x40200000) == 2);     // 2.5
  CHECK(code(Format::kInt8, false, 0x40600000) == 4);     // 3.5
  CHECK(code(Format::kInt8, false, 0xbf000000) == 0);     // -0.5
  CHECK(code(Format::kInt8, false, 0x42ff0000) == 127);   // 127.5 saturates
  CHECK(code(Format::kInt8, false, 0xc3008000) == 0x80);  // -128.5
  CHECK(code(Format::kInt8, false, 0x7f7fffff) == 127);
  CHECK(code(Format::kInt8, false, 0xff800000) == 0x80);
  CHECK(model::convert(Format::kInt8, false, 0x7fc00000).nan_to_int);
  CHECK(code(Format::kInt8, false, 0x7fc00000) == 0);
  CHECK_FALSE(model::convert(Format::kInt8, false, 0x7f800000).nan_to_int);
}

TEST_CASE("conversion agrees with the reference on all values, midpoints and their neighbours",
          "[model][arith][reference]") {
  for (const Format out : {Format::kE4m3, Format::kE5m2, Format::kBf16, Format::kFp32, Format::kInt8}) {
    for (const bool no_saturate : {false, true}) {
      for (const std::uint32_t x : fp32_corners()) {
        const model::Converted got = model::convert(out, no_saturate, x);
        const reference::Converted expected = reference::convert(out, no_saturate, x);
        if (got.code != expected.code || got.nan_to_int != expected.nan_to_zero) {
          CAPTURE(int(out), no_saturate, x);
          REQUIRE(got.code == expected.code);
          REQUIRE(got.nan_to_int == expected.nan_to_zero);
        }
      }
    }
  }
}

TEST_CASE("binary32 multiplication agrees with the reference on corners and random bits",
          "[model][arith][reference]") {
  const std::vector<std::uint32_t> corners = fp32_corners();
  std::mt19937 random(3);
  const auto operand = [&] { return random() % 2 != 0 ? corners[random() % corners.size()] : random(); };
  for (int i = 0; i < 300000; ++i) {
    const auto x = static_cast<std::uint32_t>(operand());
    const auto y = static_cast<std::uint32_t>(operand());
    const std::uint32_t got = model::multiply_fp32(x, y);
    if (got != reference::multiply_fp32(x, y)) {
      CAPTURE(x, y);
      REQUIRE(got == reference::multiply_fp32(x, y));
    }
  }
  CHECK(model::multiply_fp32(0x00800000, 0x3f000000) == 0x00400000);  // Into the subnormals
  CHECK(model::multiply_fp32(0x7f800000, 0x80000000) == 0x7fc00000);
  CHECK(model::multiply_fp32(0xbf800000, 0x00000000) == 0x80000000);
}

TEST_CASE("integers enter binary32 by one rounding", "[model][arith]") {
  CHECK(model::int32_to_fp32(0) == 0);
  CHECK(model::int32_to_fp32(-1) == 0xbf800000);
  CHECK(model::int32_to_fp32(INT32_MIN) == 0xcf000000);
  CHECK(model::int32_to_fp32(INT32_MAX) == 0x4f000000);
  CHECK(model::int32_to_fp32(16777217) == 0x4b800000);
  CHECK(model::int32_to_fp32(16777219) == 0x4b800002);
}

TEST_CASE("all products of every pair of 8-bit formats agree with the reference in every accumulator width",
          "[model][arith][reference]") {
  struct Pair {
    Format a;
    Format b;
    int grid;
  };
  for (const Pair& pair : {Pair{Format::kInt8, Format::kInt8, 0}, Pair{Format::kE4m3, Format::kE4m3, -32},
                           Pair{Format::kE4m3, Format::kE5m2, -32}, Pair{Format::kE5m2, Format::kE4m3, -32},
                           Pair{Format::kE5m2, Format::kE5m2, -32}}) {
    for (const unsigned w : {64U, 96U, 128U}) {
      const model::Mode mode = {pair.a, pair.b, false, pair.grid, w};
      std::vector<std::uint8_t> a(32, 0);
      std::vector<std::uint8_t> b(256 * 32, 0);  // Grain y: code y in element 0, zeros after it
      for (unsigned y = 0; y < 256; ++y) b[y * 32] = static_cast<std::uint8_t>(y);
      const model::Operand right(pair.b, b);
      for (unsigned x = 0; x < 256; ++x) {
        a[0] = static_cast<std::uint8_t>(x);
        const model::Operand left(pair.a, a);
        for (unsigned y = 0; y < 256; ++y) {
          Accumulator sum;
          model::accumulate(sum, mode, {&left, 0}, {&right, y}, 1);
          reference::Accumulator expected(static_cast<int>(w), pair.grid);
          expected.add_product(format::decode(pair.a, x), format::decode(pair.b, y));
          const reference::Sum e = expected.sum();
          const auto bit = [](bool on, model::Flag flag) { return on ? unsigned{flag} : 0U; };
          const unsigned flags = bit(e.flags.nan, model::kNan) | bit(e.flags.pinf, model::kPosInf) |
                                 bit(e.flags.ninf, model::kNegInf) | bit(e.flags.povf, model::kPosOverflow) |
                                 bit(e.flags.novf, model::kNegOverflow) | bit(e.flags.lost, model::kLost);
          if (!is(sum, static_cast<UInt128>(e.acc) & model::width_mask(w), flags)) {
            CAPTURE(int(pair.a), int(pair.b), w, x, y, flags, unsigned(sum.flags));
            FAIL("sum or flags differ");
          }
        }
      }
    }
  }
}
