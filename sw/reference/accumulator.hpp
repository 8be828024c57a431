// SPDX-License-Identifier: Apache-2.0
//
// One output's accumulator: a W-bit fixed-point integer in units of 2^L with its sticky flags, term by term
// as docs/numerics.md defines it. Everything faster in this folder is tested against this class.

#pragma once

#include <bit>
#include <cstdint>

#include "format/format.hpp"

namespace tessera::reference {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

inline constexpr int kCarryBits = 16;  // G: up to 2^G terms between clear and fold

// Number of bits up to and including the highest one; 0 for 0. So floor(log2 p) = bit_length(p) - 1.
inline int bit_length(UInt128 p) {
  const auto high = static_cast<std::uint64_t>(p >> 64);
  return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(p));
}

struct Flags {
  bool nan = false;
  bool pinf = false;
  bool ninf = false;
  bool povf = false;  // A positive term was past the accumulator
  bool novf = false;  // A negative one was
  bool lost = false;  // A term had bits below 2^L

  bool operator==(const Flags&) const = default;
};

// State of one output between clear and fold. `acc` is ACC read as a two's complement number of W bits.
struct Sum {
  Int128 acc = 0;
  Flags flags;

  bool operator==(const Sum&) const = default;
};

class Accumulator {
 public:
  // acc_bits is W: 64, 96 or 128. grid is L.
  Accumulator(int acc_bits, int grid) : acc_bits_{acc_bits}, grid_{grid} {}
  // Continues from a sum of the same W and L.
  Accumulator(int acc_bits, int grid, const Sum& from)
      : acc_bits_{acc_bits}, grid_{grid}, acc_{static_cast<UInt128>(from.acc)}, flags_{from.flags} {}

  // Adds (-1)^negative * p * 2^e. A term of 2^(L+T) or more, T = W - 1 - G, only sets its overflow flag; bits
  // of other terms below 2^L are cut off the magnitude and set LOST.
  void add_term(bool negative, UInt128 p, int e) {
    if (p == 0) return;
    const int log2_floor = bit_length(p) - 1;
    if (log2_floor + e >= grid_ + acc_bits_ - 1 - kCarryBits) {
      (negative ? flags_.novf : flags_.povf) = true;
      return;
    }
    UInt128 t = 0;
    if (e >= grid_) {
      t = p << (e - grid_);  // Below 2^T by the check above, so nothing leaves at the top
    } else if (log2_floor >= grid_ - e) {
      t = p >> (grid_ - e);
      if (t << (grid_ - e) != p) flags_.lost = true;
    } else {
      flags_.lost = true;
    }
    acc_ += negative ? -t : t;  // mod 2^128, of which mod 2^W is a remainder
  }

  // One exact product of a plain mode, special values included.
  void add_product(const format::Exact& a, const format::Exact& b) {
    using format::Class;
    const bool negative = a.negative != b.negative;
    if (a.cls == Class::kFinite && b.cls == Class::kFinite) {
      add_term(negative, UInt128{a.m} * b.m, a.e + b.e);
    } else {
      add_special(a, b);
    }
  }

  // The flags of a product with a NaN or an infinity among its factors; nothing enters ACC.
  void add_special(const format::Exact& a, const format::Exact& b) {
    using format::Class;
    const bool inf_times_zero =
        (a.cls == Class::kFinite && a.m == 0) || (b.cls == Class::kFinite && b.m == 0);
    if (a.cls == Class::kNan || b.cls == Class::kNan || inf_times_zero) {
      flags_.nan = true;
    } else {
      (a.negative != b.negative ? flags_.ninf : flags_.pinf) = true;
    }
  }

  void add_nan() { flags_.nan = true; }

  // An FP32 partial enters as one more term.
  void add_fp32(std::uint32_t bits) {
    const format::Exact x = format::decode(format::Format::kFp32, bits);
    switch (x.cls) {
      case format::Class::kNan: flags_.nan = true; break;
      case format::Class::kInf: (x.negative ? flags_.ninf : flags_.pinf) = true; break;
      case format::Class::kFinite: add_term(x.negative, x.m, x.e); break;
    }
  }

  Sum sum() const {
    const int unused = 128 - acc_bits_;
    return {static_cast<Int128>(acc_ << unused) >> unused, flags_};
  }

 private:
  int acc_bits_;
  int grid_;
  UInt128 acc_ = 0;
  Flags flags_;
};

// Sum of two partial sums of one output on the same grid: adds ACC mod 2^W and ORs the flags.
inline Sum merge(const Sum& x, const Sum& y, int acc_bits) {
  const UInt128 total = static_cast<UInt128>(x.acc) + static_cast<UInt128>(y.acc);
  const int unused = 128 - acc_bits;
  const Flags f = x.flags;
  const Flags g = y.flags;
  return {static_cast<Int128>(total << unused) >> unused,
          {f.nan || g.nan, f.pinf || g.pinf, f.ninf || g.ninf, f.povf || g.povf, f.novf || g.novf,
           f.lost || g.lost}};
}

}  // namespace tessera::reference
