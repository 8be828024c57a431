// PARAMS: Sids=2
// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_refresh: when it asks, for which bank, how urgently; and that no rule breaks under any traffic.

#include "Vhbm_refresh.h"
#include "support/catch.hpp"
#include "unit/rtl/hbm_refresh_harness.hpp"

using namespace tessera::test;

namespace {

using Harness = RefreshHarness<Vhbm_refresh>;
constexpr unsigned kSids = 2;
constexpr std::int64_t kBanks = 32;
constexpr std::uint64_t kAllBusy = 0xffff'ffff;

// Something is stored from here on, so that time counts.
void store_something(Harness& h) {
  h.act(0);
  h.cycle();
}

}  // namespace

TEST_CASE("Debt follows time exactly at every temperature, and unknown codes count as the hottest", "[hbm]") {
  for (unsigned temp = 0; temp < 8; ++temp) {
    CAPTURE(temp);
    Harness h(kSids, temp, {.mode = kOff});
    store_something(h);
    h.temp = temp;
    h.run(30'000);  // cycle() compares debt_o with the books every time
    const std::int64_t ck = 60'000, scaled = temp == 0   ? ck / 4
                                             : temp == 1 ? ck / 2
                                             : temp == 3 ? ck
                                             : temp == 2 ? 2 * ck
                                                         : 4 * ck;
    CHECK(h.debt() >= scaled * kBanks / 6240 - 1);
    CHECK(h.debt() <= scaled * kBanks / 6240);
  }
}

TEST_CASE("Debt keeps count through changes of temperature, and for tREFI that banks do not divide",
          "[hbm]") {
  for (const unsigned refi : {480u, 5072u, 6241u, 16383u}) {
    CAPTURE(refi);
    Harness h(kSids, refi, {.mode = kOff}, {.refi = refi});
    store_something(h);
    for (unsigned i = 0; i < 100; ++i) {
      h.temp = refi == 480 ? 0 : static_cast<unsigned>(h.dice.below(8));  // Within what debt_o can hold
      h.run(static_cast<unsigned>(h.dice.between(1, 60)));
    }
  }
}

TEST_CASE("Debt stops at its largest value when nothing is ever refreshed", "[hbm]") {
  Harness h(kSids, 1, {.mode = kOff}, {.refi = 480});
  store_something(h);
  h.dut->temp_i = 6;
  for (unsigned i = 0; i < 40'000; ++i) h.dut.tick();
  CHECK(h.debt() == 2047);
}

TEST_CASE("Nothing is owed before anything is stored", "[hbm]") {
  Harness h(kSids, 1, {.pull_in = 0});
  h.run(20'000);
  CHECK(h.debt() == 0);
  CHECK(h.granted[kRefPb] == 0);
}

TEST_CASE("A hidden refresh takes the most recently used bank without a request", "[hbm]") {
  Harness h(kSids, 1, {.pull_in = 0});
  store_something(h);
  for (const unsigned bank : {7u, 19u, 4u, 30u}) {
    h.use(bank);
    h.cycle();
  }
  h.busy = 1u << 30;
  REQUIRE(h.run_to_request(1000));
  CHECK(h.request() == RefreshRequest{true, false, kRefPb, 4});
  CHECK(h.debt() == 1);
}

TEST_CASE("A hidden refresh is withdrawn when its bank gets a request and goes to the next bank", "[hbm]") {
  Harness h(kSids, 1, {.pull_in = 0});
  store_something(h);
  h.use(9);
  h.serving = false;
  REQUIRE(h.run_to_request(1000));
  CHECK(h.request().bank == 9);
  h.run(20);
  CHECK(h.request().bank == 9);  // Stands
  h.busy = 1u << 9;
  h.cycle();
  CHECK(!h.request().valid);
  h.cycle();
  CHECK(h.request() == RefreshRequest{true, false, kRefPb, 0});
}

TEST_CASE("Requests for all banks hold refresh back until force_refi, and then it is urgent", "[hbm]") {
  for (const unsigned force : {1u, 4u, 6u}) {
    for (const unsigned mode : {kBoth, kBankOnly}) {
      CAPTURE(force, mode);
      Harness h(kSids, 1, {.mode = mode, .force_refi = force});
      store_something(h);
      h.busy = kAllBusy;
      h.serving = false;
      REQUIRE(h.run_to_request(100'000));
      CHECK(h.request().urgent);
      CHECK(h.request().op == kRefPb);
      if (force < 6) CHECK(h.debt() == force * kBanks);
      const RefreshRequest first = h.request();
      h.run(500);
      CHECK(h.request() == first);  // An urgent one stays as it is
    }
  }
}

TEST_CASE("A hidden refresh that stands when debt gets large becomes urgent for the same bank", "[hbm]") {
  Harness h(kSids, 1, {.force_refi = 1});
  store_something(h);
  h.use(5);
  h.serving = false;
  REQUIRE(h.run_to_request(1000));
  CHECK(h.request() == RefreshRequest{true, false, kRefPb, 5});
  h.run(4000);
  CHECK(h.request() == RefreshRequest{true, true, kRefPb, 5});
  CHECK(h.withdrawn == 0);  // Its precharge is not thrown away
}

TEST_CASE("An urgent refresh prefers a bank without requests", "[hbm]") {
  Harness h(kSids, 1, {.force_refi = 1});
  store_something(h);
  h.busy = kAllBusy;
  h.serving = false;
  h.use(3);
  h.run(3000);
  REQUIRE(!h.request().valid);
  h.busy = kAllBusy & ~(1u << 21);
  h.cycle();  // Something is owed: hidden
  CHECK(h.request() == RefreshRequest{true, false, kRefPb, 21});
  h.busy = kAllBusy;
  h.cycle();
  CHECK(!h.request().valid);
  REQUIRE(h.run_to_request(1000));
  CHECK(h.request() == RefreshRequest{true, true, kRefPb, 3});
}

TEST_CASE("Seven tREFI of debt call for an urgent all-bank refresh, in mode 0 alone", "[hbm]") {
  for (const unsigned mode : {kBoth, kBankOnly}) {
    CAPTURE(mode);
    Harness h(kSids, 1, {.mode = mode});
    store_something(h);
    h.busy = kAllBusy;
    h.serving = false;
    h.run(4 * 3120 + 10);
    REQUIRE(h.request() == RefreshRequest{true, true, kRefPb, 0});
    h.run(3 * 3120 + 100);
    h.serving = true;
    while (h.request().valid) h.cycle();  // The one that stood
    REQUIRE(h.run_to_request(10));
    CHECK(h.request().urgent);
    CHECK(h.request().op == (mode == kBoth ? kRefAb : kRefPb));
    if (mode == kBoth) {
      const std::int64_t before = h.debt();
      while (h.request().valid) h.cycle();
      CHECK(h.debt() <= before - kBanks + 2);
      CHECK(h.books.set_size() == 0);
    }
  }
}

TEST_CASE("Mode 1 refreshes all banks at once when nothing is queued", "[hbm]") {
  Harness idle(kSids, 1, {.mode = kAllOnly, .pull_in = 0});
  store_something(idle);
  REQUIRE(idle.run_to_request(4000));
  CHECK(idle.request() == RefreshRequest{true, false, kRefAb, 0});
  CHECK(idle.debt() == kBanks);
}

TEST_CASE("Mode 1 refreshes all banks urgently from force_refi", "[hbm]") {
  Harness busy(kSids, 1, {.mode = kAllOnly, .force_refi = 2});
  store_something(busy);
  busy.busy = 1;
  REQUIRE(busy.run_to_request(8000));
  CHECK(busy.request().urgent);
  CHECK(busy.request().op == kRefAb);
  CHECK(busy.debt() == 2 * kBanks);
  busy.run(50'000);
  CHECK(busy.granted[kRefPb] == 0);
  CHECK(busy.granted[kRefAb] >= 14);
}

TEST_CASE("An idle pseudo-channel is refreshed ahead by pull_in and not a bank more", "[hbm]") {
  for (const unsigned mode : {kBoth, kAllOnly, kBankOnly}) {
    for (const unsigned pull_in : {0u, 1u, 3u, 8u}) {
      CAPTURE(mode, pull_in);
      Harness h(kSids, 1, {.mode = mode, .pull_in = pull_in});
      store_something(h);
      h.run(30'000);
      CHECK(h.lowest >= -static_cast<std::int64_t>(pull_in) * kBanks);
      const std::int64_t step = mode == kAllOnly ? kBanks : 1;
      if (pull_in > 0) CHECK(h.lowest <= -static_cast<std::int64_t>(pull_in) * kBanks + 5 + step);
      CHECK(h.highest <= (mode == kAllOnly ? kBanks + 2 : pull_in == 0 ? 3 : 2));
    }
  }
}

TEST_CASE("A gap between requests shorter than 64 cycles pulls nothing in", "[hbm]") {
  Harness h(kSids, 1);
  store_something(h);
  for (unsigned i = 0; i < 400; ++i) {
    h.busy = 1u << (i % 32);
    h.run(3);
    h.busy = 0;
    h.run(60);
  }
  CHECK(h.lowest >= 0);
  CHECK(h.granted[kRefPb] > 200);
}

TEST_CASE("Mode 3 never refreshes", "[hbm]") {
  Harness h(kSids, 1, {.mode = kOff, .raaimt = 0});
  h.traffic = {.arrive_per_mille = 20, .serve_percent = 50, .hammered = 0};
  h.run(40'000);
  CHECK(h.granted == std::array<std::uint64_t, 8>{});
}

TEST_CASE("Self-refresh starts the books anew: debt, wait and set, but not activations", "[hbm]") {
  Harness h(kSids, 1, {.pull_in = 0, .raaimt = 8, .raammt = 64});
  store_something(h);
  h.busy = kAllBusy & ~1u;
  h.serving = false;
  h.run(12'000);
  REQUIRE(h.debt() > 3 * kBanks);
  REQUIRE(h.request().valid);
  h.dut->enable_i = 0;
  h.dut.tick();
  h.dut.settle();
  CHECK(h.debt() == 0);
  CHECK((h.dut->ref_req_o >> 11 & 1) == 0);
  h.dut->enable_i = 1;
  for (unsigned i = 0; i < 200; ++i) h.dut.tick();
  CHECK(h.debt() == 2);  // Counts at once: contents are there
}

TEST_CASE("After self-refresh time counts even if nothing was ever stored, as the device has it", "[hbm]") {
  Harness h(kSids, 1, {.pull_in = 0});
  h.run(1000);
  REQUIRE(h.debt() == 0);
  h.dut->enable_i = 0;
  h.dut.tick();
  h.dut->enable_i = 1;
  for (unsigned i = 0; i < 200; ++i) h.dut.tick();
  CHECK(h.debt() == 2);
}

TEST_CASE("A device reset clears activations and debt, and nothing is owed until something is stored",
          "[hbm]") {
  Harness h(kSids, 1, {.mode = kOff, .raaimt = 8, .raammt = 12});
  h.serving = false;
  for (unsigned i = 0; i < 12; ++i) {
    h.act(5);
    h.cycle();
    h.run(36);
  }
  CHECK(h.dut->act_block_o == 1u << 5);
  h.dut->enable_i = 0;
  h.dut->clear_i = 1;
  h.dut.tick();
  h.dut->clear_i = 0;
  h.dut->enable_i = 1;
  for (unsigned i = 0; i < 2000; ++i) h.dut.tick();
  CHECK(h.dut->act_block_o == 0);
  CHECK((h.dut->ref_req_o >> 11 & 1) == 0);
  CHECK(h.debt() == 0);
}

TEST_CASE("Activations ask for RFM when convenient from RAAIMT, and urgently before RAAMMT", "[hbm]") {
  for (const unsigned mode : {kOff, kAllOnly}) {  // Without REFpb in between
    CAPTURE(mode);
    Harness h(kSids, 1, {.mode = mode, .pull_in = 0, .raaimt = 8, .raammt = 32}, {.refi = 16383});
    h.serving = false;
    const auto hammer = [&h](unsigned times) {
      for (unsigned i = 0; i < times; ++i) {
        h.act(13);
        h.cycle();
        h.run(36);
      }
    };
    h.busy = 1u << 13;  // Its own requests keep it from RFM
    hammer(8);
    CHECK(!h.request().valid);
    const unsigned op = mode == kAllOnly ? kRfmAb : kRfmPb;
    h.busy = 0;
    h.cycle();
    REQUIRE(h.run_to_request(2));
    CHECK(h.request().op == op);
    CHECK(!h.request().urgent);
    h.busy = 1u << 13;
    h.run(2);
    CHECK(!h.request().valid);  // Withdrawn
    hammer(15);
    CHECK(!h.request().valid);
    hammer(1);  // 24 of 32
    CHECK(h.request().op == op);
    CHECK(h.request().urgent);
    if (op == kRfmPb) CHECK(h.request().bank == 13);
    CHECK(h.dut->act_block_o == 0);
    hammer(8);
    CHECK(h.dut->act_block_o == 1u << 13);  // Exhausted: no ACT before the RFM
    h.serving = true;
    while (h.granted[op] == 0) h.cycle();
    CHECK(h.dut->act_block_o == 0);
    CHECK(h.books.raa[13] == 24);
  }
}

TEST_CASE("RAAIMT 0 switches RFM off", "[hbm]") {
  Harness h(kSids, 1, {.raaimt = 0, .raammt = 4});
  h.traffic.hammered = 3;
  h.run(20'000);
  CHECK(h.granted[kRfmPb] == 0);
  CHECK(h.blocked == 0);
}

TEST_CASE("No refresh rule breaks under random traffic, temperature and grant delays", "[hbm]") {
  for (unsigned seed = 0; seed < 12; ++seed) {
    const unsigned mode = seed % 3;
    Dice dice{seed};
    RefreshPolicy policy;
    policy.mode = mode;
    policy.force_refi = static_cast<unsigned>(dice.between(1, 6));
    policy.pull_in = static_cast<unsigned>(dice.between(0, 8));
    policy.raaimt = static_cast<unsigned>(dice.between(4, 64));
    policy.raammt = policy.raaimt * static_cast<unsigned>(dice.between(2, 8));
    CAPTURE(seed, policy.mode, policy.force_refi, policy.pull_in, policy.raaimt, policy.raammt);
    Harness h(kSids, seed, policy);
    for (unsigned phase = 0; phase < 30; ++phase) {
      h.grant_delay = static_cast<unsigned>(dice.between(0, mode == kBankOnly ? 10 : 40));
      switch (dice.below(5)) {
        case 0:
          h.traffic = {};
          h.busy = 0;
          break;
        case 1: h.traffic = {.arrive_per_mille = 1, .serve_percent = 5}; break;
        case 2: h.traffic = {.arrive_per_mille = 20, .serve_percent = 80}; break;
        case 3: h.traffic = {.arrive_per_mille = 1000, .serve_percent = 30}; break;
        default:
          h.traffic = {.hammered = static_cast<unsigned>(dice.between(1, 32))};
          h.busy = 0;
          break;
      }
      // Per bank only has no REFab to fall back on: at 0.25x a bank every 24 cycles is more than waiting
      // requests leave room for.
      static constexpr unsigned kTemps[] = {0b000, 0b001, 0b011, 0b010, 0b110, 0b111};
      h.temp = kTemps[dice.below(mode == kBankOnly ? 4 : 6)];
      h.run(static_cast<unsigned>(dice.between(500, 12'000)));
    }
    if (mode != kAllOnly) CHECK(h.granted[kRefPb] > 500);
    if (mode == kAllOnly) CHECK(h.granted[kRefAb] > 20);
    CHECK(h.granted[mode == kAllOnly ? kRfmAb : kRfmPb] > 0);
  }
}

TEST_CASE("The wait of the oldest bank stays below 9 tREFI when pull-in is followed by load", "[hbm]") {
  for (const unsigned mode : {kBoth, kBankOnly}) {
    CAPTURE(mode);
    Harness h(kSids, 3, {.mode = mode, .force_refi = 6, .pull_in = 8});
    for (unsigned round = 0; round < 3; ++round) {
      h.traffic = {};
      h.busy = 0;
      h.run(20'000);
      h.traffic = {.arrive_per_mille = 1000, .serve_percent = 30};
      std::int64_t gap = 0;
      for (unsigned i = 0; i < 60'000; ++i) {
        h.cycle();
        gap = std::max(gap, h.books.gap());
      }
      CHECK(gap > 6 * h.books.period());  // It comes close: the load did hold refresh back
    }
    CHECK(h.granted[kRefAb] == 0);  // Bank by bank was enough
  }
}

TEST_CASE("All-bank refresh makes up for a scheduler too slow for refresh bank by bank", "[hbm]") {
  Harness h(kSids, 5);
  h.traffic = {.arrive_per_mille = 1000, .serve_percent = 30};
  h.temp = 0b010;
  h.grant_delay = 160;  // A bank falls due every 49 cycles
  h.run(150'000);
  CHECK(h.granted[kRefAb] > 5);
  CHECK(h.granted[kRefPb] > 500);
  CHECK(h.highest > 7 * kBanks);
}
