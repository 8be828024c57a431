// SPDX-License-Identifier: Apache-2.0
//
// Integer matrix product through Eigen in double: the fast path of formats whose sums stay within 2^53.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera::reference {

// A * B^T, row-major m x n. A is m x k, B is n x k, both row-major with k contiguous. Exact if and only if no
// partial sum of products, in any order, passes 2^53: that is the caller's to prove.
std::vector<std::int64_t> multiply_in_double(const std::vector<std::int64_t>& a,
                                             const std::vector<std::int64_t>& b, std::size_t m, std::size_t n,
                                             std::size_t k);

}  // namespace tessera::reference
