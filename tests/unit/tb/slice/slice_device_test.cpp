// SPDX-License-Identifier: Apache-2.0
//
// SliceDevice around fake_slice.sv: bits reach the right pins, runs end as told, and each check of a run can
// fail.

#include "slice_device.hpp"

#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "Vfake_slice_p1.h"
#include "Vfake_slice_p2.h"
#include "Vfake_slice_p4.h"
#include "protocol_error.hpp"
#include "support/catch.hpp"
#include "verilated_slice.hpp"

namespace tessera::tb {

template <class Model>
std::unique_ptr<SliceModel> make(std::uint64_t seed, bool waves) {
  return std::make_unique<VerilatedSlice<Model>>(seed, waves);
}

std::span<const SliceBuild> slice_builds() {
  static const std::vector<SliceBuild> builds = {
      {"p1", make<Vfake_slice_p1>}, {"p2", make<Vfake_slice_p2>}, {"p4", make<Vfake_slice_p4>}};
  return builds;
}

namespace {

// Codes that fake_slice.sv takes for planted faults, in the watchdog register.
constexpr std::uint32_t kFaultAssert = 1001;
constexpr std::uint32_t kFaultBucket = 1002;
constexpr std::uint32_t kFaultBeats = 1003;
constexpr std::uint32_t kFaultPort = 1004;
constexpr std::uint32_t kFaultHang = 1005;

SliceOptions options(const std::string& build) {
  SliceOptions o;
  o.build = build;
  o.memory.bytes = 1 << 16;
  o.memory.read_latency = 3;
  o.memory.write_latency = 2;
  o.max_cycles = 20'000;
  return o;
}

Launch copy(std::uint32_t grains, std::uint32_t fault = 0) {
  Launch launch;
  launch.program_base = 0;
  launch.instructions = grains;
  launch.memory_base = 0x8000;
  launch.memory_limit = 0x10000;
  launch.watchdog = fault;
  return launch;
}

// The message of the exception that `run` throws, or "".
template <class Function>
std::string thrown(Function run) {
  try {
    run();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("SliceDevice reads the hardware's parameters from its registers", "[slice_device]") {
  SliceDevice device(options("p2"));
  const HardwareConfig expected{.rows = 2,
                                .cols = 4,
                                .acc_bits = 128,
                                .a_depth = 32,
                                .b_depth = 64,
                                .a_scale_depth = 5,
                                .b_scale_depth = 6,
                                .psum_tiles = 9,
                                .out_depth = 256,
                                .col_depth = 7,
                                .load_lanes = 2,
                                .ports = 2,
                                .formats = 0xF};
  CHECK(device.config() == expected);
}

TEST_CASE("SliceDevice moves every bit between pins and memory, for any number of ports", "[slice_device]") {
  const std::string build = GENERATE("p1", "p2", "p4");
  SliceOptions o = options(build);
  SECTION("steady") {}
  SECTION("random stalls and host timing") {
    o.memory.stalls = StallRates::all(0.4);
    o.random_host_timing = true;
  }
  SliceDevice device(o);
  std::vector<std::uint8_t> bytes(0x4000);
  Random random(11);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  device.write(0, bytes);
  const RunResult result = device.run(copy(20));
  CHECK(result.ok());
  CHECK(result.irq);
  CHECK(result.counters.read_beats == 20);
  CHECK(result.counters.write_beats == 20);
  if (build == "p1" && o.memory.stalls.r == 0) CHECK(result.counters.cycles == 20 * (1 + 3 + 1 + 1 + 2));
  std::vector<std::uint8_t> copied(0x4000);
  device.read(0x8000, copied);
  const unsigned ports = device.config().ports;
  std::vector<std::uint8_t> expected(0x4000);
  for (unsigned grain = 0; grain < 20; ++grain) {
    const unsigned at = grain / 8 * 256 * ports + grain % 8 * 32;
    std::copy_n(bytes.begin() + at, 32, expected.begin() + at);
  }
  CHECK(copied == expected);
  // And once more: counters start again.
  CHECK(device.run(copy(3)).counters.read_beats == 3);
}

TEST_CASE("SliceDevice hands back an error with all its registers", "[slice_device]") {
  SliceOptions o = options("p2");
  o.memory.faults = {{0x20, 0x40, MemoryFault::Kind::kReadError}};
  SliceDevice device(o);
  const RunResult result = device.run(copy(4));
  CHECK(result.state == spec::State::kError);
  CHECK(result.error == spec::Error::kBusRead);
  CHECK(result.error_pc == 5);
  CHECK(result.error_engine == spec::Engine::kLoad0);
  CHECK(result.error_address == 0x20);
  CHECK(result.error_instruction[4] == 1);
  CHECK(result.error_instruction[7] == 4);
  device.memory().set_faults({});
  CHECK(device.run(copy(4)).ok());
}

TEST_CASE("SliceDevice turns a failed RTL assertion into an exception and the next device works",
          "[slice_device]") {
  SliceDevice device(options("p2"));
  CHECK(contains(thrown([&] { device.run(copy(4, kFaultAssert)); }), "RTL assertion failed in cycle"));
  SliceDevice next(options("p2"));
  CHECK(next.run(copy(4)).ok());
}

TEST_CASE("SliceDevice refuses buckets that do not add up", "[slice_device]") {
  SliceDevice device(options("p2"));
  CHECK(contains(thrown([&] { device.run(copy(4, kFaultBucket)); }), "the buckets of engine MATMUL"));
}

TEST_CASE("SliceDevice refuses a beat counter that disagrees with the wires", "[slice_device]") {
  SliceDevice device(options("p2"));
  CHECK(contains(thrown([&] { device.run(copy(4, kFaultBeats)); }), "READ_BEATS is 5, should be 4"));
}

TEST_CASE("SliceDevice has a monitor on every port", "[slice_device]") {
  SliceDevice device(options("p2"));
  CHECK_THROWS_AS(device.run(copy(4, kFaultPort)), ProtocolError);
}

TEST_CASE("SliceDevice stops a run that does not end", "[slice_device]") {
  SliceDevice device(options("p1"));
  CHECK(contains(thrown([&] { device.run(copy(4, kFaultHang)); }), "no interrupt within 20000 cycles"));
}

TEST_CASE("SliceDevice with the same seed takes the same cycles, and reset starts afresh", "[slice_device]") {
  SliceOptions o = options("p2");
  o.memory.stalls = StallRates::all(0.5);
  const auto cycles = [&](std::uint64_t seed) {
    o.memory.seed = seed;
    SliceDevice device(o);
    return device.run(copy(40)).counters.cycles;
  };
  CHECK(cycles(1) == cycles(1));
  CHECK(cycles(1) != cycles(2));

  SliceDevice device(options("p2"));
  device.start(copy(40));
  CHECK_FALSE(device.run_until_irq(50));
  device.reset();
  CHECK(device.run(copy(4)).ok());
}

TEST_CASE("SliceDevice names the grids it has when asked for one it lacks", "[slice_device]") {
  const std::string message = thrown([] { SliceDevice device(options("p3")); });
  CHECK(contains(message, "p3"));
  CHECK(contains(message, "p1, p2, p4"));
}

TEST_CASE("SliceDevice writes waves of the cycles asked for", "[slice_device]") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  const auto size = [&](std::uint64_t from, std::uint64_t to) {
    const std::filesystem::path file = folder / ("tessera_waves_test_" + std::to_string(to) + ".fst");
    {
      SliceOptions o = options("p2");
      o.waves = file.string();
      o.wave_from = from;
      o.wave_to = to;
      SliceDevice device(o);
      for (int i = 0; i < 20; ++i) device.run(copy(400));
    }
    const auto bytes = std::filesystem::file_size(file);
    std::filesystem::remove(file);
    return bytes;
  };
  const auto some = size(10, 20);
  CHECK(some > 0);
  CHECK(size(0, ~std::uint64_t{0}) > 2 * some);
}

}  // namespace
}  // namespace tessera::tb
