// SPDX-License-Identifier: Apache-2.0
//
// Instructions before synchronisation: what each engine does, in its order, and what each instruction has to
// wait for.
//
// synchronise() turns the waits into semaphores and merges the engines into one program. It knows nothing of
// GEMMs.

#pragma once

#include <array>
#include <cstdint>
#include <variant>
#include <vector>

#include "isa/instruction.hpp"

namespace tessera::compiler {

// Engines as the scheduler numbers them: LOAD lanes first.
inline constexpr unsigned kMatmulEngine = spec::kMaxLoadLanes;
inline constexpr unsigned kStoreEngine = spec::kMaxLoadLanes + 1;
inline constexpr unsigned kScheduledEngines = spec::kMaxLoadLanes + 2;

// For each engine, the last of its instructions (counted from 0) that must have completed; -1: none.
struct Needs {
  std::array<std::int32_t, kScheduledEngines> last;
  Needs() { last.fill(-1); }
  void add(unsigned engine, std::int32_t index) { last[engine] = std::max(last[engine], index); }
  void add(const Needs& other) {
    for (unsigned e = 0; e < kScheduledEngines; ++e) add(e, other.last[e]);
  }
};

struct Step {
  unsigned engine = 0;
  std::uint64_t start = 0;  // Expected cycle, for the order in the program only
  Needs needs;
  std::variant<spec::Load, spec::Matmul, spec::Store, spec::Config> instruction;
};

// Steps of one engine are in its order. A step may only need steps that come earlier in the list and start
// earlier. Appends HALT. Throws std::invalid_argument if the program is longer than the program counter can
// count.
isa::Program synchronise(std::vector<Step> steps, unsigned load_lanes);

}  // namespace tessera::compiler
