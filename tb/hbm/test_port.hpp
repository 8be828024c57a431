// SPDX-License-Identifier: Apache-2.0
//
// The device's IEEE 1500 port: identity, temperature, lane repair.

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hbm/pins.hpp"

namespace tessera::tb::hbm {

class TestPort {
 public:
  TestPort(std::uint32_t device_id, std::uint8_t celsius) : device_id_{device_id}, celsius_{celsius} {}

  // One controller cycle. True: a lane repair was written.
  bool clock(const TestPortPins& pins) {
    if (pins == last_) return false;
    return edge(pins);
  }
  bool wso() const { return wso_; }

  // The lane that a spare of a pseudo-channel was told to carry; as written, be it sensible or not.
  std::optional<unsigned> repair(unsigned pc, unsigned spare) const;
  void set_celsius(std::uint8_t celsius) { celsius_ = celsius; }
  // Forgets the repair and the state of the port.
  void power_cycle() { *this = TestPort{device_id_, celsius_}; }

 private:
  bool edge(const TestPortPins& pins);
  unsigned data_bits() const;
  std::uint32_t captured() const;

  std::uint32_t device_id_;
  std::uint8_t celsius_;
  TestPortPins last_;
  std::uint8_t instruction_ = 0;
  std::uint32_t instruction_shift_ = 0;
  std::uint32_t data_shift_ = 0;
  std::uint32_t repair_ = 0;
  bool wso_ = false;
};

}  // namespace tessera::tb::hbm
