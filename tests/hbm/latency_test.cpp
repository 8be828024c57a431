// SPDX-License-Identifier: Apache-2.0
//
// What a single access takes on an idle channel, in cycles of the DFI clock from AR or AW on the wires to the
// last answer, next to what the timings alone ask for.

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "hbm/machine.hpp"
#include "hbm/trace.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

// tRCDRD + RL + the burst, in cycles, rounded up as the grid of time does.
unsigned device_cycles(const dram::TimingSet& t) { return (t.rcdrd + t.rl + 2 + 1) / 2; }

}  // namespace

TEST_CASE("an unloaded read takes the device's time and the pipeline's", "[hbm][latency]") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    for (unsigned pc = 0; pc < dram::kPcs; ++pc) {
      dram::ChannelBenchConfig config;
      config.device.seed = seed;
      Machine m(config);
      const unsigned device = device_cycles(config.device.timing);
      std::uint64_t least = ~std::uint64_t{0};
      for (unsigned i = 0; i < 8; ++i) {
        m.bench.run(200);
        least = std::min(least, m.read(pc, 0x100000 * (i + 1)).cycles);
      }
      INFO("seed " << seed << ", PC " << pc << ": " << least << " cycles, device " << device);
      // Pipeline: 5 to the command's register, 1 to the pins, 2 to 4 of flight time and alignment, 5 to R.
      CHECK(least >= device + 12);
      CHECK(least <= device + 18);
    }
  }
}

TEST_CASE("a write is answered when the controller holds it", "[hbm][latency]") {
  Machine m;
  m.bench.run(200);
  const auto written = m.write(0, 0x2000, {beat_of(1)});
  CHECK(written.cycles <= 12);
  const std::array<std::uint64_t, 2> reads{m.read(0, 0x2000).cycles, m.read(0, 0x2000).cycles};
  // The first read waits for the write to leave the queue and for DERR to be out of the question.
  CHECK(reads[0] > reads[1]);
  CHECK(reads[0] <= 200);
}

TEST_CASE("the pins show a write and a read in their order", "[hbm][latency]") {
  Machine m;
  std::ostringstream lines;
  {
    dram::DramTrace trace(lines);
    m.bench.device().set_observer(&trace);
    static_cast<void>(m.write(0, 0x2000, {beat_of(1)}));
    static_cast<void>(m.read(0, 0x2000));
    m.bench.device().set_observer(nullptr);
  }
  std::istringstream in(lines.str());
  std::vector<std::string> seen;
  std::int64_t tick = 0;
  std::string name;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    fields >> tick >> name;
    if (name != "REFPB" && name != "PREPB") seen.push_back(name);
  }
  INFO(lines.str());
  CHECK(seen == std::vector<std::string>{"ACT", "WR", "DQW", "RD", "DQR"});
}
