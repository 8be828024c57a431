// SPDX-License-Identifier: Apache-2.0
//
// The HBM3 performance model where its answer can be worked out by hand, and the floors it must reach on the
// known workloads.

#include <cmath>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>

#include "perf/hbm_anchors.hpp"
#include "perf/hbm_channel.hpp"
#include "support/catch.hpp"

using namespace tessera;
using perf::HbmChannelModel;
using perf::HbmMap;
using perf::HbmPolicy;
using perf::HbmTiming;
using perf::HbmUse;
using workload::TrafficSpec;
using Refresh = HbmPolicy::Refresh;
using Kind = TrafficSpec::Kind;

namespace {

TrafficSpec random_chunks(std::uint32_t chunk) {
  TrafficSpec spec;
  spec.kind = Kind::kRandom;
  spec.chunk = chunk;
  return spec;
}

HbmUse run(const TrafficSpec& spec, const HbmPolicy& policy, unsigned pcs = 1, const HbmTiming& timing = {}) {
  HbmChannelModel::Sources sources;
  for (unsigned p = 0; p < pcs; ++p) sources[p] = workload::make_traffic(spec, p + 1);
  HbmChannelModel model(timing, policy, std::move(sources));
  model.run(10'000);
  model.restart_counting();
  model.run(20'000);
  HbmUse least = model.use(0);
  if (pcs == 2 && model.use(1).efficiency() < least.efficiency()) least = model.use(1);
  return least;
}

bool near(double value, double expected, double margin) { return std::abs(value - expected) <= margin; }

HbmPolicy without_refresh() {
  HbmPolicy policy;
  policy.refresh = Refresh::kOff;
  return policy;
}

}  // namespace

TEST_CASE("random reads are bound by four ACTs per tFAW", "[hbm]") {
  // 32 bytes per ACT, 4 ACTs per 24 CK, 2 CK per 32 bytes; 64 bytes twice that.
  REQUIRE(near(run(random_chunks(32), without_refresh()).efficiency(), 4.0 * 2 / 24, 0.005));
  REQUIRE(near(run(random_chunks(64), without_refresh()).efficiency(), 4.0 * 4 / 24, 0.005));
  HbmTiming slow;
  slow.faw = 48;
  REQUIRE(near(run(random_chunks(64), without_refresh(), 1, slow).efficiency(), 4.0 * 4 / 48, 0.005));
}

TEST_CASE("a stream in one bank group at a time is bound by tCCD_L", "[hbm]") {
  // Column bits lowest: a row of 32 grains of one bank after the other.
  HbmMap map;
  std::uint8_t next = 0;
  for (const auto& [from, count] : {std::pair{0, 5}, {20, 2}, {22, 2}, {24, 1}, {5, 15}, {25, 1}}) {
    for (int i = 0; i < count; ++i) map.sel[static_cast<unsigned>(from + i)] = next++;
  }
  HbmPolicy policy = without_refresh();
  policy.map = map;
  policy.rdq = 8;  // Too few to see the next bank group's row
  REQUIRE(run(TrafficSpec{}, policy).efficiency() < 0.56);
  REQUIRE(run(TrafficSpec{}, without_refresh()).efficiency() > 0.98);
}

TEST_CASE("refresh keeps its rate and all banks at once cost the share of tRFCab", "[hbm]") {
  HbmPolicy policy;
  policy.refresh = Refresh::kAllBank;
  const HbmUse all = run(TrafficSpec{}, policy);
  // 40000 CK of 6240 each; tRFCab and closing and opening the banks around it
  REQUIRE(all.all_bank_refreshes >= 6);
  REQUIRE(all.all_bank_refreshes <= 7);
  REQUIRE(near(all.efficiency(), 1 - 560.0 / 6240, 0.03));
  const HbmUse hidden = run(TrafficSpec{}, {});
  REQUIRE(hidden.refreshes >= 204);  // 40000 x 32 / 6240
  REQUIRE(hidden.refreshes <= 206);
  REQUIRE(hidden.efficiency() > all.efficiency() + 0.05);
  policy = {};
  policy.refresh_interval = 0.25;
  REQUIRE(near(static_cast<double>(run(random_chunks(64), policy).refreshes), 820, 130));
}

TEST_CASE("a pseudo-channel without requests is refreshed and moves nothing", "[hbm]") {
  HbmChannelModel model({}, {}, {});
  model.run(60'000);
  for (unsigned p = 0; p < perf::kHbmPcs; ++p) {
    REQUIRE(model.use(p).reads + model.use(p).writes + model.use(p).activates == 0);
    REQUIRE(model.use(p).refreshes > 60'000 * 2 * 32 / 6240);  // Ahead of what is due
  }
}

TEST_CASE("the default map is one to one and spreads what lies together over bank groups", "[hbm]") {
  for (unsigned sid_bits = 0; sid_bits <= 2; ++sid_bits) {
    const HbmMap map = HbmMap::standard(sid_bits, 14);
    std::set<std::tuple<unsigned, unsigned, unsigned>> places;
    for (std::uint64_t grain = 0; grain < 4096; ++grain) {
      const HbmMap::Place at = map(grain * 4099 % (std::uint64_t{1} << (23 + sid_bits)));
      REQUIRE(at.bank < 16U << sid_bits);
      REQUIRE(at.row < 1U << 14);
      REQUIRE(places.insert({at.bank, at.row, at.col}).second);
    }
    REQUIRE(map(0).bank == map(3).bank);  // A granule of 128 bytes
    REQUIRE(map(0).bank >> 2 != map(4).bank >> 2);
  }
}

TEST_CASE("the policy reaches every bandwidth floor with one and with both pseudo-channels", "[hbm]") {
  for (const perf::HbmAnchor& anchor : perf::hbm_anchors()) {
    INFO(anchor.name);
    const double one = 100 * run(anchor.traffic, {}).efficiency();
    const double two = 100 * run(anchor.traffic, {}, 2).efficiency();
    CHECK(one >= anchor.floor_one);
    CHECK(two >= anchor.floor_two);
  }
}

TEST_CASE("queues of half the depth lose what the documentation says they lose", "[hbm]") {
  HbmPolicy small;
  small.rdq = 32;
  const TrafficSpec spec = random_chunks(128);
  REQUIRE(run(spec, small).efficiency() < run(spec, {}).efficiency() - 0.08);
}

TEST_CASE("a policy that makes no sense is refused by name", "[hbm]") {
  const auto message = [](const HbmPolicy& policy) -> std::string {
    try {
      HbmChannelModel model({}, policy, {});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "taken";
  };
  HbmPolicy policy;
  policy.sids = 3;
  CHECK(message(policy).find("sids") != std::string::npos);
  policy = {};
  policy.wr_low = 60;
  CHECK(message(policy).find("wr_low") != std::string::npos);
  policy = {};
  policy.rob = 0;
  CHECK(message(policy).find("rob") != std::string::npos);
  policy = {};
  policy.refresh_interval = 0;
  CHECK(message(policy).find("refresh_interval") != std::string::npos);
}
