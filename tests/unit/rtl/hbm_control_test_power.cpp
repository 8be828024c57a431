// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_control: power-down, self-refresh, updates of the PHY. Distances between commands are those of
// protocol.md.

#include "unit/rtl/hbm_control_machine.hpp"

using namespace tessera::test;

namespace {

bool is_row(const ControlCommand& c, unsigned op) { return !c.column && c.op == op; }

// Started, with everything so far forgotten.
struct Running : ControlMachine {
  explicit Running(unsigned power_down = 0, unsigned self_refresh = 0, unsigned ctrlupd = 0) {
    start();
    REQUIRE(write(reg::kRegPowerDown, power_down) == kOkay);
    REQUIRE(write(reg::kRegSelfRefresh, self_refresh) == kOkay);
    REQUIRE(write(reg::kRegCtrlupd, ctrlupd) == kOkay);
    commands.clear();
  }
  void pending(bool p) { dut->pending_i = p ? 2 : 0; }
};

}  // namespace

TEST_CASE("Power states are off after reset", "[hbm]") {
  ControlMachine m;
  m.start();
  m.commands.clear();
  m.run(50'000);
  CHECK(m.commands.empty());
  CHECK(m.dut->close_o == 0);
}

TEST_CASE("An idle channel goes to power-down and a request wakes it, each command at its distance",
          "[hbm]") {
  Running m(200);
  m.pending(true);
  m.run(500);
  CHECK(m.commands.empty());
  m.pending(false);
  const unsigned idle = m.until([&] { return m.dut->close_o == 3; });
  CHECK(idle >= 200);
  CHECK(idle <= 203);
  const unsigned closed = m.until([&] { return m.dut->quiet_i == 3; });
  CHECK(closed <= 12);
  const std::uint64_t quiet_at = m.now();
  m.until([&] { return !m.commands.empty(); });
  CHECK(is_row(m.commands[0], kPde));
  CHECK(2 * (m.commands[0].cycle - quiet_at) >= 20 + 2 + 1);  // COLPD
  CHECK(m.state() == reg::State::kPowerDown);
  CHECK(m.dut->ref_enable_o == 1);  // Time goes on
  CHECK(m.dut->ready_o == 3);       // An access waits
  m.run(1000);
  CHECK(m.commands.size() == 1);
  m.pending(true);
  m.until([&] { return m.dut->close_o == 0; });
  REQUIRE(m.commands.size() == 2);
  CHECK(is_row(m.commands[1], kPdx));
  CHECK(2 * (m.now() - m.commands[1].cycle) >= 12);  // tXP
  CHECK(m.now() - m.commands[1].cycle <= 8);
  CHECK(m.state() == reg::State::kReady);
}

TEST_CASE("Power-down and self-refresh last tCKE at least, and tXP, tXS pass, at every setting", "[hbm]") {
  for (const unsigned cke : {2u, 8u, 33u, 63u}) {
    for (const unsigned exit : {17u, 40u, 63u}) {
      for (const bool self_refresh : {false, true}) {
        CAPTURE(cke, exit, self_refresh);
        ControlMachine m;
        REQUIRE(m.write(reg::kRegTCke, cke) == kOkay);
        REQUIRE(m.write(reg::kRegTXp, exit) == kOkay);
        REQUIRE(m.write(reg::kRegTXs, exit) == kOkay);
        m.start();
        m.commands.clear();
        REQUIRE(m.write(self_refresh ? reg::kRegSelfRefresh : reg::kRegPowerDown, 60) == kOkay);
        m.until([&] { return !m.commands.empty(); });
        m.dut->pending_i = 1;  // At once
        m.until([&] { return m.dut->close_o == 0; });
        CHECK(is_row(m.commands[0], self_refresh ? kSre : kPde));
        CHECK(is_row(m.commands[1], self_refresh ? kSrx : kPdx));
        CHECK(2 * (m.commands[1].cycle - m.commands[0].cycle) >= cke);
        const std::uint64_t next = self_refresh ? m.commands.at(2).cycle : m.now();
        CHECK(2 * (next - m.commands[1].cycle) >= exit);
      }
    }
  }
}

TEST_CASE("An urgent refresh wakes from power-down, any other request for refresh does not", "[hbm]") {
  Running m(100);
  m.until([&] { return !m.commands.empty(); });
  m.refresh_request(1, true, false);
  m.run(300);
  CHECK(m.commands.size() == 1);
  m.refresh_request(1, true, true);
  m.until([&] { return m.dut->close_o == 0; });
  CHECK(is_row(m.commands.at(1), kPdx));
  // No power-down before refreshes, urgent or pulled in, have been over for a while.
  m.refresh_request(1, true, false);
  m.run(1000);
  for (unsigned i = 0; i < 50; ++i) {
    m.refresh_request(1, i % 10 < 4, false);
    m.cycle();
  }
  m.refresh_request(1, false, false);
  CHECK(m.commands.size() == 2);
  m.until([&] { return m.commands.size() == 3; }, 60);
  CHECK(is_row(m.commands[2], kPde));
}

TEST_CASE("Longer idleness turns power-down into self-refresh, which stops the controller's refresh",
          "[hbm]") {
  Running m(100, 1000);
  m.until([&] { return m.commands.size() == 3; });
  CHECK(is_row(m.commands[0], kPde));
  CHECK(is_row(m.commands[1], kPdx));
  CHECK(is_row(m.commands[2], kSre));
  CHECK(m.dut->ref_enable_o == 0);
  CHECK(m.state() == reg::State::kSelfRefresh);
  m.refresh_request(0, true, true);
  m.run(500);
  CHECK(m.commands.size() == 3);  // Needs no refresh
  m.refresh_request(0, false, false);
  m.pending(true);
  m.until([&] { return m.commands.size() == 4; });
  CHECK(is_row(m.commands[3], kSrx));
  CHECK(m.dut->ref_enable_o == 1);  // From SRX on
  m.until([&] { return m.dut->close_o == 0; });
  REQUIRE(m.commands.size() == 7);
  for (unsigned i = 4; i < 7; ++i) CHECK((m.commands[i].column && m.commands[i].op == kMrs));
  CHECK(2 * (m.commands[4].cycle - m.commands[3].cycle) >= 576);  // tXS
  CHECK(2 * (m.now() - m.commands[6].cycle) >= 16);               // tMRD
  CHECK(m.dut->ready_o == 3);
}

TEST_CASE("Low-power requests stand while the device is low and are gone, with their acks, before it wakes",
          "[hbm]") {
  for (const bool acks : {true, false}) {
    CAPTURE(acks);
    Running m(100);
    m.lp_acks = acks;
    m.until([&] { return m.dut->dfi_lp_ctrl_req != 0; });
    CHECK(m.dut->dfi_lp_data_req == 1);
    CHECK(is_row(m.commands.at(0), kPde));
    CHECK(m.now() - m.commands[0].cycle >= 4);
    m.run(50);
    m.pending(true);
    m.until([&] {
      if (m.commands.size() == 1) return false;
      CHECK(m.dut->dfi_lp_ctrl_req == 0);
      CHECK(m.dut->dfi_lp_ctrl_ack == 0);
      return true;
    });
  }
}

TEST_CASE("A PHY that leaves low power slowly is waited for, and refresh stays the device's until SRX",
          "[hbm]") {
  for (const bool self_refresh : {false, true}) {
    CAPTURE(self_refresh);
    Running m(self_refresh ? 0 : 100, self_refresh ? 100 : 0);
    m.lp_leave = 40;
    m.until([&] { return m.dut->dfi_lp_ctrl_ack != 0; });
    m.pending(true);
    m.until([&] { return m.dut->dfi_lp_ctrl_req == 0; });
    const std::uint64_t asked = m.now();
    while (m.commands.size() == 1) {
      if (self_refresh && m.dut->dfi_lp_ctrl_ack) CHECK(m.dut->ref_enable_o == 0);
      m.cycle();
      REQUIRE(m.now() < asked + 100);
    }
    CHECK(m.commands[1].cycle >= asked + 40);
    CHECK(m.dut->ref_enable_o == 1);
  }
}

TEST_CASE("A request that comes while the channel closes for power-down calls it off", "[hbm]") {
  Running m(100);
  m.quiet_delay = 50;
  m.until([&] { return m.dut->close_o == 3; });
  m.run(10);
  m.pending(true);
  m.run(2);
  CHECK(m.dut->close_o == 0);
  m.run(200);
  CHECK(m.commands.empty());
}

TEST_CASE("Software puts the device into self-refresh after what is queued, and takes it out", "[hbm]") {
  Running m;
  m.pending(true);
  REQUIRE(m.command(reg::kCtrlSrEnter) == kOkay);
  CHECK(m.dut->ready_o == 0);  // Nothing new comes in
  m.run(300);
  CHECK(m.dut->close_o == 0);  // What is queued is finished
  CHECK(m.write(reg::kRegTRl, 20) == kSlvErr);
  m.pending(false);
  m.until([&] { return !m.commands.empty(); });
  CHECK(is_row(m.commands[0], kSre));
  CHECK(m.state() == reg::State::kSelfRefresh);
  CHECK(reg::kStateSrAsked.get(m.value(reg::kRegState)) == 1);
  m.pending(true);  // An access that is answered SLVERR
  m.run(500);
  m.pending(false);
  CHECK(m.commands.size() == 1);
  REQUIRE(m.write(reg::kRegTRl, 22) == kOkay);  // Unlocked
  REQUIRE(m.command(reg::kCtrlSrExit) == kOkay);
  m.until([&] { return m.dut->ready_o == 3 && m.dut->close_o == 0; });
  REQUIRE(m.commands.size() == 5);
  CHECK(is_row(m.commands[1], kSrx));
  CHECK(m.commands[3].mr_data == 22);  // The device learns the new RL
  CHECK(m.state() == reg::State::kReady);
  CHECK(m.write(reg::kRegTRl, 20) == kSlvErr);
}

TEST_CASE("SR_EXIT before self-refresh is reached takes SR_ENTER back", "[hbm]") {
  Running m;
  m.pending(true);
  REQUIRE(m.command(reg::kCtrlSrEnter) == kOkay);
  m.run(100);
  REQUIRE(m.command(reg::kCtrlSrExit) == kOkay);
  CHECK(m.dut->ready_o == 3);
  m.pending(false);
  m.run(1000);
  CHECK(m.commands.empty());
}

TEST_CASE("SR_ENTER in power-down and in idle self-refresh wakes first and then stays", "[hbm]") {
  for (const bool self_refresh : {false, true}) {
    CAPTURE(self_refresh);
    Running m(self_refresh ? 0 : 100, self_refresh ? 100 : 0);
    m.until([&] { return !m.commands.empty(); });
    m.run(50);
    REQUIRE(m.command(reg::kCtrlSrEnter) == kOkay);
    m.run(1500);
    CHECK(m.state() == reg::State::kSelfRefresh);
    CHECK(is_row(m.commands.back(), kSre));
    const std::size_t before = m.commands.size();
    m.pending(true);
    m.run(1000);
    CHECK(m.commands.size() == before);
    m.pending(false);
    REQUIRE(m.command(reg::kCtrlSrExit) == kOkay);
    m.until([&] { return m.dut->close_o == 0 && m.dut->ready_o == 3; });
  }
}

TEST_CASE("The PHY gets the quiet channel it asks for, for as long as it asks", "[hbm]") {
  Running m;
  m.pending(true);  // Work does not keep it from its update
  m.dut->dfi_phyupd_req = 1;
  m.until([&] {
    if (m.dut->quiet_i != 3) CHECK(m.dut->dfi_phyupd_ack == 0);
    return m.dut->dfi_phyupd_ack != 0;
  });
  m.run(2000);
  CHECK(m.dut->dfi_phyupd_ack == 1);
  CHECK(m.dut->close_o == 3);
  CHECK(m.dut->ref_enable_o == 1);  // Debt counts on
  CHECK(m.dut->ready_o == 3);
  CHECK(m.commands.empty());
  m.dut->dfi_phyupd_req = 0;
  m.run(2);
  CHECK(m.dut->dfi_phyupd_ack == 0);
  CHECK(m.dut->close_o == 0);
}

TEST_CASE("The PHY wakes the device for its update, and software's self-refresh is resumed", "[hbm]") {
  for (const unsigned kind : {0u, 1u, 2u}) {
    CAPTURE(kind);
    Running m(kind == 0 ? 100 : 0, kind == 1 ? 100 : 0);
    if (kind == 2) REQUIRE(m.command(reg::kCtrlSrEnter) == kOkay);
    m.until([&] { return !m.commands.empty(); });
    m.run(100);
    m.dut->dfi_phyupd_req = 1;
    m.until([&] { return m.dut->dfi_phyupd_ack != 0; });
    CHECK(is_row(m.commands.at(1), kind == 0 ? kPdx : kSrx));
    CHECK(m.dut->close_o == 3);
    const std::size_t during = m.commands.size();
    m.run(100);
    CHECK(m.commands.size() == during);
    m.dut->dfi_phyupd_req = 0;
    m.until([&] { return m.commands.size() > during; });
    CHECK(is_row(m.commands.back(), kind == 0 ? kPde : kSre));
  }
}

TEST_CASE("The controller offers updates at the interval, and waits for one that the PHY takes", "[hbm]") {
  Running m(0, 0, 1000);
  std::vector<std::uint64_t> offers;
  for (unsigned n = 0; n < 5; ++n) {
    m.until([&] { return m.dut->dfi_ctrlupd_req != 0; });
    offers.push_back(m.now());
    CHECK(m.dut->quiet_i == 3);
    if (n % 2 == 1) {
      m.run(3);
      m.dut->dfi_ctrlupd_ack = 1;
      m.run(100);
      CHECK(m.dut->dfi_ctrlupd_req == 1);
      m.dut->dfi_ctrlupd_ack = 0;
      m.run(2);
    } else {
      CHECK(m.until([&] { return m.dut->dfi_ctrlupd_req == 0; }) >= 8);
    }
    CHECK(m.dut->dfi_ctrlupd_req == 0);
  }
  CHECK(offers[1] - offers[0] >= 1000);
  CHECK(offers[1] - offers[0] <= 1040);
  CHECK(m.commands.empty());
  REQUIRE(m.write(reg::kRegCtrlupd, 0) == kOkay);
  m.run(100);
  CHECK(m.dut->dfi_ctrlupd_req == 0);
  m.until([&] { return m.dut->close_o == 0; });
  m.run(3000);
  CHECK(m.dut->close_o == 0);
}

TEST_CASE("A fatal error ends every power state at once", "[hbm]") {
  for (const bool self_refresh : {false, true}) {
    CAPTURE(self_refresh);
    Running m(self_refresh ? 0 : 100, self_refresh ? 100 : 0);
    m.until([&] { return m.dut->dfi_lp_ctrl_req != 0; });
    m.dut->dfi_cattrip = 1;
    m.run(2);
    CHECK(m.dut->fatal_o == 3);
    CHECK(m.dut->dfi_lp_ctrl_req == 0);
    CHECK(m.dut->close_o == 0);
    CHECK(m.state() == reg::State::kFatal);
    m.run(1000);
    CHECK(m.commands.size() == 1);
  }
}

TEST_CASE("Cycles in power-down and self-refresh are counted", "[hbm]") {
  Running m(100, 5000);
  REQUIRE(m.command(reg::kCtrlClearCounters) == kOkay);
  m.run(10'000);
  REQUIRE(m.write(reg::kRegCount, 0) == kOkay);
  const std::uint64_t cycles = m.value64(reg::kRegCycles), down = m.value64(reg::kRegPdCycles),
                      refreshing = m.value64(reg::kRegSrCycles);
  REQUIRE(m.commands.size() == 3);
  CHECK(down + 2 >= m.commands[1].cycle - m.commands[0].cycle);
  CHECK(down <= m.commands[1].cycle - m.commands[0].cycle + 10);
  CHECK(refreshing > 4500);
  CHECK(cycles > down + refreshing);
}
