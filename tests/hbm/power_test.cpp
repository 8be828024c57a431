// SPDX-License-Identifier: Apache-2.0
//
// Power-down and self-refresh: entered when idle or when told, left for an access, and the contents survive.

#include "hbm/machine.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

std::uint64_t commands(const Machine& m, dram::Op op) {
  return m.bench.device().stats().commands[static_cast<unsigned>(op)];
}

}  // namespace

TEST_CASE("an idle channel powers the device down and an access wakes it", "[hbm][power]") {
  Machine m;
  REQUIRE(m.write(0, 0x1000, {beat_of(1)}).resp == tb::kOkay);
  m.bench.write_register(regs::kRegPowerDown, regs::kPowerDownCycles.put(500));
  m.bench.run(20'000);
  REQUIRE(commands(m, dram::Op::kPde) > 0);
  const auto result = m.read(0, 0x1000);
  REQUIRE(result.resp == tb::kOkay);
  REQUIRE(result.data[0] == beat_of(1));
  REQUIRE(commands(m, dram::Op::kPdx) > 0);
  REQUIRE(m.bench.read_register64(regs::kRegPdCycles) > 0);
  // Traffic with gaps as long as the idle time: in and out again, many times.
  const std::uint64_t before = commands(m, dram::Op::kPde);
  tb::Random random(3);
  for (unsigned i = 0; i < 60; ++i) {
    const unsigned pc = i % dram::kPcs;
    REQUIRE(m.write(pc, i * 4096, {beat_of(i)}).resp == tb::kOkay);
    m.bench.run(random.below(1200));
    REQUIRE(m.read(pc, i * 4096).data[0] == beat_of(i));
    m.bench.run(450 + random.below(100));
  }
  REQUIRE(commands(m, dram::Op::kPde) > before + 10);
}

TEST_CASE("a long idle channel puts the device into self-refresh and an access wakes it", "[hbm][power]") {
  Machine m;
  REQUIRE(m.write(1, 0x2000, {beat_of(2)}).resp == tb::kOkay);
  m.bench.write_register(regs::kRegPowerDown, regs::kPowerDownCycles.put(300));
  m.bench.write_register(regs::kRegSelfRefresh, regs::kSelfRefreshCycles.put(4000));
  m.bench.run_until([&] { return m.state() == regs::State::kSelfRefresh; }, 60'000, "self-refresh");
  const std::uint64_t refreshes = commands(m, dram::Op::kRefPb) + commands(m, dram::Op::kRefAb);
  m.bench.run(100'000);  // 16 tREFI: the device looks after itself
  REQUIRE(m.state() == regs::State::kSelfRefresh);
  REQUIRE(commands(m, dram::Op::kRefPb) + commands(m, dram::Op::kRefAb) == refreshes);
  const auto result = m.read(1, 0x2000);
  REQUIRE(result.resp == tb::kOkay);
  REQUIRE(result.data[0] == beat_of(2));
  REQUIRE(m.bench.read_register64(regs::kRegSrCycles) > 90'000);
  m.bench.run(2000);
}

TEST_CASE("self-refresh by command refuses accesses until it is taken back", "[hbm][power]") {
  Machine m;
  dram::RandomMasterConfig config;
  config.beats = 2000;
  config.pages = {0, 0x10000, 0x345000, 0x7000};
  dram::RandomMaster master(config);
  m.bench.attach(0, &master);
  m.bench.run_until([&] { return master.done(); }, 200'000, "traffic to end");
  m.bench.attach(0, &m.master[0]);
  m.bench.write_register(regs::kRegCtrl, regs::kCtrlSrEnter.put(1));
  m.bench.run_until([&] { return m.state() == regs::State::kSelfRefresh; }, 60'000, "self-refresh");
  REQUIRE_FALSE(m.bench.ready());
  REQUIRE(m.read(0, 0x1000).resp == tb::kSlvErr);
  m.bench.run(100'000);
  REQUIRE(m.state() == regs::State::kSelfRefresh);
  m.bench.write_register(regs::kRegCtrl, regs::kCtrlSrExit.put(1));
  m.bench.run_until([&] { return m.bench.ready(); }, 10'000, "ready");
  const dram::Backdoor back = m.bench.backdoor(0);
  unsigned checked = 0;
  master.scoreboard().each([&](std::uint64_t grain) {
    tb::Beat stored;
    back.read(grain * tb::kBeatBytes, stored);
    if (stored != master.scoreboard().settled(grain)) REQUIRE(stored == master.scoreboard().settled(grain));
    if (checked++ < 40) REQUIRE(m.read(0, grain * tb::kBeatBytes).data[0] == stored);
  });
  REQUIRE(checked > 0);
}

TEST_CASE("self-refresh by command under load loses nothing that was answered", "[hbm][power]") {
  Machine m;
  dram::RandomMasterConfig config;
  config.beats = 3000;
  config.pages = {0x40000, 0x41000, 0x999000};
  config.expect_errors = true;
  dram::RandomMaster master(config);
  m.bench.attach(1, &master);
  m.bench.run(800);
  m.bench.write_register(regs::kRegCtrl, regs::kCtrlSrEnter.put(1));
  m.bench.run_until([&] { return master.done(); }, 200'000, "every access to be answered");
  m.bench.attach(1, &m.master[1]);
  REQUIRE(master.errors() > 0);
  m.bench.run_until([&] { return m.state() == regs::State::kSelfRefresh; }, 60'000, "self-refresh");
  m.bench.write_register(regs::kRegCtrl, regs::kCtrlSrExit.put(1));
  m.bench.run_until([&] { return m.bench.ready(); }, 10'000, "ready");
  REQUIRE(m.write(1, 0x40000, {beat_of(3)}).resp == tb::kOkay);
  REQUIRE(m.read(1, 0x40000).data[0] == beat_of(3));
}
