// SPDX-License-Identifier: Apache-2.0
//
// The controller is never early, which the device checks, and not needlessly late: each timing rule is met at
// the first tick that the grid of time (docs/hbm/theory.md) offers for its two commands.

#include <algorithm>
#include <iostream>
#include <map>
#include <vector>

#include "hbm/machine.hpp"
#include "hbm/traffic_master.hpp"
#include "workload/memory_traffic.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

using workload::TrafficSpec;
using Kind = TrafficSpec::Kind;
using dram::Rule;

constexpr int kCycleTicks = 4;
constexpr std::int64_t kControlTicks = 2 * kCycleTicks;
constexpr std::int64_t kWakeTicks = 10 * kCycleTicks;  // The PHY is woken before the device is

// Reference ticks in the cycle that a command may have.
const std::vector<int> kAct = {2};
const std::vector<int> kPre = {2, 3};
const std::vector<int> kRef = {0};
const std::vector<int> kColumn0 = {0};  // Of pseudo-channel 0
const std::vector<int> kColumn1 = {2};

// Ticks beyond the limit of `ck` CK when `to` follows `from` as soon as the grid lets it, at best.
std::int64_t least_slack(unsigned ck, const std::vector<int>& from, const std::vector<int>& to) {
  std::int64_t least = kCycleTicks;
  for (const int a : from) {
    for (const int b : to) {
      const int need =
          2 * static_cast<int>(ck) + a - b;  // From the tick `a` of cycle 0 to tick `b` of a later one
      const int cycles = std::max(0, (need + kCycleTicks - 1) / kCycleTicks);
      least = std::min<std::int64_t>(least, cycles * kCycleTicks - need);
    }
  }
  return least;
}
std::int64_t least_of_columns(unsigned ck, const std::vector<int>& row, bool column_first) {
  if (column_first) return std::min(least_slack(ck, kColumn0, row), least_slack(ck, kColumn1, row));
  return std::min(least_slack(ck, row, kColumn0), least_slack(ck, row, kColumn1));
}

std::map<Rule, std::int64_t> first_ticks(const dram::TimingSet& t) {
  const unsigned bl = dram::kBurstLength;
  return {
      {Rule::kRcdRd, least_of_columns(t.rcdrd, kAct, false)},
      {Rule::kRcdWr, least_of_columns(t.rcdwr, kAct, false)},
      {Rule::kRas, least_slack(t.ras, kAct, kPre)},
      {Rule::kRtp, least_of_columns(t.rtp, kPre, true)},
      {Rule::kWr, least_of_columns(t.wl + bl + t.wr, kPre, true)},
      {Rule::kRp, std::min(least_slack(t.rp, kPre, kAct), least_slack(t.rp, kPre, kRef))},
      {Rule::kRfcPb, least_slack(t.rfcpb, kRef, kAct)},
      {Rule::kRfcAb, least_slack(t.rfcab, kRef, kAct)},
      {Rule::kRrdS, std::min(least_slack(t.rrds, kAct, kAct), least_slack(t.rrds, kAct, kRef))},
      {Rule::kRrdL, least_slack(t.rrdl, kAct, kAct)},
      {Rule::kFaw, least_slack(t.faw, kAct, kAct)},
      {Rule::kRrefd, std::min(least_slack(t.rrefd, kRef, kAct), least_slack(t.rrefd, kRef, kRef))},
      {Rule::kCcdS, least_slack(t.ccds, kColumn0, kColumn0)},
      {Rule::kCcdL, least_slack(t.ccdl, kColumn0, kColumn0)},
      {Rule::kCcdR, least_slack(t.ccdr, kColumn0, kColumn0)},
      {Rule::kRtw, least_slack(t.rtw, kColumn0, kColumn0)},
      {Rule::kWtrS, least_slack(t.wl + bl + t.wtrs, kColumn0, kColumn0)},
      {Rule::kWtrL, least_slack(t.wl + bl + t.wtrl, kColumn0, kColumn0)},
      {Rule::kPpd, least_slack(t.ppd, kPre, kPre)},
  };
}

void load(Machine& m, const TrafficSpec& spec, std::uint64_t cycles) {
  std::vector<std::unique_ptr<dram::TrafficMaster>> masters;
  for (unsigned p = 0; p < dram::kPcs; ++p) {
    masters.push_back(std::make_unique<dram::TrafficMaster>("PC " + std::to_string(p),
                                                            workload::make_traffic(spec, p + 1), 256));
    m.bench.attach(p, masters[p].get());
  }
  m.bench.run(cycles);
  for (auto& master : masters) master->stop();
  m.bench.run_until([&] { return masters[0]->quiet() && masters[1]->quiet(); }, 50'000, "the last answers");
  for (unsigned p = 0; p < dram::kPcs; ++p) m.bench.attach(p, &m.master[p]);
}

TrafficSpec pattern(Kind kind, std::uint32_t chunk, double writes) {
  TrafficSpec spec;
  spec.kind = kind;
  spec.chunk = chunk;
  spec.write_share = writes;
  return spec;
}

dram::Census meet(const dram::TimingSet& timing, std::uint64_t seed) {
  dram::ChannelBenchConfig config;
  config.device.timing = timing;
  config.device.seed = seed;
  Machine m(config);
  load(m, pattern(Kind::kRandom, 32, 0.3), 8000);
  load(m, pattern(Kind::kRandom, 64, 0), 6000);
  load(m, pattern(Kind::kRandom, 128, 0.5), 6000);
  load(m, pattern(Kind::kCopy, 256, 0), 6000);
  load(m, pattern(Kind::kTile, 64, 0.2), 4000);
  // All banks at once, under load
  m.bench.write_register(regs::kRegRefresh,
                         regs::kRefreshMode.set(m.bench.read_register(regs::kRegRefresh), 1));
  load(m, pattern(Kind::kRandom, 64, 0.3), 20'000);
  // In and out of power-down and self-refresh, woken early and late
  m.bench.write_register(regs::kRegPowerDown, regs::kPowerDownCycles.put(40));
  for (unsigned i = 0; i < 200; ++i) {
    REQUIRE(m.read(i % 2, i * 4096).resp == tb::kOkay);
    m.bench.run(30 + i % 60);
  }
  m.bench.write_register(regs::kRegSelfRefresh, regs::kSelfRefreshCycles.put(300));
  for (unsigned i = 0; i < 20; ++i) {
    m.bench.run(1000);
    REQUIRE(m.read(i % 2, i * 4096).resp == tb::kOkay);
  }
  return m.bench.device().census();
}

void check(const dram::TimingSet& timing, std::uint64_t seed) {
  const dram::Census census = meet(timing, seed);
  std::cout << census << std::flush;
  for (const auto& [rule, slack] : first_ticks(timing)) {
    INFO(dram::rule_name(rule));
    CHECK(census[rule].checks > 0);
    CHECK(census[rule].min_slack == slack);
  }
  // Control's commands take a few cycles to decide; tRC is never what a bank waits for last, as tRAS + tRP is
  // no shorter on the grid; COLPD is over long before an idle channel powers down.
  for (const Rule rule : {Rule::kXp, Rule::kXs, Rule::kMrd, Rule::kCke}) {
    INFO(dram::rule_name(rule));
    CHECK(census[rule].checks > 0);
    CHECK(census[rule].min_slack <= (rule == Rule::kCke ? kWakeTicks : kControlTicks));
  }
  for (const Rule rule : {Rule::kRc, Rule::kColPd, Rule::kBus}) {
    INFO(dram::rule_name(rule));
    CHECK(census[rule].checks > 0);
  }
}

}  // namespace

TEST_CASE("each timing rule is met at its first tick at 6.4 Gb/s", "[hbm][census]") {
  check(dram::TimingSet::hbm3_6400(), 1);
}

TEST_CASE("each timing rule is met at its first tick at 5.2 Gb/s", "[hbm][census]") {
  check(dram::TimingSet::hbm3_5200(), 2);
}
