// SPDX-License-Identifier: Apache-2.0
//
// Compiled GEMMs of random shapes, formats, machines and layouts: free of races, exact on the functional
// model, and without a trace outside C.

#include <numeric>
#include <random>
#include <string>

#include "compiler/hazard.hpp"
#include "compiler/run.hpp"
#include "isa/check.hpp"
#include "model/functional_model.hpp"
#include "reference/gemm.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;
using compiler::GemmOptions;
using compiler::GemmProblem;
using compiler::LayoutOptions;
using spec::Format;
using spec::Scaling;

// Matches text that contains `part`, in Catch2 2 and 3.
auto mentions(const std::string& part) {
  return Catch::Matchers::Predicate<std::string>(
      [part](const std::string& s) { return s.find(part) != s.npos; }, "mentions \"" + part + "\"");
}

// The message of the std::invalid_argument that `action` throws.
std::string refusal(auto&& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "(not refused)";
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}
  // Uniform in first .. last.
  unsigned pick(unsigned first, unsigned last) {
    return first + static_cast<unsigned>(engine_() % (last - first + 1));
  }
  template <class T>
  T of(std::initializer_list<T> values) {
    return values.begin()[pick(0, static_cast<unsigned>(values.size()) - 1)];
  }
  bool flip() { return pick(0, 1) != 0; }

 private:
  std::mt19937_64 engine_;
};

constexpr std::uint64_t kMemory = 1 << 22;

HardwareConfig tiny() {
  HardwareConfig hw;
  hw.a_depth = hw.b_depth = 64;
  hw.a_scale_depth = hw.b_scale_depth = 16;
  hw.psum_tiles = 8;
  hw.out_depth = 256;
  hw.col_depth = 8;
  hw.load_lanes = 1;
  hw.ports = 1;
  return hw;
}

HardwareConfig random_hardware(Random& random) {
  HardwareConfig hw = random.flip() ? HardwareConfig{} : tiny();
  hw.rows = random.of({4U, 8U, 8U, 16U, 32U});
  hw.cols = random.of({4U, 8U, 8U, 16U, 32U});
  hw.acc_bits = random.of({64U, 96U, 128U});
  if (random.flip()) hw.a_depth = random.of({24U, 64U, 100U, 256U});
  if (random.flip()) hw.b_depth = random.of({24U, 64U, 100U, 256U});
  if (random.flip()) hw.psum_tiles = random.of({1U, 3U, 8U, 50U});
  hw.load_lanes = random.pick(1, 4);
  hw.ports = random.of({1U, 2U, 4U});
  return hw;
}

GemmProblem random_problem(Random& random, const HardwareConfig& hw) {
  GemmProblem p;
  p.m = random.flip() ? random.pick(1, 20) : random.pick(1, 150);
  p.n = random.flip() ? random.pick(1, 20) : random.pick(1, 150);
  p.k = random.flip() ? random.pick(1, 100) : random.pick(1, 3000);
  switch (random.pick(0, 3)) {
    case 0: p.fmt_a = p.fmt_b = Format::kInt8; break;
    case 1: p.fmt_a = p.fmt_b = Format::kBf16; break;
    case 2: p.scaling = Scaling::kMx; [[fallthrough]];
    default:
      p.fmt_a = random.of({Format::kE4m3, Format::kE5m2});
      p.fmt_b = random.of({Format::kE4m3, Format::kE5m2});
  }
  p.out =
      random.of({Format::kFp32, Format::kFp32, Format::kBf16, Format::kE4m3, Format::kE5m2, Format::kInt8});
  p.col_scale = random.flip();
  if (p.fmt_a == Format::kInt8 && random.flip()) {
    p.out = Format::kInt32;
    p.col_scale = false;
  }
  p.no_saturate = (p.out == Format::kE4m3 || p.out == Format::kE5m2) && random.flip();
  p.grid = reference::default_grid(p.fmt_a, p.scaling, static_cast<int>(hw.acc_bits));
  return p;
}

workload::Operands operands_of(const GemmProblem& p, workload::Distribution distribution,
                               std::uint64_t seed) {
  workload::Request request;
  request.m = p.m;
  request.n = p.n;
  request.k = p.k;
  request.fmt_a = p.fmt_a;
  request.fmt_b = p.fmt_b;
  request.scaling = p.scaling;
  request.distribution = distribution;
  request.seed = seed;
  workload::Operands operands = workload::generate(request);
  if (!p.col_scale) operands.col_scale.clear();
  return operands;
}

std::string text(const GemmProblem& p, const HardwareConfig& hw) {
  return std::to_string(p.m) + "x" + std::to_string(p.n) + "x" + std::to_string(p.k) + " " +
         std::string(format::name(p.fmt_a)) + "*" + std::string(format::name(p.fmt_b)) +
         (p.scaling == Scaling::kMx ? " mx" : "") + (p.col_scale ? " col" : "") + " -> " +
         std::string(format::name(p.out)) + " on " + std::to_string(hw.rows) + "x" + std::to_string(hw.cols) +
         " A " + std::to_string(hw.a_depth) + " B " + std::to_string(hw.b_depth) + " psum " +
         std::to_string(hw.psum_tiles) + " out " + std::to_string(hw.out_depth) + " lanes " +
         std::to_string(hw.load_lanes);
}

std::string hazard_text(const std::vector<compiler::Hazard>& hazards) {
  std::string all;
  for (const auto& h : hazards) {
    all += "pc " + std::to_string(h.pc) + " against " + std::to_string(h.other) + ": " + h.what + "\n";
  }
  return all;
}

std::vector<std::uint8_t> memory_of(Device& device) {
  std::vector<std::uint8_t> all(device.memory_bytes());
  device.read(0, all);
  return all;
}

// Sets the bytes of C to zero, so that what is left can be compared.
void blank_result(std::vector<std::uint8_t>& memory, const GemmProblem& placed) {
  const std::uint64_t row_bytes = placed.n * format::byte_width(placed.out);
  for (std::uint64_t r = 0; r < placed.m; ++r) {
    const auto begin =
        memory.begin() + static_cast<std::ptrdiff_t>(placed.c.address + r * placed.c.row_stride);
    std::fill(begin, begin + static_cast<std::ptrdiff_t>(row_bytes), 0);
  }
}

// Compiles, analyses and runs one GEMM and requires the exact result.
void require_exact(const GemmProblem& problem, const HardwareConfig& hw, const GemmOptions& options = {},
                   const LayoutOptions& layout = {}, std::uint64_t seed = 1) {
  INFO(text(problem, hw));
  const auto distribution = static_cast<workload::Distribution>(seed % 3);
  const workload::Operands operands = operands_of(problem, distribution, seed);
  model::FunctionalModel device(hw, kMemory);
  std::vector<std::uint8_t> noise(kMemory);
  std::iota(noise.begin(), noise.end(), static_cast<std::uint8_t>(seed));
  device.write(0, noise);

  const compiler::Layout placed = compiler::place(problem, kMemory, layout);
  const compiler::CompiledGemm compiled = compiler::compile(placed.problem, hw, options);
  INFO(compiled.description);
  REQUIRE(hazard_text(compiler::find_hazards(compiled.program, hw)) == "");

  compiler::write_operands(device, placed.problem, operands);
  device.write(placed.program_base, compiled.program.bytes());
  std::vector<std::uint8_t> before = memory_of(device);
  const compiler::GemmRun run = compiler::run_gemm(device, problem, operands, options, layout);
  INFO("error " << static_cast<int>(run.result.error) << " at pc " << run.result.error_pc);
  REQUIRE(run.result.ok());
  REQUIRE(device.semaphores() == std::array<std::uint8_t, spec::kNumSemaphores>{});

  reference::GemmSpec expected = reference_spec(problem, hw);
  if (options.partial == spec::Partial::kFp32) expected.chunk_ends = run.compiled.chunk_ends;
  const reference::GemmResult oracle = reference::gemm(expected, operands.a, operands.b, operands.a_scale,
                                                       operands.b_scale, operands.col_scale);
  REQUIRE(run.out == oracle.out);
  const NumStatus& status = run.result.num_status;
  // OUT_NAN may also come from rows past M, whose zeros meet an infinite column scale.
  const bool out_nan = status.out_nan && oracle.status.out_nan;
  REQUIRE(reference::Status{status.lost, status.overflow, status.int_sat, out_nan} == oracle.status);

  std::vector<std::uint8_t> after = memory_of(device);
  blank_result(before, placed.problem);
  blank_result(after, placed.problem);
  REQUIRE((before == after));  // In parentheses: printing 4 MiB helps nobody
}

TEST_CASE("compiled GEMMs of random shapes on random machines are exact, free of races and write only C",
          "[compiler]") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const HardwareConfig hw = random_hardware(random);
    const GemmProblem problem = random_problem(random, hw);
    GemmOptions options;
    const bool int8 = problem.fmt_a == Format::kInt8;
    if (!int8 && random.flip()) options.partial = spec::Partial::kFp32;
    LayoutOptions layout;
    layout.base = random.of({0U, 4096U});
    layout.skew = random.of({0U, 0U, 1U, 2U, 13U, 31U, 32U});
    layout.row_padding = random.of({0U, 0U, 2U, 7U, 32U, 100U});
    require_exact(problem, hw, options, layout, seed);
  }
}

TEST_CASE("a GEMM of every small shape is exact", "[compiler]") {
  const HardwareConfig hw = tiny();
  for (const unsigned m : {1U, 7U, 8U, 9U, 17U}) {
    for (const unsigned n : {1U, 8U, 15U, 33U}) {
      for (const unsigned k : {1U, 31U, 32U, 33U, 512U}) {
        GemmProblem p;
        p.m = m;
        p.n = n;
        p.k = k;
        require_exact(p, hw, {}, {}, m + n + k);
      }
    }
  }
}

TEST_CASE("forced blockings give the same result as chosen ones", "[compiler]") {
  GemmProblem p;
  p.m = 70;
  p.n = 90;
  p.k = 700;
  p.scaling = Scaling::kMx;
  p.grid = -80;
  p.col_scale = true;
  for (const unsigned rows : {1U, 2U, 3U, 9U}) {
    for (const unsigned cols : {1U, 3U, 8U}) {
      for (const unsigned k : {1U, 5U, 8U, 22U}) {
        GemmOptions options;
        options.row_tiles = rows;
        options.col_tiles = cols;
        options.k_grains = k;
        const compiler::CompiledGemm compiled =
            compiler::compile(compiler::place(p, kMemory).problem, HardwareConfig{}, options);
        REQUIRE(compiled.blocking.row_tiles == rows);
        REQUIRE(compiled.blocking.col_tiles == cols);
        REQUIRE(compiled.blocking.k_grains == k);
        require_exact(p, HardwareConfig{}, options);
      }
    }
  }
}

TEST_CASE("an operand that fits its buffer is loaded once", "[compiler]") {
  GemmProblem p;
  p.m = 128;
  p.n = 2048;
  p.k = 512;
  const compiler::CompiledGemm compiled =
      compiler::compile(compiler::place(p, 1 << 24).problem, HardwareConfig{});
  REQUIRE(compiled.load_bytes == (p.m + p.n) * p.k);
  REQUIRE(compiled.blocking.k_chunks == 1);
}

TEST_CASE("every compiled instruction passes the dispatcher's checks", "[compiler]") {
  for (std::uint64_t seed = 1000; seed < 1100; ++seed) {
    Random random(seed);
    isa::CheckContext context;
    context.hardware = random_hardware(random);
    const GemmProblem problem = random_problem(random, context.hardware);
    INFO(text(problem, context.hardware));
    const compiler::Layout layout = compiler::place(problem, kMemory);
    context.memory_limit = layout.program_base;  // The arrays end here
    const compiler::CompiledGemm compiled = compiler::compile(layout.problem, context.hardware);
    for (std::size_t pc = 0; pc < compiled.program.size(); ++pc) {
      const isa::Grain& grain = compiled.program.code[pc];
      context.effective_address = 0;
      switch (static_cast<spec::Opcode>(isa::opcode_of(grain))) {
        case spec::Opcode::kConfig: context.config = isa::decode<spec::Config>(grain); break;
        case spec::Opcode::kLoad: context.effective_address = isa::decode<spec::Load>(grain).addr; break;
        case spec::Opcode::kStore: context.effective_address = isa::decode<spec::Store>(grain).addr; break;
        default: break;
      }
      const isa::CheckResult result = isa::check(grain, context);
      INFO("seed " << seed << " pc " << pc << ": " << result.reason);
      REQUIRE(result.ok());
    }
  }
}

TEST_CASE("K past the exact limit is refused for RAW and rounds between chunks for FP32 partials",
          "[compiler]") {
  GemmProblem p;
  p.m = 3;
  p.n = 5;
  p.k = 65536 + 64;
  p.out = Format::kFp32;
  const HardwareConfig hw;
  const GemmProblem placed = compiler::place(p, kMemory).problem;
  REQUIRE_THAT(refusal([&] { compiler::compile(placed, hw); }), mentions("partial to FP32"));
  GemmOptions options;
  options.partial = spec::Partial::kFp32;
  require_exact(p, hw, options);
  p.k = 65536;
  require_exact(p, hw);
  p.fmt_a = p.fmt_b = Format::kInt8;
  p.k = 65537;
  REQUIRE_THAT(refusal([&] { compiler::compile(compiler::place(p, kMemory).problem, hw); }),
               mentions("add their INT32 results"));
}

TEST_CASE("problems that cannot be compiled are refused with the remedy", "[compiler]") {
  const HardwareConfig hw;
  const auto refuse = [&](auto change, const std::string& remedy, const GemmOptions& options = {}) {
    GemmProblem p;
    p.m = p.n = p.k = 64;
    p = compiler::place(p, kMemory).problem;
    change(p);
    REQUIRE_THAT(refusal([&] { compiler::compile(p, hw, options); }), mentions(remedy));
  };
  refuse([](GemmProblem& p) { p.m = 0; }, "at least 1");
  refuse([](GemmProblem& p) { p.fmt_a = Format::kInt8; }, "INT8 with INT8");
  refuse([](GemmProblem& p) { p.out = Format::kInt32; }, "FP32");
  refuse([](GemmProblem& p) { p.grid = 3; }, "grid must be");
  refuse([](GemmProblem& p) { p.no_saturate = true; }, "no_saturate");
  refuse([](GemmProblem& p) { p.c.row_stride = 64 * 4 - 1; }, "rows of C overlap");
  GemmOptions huge;
  huge.row_tiles = 8;
  huge.col_tiles = 8;
  huge.k_grains = 2;
  HardwareConfig small = tiny();
  GemmProblem p;
  p.m = p.n = p.k = 64;
  p = compiler::place(p, kMemory).problem;
  REQUIRE_THAT(refusal([&] { compiler::compile(p, small, huge); }), mentions("deeper buffers"));
  small.formats = 1;
  REQUIRE_THAT(refusal([&] { compiler::compile(p, small); }), mentions("not in this build"));
}

TEST_CASE("a layout keeps arrays apart and says how much memory is missing", "[compiler]") {
  GemmProblem p;
  p.m = 5;
  p.n = 7;
  p.k = 33;
  p.scaling = Scaling::kMx;
  p.col_scale = true;
  const compiler::Layout layout = compiler::place(p, 1 << 16);
  const GemmProblem& q = layout.problem;
  REQUIRE(q.a.address == 0);
  REQUIRE(q.b.address == 256);        // 5 x 33 = 165 bytes of A
  REQUIRE(q.a_scale.address == 512);  // 7 x 33 = 231 bytes of B
  REQUIRE(q.b_scale.address == 768);
  REQUIRE(q.col_scale_address == 1024);
  REQUIRE(q.c.address == 1280);
  REQUIRE(layout.program_base == 1536);  // 5 x 28 = 140 bytes of C
  REQUIRE(layout.program_room == (1 << 16) - 1536);
  REQUIRE_THAT(refusal([&] { compiler::place(p, 1536); }), mentions("more memory"));
}

}  // namespace
