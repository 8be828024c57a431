// SPDX-License-Identifier: Apache-2.0

#include "perf/hbm_pc.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace tessera::perf {
namespace {

// Places in a cycle of 4 ticks (docs/hbm/theory.md, "The grid of time")
constexpr std::int64_t kCycleTicks = 4;
constexpr std::int64_t kActPlace = 2;
constexpr std::int64_t kRefPlace = 0;
constexpr std::int64_t kPrePlace = 2;
constexpr std::int64_t kLatePrePlace = 3;
constexpr unsigned kCycleCk = 2;
constexpr unsigned kBurstCk = 2;

constexpr std::int64_t ticks(unsigned ck) { return 2 * static_cast<std::int64_t>(ck); }
constexpr unsigned group_of(unsigned bank) { return bank >> 2; }
constexpr unsigned sid_of_group(unsigned group) { return group >> 2; }
void not_before(std::int64_t& at, std::int64_t tick) { at = std::max(at, tick); }

}  // namespace

HbmChannelModel::Pc::Pc(const HbmTiming& timing, const HbmPolicy& policy,
                        std::unique_ptr<workload::MemoryTraffic> source, unsigned pc)
    : t_{timing},
      p_{policy},
      map_{policy.map.value_or(
          HbmMap::standard(static_cast<unsigned>(std::countr_zero(policy.sids)), policy.row_bits))},
      source_{std::move(source)},
      pc_{pc},
      banks_(16 * policy.sids) {}

void HbmChannelModel::Pc::begin(std::uint64_t cycle) {
  cycle_ = cycle;
  tick_ = static_cast<Tick>(cycle) * kCycleTicks;
  ++use.cycles;
  retire();
  accept();
  scan();
  choose_mode();
  choose_refresh();
}

void HbmChannelModel::Pc::retire() {
  std::erase_if(wrq_, [&](const Entry& e) { return e.ends != 0 && e.ends <= cycle_; });
  // R carries a grain per cycle, in request order.
  if (!rob_.empty() && rob_.front() != 0 && rob_.front() <= cycle_) {
    rob_.pop_front();
    ++rob_first_;
  }
}

// A grain of each direction per cycle, in program order of each.
void HbmChannelModel::Pc::accept() {
  if (!source_) return;
  while (true) {
    if (transfer_left_ == 0) {
      transfer_ = source_->next();
      transfer_left_ = transfer_.bytes / kHbmGrainBytes;
    }
    auto& lane = transfer_.write ? to_write_ : to_read_;
    if (lane.size() >= p_.master_lead) break;
    lane.push_back(transfer_.address / kHbmGrainBytes);
    transfer_.address += kHbmGrainBytes;
    --transfer_left_;
  }
  const auto holds = [](const Queue& queue, std::uint64_t grain) {
    return std::any_of(queue.begin(), queue.end(), [&](const Entry& e) { return e.grain == grain; });
  };
  const auto push = [&](Queue& queue, std::deque<std::uint64_t>& lane) {
    const HbmMap::Place at = map_(lane.front());
    queue.push_back(
        {lane.front(), at.bank, at.row, cycle_, cycle_ + p_.push_to_pick, rob_first_ + rob_.size(), 0});
    lane.pop_front();
  };
  const bool room = rdq_.size() < p_.rdq && rob_.size() < p_.rob;
  read_held_ = !to_read_.empty() && room && holds(wrq_, to_read_.front());
  if (!to_read_.empty() && room && !read_held_) {
    push(rdq_, to_read_);
    rob_.push_back(0);
  }
  if (!to_write_.empty() && wrq_.size() < p_.wrq && !holds(rdq_, to_write_.front()) &&
      !holds(wrq_, to_write_.front())) {
    push(wrq_, to_write_);
  }
}

void HbmChannelModel::Pc::scan() {
  for (const bool write : {false, true}) {
    Wants& w = write ? wr_wants_ : rd_wants_;
    w = {};
    for (const Entry& e : queue(write)) {
      if (!waits(e)) continue;
      if (w.waiting++ == 0 && p_.age_limit != 0 && cycle_ - e.pushed > p_.age_limit) w.aged = &e;
      const Bank& bank = banks_[e.bank];
      w.any[e.bank] = true;
      (bank.open && bank.row == e.row ? w.hit : w.miss)[e.bank] = true;
    }
  }
}

void HbmChannelModel::Pc::choose_mode() {
  const unsigned writes = wr_wants_.waiting;
  no_reads_ = rd_wants_.waiting == 0 ? no_reads_ + 1 : 0;
  if (!write_) {
    write_ =
        writes >= p_.wr_high || (writes != 0 && (no_reads_ >= p_.wr_idle || read_held_ || wr_wants_.aged));
    if (write_) ++use.drains;
  } else {
    write_ = writes != 0 && (rd_wants_.waiting == 0 || read_held_ || writes > p_.wr_low);
  }
}

void HbmChannelModel::Pc::choose_refresh() {
  if (p_.refresh == HbmPolicy::Refresh::kOff) return;
  const auto banks = static_cast<std::int64_t>(banks_.size());
  const double interval = t_.refi * p_.refresh_interval / static_cast<double>(banks);
  owing_ += kCycleCk;
  if (owing_ >= interval) {
    owing_ -= interval;
    use.most_debt = std::max(use.most_debt, ++debt_);
  }
  if (p_.refresh == HbmPolicy::Refresh::kAllBank) {
    if (!refresh_ && debt_ >= banks) refresh_ = {Kind::kRefAb, true, 0, 0};
    return;
  }
  const bool force = debt_ >= static_cast<std::int64_t>(p_.force_refi) * banks;
  const bool idle = rd_wants_.waiting + wr_wants_.waiting == 0;
  const bool wanted = debt_ > (idle ? -static_cast<std::int64_t>(p_.pull_in) * banks : 0);
  if (refresh_ && !refresh_.urgent && (queued(refresh_.bank) || !wanted || force)) refresh_ = {};
  if (refresh_ || !wanted) return;
  // The most recently used bank that nobody waits for; when forced, any is better than none.
  const Bank* best = nullptr;
  const auto number = [&](const Bank* b) { return static_cast<unsigned>(b - banks_.data()); };
  const auto rank = [&](const Bank* b) { return std::pair(!queued(number(b)), b->used); };
  for (const Bank& b : banks_) {
    if (b.refreshed || (!force && queued(number(&b)))) continue;
    if (b.act > tick_ + ticks(t_.rp + t_.rc)) continue;  // Its refresh of the set before is under way
    if (!best || rank(&b) > rank(best)) best = &b;
  }
  if (best) refresh_ = {Kind::kRefPb, force, number(best), 0};
}

// Urgent refresh keeps requests out.
bool HbmChannelModel::Pc::blocked(unsigned bank) const {
  return refresh_.urgent && (refresh_.kind == Kind::kRefAb || refresh_.bank == bank);
}

// Row hits of the bank may be served.
bool HbmChannelModel::Pc::served(unsigned bank) const {
  const Bank& b = banks_[bank];
  if (blocked(bank)) return false;
  if (p_.hit_cap != 0 && b.run >= p_.hit_cap && wants().miss[bank]) return false;
  const Entry* aged = wants().aged;
  return !aged || aged->bank != bank || aged->row == b.row;
}

void HbmChannelModel::Pc::column() {
  const Tick now = tick_ + 2 * static_cast<Tick>(pc_);
  Queue& queue = write_ ? wrq_ : rdq_;
  auto& same_way = write_ ? wr_ : rd_;
  const auto pick = std::find_if(queue.begin(), queue.end(), [&](const Entry& e) {
    const Bank& b = banks_[e.bank];
    return waits(e) && b.open && b.row == e.row && now >= (write_ ? b.wr : b.rd) &&
           now >= same_way[group_of(e.bank)] && served(e.bank);
  });
  if (pick == queue.end()) return;
  Bank& bank = banks_[pick->bank];
  const unsigned group = group_of(pick->bank);
  for (unsigned g = 0; g < 4 * p_.sids; ++g) {
    const bool same_sid = sid_of_group(g) == sid_of_group(group);
    not_before(same_way[g], now + ticks(g == group ? t_.ccdl : same_sid ? t_.ccds : t_.ccdr));
    if (write_) {
      not_before(rd_[g], now + ticks(t_.wl + kBurstCk + (g == group ? t_.wtrl : t_.wtrs)));
    } else {
      not_before(wr_[g], now + ticks(t_.rtw));
    }
  }
  not_before(bank.pre, now + ticks(write_ ? t_.wl + kBurstCk + t_.wr : t_.rtp));
  bank.used = now;
  bank.run = wants().miss[pick->bank] ? bank.run + 1 : 0;
  use.longest_wait = std::max(use.longest_wait, cycle_ - pick->pushed);
  if (write_) {
    ++use.writes;
    pick->ends = cycle_ + p_.write_hold;
  } else {
    ++use.reads;
    rob_[pick->index - rob_first_] = cycle_ + p_.return_latency;
    queue.erase(pick);
  }
  scan();
}

bool HbmChannelModel::Pc::may_refresh(Tick at) const {
  if (refresh_.kind == Kind::kRefAb) {
    return std::all_of(banks_.begin(), banks_.end(), [&](const Bank& b) { return !b.open && at >= b.act; });
  }
  const Bank& b = banks_[refresh_.bank];
  return !b.open && at >= b.act && at >= act_ && at >= group_act_[group_of(refresh_.bank)];
}

HbmChannelModel::Pc::RowCommand HbmChannelModel::Pc::pick_act(const Queue& queue, Tick at, bool other) const {
  for (const Entry& e : queue) {
    const Bank& b = banks_[e.bank];
    if (!waits(e) || b.open || at < b.act || at < group_act_[group_of(e.bank)] || blocked(e.bank)) continue;
    // The other queue leaves alone what the mode's queue is after.
    if (other && wants().any[e.bank]) continue;
    return {Kind::kAct, false, e.bank, e.row};
  }
  return {};
}

HbmChannelModel::Pc::RowCommand HbmChannelModel::Pc::row_a() const {
  const bool refresh = refresh_ && may_refresh(tick_ + kRefPlace);
  if (refresh && (refresh_.urgent || refresh_lost_ == p_.refresh_patience)) return refresh_;
  const Tick at = tick_ + kActPlace;
  if (at >= act_ && at >= faw_[faw_next_]) {
    if (const RowCommand act = pick_act(queue(write_), at, false)) return act;
    if (const RowCommand act = pick_act(queue(!write_), at, true)) return act;
  }
  return refresh ? refresh_ : RowCommand{};
}

HbmChannelModel::Pc::RowCommand HbmChannelModel::Pc::pick_pre(const Queue& queue, Tick at, bool other) const {
  for (const Entry& e : queue) {
    const Bank& b = banks_[e.bank];
    if (!waits(e) || !b.open || b.row == e.row || at < b.pre) continue;
    if (wants().hit[e.bank] && served(e.bank)) continue;
    if (other && (wants().any[e.bank] || wants(!write_).hit[e.bank])) continue;
    return {Kind::kPre, false, e.bank, 0};
  }
  return {};
}

HbmChannelModel::Pc::RowCommand HbmChannelModel::Pc::row_b(bool late) const {
  const Tick at = tick_ + (late ? kLatePrePlace : kPrePlace);
  if (at < pre_) return {};
  const auto closes = [&](unsigned bank) { return banks_[bank].open && at >= banks_[bank].pre; };
  const auto banks = static_cast<unsigned>(banks_.size());
  if (refresh_.kind == Kind::kRefAb) {
    for (unsigned b = 0; b < banks; ++b) {
      if (closes(b)) return {Kind::kPre, true, b, 0};
    }
    return {};
  }
  if (refresh_ && closes(refresh_.bank)) return {Kind::kPre, refresh_.urgent, refresh_.bank, 0};
  if (const RowCommand pre = pick_pre(queue(write_), at, false)) return pre;
  if (const RowCommand pre = pick_pre(queue(!write_), at, true)) return pre;
  if (p_.idle_close == 0 || rd_wants_.waiting + wr_wants_.waiting == 0) return {};
  for (unsigned b = 0; b < banks; ++b) {
    if (closes(b) && !queued(b) && tick_ >= banks_[b].used + kCycleTicks * p_.idle_close) {
      return {Kind::kPre, false, b, 0};
    }
  }
  return {};
}

void HbmChannelModel::Pc::grant(const RowCommand& command, bool late) {
  if (command.kind == Kind::kAct && refresh_ && may_refresh(tick_ + kRefPlace)) ++refresh_lost_;
  Bank& bank = banks_[command.bank];
  switch (command.kind) {
    case Kind::kNone: return;
    case Kind::kAct: {
      const Tick at = tick_ + kActPlace;
      bank.open = true;
      bank.row = command.row;
      bank.run = 0;
      bank.used = at;
      not_before(bank.rd, at + ticks(t_.rcdrd));
      not_before(bank.wr, at + ticks(t_.rcdwr));
      not_before(bank.pre, at + ticks(t_.ras));
      not_before(bank.act, at + ticks(t_.rc));
      not_before(act_, at + ticks(t_.rrds));
      not_before(group_act_[group_of(command.bank)], at + ticks(t_.rrdl));
      faw_[faw_next_] = at + ticks(t_.faw);
      faw_next_ = (faw_next_ + 1) % faw_.size();
      ++use.activates;
      return;
    }
    case Kind::kPre: {
      const Tick at = tick_ + (late ? kLatePrePlace : kPrePlace);
      bank.open = false;
      not_before(bank.act, at + ticks(t_.rp));
      not_before(pre_, at + ticks(t_.ppd));
      ++use.precharges;
      return;
    }
    case Kind::kRefPb:
      not_before(bank.act, tick_ + kRefPlace + ticks(t_.rfcpb));
      not_before(act_, tick_ + kRefPlace + ticks(t_.rrefd));
      bank.refreshed = true;
      if (std::all_of(banks_.begin(), banks_.end(), [](const Bank& b) { return b.refreshed; })) {
        for (Bank& b : banks_) b.refreshed = false;
      }
      --debt_;
      ++use.refreshes;
      break;
    case Kind::kRefAb:
      for (Bank& b : banks_) {
        not_before(b.act, tick_ + kRefPlace + ticks(t_.rfcab));
        b.refreshed = false;
      }
      debt_ -= static_cast<std::int64_t>(banks_.size());
      ++use.all_bank_refreshes;
      break;
  }
  refresh_ = {};
  refresh_lost_ = 0;
}

}  // namespace tessera::perf
