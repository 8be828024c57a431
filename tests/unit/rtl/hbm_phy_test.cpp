// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_phy trains itself against a device with hidden windows, and then carries data.

#include "unit/rtl/hbm_phy_bench.hpp"

namespace {

using namespace tessera::test;

PhyOptions with_seed(std::uint64_t seed, bool slow = false) {
  PhyOptions options;
  options.device.seed = seed;
  if (slow) options.device.timing = hbm::TimingSet::hbm3_5200();
  return options;
}

TEST_CASE("training finds what each device hides and data then come back right", "[hbm_phy]") {
  const bool slow = GENERATE(false, true);  // RL/WL 20/10, 17/9
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(slow, seed);
    PhyBench b{with_seed(seed, slow)};
    REQUIRE(b.train());
    CHECK(b.step() == kStepReady);
    CHECK(b.error() == kNone);
    CHECK(b.peek(kCycles) < 20'000);
    CHECK(wrong(echo(b, 96, seed)) == 0);
    CHECK(b.peek(kSticky) == 0);
  }
}

TEST_CASE("training finds every window exactly and sits in its middle", "[hbm_phy]") {
  for (std::uint64_t seed = 11; seed <= 13; ++seed) {
    CAPTURE(seed);
    PhyBench b{with_seed(seed)};
    REQUIRE(b.train());
    const hbm::Windows& hidden = b.device.hidden_windows();
    const auto expect = [](const hbm::Window& w) {
      const unsigned width = w.high - w.low + 1u;
      return width << 8 | (w.low + width / 2);
    };
    CHECK(b.peek(kDlyCa) == expect(hidden.ca()));
    for (unsigned pc = 0; pc < 2; ++pc) {
      CAPTURE(pc);
      CHECK(b.peek(kWdqs0 + 4 * pc) == expect(hidden.wdqs(pc)));
      CHECK((b.peek(kLatency) >> 8 * pc & 7) == b.device.hidden_flight(pc));
      for (unsigned lane = 0; lane < hbm::kLanes; ++lane) {
        CAPTURE(lane);
        CHECK(b.peek(lane_reg(pc, lane)) ==
              (expect(hidden.wr(pc, lane)) << 16 | expect(hidden.rd(pc, lane))));
      }
    }
  }
}

TEST_CASE("an untrained PHY moves wrong data", "[hbm_phy]") {
  PhyBench b{with_seed(3)};
  SECTION("lane delays left at reset") {
    b.poke(kSkip, 0x3C);  // All but CA and gate
    REQUIRE(b.train());
    CHECK(wrong(echo(b, 32, 1)) == 64);
  }
  SECTION("nothing trained: not even commands arrive") {
    b.poke(kSkip, kSkipAll);
    REQUIRE(b.train());
    for (const auto& list : echo(b, 8, 1)) {
      for (const Echo& e : list) CHECK(e.got.par_err);  // No strobe came
    }
    CHECK((b.peek(kSticky) & 3) == 3);
    CHECK(b.device.stats().commands[static_cast<unsigned>(hbm::Op::kAct)] == 0);
  }
}

TEST_CASE("bursts without a gap keep their order and latency", "[hbm_phy]") {
  const bool slow = GENERATE(false, true);
  CAPTURE(slow);
  PhyBench b{with_seed(21, slow)};
  REQUIRE(b.train());
  CHECK(wrong(echo(b, 128, 5, /*dense=*/true)) == 0);
  for (unsigned pc = 0; pc < 2; ++pc) {
    // Bursts 2 CK apart: one per cycle, each as late as the one before.
    for (unsigned i = 1; i < 128; ++i) CHECK(b.reads[pc][i].cycle == b.reads[pc][i - 1].cycle + 1);
  }
}

TEST_CASE("read latency is what the header says, in either phase", "[hbm_phy]") {
  const bool slow = GENERATE(false, true);
  for (std::uint64_t seed = 31; seed <= 34; ++seed) {
    PhyBench b{with_seed(seed, slow)};
    REQUIRE(b.train());
    for (unsigned pc = 0; pc < 2; ++pc) {
      b.row(b.ck(), 0, kAct, pc, 0, 7);
      b.idle(30);
      for (unsigned phase = 0; phase < 2; ++phase) {
        CAPTURE(slow, seed, pc, phase);
        b.reads[pc].clear();
        const std::uint64_t at = b.ck() + phase;
        b.read(at, pc, 0, 3);
        b.idle(30);
        REQUIRE(b.reads[pc].size() == 1);
        const std::uint64_t enable = at + b.rl - 2;
        const std::uint64_t last = enable + 5 + b.device.hidden_flight(pc);  // CK on the pins
        CHECK(b.reads[pc][0].cycle == last / 2 + 2);
        CHECK(2 * b.reads[pc][0].cycle <= enable + 24);
      }
    }
  }
}

TEST_CASE("features go on and off one by one", "[hbm_phy]") {
  for (unsigned features = 0; features < 32; features += 3) {
    CAPTURE(features);
    PhyOptions options = with_seed(41);
    options.features = features;
    PhyBench b{options};
    REQUIRE(b.train());
    CHECK(b.device.mode_register(0) == features);
    CHECK(wrong(echo(b, 32, features)) == 0);
  }
}

TEST_CASE("write DBI bounds how many lines of a byte toggle", "[hbm_phy]") {
  const bool on = GENERATE(false, true);
  CAPTURE(on);
  PhyOptions options = with_seed(51);
  options.features = on ? kWrDbi : 0u;
  PhyBench b{options};
  REQUIRE(b.train());
  b.watch_lanes = true;
  CHECK(wrong(echo(b, 64, 9, /*dense=*/true)) == 0);
  unsigned most = 0;
  for (const std::vector<std::uint64_t>& beats : b.driven) {
    REQUIRE(beats.size() == 64 * 8);
    for (unsigned i = 1; i < beats.size(); ++i) {
      for (unsigned byte = 0; byte < 4; ++byte) {
        const std::uint64_t lines = std::uint64_t{0xFF} << 8 * byte | std::uint64_t{1} << (34 + byte);
        most = std::max(most, static_cast<unsigned>(__builtin_popcountll((beats[i] ^ beats[i - 1]) & lines)));
      }
    }
  }
  CHECK(most == (on ? 4u : 8u));
}

}  // namespace
