// PARAMS: N=5
// SPDX-License-Identifier: Apache-2.0
//
// tessera_rr_arbiter against a plain model: search from behind the last one served.

#include <array>
#include <bit>

#include "Vrr_arbiter.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

using namespace tessera::test;

TEST_CASE("the round-robin arbiter serves the next request behind the last one served",
          "[prim][rr_arbiter]") {
  Bench<Vrr_arbiter> dut;
  Dice dice{11};
  unsigned requests = 0, first = 0;
  int held = -1;
  std::array<unsigned, 5> served{};
  for (unsigned cycle = 0; cycle < 5000; ++cycle) {
    requests |= static_cast<unsigned>(dice.below(32) & dice.below(32));
    dut->req_i = static_cast<std::uint8_t>(requests);
    dut->accept_i = dice.percent(60);
    dut.settle();
    unsigned expected = 0;
    for (unsigned i = 5; i-- > 0;) {
      const unsigned index = (first + i) % 5;
      if (requests >> index & 1) expected = 1u << index;
    }
    if (held >= 0) expected = 1u << held;
    REQUIRE(dut->gnt_o == expected);
    held = -1;
    if (expected != 0) {
      const auto index = static_cast<unsigned>(std::countr_zero(expected));
      if (dut->accept_i) {
        ++served[index];
        first = index + 1;
        requests &= ~expected;
      } else {
        held = static_cast<int>(index);
      }
    }
    dut.tick();
  }
  for (const unsigned count : served) REQUIRE(count > 300);
}

TEST_CASE("the round-robin arbiter shares equally among requests that never pause", "[prim][rr_arbiter]") {
  Bench<Vrr_arbiter> dut;
  dut->req_i = 0b11011;
  dut->accept_i = 1;
  std::array<unsigned, 5> served{};
  for (unsigned cycle = 0; cycle < 40; ++cycle) {
    dut.settle();
    ++served[static_cast<unsigned>(std::countr_zero(static_cast<unsigned>(dut->gnt_o)))];
    dut.tick();
  }
  REQUIRE(served == std::array<unsigned, 5>{10, 10, 0, 10, 10});
}
