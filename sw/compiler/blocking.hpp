// SPDX-License-Identifier: Apache-2.0
//
// Chooses block sizes: which fit the local memories, and of those the ones that should run fastest.

#pragma once

#include "compiler/gemm.hpp"
#include "compiler/geometry.hpp"

namespace tessera::compiler {

// Throws std::invalid_argument when no blocking fits or K needs what the options do not allow.
Blocking choose_blocking(const GemmProblem& problem, const HardwareConfig& config,
                         const GemmOptions& options);

}  // namespace tessera::compiler
