// SPDX-License-Identifier: Apache-2.0

#include "hbm/scoreboard.hpp"

#include <cstdio>

namespace tessera::tb::hbm {
namespace {

void lay(Beat& under, const Beat& over, std::uint32_t strobe) {
  for (unsigned i = 0; i < kBeatBytes; ++i) {
    if (strobe >> i & 1) under[i] = over[i];
  }
}

}  // namespace

void Scoreboard::begin(std::uint64_t grain, std::uint64_t number, std::uint32_t strobe, const Beat& data) {
  grains_[grain].versions.push_back({number, kNever, strobe, data});
}

void Scoreboard::answered(std::uint64_t grain, std::uint64_t number, Time now) {
  for (Version& v : grains_.at(grain).versions) {
    if (v.number == number) v.answered = now;
  }
}

std::string Scoreboard::check(std::uint64_t grain, std::uint32_t lanes, const Beat& data, Time asked) const {
  const auto found = grains_.find(grain);
  static const History kUnwritten;
  const History& history = found == grains_.end() ? kUnwritten : found->second;
  for (unsigned i = 0; i < kBeatBytes; ++i) {
    if ((lanes >> i & 1) == 0) continue;
    bool right = false;
    bool settled = false;  // A write that the read must see
    std::string allowed;
    const auto allow = [&](std::uint8_t value) {
      char text[8];
      std::snprintf(text, sizeof text, " %02x", value);
      allowed += text;
      right = right || data[i] == value;
    };
    for (auto v = history.versions.rbegin(); v != history.versions.rend() && !settled && !right; ++v) {
      if ((v->strobe >> i & 1) == 0) continue;
      allow(v->data[i]);
      settled = v->answered < asked;
    }
    if (!settled && !right) allow(history.base[i]);
    if (!right) {
      char text[64];
      std::snprintf(text, sizeof text, "byte %u is %02x, allowed:", i, data[i]);
      return text + allowed;
    }
  }
  return {};
}

void Scoreboard::forget(std::uint64_t grain, Time oldest) {
  History& history = grains_.at(grain);
  while (!history.versions.empty() && history.versions.front().answered < oldest) {
    lay(history.base, history.versions.front().data, history.versions.front().strobe);
    history.versions.pop_front();
  }
}

Beat Scoreboard::settled(std::uint64_t grain) const {
  const History& history = grains_.at(grain);
  Beat beat = history.base;
  for (const Version& v : history.versions) lay(beat, v.data, v.strobe);
  return beat;
}

}  // namespace tessera::tb::hbm
