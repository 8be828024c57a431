// SPDX-License-Identifier: Apache-2.0
//
// The MATMUL engine: passes of the PE grid, partial sums, fold and epilogue.

#pragma once

#include <cstdint>

#include "model/local_memory.hpp"

namespace tessera::model {

struct MatmulResult {
  spec::Error error =
      spec::Error::kNone;    // PSUM_STATE or TERM_LIMIT, found before the pass that follows `passes`
  std::uint64_t passes = 0;  // Passes completed
};

// Runs a MATMUL that has passed isa::check with this hardware and CONFIG. Adds to `status`, never clears it.
MatmulResult run_matmul(const spec::Matmul& matmul, const spec::Config& config,
                        const HardwareConfig& hardware, LocalMemories& memories, NumStatus& status);

}  // namespace tessera::model
