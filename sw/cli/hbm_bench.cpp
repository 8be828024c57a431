// SPDX-License-Identifier: Apache-2.0
//
// `tessera hbm-bench`: the bandwidth of the HBM3 channel on the workloads of docs/hbm/performance.md,
// simulated at its AXI ports with the device model on its pins, beside what the performance model predicts
// and the anchors.

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "cli/commands.hpp"
#include "hbm/channel_bench.hpp"
#include "hbm/registers_gen.hpp"
#include "hbm/traffic_master.hpp"
#include "perf/hbm_anchors.hpp"
#include "perf/hbm_channel.hpp"

namespace tessera::cli {
namespace {

using perf::HbmAnchor;
using perf::HbmPolicy;
using tb::hbm::HbmChannelBench;
using tb::hbm::TimingSet;
using tb::hbm::TrafficMaster;

constexpr unsigned kPcs = perf::kHbmPcs;
constexpr unsigned kCkPerCycle = 2;
constexpr unsigned kWarmupCk = 20'000;
constexpr std::uint64_t kDrainLimit = 50'000;  // Cycles for the answers that are due when a workload ends

struct Temperature {
  double scale;  // Of tREFI
  unsigned code;
};
constexpr std::array<Temperature, 5> kTemperatures = {{{4, 0}, {2, 1}, {1, 3}, {0.5, 2}, {0.25, 6}}};

struct Result {
  const HbmAnchor* anchor = nullptr;
  unsigned pcs = 1;
  std::optional<double> simulated;  // Percent of peak of the slower pseudo-channel, likewise below
  double predicted = 0;
  std::optional<double> floor;
  std::uint64_t longest_read = 0;  // Cycles, AR to last beat
  std::uint64_t longest_write = 0;

  double measured() const { return simulated.value_or(predicted); }
  bool passed() const { return !floor || measured() >= *floor; }
};

TimingSet timing_of(const HbmBenchArgs& args) {
  if (args.timing == "6400") return TimingSet::hbm3_6400();
  if (args.timing == "5200") return TimingSet::hbm3_5200();
  if (args.timing == "random") return TimingSet::random_legal(args.seed);
  throw UsageError("--timing must be 6400, 5200 or random, not '" + args.timing + "'");
}

Temperature temperature_of(const HbmBenchArgs& args) {
  for (const Temperature& t : kTemperatures) {
    if (t.scale == args.temperature) return t;
  }
  throw UsageError("--temperature must be 4, 2, 1, 0.5 or 0.25: the factor on the refresh interval");
}

perf::HbmTiming model_timing(const TimingSet& s) {
  perf::HbmTiming t;
  t.rl = s.rl;
  t.wl = s.wl;
  t.rcdrd = s.rcdrd;
  t.rcdwr = s.rcdwr;
  t.rp = s.rp;
  t.ras = s.ras;
  t.rc = s.rc;
  t.rrds = s.rrds;
  t.rrdl = s.rrdl;
  t.faw = s.faw;
  t.ccds = s.ccds;
  t.ccdl = s.ccdl;
  t.ccdr = s.ccdr;
  t.wtrs = s.wtrs;
  t.wtrl = s.wtrl;
  t.rtw = s.rtw;
  t.rtp = s.rtp;
  t.wr = s.wr;
  t.ppd = s.ppd;
  t.rfcab = s.rfcab;
  t.rfcpb = s.rfcpb;
  t.rrefd = s.rrefd;
  t.refi = s.refi;
  return t;
}

perf::HbmChannelModel::Sources sources(const HbmAnchor& anchor, unsigned pcs, std::uint64_t seed) {
  perf::HbmChannelModel::Sources result;
  for (unsigned p = 0; p < pcs; ++p) result[p] = workload::make_traffic(anchor.traffic, seed * kPcs + p);
  return result;
}

double predict(const HbmAnchor& anchor, unsigned pcs, const HbmBenchArgs& args, const HbmPolicy& policy) {
  perf::HbmChannelModel model(model_timing(timing_of(args)), policy, sources(anchor, pcs, args.seed));
  model.run(kWarmupCk / kCkPerCycle);
  model.restart_counting();
  model.run(args.cycles / kCkPerCycle);
  double least = 1;
  for (unsigned p = 0; p < pcs; ++p) least = std::min(least, model.use(p).efficiency());
  return 100 * least;
}

// The model under the policy that the channel's registers hold.
HbmPolicy policy_of(HbmChannelBench& bench, const HbmPolicy& defaults) {
  using namespace tessera::hbm;
  HbmPolicy policy = defaults;
  const std::uint32_t hit = bench.read_register(kRegSchedHit);
  const std::uint32_t write = bench.read_register(kRegSchedWr);
  const std::uint32_t refresh = bench.read_register(kRegRefresh);
  policy.hit_cap = kSchedHitHitCap.get(hit);
  policy.age_limit = kSchedHitAgeLimit.get(hit);
  policy.wr_high = kSchedWrWrHigh.get(write);
  policy.wr_low = kSchedWrWrLow.get(write);
  policy.wr_idle = kSchedWrWrIdle.get(write);
  policy.force_refi = kRefreshForceRefi.get(refresh);
  policy.pull_in = kRefreshPullIn.get(refresh);
  const tb::hbm::AddressMap map = bench.map();
  policy.map = perf::HbmMap{map.sel(), map.fold()};
  return policy;
}

// Percent of peak by the bursts on the device's pins.
void simulate(HbmChannelBench& bench, const HbmBenchArgs& args, const HbmPolicy& policy, Result& result) {
  std::array<std::unique_ptr<TrafficMaster>, kPcs> masters;
  for (unsigned p = 0; p < result.pcs; ++p) {
    auto source = workload::make_traffic(result.anchor->traffic, args.seed * kPcs + p);
    masters[p] =
        std::make_unique<TrafficMaster>("PC " + std::to_string(p), std::move(source), policy.master_lead);
    bench.attach(p, masters[p].get());
  }
  bench.run(kWarmupCk / kCkPerCycle);
  const auto before = bench.device().stats();
  const std::uint64_t window = args.cycles / kCkPerCycle;
  bench.run(window);
  const auto after = bench.device().stats();
  double least = 1;
  for (unsigned p = 0; p < result.pcs; ++p) {
    const std::uint64_t bursts =
        after.read_bursts[p] - before.read_bursts[p] + after.write_bursts[p] - before.write_bursts[p];
    least = std::min(least, static_cast<double>(bursts) / static_cast<double>(window));
  }
  result.simulated = 100 * least;
  const auto each = [&](auto visit) {
    for (unsigned p = 0; p < result.pcs; ++p) visit(*masters[p]);
  };
  each([](TrafficMaster& m) { m.stop(); });
  bool quiet = false;
  const auto all_quiet = [&] {
    quiet = true;
    each([&](const TrafficMaster& m) { quiet = quiet && m.quiet(); });
    return quiet;
  };
  bench.run_until(all_quiet, kDrainLimit, "the last answers of a workload");
  each([&](const TrafficMaster& m) {
    result.longest_read = std::max(result.longest_read, m.longest_read());
    result.longest_write = std::max(result.longest_write, m.longest_write());
  });
  for (unsigned p = 0; p < kPcs; ++p) bench.attach(p, nullptr);
}

void print_header(const HbmBenchArgs& args) {
  std::printf(
      "HBM3 channel, %s timings, refresh on (interval x %g), %u CK after %u CK; %% of a pseudo-channel's "
      "peak\n",
      args.timing.c_str(), args.temperature, args.cycles, kWarmupCk);
  std::printf("%-14s %3s | %10s %6s %6s | %9s %9s %6s | %6s  %-4s | %s\n", "workload", "PCs", "no refresh",
              "REFab", "hidden", "simulated", "predicted", "diff", "floor", "",
              "longest read, write (cycles)");
}

// `known`: the anchors were measured under these conditions.
void print(const Result& r, bool known) {
  auto anchor = r.pcs == 1 ? std::optional(r.anchor->one) : r.anchor->two;
  if (!known) anchor.reset();
  std::printf("%-14s %3u | ", std::string(r.anchor->name).c_str(), r.pcs);
  if (anchor) {
    std::printf("%10.1f %6.1f %6.1f | ", anchor->no_refresh, anchor->all_bank, anchor->hidden);
  } else {
    std::printf("%10s %6s %6s | ", "-", "-", "-");
  }
  if (r.simulated) {
    std::printf("%9.1f %9.1f %+6.1f | ", *r.simulated, r.predicted, *r.simulated - r.predicted);
  } else {
    std::printf("%9s %9.1f %6s | ", "-", r.predicted, "-");
  }
  if (r.floor) {
    std::printf("%6.1f  %-4s |", *r.floor, r.passed() ? "ok" : "LOW");
  } else {
    std::printf("%6s  %-4s |", "-", "");
  }
  if (r.simulated)
    std::printf(" %llu, %llu", static_cast<unsigned long long>(r.longest_read),
                static_cast<unsigned long long>(r.longest_write));
  std::printf("\n");
  std::fflush(stdout);
}

nlohmann::json to_json(const HbmBenchArgs& args, const std::vector<Result>& results, bool known) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Result& r : results) {
    nlohmann::json row = {{"workload", r.anchor->name}, {"pcs", r.pcs}, {"predicted", r.predicted}};
    if (r.simulated) {
      row["simulated"] = *r.simulated;
      row["longest_read"] = r.longest_read;
      row["longest_write"] = r.longest_write;
    }
    if (const auto a = r.pcs == 1 ? std::optional(r.anchor->one) : r.anchor->two; a && known) {
      row["anchor"] = {{"no_refresh", a->no_refresh}, {"all_bank", a->all_bank}, {"hidden", a->hidden}};
    }
    if (r.floor) {
      row["floor"] = *r.floor;
      row["passed"] = r.passed();
    }
    rows.push_back(row);
  }
  return {{"timing", args.timing},           {"seed", args.seed},
          {"window_ck", args.cycles},        {"warmup_ck", kWarmupCk},
          {"temperature", args.temperature}, {"rows", rows}};
}

}  // namespace

int hbm_bench(const HbmBenchArgs& args) {
  std::vector<const HbmAnchor*> anchors;
  for (const std::string& name : args.workloads) {
    const HbmAnchor* anchor = perf::find_hbm_anchor(name);
    if (anchor == nullptr) {
      std::string known;
      for (const HbmAnchor& a : perf::hbm_anchors()) known += " " + std::string(a.name);
      throw UsageError("--workload '" + name + "' is none of:" + known);
    }
    anchors.push_back(anchor);
  }
  if (anchors.empty()) {
    for (const HbmAnchor& a : perf::hbm_anchors()) anchors.push_back(&a);
  }
  if (args.pcs > kPcs) throw UsageError("--pcs must be 1 or 2");
  if (args.cycles < 1000) throw UsageError("--cycles must be at least 1000 CK");

  const TimingSet timing = timing_of(args);
  const Temperature temperature = temperature_of(args);
  HbmPolicy policy;
  policy.refresh_interval = temperature.scale;
  std::unique_ptr<HbmChannelBench> bench;
  if (!args.model_only) {
    tb::hbm::ChannelBenchConfig config;
    config.device.timing = timing;
    config.device.seed = args.seed;
    config.seed = args.seed;
    config.waves = args.waves;
    bench = std::make_unique<HbmChannelBench>(config);
    bench->device().set_temperature_code(temperature.code);
    bench->start();
    policy = policy_of(*bench, policy);
  }
  // Anchors and floors are for this part at normal temperature.
  const bool known = args.timing == "6400" && args.temperature == 1;
  print_header(args);
  std::vector<Result> results;
  for (unsigned pcs = 1; pcs <= kPcs; ++pcs) {
    if (args.pcs != 0 && args.pcs != pcs) continue;
    for (const HbmAnchor* anchor : anchors) {
      Result r;
      r.anchor = anchor;
      r.pcs = pcs;
      r.predicted = predict(*anchor, pcs, args, policy);
      const double floor = pcs == 1 ? anchor->floor_one : anchor->floor_two;
      if (known && floor > 0) r.floor = floor;
      if (bench) simulate(*bench, args, policy, r);
      print(r, known);
      results.push_back(r);
    }
  }
  if (bench) {
    bench->finish();
    std::printf("device: no rule broken; refresh debt at most %lld, pulled in at most %lld banks\n",
                static_cast<long long>(bench->device().stats().max_debt),
                static_cast<long long>(bench->device().stats().max_pull_in));
  }
  if (!args.json_file.empty()) {
    std::ofstream file(args.json_file);
    file << to_json(args, results, known).dump(2) << "\n";
    if (!file) throw std::runtime_error("cannot write " + args.json_file);
  }
  const bool passed = std::all_of(results.begin(), results.end(), [](const Result& r) { return r.passed(); });
  return passed ? 0 : 1;
}

}  // namespace tessera::cli
