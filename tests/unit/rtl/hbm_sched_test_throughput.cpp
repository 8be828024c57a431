// SPDX-License-Identifier: Apache-2.0
//
// What share of cycles carries a column command, with the default address map and as many requests offered as
// the queues take. Floors without refresh: what Ramulator reaches on the same traffic (perf/hbm_anchors.hpp),
// or the cycle model of the policy where that is less, minus a point; never more than two points below
// Ramulator. With refresh: the anchors'.

#include <algorithm>
#include <cstdio>
#include <deque>
#include <memory>

#include "perf/hbm_anchors.hpp"
#include "perf/hbm_channel.hpp"
#include "unit/rtl/hbm_sched_harness.hpp"

using namespace tessera::test;

namespace {

namespace perf = tessera::perf;
namespace workload = tessera::workload;

constexpr unsigned kWarmUp = 8000, kWindow = 24000;  // Cycles
constexpr unsigned kStopped = 12000;  // Without refresh: nearly 4 tREFI of debt, from where it is forced

// A master that runs ahead with its reads or writes by up to `kLead` grains.
class Master {
 public:
  Master(const workload::TrafficSpec& spec, std::uint64_t seed)
      : source_{workload::make_traffic(spec, seed)} {}

  std::optional<hbm::DramAddress> next(bool write) {
    auto& lane = lanes_[write];
    while (lane.empty() && lanes_[!write].size() < kLead) {
      const workload::Transfer t = source_->next();
      for (std::uint64_t at = 0; at < t.bytes; at += 32) lanes_[t.write].push_back((t.address + at) / 32);
    }
    if (lane.empty()) return std::nullopt;
    const auto place = map_(lane.front());
    lane.pop_front();
    return hbm::DramAddress{place.bank >> 4, place.bank >> 2 & 3, place.bank & 3, place.row, place.col};
  }

 private:
  static constexpr std::size_t kLead = 256;
  std::unique_ptr<workload::MemoryTraffic> source_;
  perf::HbmMap map_ = perf::HbmMap::standard(1, 14);
  std::array<std::deque<std::uint64_t>, 2> lanes_;
};

const SchedConfig kProduct{.hit_cap = 32, .age_limit = 1024, .wr_high = 56, .wr_low = 8, .wr_idle = 32};

// Percent of cycles with a column command, the least of the active pseudo-channels.
double rtl_percent(const workload::TrafficSpec& spec, unsigned pcs, bool refresh) {
  auto timing = hbm::TimingSet::hbm3_6400();
  if (!refresh) timing.refi = 16383;  // The window ends before the device minds
  SchedChannel channel(kProduct, timing);
  if (refresh) channel.manage_refresh();
  std::vector<std::shared_ptr<Master>> masters;
  for (unsigned p = 0; p < pcs; ++p) {
    auto master = std::make_shared<Master>(spec, p + 1);
    channel.pc[p].next_read = [master] { return master->next(false); };
    channel.pc[p].next_write = [master] { return master->next(true); };
    channel.pc[p].retire_after = 14;
  }
  // Start with the debt that the busiest traffic comes to in the end, or the window would show borrowed time.
  for (auto& port : channel.pc) port.stop = refresh;
  if (refresh) channel.run(kStopped);
  for (auto& port : channel.pc) port.stop = false;
  channel.run(refresh ? 2 * kWarmUp : kWarmUp);
  channel.reset_stats();
  channel.run(kWindow);
  double least = 100;
  for (unsigned p = 0; p < pcs; ++p) {
    const SchedPort& port = channel.pc[p];
    const auto percent = [](std::uint64_t n) { return 100.0 * static_cast<double>(n) / kWindow; };
    least = std::min(least, percent(port.reads + port.writes));
    std::uint64_t sum = 0;
    for (const auto n : port.buckets) sum += n;
    REQUIRE(sum == kWindow);
    REQUIRE(port.buckets[kRead] == port.reads);
    REQUIRE(port.buckets[kWrite] == port.writes);
    // About as many refreshes as fell due, so that the window does not live on debt. Random traffic leaves
    // the last banks of a set waiting, so its debt goes up and down by more than a set: 200 to 287 of 246
    // were seen.
    if (refresh) REQUIRE(port.granted >= 0.8 * 2 * kWindow / (timing.refi / 32.0));
    std::printf(
        "  pc%u: read %.1f, write %.1f, turn %.1f, spacing %.1f, rows %.1f, refresh %.1f, idle %.1f %%; ", p,
        percent(port.buckets[kRead]), percent(port.buckets[kWrite]), percent(port.buckets[kTurn]),
        percent(port.buckets[kCol]), percent(port.buckets[kRow]), percent(port.buckets[kRefresh]),
        percent(port.buckets[kIdle]));
    std::printf("longest wait %u, %u refreshes\n", static_cast<unsigned>(port.max_wait),
                static_cast<unsigned>(port.granted));
  }
  return least;
}

double model_percent(const workload::TrafficSpec& spec, unsigned pcs) {
  perf::HbmPolicy policy;
  policy.refresh = perf::HbmPolicy::Refresh::kOff;
  policy.rob = 4096;  // No back-pressure from the read data, as here
  perf::HbmChannelModel::Sources sources;
  for (unsigned p = 0; p < pcs; ++p) sources[p] = workload::make_traffic(spec, p + 1);
  perf::HbmChannelModel model({}, policy, std::move(sources));
  model.run(kWarmUp);
  model.restart_counting();
  model.run(kWindow);
  double least = 100;
  for (unsigned p = 0; p < pcs; ++p) least = std::min(least, 100 * model.use(p).efficiency());
  return least;
}

}  // namespace

TEST_CASE("every known traffic without refresh runs at the speed that the policy promises",
          "[hbm][sched][throughput]") {
  const auto compare = [](const perf::HbmAnchor& anchor, unsigned pcs, double ceiling) {
    INFO(anchor.name << ", " << pcs << " active");
    const double rtl = rtl_percent(anchor.traffic, pcs, false), model = model_percent(anchor.traffic, pcs);
    std::printf("%-14s %u active: %5.1f %% of cycles with a column; model %5.1f, Ramulator %5.1f\n",
                std::string(anchor.name).c_str(), pcs, rtl, model, ceiling);
    CHECK(rtl >= std::min(ceiling, model) - 1);
    CHECK(rtl >= ceiling - 2);
  };
  for (const auto& anchor : perf::hbm_anchors()) {
    compare(anchor, 1, anchor.one.no_refresh);
    if (anchor.two) compare(anchor, 2, anchor.two->no_refresh);
  }
}

TEST_CASE("refresh hides behind every known traffic", "[hbm][sched][throughput]") {
  const auto compare = [](const perf::HbmAnchor& anchor, unsigned pcs, double hidden, double floor) {
    INFO(anchor.name << ", " << pcs << " active");
    const double rtl = rtl_percent(anchor.traffic, pcs, true);
    std::printf("%-14s %u active: %5.1f %% of cycles with a column under refresh; Ramulator, hidden %5.1f\n",
                std::string(anchor.name).c_str(), pcs, rtl, hidden);
    CHECK(rtl >= floor);
  };
  for (const auto& anchor : perf::hbm_anchors()) {
    compare(anchor, 1, anchor.one.hidden, anchor.floor_one);
    if (anchor.two) compare(anchor, 2, anchor.two->hidden, anchor.floor_two);
  }
}
