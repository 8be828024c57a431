// SPDX-License-Identifier: Apache-2.0
//
// Proves that a program has no race: whatever the engines' relative speeds, nothing reads a local memory
// before it is written or overwrites what is still to be read.
//
// Engines run in parallel and only semaphores (and SYNC, FENCE) order them. A machine that runs one
// instruction at a time cannot show a missing semaphore; this analysis can. Every instruction gets a vector
// clock: how many instructions of each engine have certainly completed when it starts. Two instructions of
// different engines that touch the same grains, at least one of them writing, must be ordered by it. Reading
// a grain that nothing has written is reported too. Main memory is not analysed: a GEMM's result never
// overlaps its operands.
//
// It understands semaphores that are posted by one engine and awaited by one engine (the n-th wait then
// follows the n-th post), which is what the compiler makes. It also checks that the program ends: no
// instruction waits for a post that only comes later, no more than SEM_MAX posts can pile up, and none is
// left over.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "device/device.hpp"
#include "isa/instruction.hpp"

namespace tessera::compiler {

struct Hazard {
  std::size_t pc = 0;     // The later instruction in program order
  std::size_t other = 0;  // The one it conflicts with
  std::string what;       // One sentence
};

// At most `limit` hazards, in program order; empty: the program is free of them. Loops are not followed:
// unroll first (throws std::invalid_argument).
std::vector<Hazard> find_hazards(const isa::Program& program, const HardwareConfig& config,
                                 std::size_t limit = 10);

}  // namespace tessera::compiler
