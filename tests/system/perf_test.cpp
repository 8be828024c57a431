// SPDX-License-Identifier: Apache-2.0
//
// Cycles of the Verilated slice against the cycle formula of the array and the performance model (sw/perf).
//
// With TESSERA_PERF_TABLE in the environment the comparison prints its table.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "compiler/layout.hpp"
#include "compiler/run.hpp"
#include "format/format.hpp"
#include "perf/latency.hpp"
#include "perf/predict.hpp"
#include "perf/roofline.hpp"
#include "reference/gemm.hpp"
#include "slice_device.hpp"
#include "support/catch.hpp"
#include "workload/workload.hpp"

namespace {

using namespace tessera;
using spec::Format;
using spec::Partial;
using spec::Scaling;

tb::SliceOptions slice_options(unsigned read_latency, unsigned write_latency, std::uint64_t bytes) {
  tb::SliceOptions options;
  options.build = tb::slice_builds().front().name;
  options.memory.bytes = bytes;
  options.memory.read_latency = read_latency;
  options.memory.write_latency = write_latency;
  return options;
}

bool in_build(Format format, const HardwareConfig& hw) {
  return (hw.formats >> static_cast<unsigned>(format) & 1U) != 0;
}

RunResult run(tb::SliceDevice& rtl, const isa::Program& program, std::uint64_t base) {
  rtl.write(base, program.bytes());
  Launch launch;
  launch.program_base = base;
  launch.instructions = static_cast<std::uint32_t>(program.size());
  launch.memory_limit = rtl.memory_bytes();
  const RunResult result = rtl.run(launch);
  CAPTURE(static_cast<int>(result.error), result.error_pc);
  REQUIRE(result.ok());
  return result;
}

// ---- The array

struct Mode {
  Format fmt;
  Scaling scaling;
};
const std::vector<Mode> kModes = {{Format::kInt8, Scaling::kPlain}, {Format::kE4m3, Scaling::kPlain},
                                  {Format::kE5m2, Scaling::kPlain}, {Format::kBf16, Scaling::kPlain},
                                  {Format::kE4m3, Scaling::kMx},    {Format::kE5m2, Scaling::kMx}};

spec::Config config_of(const Mode& mode, const HardwareConfig& hw) {
  spec::Config config;
  config.fmt_a = config.fmt_b = mode.fmt;
  config.scaling = mode.scaling;
  config.out = mode.fmt == Format::kInt8 ? Format::kInt32 : Format::kFp32;
  if (mode.scaling == Scaling::kMx || mode.fmt == Format::kBf16) {
    config.grid = static_cast<std::int16_t>(
        reference::default_grid(mode.fmt, mode.scaling, static_cast<int>(hw.acc_bits)));
  }
  return config;
}

struct Work {
  unsigned mt, nt, k;
  Partial src = Partial::kNone;
  Partial dst = Partial::kNone;
};

spec::Matmul matmul_of(const Work& work) {
  spec::Matmul mm;
  mm.src = work.src;
  mm.dst = work.dst;
  mm.mt = static_cast<std::uint16_t>(work.mt);
  mm.nt = static_cast<std::uint16_t>(work.nt);
  mm.k = static_cast<std::uint16_t>(work.k);
  return mm;
}

// docs/architecture.md, "Cycles".
std::uint64_t slots_of(const Work& work, const HardwareConfig& hw) {
  const unsigned drain = work.src == Partial::kNone ? hw.rows : std::max(hw.rows, 8U);
  return std::uint64_t{work.mt} * work.nt * std::max(work.k, drain);
}

// Checks the cycles of one program of MATMULs, all in one fetch burst with CONFIG and HALT.
void check_array(tb::SliceDevice& rtl, const Mode& mode, const std::vector<Work>& list,
                 unsigned read_latency) {
  const HardwareConfig& hw = rtl.config();
  isa::Program program;
  program.append(config_of(mode, hw));
  std::uint64_t slots = 0, busy = 0;
  for (const Work& work : list) {
    program.append(matmul_of(work));
    slots += slots_of(work, hw);
    busy += std::uint64_t{work.mt} * work.nt * work.k;
  }
  program.append(spec::Halt{});
  REQUIRE(program.size() <= perf::latency::kFetchGrains);
  const RunResult result = run(rtl, program, 0);
  CAPTURE(format::name(mode.fmt), static_cast<int>(mode.scaling), read_latency, list.size(), list[0].mt,
          list[0].nt, list[0].k, static_cast<int>(list[0].src), static_cast<int>(list[0].dst));
  REQUIRE(result.counters.cycles == slots + perf::latency::array_overhead(hw.rows, hw.cols, read_latency));
  REQUIRE(result.counters.at(spec::Engine::kMatmul, spec::Bucket::kBusy) == busy);
  const perf::Prediction predicted = perf::predict(program, hw, {.read_latency = read_latency});
  REQUIRE(predicted.cycles == result.counters.cycles);
  REQUIRE(predicted.array_cycles == slots);
}

}  // namespace

TEST_CASE("a MATMUL takes mt * nt * max(k, D) cycles and a constant, in every mode", "[perf][array]") {
  for (const unsigned latency : {1U, 40U}) {
    tb::SliceDevice rtl(slice_options(latency, 20, 1 << 20));
    const HardwareConfig& hw = rtl.config();
    const unsigned deepest = std::min(hw.a_depth, hw.b_depth);
    for (const Mode& mode : kModes) {
      if (!in_build(mode.fmt, hw)) continue;
      for (const unsigned k : {1U, 2U, 3U, 7U, 8U, 9U, 15U, 16U, 17U, 31U, 32U, 33U, 64U, 100U}) {
        if (k > deepest) continue;
        for (const auto& [mt, nt] : {std::pair{1U, 1U}, {1U, 3U}, {4U, 1U}, {2U, 3U}}) {
          check_array(rtl, mode, {{mt, nt, k}}, latency);
        }
      }
    }
    check_array(rtl, kModes[0], {{13, 5, 1}}, latency);
    check_array(rtl, kModes[0], {{3, 11, 40}}, latency);
  }
}

TEST_CASE("MATMULs follow each other without a bubble, whatever their lengths", "[perf][array]") {
  tb::SliceDevice rtl(slice_options(40, 20, 1 << 20));
  for (const Mode& mode : kModes) {
    if (!in_build(mode.fmt, rtl.config())) continue;
    check_array(rtl, mode, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}}, 40);
    check_array(rtl, mode, {{1, 1, 20}, {2, 3, 5}, {1, 1, 1}, {3, 1, 33}, {1, 1, 2}, {2, 2, 17}}, 40);
    check_array(rtl, mode, {{2, 2, 16}, {1, 1, 8}}, 40);
  }
}

TEST_CASE("a MATMUL that continues partial sums takes max(k, Rows, 8) cycles a pass", "[perf][array]") {
  tb::SliceDevice rtl(slice_options(40, 20, 1 << 20));
  for (const Mode& mode : kModes) {
    if (!in_build(mode.fmt, rtl.config())) continue;
    for (const Partial kind : {Partial::kRaw, Partial::kFp32}) {
      if (kind == Partial::kFp32 && mode.fmt == Format::kInt8) continue;
      for (const unsigned k : {1U, 3U, 5U, 8U, 9U, 20U}) {
        check_array(rtl, mode, {{2, 3, k, Partial::kNone, kind}}, 40);
        check_array(rtl, mode,
                    {{1, 1, k, Partial::kNone, kind}, {1, 1, k, kind, kind}, {1, 1, k, kind, Partial::kNone}},
                    40);
        check_array(rtl, mode,
                    {{2, 3, k, Partial::kNone, kind},
                     {2, 3, 1, kind, kind},
                     {2, 3, k, kind, Partial::kNone},
                     {1, 2, 2}},
                    40);
      }
    }
  }
}

// ---- Whole GEMMs

namespace {

struct Case {
  std::uint64_t m, n, k;
  Mode mode;
  Format out = Format::kFp32;
  unsigned read_latency = 40;
  unsigned write_latency = 20;
  bool col_scale = false;
  unsigned k_grains = 0;  // Forced, to split K; 0: the compiler's choice
  Partial partial = Partial::kRaw;
  std::uint64_t skew = 0;  // Of every array's start and, with it, of the row strides
  unsigned interleave_log2 = 8;
};

constexpr Mode kInt8 = {Format::kInt8, Scaling::kPlain};
constexpr Mode kE4m3 = {Format::kE4m3, Scaling::kPlain};
constexpr Mode kE5m2 = {Format::kE5m2, Scaling::kPlain};
constexpr Mode kBf16 = {Format::kBf16, Scaling::kPlain};
constexpr Mode kMx = {Format::kE4m3, Scaling::kMx};

std::string describe(const Case& c) {
  std::string text = std::to_string(c.m) + "x" + std::to_string(c.n) + "x" + std::to_string(c.k) + " " +
                     (c.mode.scaling == Scaling::kMx ? "MX " : "") + std::string(format::name(c.mode.fmt)) +
                     " -> " + std::string(format::name(c.out)) + ", latency " +
                     std::to_string(c.read_latency) + "/" + std::to_string(c.write_latency);
  if (c.col_scale) text += ", col_scale";
  if (c.k_grains != 0)
    text += ", K by " + std::to_string(c.k_grains) + (c.partial == Partial::kRaw ? " RAW" : " FP32");
  if (c.skew != 0) text += ", skew " + std::to_string(c.skew);
  if (c.interleave_log2 != 8) text += ", interleave " + std::to_string(c.interleave_log2);
  return text;
}

compiler::GemmProblem problem_of(const Case& c, const HardwareConfig& hw) {
  compiler::GemmProblem p;
  p.m = c.m;
  p.n = c.n;
  p.k = c.k;
  p.fmt_a = p.fmt_b = c.mode.fmt;
  p.scaling = c.mode.scaling;
  p.out = c.out;
  p.col_scale = c.col_scale;
  p.grid = config_of(c.mode, hw).grid;
  return p;
}

std::vector<Case> cases() {
  std::vector<Case> list;
  // Shapes, in all modes.
  const std::vector<Mode> modes = {kInt8, kE4m3, kE5m2, kBf16, kMx};
  for (const Mode& mode : modes) {
    list.push_back({1, 1, 1, mode});
    list.push_back({31, 37, 41, mode});
    list.push_back({17, 8, 513, mode});
    list.push_back({64, 64, 256, mode});
    list.push_back({64, 96, 512, mode, Format::kBf16});
  }
  // Memory latencies.
  for (const unsigned latency : {1U, 2U, 5U, 10U, 20U, 80U, 100U, 150U, 200U}) {
    list.push_back({40, 40, 320, kMx, Format::kFp32, latency, latency});
    list.push_back({96, 64, 256, kE4m3, Format::kBf16, latency, 1 + latency / 2});
    list.push_back({7, 128, 300, kBf16, Format::kFp32, latency, 20});
  }
  // Decode.
  list.push_back({1, 256, 1024, kMx, Format::kBf16});
  list.push_back({1, 256, 1024, kMx, Format::kBf16, 200, 100});
  list.push_back({4, 256, 1024, kE4m3, Format::kBf16});
  list.push_back({16, 128, 1024, kMx, Format::kBf16, 100, 60});
  // Short rows, long and thin, much output.
  list.push_back({128, 128, 16, kInt8, Format::kInt32});
  list.push_back({128, 128, 32, kE4m3, Format::kFp32, 120, 80});
  list.push_back({256, 8, 64, kE4m3, Format::kE4m3});
  list.push_back({8, 256, 64, kE5m2, Format::kE5m2});
  list.push_back({64, 64, 1, kE4m3, Format::kFp32, 200, 200});
  // Column scales.
  list.push_back({40, 72, 256, kInt8, Format::kBf16, 40, 20, true});
  list.push_back({33, 50, 96, kMx, Format::kFp32, 10, 5, true});
  // K split.
  list.push_back({48, 40, 640, kE4m3, Format::kFp32, 40, 20, false, 4, Partial::kRaw});
  list.push_back({48, 40, 640, kBf16, Format::kFp32, 40, 20, false, 8, Partial::kFp32});
  list.push_back({24, 56, 1024, kMx, Format::kBf16, 80, 40, false, 8, Partial::kFp32});
  list.push_back({64, 64, 1024, kInt8, Format::kInt32, 20, 20, false, 16, Partial::kRaw});
  // Unaligned rows.
  list.push_back({31, 37, 141, kE4m3, Format::kFp32, 40, 20, false, 0, Partial::kRaw, 1});
  list.push_back({40, 40, 320, kMx, Format::kBf16, 40, 20, false, 0, Partial::kRaw, 17});
  list.push_back({64, 64, 256, kBf16, Format::kFp32, 100, 20, true, 0, Partial::kRaw, 31});
  // Interleave.
  list.push_back({64, 64, 512, kE4m3, Format::kFp32, 40, 20, false, 0, Partial::kRaw, 0, 9});
  list.push_back({64, 64, 1024, kMx, Format::kFp32, 40, 20, false, 0, Partial::kRaw, 0, 12});
  return list;
}

}  // namespace

TEST_CASE("the model predicts the cycles of GEMMs on ideal memory within 0.5 %", "[perf][model]") {
  const bool table = std::getenv("TESSERA_PERF_TABLE") != nullptr;
  std::vector<double> errors;
  std::uint64_t worst = 0;
  unsigned compared = 0;
  for (const Case& c : cases()) {
    auto options = slice_options(c.read_latency, c.write_latency, 4 << 20);
    options.interleave_log2 = c.interleave_log2;
    tb::SliceDevice rtl(options);
    const HardwareConfig& hw = rtl.config();
    if (!in_build(c.mode.fmt, hw)) continue;
    compiler::LayoutOptions where;
    where.skew = where.row_padding = c.skew;
    const compiler::Layout layout = compiler::place(problem_of(c, hw), rtl.memory_bytes(), where);
    compiler::GemmOptions how;
    how.partial = c.partial;
    if (c.k_grains != 0) how.k_grains = c.k_grains;
    const compiler::CompiledGemm gemm = compiler::compile(layout.problem, hw, how);
    // Zeros take as long as any operands.
    const std::uint64_t simulated = run(rtl, gemm.program, layout.program_base).counters.cycles;
    const std::uint64_t predicted = perf::predict(gemm.program, hw,
                                                  {.read_latency = c.read_latency,
                                                   .write_latency = c.write_latency,
                                                   .depth = options.memory.depth,
                                                   .interleave_log2 = c.interleave_log2},
                                                  layout.program_base)
                                        .cycles;
    const std::uint64_t difference = predicted > simulated ? predicted - simulated : simulated - predicted;
    const double error = static_cast<double>(difference) / static_cast<double>(simulated);
    errors.push_back(error);
    worst = std::max(worst, difference);
    ++compared;
    if (table) {
      std::printf("%-62s %8llu %8llu %+6lld %6.2f %%\n", describe(c).c_str(),
                  static_cast<unsigned long long>(predicted), static_cast<unsigned long long>(simulated),
                  static_cast<long long>(predicted) - static_cast<long long>(simulated), 100 * error);
    }
    INFO(describe(c) << ": " << gemm.description << ": predicted " << predicted << ", simulated "
                     << simulated);
    CHECK((error <= 0.005 || difference <= 8));
  }
  REQUIRE(compared >= 60);
  std::sort(errors.begin(), errors.end());
  if (table) {
    std::printf("%u programs on %s: median error %.3f %%, largest %.3f %%, %llu cycles\n", compared,
                tb::slice_builds().front().name.c_str(), 100 * errors[errors.size() / 2], 100 * errors.back(),
                static_cast<unsigned long long>(worst));
  }
}

TEST_CASE("1024 x 1024 x 1024 reaches 97 % of peak MACs with 64 bytes per cycle of memory", "[perf][large]") {
  if (tb::slice_builds().front().name != "8x8") return;  // One grid is enough for half a million cycles
  auto options = slice_options(40, 20, 16 << 20);
  options.memory.bytes_per_cycle = 32;  // Of each of the two ports, reads and writes together
  tb::SliceDevice rtl(options);
  Case c{1024, 1024, 1024, kE4m3};
  const compiler::Layout layout = compiler::place(problem_of(c, rtl.config()), rtl.memory_bytes());
  const compiler::CompiledGemm gemm = compiler::compile(layout.problem, rtl.config());
  const std::uint64_t cycles = run(rtl, gemm.program, layout.program_base).counters.cycles;
  const auto limit = perf::roofline(c.m, c.n, c.k, c.mode.fmt, c.mode.scaling, c.out, rtl.config(), 64);
  CAPTURE(cycles, limit.utilisation(cycles));
  REQUIRE(limit.utilisation(cycles) >= 0.97);
}

TEST_CASE("decode reaches 98 % of what the memory ports can deliver", "[perf][large]") {
  if (tb::slice_builds().front().name != "8x8") return;
  for (const std::uint64_t m : {1U, 4U, 16U}) {
    tb::SliceDevice rtl(slice_options(40, 20, 16 << 20));
    Case c{m, 1024, 4096, kMx, Format::kBf16};
    const compiler::Layout layout = compiler::place(problem_of(c, rtl.config()), rtl.memory_bytes());
    const compiler::CompiledGemm gemm = compiler::compile(layout.problem, rtl.config());
    const Counters counters = run(rtl, gemm.program, layout.program_base).counters;
    const double share = static_cast<double>(counters.read_beats) /
                         (static_cast<double>(counters.cycles) * rtl.config().ports);
    CAPTURE(m, counters.cycles, share);
    REQUIRE(share >= 0.98);
  }
}
