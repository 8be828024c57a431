// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_row_arb: who is granted, and in which row slots the commands are a cycle later.

#include <array>
#include <vector>

#include "Vhbm_row_arb.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

using namespace tessera::test;

namespace {

enum Op : unsigned { kNop = 0, kAct = 1, kPrePb = 2, kPreAb = 3, kRefPb = 4, kRefAb = 5, kPde = 8 };

struct Command {
  unsigned op = kNop, pc = 0, bank = 0, row = 0;
  bool operator==(const Command&) const = default;
  std::uint64_t bits() const { return std::uint64_t{op} << 22 | pc << 21 | bank << 15 | row; }
};
std::ostream& operator<<(std::ostream& out, const Command& c) {
  return out << "op " << c.op << " pc" << c.pc << " bank " << c.bank << " row " << c.row;
}

struct Request {
  bool valid = false, urgent = false;
  Command command;
};

using Slots = std::array<Command, 4>;  // In time order

struct Arbiter {
  Bench<Vhbm_row_arb> dut;
  std::array<Request, 2> a, b;
  Command control;
  unsigned a_gnt = 0, b_gnt = 0;
  bool late = false;

  // One cycle; what is on DFI in the next
  Slots cycle() {
    for (unsigned p = 0; p < 2; ++p) {
      put(dut->row_a_i, p, a[p]);
      put(dut->row_b_i, p, b[p]);
    }
    dut->ctl_row_i = static_cast<std::uint32_t>(control.bits());
    dut.settle();
    a_gnt = dut->row_a_gnt_o;
    b_gnt = dut->row_b_gnt_o;
    late = dut->row_b_late_o;
    dut.tick();
    Slots slots;
    for (unsigned s = 0; s < 4; ++s) {
      const auto bits = static_cast<unsigned>(get_bits(dut->row_o, 26 * s, 26));
      if (bits >> 22 != kNop) slots[s] = {bits >> 22, bits >> 21 & 1, bits >> 15 & 63, bits & 0x7FFF};
    }
    return slots;
  }

 private:
  template <class Port>
  static void put(Port& port, unsigned p, const Request& r) {
    set_bits(port, 28 * p, 28,
             std::uint64_t{r.valid} << 27 | std::uint64_t{r.urgent} << 26 | r.command.bits());
  }
};

Request request(unsigned op, unsigned pc, unsigned bank, bool urgent = false) {
  return {true, urgent, {op, pc, bank, op == kAct ? 0x2AAA + bank : 0}};
}

}  // namespace

TEST_CASE("a precharge stands in slot 2, or in slot 3 beside an activation", "[hbm][row_arb]") {
  Arbiter arb;
  arb.b[1] = request(kPrePb, 1, 9);
  REQUIRE(arb.cycle() == Slots{Command{}, {}, arb.b[1].command, {}});
  REQUIRE(!arb.late);
  arb.a[0] = request(kAct, 0, 5);
  REQUIRE(arb.cycle() == Slots{arb.a[0].command, {}, {}, arb.b[1].command});
  REQUIRE(arb.late);
  arb.a[0] = request(kRefPb, 0, 5);
  REQUIRE(arb.cycle() == Slots{arb.a[0].command, {}, arb.b[1].command, {}});
  REQUIRE(!arb.late);
}

TEST_CASE("a precharge of all banks keeps activations out of its cycle", "[hbm][row_arb]") {
  Arbiter arb;
  arb.a[0] = request(kAct, 0, 5);
  arb.b[1] = request(kPreAb, 1, 0, true);
  REQUIRE(arb.cycle() == Slots{Command{}, {}, arb.b[1].command, {}});
  REQUIRE(arb.a_gnt == 0);
  REQUIRE(arb.b_gnt == 2);
  arb.a[0] = request(kRefPb, 0, 5);
  REQUIRE(arb.cycle() == Slots{arb.a[0].command, {}, arb.b[1].command, {}});
}

TEST_CASE("urgent requests go first and equal ones take turns", "[hbm][row_arb]") {
  Arbiter arb;
  std::array<unsigned, 2> a{}, b{};
  for (unsigned p = 0; p < 2; ++p) {
    arb.a[p] = request(kAct, p, p);
    arb.b[p] = request(kPrePb, p, 8 + p);
  }
  for (unsigned n = 0; n < 100; ++n) {
    arb.cycle();
    for (unsigned p = 0; p < 2; ++p) {
      a[p] += arb.a_gnt >> p & 1;
      b[p] += arb.b_gnt >> p & 1;
    }
  }
  REQUIRE(a == std::array{50u, 50u});
  REQUIRE(b == std::array{50u, 50u});
  arb.a[1].urgent = arb.b[0].urgent = true;
  for (unsigned n = 0; n < 10; ++n) {
    arb.cycle();
    REQUIRE(arb.a_gnt == 2);
    REQUIRE(arb.b_gnt == 1);
  }
}

TEST_CASE("control's command has slot 0 when no scheduler asks", "[hbm][row_arb]") {
  Arbiter arb;
  arb.control = {kPde, 0, 0, 0};
  REQUIRE(arb.cycle() == Slots{arb.control});
  arb.control = {};
  REQUIRE(arb.cycle() == Slots{});
}

TEST_CASE("a command beside another scheduler's is the assertion's business when it is control's",
          "[hbm][row_arb]") {
  Arbiter arb;
  arb.a[0] = request(kAct, 0, 5);
  arb.control = {kPde, 0, 0, 0};
  REQUIRE_THROWS_WITH(arb.cycle(), Catch::Contains("RTL assertion"));
}

TEST_CASE("every granted command is on the bus once and nothing else is", "[hbm][row_arb]") {
  Arbiter arb;
  Dice dice{5};
  unsigned both = 0;
  for (unsigned n = 0; n < 20'000; ++n) {
    for (unsigned p = 0; p < 2; ++p) {
      arb.a[p] = {};
      arb.b[p] = {};
      if (dice.percent(60)) {
        constexpr std::array kOps{kAct, kAct, kRefPb, kRefAb};
        arb.a[p] = request(kOps[dice.below(4)], p, static_cast<unsigned>(dice.below(32)), dice.percent(20));
      }
      if (dice.percent(60)) {
        arb.b[p] = request(dice.percent(10) ? kPreAb : kPrePb, p, static_cast<unsigned>(32 + dice.below(32)),
                           dice.percent(20));
      }
    }
    const Slots slots = arb.cycle();
    Slots expected;
    REQUIRE(arb.a_gnt != 3);
    REQUIRE(arb.b_gnt != 3);
    bool act = false;
    for (unsigned p = 0; p < 2; ++p) {
      if (arb.a_gnt >> p & 1) {
        REQUIRE(arb.a[p].valid);
        expected[0] = arb.a[p].command;
        act = arb.a[p].command.op == kAct;
      }
    }
    for (unsigned p = 0; p < 2; ++p) {
      if (arb.b_gnt >> p & 1) {
        REQUIRE(arb.b[p].valid);
        REQUIRE(!(act && arb.b[p].command.op == kPreAb));
        expected[act ? 3 : 2] = arb.b[p].command;
      }
    }
    REQUIRE(slots == expected);
    if (arb.b[0].valid || arb.b[1].valid) REQUIRE(arb.b_gnt != 0);
    const bool all =
        (arb.b_gnt & 1 && arb.b[0].command.op == kPreAb) || (arb.b_gnt & 2 && arb.b[1].command.op == kPreAb);
    const auto may = [&](const Request& r) { return r.valid && !(all && r.command.op == kAct); };
    if (may(arb.a[0]) || may(arb.a[1])) REQUIRE(arb.a_gnt != 0);
    both += arb.a_gnt != 0 && arb.b_gnt != 0;
  }
  REQUIRE(both > 5000);
}
