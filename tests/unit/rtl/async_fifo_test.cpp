// SPDX-License-Identifier: Apache-2.0
//
// tessera_async_fifo: every word once and in order, whatever the two clocks and resets do.

#include <deque>
#include <optional>

#include "Vasync_fifo.h"
#include "support/clock_pairs.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

constexpr unsigned kDepth = 8;

struct Pins {
  static auto& clock_a(Vasync_fifo& m) { return m.wr_clk_i; }
  static auto& clock_b(Vasync_fifo& m) { return m.rd_clk_i; }
  static auto& reset_a(Vasync_fifo& m) { return m.wr_rst_ni; }
  static auto& reset_b(Vasync_fifo& m) { return m.rd_rst_ni; }
};

class Fifo {
 public:
  explicit Fifo(Clocks clocks, std::uint64_t seed = 1) : dut{clocks}, dice{seed} {
    dut->wr_valid_i = 0;
    dut->rd_ready_i = 0;
    dut.reset(false, false);
    for (int i = 0; i < 4; ++i) dut.pass();
  }

  TwoClockBench<Vasync_fifo, Pins> dut;
  Dice dice;
  unsigned write_percent = 100, read_percent = 100;
  std::uint64_t written = 0, read = 0;
  std::deque<std::uint16_t> inside;

  void step() {
    dut.settle();
    const auto edges = dut.next();
    const bool wrote = edges.a && dut->wr_valid_i && dut->wr_ready_o;
    const bool took = edges.b && dut->rd_valid_o && dut->rd_ready_i;
    if (took) {
      REQUIRE_FALSE(inside.empty());
      REQUIRE(dut->rd_data_o == inside.front());
      inside.pop_front();
      ++read;
    }
    if (wrote) {
      inside.push_back(dut->wr_data_i);
      REQUIRE(inside.size() <= kDepth);
      ++written;
    }
    dut.rise();
    if (edges.a && (wrote || !dut->wr_valid_i)) {
      dut->wr_valid_i = dice.percent(write_percent);
      dut->wr_data_i = static_cast<std::uint16_t>(dice.below(65536));
    }
    if (edges.b) dut->rd_ready_i = dice.percent(read_percent);
  }
};

}  // namespace

TEST_CASE("the asynchronous FIFO gives every word once and in order, for any two clocks",
          "[cdc][async_fifo][random]") {
  for (const Clocks& clocks : clock_pairs()) {
    for (const unsigned weather : {0u, 1u, 2u, 3u}) {
      CAPTURE(clocks.period_a, clocks.period_b, clocks.phase_b, clocks.jitter, weather);
      Fifo fifo(clocks, weather + 1);
      fifo.write_percent = weather & 1 ? 30 : 100;
      fifo.read_percent = weather & 2 ? 30 : 100;
      for (unsigned n = 0; n < 6000; ++n) fifo.step();
      REQUIRE(fifo.read > 100);
      fifo.write_percent = 0;
      fifo.read_percent = 100;
      for (unsigned n = 0; n < 1000; ++n) fifo.step();
      REQUIRE(fifo.inside.empty());
      REQUIRE(fifo.read == fifo.written);
    }
  }
}

TEST_CASE("the asynchronous FIFO moves a word per cycle of the slower clock, up to a factor of two",
          "[cdc][async_fifo][cycles]") {
  for (const Clocks& clocks : clock_pairs()) {
    if (clocks.jitter != 0) continue;
    const double ratio = static_cast<double>(clocks.period_a) / static_cast<double>(clocks.period_b);
    if (ratio > 2 || ratio < 0.5) continue;
    CAPTURE(clocks.period_a, clocks.period_b, clocks.phase_b);
    Fifo fifo(clocks);
    for (unsigned n = 0; n < 200; ++n) fifo.step();
    const auto a = fifo.dut.edges_a(), b = fifo.dut.edges_b(), words = fifo.read;
    while (fifo.dut.edges_a() - a < 3000) fifo.step();
    const auto slower = std::min(fifo.dut.edges_a() - a, fifo.dut.edges_b() - b);
    REQUIRE(fifo.read - words + 2 >= slower);
  }
}

TEST_CASE("the asynchronous FIFO shows a word after the second reading edge behind the writing one",
          "[cdc][async_fifo][cycles]") {
  Fifo fifo({10, 10, 0});
  fifo.write_percent = 0;
  fifo.read_percent = 0;
  fifo.step();
  fifo.dut->wr_valid_i = 1;
  fifo.step();  // Written at this edge, which both sides have
  fifo.dut->wr_valid_i = 0;
  for (const bool shown : {false, false, true}) {
    fifo.dut.settle();
    REQUIRE(fifo.dut->rd_valid_o == shown);
    fifo.step();
  }
}

TEST_CASE("the asynchronous FIFO holds as many words as its depth and then no more", "[cdc][async_fifo]") {
  for (const Clocks& clocks : clock_pairs()) {
    CAPTURE(clocks.period_a, clocks.period_b, clocks.phase_b);
    Fifo fifo(clocks);
    fifo.read_percent = 0;
    for (unsigned n = 0; n < 600; ++n) fifo.step();
    REQUIRE(fifo.inside.size() == kDepth);
  }
}

TEST_CASE("a reset of either side empties the asynchronous FIFO on both", "[cdc][async_fifo][reset]") {
  for (const Clocks& clocks : clock_pairs()) {
    for (const bool writer : {true, false}) {
      CAPTURE(clocks.period_a, clocks.period_b, clocks.phase_b, writer);
      Fifo fifo(clocks, 3);
      for (unsigned round = 0; round < 12; ++round) {
        CAPTURE(round);
        fifo.write_percent = fifo.dice.below(2) ? 100 : 40;
        fifo.read_percent = fifo.dice.below(2) ? 100 : 20;
        const auto steps = 20 + fifo.dice.below(80);
        for (unsigned n = 0; n < steps; ++n) fifo.step();
        fifo.dut.reset(writer, !writer);
        REQUIRE(fifo.dut->wr_in_reset_o == 1);
        REQUIRE(fifo.dut->rd_in_reset_o == 1);
        REQUIRE(fifo.dut->wr_ready_o == 0);
        REQUIRE(fifo.dut->rd_valid_o == 0);
        fifo.inside.clear();
        const auto held = fifo.dice.below(6);  // Also a pulse between two edges
        for (unsigned n = 0; n < held; ++n) fifo.step();
        REQUIRE(fifo.inside.empty());
        fifo.dut.reset(false, false);
      }
      const auto before = fifo.read;
      fifo.write_percent = fifo.read_percent = 100;
      for (unsigned n = 0; n < 600; ++n) fifo.step();
      REQUIRE(fifo.read > before + 10);
    }
  }
}
