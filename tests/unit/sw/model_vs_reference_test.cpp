// SPDX-License-Identifier: Apache-2.0
//
// The functional model against the exact reference, which shares no arithmetic with it, through whole
// programs.

#include <random>
#include <string>

#include "model_machine.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;
using format::Format;
using format::Scaling;
using reference::GemmSpec;

struct Mode {
  Format a;
  Format b;
  Scaling scaling;
};

const std::vector<Mode> kModes = {
    {Format::kInt8, Format::kInt8, Scaling::kPlain}, {Format::kE4m3, Format::kE4m3, Scaling::kPlain},
    {Format::kE4m3, Format::kE5m2, Scaling::kPlain}, {Format::kE5m2, Format::kE4m3, Scaling::kPlain},
    {Format::kE5m2, Format::kE5m2, Scaling::kPlain}, {Format::kBf16, Format::kBf16, Scaling::kPlain},
    {Format::kE4m3, Format::kE4m3, Scaling::kMx},    {Format::kE4m3, Format::kE5m2, Scaling::kMx},
    {Format::kE5m2, Format::kE4m3, Scaling::kMx},    {Format::kE5m2, Format::kE5m2, Scaling::kMx},
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}
  // Uniform in first .. last.
  long pick(long first, long last) {
    return first + static_cast<long>(engine_() % static_cast<std::uint64_t>(last - first + 1));
  }
  template <class T>
  const T& of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(pick(0, static_cast<long>(values.size()) - 1))];
  }
  bool flip() { return pick(0, 1) != 0; }

 private:
  std::mt19937_64 engine_;
};

struct Case {
  HardwareConfig hardware;
  GemmSpec gemm;
  workload::Request request;
  spec::Partial partial = spec::Partial::kNone;
  std::vector<std::size_t> chunk_ends;

  std::string text() const {
    return std::to_string(hardware.rows) + "x" + std::to_string(hardware.cols) +
           " W=" + std::to_string(hardware.acc_bits) + " m=" + std::to_string(gemm.m) +
           " n=" + std::to_string(gemm.n) + " k=" + std::to_string(gemm.k) + " " +
           std::string(format::name(gemm.fmt_a)) + " x " + std::string(format::name(gemm.fmt_b)) +
           (gemm.scaling == Scaling::kMx ? " mx" : "") + " grid=" + std::to_string(gemm.grid) + " -> " +
           std::string(format::name(gemm.out)) + (gemm.no_saturate ? " no_saturate" : "") +
           (gemm.col_scale ? " col_scale" : "") + ", " + std::string(workload::name(request.distribution)) +
           " seed " + std::to_string(request.seed) + ", " + std::to_string(chunk_ends.size()) +
           " chunks of kind " + std::to_string(static_cast<int>(partial));
  }
};

Case make_case(const Mode& mode, unsigned acc_bits, std::uint64_t seed) {
  Random random(seed);
  Case c;
  c.hardware.acc_bits = acc_bits;
  c.hardware.rows = static_cast<unsigned>(random.of<long>({4, 8, 16}));
  c.hardware.cols = static_cast<unsigned>(random.of<long>({4, 8, 16}));
  GemmSpec& g = c.gemm;
  g.m = static_cast<std::size_t>(random.pick(1, 40));
  g.n = static_cast<std::size_t>(random.pick(1, 40));
  g.k = static_cast<std::size_t>(random.flip() ? random.pick(1, 200) : random.pick(1, 40));
  g.fmt_a = mode.a;
  g.fmt_b = mode.b;
  g.scaling = mode.scaling;
  g.acc_bits = static_cast<int>(acc_bits);
  g.grid = reference::default_grid(g.fmt_a, g.scaling, g.acc_bits);
  // Around the default and far from it: grids on which most terms are lost or overflow.
  if (mode.a == Format::kBf16 || mode.scaling == Scaling::kMx) {
    if (random.flip()) g.grid += static_cast<int>(random.pick(-30, 30));
    if (random.pick(0, 9) == 0) g.grid = static_cast<int>(random.pick(-1024, 1023));
  }
  std::vector<Format> outs = {Format::kFp32, Format::kBf16, Format::kE4m3, Format::kE5m2, Format::kInt8};
  if (mode.a == Format::kInt8) outs.push_back(Format::kInt32);
  g.out = random.of(outs);
  g.no_saturate = (g.out == Format::kE4m3 || g.out == Format::kE5m2) && random.flip();
  g.col_scale = g.out != Format::kInt32 && random.flip();

  c.chunk_ends = {g.k};
  if (g.k > 32 && random.flip()) {
    c.partial = mode.a != Format::kInt8 && random.flip() ? spec::Partial::kFp32 : spec::Partial::kRaw;
    const std::size_t step = g.scaling == Scaling::kMx ? 32 : 1;
    std::size_t end = 0;
    c.chunk_ends.clear();
    while (end < g.k) {
      const auto grow = static_cast<std::size_t>(random.pick(1, 100));
      end = std::min(g.k, end + (grow + step - 1) / step * step);
      c.chunk_ends.push_back(end);
    }
    if (c.partial == spec::Partial::kFp32) g.chunk_ends = c.chunk_ends;
  }
  c.request = {.m = g.m, .n = g.n, .k = g.k, .fmt_a = g.fmt_a, .fmt_b = g.fmt_b, .scaling = g.scaling};
  c.request.distribution = random.of<workload::Distribution>(
      {workload::Distribution::kNormal, workload::Distribution::kUniform, workload::Distribution::kSpecial});
  c.request.seed = seed;
  return c;
}

}  // namespace

TEST_CASE("model and reference agree on random GEMMs of every mode, output and accumulator width",
          "[model][reference]") {
  const Mode mode = GENERATE(from_range(kModes));
  const unsigned acc_bits = GENERATE(64U, 96U, 128U);
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Case c = make_case(mode, acc_bits, seed);
    INFO(c.text());
    const workload::Operands operands = workload::generate(c.request);
    model::FunctionalModel device(c.hardware, 1 << 20);
    const test::GemmRun run = test::run_gemm(device, c.gemm, operands, c.chunk_ends, c.partial);
    REQUIRE(run.result.error == spec::Error::kNone);
    const reference::GemmResult expected = reference::gemm(c.gemm, operands.a, operands.b, operands.a_scale,
                                                           operands.b_scale, operands.col_scale);
    REQUIRE(run.out == expected.out);
    CHECK(run.result.num_status.lost == expected.status.lost);
    CHECK(run.result.num_status.overflow == expected.status.overflow);
    CHECK(run.result.num_status.int_sat == expected.status.int_sat);
    // An infinity times a padding zero is NaN, so padding rows and columns may add to OUT_NAN.
    const bool padded = c.gemm.m % c.hardware.rows != 0 || c.gemm.n % c.hardware.cols != 0;
    if (!padded || expected.status.out_nan) CHECK(run.result.num_status.out_nan == expected.status.out_nan);
  }
}

TEST_CASE("raw partials make any split of K give the same bytes", "[model][reference]") {
  const Mode mode = GENERATE(from_range(kModes));
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Case c = make_case(mode, 128, 1000 + seed);
    c.gemm.m = c.gemm.n = c.request.m = c.request.n = 16;
    c.gemm.k = c.request.k = 192;
    c.gemm.chunk_ends.clear();
    INFO(c.text());
    const workload::Operands operands = workload::generate(c.request);
    model::FunctionalModel device(c.hardware, 1 << 20);
    const auto whole = test::run_gemm(device, c.gemm, operands, {192}, spec::Partial::kRaw);
    for (const std::vector<std::size_t>& ends :
         {std::vector<std::size_t>{32, 192}, {160, 192}, {32, 64, 96, 128, 160, 192}}) {
      const auto split = test::run_gemm(device, c.gemm, operands, ends, spec::Partial::kRaw);
      REQUIRE(split.result.ok());
      REQUIRE(split.out == whole.out);
      REQUIRE(split.result.num_status == whole.result.num_status);
    }
  }
}
