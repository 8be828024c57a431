// SPDX-License-Identifier: Apache-2.0
//
// What every machine that runs Tessera programs offers: the functional model and the Verilated slice alike.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isa/spec_gen.hpp"

namespace tessera {

// The parameters of a slice (docs/architecture.md), as its HW_* registers tell them.
struct HardwareConfig {
  unsigned rows = 8;
  unsigned cols = 8;
  unsigned acc_bits = 128;
  unsigned a_depth = 1024;       // Grains per bank
  unsigned b_depth = 1024;       // Grains per bank
  unsigned a_scale_depth = 128;  // Grains per bank
  unsigned b_scale_depth = 128;  // Grains per bank
  unsigned psum_tiles = 128;
  unsigned out_depth = 2048;  // Grains
  unsigned col_depth = 64;    // Grains
  unsigned load_lanes = 2;
  unsigned ports = 2;
  unsigned formats = 0xf;  // Bit f: operand format f is built in

  bool operator==(const HardwareConfig&) const = default;
};

// Where a program lies and what it may touch.
struct Launch {
  std::uint64_t program_base = 0;      // Byte address, a multiple of 32
  std::uint32_t instructions = 0;      // Program length
  std::uint64_t memory_base = 0;       // First byte the program may touch
  std::uint64_t memory_limit = 0;      // First byte past it
  std::uint32_t watchdog = 1'000'000;  // Cycles without progress before error WATCHDOG; 0: off
};

// Counters of a run. All zero from a device that does not count cycles.
struct Counters {
  static constexpr std::size_t kEngines = spec::kEngineValues.size();
  static constexpr std::size_t kBuckets = spec::kBucketValues.size();

  std::uint64_t cycles = 0;
  std::uint64_t instructions = 0;
  std::uint64_t read_beats = 0;
  std::uint64_t write_beats = 0;
  std::uint64_t passes = 0;
  std::array<std::array<std::uint64_t, kBuckets>, kEngines> bucket{};  // [engine][bucket], cycles
  std::array<std::uint64_t, spec::kNumSemaphores> sem_wait{};

  std::uint64_t at(spec::Engine engine, spec::Bucket b) const {
    return bucket[static_cast<std::size_t>(engine)][static_cast<std::size_t>(b)];
  }
};

// Sticky numeric events of a run (register NUM_STATUS).
struct NumStatus {
  bool lost = false;
  bool overflow = false;
  bool int_sat = false;
  bool out_nan = false;
  bool operator==(const NumStatus&) const = default;
};

// How a run ended.
struct RunResult {
  spec::State state = spec::State::kIdle;  // kDone or kError; kStopping if the bus never answered
  spec::Error error = spec::Error::kNone;
  spec::Engine error_engine = spec::Engine::kDispatch;
  std::uint32_t error_pc = 0;
  std::array<std::uint8_t, 32> error_instruction{};
  std::uint64_t error_address = 0;
  NumStatus num_status;
  Counters counters;
  bool irq = false;  // The interrupt was raised

  bool ok() const { return state == spec::State::kDone; }
};

class Device {
 public:
  virtual ~Device() = default;

  virtual const HardwareConfig& config() const = 0;
  virtual std::string name() const = 0;  // For reports: "model", "rtl"

  // Memory by the back door, at byte addresses. Throws std::out_of_range past the memory's end.
  virtual std::uint64_t memory_bytes() const = 0;
  virtual void write(std::uint64_t address, std::span<const std::uint8_t> bytes) = 0;
  virtual void read(std::uint64_t address, std::span<std::uint8_t> bytes) = 0;

  // Runs a program to its end. A program that stops with an error is a result, not an exception.
  virtual RunResult run(const Launch& launch) = 0;
};

}  // namespace tessera
