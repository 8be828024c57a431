// SPDX-License-Identifier: Apache-2.0
//
// Operand grains unpacked into integers, and the sum of products of two of them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/arith.hpp"

namespace tessera::model {

// What a pass computes, fixed by CONFIG and build.
struct Mode {
  spec::Format fmt_a = spec::Format::kInt8;
  spec::Format fmt_b = spec::Format::kInt8;
  bool mx = false;
  int grid = 0;  // L in force
  unsigned acc_bits = 128;
};

// Consecutive grains of one bank. INT8 and FP8 elements become integers in units of the format's least value;
// E5M2 needs 33 bits and so gets two limbs of 16: value = high * 2^16 + low, low unsigned. BF16 elements
// become significand and exponent. NaNs and infinities become 0 and mark their grain.
class Operand {
 public:
  Operand(spec::Format format, std::span<const std::uint8_t> bytes);

  spec::Format format() const { return format_; }
  unsigned elements_per_grain() const { return per_grain_; }
  bool has_high() const { return !high_.empty(); }
  const std::int32_t* low(std::size_t grain) const { return &low_[grain * per_grain_]; }
  const std::int32_t* high(std::size_t grain) const { return &high_[grain * per_grain_]; }
  // BF16 only: value = low * 2^exponent.
  const std::int32_t* exponent(std::size_t grain) const { return &exponent_[grain * per_grain_]; }
  // Largest magnitude of the grain's elements, in units of the format's least value; INT8 and FP8 only.
  std::uint32_t peak(std::size_t grain) const { return peak_[grain]; }
  bool special(std::size_t grain) const { return special_[grain] != 0; }
  bool any_special(std::size_t first, std::size_t grains) const;
  Element element(std::size_t grain, unsigned index) const;

 private:
  spec::Format format_;
  unsigned per_grain_;
  std::span<const std::uint8_t> bytes_;
  std::vector<std::int32_t> low_;
  std::vector<std::int32_t> high_;
  std::vector<std::int32_t> exponent_;
  std::vector<std::uint32_t> peak_;    // Per grain
  std::vector<std::uint8_t> special_;  // Per grain
};

// One PE's share of a pass: grains first .. first + k - 1 of an operand, and with MX one scale byte for each.
struct Stream {
  const Operand* operand;
  std::size_t first;
  const std::uint8_t* scales = nullptr;
};

// Adds the products of k grains of a and b to the sum.
void accumulate(Accumulator& sum, const Mode& mode, const Stream& a, const Stream& b, std::size_t k);

}  // namespace tessera::model
