// SPDX-License-Identifier: Apache-2.0
//
// State, edge and pairing rules: for each a sequence that is just right and one that is just wrong.

#include <algorithm>
#include <functional>

#include "support/catch.hpp"
#include "support/hbm_bus.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;
using Names = std::vector<std::string>;

constexpr DramAddress kBank{.sid = 1, .bg = 1, .ba = 2, .row = 77};
constexpr DramAddress kNeighbour{.sid = 1, .bg = 1, .ba = 3, .row = 77};
constexpr std::int64_t kFar = 1000;  // Ticks, beyond every timing but those of refresh

Names play(const std::function<void(HbmBus&)>& commands, DeviceConfig config = {}) {
  config.trained = true;
  config.strict = false;
  HbmBus bus{config};
  commands(bus);
  bus.finish();
  return broken_rules(bus.device);
}

const Names kClean;

TEST_CASE("ACT of an open bank is ACT_OPEN; of its neighbour and of the same bank elsewhere it is not",
          "[hbm]") {
  CHECK(play([](HbmBus& bus) {
          bus.send(100, Op::kAct, 0, kBank);
          bus.send(100 + kFar, Op::kAct, 0, kBank);
        }) == Names{"ACT_OPEN"});
  CHECK(play([](HbmBus& bus) {
          bus.send(100, Op::kAct, 0, kBank);
          bus.send(100 + kFar, Op::kAct, 0, kNeighbour);
          bus.send(100 + 2 * kFar, Op::kAct, 1, kBank);
          bus.send(100 + 3 * kFar, Op::kAct, 0, {.sid = 0, .bg = 1, .ba = 2, .row = 77});
        }) == kClean);
}

TEST_CASE("Column commands on a closed bank are COL_CLOSED and move no data", "[hbm]") {
  for (const Op op : {Op::kRd, Op::kRda, Op::kWr, Op::kWra}) {
    HbmBus bus{{.trained = true, .strict = false}};
    bus.send(100, Op::kAct, 0, kBank);
    bus.send(100 + kFar, op, 0, kNeighbour);
    bus.finish();
    CHECK(broken_rules(bus.device) == Names{"COL_CLOSED"});
    CHECK(bus.reads.empty());
    CHECK(bus.device.rows_stored() == 0);
  }
}

TEST_CASE("After RDA or WRA the bank counts as closed at once", "[hbm]") {
  for (const Op op : {Op::kRda, Op::kWra}) {
    CHECK(play([&](HbmBus& bus) {
            bus.send(100, Op::kAct, 0, kBank);
            bus.send(100 + kFar, op, 0, kBank);
            bus.send(100 + kFar + 100, op, 0, kBank);
          }) == Names{"COL_CLOSED"});
  }
}

TEST_CASE("A precharge of a closed bank does nothing: it does not start tRP and may come at any time",
          "[hbm]") {
  CHECK(play([](HbmBus& bus) {
          bus.send(101, Op::kPrePb, 0, kBank);
          bus.send(106, Op::kPreAb, 0);
          bus.send(110, Op::kAct, 0, kBank);
          bus.send(112 + 62, Op::kRda, 0, kBank);
          bus.send(180, Op::kPrePb, 0, kBank);  // Before the internal precharge, which is at tick 200
          bus.send(202 + 52, Op::kAct, 0, kBank);
        }) == kClean);
}

TEST_CASE("Refresh of an open bank or pseudo-channel is REFPB_OPEN or REFAB_OPEN", "[hbm]") {
  for (const Op op : {Op::kRefPb, Op::kRfmPb, Op::kRefAb, Op::kRfmAb}) {
    const bool one = op == Op::kRefPb || op == Op::kRfmPb;
    const auto refresh = [&](unsigned pc, DramAddress a) {
      return play([&](HbmBus& bus) {
        bus.send(100, Op::kAct, 0, kBank);
        bus.send(100 + kFar, op, pc, a);
      });
    };
    CHECK(refresh(0, kBank) == Names{one ? "REFPB_OPEN" : "REFAB_OPEN"});
    CHECK(refresh(0, kNeighbour) == (one ? kClean : Names{"REFAB_OPEN"}));
    CHECK(refresh(1, kBank) == kClean);
  }
}

TEST_CASE("MRS with a bank of either pseudo-channel open is MRS_OPEN, PDE and SRE are PD_OPEN", "[hbm]") {
  for (const unsigned pc : {0, 1}) {
    for (const bool close : {false, true}) {
      const auto with = [&](const std::function<void(HbmBus&)>& last) {
        return play([&](HbmBus& bus) {
          bus.send(100, Op::kAct, pc, kBank);
          if (close) bus.send(100 + kFar - 100, Op::kPrePb, pc, kBank);
          last(bus);
        });
      };
      CHECK(with([](HbmBus& bus) { bus.mrs(100 + kFar, 7, 1); }) == (close ? kClean : Names{"MRS_OPEN"}));
      CHECK(with([](HbmBus& bus) { bus.send(100 + kFar, Op::kPde); }) == (close ? kClean : Names{"PD_OPEN"}));
      CHECK(with([](HbmBus& bus) { bus.send(100 + kFar, Op::kSre); }) == (close ? kClean : Names{"PD_OPEN"}));
    }
  }
}

TEST_CASE("In power-down only PDX, in self-refresh only SRX, and neither elsewhere: PD_STATE", "[hbm]") {
  CHECK(play([](HbmBus& bus) { bus.send(100, Op::kPdx); }) == Names{"PD_STATE"});
  CHECK(play([](HbmBus& bus) { bus.send(100, Op::kSrx); }) == Names{"PD_STATE"});
  for (const Op entry : {Op::kPde, Op::kSre}) {
    const Op exit = entry == Op::kPde ? Op::kPdx : Op::kSrx;
    for (const Op op : {Op::kAct, Op::kPrePb, Op::kPreAb, Op::kRd, Op::kRefPb, Op::kRefAb, Op::kPde, Op::kSre,
                        entry == Op::kPde ? Op::kSrx : Op::kPdx}) {
      CAPTURE(std::string(op_name(op)));
      CHECK(play([&](HbmBus& bus) {
              bus.send(100, entry);
              bus.send(100 + kFar, op, 0, kBank);
              bus.send(100 + 2 * kFar, exit);
              bus.send(100 + 4 * kFar, Op::kAct, 0, kBank);
            }) == Names{"PD_STATE"});
    }
    CHECK(play([&](HbmBus& bus) {
            bus.send(100, entry);
            bus.mrs(100 + kFar, 7, 1);
          }) == Names{"PD_STATE"});
  }
}

TEST_CASE("A command while reset_n is low is RESET_STATE; for 32 CK after it commands are ignored", "[hbm]") {
  DramDevice device{{.trained = true, .strict = false}};
  PinsOut pins;
  PinsOut act;
  const encoding::RowWords words = encoding::encode_row(HbmBus::command(Op::kAct, 0, kBank));
  act.r = {{{words.word[0], words.word[1]}, {words.word[2], kRowIdle}}};
  act.reset_n = false;
  device.clock(act);
  CHECK(broken_rules(device) == Names{"RESET_STATE"});
  device.clear_violations();
  act.reset_n = true;
  for (unsigned i = 0; i < 16; ++i) device.clock(i < 15 ? pins : act);
  CHECK_FALSE(device.bank_open(0, kBank.bank()));
  CHECK(device.stats().ignored == 2);  // CKs
  device.clock(act);
  CHECK(device.bank_open(0, kBank.bank()));
  // A reset forgets everything: banks, timing and mode registers, but not the cells.
  pins.reset_n = false;
  device.clock(pins);
  CHECK_FALSE(device.bank_open(0, kBank.bank()));
  pins.reset_n = true;
  for (unsigned i = 0; i < 16; ++i) device.clock(pins);
  device.clock(act);
  CHECK(broken_rules(device) == Names{});
}

TEST_CASE("A reset clears the mode registers", "[hbm]") {
  for (const bool trained : {false, true}) {
    HbmBus bus{{.trained = trained}};
    bus.idle.delay.ca = trained ? 0 : bus.device.hidden_windows().ca().low;
    bus.mrs(0, encoding::kMrFeatures, 0x1F);
    bus.mrs(40, encoding::kMrRl, 25);
    bus.run_to(60);
    CHECK(bus.device.mode_register(encoding::kMrFeatures) == 0x1F);
    CHECK(bus.device.mode_register(encoding::kMrRl) == 25);
    bus.idle.reset_n = false;
    bus.step();
    CHECK(bus.device.mode_register(encoding::kMrFeatures) == 0);
    CHECK(bus.device.mode_register(encoding::kMrRl) == (trained ? 20 : 0));
  }
}

TEST_CASE("A stack ID or row that the part does not have is ADDRESS", "[hbm]") {
  DeviceConfig small{.geometry = {.sids = 2, .rows = 8192}};
  const auto act = [&](DramAddress a) {
    return play([&](HbmBus& bus) { bus.send(100, Op::kAct, 0, a); }, small);
  };
  CHECK(act({.sid = 1, .bg = 3, .ba = 3, .row = 8191}) == kClean);
  CHECK(act({.row = 8192}) == Names{"ADDRESS"});
  CHECK(act({.sid = 2}) == Names{"ADDRESS"});
  for (const Op op : {Op::kPrePb, Op::kRefPb, Op::kRfmPb, Op::kRd, Op::kWr}) {
    CHECK(play([&](HbmBus& bus) { bus.send(100, op, 0, {.sid = 3}); }, small) == Names{"ADDRESS"});
  }
  DeviceConfig large{.geometry = {.sids = 4, .rows = 32768}};
  CHECK(play([](HbmBus& bus) { bus.send(100, Op::kAct, 1, {.sid = 3, .bg = 3, .ba = 3, .row = 32767}); },
             large) == kClean);
}

TEST_CASE("Only precharges start on a falling edge; another row or column command there is EDGE", "[hbm]") {
  for (const Op op : {Op::kAct, Op::kRefPb, Op::kRefAb, Op::kRfmPb, Op::kRfmAb, Op::kPde, Op::kSre}) {
    CAPTURE(std::string(op_name(op)));
    CHECK(play([&](HbmBus& bus) { bus.send(101, op, 0, kBank); }) == Names{"EDGE"});
  }
  CHECK(play([](HbmBus& bus) { bus.send(101, Op::kPrePb); }) == kClean);
  CHECK(play([](HbmBus& bus) { bus.send(101, Op::kPreAb); }) == kClean);
  CHECK(play([](HbmBus& bus) { bus.cycle(100).c[0] = {kColIdle, 0x05}; }) == Names{"EDGE"});
}

TEST_CASE("An ACT whose third slot is taken by another command is EDGE", "[hbm]") {
  for (const unsigned third : {unsigned{kRowIdle}, 1u << 7 | 5u}) {
    CHECK(play([&](HbmBus& bus) {
            bus.send(102, Op::kAct, 0, kBank);
            bus.row_slot(102, third);
          }).front() == "EDGE");
  }
  CHECK(play([](HbmBus& bus) {
          bus.send(102, Op::kAct, 0, kBank);
          bus.row_slot(102, 0);
        }) == kClean);
}

TEST_CASE("Words that are neither idle nor a command are CODE", "[hbm]") {
  CHECK(play([](HbmBus& bus) { bus.row_slot(100, 5u << 7); }) == Names{"CODE"});
  CHECK(play([](HbmBus& bus) { bus.row_slot(100, 6u << 7); }) == Names{"CODE"});
  CHECK(play([](HbmBus& bus) { bus.row_slot(101, 0x3FE); }) == Names{"CODE"});
  CHECK(play([](HbmBus& bus) { bus.row_slot(100, 4u << 7 | 7); }) == Names{"CODE"});
  CHECK(play([](HbmBus& bus) { bus.row_slot(100, 4u << 7 | 1u << 4); }) == Names{"CODE"});
  CHECK(play([](HbmBus& bus) { bus.cycle(100).c[0] = {0xFE, 0xFF}; }) == Names{"CODE"});
  CHECK(play([](HbmBus& bus) { bus.cycle(100).c[0] = {5u << 5, 0}; }) == Names{"CODE"});
  CHECK(play([](HbmBus& bus) { bus.cycle(100).c[0] = {0, 0x80}; }) == Names{"CODE"});
}

TEST_CASE("A falling-edge precharge pairs with what came just before it as the PAIR rule says", "[hbm]") {
  struct Case {
    Op first, second;
    DramAddress to;
    bool fine;  // On the same pseudo-channel; on different ones all are
  };
  const DramAddress idle_bank{.sid = 0, .bg = 0, .ba = 0};
  const std::vector<Case> cases{
      {Op::kAct, Op::kPrePb, kNeighbour, true},   {Op::kAct, Op::kPrePb, kBank, false},
      {Op::kAct, Op::kPreAb, kNeighbour, false},  {Op::kRefPb, Op::kPrePb, kNeighbour, true},
      {Op::kRefPb, Op::kPrePb, kBank, false},     {Op::kRefPb, Op::kPreAb, idle_bank, false},
      {Op::kRfmPb, Op::kPrePb, kNeighbour, true}, {Op::kRfmPb, Op::kPrePb, kBank, false},
      {Op::kRefAb, Op::kPrePb, idle_bank, false}, {Op::kRfmAb, Op::kPrePb, idle_bank, false},
      {Op::kRefAb, Op::kPreAb, idle_bank, false},
  };
  for (const Case& c : cases) {
    for (const unsigned pc : {0, 1}) {
      CAPTURE(std::string(op_name(c.first)), std::string(op_name(c.second)), pc);
      const Names names = play([&](HbmBus& bus) {
        bus.send(100, c.first, 0, kBank);
        bus.send(101, c.second, pc, c.to);
      });
      const bool reported = std::find(names.begin(), names.end(), "PAIR") != names.end();
      CHECK(reported == (pc == 0 && !c.fine));
      // A slot later they are no pair any more.
      const Names later = play([&](HbmBus& bus) {
        bus.send(100, c.first, 0, kBank);
        bus.send(103, c.second, pc, c.to);
      });
      CHECK(std::find(later.begin(), later.end(), "PAIR") == later.end());
    }
  }
}

TEST_CASE("Column commands before the latencies are set are LATENCY, and longer latencies are obeyed",
          "[hbm]") {
  for (const Op op : {Op::kRd, Op::kWr}) {
    const bool read = op == Op::kRd;
    const unsigned reg = read ? encoding::kMrRl : encoding::kMrWl;
    const unsigned least = read ? 20 : 10;
    for (const unsigned value : {0u, least - 1, least, least + 3}) {
      HbmBus bus{{.trained = true, .strict = false}};
      bus.mrs(0, reg, value);
      bus.send(200, Op::kAct, 0, kBank);
      if (!read) bus.wl = value;
      bus.send(300, op, 0, kBank);
      bus.finish();
      CHECK(broken_rules(bus.device) == (value < least ? Names{"LATENCY"} : kClean));
      if (read) {
        REQUIRE(bus.reads.size() == 1);
        CHECK(bus.reads[0].tick == 300 + 2 * value);
      }
    }
  }
}

TEST_CASE("The write latency of the rules is that of the mode register", "[hbm]") {
  for (const std::int64_t early : {0, 1}) {
    CHECK(play([&](HbmBus& bus) {
            bus.mrs(0, encoding::kMrWl, 13);
            bus.wl = 13;
            bus.send(200, Op::kAct, 0, kBank);
            bus.send(300, Op::kWr, 0, kBank);
            bus.send(300 + 2 * (13 + 2 + 33) - early, Op::kPrePb, 0, kBank);
          }) == (early ? Names{"WR"} : kClean));
  }
}

TEST_CASE("A write burst without WDQS in one of its CKs is STROBE", "[hbm]") {
  for (const unsigned missing : {0, 1}) {
    CHECK(play([&](HbmBus& bus) {
            bus.send(100, Op::kAct, 0, kBank);
            bus.send(200, Op::kWr, 0, kBank);
            bus.cycle(220).w[0].strobe &= static_cast<std::uint8_t>(~(1u << missing));
          }) == Names{"STROBE"});
  }
}

TEST_CASE("ACT while the training register is not 0 is TRAIN", "[hbm]") {
  for (const unsigned value : {0, 1, 2}) {
    CHECK(play([&](HbmBus& bus) {
            bus.mrs(100, encoding::kMrTrain, value);
            bus.send(200, Op::kAct, 0, kBank);
          }) == (value == 0 ? kClean : Names{"TRAIN"}));
  }
}

TEST_CASE("A part or timing that cannot be is refused by name", "[hbm]") {
  using Catch::Matchers::Contains;
  CHECK_THROWS_WITH((DramDevice{{.geometry = {.sids = 5}}}), Contains("sids = 5"));
  CHECK_THROWS_WITH((DramDevice{{.geometry = {.rows = 1000}}}), Contains("rows = 1000"));
  DeviceConfig config;
  config.timing.rrds = 16;
  CHECK_THROWS_WITH(DramDevice{config}, Contains("rrds = 16"));
  config.timing.rrds = 0;
  CHECK_THROWS_WITH(DramDevice{config}, Contains("rrds = 0"));
}

}  // namespace
}  // namespace tessera::test
