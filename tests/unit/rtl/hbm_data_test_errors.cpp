// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_data: bits wrong in memory, parity wrong on the way, errors injected by software.

#include "unit/rtl/hbm_data_machine.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

// Hamming position of a codeword bit: what the low nine bits of the syndrome say.
unsigned position(unsigned bit) {
  if (bit >= 256) return bit == 265 ? 0 : 1u << (bit - 256);
  unsigned n = 3;
  for (unsigned left = bit;; ++n) {
    if ((n & (n - 1)) == 0) continue;
    if (left-- == 0) return n;
  }
}

void fill(DataMachine& machine, std::uint64_t addr, unsigned grains) {
  for (unsigned i = 0; i < grains; i += 32) {
    machine.master.push(grain_op(true, addr + 32 * i, std::min(32u, grains - i)));
  }
  machine.drain();
}

AxiOp one_byte(std::uint64_t addr, std::uint8_t value) {
  AxiOp op;
  op.write = true;
  op.addr = addr;
  op.size = 0;
  op.strobe = {1u << addr % 32};
  op.data.resize(1);
  op.data[0][addr % 32] = value;
  return op;
}

}  // namespace

TEST_CASE("Every single wrong bit of a grain is corrected, counted, logged and scrubbed",
          "[hbm][data][ecc]") {
  DataMachine machine{1};
  fill(machine, 0, 272);
  for (unsigned bit = 0; bit < 266; ++bit) {
    CAPTURE(bit);
    machine.errors.clear();
    machine.flip(32 * bit, bit);
    machine.master.push(grain_op(false, 32 * bit, 1));
    machine.drain();
    machine.run(3);
    REQUIRE(machine.errors ==
            std::vector<DataMachine::Error>{{kCorrected, machine.daddr(32 * bit), 0x200 | position(bit)}});
  }
  REQUIRE(machine.events[kEccCorr] == 266);
  REQUIRE(machine.events[kScrub] == 266);
  REQUIRE(machine.events[kEccUnc] == 0);
  REQUIRE(machine.master.responses[tb::kOkay] == 9 + 266);
  machine.check_memory();                                                  // Clean again
  for (unsigned bit = 266; bit < 272; ++bit) machine.flip(32 * bit, bit);  // Reserved: not looked at
  machine.errors.clear();
  machine.master.push(grain_op(false, 32 * 266, 6));
  machine.drain();
  REQUIRE(machine.errors.empty());
}

TEST_CASE("With scrubbing off a corrected grain is left alone in memory", "[hbm][data][ecc]") {
  DataMachine machine{2};
  fill(machine, 0, 4);
  machine.dut->scrub_enable_i = 0;
  machine.flip(32, 77);
  const auto before = machine.cell(32);
  machine.master.push(grain_op(false, 0, 4));
  machine.master.push(grain_op(false, 0, 4));
  machine.drain();
  REQUIRE(machine.events[kEccCorr] == 2);
  REQUIRE(machine.events[kScrub] == 0);
  REQUIRE(machine.cell(32) == before);
}

TEST_CASE("Two wrong bits give SLVERR for their beat alone, and a log entry with the address",
          "[hbm][data][ecc]") {
  DataMachine machine{3};
  fill(machine, 0, 64);
  Dice dice{3};
  machine.master.legal = [](const AxiOp& op, unsigned i, unsigned resp) {
    return resp == (op.write || i != 3 ? tb::kOkay : tb::kSlvErr);
  };
  for (unsigned round = 0; round < 50; ++round) {
    const unsigned a = static_cast<unsigned>(dice.below(266));
    const unsigned b = (a + 1 + static_cast<unsigned>(dice.below(265))) % 266;
    CAPTURE(a, b);
    machine.errors.clear();
    machine.flip(96, a);
    machine.flip(96, b);
    const auto before = machine.cell(96);
    machine.master.keep_log = true;
    machine.master.log.clear();
    machine.master.push(grain_op(false, 0, 8));
    machine.drain();
    REQUIRE(machine.master.log.at(3).second == before.data);  // As read
    REQUIRE(machine.errors ==
            std::vector<DataMachine::Error>{{kUncorrectable, machine.daddr(96), position(a) ^ position(b)}});
    REQUIRE(machine.cell(96) == before);  // Not scrubbed
    machine.flip(96, a);
    machine.flip(96, b);
  }
  REQUIRE(machine.events[kEccUnc] == 50);
}

TEST_CASE("A partial write onto an uncorrectable grain is answered SLVERR and leaves memory as it was",
          "[hbm][data][ecc]") {
  DataMachine machine{4};
  fill(machine, 0, 4);
  machine.flip(64, 3);
  machine.flip(64, 200);
  const auto before = machine.cell(64);
  machine.master.legal = [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kSlvErr; };
  machine.master.push(one_byte(70, 1));
  machine.drain();
  REQUIRE(machine.cell(64) == before);
  REQUIRE(machine.errors.size() == 1);
  REQUIRE(machine.errors[0].kind == kUncorrectable);
  REQUIRE(machine.events[kRmw] == 0);
  // A whole grain needs nothing of the old one.
  machine.master.legal = [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kOkay; };
  fill(machine, 64, 1);
  REQUIRE(machine.cell(64).meta == tb::hbm::secded_encode(machine.cell(64).data));
}

TEST_CASE("Dropped writes among many good ones leave nothing behind", "[hbm][data][ecc]") {
  DataMachine machine{12};
  fill(machine, 0, 64);
  for (std::uint64_t a = 0; a < 2048; a += 32) {
    machine.flip(a, 1);
    machine.flip(a, 2);
  }
  const auto before = machine.cells;
  machine.master.legal = [](const AxiOp& op, unsigned, unsigned resp) {
    return resp == (op.addr < 2048 ? tb::kSlvErr : tb::kOkay);
  };
  for (unsigned i = 0; i < 1000; ++i) {
    machine.master.push(i % 3 ? grain_op(true, 65536 + 32 * i, 1) : one_byte(32 * (i % 64), 7));
  }
  machine.drain();
  for (const auto& [addr, word] : before) REQUIRE(machine.cells.at(addr) == word);
  REQUIRE(machine.master.responses[tb::kSlvErr] == 334);
}

TEST_CASE("A partial write onto a correctable grain merges with what was meant", "[hbm][data][ecc]") {
  DataMachine machine{5};
  fill(machine, 0, 4);
  machine.flip(64, 100);
  machine.master.push(one_byte(70, 0xEE));
  machine.drain();
  REQUIRE(machine.events[kEccCorr] == 1);
  REQUIRE(machine.events[kRmw] == 1);
  REQUIRE(machine.events[kScrub] == 0);
  machine.check_memory();
}

TEST_CASE("With ECC off metadata are zero and nothing is corrected", "[hbm][data][ecc]") {
  DataMachine machine{6};
  machine.dut->ecc_enable_i = 0;
  machine.codes_checked = false;
  fill(machine, 0, 4);
  REQUIRE(machine.cell(32).meta == 0);
  machine.flip(32, 9);
  const auto wrong = machine.cell(32).data;
  machine.master.memory.write(33, wrong[1], 0,
                              ~0u);  // The scoreboard is told of the wrong bit: byte 1 may read so
  machine.master.keep_log = true;
  machine.master.push(grain_op(false, 32, 1));
  machine.drain();
  REQUIRE(machine.master.log.at(0).second == wrong);
  REQUIRE(machine.errors.empty());
}

TEST_CASE("Injected errors turn exactly the bits asked for in the next burst, and no other",
          "[hbm][data][ecc]") {
  DataMachine machine{7};
  machine.codes_checked = false;
  Dice dice{7};
  for (unsigned round = 0; round < 40; ++round) {
    const unsigned a = static_cast<unsigned>(dice.below(272));
    const unsigned b = (a + 1 + static_cast<unsigned>(dice.below(271))) % 272;
    const unsigned count = 1 + round % 2;
    CAPTURE(a, b, count);
    set_bits(machine.dut->inject_i, 0, 20, count << 18 | a << 9 | b);
    machine.cycle();
    set_bits(machine.dut->inject_i, 0, 20, 0);
    const std::uint64_t addr = 64 * round;
    machine.in_order = true;
    fill(machine, addr, 2);
    machine.flip(addr, a);
    if (count == 2) machine.flip(addr, b);
    machine.check_memory();
  }
}

TEST_CASE("A read with bad parity is repeated, and answered SLVERR when the limit is passed",
          "[hbm][data][parity]") {
  DataMachine machine{8};
  fill(machine, 0, 32);
  const unsigned limit = GENERATE(0u, 1u, 2u, 3u);
  machine.dut->retry_limit_i = static_cast<std::uint8_t>(limit);
  for (unsigned failures = 0; failures <= limit + 1; ++failures) {
    CAPTURE(limit, failures);
    const bool lost = failures > limit;
    machine.errors.clear();
    machine.events[kRdRetry] = 0;
    machine.bad_reads[machine.daddr(64)] = failures;
    machine.master.legal = [lost](const AxiOp&, unsigned i, unsigned resp) {
      return resp == (lost && i == 2 ? tb::kSlvErr : tb::kOkay);
    };
    machine.master.push(grain_op(false, 0, 8));
    machine.drain();
    REQUIRE(machine.events[kRdRetry] == std::min(failures, limit));
    REQUIRE(machine.errors.size() == (lost ? 1 : 0));
    if (lost) REQUIRE(machine.errors[0] == DataMachine::Error{kReadParity, machine.daddr(64), 0});
  }
}

TEST_CASE("A write with bad parity goes out again, and is logged as lost when the limit is passed",
          "[hbm][data][parity]") {
  DataMachine machine{9};
  fill(machine, 0, 32);
  const unsigned limit = GENERATE(0u, 1u, 2u, 3u);
  machine.dut->retry_limit_i = static_cast<std::uint8_t>(limit);
  for (unsigned failures = 0; failures <= limit + 1; ++failures) {
    CAPTURE(limit, failures);
    const bool lost = failures > limit;
    machine.errors.clear();
    machine.events[kWrRetry] = 0;
    machine.bad_writes[machine.daddr(64)] = failures;
    const auto before = machine.cell(64);
    machine.master.push(grain_op(true, 0, 8, 0, static_cast<std::uint8_t>(failures + 1)));
    machine.drain();
    machine.run(3);
    REQUIRE(machine.events[kWrRetry] == std::min(failures, limit));
    REQUIRE(machine.errors.size() == (lost ? 1 : 0));
    REQUIRE((machine.cell(64) == before) == lost);
    if (lost) REQUIRE(machine.errors[0] == DataMachine::Error{kWriteParity, machine.daddr(64), 0});
  }
}

TEST_CASE("A merging read that stays bad answers the write SLVERR and drops it", "[hbm][data][parity]") {
  DataMachine machine{10};
  fill(machine, 0, 4);
  const auto before = machine.cell(32);
  machine.bad_reads[machine.daddr(32)] = 3;
  machine.master.legal = [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kSlvErr; };
  machine.master.push(one_byte(33, 9));
  machine.drain();
  REQUIRE(machine.cell(32) == before);
  REQUIRE(machine.errors == std::vector<DataMachine::Error>{{kReadParity, machine.daddr(32), 0}});
}

TEST_CASE("Random traffic is right under parity errors both ways and wrong bits in memory",
          "[hbm][data][parity][ecc]") {
  const unsigned seed = GENERATE(range(20u, 28u));
  CAPTURE(seed);
  DataMachine machine{seed};
  Dice dice{seed};
  machine.derr_percent = static_cast<unsigned>(dice.below(40));
  machine.par_err_percent = static_cast<unsigned>(dice.below(40));
  machine.most_in_a_row = 2;
  machine.phy_jitter = seed % 3;
  machine.full_percent = seed % 2 ? 20 : 0;
  const std::uint64_t span = seed % 2 ? 256 : 8192;
  for (unsigned i = 0; i < 800; ++i) machine.master.push(random_op(dice, 0, span));
  while (!machine.master.idle()) {
    if (dice.percent(5)) machine.soft_error(dice.below(span));
    machine.run(5);
  }
  machine.drain();
  REQUIRE(machine.events[kRdRetry] + machine.events[kWrRetry] > 0);
  REQUIRE(machine.events[kEccCorr] > 0);
  REQUIRE(machine.events[kScrub] > 0);
  REQUIRE(machine.events[kEccUnc] == 0);
  for (const auto& e : machine.errors) REQUIRE(e.kind == kCorrected);
  // Read everything once: what no access met since is corrected on the way.
  for (std::uint64_t a = 0; a < span; a += 32) machine.master.push(grain_op(false, a, 1));
  machine.drain();
}

TEST_CASE("Burst after burst of bad reads, as from a dead lane, ends in SLVERR for each and no hang",
          "[hbm][data][parity]") {
  DataMachine machine{11};
  machine.par_err_percent = 100;
  machine.phy_cycles = 11;
  machine.latencies(48, 32);
  machine.master.legal = [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kSlvErr; };
  for (unsigned i = 0; i < 40; ++i) machine.master.push(grain_op(false, 512 * i, 16));
  machine.drain();
  REQUIRE(machine.events[kRdRetry] == 2 * 640);
  REQUIRE(machine.rd_issues == 3 * 640);
}
