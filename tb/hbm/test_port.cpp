// SPDX-License-Identifier: Apache-2.0

#include "hbm/test_port.hpp"

#include "hbm/encoding.hpp"

namespace tessera::tb::hbm {

using namespace encoding;

std::optional<unsigned> TestPort::repair(unsigned pc, unsigned spare) const {
  const unsigned byte = repair_ >> 8 * (kSpares * pc + spare) & 0xFF;
  if ((byte & kRepairEnable) == 0) return std::nullopt;
  return byte & kRepairLane;
}

unsigned TestPort::data_bits() const {
  switch (instruction_) {
    case kWirDeviceId:
    case kWirLaneRepair: return 32;
    case kWirTemperature: return 8;
    default: return 1;
  }
}

std::uint32_t TestPort::captured() const {
  switch (instruction_) {
    case kWirDeviceId: return device_id_;
    case kWirLaneRepair: return repair_;
    case kWirTemperature: return celsius_;
    default: return 0;
  }
}

bool TestPort::edge(const TestPortPins& pins) {
  const bool rise = pins.wrck && !last_.wrck;
  const bool fall = !pins.wrck && last_.wrck;
  last_ = pins;
  if (!pins.wrst_n) {
    instruction_ = kWirBypass;
    instruction_shift_ = data_shift_ = 0;
    wso_ = false;
    return false;
  }
  if (fall) wso_ = (pins.selectwir ? instruction_shift_ : data_shift_) & 1;
  if (!rise) return false;

  std::uint32_t& shift = pins.selectwir ? instruction_shift_ : data_shift_;
  const unsigned bits = pins.selectwir ? kWirBits : data_bits();
  if (pins.capturewr) {
    shift = pins.selectwir ? instruction_ : captured();
  } else if (pins.shiftwr) {
    shift = shift >> 1 | std::uint32_t{pins.wsi} << (bits - 1);
  } else if (pins.updatewr && pins.selectwir) {
    instruction_ = static_cast<std::uint8_t>(shift);
  } else if (pins.updatewr && instruction_ == kWirLaneRepair) {
    repair_ = shift;
    return true;
  }
  return false;
}

}  // namespace tessera::tb::hbm
