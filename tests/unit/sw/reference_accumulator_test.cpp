// SPDX-License-Identifier: Apache-2.0
//
// Reference accumulator: the term rule, its flags, and merging.

#include "reference/accumulator.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;
using format::Class;
using format::Exact;
using reference::Accumulator;
using reference::Flags;
using reference::Int128;
using reference::merge;
using reference::Sum;
using reference::UInt128;

Sum one_term(int acc_bits, int grid, bool negative, UInt128 p, int e) {
  Accumulator sum(acc_bits, grid);
  sum.add_term(negative, p, e);
  return sum.sum();
}

Flags product_flags(const Exact& a, const Exact& b) {
  Accumulator sum(128, -80);
  sum.add_product(a, b);
  REQUIRE(sum.sum().acc == 0);
  return sum.sum().flags;
}

constexpr Flags kLost{.lost = true};
constexpr Flags kPovf{.povf = true};
constexpr Flags kNovf{.novf = true};

}  // namespace

TEST_CASE("a term is cut to the grid toward zero, evenly for both signs, and LOST tells",
          "[reference][term]") {
  for (const int acc_bits : {64, 96, 128}) {
    CAPTURE(acc_bits);
    const auto term = [&](bool negative, UInt128 p, int e) {
      return one_term(acc_bits, -36, negative, p, e);
    };
    CHECK(term(false, 1, -36) == Sum{1, {}});  // At 2^L
    CHECK(term(true, 1, -36) == Sum{-1, {}});
    CHECK(term(false, 1, -37) == Sum{0, kLost});  // Just below
    CHECK(term(true, 1, -37) == Sum{0, kLost});
    CHECK(term(false, 3, -37) == Sum{1, kLost});
    CHECK(term(true, 3, -37) == Sum{-1, kLost});  // Toward zero, not to -2
    CHECK(term(false, 65025, -52) == Sum{0, kLost});
    CHECK(term(false, 1, -600) == Sum{0, kLost});  // Far below
    CHECK(term(true, 65025, -600) == Sum{0, kLost});
    CHECK(term(false, 8, -39) == Sum{1, {}});  // Below the grid by its exponent, but no bit lost
    CHECK(term(false, 0, 500) == Sum{});
    CHECK(term(true, 0, -500) == Sum{});
  }
}

TEST_CASE("a term of 2^(L+T) or more overflows by its sign and adds nothing", "[reference][term]") {
  for (const int acc_bits : {64, 96, 128}) {
    const int grid = -20;
    const int t = acc_bits - 1 - 16;
    CAPTURE(acc_bits);
    CHECK(one_term(acc_bits, grid, false, 1, grid + t) == Sum{0, kPovf});
    CHECK(one_term(acc_bits, grid, true, 1, grid + t) == Sum{0, kNovf});
    CHECK(one_term(acc_bits, grid, false, 1, grid + t - 1) == Sum{Int128{1} << (t - 1), {}});
    const UInt128 ones = (UInt128{1} << t) - 1;  // The largest term that fits
    CHECK(one_term(acc_bits, grid, true, ones, grid) == Sum{-static_cast<Int128>(ones), {}});
    CHECK(one_term(acc_bits, grid, false, ones + 1, grid) == Sum{0, kPovf});
    // Past the accumulator and with bits below the grid: it contributes nothing, so it loses nothing.
    if (t < 120)
      CHECK(one_term(acc_bits, grid, false, (UInt128{1} << (t + 1)) + 1, grid - 1) == Sum{0, kPovf});
    CHECK(one_term(acc_bits, grid, true, 1, 1000) == Sum{0, kNovf});
  }
}

TEST_CASE("both overflows in one sum are remembered apart", "[reference][term]") {
  Accumulator sum(64, -36);
  sum.add_term(false, 1, 100);
  sum.add_term(true, 1, 100);
  sum.add_term(false, 5, -36);
  CHECK(sum.sum() == Sum{5, {.povf = true, .novf = true}});
}

TEST_CASE("2^16 largest terms of either sign fit the accumulator", "[reference][term]") {
  for (const int acc_bits : {64, 96, 128}) {
    const int t = acc_bits - 1 - 16;
    for (const bool negative : {false, true}) {
      Accumulator sum(acc_bits, 0);
      const UInt128 ones = (UInt128{1} << t) - 1;
      for (int i = 0; i < 65536; ++i) sum.add_term(negative, ones, 0);
      const Int128 expected = static_cast<Int128>(ones << 16);
      CHECK(sum.sum() == Sum{negative ? -expected : expected, {}});
    }
  }
}

TEST_CASE("sums wrap modulo 2^W and come back, merged in any order", "[reference][term]") {
  for (const int acc_bits : {64, 96, 128}) {
    const Int128 most = static_cast<Int128>((UInt128{1} << (acc_bits - 1)) - 1);
    const Sum top{most, {}};
    const Sum one{1, {}};
    const Sum wrapped = merge(top, one, acc_bits);
    CHECK(wrapped == Sum{-most - 1, {}});  // The most negative accumulator
    CHECK(merge(wrapped, {-1, {}}, acc_bits) == top);
    CHECK(merge(wrapped, wrapped, acc_bits) == Sum{0, {}});  // It is its own negation
    CHECK(merge(merge(top, top, acc_bits), one, acc_bits) == merge(top, merge(one, top, acc_bits), acc_bits));
  }
  CHECK(merge({1, {.nan = true, .povf = true}}, {2, {.pinf = true, .ninf = true, .novf = true, .lost = true}},
              128) == Sum{3, {true, true, true, true, true, true}});
}

TEST_CASE("products of NaN, infinity and zero set flags and add nothing", "[reference][term]") {
  const Exact nan{Class::kNan, true, 0, 0};
  const Exact inf{Class::kInf, false, 0, 0};
  const Exact minus_inf{Class::kInf, true, 0, 0};
  const Exact zero{Class::kFinite, false, 0, -16};
  const Exact minus_zero{Class::kFinite, true, 0, -16};
  const Exact two{Class::kFinite, false, 2, 0};
  const Exact minus_two{Class::kFinite, true, 2, 0};
  constexpr Flags kNan{.nan = true};
  constexpr Flags kPinf{.pinf = true};
  constexpr Flags kNinf{.ninf = true};
  for (const Exact& x : {nan, inf, minus_inf, zero, minus_zero, two, minus_two}) {
    CHECK(product_flags(nan, x) == kNan);
    CHECK(product_flags(x, nan) == kNan);
  }
  for (const Exact& x : {zero, minus_zero}) {
    CHECK(product_flags(inf, x) == kNan);
    CHECK(product_flags(x, minus_inf) == kNan);
    CHECK(product_flags(x, minus_two) == Flags{});
  }
  CHECK(product_flags(inf, two) == kPinf);
  CHECK(product_flags(minus_two, inf) == kNinf);
  CHECK(product_flags(minus_inf, minus_two) == kPinf);
  CHECK(product_flags(minus_inf, inf) == kNinf);
}

TEST_CASE("an FP32 partial is one more term", "[reference][term]") {
  const auto add = [](std::uint32_t bits, int grid) {
    Accumulator sum(128, grid);
    sum.add_fp32(bits);
    return sum.sum();
  };
  CHECK(add(0x3FC00000, -80) == Sum{Int128{3} << 79, {}});
  CHECK(add(0xBFC00000, -80) == Sum{-(Int128{3} << 79), {}});
  CHECK(add(0x80000000, -80) == Sum{});
  CHECK(add(0x00000001, -80) == Sum{0, kLost});
  CHECK(add(0x80000003, -150) == Sum{-6, {}});
  CHECK(add(0x7F7FFFFF, -80) == Sum{0, kPovf});
  CHECK(add(0xFF7FFFFF, -80) == Sum{0, kNovf});
  CHECK(add(0x7F800000, -80) == Sum{0, {.pinf = true}});
  CHECK(add(0xFF800000, -80) == Sum{0, {.ninf = true}});
  CHECK(add(0x7FC00000, -80) == Sum{0, {.nan = true}});
}
