// PARAMS: Targets=3
// SPDX-License-Identifier: Apache-2.0
//
// tessera_axil_demux in front of three register files.

#include <map>
#include <optional>
#include <string>

#include "Vaxil_demux.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

constexpr unsigned kTargets = 3;

class Demux {
 public:
  explicit Demux(std::uint64_t seed = 1) : dice{seed} {
    dut->s_axil_awvalid = dut->s_axil_wvalid = dut->s_axil_arvalid = 0;
    dut->s_axil_bready = dut->s_axil_rready = 0;
    dut->m_axil_awready = dut->m_axil_wready = dut->m_axil_arready = 0;
    dut->m_axil_bvalid = dut->m_axil_rvalid = 0;
    dut->m_axil_bresp = dut->m_axil_rresp = 0;
    for (auto& word : registers) word.clear();
  }

  Bench<Vaxil_demux> dut;
  Dice dice;
  unsigned percent = 100;
  std::map<unsigned, std::uint32_t> registers[kTargets];
  unsigned seen[kTargets] = {};  // Accesses per target

  struct Answers {
    std::optional<unsigned> b, r;
    std::uint32_t data = 0;
  };
  Answers access(std::optional<std::pair<unsigned, std::uint32_t>> write, std::optional<unsigned> read) {
    Answers answers;
    bool aw = write.has_value(), w = aw, ar = read.has_value();
    const bool want_b = aw, want_r = ar;
    if (write) {
      dut->s_axil_awaddr = static_cast<SData>(write->first);
      dut->s_axil_wdata = write->second;
      dut->s_axil_wstrb = 0xF;
    }
    if (read) dut->s_axil_araddr = static_cast<SData>(*read);
    for (unsigned n = 0; n < 1000; ++n) {
      if (want_b == answers.b.has_value() && want_r == answers.r.has_value()) return answers;
      if (aw && dice.percent(percent)) dut->s_axil_awvalid = 1;
      if (w && dice.percent(percent)) dut->s_axil_wvalid = 1;
      if (ar && dice.percent(percent)) dut->s_axil_arvalid = 1;
      dut->s_axil_bready = want_b && !answers.b && dice.percent(percent);
      dut->s_axil_rready = want_r && !answers.r && dice.percent(percent);
      for (unsigned t = 0; t < kTargets; ++t) drive(t);
      dut.settle();
      const bool aw_take = dut->s_axil_awvalid && dut->s_axil_awready;
      const bool w_take = dut->s_axil_wvalid && dut->s_axil_wready;
      const bool ar_take = dut->s_axil_arvalid && dut->s_axil_arready;
      if (dut->s_axil_bvalid && dut->s_axil_bready) answers.b = dut->s_axil_bresp;
      if (dut->s_axil_rvalid && dut->s_axil_rready) {
        answers.r = dut->s_axil_rresp;
        answers.data = dut->s_axil_rdata;
      }
      for (unsigned t = 0; t < kTargets; ++t) take(t);
      dut.tick();
      if (aw_take) aw = dut->s_axil_awvalid = 0;
      if (w_take) w = dut->s_axil_wvalid = 0;
      if (ar_take) ar = dut->s_axil_arvalid = 0;
    }
    FAIL("an access is not answered");
    return answers;
  }

 private:
  struct Target {
    std::optional<unsigned> aw, ar;
    std::optional<std::uint32_t> w;
    bool b = false, r = false;
    std::uint32_t data = 0;
  };
  static unsigned response(unsigned address) { return address % 32 == 28 ? 2 : 0; }

  void drive(unsigned t) {
    Target& target = targets_[t];
    const auto bit = [&](CData& port, bool value) {
      port = static_cast<CData>((port & ~(1u << t)) | static_cast<unsigned>(value) << t);
    };
    bit(dut->m_axil_awready, !target.aw && !target.b && dice.percent(percent));
    bit(dut->m_axil_wready, !target.w && !target.b && dice.percent(percent));
    bit(dut->m_axil_arready, !target.ar && !target.r && dice.percent(percent));
    if (target.aw && target.w && dice.percent(percent)) {
      registers[t][*target.aw] = *target.w;
      set_bits(dut->m_axil_bresp, 2 * t, 2, response(*target.aw));
      target.aw.reset(), target.w.reset();
      target.b = true;
      ++seen[t];
    }
    if (target.ar && dice.percent(percent)) {
      set_bits(dut->m_axil_rresp, 2 * t, 2, response(*target.ar));
      set_bits(dut->m_axil_rdata, 32 * t, 32, registers[t][*target.ar]);
      target.ar.reset();
      target.r = true;
      ++seen[t];
    }
    bit(dut->m_axil_bvalid, target.b);
    bit(dut->m_axil_rvalid, target.r);
  }
  void take(unsigned t) {
    Target& target = targets_[t];
    if ((dut->m_axil_bvalid & dut->m_axil_bready) >> t & 1) target.b = false;
    if ((dut->m_axil_rvalid & dut->m_axil_rready) >> t & 1) target.r = false;
    if ((dut->m_axil_awvalid & dut->m_axil_awready) >> t & 1) target.aw = dut->m_axil_awaddr;
    if ((dut->m_axil_wvalid & dut->m_axil_wready) >> t & 1) target.w = dut->m_axil_wdata;
    if ((dut->m_axil_arvalid & dut->m_axil_arready) >> t & 1) target.ar = dut->m_axil_araddr;
  }

  Target targets_[kTargets];
};

}  // namespace

TEST_CASE("the register demultiplexer gives each target its 4 KiB and no other",
          "[axi][axil_demux][random]") {
  Demux demux(7);
  std::map<unsigned, std::uint32_t> expected;
  for (unsigned n = 0; n < 500; ++n) {
    demux.percent = n % 2 == 0 ? 100 : 35;
    const auto address = [&] {
      return static_cast<unsigned>(demux.dice.below(kTargets) << 12 | 4 * demux.dice.below(16) |
                                   (demux.dice.below(2) ? 0xF00 : 0));
    };
    const unsigned to = address();
    unsigned from = address();
    if (from == to) from ^= 4;  // No order between the two
    const auto data = static_cast<std::uint32_t>(demux.dice.below(1ull << 32));
    const auto answers = demux.access({{to, data}}, from);
    REQUIRE(answers.b == (to % 32 == 28 ? 2u : 0u));
    REQUIRE(answers.r == (from % 32 == 28 ? 2u : 0u));
    REQUIRE(answers.data == expected[from]);
    expected[to] = data;
  }
  for (const auto& [address, data] : expected) {
    CAPTURE(address);
    REQUIRE(demux.registers[address >> 12][address & 0xFFF] == data);
  }
}

TEST_CASE("an address of no target answers DECERR and reaches nobody", "[axi][axil_demux]") {
  Demux demux;
  for (unsigned target = kTargets; target < 16; ++target) {
    const auto answers = demux.access({{target << 12 | 8, 1}}, target << 12 | 12);
    REQUIRE(answers.b == 3u);
    REQUIRE(answers.r == 3u);
    REQUIRE(answers.data == 0);
  }
  for (const unsigned seen : demux.seen) REQUIRE(seen == 0);
}

TEST_CASE("a write and a read of different targets do not wait for each other", "[axi][axil_demux]") {
  Demux demux;
  demux.registers[1][8] = 77;
  demux.dut->s_axil_awvalid = 1;  // A write of target 0 whose data do not come
  demux.dut->s_axil_awaddr = 4;
  demux.dut.settle();
  demux.dut.tick();
  demux.dut->s_axil_awvalid = 0;
  const auto answers = demux.access({}, 0x1008);
  REQUIRE(answers.r == 0u);
  REQUIRE(answers.data == 77);
}
