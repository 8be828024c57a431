// SPDX-License-Identifier: Apache-2.0

#include "cli/gemm_run.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include "cli/machine.hpp"
#include "compiler/geometry.hpp"

namespace tessera::cli {

namespace {

constexpr std::uint64_t kProgramRoom = std::uint64_t{8} << 20;
constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 30;

spec::Format result_format(const std::string& text, const Mode& mode) {
  if (text == "auto") return mode.a == format::Format::kInt8 ? format::Format::kInt32 : format::Format::kFp32;
  try {
    return format::parse(text);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--out: ") + error.what());
  }
}

spec::Partial partial_kind(const std::string& text) {
  if (text == "raw") return spec::Partial::kRaw;
  if (text == "fp32") return spec::Partial::kFp32;
  throw UsageError("--partial: raw or fp32, not '" + text + "'");
}

compiler::GemmProblem make_problem(const GemmArgs& args) {
  const Mode mode = parse_mode(args.format);
  if (args.m == 0 || args.n == 0 || args.k == 0) throw UsageError("--m, --n, --k: at least 1");
  if (args.m > kMaxElements || args.n > kMaxElements || args.k > kMaxElements ||
      args.m * args.k > kMaxElements || args.n * args.k > kMaxElements || args.m * args.n > kMaxElements) {
    throw UsageError("--m, --n, --k: a matrix may have at most 2^30 elements");
  }
  compiler::GemmProblem problem;
  problem.m = args.m;
  problem.n = args.n;
  problem.k = args.k;
  problem.fmt_a = mode.a;
  problem.fmt_b = mode.b;
  problem.scaling = mode.scaling;
  problem.out = result_format(args.out, mode);
  problem.grid = args.grid.value_or(
      reference::default_grid(mode.a, mode.scaling, static_cast<int>(args.machine.acc_bits)));
  problem.no_saturate = args.no_saturate;
  problem.col_scale = args.col_scale || !args.col_scale_file.empty();
  return problem;
}

void load(std::vector<std::uint8_t>& operand, const std::string& file, const std::string& option) {
  if (file.empty()) return;
  std::vector<std::uint8_t> bytes = read_file(file);
  if (bytes.size() != operand.size()) {
    throw UsageError(option + ": " + file + " has " + std::to_string(bytes.size()) +
                     " bytes, this GEMM needs " + std::to_string(operand.size()));
  }
  operand = std::move(bytes);
}

workload::Operands make_operands(const GemmArgs& args, const compiler::GemmProblem& p) {
  workload::Request request{
      .m = p.m, .n = p.n, .k = p.k, .fmt_a = p.fmt_a, .fmt_b = p.fmt_b, .scaling = p.scaling};
  try {
    request.distribution = workload::parse_distribution(args.data);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--data: ") + error.what());
  }
  request.seed = args.machine.seed;
  if (p.scaling != spec::Scaling::kMx && !(args.a_scale_file.empty() && args.b_scale_file.empty())) {
    throw UsageError("--a-scale, --b-scale: only the mxfp8 formats have block scales");
  }
  workload::Operands operands = workload::generate(request);
  load(operands.a, args.a_file, "--a");
  load(operands.b, args.b_file, "--b");
  load(operands.a_scale, args.a_scale_file, "--a-scale");
  load(operands.b_scale, args.b_scale_file, "--b-scale");
  load(operands.col_scale, args.col_scale_file, "--col-scale-file");
  return operands;
}

reference::GemmSpec reference_spec(const GemmReport& report, spec::Partial partial) {
  // Only FP32 partials round between chunks.
  const bool rounds = partial == spec::Partial::kFp32;
  return compiler::reference_spec(report.problem, report.hardware,
                                  rounds ? report.run.compiled.chunk_ends : std::vector<std::size_t>{});
}

void check_result(GemmReport& report, spec::Partial partial) {
  const workload::Operands& o = report.operands;
  const compiler::GemmProblem& p = report.problem;
  const reference::GemmResult expected =
      reference::gemm(reference_spec(report, partial), o.a, o.b, o.a_scale, o.b_scale,
                      p.col_scale ? o.col_scale : reference::Bytes{});
  report.checked = true;
  const NumStatus& status = report.run.result.num_status;
  report.num_status_matches =
      status.lost == expected.status.lost && status.overflow == expected.status.overflow &&
      status.int_sat == expected.status.int_sat && status.out_nan == expected.status.out_nan;
  if (report.run.out == expected.out) return;
  Mismatch mismatch;
  for (std::uint64_t i = 0; i < p.m * p.n; ++i) {
    const std::uint32_t got = format::load(p.out, report.run.out, i);
    const std::uint32_t want = format::load(p.out, expected.out, i);
    if (got == want) continue;
    if (mismatch.count++ == 0) mismatch = {i / p.n, i % p.n, got, want, 1};
  }
  report.mismatch = mismatch;
}

// compiler::run_gemm with a clock around the run.
void execute(const GemmArgs& args, GemmReport& report, const compiler::GemmOptions& options) {
  const compiler::GemmProblem& p = report.problem;
  std::uint64_t bytes = kProgramRoom;
  for (const auto* operand : {&report.operands.a, &report.operands.b, &report.operands.a_scale,
                              &report.operands.b_scale, &report.operands.col_scale}) {
    bytes += operand->size() + 4096;
  }
  bytes += p.m * p.n * format::byte_width(p.out);
  const std::unique_ptr<Device> device = make_device(args.machine, bytes);
  report.hardware = device->config();
  compiler::GemmRun& run = report.run;
  run.layout = compiler::place(p, device->memory_bytes());
  run.compiled = compiler::compile(run.layout.problem, device->config(), options);
  const std::vector<std::uint8_t> image = run.compiled.program.bytes();
  if (image.size() > run.layout.program_room) {
    throw UsageError("--m, --n, --k: the program has " + std::to_string(image.size()) + " bytes, more than " +
                     std::to_string(run.layout.program_room) + "; split the problem");
  }
  compiler::write_operands(*device, run.layout.problem, report.operands);
  device->write(run.layout.program_base, image);
  report.prediction =
      perf::predict(run.compiled.program, device->config(),
                    {.read_latency = args.machine.latency, .write_latency = args.machine.write_latency},
                    run.layout.program_base);
  Launch launch;
  launch.program_base = run.layout.program_base;
  launch.instructions = static_cast<std::uint32_t>(run.compiled.program.size());
  launch.memory_limit = device->memory_bytes();
  const auto start = std::chrono::steady_clock::now();
  run.result = device->run(launch);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (const auto* slice = dynamic_cast<const tb::SliceDevice*>(device.get())) {
    report.hbm = slice->hbm_counters();
    report.bring_up_cycles = slice->bring_up_cycles();
  }
  if (run.result.ok()) run.out = compiler::read_result(*device, run.layout.problem);
}

}  // namespace

double GemmReport::macs() const {
  return static_cast<double>(problem.m) * static_cast<double>(problem.n) * static_cast<double>(problem.k);
}

double GemmReport::peak_macs_per_cycle() const {
  return static_cast<double>(hardware.rows) * hardware.cols * spec::kGrainBytes /
         static_cast<double>(format::byte_width(problem.fmt_a));
}

double GemmReport::mac_utilisation() const {
  return timed() ? macs() / (peak_macs_per_cycle() * static_cast<double>(run.result.counters.cycles)) : 0;
}

std::uint64_t GemmReport::array_busy_cycles() const {
  return run.result.counters.at(spec::Engine::kMatmul, spec::Bucket::kBusy);
}

double GemmReport::cycles_per_second() const {
  return seconds > 0 ? static_cast<double>(run.result.counters.cycles) / seconds : 0;
}

GemmReport run_gemm(const GemmArgs& args) {
  check_machine(args.machine);
  GemmReport report;
  report.problem = make_problem(args);
  compiler::GemmOptions options;
  options.partial = partial_kind(args.partial);
  try {
    report.operands = make_operands(args, report.problem);
    execute(args, report, options);
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
  if (args.check && !report.stopped()) check_result(report, options.partial);
  return report;
}

}  // namespace tessera::cli
