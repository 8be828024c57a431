// PARAMS: PcIndex=1
// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_data: AXI bursts of every kind through a scheduler of any order, against a byte-accurate
// memory.

#include "unit/rtl/hbm_data_machine.hpp"

using namespace tessera;
using namespace tessera::test;

TEST_CASE("Random bursts of every kind read and leave in memory what the writes before them say",
          "[hbm][data]") {
  const unsigned seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  DataMachine machine{seed};
  Dice dice{seed * 101};
  machine.issue_percent = seed % 2 ? 100 : 35;
  machine.write_percent = static_cast<unsigned>(dice.between(10, 90));
  machine.full_percent = seed % 3 ? 0 : 30;
  machine.phy_cycles = static_cast<unsigned>(dice.between(3, 11));
  machine.phy_jitter = seed % 4;
  machine.master.ar_percent = machine.master.aw_percent = seed % 2 ? 100 : 40;
  machine.master.w_percent = seed % 3 ? 100 : 60;
  machine.master.r_percent = seed % 3 ? 100 : 50;
  machine.master.b_percent = seed % 4 ? 100 : 30;
  // From sixteen grains, where everything collides, to a few pages.
  const std::uint64_t span = std::array<std::uint64_t, 4>{64, 512, 4096, 65536}[seed % 4];
  const std::uint64_t base = dice.below(kPartBytes / 65536) * 65536;
  for (unsigned i = 0; i < 1200; ++i) machine.master.push(random_op(dice, base, span));
  machine.drain();
  machine.check_memory();
  REQUIRE(machine.held_writes > 100);  // Partial writes were among them
  REQUIRE(machine.events[kRmw] == machine.held_writes);
  REQUIRE(machine.errors.empty());
}

TEST_CASE("Bursts stand on DFI at WL and RL for even and odd latencies", "[hbm][data]") {
  for (const auto& [rl, wl] :
       std::vector<std::pair<unsigned, unsigned>>{{20, 10}, {17, 9}, {6, 6}, {7, 7}, {48, 32}, {63, 63}}) {
    CAPTURE(rl, wl);
    DataMachine machine{rl};
    Dice dice{wl};
    machine.latencies(rl, wl);
    machine.derr_percent = 10;
    machine.dut->retry_limit_i = 3;
    for (unsigned i = 0; i < 150; ++i) machine.master.push(random_op(dice, 0, 8192));
    machine.master.legal = [](const AxiOp&, unsigned, unsigned) { return true; };
    machine.drain();
    REQUIRE(machine.wr_issues > 100);
    REQUIRE(machine.events[kWrRetry] > 5);
    if (machine.errors.empty()) machine.check_memory();
  }
}

TEST_CASE("Sequential reads and sequential writes move a grain per cycle", "[hbm][data][cycles]") {
  SECTION("reads") {
    DataMachine machine{1};
    for (unsigned i = 0; i < 64; ++i) machine.master.push(grain_op(false, i * 1024, 32, i % 16));
    machine.master.keep_log = true;
    machine.drain();
    const auto& log = machine.master.log;
    REQUIRE(log.size() == 2048);
    REQUIRE(log[2040].first - log[1000].first == 1040);
  }
  SECTION("reads of one beat") {
    DataMachine machine{1};
    for (unsigned i = 0; i < 500; ++i) machine.master.push(grain_op(false, i * 32, 1, i % 16));
    machine.master.keep_log = true;
    machine.drain();
    const auto& log = machine.master.log;
    REQUIRE(log[490].first - log[100].first <= 391);
  }
  SECTION("writes") {
    DataMachine machine{1};
    for (unsigned i = 0; i < 64; ++i) machine.master.push(grain_op(true, i * 1024, 32, i % 16));
    while (machine.wr_issues < 100) machine.cycle();
    const std::uint64_t from = machine.dut.cycles();
    while (machine.wr_issues < 1900) machine.cycle();
    REQUIRE(machine.dut.cycles() - from <= 1800);
    machine.drain();
    machine.check_memory();
  }
  SECTION("both at once: a column command per cycle") {
    DataMachine machine{1};
    for (unsigned i = 0; i < 64; ++i) {
      machine.master.push(grain_op(true, i * 1024, 32, i % 16));
      machine.master.push(grain_op(false, (i + 512) * 1024, 32, i % 16));
    }
    machine.run(200);
    const std::uint64_t before = machine.wr_issues + machine.rd_issues;
    machine.run(1500);
    REQUIRE(machine.wr_issues + machine.rd_issues - before >= 1495);
    machine.drain();
  }
}

TEST_CASE("A lone read is pushed 3 cycles after AR and answered 4 cycles after its data",
          "[hbm][data][cycles]") {
  DataMachine machine{1};
  machine.run(5);
  machine.master.keep_log = true;
  machine.master.push(grain_op(false, 4096, 1));
  const std::uint64_t ar = machine.dut.cycles();
  machine.drain();
  REQUIRE(machine.push_cycles.at(0) - ar == 3);
  REQUIRE(machine.master.log.at(0).first - machine.dfi_rd_cycles.at(0) == 4);
}

TEST_CASE("A lone write is pushed 4 cycles after AW and answered 2 cycles after that",
          "[hbm][data][cycles]") {
  DataMachine machine{1};
  machine.run(5);
  machine.master.push(grain_op(true, 4096, 1));
  const std::uint64_t aw = machine.dut.cycles();
  while (machine.master.write_bursts == 0) machine.cycle();
  REQUIRE(machine.wr_push_cycles.at(0) - aw == 4);
  REQUIRE(machine.dut.cycles() - 1 - machine.wr_push_cycles.at(0) == 2);
  machine.drain();
}

TEST_CASE("A read after the B of a write to its grain gets the new data whatever the scheduler likes",
          "[hbm][data]") {
  DataMachine machine{3};
  machine.write_percent = 1;  // Reads go first unless only writes are there
  Dice dice{3};
  for (unsigned round = 0; round < 60; ++round) {
    const std::uint64_t addr = 32 * dice.below(4);
    AxiOp write = grain_op(true, addr, 1, 0, static_cast<std::uint8_t>(round));
    write.strobe[0] = dice.percent(50) ? ~0u : static_cast<std::uint32_t>(dice.below(1u << 31));
    machine.master.push(write);
    while (!machine.master.idle()) machine.cycle();
    for (unsigned i = 0; i < 4; ++i) machine.master.push(grain_op(false, addr, 1, i));
    while (!machine.master.idle()) machine.cycle();
  }
  machine.drain();
  machine.check_memory();
}

TEST_CASE("A stream of reads of one grain does not keep a write to it waiting for ever", "[hbm][data]") {
  DataMachine machine{4};
  for (unsigned i = 0; i < 1500; ++i) machine.master.push(grain_op(false, 64, 1, i % 16));
  machine.run(50);
  machine.master.push(grain_op(true, 64, 1, 0, 0x5A));
  const std::uint64_t from = machine.dut.cycles();
  while (machine.master.write_bursts == 0) machine.cycle();
  REQUIRE(machine.dut.cycles() - from < 200);
  machine.drain();
  machine.check_memory();
}

TEST_CASE("A write without strobes is answered OKAY and never reaches memory", "[hbm][data]") {
  DataMachine machine{5};
  AxiOp op = grain_op(true, 96, 4);
  op.strobe.assign(4, 0);
  machine.master.push(op);
  machine.drain();
  REQUIRE(machine.master.responses[tb::kOkay] == 1);
  REQUIRE(machine.wr_issues == 0);
  REQUIRE(machine.rd_issues == 0);
}

TEST_CASE("Narrow beats to one grain leave as one write, and fill it without a read", "[hbm][data]") {
  DataMachine machine{6};
  AxiOp op;
  op.write = true;
  op.addr = 256;
  op.beats = 16;
  op.size = 2;
  for (unsigned i = 0; i < 16; ++i) {
    op.data.push_back(grain_at(32 * i));
    op.strobe.push_back(0xFu << (4 * i % 32));
  }
  machine.master.push(op);
  machine.drain();
  machine.check_memory();
  REQUIRE(machine.wr_issues == 2);
  REQUIRE(machine.rd_issues == 0);
}

TEST_CASE("Grains outside the part are answered DECERR, and logged with their grain address", "[hbm][data]") {
  DataMachine machine{7};
  machine.master.legal = [](const AxiOp& op, unsigned, unsigned resp) {
    return resp == (op.addr >= kPartBytes ? tb::kDecErr : tb::kOkay);
  };
  for (unsigned bit = 29; bit < 48; ++bit) {
    const std::uint64_t addr = (std::uint64_t{1} << bit) + 32 * bit;
    machine.master.push(grain_op(bit % 2, addr, 3));
    machine.master.push(grain_op(true, kPartBytes - 96, 3));
    machine.master.push(grain_op(false, kPartBytes - 96, 3));
  }
  machine.drain();
  machine.check_memory();
  REQUIRE(machine.master.responses[tb::kDecErr] ==
          10 + 9 * 3);  // B of the odd bits, R beats of the even ones
  REQUIRE_FALSE(machine.errors.empty());
  for (const auto& e : machine.errors) {
    REQUIRE(e.kind == kAddress);
    const unsigned low = e.addr & 0xFFFFFF;  // Of the grain address; bits 29 and 30 are in the log too
    CAPTURE(low);
    REQUIRE(low >= 29);
    REQUIRE(low < 50);
  }
}

TEST_CASE("Malformed bursts are answered SLVERR for every beat and touch nothing", "[hbm][data]") {
  DataMachine machine{8, /*monitored=*/false};
  machine.master.legal = [](const AxiOp& op, unsigned, unsigned resp) {
    return resp == (op.burst == 3 || op.size > 5 ? tb::kSlvErr : tb::kOkay);
  };
  for (unsigned i = 0; i < 24; ++i) {
    AxiOp op = grain_op(i % 2, 4096 * i, 1 + i, i % 16);
    if (i % 3 == 0) op.burst = 3;
    if (i % 3 == 1) op.size = 6 + i / 3 % 2;
    machine.master.push(op);
  }
  machine.drain();
  unsigned writes = 0, reads = 0;
  for (unsigned i = 2; i < 24; i += 3) (i % 2 ? writes : reads) += 1 + i;
  REQUIRE(machine.wr_issues == writes);
  REQUIRE(machine.rd_issues == reads);
}

TEST_CASE("While not ready accesses are answered SLVERR at once, and none reaches the queues",
          "[hbm][data]") {
  DataMachine machine{9};
  Dice dice{9};
  machine.dut->ready_i = 0;
  machine.master.legal = [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kSlvErr; };
  for (unsigned i = 0; i < 200; ++i) machine.master.push(random_op(dice, 0, 65536));
  machine.drain(10'000);
  REQUIRE(machine.push_cycles.empty());
  REQUIRE(machine.wr_push_cycles.empty());
  machine.dut->ready_i = 1;
  machine.master.legal = [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kOkay; };
  for (unsigned i = 0; i < 50; ++i) machine.master.push(grain_op(i % 2, 65536 + 512 * i, 4));
  machine.drain();
}
