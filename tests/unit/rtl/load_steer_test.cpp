// PARAMS: Lanes=3 Rows=4 Cols=8
// SPDX-License-Identifier: Apache-2.0
//
// tessera_load_steer: every grain reaches the memory its lane names, and lanes wait for nothing but each
// other's write port.

#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "Vload_steer.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

constexpr unsigned kLanes = 3;
constexpr unsigned kBankBits = 3;

enum Space : unsigned { kA, kB, kAScale, kBScale, kCol, kSpaces };
constexpr std::array<unsigned, kSpaces> kBanks = {4, 8, 4, 8, 1};

struct Write {
  unsigned space = 0;
  unsigned bank = 0;
  unsigned addr = 0;
  Grain data{};

  std::pair<unsigned, unsigned> port() const { return {space, bank}; }
  bool operator==(const Write&) const = default;
};

class Steer {
 public:
  using Lanes = std::array<std::optional<Write>, kLanes>;

  Bench<Vload_steer> dut;

  void offer(const Lanes& lanes) {
    dut->valid_i = 0;
    for (unsigned l = 0; l < kLanes; ++l) {
      if (!lanes[l]) continue;
      dut->valid_i |= static_cast<std::uint8_t>(1u << l);
      set_bits(dut->space_i, 3 * l, 3, lanes[l]->space);
      set_bits(dut->bank_i, kBankBits * l, kBankBits, lanes[l]->bank);
      set_bits(dut->addr_i, 16 * l, 16, lanes[l]->addr);
      set_grain(dut->data_i, 256 * l, lanes[l]->data);
    }
    dut.settle();
  }

  // Every write that the memories see now, by port.
  std::map<std::pair<unsigned, unsigned>, Write> writes() {
    std::map<std::pair<unsigned, unsigned>, Write> seen;
    const auto bank_writes = [&](unsigned space, const auto& enables, const auto& addrs, const auto& data) {
      for (unsigned b = 0; b < kBanks[space]; ++b) {
        if (get_bits(enables, b, 1) == 0) continue;
        const Write write{space, b, static_cast<unsigned>(get_bits(addrs, 16 * b, 16)),
                          get_grain(data, 256 * b)};
        seen[write.port()] = write;
      }
    };
    bank_writes(kA, dut->a_wr_en_o, dut->a_addr_o, dut->a_data_o);
    bank_writes(kB, dut->b_wr_en_o, dut->b_addr_o, dut->b_data_o);
    bank_writes(kAScale, dut->a_scale_wr_en_o, dut->a_scale_addr_o, dut->a_scale_data_o);
    bank_writes(kBScale, dut->b_scale_wr_en_o, dut->b_scale_addr_o, dut->b_scale_data_o);
    bank_writes(kCol, dut->col_wr_en_o, dut->col_addr_o, dut->col_data_o);
    return seen;
  }
};

Write write_to(unsigned space, unsigned bank, unsigned addr) {
  return {space, bank, addr,
          grain_at((std::uint64_t{space} << 40) + (std::uint64_t{bank} << 24) + addr * 32)};
}

}  // namespace

TEST_CASE("an operand grain and a scale grain of one bank are written in the same cycle",
          "[operand][load_steer]") {
  Steer steer;
  for (const auto& [operand, scale] : {std::pair{kA, kAScale}, std::pair{kB, kBScale}}) {
    for (unsigned bank = 0; bank < kBanks[operand]; ++bank) {
      for (const bool scale_first : {false, true}) {
        const Write grain = write_to(operand, bank, 700 + bank);
        const Write scales = write_to(scale, bank, 30 + bank);
        Steer::Lanes lanes;
        lanes[scale_first ? 0 : 2] = scales;
        lanes[scale_first ? 2 : 0] = grain;
        steer.offer(lanes);
        CAPTURE(operand, bank, scale_first);
        REQUIRE((steer.dut->ready_o & 5) == 5);
        auto seen = steer.writes();
        REQUIRE(seen.size() == 2);
        REQUIRE(seen[grain.port()] == grain);
        REQUIRE(seen[scales.port()] == scales);
        steer.dut.tick();
      }
    }
  }
}

TEST_CASE("of lanes that want one write port the lowest has it and the others wait for it alone",
          "[operand][load_steer]") {
  Steer steer;
  Dice dice{5};
  Steer::Lanes lanes;
  std::array<unsigned, kLanes> written{}, waited{};
  unsigned abreast = 0;  // Cycles in which all lanes wrote
  for (unsigned cycle = 0; cycle < 20'000; ++cycle) {
    for (auto& lane : lanes) {
      if (lane || dice.percent(20)) continue;
      const auto space = static_cast<unsigned>(dice.below(kSpaces));
      lane = write_to(space, static_cast<unsigned>(dice.below(kBanks[space])),
                      static_cast<unsigned>(dice.below(65536)));
    }
    steer.offer(lanes);

    std::map<std::pair<unsigned, unsigned>, Write> expected;
    unsigned ready = 0;
    for (unsigned l = 0; l < kLanes; ++l) {
      if (!lanes[l]) continue;
      const bool wins = expected.emplace(lanes[l]->port(), *lanes[l]).second;
      ready |= static_cast<unsigned>(wins) << l;
      ++(wins ? written : waited)[l];
    }
    CAPTURE(cycle);
    REQUIRE((steer.dut->ready_o & steer.dut->valid_i) == ready);
    REQUIRE(steer.writes() == expected);
    abreast += ready == 7;
    for (unsigned l = 0; l < kLanes; ++l) {
      if (ready >> l & 1) lanes[l].reset();
    }
    steer.dut.tick();
  }
  REQUIRE(waited[0] == 0);
  REQUIRE((waited[1] > 500 && waited[2] > 1000));
  REQUIRE((written[2] > 5000 && abreast > 2000));
}
