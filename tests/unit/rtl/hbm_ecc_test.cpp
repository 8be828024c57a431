// SPDX-License-Identifier: Apache-2.0
//
// SECDED of a grain: encoder, syndrome and correction (hbm_ecc_tb.sv), exhaustively over one and two wrong
// bits.

#include <vector>

#include "Vhbm_ecc.h"
#include "hbm/secded.hpp"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera;
using namespace tessera::test;

constexpr unsigned kCode = 266;  // Data and check bits
enum Verdict : unsigned { kClean, kCorrected, kUncorrectable };

Grain pattern(unsigned n) {
  Grain g{};
  if (n == 1) g.fill(0xFF);
  if (n == 2) g.fill(0xA5);
  if (n >= 3) g = grain_at(64 * n);
  return g;
}

struct Code {
  Bench<Vhbm_ecc> dut{10};
  explicit Code(const Grain& data) {
    dut->enable_i = 1;
    set_grain(dut->data_i, 0, data);
    for (unsigned bit = 0; bit < 272; bit += 16) set_bits(dut->flip_i, bit, 16, 0);
    dut.settle();
  }
  void flip(unsigned bit) {
    set_bits(dut->flip_i, bit, 1, 1 ^ get_bits(dut->flip_i, bit, 1));
    dut.settle();
  }
};

}  // namespace

TEST_CASE("Check bits are those of the definition, for a word per data bit and for random words",
          "[hbm][ecc]") {
  for (unsigned n = 0; n < 256 + 500; ++n) {
    Grain g{};
    if (n < 256)
      g[n / 8] = static_cast<std::uint8_t>(1u << n % 8);
    else
      g = grain_at(32 * n);
    CAPTURE(n);
    Code code{g};
    REQUIRE(code.dut->ecc_o == tb::hbm::secded_encode(g));
    REQUIRE(code.dut->verdict_o == kClean);
    REQUIRE(code.dut->syndrome_o == 0);
  }
}

TEST_CASE("Each single wrong bit of 266 is corrected, in every pattern", "[hbm][ecc]") {
  for (unsigned p = 0; p < 8; ++p) {
    const Grain g = pattern(p);
    Code code{g};
    for (unsigned bit = 0; bit < kCode; ++bit) {
      CAPTURE(p, bit);
      code.flip(bit);
      REQUIRE(code.dut->verdict_o == kCorrected);
      REQUIRE(get_grain(code.dut->data_o, 0) == g);
      code.flip(bit);
    }
    for (unsigned bit = kCode; bit < 272; ++bit) {  // Reserved bits are not part of the code
      code.flip(bit);
      REQUIRE(code.dut->verdict_o == kClean);
      code.flip(bit);
    }
  }
}

TEST_CASE("Each of the 35245 pairs of wrong bits is detected and left alone, in every pattern",
          "[hbm][ecc]") {
  for (unsigned p = 0; p < 5; ++p) {
    const Grain g = pattern(p);
    Code code{g};
    unsigned pairs = 0, missed = 0, touched = 0;
    for (unsigned a = 0; a < kCode; ++a) {
      code.flip(a);
      for (unsigned b = a + 1; b < kCode; ++b) {
        code.flip(b);
        Grain read = g;
        if (a < 256) read[a / 8] ^= static_cast<std::uint8_t>(1u << a % 8);
        if (b < 256) read[b / 8] ^= static_cast<std::uint8_t>(1u << b % 8);
        ++pairs;
        missed += code.dut->verdict_o != kUncorrectable;
        touched += get_grain(code.dut->data_o, 0) != read;
        code.flip(b);
      }
      code.flip(a);
    }
    CAPTURE(p);
    REQUIRE(pairs == 35245);
    REQUIRE(missed == 0);
    REQUIRE(touched == 0);
  }
}

TEST_CASE("Three wrong bits are never called clean", "[hbm][ecc]") {
  Code code{pattern(3)};
  Dice dice{1};
  unsigned beyond = 0;
  for (unsigned n = 0; n < 20'000; ++n) {
    const unsigned a = static_cast<unsigned>(dice.below(kCode));
    const unsigned b = (a + 1 + static_cast<unsigned>(dice.below(kCode - 1))) % kCode;
    unsigned c = a;
    while (c == a || c == b) c = static_cast<unsigned>(dice.below(kCode));
    for (const unsigned bit : {a, b, c}) code.flip(bit);
    REQUIRE(code.dut->verdict_o != kClean);
    beyond += code.dut->verdict_o == kUncorrectable;  // The position points at no bit
    for (const unsigned bit : {a, b, c}) code.flip(bit);
  }
  REQUIRE(beyond > 1000);
}

TEST_CASE("With the code off check bits are zero and no error is seen", "[hbm][ecc]") {
  Code code{pattern(4)};
  code.dut->enable_i = 0;
  code.flip(17);
  REQUIRE(code.dut->ecc_o == 0);
  REQUIRE(code.dut->verdict_o == kClean);
}
