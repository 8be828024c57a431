// SPDX-License-Identifier: Apache-2.0
//
// tessera_axil_cdc: register accesses between any two clocks, in any weather.

#include <map>
#include <optional>

#include "Vaxil_cdc.h"
#include "support/clock_pairs.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

struct Pins {
  static auto& clock_a(Vaxil_cdc& m) { return m.s_clk_i; }
  static auto& clock_b(Vaxil_cdc& m) { return m.m_clk_i; }
  static auto& reset_a(Vaxil_cdc& m) { return m.s_rst_ni; }
  static auto& reset_b(Vaxil_cdc& m) { return m.m_rst_ni; }
};

// Words at addresses of this kind answer with an error.
bool bad(unsigned address) { return address % 64 == 60; }

class Crossing {
 public:
  explicit Crossing(Clocks clocks, std::uint64_t seed = 1) : dut{clocks}, dice{seed} {
    idle();
    dut.reset(false, false);
    for (int i = 0; i < 4; ++i) dut.pass();
  }

  TwoClockBench<Vaxil_cdc, Pins> dut;
  Dice dice;
  unsigned percent = 100;  // Chance of a valid or ready to come up
  std::map<unsigned, std::uint32_t> registers;
  std::uint64_t writes_seen = 0, reads_seen = 0;

  // One write and one read, either of which may be absent, at the same time.
  struct Write {
    unsigned address;
    std::uint32_t data;
    unsigned strobes;
  };
  struct Answers {
    std::optional<unsigned> b, r;
    std::uint32_t data = 0;
  };
  Answers access(std::optional<Write> write, std::optional<unsigned> read) {
    Answers answers;
    bool aw = write.has_value(), w = aw, ar = read.has_value();
    const bool want_b = aw, want_r = ar;
    if (write) {
      dut->s_axil_awaddr = static_cast<SData>(write->address);
      dut->s_axil_wdata = write->data;
      dut->s_axil_wstrb = static_cast<CData>(write->strobes);
    }
    if (read) dut->s_axil_araddr = static_cast<SData>(*read);
    for (unsigned n = 0; n < 20'000; ++n) {
      if (want_b == answers.b.has_value() && want_r == answers.r.has_value()) return answers;
      dut.settle();
      const auto edges = dut.next();
      auto& m = dut.model();
      const bool aw_take = edges.a && m.s_axil_awvalid && m.s_axil_awready;
      const bool w_take = edges.a && m.s_axil_wvalid && m.s_axil_wready;
      const bool ar_take = edges.a && m.s_axil_arvalid && m.s_axil_arready;
      const bool b_take = edges.a && m.s_axil_bvalid && m.s_axil_bready;
      const bool r_take = edges.a && m.s_axil_rvalid && m.s_axil_rready;
      if (b_take) answers.b = m.s_axil_bresp;
      if (r_take) {
        answers.r = m.s_axil_rresp;
        answers.data = m.s_axil_rdata;
      }
      if (edges.b) slave_sees();
      dut.rise();
      if (edges.a) {
        if (aw_take) aw = m.s_axil_awvalid = 0;
        if (w_take) w = m.s_axil_wvalid = 0;
        if (ar_take) ar = m.s_axil_arvalid = 0;
        if (aw && dice.percent(percent)) m.s_axil_awvalid = 1;
        if (w && dice.percent(percent)) m.s_axil_wvalid = 1;
        if (ar && dice.percent(percent)) m.s_axil_arvalid = 1;
        m.s_axil_bready = want_b && !answers.b && dice.percent(percent);
        m.s_axil_rready = want_r && !answers.r && dice.percent(percent);
      }
      if (edges.b) slave_drives();
    }
    FAIL("an access is not answered");
    return answers;
  }

  void idle() {
    auto& m = dut.model();
    m.s_axil_awvalid = m.s_axil_wvalid = m.s_axil_arvalid = m.s_axil_bready = m.s_axil_rready = 0;
    m.m_axil_awready = m.m_axil_wready = m.m_axil_arready = m.m_axil_bvalid = m.m_axil_rvalid = 0;
    aw_.reset(), w_.reset(), ar_.reset();
  }

 private:
  void slave_sees() {
    auto& m = dut.model();
    REQUIRE_FALSE((m.m_axil_awvalid && m.m_axil_arvalid));  // One access at a time
    if (m.m_axil_bvalid && m.m_axil_bready) b_gone_ = true;
    if (m.m_axil_rvalid && m.m_axil_rready) r_gone_ = true;
    if (m.m_axil_awvalid && m.m_axil_awready) aw_ = m.m_axil_awaddr;
    if (m.m_axil_wvalid && m.m_axil_wready) w_ = {{m.m_axil_wdata, m.m_axil_wstrb}};
    if (m.m_axil_arvalid && m.m_axil_arready) ar_ = m.m_axil_araddr;
  }
  void slave_drives() {
    auto& m = dut.model();
    if (b_gone_) m.m_axil_bvalid = 0;
    if (r_gone_) m.m_axil_rvalid = 0;
    b_gone_ = r_gone_ = false;
    m.m_axil_awready = !aw_ && dice.percent(percent);
    m.m_axil_wready = !w_ && dice.percent(percent);
    m.m_axil_arready = !ar_ && dice.percent(percent);
    if (aw_ && w_ && dice.percent(percent)) {
      ++writes_seen;
      for (unsigned i = 0; i < 4 && !bad(*aw_); ++i) {
        const std::uint32_t mask = 0xFFU << 8 * i;
        std::uint32_t& word = registers[*aw_ / 4];
        if (w_->second >> i & 1) word = (word & ~mask) | (w_->first & mask);
      }
      m.m_axil_bresp = bad(*aw_) ? 2 : 0;
      m.m_axil_bvalid = 1;
      aw_.reset(), w_.reset();
    }
    if (ar_ && dice.percent(percent)) {
      ++reads_seen;
      m.m_axil_rdata = registers[*ar_ / 4];
      m.m_axil_rresp = bad(*ar_) ? 3 : 0;
      m.m_axil_rvalid = 1;
      ar_.reset();
    }
  }

  std::optional<unsigned> aw_, ar_;
  std::optional<std::pair<std::uint32_t, unsigned>> w_;
  bool b_gone_ = false, r_gone_ = false;
};

}  // namespace

TEST_CASE("register accesses cross between any two clocks, each once and with its own answer",
          "[cdc][axil_cdc][random]") {
  for (const Clocks& clocks : clock_pairs()) {
    CAPTURE(clocks.period_a, clocks.period_b, clocks.phase_b, clocks.jitter);
    Crossing crossing(clocks, clocks.period_a + 7 * clocks.period_b);
    std::map<unsigned, std::uint32_t> expected;
    std::uint64_t writes = 0, reads = 0;
    for (unsigned n = 0; n < 60; ++n) {
      crossing.percent = n < 30 ? 100 : 30;
      std::optional<Crossing::Write> write;
      std::optional<unsigned> read;
      const auto kind = crossing.dice.below(3);
      const auto address = [&] { return static_cast<unsigned>(4 * crossing.dice.below(64)); };
      if (kind != 0) {
        write = {{address(), static_cast<std::uint32_t>(crossing.dice.below(1ull << 32)),
                  static_cast<unsigned>(crossing.dice.below(16))}};
      }
      if (kind != 1) read = address();
      if (write && read && write->address == *read) read = *read ^ 0x80;  // No order between the two
      const auto answers = crossing.access(write, read);
      if (write) {
        ++writes;
        REQUIRE(answers.b == (bad(write->address) ? 2u : 0u));
        for (unsigned i = 0; i < 4 && !bad(write->address); ++i) {
          const std::uint32_t mask = 0xFFU << 8 * i;
          std::uint32_t& word = expected[write->address / 4];
          if (write->strobes >> i & 1) word = (word & ~mask) | (write->data & mask);
        }
      }
      if (read) {
        ++reads;
        REQUIRE(answers.r == (bad(*read) ? 3u : 0u));
        REQUIRE(answers.data == expected[*read / 4]);
      }
    }
    REQUIRE(crossing.writes_seen == writes);
    REQUIRE(crossing.reads_seen == reads);
  }
}

TEST_CASE("a reset of either side of a register crossing leaves it idle and working",
          "[cdc][axil_cdc][reset]") {
  for (const Clocks& clocks : clock_pairs()) {
    for (const bool side_a : {true, false}) {
      CAPTURE(clocks.period_a, clocks.period_b, clocks.phase_b, side_a);
      Crossing crossing(clocks, 5);
      for (unsigned round = 0; round < 8; ++round) {
        // An access that nobody answers, so that the reset finds it at some point on its way.
        crossing.dut->s_axil_arvalid = 1;
        crossing.dut->s_axil_araddr = 4;
        for (unsigned n = 0; n < 3 * round; ++n) crossing.dut.rise();
        crossing.idle();
        crossing.dut.reset(side_a, !side_a);
        REQUIRE(crossing.dut->m_axil_arvalid == 0);
        REQUIRE(crossing.dut->s_axil_arready == 0);
        REQUIRE(crossing.dut->s_axil_rvalid == 0);
        for (unsigned n = 0; n < round; ++n) crossing.dut.rise();
        crossing.dut.reset(false, false);
        REQUIRE(crossing.access({{8, round + 1, 15}}, {}).b == 0u);
        const auto answers = crossing.access({}, 8);
        REQUIRE(answers.data == round + 1);
      }
    }
  }
}
