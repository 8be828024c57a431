// SPDX-License-Identifier: Apache-2.0

#include "model/arith.hpp"

#include <algorithm>
#include <stdexcept>

namespace tessera::model {

namespace {

using spec::Format;

struct FloatLayout {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  std::uint32_t max_code;  // Largest finite magnitude
  std::uint32_t inf_code;  // Infinity, or the NaN where the format has none
  std::uint32_t nan_code;
};

constexpr FloatLayout kE4m3 = {4, 3, 7, 0x7e, 0x7f, 0x7f};
constexpr FloatLayout kE5m2 = {5, 2, 15, 0x7b, 0x7c, 0x7e};
constexpr FloatLayout kBf16 = {8, 7, 127, 0x7f7f, 0x7f80, 0x7fc0};
constexpr FloatLayout kFp32 = {8, 23, 127, 0x7f7fffff, kFp32Inf, kFp32Nan};

const FloatLayout& layout_of(Format format) {
  switch (format) {
    case Format::kE4m3: return kE4m3;
    case Format::kE5m2: return kE5m2;
    case Format::kBf16: return kBf16;
    case Format::kFp32: return kFp32;
    default:
      throw std::invalid_argument("an integer format has no float layout: handle INT8 and INT32 apart");
  }
}

// Drops `shift` low bits with round to nearest even.
UInt128 shift_right_rne(UInt128 value, int shift) {
  if (shift <= 0) return value << -shift;
  if (shift > 128) return 0;
  const UInt128 kept = shift == 128 ? 0 : value >> shift;
  const bool guard = ((value >> (shift - 1)) & 1) != 0;
  const bool sticky = (value & ((UInt128{1} << (shift - 1)) - 1)) != 0;
  return kept + (guard && (sticky || (kept & 1) != 0) ? 1 : 0);
}

// Magnitude code of magnitude * 2^e in a format without limit to its exponent: codes past max_code are
// overflow. Carries out of the significand move into the exponent field by themselves.
std::uint64_t round_to_code(const FloatLayout& format, UInt128 magnitude, int e) {
  if (magnitude == 0) return 0;
  const int lead = bit_length(magnitude) - 1 + e;
  const int least = 1 - format.bias - format.mantissa_bits;
  const int unit = std::max(lead - format.mantissa_bits, least);
  const auto significand = static_cast<std::uint64_t>(shift_right_rne(magnitude, unit - e));
  const auto exponent = static_cast<std::uint64_t>(unit - least);
  // With exponent 0 here the significand's hidden bit is what makes the field 1, or not, for a subnormal.
  return (exponent << format.mantissa_bits) + significand;
}

}  // namespace

Element decode(Format format, std::uint32_t code) {
  if (format == Format::kInt8) {
    const auto value = static_cast<std::int8_t>(code);
    return {Element::Kind::kFinite, value < 0,
            static_cast<std::uint32_t>(value < 0 ? -int{value} : int{value}), 0};
  }
  const FloatLayout& f = layout_of(format);
  const std::uint32_t fraction = code & ((1U << f.mantissa_bits) - 1);
  const std::uint32_t exponent = (code >> f.mantissa_bits) & ((1U << f.exponent_bits) - 1);
  Element x;
  x.negative = ((code >> (f.exponent_bits + f.mantissa_bits)) & 1) != 0;
  const std::uint32_t magnitude = (exponent << f.mantissa_bits) | fraction;
  if (magnitude > f.max_code) {
    const bool infinite = magnitude == f.inf_code && format != Format::kE4m3;
    x.kind = infinite ? Element::Kind::kInf : Element::Kind::kNan;
    return x;
  }
  x.m = exponent == 0 ? fraction : (1U << f.mantissa_bits) | fraction;
  x.e = static_cast<int>(std::max(exponent, 1U)) - f.bias - f.mantissa_bits;
  return x;
}

std::uint8_t special_product(const Element& a, const Element& b) {
  using Kind = Element::Kind;
  if (a.kind == Kind::kFinite && b.kind == Kind::kFinite) return 0;
  const bool zero = (a.kind == Kind::kFinite && a.m == 0) || (b.kind == Kind::kFinite && b.m == 0);
  if (a.kind == Kind::kNan || b.kind == Kind::kNan || zero) return kNan;
  return a.negative != b.negative ? kNegInf : kPosInf;
}

void add_fp32(Accumulator& sum, unsigned acc_bits, int grid, std::uint32_t bits) {
  const Element x = decode(Format::kFp32, bits);
  switch (x.kind) {
    case Element::Kind::kFinite: add_term(sum, acc_bits, grid, x.negative, x.m, x.e); break;
    case Element::Kind::kInf: sum.flags |= x.negative ? kNegInf : kPosInf; break;
    case Element::Kind::kNan: sum.flags |= kNan; break;
  }
}

std::uint32_t round_to_fp32(bool negative, UInt128 magnitude, int e) {
  const std::uint64_t code = round_to_code(kFp32, magnitude, e);
  return (negative ? kFp32Sign : 0) | static_cast<std::uint32_t>(std::min<std::uint64_t>(code, kFp32Inf));
}

std::uint32_t fold(const Accumulator& sum, unsigned acc_bits, int grid) {
  const bool positive = (sum.flags & (kPosInf | kPosOverflow)) != 0;
  const bool negative = (sum.flags & (kNegInf | kNegOverflow)) != 0;
  if ((sum.flags & kNan) != 0 || (positive && negative)) return kFp32Nan;
  if (positive) return kFp32Inf;
  if (negative) return kFp32Sign | kFp32Inf;
  const UInt128 mask = width_mask(acc_bits);
  const UInt128 acc = sum.acc & mask;
  const bool below_zero = ((acc >> (acc_bits - 1)) & 1) != 0;
  // The magnitude of the most negative number, 2^(W-1), still fits the unsigned W bits.
  return round_to_fp32(below_zero, below_zero ? -acc & mask : acc, grid);
}

Int32Result fold_int32(const Accumulator& sum, unsigned acc_bits) {
  const unsigned unused = 128 - acc_bits;
  const Int128 value = static_cast<Int128>(sum.acc << unused) >> unused;
  if (value > INT32_MAX) return {INT32_MAX, true};
  if (value < INT32_MIN) return {INT32_MIN, true};
  return {static_cast<std::int32_t>(value), false};
}

std::uint32_t int32_to_fp32(std::int32_t value) {
  const std::int64_t wide = value;
  return round_to_fp32(wide < 0, static_cast<UInt128>(wide < 0 ? -wide : wide), 0);
}

std::uint32_t multiply_fp32(std::uint32_t x, std::uint32_t y) {
  const Element a = decode(Format::kFp32, x);
  const Element b = decode(Format::kFp32, y);
  const bool negative = a.negative != b.negative;
  const std::uint8_t special = special_product(a, b);
  if ((special & kNan) != 0) return kFp32Nan;
  if (special != 0) return (negative ? kFp32Sign : 0) | kFp32Inf;
  return round_to_fp32(negative, UInt128{a.m} * b.m, a.e + b.e);
}

Converted convert(Format out, bool no_saturate, std::uint32_t fp32) {
  const Element x = decode(Format::kFp32, fp32);
  if (out == Format::kInt8) {
    if (x.kind == Element::Kind::kNan) return {0, true};
    const UInt128 limit = x.negative ? 128 : 127;
    // A left shift of more than 8 only makes what is already far past the limit larger.
    const UInt128 rounded = x.kind == Element::Kind::kInf ? limit : shift_right_rne(x.m, std::max(-x.e, -8));
    const auto magnitude = static_cast<std::uint32_t>(std::min(rounded, limit));
    return {(x.negative ? 0U - magnitude : magnitude) & 0xff, false};
  }
  const FloatLayout& f = layout_of(out);
  if (x.kind == Element::Kind::kNan) return {f.nan_code, false};
  const bool saturate = (out == Format::kE4m3 || out == Format::kE5m2) && !no_saturate;
  const std::uint64_t code =
      x.kind == Element::Kind::kInf ? std::uint64_t{f.max_code} + 1 : round_to_code(f, x.m, x.e);
  std::uint32_t magnitude = static_cast<std::uint32_t>(code);
  if (code > f.max_code) magnitude = saturate ? f.max_code : f.inf_code;
  if (magnitude == f.nan_code) return {magnitude, false};  // A NaN made by E4M3 overflow is the positive one
  const std::uint32_t sign = 1U << (f.exponent_bits + f.mantissa_bits);
  return {(x.negative ? sign : 0) | magnitude, false};
}

}  // namespace tessera::model
