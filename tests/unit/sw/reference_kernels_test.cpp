// SPDX-License-Identifier: Apache-2.0
//
// The fast reference kernels against one term at a time, MX blocks, order independence, and what is refused.

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

#include "reference/fold.hpp"
#include "reference/gemm.hpp"
#include "support/catch.hpp"
#include "workload/random.hpp"
#include "workload/workload.hpp"

namespace {

using namespace tessera;
using format::Format;
using format::Scaling;
using reference::Bytes;
using reference::GemmSpec;
using reference::Status;
using reference::Sum;
using workload::Distribution;
using workload::Operands;

struct Mode {
  Format a;
  Format b;
  Scaling scaling;
};

constexpr Mode kModes[] = {
    {Format::kInt8, Format::kInt8, Scaling::kPlain}, {Format::kE4m3, Format::kE4m3, Scaling::kPlain},
    {Format::kE4m3, Format::kE5m2, Scaling::kPlain}, {Format::kE5m2, Format::kE4m3, Scaling::kPlain},
    {Format::kE5m2, Format::kE5m2, Scaling::kPlain}, {Format::kBf16, Format::kBf16, Scaling::kPlain},
    {Format::kE4m3, Format::kE4m3, Scaling::kMx},    {Format::kE4m3, Format::kE5m2, Scaling::kMx},
    {Format::kE5m2, Format::kE4m3, Scaling::kMx},    {Format::kE5m2, Format::kE5m2, Scaling::kMx}};

GemmSpec make(const Mode& mode, std::size_t m, std::size_t n, std::size_t k, int acc_bits) {
  return {.m = m,
          .n = n,
          .k = k,
          .fmt_a = mode.a,
          .fmt_b = mode.b,
          .scaling = mode.scaling,
          .grid = reference::default_grid(mode.a, mode.scaling, acc_bits),
          .acc_bits = acc_bits,
          .chunk_ends = {}};
}

Operands data_for(const GemmSpec& spec, Distribution distribution, std::uint64_t seed) {
  return workload::generate(
      {spec.m, spec.n, spec.k, spec.fmt_a, spec.fmt_b, spec.scaling, distribution, seed});
}

// Columns of K in a new order; with MX, blocks and their scales, the elements inside each block staying
// together.
Bytes permute(const Bytes& bytes, std::size_t rows, std::size_t piece,
              const std::vector<std::size_t>& order) {
  Bytes out;
  for (std::size_t row = 0; row < rows; ++row) {
    for (const std::size_t from : order) {
      const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>((row * order.size() + from) * piece);
      out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(piece));
    }
  }
  return out;
}

std::uint32_t mx_dot(std::size_t k, const Bytes& a, const Bytes& b, const Bytes& a_scale,
                     const Bytes& b_scale) {
  const GemmSpec spec = make({Format::kE4m3, Format::kE5m2, Scaling::kMx}, 1, 1, k, 128);
  return format::load(Format::kFp32, gemm(spec, a, b, a_scale, b_scale).out, 0);
}

std::string error_of(const GemmSpec& spec) {
  try {
    reference::validate(spec);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("every kernel equals the sum term by term, in every mode, width and distribution",
          "[reference][kernels]") {
  for (const Mode& mode : kModes) {
    for (const int acc_bits : {64, 96, 128}) {
      for (const Distribution distribution :
           {Distribution::kNormal, Distribution::kUniform, Distribution::kSpecial}) {
        GemmSpec spec = make(mode, 9, 11, 77, acc_bits);
        for (const int grid_step : {0, 30, -60}) {
          if (spec.grid == 0 && grid_step != 0) continue;
          spec.grid += grid_step;
          const Operands data = data_for(spec, distribution, 11);
          CAPTURE(format::name(mode.a), format::name(mode.b), static_cast<int>(mode.scaling), acc_bits,
                  workload::name(distribution), spec.grid);
          const auto fast = accumulate(spec, 0, 77, data.a, data.b, data.a_scale, data.b_scale);
          const bool equal =
              fast == accumulate_by_terms(spec, 0, 77, data.a, data.b, data.a_scale, data.b_scale);
          CHECK(equal);
          const auto part = accumulate(spec, 32, 70, data.a, data.b, data.a_scale, data.b_scale);
          const bool part_equal =
              part == accumulate_by_terms(spec, 32, 70, data.a, data.b, data.a_scale, data.b_scale);
          CHECK(part_equal);
        }
      }
    }
  }
}

TEST_CASE("a sum does not depend on the order of K", "[reference][kernels]") {
  workload::Random random(99);
  for (const Mode& mode : kModes) {
    for (const Distribution distribution : {Distribution::kNormal, Distribution::kUniform}) {
      const std::size_t k = 256;
      const GemmSpec spec = make(mode, 6, 7, k, 96);
      const Operands data = data_for(spec, distribution, 3);
      const auto expected = accumulate(spec, 0, k, data.a, data.b, data.a_scale, data.b_scale);

      const bool mx = mode.scaling == Scaling::kMx;
      std::vector<std::size_t> order(mx ? k / format::kMxBlock : k);
      std::iota(order.begin(), order.end(), std::size_t{0});
      for (std::size_t i = order.size() - 1; i > 0; --i) {
        std::swap(order[i], order[random.below(static_cast<std::uint32_t>(i + 1))]);
      }
      const std::size_t piece = mx ? format::kMxBlock : format::byte_width(mode.a);
      const Bytes a_scale = mx ? permute(data.a_scale, 6, 1, order) : Bytes{};
      const Bytes b_scale = mx ? permute(data.b_scale, 7, 1, order) : Bytes{};
      const auto shuffled = accumulate(spec, 0, k, permute(data.a, 6, piece, order),
                                       permute(data.b, 7, piece, order), a_scale, b_scale);
      CAPTURE(format::name(mode.a), format::name(mode.b), mx, workload::name(distribution));
      const bool equal = shuffled == expected;
      CHECK(equal);
    }
  }
}

TEST_CASE("sums over parts of K merge to the sum over all of it", "[reference][kernels]") {
  for (const Mode& mode : kModes) {
    const GemmSpec spec = make(mode, 5, 6, 200, 64);
    const Operands data = data_for(spec, Distribution::kUniform, 8);
    const auto part = [&](std::size_t begin, std::size_t end) {
      return accumulate(spec, begin, end, data.a, data.b, data.a_scale, data.b_scale);
    };
    const auto whole = part(0, 200);
    const auto first = part(0, 96);
    const auto second = part(96, 200);
    bool equal = true;
    for (std::size_t i = 0; i < whole.size(); ++i)
      equal = equal && merge(second[i], first[i], 64) == whole[i];
    CHECK(equal);
  }
}

TEST_CASE("MX tail blocks, zero blocks and scales of all sizes give the hand-computed dot",
          "[reference][mx]") {
  // E4M3 0x38 = 1, E5M2 0x3C = 1.
  const Bytes ones_a(33, 0x38);
  const Bytes ones_b(33, 0x3C);
  CHECK(mx_dot(33, ones_a, ones_b, {127, 127}, {127, 127}) == 0x42040000);  // 33
  CHECK(mx_dot(33, ones_a, ones_b, {127, 137}, {127, 127}) == 0x44840000);  // 32 + 1024
  CHECK(mx_dot(33, ones_a, ones_b, {117, 127}, {137, 127}) == 0x42040000);  // 32 * 2^-10 * 2^10 + 1
  CHECK(mx_dot(33, Bytes(33, 0x00), ones_b, {254, 0}, {254, 0}) == 0x00000000);
  CHECK(mx_dot(1, {0x38}, {0xBC}, {0}, {254}) == 0xBF800000);   // 2^-127 * 2^127
  CHECK(mx_dot(1, {0x38}, {0x3C}, {67}, {107}) == 0x17800000);  // 2^-60 * 2^-20 = 2^L
  CHECK(mx_dot(1, {0x38}, {0x3C}, {66}, {107}) == 0x00000000);  // One below 2^L
  // A block is cut as a whole: 2^-81 twice is one term of 2^-80.
  CHECK(mx_dot(2, {0x38, 0x38}, {0x3C, 0x3C}, {66}, {107}) == 0x17800000);
  CHECK(mx_dot(1, {0x38}, {0x3C}, {157}, {128}) == 0x7F800000);  // 2^31 = 2^(L+T)
  CHECK(mx_dot(1, {0x38}, {0x3C}, {157}, {127}) == 0x4E800000);  // 2^30
}

TEST_CASE("an MX scale of 0xFF makes NaN of its row even on a zero block, and reports nothing else",
          "[reference][mx]") {
  CHECK(mx_dot(1, {0x00}, {0x00}, {255}, {127}) == 0x7FC00000);
  CHECK(mx_dot(1, {0x00}, {0x00}, {127}, {255}) == 0x7FC00000);
  CHECK(mx_dot(33, Bytes(33, 0x38), Bytes(33, 0x3C), {127, 255}, {127, 127}) == 0x7FC00000);
  CHECK(mx_dot(1, {0x7F}, {0x3C}, {127}, {127}) == 0x7FC00000);
  CHECK(mx_dot(1, {0x38}, {0x7C}, {0}, {0}) == 0x7F800000);
  CHECK(mx_dot(2, {0x38, 0x00}, {0xFC, 0x7C}, {127}, {127}) == 0x7FC00000);

  const GemmSpec spec = make({Format::kE4m3, Format::kE4m3, Scaling::kMx}, 2, 2, 1, 128);
  const auto result = gemm(spec, {0x38, 0x38}, {0x38, 0x38}, {255, 127}, {127, 127});
  CHECK(format::load(Format::kFp32, result.out, 0) == 0x7FC00000);
  CHECK(format::load(Format::kFp32, result.out, 1) == 0x7FC00000);
  CHECK(format::load(Format::kFp32, result.out, 2) == 0x3F800000);
  CHECK(result.status == Status{});
}

TEST_CASE("folding in chunks equals folding and continuing by hand", "[reference][partial]") {
  for (const Mode& mode : kModes) {
    if (mode.a == Format::kInt8) continue;
    GemmSpec spec = make(mode, 7, 8, 160, 128);
    spec.chunk_ends = {64, 96, 160};
    const Operands data = data_for(spec, Distribution::kNormal, 21);
    const int grid = reference::effective_grid(spec);
    std::vector<std::uint32_t> expected(56, 0);
    std::size_t begin = 0;
    for (const std::size_t end : spec.chunk_ends) {
      const auto sums = accumulate_by_terms(spec, begin, end, data.a, data.b, data.a_scale, data.b_scale);
      for (std::size_t i = 0; i < 56; ++i) {
        reference::Accumulator sum(128, grid, sums[i]);
        sum.add_fp32(expected[i]);
        expected[i] = fold(sum.sum(), grid);
      }
      begin = end;
    }
    const auto result = gemm(spec, data.a, data.b, data.a_scale, data.b_scale);
    bool equal = true;
    for (std::size_t i = 0; i < 56; ++i)
      equal = equal && format::load(Format::kFp32, result.out, i) == expected[i];
    CHECK(equal);
  }
}

TEST_CASE("a spec the tile cannot run is refused with the reason", "[reference][errors]") {
  const GemmSpec good = make(kModes[5], 4, 4, 64, 128);
  CHECK(error_of(good) == "accepted");
  const auto with = [&](auto change) {
    GemmSpec spec = good;
    change(spec);
    return error_of(spec);
  };
  CHECK(with([](GemmSpec& s) { s.k = 0; }) == "m, n and k must each be at least 1.");
  CHECK(with([](GemmSpec& s) { s.acc_bits = 80; }) == "acc_bits is 80; use 64, 96 or 128.");
  CHECK(with([](GemmSpec& s) { s.grid = 1024; }) ==
        "grid is 1024; use a signed 11-bit value, -1024 to 1023.");
  CHECK(with([](GemmSpec& s) { s.fmt_b = Format::kE4m3; }).find("do not multiply") != std::string::npos);
  CHECK(with([](GemmSpec& s) { s.scaling = Scaling::kMx; }).find("do not multiply") != std::string::npos);
  CHECK(with([](GemmSpec& s) { s.out = Format::kInt32; }).find("INT32 results need INT8") == 0);
  CHECK(with([](GemmSpec& s) { s.no_saturate = true; }).find("no_saturate is for") == 0);
  CHECK(with([](GemmSpec& s) { s.k = 65537; }).find("65536 terms") != std::string::npos);
  CHECK(with([](GemmSpec& s) { s.k = 65536; }) == "accepted");
  CHECK(with([](GemmSpec& s) { s.chunk_ends = {32, 32, 64}; }).find("must ascend") != std::string::npos);
  CHECK(with([](GemmSpec& s) { s.chunk_ends = {32}; }) == "The last of chunk_ends must be k = 64.");
  // The partial is a term too, so a full chunk has no room for it.
  CHECK(with([](GemmSpec& s) {
          s.k = 65552, s.chunk_ends = {16, 65552};
        }).find("65536 terms") != std::string::npos);

  GemmSpec mx = make(kModes[6], 4, 4, 96, 128);
  mx.chunk_ends = {48, 96};
  CHECK(error_of(mx) == "Chunk end 48 splits an MX block; use a multiple of 32.");
  GemmSpec fp8 = make(kModes[1], 4, 4, 96, 128);
  fp8.grid = -80;
  CHECK(error_of(fp8) == "INT8 and plain FP8 have a fixed grid; set grid to 0.");
  GemmSpec int8 = make(kModes[0], 4, 4, 96, 128);
  int8.chunk_ends = {48, 96};
  CHECK(error_of(int8) == "INT8 has no FP32 partials; leave chunk_ends empty.");

  CHECK_THROWS_AS(gemm(make(kModes[1], 2, 2, 2, 128), Bytes(4), Bytes(5)), std::invalid_argument);
  CHECK_THROWS_AS(gemm(make(kModes[6], 2, 2, 2, 128), Bytes(4), Bytes(4), Bytes(2), Bytes(1)),
                  std::invalid_argument);
  GemmSpec scaled = make(kModes[1], 2, 2, 2, 128);
  scaled.col_scale = true;
  CHECK_THROWS_AS(gemm(scaled, Bytes(4), Bytes(4)), std::invalid_argument);
}
