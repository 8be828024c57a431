// SPDX-License-Identifier: Apache-2.0
//
// tessera_axi_cdc: all five channels of an AXI4 port, every field, between any two clocks.

#include <deque>
#include <functional>
#include <vector>

#include "Vaxi_cdc.h"
#include "support/clock_pairs.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

struct Pins {
  static auto& clock_a(Vaxi_cdc& m) { return m.s_clk_i; }
  static auto& clock_b(Vaxi_cdc& m) { return m.m_clk_i; }
  static auto& reset_a(Vaxi_cdc& m) { return m.s_rst_ni; }
  static auto& reset_b(Vaxi_cdc& m) { return m.m_rst_ni; }
};

// One channel as a test sees it: where words go in and come out, and its payload as one word per field.
struct Channel {
  using Put = std::function<void(Vaxi_cdc&, const std::vector<std::uint64_t>&)>;
  using Get = std::function<std::vector<std::uint64_t>(Vaxi_cdc&)>;
  const char* name;
  bool forward;  // From side a to side b
  std::function<CData&(Vaxi_cdc&)> in_valid, out_ready;
  std::function<CData(Vaxi_cdc&)> in_ready, out_valid;
  std::vector<unsigned> widths;
  Put put;
  Get get;
  std::deque<std::vector<std::uint64_t>> inside;
  std::vector<std::uint64_t> offered = {};
  std::uint64_t moved = 0;
};

#define PORT(name) [](Vaxi_cdc& m) -> CData& { return m.name; }
#define LEVEL(name) [](Vaxi_cdc& m) -> CData { return m.name; }

#define ADDRESS_CHANNEL(c)                                                                              \
  Channel {                                                                                             \
#c, true, PORT(s_axi_##c##valid), PORT(m_axi_##c##ready), LEVEL(s_axi_##c##ready),                    \
        LEVEL(m_axi_##c##valid), {4, 48, 8, 3, 2, 1, 4, 3, 4},                                            \
        [](Vaxi_cdc& m, const std::vector<std::uint64_t>& v) {                                            \
          m.s_axi_##c##id = static_cast<CData>(v[0]), m.s_axi_##c##addr = v[1];                           \
          m.s_axi_##c##len = static_cast<CData>(v[2]), m.s_axi_##c##size = static_cast<CData>(v[3]);      \
          m.s_axi_##c##burst = static_cast<CData>(v[4]), m.s_axi_##c##lock = static_cast<CData>(v[5]);    \
          m.s_axi_##c##cache = static_cast<CData>(v[6]), m.s_axi_##c##prot = static_cast<CData>(v[7]);    \
          m.s_axi_##c##qos = static_cast<CData>(v[8]);                                                    \
        },                                                                                                \
        [](Vaxi_cdc& m) {                                                                                 \
          return std::vector<std::uint64_t>{m.m_axi_##c##id,    m.m_axi_##c##addr,  m.m_axi_##c##len,     \
                                            m.m_axi_##c##size,  m.m_axi_##c##burst, m.m_axi_##c##lock,    \
                                            m.m_axi_##c##cache, m.m_axi_##c##prot,  m.m_axi_##c##qos};    \
        },                                                                                                \
        {} \
  }

std::vector<Channel> channels() {
  return {
      ADDRESS_CHANNEL(aw),
      ADDRESS_CHANNEL(ar),
      {"w",
       true,
       PORT(s_axi_wvalid),
       PORT(m_axi_wready),
       LEVEL(s_axi_wready),
       LEVEL(m_axi_wvalid),
       {64, 64, 64, 64, 32, 1},
       [](Vaxi_cdc& m, const std::vector<std::uint64_t>& v) {
         for (unsigned i = 0; i < 4; ++i) set_bits(m.s_axi_wdata, 64 * i, 64, v[i]);
         m.s_axi_wstrb = static_cast<IData>(v[4]);
         m.s_axi_wlast = static_cast<CData>(v[5]);
       },
       [](Vaxi_cdc& m) {
         return std::vector<std::uint64_t>{get_bits(m.m_axi_wdata, 0, 64),
                                           get_bits(m.m_axi_wdata, 64, 64),
                                           get_bits(m.m_axi_wdata, 128, 64),
                                           get_bits(m.m_axi_wdata, 192, 64),
                                           m.m_axi_wstrb,
                                           m.m_axi_wlast};
       },
       {}},
      {"b",
       false,
       PORT(m_axi_bvalid),
       PORT(s_axi_bready),
       LEVEL(m_axi_bready),
       LEVEL(s_axi_bvalid),
       {4, 2},
       [](Vaxi_cdc& m, const std::vector<std::uint64_t>& v) {
         m.m_axi_bid = static_cast<CData>(v[0]), m.m_axi_bresp = static_cast<CData>(v[1]);
       },
       [](Vaxi_cdc& m) {
         return std::vector<std::uint64_t>{m.s_axi_bid, m.s_axi_bresp};
       },
       {}},
      {"r",
       false,
       PORT(m_axi_rvalid),
       PORT(s_axi_rready),
       LEVEL(m_axi_rready),
       LEVEL(s_axi_rvalid),
       {64, 64, 64, 64, 4, 2, 1},
       [](Vaxi_cdc& m, const std::vector<std::uint64_t>& v) {
         for (unsigned i = 0; i < 4; ++i) set_bits(m.m_axi_rdata, 64 * i, 64, v[i]);
         m.m_axi_rid = static_cast<CData>(v[4]), m.m_axi_rresp = static_cast<CData>(v[5]);
         m.m_axi_rlast = static_cast<CData>(v[6]);
       },
       [](Vaxi_cdc& m) {
         return std::vector<std::uint64_t>{get_bits(m.s_axi_rdata, 0, 64),
                                           get_bits(m.s_axi_rdata, 64, 64),
                                           get_bits(m.s_axi_rdata, 128, 64),
                                           get_bits(m.s_axi_rdata, 192, 64),
                                           m.s_axi_rid,
                                           m.s_axi_rresp,
                                           m.s_axi_rlast};
       },
       {}},
  };
}

class Crossing {
 public:
  explicit Crossing(Clocks clocks, std::uint64_t seed = 1) : dut{clocks}, dice{seed} {
    for (Channel& c : list) {
      c.in_valid(dut.model()) = 0;
      c.out_ready(dut.model()) = 0;
    }
    dut.reset(false, false);
    for (int i = 0; i < 4; ++i) dut.pass();
  }

  TwoClockBench<Vaxi_cdc, Pins> dut;
  Dice dice;
  std::vector<Channel> list = channels();
  unsigned offer_percent = 100, take_percent = 100;

  void step() {
    dut.settle();
    const auto edges = dut.next();
    Vaxi_cdc& m = dut.model();
    std::vector<bool> taken(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      Channel& c = list[i];
      INFO("channel " << c.name);
      const bool in_edge = c.forward ? edges.a : edges.b, out_edge = c.forward ? edges.b : edges.a;
      if (out_edge && c.out_valid(m) && c.out_ready(m)) {
        REQUIRE_FALSE(c.inside.empty());
        REQUIRE(c.get(m) == c.inside.front());
        c.inside.pop_front();
        ++c.moved;
      }
      taken[i] = in_edge && c.in_valid(m) && c.in_ready(m);
      if (taken[i]) c.inside.push_back(c.offered);
    }
    dut.rise();
    for (std::size_t i = 0; i < list.size(); ++i) {
      Channel& c = list[i];
      if ((c.forward ? edges.a : edges.b) && (taken[i] || !c.in_valid(m))) {
        c.in_valid(m) = dice.percent(offer_percent);
        c.offered.clear();
        for (const unsigned width : c.widths) c.offered.push_back(dice.below(~0ull) >> (64 - width));
        c.put(m, c.offered);
      }
      if (c.forward ? edges.b : edges.a) c.out_ready(m) = dice.percent(take_percent);
    }
  }
};

}  // namespace

TEST_CASE("an AXI4 port crosses between any two clocks with every field of every channel intact",
          "[cdc][axi_cdc][random]") {
  for (const Clocks& clocks : clock_pairs()) {
    CAPTURE(clocks.period_a, clocks.period_b, clocks.phase_b, clocks.jitter);
    Crossing crossing(clocks, clocks.period_a * 100 + clocks.period_b);
    for (const unsigned percent : {100u, 40u}) {
      crossing.offer_percent = percent;
      for (unsigned n = 0; n < 1500; ++n) crossing.step();
    }
    crossing.offer_percent = 0;
    crossing.take_percent = 100;
    for (unsigned n = 0; n < 800; ++n) crossing.step();
    for (const Channel& c : crossing.list) {
      INFO("channel " << c.name);
      REQUIRE(c.inside.empty());
      REQUIRE(c.moved > 50);
    }
  }
}

TEST_CASE("no channel of an AXI4 crossing waits for another", "[cdc][axi_cdc]") {
  const std::size_t stuck = GENERATE(0u, 1u, 2u, 3u, 4u);
  Crossing crossing({4, 5, 0});
  for (unsigned n = 0; n < 400; ++n) {
    crossing.step();
    crossing.list[stuck].out_ready(crossing.dut.model()) = 0;
  }
  for (std::size_t i = 0; i < crossing.list.size(); ++i) {
    INFO("channel " << crossing.list[i].name);
    REQUIRE((crossing.list[i].moved > 100) == (i != stuck));
  }
}

TEST_CASE("a reset of either side empties an AXI4 crossing", "[cdc][axi_cdc][reset]") {
  for (const bool side_a : {true, false}) {
    Crossing crossing({5, 4, 2}, 9);
    for (unsigned round = 0; round < 10; ++round) {
      for (unsigned n = 0; n < 60; ++n) crossing.step();
      crossing.dut.reset(side_a, !side_a);
      for (Channel& c : crossing.list) {
        REQUIRE(c.out_valid(crossing.dut.model()) == 0);
        REQUIRE(c.in_ready(crossing.dut.model()) == 0);
        c.inside.clear();
      }
      for (unsigned n = 0; n < round; ++n) crossing.step();
      crossing.dut.reset(false, false);
    }
    for (unsigned n = 0; n < 60; ++n) crossing.step();
    for (const Channel& c : crossing.list) REQUIRE(c.moved > 100);
  }
}
