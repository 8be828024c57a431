// SPDX-License-Identifier: Apache-2.0
//
// What SliceDevice reads back from the slice: its parameters, how a run ended, and counters, which must
// agree.

#include <numeric>
#include <stdexcept>
#include <string>

#include "slice_device.hpp"

namespace tessera::tb {

namespace {

constexpr std::uint32_t kIdValue = 0x54535241;

}  // namespace

void SliceDevice::read_config() {
  if (read_register(spec::kRegId) != kIdValue) throw std::runtime_error("register ID does not say TSRA");
  const auto field = [](std::uint32_t word, unsigned lsb, unsigned width) {
    return word >> lsb & ((1U << width) - 1);
  };
  const std::uint32_t grid = read_register(spec::kRegHwGrid);
  const std::uint32_t operand = read_register(spec::kRegHwOperand);
  const std::uint32_t scale = read_register(spec::kRegHwScale);
  const std::uint32_t result = read_register(spec::kRegHwResult);
  config_ = {
      .rows = field(grid, 0, 8),
      .cols = field(grid, 8, 8),
      .acc_bits = field(grid, 16, 8),
      .a_depth = field(operand, 0, 16),
      .b_depth = field(operand, 16, 16),
      .a_scale_depth = field(scale, 0, 16),
      .b_scale_depth = field(scale, 16, 16),
      .psum_tiles = field(result, 0, 16),
      .out_depth = field(result, 16, 16),
      .col_depth = field(read_register(spec::kRegHwCol), 0, 16),
      .load_lanes = field(grid, 24, 4),
      .ports = field(grid, 28, 4),
      .formats = read_register(spec::kRegHwFormats),
  };
  const unsigned channels = model_->channels();
  if (channels == 0 ? config_.ports != model_->ports() : (config_.ports + 1) / 2 != channels)
    throw std::runtime_error("register HW_GRID: PORTS is not the number of ports");
}

RunResult SliceDevice::collect() {
  RunResult result;
  result.irq = pins_.irq;
  if (hbm_) read_hbm_counters();
  result.state = static_cast<spec::State>(read_register(spec::kRegStatus));
  read_error(result);
  read_counters(result);
  const std::uint32_t numeric = read_register(spec::kRegNumStatus);
  result.num_status = {.lost = (numeric & 1) != 0,
                       .overflow = (numeric & 2) != 0,
                       .int_sat = (numeric & 4) != 0,
                       .out_nan = (numeric & 8) != 0};
  if (result.state == spec::State::kDone || result.state == spec::State::kError) {
    running_ = false;
    check_counters(result.counters);
    if (!window_.busy()) {
      for (const AxiMonitor& monitor : monitors_) monitor.finish();
    }
    if (hbm_) check_hbm_counters(result.counters);
    if (hbm_ && !window_.busy()) drain();
  }
  return result;
}

void SliceDevice::read_error(RunResult& result) {
  result.error = static_cast<spec::Error>(read_register(spec::kRegErrorCode));
  result.error_pc = read_register(spec::kRegErrorPc);
  result.error_engine = static_cast<spec::Engine>(read_register(spec::kRegErrorInfo) & 7);
  result.error_address = read_register64(spec::kRegErrorAddr);
  for (unsigned word = 0; word < 8; ++word) {
    const std::uint32_t value = read_register(spec::kRegErrorInstr + 4 * word);
    for (unsigned byte = 0; byte < 4; ++byte) {
      result.error_instruction[4 * word + byte] = static_cast<std::uint8_t>(value >> 8 * byte);
    }
  }
}

void SliceDevice::read_counters(RunResult& result) {
  Counters& counters = result.counters;
  counters.cycles = read_register64(spec::kRegCycles);
  counters.instructions = read_register64(spec::kRegInstructions);
  counters.read_beats = read_register64(spec::kRegReadBeats);
  counters.write_beats = read_register64(spec::kRegWriteBeats);
  counters.passes = read_register64(spec::kRegPasses);
  const unsigned engines = static_cast<unsigned>(spec::Engine::kLoad0) + config_.load_lanes;
  for (unsigned e = 0; e < engines; ++e) {
    for (unsigned b = 0; b < Counters::kBuckets; ++b) {
      counters.bucket[e][b] = read_register64(spec::kRegBucket + 64 * e + 8 * b);
    }
  }
  for (unsigned s = 0; s < spec::kNumSemaphores; ++s)
    counters.sem_wait[s] = read_register64(spec::kRegSemWait + 8 * s);
}

void SliceDevice::check_counters(const Counters& c) const {
  const auto require = [](bool holds, const std::string& what, std::uint64_t is, std::uint64_t should) {
    if (!holds) {
      throw std::runtime_error("counters: " + what + " is " + std::to_string(is) + ", should be " +
                               std::to_string(should));
    }
  };
  const unsigned engines = static_cast<unsigned>(spec::Engine::kLoad0) + config_.load_lanes;
  std::uint64_t sem_buckets = 0;
  for (unsigned e = 0; e < engines; ++e) {
    const auto& buckets = c.bucket[e];
    const std::uint64_t sum = std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
    require(sum == c.cycles, "the sum of the buckets of engine " + std::string(spec::kEngineValues[e].name),
            sum, c.cycles);
    sem_buckets += buckets[static_cast<unsigned>(spec::Bucket::kSem)];
  }
  const std::uint64_t sem_waits = std::accumulate(c.sem_wait.begin(), c.sem_wait.end(), std::uint64_t{0});
  require(sem_waits == sem_buckets, "the sum of SEM_WAIT", sem_waits, sem_buckets);
  if (!memory_) return;
  const auto [reads_now, writes_now] = engine_beats();
  const std::uint64_t reads = reads_now - beats_before_.first;
  const std::uint64_t writes = writes_now - beats_before_.second;
  require(c.read_beats == reads, "READ_BEATS", c.read_beats, reads);
  require(c.write_beats == writes, "WRITE_BEATS", c.write_beats, writes);
}

// Beats on the wires so far, without those of the host window.
std::pair<std::uint64_t, std::uint64_t> SliceDevice::engine_beats() const {
  if (!memory_) return {};
  return {memory_->read_beats() - memory_->read_beats(1 + config_.load_lanes),
          memory_->write_beats() - memory_->write_beats(1)};
}

}  // namespace tessera::tb
