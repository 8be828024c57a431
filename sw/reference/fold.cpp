// SPDX-License-Identifier: Apache-2.0

#include "reference/fold.hpp"

#include <algorithm>
#include <limits>

namespace tessera::reference {
namespace {

constexpr std::uint32_t kSign = 0x80000000;
constexpr std::uint32_t kInfinity = 0x7F800000;

struct Scaled {
  std::uint32_t m;
  int e;
};

// Value m * 2^e of a non-negative binary32 code. Infinity's code reads as 2^128, the number that would follow
// the largest one if the exponent went on: rounding decides overflow as if it were there (IEEE
// 754-2019, 7.4).
Scaled value_of(std::uint32_t code) {
  const int exponent = static_cast<int>(code >> 23);
  const std::uint32_t fraction = code & 0x7FFFFF;
  return exponent == 0 ? Scaled{fraction, -149} : Scaled{fraction | 0x800000, exponent - 150};
}

}  // namespace

int compare(UInt128 p, int e, UInt128 q, int f) {
  if (p == 0 || q == 0) return (p != 0) - (q != 0);
  const int p_bits = bit_length(p);
  const int q_bits = bit_length(q);
  if (p_bits + e != q_bits + f) return p_bits + e < q_bits + f ? -1 : 1;
  // The highest bits weigh the same: move both to the top and compare as integers.
  p <<= 128 - p_bits;
  q <<= 128 - q_bits;
  return (p > q) - (p < q);
}

std::uint32_t round_to_fp32(bool negative, UInt128 p, int e) {
  const std::uint32_t sign = negative ? kSign : 0;
  // Invariant: value_of(below) <= p * 2^e < value_of(above).
  std::uint32_t below = 0;
  std::uint32_t above = kInfinity;
  const Scaled limit = value_of(above);
  if (compare(p, e, limit.m, limit.e) >= 0) return sign | kInfinity;
  while (above - below > 1) {
    const std::uint32_t middle = below + (above - below) / 2;
    const Scaled v = value_of(middle);
    (compare(v.m, v.e, p, e) <= 0 ? below : above) = middle;
  }
  // The number after m * 2^e is (m + 1) * 2^e, at the end of a binade too, so the midpoint is (2m + 1) *
  // 2^(e-1).
  const Scaled v = value_of(below);
  const int side = compare(p, e, 2 * v.m + 1, v.e - 1);
  const bool up = side > 0 || (side == 0 && below % 2 == 1);
  return sign | (up ? above : below);
}

std::uint32_t fold(const Sum& sum, int grid) {
  const bool positive = sum.flags.pinf || sum.flags.povf;
  const bool negative = sum.flags.ninf || sum.flags.novf;
  if (sum.flags.nan || (positive && negative)) return format::kFp32Nan;
  if (positive) return kInfinity;
  if (negative) return kSign | kInfinity;
  const auto bits = static_cast<UInt128>(sum.acc);
  return sum.acc < 0 ? round_to_fp32(true, -bits, grid) : round_to_fp32(false, bits, grid);
}

Int32Result fold_int32(const Sum& sum) {
  const Int128 low = std::numeric_limits<std::int32_t>::min();
  const Int128 high = std::numeric_limits<std::int32_t>::max();
  const Int128 value = std::min(std::max(sum.acc, low), high);
  return {static_cast<std::int32_t>(value), value != sum.acc};
}

}  // namespace tessera::reference
