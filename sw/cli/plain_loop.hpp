// SPDX-License-Identifier: Apache-2.0
//
// The yardstick of `tessera bench`: a straightforward C++ loop with the same exact arithmetic, on the same
// operands.

#pragma once

#include "cli/gemm_run.hpp"

namespace tessera::cli {

// Multiply-accumulates per second over as many whole rows of the result as fit in about a tenth of a second,
// at least one. INT8: 32-bit integers; FP8: integers on the grid 2^-32, 64 bits wide (E5M2: 128); BF16: terms
// on the grid of the problem, 128 bits wide; MX: integer block sums, then one shifted term of 128 bits.
double plain_loop_macs_per_second(const GemmReport& report);

}  // namespace tessera::cli
