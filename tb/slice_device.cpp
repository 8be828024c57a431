// SPDX-License-Identifier: Apache-2.0

#include "slice_device.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace tessera::tb {

namespace {

constexpr std::uint32_t kIdValue = 0x54535241;
constexpr std::uint64_t kAccessLimit = 10'000;  // Cycles within which a register access is answered
constexpr std::uint32_t kStart = 1;
constexpr std::uint32_t kIrqBoth = 3;
constexpr unsigned kResetInterleave = 8;

// TESSERA_WAVES=<folder> in the environment asks for waves of every device: <folder>/slice_<build>.<n>.fst.
SliceOptions with_environment(SliceOptions options) {
  const char* folder = std::getenv("TESSERA_WAVES");
  if (folder != nullptr && options.waves.empty()) {
    static int serial = 0;
    options.waves = std::string(folder) + "/slice_" + options.build + "." + std::to_string(serial++) + ".fst";
  }
  return options;
}

std::unique_ptr<SliceModel> make_model(const SliceOptions& options) {
  std::string known;
  for (const SliceBuild& build : slice_builds()) {
    if (build.name == options.build) return build.make(options.seed, !options.waves.empty());
    known += (known.empty() ? "" : ", ") + build.name;
  }
  throw std::invalid_argument("grid " + options.build + " is not in this build, which has " + known);
}

std::uint32_t low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
std::uint32_t high(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }

}  // namespace

SliceDevice::SliceDevice(SliceOptions options)
    : options_{with_environment(std::move(options))},
      model_{make_model(options_)},
      memory_{model_->ports(), options_.memory},
      host_{options_.random_host_timing, options_.seed} {
  pins_.master.resize(model_->ports());
  for (unsigned p = 0; p < model_->ports(); ++p) pins_.slave.push_back(&memory_.drive(p));
  if (!options_.waves.empty()) {
    model_->open_waves(options_.waves);
    model_->trace(options_.wave_from == 0);
  }
  interleave_log2_ = options_.interleave_log2 != 0 ? options_.interleave_log2 : kResetInterleave;
  reset();
  read_config();
  make_monitors();
}

void SliceDevice::reset() {
  constexpr int kResetCycles = 4;
  memory_.reset();
  host_ = AxiLiteDriver(options_.random_host_timing, options_.seed);
  pins_.rst_n = false;
  running_ = false;
  for (int i = 0; i < kResetCycles; ++i) tick();
  make_monitors();
  host_monitor_ = AxiLiteMonitor("AXI4-Lite");
  pins_.rst_n = true;
  tick();
  if (options_.interleave_log2 != 0) write_register(spec::kRegInterleave, options_.interleave_log2);
}

void SliceDevice::make_monitors() {
  monitors_.clear();
  for (unsigned p = 0; p < model_->ports(); ++p) {
    monitors_.emplace_back(AxiMonitorConfig{
        .name = "AXI4 port " + std::to_string(p),
        // Fetch is 0, LOAD lane i is 1 + i.
        .read_ids = static_cast<std::uint16_t>((2U << config_.load_lanes) - 1),
        .write_ids = 1,
        .port = p,
        .ports = model_->ports(),
        .interleave_log2 = interleave_log2_,
    });
  }
}

void SliceDevice::tick() {
  pins_.lite_master = host_.out();
  model_->settle(pins_);
  if (pins_.rst_n) {
    host_monitor_.check(pins_.lite_master, pins_.lite_slave);
    for (unsigned p = 0; p < monitors_.size(); ++p) {
      monitors_[p].check(pins_.master[p], *pins_.slave[p]);
      memory_.clock(p, pins_.master[p]);
    }
    host_.clock(pins_.lite_slave);
  }
  model_->edge();
  ++cycles_;
  if (model_->assertion_failed()) {
    throw std::runtime_error("RTL assertion failed in cycle " + std::to_string(cycles_ - run_start_) +
                             (running_ ? " of the run" : " of register access or reset") +
                             " (see its message above)");
  }
}

void SliceDevice::advance(std::uint64_t cycles) {
  for (std::uint64_t i = 0; i < cycles; ++i) tick();
}

LiteResult SliceDevice::finish_access() {
  for (std::uint64_t i = 0; host_.busy(); ++i) {
    if (i == kAccessLimit) throw std::runtime_error("a register access is not answered: AXI4-Lite hangs");
    tick();
  }
  return host_.result();
}

LiteResult SliceDevice::try_read(unsigned offset) {
  host_.start_read(static_cast<std::uint16_t>(offset));
  return finish_access();
}

LiteResult SliceDevice::try_write(unsigned offset, std::uint32_t value) {
  host_.start_write(static_cast<std::uint16_t>(offset), value);
  return finish_access();
}

std::uint32_t SliceDevice::read_register(unsigned offset) {
  const LiteResult result = try_read(offset);
  if (!result.ok())
    throw std::runtime_error("register at " + std::to_string(offset) + ": read answered with an error");
  return result.data;
}

void SliceDevice::write_register(unsigned offset, std::uint32_t value) {
  if (!try_write(offset, value).ok()) {
    throw std::runtime_error("register at " + std::to_string(offset) + ": write answered with an error");
  }
}

std::uint64_t SliceDevice::read_register64(unsigned offset) {
  const std::uint64_t low_word = read_register(offset);
  return low_word | std::uint64_t{read_register(offset + 4)} << 32;
}

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
  if (config_.ports != model_->ports())
    throw std::runtime_error("register HW_GRID: PORTS is not the number of ports");
}

RunResult SliceDevice::run(const Launch& launch) {
  start(launch);
  if (!run_until_irq(options_.max_cycles)) {
    // A bus that never answers is what STOPPING is for; anything else is a hang.
    const auto state = static_cast<spec::State>(read_register(spec::kRegStatus));
    if (state != spec::State::kStopping) {
      throw std::runtime_error("no interrupt within " + std::to_string(options_.max_cycles) + " cycles");
    }
  }
  return collect();
}

void SliceDevice::start(const Launch& launch) {
  write_register(spec::kRegProgBase, low(launch.program_base));
  write_register(spec::kRegProgBase + 4, high(launch.program_base));
  write_register(spec::kRegProgLen, launch.instructions);
  write_register(spec::kRegWatchdog, launch.watchdog);
  write_register(spec::kRegMemBase, low(launch.memory_base));
  write_register(spec::kRegMemBase + 4, high(launch.memory_base));
  write_register(spec::kRegMemLimit, low(launch.memory_limit));
  write_register(spec::kRegMemLimit + 4, high(launch.memory_limit));
  write_register(spec::kRegIrqStatus, kIrqBoth);
  write_register(spec::kRegIrqEnable, kIrqBoth);
  read_beats_before_ = memory_.read_beats();
  write_beats_before_ = memory_.write_beats();
  run_start_ = cycles_;
  running_ = true;
  write_register(spec::kRegCtrl, kStart);
}

bool SliceDevice::run_until_irq(std::uint64_t cycles) {
  const bool waves = !options_.waves.empty();
  constexpr std::uint64_t kProgressMask = (std::uint64_t{1} << 20) - 1;
  const std::uint64_t end = run_start_ + std::min(cycles, ~run_start_);
  while (!pins_.irq) {
    const std::uint64_t cycle = cycles_ - run_start_;
    if (cycles_ >= end) return false;
    if (waves) model_->trace(cycle >= options_.wave_from && cycle < options_.wave_to);
    if (options_.progress && (cycle & kProgressMask) == kProgressMask) options_.progress(cycle);
    tick();
  }
  if (waves) model_->trace(false);
  return true;
}

RunResult SliceDevice::collect() {
  RunResult result;
  result.irq = pins_.irq;
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
    for (const AxiMonitor& monitor : monitors_) monitor.finish();
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
  const std::uint64_t reads = memory_.read_beats() - read_beats_before_;
  const std::uint64_t writes = memory_.write_beats() - write_beats_before_;
  require(c.read_beats == reads, "READ_BEATS", c.read_beats, reads);
  require(c.write_beats == writes, "WRITE_BEATS", c.write_beats, writes);
}

}  // namespace tessera::tb
