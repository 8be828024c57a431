// SPDX-License-Identifier: Apache-2.0
//
// Timing rules that are not a matter of one pair: sliding windows, the data pins, two pseudo-channels;
// reports and the census.

#include <algorithm>
#include <sstream>

#include "support/catch.hpp"
#include "support/hbm_bus.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;

constexpr DramAddress kBank{.sid = 0, .bg = 1, .ba = 2, .row = 77};
constexpr DramAddress kOtherGroup{.sid = 0, .bg = 2, .ba = 2, .row = 79};
constexpr DramAddress kOtherSid{.sid = 1, .bg = 1, .ba = 2, .row = 80};

TEST_CASE("A strict device throws with the rule, the tick and both commands", "[hbm]") {
  HbmBus bus{{.trained = true}};
  bus.send(100, Op::kAct, 1, kOtherSid);
  bus.send(100 + 2 * 31 - 2, Op::kRd, 1, kOtherSid);
  try {
    bus.finish();
    FAIL("nothing was thrown");
  } catch (const DramViolation& e) {
    CHECK(e.rule() == Rule::kRcdRd);
    CHECK(std::string(e.what()) ==
          "HBM rule RCDRD broken at tick 224: RD pc1 sid1 bg1 ba2 row 80 col 0 at tick 224 after ACT pc1 "
          "sid1 bg1 ba2 "
          "row 80 at tick 162: 60 ticks apart, 62 needed");
  }
}

TEST_CASE("FAW slides: a fifth ACT counts from the first of its own four, whatever the SID", "[hbm]") {
  TimingSet timing = TimingSet::hbm3_6400();  // tFAW 24, tRRD_S 4
  DeviceConfig config{.timing = timing, .trained = true, .strict = false};
  // ACTs at 0, 5, 10, 15 CK, then at 24 (0 + tFAW), 29 (5 + tFAW) and 34; 33 is early against 10.
  for (const bool early : {false, true}) {
    HbmBus bus{config};
    std::vector<std::int64_t> cks{0, 5, 10, 15, 24, 29, early ? 33 : 34};
    for (unsigned i = 0; i < cks.size(); ++i) {
      bus.send(100 + 2 * cks[i], Op::kAct, 0, {.sid = i % 2, .bg = i % 4, .ba = i / 4, .row = 3});
    }
    bus.finish();
    CHECK(broken_rules(bus.device) == (early ? std::vector<std::string>{"FAW"} : std::vector<std::string>{}));
  }
}

TEST_CASE("A refresh does not count as an ACT of the four, and does not reset them", "[hbm]") {
  HbmBus bus{{.trained = true, .strict = false}};
  for (unsigned i = 0; i < 4; ++i) bus.send(100 + 8 * i, Op::kAct, 0, {.bg = i, .row = 3});
  bus.send(132, Op::kRefPb, 0, {.sid = 1, .bg = 3, .ba = 3});  // 4 CK after the last ACT
  bus.send(146, Op::kPrePb, 1);
  bus.send(158, Op::kAct, 0,
           {.sid = 1, .bg = 0, .row = 3});  // 29 CK after the first: FAW is met, RREFD just so
  bus.finish();
  CHECK(broken_rules(bus.device) == std::vector<std::string>{});
  CHECK(bus.device.census()[Rule::kFaw].min_slack == 10);
  CHECK(bus.device.census()[Rule::kRrefd].min_slack == 0);
}

TEST_CASE("Bursts that would overlap on the data pins are reported whatever the command distances say",
          "[hbm]") {
  // A part whose RTW is too small for its latencies: read data at 20 and 21 CK, write data from (ck + 10).
  TimingSet timing = TimingSet::hbm3_6400();
  timing.rtw = 5;
  const auto play = [&](std::int64_t ck) {
    HbmBus bus{{.timing = timing, .trained = true, .strict = false}};
    bus.send(0 + 100, Op::kAct, 0, kBank);
    bus.send(16 + 100, Op::kAct, 0, kOtherGroup);
    bus.send(200, Op::kRd, 0, kBank);
    bus.send(200 + 2 * ck, Op::kWr, 0, kOtherGroup);
    bus.finish();
    return broken_rules(bus.device);
  };
  CHECK(play(12) == std::vector<std::string>{});  // Behind
  CHECK(play(11) == std::vector<std::string>{"BUS"});
  CHECK(play(9) == std::vector<std::string>{"BUS"});
  CHECK(play(8) == std::vector<std::string>{});  // Before
  // And of one direction, with a tCCD shorter than a burst.
  timing.ccds = 1;
  HbmBus bus{{.timing = timing, .trained = true, .strict = false}};
  bus.send(100, Op::kAct, 0, kBank);
  bus.send(116, Op::kAct, 0, kOtherGroup);
  bus.send(200, Op::kWr, 0, kBank);
  bus.cycle(200).w[0] = {};
  bus.send(202, Op::kWr, 0, kOtherGroup);
  bus.finish();
  CHECK(broken_rules(bus.device).front() == "BUS");
}

TEST_CASE("The flight time of read data keeps the bus for the read", "[hbm]") {
  TimingSet timing = TimingSet::hbm3_6400();
  timing.rtw = 5;
  DeviceConfig config{.timing = timing, .strict = false};
  for (config.seed = 1;; ++config.seed) {
    const DramDevice device{config};
    if (device.hidden_flight(0) == 3) break;
    REQUIRE(config.seed < 100);
  }
  for (const std::int64_t ck : {14, 15}) {
    HbmBus bus{config};
    const Window ca = bus.device.hidden_windows().ca();
    bus.idle.delay.ca = ca.low;
    bus.mrs(0, encoding::kMrRl, timing.rl);
    bus.mrs(40, encoding::kMrWl, timing.wl);
    bus.send(100, Op::kAct, 0, kBank);
    bus.send(116, Op::kAct, 0, kOtherGroup);
    bus.send(200, Op::kRd, 0, kBank);
    bus.send(200 + 2 * ck, Op::kWr, 0, kOtherGroup);
    bus.finish();
    CHECK(broken_rules(bus.device) ==
          (ck == 14 ? std::vector<std::string>{"BUS"} : std::vector<std::string>{}));
  }
}

TEST_CASE("An internal precharge keeps counting although its bank was opened and closed before it", "[hbm]") {
  HbmBus bus{{.trained = true, .strict = false}};
  bus.send(100, Op::kAct, 0, kBank);
  bus.send(100 + 2 * 15, Op::kWra, 0, kBank);    // Precharges itself at 60 CK
  bus.send(100 + 2 * 72, Op::kAct, 0, kBank);    // tRC is met, tRP not
  bus.send(100 + 2 * 73, Op::kPrePb, 0, kBank);  // Far too early
  bus.run_to(300);
  CHECK(broken_rules(bus.device) == std::vector<std::string>{"RP", "RAS"});
  HbmBus late{{.trained = true, .strict = false}};
  late.send(100, Op::kAct, 0, kBank);
  late.send(100 + 2 * 15, Op::kWra, 0, kBank);
  late.send(100 + 2 * 30, Op::kAct, 0, kBank);
  late.send(100 + 2 * 50, Op::kPrePb, 0, kBank);
  late.send(100 + 2 * 80, Op::kRefPb, 0, kBank);  // 30 CK after that, 20 after the internal one
  late.run_to(400);
  CHECK(broken_rules(late.device) == std::vector<std::string>{"RC", "RP", "RAS", "RC", "RP"});
}

TEST_CASE("The two pseudo-channels have timings of their own", "[hbm]") {
  HbmBus bus{{.trained = true}};  // Strict
  bus.send(1000, Op::kRefAb, 1);
  bus.run_to(1000 + 2 * 560);
  const std::int64_t t = bus.now() + 100;
  // In every pair the second is far too early for one pseudo-channel.
  bus.send(t, Op::kAct, 0, kBank);
  bus.send(t + 4, Op::kAct, 1, kBank);
  bus.send(t + 200, Op::kRd, 0, kBank);
  bus.send(t + 202, Op::kWr, 1, kBank);
  bus.send(t + 300, Op::kWr, 0, kBank);
  bus.send(t + 302, Op::kRd, 1, kBank);
  bus.send(t + 500, Op::kPrePb, 0, kBank);
  bus.send(t + 501, Op::kPrePb, 1, kBank);
  bus.send(t + 600, Op::kRefPb, 0, kBank);
  bus.send(t + 602, Op::kAct, 1, kBank);
  bus.send(t + 1300, Op::kRefAb, 0);
  bus.send(t + 1302, Op::kRd, 1, kBank);
  bus.finish();
  CHECK(bus.reads.size() == 3);
}

TEST_CASE("The census of nothing says that no rule was met, and prints a line per rule", "[hbm]") {
  HbmBus bus{{.trained = true}};
  CHECK(bus.device.census().not_met_within(1000).size() == kTimingRules);
  bus.send(100, Op::kAct, 0, kBank);
  bus.send(100 + 62 + 7 * 2, Op::kRd, 0, kBank);
  bus.finish();
  const Census& census = bus.device.census();
  CHECK(census[Rule::kRcdRd].checks == 1);
  CHECK(census[Rule::kRcdRd].min_slack == 14);
  CHECK(census.not_met_within(13).size() == kTimingRules);
  CHECK(census.not_met_within(14).size() == kTimingRules - 1);
  std::ostringstream out;
  out << census;
  const std::string text = out.str();
  CHECK(std::count(text.begin(), text.end(), '\n') == kTimingRules + 1);
  CHECK(text.find("RCDRD          1  14\n") != std::string::npos);
}

}  // namespace
}  // namespace tessera::test
