// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_refresh with 64 banks: the same rules, four times the rate of the smallest part.

#include "Vhbm_refresh4.h"
#include "support/catch.hpp"
#include "unit/rtl/hbm_refresh_harness.hpp"

using namespace tessera::test;

TEST_CASE("No refresh rule breaks with 64 banks under random traffic", "[hbm]") {
  for (unsigned seed = 0; seed < 4; ++seed) {
    CAPTURE(seed);
    Dice dice{seed};
    RefreshHarness<Vhbm_refresh4> h(4, seed,
                                    {.mode = seed % 2 == 0 ? kBoth : kAllOnly, .pull_in = 1 + 2 * seed});
    for (unsigned phase = 0; phase < 20; ++phase) {
      h.grant_delay = static_cast<unsigned>(dice.between(0, 40));
      h.busy = 0;
      h.traffic = {.arrive_per_mille = static_cast<unsigned>(dice.below(3) * 15), .serve_percent = 50};
      h.temp = dice.percent(50) ? 0b011 : dice.percent(50) ? 0b010 : 0b110;
      h.run(static_cast<unsigned>(dice.between(500, 10'000)));
    }
    CHECK(h.granted[kRefPb] + h.granted[kRefAb] > 30);
  }
}

TEST_CASE("Idle, 64 banks are refreshed in turn, each once per set", "[hbm]") {
  RefreshHarness<Vhbm_refresh4> h(4, 1, {.pull_in = 8});
  h.run(20'000);
  CHECK(h.granted[kRefPb] >= 8 * 64);
  CHECK(h.lowest >= -8 * 64);
  CHECK(h.lowest <= -8 * 64 + 6);
}
