// PARAMS: Ports=4 MaxBursts=16 Lead=6
// SPDX-License-Identifier: Apache-2.0
//
// tessera_wr_mux between STORE and four memory ports that take addresses and data in any order and answer
// late.

#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include "Vwr_mux.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

constexpr unsigned kPorts = 4;

bool bad(std::uint64_t address) { return address / 4096 % 13 == 5; }
std::uint32_t strobes_at(std::uint64_t address) {
  return static_cast<std::uint32_t>(address / 32 * 2654435761u);
}

struct Burst {
  std::uint64_t address;
  unsigned beats;
};

// How a memory port treats its two channels.
enum class Manner { kIndependent, kAddressFirst, kDataFirst };

class Mux {
 public:
  explicit Mux(std::uint64_t seed) : dice{seed} {
    dut->req_valid_i = 0;
    dut->wdata_valid_i = 0;
    dut->m_axi_bvalid = 0;
    dut->m_axi_bid = 0;
    interleave(8);
  }

  Bench<Vwr_mux> dut;
  Dice dice;
  unsigned req_percent = 100, wdata_percent = 100, aw_percent = 100, w_percent = 100, b_percent = 100;
  unsigned latency = 10;
  Manner manner = Manner::kIndependent;
  std::deque<Burst> requests;
  std::uint64_t answered = 0, errors = 0, beats = 0, counted = 0;

  void interleave(unsigned i) { dut->interleave_i = static_cast<std::uint8_t>(interleave_ = i); }
  bool finished() const { return requests.empty() && data_.empty() && asked_ == answered; }

  void cycle() {
    if (!dut->req_valid_i && !requests.empty() && dice.percent(req_percent)) {
      dut->req_valid_i = 1;
      set_bits(dut->req_i, 0, 8, requests.front().beats - 1);
      set_bits(dut->req_i, 8, 48, requests.front().address);
    }
    if (!dut->wdata_valid_i && !data_.empty() && dice.percent(wdata_percent)) {
      dut->wdata_valid_i = 1;
      set_bits(dut->wdata_i, 0, 1, data_.front().last);
      set_bits(dut->wdata_i, 1, 32, strobes_at(data_.front().address));
      set_grain(dut->wdata_i, 33, grain_at(data_.front().address));
    }
    dut->m_axi_awready = dut->m_axi_wready = dut->m_axi_bvalid = 0;
    for (unsigned p = 0; p < kPorts; ++p) {
      const auto bit = static_cast<std::uint8_t>(1u << p);
      // A port may want the address before any data of the burst, or all the data before the address.
      const bool aw_open = manner != Manner::kDataFirst || port_[p].whole_bursts > port_[p].addresses.size();
      const bool w_open =
          manner != Manner::kAddressFirst || port_[p].addresses.size() > port_[p].whole_bursts;
      if (aw_open && dice.percent(aw_percent)) dut->m_axi_awready |= bit;
      if (w_open && dice.percent(w_percent)) dut->m_axi_wready |= bit;
      if (!port_[p].answers.empty() && port_[p].answers.front().second <= dut.cycles() &&
          dice.percent(b_percent)) {
        dut->m_axi_bvalid |= bit;
        const bool error = bad(port_[p].answers.front().first);
        set_bits(dut->m_axi_bresp, 2 * p, 2, error ? 2 + dice.below(2) : 0);
      }
    }
    dut.settle();

    for (unsigned p = 0; p < kPorts; ++p) {
      REQUIRE((dut->m_axi_bready >> p & 1) == 1);
      REQUIRE((dut->resp_valid_o >> p & 1) == (dut->m_axi_bvalid >> p & 1));
      counted += dut->wr_beat_o >> p & 1;
      if (dut->m_axi_bvalid >> p & 1) take_answer(p);
      if ((dut->m_axi_awvalid & dut->m_axi_awready) >> p & 1) take_address(p);
      if ((dut->m_axi_wvalid & dut->m_axi_wready) >> p & 1) take_beat(p);
      finish_bursts(p);
    }
    const bool data_taken = dut->wdata_valid_i && dut->wdata_ready_o;
    if (data_taken) data_.pop_front();
    const bool req_taken = dut->req_valid_i && dut->req_ready_o;
    if (req_taken) {
      const Burst burst = requests.front();
      requests.pop_front();
      ++asked_;
      Port& port = port_[(burst.address >> interleave_) % kPorts];
      port.expected.push_back(burst);
      for (unsigned b = 0; b < burst.beats; ++b) {
        data_.push_back({burst.address + 32 * b, b + 1 == burst.beats});
        port.expected_beats.push_back(data_.back());
      }
    }
    dut.tick();
    if (req_taken) dut->req_valid_i = 0;
    if (data_taken) dut->wdata_valid_i = 0;
    dut.settle();
  }

  void run(unsigned limit = 100'000) {
    for (unsigned n = 0; n < limit && !finished(); ++n) cycle();
    REQUIRE(finished());
  }

  Burst random_burst() {
    const std::uint64_t granule = std::uint64_t{1} << interleave_;
    const std::uint64_t address = dice.below(std::uint64_t{1} << 47) / 32 * 32;
    const std::uint64_t room = (granule - address % granule) / 32;
    return {address, static_cast<unsigned>(dice.between(1, std::min<std::uint64_t>(room, 32)))};
  }

 private:
  struct Beat {
    std::uint64_t address;
    bool last;
  };
  struct Port {
    std::deque<Burst> expected;           // Requested, address not seen yet
    std::deque<Beat> expected_beats;      // Requested, data not seen yet
    std::deque<std::uint64_t> addresses;  // Seen, burst not finished
    std::size_t whole_bursts = 0;         // Bursts whose data were seen, address not matched yet
    std::deque<std::pair<std::uint64_t, std::uint64_t>> answers;  // Address, earliest cycle
  };

  void take_address(unsigned p) {
    REQUIRE_FALSE(port_[p].expected.empty());
    const Burst burst = port_[p].expected.front();
    port_[p].expected.pop_front();
    REQUIRE(get_bits(dut->m_axi_awaddr, 48 * p, 48) == burst.address);
    REQUIRE(get_bits(dut->m_axi_awlen, 8 * p, 8) + 1 == burst.beats);
    REQUIRE(get_bits(dut->m_axi_awid, 4 * p, 4) == 0);
    REQUIRE(get_bits(dut->m_axi_awsize, 3 * p, 3) == 5);
    REQUIRE(get_bits(dut->m_axi_awburst, 2 * p, 2) == 1);
    port_[p].addresses.push_back(burst.address);
  }

  void take_beat(unsigned p) {
    REQUIRE_FALSE(port_[p].expected_beats.empty());
    const Beat beat = port_[p].expected_beats.front();
    port_[p].expected_beats.pop_front();
    REQUIRE(get_grain(dut->m_axi_wdata, 256 * p) == grain_at(beat.address));
    REQUIRE(get_bits(dut->m_axi_wstrb, 32 * p, 32) == strobes_at(beat.address));
    REQUIRE((dut->m_axi_wlast >> p & 1) == beat.last);
    if (beat.last) ++port_[p].whole_bursts;
    ++beats;
  }

  void finish_bursts(unsigned p) {
    while (port_[p].whole_bursts > 0 && !port_[p].addresses.empty()) {
      port_[p].answers.emplace_back(port_[p].addresses.front(), dut.cycles() + latency);
      port_[p].addresses.pop_front();
      --port_[p].whole_bursts;
    }
  }

  void take_answer(unsigned p) {
    const std::uint64_t address = port_[p].answers.front().first;
    port_[p].answers.pop_front();
    REQUIRE(get_bits(dut->resp_addr_o, 48 * p, 48) == address);
    REQUIRE((dut->resp_err_o >> p & 1) == bad(address));
    errors += bad(address);
    ++answered;
  }

  unsigned interleave_ = 8;
  std::uint64_t asked_ = 0;
  std::deque<Beat> data_;
  std::array<Port, kPorts> port_;
};

}  // namespace

TEST_CASE("the write multiplexer takes every burst and its data to the right port, in any weather",
          "[axi][wr_mux][random]") {
  const auto seed = GENERATE(range(1, 31));
  const Manner manner = static_cast<Manner>(seed % 3);
  CAPTURE(seed);
  Mux mux{static_cast<std::uint64_t>(seed)};
  const unsigned weather[] = {100, 70, 25};
  mux.req_percent = weather[mux.dice.below(3)];
  mux.wdata_percent = weather[mux.dice.below(3)];
  mux.aw_percent = weather[mux.dice.below(3)];
  mux.w_percent = weather[mux.dice.below(3)];
  mux.b_percent = weather[mux.dice.below(3)];
  mux.latency = static_cast<unsigned>(mux.dice.between(1, 80));
  mux.manner = manner;
  mux.interleave(static_cast<unsigned>(mux.dice.between(8, 12)));
  std::uint64_t beats = 0;
  for (unsigned n = 0; n < 150; ++n) {
    mux.requests.push_back(mux.random_burst());
    beats += mux.requests.back().beats;
  }
  mux.run();
  REQUIRE(mux.answered == 150);
  REQUIRE(mux.beats == beats);
  REQUIRE(mux.counted == beats);
  REQUIRE(mux.errors > 0);
}

TEST_CASE("the write multiplexer moves a beat per cycle over ports in turn", "[axi][wr_mux][cycles]") {
  Mux mux{1};
  const unsigned beats = GENERATE(1u, 8u);
  CAPTURE(beats);
  const unsigned bursts = 512 / beats;
  for (unsigned n = 0; n < bursts; ++n) mux.requests.push_back({0x40000 + 256 * n, beats});
  mux.run();
  REQUIRE(mux.dut.cycles() <= 512 + 10 + 10);  // Latency of the last answer, and of the pipeline
}

TEST_CASE("the write multiplexer stops asking a port that owes as many answers as it can remember",
          "[axi][wr_mux]") {
  Mux mux{1};
  mux.latency = 200;
  for (unsigned n = 0; n < 60; ++n) mux.requests.push_back({0x40000 + 256 * kPorts * n, 1});
  for (unsigned n = 0; n < 100; ++n) mux.cycle();
  REQUIRE(mux.requests.size() == 60 - 16);
  mux.run();
  REQUIRE(mux.answered == 60);
}
