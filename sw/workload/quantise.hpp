// SPDX-License-Identifier: Apache-2.0
//
// From real values to operand codes, for making operand data.
//
// Sources: OCP Microscaling 1.0, section 6.3, with the FLOOR scale rule of docs/numerics.md; symmetric INT8
// quantisation as inference runtimes do it (zero point 0, codes -127 .. 127).

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "format/format.hpp"

namespace tessera::workload {

struct MxBlock {
  std::uint8_t scale;                  // E8M0
  std::vector<std::uint8_t> elements;  // FP8 codes

  bool operator==(const MxBlock&) const = default;
};

// Quantises one block to E4M3 or E5M2 (others: std::invalid_argument). Scale 2^(floor(log2 amax) - emax),
// limited to what E8M0 holds; elements past the largest code become it. A zero block has scale 0x00; one with
// a NaN or an infinity has scale 0xFF and zero elements.
MxBlock quantise_mx(format::Format format, std::span<const double> values);

// INT8 codes of values * 127 / amax, nearest even; all 0 for zero values. Values must be finite.
std::vector<std::uint8_t> quantise_int8(std::span<const double> values, double amax);

}  // namespace tessera::workload
