// SPDX-License-Identifier: Apache-2.0
//
// The Verilated slice behind Device: programs it over AXI4-Lite as a host would, clocks it against a memory
// until the interrupt, reads status and counters back, and checks on the way
//   - every AXI rule on every port, every cycle (axi_monitor.hpp, axi_lite.hpp),
//   - with HBM, every rule of the DRAM on its pins (hbm/device.hpp),
//   - every RTL assertion,
//   - after each run: buckets of each engine add up to CYCLES, SEM_WAIT to the SEM buckets, and the beat
//     counters to the beats seen on the wires or at the DRAM.
// Any of these failing is an exception. A program stopped with an error is a result.
//
// A build of tessera_slice has a flat AXI4 memory, one of tessera_hbm_slice ("8x8_hbm") HBM channels with
// DRAM devices, brought up with real training when the device is made.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "axi_host.hpp"
#include "axi_lite.hpp"
#include "axi_memory.hpp"
#include "axi_monitor.hpp"
#include "clock_schedule.hpp"
#include "device/device.hpp"
#include "hbm_memory.hpp"
#include "slice_model.hpp"

namespace tessera::tb {

struct SliceOptions {
  std::string build = "8x8";        // One of slice_builds()
  AxiMemoryConfig memory;           // Builds with HBM use only `bytes`: what programs are told there is
  HbmMemoryConfig hbm;              // Builds with HBM
  ClockRatio clocks;                // Builds with HBM
  bool random_host_timing = false;  // Channels of the host's ports pause at random
  std::uint64_t seed = 1;           // Of register start values and host timing
  std::uint64_t max_cycles = 200'000'000;             // A run longer than this throws
  unsigned interleave_log2 = 0;                       // Register INTERLEAVE; 0: leave its reset value
  std::string waves;                                  // FST file; empty: none
  std::uint64_t wave_from = 0;                        // First cycle of a run to trace
  std::uint64_t wave_to = ~std::uint64_t{0};          // First cycle not to trace
  std::function<void(std::uint64_t cycle)> progress;  // Called every 2^20 cycles of a run
};

enum class MemoryKind : std::uint8_t { kFlat, kHbm };

// What a pseudo-channel did, from its counters.
struct HbmPcCounters {
  static constexpr unsigned kBuckets =
      8;  // bucket_e of tessera_hbm_ctl_pkg: READ WRITE TURN COL ROW REFRESH IDLE STOP
  static constexpr unsigned kEvents = 12;  // Register PC0_EVENT

  std::uint64_t cycles = 0;  // Of the memory clock
  std::array<std::uint64_t, kBuckets> bucket{};
  std::array<std::uint64_t, kEvents> event{};
  std::uint64_t debt_max = 0;
  std::uint64_t latency_max = 0;

  std::uint64_t read_bytes() const { return 32 * bucket[0]; }
  std::uint64_t write_bytes() const { return 32 * bucket[1]; }
  std::uint64_t row_hits() const { return event[0]; }
  std::uint64_t row_misses() const { return event[1]; }
  std::uint64_t row_conflicts() const { return event[2]; }
  // REFpb, and REFab as the banks it is worth.
  std::uint64_t refreshes() const { return event[3] + event[4]; }
};

class SliceDevice : public Device {
 public:
  // Throws std::invalid_argument when the build is not in this binary.
  explicit SliceDevice(SliceOptions options);

  const HardwareConfig& config() const override { return config_; }
  std::string name() const override { return "rtl"; }
  std::uint64_t memory_bytes() const override { return options_.memory.bytes; }
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override;
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

  void reset();  // Hardware reset; memory keeps its contents. HBM is brought up again
  void advance(std::uint64_t cycles);
  bool irq() const { return pins_.irq; }
  MemoryKind kind() const { return hbm_ ? MemoryKind::kHbm : MemoryKind::kFlat; }
  AxiMemory& memory();  // Builds without HBM; throws std::logic_error with
  HbmMemory& hbm();     // Builds with HBM; throws std::logic_error without

  // Memory by the front door: the host window, with bursts of whole grains. Throw std::runtime_error on an
  // error response.
  void frontdoor_write(std::uint64_t address, std::span<const std::uint8_t> bytes);
  void frontdoor_read(std::uint64_t address, std::span<std::uint8_t> bytes);
  // The host window for bursts of any kind. Whatever clocks the device moves them; settle_window() clocks
  // until all are answered.
  AxiHost& window();
  void settle_window();

  // With HBM: clocks until every write that was answered is in the DRAM. The back door looks at the DRAM
  // alone; every run ends with this.
  void drain();

  // Registers and counters of an HBM channel.
  std::uint32_t read_channel(unsigned channel, unsigned offset);
  void write_channel(unsigned channel, unsigned offset, std::uint32_t value);
  // Per port, of the last run; empty without HBM.
  const std::vector<HbmPcCounters>& hbm_counters() const { return hbm_counters_; }
  std::uint64_t bring_up_cycles() const { return bring_up_cycles_; }  // Of the tile, from reset to ready
  std::uint64_t simulated_cycles() const { return cycles_; }          // All that were ever clocked

 private:
  void tick();
  void before_edge();
  LiteResult finish_access();
  void make_monitors();
  void read_config();
  void read_error(RunResult& result);
  void read_counters(RunResult& result);
  void check_counters(const Counters& counters) const;
  std::pair<std::uint64_t, std::uint64_t> engine_beats() const;
  void bring_up();
  void program_channel(unsigned channel);
  [[noreturn]] void bring_up_failed();
  void begin_hbm_counters();
  void read_hbm_counters();
  void check_hbm_counters(const Counters& counters) const;
  std::uint64_t read_channel64(unsigned channel, unsigned offset);

  SliceOptions options_;
  std::unique_ptr<SliceModel> model_;
  std::unique_ptr<AxiMemory> memory_;
  std::unique_ptr<HbmMemory> hbm_;
  ClockSchedule schedule_;
  SlicePins pins_;
  AxiLiteDriver host_;
  AxiHost window_;
  AxiLiteMonitor host_monitor_{"AXI4-Lite"};
  AxiMonitor window_monitor_{{.name = "host window", .profile = false}};
  std::vector<AxiMonitor> monitors_;
  HardwareConfig config_;
  unsigned interleave_log2_ = 8;
  std::uint64_t cycles_ = 0;
  std::uint64_t run_start_ = 0;  // cycles_ at the last START
  bool running_ = false;
  bool window_used_ = false;                                // Since the last START
  std::pair<std::uint64_t, std::uint64_t> beats_before_{};  // Read, written on the wires, at the last START
  std::uint64_t bring_up_cycles_ = 0;
  std::vector<HbmPcCounters> hbm_counters_;
};

}  // namespace tessera::tb
