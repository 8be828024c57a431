// SPDX-License-Identifier: Apache-2.0
//
// Refresh, by what the device saw: enough of it in every mode and at every temperature, and none that is not
// needed. The device itself throws when a bank waits too long or too much is owed.

#include <cmath>

#include "hbm/machine.hpp"
#include "hbm/traffic_master.hpp"
#include "workload/memory_traffic.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

constexpr unsigned kBanks = 32;
constexpr unsigned kCkPerCycle = 2;
constexpr unsigned kPerBank = 0;  // REFRESH.MODE
constexpr unsigned kAllBank = 1;
constexpr unsigned kPerBankOnly = 2;
constexpr unsigned kOff = 3;

std::unique_ptr<dram::TrafficMaster> random_reads(unsigned pc, double writes = 0.3) {
  workload::TrafficSpec spec;
  spec.kind = workload::TrafficSpec::Kind::kRandom;
  spec.chunk = 64;
  spec.write_share = writes;
  return std::make_unique<dram::TrafficMaster>("PC " + std::to_string(pc),
                                               workload::make_traffic(spec, pc + 1), 256);
}

void set_mode(Machine& m, unsigned mode, unsigned pull_in) {
  std::uint32_t word = m.bench.read_register(regs::kRegRefresh);
  word = regs::kRefreshMode.set(word, mode);
  word = regs::kRefreshPullIn.set(word, pull_in);
  m.bench.write_register(regs::kRegRefresh, word);
}

std::uint64_t refreshed_banks(const Machine& m) {
  const auto stats = m.bench.device().stats();
  return stats.commands[static_cast<unsigned>(dram::Op::kRefPb)] +
         kBanks * stats.commands[static_cast<unsigned>(dram::Op::kRefAb)];
}

// Refreshes of a bank, of both pseudo-channels, during `intervals` tREFI beside the number that falls due.
void check_rate(Machine& m, double scale, unsigned intervals) {
  const std::uint64_t before = refreshed_banks(m);
  const auto debt = [&] { return static_cast<double>(m.bench.device().stats().max_debt); };
  const double cycles = intervals * scale * m.bench.device().config().timing.refi / kCkPerCycle;
  m.bench.run(static_cast<std::uint64_t>(cycles));
  const double due = static_cast<double>(dram::kPcs * kBanks * intervals);
  const auto done = static_cast<double>(refreshed_banks(m) - before);
  INFO("done " << done << ", due " << due << ", most owed " << debt());
  REQUIRE(std::abs(done - due) <= 2.0 * kBanks * dram::kPcs);
}

}  // namespace

TEST_CASE("refresh keeps its rate in every mode, idle and under load", "[hbm][refresh]") {
  for (const unsigned mode : {kPerBank, kAllBank, kPerBankOnly}) {
    for (const bool loaded : {false, true}) {
      INFO("mode " << mode << ", loaded " << loaded);
      Machine m;
      set_mode(m, mode, 0);
      m.bench.run(1000);  // What was under way in the mode before
      const auto before = m.bench.device().stats().commands;
      auto m0 = random_reads(0);
      auto m1 = random_reads(1);
      if (loaded) {
        m.bench.attach(0, m0.get());
        m.bench.attach(1, m1.get());
      }
      m.bench.run(4000);
      check_rate(m, 1, 6);
      const auto since = [&](dram::Op op) {
        return m.bench.device().stats().commands[static_cast<unsigned>(op)] -
               before[static_cast<unsigned>(op)];
      };
      const std::uint64_t all = since(dram::Op::kRefAb);
      if (mode == kAllBank) {
        REQUIRE(all > 0);
        REQUIRE(since(dram::Op::kRefPb) == 0);
      }
      if (mode == kPerBankOnly) REQUIRE(all == 0);
      m.bench.attach(0, nullptr);
      m.bench.attach(1, nullptr);
    }
  }
}

TEST_CASE("the refresh rate follows the temperature as it changes", "[hbm][refresh]") {
  Machine m;
  set_mode(m, kPerBank, 0);
  auto m0 = random_reads(0);
  m.bench.attach(0, m0.get());
  m.bench.run(4000);
  struct Step {
    unsigned code;
    double scale;
    unsigned intervals;
  };
  for (const Step& step : {Step{2, 0.5, 6}, Step{6, 0.25, 10}, Step{3, 1, 3}, Step{1, 2, 3}, Step{0, 4, 2}}) {
    INFO("TEMP code " << step.code);
    m.bench.device().set_temperature_code(step.code);
    m.bench.run(2000);
    REQUIRE(regs::kTempTemp.get(m.bench.read_register(regs::kRegTemp)) == step.code);
    check_rate(m, step.scale, step.intervals);
  }
  m.bench.attach(0, nullptr);
}

TEST_CASE("an idle channel refreshes ahead, and no further than it may", "[hbm][refresh]") {
  Machine m;
  set_mode(m, kPerBank, 8);
  m.bench.run(40'000);
  const auto pulled = m.bench.device().stats().max_pull_in;
  REQUIRE(pulled > 4 * static_cast<std::int64_t>(kBanks));
  REQUIRE(pulled <= 8 * static_cast<std::int64_t>(kBanks));
}

TEST_CASE("refresh hides behind a load that leaves banks alone", "[hbm][refresh]") {
  Machine m;
  auto m0 = random_reads(0, 0);
  m.bench.attach(0, m0.get());
  m.bench.run(60'000);
  // Random reads find a bank without requests for every refresh: the debt stays far from the fallback to
  // REFab.
  REQUIRE(m.bench.device().stats().max_debt < 4 * static_cast<std::int64_t>(kBanks));
  REQUIRE(m.event(0, Machine::kRefAb) == 0);
  REQUIRE(m.event(0, Machine::kRefPb) > 0);
  m.bench.attach(0, nullptr);
}

TEST_CASE("without refresh the device complains", "[hbm][refresh]") {
  Machine m;
  set_mode(m, kOff, 0);
  REQUIRE_THROWS_AS(m.bench.run(60'000), dram::DramViolation);
}

TEST_CASE("a hammered row does not pass the device's limit of activations", "[hbm][refresh]") {
  dram::ChannelBenchConfig config;
  config.device.raaimt = 16;
  config.device.raammt = 64;
  Machine m(config);
  // Two rows of one bank in turn: every read is an ACT.
  const dram::AddressMap map = m.bench.map();
  dram::DramAddress a{0, 1, 2, 100, 0};
  dram::DramAddress b = a;
  b.row = 101;
  const std::uint64_t first = map.unmap(a) * tb::kBeatBytes;
  const std::uint64_t second = map.unmap(b) * tb::kBeatBytes;
  for (unsigned i = 0; i < 400; ++i) REQUIRE(m.read(0, i % 2 == 0 ? first : second).resp == tb::kOkay);
  const auto& commands = m.bench.device().stats().commands;
  REQUIRE(commands[static_cast<unsigned>(dram::Op::kAct)] >= 400);
  REQUIRE(m.event(0, Machine::kRfm) > 0);
}
