// SPDX-License-Identifier: Apache-2.0
//
// Every timing rule of docs/hbm/protocol.md, for every pair of commands it names: clean at the first legal
// tick, and reported, alone and by name, one tick (or, where edges allow no less, one CK) earlier.

#include <algorithm>
#include <functional>

#include "support/catch.hpp"
#include "support/hbm_bus.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;

constexpr std::int64_t kBase = 8000;  // Reference tick of the first command of the pair; set-up comes before
constexpr DramAddress kBank{.sid = 0, .bg = 1, .ba = 2, .row = 77};
constexpr DramAddress kSameGroup{.sid = 0, .bg = 1, .ba = 3, .row = 78};
constexpr DramAddress kOtherGroup{.sid = 0, .bg = 2, .ba = 2, .row = 79};
constexpr DramAddress kOtherSid{.sid = 1, .bg = 1, .ba = 2, .row = 80};

struct Pair {
  Rule rule;
  std::string name;
  unsigned least;                       // CK
  bool either_edge;                     // The second command may come a tick early
  std::function<void(HbmBus&)> set_up;  // Also the first command, at kBase
  std::function<void(HbmBus&, std::int64_t tick)> second;
};

// No other rule must bind where one is being tested: tRC is long for its own sake, short for that of internal
// precharges.
TimingSet alone(TimingSet t, bool long_rc) {
  t.rp = std::max(t.rp, t.rl + 5 - std::min(t.rtp, t.rl));  // Longer than COLPD after RDA
  t.rc = long_rc ? t.ras + t.rp + 5 : t.ras + 1;
  t.rrds = std::max(t.rrds, 3u);  // A CK less must still be room for an ACT
  t.ppd = std::max(t.ppd, 2u);
  t.rrdl = std::max(t.rrdl, t.rrds + 1);
  t.faw = 4 * t.rrds + 6;
  t.ccds = std::max(t.ccds, 3u);  // A CK less must still be a burst
  t.ccdl = std::max(t.ccdl, t.ccds);
  t.ccdr = std::max(t.ccdr, 3u);
  t.rfcab = std::max(t.rfcab, t.rfcpb + 1);
  return t;
}

void open(HbmBus& bus, const DramAddress& a, std::int64_t tick) { bus.send(tick, Op::kAct, 0, a); }
auto then(Op op, unsigned pc = 0, DramAddress a = kBank) {
  return [=](HbmBus& bus, std::int64_t tick) {
    if (op == Op::kMrs) {
      bus.mrs(tick, 7, 1);
    } else {
      bus.send(tick, op, pc, a);
    }
  };
}

std::string label(Op op, const char* where = "") { return std::string(op_name(op)) + where; }

class Table {
 public:
  explicit Table(const TimingSet& t) : t_{t} {
    rows();
    precharges();
    refreshes();
    columns();
    channel();
  }
  std::vector<Pair> pairs;

 private:
  void add(Pair pair) { pairs.push_back(std::move(pair)); }

  void rows() {
    const auto opened = [](HbmBus& bus) { open(bus, kBank, kBase); };
    for (const Op op : {Op::kRd, Op::kRda}) add({Rule::kRcdRd, label(op), t_.rcdrd, false, opened, then(op)});
    for (const Op op : {Op::kWr, Op::kWra}) add({Rule::kRcdWr, label(op), t_.rcdwr, false, opened, then(op)});
    for (const Op op : {Op::kPrePb, Op::kPreAb}) add({Rule::kRas, label(op), t_.ras, true, opened, then(op)});
    for (const Op op : {Op::kAct, Op::kRefPb, Op::kRfmPb, Op::kRefAb, Op::kRfmAb}) {
      if (t_.rc < t_.ras + t_.rp) break;
      const auto closed = [t = t_](HbmBus& bus) {
        open(bus, kBank, kBase);
        bus.send(kBase + 2 * t.ras, Op::kPrePb, 0, kBank);
      };
      add({Rule::kRc, label(op), t_.rc, false, closed, then(op)});
    }
    for (const Op op : {Op::kAct, Op::kRefPb, Op::kRfmPb}) {
      add({Rule::kRrdS, label(op, " other BG"), t_.rrds, false, opened, then(op, 0, kOtherGroup)});
      add({Rule::kRrdS, label(op, " other SID"), t_.rrds, false, opened, then(op, 0, kOtherSid)});
      add({Rule::kRrdL, label(op), t_.rrdl, false, opened, then(op, 0, kSameGroup)});
    }
    // Four ACTs close together, the fifth in the other SID; and an older ACT that must not count.
    const auto four = [t = t_](HbmBus& bus) {
      open(bus, {.sid = 1, .bg = 2, .ba = 0, .row = 1}, kBase - 400);
      for (unsigned i = 0; i < 4; ++i)
        open(bus, {.sid = i % 2, .bg = i, .ba = i, .row = 5}, kBase + 2 * i * t.rrds);
    };
    add({Rule::kFaw, "ACT", t_.faw, false, four, then(Op::kAct, 0, {.sid = 1, .bg = 0, .ba = 3, .row = 9})});
  }

  void precharges() {
    for (const Op op : {Op::kPrePb, Op::kPreAb}) {
      add({Rule::kRtp, label(op), t_.rtp, true,
           [](HbmBus& bus) {
             open(bus, kBank, kBase - 400);
             bus.send(kBase, Op::kRd, 0, kBank);
           },
           then(op)});
      add({Rule::kWr, label(op), t_.wl + 2 + t_.wr, true,
           [](HbmBus& bus) {
             open(bus, kBank, kBase - 400);
             bus.send(kBase, Op::kWr, 0, kBank);
           },
           then(op)});
      for (const Op second : {Op::kPrePb, Op::kPreAb}) {
        add({Rule::kPpd, label(op) + " " + label(second), t_.ppd, true,
             [=](HbmBus& bus) { bus.send(kBase, op, 0, kBank); }, then(second, 0, kOtherSid)});
      }
    }
    const std::array after{Op::kAct,   Op::kRefPb, Op::kRfmPb, Op::kRefAb,
                           Op::kRfmAb, Op::kMrs,   Op::kPde,   Op::kSre};
    for (const Op op : after) {
      for (const Op pre : {Op::kPrePb, Op::kPreAb}) {
        add({Rule::kRp, label(pre) + " " + label(op), t_.rp, false,
             [=](HbmBus& bus) {
               open(bus, kBank, kBase - 600);
               bus.send(kBase, pre, 0, kBank);
             },
             then(op)});
      }
      // Internal precharge: after recovery, or after tRAS when the column command came early.
      for (const Op col : {Op::kRda, Op::kWra}) {
        const unsigned recovery = col == Op::kRda ? t_.rtp : t_.wl + 2 + t_.wr;
        add({Rule::kRp, label(col) + " late " + label(op), t_.rp, false,
             [=](HbmBus& bus) {
               open(bus, kBank, kBase - 2 * recovery - 600);
               bus.send(kBase - 2 * recovery, col, 0, kBank);
             },
             then(op)});
      }
      if (t_.rcdrd + t_.rtp < t_.ras && t_.rc < t_.ras + t_.rp) {
        add({Rule::kRp, "RDA early " + label(op), t_.rp, false,
             [t = t_](HbmBus& bus) {
               open(bus, kBank, kBase - 2 * t.ras);
               bus.send(kBase - 2 * t.ras + 2 * t.rcdrd, Op::kRda, 0, kBank);
             },
             then(op)});
      }
    }
  }

  void refreshes() {
    const std::array after{Op::kAct,   Op::kRefPb, Op::kRfmPb, Op::kRefAb,
                           Op::kRfmAb, Op::kMrs,   Op::kPde,   Op::kSre};
    for (const Op ref : {Op::kRefPb, Op::kRfmPb}) {
      const auto first = [=](HbmBus& bus) { bus.send(kBase, ref, 0, kBank); };
      for (const Op op : after) {
        if (ref == Op::kRefPb && op == Op::kRefPb) continue;  // The set forbids it
        add({Rule::kRfcPb, label(ref) + " " + label(op), t_.rfcpb, false, first, then(op)});
      }
      for (const Op op : {Op::kAct, Op::kRefPb, Op::kRfmPb}) {
        add({Rule::kRrefd, label(ref) + " " + label(op), t_.rrefd, false, first, then(op, 0, kSameGroup)});
        add({Rule::kRrefd, label(ref) + " " + label(op, " other SID"), t_.rrefd, false, first,
             then(op, 0, kOtherSid)});
      }
    }
    for (const Op ref : {Op::kRefAb, Op::kRfmAb}) {
      const auto first = [=](HbmBus& bus) { bus.send(kBase, ref, 0); };
      for (const Op op : after)
        add({Rule::kRfcAb, label(ref) + " " + label(op), t_.rfcab, false, first, then(op)});
      for (const Op op : {Op::kRd, Op::kWra}) {
        add({Rule::kRfcAb, label(ref) + " training " + label(op), t_.rfcab, false,
             [=](HbmBus& bus) {
               bus.mrs(kBase - 400, encoding::kMrTrain, encoding::kTrainData);
               bus.send(kBase, ref, 0);
             },
             then(op)});
      }
    }
  }

  void columns() {
    const auto opened = [](HbmBus& bus) {
      std::int64_t tick = kBase - 600;
      for (const DramAddress& a : {kBank, kSameGroup, kOtherGroup, kOtherSid}) open(bus, a, tick += 40);
    };
    const auto add_pair = [&](Rule rule, Op a, Op b, const char* where, unsigned least, DramAddress to) {
      const auto first = [=](HbmBus& bus) {
        opened(bus);
        bus.send(kBase, a, 0, kBank);
      };
      add({rule, label(a) + " " + label(b, where), least, false, first, then(b, 0, to)});
    };
    const std::array reads{Op::kRd, Op::kRda};
    const std::array writes{Op::kWr, Op::kWra};
    for (const auto& ops : {reads, writes}) {
      for (const Op a : ops) {
        for (const Op b : ops) {
          add_pair(Rule::kCcdS, a, b, "", t_.ccds, kOtherGroup);
          add_pair(Rule::kCcdL, a, b, "", t_.ccdl, kSameGroup);
          add_pair(Rule::kCcdR, a, b, "", t_.ccdr, kOtherSid);
        }
      }
    }
    for (const Op rd : reads) {
      for (const Op wr : writes) {
        add_pair(Rule::kRtw, rd, wr, "", t_.rtw, kSameGroup);
        add_pair(Rule::kRtw, rd, wr, " other SID", t_.rtw, kOtherSid);
        add_pair(Rule::kWtrS, wr, rd, "", t_.wl + 2 + t_.wtrs, kOtherGroup);
        add_pair(Rule::kWtrS, wr, rd, " other SID", t_.wl + 2 + t_.wtrs, kOtherSid);
        add_pair(Rule::kWtrL, wr, rd, "", t_.wl + 2 + t_.wtrl, kSameGroup);
      }
    }
  }

  void channel() {
    for (const Op col : {Op::kRd, Op::kRda, Op::kWr, Op::kWra}) {
      const unsigned latency = is_read(col) ? t_.rl : t_.wl;
      for (const Op op : {Op::kPde, Op::kSre, Op::kMrs}) {
        add({Rule::kColPd, label(col) + " " + label(op), latency + 3, false,
             [=](HbmBus& bus) {
               bus.mrs(kBase - 400, encoding::kMrTrain,
                       encoding::kTrainData);  // Without precharges in between
               bus.send(kBase, col, 1, kBank);
             },
             then(op)});
      }
    }
    add({Rule::kCke, "PDE PDX", t_.cke, false, [](HbmBus& bus) { bus.send(kBase, Op::kPde); },
         then(Op::kPdx)});
    add({Rule::kCke, "SRE SRX", t_.cke, false, [](HbmBus& bus) { bus.send(kBase, Op::kSre); },
         then(Op::kSrx)});
    const std::array any{Op::kAct,   Op::kPrePb, Op::kPreAb, Op::kRefPb, Op::kRefAb,
                         Op::kRfmPb, Op::kRfmAb, Op::kMrs,   Op::kPde,   Op::kSre};
    for (const Op op : any) {
      const bool either = is_precharge(op);
      add({Rule::kXp, label(op), t_.xp, either,
           [](HbmBus& bus) {
             bus.send(kBase - 400, Op::kPde);
             bus.send(kBase, Op::kPdx);
           },
           then(op, 1)});
      add({Rule::kXs, label(op), t_.xs, either,
           [](HbmBus& bus) {
             bus.send(kBase - 400, Op::kSre);
             bus.send(kBase, Op::kSrx);
           },
           then(op, 1)});
      add({Rule::kMrd, label(op), t_.mrd, either, [](HbmBus& bus) { bus.mrs(kBase, 7, 3); }, then(op, 1)});
    }
    add({Rule::kMrd, "training RD", t_.mrd, false,
         [](HbmBus& bus) { bus.mrs(kBase, encoding::kMrTrain, encoding::kTrainData); }, then(Op::kRd)});
  }

  TimingSet t_;
};

void check_table(const TimingSet& timing) {
  DeviceConfig config{.timing = timing, .trained = true, .strict = false};
  for (const Pair& pair : Table{timing}.pairs) {
    CAPTURE(std::string(rule_name(pair.rule)), pair.name, pair.least);
    const std::int64_t legal = kBase + 2 * std::int64_t{pair.least};
    const auto play = [&](HbmBus& bus, std::int64_t tick) {
      pair.set_up(bus);
      pair.second(bus, tick);
      bus.finish();
    };

    HbmBus good{config};
    play(good, legal);
    CHECK(broken_rules(good.device) == std::vector<std::string>{});
    CHECK(good.device.census()[pair.rule].min_slack == 0);

    HbmBus bad{config};
    const std::int64_t early = legal - (pair.either_edge ? 1 : 2);
    play(bad, early);
    REQUIRE(broken_rules(bad.device) == std::vector<std::string>{std::string(rule_name(pair.rule))});
    const Violation& violation = bad.device.violations().front();
    CHECK(violation.tick == early + bad.origin());
    CHECK(violation.has_first);
    CHECK(violation.second.ref() == early + bad.origin());
    CHECK(bad.device.census()[pair.rule].min_slack == early - legal);
  }
}

void check_both(const TimingSet& timing) {
  check_table(alone(timing, /*long_rc=*/true));
  check_table(alone(timing, /*long_rc=*/false));
}

TEST_CASE("Each HBM timing rule is met at its first legal tick and reported alone before, 6.4 Gb/s",
          "[hbm]") {
  check_both(TimingSet::hbm3_6400());
}

TEST_CASE("Each HBM timing rule is met at its first legal tick and reported alone before, 5.2 Gb/s",
          "[hbm]") {
  check_both(TimingSet::hbm3_5200());
}

TEST_CASE("Each HBM timing rule is met at its first legal tick and reported alone before, random sets",
          "[hbm]") {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}) {
    CAPTURE(seed);
    check_both(TimingSet::random_legal(seed));
  }
}

TEST_CASE("Random HBM timings fit their registers, agree with each other, and differ by seed", "[hbm]") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const TimingSet t = TimingSet::random_legal(seed);
    CAPTURE(seed);
    REQUIRE_NOTHROW(t.check());
    CHECK(t.wl >= 6);
    CHECK(t.rl >= 8);
    CHECK(t.wl < t.rl);
    CHECK(t.ras >= t.rcdrd);
    CHECK(t.rc >= t.ras);
    CHECK(t.rrdl >= t.rrds);
    CHECK(t.faw >= 4 * t.rrds);
    CHECK(std::min(t.ccdl, t.ccdr) >= 2);
    CHECK(t.ccdl >= t.ccds);
    CHECK(t.wtrl >= t.wtrs);
    CHECK(t.rtw + t.wl >= t.rl + 2 + 3);  // Read data with the longest flight are gone
    CHECK(t.rfcab >= t.rfcpb);
    CHECK(t.refi >= 64 * t.rrefd);
    CHECK(t.xs > t.rfcab);
    CHECK_FALSE(t == TimingSet::random_legal(seed + 1));
  }
}

TEST_CASE("The table of planted violations covers every HBM timing rule but BUS", "[hbm]") {
  std::array<unsigned, kTimingRules> pairs{};
  for (const Pair& pair : Table{alone(TimingSet::hbm3_6400(), true)}.pairs)
    ++pairs[static_cast<unsigned>(pair.rule)];
  for (unsigned rule = 0; rule < kTimingRules; ++rule) {
    CAPTURE(std::string(rule_name(static_cast<Rule>(rule))));
    CHECK((pairs[rule] > 0) == (static_cast<Rule>(rule) != Rule::kBus));
  }
}

}  // namespace
}  // namespace tessera::test
