// SPDX-License-Identifier: Apache-2.0

#include "workload/workload.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "workload/patterns.hpp"
#include "workload/random.hpp"

namespace tessera::workload {
namespace {

constexpr Distribution kAll[] = {Distribution::kNormal, Distribution::kUniform, Distribution::kSpecial};

// Random streams, one per array.
enum Stream : std::uint64_t { kA = 1, kB, kAScale, kBScale, kColScale };

void validate(const Request& request) {
  if (request.m == 0 || request.n == 0 || request.k == 0) {
    throw std::invalid_argument("m, n and k of a workload must each be at least 1.");
  }
  if (!format::can_multiply(request.fmt_a, request.fmt_b, request.scaling)) {
    throw std::invalid_argument("There is no workload for operands " +
                                std::string(format::name(request.fmt_a)) + " and " +
                                std::string(format::name(request.fmt_b)) +
                                "; use INT8 or BF16 with themselves, FP8 with FP8, and MX with FP8 only.");
  }
}

}  // namespace

std::string_view name(Distribution distribution) {
  switch (distribution) {
    case Distribution::kNormal: return "normal";
    case Distribution::kUniform: return "uniform";
    case Distribution::kSpecial: return "special";
  }
  throw std::invalid_argument(
      "The distribution does not exist; use a value of tessera::workload::Distribution.");
}

Distribution parse_distribution(std::string_view text) {
  for (const Distribution distribution : kAll) {
    if (text == name(distribution)) return distribution;
  }
  throw std::invalid_argument("\"" + std::string(text) +
                              "\" is not a distribution; use one of normal, uniform, special.");
}

Operands generate(const Request& request) {
  validate(request);
  const bool mx = request.scaling == format::Scaling::kMx;
  const std::size_t blocks = (request.k + format::kMxBlock - 1) / format::kMxBlock;
  const Matrix shape_a{request.fmt_a, request.m, request.k};
  const Matrix shape_b{request.fmt_b, request.n, request.k};
  Random random_a(request.seed, kA);
  Random random_b(request.seed, kB);
  Random random_a_scale(request.seed, kAScale);
  Random random_b_scale(request.seed, kBScale);
  Random random_col(request.seed, kColScale);

  Operands out;
  switch (request.distribution) {
    case Distribution::kNormal: {
      Quantised a = quantise(shape_a, request.scaling, Granularity::kTensor, activations(shape_a, random_a));
      Quantised b = quantise(shape_b, request.scaling, Granularity::kRow, weights(shape_b, random_b));
      out = {std::move(a.codes), std::move(b.codes), std::move(a.scales), std::move(b.scales),
             normal_col_scales(request.n, request.k, request.fmt_a, random_col)};
      break;
    }
    case Distribution::kUniform:
      out.a = uniform_codes(shape_a, random_a);
      out.b = uniform_codes(shape_b, random_b);
      if (mx) out.a_scale = uniform_scales(request.m * blocks, random_a_scale);
      if (mx) out.b_scale = uniform_scales(request.n * blocks, random_b_scale);
      out.col_scale = uniform_col_scales(request.n, random_col);
      break;
    case Distribution::kSpecial:
      out.a = special_codes(shape_a, random_a);
      out.b = special_codes(shape_b, random_b);
      if (mx) out.a_scale = special_scales(request.m, blocks, random_a_scale);
      if (mx) out.b_scale = special_scales(request.n, blocks, random_b_scale);
      out.col_scale = special_col_scales(request.n, random_col);
      break;
  }
  return out;
}

}  // namespace tessera::workload
