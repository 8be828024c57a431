// SPDX-License-Identifier: Apache-2.0

#include "perf/hbm_anchors.hpp"

#include <algorithm>
#include <vector>

namespace tessera::perf {
namespace {

using workload::TrafficSpec;
using Kind = TrafficSpec::Kind;

constexpr double kThird = 1.0 / 3;
constexpr double kTolerance = 2;       // Points below "hidden" that still pass
constexpr double kSequential = 97;     // Floor of a stream read with one pseudo-channel active...
constexpr double kSequentialTwo = 95;  // ...and with two
constexpr double kTile64Two = 93;

TrafficSpec stream(std::uint32_t chunk, double writes) {
  TrafficSpec spec;
  spec.kind = Kind::kStream;
  spec.chunk = chunk;
  spec.write_share = writes;
  return spec;
}

TrafficSpec copy(std::uint32_t chunk) {
  TrafficSpec spec;
  spec.kind = Kind::kCopy;
  spec.chunk = chunk;
  return spec;
}

TrafficSpec random(std::uint32_t chunk, double writes) {
  TrafficSpec spec;
  spec.kind = Kind::kRandom;
  spec.chunk = chunk;
  spec.write_share = writes;
  return spec;
}

TrafficSpec tile(std::uint32_t chunk, std::uint32_t pitch) {
  TrafficSpec spec;
  spec.kind = Kind::kTile;
  spec.chunk = chunk;
  spec.pitch = pitch;
  return spec;
}

HbmAnchor anchor(std::string_view name, const TrafficSpec& traffic, const HbmBandwidth& one,
                 std::optional<HbmBandwidth> two = std::nullopt) {
  return {name, traffic, one, two, one.hidden - kTolerance, two ? two->hidden - kTolerance : 0};
}

std::vector<HbmAnchor> make_anchors() {
  std::vector<HbmAnchor> anchors = {
      anchor("seq_read", stream(64, 0), {99.8, 90.4, 98.7}, HbmBandwidth{99.8, 90.6, 97.1}),
      anchor("seq_write", stream(64, 1), {99.8, 90.1, 98.9}),
      anchor("copy_64", copy(64), {85.2, 77.0, 84.3}),
      anchor("copy_256", copy(256), {80.9, 73.3, 80.5}),
      anchor("copy_1024", copy(1024), {87.1, 79.1, 86.5}, HbmBandwidth{86.5, 78.5, 84.6}),
      anchor("coin_32", stream(32, kThird), {86.1, 77.2, 85.0}),
      anchor("random_32", random(32, 0), {33.4, 30.2, 33.1}),
      anchor("random_64", random(64, 0), {66.7, 60.1, 65.7}, HbmBandwidth{66.6, 60.5, 65.0}),
      anchor("random_128", random(128, 0), {97.7, 88.1, 96.1}, HbmBandwidth{96.1, 87.3, 93.1}),
      anchor("random_256", random(256, 0), {97.6, 88.0, 96.1}),
      anchor("random_64_mix", random(64, kThird), {58.0, 52.2, 57.1}),
      anchor("tile_64", tile(64, 2048), {98.7, 88.9, 97.8}, HbmBandwidth{98.4, 89.4, 95.6}),
      anchor("tile_128", tile(128, 2048), {96.6, 87.1, 94.8}),
      anchor("tile_256", tile(256, 2048), {99.2, 89.6, 98.0}, HbmBandwidth{99.2, 90.2, 95.0}),
      anchor("tile_64_2112", tile(64, 2112), {88.8, 79.8, 87.0}),
  };
  for (HbmAnchor& a : anchors) {
    if (a.name == "seq_read" || a.name == "seq_write") {
      a.floor_one = kSequential;
      a.floor_two = kSequentialTwo;
    }
    if (a.name == "tile_64") a.floor_two = kTile64Two;
  }
  return anchors;
}

const std::vector<HbmAnchor>& anchors() {
  static const std::vector<HbmAnchor> all = make_anchors();
  return all;
}

}  // namespace

std::span<const HbmAnchor> hbm_anchors() { return anchors(); }

const HbmAnchor* find_hbm_anchor(std::string_view name) {
  const auto found =
      std::find_if(anchors().begin(), anchors().end(), [&](const HbmAnchor& a) { return a.name == name; });
  return found == anchors().end() ? nullptr : &*found;
}

}  // namespace tessera::perf
