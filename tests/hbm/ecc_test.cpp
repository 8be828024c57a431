// SPDX-License-Identifier: Apache-2.0
//
// Bits that flip in the device: one per grain is corrected, counted and logged, two are reported and never
// silent.

#include <bit>
#include <cstdio>

#include "hbm/machine.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

constexpr unsigned kCodeBits = 266;   // Data and check bits
constexpr unsigned kGrainBits = 272;  // The rest travels along and means nothing
constexpr unsigned kBurst = 16;       // Grains read at once

// A page of known grains, written through the port and settled in the device.
struct Page {
  explicit Page(Machine& machine, unsigned pc, std::uint64_t address)
      : pc{pc}, address{address}, back{machine.bench.backdoor(pc)} {
    std::vector<tb::Beat> data;
    for (unsigned i = 0; i < kBurst; ++i) data.push_back(beat_of(address + i));
    REQUIRE(machine.write(pc, address, data).resp == tb::kOkay);
    machine.bench.run(2000);  // Past WR_IDLE
    for (unsigned i = 0; i < kBurst; ++i) REQUIRE(stored(i) == data[i]);
  }
  std::uint64_t at(unsigned i) const { return address + i * tb::kBeatBytes; }
  tb::Beat stored(unsigned i) const {
    tb::Beat beat;
    back.read(at(i), beat);
    return beat;
  }
  // Grains that are not what was written, metadata included.
  unsigned wrong() const {
    unsigned count = 0;
    for (unsigned i = 0; i < kBurst; ++i)
      count += stored(i) != beat_of(address + i) || !back.consistent(at(i));
    return count;
  }
  void flip(Machine& machine, unsigned i, unsigned bit) {
    machine.bench.device().flip_stored_bit(pc, back.locate(at(i)), bit);
  }

  unsigned pc;
  std::uint64_t address;
  dram::Backdoor back;
};

// Every bit of `bits`, one grain each.
void check_single_flips(unsigned pc, const std::vector<unsigned>& bits, bool scrub) {
  dram::ChannelBenchConfig config;
  Machine m(config, false);
  m.feature(regs::kFeaturesScrub, scrub);
  m.bench.start();
  Page page(m, pc, 0x12345000);
  for (std::size_t done = 0; done < bits.size(); done += kBurst) {
    const std::size_t count = std::min<std::size_t>(kBurst, bits.size() - done);
    const std::uint64_t corrected = m.event(pc, Machine::kCorrected);
    const std::uint64_t scrubbed = m.event(pc, Machine::kScrub);
    m.bench.write_register(regs::kRegLogCorr, 1);
    for (unsigned i = 0; i < count; ++i) page.flip(m, i, bits[done + i]);
    const auto result = m.read(pc, page.address, kBurst);
    REQUIRE(result.resp == tb::kOkay);
    for (unsigned i = 0; i < kBurst; ++i) {
      INFO("bit " << (i < count ? bits[done + i] : 0) << " of grain " << i);
      REQUIRE(result.data[i] == beat_of(page.address + i));
    }
    m.bench.run(2000);
    unsigned protected_bits = 0;
    for (unsigned i = 0; i < count; ++i) protected_bits += bits[done + i] < kCodeBits;
    REQUIRE(m.event(pc, Machine::kCorrected) - corrected == protected_bits);
    REQUIRE(m.bench.read_register(regs::kRegLogCorrCount) == protected_bits);
    const std::uint64_t scrubs = m.event(pc, Machine::kScrub) - scrubbed;
    REQUIRE(scrubs >= (scrub && protected_bits > 0));
    REQUIRE(scrubs <= (scrub ? protected_bits : 0));
    // A scrub that found no room is made up for when the grain is read again.
    for (unsigned round = 0; scrub && round < kBurst && page.wrong() > count - protected_bits; ++round) {
      REQUIRE(m.read(pc, page.address, kBurst).resp == tb::kOkay);
      m.bench.run(2000);
    }
    for (unsigned i = 0; i < count; ++i) {
      const unsigned bit = bits[done + i];
      INFO("bit " << bit);
      if (scrub && bit < kCodeBits) {
        REQUIRE(page.stored(i) == beat_of(page.address + i));
        REQUIRE(page.back.consistent(page.at(i)));
      } else {
        page.flip(m, i, bit);
      }
    }
  }
}

// Both flips in one grain, for each pair; kBurst grains at a time.
void check_double_flips(unsigned pc, const std::vector<std::pair<unsigned, unsigned>>& pairs) {
  Machine m;
  Page page(m, pc, 0x0ABCD000);
  for (std::size_t done = 0; done < pairs.size(); done += kBurst) {
    const std::size_t count = std::min<std::size_t>(kBurst, pairs.size() - done);
    m.bench.write_register(regs::kRegLogUnc, 1);
    for (unsigned i = 0; i < count; ++i) {
      page.flip(m, i, pairs[done + i].first);
      page.flip(m, i, pairs[done + i].second);
    }
    const auto result = m.read(pc, page.address, kBurst);
    for (unsigned i = 0; i < count; ++i) {
      INFO("bits " << pairs[done + i].first << " and " << pairs[done + i].second);
      REQUIRE(result.beat_resp[i] == tb::kSlvErr);
    }
    for (unsigned i = static_cast<unsigned>(count); i < kBurst; ++i)
      REQUIRE(result.beat_resp[i] == tb::kOkay);
    REQUIRE(m.bench.read_register(regs::kRegLogUncCount) == count);
    const std::uint32_t log = m.bench.read_register(regs::kRegLogUnc);
    REQUIRE(regs::kLogUncValid.get(log) == 1);
    REQUIRE(regs::kLogUncPc.get(log) == pc);
    REQUIRE(regs::kLogUncKind.get(log) == 2);
    // Grains return in any order: the log has one of those that were hit.
    const dram::DramAddress logged = logged_address(m.bench.read_register(regs::kRegLogUncAddr));
    bool known = false;
    for (unsigned i = 0; i < count; ++i) known = known || logged == page.back.locate(page.at(i));
    REQUIRE(known);
    for (unsigned i = 0; i < count; ++i) {
      page.flip(m, i, pairs[done + i].first);
      page.flip(m, i, pairs[done + i].second);
    }
  }
}

std::vector<unsigned> every(unsigned step, unsigned end = kGrainBits) {
  std::vector<unsigned> bits;
  for (unsigned b = 0; b < end; b += step) bits.push_back(b);
  return bits;
}

}  // namespace

TEST_CASE("a flipped bit of a grain is corrected, counted and written back, whichever it is", "[hbm][ecc]") {
  check_single_flips(0, every(1), true);
  check_single_flips(1, every(7), true);
}

TEST_CASE("a flipped bit is corrected at every read while scrubbing is off, whichever it is", "[hbm][ecc]") {
  check_single_flips(1, every(1), false);
}

TEST_CASE("two flipped bits of a grain answer SLVERR and are logged", "[hbm][ecc]") {
  tb::Random random(5);
  std::vector<std::pair<unsigned, unsigned>> pairs = {{0, 1}, {0, 255}, {255, 256}, {264, 265}, {0, 265}};
  while (pairs.size() < 512) {
    const auto a = static_cast<unsigned>(random.below(kCodeBits));
    const auto b = static_cast<unsigned>(random.below(kCodeBits));
    if (a != b) pairs.emplace_back(a, b);
  }
  check_double_flips(0, pairs);
  check_double_flips(1, {pairs.begin(), pairs.begin() + 20});
}

TEST_CASE("with correction switched off a flipped bit reaches the master", "[hbm][ecc]") {
  Machine m({}, false);
  m.feature(regs::kFeaturesEcc, false);
  m.bench.start();
  Page page(m, 0, 0x66000);
  page.flip(m, 4, 12);
  const auto result = m.read(0, page.at(4));
  tb::Beat expected = beat_of(page.address + 4);
  expected[1] ^= 1U << 4;
  REQUIRE(result.resp == tb::kOkay);
  REQUIRE(result.data[0] == expected);
  REQUIRE(m.event(0, Machine::kCorrected) == 0);
}

TEST_CASE("the logged address is that of the grain with the error", "[hbm][ecc]") {
  Machine m;
  Page page(m, 1, 0x01F00000);
  page.flip(m, 5, 100);
  REQUIRE(m.read(1, page.at(5)).resp == tb::kOkay);
  REQUIRE(logged_address(m.bench.read_register(regs::kRegLogCorrAddr)) == page.back.locate(page.at(5)));
  page.flip(m, 7, 3);
  page.flip(m, 7, 200);
  REQUIRE(m.read(1, page.at(7)).resp == tb::kSlvErr);
  REQUIRE(logged_address(m.bench.read_register(regs::kRegLogUncAddr)) == page.back.locate(page.at(7)));
}

TEST_CASE("an uncorrectable error raises the interrupt it enables", "[hbm][ecc]") {
  Machine m;
  Page page(m, 0, 0x8000);
  m.bench.write_register(regs::kRegIrqEnable, regs::kIrqEnableUncorrectable.put(1));
  page.flip(m, 0, 9);
  page.flip(m, 0, 10);
  REQUIRE_FALSE(m.bench.irq());
  REQUIRE(m.read(0, page.at(0)).resp == tb::kSlvErr);
  m.bench.run(10);
  REQUIRE(m.bench.irq());
  m.bench.write_register(regs::kRegIrqStatus, regs::kIrqStatusUncorrectable.put(1));
  m.bench.run(10);
  REQUIRE_FALSE(m.bench.irq());
}

TEST_CASE("a partial write into a grain with two flipped bits does not hide them", "[hbm][ecc]") {
  Machine m;
  Page page(m, 0, 0x40000);
  page.flip(m, 2, 40);
  page.flip(m, 2, 41);
  tb::AxiAddress aw;
  aw.valid = true;
  aw.addr = page.at(2) + 8;
  aw.size = 2;
  aw.burst = tb::kIncr;
  tb::AxiWriteData beat;
  beat.strb = 0xF00;
  beat.data = beat_of(99);
  m.master[0].start_write(aw, {beat});
  m.bench.run_until([&] { return !m.master[0].busy(); }, 20'000, "a write response");
  m.bench.run(2000);
  const bool told = m.master[0].result().resp == tb::kSlvErr || m.read(0, page.at(2)).resp == tb::kSlvErr;
  REQUIRE(told);
  REQUIRE(m.bench.read_register(regs::kRegLogUncCount) >= 1);
}

TEST_CASE("a partial write into a grain with one flipped bit corrects it", "[hbm][ecc]") {
  Machine m;
  Page page(m, 1, 0x50000);
  page.flip(m, 3, 200);
  tb::AxiAddress aw;
  aw.valid = true;
  aw.addr = page.at(3);
  aw.size = 1;
  aw.burst = tb::kIncr;
  tb::AxiWriteData beat;
  beat.strb = 0x3;
  beat.data = beat_of(77);
  m.master[1].start_write(aw, {beat});
  m.bench.run_until([&] { return !m.master[1].busy(); }, 20'000, "a write response");
  tb::Beat expected = beat_of(page.address + 3);
  expected[0] = beat.data[0];
  expected[1] = beat.data[1];
  const auto result = m.read(1, page.at(3));
  REQUIRE(result.resp == tb::kOkay);
  REQUIRE(result.data[0] == expected);
  REQUIRE(m.event(1, Machine::kCorrected) == 1);
  m.bench.run(2000);
  REQUIRE(page.stored(3) == expected);
  REQUIRE(page.back.consistent(page.at(3)));
}

TEST_CASE("an injected flip is found when the grain is read", "[hbm][ecc]") {
  Machine m;
  using regs::Inject;
  const auto inject = [&](Inject kind, unsigned a, unsigned b) {
    m.bench.write_register(regs::kRegInject, regs::kInjectKind.put(static_cast<std::uint32_t>(kind)) |
                                                 regs::kInjectPc.put(0) | regs::kInjectBitA.put(a) |
                                                 regs::kInjectBitB.put(b));
  };
  inject(Inject::kOneBit, 77, 0);
  REQUIRE(m.write(0, 0x1000, {beat_of(1)}).resp == tb::kOkay);
  m.bench.run(2000);
  const auto one = m.read(0, 0x1000);
  REQUIRE(one.resp == tb::kOkay);
  REQUIRE(one.data[0] == beat_of(1));
  REQUIRE(m.event(0, Machine::kCorrected) == 1);
  m.bench.run(2000);  // The scrub is a write, too
  inject(Inject::kTwoBits, 3, 260);
  REQUIRE(m.write(0, 0x2000, {beat_of(2)}).resp == tb::kOkay);
  m.bench.run(2000);
  REQUIRE(m.read(0, 0x2000).resp == tb::kSlvErr);
}

TEST_CASE("every pair of bits of a grain is reported", "[.][regress][hbm][ecc]") {
  std::vector<std::pair<unsigned, unsigned>> pairs;
  for (unsigned a = 0; a < kCodeBits; ++a) {
    for (unsigned b = a + 1; b < kCodeBits; ++b) pairs.emplace_back(a, b);
  }
  check_double_flips(0, pairs);
}
