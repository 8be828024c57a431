// SPDX-License-Identifier: Apache-2.0
//
// Random commands, mostly illegal, against the tables of docs/hbm/protocol.md read literally: every earlier
// command is compared with every later one. The device must report the same rules for the same commands, and
// nothing else.

#include <algorithm>
#include <map>
#include <set>

#include "support/catch.hpp"
#include "support/hbm_bus.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;

enum class Scope { kBank, kSameBg, kOtherBgOfSid, kOtherBg, kOtherSid, kOtherBank, kPc, kChannel };

struct Row {
  Rule rule;
  std::vector<Op> from, to;
  unsigned ck;
  Scope scope;
};

const std::vector<Op> kReads{Op::kRd, Op::kRda};
const std::vector<Op> kWrites{Op::kWr, Op::kWra};
const std::vector<Op> kPres{Op::kPrePb, Op::kPreAb};
const std::vector<Op> kRefPbs{Op::kRefPb, Op::kRfmPb};
const std::vector<Op> kRefAbs{Op::kRefAb, Op::kRfmAb};
const std::vector<Op> kRcTo{Op::kAct, Op::kRefPb, Op::kRfmPb, Op::kRefAb, Op::kRfmAb};
const std::vector<Op> kRpTo{Op::kAct,   Op::kRefPb, Op::kRfmPb, Op::kRefAb,
                            Op::kRfmAb, Op::kMrs,   Op::kPde,   Op::kSre};
const std::vector<Op> kRrdTo{Op::kAct, Op::kRefPb, Op::kRfmPb};
const std::vector<Op> kSleep{Op::kPde, Op::kSre, Op::kMrs};
const std::vector<Op> kAny{Op::kAct, Op::kPrePb, Op::kPreAb, Op::kRd,    Op::kRda,   Op::kWr,
                           Op::kWra, Op::kRefAb, Op::kRefPb, Op::kRfmAb, Op::kRfmPb, Op::kMrs,
                           Op::kPde, Op::kPdx,   Op::kSre,   Op::kSrx};

std::vector<Row> rows(const TimingSet& t) {
  std::vector<Op> not_pre;
  std::copy_if(kAny.begin(), kAny.end(), std::back_inserter(not_pre),
               [](Op op) { return !is_precharge(op); });
  return {
      {Rule::kRcdRd, {Op::kAct}, kReads, t.rcdrd, Scope::kBank},
      {Rule::kRcdWr, {Op::kAct}, kWrites, t.rcdwr, Scope::kBank},
      {Rule::kRas, {Op::kAct}, kPres, t.ras, Scope::kBank},
      {Rule::kRc, {Op::kAct}, kRcTo, t.rc, Scope::kBank},
      {Rule::kRtp, {Op::kRd}, kPres, t.rtp, Scope::kBank},
      {Rule::kWr, {Op::kWr}, kPres, t.wl + 2 + t.wr, Scope::kBank},
      {Rule::kRp, {}, kRpTo, t.rp, Scope::kBank},  // From closings, below
      {Rule::kRfcPb, kRefPbs, kRpTo, t.rfcpb, Scope::kBank},
      {Rule::kRfcAb, kRefAbs, not_pre, t.rfcab, Scope::kPc},
      {Rule::kRrdS, {Op::kAct}, kRrdTo, t.rrds, Scope::kOtherBg},
      {Rule::kRrdL, {Op::kAct}, kRrdTo, t.rrdl, Scope::kSameBg},
      {Rule::kRrefd, kRefPbs, kRrdTo, t.rrefd, Scope::kOtherBank},
      {Rule::kCcdS, kReads, kReads, t.ccds, Scope::kOtherBgOfSid},
      {Rule::kCcdS, kWrites, kWrites, t.ccds, Scope::kOtherBgOfSid},
      {Rule::kCcdL, kReads, kReads, t.ccdl, Scope::kSameBg},
      {Rule::kCcdL, kWrites, kWrites, t.ccdl, Scope::kSameBg},
      {Rule::kCcdR, kReads, kReads, t.ccdr, Scope::kOtherSid},
      {Rule::kCcdR, kWrites, kWrites, t.ccdr, Scope::kOtherSid},
      {Rule::kRtw, kReads, kWrites, t.rtw, Scope::kPc},
      {Rule::kWtrS, kWrites, kReads, t.wl + 2 + t.wtrs, Scope::kOtherBg},
      {Rule::kWtrL, kWrites, kReads, t.wl + 2 + t.wtrl, Scope::kSameBg},
      {Rule::kPpd, kPres, kPres, t.ppd, Scope::kPc},
      {Rule::kColPd, kReads, kSleep, t.rl + 3, Scope::kChannel},
      {Rule::kColPd, kWrites, kSleep, t.wl + 3, Scope::kChannel},
      {Rule::kXp, {Op::kPdx}, kAny, t.xp, Scope::kChannel},
      {Rule::kXs, {Op::kSrx}, kAny, t.xs, Scope::kChannel},
      {Rule::kCke, {Op::kPde, Op::kSre}, {Op::kPdx, Op::kSrx}, t.cke, Scope::kChannel},
      {Rule::kMrd, {Op::kMrs}, kAny, t.mrd, Scope::kChannel},
  };
}

bool names(const std::vector<Op>& ops, Op op) { return std::find(ops.begin(), ops.end(), op) != ops.end(); }

// Whether `b` concerns what `a` did, by the scope of a rule.
bool concerns(Scope scope, const Command& a, const Command& b) {
  if (scope == Scope::kChannel) return true;
  if (is_channel_wide(b.op))
    return scope == Scope::kBank || scope == Scope::kPc;  // All banks, both pseudo-channels
  if (a.pc != b.pc) return false;
  switch (scope) {
    case Scope::kBank: return !has_bank(b.op) || a.bank == b.bank;
    case Scope::kSameBg: return a.group() == b.group();
    case Scope::kOtherBgOfSid: return a.sid() == b.sid() && a.group() != b.group();
    case Scope::kOtherBg: return a.group() != b.group();
    case Scope::kOtherSid: return a.sid() != b.sid();
    case Scope::kOtherBank: return a.bank != b.bank;
    default: return true;
  }
}

class Oracle {
 public:
  explicit Oracle(const TimingSet& t) : t_{t}, rows_{rows(t)} {}

  // Rules that `command` breaks; then does it.
  std::set<Rule> judge(const Command& c) {
    std::set<Rule> broken;
    if (asleep_ ? c.op != (self_refresh_ ? Op::kSrx : Op::kPdx) : c.op == Op::kPdx || c.op == Op::kSrx) {
      return {Rule::kPdState};
    }
    for (const Row& row : rows_) {
      if (!names(row.to, c.op)) continue;
      if (row.rule == Rule::kRp) {
        for (const auto& [closed, tick] : closings_) {
          if (concerns(row.scope, closed, c) && c.ref() < tick + 2 * row.ck) broken.insert(row.rule);
        }
        continue;
      }
      for (const Command& earlier : history_) {
        if (!names(row.from, earlier.op) || !concerns(row.scope, earlier, c)) continue;
        if (is_precharge(c.op) && row.scope == Scope::kBank && !counts_for_precharge(earlier)) continue;
        if (c.ref() < earlier.ref() + 2 * std::int64_t{row.ck}) broken.insert(row.rule);
      }
    }
    const unsigned key = c.pc * 64u + c.bank;
    unsigned open_here = 0;
    for (const auto& [bank, act] : open_) open_here += bank / 64 == c.pc;
    switch (c.op) {
      case Op::kAct:
        if (open_.count(key)) broken.insert(Rule::kActOpen);
        if (acts_[c.pc].size() >= 4 && c.ref() < acts_[c.pc][acts_[c.pc].size() - 4] + 2 * t_.faw)
          broken.insert(Rule::kFaw);
        acts_[c.pc].push_back(c.ref());
        open_[key] = history_.size();
        break;
      case Op::kPrePb: close(c, key, c.ref()); break;
      case Op::kPreAb:
        for (unsigned bank = 0; bank < 64; ++bank) close(c, c.pc * 64u + bank, c.ref());
        break;
      case Op::kRefPb:
      case Op::kRfmPb:
        if (open_.count(key)) broken.insert(Rule::kRefPbOpen);
        break;
      case Op::kRefAb:
      case Op::kRfmAb:
        if (open_here) broken.insert(Rule::kRefAbOpen);
        break;
      case Op::kMrs:
        if (!open_.empty()) broken.insert(Rule::kMrsOpen);
        break;
      case Op::kPde:
      case Op::kSre:
        if (!open_.empty()) broken.insert(Rule::kPdOpen);
        asleep_ = true;
        self_refresh_ = c.op == Op::kSre;
        break;
      case Op::kPdx:
      case Op::kSrx: asleep_ = false; break;
      default:
        if (!open_.count(key)) return only_channel_rules(broken);
        if (c.op == Op::kRda || c.op == Op::kWra) {
          const std::int64_t recovery = c.op == Op::kRda ? t_.rtp : t_.wl + 2 + t_.wr;
          const std::int64_t act = history_[open_[key]].ref();
          close(c, key, std::max(c.ref() + 2 * recovery, act + 2 * std::int64_t{t_.ras}));
        }
    }
    history_.push_back(c);
    return broken;
  }

 private:
  // PRE rules speak of banks that are open, since they were opened.
  bool counts_for_precharge(const Command& earlier) const {
    const auto open = open_.find(earlier.pc * 64u + earlier.bank);
    return open != open_.end() &&
           static_cast<std::size_t>(&earlier - history_.data()) >= first_act(open->first);
  }
  std::size_t first_act(unsigned key) const { return since_.count(key) ? since_.at(key) : 0; }
  void close(const Command& c, unsigned key, std::int64_t tick) {
    if (open_.erase(key) == 0) return;
    Command bank = c;
    bank.op = Op::kPrePb;
    bank.pc = static_cast<std::uint8_t>(key / 64);
    bank.bank = static_cast<std::uint8_t>(key % 64);
    closings_.emplace_back(bank, tick);
    since_[key] = history_.size();
  }
  // A column command to a closed bank is not done and not measured against others of its kind.
  std::set<Rule> only_channel_rules(const std::set<Rule>& broken) const {
    std::set<Rule> left{Rule::kColClosed};
    for (const Rule rule : {Rule::kXp, Rule::kXs, Rule::kMrd, Rule::kRfcAb}) {
      if (broken.count(rule)) left.insert(rule);
    }
    return left;
  }

  TimingSet t_;
  std::vector<Row> rows_;
  std::vector<Command> history_;
  std::vector<std::pair<Command, std::int64_t>> closings_;
  std::map<unsigned, std::size_t> open_;   // Bank, and the ACT that opened it
  std::map<unsigned, std::size_t> since_;  // What came before the latest closing
  std::array<std::vector<std::int64_t>, 2> acts_;
  bool asleep_ = false;
  bool self_refresh_ = false;
};

// Timings short enough for random commands to come near all of them.
TimingSet short_timings(std::uint64_t seed) {
  TimingSet t = TimingSet::random_legal(seed);
  t.rcdrd = 5 + t.rcdrd % 8;
  t.rcdwr = 3 + t.rcdwr % 6;
  t.rp = 4 + t.rp % 8;
  t.ras = 8 + t.ras % 12;
  t.rc = t.ras + 2 + t.rc % 10;
  t.wr = 2 + t.wr % 6;
  t.rfcpb = 10 + t.rfcpb % 20;
  t.rfcab = 20 + t.rfcab % 20;
  t.rrefd = 4 + t.rrefd % 6;
  t.xs = 10 + t.xs % 20;
  return t;
}

struct Planned {
  Command command;
  bool operator<(const Planned& other) const {
    const auto key = [](const Command& c) {
      return std::pair{c.ref(), !is_column(c.op) && c.op != Op::kMrs};
    };
    return key(command) < key(other.command);
  }
};

// Commands at random on both buses, one bus not knowing of the other.
std::vector<Planned> random_commands(tb::Random& random, unsigned count) {
  const auto pick = [&](auto low, auto high) {
    return low + static_cast<decltype(low)>(random.below(high - low + 1));
  };
  std::vector<Planned> plan;
  std::int64_t row_tick = 4;
  std::int64_t col_tick = 4;
  const std::array row_ops{Op::kAct,   Op::kAct,   Op::kAct,   Op::kAct,   Op::kPrePb,
                           Op::kPrePb, Op::kPreAb, Op::kRefPb, Op::kRfmPb, Op::kRefAb,
                           Op::kRfmAb, Op::kPde,   Op::kPdx,   Op::kSre,   Op::kSrx};
  const std::array col_ops{Op::kRd,  Op::kRd, Op::kRda, Op::kWr, Op::kWr,
                           Op::kWra, Op::kRd, Op::kWr,  Op::kMrs};
  for (unsigned i = 0; i < count; ++i) {
    const bool row_bus = random.below(2) == 0;
    Command c;
    c.op = row_bus ? row_ops[random.below(row_ops.size())] : col_ops[random.below(col_ops.size())];
    // Sleep rarely, or nothing else is ever awake to be judged.
    if (is_channel_wide(c.op) && random.below(3) != 0) continue;
    if (!is_channel_wide(c.op)) c.pc = static_cast<std::uint8_t>(random.below(2));
    if (has_bank(c.op)) c.bank = static_cast<std::uint8_t>(std::array{0, 1, 4, 16, 21}[random.below(5)]);
    std::int64_t& tick = row_bus ? row_tick : col_tick;
    tick += random.below(4) == 0 ? pick(0, 60) : pick(0, 8);
    if (!is_precharge(c.op)) tick += tick & 1;
    c.tick = tick;
    tick += c.op == Op::kAct ? 3 : row_bus ? 1 : 2;
    plan.push_back({c});
  }
  std::stable_sort(plan.begin(), plan.end());
  return plan;
}

TEST_CASE("The device reports what the tables of the protocol say of random commands, no more and no less",
          "[hbm]") {
  std::array<std::uint64_t, kRules> reported{};
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    const TimingSet timing = short_timings(seed);
    HbmBus bus{{.timing = timing, .trained = true, .raammt = 0, .strict = false}};
    bus.collects = false;
    tb::Random random{seed};
    const std::vector<Planned> plan = random_commands(random, 250);
    Oracle oracle{timing};
    std::multiset<std::pair<std::int64_t, Rule>> expected;
    for (const Planned& p : plan) {
      const Command& c = p.command;
      if (c.op == Op::kMrs) {
        bus.mrs(c.tick, 7, 0);
      } else {
        bus.send(c.ref(), c.op, c.pc, {.sid = c.sid(), .bg = c.bg(), .ba = c.ba()});
      }
      for (const Rule rule : oracle.judge(c)) expected.emplace(c.tick, rule);
    }
    bus.run_to(plan.back().command.tick + 8);
    std::set<std::pair<std::pair<std::int64_t, Rule>, unsigned>>
        once;  // A rule may be broken against several commands
    std::multiset<std::pair<std::int64_t, Rule>> found;
    for (const Violation& v : bus.device.violations()) {
      ++reported[static_cast<unsigned>(v.rule)];
      if (v.rule == Rule::kBus || v.rule == Rule::kPair || v.rule >= Rule::kRefDebt ||
          v.rule == Rule::kRefPbOrder || v.rule == Rule::kStrobe) {
        continue;
      }
      const std::pair key{v.second.tick - bus.origin(), v.rule};
      const unsigned op = static_cast<unsigned>(v.second.op) * 2 + v.second.pc;
      if (once.insert({key, op}).second) found.insert(key);
    }
    std::vector<std::string> difference;
    std::multiset<std::pair<std::int64_t, Rule>> missing, extra;
    std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                        std::inserter(missing, missing.end()));
    std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                        std::inserter(extra, extra.end()));
    for (const auto& [tick, rule] : missing)
      difference.push_back("missing " + std::string(rule_name(rule)) + " at " + std::to_string(tick));
    for (const auto& [tick, rule] : extra)
      difference.push_back("extra " + std::string(rule_name(rule)) + " at " + std::to_string(tick));
    REQUIRE(difference == std::vector<std::string>{});
  }
  // The random commands came near every timing rule.
  for (unsigned rule = 0; rule < kTimingRules; ++rule) {
    CAPTURE(std::string(rule_name(static_cast<Rule>(rule))));
    CHECK(reported[rule] > 0);
  }
}

}  // namespace
}  // namespace tessera::test
