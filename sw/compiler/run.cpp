// SPDX-License-Identifier: Apache-2.0

#include "compiler/run.hpp"

#include <span>
#include <stdexcept>
#include <string>

#include "compiler/geometry.hpp"

namespace tessera::compiler {

namespace {

void write_rows(Device& device, const MatrixRef& matrix, std::uint64_t rows, std::uint64_t row_bytes,
                const std::vector<std::uint8_t>& bytes, const char* name) {
  if (bytes.size() != rows * row_bytes) {
    throw std::invalid_argument(std::string(name) + " has " + std::to_string(bytes.size()) +
                                " bytes, the GEMM needs " + std::to_string(rows * row_bytes));
  }
  if (matrix.row_stride == row_bytes) {
    device.write(matrix.address, bytes);
    return;
  }
  for (std::uint64_t r = 0; r < rows; ++r) {
    device.write(matrix.address + r * matrix.row_stride, std::span(bytes).subspan(r * row_bytes, row_bytes));
  }
}

}  // namespace

void write_operands(Device& device, const GemmProblem& placed, const workload::Operands& operands) {
  const GemmProblem& p = placed;
  write_rows(device, p.a, p.m, p.k * format::byte_width(p.fmt_a), operands.a, "A");
  write_rows(device, p.b, p.n, p.k * format::byte_width(p.fmt_b), operands.b, "B");
  if (p.scaling == spec::Scaling::kMx) {
    write_rows(device, p.a_scale, p.m, ceil_div(p.k, 32), operands.a_scale, "the scales of A");
    write_rows(device, p.b_scale, p.n, ceil_div(p.k, 32), operands.b_scale, "the scales of B");
  }
  if (p.col_scale) {
    write_rows(device, {p.col_scale_address, p.n * 4}, 1, p.n * 4, operands.col_scale, "the column scales");
  }
}

std::vector<std::uint8_t> read_result(Device& device, const GemmProblem& placed) {
  const std::uint64_t row_bytes = placed.n * format::byte_width(placed.out);
  std::vector<std::uint8_t> out(placed.m * row_bytes);
  for (std::uint64_t r = 0; r < placed.m; ++r) {
    device.read(placed.c.address + r * placed.c.row_stride, std::span(out).subspan(r * row_bytes, row_bytes));
  }
  return out;
}

GemmRun run_gemm(Device& device, const GemmProblem& problem, const workload::Operands& operands,
                 const GemmOptions& options, const LayoutOptions& layout_options) {
  GemmRun run;
  run.layout = place(problem, device.memory_bytes(), layout_options);
  run.compiled = compile(run.layout.problem, device.config(), options);
  const std::vector<std::uint8_t> image = run.compiled.program.bytes();
  if (image.size() > run.layout.program_room) {
    throw std::invalid_argument("the program has " + std::to_string(image.size()) +
                                " bytes and memory has room for " + std::to_string(run.layout.program_room) +
                                ": use more memory");
  }
  write_operands(device, run.layout.problem, operands);
  device.write(run.layout.program_base, image);
  Launch launch;
  launch.program_base = run.layout.program_base;
  launch.instructions = static_cast<std::uint32_t>(run.compiled.program.size());
  launch.memory_base = layout_options.base;
  launch.memory_limit = device.memory_bytes();
  run.result = device.run(launch);
  if (run.result.ok()) run.out = read_result(device, run.layout.problem);
  return run;
}

reference::GemmSpec reference_spec(const GemmProblem& problem, const HardwareConfig& config,
                                   const std::vector<std::size_t>& chunk_ends) {
  reference::GemmSpec spec;
  spec.m = problem.m;
  spec.n = problem.n;
  spec.k = problem.k;
  spec.fmt_a = problem.fmt_a;
  spec.fmt_b = problem.fmt_b;
  spec.scaling = problem.scaling;
  spec.grid = problem.grid;
  spec.acc_bits = static_cast<int>(config.acc_bits);
  spec.out = problem.out;
  spec.no_saturate = problem.no_saturate;
  spec.col_scale = problem.col_scale;
  if (chunk_ends.size() > 1) spec.chunk_ends = chunk_ends;
  return spec;
}

}  // namespace tessera::compiler
