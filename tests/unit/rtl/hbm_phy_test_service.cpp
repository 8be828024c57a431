// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_phy in service: periodic retraining, updates and low power, registers, the test port.

#include "unit/rtl/hbm_phy_bench.hpp"

namespace {

using namespace tessera::test;

PhyOptions with_seed(std::uint64_t seed) {
  PhyOptions options;
  options.device.seed = seed;
  return options;
}

// Cycles until the PHY gives the bus back.
unsigned grant(PhyBench& b) {
  b.dut->phyupd_ack_i = 1;
  unsigned cycles = 0;
  while (b.dut->phyupd_req_o) {
    b.cycle();
    if (++cycles > 5000) throw std::runtime_error("the PHY keeps the bus");
  }
  b.dut->phyupd_ack_i = 0;
  b.idle(4);
  return cycles;
}

bool wait_request(PhyBench& b, unsigned limit) {
  for (unsigned i = 0; i < limit && !b.dut->phyupd_req_o; ++i) b.cycle();
  return b.dut->phyupd_req_o != 0;
}

// How far lane delays may be from the nearest end of their windows before bits go wrong, worst of all.
int worst_margin(PhyBench& b) {
  int worst = 64;
  for (unsigned pc = 0; pc < 2; ++pc) {
    for (unsigned lane = 0; lane < 39; ++lane) {
      const std::uint32_t codes = b.peek(lane_reg(pc, lane));
      const auto look = [&](const hbm::Window& w, unsigned code) {
        worst = std::min({worst, static_cast<int>(code) - w.low, w.high - static_cast<int>(code)});
      };
      look(b.device.hidden_windows().rd(pc, lane), codes & 0x3F);
      look(b.device.hidden_windows().wr(pc, lane), codes >> 16 & 0x3F);
    }
  }
  return worst;
}

TEST_CASE("periodic retraining follows windows that drift", "[hbm_phy][retrain]") {
  const bool retrain = GENERATE(true, false);
  CAPTURE(retrain);
  PhyOptions options = with_seed(61);
  options.device.drift_ck = 16384;
  PhyBench b{options};
  b.poke(kInterval, retrain ? 4 : 0);
  REQUIRE(b.train());
  unsigned bad = 0, requests = 0;
  for (unsigned round = 0; round < 24; ++round) {  // 24 x 4096 cycles: 12 codes
    if (wait_request(b, retrain ? 6000 : 4096)) {
      ++requests;
      REQUIRE(grant(b) < 2500);
    }
    b.refresh_due();
    bad += wrong(echo(b, 8, round));
  }
  if (retrain) {
    CHECK(requests == 24);
    CHECK(bad == 0);
    CHECK(worst_margin(b) >= 1);
    CHECK(b.peek(kRetrains) == 24);
    CHECK(b.peek(kSticky) == 0);
  } else {
    CHECK(requests == 0);
    CHECK(bad > 100);
  }
}

TEST_CASE("retraining on request waits for the controller and keeps its hands off until then",
          "[hbm_phy][retrain]") {
  PhyBench b{with_seed(62)};
  CHECK(b.poke(kControl, 2));  // Refused: not trained
  REQUIRE(b.train());
  const auto mrs = [&] { return b.device.stats().commands[static_cast<unsigned>(hbm::Op::kMrs)]; };
  const std::uint64_t before = mrs();
  const std::uint32_t lane = b.peek(lane_reg(1, 7));
  CHECK_FALSE(b.poke(kControl, 2));
  REQUIRE(wait_request(b, 10));
  CHECK(b.dut->phyupd_type_o == 0);
  CHECK(wrong(echo(b, 16, 1)) == 0);  // Service goes on while the request stands
  CHECK(mrs() == before);
  REQUIRE(grant(b) < 2500);
  CHECK(mrs() == before + 3);  // Training on, rewind, off
  CHECK(b.dut->init_complete_o);
  CHECK(b.peek(kRetrains) == 1);
  CHECK(b.peek(lane_reg(1, 7)) == lane);  // Nothing drifted
  CHECK(b.aerr_cycles.empty());
  CHECK(wrong(echo(b, 16, 2)) == 0);
}

TEST_CASE("a lane that is lost in retraining keeps its delay and is reported", "[hbm_phy][retrain]") {
  PhyBench b{with_seed(63)};
  REQUIRE(b.train());
  const std::uint32_t lane = b.peek(lane_reg(0, 9));
  b.device.stick_lane(0, 9, true);
  b.poke(kControl, 2);
  REQUIRE(wait_request(b, 10));
  grant(b);
  CHECK((b.peek(kSticky) & 0x10) == 0x10);
  CHECK(b.peek(lane_reg(0, 9)) == lane);
  CHECK(b.step() == kStepReady);
}

TEST_CASE("a reset of the device in the middle of retraining ends it", "[hbm_phy][retrain]") {
  for (unsigned cycles = 3; cycles < 1800; cycles += 229) {
    CAPTURE(cycles);
    PhyBench b{with_seed(64)};
    REQUIRE(b.train());
    b.poke(kControl, 2);
    REQUIRE(wait_request(b, 10));
    b.dut->phyupd_ack_i = 1;
    b.idle(cycles);
    b.dut->reset_n_i = 0;
    b.idle(4);
    CHECK_FALSE(b.dut->phyupd_req_o);
    CHECK_FALSE(b.dut->init_complete_o);
    b.dut->phyupd_ack_i = 0;
    b.idle(8);
    REQUIRE(b.train());
    CHECK(wrong(echo(b, 8, 1)) == 0);
  }
}

TEST_CASE("controller updates and low power are acknowledged and released", "[hbm_phy]") {
  PhyBench b{with_seed(65)};
  REQUIRE(b.train());
  b.idle(4);
  b.dut->ctrlupd_req_i = 1;
  b.cycle();
  CHECK(b.dut->ctrlupd_ack_o);
  b.idle(5);
  CHECK(b.dut->ctrlupd_ack_o);
  b.dut->ctrlupd_req_i = 0;
  b.cycle();
  CHECK_FALSE(b.dut->ctrlupd_ack_o);

  b.dut->lp_ctrl_req_i = b.dut->lp_data_req_i = 1;
  b.cycle();
  CHECK(b.dut->lp_ctrl_ack_o);
  CHECK(b.dut->lp_data_ack_o);
  b.poke(kControl, 2);
  CHECK_FALSE(wait_request(b, 50));  // Not while asleep
  b.dut->lp_ctrl_req_i = b.dut->lp_data_req_i = 0;
  CHECK(wait_request(b, 5));
  b.dut->phyupd_ack_i = 1;
  b.idle(3);
  b.dut->ctrlupd_req_i = 1;
  b.dut->lp_ctrl_req_i = 1;
  b.idle(20);
  CHECK_FALSE(b.dut->ctrlupd_ack_o);  // Not while the PHY has the bus
  CHECK_FALSE(b.dut->lp_ctrl_ack_o);
  grant(b);
  CHECK(b.dut->ctrlupd_ack_o);
  CHECK(b.dut->lp_ctrl_ack_o);
}

TEST_CASE("registers refuse what they cannot do", "[hbm_phy][apb]") {
  PhyBench b{with_seed(66)};
  CHECK(b.peek(kStatus) == 0);
  for (const unsigned nothing :
       {0x03Cu, 0x100u, 0x3FCu, lane_reg(0, 41), lane_reg(1, 63), 0x600u, 0x402u, 0x7FCu}) {
    CAPTURE(nothing);
    CHECK(b.peek_fails(nothing));
    CHECK(b.poke(nothing, 1));
  }
  for (const unsigned read_only : {kStatus, kRetrains, kDeviceId, kRepair, kCycles})
    CHECK(b.poke(read_only, 1));
  CHECK(b.poke(kControl, 1));  // The device is in reset
  b.dut->reset_n_i = 1;
  b.idle(4);
  CHECK_FALSE(b.poke(kControl, 1));  // Training by register
  b.idle(4);
  CHECK((b.peek(kStatus) >> 25 & 1) == 1);
  CHECK(b.poke(lane_reg(0, 0), 5));  // Training has the delays
  CHECK(b.poke(kTemp, 0));
  CHECK(b.poke(kLatency, 0));
  CHECK(b.poke(kControl, 1));
  for (unsigned i = 0; i < 30'000 && !b.dut->init_complete_o; ++i) b.cycle();
  CHECK(b.dut->init_complete_o);
  CHECK(b.peek(kDeviceId) == b.device.config().device_id);
  // The upper half of the 4 KiB is the lower one again.
  CHECK(b.peek(0x800 + kDeviceId) == b.device.config().device_id);
}

TEST_CASE("delays written by hand reach the pins and do what they say", "[hbm_phy][apb]") {
  PhyBench b{with_seed(67)};
  REQUIRE(b.train());
  const std::uint32_t good = b.peek(lane_reg(1, 12));
  CHECK_FALSE(b.poke(lane_reg(1, 12), (good & 0x003F0000) | 0));  // Read delay 0: outside any window
  CHECK(b.peek(lane_reg(1, 12)) == (good & 0xFFFFFF00));
  const auto echoes = echo(b, 16, 1);
  unsigned lanes = 0;
  for (const Echo& e : echoes[1]) {
    for (unsigned i = 0; i < 32; ++i) {
      const unsigned diff = e.wrote.data[i] ^ e.got.grain.data[i];
      if (diff != 0) lanes |= diff << 8 * (i % 4);
    }
    CHECK(e.got.par_err);
  }
  CHECK(lanes != 0);
  CHECK((lanes & ~0xF00u << 4 & ~(0xFFu << 8)) == 0);  // DQ 12, and its byte if that lane was taken for DBI
  CHECK_FALSE(b.poke(lane_reg(1, 12), good & 0x003F003F));
  CHECK(wrong(echo(b, 16, 2)) == 0);

  const std::uint32_t flight = b.peek(kLatency);
  CHECK_FALSE(b.poke(kLatency, (flight & 7) == 7 ? 0 : flight + 1));
  const auto late = echo(b, 4, 3);
  for (const Echo& e : late[0]) CHECK(e.got.grain != e.wrote);
  for (const Echo& e : late[1]) CHECK(e.got == Read{e.wrote, false, 0});
  CHECK((b.peek(kSticky) & 5) == 5);  // PC 0: no strobe in the gate, a strobe outside it
}

TEST_CASE("the temperature is read over IEEE 1500", "[hbm_phy][apb]") {
  PhyBench b{with_seed(68)};
  REQUIRE(b.train());
  for (const unsigned celsius : {45u, 0u, 105u, 255u}) {
    b.device.set_celsius(static_cast<std::uint8_t>(celsius));
    CHECK_FALSE(b.poke(kTemp, 0));
    CHECK(b.peek(kTemp) >> 31 == 1);
    CHECK(b.poke(kTemp, 0));  // One at a time
    b.idle(23 * 4);
    CHECK(b.peek(kTemp) == (0x100u | celsius));
  }
  CHECK(wrong(echo(b, 16, 1)) == 0);
}

// The test port driven from outside: one WRCK.
bool wrck(PhyBench& b, bool wir, bool shift, bool capture, bool update, bool wsi) {
  b.dut->ext_selectwir_i = wir;
  b.dut->ext_shiftwr_i = shift;
  b.dut->ext_capturewr_i = capture;
  b.dut->ext_updatewr_i = update;
  b.dut->ext_wsi_i = wsi;
  b.cycle();
  b.dut.settle();
  const bool wso = b.dut->ext_wso_o;
  b.dut->ext_wrck_i = 1;
  b.cycle();
  b.dut->ext_wrck_i = 0;
  b.cycle();
  return wso;
}

std::uint32_t outside_access(PhyBench& b, unsigned instruction, unsigned bits) {
  for (unsigned i = 0; i < 8; ++i) wrck(b, true, true, false, false, instruction >> i & 1);
  wrck(b, true, false, false, true, false);
  wrck(b, false, false, true, false, false);
  std::uint32_t value = 0;
  for (unsigned i = 0; i < bits; ++i) value |= std::uint32_t{wrck(b, false, true, false, false, false)} << i;
  return value;
}

TEST_CASE("the test port belongs to the outside unless the PHY needs it", "[hbm_phy][ieee1500]") {
  PhyBench b{with_seed(69)};
  CHECK(outside_access(b, 1, 32) == b.device.config().device_id);
  // Training takes it whatever the outside does.
  b.dut->reset_n_i = 1;
  b.dut->init_start_i = 1;
  b.idle(8);
  CHECK((b.peek(kStatus) >> 27 & 1) == 1);
  outside_access(b, 0xFF, 4);
  REQUIRE(b.train());
  CHECK(b.peek(kDeviceId) == b.device.config().device_id);
  CHECK((b.peek(kStatus) >> 27 & 1) == 0);
  CHECK(outside_access(b, 2, 8) == 45);
  CHECK(wrong(echo(b, 16, 1)) == 0);
  // Its reset is the outside's, too.
  outside_access(b, 1, 4);
  b.dut->ext_wrst_n_i = 0;
  b.idle(2);
  b.dut->ext_wrst_n_i = 1;
  b.idle(2);
  wrck(b, false, false, true, false, false);
  CHECK(wrck(b, false, true, false, false, true) == 0);
  CHECK(wrck(b, false, true, false, false, false) == 1);  // Bypass: one bit
}

}  // namespace
