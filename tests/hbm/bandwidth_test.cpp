// SPDX-License-Identifier: Apache-2.0
//
// Bandwidth is a promise: the floors of perf/hbm_anchors.hpp hold on the RTL, and the performance model
// predicts it. Short windows here; `tessera hbm-bench` has the full table.

#include <array>
#include <cmath>
#include <cstdio>

#include "hbm/machine.hpp"
#include "hbm/traffic_master.hpp"
#include "perf/hbm_anchors.hpp"
#include "perf/hbm_channel.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

constexpr std::uint64_t kWarmup = 4000;  // Cycles
constexpr std::uint64_t kWindow = 10'000;
constexpr double kShortWindow = 0.7;  // Points: what a window of this length may miss by chance
constexpr double kModelError = 2.5;   // Points

double simulated(Machine& m, const perf::HbmAnchor& anchor, unsigned pcs) {
  std::array<std::unique_ptr<dram::TrafficMaster>, dram::kPcs> masters;
  for (unsigned p = 0; p < pcs; ++p) {
    masters[p] = std::make_unique<dram::TrafficMaster>("PC " + std::to_string(p),
                                                       workload::make_traffic(anchor.traffic, p + 1), 256);
    m.bench.attach(p, masters[p].get());
  }
  m.bench.run(kWarmup);
  const auto before = m.bench.device().stats();
  m.bench.run(kWindow);
  const auto after = m.bench.device().stats();
  double least = 100;
  for (unsigned p = 0; p < pcs; ++p) {
    const auto bursts =
        after.read_bursts[p] - before.read_bursts[p] + after.write_bursts[p] - before.write_bursts[p];
    least = std::min(least, 100.0 * static_cast<double>(bursts) / static_cast<double>(kWindow));
    masters[p]->stop();
  }
  const auto quiet = [&] { return masters[0]->quiet() && (pcs == 1 || masters[1]->quiet()); };
  m.bench.run_until(quiet, 50'000, "the last answers");
  for (unsigned p = 0; p < dram::kPcs; ++p) m.bench.attach(p, &m.master[p]);
  return least;
}

double predicted(const perf::HbmAnchor& anchor, unsigned pcs) {
  perf::HbmChannelModel::Sources sources;
  for (unsigned p = 0; p < pcs; ++p) sources[p] = workload::make_traffic(anchor.traffic, p + 1);
  perf::HbmChannelModel model(perf::HbmTiming::hbm3_6400(), {}, std::move(sources));
  model.run(kWarmup);
  model.restart_counting();
  model.run(kWindow);
  double least = 100;
  for (unsigned p = 0; p < pcs; ++p) least = std::min(least, 100 * model.use(p).efficiency());
  return least;
}

}  // namespace

TEST_CASE("the channel reaches its bandwidth floors, as the model predicts", "[hbm][bandwidth]") {
  Machine m;
  for (const unsigned pcs : {1U, 2U}) {
    for (const char* name : {"seq_read", "copy_256", "random_64", "random_128", "tile_64"}) {
      const perf::HbmAnchor* anchor = perf::find_hbm_anchor(name);
      REQUIRE(anchor != nullptr);
      const double floor = pcs == 1 ? anchor->floor_one : anchor->floor_two;
      const double rtl = simulated(m, *anchor, pcs);
      const double model = predicted(*anchor, pcs);
      std::printf("%-12s %u PC: %5.1f %%, predicted %5.1f %%, floor %5.1f %%\n", name, pcs, rtl, model,
                  floor);
      INFO(name << ", " << pcs << " pseudo-channels");
      CHECK(rtl >= floor - kShortWindow);
      CHECK(std::abs(rtl - model) <= kModelError);
    }
  }
}
