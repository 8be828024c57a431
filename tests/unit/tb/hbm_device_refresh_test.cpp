// SPDX-License-Identifier: Apache-2.0
//
// Refresh bookkeeping: debt, pull-in, gaps, the set of per-bank refreshes, temperature, self-refresh and RAA.

#include "support/catch.hpp"
#include "support/hbm_bus.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;
using Names = std::vector<std::string>;

constexpr std::int64_t kRefi = 2 * 6240;  // Ticks
constexpr unsigned kBanks = 32;
const DeviceConfig kRecording{.trained = true, .strict = false};

DramAddress bank(unsigned number) {
  return {.sid = number >> 4, .bg = number >> 2 & 3, .ba = number & 3, .row = 5};
}

// The first tick at which a rule is found broken.
std::int64_t first_violation(HbmBus& bus, std::int64_t limit) {
  while (bus.device.violations().empty()) {
    if (bus.now() > limit) return -1;
    bus.step();
  }
  return bus.device.violations().front().tick - bus.origin();
}

TEST_CASE("Nothing is owed before the first ACT or refresh", "[hbm]") {
  HbmBus bus{kRecording};
  bus.send(100, Op::kPreAb);
  bus.send(200, Op::kRfmAb);
  bus.run_to(30 * kRefi);
  CHECK(bus.device.violations().empty());
}

TEST_CASE("Without refresh REF_GAP is broken 9 tREFI after the first ACT and REF_DEBT a bank later",
          "[hbm]") {
  HbmBus bus{kRecording};
  bus.send(1000, Op::kAct, 1, bank(3));
  CHECK(first_violation(bus, 20 * kRefi) == 1000 + 9 * kRefi + 1);
  bus.run_to(1000 + 9 * kRefi + kRefi / kBanks - 4);
  CHECK(bus.device.violations().size() == kBanks);  // Every bank once
  CHECK(bus.device.violations().back().rule == Rule::kRefGap);
  bus.run_to(1000 + 9 * kRefi + kRefi / kBanks + 4);
  REQUIRE(bus.device.violations().size() == kBanks + 1);
  CHECK(bus.device.violations().back().rule == Rule::kRefDebt);
  CHECK(bus.device.violations().back().tick - bus.origin() == 1000 + 9 * kRefi + kRefi / kBanks);
  CHECK(std::string(bus.device.violations().back().text()).find("pseudo-channel 1 owes 289") !=
        std::string::npos);
}

TEST_CASE("TEMP scales tREFI from the moment it changes", "[hbm]") {
  struct Case {
    unsigned code;
    std::int64_t gap;  // First tick of REF_GAP after the start
  };
  for (const Case c : {Case{0b000, 36 * kRefi},
                       {0b001, 18 * kRefi},
                       {0b011, 9 * kRefi},
                       {0b010, 9 * kRefi / 2},
                       {0b110, 9 * kRefi / 4}}) {
    HbmBus bus{kRecording};
    bus.device.set_temperature_code(c.code);
    CHECK(bus.step().temp == c.code);
    bus.send(1000, Op::kAct, 0, bank(0));
    CAPTURE(c.code);
    CHECK(first_violation(bus, 40 * kRefi) == 1000 + c.gap + 1);
  }
  // Half of the time at 1x, the rest at 0.25x.
  HbmBus bus{kRecording};
  bus.send(1000, Op::kAct, 0, bank(0));
  bus.run_to(1000 + 4 * kRefi);
  bus.device.set_temperature_code(0b110);
  CHECK(first_violation(bus, 20 * kRefi) == 1000 + 4 * kRefi + 5 * kRefi / 4 + 1);
  CHECK_THROWS_WITH(bus.device.set_temperature_code(4), Catch::Matchers::Contains("TEMP has no code 4"));
}

TEST_CASE("REFpb of the banks in turn pays the debt, one too few does not", "[hbm]") {
  for (const bool skip : {false, true}) {
    HbmBus bus{kRecording};
    // Refresh evenly; with `skip` the last bank of the first set waits in vain.
    bus.send(500, Op::kAct, 0, bank(31));
    bus.send(700, Op::kPrePb, 0, bank(31));
    const std::int64_t start = 1000;
    bus.send(start, Op::kRefPb, 0, bank(0));
    for (unsigned i = 1; i < 12 * kBanks; ++i) {
      if (skip && i == kBanks - 1) break;
      bus.send(start + (i * kRefi / kBanks & ~1), Op::kRefPb, 0, bank(i % kBanks));
    }
    bus.finish();
    const Names names = broken_rules(bus.device);
    CHECK(names == Names{});
    if (!skip) {
      CHECK(bus.device.stats().max_debt <= 1);
      CHECK(bus.device.stats().max_pull_in <= 1);
    } else {
      // Bank 31 was never refreshed: it is the first to be missed.
      CHECK(first_violation(bus, 20 * kRefi) == 500 + 9 * kRefi + 1);
      CHECK(bus.device.violations()[0].rule == Rule::kRefGap);
      CHECK_THAT(bus.device.violations()[0].detail,
                 Catch::Matchers::StartsWith("bank 31 of pseudo-channel 0"));
    }
  }
}

TEST_CASE("REFab pays for all banks, and a late one is just in time at 9 tREFI", "[hbm]") {
  for (const std::int64_t late : {0, 2}) {
    HbmBus bus{kRecording};
    bus.send(1000, Op::kRefAb);
    bus.send(1000 + 9 * kRefi + late, Op::kRefAb);
    bus.finish();
    CHECK(broken_rules(bus.device).size() == (late ? kBanks : 0));
    CHECK(bus.device.stats().max_debt == 8 * kBanks);
  }
}

TEST_CASE("Refreshing more than 8 tREFI ahead is REF_PULLIN", "[hbm]") {
  HbmBus bus{kRecording};
  for (unsigned i = 0; i < 9; ++i) bus.send(1000 + 1200 * i, Op::kRefAb);  // All within one tREFI
  bus.finish();
  CHECK(broken_rules(bus.device) == Names{"REF_PULLIN"});
  CHECK(bus.device.violations().front().second.tick - bus.origin() == 1000 + 8 * 1200);

  HbmBus eight{kRecording};
  for (unsigned i = 0; i < 8; ++i) eight.send(1000 + 1200 * i, Op::kRefAb);
  eight.send(1000 + kRefi + 2, Op::kRefAb);  // One tREFI on there is room for one more
  eight.finish();
  CHECK(broken_rules(eight.device) == Names{});
}

TEST_CASE("REF_PULLIN is broken by the first bank beyond 8 tREFI, part of one owed taken for a whole",
          "[hbm]") {
  HbmBus bus{kRecording};
  for (unsigned i = 0; i < 8; ++i) bus.send(1000 + 1200 * i, Op::kRefAb);
  unsigned expected = 0;
  for (unsigned i = 0; i < kBanks; ++i) {
    const std::int64_t tick = 10600 + 30 * i;
    bus.send(tick, Op::kRefPb, 0, bank(i));
    bus.run_to(tick + 4);
    const std::int64_t owed = ((tick - 1000) * kBanks + kRefi - 1) / kRefi;  // Rounded up
    expected += i + 1 > owed;                                                // Beyond the 8 REFab
    CHECK(bus.device.violations().size() == expected);
  }
  CHECK(expected > 2);
  CHECK(expected < kBanks);
  CHECK(bus.device.violations().front().rule == Rule::kRefPullIn);
}

TEST_CASE(
    "A bank refreshed twice in a set is REFPB_ORDER; a full set, REFab and self-refresh start a new one",
    "[hbm]") {
  const auto pb = [](HbmBus& bus, std::int64_t at, unsigned number, unsigned pc = 0) {
    bus.send(at, Op::kRefPb, pc, bank(number));
  };
  HbmBus twice{kRecording};
  pb(twice, 1000, 4);
  pb(twice, 2000, 4, 1);  // The other pseudo-channel has a set of its own
  pb(twice, 3000, 4);
  twice.finish();
  CHECK(broken_rules(twice.device) == Names{"REFPB_ORDER"});

  HbmBus full{kRecording};
  for (unsigned i = 0; i < kBanks; ++i) pb(full, 1000 + 100 * i, (i * 7 + 4) % kBanks);
  pb(full, 9000, 4);
  pb(full, 9100, 5);
  pb(full, 10000, 4);
  full.finish();
  CHECK(broken_rules(full.device) == Names{"REFPB_ORDER"});
  CHECK(full.device.violations().front().second.tick - full.origin() == 10000);

  HbmBus restarted{kRecording};
  pb(restarted, 1000, 4);
  restarted.send(2000, Op::kRefAb);
  pb(restarted, 4000, 4);
  restarted.send(6000, Op::kSre);
  restarted.send(8000, Op::kSrx);
  pb(restarted, 10000, 4);
  restarted.finish();
  CHECK(broken_rules(restarted.device) == Names{});
}

TEST_CASE("In self-refresh nothing is owed, and counting starts again at its end", "[hbm]") {
  HbmBus bus{kRecording};
  bus.send(1000, Op::kRefAb, 0);
  bus.send(5000, Op::kSre);
  bus.send(5000 + 40 * kRefi, Op::kSrx);
  CHECK(first_violation(bus, 60 * kRefi) == 5000 + 49 * kRefi + 1);
}

TEST_CASE("In power-down refreshes go on being owed", "[hbm]") {
  HbmBus bus{kRecording};
  bus.send(1000, Op::kRefAb, 0);
  bus.send(5000, Op::kPde);
  CHECK(first_violation(bus, 20 * kRefi) == 1000 + 9 * kRefi + 1);
}

TEST_CASE("A reset ends the counting", "[hbm]") {
  HbmBus bus{kRecording};
  bus.send(1000, Op::kRefAb, 0);
  bus.run_to(2 * kRefi);
  bus.idle.reset_n = false;
  bus.step();
  bus.idle.reset_n = true;
  bus.run_to(20 * kRefi);
  CHECK(bus.device.violations().empty());
}

TEST_CASE("The ACT that finds RAA at RAAMMT is RAA; refresh and RFM take RAAIMT off", "[hbm]") {
  for (const Op relief : {Op::kAct, Op::kRefPb, Op::kRefAb, Op::kRfmPb, Op::kRfmAb}) {
    DeviceConfig config = kRecording;
    config.raaimt = 3;
    config.raammt = 8;
    HbmBus bus{config};
    std::int64_t tick = 1000;
    const auto act = [&](unsigned number) {
      bus.send(tick, Op::kAct, 0, bank(number));
      bus.send(tick + 100, Op::kPrePb, 0, bank(number));
      tick += 200;
    };
    for (unsigned i = 0; i < 8; ++i) act(6);
    act(7);  // Another bank counts for itself
    if (relief != Op::kAct) bus.send(tick, relief, 0, bank(6));
    tick += 2000;
    for (unsigned i = 0; i < 3; ++i) act(6);
    bus.run_to(tick);
    CAPTURE(std::string(op_name(relief)));
    CHECK(broken_rules(bus.device) == (relief == Op::kAct ? Names{"RAA", "RAA", "RAA"} : Names{}));
    tick += 200;
    act(6);
    bus.run_to(tick);
    CHECK(broken_rules(bus.device).size() == (relief == Op::kAct ? 4 : 1));
    CHECK(bus.device.violations().back().rule == Rule::kRaa);
  }
}

TEST_CASE("Relief never takes RAA below 0, and RAAMMT 0 judges nothing", "[hbm]") {
  for (const unsigned raammt : {0, 2}) {
    DeviceConfig config = kRecording;
    config.raammt = raammt;
    HbmBus bus{config};
    bus.send(100, Op::kRfmAb, 0);
    for (unsigned i = 0; i < 3; ++i) {
      bus.send(2000 + 200 * i, Op::kAct, 0, bank(1));
      bus.send(2100 + 200 * i, Op::kPreAb, 0);
    }
    bus.finish();
    CHECK(broken_rules(bus.device) == (raammt == 0 ? Names{} : Names{"RAA"}));
  }
}

TEST_CASE("A strict device throws on the refresh that never comes", "[hbm]") {
  HbmBus bus{{.trained = true}};
  bus.send(100, Op::kAct, 0, bank(0));
  CHECK_THROWS_WITH(
      bus.run_to(20 * kRefi),
      Catch::Matchers::StartsWith("HBM rule REF_GAP broken at tick 112485: bank 0 of pseudo-channel 0"));
}

}  // namespace
}  // namespace tessera::test
