// SPDX-License-Identifier: Apache-2.0
//
// tessera_sram, written whole and by lanes (sram_tb.sv), against plain arrays.

#include <array>

#include "Vsram.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

using namespace tessera::test;

namespace {

void idle(Bench<Vsram>& dut) {
  dut->word_wr_en_i = 0;
  dut->lanes_wr_en_i = 0;
  dut->rd_en_i = 0;
}

}  // namespace

TEST_CASE("the SRAM reads what was written, lane by lane, and holds it until the next read", "[prim][sram]") {
  Bench<Vsram> dut;
  Dice dice{5};
  std::array<std::uint16_t, 8> word{}, lanes{};
  for (unsigned a = 0; a < 8; ++a) {  // Known contents first
    idle(dut);
    dut->word_wr_en_i = a < 5;
    dut->lanes_wr_en_i = 0xf;
    dut->wr_addr_i = static_cast<std::uint8_t>(a);
    dut->wr_data_i = 0;
    dut.tick();
  }
  std::uint16_t word_seen = 0, lanes_seen = 0;
  bool read_before = false;
  for (unsigned cycle = 0; cycle < 3000; ++cycle) {
    const unsigned wr_addr = static_cast<unsigned>(dice.below(5)),
                   rd_addr = static_cast<unsigned>(dice.below(5));
    const auto data = static_cast<std::uint16_t>(dice.below(65536));
    const unsigned enables = static_cast<unsigned>(dice.below(16));
    dut->word_wr_en_i = dice.percent(50);
    dut->lanes_wr_en_i = static_cast<std::uint8_t>(enables);
    dut->wr_addr_i = static_cast<std::uint8_t>(wr_addr);
    dut->wr_data_i = data;
    dut->rd_en_i = dice.percent(50);
    dut->rd_addr_i = static_cast<std::uint8_t>(rd_addr);
    dut.settle();
    if (read_before) {
      REQUIRE(dut->word_rd_data_o == word_seen);
      REQUIRE(dut->lanes_rd_data_o == lanes_seen);
    }
    if (dut->rd_en_i) {
      word_seen = word[rd_addr];  // Before this cycle's write: no bypass
      lanes_seen = lanes[rd_addr];
      read_before = true;
    }
    if (dut->word_wr_en_i) word[wr_addr] = data;
    for (unsigned l = 0; l < 4; ++l) {
      const unsigned mask = 0xfu << 4 * l;
      if (enables >> l & 1)
        lanes[wr_addr] = static_cast<std::uint16_t>((lanes[wr_addr] & ~mask) | (data & mask));
    }
    dut.tick();
  }
}

TEST_CASE("the SRAM's assertion catches an address past its depth", "[prim][sram]") {
  Bench<Vsram> dut;
  idle(dut);
  dut.tick();
  dut->word_wr_en_i = 1;
  dut->wr_addr_i = 5;
  REQUIRE_THROWS_AS((dut.tick(), dut.tick()), std::runtime_error);
}
