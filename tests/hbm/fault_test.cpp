// SPDX-License-Identifier: Apache-2.0
//
// Faults of wires and of the device: dead lanes, wrong parity, a PHY that cannot train, a device that shuts
// down. Every access is answered, wrongly never.

#include "hbm/machine.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

constexpr unsigned kPages = 8;

// Traffic on one port that ends, contents judged by the scoreboard.
dram::RandomMasterConfig traffic(std::uint64_t seed, std::uint64_t beats, bool expect_errors = false) {
  dram::RandomMasterConfig config;
  config.seed = seed;
  config.beats = beats;
  for (std::uint64_t i = 0; i < kPages; ++i) config.pages.push_back((seed * 37 + i * 1234) << 12);
  config.expect_errors = expect_errors;
  return config;
}

void run(Machine& m, unsigned pc, dram::RandomMaster& master, std::uint64_t limit = 400'000) {
  m.bench.attach(pc, &master);
  m.bench.run_until([&] { return master.done(); }, limit, "traffic to end");
  m.bench.attach(pc, &m.master[pc]);
}

// After a catastrophe: both ports answer SLVERR, at once.
void check_refuses(Machine& m) {
  for (unsigned pc = 0; pc < dram::kPcs; ++pc) {
    REQUIRE(m.read(pc, 0x4000, 4).resp == tb::kSlvErr);
    REQUIRE(m.write(pc, 0x4000, {beat_of(1), beat_of(2)}).resp == tb::kSlvErr);
    REQUIRE(m.master[pc].result().cycles < 100);
  }
}

}  // namespace

TEST_CASE("accesses before the channel is started answer SLVERR", "[hbm][fault]") {
  Machine m({}, false);
  REQUIRE(m.state() == regs::State::kReset);
  REQUIRE_FALSE(m.bench.ready());
  check_refuses(m);
  m.bench.start();
  REQUIRE(m.write(0, 0x4000, {beat_of(1)}).resp == tb::kOkay);
  REQUIRE(m.read(0, 0x4000).data[0] == beat_of(1));
}

TEST_CASE("an address beyond the part answers DECERR and is logged", "[hbm][fault]") {
  Machine m;
  const std::uint64_t end = dram::Geometry{}.bytes();
  REQUIRE(m.read(0, end).resp == tb::kDecErr);
  REQUIRE(m.write(1, std::uint64_t{1} << 40, {beat_of(1)}).resp == tb::kDecErr);
  REQUIRE(m.bench.read_register(regs::kRegLogRangeCount) == 2);
  const std::uint32_t log = m.bench.read_register(regs::kRegLogRange);
  REQUIRE(regs::kLogRangeKind.get(log) == 5);
  REQUIRE(regs::kLogRangePc.get(log) == 0);
  REQUIRE(m.read(0, end - tb::kBeatBytes).resp == tb::kOkay);
}

TEST_CASE("a dead lane is replaced by the spare", "[hbm][fault]") {
  // A lane of each group and kind: DQ of both halves, ECC, DBI, DPAR.
  for (const unsigned lane : {3U, 27U, 32U, 33U, 34U, 37U, 38U}) {
    INFO("lane " << lane);
    Machine m({}, false);
    m.bench.device().stick_lane(1, lane, lane % 2 != 0);
    m.bench.start();
    dram::RandomMaster master(traffic(lane, 500));
    run(m, 1, master);
    REQUIRE(m.event(1, Machine::kCorrected) == 0);
    REQUIRE(m.event(1, Machine::kReadRetry) == 0);
    REQUIRE(m.event(1, Machine::kWriteRetry) == 0);
  }
}

TEST_CASE("a dead lane in each half of both pseudo-channels is replaced", "[hbm][fault]") {
  Machine m({}, false);
  for (unsigned pc = 0; pc < dram::kPcs; ++pc) {
    m.bench.device().stick_lane(pc, 9 + pc, true);
    m.bench.device().stick_lane(pc, 20 + pc, false);
  }
  m.bench.start();
  for (unsigned pc = 0; pc < dram::kPcs; ++pc) {
    dram::RandomMaster master(traffic(pc + 3, 500));
    run(m, pc, master);
    REQUIRE(m.event(pc, Machine::kCorrected) == 0);
  }
}

TEST_CASE("a PHY that cannot train leaves a channel that answers SLVERR", "[hbm][fault]") {
  Machine m({}, false);
  m.bench.device().stick_lane(0, 4, false);  // Two dead lanes, one spare
  m.bench.device().stick_lane(0, 5, true);
  m.bench.write_register(regs::kRegIrqEnable, regs::kIrqEnableFailed.put(1));
  REQUIRE(m.bench.try_start() == static_cast<unsigned>(regs::State::kFailed));
  REQUIRE(m.reason() == regs::Reason::kPhy);
  REQUIRE(m.bench.irq());
  REQUIRE_FALSE(m.bench.ready());
  check_refuses(m);
  m.bench.device().free_lanes(0);
  m.bench.start();
  REQUIRE(m.write(0, 0, {beat_of(4)}).resp == tb::kOkay);
  REQUIRE(m.read(0, 0).data[0] == beat_of(4));
}

TEST_CASE("read bursts with wrong parity are repeated", "[hbm][fault]") {
  Machine m;
  std::vector<tb::Beat> data;
  for (unsigned i = 0; i < 8; ++i) data.push_back(beat_of(i));
  REQUIRE(m.write(0, 0x7000, data).resp == tb::kOkay);
  m.bench.run(2000);
  for (const unsigned bad : {1U, 2U}) {
    const std::uint64_t before = m.event(0, Machine::kReadRetry);
    m.bench.device().corrupt_reads(0, bad);
    const auto result = m.read(0, 0x7000, 8);
    REQUIRE(result.resp == tb::kOkay);
    for (unsigned i = 0; i < 8; ++i) REQUIRE(result.data[i] == data[i]);
    REQUIRE(m.event(0, Machine::kReadRetry) == before + bad);
  }
}

TEST_CASE("a read burst with wrong parity three times answers SLVERR", "[hbm][fault]") {
  Machine m;
  m.bench.write_register(regs::kRegIrqEnable, regs::kIrqEnableParity.put(1));
  m.bench.device().corrupt_reads(1, 3);
  REQUIRE(m.read(1, 0x9000).resp == tb::kSlvErr);
  REQUIRE(m.event(1, Machine::kReadRetry) == 2);
  const std::uint32_t log = m.bench.read_register(regs::kRegLogUnc);
  REQUIRE(regs::kLogUncKind.get(log) == 3);
  REQUIRE(regs::kLogUncPc.get(log) == 1);
  REQUIRE(logged_address(m.bench.read_register(regs::kRegLogUncAddr)) == m.bench.backdoor(1).locate(0x9000));
  REQUIRE(m.bench.irq());
  REQUIRE(m.read(1, 0x9000).resp == tb::kOkay);
}

TEST_CASE("write bursts with wrong parity are repeated", "[hbm][fault]") {
  Machine m;
  std::vector<tb::Beat> data;
  for (unsigned i = 0; i < 8; ++i) data.push_back(beat_of(i + 50));
  m.bench.device().fail_writes(0, 2);
  REQUIRE(m.write(0, 0xA000, data).resp == tb::kOkay);
  const auto result = m.read(0, 0xA000, 8);
  for (unsigned i = 0; i < 8; ++i) REQUIRE(result.data[i] == data[i]);
  m.bench.run(2000);
  REQUIRE(m.event(0, Machine::kWriteRetry) == 2);
}

TEST_CASE("parity errors under load lose nothing", "[hbm][fault]") {
  Machine m;
  dram::RandomMaster master(traffic(17, 3000));
  m.bench.attach(0, &master);
  tb::Random random(9);
  std::uint64_t bad_reads = 0;
  std::uint64_t bad_writes = 0;
  for (unsigned i = 0; i < 20'000 && !master.done(); ++i) {
    m.bench.run(50);
    // Never more than the two repeats in a row that a burst may have.
    if (random.chance(0.3) && m.event(0, Machine::kReadRetry) == bad_reads) {
      m.bench.device().corrupt_reads(0, 2);
      bad_reads += 2;
    }
    if (random.chance(0.3) && m.event(0, Machine::kWriteRetry) == bad_writes) {
      m.bench.device().fail_writes(0, 2);
      bad_writes += 2;
    }
  }
  REQUIRE(master.done());
  m.bench.attach(0, &m.master[0]);
  REQUIRE(m.event(0, Machine::kReadRetry) > 0);
  REQUIRE(m.event(0, Machine::kWriteRetry) > 0);
}

TEST_CASE("a command with bad parity is fatal: all is answered, nothing more leaves, a start begins anew",
          "[hbm][fault]") {
  Machine m;
  m.bench.write_register(regs::kRegIrqEnable, regs::kIrqEnableAerr.put(1));
  dram::RandomMaster master(traffic(23, 4000, true));
  m.bench.attach(0, &master);
  m.bench.run(1500);
  REQUIRE_FALSE(master.done());
  m.bench.device().fail_commands(1);
  m.bench.run_until([&] { return master.done(); }, 200'000, "every access to be answered");
  m.bench.attach(0, &m.master[0]);
  REQUIRE(master.errors() > 0);
  REQUIRE(m.state() == regs::State::kFatal);
  REQUIRE(m.reason() == regs::Reason::kAerr);
  REQUIRE(m.bench.irq());
  check_refuses(m);
  m.bench.start();
  REQUIRE(m.write(0, 0x3000, {beat_of(8)}).resp == tb::kOkay);
  REQUIRE(m.read(0, 0x3000).data[0] == beat_of(8));
}

TEST_CASE("an injected command parity error is seen by the device", "[hbm][fault]") {
  Machine m;
  const std::uint64_t before = m.bench.device().stats().aerr;  // Training meets some
  m.bench.write_register(regs::kRegInject,
                         regs::kInjectKind.put(static_cast<std::uint32_t>(regs::Inject::kCommand)));
  static_cast<void>(m.read(0, 0x3000));
  m.bench.run(8000);  // Refresh at the latest carries the bad bit
  REQUIRE(m.bench.device().stats().aerr > before);
  REQUIRE(m.state() == regs::State::kFatal);
}

TEST_CASE("a device that shuts down is reported, and nothing hangs", "[hbm][fault]") {
  Machine m;
  m.bench.write_register(regs::kRegIrqEnable, regs::kIrqEnableCattrip.put(1));
  dram::RandomMaster m0(traffic(31, 4000, true));
  dram::RandomMaster m1(traffic(32, 4000, true));
  m.bench.attach(0, &m0);
  m.bench.attach(1, &m1);
  m.bench.run(1500);
  m.bench.device().trip();
  m.bench.run_until([&] { return m0.done() && m1.done(); }, 200'000, "every access to be answered");
  for (unsigned pc = 0; pc < dram::kPcs; ++pc) m.bench.attach(pc, &m.master[pc]);
  REQUIRE(m0.errors() + m1.errors() > 0);
  REQUIRE(m.state() == regs::State::kFatal);
  REQUIRE(m.reason() == regs::Reason::kCattrip);
  REQUIRE(m.bench.irq());
  check_refuses(m);
  m.bench.device().power_cycle();
  m.bench.start();
  REQUIRE(m.write(1, 0, {beat_of(5)}).resp == tb::kOkay);
  REQUIRE(m.read(1, 0).data[0] == beat_of(5));
}
