// PARAMS: Masters=3 Ports=4 FifoDepth=64 FetchDepth=16 MaxBursts=48
// SPDX-License-Identifier: Apache-2.0
//
// tessera_rd_xbar between three masters and four memory ports that answer late, out of order between masters,
// and sometimes with errors. Every grain a master gets is compared with what its request should have brought.

#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include "Vrd_xbar.h"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;

constexpr unsigned kMasters = 3;
constexpr unsigned kPorts = 4;
constexpr unsigned kLongest[kMasters] = {16, 32, 32};

// Bursts in one granule of 4 KiB in 13 answer with SLVERR or DECERR.
bool bad(std::uint64_t address) { return address / 4096 % 13 == 5; }

struct Burst {
  std::uint64_t address;
  unsigned beats;
};

class Crossbar {
 public:
  explicit Crossbar(std::uint64_t seed) : dice{seed} {
    dut->req_valid_i = 0;
    dut->rsp_ready_i = 0;
    dut->m_axi_arready = 0;
    dut->m_axi_rvalid = 0;
    interleave(8);
  }

  Bench<Vrd_xbar> dut;
  Dice dice;
  unsigned req_percent = 100, rsp_percent = 100, ar_percent = 100, r_percent = 100;
  unsigned latency = 10;
  bool fair = false;                  // Ports answer in the order they were asked, across masters too
  std::array<bool, kMasters> deaf{};  // Masters that take no response
  std::array<std::deque<Burst>, kMasters> requests;
  std::array<std::uint64_t, kMasters> received{};
  std::array<std::uint64_t, kPorts> beats{};  // As counted by rd_beat_o
  std::uint64_t errors = 0;

  void interleave(unsigned i) { dut->interleave_i = static_cast<std::uint8_t>(interleave_ = i); }

  bool finished() const {
    for (unsigned m = 0; m < kMasters; ++m) {
      if (!deaf[m] && (!requests[m].empty() || !owed_[m].empty())) return false;
    }
    return true;
  }

  void cycle() {
    for (unsigned m = 0; m < kMasters; ++m) {
      if (!(dut->req_valid_i >> m & 1) && !requests[m].empty() && dice.percent(req_percent)) {
        dut->req_valid_i |= static_cast<std::uint8_t>(1u << m);
        set_bits(dut->req_i, 56 * m, 8, requests[m].front().beats - 1);
        set_bits(dut->req_i, 56 * m + 8, 48, requests[m].front().address);
      }
    }
    dut->rsp_ready_i = 0;
    for (unsigned m = 0; m < kMasters; ++m) {
      if (!deaf[m] && dice.percent(rsp_percent)) dut->rsp_ready_i |= static_cast<std::uint8_t>(1u << m);
    }
    dut->m_axi_arready = 0;
    dut->m_axi_rvalid = 0;
    for (unsigned p = 0; p < kPorts; ++p) {
      if (dice.percent(ar_percent)) dut->m_axi_arready |= static_cast<std::uint8_t>(1u << p);
      drive_response(p);
    }
    dut.settle();

    for (unsigned p = 0; p < kPorts; ++p) {
      REQUIRE((dut->m_axi_rready >> p & 1) == 1);  // Never back-pressure on R
      beats[p] += dut->rd_beat_o >> p & 1;
      if ((dut->m_axi_arvalid & dut->m_axi_arready) >> p & 1) take_address(p);
    }
    for (unsigned m = 0; m < kMasters; ++m) {
      REQUIRE((dut->idle_o >> m & 1) == (owed_[m].empty()));
      if ((dut->rsp_valid_o & dut->rsp_ready_i) >> m & 1) take_grain(m);
    }
    std::uint8_t taken = 0;
    for (unsigned m = 0; m < kMasters; ++m) {
      if (!((dut->req_valid_i & dut->req_ready_o) >> m & 1)) continue;
      const Burst burst = requests[m].front();
      requests[m].pop_front();
      for (unsigned b = 0; b < burst.beats; ++b) {
        owed_[m].push_back({burst.address + 32 * b, bad(burst.address), b + 1 == burst.beats});
      }
      taken |= static_cast<std::uint8_t>(1u << m);
    }
    dut.tick();
    dut->req_valid_i &= static_cast<std::uint8_t>(~taken);
    dut.settle();
  }

  void run(unsigned limit = 100'000) {
    for (unsigned n = 0; n < limit && !finished(); ++n) cycle();
    REQUIRE(finished());
  }

  Burst random_burst(unsigned master) {
    const std::uint64_t granule = std::uint64_t{1} << interleave_;
    const std::uint64_t address = dice.below(std::uint64_t{1} << 47) / 32 * 32;
    const std::uint64_t room = (granule - address % granule) / 32;
    return {address, static_cast<unsigned>(dice.between(1, std::min<std::uint64_t>(room, kLongest[master])))};
  }

 private:
  struct Owed {
    std::uint64_t address;
    bool error, last;
  };
  struct Beat {
    std::uint64_t address, ready;
    bool error, last;
  };

  // AXI orders only within an ID: any master's oldest beat may come next, or, with `fair`, the one that
  // waited longest.
  void drive_response(unsigned p) {
    if (!dice.percent(r_percent)) return;
    const unsigned start = static_cast<unsigned>(dice.below(kMasters));
    std::deque<Beat>* chosen = nullptr;
    unsigned id = 0;
    for (unsigned i = 0; i < kMasters; ++i) {
      const unsigned m = (start + i) % kMasters;
      auto& queue = memory_[p][m];
      if (queue.empty() || queue.front().ready > dut.cycles()) continue;
      if (chosen != nullptr && (!fair || chosen->front().ready <= queue.front().ready)) continue;
      chosen = &queue;
      id = m;
    }
    if (chosen == nullptr) return;
    const Beat beat = chosen->front();
    chosen->pop_front();
    dut->m_axi_rvalid |= static_cast<std::uint8_t>(1u << p);
    set_bits(dut->m_axi_rid, 4 * p, 4, id);
    set_bits(dut->m_axi_rresp, 2 * p, 2, beat.error ? 2 + dice.below(2) : 0);
    set_bits(dut->m_axi_rlast, p, 1, beat.last);
    set_grain(dut->m_axi_rdata, 256 * p, grain_at(beat.address));
  }

  void take_address(unsigned p) {
    const std::uint64_t address = get_bits(dut->m_axi_araddr, 48 * p, 48);
    const unsigned beats_asked = static_cast<unsigned>(get_bits(dut->m_axi_arlen, 8 * p, 8)) + 1;
    const auto id = static_cast<unsigned>(get_bits(dut->m_axi_arid, 4 * p, 4));
    REQUIRE(address >> interleave_ == (address + 32 * (beats_asked - 1)) >> interleave_);
    REQUIRE((address >> interleave_) % kPorts == p);
    REQUIRE(id < kMasters);
    REQUIRE(get_bits(dut->m_axi_arsize, 3 * p, 3) == 5);
    REQUIRE(get_bits(dut->m_axi_arburst, 2 * p, 2) == 1);
    for (unsigned b = 0; b < beats_asked; ++b) {
      memory_[p][id].push_back(
          {address + 32 * b, dut.cycles() + latency, bad(address), b + 1 == beats_asked});
    }
  }

  void take_grain(unsigned m) {
    REQUIRE_FALSE(owed_[m].empty());
    const Owed expected = owed_[m].front();
    owed_[m].pop_front();
    CAPTURE(m, expected.address);
    REQUIRE(get_bits(dut->rsp_o, 258 * m, 1) == expected.last);
    REQUIRE(get_bits(dut->rsp_o, 258 * m + 1, 1) == expected.error);
    REQUIRE(get_grain(dut->rsp_o, 258 * m + 2) == grain_at(expected.address));
    errors += expected.error;
    ++received[m];
  }

  unsigned interleave_ = 8;
  std::array<std::deque<Owed>, kMasters> owed_;
  std::array<std::array<std::deque<Beat>, kMasters>, kPorts> memory_;
};

}  // namespace

TEST_CASE("the read crossbar brings every master its grains in order, in any weather",
          "[axi][rd_xbar][random]") {
  const auto seed = GENERATE(range(1, 21));
  CAPTURE(seed);
  Crossbar xbar{static_cast<std::uint64_t>(seed)};
  const unsigned weather[] = {100, 70, 25};
  xbar.req_percent = weather[xbar.dice.below(3)];
  xbar.rsp_percent = weather[xbar.dice.below(3)];
  xbar.ar_percent = weather[xbar.dice.below(3)];
  xbar.r_percent = weather[xbar.dice.below(3)];
  xbar.latency = static_cast<unsigned>(xbar.dice.between(1, 80));
  xbar.interleave(static_cast<unsigned>(xbar.dice.between(8, 12)));
  std::uint64_t beats = 0;
  for (unsigned m = 0; m < kMasters; ++m) {
    for (unsigned n = 0; n < 60; ++n) {
      xbar.requests[m].push_back(xbar.random_burst(m));
      beats += xbar.requests[m].back().beats;
    }
  }
  xbar.run();
  xbar.cycle();
  REQUIRE(xbar.dut->idle_o == 0b111);
  REQUIRE(xbar.received[0] + xbar.received[1] + xbar.received[2] == beats);
  REQUIRE(xbar.beats[0] + xbar.beats[1] + xbar.beats[2] + xbar.beats[3] == beats);
  REQUIRE(xbar.errors > 0);
}

TEST_CASE("the read crossbar gives each master a grain per cycle", "[axi][rd_xbar][cycles]") {
  Crossbar xbar{1};
  xbar.fair = true;
  const bool short_bursts = GENERATE(false, true);
  CAPTURE(short_bursts);
  for (unsigned m = 1; m < kMasters; ++m) {
    for (unsigned n = 0; n < 512; ++n) {
      const std::uint64_t address = 0x100000 * m + 256 * n;
      if (short_bursts)
        xbar.requests[m].push_back({address, 1});
      else if (n < 64)
        xbar.requests[m].push_back({address, 8});
    }
  }
  xbar.run();
  // Request to AR 1, memory 10, R to response 2; everything else is a grain per cycle for both masters at
  // once, but for the burst that the one must wait for when both first ask the same port.
  REQUIRE(xbar.dut.cycles() <= 512 + 1 + 10 + 2 + 10);
}

TEST_CASE("the read crossbar fills a port with a grain per cycle from two masters",
          "[axi][rd_xbar][cycles]") {
  Crossbar xbar{1};
  for (unsigned m = 1; m < kMasters; ++m) {
    for (unsigned n = 0; n < 32; ++n) xbar.requests[m].push_back({0x100000 * m + 256 * kPorts * n, 8});
  }
  xbar.run();
  REQUIRE(xbar.beats[0] == 512);
  REQUIRE(xbar.dut.cycles() <= 512 + 20);
}

TEST_CASE("a master that takes nothing blocks no other master of the read crossbar", "[axi][rd_xbar]") {
  Crossbar xbar{2};
  xbar.deaf[1] = true;
  for (unsigned m = 0; m < kMasters; ++m) {
    for (unsigned n = 0; n < 200; ++n) xbar.requests[m].push_back(xbar.random_burst(m));
  }
  xbar.run();
  REQUIRE(xbar.received[0] > 200);
  REQUIRE(xbar.received[2] > 200);
  REQUIRE(xbar.received[1] == 0);
  REQUIRE_FALSE(xbar.requests[1].empty());  // Its reservations ran out, and it stopped asking
  xbar.deaf[1] = false;
  xbar.run();
  REQUIRE(xbar.received[1] > 200);
}
