// SPDX-License-Identifier: Apache-2.0
//
// GEMMs on a slice with HBM: bit-exact whatever clocks, granules, timings, temperature and faults do, and
// counters that add up.
//
// With TESSERA_PERF_TABLE in the environment the runs print what the channels did.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "compiler/run.hpp"
#include "format/format.hpp"
#include "hbm/registers_gen.hpp"
#include "reference/gemm.hpp"
#include "slice_device.hpp"
#include "support/catch.hpp"
#include "support/host_traffic.hpp"
#include "workload/workload.hpp"

namespace {

using namespace tessera;
using namespace tessera::test;
using spec::Format;
using spec::Scaling;

constexpr std::uint64_t kMemory = std::uint64_t{32} << 20;

tb::SliceOptions slice_options(std::uint64_t seed = 1) {
  tb::SliceOptions options;
  options.build = tb::slice_builds().front().name;
  options.memory.bytes = kMemory;
  options.seed = options.hbm.seed = seed;
  return options;
}

struct Shape {
  std::size_t m, n, k;
  Format format = Format::kE4m3;
  Scaling scaling = Scaling::kMx;
};

// Runs a GEMM of unaligned rows and compares every bit; the counters of the run.
Counters check_gemm(Device& device, const Shape& shape, std::uint64_t seed, std::uint64_t skew = 0) {
  compiler::GemmProblem p;
  p.m = shape.m;
  p.n = shape.n;
  p.k = shape.k;
  p.fmt_a = p.fmt_b = shape.format;
  p.scaling = shape.scaling;
  p.out = shape.format == Format::kInt8 ? Format::kInt32 : Format::kFp32;
  const HardwareConfig& hw = device.config();
  if (shape.scaling == Scaling::kMx || shape.format == Format::kBf16) {
    p.grid = reference::default_grid(shape.format, shape.scaling, static_cast<int>(hw.acc_bits));
  }
  const auto x = workload::generate(
      {.m = p.m, .n = p.n, .k = p.k, .fmt_a = p.fmt_a, .fmt_b = p.fmt_b, .scaling = p.scaling, .seed = seed});
  const auto want = reference::gemm(compiler::reference_spec(p, hw), x.a, x.b, x.a_scale, x.b_scale);
  compiler::LayoutOptions layout;
  layout.skew = skew;
  layout.row_padding = skew;
  const auto run = compiler::run_gemm(device, p, x, {}, layout);
  CAPTURE(static_cast<int>(run.result.error), run.result.error_pc);
  REQUIRE(run.result.ok());
  REQUIRE(run.out == want.out);
  return run.result.counters;
}

void report(const std::string& what, const tb::SliceDevice& device, const Counters& counters) {
  if (std::getenv("TESSERA_PERF_TABLE") == nullptr) return;
  std::printf("%s: %llu cycles\n", what.c_str(), static_cast<unsigned long long>(counters.cycles));
  for (const tb::HbmPcCounters& pc : device.hbm_counters()) {
    const auto percent = [&](std::uint64_t n) {
      return 100.0 * static_cast<double>(n) / static_cast<double>(pc.cycles);
    };
    std::printf("  %5.1f %% of peak; buckets", percent(pc.bucket[0] + pc.bucket[1]));
    for (const std::uint64_t bucket : pc.bucket) std::printf(" %5.1f", percent(bucket));
    std::printf(
        "; hits %llu, refreshes %llu, longest read %llu\n", static_cast<unsigned long long>(pc.row_hits()),
        static_cast<unsigned long long>(pc.refreshes()), static_cast<unsigned long long>(pc.latency_max));
  }
}

std::uint64_t events(const tb::SliceDevice& device, unsigned event) {
  std::uint64_t sum = 0;
  for (const tb::HbmPcCounters& pc : device.hbm_counters()) sum += pc.event[event];
  return sum;
}

}  // namespace

TEST_CASE("a GEMM on HBM is bit-exact at every ratio of the clocks", "[hbm][hbm_gemm]") {
  for (const char* clocks :
       {"1:1", "4:5", "5:4", "3:2", "2:3", "1:2", "1:1:async", "4:5:async", "5:4:async"}) {
    CAPTURE(clocks);
    tb::SliceOptions options = slice_options(7);
    options.clocks = tb::ClockRatio::parse(clocks);
    tb::SliceDevice device(options);
    const Counters counters = check_gemm(device, {24, 40, 384}, 7);
    report(std::string("clocks ") + clocks, device, counters);
    check_gemm(device, {17, 9, 70, Format::kInt8, Scaling::kPlain}, 8, 3);
  }
}

TEST_CASE("a GEMM on HBM is bit-exact at every granule, map, timing set and temperature", "[hbm][hbm_gemm]") {
  struct Setting {
    unsigned interleave;
    const char* map;
    const char* timing;
    unsigned temperature;
  };
  const Setting settings[] = {{8, "f128", "6400", 3},  {9, "f64", "5200", 1},    {10, "f256", "random", 3},
                              {11, "roba", "6400", 2}, {12, "bgi64", "5200", 6}, {12, "f128", "random", 2}};
  std::uint64_t seed = 20;
  for (const Setting& s : settings) {
    CAPTURE(s.interleave, s.map, s.timing, s.temperature, seed);
    tb::SliceOptions options = slice_options(seed);
    options.interleave_log2 = s.interleave;
    options.hbm.map = s.map;
    options.hbm.timing = tb::named_timing(s.timing, seed);
    options.hbm.temperature = s.temperature;
    options.clocks = tb::ClockRatio::parse(seed % 2 == 0 ? "1:1" : "4:5");
    tb::SliceDevice device(options);
    check_gemm(device, {33, 30, 300, Format::kBf16, Scaling::kPlain}, seed, 5);
    check_gemm(device, {16, 64, 512}, seed);
    ++seed;
  }
}

TEST_CASE("what an HBM run reads and writes is what its counters say", "[hbm][hbm_gemm]") {
  tb::SliceDevice device(slice_options());
  const Counters counters = check_gemm(device, {64, 64, 512, Format::kInt8, Scaling::kPlain}, 3);
  report("64x64x512", device, counters);
  std::uint64_t reads = 0, writes = 0;
  for (const tb::HbmPcCounters& pc : device.hbm_counters()) {
    reads += pc.read_bytes();
    writes += pc.write_bytes();
    REQUIRE(pc.cycles >= counters.cycles);  // Equal clocks; and the registers around the run
    REQUIRE(pc.cycles < counters.cycles + 2000);
    REQUIRE(pc.debt_max <= 9 * device.hbm().config().part.banks());
  }
  REQUIRE(reads == 32 * counters.read_beats);  // Whole grains only: nothing is merged or repeated
  REQUIRE(writes <= 32 * counters.write_beats);
  REQUIRE(counters.write_beats * 32 == 64 * 64 * 4);
  // The run is long enough for refreshes, which are not in the way.
  REQUIRE(events(device, 3) > 0);
}

TEST_CASE("errors on the way and in the cells do not reach a GEMM on HBM", "[hbm][hbm_gemm]") {
  tb::SliceDevice device(slice_options(5));
  bool begun = false;
  std::uint64_t calls = 0;
  BusyDevice faulty(device, [&] {
    // One bit of every second grain of the operands, before most of them are used; and every now and then a
    // burst with bad parity, rare enough that its repeat is good.
    for (std::uint64_t address = 0; address < 12288 && !begun; address += 64) {
      const auto at = device.hbm().place(address);
      device.hbm()
          .device(at.port / 2)
          .flip_stored_bit(at.port % 2, device.hbm().port(at.port).locate(at.address),
                           static_cast<unsigned>(address / 64 % 272));
    }
    begun = true;
    if (++calls % 4 != 0) return;
    for (unsigned p = 0; p < device.config().ports; ++p) {
      device.hbm().device(p / 2).corrupt_reads(p % 2, 1);
      device.hbm().device(p / 2).fail_writes(p % 2, 1);
    }
  });
  check_gemm(faulty, {48, 48, 256, Format::kInt8, Scaling::kPlain}, 5);
  REQUIRE(events(device, 6) >= 50);  // Corrected
  REQUIRE(events(device, 7) == 0);   // Uncorrectable
  REQUIRE(events(device, 8) >= 10);  // Reads repeated
  REQUIRE(events(device, 9) >= 1);   // Writes repeated
}

TEST_CASE("two flipped bits in an operand stop the program with a bus error at their address",
          "[hbm][hbm_gemm]") {
  tb::SliceDevice device(slice_options(6));
  const std::uint64_t bad = 4096 + 64;
  for (const unsigned bit : {3U, 77U}) {
    const auto at = device.hbm().place(bad);
    device.hbm()
        .device(at.port / 2)
        .flip_stored_bit(at.port % 2, device.hbm().port(at.port).locate(at.address), bit);
  }
  isa::Program program;
  spec::Load load;
  load.addr = 4096;
  load.rows = 4;
  load.row_bytes = 64;
  load.row_stride = 64;
  program.append(load);
  program.append(spec::Halt{});
  device.write(0, program.bytes());
  Launch launch;
  launch.instructions = static_cast<std::uint32_t>(program.size());
  launch.memory_limit = kMemory;
  const RunResult result = device.run(launch);
  REQUIRE(result.state == spec::State::kError);
  REQUIRE(result.error == spec::Error::kBusRead);
  REQUIRE(result.error_pc == 0);
}

TEST_CASE("a host and a program share HBM, neither seeing the other's bytes", "[hbm][hbm_gemm][random]") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    tb::SliceOptions options = slice_options(seed);
    options.clocks = tb::ClockRatio::parse(seed == 1 ? "1:1" : seed == 2 ? "4:5" : "3:2:async");
    options.random_host_timing = seed % 2 == 0;
    tb::SliceDevice device(options);
    HostTraffic host(device, kMemory - 65536, 16384, seed);
    BusyDevice busy(device, [&] {
      host.take();
      if (host.open() < 8) host.ask();
    });
    check_gemm(busy, {40, 48, 320, Format::kInt8, Scaling::kPlain}, seed);
    host.finish();
    REQUIRE(host.asked() >= 10);
  }
}
