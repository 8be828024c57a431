// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_control: start-up in order, failure, fatal errors, interrupts, error log, counters.

#include "unit/rtl/hbm_control_machine.hpp"

using namespace tessera::test;

namespace {

std::uint32_t irq(ControlMachine& m) { return m.value(reg::kRegIrqStatus); }

}  // namespace

TEST_CASE("Start-up: reset, training, mode registers in order and spacing, then ready", "[hbm]") {
  for (const unsigned mrd : {2u, 15u, 16u, 63u}) {
    CAPTURE(mrd);
    ControlMachine m;
    m.run(200);
    CHECK(m.state() == reg::State::kReset);  // Not by itself
    CHECK(m.dut->dfi_reset_n == 0);
    CHECK(m.dut->ref_clear_o == 1);
    REQUIRE(m.write(reg::kRegTMrd, mrd) == kOkay);
    REQUIRE(m.write(reg::kRegTRl, 23) == kOkay);
    REQUIRE(m.write(reg::kRegTRtw, 30) == kOkay);
    REQUIRE(m.write(reg::kRegFeatures, 0b1010110) == kOkay);
    m.commands.clear();
    REQUIRE(m.command(reg::kCtrlStart) == kOkay);
    const unsigned in_reset = m.until([&] { return m.dut->dfi_reset_n != 0; });
    CHECK(in_reset >= 55);  // 64 less the cycles of the write's answer
    CHECK(m.dut->dfi_init_start == 0);
    CHECK(m.until([&] { return m.dut->dfi_init_start != 0; }) >= 16);  // 32 CK
    CHECK(m.state() == reg::State::kInit);
    m.until([&] { return m.dut->dfi_init_complete != 0; });
    CHECK(m.commands.empty());
    CHECK(m.dut->stop_o == 3);
    CHECK(m.dut->ref_enable_o == 0);
    m.until([&] {
      CHECK(m.dut->ready_o == (m.dut->stop_o == 0 ? 3 : 0));
      return m.dut->ready_o == 3;
    });
    REQUIRE(m.commands.size() == 3);
    for (const ControlCommand& c : m.commands) CHECK((c.column && c.op == kMrs));
    CHECK(std::pair{m.commands[0].mr_addr, m.commands[0].mr_data} == std::pair{0u, 0b10101u});
    CHECK(std::pair{m.commands[1].mr_addr, m.commands[1].mr_data} == std::pair{1u, 23u});
    CHECK(std::pair{m.commands[2].mr_addr, m.commands[2].mr_data} == std::pair{2u, 10u});
    const std::uint64_t gap = (mrd + 1) / 2;
    CHECK(m.commands[1].cycle - m.commands[0].cycle == gap);
    CHECK(m.commands[2].cycle - m.commands[1].cycle == gap);
    CHECK(m.now() - m.commands[2].cycle == gap);
    CHECK(m.dut->ref_enable_o == 1);
    CHECK(m.state() == reg::State::kReady);
  }
}

TEST_CASE("Training that fails leaves FAILED with its reason and SLVERR, and may be tried again", "[hbm]") {
  ControlMachine m;
  REQUIRE(m.write(reg::kRegIrqEnable, reg::kIrqEnableFailed.put(1)) == kOkay);
  m.training_fails = true;
  REQUIRE(m.command(reg::kCtrlStart) == kOkay);
  m.until([&] { return m.dut->irq_o != 0; });
  CHECK(m.state() == reg::State::kFailed);
  CHECK(m.reason() == reg::Reason::kPhy);
  CHECK(irq(m) == reg::kIrqStatusFailed.put(1));
  CHECK(m.dut->ready_o == 0);
  CHECK(m.dut->fatal_o == 0);
  CHECK(m.dut->stop_o == 3);
  REQUIRE(m.write(reg::kRegIrqStatus, reg::kIrqStatusFailed.put(1)) == kOkay);
  CHECK(m.dut->irq_o == 0);
  m.training_fails = false;
  m.start();
  CHECK(m.state() == reg::State::kReady);
  CHECK(m.reason() == reg::Reason::kNone);
}

TEST_CASE("An answer left over from before is not taken for the PHY's new one", "[hbm]") {
  ControlMachine m;
  m.training_cycles = 1'000'000;  // Answers by hand
  REQUIRE(m.command(reg::kCtrlStart) == kOkay);
  m.until([&] { return m.dut->dfi_reset_n != 0; });
  m.dut->dfi_init_complete = 1;
  m.run(200);
  CHECK(m.dut->dfi_init_start == 1);
  CHECK(m.state() == reg::State::kInit);
  m.dut->dfi_init_complete = 0;
  m.run(200);
  CHECK(m.state() == reg::State::kInit);
  m.dut->dfi_init_complete = 1;
  m.until([&] { return m.dut->ready_o == 3; });
}

TEST_CASE("Commands are refused in states that do not know them", "[hbm]") {
  ControlMachine m;
  CHECK(m.command(reg::kCtrlSrEnter) == kSlvErr);
  CHECK(m.command(reg::kCtrlSrExit) == kSlvErr);
  CHECK(m.write(reg::kRegCtrl, 3) == kSlvErr);  // Two at once
  CHECK(m.command(reg::kCtrlClearCounters) == kOkay);
  m.start();
  CHECK(m.command(reg::kCtrlStart) == kSlvErr);
  CHECK(m.command(reg::kCtrlSrExit) == kSlvErr);
  CHECK(m.state() == reg::State::kReady);
}

TEST_CASE("A command parity error is fatal once the channel works, not while it trains", "[hbm]") {
  ControlMachine m;
  REQUIRE(m.write(reg::kRegIrqEnable, reg::kIrqEnableAerr.put(1)) == kOkay);
  REQUIRE(m.command(reg::kCtrlStart) == kOkay);
  m.until([&] { return m.dut->dfi_init_start != 0; });
  m.dut->dfi_aerr = 1;
  m.run(20);
  m.dut->dfi_aerr = 0;
  m.until([&] { return m.dut->ready_o == 3; });
  CHECK(m.dut->irq_o == 0);
  m.dut->dfi_aerr = 1;
  m.cycle();
  m.dut->dfi_aerr = 0;
  CHECK(m.dut->fatal_o == 3);
  CHECK(m.dut->ready_o == 0);
  CHECK(m.dut->ref_enable_o == 0);
  CHECK(m.state() == reg::State::kFatal);
  CHECK(m.reason() == reg::Reason::kAerr);
  CHECK(irq(m) == reg::kIrqStatusAerr.put(1));
  CHECK(m.dut->irq_o == 1);
  REQUIRE(m.command(reg::kCtrlStart) == kOkay);
  CHECK(m.dut->fatal_o == 0);
  CHECK(m.dut->ref_clear_o == 1);
  m.until([&] { return m.dut->ready_o == 3; });
  CHECK(m.reason() == reg::Reason::kNone);
}

TEST_CASE("CATTRIP is fatal at any time, and a start under it ends there again", "[hbm]") {
  for (const unsigned when : {0u, 1u, 2u}) {
    CAPTURE(when);
    ControlMachine m;
    REQUIRE(m.command(reg::kCtrlStart) == kOkay);
    if (when == 0) m.until([&] { return m.dut->dfi_init_start != 0; });
    if (when == 1) m.until([&] { return !m.commands.empty(); });
    if (when == 2) m.until([&] { return m.dut->ready_o == 3; });
    m.dut->dfi_cattrip = 1;
    m.run(2);
    CHECK(m.dut->fatal_o == 3);
    CHECK(m.state() == reg::State::kFatal);
    CHECK(m.reason() == reg::Reason::kCattrip);
    CHECK(irq(m) == reg::kIrqStatusCattrip.put(1));
    CHECK(m.value(reg::kRegTemp) == (8 | 3));
    REQUIRE(m.command(reg::kCtrlStart) == kOkay);
    m.run(200);
    CHECK(m.state() == reg::State::kFatal);
    m.dut->dfi_cattrip = 0;
    m.start();
  }
}

TEST_CASE("Only enabled causes raise the interrupt, and each stays until cleared", "[hbm]") {
  ControlMachine m;
  m.start();
  m.errors({2, 3});  // Uncorrectable and, on the other pseudo-channel, read parity
  CHECK(irq(m) == (reg::kIrqStatusUncorrectable.put(1) | reg::kIrqStatusParity.put(1)));
  CHECK(m.dut->irq_o == 0);
  REQUIRE(m.write(reg::kRegIrqEnable, reg::kIrqEnableParity.put(1)) == kOkay);
  CHECK(m.dut->irq_o == 1);
  REQUIRE(m.write(reg::kRegIrqStatus, reg::kIrqStatusUncorrectable.put(1)) == kOkay);
  CHECK(irq(m) == reg::kIrqStatusParity.put(1));
  CHECK(m.dut->irq_o == 1);
  REQUIRE(m.write(reg::kRegIrqStatus, reg::kIrqStatusParity.put(1)) == kOkay);
  CHECK(m.dut->irq_o == 0);
  m.errors({1, 5});  // Neither concerns it
  CHECK(irq(m) == 0);
}

TEST_CASE("The log keeps the first error of each sort and counts all", "[hbm]") {
  ControlMachine m;
  const auto log = [&m](unsigned info) {
    return std::array{m.value(info), m.value(info + 4), m.value(info + 8)};
  };
  const auto entry = [](unsigned pc, unsigned kind, unsigned syndrome) {
    return reg::kLogCorrValid.put(1) | reg::kLogCorrPc.put(pc) | reg::kLogCorrKind.put(kind) |
           reg::kLogCorrSyndrome.put(syndrome);
  };
  using Log = std::array<std::uint32_t, 3>;
  m.errors({0, 1}, 0x155'5555, 0x2a0);
  m.errors({1, 1}, 0x0aa'0000, 0x111);
  CHECK(log(reg::kRegLogCorr) == Log{entry(1, 1, 0x2a1), 0x155'5556, 3});
  CHECK(log(reg::kRegLogUnc) == Log{0, 0, 0});
  m.errors({4, 2}, 0x3ff'fff0, 7);
  CHECK(log(reg::kRegLogUnc) == Log{entry(0, 4, 7), 0x3ff'fff0, 2});
  m.errors({5, 0}, 0x200'0001, 0);
  CHECK(log(reg::kRegLogRange) == Log{entry(0, 5, 0), 0x200'0001, 1});
  const std::uint32_t corr_addr = m.value(reg::kRegLogCorrAddr);
  CHECK(reg::kLogCorrAddrSid.get(corr_addr) == (0x155'5556u >> 24));
  CHECK(reg::kLogCorrAddrRow.get(corr_addr) == (0x155'5556u >> 5 & 0x7fff));
  REQUIRE(m.write(reg::kRegLogCorr, reg::kLogCorrValid.put(0)) == kOkay);
  CHECK(m.value(reg::kRegLogCorrCount) == 3);  // Writing 0 clears nothing
  REQUIRE(m.write(reg::kRegLogCorr, reg::kLogCorrValid.put(1)) == kOkay);
  CHECK(log(reg::kRegLogCorr) == Log{0, 0, 0});
  CHECK(m.value(reg::kRegLogUncCount) == 2);
  m.errors({1, 0}, 0x000'0042, 9);
  CHECK(log(reg::kRegLogCorr) == Log{entry(0, 1, 9), 0x42, 1});
}

TEST_CASE("Every cycle is in one bucket, and every event in its counter", "[hbm]") {
  ControlMachine m;
  m.start();
  Dice dice{7};
  REQUIRE(m.command(reg::kCtrlClearCounters) == kOkay);
  REQUIRE(m.write(reg::kRegCount, 0) == kOkay);
  REQUIRE(m.command(reg::kCtrlClearCounters) == kOkay);
  std::array<std::array<std::uint64_t, 8>, 2> buckets{};
  std::array<std::array<std::uint64_t, 12>, 2> events{};
  std::array<std::uint64_t, 2> rdq{}, wrq{}, debt{}, latency{};
  m.dut->s_axil_awaddr = reg::kRegCount;
  m.dut->s_axil_wdata = 1;
  m.dut->s_axil_awvalid = m.dut->s_axil_wvalid = m.dut->s_axil_bready = 1;
  // Counting starts in the cycle after the write and ends in that after the next one: found by watching
  // CYCLES.
  const auto stimulus = [&](bool counted) {
    for (unsigned pc = 0; pc < 2; ++pc) {
      const auto bucket = static_cast<unsigned>(dice.below(8));
      const auto event = static_cast<unsigned>(dice.percent(50) ? dice.below(1 << 12) : 0);
      const auto used = static_cast<unsigned>(dice.below(65)),
                 waiting = static_cast<unsigned>(dice.below(65));
      const auto owed = static_cast<int>(dice.between(0, 1000)) - 500;
      const auto late = static_cast<unsigned>(dice.below(60'000));
      const bool read = dice.percent(30);
      set_bits(m.dut->bucket_i, 3 * pc, 3, bucket);
      set_bits(m.dut->event_i, 12 * pc, 12, event);
      set_bits(m.dut->rdq_used_i, 7 * pc, 7, used);
      set_bits(m.dut->wrq_used_i, 7 * pc, 7, waiting);
      set_bits(m.dut->ref_debt_i, 12 * pc, 12, static_cast<unsigned>(owed) & 0xfff);
      set_bits(m.dut->latency_i, 16 * pc, 16, late);
      set_bits(m.dut->latency_valid_i, pc, 1, read);
      if (!counted) continue;
      ++buckets[pc][bucket];
      for (unsigned e = 0; e < 12; ++e) events[pc][e] += event >> (11 - e) & 1;
      rdq[pc] += used;
      wrq[pc] += waiting;
      if (owed > 0) debt[pc] = std::max<std::uint64_t>(debt[pc], static_cast<unsigned>(owed));
      if (read) latency[pc] = std::max<std::uint64_t>(latency[pc], late);
    }
  };
  // AW and W taken in cycle 0; set-up, access in cycles 2 and 3; so cycle 4 is the first that counts.
  for (unsigned i = 0; i < 3000; ++i) {
    stimulus(i >= 4);
    m.cycle();
    m.dut->s_axil_awvalid = m.dut->s_axil_wvalid = 0;
  }
  m.dut->s_axil_wdata = 0;
  m.dut->s_axil_awvalid = m.dut->s_axil_wvalid = 1;
  for (unsigned i = 0; i < 8; ++i) {
    stimulus(i < 4);
    m.cycle();
    m.dut->s_axil_awvalid = m.dut->s_axil_wvalid = 0;
  }
  m.dut->s_axil_bready = 0;
  const std::uint64_t cycles = m.value64(reg::kRegCycles);
  CHECK(cycles == 3000);
  for (unsigned pc = 0; pc < 2; ++pc) {
    const unsigned base = 0x100 * pc;
    std::uint64_t sum = 0;
    for (unsigned b = 0; b < 8; ++b) {
      CAPTURE(pc, b);
      const std::uint64_t count = m.value64(reg::kRegPc0Bucket + base + 8 * b);
      CHECK(count == buckets[pc][b]);
      sum += count;
    }
    CHECK(sum == cycles);
    for (unsigned e = 0; e < 12; ++e) {
      CAPTURE(pc, e);
      CHECK(m.value64(reg::kRegPc0Event + base + 8 * e) == events[pc][e]);
    }
    CHECK(m.value64(reg::kRegPc0RdqSum + base) == rdq[pc]);
    CHECK(m.value64(reg::kRegPc0WrqSum + base) == wrq[pc]);
    CHECK(m.value(reg::kRegPc0DebtMax + base) == debt[pc]);
    CHECK(m.value(reg::kRegPc0LatencyMax + base) == latency[pc]);
  }
  REQUIRE(m.command(reg::kCtrlClearCounters) == kOkay);
  for (unsigned offset = reg::kRegCycles; offset < reg::kRegCycles + 24; offset += 8)
    CHECK(m.value64(offset) == 0);
  for (unsigned offset = reg::kRegPc0Bucket; offset < reg::kRegPc0LatencyMax + 4; offset += 4) {
    CHECK(m.value(offset) == 0);
    CHECK(m.value(offset + 0x100) == 0);
  }
}
