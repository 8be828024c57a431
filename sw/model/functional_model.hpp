// SPDX-License-Identifier: Apache-2.0
//
// Runs Tessera programs at native speed, bit-exact with the hardware.
//
// Instructions execute whole, one at a time; cycles, beats and waits are not counted. Engines go as far as
// their semaphores let them, the lowest number first, before the dispatcher fetches the next instruction:
// what waits for nothing runs in program order. A program whose result its semaphores determine gives the
// same result in hardware; one in which the dispatcher and an engine race for a semaphore need not.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "device/device.hpp"
#include "model/local_memory.hpp"

namespace tessera::model {

class FunctionalModel : public Device {
 public:
  // Memory begins as zeros. Its size must be a multiple of 4096 bytes, so that no bus burst straddles its
  // end; accesses past it answer as the bus would, with an error. Throws std::invalid_argument if hardware or
  // size cannot be.
  FunctionalModel(const HardwareConfig& hardware, std::uint64_t memory_bytes);

  const HardwareConfig& config() const override { return hardware_; }
  std::string name() const override { return "model"; }
  std::uint64_t memory_bytes() const override { return memory_.size(); }
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override;
  // The watchdog cannot bite: nothing here takes time. Throws std::invalid_argument if a value does not fit
  // its register.
  RunResult run(const Launch& launch) override;

  // Semaphores as the last run left them.
  const std::array<std::uint8_t, spec::kNumSemaphores>& semaphores() const { return semaphores_; }

 private:
  HardwareConfig hardware_;
  std::vector<std::uint8_t> memory_;
  LocalMemories local_;
  std::array<std::uint8_t, spec::kNumSemaphores> semaphores_{};
};

}  // namespace tessera::model
