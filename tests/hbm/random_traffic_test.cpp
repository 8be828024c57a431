// SPDX-License-Identifier: Apache-2.0
//
// Random AXI traffic on both ports at once: whatever AXI4 allows, close together, under back-pressure. The
// scoreboard judges each byte read, the device each command, and in the end the device's contents are
// compared.

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "hbm/machine.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

// An access that waits longer than this has been starved. Past the age limit (1024 cycles) it goes first,
// behind at most a queue of others as old, each good for a row cycle; back-pressure by the master adds its
// share.
constexpr std::uint64_t kLongestWait = 6'000;

struct Run {
  std::string name;
  dram::DeviceConfig device;
  std::uint64_t beats = 10'000;  // Of both ports together
  std::uint64_t seed = 1;
  unsigned temperature = 3;  // Code on the TEMP pins
  double stalls = 0;
};

// Pages that share banks with each other, rows with some, and are spread over both stack IDs.
std::vector<std::uint64_t> some_pages(std::uint64_t seed, const dram::Geometry& part) {
  tb::Random random(seed);
  std::vector<std::uint64_t> pages;
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint64_t first = random.below(part.bytes() >> 12) << 12;
    pages.push_back(first);
    pages.push_back(first ^ 4096);
    pages.push_back(first ^ (std::uint64_t{1} << (15 + random.below(8))));
    pages.push_back(first ^ (std::uint64_t{1} << (part.bytes() >> 29 != 0 ? 28 : 24)));
  }
  return pages;
}

dram::RandomMasterConfig master_config(const Run& run, unsigned pc) {
  dram::RandomMasterConfig config;
  config.name = "PC " + std::to_string(pc) + " of '" + run.name + "'";
  config.seed = run.seed * 2 + pc;
  config.beats = run.beats / dram::kPcs;
  config.pages = some_pages(config.seed, run.device.geometry);
  config.stalls = tb::StallRates::all(run.stalls);
  return config;
}

void check_contents(dram::HbmChannelBench& bench, const dram::RandomMaster& master, unsigned pc) {
  const dram::Backdoor back = bench.backdoor(pc);
  master.scoreboard().each([&](std::uint64_t grain) {
    tb::Beat stored;
    back.read(grain * tb::kBeatBytes, stored);
    INFO("PC " << pc << ", grain " << grain);
    if (stored != master.scoreboard().settled(grain)) REQUIRE(stored == master.scoreboard().settled(grain));
    if (!back.consistent(grain * tb::kBeatBytes)) FAIL("the check bits of the grain do not fit its data");
  });
}

void run_traffic(const Run& run, dram::Census* census = nullptr) {
  INFO(run.name << ", seed " << run.seed);
  dram::ChannelBenchConfig config;
  config.device = run.device;
  config.device.seed = run.seed;
  config.seed = run.seed;
  dram::HbmChannelBench bench(config);
  bench.device().set_temperature_code(run.temperature);
  bench.start();
  dram::RandomMaster m0(master_config(run, 0));
  dram::RandomMaster m1(master_config(run, 1));
  bench.attach(0, &m0);
  bench.attach(1, &m1);
  bench.run_until([&] { return m0.done() && m1.done(); }, 100 * run.beats + 100'000, "random traffic to end");
  bench.attach(0, nullptr);
  bench.attach(1, nullptr);
  // Writes leave the queue when no read has come for WR_IDLE cycles.
  const auto drained = [&] {
    const auto bursts = bench.device().stats().write_bursts;
    bench.run(2000);
    return bench.device().stats().write_bursts == bursts;
  };
  for (unsigned i = 0; i < 10 && !drained(); ++i) continue;
  bench.finish();
  check_contents(bench, m0, 0);
  check_contents(bench, m1, 1);
  REQUIRE(bench.device().violations().empty());

  const std::uint64_t read = std::max(m0.longest_read(), m1.longest_read());
  const std::uint64_t write = std::max(m0.longest_write(), m1.longest_write());
  std::printf("%-28s %8llu beats, longest read %5llu, longest write %5llu cycles\n", run.name.c_str(),
              static_cast<unsigned long long>(m0.beats() + m1.beats()), static_cast<unsigned long long>(read),
              static_cast<unsigned long long>(write));
  REQUIRE(read < kLongestWait);
  REQUIRE(write < kLongestWait);
  if (census != nullptr) census->merge(bench.device().census());
}

dram::DeviceConfig device(const dram::TimingSet& timing) {
  dram::DeviceConfig config;
  config.timing = timing;
  return config;
}

constexpr unsigned kQuarter = 6;  // TEMP codes
constexpr unsigned kFourTimes = 0;

}  // namespace

TEST_CASE("random traffic keeps contents and order at 6.4 Gb/s", "[hbm][random]") {
  run_traffic({"6.4 Gb/s", {}, 14'000, 1});
}

TEST_CASE("random traffic keeps contents and order under back-pressure", "[hbm][random]") {
  run_traffic({"6.4 Gb/s, stalls", {}, 8'000, 2, 3, 0.3});
}

TEST_CASE("random traffic keeps contents and order with the 5.2 Gb/s timings", "[hbm][random]") {
  run_traffic({"5.2 Gb/s", device(dram::TimingSet::hbm3_5200()), 8'000, 3});
}

TEST_CASE("random traffic keeps contents and order with any timings a part may have", "[hbm][random]") {
  for (const std::uint64_t seed : {11, 12, 13}) {
    run_traffic(
        {"timing set " + std::to_string(seed), device(dram::TimingSet::random_legal(seed)), 6'000, seed});
  }
}

TEST_CASE("random traffic keeps contents and order when the device is hot or cold", "[hbm][random]") {
  run_traffic({"refresh interval x 0.25", {}, 6'000, 21, kQuarter});
  run_traffic({"refresh interval x 4", {}, 6'000, 22, kFourTimes});
}

TEST_CASE("a million random transfers keep contents and order", "[.][regress][hbm]") {
  run_traffic({"6.4 Gb/s, long", {}, 200'000, 101});
  dram::DeviceConfig drifting;
  drifting.drift_ck = 1 << 18;  // What the PHY's upkeep is made for
  run_traffic({"6.4 Gb/s, drift, long", drifting, 400'000, 106});
  run_traffic({"6.4 Gb/s, stalls, long", {}, 100'000, 102, 3, 0.3});
  run_traffic({"5.2 Gb/s, long", device(dram::TimingSet::hbm3_5200()), 200'000, 103});
  run_traffic({"hot, long", {}, 50'000, 104, kQuarter});
  run_traffic({"cold, long", {}, 50'000, 105, kFourTimes});
  for (std::uint64_t seed = 110; seed < 120; ++seed) {
    run_traffic(
        {"timing set " + std::to_string(seed), device(dram::TimingSet::random_legal(seed)), 20'000, seed});
  }
}
