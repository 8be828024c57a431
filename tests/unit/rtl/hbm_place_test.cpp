// SPDX-License-Identifier: Apache-2.0
//
// Places on DFI (hbm_place_tb.sv): every write and read latency, both pseudo-channels, any pattern of
// commands.

#include <array>
#include <deque>
#include <map>
#include <set>

#include "Vhbm_place.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

constexpr unsigned kDfiWr = 274;

// Clocks random commands and checks every CK against the definition: a command at phase P of cycle c is at CK
// 2c + P.
struct Places {
  Bench<Vhbm_place> dut;
  Dice dice;
  unsigned rl, wl;
  std::array<std::set<std::uint64_t>, 2> wren, rden, derr;
  std::array<std::map<std::uint64_t, std::uint64_t>, 2> data;    // CK, seed of its half
  std::array<std::deque<std::pair<unsigned, bool>>, 2> confirm;  // Slot, bad
  std::array<std::deque<std::uint64_t>, 2> confirm_cycle;
  unsigned checked = 0, confirmed = 0;

  Places(unsigned rl_ck, unsigned wl_ck) : dice{rl_ck * 64 + wl_ck}, rl{rl_ck}, wl{wl_ck} {
    dut->rl_i = static_cast<std::uint8_t>(rl);
    dut->wl_i = static_cast<std::uint8_t>(wl);
  }

  static std::uint8_t half_byte(unsigned pc, unsigned slot, unsigned half) {
    return byte_at(pc * 4096 + slot * 2 + half);
  }

  void cycle(unsigned percent) {
    const std::uint64_t now = dut.cycles();
    dut->wr_issue_i = dice.percent(percent);
    dut->rd_issue_i = !dut->wr_issue_i && dice.percent(percent);
    const unsigned slot = static_cast<unsigned>(dice.below(64));
    dut->wr_issue_slot_i = static_cast<std::uint8_t>(slot);
    dut->derr_i = 0;
    for (unsigned p = 0; p < 2; ++p) {
      const std::uint64_t ck = 2 * now + p;
      if (dut->rd_issue_i) rden[p].insert({ck + rl - 2, ck + rl - 1});
      if (dut->wr_issue_i) {
        wren[p].insert({ck + wl - 2, ck + wl - 1});
        data[p][ck + wl] = half_byte(p, slot, 0);
        data[p][ck + wl + 1] = half_byte(p, slot, 1);
        const bool bad = dice.percent(30);
        // 4 CK after the last CK on the pins; pins are a cycle behind DFI both ways.
        if (bad) derr[p].insert(ck + 2 + wl + 1 + 4 + 2);
        confirm[p].emplace_back(slot, bad);
        confirm_cycle[p].push_back((ck + wl + 9) / 2 + 1);
      }
      for (unsigned phase = 0; phase < 2; ++phase) {
        if (derr[p].contains(2 * now + phase))
          dut->derr_i |= static_cast<std::uint8_t>(1u << (2 * p + phase));
      }
    }
    dut.settle();
    for (unsigned p = 0; p < 2; ++p) check(p, now);
    // Fetched data follow a cycle later, and only then.
    std::array<int, 2> fetched{-1, -1};
    for (unsigned p = 0; p < 2; ++p) {
      if (dut->fetch_o >> p & 1) fetched[p] = static_cast<int>(get_bits(dut->fetch_slot_o, 6 * p, 6));
    }
    dut.tick();
    for (unsigned p = 0; p < 2; ++p) {
      for (unsigned b = 0; b < 32; ++b) {
        const auto value = fetched[p] < 0 ? static_cast<std::uint8_t>(dice.below(256))
                                          : half_byte(p, static_cast<unsigned>(fetched[p]), b / 16);
        set_bits(dut->fetch_data_i, 256 * p + 8 * b, 8, value);
      }
    }
  }

  void check(unsigned p, std::uint64_t now) {
    for (unsigned phase = 0; phase < 2; ++phase) {
      const std::uint64_t ck = 2 * now + phase;
      CAPTURE(p, ck, rl, wl);
      REQUIRE((get_bits(dut->dfi_wr_o, kDfiWr * p + 272 + phase, 1) != 0) == wren[p].contains(ck));
      REQUIRE((dut->rddata_en_o >> (2 * p + phase) & 1) == rden[p].contains(ck));
      if (!data[p].contains(ck)) continue;
      for (unsigned b = 0; b < 16; ++b) {
        REQUIRE(get_bits(dut->dfi_wr_o, kDfiWr * p + 16 + 128 * phase + 8 * b, 8) == data[p][ck]);
      }
      ++checked;
    }
    const bool retire = dut->retire_o >> p & 1;
    const bool retry = dut->retry_o >> p & 1;
    CAPTURE(p, now, rl, wl);
    const bool due = !confirm[p].empty() && confirm_cycle[p].front() == now;
    REQUIRE((retire || retry) == due);
    if (!due) return;
    REQUIRE(get_bits(dut->slot_o, 6 * p, 6) == confirm[p].front().first);
    // The fourth failure of a slot in a row is given up.
    unsigned& failures = in_a_row[p][confirm[p].front().first];
    const bool again = confirm[p].front().second && failures < 3;
    REQUIRE(retry == again);
    failures = again ? failures + 1 : 0;
    confirm[p].pop_front();
    confirm_cycle[p].pop_front();
    ++confirmed;
  }

  std::array<std::array<unsigned, 64>, 2> in_a_row{};
};

}  // namespace

TEST_CASE("Data, enables and DERR are in their CK for every latency and both pseudo-channels", "[hbm][dfi]") {
  for (unsigned l = 6; l <= 63; ++l) {
    Places places{l, l};
    for (unsigned i = 0; i < 150; ++i) places.cycle(i < 75 ? 100 : 40);
    for (unsigned i = 0; i < 50; ++i) places.cycle(0);
    CAPTURE(l);
    REQUIRE(places.checked > 300);
    REQUIRE(places.confirmed > 150);
    REQUIRE(places.dut->idle_o == 3);
  }
  for (unsigned rl = 4; rl < 6; ++rl) {
    Places places{rl, 6};
    for (unsigned i = 0; i < 100; ++i) places.cycle(50);
  }
}

TEST_CASE("An assertion catches a DERR that belongs to no write, as when the PHY's delay is set wrong",
          "[hbm][dfi]") {
  Places places{20, 10};
  places.cycle(100);
  for (unsigned i = 0; i < 4; ++i) places.cycle(0);
  places.derr[0].insert(2 * places.dut.cycles() + 1);
  REQUIRE_THROWS_AS(places.cycle(0), std::runtime_error);
}
