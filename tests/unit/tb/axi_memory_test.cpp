// SPDX-License-Identifier: Apache-2.0

#include "axi_memory.hpp"

#include <array>
#include <deque>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "axi_monitor.hpp"
#include "support/catch.hpp"

namespace tessera::tb {
namespace {

struct ReadBeat {
  std::uint64_t cycle;
  AxiReadData r;
};
struct Response {
  std::uint64_t cycle;
  AxiWriteResponse b;
};

// A master that always takes what it is given, on port 0, with a monitor on the wires.
class Master {
 public:
  explicit Master(AxiMemoryConfig config) : memory{1, std::move(config)} {}

  void read(std::uint64_t addr, unsigned beats, std::uint8_t id = 0) {
    reads.push_back({true, addr, static_cast<std::uint8_t>(beats - 1), 5, kIncr, id});
  }
  void write(std::uint64_t addr, std::vector<Beat> data, std::uint32_t strb = 0xFFFFFFFF) {
    writes.push_back({true, addr, static_cast<std::uint8_t>(data.size() - 1), 5, kIncr, 0});
    for (std::size_t i = 0; i < data.size(); ++i)
      beats.push_back({true, i + 1 == data.size(), strb, data[i]});
  }
  void run(std::uint64_t cycles) {
    for (std::uint64_t i = 0; i < cycles; ++i) {
      AxiMaster m;
      if (!reads.empty()) m.ar = reads.front();
      if (!writes.empty()) m.aw = writes.front();
      if (!beats.empty()) m.w = beats.front();
      m.rready = m.bready = true;
      const AxiSlave s = memory.drive(0);
      monitor.check(m, s);
      if (s.r.valid) received.push_back({cycle, s.r});
      if (s.b.valid) responses.push_back({cycle, s.b});
      if (m.ar.valid && s.arready) {
        taken.push_back(cycle);
        reads.pop_front();
      }
      if (m.aw.valid && s.awready) writes.pop_front();
      if (m.w.valid && s.wready) {
        last_w = cycle;
        beats.pop_front();
      }
      memory.clock(0, m);
      ++cycle;
    }
  }

  AxiMemory memory;
  AxiMonitor monitor{{}};
  std::deque<AxiAddress> reads, writes;
  std::deque<AxiWriteData> beats;
  std::vector<ReadBeat> received;
  std::vector<Response> responses;
  std::vector<std::uint64_t> taken;
  std::uint64_t last_w = 0;
  std::uint64_t cycle = 0;
};

Beat beat_of(std::uint8_t value) {
  Beat beat;
  beat.fill(value);
  return beat;
}

AxiMemoryConfig small() {
  AxiMemoryConfig config;
  config.bytes = 4096;
  config.read_latency = 5;
  config.write_latency = 3;
  return config;
}

TEST_CASE("AxiMemory answers a read after exactly its latency, then one beat per cycle", "[axi_memory]") {
  AxiMemoryConfig config = small();
  config.read_latency = GENERATE(1U, 2U, 40U);
  Master master(config);
  std::vector<std::uint8_t> bytes(128);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  master.memory.write(64, bytes);
  master.read(64, 4, 3);
  master.run(100);
  REQUIRE(master.received.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CAPTURE(i);
    const ReadBeat& beat = master.received[i];
    CHECK(beat.cycle == master.taken[0] + config.read_latency + i);
    CHECK(beat.r.id == 3);
    CHECK(beat.r.resp == kOkay);
    CHECK(beat.r.last == (i == 3));
    CHECK(beat.r.data[0] == bytes[32 * i]);
    CHECK(beat.r.data[31] == bytes[32 * i + 31]);
  }
  master.monitor.finish();
}

TEST_CASE("AxiMemory streams queued reads without a bubble", "[axi_memory]") {
  Master master(small());
  for (unsigned i = 0; i < 10; ++i) master.read(256 * i, 8);
  master.run(200);
  REQUIRE(master.received.size() == 80);
  CHECK(master.received.back().cycle - master.received.front().cycle == 79);
}

TEST_CASE("AxiMemory writes strobed bytes when it answers and not before", "[axi_memory]") {
  Master master(small());
  master.write(32, {beat_of(0xAA), beat_of(0xBB)}, 0x80000001);
  std::array<std::uint8_t, 64> seen{};
  while (master.responses.empty() && master.cycle < 100) {
    master.memory.read(32, seen);
    master.run(1);
    if (master.responses.empty() && !master.memory.drive(0).b.valid)
      CHECK(seen == std::array<std::uint8_t, 64>{});
  }
  REQUIRE(master.responses.size() == 1);
  CHECK(master.responses[0].cycle == master.last_w + small().write_latency);
  CHECK(master.responses[0].b.resp == kOkay);
  master.memory.read(32, seen);
  std::array<std::uint8_t, 64> expected{};
  expected[0] = expected[31] = 0xAA;
  expected[32] = expected[63] = 0xBB;
  CHECK(seen == expected);
}

TEST_CASE("AxiMemory moves no more than its bandwidth, reads and writes together", "[axi_memory]") {
  AxiMemoryConfig config = small();
  config.bytes_per_cycle = GENERATE(8.0, 21.25, 32.0);
  Master master(config);
  for (unsigned i = 0; i < 200; ++i) master.read(0, 8);
  for (unsigned i = 0; i < 200; ++i) master.write(0, std::vector<Beat>(8, beat_of(1)));
  master.run(1000);
  const double bytes = 32.0 * static_cast<double>(master.memory.read_beats() + master.memory.write_beats());
  CHECK(bytes <= 1000 * config.bytes_per_cycle + 64);
  CHECK(bytes >= 0.97 * 1000 * config.bytes_per_cycle);
  // Neither direction starves the other.
  CHECK(master.memory.read_beats() > 0.4 * bytes / 32);
  CHECK(master.memory.write_beats() > 0.4 * bytes / 32);
}

TEST_CASE("AxiMemory without a bandwidth limit reads and writes a beat in every cycle", "[axi_memory]") {
  AxiMemoryConfig config = small();
  config.read_latency = config.write_latency = 1;
  Master master(config);
  for (unsigned i = 0; i < 20; ++i) master.read(0, 8);
  for (unsigned i = 0; i < 20; ++i) master.write(0, std::vector<Beat>(8, beat_of(1)));
  master.run(166);
  CHECK(master.memory.read_beats() == 160);
  CHECK(master.memory.write_beats() == 160);
}

TEST_CASE("AxiMemory answers DECERR outside its window and changes nothing", "[axi_memory]") {
  AxiMemoryConfig config = small();
  config.base = 0x1000'0000;
  Master master(config);
  const std::uint64_t address = GENERATE(std::uint64_t{0}, std::uint64_t{0x0FFF'FFE0},
                                         std::uint64_t{0x1000'1000}, std::uint64_t{0xFFFF'FFFF'FFE0});
  master.read(address, 1);
  master.write(address, {beat_of(0xFF)});
  master.run(50);
  REQUIRE(master.received.size() == 1);
  CHECK(master.received[0].r.resp == kDecErr);
  REQUIRE(master.responses.size() == 1);
  CHECK(master.responses[0].b.resp == kDecErr);
  std::vector<std::uint8_t> image(4096);
  master.memory.read(config.base, image);
  CHECK(image == std::vector<std::uint8_t>(4096));
}

TEST_CASE("AxiMemory answers SLVERR for just the beats in a fault range", "[axi_memory]") {
  AxiMemoryConfig config = small();
  config.faults = {{64, 96, MemoryFault::Kind::kReadError}, {128, 129, MemoryFault::Kind::kWriteError}};
  Master master(config);
  master.read(32, 4);
  master.write(96, {beat_of(1), beat_of(2), beat_of(3)});
  master.run(50);
  REQUIRE(master.received.size() == 4);
  CHECK(master.received[0].r.resp == kOkay);
  CHECK(master.received[1].r.resp == kSlvErr);
  CHECK(master.received[2].r.resp == kOkay);
  REQUIRE(master.responses.size() == 1);
  CHECK(master.responses[0].b.resp == kSlvErr);
  std::array<std::uint8_t, 96> image{};
  master.memory.read(96, image);
  CHECK(image[0] == 1);
  CHECK(image[32] == 0);
  CHECK(image[64] == 3);
}

TEST_CASE("AxiMemory never answers a burst in a range that does not answer", "[axi_memory]") {
  AxiMemoryConfig config = small();
  config.faults = {{0, 32, MemoryFault::Kind::kNoAnswer}};
  Master master(config);
  master.read(0, 1);
  master.write(0, {beat_of(1)});
  master.run(1000);
  CHECK(master.received.empty());
  CHECK(master.responses.empty());
}

TEST_CASE("AxiMemory takes no more bursts than its depth", "[axi_memory]") {
  AxiMemoryConfig config = small();
  config.read_latency = 100;
  config.depth = 3;
  Master master(config);
  for (unsigned i = 0; i < 5; ++i) master.read(0, 1);
  master.run(50);
  CHECK(master.taken.size() == 3);
}

TEST_CASE("AxiMemory under random stalls delivers the same bytes, later", "[axi_memory]") {
  AxiMemoryConfig config = small();
  config.stalls = StallRates::all(0.5);
  config.seed = GENERATE(1U, 2U, 3U);
  config.reorder = GENERATE(false, true);
  Master master(config);
  std::vector<std::uint8_t> bytes(4096);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 >> 3);
  master.memory.write(0, bytes);
  for (unsigned i = 0; i < 16; ++i) master.read(256 * i, 8, static_cast<std::uint8_t>(i % 4));
  master.run(2000);
  REQUIRE(master.received.size() == 128);
  CHECK(master.received.back().cycle > 200);
  // Per ID, in the order asked: ID d asked for bursts d, d + 4, d + 8, d + 12.
  std::array<unsigned, 4> count{};
  bool overtaken = false;
  for (const ReadBeat& beat : master.received) {
    const unsigned id = beat.r.id;
    const unsigned burst = id + 4 * (count[id] / 8);
    const std::size_t at = 256 * burst + 32 * (count[id] % 8);
    CHECK(
        std::equal(beat.r.data.begin(), beat.r.data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at)));
    ++count[id];
    for (unsigned other = 0; other < id; ++other) overtaken |= count[other] < count[id] - 8 * (count[id] > 8);
  }
  CHECK(count == std::array<unsigned, 4>{32, 32, 32, 32});
  CHECK(overtaken == config.reorder);
  master.monitor.finish();
}

TEST_CASE("AxiMemory with the same seed behaves the same", "[axi_memory]") {
  const auto cycles = [](std::uint64_t seed) {
    AxiMemoryConfig config = small();
    config.stalls = StallRates::all(0.3);
    config.seed = seed;
    Master master(config);
    for (unsigned i = 0; i < 8; ++i) master.read(256 * i, 8);
    master.run(500);
    std::vector<std::uint64_t> when;
    for (const ReadBeat& beat : master.received) when.push_back(beat.cycle);
    return when;
  };
  CHECK(cycles(7) == cycles(7));
  CHECK(cycles(7) != cycles(8));
}

TEST_CASE("AxiMemory refuses configurations that make no sense", "[axi_memory]") {
  AxiMemoryConfig config = small();
  SECTION("no latency") { config.read_latency = 0; }
  SECTION("no bandwidth") { config.bytes_per_cycle = 0; }
  SECTION("stalls for ever") { config.stalls.r = 1; }
  SECTION("half a grain") { config.bytes = 48; }
  SECTION("no room") { config.depth = 0; }
  CHECK_THROWS_AS(AxiMemory(1, config), std::invalid_argument);
}

TEST_CASE("AxiMemory's back door refuses to leave the memory", "[axi_memory]") {
  AxiMemory memory(1, small());
  std::array<std::uint8_t, 33> bytes{};
  CHECK_NOTHROW(memory.write(4096 - 33, bytes));
  CHECK_THROWS_AS(memory.write(4096 - 32, bytes), std::out_of_range);
  CHECK_THROWS_AS(memory.read(~std::uint64_t{0}, bytes), std::out_of_range);
}

}  // namespace
}  // namespace tessera::tb
