// SPDX-License-Identifier: Apache-2.0
//
// Reference fold: from a fixed-point sum to one rounded binary32 or INT32.

#include <bit>
#include <cmath>
#include <cstdint>

#include "reference/fold.hpp"
#include "support/catch.hpp"
#include "workload/random.hpp"

namespace {

using namespace tessera;
using reference::fold;
using reference::Int128;
using reference::Sum;
using reference::UInt128;

constexpr Int128 kMost128 = static_cast<Int128>(~UInt128{0} >> 1);

Sum sum_of(Int128 acc) { return {acc, {}}; }

}  // namespace

TEST_CASE("fold gives the hand-computed binary32", "[reference][fold]") {
  CHECK(fold(sum_of(0), -80) == 0x00000000);
  CHECK(fold(sum_of(1), 0) == 0x3F800000);
  CHECK(fold(sum_of(-1), 0) == 0xBF800000);
  CHECK(fold(sum_of(3), -1) == 0x3FC00000);
  CHECK(fold(sum_of((1 << 24) + 1), 0) == 0x4B800000);  // Tie to even, down
  CHECK(fold(sum_of((1 << 24) + 3), 0) == 0x4B800002);  // Tie to even, up
  CHECK(fold(sum_of((1 << 25) + 3), 0) == 0x4C000001);  // Past the tie
  CHECK(fold(sum_of((1 << 25) - 1), 0) == 0x4C000000);  // Carry into the next binade
  CHECK(fold(sum_of(-((1 << 25) - 1)), 0) == 0xCC000000);
  CHECK(fold(sum_of(kMost128), 0) == 0x7F000000);       // 2^127 - 1
  CHECK(fold(sum_of(-kMost128 - 1), 0) == 0xFF000000);  // -2^127, the most negative accumulator of W = 128
  CHECK(fold(sum_of(-(Int128{1} << 63)), -36) == 0xCD000000);  // -2^27, the most negative one of W = 64
}

TEST_CASE("fold produces subnormals and zeros that keep the sign of the sum", "[reference][fold]") {
  CHECK(fold(sum_of(1), -149) == 0x00000001);
  CHECK(fold(sum_of(1), -126) == 0x00800000);
  CHECK(fold(sum_of(1), -150) == 0x00000000);  // Half the least subnormal: tie to even
  CHECK(fold(sum_of(-1), -150) == 0x80000000);
  CHECK(fold(sum_of(3), -151) == 0x00000001);         // Three quarters
  CHECK(fold(sum_of(3), -150) == 0x00000002);         // 1.5: tie to even
  CHECK(fold(sum_of(5), -150) == 0x00000002);         // 2.5: tie to even
  CHECK(fold(sum_of(0xFFFFFF), -150) == 0x00800000);  // Rounds up into the least normal
  CHECK(fold(sum_of(0x7FFFFF), -149) == 0x007FFFFF);
  CHECK(fold(sum_of(kMost128), -1024) == 0x00000000);
  CHECK(fold(sum_of(-kMost128), -1024) == 0x80000000);
}

TEST_CASE("fold overflows to infinity from the midpoint past the largest number on", "[reference][fold]") {
  const Int128 largest = Int128{0xFFFFFF} << 40;  // Largest binary32 number on grid 2^64
  const Int128 half = Int128{1} << 39;
  CHECK(fold(sum_of(largest), 64) == 0x7F7FFFFF);
  CHECK(fold(sum_of(largest + half - 1), 64) == 0x7F7FFFFF);
  CHECK(fold(sum_of(largest + half), 64) == 0x7F800000);
  CHECK(fold(sum_of(-largest - half + 1), 64) == 0xFF7FFFFF);
  CHECK(fold(sum_of(-largest - half), 64) == 0xFF800000);
  CHECK(fold(sum_of(1), 128) == 0x7F800000);
  CHECK(fold(sum_of(-1), 1023) == 0xFF800000);
}

TEST_CASE("fold is right at values, midpoints and next to midpoints across all of binary32",
          "[reference][fold]") {
  std::size_t wrong = 0;
  for (std::uint32_t exponent = 0; exponent < 255; ++exponent) {
    for (const std::uint32_t fraction : {0U, 1U, 2U, 0x3FFFFFU, 0x400000U, 0x555555U, 0x7FFFFEU, 0x7FFFFFU}) {
      const std::uint32_t code = exponent << 23 | fraction;
      // code is m * 2^e; the midpoint to code + 1 is (2m + 1) * 2^(e - 1), written with 60 more bits below.
      const Int128 m = exponent == 0 ? fraction : fraction + 0x800000;
      const int grid = (exponent == 0 ? 1 : static_cast<int>(exponent)) - 150 - 61;
      const Int128 middle = (2 * m + 1) << 60;
      const std::uint32_t even = code + code % 2;
      for (const Int128 s : {Int128{1}, Int128{-1}}) {
        const std::uint32_t sign = s < 0 && m != 0 ? 0x80000000 : 0;
        const std::uint32_t sign_above = s < 0 ? 0x80000000 : 0;
        wrong += fold(sum_of(s * (m << 61)), grid) != (code | sign);
        wrong += fold(sum_of(s * middle), grid) != (even | sign_above);
        wrong += fold(sum_of(s * (middle - 1)), grid) != (code | sign_above);
        wrong += fold(sum_of(s * (middle + 1)), grid) != ((code + 1) | sign_above);
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("fold agrees with the machine's conversion from double and from 128-bit integers",
          "[reference][fold]") {
  workload::Random random(20260101);
  std::size_t wrong = 0;
  for (int i = 0; i < 200000; ++i) {
    const auto p = static_cast<std::int64_t>(random.next() >> (11 + random.below(40)));
    const int grid = static_cast<int>(random.below(330)) - 200;
    const auto expected = static_cast<float>(std::ldexp(static_cast<double>(p), grid));
    wrong += fold(sum_of(p), grid) != std::bit_cast<std::uint32_t>(expected);

    const int shift = static_cast<int>(random.below(128));
    const auto wide = static_cast<Int128>(UInt128{random.next()} << 64 | random.next()) >> shift;
    wrong += fold(sum_of(wide), 0) != std::bit_cast<std::uint32_t>(static_cast<float>(wide));
  }
  CHECK(wrong == 0);
}

TEST_CASE("flags decide the result before the sum does", "[reference][fold]") {
  const auto with = [](reference::Flags flags) { return fold({12345, flags}, 0); };
  CHECK(with({.nan = true}) == 0x7FC00000);
  CHECK(with({.nan = true, .pinf = true}) == 0x7FC00000);
  CHECK(with({.pinf = true}) == 0x7F800000);
  CHECK(with({.ninf = true}) == 0xFF800000);
  CHECK(with({.povf = true}) == 0x7F800000);
  CHECK(with({.novf = true}) == 0xFF800000);
  CHECK(with({.pinf = true, .ninf = true}) == 0x7FC00000);
  CHECK(with({.povf = true, .novf = true}) == 0x7FC00000);
  CHECK(with({.pinf = true, .novf = true}) == 0x7FC00000);
  CHECK(with({.ninf = true, .povf = true}) == 0x7FC00000);
  CHECK(with({.lost = true}) == 0x4640E400);  // 12345: LOST alone changes nothing
}

TEST_CASE("integer fold saturates to INT32 and says so", "[reference][fold]") {
  using reference::fold_int32;
  using reference::Int32Result;
  CHECK(fold_int32(sum_of(-5)) == Int32Result{-5, false});
  CHECK(fold_int32(sum_of(2147483647)) == Int32Result{2147483647, false});
  CHECK(fold_int32(sum_of(Int128{2147483647} + 1)) == Int32Result{2147483647, true});
  CHECK(fold_int32(sum_of(-Int128{2147483648})) == Int32Result{-2147483647 - 1, false});
  CHECK(fold_int32(sum_of(-Int128{2147483648} - 1)) == Int32Result{-2147483647 - 1, true});
  CHECK(fold_int32(sum_of(-kMost128 - 1)) == Int32Result{-2147483647 - 1, true});
}
