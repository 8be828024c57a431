// SPDX-License-Identifier: Apache-2.0
//
// Distribution "normal". All gains are powers of two, so every real value is an exact double.

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

#include "workload/patterns.hpp"
#include "workload/quantise.hpp"

namespace tessera::workload {

std::vector<double> activations(const Matrix& shape, Random& random) {
  // One channel in 64 stands out. INT8 data is taken to be smoothed, as runtimes do, or everything else would
  // become 0.
  std::vector<double> gain;
  for (std::size_t k = 0; k < shape.k; ++k) {
    const std::uint32_t outlier = shape.format == format::Format::kInt8 ? 8 : 8U << random.below(3);
    gain.push_back(random.one_in(64) ? outlier : 1.0);
  }
  std::vector<double> values;
  values.reserve(shape.rows * shape.k);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t k = 0; k < shape.k; ++k) values.push_back(random.normal() * gain[k]);
  }
  return values;
}

std::vector<double> weights(const Matrix& shape, Random& random) {
  std::vector<double> values;
  values.reserve(shape.rows * shape.k);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    const double gain = std::ldexp(1.0, static_cast<int>(random.below(3)) - 1);
    for (std::size_t k = 0; k < shape.k; ++k) values.push_back(random.normal() * gain);
  }
  return values;
}

Quantised quantise(const Matrix& shape, format::Scaling scaling, Granularity int8_scale,
                   const std::vector<double>& values) {
  const auto amax_of = [](std::span<const double> part) {
    double amax = 0;
    for (const double value : part) amax = std::max(amax, std::fabs(value));
    return amax;
  };
  Quantised out;
  const double tensor_amax = amax_of(values);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    const auto reals = std::span(values).subspan(row * shape.k, shape.k);
    if (shape.format == format::Format::kInt8) {
      const auto codes = quantise_int8(reals, int8_scale == Granularity::kRow ? amax_of(reals) : tensor_amax);
      out.codes.insert(out.codes.end(), codes.begin(), codes.end());
    } else if (scaling == format::Scaling::kMx) {
      for (std::size_t k = 0; k < shape.k; k += format::kMxBlock) {
        const MxBlock block =
            quantise_mx(shape.format, reals.subspan(k, std::min(format::kMxBlock, shape.k - k)));
        out.codes.insert(out.codes.end(), block.elements.begin(), block.elements.end());
        out.scales.push_back(block.scale);
      }
    } else {
      std::vector<std::uint8_t> codes(shape.k * format::byte_width(shape.format));
      for (std::size_t k = 0; k < shape.k; ++k) {
        format::store(shape.format, codes, k, format::encode_nearest(shape.format, reals[k]));
      }
      out.codes.insert(out.codes.end(), codes.begin(), codes.end());
    }
  }
  return out;
}

std::vector<std::uint8_t> normal_col_scales(std::size_t n, std::size_t k, format::Format fmt,
                                            Random& random) {
  // A sum over k grows with sqrt(k), half the bits of k. INT8 codes are about 2^6 larger in product than
  // reals.
  const int half_bits_of_k = static_cast<int>(std::bit_width(k)) / 2;
  const int exponent = (fmt == format::Format::kInt8 ? -3 : 3) - half_bits_of_k;
  std::vector<std::uint8_t> bytes(n * 4);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t fraction = random.below(1U << 23);
    format::store(format::Format::kFp32, bytes, i,
                  static_cast<std::uint32_t>(exponent + 127) << 23 | fraction);
  }
  return bytes;
}

}  // namespace tessera::workload
