// SPDX-License-Identifier: Apache-2.0

#include "reference/double_product.hpp"

// GCC 12 takes the placeholder operands in its own AVX-512 headers for uninitialised variables (GCC bug
// 105593), and reports them where Eigen is inlined. This file holds nothing but the Eigen call, so that the
// waiver hides nothing else.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <Eigen/Core>

namespace tessera::reference {
namespace {

template <class Scalar>
using RowMajor = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

RowMajor<double> to_matrix(const std::vector<std::int64_t>& values, std::size_t rows, std::size_t columns) {
  return Eigen::Map<const RowMajor<std::int64_t>>(values.data(), static_cast<Eigen::Index>(rows),
                                                  static_cast<Eigen::Index>(columns))
      .cast<double>();
}

}  // namespace

std::vector<std::int64_t> multiply_in_double(const std::vector<std::int64_t>& a,
                                             const std::vector<std::int64_t>& b, std::size_t m, std::size_t n,
                                             std::size_t k) {
  const RowMajor<double> left = to_matrix(a, m, k);
  const RowMajor<double> right = to_matrix(b, n, k);
  RowMajor<double> product(static_cast<Eigen::Index>(m), static_cast<Eigen::Index>(n));
  product.noalias() = left * right.transpose();
  std::vector<std::int64_t> out(m * n);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::int64_t>(product.data()[i]);
  return out;
}

}  // namespace tessera::reference
