// SPDX-License-Identifier: Apache-2.0
//
// Epilogue steps on binary32 bits. Source: docs/numerics.md, section on the epilogue; IEEE 754-2019 for the
// operations, OCP OFP8 1.0 for saturating and non-saturating conversion.
//
// Conversion looks for the two neighbours among the format's values in double, where both and their sum are
// exact. Must be compiled with -ffp-contract=off and without flush-to-zero or fast-math flags.

#pragma once

#include <cstdint>

#include "format/format.hpp"

namespace tessera::reference {

// One binary32 multiplication, round to nearest even, subnormals kept; NaN is 0x7FC00000.
std::uint32_t multiply_fp32(std::uint32_t x, std::uint32_t y);

// One rounding to nearest even.
std::uint32_t int32_to_fp32(std::int32_t value);

struct Converted {
  std::uint32_t code;
  bool nan_to_zero = false;  // A NaN became INT8 0: status OUT_NAN

  bool operator==(const Converted&) const = default;
};

// Converts binary32 bits to `out`: FP32, BF16, E4M3, E5M2 or INT8 (INT32 results never pass through binary32:
// throws std::invalid_argument). `no_saturate` matters to E4M3 and E5M2 only: past the largest value they
// then give NaN and infinity, otherwise the largest value. INT8 always saturates, BF16 never does.
Converted convert(format::Format out, bool no_saturate, std::uint32_t fp32);

}  // namespace tessera::reference
