// SPDX-License-Identifier: Apache-2.0
//
// tessera_wr_join between STORE, the host window and memory that wants addresses first, data first, or
// either.

#include <deque>
#include <vector>

#include "Vwr_join.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

enum class Manner { kIndependent, kAddressFirst, kDataFirst };

struct Burst {
  std::uint64_t address;
  unsigned beats;
};

// One owner's AW and W streams, as wr_mux and host_wr give them: each in order, neither far ahead of the
// other.
struct Source {
  std::deque<Burst> bursts;  // Not yet asked
  std::deque<Burst> aw;      // Asked: address not taken
  std::deque<Burst> w;       // Asked: data not taken
  unsigned beat = 0;         // Of w.front()
  std::uint64_t answered = 0;
};

class Join {
 public:
  explicit Join(std::uint64_t seed) : dice{seed} {
    dut->st_awvalid_i = dut->st_wvalid_i = dut->hw_awvalid_i = dut->hw_wvalid_i = dut->hw_busy_i = 0;
    dut->m_awready_i = dut->m_wready_i = dut->m_bvalid_i = 0;
  }

  Bench<Vwr_join> dut;
  Dice dice;
  Manner manner = Manner::kIndependent;
  unsigned store_percent = 100, host_percent = 100, aw_percent = 100, w_percent = 100;
  Source store, host;
  std::uint64_t passed_at_once = 0;  // Cycles in which STORE's valid reached memory in the same cycle

  bool finished() const {
    return store.bursts.empty() && host.bursts.empty() && store.w.empty() && host.w.empty() &&
           store.aw.empty() && host.aw.empty() && answers_.empty() && dut_addresses_.empty();
  }

  void cycle() {
    offer(store, 2, store_percent);
    offer(host, 3, host_percent);
    drive();
    const bool aw_open = manner != Manner::kDataFirst || whole_ > 0;
    const bool w_open = manner != Manner::kAddressFirst || !dut_addresses_.empty();
    dut->m_awready_i = aw_open && dice.percent(aw_percent);
    dut->m_wready_i = w_open && dice.percent(w_percent);
    dut->m_bvalid_i = !answers_.empty() && dice.percent(50);
    if (dut->m_bvalid_i) dut->m_bid_i = answers_.front();
    dut.settle();

    if (dut->m_awvalid_o && dut->m_awid_o == 0 && dut->st_awvalid_i) ++passed_at_once;
    if (dut->m_bvalid_i) {
      REQUIRE(dut->st_bvalid_o == (answers_.front() == 0));
      REQUIRE(dut->hw_bvalid_o == (answers_.front() == 1));
      ++(answers_.front() == 0 ? store : host).answered;
      answers_.pop_front();
    }
    if (dut->m_awvalid_o && dut->m_awready_i) take_address();
    if (dut->m_wvalid_o && dut->m_wready_i) take_beat();
    match();
    REQUIRE((dut->st_awready_o && dut->hw_awready_o) == false);
    REQUIRE((dut->st_wready_o && dut->hw_wready_o) == false);
    const bool st_aw = dut->st_awvalid_i && dut->st_awready_o, st_w = dut->st_wvalid_i && dut->st_wready_o;
    const bool hw_aw = dut->hw_awvalid_i && dut->hw_awready_o, hw_w = dut->hw_wvalid_i && dut->hw_wready_o;
    dut.tick();
    if (st_aw) store.aw.pop_front();
    if (hw_aw) host.aw.pop_front();
    if (st_w) next_beat(store);
    if (hw_w) next_beat(host);
  }

  void run(unsigned limit = 60'000) {
    for (unsigned n = 0; n < limit && !finished(); ++n) cycle();
    REQUIRE(finished());
  }

 private:
  struct Beat {
    std::uint64_t address;
    unsigned beat;
    bool last;
  };

  void offer(Source& source, std::size_t room, unsigned percent) {
    if (source.bursts.empty() || source.aw.size() >= room || source.w.size() >= 16 || !dice.percent(percent))
      return;
    source.aw.push_back(source.bursts.front());
    source.w.push_back(source.bursts.front());
    source.bursts.pop_front();
  }
  static void next_beat(Source& source) {
    if (++source.beat < source.w.front().beats) return;
    source.w.pop_front();
    source.beat = 0;
  }
  void drive() {
    const auto aw = [](auto& port, const Burst& burst) {
      set_bits(port, 0, 8, burst.beats - 1);
      set_bits(port, 8, 48, burst.address);
    };
    const auto w = [](auto& port, const Source& source) {
      set_bits(port, 0, 1, source.beat + 1 == source.w.front().beats);
      set_bits(port, 1, 32, source.w.front().address * 7 + source.beat);
      set_grain(port, 33, grain_at(source.w.front().address + 32 * source.beat));
    };
    dut->st_awvalid_i = !store.aw.empty();
    dut->st_wvalid_i = !store.w.empty();
    dut->hw_awvalid_i = !host.aw.empty();
    dut->hw_wvalid_i = !host.w.empty();
    dut->hw_busy_i = !host.bursts.empty() || !host.w.empty() || !host.aw.empty();
    if (!store.aw.empty()) aw(dut->st_aw_i, store.aw.front());
    if (!host.aw.empty()) aw(dut->hw_aw_i, host.aw.front());
    if (!store.w.empty()) w(dut->st_w_i, store);
    if (!host.w.empty()) w(dut->hw_w_i, host);
  }
  void take_address() {
    const bool is_host = dut->m_awid_o == 1;
    REQUIRE(dut->m_awid_o <= 1);
    const Source& source = is_host ? host : store;
    REQUIRE_FALSE(source.aw.empty());
    REQUIRE(get_bits(dut->m_aw_o, 8, 48) == source.aw.front().address);
    REQUIRE(get_bits(dut->m_aw_o, 0, 8) + 1 == source.aw.front().beats);
    dut_addresses_.push_back({source.aw.front(), is_host});
  }
  void take_beat() {
    beats_.push_back({get_bits(dut->m_w_o, 1, 32), get_grain(dut->m_w_o, 33), (dut->m_w_o[0] & 1) != 0});
    if (beats_.back().last) ++whole_;
  }
  // The n-th burst of data on the port belongs to the n-th address, whoever owned it.
  void match() {
    while (whole_ > 0 && !dut_addresses_.empty()) {
      const auto [burst, is_host] = dut_addresses_.front();
      CAPTURE(burst.address, is_host);
      for (unsigned beat = 0; beat < burst.beats; ++beat) {
        REQUIRE(beats_.front().strobes == static_cast<std::uint32_t>(burst.address * 7 + beat));
        REQUIRE(beats_.front().data == grain_at(burst.address + 32 * beat));
        REQUIRE(beats_.front().last == (beat + 1 == burst.beats));
        beats_.pop_front();
      }
      answers_.push_back(is_host ? 1 : 0);
      dut_addresses_.pop_front();
      --whole_;
    }
  }

  struct Taken {
    std::uint64_t strobes;
    Grain data;
    bool last;
  };
  std::deque<std::pair<Burst, bool>> dut_addresses_;  // Taken by memory, data not all there
  std::deque<Taken> beats_;                           // Data whose address is not matched
  unsigned whole_ = 0;                                // Whole bursts among them
  std::deque<unsigned> answers_;                      // IDs to answer
};

}  // namespace

TEST_CASE("STORE and the host share a port without mixing addresses and data, whatever memory wants first",
          "[axi][wr_join][random]") {
  const auto seed = GENERATE(range(1, 31));
  CAPTURE(seed);
  Join join{static_cast<std::uint64_t>(seed)};
  const unsigned weather[] = {100, 60, 20};
  join.manner = static_cast<Manner>(seed % 3);
  join.store_percent = weather[join.dice.below(3)];
  join.host_percent = weather[join.dice.below(3)];
  join.aw_percent = weather[join.dice.below(3)];
  join.w_percent = weather[join.dice.below(3)];
  for (unsigned n = 0; n < 150; ++n) {
    join.store.bursts.push_back({0x10000 + 0x400 * n, static_cast<unsigned>(join.dice.between(1, 32))});
    join.host.bursts.push_back({0x800000 + 32 * n, 1});
  }
  join.run();
  REQUIRE(join.store.answered == 150);
  REQUIRE(join.host.answered == 150);
}

TEST_CASE("while the host is silent STORE's channels pass through a joined port in the same cycle",
          "[axi][wr_join][cycles]") {
  Join join{1};
  for (unsigned n = 0; n < 40; ++n) join.store.bursts.push_back({0x10000 + 0x400 * n, 8});
  std::uint64_t offered = 0;
  for (unsigned n = 0; n < 2000 && !join.finished(); ++n) {
    join.cycle();
    offered += join.dut->st_awvalid_i;
  }
  REQUIRE(join.finished());
  REQUIRE(join.passed_at_once == offered);
  REQUIRE(join.dut.cycles() <= 40 * 8 + 60);  // A beat per cycle; answers come in every second one
}

TEST_CASE("neither owner of a joined port starves the other", "[axi][wr_join]") {
  Join join{1};
  for (unsigned n = 0; n < 2000; ++n) {
    join.store.bursts.push_back({0x10000 + 0x400 * n, 32});
    join.host.bursts.push_back({0x4000000 + 32 * n, 1});
  }
  for (unsigned n = 0; n < 3000; ++n) join.cycle();
  CAPTURE(join.host.answered, join.store.answered);
  REQUIRE(join.host.answered >= 3000 / 5);        // A fifth of the beats at least
  REQUIRE(join.store.answered * 32 >= 3000 / 3);  // A third
}
