// SPDX-License-Identifier: Apache-2.0
//
// Fold: from an exact sum to the one rounded result. Source: docs/numerics.md; rounding is IEEE 754-2019
// roundTiesToEven.
//
// Rounding searches the binary32 numbers for the two neighbours of the exact value and compares exactly with
// their midpoint: no shifting of significands, no guard and sticky bits, nothing in common with a hardware
// rounder.

#pragma once

#include <cstdint>

#include "reference/accumulator.hpp"

namespace tessera::reference {

// Sign of p * 2^e - q * 2^f: -1, 0 or 1.
int compare(UInt128 p, int e, UInt128 q, int f);

// Bits of (-1)^negative * p * 2^e rounded to binary32: subnormals produced, overflow to infinity. p = 0 is a
// zero of the given sign; so is a value that rounds to zero.
std::uint32_t round_to_fp32(bool negative, UInt128 p, int e);

// Bits of the binary32 result of `sum` on grid 2^grid. A zero sum is +0. NaN is 0x7FC00000.
std::uint32_t fold(const Sum& sum, int grid);

struct Int32Result {
  std::int32_t value;
  bool saturated;

  bool operator==(const Int32Result&) const = default;
};

// Integer modes: ACC saturated to 32 bits.
Int32Result fold_int32(const Sum& sum);

}  // namespace tessera::reference
