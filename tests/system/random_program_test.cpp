// SPDX-License-Identifier: Apache-2.0
//
// Random programs on RTL and on the functional model: both must end well with the same memory and numeric
// status, whatever the memory's timing.

#include "support/random_program.hpp"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "support/two_machines.hpp"

namespace {

using namespace tessera;
using namespace tessera::test;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 0) : otherwise;
}

tb::SliceOptions random_options(std::uint64_t seed, workload::Random& random) {
  tb::SliceOptions options = slice_options(seed, "random_program_" + std::to_string(seed));
  options.memory.read_latency = 1 + random.below(random.one_in(2) ? 8 : 150);
  options.memory.write_latency = 1 + random.below(random.one_in(2) ? 8 : 80);
  options.memory.depth = 1 + random.below(64);
  options.memory.reorder = random.one_in(2);
  if (random.one_in(2)) options.memory.stalls = tb::StallRates::all(0.1 * random.below(7));
  if (random.one_in(3)) options.memory.bytes_per_cycle = 4.0 + random.below(60);
  options.interleave_log2 = 8 + random.below(5);
  options.random_host_timing = random.one_in(6);
  return options;
}

// One seed: a slice and a model, random data, one to three programs one after the other.
void run_seed(std::uint64_t seed, const std::string& test) {
  INFO("to repeat: TESSERA_SEED=" << seed << " TESSERA_COUNT=1 system_" << tb::slice_builds().front().name
                                  << " \"" << test << "\"");
  workload::Random random(seed);
  TwoMachines machines(random_options(seed, random));
  machines.write(kData, RandomData::bytes(random));
  for (unsigned programs = 1 + random.below(3); programs > 0; --programs) {
    const auto kind = random.one_in(2) ? RandomProgram::Kind::kPhases : RandomProgram::Kind::kPipeline;
    const RandomProgram program(machines.hardware(), random, kind);
    INFO(isa::disassemble(program.program()));
    machines.run_alike(program.program());
  }
}

}  // namespace

TEST_CASE("random programs leave the same memory on RTL as on the functional model", "[random]") {
  const std::string name = Catch::getResultCapture().getCurrentTestName();
  const std::uint64_t first = from_environment("TESSERA_SEED", 1);
  const std::uint64_t count = from_environment("TESSERA_COUNT", 80);  // About two programs each
  std::cout << "random programs: seeds " << first << " to " << first + count - 1
            << " (TESSERA_SEED, TESSERA_COUNT choose others)\n";
  for (std::uint64_t seed = first; seed < first + count; ++seed) run_seed(seed, name);
}
