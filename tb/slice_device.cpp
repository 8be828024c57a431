// SPDX-License-Identifier: Apache-2.0

#include "slice_device.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

namespace tessera::tb {

namespace {

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
      host_{options_.random_host_timing, options_.seed},
      window_{options_.random_host_timing, options_.seed} {
  if (model_->channels() == 0) {
    memory_ = std::make_unique<AxiMemory>(model_->ports(), options_.memory);
    for (unsigned p = 0; p < model_->ports(); ++p) pins_.slave.push_back(&memory_->drive(p));
  }
  for (unsigned c = 0; c < model_->channels(); ++c) {
    hbm::PinsPacker()(hbm::PinsIn{}, model_->channel_in(c));  // Quiet until the devices are there
  }
  pins_.master.resize(model_->ports());
  if (!options_.waves.empty()) {
    model_->open_waves(options_.waves);
    model_->trace(options_.wave_from == 0);
  }
  interleave_log2_ = options_.interleave_log2 != 0 ? options_.interleave_log2 : kResetInterleave;
  reset();
}

void SliceDevice::reset() {
  constexpr int kResetCycles = 4;
  if (memory_) memory_->reset();
  host_ = AxiLiteDriver(options_.random_host_timing, options_.seed);
  window_ = AxiHost(options_.random_host_timing, options_.seed);
  schedule_ = ClockSchedule(options_.clocks);
  pins_.host_window = true;  // Until reset has ended, so that its inputs are known
  pins_.rst_n = false;
  running_ = false;
  for (int i = 0; i < kResetCycles; ++i) tick();
  host_monitor_ = AxiLiteMonitor("AXI4-Lite");
  window_monitor_ = AxiMonitor({.name = "host window", .profile = false});
  pins_.rst_n = true;
  for (int i = 0; i < kResetCycles; ++i) tick();
  pins_.host_window = false;
  read_config();
  make_monitors();
  if (options_.interleave_log2 != 0) write_register(spec::kRegInterleave, options_.interleave_log2);
  if (model_->channels() != 0) bring_up();
}

void SliceDevice::make_monitors() {
  monitors_.clear();
  for (unsigned p = 0; p < model_->ports(); ++p) {
    monitors_.emplace_back(AxiMonitorConfig{
        .name = "AXI4 port " + std::to_string(p),
        // Fetch is 0, LOAD lane i is 1 + i, the host window the one after the last lane; STORE is 0, the
        // window 1.
        .read_ids = static_cast<std::uint16_t>((4U << config_.load_lanes) - 1),
        .write_ids = 3,
        .port = p,
        .ports = model_->ports(),
        .interleave_log2 = interleave_log2_,
    });
  }
}

// One cycle of the tile, with what the memory's clock does before it.
void SliceDevice::tick() {
  pins_.lite_master = host_.out();
  if (pins_.host_window) pins_.host_master = window_.out();
  if (!hbm_) {
    model_->settle(pins_);
    before_edge();
    model_->edge(true, true);
  } else {
    for (ClockSchedule::Edges edges; !edges.tile;) {
      edges = schedule_.next();
      if (edges.tile) {
        model_->settle(pins_);
        before_edge();
      } else {
        model_->low();
      }
      model_->edge(edges.tile, edges.memory);
      if (edges.memory) hbm_->clock(*model_);
    }
  }
  ++cycles_;
  if (model_->assertion_failed()) {
    throw std::runtime_error("RTL assertion failed in cycle " + std::to_string(cycles_ - run_start_) +
                             (running_ ? " of the run" : " of register access or reset") +
                             " (see its message above)");
  }
}

// What the tile's edge is about to move on its ports.
void SliceDevice::before_edge() {
  if (!pins_.rst_n) return;
  host_monitor_.check(pins_.lite_master, pins_.lite_slave);
  host_.clock(pins_.lite_slave);
  for (unsigned p = 0; p < monitors_.size(); ++p) {
    monitors_[p].check(pins_.master[p], *pins_.slave[p]);
    memory_->clock(p, pins_.master[p]);
  }
  if (pins_.host_window) {
    window_monitor_.check(pins_.host_master, pins_.host_slave);
    window_.clock(pins_.host_slave);
  }
}

void SliceDevice::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  if (hbm_) {
    hbm_->write(address, bytes);
  } else {
    memory_->write(address, bytes);
  }
}

void SliceDevice::read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  if (hbm_) {
    hbm_->read(address, bytes);
  } else {
    memory_->read(address, bytes);
  }
}

AxiMemory& SliceDevice::memory() {
  if (!memory_) throw std::logic_error("build " + options_.build + " has HBM, not a flat memory: ask hbm()");
  return *memory_;
}

HbmMemory& SliceDevice::hbm() {
  if (!hbm_) throw std::logic_error("build " + options_.build + " has a flat memory, not HBM: ask memory()");
  return *hbm_;
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
  begin_hbm_counters();
  beats_before_ = engine_beats();
  window_used_ = window_.busy();
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

}  // namespace tessera::tb
