// SPDX-License-Identifier: Apache-2.0

#include "clock_schedule.hpp"

#include <set>
#include <string>

#include "support/catch.hpp"

using tessera::tb::ClockRatio;
using tessera::tb::ClockSchedule;

TEST_CASE("a clock schedule keeps its ratio and puts equal edges together", "[clock_schedule]") {
  for (const std::string text : {"1:1", "4:5", "5:4", "3:2", "1:7"}) {
    CAPTURE(text);
    const ClockRatio ratio = ClockRatio::parse(text);
    REQUIRE(ratio.text() == text);
    ClockSchedule schedule(ratio);
    const auto first = schedule.next();
    REQUIRE((first.tile && first.memory));
    unsigned tile = 0, memory = 0, both = 0;
    while (tile < 20 * ratio.tile) {
      const auto edges = schedule.next();
      REQUIRE((edges.tile || edges.memory));
      tile += edges.tile;
      memory += edges.memory;
      both += edges.tile && edges.memory;
    }
    REQUIRE(memory == 20 * ratio.memory);
    REQUIRE(both == 20);  // Once per period of both, for ratios in lowest terms
  }
}

TEST_CASE("asynchronous clocks meet in ever new phases", "[clock_schedule]") {
  ClockSchedule schedule(ClockRatio::parse("4:5:async"));
  unsigned tile = 0, memory = 0, both = 0;
  for (unsigned n = 0; n < 9000; ++n) {
    const auto edges = schedule.next();
    tile += edges.tile;
    memory += edges.memory;
    both += edges.tile && edges.memory;
  }
  REQUIRE(both < 20);
  REQUIRE(tile * 5.0 / (memory * 4.0) == Approx(1.001).margin(0.001));
}

TEST_CASE("a clock ratio that makes no sense is refused", "[clock_schedule]") {
  for (const char* text : {"", "1", "1:", ":1", "0:1", "1:0", "4:5x", "4:5:asynchronous", "1001:1", "a:b"}) {
    CAPTURE(text);
    REQUIRE_THROWS_AS(ClockRatio::parse(text), std::invalid_argument);
  }
}
