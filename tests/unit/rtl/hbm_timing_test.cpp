// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_timing against the definition: the first cycle, counted tick by tick, in which the second
// command is not too early.

#include <algorithm>
#include <string>
#include <vector>

#include "Vhbm_timing.h"
#include "hbm/timing_set.hpp"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

using namespace tessera::test;
namespace hbm = tessera::tb::hbm;

namespace {

// Cycles until a command at tick `to` of its cycle is at least `ck` after one at tick `from` of cycle 0;
// never the same.
unsigned first_cycle(unsigned ck, unsigned from, unsigned to) {
  unsigned cycle = 1;
  while (4 * cycle + to < from + 2 * ck) ++cycle;
  return cycle;
}

constexpr unsigned kAct = 2, kPre = 2, kLate = 3, kRef = 0, kCtl = 0;

// In the order of grid_t.
std::vector<unsigned> expected(const hbm::TimingSet& t, unsigned pc) {
  const unsigned col = 2 * pc, bl = hbm::kBurstLength;
  const unsigned read_end = t.rl + bl, write_end = t.wl + bl;
  const unsigned rtw = std::max(t.rtw, read_end > t.wl ? read_end - t.wl : 0);  // Bursts must not overlap
  return {first_cycle(t.rcdrd, kAct, col),
          first_cycle(t.rcdwr, kAct, col),
          first_cycle(t.ras, kAct, kPre),
          first_cycle(t.rc, kAct, kAct),
          first_cycle(t.rtp, col, kPre),
          first_cycle(write_end + t.wr, col, kPre),
          first_cycle(t.rp, kPre, kAct),
          first_cycle(t.rp, kLate, kAct),
          first_cycle(t.rfcpb, kRef, kAct),
          first_cycle(t.rfcab, kRef, kAct),
          first_cycle(t.rrds, kAct, kAct),
          first_cycle(t.rrdl, kAct, kAct),
          first_cycle(t.faw, kAct, kAct),
          first_cycle(t.rrefd, kRef, kAct),
          first_cycle(std::max(t.ccds, bl), col, col),
          first_cycle(std::max(t.ccdl, bl), col, col),
          first_cycle(std::max(t.ccdr, bl), col, col),
          first_cycle(rtw, col, col),
          first_cycle(write_end + t.wtrs, col, col),
          first_cycle(write_end + t.wtrl, col, col),
          first_cycle(t.ppd, kPre, kPre),
          first_cycle(t.ppd, kLate, kPre),
          first_cycle(read_end + 1, col, kCtl),
          first_cycle(write_end + 1, col, kCtl)};
}

std::vector<unsigned> counts(Bench<Vhbm_timing>& dut, unsigned pc) {
  std::vector<unsigned> all;
  for (unsigned i = 0; i < 24; ++i) {
    all.push_back(static_cast<unsigned>(get_bits(dut->counts_o, 16 * (24 * pc + i), 16)));
  }
  return all;
}

void load(Bench<Vhbm_timing>& dut, const hbm::TimingSet& timing) {
  unsigned lsb = 0;
  for (unsigned i = hbm::kTimingFields; i-- > 0;) {
    const auto& field = hbm::timing_fields()[i];
    set_bits(dut->timing_i, lsb, field.bits, timing.*field.member);
    lsb += field.bits;
  }
  dut->load_i = 1;
  dut.tick();
  dut->load_i = 0;
  dut.tick();
}

}  // namespace

TEST_CASE("cycle counts after reset are those of the 6.4 Gb/s part", "[hbm][timing]") {
  Bench<Vhbm_timing> dut;
  for (const unsigned pc : {0u, 1u}) REQUIRE(counts(dut, pc) == expected(hbm::TimingSet::hbm3_6400(), pc));
}

TEST_CASE("every timing takes the fewest cycles of the grid that are not too early", "[hbm][timing]") {
  Bench<Vhbm_timing> dut;
  load(dut, hbm::TimingSet::hbm3_5200());
  for (const unsigned pc : {0u, 1u}) REQUIRE(counts(dut, pc) == expected(hbm::TimingSet::hbm3_5200(), pc));
  Dice dice{3};
  for (unsigned n = 0; n < 500; ++n) {
    INFO("set " << n);
    auto timing = hbm::TimingSet::random_legal(n);
    // Registers hold anything that fits, also 0 and the widest value.
    if (n % 2) {
      for (const auto& field : hbm::timing_fields()) {
        const std::uint64_t top = (std::uint64_t{1} << field.bits) - 1;
        timing.*field.member =
            static_cast<unsigned>(dice.percent(20) ? (dice.percent(50) ? top : 0) : dice.between(0, top));
      }
    }
    load(dut, timing);
    for (const unsigned pc : {0u, 1u}) {
      INFO("pc " << pc);
      REQUIRE(counts(dut, pc) == expected(timing, pc));
    }
  }
}

TEST_CASE("timings that change without being loaded are an assertion failure", "[hbm][timing]") {
  Bench<Vhbm_timing> dut;
  load(dut, hbm::TimingSet::hbm3_5200());
  dut.tick();
  set_bits(dut->timing_i, 0, 6, 1);
  REQUIRE_THROWS_WITH(dut.tick(), Catch::Contains("RTL assertion"));
}
