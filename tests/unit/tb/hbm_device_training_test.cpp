// SPDX-License-Identifier: Apache-2.0
//
// What a PHY has to find: delay windows, flight time, levelling, the training FIFO; and lane repair over IEEE
// 1500.

#include "support/catch.hpp"
#include "support/hbm_bus.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;
namespace enc = tessera::tb::hbm::encoding;

constexpr std::array<unsigned, 8> kPattern{0x55, 0x33, 0x0F, 0xA5, 0x96, 0x3C, 0xC3, 0x69};
constexpr DramAddress kPlace{.bg = 2, .ba = 1, .row = 300, .col = 9};

// A device with hidden windows whose delay codes are all in the middle.
struct Tuned : HbmBus {
  explicit Tuned(std::uint64_t seed, std::uint64_t drift_ck = 0)
      : HbmBus{{.seed = seed, .drift_ck = drift_ck, .strict = false}} {
    centre();
    mrs(0, enc::kMrRl, 20);
    mrs(40, enc::kMrWl, 10);
    run_to(100);
  }
  void centre() {
    const Windows& w = device.hidden_windows();
    const auto middle = [](const Window& window) {
      return static_cast<std::uint8_t>((window.low + window.high) / 2);
    };
    idle.delay.ca = middle(w.ca());
    for (unsigned pc = 0; pc < kPcs; ++pc) {
      idle.delay.wdqs[pc] = middle(w.wdqs(pc));
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        idle.delay.wr[pc][lane] = middle(w.wr(pc, lane));
        idle.delay.rd[pc][lane] = middle(w.rd(pc, lane));
      }
    }
  }
  void train(unsigned bits) {
    mrs(now() + 100, enc::kMrTrain, bits);
    run_to(now() + 200);
  }
  // In data training.
  Burst read(unsigned pc) {
    const std::size_t before = reads.size();
    send(now() + 4, Op::kRd, pc);
    run_to(now() + 80);
    if (reads.size() != before + 1) throw std::runtime_error("no burst");
    return reads.back();
  }
  void write_lanes(unsigned pc, const std::array<std::uint64_t, 8>& beats) {
    const std::int64_t tick = now() + 4;
    send(tick, Op::kWr, pc);
    HbmBus::burst(tick + 20, pc, beats);
    run_to(now() + 100);
  }
};

unsigned lane_byte(const std::array<std::uint64_t, 8>& beats, unsigned lane) {
  unsigned byte = 0;
  for (unsigned beat = 0; beat < 8; ++beat) byte |= (beats[beat] >> lane & 1) << beat;
  return byte;
}

TEST_CASE("Windows are 8 to 24 codes wide within 2 to 61, and differ by seed, lane and pseudo-channel",
          "[hbm]") {
  std::array<unsigned, 64> widths{};
  std::array<unsigned, 4> flights{};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Windows windows{seed, false};
    for (unsigned pc = 0; pc < kPcs; ++pc) {
      ++flights.at(windows.flight(pc));
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        for (const Window& w : {windows.wr(pc, lane), windows.rd(pc, lane), windows.wdqs(pc), windows.ca()}) {
          REQUIRE(w.low >= 2);
          REQUIRE(w.high <= 61);
          ++widths.at(w.high - w.low + 1u);
        }
      }
    }
  }
  for (unsigned width = 0; width < 64; ++width) CHECK((widths[width] > 0) == (width >= 8 && width <= 24));
  for (const unsigned count : flights) CHECK(count > 0);
}

TEST_CASE("With every code in its window data go through, RL plus the flight time later", "[hbm]") {
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    Tuned bus{seed};
    for (const unsigned pc : {0, 1}) {
      const std::int64_t t = bus.now() + 100;
      bus.send(t, Op::kAct, pc, kPlace);
      bus.write(t + 100, Op::kWr, pc, kPlace, some_grain(seed));
      bus.send(t + 200, Op::kRda, pc, kPlace);
      bus.finish();
      REQUIRE(bus.reads.size() == pc + 1);
      CHECK(bus.reads.back().tick == t + 200 + 2 * (20 + bus.device.hidden_flight(pc)));
      CHECK((HbmBus::decode(bus.reads.back().beat) == some_grain(seed)));
    }
    CHECK(broken_rules(bus.device).empty());
  }
}

TEST_CASE("A command outside the CA window raises AERR 4 CK later and is not executed, parity on or off",
          "[hbm]") {
  for (const unsigned features : {0u, enc::kCommandParity}) {
    Tuned bus{5};
    bus.mrs(bus.now() + 100, enc::kMrFeatures, features);
    bus.finish();
    const Window ca = bus.device.hidden_windows().ca();
    for (unsigned code = 0; code < 64; ++code) {
      bus.idle.delay.ca = static_cast<std::uint8_t>(code);
      const std::uint64_t before = bus.device.stats().commands[static_cast<unsigned>(Op::kPrePb)];
      bus.aerr.clear();
      const std::int64_t t = bus.now() + 20;
      bus.send(t, Op::kPrePb);
      bus.run_to(t + 40);
      const bool inside = code >= ca.low && code <= ca.high;
      CHECK(bus.device.stats().commands[static_cast<unsigned>(Op::kPrePb)] == before + inside);
      CHECK(bus.aerr == (inside ? std::vector<std::int64_t>{} : std::vector<std::int64_t>{t + 8}));
    }
  }
}

TEST_CASE("Levelling shows on DQ[0] whether dly_wdqs is past the lower end of its window, without a command",
          "[hbm]") {
  Tuned bus{6};
  const tb::hbm::PinsIn before = bus.step();
  CHECK(before.r[0].lane[0][0] == 0);
  bus.train(enc::kTrainLevel);
  for (unsigned code = 0; code < 64; ++code) {
    bus.idle.delay.wdqs = {static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(63 - code)};
    const PinsIn in = bus.step();
    for (unsigned pc = 0; pc < kPcs; ++pc) {
      const std::uint64_t expected =
          bus.idle.delay.wdqs[pc] >= bus.device.hidden_windows().wdqs(pc).low ? 1 : 0;
      CHECK(in.r[pc].strobe == 0);
      for (unsigned i = 0; i < 8; ++i) CHECK(in.r[pc].lane[i / 4][i % 4] == expected);
    }
  }
  bus.train(0);
  CHECK(bus.step().r[0].lane[0][0] == 0);
}

TEST_CASE("In data training RD returns the patterns on every lane, in order, from the mode register write on",
          "[hbm]") {
  Tuned bus{7};
  bus.train(enc::kTrainData);
  for (unsigned i = 0; i < 11; ++i) {
    for (const unsigned pc : {0, 1}) {
      const auto burst = bus.read(pc);
      for (unsigned lane = 0; lane < kLanes; ++lane) CHECK(lane_byte(burst.beat, lane) == kPattern[i % 8]);
    }
  }
  bus.train(enc::kTrainData);
  CHECK(lane_byte(bus.read(0).beat, 40) == kPattern[0]);
  CHECK(broken_rules(bus.device).empty());
}

TEST_CASE("A lane read outside its window is wrong in every burst, and no other lane is", "[hbm]") {
  Tuned bus{8};
  bus.train(enc::kTrainData);
  for (const unsigned lane : {0u, 20u, 33u, 35u, 38u, 40u}) {
    const Window window = bus.device.hidden_windows().rd(1, lane);
    for (unsigned code = 0; code < 64; ++code) {
      bus.centre();
      bus.idle.delay.rd[1][lane] = static_cast<std::uint8_t>(code);
      bus.train(enc::kTrainData);
      const auto burst = bus.read(1);
      for (unsigned other = 0; other < kLanes; ++other) {
        const bool right = other != lane || (code >= window.low && code <= window.high);
        CHECK((lane_byte(burst.beat, other) == kPattern[0]) == right);
      }
    }
  }
}

TEST_CASE("A lane written outside its window is wrong; with WDQS outside its window all are", "[hbm]") {
  Tuned bus{9};
  std::array<std::uint64_t, 8> beats;
  for (unsigned i = 0; i < 8; ++i) beats[i] = (0x123456789ABCDEFu * (i + 1)) & kAllLanes;
  const Windows windows = bus.device.hidden_windows();
  for (unsigned code = 0; code < 64; ++code) {
    bus.centre();
    bus.idle.delay.wr[0][5] = static_cast<std::uint8_t>(code);
    bus.train(enc::kTrainData);
    bus.write_lanes(0, beats);
    auto burst = bus.read(0);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      const bool right = lane != 5 || windows.wr(0, 5).holds(code);
      CHECK((lane_byte(burst.beat, lane) == lane_byte(beats, lane)) == right);
    }
    bus.centre();
    bus.idle.delay.wdqs[0] = static_cast<std::uint8_t>(code);
    bus.train(enc::kTrainData);
    bus.write_lanes(0, beats);
    burst = bus.read(0);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      CHECK((lane_byte(burst.beat, lane) == lane_byte(beats, lane)) == windows.wdqs(0).holds(code));
    }
  }
  CHECK(broken_rules(bus.device).empty());
}

TEST_CASE("Training writes leave the array alone, and a reset restores the patterns", "[hbm]") {
  Tuned bus{10};
  bus.train(enc::kTrainData);
  bus.write_lanes(0, {1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(bus.device.rows_stored() == 0);
  bus.train(enc::kTrainData);
  CHECK(bus.read(0).beat == std::array<std::uint64_t, 8>{1, 2, 3, 4, 5, 6, 7, 8});
  bus.idle.reset_n = false;
  bus.step();
  bus.idle.reset_n = true;
  bus.run_to(bus.now() + 64);
  bus.mrs(bus.now() + 100, enc::kMrRl, 20);
  bus.run_to(bus.now() + 200);
  bus.train(enc::kTrainData);
  CHECK(lane_byte(bus.read(0).beat, 3) == kPattern[0]);
}

TEST_CASE("Windows drift by one code per period, if asked, and stay within 2 to 61", "[hbm]") {
  constexpr std::uint64_t kPeriod = 1000;
  Tuned still{11};
  Tuned drifting{11, kPeriod};
  const auto lows = [](const Windows& windows) {
    std::vector<int> all{windows.ca().low, windows.wdqs(0).low, windows.wdqs(1).low};
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      for (const unsigned pc : {0, 1}) {
        all.push_back(windows.rd(pc, lane).low);
        all.push_back(windows.wr(pc, lane).low);
        CHECK(windows.rd(pc, lane).high <= 61);
        CHECK(windows.wr(pc, lane).low >= 2);
      }
    }
    return all;
  };
  for (unsigned step = 1; step < 100; ++step) {
    const std::vector<int> before = lows(drifting.device.hidden_windows());
    drifting.run_to(static_cast<std::int64_t>(2 * kPeriod * step) - drifting.origin() + 4);
    const std::vector<int> after = lows(drifting.device.hidden_windows());
    unsigned up = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      REQUIRE(std::abs(after[i] - before[i]) == 1);
      up += after[i] > before[i];
    }
    CHECK(up > 0);
    CHECK(up < before.size());
  }
  still.run_to(100 * kPeriod);
  CHECK(lows(still.device.hidden_windows()) == lows(Windows{11, false}));
}

// Shifts bits through the IEEE 1500 port.
class Port {
 public:
  explicit Port(HbmBus& bus) : bus_{bus} {}
  void reset() {
    bus_.idle.port = {.wrst_n = false};
    bus_.step();
    bus_.idle.port = {};
    bus_.step();
  }
  std::uint32_t exchange(bool instruction, unsigned bits, std::uint32_t value) {
    TestPortPins& pins = bus_.idle.port;
    pins = {.selectwir = instruction, .capturewr = true};
    pulse();
    pins.capturewr = false;
    pins.shiftwr = true;
    std::uint32_t out = 0;
    for (unsigned i = 0; i < bits; ++i) {
      pins.wsi = value >> i & 1;
      out |= std::uint32_t{wso_} << i;
      pulse();
    }
    pins.shiftwr = false;
    pins.updatewr = true;
    pulse();
    pins = {};
    bus_.step();
    return out;
  }
  void select(std::uint8_t instruction) { exchange(true, 8, instruction); }

 private:
  void pulse() {
    bus_.step();
    bus_.idle.port.wrck = true;
    bus_.step();
    bus_.idle.port.wrck = false;
    wso_ = bus_.step().wso;
  }
  HbmBus& bus_;
  bool wso_ = false;
};

TEST_CASE("IEEE 1500 reads the identity and the temperature, and bypasses one bit", "[hbm]") {
  HbmBus bus{{.trained = true, .device_id = 0xDEADBEEF, .celsius = 87}};
  Port port{bus};
  port.reset();
  CHECK(port.exchange(false, 5, 0b01101) == 0b11010);  // Bypass: a bit late
  port.select(enc::kWirDeviceId);
  CHECK(port.exchange(false, 32, 0) == 0xDEADBEEF);
  port.select(enc::kWirTemperature);
  CHECK(port.exchange(false, 8, 0) == 87);
  bus.device.set_celsius(101);
  CHECK(port.exchange(false, 8, 0) == 101);
  CHECK(port.exchange(true, 8, enc::kWirTemperature) == enc::kWirTemperature);
  port.reset();
  CHECK(port.exchange(true, 8, 0) == enc::kWirBypass);
}

TEST_CASE("A repaired lane travels on its spare, over the same pins in both directions", "[hbm]") {
  struct Case {
    unsigned pc, spare, lane;
  };
  for (const Case c : {Case{0, 0, 3}, {0, 1, 31}, {1, 0, 38}, {1, 1, 33}, {1, 0, 35}, {0, 0, 32}}) {
    HbmBus bus{{.trained = true}};
    bus.features = enc::kWriteParity;
    bus.mrs(0, enc::kMrFeatures, enc::kWriteParity | enc::kReadParity);
    Port port{bus};
    port.select(enc::kWirLaneRepair);
    const std::uint32_t repair = (0x80u | c.lane) << 8 * (2 * c.pc + c.spare);
    port.exchange(false, 32, repair);
    CHECK(port.exchange(false, 32, repair) == repair);  // Reads back
    bus.device.stick_lane(c.pc, c.lane, true);

    const Grain grain = some_grain(c.lane);
    const std::int64_t t = bus.now() + 20;
    std::array<std::uint64_t, 8> beats = HbmBus::encode(grain, bus.features);
    for (std::uint64_t& word : beats) {
      word |= (word >> c.lane & 1) << (39 + c.spare);
      word &= ~(std::uint64_t{1} << c.lane);
    }
    bus.send(t, Op::kAct, c.pc, kPlace);
    bus.send(t + 100, Op::kWr, c.pc, kPlace);
    bus.burst(t + 120, c.pc, beats);
    bus.send(t + 200, Op::kRd, c.pc, kPlace);
    bus.finish();
    CHECK(bus.derr.empty());
    CHECK((bus.device.read_grain(c.pc, kPlace) == grain));
    REQUIRE(bus.reads.size() == 1);
    std::array<std::uint64_t, 8> got = bus.reads[0].beat;
    for (std::uint64_t& word : got) {
      CHECK((word >> c.lane & 1) == 1);  // Stuck
      word &= ~(std::uint64_t{1} << c.lane);
      word |= (word >> (39 + c.spare) & 1) << c.lane;
      CHECK(__builtin_parityll(word & ((std::uint64_t{1} << 39) - 1)) == 0);
    }
    CHECK((HbmBus::decode(got) == grain));
  }
}

TEST_CASE("Without repair a stuck lane is seen by parity; repair outlives reset, not a power cycle",
          "[hbm]") {
  HbmBus bus{{.trained = true}};
  Port port{bus};
  port.select(enc::kWirLaneRepair);
  port.exchange(false, 32, 0x80 | 7);
  bus.idle.reset_n = false;
  port.reset();
  bus.idle.reset_n = true;
  bus.run_to(bus.now() + 64);
  port.select(enc::kWirLaneRepair);
  CHECK(port.exchange(false, 32, 0x80 | 7) == (0x80 | 7));
  bus.device.power_cycle();
  port.select(enc::kWirLaneRepair);
  CHECK(port.exchange(false, 32, 0) == 0);
}

TEST_CASE("A spare that is given a lane it does not serve is REPAIR and carries nothing", "[hbm]") {
  for (unsigned lane = 0; lane < 64; ++lane) {
    for (const unsigned spare : {0, 1}) {
      HbmBus bus{{.trained = true, .strict = false}};
      Port port{bus};
      port.select(enc::kWirLaneRepair);
      port.exchange(false, 32, (0x80u | lane) << 8 * spare);
      const bool first = lane < 16 || lane == 32 || lane == 34 || lane == 35 || lane == 38;
      const bool fine = lane < 39 && first == (spare == 0);
      CHECK(broken_rules(bus.device) ==
            (fine ? std::vector<std::string>{} : std::vector<std::string>{"REPAIR"}));
    }
  }
}

}  // namespace
}  // namespace tessera::test
