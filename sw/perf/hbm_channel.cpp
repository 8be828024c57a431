// SPDX-License-Identifier: Apache-2.0

#include "perf/hbm_channel.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "perf/hbm_pc.hpp"

namespace tessera::perf {

void HbmPolicy::check() const {
  const auto require = [](bool condition, const char* sentence) {
    if (!condition) throw std::invalid_argument(std::string("HbmPolicy: ") + sentence);
  };
  require(sids == 1 || sids == 2 || sids == 4, "sids must be 1, 2 or 4");
  require(row_bits >= 1 && row_bits <= kHbmRowBits, "row_bits must be 1 to 15");
  require(rdq >= 1 && wrq >= 1 && rob >= 1, "rdq, wrq and rob must be at least 1");
  require(wr_low < wr_high && wr_high <= wrq, "wr_low must be below wr_high, and that at most wrq");
  require(refresh_interval > 0, "refresh_interval must be above 0");
  require(master_lead >= 1, "master_lead must be at least 1");
}

HbmChannelModel::HbmChannelModel(const HbmTiming& timing, const HbmPolicy& policy, Sources sources) {
  policy.check();
  for (unsigned p = 0; p < kHbmPcs; ++p) {
    pcs_[p] = std::make_unique<Pc>(timing, policy, std::move(sources[p]), p);
  }
}

HbmChannelModel::~HbmChannelModel() = default;

void HbmChannelModel::run(std::uint64_t cycles) {
  // Of two candidates an urgent one wins, else the PCs take turns.
  const auto winner = [this](const Pc::RowCommand& of0, const Pc::RowCommand& of1) -> unsigned {
    if (!of0 || !of1) return of0 ? 0 : 1;
    if (of0.urgent != of1.urgent) return of0.urgent ? 0 : 1;
    return cycle_ % kHbmPcs;
  };
  for (const std::uint64_t end = cycle_ + cycles; cycle_ < end; ++cycle_) {
    for (auto& pc : pcs_) pc->begin(cycle_);
    for (auto& pc : pcs_) pc->column();
    const std::array a = {pcs_[0]->row_a(), pcs_[1]->row_a()};
    const unsigned a_pc = winner(a[0], a[1]);
    const bool act = a[a_pc].kind == Pc::RowCommand::Kind::kAct;
    pcs_[a_pc]->grant(a[a_pc], false);
    const std::array b = {pcs_[0]->row_b(act), pcs_[1]->row_b(act)};
    const unsigned b_pc = winner(b[0], b[1]);
    pcs_[b_pc]->grant(b[b_pc], act);
  }
}

void HbmChannelModel::restart_counting() {
  for (auto& pc : pcs_) pc->use = {};
}

const HbmUse& HbmChannelModel::use(unsigned pc) const { return pcs_.at(pc)->use; }

}  // namespace tessera::perf
