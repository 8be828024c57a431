// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_phy with things broken: dead lanes, bad parity, devices that cannot be trained.

#include "unit/rtl/hbm_phy_bench.hpp"

namespace {

using namespace tessera::test;

PhyOptions with_seed(std::uint64_t seed) {
  PhyOptions options;
  options.device.seed = seed;
  return options;
}

constexpr unsigned repair_byte(unsigned pc, unsigned spare, unsigned lane) {
  return (0x80u | lane) << 8 * (2 * pc + spare);
}

TEST_CASE("a stuck lane of any kind is replaced by the spare of its group", "[hbm_phy][repair]") {
  struct Case {
    const char* kind;
    unsigned lane, spare;
  };
  const Case c =
      GENERATE(Case{"DQ 0, which levelling is read on", 0, 0}, Case{"DQ 15", 15, 0}, Case{"DQ 16", 16, 1},
               Case{"DQ 31", 31, 1}, Case{"ECC 0", 32, 0}, Case{"ECC 1", 33, 1}, Case{"DBI 0", 34, 0},
               Case{"DBI 1", 35, 0}, Case{"DBI 2", 36, 1}, Case{"DBI 3", 37, 1}, Case{"DPAR", 38, 0});
  const unsigned pc = c.lane % 2;
  const bool level = c.lane % 3 == 0;
  CAPTURE(c.kind, pc, level);
  PhyBench b{with_seed(100 + c.lane)};
  b.device.stick_lane(pc, c.lane, level);
  REQUIRE(b.train());
  CHECK(b.peek(kRepair) == repair_byte(pc, c.spare, c.lane));
  CHECK(b.peek(kCycles) < 20'000);
  CHECK(wrong(echo(b, 64, 1)) == 0);
  CHECK(b.peek(kSticky) == 0);
}

TEST_CASE("all four spares can be in use at once", "[hbm_phy][repair]") {
  PhyBench b{with_seed(7)};
  for (unsigned pc = 0; pc < 2; ++pc) {
    b.device.stick_lane(pc, 3 + pc, true);
    b.device.stick_lane(pc, 20 + pc, false);
  }
  REQUIRE(b.train());
  CHECK(b.peek(kRepair) ==
        (repair_byte(0, 0, 3) | repair_byte(0, 1, 20) | repair_byte(1, 0, 4) | repair_byte(1, 1, 21)));
  CHECK(wrong(echo(b, 64, 1)) == 0);
}

TEST_CASE("a stuck lane without repair makes every burst wrong", "[hbm_phy][repair]") {
  PhyBench b{with_seed(7)};
  b.device.stick_lane(1, 20, false);
  b.poke(kSkip, 0x20);  // Repair
  REQUIRE(b.train());
  CHECK(b.peek(kRepair) == 0);
  const auto echoes = echo(b, 64, 1);
  unsigned wrong_0 = 0, wrong_1 = 0;
  for (const Echo& e : echoes[0]) wrong_0 += e.wrote != e.got.grain;
  for (const Echo& e : echoes[1]) wrong_1 += e.wrote != e.got.grain;
  CHECK(wrong_0 == 0);
  CHECK(wrong_1 > 60);
}

TEST_CASE("a repair that cannot be made fails training with the reason and the lane", "[hbm_phy][repair]") {
  struct Case {
    const char* what;
    unsigned first, second, error, lane;
  };
  const Case c = GENERATE(Case{"two dead lanes, spare 0", 5, 38, kErrSpareTaken, 5},
                          Case{"two dead lanes, spare 1", 33, 17, kErrSpareTaken, 17},
                          Case{"dead lane and dead spare 0", 32, 39, kErrSpareDead, 32},
                          Case{"dead lane and dead spare 1", 40, 30, kErrSpareDead, 30});
  const unsigned pc = GENERATE(0u, 1u);
  CAPTURE(c.what, pc);
  PhyBench b{with_seed(9)};
  b.device.stick_lane(pc, c.first, true);
  b.device.stick_lane(pc, c.second, false);
  CHECK_FALSE(b.train());
  CHECK(b.step() == kStepFailed);
  CHECK(b.error() == c.error);
  CHECK(b.error_pc() == pc);
  CHECK(b.error_lane() == c.lane);
  CHECK_FALSE(b.dut->init_complete_o);
}

TEST_CASE("a dead spare that nobody needs does no harm", "[hbm_phy][repair]") {
  PhyBench b{with_seed(9)};
  b.device.stick_lane(0, 39, true);
  b.device.stick_lane(1, 40, false);
  REQUIRE(b.train());
  CHECK(b.peek(kRepair) == 0);
  CHECK(wrong(echo(b, 32, 1)) == 0);
}

TEST_CASE("a failed training is repeated after the device's reset", "[hbm_phy][repair]") {
  PhyBench b{with_seed(9)};
  b.device.stick_lane(0, 5, true);
  b.device.stick_lane(0, 6, true);
  REQUIRE_FALSE(b.train());
  CHECK(b.poke(kControl, 1));  // Not without a reset: the training FIFO no longer holds its patterns
  b.device.free_lanes(0);
  b.dut->reset_n_i = 0;
  b.idle(20);
  CHECK_FALSE(b.dut->init_error_o);
  REQUIRE(b.train());
  CHECK(b.peek(kRepair) == 0);
  CHECK(wrong(echo(b, 32, 1)) == 0);
}

TEST_CASE("a repair is taken back when the next training does not need it", "[hbm_phy][repair]") {
  PhyBench b{with_seed(9)};
  b.device.stick_lane(0, 5, true);
  b.device.stick_lane(1, 20, true);
  REQUIRE(b.train());
  CHECK(b.peek(kRepair) == (repair_byte(0, 0, 5) | repair_byte(1, 1, 20)));
  b.device.free_lanes(0);
  b.device.free_lanes(1);
  const bool another = GENERATE(false, true);
  if (another) b.device.stick_lane(0, 6, false);
  b.dut->reset_n_i = 0;
  b.idle(20);
  REQUIRE(b.train());
  CHECK(b.peek(kRepair) == (another ? repair_byte(0, 0, 6) : 0u));
  CHECK(wrong(echo(b, 32, 1)) == 0);
}

TEST_CASE("training starts again from a reset in its middle", "[hbm_phy]") {
  for (unsigned cycles = 50; cycles < 11'000; cycles += 730) {
    CAPTURE(cycles);
    PhyBench b{with_seed(12)};
    b.dut->reset_n_i = 1;
    b.dut->init_start_i = 1;
    b.idle(cycles);
    b.dut->reset_n_i = 0;
    b.idle(12);
    CHECK(b.step() == kStepIdle);
    REQUIRE(b.train());
    CHECK(wrong(echo(b, 16, 1)) == 0);
  }
}

TEST_CASE("devices that cannot be trained are told apart", "[hbm_phy]") {
  PhyOptions options = with_seed(3);
  unsigned error = kNone;
  SECTION("nobody answers at the test port") {
    options.device.device_id = GENERATE(0u, 0xFFFFFFFFu);
    error = kNoDevice;
  }
  SECTION("AERR never rises, whatever the delay") {
    options.device.trained = true;
    error = kErrCa;
  }
  PhyBench b{options};
  CHECK_FALSE(b.train());
  CHECK(b.error() == error);
}

TEST_CASE("no strobe, no levelling edge: training says so", "[hbm_phy]") {
  PhyBench b{with_seed(3)};
  // A device that has tripped keeps AERR low and answers nothing.
  SECTION("gate") {
    b.device.trip();
    b.poke(kSkip, 1);  // CA
    CHECK_FALSE(b.train());
    CHECK(b.error() == kErrGate);
    CHECK(b.error_pc() == 0);
    CHECK(b.dut->cattrip_o);
  }
  SECTION("levelling") {
    b.device.trip();
    b.poke(kSkip, 7);  // CA, gate, read eye
    b.poke(kSkip, 7 | 0x20);
    CHECK_FALSE(b.train());
    CHECK(b.error() == kErrLevel);
  }
}

TEST_CASE("a read burst with bad parity is marked, its neighbours are not", "[hbm_phy][parity]") {
  PhyBench b{with_seed(5)};
  REQUIRE(b.train());
  b.device.corrupt_reads(1, 2);
  const auto echoes = echo(b, 16, 1);
  for (unsigned i = 0; i < 16; ++i) {
    CHECK(echoes[0][i].got == Read{echoes[0][i].wrote, false, 0});
    CHECK(echoes[1][i].got.par_err == (i < 2));
    CHECK((echoes[1][i].got.grain == echoes[1][i].wrote) == (i >= 2));
  }
  CHECK(b.peek(kSticky) == 0x40);
  b.poke(kSticky, 0x40);
  CHECK(b.peek(kSticky) == 0);
}

TEST_CASE("without read parity nothing is marked", "[hbm_phy][parity]") {
  PhyOptions options = with_seed(5);
  options.features = kAllFeatures & ~kRdPar;
  PhyBench b{options};
  REQUIRE(b.train());
  b.device.corrupt_reads(0, 1);
  const auto echoes = echo(b, 4, 1);
  CHECK_FALSE(echoes[0][0].got.par_err);
  CHECK(echoes[0][0].got.grain != echoes[0][0].wrote);
}

TEST_CASE("injected write parity: DERR at its time, the grain is not stored, only once",
          "[hbm_phy][parity]") {
  const unsigned pc = GENERATE(0u, 1u);
  CAPTURE(pc);
  PhyBench b{with_seed(5)};
  REQUIRE(b.train());
  b.row(b.ck(), 0, kAct, pc, 0, 5);
  b.idle(30);
  CHECK(b.poke(kInject, 2u << pc) == false);
  CHECK(b.peek(kInject) == 2u << pc);
  Dice dice{1};
  const hbm::Grain first = random_grain(dice), second = random_grain(dice);
  const std::uint64_t at = b.ck();
  b.write(at, pc, 0, 0, first);
  b.write(at + 4, pc, 0, 1, second);
  b.idle(40);
  CHECK(b.device.read_grain(pc, {0, 0, 0, 5, 0}) == hbm::Grain{});
  CHECK(b.device.read_grain(pc, {0, 0, 0, 5, 1}) == second);
  // Pins 2 CK after DFI, last CK at + WL + 1, DERR 4 CK later, a register.
  REQUIRE(b.derr_cks[pc].size() == 1);
  CHECK(b.derr_cks[pc][0] == at + 2 + b.wl + 1 + 4 + 2);
  CHECK(b.derr_cks[1 - pc].empty());
  CHECK(b.peek(kInject) == 0);
}

TEST_CASE("a command with wrong parity raises AERR and is not executed", "[hbm_phy][parity]") {
  PhyBench b{with_seed(5)};
  REQUIRE(b.train());
  CHECK(b.aerr_cycles.empty());  // What training provoked stayed inside
  const std::uint64_t at = b.ck() + 10;
  SECTION("flipped by the controller") {
    b.row(at, 0, kPreAb, 0);
    b.flip_parity(at);
    b.idle(30);
    REQUIRE(b.aerr_cycles.size() == 1);
    CHECK(b.aerr_cycles[0] == (at + 2 + 4) / 2 + 1);
  }
  SECTION("injected: waits for the next command") {
    b.poke(kInject, 1);
    b.idle(20);
    CHECK(b.aerr_cycles.empty());
    const std::uint64_t later = b.ck() + 1;
    b.row(later, 0, kAct, 1, 4, 9);
    b.idle(30);
    REQUIRE(b.aerr_cycles.size() == 1);
    CHECK_FALSE(b.device.bank_open(1, 4));
    b.row(b.ck(), 0, kAct, 1, 4, 9);
    b.idle(30);
    CHECK(b.aerr_cycles.size() == 1);
    CHECK(b.device.bank_open(1, 4));
  }
}

TEST_CASE("the device's own complaints reach the controller", "[hbm_phy][parity]") {
  PhyBench b{with_seed(5)};
  REQUIRE(b.train());
  b.device.fail_commands(1);
  b.row(b.ck(), 0, kPreAb, 0);
  b.idle(10);
  CHECK(b.aerr_cycles.size() == 1);
  b.device.fail_writes(0, 1);
  const auto echoes = echo(b, 4, 1);
  CHECK(b.derr_cks[0].size() == 1);
  CHECK(echoes[0][0].got.grain == hbm::Grain{});
  b.device.set_temperature_code(2);
  b.idle(3);
  CHECK(b.dut->temp_o == 2);
  CHECK_FALSE(b.dut->cattrip_o);
  b.device.trip();
  b.idle(3);
  CHECK(b.dut->cattrip_o);
}

}  // namespace
