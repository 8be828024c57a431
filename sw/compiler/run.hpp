// SPDX-License-Identifier: Apache-2.0
//
// Runs a GEMM on a device, from operand bytes to result bytes.

#pragma once

#include <cstdint>
#include <vector>

#include "compiler/gemm.hpp"
#include "compiler/layout.hpp"
#include "device/device.hpp"
#include "reference/gemm.hpp"
#include "workload/workload.hpp"

namespace tessera::compiler {

struct GemmRun {
  std::vector<std::uint8_t> out;  // M x N, dense. Empty unless the program reached its end
  RunResult result;
  CompiledGemm compiled;
  Layout layout;
};

// Sizes and formats come from `problem`; addresses are chosen here. Operands are dense, as in
// workload/workload.hpp. Throws std::invalid_argument when something does not fit; a program that stops with
// an error is a result.
GemmRun run_gemm(Device& device, const GemmProblem& problem, const workload::Operands& operands,
                 const GemmOptions& options = {}, const LayoutOptions& layout = {});

// The steps of run_gemm, for those who need to do something in between.
void write_operands(Device& device, const GemmProblem& placed, const workload::Operands& operands);
std::vector<std::uint8_t> read_result(Device& device, const GemmProblem& placed);

// The question to the reference kernels whose answer `problem` must give on `config`. chunk_ends matter only
// where FP32 partials round between chunks of K (CompiledGemm::chunk_ends); leave them empty otherwise.
reference::GemmSpec reference_spec(const GemmProblem& problem, const HardwareConfig& config,
                                   const std::vector<std::size_t>& chunk_ends = {});

}  // namespace tessera::compiler
