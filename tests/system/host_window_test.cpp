// SPDX-License-Identifier: Apache-2.0
//
// The host window of tessera_slice in front of a flat memory: bursts of every kind, errors, order, and its
// company with running programs.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/run.hpp"
#include "reference/gemm.hpp"
#include "slice_device.hpp"
#include "support/catch.hpp"
#include "support/host_traffic.hpp"
#include "workload/workload.hpp"

namespace {

using namespace tessera;
using namespace tessera::test;
using spec::Format;

constexpr std::uint64_t kMemory = std::uint64_t{8} << 20;
constexpr std::uint64_t kHostBase = std::uint64_t{6} << 20;  // Above what the GEMMs here use
constexpr std::uint64_t kHostBytes = 16384;

tb::SliceOptions slice_options(std::uint64_t seed = 1) {
  tb::SliceOptions options;
  options.build = tb::slice_builds().front().name;
  options.memory.bytes = kMemory;
  options.seed = options.memory.seed = seed;
  return options;
}

std::vector<std::uint8_t> random_bytes(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint8_t> bytes(count);
  workload::Random random(seed);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

struct Gemm {
  compiler::GemmProblem problem;
  workload::Operands operands;
  std::vector<std::uint8_t> expected;
};

Gemm make_gemm(std::size_t m, std::size_t n, std::size_t k, const HardwareConfig& hw) {
  Gemm gemm;
  gemm.problem.m = m;
  gemm.problem.n = n;
  gemm.problem.k = k;
  gemm.problem.fmt_a = gemm.problem.fmt_b = Format::kInt8;
  gemm.problem.out = Format::kInt32;
  gemm.operands =
      workload::generate({.m = m, .n = n, .k = k, .fmt_a = Format::kInt8, .fmt_b = Format::kInt8});
  gemm.expected =
      reference::gemm(compiler::reference_spec(gemm.problem, hw), gemm.operands.a, gemm.operands.b).out;
  return gemm;
}

// The answer to one burst, alone.
tb::HostAnswer single(tb::SliceDevice& device, tb::HostBurst burst) {
  device.window().answers().clear();
  device.window().ask(std::move(burst));
  device.settle_window();
  REQUIRE(device.window().answers().size() == 1);
  return device.window().answers().front();
}

tb::HostBurst write_of(std::uint64_t address, unsigned beats, std::uint8_t fill) {
  tb::HostBurst burst;
  burst.write = true;
  burst.address = {
      .addr = address, .len = static_cast<std::uint8_t>(beats - 1), .size = 5, .burst = tb::kIncr};
  burst.data.resize(beats);
  for (tb::AxiWriteData& beat : burst.data) {
    beat.strb = ~0U;
    beat.data.fill(fill);
  }
  return burst;
}

tb::HostBurst read_of(std::uint64_t address, unsigned beats) {
  tb::HostBurst burst;
  burst.address = {
      .addr = address, .len = static_cast<std::uint8_t>(beats - 1), .size = 5, .burst = tb::kIncr};
  return burst;
}

}  // namespace

TEST_CASE("front door and back door are two doors to the same bytes, at any interleave", "[host_window]") {
  for (unsigned interleave = 8; interleave <= 12; ++interleave) {
    tb::SliceOptions options = slice_options(interleave);
    options.interleave_log2 = interleave;
    tb::SliceDevice device(options);
    for (const std::uint64_t start : {0U, 1U, 31U, 4000U}) {
      for (const std::size_t count : {1U, 31U, 33U, 5000U}) {
        CAPTURE(interleave, start, count);
        const auto bytes = random_bytes(count, start + count);
        std::vector<std::uint8_t> around(count + 128), seen(count);
        device.write(kHostBase + start - (start == 0 ? 0 : 1), random_bytes(count + 2, 99));
        device.read(kHostBase, around);
        device.frontdoor_write(kHostBase + start, bytes);
        device.read(kHostBase + start, seen);
        REQUIRE(seen == bytes);
        std::fill(seen.begin(), seen.end(), std::uint8_t{0});
        device.frontdoor_read(kHostBase + start, seen);
        REQUIRE(seen == bytes);
      }
    }
  }
}

TEST_CASE("bursts of every kind read and write exactly their bytes, in any weather",
          "[host_window][random]") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    tb::SliceOptions options = slice_options(seed);
    options.random_host_timing = seed % 2 == 0;
    options.interleave_log2 = 8 + static_cast<unsigned>(seed % 5);
    options.memory.reorder = seed % 3 == 0;
    options.memory.stalls = tb::StallRates::all(seed % 4 == 0 ? 0.3 : 0.0);
    options.memory.read_latency = 1 + 13 * static_cast<unsigned>(seed % 4);
    tb::SliceDevice device(options);
    HostTraffic host(device, kHostBase, kHostBytes, seed);
    for (unsigned n = 0; n < 3000; ++n) {
      if (host.open() < 12) host.ask();
      device.advance(4);
      host.take();
    }
    host.finish();
    REQUIRE(host.asked() > 300);
  }
}

TEST_CASE("a read sent after the answer to a write sees its data, and one ID's writes land in order",
          "[host_window]") {
  tb::SliceOptions options = slice_options(3);
  options.memory.write_latency = 60;
  options.memory.read_latency = 1;
  tb::SliceDevice device(options);
  for (unsigned round = 0; round < 50; ++round) {
    CAPTURE(round);
    const std::uint64_t address = kHostBase + 1024 * (round % 4);
    device.window().answers().clear();
    // Several to the same grains, without waiting: the last one wins.
    for (unsigned n = 0; n < 5; ++n)
      device.window().ask(write_of(address, 16, static_cast<std::uint8_t>(7 * round + n)));
    device.settle_window();
    const tb::HostAnswer answer = single(device, read_of(address, 16));
    REQUIRE(answer.ok());
    tb::Beat last;
    last.fill(static_cast<std::uint8_t>(7 * round + 4));
    for (const tb::Beat& beat : answer.data) REQUIRE(beat == last);
  }
}

TEST_CASE("errors of memory reach the host as they are, and only the burst they belong to", "[host_window]") {
  tb::SliceOptions options = slice_options();
  options.memory.faults = {{kHostBase + 64, kHostBase + 96, tb::MemoryFault::Kind::kReadError},
                           {kHostBase + 4096, kHostBase + 4128, tb::MemoryFault::Kind::kWriteError}};
  tb::SliceDevice device(options);
  const tb::HostAnswer fault = single(device, read_of(kHostBase, 4));
  REQUIRE(fault.resps == std::vector<std::uint8_t>{tb::kOkay, tb::kOkay, tb::kSlvErr, tb::kOkay});
  REQUIRE(single(device, read_of(kHostBase + 96, 4)).ok());
  // The end of memory in the middle of a burst.
  const tb::HostAnswer end = single(device, read_of(kMemory - 64, 2));
  REQUIRE(end.ok());
  const tb::HostAnswer past = single(device, read_of(kMemory, 3));
  REQUIRE(past.resps == std::vector<std::uint8_t>(3, tb::kDecErr));
  REQUIRE(single(device, write_of(kHostBase + 4032, 2, 1)).ok());
  REQUIRE(single(device, write_of(kHostBase + 4096, 3, 1)).resp == tb::kSlvErr);
  REQUIRE(single(device, write_of(kMemory + 4096, 1, 1)).resp == tb::kDecErr);
  REQUIRE(single(device, write_of(kHostBase + 4160, 3, 1)).ok());
  // One burst with grains that fail in both ways answers the worse.
  tb::SliceOptions two = slice_options();
  two.memory.faults = {{kMemory - 32, kMemory, tb::MemoryFault::Kind::kWriteError}};
  two.memory.base = 0;
  two.memory.bytes = kMemory - 4096 + 2048;
  two.memory.faults = {{two.memory.bytes - 32, two.memory.bytes, tb::MemoryFault::Kind::kWriteError}};
  tb::SliceDevice both(two);
  REQUIRE(single(both, write_of(two.memory.bytes - 64, 2, 1)).resp == tb::kSlvErr);
  REQUIRE(single(both, write_of(two.memory.bytes - 64, 4, 1)).resp == tb::kDecErr);
}

TEST_CASE("a host and a program work side by side, neither seeing the other's bytes",
          "[host_window][random]") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    tb::SliceOptions options = slice_options(seed);
    options.random_host_timing = seed % 2 == 0;
    options.interleave_log2 = 8 + static_cast<unsigned>(seed % 5);
    options.memory.reorder = seed % 2 == 1;
    options.memory.stalls = tb::StallRates::all(seed % 3 == 0 ? 0.25 : 0.0);
    tb::SliceDevice device(options);
    HostTraffic host(device, kHostBase, kHostBytes, seed);
    BusyDevice busy(device, [&] {
      host.take();
      while (host.open() < 8) {
        const auto asked = host.asked();
        host.ask();
        if (host.asked() == asked) break;
      }
    });
    const Gemm gemm = make_gemm(40, 48, 320, device.config());
    const auto run = compiler::run_gemm(busy, gemm.problem, gemm.operands);
    REQUIRE(run.result.ok());
    REQUIRE(run.out == gemm.expected);
    host.finish();
    REQUIRE(host.asked() > 20);
  }
}

TEST_CASE("a host that floods memory with writes does not stop STORE, nor STORE the host", "[host_window]") {
  tb::SliceDevice device(slice_options());
  std::uint64_t answered = 0;
  BusyDevice busy(device, [&] {
    answered += device.window().answers().size();
    device.window().answers().clear();
    for (unsigned n = 0; n < 4; ++n) device.window().ask(write_of(kHostBase + 512 * n, 16, 1));
  });
  // Short K: STORE moves as much as it can.
  const Gemm gemm = make_gemm(128, 128, 32, device.config());
  const auto alone = compiler::run_gemm(device, gemm.problem, gemm.operands);
  const auto together = compiler::run_gemm(busy, gemm.problem, gemm.operands);
  REQUIRE(together.out == gemm.expected);
  CAPTURE(alone.result.counters.cycles, together.result.counters.cycles, answered);
  REQUIRE(together.result.counters.cycles < 3 * alone.result.counters.cycles);
  REQUIRE(answered * 16 * 4 > alone.result.counters.cycles);  // A quarter of a beat per cycle and more
  device.settle_window();
}

TEST_CASE("the host window moves a beat per cycle when the engines are idle", "[host_window][cycles]") {
  tb::SliceDevice device(slice_options());
  const auto data = random_bytes(64 * 1024, 5);
  auto begin = device.simulated_cycles();
  device.frontdoor_write(kHostBase, data);
  const auto writing = device.simulated_cycles() - begin;
  begin = device.simulated_cycles();
  std::vector<std::uint8_t> back(data.size());
  device.frontdoor_read(kHostBase, back);
  const auto reading = device.simulated_cycles() - begin;
  REQUIRE(back == data);
  CAPTURE(writing, reading);
  // 8 bursts of 16 unanswered writes and 64 outstanding reads cover the memory's latencies.
  REQUIRE(writing < 2048 + 2048 / 8);
  REQUIRE(reading < 2048 + 2048 / 8);
}

TEST_CASE("an idle host window costs a program no cycle", "[host_window][cycles]") {
  const auto builds = tb::slice_builds();
  REQUIRE(builds.size() == 2);  // The build with a host window and the same one without
  std::vector<Counters> counters;
  for (const tb::SliceBuild& build : builds) {
    tb::SliceOptions options = slice_options();
    options.build = build.name;
    tb::SliceDevice device(options);
    const Gemm gemm = make_gemm(96, 80, 512, device.config());
    const auto run = compiler::run_gemm(device, gemm.problem, gemm.operands);
    REQUIRE(run.out == gemm.expected);
    counters.push_back(run.result.counters);
  }
  REQUIRE(counters[0].cycles == counters[1].cycles);
  REQUIRE(counters[0].bucket == counters[1].bucket);
}

TEST_CASE("a build without a host window says so when it is used", "[host_window]") {
  tb::SliceOptions options = slice_options();
  options.build = tb::slice_builds()[1].name;
  tb::SliceDevice device(options);
  std::vector<std::uint8_t> bytes(32);
  REQUIRE_THROWS_WITH(device.frontdoor_read(0, bytes), Catch::Matchers::Contains("does build"));
}
