// SPDX-License-Identifier: Apache-2.0
//
// GEMMs on the Verilated slice: RTL = functional model = reference, to the bit, in every mode.

#include "reference/gemm.hpp"

#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include "compiler/run.hpp"
#include "format/format.hpp"
#include "model/functional_model.hpp"
#include "slice_device.hpp"
#include "support/catch.hpp"
#include "workload/random.hpp"
#include "workload/workload.hpp"

namespace {

using namespace tessera;
using spec::Format;
using spec::Scaling;

struct Mode {
  Format a;
  Format b;
  Scaling scaling = Scaling::kPlain;
};

const std::vector<Mode> kModes = {
    {Format::kInt8, Format::kInt8},
    {Format::kE4m3, Format::kE4m3},
    {Format::kE4m3, Format::kE5m2},
    {Format::kE5m2, Format::kE4m3},
    {Format::kE5m2, Format::kE5m2},
    {Format::kBf16, Format::kBf16},
    {Format::kE4m3, Format::kE4m3, Scaling::kMx},
    {Format::kE5m2, Format::kE4m3, Scaling::kMx},
};

std::vector<Format> outputs_of(const Mode& mode) {
  std::vector<Format> outs = {Format::kFp32, Format::kBf16, Format::kE4m3, Format::kE5m2, Format::kInt8};
  if (mode.a == Format::kInt8) outs.push_back(Format::kInt32);
  return outs;
}

struct Case {
  Mode mode;
  std::size_t m, n, k;
  Format out = Format::kFp32;
  workload::Distribution data = workload::Distribution::kNormal;
  bool col_scale = true;
  bool no_saturate = false;
  std::uint64_t seed = 1;
  compiler::GemmOptions options = {};
};

std::string describe(const Case& c) {
  return std::to_string(c.m) + "x" + std::to_string(c.n) + "x" + std::to_string(c.k) + " " +
         std::string(format::name(c.mode.a)) + ":" + std::string(format::name(c.mode.b)) +
         (c.mode.scaling == Scaling::kMx ? " mx" : "") + " -> " + std::string(format::name(c.out)) + ", " +
         std::string(workload::name(c.data)) + " data, seed " + std::to_string(c.seed);
}

tb::SliceOptions slice_options(std::uint64_t seed = 1) {
  tb::SliceOptions options;
  options.build = tb::slice_builds().front().name;
  options.memory.bytes = std::uint64_t{32} << 20;
  options.seed = options.memory.seed = seed;
  return options;
}

compiler::GemmProblem problem_of(const Case& c, unsigned acc_bits) {
  compiler::GemmProblem p;
  p.m = c.m;
  p.n = c.n;
  p.k = c.k;
  p.fmt_a = c.mode.a;
  p.fmt_b = c.mode.b;
  p.scaling = c.mode.scaling;
  p.out = c.out;
  p.no_saturate = c.no_saturate && (c.out == Format::kE4m3 || c.out == Format::kE5m2);
  p.col_scale = c.col_scale && c.out != Format::kInt32;
  if (c.mode.scaling == Scaling::kMx || c.mode.a == Format::kBf16) {
    p.grid = reference::default_grid(c.mode.a, c.mode.scaling, static_cast<int>(acc_bits));
  }
  return p;
}

workload::Operands operands_of(const Case& c) {
  return workload::generate({c.m, c.n, c.k, c.mode.a, c.mode.b, c.mode.scaling, c.data, c.seed});
}

reference::GemmResult expected(const Case& c, const compiler::GemmProblem& p, const HardwareConfig& hw,
                               const workload::Operands& x, const std::vector<std::size_t>& chunk_ends) {
  const bool rounds = c.options.partial == spec::Partial::kFp32;
  const auto spec = compiler::reference_spec(p, hw, rounds ? chunk_ends : std::vector<std::size_t>{});
  return reference::gemm(spec, x.a, x.b, x.a_scale, x.b_scale, x.col_scale);
}

// The first differing element, as a person would want to see it; empty when there is none.
std::string difference(const Case& c, const std::vector<std::uint8_t>& got,
                       const std::vector<std::uint8_t>& want) {
  if (got == want) return "";
  if (got.size() != want.size()) return "sizes differ: got " + std::to_string(got.size());
  std::size_t i = 0;
  const std::size_t width = format::byte_width(c.out);
  while (got[i] == want[i]) ++i;
  const std::size_t element = i / width;
  char text[160];
  const auto g = format::load(c.out, got, element), w = format::load(c.out, want, element);
  std::snprintf(text, sizeof text, "row %zu column %zu: got 0x%0*x (%g), expected 0x%0*x (%g)", element / c.n,
                element % c.n, static_cast<int>(2 * width), g, format::to_double(c.out, g),
                static_cast<int>(2 * width), w, format::to_double(c.out, w));
  return text;
}

void check_against(const std::string& who, const Case& c, const compiler::GemmRun& run,
                   const reference::GemmResult& want) {
  INFO(who << ": " << describe(c) << ": " << run.compiled.description);
  CAPTURE(static_cast<int>(run.result.error), run.result.error_pc);
  REQUIRE(run.result.ok());
  REQUIRE(difference(c, run.out, want.out) == "");
}

bool in_build(const Mode& mode, const HardwareConfig& hw) {
  return hw.formats >> static_cast<unsigned>(mode.a) & hw.formats >> static_cast<unsigned>(mode.b) & 1;
}

// The whole comparison of one case.
void check(tb::SliceDevice& rtl, const Case& c) {
  if (!in_build(c.mode, rtl.config())) return;
  const auto problem = problem_of(c, rtl.config().acc_bits);
  const auto operands = operands_of(c);
  const auto on_rtl = compiler::run_gemm(rtl, problem, operands, c.options);
  model::FunctionalModel model(rtl.config(), rtl.memory_bytes());
  const auto on_model = compiler::run_gemm(model, problem, operands, c.options);
  const auto want = expected(c, problem, rtl.config(), operands, on_rtl.compiled.chunk_ends);
  check_against("rtl", c, on_rtl, want);
  check_against("model", c, on_model, want);
  REQUIRE(on_rtl.result.num_status == on_model.result.num_status);
  REQUIRE(on_rtl.result.irq);
}

}  // namespace

TEST_CASE("a GEMM of each named shape is bit-exact in every mode and output format", "[gemm]") {
  tb::SliceDevice rtl(slice_options());
  const std::vector<std::vector<std::size_t>> shapes = {{1, 1, 1}, {31, 37, 41}, {17, 8, 513}, {64, 64, 1}};
  for (const auto& s : shapes) {
    for (const Mode& mode : kModes) {
      for (const Format out : outputs_of(mode)) check(rtl, {mode, s[0], s[1], s[2], out});
    }
  }
}

TEST_CASE("a 128 x 128 x 1024 GEMM is bit-exact in every mode", "[gemm]") {
  tb::SliceDevice rtl(slice_options());
  for (const Mode& mode : kModes) check(rtl, {mode, 128, 128, 1024});
}

TEST_CASE("200 random GEMMs are bit-exact whatever the data, memory latency, stalls and tiling",
          "[gemm][random]") {
  workload::Random random(2024);
  for (unsigned group = 0; group < 20; ++group) {
    auto options = slice_options(group + 1);
    options.memory.read_latency = 1 + random.below(120);
    options.memory.write_latency = 1 + random.below(60);
    options.memory.reorder = group % 2 == 1;
    options.random_host_timing = group % 4 == 3;
    options.interleave_log2 = 8 + random.below(5);
    if (group % 3 == 1) options.memory.stalls = tb::StallRates::all(0.05 * (1 + random.below(10)));
    if (group % 3 == 2) options.memory.bytes_per_cycle = 8.0 + random.below(32);
    tb::SliceDevice rtl(options);
    for (unsigned i = 0; i < 10; ++i) {
      Case c;
      c.mode = kModes[random.below(static_cast<std::uint32_t>(kModes.size()))];
      c.m = 1 + random.below(random.below(2) ? 20 : 90);
      c.n = 1 + random.below(random.below(2) ? 20 : 90);
      c.k = 1 + random.below(random.below(2) ? 100 : 700);
      const auto outs = outputs_of(c.mode);
      c.out = outs[random.below(static_cast<std::uint32_t>(outs.size()))];
      c.data = static_cast<workload::Distribution>(random.below(3));
      c.col_scale = random.below(2) == 0;
      c.no_saturate = random.below(2) == 0;
      c.seed = random.next();
      const unsigned block = c.mode.a == Format::kBf16 ? 16 : 32;
      if (random.below(3) == 0)
        c.options.k_grains = 1 + random.below(static_cast<std::uint32_t>((c.k + block - 1) / block));
      if (random.below(2) == 0 && c.mode.a != Format::kInt8) c.options.partial = spec::Partial::kFp32;
      check(rtl, c);
    }
  }
}

TEST_CASE("the bits do not depend on the order of K, the tiling, the batch or the memory's timing",
          "[gemm][order]") {
  // One GEMM, 48 x 40 x 640. Everything below must give these bytes.
  for (const Mode& mode : kModes) {
    const std::size_t m = 48, n = 40, k = 640;
    const Case base{mode, m, n, k};
    const auto operands = operands_of(base);
    tb::SliceDevice rtl(slice_options());
    if (!in_build(mode, rtl.config())) continue;
    const auto problem = problem_of(base, rtl.config().acc_bits);
    const auto plain = compiler::run_gemm(rtl, problem, operands);
    REQUIRE(plain.result.ok());
    INFO(describe(base));

    for (const auto& tiling : std::vector<std::vector<unsigned>>{{1, 1, 1}, {2, 1, 4}, {1, 3, 7}}) {
      compiler::GemmOptions options;
      options.row_tiles = tiling[0];
      options.col_tiles = tiling[1];
      options.k_grains = tiling[2];
      CAPTURE(tiling[0], tiling[1], tiling[2]);
      REQUIRE(difference(base, compiler::run_gemm(rtl, problem, operands, options).out, plain.out) == "");
    }

    // K shuffled by whole blocks for MX (the block is the unit of scaling), by elements otherwise.
    const std::size_t size = format::byte_width(mode.a);
    const std::size_t unit = mode.scaling == Scaling::kMx ? 32 : 1;
    std::vector<std::size_t> order(k / unit);
    std::iota(order.begin(), order.end(), 0);
    workload::Random random(5);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
    const auto shuffle = [&](const std::vector<std::uint8_t>& from, std::size_t row_units,
                             std::size_t unit_bytes) {
      std::vector<std::uint8_t> to(from.size());
      for (std::size_t r = 0; r < from.size() / (row_units * unit_bytes); ++r) {
        for (std::size_t u = 0; u < row_units; ++u) {
          for (std::size_t byte = 0; byte < unit_bytes; ++byte) {
            to[(r * row_units + u) * unit_bytes + byte] =
                from[(r * row_units + order[u]) * unit_bytes + byte];
          }
        }
      }
      return to;
    };
    workload::Operands shuffled = operands;
    shuffled.a = shuffle(operands.a, k / unit, unit * size);
    shuffled.b = shuffle(operands.b, k / unit, unit * size);
    if (mode.scaling == Scaling::kMx) {
      shuffled.a_scale = shuffle(operands.a_scale, k / unit, 1);
      shuffled.b_scale = shuffle(operands.b_scale, k / unit, 1);
    }
    REQUIRE(shuffled.a != operands.a);
    REQUIRE(difference(base, compiler::run_gemm(rtl, problem, shuffled).out, plain.out) == "");

    // Batch: the first rows of A alone.
    for (const std::size_t batch : {std::size_t{1}, std::size_t{5}, std::size_t{17}}) {
      auto part = problem;
      part.m = batch;
      workload::Operands some = operands;
      some.a.resize(batch * k * size);
      if (mode.scaling == Scaling::kMx) some.a_scale.resize(batch * (k / 32));
      const auto run = compiler::run_gemm(rtl, part, some);
      CAPTURE(batch);
      const std::vector<std::uint8_t> first(plain.out.begin(),
                                            plain.out.begin() + static_cast<long>(batch * n * 4));
      REQUIRE(difference(base, run.out, first) == "");
    }

    for (const std::uint64_t seed : {11, 12, 13}) {
      auto options = slice_options(seed);
      options.memory.stalls = tb::StallRates::all(0.4);
      options.memory.reorder = true;
      options.memory.read_latency = static_cast<unsigned>(seed * 7);
      tb::SliceDevice slow(options);
      REQUIRE(difference(base, compiler::run_gemm(slow, problem, operands).out, plain.out) == "");
    }
  }
}

TEST_CASE("special values go through a GEMM bit-exactly in every mode", "[gemm][special]") {
  tb::SliceDevice rtl(slice_options());
  for (const Mode& mode : kModes) {
    for (const auto data : {workload::Distribution::kSpecial, workload::Distribution::kUniform}) {
      for (const Format out : outputs_of(mode)) {
        for (const bool no_saturate : {false, true}) {
          Case c{mode, 33, 24, 96, out, data};
          c.no_saturate = no_saturate;
          check(rtl, c);
        }
      }
    }
  }
}
