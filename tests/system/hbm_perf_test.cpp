// SPDX-License-Identifier: Apache-2.0
//
// How much of its array and of its HBM an 8 x 8 slice with two pseudo-channels uses, refresh and all. Results
// are bit-exact too.

#include <cstdint>

#include "compiler/run.hpp"
#include "reference/gemm.hpp"
#include "slice_device.hpp"
#include "support/catch.hpp"
#include "workload/workload.hpp"

namespace {

using namespace tessera;
using spec::Format;
using spec::Scaling;

struct Measured {
  Counters counters;
  double hbm_share = 0;    // Bytes the program moves, of one grain per port and cycle
  double array_share = 0;  // Cycles in which the array is busy
};

Measured run(std::size_t m, std::size_t n, std::size_t k, Format format, Scaling scaling) {
  tb::SliceOptions options;
  options.build = tb::slice_builds().front().name;
  options.memory.bytes = std::uint64_t{64} << 20;
  tb::SliceDevice device(options);
  const HardwareConfig& hw = device.config();
  compiler::GemmProblem p;
  p.m = m;
  p.n = n;
  p.k = k;
  p.fmt_a = p.fmt_b = format;
  p.scaling = scaling;
  p.out = Format::kFp32;
  if (scaling == Scaling::kMx)
    p.grid = reference::default_grid(format, scaling, static_cast<int>(hw.acc_bits));
  const auto x = workload::generate(
      {.m = m, .n = n, .k = k, .fmt_a = format, .fmt_b = format, .scaling = scaling, .seed = 1});
  const auto want = reference::gemm(compiler::reference_spec(p, hw), x.a, x.b, x.a_scale, x.b_scale);
  const auto result = compiler::run_gemm(device, p, x, {}, {});
  REQUIRE(result.result.ok());
  REQUIRE(result.out == want.out);
  Measured measured;
  measured.counters = result.result.counters;
  const auto cycles = static_cast<double>(measured.counters.cycles);
  measured.hbm_share =
      static_cast<double>(measured.counters.read_beats + measured.counters.write_beats) / (cycles * hw.ports);
  measured.array_share =
      static_cast<double>(measured.counters.at(spec::Engine::kMatmul, spec::Bucket::kBusy)) / cycles;
  return measured;
}

}  // namespace

TEST_CASE("512 x 512 x 512 in E4M3 keeps the array busy on HBM", "[hbm][perf]") {
  const Measured measured = run(512, 512, 512, Format::kE4m3, Scaling::kPlain);
  CAPTURE(measured.counters.cycles, measured.array_share);
  CHECK(measured.array_share >= 0.9);
}

TEST_CASE("a matrix-vector product in MXFP8 streams its weights at the rate of the HBM", "[hbm][perf]") {
  const Measured measured = run(1, 1024, 4096, Format::kE4m3, Scaling::kMx);
  CAPTURE(measured.counters.cycles, measured.hbm_share);
  CHECK(measured.hbm_share >= 0.93);
}

TEST_CASE("a matrix-vector product of 4096 x 4096 in MXFP8 streams its weights at the rate of the HBM",
          "[.][regress][hbm][perf]") {
  const Measured measured = run(1, 4096, 4096, Format::kE4m3, Scaling::kMx);
  CAPTURE(measured.counters.cycles, measured.hbm_share);
  CHECK(measured.hbm_share >= 0.93);
}
