// SPDX-License-Identifier: Apache-2.0

#include "model/operand.hpp"

#include <algorithm>
#include <array>

namespace tessera::model {

namespace {

using spec::Format;

constexpr unsigned kLimbBits = 16;
constexpr int kScaleBias = 127;
constexpr std::uint8_t kScaleNan = 0xff;

// Exponent of the unit of an unpacked INT8 or FP8 element.
int unit_exponent(Format format) {
  switch (format) {
    case Format::kE4m3: return -9;
    case Format::kE5m2: return -16;
    default: return 0;
  }
}

struct ByteTable {
  std::array<std::int32_t, 256> low;
  std::array<std::int32_t, 256> high;
  std::array<std::uint32_t, 256> magnitude;  // E5M2: less than 2^32
  std::array<std::uint8_t, 256> special;
};

ByteTable make_table(Format format) {
  ByteTable table{};
  const bool split = format == Format::kE5m2;
  for (unsigned code = 0; code < 256; ++code) {
    const Element x = decode(format, code);
    if (x.kind != Element::Kind::kFinite) {
      table.special[code] = 1;
      continue;
    }
    const std::int64_t magnitude = std::int64_t{x.m} << (x.e - unit_exponent(format));
    const std::int64_t value = x.negative ? -magnitude : magnitude;
    table.magnitude[code] = static_cast<std::uint32_t>(magnitude);
    table.low[code] = static_cast<std::int32_t>(split ? value & 0xffff : value);
    table.high[code] = static_cast<std::int32_t>(value >> kLimbBits);
  }
  return table;
}

const ByteTable& table_of(Format format) {
  static const ByteTable int8 = make_table(Format::kInt8);
  static const ByteTable e4m3 = make_table(Format::kE4m3);
  static const ByteTable e5m2 = make_table(Format::kE5m2);
  return format == Format::kE4m3 ? e4m3 : format == Format::kE5m2 ? e5m2 : int8;
}

// 2^16 products of limbs (at most 2^18 * 2^18 each) stay within 63 bits.
std::int64_t dot(const std::int32_t* x, const std::int32_t* y, std::size_t n) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::int64_t{x[i]} * y[i];
  return sum;
}

// Exact dot product of `grains` grains in units of the two formats' units. At most 2^16 elements.
Int128 dot_limbs(const Operand& a, std::size_t first_a, const Operand& b, std::size_t first_b,
                 std::size_t grains) {
  const std::size_t n = grains * a.elements_per_grain();
  Int128 sum = dot(a.low(first_a), b.low(first_b), n);
  // Multiplication, not a shift: the limb sums may be negative.
  constexpr Int128 limb = Int128{1} << kLimbBits;
  if (a.has_high()) sum += limb * dot(a.high(first_a), b.low(first_b), n);
  if (b.has_high()) sum += limb * dot(a.low(first_a), b.high(first_b), n);
  if (a.has_high() && b.has_high()) sum += limb * limb * dot(a.high(first_a), b.high(first_b), n);
  return sum;
}

std::int64_t value_of(const Operand& x, std::size_t grain, unsigned i) {
  const std::int64_t low = x.low(grain)[i];
  return x.has_high() ? (std::int64_t{x.high(grain)[i]} << kLimbBits) + low : low;
}

// Plain INT8 and FP8 where no product can pass the accumulator or lose bits.
void accumulate_exact(Accumulator& sum, const Mode& mode, const Stream& a, const Stream& b, std::size_t k) {
  // A dot product of 2^16 elements at most keeps the limb sums within 64 bits.
  constexpr std::size_t chunk = 2048;
  const int up = unit_exponent(mode.fmt_a) + unit_exponent(mode.fmt_b) - mode.grid;
  for (std::size_t g = 0; g < k; g += chunk) {
    const std::size_t grains = std::min(chunk, k - g);
    const Int128 total = dot_limbs(*a.operand, a.first + g, *b.operand, b.first + g, grains);
    sum.acc += static_cast<UInt128>(total) << up;
  }
}

// Plain FP8 in an accumulator that the largest products pass.
void accumulate_fp8_terms(Accumulator& sum, const Mode& mode, const Stream& a, const Stream& b,
                          std::size_t k) {
  const int e = unit_exponent(mode.fmt_a) + unit_exponent(mode.fmt_b);
  // Products below 2^(L + T) in units of 2^e.
  const std::uint64_t limit = std::uint64_t{1}
                              << (mode.grid + static_cast<int>(mode.acc_bits - 1 - spec::kCarryBits) - e);
  for (std::size_t g = 0; g < k; ++g) {
    if (std::uint64_t{a.operand->peak(a.first + g)} * b.operand->peak(b.first + g) < limit) {
      accumulate_exact(sum, mode, {a.operand, a.first + g}, {b.operand, b.first + g}, 1);
      continue;
    }
    for (unsigned i = 0; i < a.operand->elements_per_grain(); ++i) {
      const std::int64_t x = value_of(*a.operand, a.first + g, i);
      const std::int64_t y = value_of(*b.operand, b.first + g, i);
      // 57344^2 in units of 2^-32 is less than 2^64.
      const std::uint64_t p =
          static_cast<std::uint64_t>(x < 0 ? -x : x) * static_cast<std::uint64_t>(y < 0 ? -y : y);
      add_term(sum, mode.acc_bits, mode.grid, (x < 0) != (y < 0), p, e);
    }
  }
}

void accumulate_bf16(Accumulator& sum, const Mode& mode, const Stream& a, const Stream& b, std::size_t k) {
  const std::size_t n = k * a.operand->elements_per_grain();
  const std::int32_t* ma = a.operand->low(a.first);
  const std::int32_t* mb = b.operand->low(b.first);
  const std::int32_t* ea = a.operand->exponent(a.first);
  const std::int32_t* eb = b.operand->exponent(b.first);
  // Products are below 2^16: shifted up by less than this they cannot pass the accumulator. Most products of
  // a layer are such, and are spared the general case.
  const int plain_shifts = static_cast<int>(mode.acc_bits - 1 - spec::kCarryBits) - 15;
  Accumulator local = sum;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int32_t product = ma[i] * mb[i];
    const auto p = static_cast<std::uint32_t>(product < 0 ? -product : product);
    const int up = ea[i] + eb[i] - mode.grid;
    if (up >= 0 && up < plain_shifts) {
      local.acc += static_cast<UInt128>(Int128{product}) << up;
    } else {
      add_term(local, mode.acc_bits, mode.grid, product < 0, p, ea[i] + eb[i]);
    }
  }
  sum = local;
}

void accumulate_mx(Accumulator& sum, const Mode& mode, const Stream& a, const Stream& b, std::size_t k) {
  const int unit = unit_exponent(mode.fmt_a) + unit_exponent(mode.fmt_b) - 2 * kScaleBias;
  for (std::size_t g = 0; g < k; ++g) {
    if (a.scales[g] == kScaleNan || b.scales[g] == kScaleNan) {
      sum.flags |= kNan;
      continue;
    }
    const Int128 block = dot_limbs(*a.operand, a.first + g, *b.operand, b.first + g, 1);
    const bool negative = block < 0;
    add_term(sum, mode.acc_bits, mode.grid, negative, static_cast<UInt128>(negative ? -block : block),
             unit + a.scales[g] + b.scales[g]);
  }
}

std::uint8_t special_flags(const Stream& a, const Stream& b, std::size_t k) {
  constexpr std::uint8_t all = kNan | kPosInf | kNegInf;
  std::uint8_t flags = 0;
  for (std::size_t g = 0; g < k && flags != all; ++g) {
    if (!a.operand->special(a.first + g) && !b.operand->special(b.first + g)) continue;
    for (unsigned i = 0; i < a.operand->elements_per_grain(); ++i) {
      flags |= special_product(a.operand->element(a.first + g, i), b.operand->element(b.first + g, i));
    }
  }
  return flags;
}

}  // namespace

Operand::Operand(Format format, std::span<const std::uint8_t> bytes)
    : format_{format}, per_grain_{format == Format::kBf16 ? 16U : 32U}, bytes_{bytes} {
  special_.assign(bytes.size() / spec::kGrainBytes, 0);
  if (format == Format::kBf16) {
    const std::size_t n = bytes.size() / 2;
    low_.assign(n, 0);
    exponent_.assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const Element x = decode(format, bytes[2 * i] | unsigned{bytes[2 * i + 1]} << 8);
      if (x.kind != Element::Kind::kFinite) {
        special_[i / per_grain_] = 1;
        continue;
      }
      low_[i] = x.negative ? -static_cast<std::int32_t>(x.m) : static_cast<std::int32_t>(x.m);
      exponent_[i] = x.e;
    }
    return;
  }
  const ByteTable& table = table_of(format);
  low_.resize(bytes.size());
  peak_.assign(special_.size(), 0);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    low_[i] = table.low[bytes[i]];
    peak_[i / per_grain_] = std::max(peak_[i / per_grain_], table.magnitude[bytes[i]]);
    special_[i / per_grain_] |= table.special[bytes[i]];
  }
  if (format == Format::kE5m2) {
    high_.resize(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) high_[i] = table.high[bytes[i]];
  }
}

bool Operand::any_special(std::size_t first, std::size_t grains) const {
  const auto begin = special_.begin() + static_cast<std::ptrdiff_t>(first);
  return std::any_of(begin, begin + static_cast<std::ptrdiff_t>(grains),
                     [](std::uint8_t s) { return s != 0; });
}

Element Operand::element(std::size_t grain, unsigned index) const {
  const std::size_t i = grain * per_grain_ + index;
  if (format_ == Format::kBf16) return decode(format_, bytes_[2 * i] | unsigned{bytes_[2 * i + 1]} << 8);
  return decode(format_, bytes_[i]);
}

void accumulate(Accumulator& sum, const Mode& mode, const Stream& a, const Stream& b, std::size_t k) {
  if (mode.mx) {
    accumulate_mx(sum, mode, a, b, k);
  } else if (mode.fmt_a == Format::kBf16) {
    accumulate_bf16(sum, mode, a, b, k);
  } else if (mode.fmt_a != Format::kInt8 && mode.acc_bits == 64) {
    // T - 1 + L = 14 < 31: products of 2^15 and more overflow.
    accumulate_fp8_terms(sum, mode, a, b, k);
  } else {
    accumulate_exact(sum, mode, a, b, k);
  }
  if (a.operand->any_special(a.first, k) || b.operand->any_special(b.first, k))
    sum.flags |= special_flags(a, b, k);
  sum.acc &= width_mask(mode.acc_bits);
}

}  // namespace tessera::model
