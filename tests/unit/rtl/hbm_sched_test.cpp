// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_sched and tessera_hbm_row_arb: every command legal, every request served once and in a safe
// order, at default, 5.2 Gb/s and random timings.

#include "unit/rtl/hbm_sched_harness.hpp"

using namespace tessera::test;

namespace {

// Addresses out of a few banks, rows and columns, so that hits, conflicts and hazards are all frequent.
SchedPort::Source few(Dice& dice, unsigned banks, unsigned rows, unsigned cols, unsigned percent) {
  return [=, &dice]() -> std::optional<hbm::DramAddress> {
    if (!dice.percent(percent)) return std::nullopt;
    const auto bank = static_cast<unsigned>(dice.below(banks));
    return hbm::DramAddress{bank >> 4, bank >> 2 & 3, bank & 3, static_cast<unsigned>(dice.below(rows)),
                            static_cast<unsigned>(dice.below(cols))};
  };
}

// One REFpb or RFM at a time, often enough and in an order the device accepts; sometimes a REFab.
class Refresher {
 public:
  Refresher(SchedPort& port, Dice& dice, unsigned period, unsigned all_percent)
      : port_{port}, dice_{dice}, period_{period}, all_percent_{all_percent} {}

  void cycle() {
    if (++wait_ < period_ || port_.refresh) return;
    wait_ = 0;
    const bool urgent = dice_.percent(50);
    if (dice_.percent(all_percent_)) {
      const bool refresh = dice_.percent(80);
      if (refresh) left_.clear();  // REFab ends the set, RFMab does not
      port_.refresh = RefRequest{refresh ? hbm::Op::kRefAb : hbm::Op::kRfmAb, 0, true};
    } else if (dice_.percent(15)) {
      port_.refresh = RefRequest{hbm::Op::kRfmPb, static_cast<unsigned>(dice_.below(32)), urgent};
    } else {
      if (left_.empty()) {
        for (unsigned b = 0; b < 32; ++b) left_.push_back(b);
      }
      const auto i = static_cast<std::ptrdiff_t>(dice_.below(left_.size()));
      port_.refresh = RefRequest{hbm::Op::kRefPb, left_[static_cast<std::size_t>(i)], urgent};
      left_.erase(left_.begin() + i);
    }
  }

 private:
  SchedPort& port_;
  Dice& dice_;
  unsigned period_, all_percent_, wait_ = 0;
  std::vector<unsigned> left_;
};

struct Traffic {
  unsigned banks, rows, cols, read_percent, write_percent;
};

// Mixes of traffic on both pseudo-channels with refreshes in between; ends drained.
void storm(SchedChannel& channel, const std::vector<Traffic>& phases, unsigned cycles, unsigned period) {
  std::vector<Refresher> refreshers;
  for (auto& port : channel.pc) {
    port.hold_percent = 10;
    port.retry_percent = 2;
    refreshers.emplace_back(port, channel.dice, period, 1);
  }
  for (const Traffic& t : phases) {
    for (auto& port : channel.pc) {
      port.next_read = few(channel.dice, t.banks, t.rows, t.cols, t.read_percent);
      port.next_write = few(channel.dice, t.banks, t.rows, t.cols, t.write_percent);
    }
    for (unsigned n = 0; n < cycles; ++n) {
      for (auto& r : refreshers) r.cycle();
      channel.cycle();
    }
  }
  channel.drain();
  for (const auto& port : channel.pc) {
    REQUIRE(port.reads > 250);
    REQUIRE(port.writes > 250);
    REQUIRE(port.granted > 10);
    REQUIRE(port.ref_pb + port.ref_ab + port.rfm == port.granted);
  }
}

const std::vector<Traffic> kPhases{{32, 4, 8, 60, 40}, {32, 2, 32, 100, 0}, {32, 16000, 32, 50, 50},
                                   {4, 3, 4, 30, 30},  {32, 2, 32, 0, 100}, {8, 2, 32, 100, 100},
                                   {32, 2, 32, 5, 5},  {1, 4, 32, 20, 20},  {32, 40, 32, 90, 10}};

}  // namespace

TEST_CASE("the scheduler breaks no rule under any traffic at default timings", "[hbm][sched]") {
  SchedChannel channel({}, hbm::TimingSet::hbm3_6400(), 11);
  storm(channel, kPhases, 4000, 90);
}

TEST_CASE("the scheduler breaks no rule at the 5.2 Gb/s timings", "[hbm][sched]") {
  SchedChannel channel({.hit_cap = 16}, hbm::TimingSet::hbm3_5200(), 12);
  storm(channel, kPhases, 4000, 70);
}

TEST_CASE("the scheduler breaks no rule with auto-precharge", "[hbm][sched]") {
  SchedChannel channel({.auto_pre = 1}, hbm::TimingSet::hbm3_6400(), 13);
  storm(channel, kPhases, 4000, 90);
  for (const auto& port : channel.pc) REQUIRE(port.autos > 1000);
}

TEST_CASE("the scheduler breaks no rule at random timings and policies", "[hbm][sched]") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    Dice dice{seed};
    const auto timing = hbm::TimingSet::random_legal(seed);
    SchedConfig config{.hit_cap = static_cast<unsigned>(dice.below(3) * 8),
                       .age_limit = static_cast<unsigned>(dice.below(3) * 400 + 200),
                       .wr_high = static_cast<unsigned>(dice.between(20, 60)),
                       .wr_low = static_cast<unsigned>(dice.below(20)),
                       .wr_idle = static_cast<unsigned>(dice.below(300)),
                       .auto_pre = static_cast<unsigned>(dice.below(2))};
    SchedChannel channel(config, timing, seed);
    storm(channel, kPhases, 1200, timing.refi / 70);
  }
}

TEST_CASE("no timing is waited for longer than the grid makes necessary", "[hbm][sched]") {
  hbm::Census census;
  for (std::uint64_t seed = 20; seed < 24; ++seed) {
    const auto timing = seed == 20 ? hbm::TimingSet::hbm3_6400() : hbm::TimingSet::random_legal(seed);
    SchedChannel channel({.hit_cap = 16, .age_limit = 600}, timing, seed);
    storm(channel, kPhases, 1200, 90);
    census.merge(channel.device.census());
  }
  // Timings of commands that are control's, and the data bus, which the turns keep apart.
  const std::set<hbm::Rule> others{hbm::Rule::kColPd, hbm::Rule::kXp,  hbm::Rule::kXs,
                                   hbm::Rule::kCke,   hbm::Rule::kMrd, hbm::Rule::kBus};
  for (const hbm::Rule rule : census.not_met_within(3)) {
    INFO(hbm::rule_name(rule) << " was never met within 3 ticks of its limit");
    CHECK(others.contains(rule));
  }
}
