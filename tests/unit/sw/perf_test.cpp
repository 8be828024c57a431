// SPDX-License-Identifier: Apache-2.0
//
// The performance model: small programs worked out by hand, and what compiled GEMMs are predicted to reach.

#include <string>

#include "compiler/layout.hpp"
#include "perf/latency.hpp"
#include "perf/predict.hpp"
#include "perf/roofline.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;
namespace latency = perf::latency;
using perf::MemoryTiming;
using perf::Prediction;

constexpr MemoryTiming kTiming = {.read_latency = 30, .write_latency = 10, .interleave_log2 = 8};

// The cycle in which the first instruction is dispatched, the others following one a cycle.
constexpr std::uint64_t kFirstDispatch = latency::kStartToFetch + latency::kRequestToPort +
                                         kTiming.read_latency + latency::kPortToResponse +
                                         latency::kFetchToDispatch;

// From the request of a read to the cycle in which the last of its beats is in the local memory.
constexpr std::uint64_t read_time(std::uint64_t beats) {
  return latency::kRequestToPort + kTiming.read_latency + latency::kPortToResponse +
         latency::kLoadResponseToWrite + beats - 1;
}

HardwareConfig one_port() {
  HardwareConfig hw;
  hw.load_lanes = 1;
  hw.ports = 1;
  return hw;
}

spec::Load load_of(std::uint64_t addr, std::uint16_t rows, std::uint32_t row_bytes) {
  spec::Load load;
  load.addr = addr;
  load.rows = rows;
  load.row_stride = load.row_bytes = row_bytes;
  return load;
}

spec::Matmul matmul_of(std::uint16_t mt, std::uint16_t nt, std::uint16_t k) {
  spec::Matmul mm;
  mm.mt = mt;
  mm.nt = nt;
  mm.k = k;
  mm.out_pitch = 8;
  return mm;
}

// Far from the data, on a granule.
constexpr std::uint64_t kProgramBase = 1 << 20;

Prediction predict(const isa::Program& program, const HardwareConfig& hw) {
  return perf::predict(program, hw, kTiming, kProgramBase);
}

compiler::CompiledGemm compiled(std::uint64_t m, std::uint64_t n, std::uint64_t k, spec::Format format,
                                spec::Scaling scaling = spec::Scaling::kPlain,
                                spec::Format out = spec::Format::kFp32) {
  compiler::GemmProblem p;
  p.m = m;
  p.n = n;
  p.k = k;
  p.fmt_a = p.fmt_b = format;
  p.scaling = scaling;
  p.out = out;
  p.grid = scaling == spec::Scaling::kMx || format == spec::Format::kBf16 ? -80 : 0;
  return compiler::compile(compiler::place(p, std::uint64_t{1} << 34).problem, HardwareConfig{});
}

TEST_CASE("HALT alone takes the fetch and the way to the end", "[perf]") {
  isa::Program p;
  p.append(spec::Halt{});
  REQUIRE(predict(p, one_port()).cycles == kFirstDispatch + latency::kHaltToEnd);
}

TEST_CASE("a LOAD takes its latency and a cycle per beat", "[perf]") {
  isa::Program p;
  p.append(load_of(0, 8, 512)).append(spec::Halt{});  // 8 rows of 16 grains, in bursts of 8
  const Prediction r = predict(p, one_port());
  const std::uint64_t request = kFirstDispatch + latency::kDispatchToIssue + latency::kLoadIssueToRequest;
  REQUIRE(r.cycles == request + read_time(8 * 16) + latency::kLastDoneToEnd);
  REQUIRE(r.read_beats == 8 * 16 + 2);
  REQUIRE(r.busy[static_cast<std::size_t>(spec::Engine::kLoad0)] == 8 * 16);
}

TEST_CASE("two lanes share one port and use two ports side by side", "[perf]") {
  isa::Program p;
  spec::Load second = load_of(1 << 16, 64, 1024);
  second.lane = 1;
  second.space = spec::Space::kB;
  p.append(load_of(0, 64, 1024)).append(second).append(spec::Halt{});
  HardwareConfig hw;
  const std::uint64_t beats = 64 * 32;
  constexpr std::uint64_t kSlack =
      kFirstDispatch + read_time(8) + 40;  // Latencies, and some bursts in lock step
  const std::uint64_t both = predict(p, hw).cycles;
  hw.ports = 1;
  const std::uint64_t shared = predict(p, hw).cycles;
  REQUIRE(both >= beats);
  REQUIRE(both < beats + kSlack);
  REQUIRE(shared >= 2 * beats);
  REQUIRE(shared < 2 * beats + kSlack);
}

TEST_CASE("rows at odd addresses cost a beat more", "[perf]") {
  isa::Program p;
  p.append(load_of(1, 8, 256)).append(spec::Halt{});
  REQUIRE(predict(p, one_port()).read_beats == 8 * 9 + 2);
}

TEST_CASE("MATMULs follow each other without a bubble and take mt * nt * max(k, D) cycles", "[perf]") {
  isa::Program p;
  p.append(spec::Config{}).append(matmul_of(2, 3, 20)).append(matmul_of(1, 1, 3)).append(spec::Halt{});
  const Prediction r = predict(p, one_port());
  const std::uint64_t array = 2 * 3 * 20 + 8;  // The second is shorter than the drain of its 8 rows
  REQUIRE(r.array_cycles == array);
  REQUIRE(r.array_last - r.array_first == array);
  REQUIRE(r.window_utilisation() == 1.0);
  REQUIRE(r.passes == 7);
  REQUIRE(r.busy[static_cast<std::size_t>(spec::Engine::kMatmul)] == 2 * 3 * 20 + 3);
  // CONFIG issues first; MATMUL follows in the cycle after.
  const std::uint64_t inject = kFirstDispatch + 1 + latency::kDispatchToIssue + latency::kMatmulIssueToInject;
  REQUIRE(r.array_first == inject);
  REQUIRE(r.cycles == inject + array - 1 + latency::slot_end_to_done(8, 8) + latency::kLastDoneToEnd);
  REQUIRE(r.cycles == array + latency::array_overhead(8, 8, kTiming.read_latency));
}

TEST_CASE("a pass that continues a partial takes at least 8 cycles", "[perf]") {
  HardwareConfig hw = one_port();
  hw.rows = hw.cols = 4;
  spec::Matmul mm = matmul_of(1, 1, 1);
  mm.out_pitch = 0;
  for (const spec::Partial kind : {spec::Partial::kNone, spec::Partial::kRaw, spec::Partial::kFp32}) {
    mm.src = kind;
    isa::Program p;
    p.append(spec::Config{}).append(mm).append(spec::Halt{});
    REQUIRE(predict(p, hw).array_cycles == (kind == spec::Partial::kNone ? 4U : 8U));
  }
}

TEST_CASE("two lanes that write the same banks lose one row and go on side by side", "[perf]") {
  spec::Load other = load_of(1 << 16, 64, 1024);
  other.lane = 1;
  HardwareConfig hw;
  hw.ports = 4;
  isa::Program apart, together;
  other.space = spec::Space::kB;
  apart.append(load_of(0, 64, 1024)).append(other).append(spec::Halt{});
  other.space = spec::Space::kA;
  together.append(load_of(0, 64, 1024)).append(other).append(spec::Halt{});
  const std::uint64_t lost = predict(together, hw).cycles - predict(apart, hw).cycles;
  REQUIRE(lost >= 32 - 8);  // A row, less what lane 1 was behind anyway
  REQUIRE(lost <= 32);
}

TEST_CASE("a STORE moves a grain per cycle and waits for its last response", "[perf]") {
  spec::Store store;
  store.rows = 8;
  store.row_bytes = store.row_stride = 256;
  store.src_pitch = 8;
  isa::Program p;
  p.append(store).append(spec::Halt{});
  const Prediction r = predict(p, one_port());
  const std::uint64_t first = kFirstDispatch + latency::kDispatchToIssue + latency::kStoreIssueToData;
  REQUIRE(r.write_beats == 64);
  REQUIRE(r.cycles ==
          first + 64 - 1 + kTiming.write_latency + latency::kStoreResponseToDone + latency::kLastDoneToEnd);
}

TEST_CASE("an instruction that waits for a semaphore starts when it is posted", "[perf]") {
  spec::Load load = load_of(0, 8, 512);
  load.post_mask = 1;
  spec::Matmul mm = matmul_of(1, 1, 16);
  mm.wait_mask = 1;
  isa::Program p;
  p.append(load).append(spec::Config{}).append(mm).append(spec::Halt{});
  const std::uint64_t done =
      kFirstDispatch + latency::kDispatchToIssue + latency::kLoadIssueToRequest + read_time(8 * 16);
  REQUIRE(predict(p, one_port()).array_first == done + latency::kDoneToIssue + latency::kMatmulIssueToInject);
}

TEST_CASE("loops and address registers are followed", "[perf]") {
  spec::Load load = load_of(0, 8, 256);
  load.areg = 1;
  load.post_inc = 4096;
  isa::Program p;
  p.append(spec::Setr{.areg = 1, .value = 1})
      .append(spec::Loop{.count = 5})
      .append(load)
      .append(spec::Endloop{});
  p.append(spec::Halt{});
  const Prediction r = predict(p, one_port());
  REQUIRE(r.instructions == 1 + 1 + 5 * 2 + 1);
  REQUIRE(r.busy[static_cast<std::size_t>(spec::Engine::kLoad0)] == 5 * 8 * 9);  // All rows at odd addresses
}

TEST_CASE("programs that never end are refused", "[perf]") {
  isa::Program deadlock;
  deadlock.append(spec::Sync{.wait_mask = 1}).append(spec::Halt{});
  REQUIRE_THROWS_AS(predict(deadlock, one_port()), std::invalid_argument);
  isa::Program no_halt;
  no_halt.append(spec::Sync{});
  REQUIRE_THROWS_AS(predict(no_halt, one_port()), std::invalid_argument);
  isa::Program bad;
  bad.append(isa::Grain{});
  REQUIRE_THROWS_AS(predict(bad, one_port()), std::invalid_argument);
}

TEST_CASE("compute-bound GEMMs are predicted at 97 % of peak or more", "[perf][compiler]") {
  const HardwareConfig hw;
  for (const spec::Format format : {spec::Format::kE4m3, spec::Format::kInt8, spec::Format::kBf16}) {
    const compiler::CompiledGemm gemm = compiled(1024, 1024, 1024, format);
    INFO(gemm.description);
    const Prediction r = perf::predict(gemm.program, hw);
    REQUIRE(r.array_cycles == 1024ULL * 1024 * 1024 / (format == spec::Format::kBf16 ? 1024 : 2048));
    REQUIRE(r.array_cycles == gemm.array_cycles);
    REQUIRE(r.array_utilisation() >= 0.97);
    REQUIRE(r.window_utilisation() >= 0.99);
    REQUIRE(r.bound == perf::Bound::kArray);
  }
}

TEST_CASE("a GEMM whose K is split keeps the array busy", "[perf][compiler]") {
  const compiler::CompiledGemm gemm = compiled(512, 512, 16384, spec::Format::kE4m3);
  INFO(gemm.description);
  REQUIRE(gemm.blocking.k_chunks > 1);
  REQUIRE(perf::predict(gemm.program, HardwareConfig{}).array_utilisation() >= 0.98);
}

TEST_CASE("decode shapes are bound by memory only", "[perf][compiler]") {
  for (const std::uint64_t m : {1U, 8U, 16U}) {
    const compiler::CompiledGemm gemm = compiled(m, 4096, 4096, spec::Format::kE4m3, spec::Scaling::kMx);
    INFO(gemm.description);
    const Prediction r = perf::predict(gemm.program, HardwareConfig{});
    const double needed = static_cast<double>(m + 4096) * (4096 + 128);
    REQUIRE(r.bound == perf::Bound::kMemory);
    REQUIRE(static_cast<double>(r.cycles) * 64 * 0.95 <= needed);  // Of two ports at 32 bytes a cycle
  }
}

TEST_CASE("the roofline names the limit of a shape", "[perf]") {
  const HardwareConfig hw;
  const auto big = perf::roofline(1024, 1024, 1024, spec::Format::kE4m3, spec::Scaling::kPlain,
                                  spec::Format::kFp32, hw, 64);
  REQUIRE(big.peak_macs_per_cycle == 2048);
  REQUIRE(big.array_cycles == 524288);
  REQUIRE(big.memory_cycles == (2.0 * 1024 * 1024 + 4.0 * 1024 * 1024) / 64);
  REQUIRE_FALSE(big.memory_bound);
  REQUIRE(big.utilisation(2 * 524288) == 0.5);
  const auto decode =
      perf::roofline(1, 4096, 4096, spec::Format::kE4m3, spec::Scaling::kMx, spec::Format::kBf16, hw, 64);
  REQUIRE(decode.bytes == 4097.0 * (4096 + 128) + 2 * 4096);
  REQUIRE(decode.memory_bound);
  REQUIRE(decode.cycles == decode.memory_cycles);
}

}  // namespace
