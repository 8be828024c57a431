// SPDX-License-Identifier: Apache-2.0
//
// One pseudo-channel of a device as bytes at the controller's addresses, with right check bits, behind the
// back of the pins.

#pragma once

#include <cstdint>
#include <span>

#include "hbm/address_map.hpp"
#include "hbm/device.hpp"

namespace tessera::tb::hbm {

class Backdoor {
 public:
  // The device outlives the back door.
  Backdoor(DramDevice& device, unsigned pc, const AddressMap& map) : device_{device}, pc_{pc}, map_{map} {}

  // Addresses are the pseudo-channel's own, from 0. Throw std::out_of_range outside the part.
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes);
  // Data as stored: no error is corrected.
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) const;

  // Whether the check bits of the grain that holds `address` fit its data.
  bool consistent(std::uint64_t address) const;
  DramAddress locate(std::uint64_t address) const { return map_.map(address / kGrainBytes); }
  const AddressMap& map() const { return map_; }

 private:
  void check(std::uint64_t address, std::uint64_t bytes) const;

  DramDevice& device_;
  unsigned pc_;
  AddressMap map_;
};

}  // namespace tessera::tb::hbm
