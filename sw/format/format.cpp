// SPDX-License-Identifier: Apache-2.0

#include "format/format.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace tessera::format {
namespace {

constexpr Format kAll[] = {Format::kInt8, Format::kE4m3, Format::kE5m2,
                           Format::kBf16, Format::kFp32, Format::kInt32};

[[noreturn]] void reject(Format format, const std::string& sentence) {
  throw std::invalid_argument("Format code " + std::to_string(static_cast<unsigned>(format)) + " " +
                              sentence);
}

std::uint32_t width_mask(Format format) {
  return static_cast<std::uint32_t>((std::uint64_t{1} << bit_width(format)) - 1);
}

Exact decode_integer(int bits, std::uint32_t code) {
  const std::int64_t span = std::int64_t{1} << bits;
  const std::int64_t value = code >= span / 2 ? static_cast<std::int64_t>(code) - span : code;
  return {Class::kFinite, value < 0, static_cast<std::uint32_t>(value < 0 ? -value : value), 0};
}

}  // namespace

FloatFields float_fields(Format format) {
  switch (format) {
    case Format::kE4m3: return {4, 3, 7};
    case Format::kE5m2: return {5, 2, 15};
    case Format::kBf16: return {8, 7, 127};
    case Format::kFp32: return {8, 23, 127};
    default: reject(format, "has no exponent field; ask only for E4M3, E5M2, BF16 or FP32.");
  }
}

bool is_float(Format format) { return format != Format::kInt8 && format != Format::kInt32; }

int bit_width(Format format) {
  switch (format) {
    case Format::kInt8:
    case Format::kE4m3:
    case Format::kE5m2: return 8;
    case Format::kBf16: return 16;
    case Format::kFp32:
    case Format::kInt32: return 32;
  }
  reject(format, "does not exist; use a value of tessera::spec::Format.");
}

std::size_t byte_width(Format format) { return static_cast<std::size_t>(bit_width(format)) / 8; }

std::string_view name(Format format) {
  switch (format) {
    case Format::kInt8: return "int8";
    case Format::kE4m3: return "e4m3";
    case Format::kE5m2: return "e5m2";
    case Format::kBf16: return "bf16";
    case Format::kFp32: return "fp32";
    case Format::kInt32: return "int32";
  }
  reject(format, "does not exist; use a value of tessera::spec::Format.");
}

Format parse(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string accepted;
  for (const Format format : kAll) {
    if (lower == name(format)) return format;
    accepted += (accepted.empty() ? "" : ", ") + std::string(name(format));
  }
  throw std::invalid_argument("\"" + std::string(text) + "\" is not an element format; use one of " +
                              accepted + ".");
}

bool is_operand(Format format) {
  return format == Format::kInt8 || format == Format::kE4m3 || format == Format::kE5m2 ||
         format == Format::kBf16;
}

bool can_multiply(Format a, Format b, Scaling scaling) {
  const auto fp8 = [](Format f) { return f == Format::kE4m3 || f == Format::kE5m2; };
  if (fp8(a) && fp8(b)) return true;
  return scaling == Scaling::kPlain && a == b && is_operand(a);
}

Exact decode(Format format, std::uint32_t code) {
  if ((code & ~width_mask(format)) != 0) {
    reject(format, "has no code " + std::to_string(code) + "; clear the bits above its width.");
  }
  if (!is_float(format)) return decode_integer(bit_width(format), code);

  const FloatFields fields = float_fields(format);
  const int exponent_max = (1 << fields.exponent_bits) - 1;
  const std::uint32_t fraction_max = (std::uint32_t{1} << fields.mantissa_bits) - 1;
  const std::uint32_t fraction = code & fraction_max;
  const int exponent = static_cast<int>(code >> fields.mantissa_bits) & exponent_max;
  const bool negative = (code >> (bit_width(format) - 1)) != 0;

  if (exponent == exponent_max) {
    // E4M3 gives the top exponent to numbers, all but its last code.
    if (format == Format::kE4m3) {
      if (fraction == fraction_max) return {Class::kNan, negative, 0, 0};
    } else {
      return {fraction == 0 ? Class::kInf : Class::kNan, negative, 0, 0};
    }
  }
  const int e = (exponent == 0 ? 1 : exponent) - fields.bias - fields.mantissa_bits;
  const std::uint32_t m = exponent == 0 ? fraction : fraction + fraction_max + 1;
  return {Class::kFinite, negative, m, e};
}

double to_double(Format format, std::uint32_t code) {
  const Exact exact = decode(format, code);
  double magnitude = 0;
  switch (exact.cls) {
    case Class::kNan: return std::numeric_limits<double>::quiet_NaN();
    case Class::kInf: magnitude = std::numeric_limits<double>::infinity(); break;
    case Class::kFinite: magnitude = std::ldexp(static_cast<double>(exact.m), exact.e); break;
  }
  // An integer format has no negative zero, and decode never reports one.
  return exact.negative ? -magnitude : magnitude;
}

int least_exponent(Format format) {
  if (!is_float(format)) return 0;
  const FloatFields fields = float_fields(format);
  return 1 - fields.bias - fields.mantissa_bits;
}

std::uint32_t max_code(Format format) {
  switch (format) {
    case Format::kInt8: return 0x7F;
    case Format::kE4m3: return 0x7E;
    case Format::kE5m2: return 0x7B;
    case Format::kBf16: return 0x7F7F;
    case Format::kFp32: return 0x7F7FFFFF;
    case Format::kInt32: return 0x7FFFFFFF;
  }
  reject(format, "does not exist; use a value of tessera::spec::Format.");
}

double max_finite(Format format) { return to_double(format, max_code(format)); }

std::uint32_t nan_code(Format format) {
  switch (format) {
    case Format::kE4m3: return 0x7F;
    case Format::kE5m2: return 0x7E;
    case Format::kBf16: return 0x7FC0;
    case Format::kFp32: return kFp32Nan;
    default: reject(format, "has no NaN; ask only for E4M3, E5M2, BF16 or FP32.");
  }
}

std::uint32_t load(Format format, const std::vector<std::uint8_t>& bytes, std::size_t index) {
  std::uint32_t code = 0;
  const std::size_t width = byte_width(format);
  for (std::size_t i = 0; i < width; ++i) code |= std::uint32_t{bytes.at(index * width + i)} << (8 * i);
  return code;
}

void store(Format format, std::vector<std::uint8_t>& bytes, std::size_t index, std::uint32_t code) {
  const std::size_t width = byte_width(format);
  for (std::size_t i = 0; i < width; ++i)
    bytes.at(index * width + i) = static_cast<std::uint8_t>(code >> (8 * i));
}

std::uint32_t encode_nearest(Format format, double value) {
  if (!is_operand(format)) reject(format, "is not an operand format; use INT8, E4M3, E5M2 or BF16.");
  const bool negative = std::signbit(value);
  if (std::isnan(value)) return is_float(format) ? nan_code(format) : 0;

  // Codes 0 .. top ascend in magnitude: find the last one not above |value|, then take the nearer neighbour.
  // Negative integers reach one further; code 0x80 is then their magnitude 128.
  const double magnitude = std::fabs(value);
  const auto value_of = [format](std::uint32_t code) { return std::fabs(to_double(format, code)); };
  std::uint32_t below = 0;
  std::uint32_t above = max_code(format) + (!is_float(format) && negative ? 1 : 0);
  if (magnitude >= value_of(above)) {
    below = above;
  } else {
    while (above - below > 1) {
      const std::uint32_t middle = below + (above - below) / 2;
      (value_of(middle) <= magnitude ? below : above) = middle;
    }
    // Twice the value against the sum of its neighbours: both are exact, so a tie is seen as one.
    const double sum = value_of(below) + value_of(above);
    if (2 * magnitude > sum || (2 * magnitude == sum && below % 2 == 1)) below = above;
  }
  if (!negative) return below;
  return is_float(format) ? below | (std::uint32_t{1} << (bit_width(format) - 1)) : (0x100 - below) & 0xFF;
}

}  // namespace tessera::format
