// SPDX-License-Identifier: Apache-2.0
//
// The checks the dispatcher makes before an instruction has any effect (docs/architecture.md, "Checks"), for
// the functional model and for whoever writes programs.
//
// What depends on the program's course is not here: LOOP_STACK, PSUM_STATE and TERM_LIMIT.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "device/device.hpp"
#include "isa/instruction.hpp"

namespace tessera::isa {

// What an instruction is checked against.
struct CheckContext {
  HardwareConfig hardware;
  std::optional<spec::Config> config;              // The CONFIG in force, if there has been one
  std::uint64_t effective_address = 0;             // (addr + areg) mod 2^48; LOAD and STORE only
  std::uint64_t memory_base = 0;                   // First byte the program may touch
  std::uint64_t memory_limit = ~std::uint64_t{0};  // First byte past it
};

struct CheckResult {
  spec::Error error = spec::Error::kNone;
  std::string reason;  // A sentence for people, empty if there is no error

  bool ok() const { return error == spec::Error::kNone; }
};

// The first check that fails, in the order of docs/architecture.md.
CheckResult check(const Grain& grain, const CheckContext& context);

template <Instruction T>
CheckResult check(const T& instruction, const CheckContext& context) {
  return check(encode(instruction), context);
}

// Facts about modes and memories that the checks rest on.
unsigned bank_count(const HardwareConfig& hardware, spec::Space space);
unsigned bank_depth(const HardwareConfig& hardware, spec::Space space);  // Grains
unsigned element_bytes(spec::Format format);
bool is_fp8(spec::Format format);
// L in force: 0 for INT8, -32 for plain FP8, CONFIG.grid otherwise.
int effective_grid(const spec::Config& config);
// Terms that one grain of K adds to each accumulator.
unsigned terms_per_grain(const spec::Config& config);

}  // namespace tessera::isa
