// SPDX-License-Identifier: Apache-2.0

#include "reference/gemm.hpp"

#include <stdexcept>
#include <string>

#include "reference/convert.hpp"
#include "reference/fold.hpp"

namespace tessera::reference {
namespace {

using format::Format;
using format::Scaling;

constexpr std::size_t kMaxTerms = std::size_t{1} << kCarryBits;

[[noreturn]] void reject(const std::string& sentence) { throw std::invalid_argument(sentence); }

bool has_grid_field(const GemmSpec& spec) {
  return spec.fmt_a == Format::kBf16 || spec.scaling == Scaling::kMx;
}

// Terms of a chunk of `elements` as the tile counts them: whole grains of 32 bytes, the padding included.
std::size_t terms(const GemmSpec& spec, std::size_t elements) {
  const std::size_t per_grain = 32 / format::byte_width(spec.fmt_a);
  const std::size_t grains = (elements + per_grain - 1) / per_grain;
  return spec.scaling == Scaling::kMx ? grains : grains * per_grain;
}

void validate_formats(const GemmSpec& spec) {
  const bool int8 = spec.fmt_a == Format::kInt8;
  if (!format::is_operand(spec.fmt_a) || !format::is_operand(spec.fmt_b) ||
      !format::can_multiply(spec.fmt_a, spec.fmt_b, spec.scaling)) {
    reject("Operands " + std::string(format::name(spec.fmt_a)) + " and " +
           std::string(format::name(spec.fmt_b)) +
           " do not multiply; use INT8 or BF16 with themselves, FP8 with FP8, and MX with FP8 only.");
  }
  if (spec.out == Format::kInt32 && (!int8 || spec.col_scale)) {
    reject("INT32 results need INT8 operands and no col_scale; choose another output format.");
  }
  if (spec.no_saturate && spec.out != Format::kE4m3 && spec.out != Format::kE5m2) {
    reject("no_saturate is for E4M3 and E5M2 results; clear it for " + std::string(format::name(spec.out)) +
           ".");
  }
  if (int8 && spec.chunk_ends.size() > 1) reject("INT8 has no FP32 partials; leave chunk_ends empty.");
}

void validate_chunks(const GemmSpec& spec) {
  const std::vector<std::size_t> ends = spec.chunk_ends.empty() ? std::vector{spec.k} : spec.chunk_ends;
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    if (end <= begin || end > spec.k)
      reject("chunk_ends must ascend from above 0 to k; " + std::to_string(end) + " does not.");
    if (spec.scaling == Scaling::kMx && end != spec.k && end % format::kMxBlock != 0) {
      reject("Chunk end " + std::to_string(end) + " splits an MX block; use a multiple of 32.");
    }
    if (terms(spec, end - begin) + (begin > 0 ? 1 : 0) > kMaxTerms) {
      reject("The chunk ending at " + std::to_string(end) +
             " has more than 65536 terms; split it with chunk_ends.");
    }
    begin = end;
  }
  if (begin != spec.k) reject("The last of chunk_ends must be k = " + std::to_string(spec.k) + ".");
}

// One result from its folded binary32 sum.
std::uint32_t finish(const GemmSpec& spec, std::uint32_t y, std::size_t n, const Bytes& col_scale,
                     Status& status) {
  if (spec.col_scale) y = multiply_fp32(y, format::load(Format::kFp32, col_scale, n));
  const Converted converted = convert(spec.out, spec.no_saturate, y);
  status.out_nan |= converted.nan_to_zero;
  return converted.code;
}

void note(const Flags& flags, Status& status) {
  status.lost |= flags.lost;
  status.overflow |= flags.povf || flags.novf;
}

}  // namespace

int default_grid(Format fmt_a, Scaling scaling, int acc_bits) {
  if (fmt_a != Format::kBf16 && scaling != Scaling::kMx) return 0;
  return acc_bits == 128 ? -80 : acc_bits == 96 ? -60 : -36;
}

int effective_grid(const GemmSpec& spec) {
  if (has_grid_field(spec)) return spec.grid;
  return spec.fmt_a == Format::kInt8 ? 0 : -32;
}

void validate(const GemmSpec& spec) {
  if (spec.m == 0 || spec.n == 0 || spec.k == 0) reject("m, n and k must each be at least 1.");
  if (spec.acc_bits != 64 && spec.acc_bits != 96 && spec.acc_bits != 128) {
    reject("acc_bits is " + std::to_string(spec.acc_bits) + "; use 64, 96 or 128.");
  }
  validate_formats(spec);
  if (spec.grid < -1024 || spec.grid > 1023) {
    reject("grid is " + std::to_string(spec.grid) + "; use a signed 11-bit value, -1024 to 1023.");
  }
  if (!has_grid_field(spec) && spec.grid != 0) reject("INT8 and plain FP8 have a fixed grid; set grid to 0.");
  validate_chunks(spec);
}

GemmResult gemm(const GemmSpec& spec, const Bytes& a, const Bytes& b, const Bytes& a_scale,
                const Bytes& b_scale, const Bytes& col_scale) {
  validate(spec);
  if (spec.col_scale && col_scale.size() != spec.n * 4) {
    reject("col_scale has " + std::to_string(col_scale.size()) + " bytes; n binary32 values need " +
           std::to_string(spec.n * 4) + ".");
  }
  const int grid = effective_grid(spec);
  const std::vector<std::size_t> ends = spec.chunk_ends.empty() ? std::vector{spec.k} : spec.chunk_ends;
  GemmResult result{Bytes(spec.m * spec.n * format::byte_width(spec.out)), {}};

  std::vector<Sum> sums;
  std::vector<std::uint32_t> partials;  // FP32 results of the chunk before
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    sums = accumulate(spec, begin, end, a, b, a_scale, b_scale);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (begin > 0) {
        Accumulator continued(spec.acc_bits, grid, sums[i]);
        continued.add_fp32(partials[i]);
        sums[i] = continued.sum();
      }
      note(sums[i].flags, result.status);
    }
    if (end != spec.k) {
      partials.resize(sums.size());
      for (std::size_t i = 0; i < sums.size(); ++i) partials[i] = fold(sums[i], grid);
    }
    begin = end;
  }

  for (std::size_t i = 0; i < sums.size(); ++i) {
    std::uint32_t code = 0;
    if (spec.fmt_a == Format::kInt8) {
      const Int32Result integer = fold_int32(sums[i]);
      result.status.int_sat |= integer.saturated;
      code = spec.out == Format::kInt32
                 ? static_cast<std::uint32_t>(integer.value)
                 : finish(spec, int32_to_fp32(integer.value), i % spec.n, col_scale, result.status);
    } else {
      code = finish(spec, fold(sums[i], grid), i % spec.n, col_scale, result.status);
    }
    format::store(spec.out, result.out, i, code);
  }
  return result;
}

}  // namespace tessera::reference
