// SPDX-License-Identifier: Apache-2.0
//
// Predicts the cycles of a program on a slice without simulating it (docs/performance.md).
//
// The model runs the program itself, one event per instruction and memory burst. The array is exact; memory
// is ideal: every request is taken, every port moves one beat per cycle each way, after fixed latencies.

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "device/device.hpp"
#include "isa/instruction.hpp"

namespace tessera::perf {

struct MemoryTiming {
  unsigned read_latency = 40;    // AR taken -> first R beat, cycles
  unsigned write_latency = 20;   // Last W beat taken -> B, cycles
  unsigned depth = 64;           // Reads a port has taken and not answered to the last beat, at most
  unsigned interleave_log2 = 8;  // log2 of the bytes of a port's turn (register INTERLEAVE)
};

enum class Bound : std::uint8_t { kArray, kMemory, kLatency };
std::string_view name(Bound bound);

struct Prediction {
  std::uint64_t cycles = 0;        // START to DONE
  std::uint64_t array_cycles = 0;  // Cycles the array is occupied: sum of mt * nt * max(k, D)
  std::uint64_t array_first = 0;   // Cycle of the first injection
  std::uint64_t array_last = 0;    // Cycle after the last one
  std::uint64_t passes = 0;
  std::uint64_t instructions = 0;
  std::uint64_t read_beats = 0;  // Program fetch included
  std::uint64_t write_beats = 0;
  std::array<std::uint64_t, Counters::kEngines> busy{};  // Bucket BUSY of each engine
  Bound bound = Bound::kLatency;

  std::uint64_t bytes_read() const { return read_beats * spec::kGrainBytes; }
  std::uint64_t bytes_written() const { return write_beats * spec::kGrainBytes; }
  // Share of the run, and of the array's own window, in which the array is occupied.
  double array_utilisation() const;
  double window_utilisation() const;
};

// Instructions must be legal (isa/check.hpp). Throws std::invalid_argument if the program has an unknown
// opcode, deadlocks or runs past its end. `program_base` decides which port serves a fetch.
Prediction predict(const isa::Program& program, const HardwareConfig& config, const MemoryTiming& timing = {},
                   std::uint64_t program_base = 0);

}  // namespace tessera::perf
