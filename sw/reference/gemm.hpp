// SPDX-License-Identifier: Apache-2.0
//
// Exact reference matrix multiplication, the oracle every result of the tile is checked against. It follows
// docs/numerics.md and shares no arithmetic with the functional model.
//
// Layout: A is M x K, B is N x K, both with K contiguous and no gaps, elements little-endian. MX scales are M
// x ceil(K/32) and N x ceil(K/32) E8M0 bytes; the last block of a row may be shorter. Column scales are N
// binary32. The result is M x N, N contiguous.
//
// Errors: std::invalid_argument when a combination does not exist or an array has the wrong size.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/format.hpp"
#include "reference/accumulator.hpp"

namespace tessera::reference {

using Bytes = std::vector<std::uint8_t>;

struct GemmSpec {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
  format::Format fmt_a = format::Format::kInt8;
  format::Format fmt_b = format::Format::kInt8;
  format::Scaling scaling = format::Scaling::kPlain;
  int grid = 0;  // L of BF16 and MX, -1024 to 1023 (default_grid below); 0 for the modes whose grid is fixed
  int acc_bits = 128;  // W: 64, 96 or 128
  format::Format out = format::Format::kFp32;
  bool no_saturate = false;
  bool col_scale = false;
  // Ends of the chunks of K between which the sum is folded to an FP32 partial; ascending, the last one is k.
  // Empty: one chunk. With MX every end but the last is a multiple of 32.
  std::vector<std::size_t> chunk_ends;
};

struct Status {
  bool lost = false;      // A term had bits below the grid
  bool overflow = false;  // A term was past the accumulator
  bool int_sat = false;   // An INT32 result saturated
  bool out_nan = false;   // A NaN became INT8 0

  // As in register NUM_STATUS.
  std::uint32_t bits() const { return lost * 1U | overflow * 2U | int_sat * 4U | out_nan * 8U; }
  bool operator==(const Status&) const = default;
};

struct GemmResult {
  Bytes out;
  Status status;
};

// -80, -60, -36 for W = 128, 96, 64 where the grid is a setting (BF16 and MX), else 0.
int default_grid(format::Format fmt_a, format::Scaling scaling, int acc_bits);
// L in force: 0 for INT8, -32 for plain FP8, else spec.grid.
int effective_grid(const GemmSpec& spec);

// Throws unless the spec, chunks included, is one the tile can run.
void validate(const GemmSpec& spec);

GemmResult gemm(const GemmSpec& spec, const Bytes& a, const Bytes& b, const Bytes& a_scale = {},
                const Bytes& b_scale = {}, const Bytes& col_scale = {});

// The M x N sums over elements k_begin .. k_end - 1 before any fold: RAW partials. Output format, epilogue
// and chunks of the spec are not used. Chooses the fastest kernel that is exact for the spec.
std::vector<Sum> accumulate(const GemmSpec& spec, std::size_t k_begin, std::size_t k_end, const Bytes& a,
                            const Bytes& b, const Bytes& a_scale = {}, const Bytes& b_scale = {});
// The same one term at a time through Accumulator: slow and obvious, the standard the kernels are tested
// against.
std::vector<Sum> accumulate_by_terms(const GemmSpec& spec, std::size_t k_begin, std::size_t k_end,
                                     const Bytes& a, const Bytes& b, const Bytes& a_scale = {},
                                     const Bytes& b_scale = {});

}  // namespace tessera::reference
