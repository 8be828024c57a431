// SPDX-License-Identifier: Apache-2.0
//
// Reference GEMM against hand-computed results and against the machine's double where that is exact.

#include <bit>
#include <cmath>
#include <stdexcept>

#include "reference/gemm.hpp"
#include "support/catch.hpp"
#include "support/value_ladder.hpp"
#include "workload/workload.hpp"

namespace {

using namespace tessera;
using format::Format;
using format::Scaling;
using reference::Bytes;
using reference::Flags;
using reference::GemmSpec;
using reference::Int128;
using reference::Status;
using reference::Sum;

GemmSpec make(std::size_t m, std::size_t n, std::size_t k, Format a, Format b, Format out = Format::kFp32) {
  return {.m = m, .n = n, .k = k, .fmt_a = a, .fmt_b = b, .out = out, .chunk_ends = {}};
}

GemmSpec make_bf16(std::size_t k, int grid, int acc_bits = 128) {
  GemmSpec spec = make(1, 1, k, Format::kBf16, Format::kBf16);
  spec.grid = grid;
  spec.acc_bits = acc_bits;
  return spec;
}

GemmSpec make_mx(std::size_t m, std::size_t n, std::size_t k, Format a, Format b, int grid) {
  GemmSpec spec = make(m, n, k, a, b);
  spec.scaling = Scaling::kMx;
  spec.grid = grid;
  return spec;
}

Bytes bf16(const std::vector<std::uint32_t>& codes) {
  Bytes bytes(codes.size() * 2);
  for (std::size_t i = 0; i < codes.size(); ++i) format::store(Format::kBf16, bytes, i, codes[i]);
  return bytes;
}

std::uint32_t word(const reference::GemmResult& result, std::size_t i = 0) {
  return format::load(Format::kFp32, result.out, i);
}

// Value of an 8-bit code by ladder and by table, not by the decoders.
double value8(Format format, std::uint32_t code) {
  if (format == Format::kInt8) return static_cast<std::int8_t>(code);
  const std::vector<double> ladder = format == Format::kE4m3 ? test::e4m3_ladder() : test::e5m2_ladder();
  const std::uint32_t magnitude = code & 0x7F;
  double value = NAN;
  if (magnitude + 1 < ladder.size()) value = ladder[magnitude];
  if (format == Format::kE5m2 && magnitude == 0x7C) value = INFINITY;
  return code >= 0x80 ? -value : value;
}

Bytes all_codes() {
  Bytes bytes(256);
  for (std::size_t i = 0; i < 256; ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return bytes;
}

// binary32 bits of an exactly representable product as the contract wants it: one NaN, and no negative zero.
std::uint32_t result_bits(double exact) {
  if (std::isnan(exact)) return 0x7FC00000;
  return exact == 0 ? 0 : std::bit_cast<std::uint32_t>(static_cast<float>(exact));
}

}  // namespace

TEST_CASE("all products of every pair of 8-bit formats are exact", "[reference][gemm]") {
  const Format pairs[][2] = {{Format::kInt8, Format::kInt8},
                             {Format::kE4m3, Format::kE4m3},
                             {Format::kE4m3, Format::kE5m2},
                             {Format::kE5m2, Format::kE4m3},
                             {Format::kE5m2, Format::kE5m2}};
  for (const auto& [fmt_a, fmt_b] : pairs) {
    std::vector<double> value_a;
    std::vector<double> value_b;
    for (std::uint32_t code = 0; code < 256; ++code) {
      value_a.push_back(value8(fmt_a, code));
      value_b.push_back(value8(fmt_b, code));
    }
    const auto result = gemm(make(256, 256, 1, fmt_a, fmt_b), all_codes(), all_codes());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < 65536; ++i) {
      wrong += word(result, i) != result_bits(value_a[i / 256] * value_b[i % 256]);
    }
    CAPTURE(format::name(fmt_a), format::name(fmt_b));
    CHECK(wrong == 0);
    CHECK(result.status == Status{});
  }
}

TEST_CASE("all products of one-element MX blocks are exact under their scales", "[reference][gemm][mx]") {
  const int scales[][2] = {{127, 127}, {100, 150}, {140, 140}, {90, 120}};
  for (const Format fmt_b : {Format::kE4m3, Format::kE5m2}) {
    for (const auto& [scale_a, scale_b] : scales) {
      // A row per code; its one block has one element. The grid keeps every bit and T = 111 holds every
      // product.
      const int exponent = scale_a + scale_b - 254;
      const auto result = gemm(make_mx(256, 256, 1, Format::kE5m2, fmt_b, -32 + exponent), all_codes(),
                               all_codes(), Bytes(256, static_cast<std::uint8_t>(scale_a)),
                               Bytes(256, static_cast<std::uint8_t>(scale_b)));
      std::vector<double> value_a;
      std::vector<double> value_b;
      for (std::uint32_t code = 0; code < 256; ++code) {
        value_a.push_back(value8(Format::kE5m2, code));
        value_b.push_back(value8(fmt_b, code));
      }
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < 65536; ++i) {
        wrong += word(result, i) != result_bits(std::ldexp(value_a[i / 256] * value_b[i % 256], exponent));
      }
      CAPTURE(format::name(fmt_b), scale_a, scale_b);
      CHECK(wrong == 0);
      CHECK(result.status == Status{});
    }
  }
}

TEST_CASE("BF16 products are cut to the grid, lost or overflowed as doubles say", "[reference][gemm][bf16]") {
  const workload::Operands data = workload::generate({.m = 300,
                                                      .n = 200,
                                                      .k = 1,
                                                      .fmt_a = Format::kBf16,
                                                      .fmt_b = Format::kBf16,
                                                      .distribution = workload::Distribution::kUniform,
                                                      .seed = 5});
  for (const int acc_bits : {64, 96, 128}) {
    for (const int grid : {-140, -80, -36, 0, 40}) {
      GemmSpec spec = make(300, 200, 1, Format::kBf16, Format::kBf16);
      spec.grid = grid;
      spec.acc_bits = acc_bits;
      const auto result = gemm(spec, data.a, data.b);
      std::size_t wrong = 0;
      Status expected_status;
      for (std::size_t i = 0; i < 60000; ++i) {
        const auto value = [](const Bytes& bytes, std::size_t index) {
          const std::uint32_t high = bytes[2 * index] | bytes[2 * index + 1] << 8;
          return static_cast<double>(std::bit_cast<float>(high << 16));
        };
        double product = value(data.a, i / 200) * value(data.b, i % 200);  // 16 bits: exact
        const bool overflow =
            std::isfinite(product) && std::fabs(product) >= std::ldexp(1, grid + acc_bits - 17);
        if (overflow) product = std::copysign(INFINITY, product);
        const double cut = std::ldexp(std::trunc(std::ldexp(product, -grid)), grid);
        expected_status.overflow |= overflow;
        expected_status.lost |= std::isfinite(product) && cut != product;
        wrong += word(result, i) != result_bits(cut);
      }
      CAPTURE(acc_bits, grid);
      CHECK(wrong == 0);
      CHECK(result.status == expected_status);
    }
  }
}

TEST_CASE("opposite products cancel exactly to plus zero", "[reference][gemm]") {
  const auto fp8 =
      gemm(make(1, 1, 4, Format::kE5m2, Format::kE5m2), {0x7B, 0x01, 0xFB, 0x01}, {0x7B, 0x01, 0x7B, 0x81});
  CHECK(word(fp8) == 0x00000000);
  const auto rest = gemm(make(1, 1, 3, Format::kE5m2, Format::kE5m2), {0x7B, 0x01, 0xFB}, {0x7B, 0x81, 0x7B});
  CHECK(word(rest) == 0xAF800000);  // -2^-32 survives next to +-57344^2
  const auto wide = gemm(make_bf16(3, -80), bf16({0x4E00, 0x3F80, 0xCE00}), bf16({0x3F80, 0x2000, 0x3F80}));
  CHECK(word(wide) == 0x20000000);  // 2^29 + 2^-63 - 2^29
}

TEST_CASE("INT8 sums reach INT32 with the least product and convert once to other formats",
          "[reference][gemm][int8]") {
  const auto least = gemm(make(1, 1, 1, Format::kInt8, Format::kInt8, Format::kInt32), {0x80}, {0x80});
  CHECK(word(least) == 16384);
  const auto minus =
      gemm(make(1, 1, 2, Format::kInt8, Format::kInt8, Format::kInt32), {0x80, 0x03}, {0x7F, 0xFF});
  CHECK(word(minus) == 0xFFFFC07D);  // -16256 - 3
  // 1041 * 127^2 = 16790289 is odd and past 2^24: INT32 holds it, binary32 takes the even neighbour.
  const Bytes many(1041, 0x7F);
  CHECK(word(gemm(make(1, 1, 1041, Format::kInt8, Format::kInt8, Format::kInt32), many, many)) == 16790289);
  CHECK(word(gemm(make(1, 1, 1041, Format::kInt8, Format::kInt8), many, many)) ==
        std::bit_cast<std::uint32_t>(16790288.0F));
  GemmSpec scaled = make(1, 1, 1, Format::kInt8, Format::kInt8, Format::kInt8);
  scaled.col_scale = true;
  // 16384 * 2^-8 = 64
  CHECK(gemm(scaled, {0x80}, {0x80}, {}, {}, {0x00, 0x00, 0x80, 0x3B}).out == Bytes{0x40});
}

TEST_CASE("65,536 largest products of both signs leave the exact raw accumulator", "[reference][gemm]") {
  constexpr std::size_t kTerms = 65536;
  struct Case {
    Format format;
    std::uint8_t most;
    std::uint8_t least;
    Int128 positive;  // most * most * 65536 / 2^L
    Int128 negative;  // most * least * 65536 / 2^L
  };
  const Int128 e4m3 = Int128{448 * 448} << 48;
  const Int128 e5m2 = Int128{49} << (26 + 48);
  const Case cases[] = {{Format::kInt8, 0x80, 0x7F, Int128{16384} << 16, -(Int128{16256} << 16)},
                        {Format::kE4m3, 0x7E, 0xFE, e4m3, -e4m3},
                        {Format::kE5m2, 0x7B, 0xFB, e5m2, -e5m2}};
  for (const Case& c : cases) {
    for (const int acc_bits : {96, 128}) {
      GemmSpec spec = make(1, 2, kTerms, c.format, c.format);
      spec.acc_bits = acc_bits;
      Bytes b(kTerms, c.most);
      b.insert(b.end(), kTerms, c.least);
      CAPTURE(format::name(c.format), acc_bits);
      CHECK(accumulate(spec, 0, kTerms, Bytes(kTerms, c.most), b) ==
            std::vector<Sum>{{c.positive, {}}, {c.negative, {}}});
    }
  }
  for (const std::uint32_t sign : {0x0000U, 0x8000U}) {
    const Int128 sum = Int128{65025} << (95 + 16);  // (255 * 2^120)^2 * 2^16 on grid 2^145
    CHECK(accumulate(make_bf16(kTerms, 145), 0, kTerms, bf16(std::vector(kTerms, 0x7F7FU)),
                     bf16(std::vector(kTerms, 0x7F7FU | sign))) ==
          std::vector<Sum>{{sign != 0 ? -sum : sum, {}}});
  }
}

TEST_CASE("65,536 full MX blocks of largest products leave the exact raw accumulator",
          "[reference][gemm][mx]") {
  constexpr std::size_t kElements = 65536 * 32;
  for (const std::uint8_t code : {0x7B, 0xFB}) {
    const GemmSpec spec = make_mx(1, 1, kElements, Format::kE5m2, Format::kE5m2, -70);
    const Int128 sum = Int128{49} << (26 + 5 + 70 + 16);  // 57344^2 = 49 * 2^26, 32 elements, 2^16 blocks
    CHECK(accumulate(spec, 0, kElements, Bytes(kElements, 0x7B), Bytes(kElements, code), Bytes(65536, 127),
                     Bytes(65536, 127)) == std::vector<Sum>{{code == 0xFB ? -sum : sum, {}}});
  }
}

TEST_CASE("on a narrow accumulator FP8 products past it overflow one by one", "[reference][gemm]") {
  GemmSpec spec = make(1, 1, 2, Format::kE4m3, Format::kE4m3);
  spec.acc_bits = 64;                                         // L + T = -32 + 47 = 15
  const auto below = gemm(spec, {0x78, 0x00}, {0x6F, 0x00});  // 256 * 120 < 2^15
  CHECK(word(below) == 0x46F00000);
  const auto past = gemm(spec, {0x78, 0x78}, {0x70, 0xF0});  // +-256 * 128 = 2^15: not cancelled, both past
  CHECK(word(past) == 0x7FC00000);
  CHECK(past.status == Status{.overflow = true});
}

TEST_CASE("FP32 partials round between chunks and enter as one more term", "[reference][gemm][partial]") {
  // 2^24 + 1 | + 1: the partial rounds to 2^24, and 2^24 + 1 rounds to 2^24 again.
  GemmSpec spec = make_bf16(3, -80);
  const Bytes a = bf16({0x4B80, 0x3F80, 0x3F80});
  const Bytes ones = bf16({0x3F80, 0x3F80, 0x3F80});
  CHECK(word(gemm(spec, a, ones)) == 0x4B800001);
  spec.chunk_ends = {2, 3};
  CHECK(word(gemm(spec, a, ones)) == 0x4B800000);
  spec.chunk_ends = {1, 3};  // Here nothing is rounded before the end
  CHECK(word(gemm(spec, a, ones)) == 0x4B800001);

  // Infinity and NaN of a chunk stay; an overflow of one chunk is an infinity to the next.
  spec.chunk_ends = {1, 2, 3};
  CHECK(word(gemm(spec, bf16({0x7F80, 0x3F80, 0x3F80}), ones)) == 0x7F800000);
  CHECK(word(gemm(spec, bf16({0x7F80, 0x3F80, 0xFF80}), ones)) == 0x7FC00000);
  CHECK(word(gemm(spec, bf16({0xFFC0, 0x3F80, 0x3F80}), ones)) == 0x7FC00000);
  const auto overflow = gemm(spec, bf16({0xFF7F, 0x3F80, 0x3F80}), ones);
  CHECK(word(overflow) == 0xFF800000);
  CHECK(overflow.status == Status{.overflow = true});
}

TEST_CASE("specials inside a dot follow IEEE 754", "[reference][gemm]") {
  const GemmSpec spec = make(1, 1, 3, Format::kE5m2, Format::kE5m2);
  const auto dot = [&](const Bytes& a, const Bytes& b) { return word(gemm(spec, a, b)); };
  CHECK(dot({0x7C, 0x3C, 0x3C}, {0x3C, 0x3C, 0x3C}) == 0x7F800000);
  CHECK(dot({0x7C, 0x3C, 0x3C}, {0xBC, 0x3C, 0x3C}) == 0xFF800000);
  CHECK(dot({0x7C, 0x3C, 0x7C}, {0x3C, 0x3C, 0xBC}) == 0x7FC00000);  // Inf - Inf
  CHECK(dot({0x7C, 0x00, 0x00}, {0x80, 0x3C, 0x3C}) == 0x7FC00000);  // Inf * -0
  CHECK(dot({0x00, 0x00, 0x00}, {0x7C, 0x3C, 0x3C}) == 0x7FC00000);  // 0 * Inf: zeros are not skipped
  CHECK(dot({0x00, 0x00, 0x00}, {0x7D, 0x3C, 0x3C}) == 0x7FC00000);  // 0 * NaN
  CHECK(dot({0x3C, 0x7C, 0xFC}, {0x3C, 0xFC, 0x7C}) == 0xFF800000);
}

TEST_CASE("column scale and conversion follow the fold", "[reference][gemm]") {
  GemmSpec spec = make(2, 2, 1, Format::kE4m3, Format::kE4m3, Format::kBf16);
  spec.col_scale = true;
  // Rows 1, -2; columns 1, 3; scales 0.5, Inf.
  const auto result = gemm(spec, {0x38, 0xC0}, {0x38, 0x44}, {}, {}, {0, 0, 0, 0x3F, 0, 0, 0x80, 0x7F});
  CHECK(result.out == bf16({0x3F00, 0x7F80, 0xBF80, 0xFF80}));
  spec.out = Format::kInt8;
  const auto nan = gemm(spec, {0x00, 0xC0}, {0x38, 0x44}, {}, {}, {0, 0, 0, 0x3F, 0, 0, 0x80, 0x7F});
  CHECK(nan.out == Bytes{0x00, 0x00, 0xFF, 0x80});  // 0 * Inf became 0
  CHECK(nan.status == Status{.out_nan = true});
  CHECK(nan.status.bits() == 8);
}
