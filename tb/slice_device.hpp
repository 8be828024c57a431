// SPDX-License-Identifier: Apache-2.0
//
// The Verilated slice behind Device: programs it over AXI4-Lite as a host would, clocks it against an AXI4
// memory until the interrupt, reads status and counters back, and checks on the way
//   - every AXI rule on every port, every cycle (axi_monitor.hpp, axi_lite.hpp),
//   - every RTL assertion,
//   - after each run: buckets of each engine add up to CYCLES, SEM_WAIT to the SEM buckets, and the beat
//   counters to the
//     beats seen on the wires.
// Any of these failing is an exception. A program stopped with an error is a result.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "axi_lite.hpp"
#include "axi_memory.hpp"
#include "axi_monitor.hpp"
#include "device/device.hpp"
#include "slice_model.hpp"

namespace tessera::tb {

struct SliceOptions {
  std::string build = "8x8";  // One of slice_builds()
  AxiMemoryConfig memory;
  bool random_host_timing = false;                    // AXI4-Lite channels pause at random
  std::uint64_t seed = 1;                             // Of register start values and host timing
  std::uint64_t max_cycles = 200'000'000;             // A run longer than this throws
  unsigned interleave_log2 = 0;                       // Register INTERLEAVE; 0: leave its reset value
  std::string waves;                                  // FST file; empty: none
  std::uint64_t wave_from = 0;                        // First cycle of a run to trace
  std::uint64_t wave_to = ~std::uint64_t{0};          // First cycle not to trace
  std::function<void(std::uint64_t cycle)> progress;  // Called every 2^20 cycles of a run
};

class SliceDevice : public Device {
 public:
  // Throws std::invalid_argument when the build is not in this binary.
  explicit SliceDevice(SliceOptions options);

  const HardwareConfig& config() const override { return config_; }
  std::string name() const override { return "rtl"; }
  std::uint64_t memory_bytes() const override { return options_.memory.bytes; }
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
    memory_.write(address, bytes);
  }
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override { memory_.read(address, bytes); }
  RunResult run(const Launch& launch) override;

  // run() in three steps, for tests that do something in between.
  void start(const Launch& launch);
  bool run_until_irq(std::uint64_t cycles);  // False: still running after that many cycles
  RunResult collect();

  // The host's registers. The first two throw std::runtime_error on an error response.
  std::uint32_t read_register(unsigned offset);
  void write_register(unsigned offset, std::uint32_t value);
  LiteResult try_read(unsigned offset);
  LiteResult try_write(unsigned offset, std::uint32_t value);
  std::uint64_t read_register64(unsigned offset);

  void reset();  // Hardware reset; memory keeps its contents
  void advance(std::uint64_t cycles);
  bool irq() const { return pins_.irq; }
  AxiMemory& memory() { return memory_; }
  std::uint64_t simulated_cycles() const { return cycles_; }  // All that were ever clocked

 private:
  void tick();
  LiteResult finish_access();
  void make_monitors();
  void read_config();
  void read_error(RunResult& result);
  void read_counters(RunResult& result);
  void check_counters(const Counters& counters) const;

  SliceOptions options_;
  std::unique_ptr<SliceModel> model_;
  AxiMemory memory_;
  SlicePins pins_;
  AxiLiteDriver host_;
  AxiLiteMonitor host_monitor_{"AXI4-Lite"};
  std::vector<AxiMonitor> monitors_;
  HardwareConfig config_;
  unsigned interleave_log2_ = 8;
  std::uint64_t cycles_ = 0;
  std::uint64_t run_start_ = 0;  // cycles_ at the last START
  bool running_ = false;
  std::uint64_t read_beats_before_ = 0;  // On the wires, at the last START
  std::uint64_t write_beats_before_ = 0;
};

}  // namespace tessera::tb
