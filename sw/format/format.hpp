// SPDX-License-Identifier: Apache-2.0
//
// Element formats: names, widths, limits, and the exact value of every code.
//
// Sources: OCP OFP8 1.0 (E4M3 "FN", E5M2), OCP Microscaling 1.0 (E8M0), IEEE 754-2019 (binary32; bfloat16 is
// its upper half). Format codes come from spec/tessera.toml. Errors: std::invalid_argument.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "isa/spec_gen.hpp"

namespace tessera::format {

using Format = spec::Format;
using Scaling = spec::Scaling;

inline constexpr std::size_t kMxBlock = 32;            // Elements along K that share one E8M0 scale
inline constexpr std::uint8_t kScaleNan = 0xFF;        // The E8M0 code that is not a number
inline constexpr int kScaleBias = 127;                 // E8M0 code s means 2^(s - 127)
inline constexpr std::uint32_t kFp32Nan = 0x7FC00000;  // The only NaN a result ever has, as binary32

// Field widths of a floating-point format, most significant first: 1 sign bit, then these.
struct FloatFields {
  int exponent_bits;
  int mantissa_bits;
  int bias;
};

// Fields of E4M3, E5M2, BF16 or FP32; throws for the integer formats, which have none.
FloatFields float_fields(Format format);

bool is_float(Format format);
int bit_width(Format format);
std::size_t byte_width(Format format);

// Lower case, as written on a command line: "int8", "e4m3", "e5m2", "bf16", "fp32", "int32".
std::string_view name(Format format);
// Accepts either case. The error names the text and every accepted name.
Format parse(std::string_view text);

// INT8, E4M3, E5M2 and BF16 may be operands; FP32 and INT32 are results only.
bool is_operand(Format format);
// INT8 with INT8, BF16 with BF16, either FP8 format with either; MX with FP8 only.
bool can_multiply(Format a, Format b, Scaling scaling);

enum class Class : std::uint8_t { kFinite, kInf, kNan };

// value = (-1)^negative * m * 2^e when kFinite. m = 0 keeps its sign (negative zero of the float formats).
struct Exact {
  Class cls = Class::kFinite;
  bool negative = false;
  std::uint32_t m = 0;
  int e = 0;
};

// The exact value of `code`, whose bits above the format's width must be 0.
Exact decode(Format format, std::uint32_t code);
// The same as a double, which holds every value of every format exactly; NaN and infinities as such.
double to_double(Format format, std::uint32_t code);

// Exponent of the least significant bit of the format's least positive value: -9, -16, -133, -149; integers
// 0.
int least_exponent(Format format);
double max_finite(Format format);       // The largest value
std::uint32_t max_code(Format format);  // Its code
std::uint32_t nan_code(Format format);  // The canonical NaN; throws for the integer formats

// Little-endian element `index` of a packed array.
std::uint32_t load(Format format, const std::vector<std::uint8_t>& bytes, std::size_t index);
void store(Format format, std::vector<std::uint8_t>& bytes, std::size_t index, std::uint32_t code);

// Nearest code to `value`, ties to the even code, for making operand data: values past the largest become the
// largest, NaN becomes the canonical NaN (integer formats: 0). Defined for INT8, E4M3, E5M2 and BF16. It
// searches the sorted values of the format, so it is slow, obvious, and nothing like the conversion in
// hardware.
std::uint32_t encode_nearest(Format format, double value);

}  // namespace tessera::format
