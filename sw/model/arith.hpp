// SPDX-License-Identifier: Apache-2.0
//
// The arithmetic of the tile on bits, the way the hardware does it: integer operations only, no host floating
// point. docs/numerics.md is the contract. Nothing here is shared with sw/reference/, which checks it.

#pragma once

#include <bit>
#include <cstdint>

#include "isa/spec_gen.hpp"

namespace tessera::model {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

inline constexpr std::uint32_t kFp32Nan = 0x7fc00000;
inline constexpr std::uint32_t kFp32Inf = 0x7f800000;
inline constexpr std::uint32_t kFp32Sign = 0x80000000;

// Sticky flags of an accumulator, as a bit set.
enum Flag : std::uint8_t {
  kNan = 1 << 0,
  kPosInf = 1 << 1,
  kNegInf = 1 << 2,
  kPosOverflow = 1 << 3,  // A positive term was past the accumulator
  kNegOverflow = 1 << 4,
  kLost = 1 << 5,  // A term had bits below the grid
};

// State of one output between clear and fold.
struct Accumulator {
  UInt128 acc = 0;  // Modulo 2^W; the bits above W are 0
  std::uint8_t flags = 0;

  bool operator==(const Accumulator&) const = default;
};

// (-1)^negative * m * 2^e if finite.
struct Element {
  enum class Kind : std::uint8_t { kFinite, kInf, kNan };
  Kind kind = Kind::kFinite;
  bool negative = false;
  std::uint32_t m = 0;
  int e = 0;
};

// Any format but INT32; INT8 has e = 0.
Element decode(spec::Format format, std::uint32_t code);

inline UInt128 width_mask(unsigned acc_bits) {
  return acc_bits >= 128 ? ~UInt128{0} : (UInt128{1} << acc_bits) - 1;
}

inline int bit_length(UInt128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  const auto low = static_cast<std::uint64_t>(value);
  return high != 0 ? 64 + std::bit_width(high) : std::bit_width(low);
}

// Adds the term (-1)^negative * p * 2^e to an accumulator of acc_bits bits in units of 2^grid. The bits of
// acc above acc_bits may become anything: mask them off once, at the end.
inline void add_term(Accumulator& sum, unsigned acc_bits, int grid, bool negative, UInt128 p, int e) {
  if (p == 0) return;
  const int up = e - grid;
  if (bit_length(p) - 1 + up >= static_cast<int>(acc_bits - 1 - spec::kCarryBits)) {
    sum.flags |= negative ? kNegOverflow : kPosOverflow;
    return;
  }
  UInt128 t = 0;
  if (up >= 0) {
    t = p << up;
  } else if (up > -128) {
    t = p >> -up;
    if ((t << -up) != p) sum.flags |= kLost;
  } else {
    sum.flags |= kLost;
  }
  sum.acc += negative ? -t : t;
}

// The flags of a product of which a factor is no finite number; it adds nothing to the sum.
std::uint8_t special_product(const Element& a, const Element& b);

// A binary32 partial as one more term.
void add_fp32(Accumulator& sum, unsigned acc_bits, int grid, std::uint32_t bits);

// (-1)^negative * magnitude * 2^e, rounded once to nearest even.
std::uint32_t round_to_fp32(bool negative, UInt128 magnitude, int e);

std::uint32_t fold(const Accumulator& sum, unsigned acc_bits, int grid);

struct Int32Result {
  std::int32_t value;
  bool saturated;
};
Int32Result fold_int32(const Accumulator& sum, unsigned acc_bits);

std::uint32_t int32_to_fp32(std::int32_t value);
std::uint32_t multiply_fp32(std::uint32_t x, std::uint32_t y);

struct Converted {
  std::uint32_t code;
  bool nan_to_int;  // A NaN became INT8 0
};
// From binary32 to any result format but INT32. no_saturate counts for FP8 only.
Converted convert(spec::Format out, bool no_saturate, std::uint32_t fp32);

}  // namespace tessera::model
