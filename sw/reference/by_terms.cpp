// SPDX-License-Identifier: Apache-2.0
//
// The contract read aloud: every element decoded where it is used, every term added on its own.

#include <algorithm>

#include "reference/gemm.hpp"

namespace tessera::reference {
namespace {

using format::Class;
using format::Exact;

// Exact dot product of one block in units of the two formats' least exponents, and the flags of its special
// elements.
Int128 block_dot(const GemmSpec& spec, const Bytes& a, const Bytes& b, std::size_t a_first,
                 std::size_t b_first, std::size_t count, Accumulator& sum) {
  const int unit = format::least_exponent(spec.fmt_a) + format::least_exponent(spec.fmt_b);
  Int128 dot = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Exact x = format::decode(spec.fmt_a, format::load(spec.fmt_a, a, a_first + i));
    const Exact y = format::decode(spec.fmt_b, format::load(spec.fmt_b, b, b_first + i));
    if (x.cls != Class::kFinite || y.cls != Class::kFinite) {
      sum.add_special(x, y);
      continue;
    }
    const Int128 product = static_cast<Int128>(UInt128{x.m} * y.m) * (Int128{1} << (x.e + y.e - unit));
    dot += x.negative != y.negative ? -product : product;
  }
  return dot;
}

}  // namespace

std::vector<Sum> accumulate_by_terms(const GemmSpec& spec, std::size_t k_begin, std::size_t k_end,
                                     const Bytes& a, const Bytes& b, const Bytes& a_scale,
                                     const Bytes& b_scale) {
  const std::size_t blocks = (spec.k + format::kMxBlock - 1) / format::kMxBlock;
  const int unit = format::least_exponent(spec.fmt_a) + format::least_exponent(spec.fmt_b);
  std::vector<Sum> sums;
  for (std::size_t i = 0; i < spec.m; ++i) {
    for (std::size_t j = 0; j < spec.n; ++j) {
      Accumulator sum(spec.acc_bits, effective_grid(spec));
      if (spec.scaling == format::Scaling::kPlain) {
        for (std::size_t k = k_begin; k < k_end; ++k) {
          sum.add_product(format::decode(spec.fmt_a, format::load(spec.fmt_a, a, i * spec.k + k)),
                          format::decode(spec.fmt_b, format::load(spec.fmt_b, b, j * spec.k + k)));
        }
      } else {
        for (std::size_t k = k_begin; k < k_end; k += format::kMxBlock) {
          const std::size_t count = std::min(format::kMxBlock, k_end - k);
          const int scale_a = a_scale.at(i * blocks + k / format::kMxBlock);
          const int scale_b = b_scale.at(j * blocks + k / format::kMxBlock);
          if (scale_a == format::kScaleNan || scale_b == format::kScaleNan) {
            sum.add_nan();
            continue;
          }
          const Int128 dot = block_dot(spec, a, b, i * spec.k + k, j * spec.k + k, count, sum);
          sum.add_term(dot < 0, static_cast<UInt128>(dot < 0 ? -dot : dot),
                       unit + (scale_a - format::kScaleBias) + (scale_b - format::kScaleBias));
        }
      }
      sums.push_back(sum.sum());
    }
  }
  return sums;
}

}  // namespace tessera::reference
