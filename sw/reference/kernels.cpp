// SPDX-License-Identifier: Apache-2.0
//
// Kernels behind accumulate(). Each states why it is exact; accumulate_by_terms() is the standard for all of
// them.

#include <algorithm>
#include <stdexcept>

#include "reference/double_product.hpp"
#include "reference/gemm.hpp"
#include "reference/operand.hpp"

namespace tessera::reference {
namespace {

using format::Format;
using format::Scaling;

// Largest magnitude of scaled_integers().
std::int64_t largest_integer(Format fmt) {
  switch (fmt) {
    case Format::kInt8: return 128;
    case Format::kE4m3: return 448 << 9;
    case Format::kE5m2: return std::int64_t{57344} << 16;
    default:
      throw std::invalid_argument("Only 8-bit elements scale to 64-bit integers; use the term kernel.");
  }
}

// What a kernel needs to know about one accumulate() call.
struct Problem {
  const GemmSpec& spec;
  Operand a;
  Operand b;
  int grid;
  int unit;  // Exponent of a product of two scaled integers

  Problem(const GemmSpec& s, std::size_t k_begin, std::size_t k_end, const Bytes& a_bytes,
          const Bytes& b_bytes, const Bytes& a_scale, const Bytes& b_scale)
      : spec{s},
        a{decode_operand("A", s.fmt_a, s.scaling, s.m, s.k, k_begin, k_end, a_bytes, a_scale)},
        b{decode_operand("B", s.fmt_b, s.scaling, s.n, s.k, k_begin, k_end, b_bytes, b_scale)},
        grid{effective_grid(s)},
        unit{format::least_exponent(s.fmt_a) + format::least_exponent(s.fmt_b)} {}
};

void check_range(const GemmSpec& spec, std::size_t k_begin, std::size_t k_end) {
  GemmSpec range = spec;
  range.k = k_end - k_begin;
  range.chunk_ends.clear();
  if (k_begin >= k_end || k_end > spec.k)
    throw std::invalid_argument("The K range must be within 0 .. k and not empty.");
  if (spec.scaling == Scaling::kMx && k_begin % format::kMxBlock != 0) {
    throw std::invalid_argument("The K range begins inside an MX block; use a multiple of 32.");
  }
  validate(range);
}

// NAN, PINF, NINF of row i of A times row j of B. A finite element meets a NaN, or an infinity meets
// anything: either way one of the two rows has it on its list.
void add_specials(const Problem& p, std::size_t i, std::size_t j, Accumulator& sum) {
  if (p.a.row_nan[i] || p.b.row_nan[j]) sum.add_nan();
  for (const std::size_t k : p.a.row_inf[i])
    sum.add_special(p.a.exact[i * p.a.k + k], p.b.exact[j * p.b.k + k]);
  for (const std::size_t k : p.b.row_inf[j])
    sum.add_special(p.a.exact[i * p.a.k + k], p.b.exact[j * p.b.k + k]);
}

// Whether no product can reach 2^(L+T) or have bits below 2^L. Then terms may be added up before they enter
// ACC.
bool products_fit(const Problem& p) {
  const auto largest = static_cast<UInt128>(largest_integer(p.spec.fmt_a)) *
                       static_cast<UInt128>(largest_integer(p.spec.fmt_b));
  const int t = p.spec.acc_bits - 1 - kCarryBits;
  return bit_length(largest) - 1 + p.unit < p.grid + t && p.unit >= p.grid;
}

// Integers in double are exact while every partial sum stays within 2^53; partial sums are at most
// K * max|a| * max|b|. E4M3: (448 * 2^9)^2 * 2^17 < 2^53. INT8: 2^14 * K. Fused or not makes no difference
// then.
bool double_is_exact(const Problem& p) {
  const auto bound = static_cast<UInt128>(largest_integer(p.spec.fmt_a)) *
                     static_cast<UInt128>(largest_integer(p.spec.fmt_b)) * p.a.k;
  return bound <= UInt128{1} << 53;
}

// Where double_is_exact().
std::vector<Sum> multiply_exactly_in_double(const Problem& p) {
  const std::vector<std::int64_t> dots =
      multiply_in_double(scaled_integers(p.a), scaled_integers(p.b), p.a.rows, p.b.rows, p.a.k);
  std::vector<Sum> sums;
  sums.reserve(dots.size());
  for (std::size_t i = 0; i < p.a.rows; ++i) {
    for (std::size_t j = 0; j < p.b.rows; ++j) {
      Accumulator sum(p.spec.acc_bits, p.grid);
      add_specials(p, i, j, sum);
      Sum out = sum.sum();
      out.acc = Int128{dots[i * p.b.rows + j]} * (Int128{1} << (p.unit - p.grid));
      sums.push_back(out);
    }
  }
  return sums;
}

// Products of scaled integers are below 2^64 and there are at most 2^16 of them: 2^80 fits. Used where double
// does not.
std::vector<Sum> multiply_in_int128(const Problem& p) {
  const std::vector<std::int64_t> a = scaled_integers(p.a);
  const std::vector<std::int64_t> b = scaled_integers(p.b);
  std::vector<Sum> sums;
  sums.reserve(p.a.rows * p.b.rows);
  for (std::size_t i = 0; i < p.a.rows; ++i) {
    for (std::size_t j = 0; j < p.b.rows; ++j) {
      Int128 dot = 0;
      for (std::size_t k = 0; k < p.a.k; ++k) dot += static_cast<Int128>(a[i * p.a.k + k]) * b[j * p.a.k + k];
      Accumulator sum(p.spec.acc_bits, p.grid);
      add_specials(p, i, j, sum);
      Sum out = sum.sum();
      out.acc = dot * (Int128{1} << (p.unit - p.grid));
      sums.push_back(out);
    }
  }
  return sums;
}

// Every product is a term of its own: BF16, and FP8 whose products overflow a narrow accumulator.
std::vector<Sum> multiply_by_term(const Problem& p) {
  std::vector<Sum> sums;
  sums.reserve(p.a.rows * p.b.rows);
  for (std::size_t i = 0; i < p.a.rows; ++i) {
    for (std::size_t j = 0; j < p.b.rows; ++j) {
      Accumulator sum(p.spec.acc_bits, p.grid);
      const std::int32_t* am = &p.a.m[i * p.a.k];
      const std::int32_t* ae = &p.a.e[i * p.a.k];
      const std::int32_t* bm = &p.b.m[j * p.a.k];
      const std::int32_t* be = &p.b.e[j * p.a.k];
      for (std::size_t k = 0; k < p.a.k; ++k) {
        const std::int32_t product = am[k] * bm[k];  // Integers below 2^8 each
        sum.add_term(product < 0, static_cast<std::uint32_t>(product < 0 ? -product : product),
                     ae[k] + be[k]);
      }
      add_specials(p, i, j, sum);
      sums.push_back(sum.sum());
    }
  }
  return sums;
}

// One term per block: an exact integer dot product, below 32 * 2^64, times both scales.
std::vector<Sum> multiply_mx(const Problem& p) {
  const std::vector<std::int64_t> a = scaled_integers(p.a);
  const std::vector<std::int64_t> b = scaled_integers(p.b);
  std::vector<Sum> sums;
  sums.reserve(p.a.rows * p.b.rows);
  for (std::size_t i = 0; i < p.a.rows; ++i) {
    for (std::size_t j = 0; j < p.b.rows; ++j) {
      Accumulator sum(p.spec.acc_bits, p.grid);
      for (std::size_t block = 0; block < p.a.blocks; ++block) {
        const int scale_a = p.a.scale[i * p.a.blocks + block];
        const int scale_b = p.b.scale[j * p.a.blocks + block];
        if (scale_a == format::kScaleNan || scale_b == format::kScaleNan)
          continue;  // Its NAN comes from row_nan
        const std::size_t end = std::min(p.a.k, (block + 1) * format::kMxBlock);
        Int128 dot = 0;
        for (std::size_t k = block * format::kMxBlock; k < end; ++k) {
          dot += static_cast<Int128>(a[i * p.a.k + k]) * b[j * p.a.k + k];
        }
        sum.add_term(dot < 0, static_cast<UInt128>(dot < 0 ? -dot : dot),
                     p.unit + scale_a + scale_b - 2 * format::kScaleBias);
      }
      add_specials(p, i, j, sum);
      sums.push_back(sum.sum());
    }
  }
  return sums;
}

}  // namespace

std::vector<Sum> accumulate(const GemmSpec& spec, std::size_t k_begin, std::size_t k_end, const Bytes& a,
                            const Bytes& b, const Bytes& a_scale, const Bytes& b_scale) {
  check_range(spec, k_begin, k_end);
  const Problem p(spec, k_begin, k_end, a, b, a_scale, b_scale);
  if (spec.scaling == Scaling::kMx) return multiply_mx(p);
  if (spec.fmt_a == Format::kBf16 || !products_fit(p)) return multiply_by_term(p);
  return double_is_exact(p) ? multiply_exactly_in_double(p) : multiply_in_int128(p);
}

}  // namespace tessera::reference
