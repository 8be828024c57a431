// SPDX-License-Identifier: Apache-2.0
//
// tessera_fifo and tessera_fifo_sram, eight of them at a time (fifo_tb.sv), each against a std::deque.

#include <array>
#include <deque>
#include <vector>

#include "Vfifo.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

constexpr unsigned kFifos = 8;
constexpr std::array<std::size_t, kFifos> kDepth = {1, 2, 3, 5, 2, 3, 7, 16};
constexpr bool on_sram(unsigned fifo) { return fifo >= 4; }

// Offers bytes 0, 1, 2... to every FIFO with `valid` per cent of the cycles, takes them in `ready` per cent.
// Returns how many bytes each moved. Fails on a wrong byte, a wrong count, or space not offered.
std::array<unsigned, kFifos> stream(Bench<Vfifo>& dut, unsigned cycles, unsigned valid, unsigned ready,
                                    Dice& dice) {
  std::array<unsigned, kFifos> moved{};
  std::array<std::uint8_t, kFifos> next{};
  std::array<std::deque<std::uint8_t>, kFifos> inside;
  dut->valid_i = 0;
  for (unsigned cycle = 0; cycle < cycles; ++cycle) {
    dut->ready_i = 0;
    for (unsigned f = 0; f < kFifos; ++f) {
      if (dice.percent(valid)) dut->valid_i |= 1u << f;  // Once raised, stays until taken
      if (dice.percent(ready)) dut->ready_i |= 1u << f;
      set_bits(dut->data_i, 8 * f, 8, next[f]);
    }
    dut.settle();
    std::uint8_t taken = 0;
    for (unsigned f = 0; f < kFifos; ++f) {
      CAPTURE(f, cycle);
      const bool valid_o = dut->valid_o >> f & 1;
      const bool ready_o = dut->ready_o >> f & 1;
      REQUIRE(get_bits(dut->count_o, 8 * f, 8) == inside[f].size());
      REQUIRE(ready_o == (inside[f].size() < kDepth[f]));
      if (!on_sram(f)) REQUIRE(valid_o == !inside[f].empty());
      if (valid_o) {
        REQUIRE(!inside[f].empty());
        REQUIRE(get_bits(dut->data_o, 8 * f, 8) == inside[f].front());
        if (dut->ready_i >> f & 1) {
          inside[f].pop_front();
          ++moved[f];
        }
      }
      if ((dut->valid_i >> f & 1) && ready_o) {
        inside[f].push_back(next[f]++);
        taken |= static_cast<std::uint8_t>(1u << f);
      }
    }
    dut.tick();
    dut->valid_i &= static_cast<std::uint8_t>(~taken);
  }
  return moved;
}

}  // namespace

TEST_CASE("FIFOs of every depth deliver every word once and in order", "[prim][fifo]") {
  const auto [valid, ready] =
      GENERATE(table<unsigned, unsigned>({{50, 50}, {90, 20}, {20, 90}, {100, 70}, {70, 100}}));
  CAPTURE(valid, ready);
  Bench<Vfifo> dut;
  Dice dice{valid * 1000 + ready};
  for (const unsigned moved : stream(dut, 3000, valid, ready, dice)) REQUIRE(moved > 300);
}

TEST_CASE("FIFOs move a word per cycle after a latency of 1, or of 2 on SRAM", "[prim][fifo][cycles]") {
  Bench<Vfifo> dut;
  Dice dice{1};
  const auto moved = stream(dut, 1000, 100, 100, dice);
  REQUIRE(moved[0] == 500);  // A single word goes in or out, not both
  for (unsigned f = 1; f < 4; ++f) REQUIRE(moved[f] == 1000 - 1);
  REQUIRE(moved[4] > 600);  // Two words cannot cover the latency of 2 and the ready cycle
  for (unsigned f = 5; f < kFifos; ++f) REQUIRE(moved[f] == 1000 - 2);
}

TEST_CASE("FIFO assertions catch a word that is withdrawn before it was taken", "[prim][fifo]") {
  Bench<Vfifo> dut;
  dut->ready_i = 0;
  dut->valid_i = 1;
  dut->data_i = 0;
  dut.tick();
  dut.tick();
  dut->valid_i = 0;
  REQUIRE_THROWS_AS((dut.tick(), dut.tick()), std::runtime_error);
}
