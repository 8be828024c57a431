// SPDX-License-Identifier: Apache-2.0
//
// PinsOut from, and PinsIn to, the packed structs pins_out_t and pins_in_t as Verilator presents a wide port:
// words of 32 bits, bit n of the struct in bit n % 32 of word n / 32, the first member of the struct in the
// highest bits.
//
//   hbm::PinsUnpacker unpack;                                // One of each per channel
//   hbm::PinsPacker pack;
//   const hbm::PinsIn in = device.clock(unpack(&top.pins_o[0]));
//   pack(in, &top.pins_i[0]);                                // Always the same destination

#pragma once

#include <array>
#include <cstdint>

#include "hbm/pins.hpp"

namespace tessera::tb::hbm {

constexpr unsigned kLanesBits = kCksPerCycle * kBeatsPerCk * kLanes + kCksPerCycle;
constexpr unsigned kDelayCodeBits = 6;

// Lowest bit of each member of pins_out_t, last member first.
namespace out_lsb {
constexpr unsigned kPort = 0;  // wsi, updatewr, capturewr, shiftwr, selectwir, wrck, wrst_n from bit 0 up
constexpr unsigned kDlyRd = kPort + 7;
constexpr unsigned kDlyWr = kDlyRd + kPcs * kLanes * kDelayCodeBits;
constexpr unsigned kDlyWdqs = kDlyWr + kPcs * kLanes * kDelayCodeBits;
constexpr unsigned kDlyCa = kDlyWdqs + kPcs * kDelayCodeBits;
constexpr unsigned kW = kDlyCa + kDelayCodeBits;
constexpr unsigned kApar = kW + kPcs * kLanesBits;
constexpr unsigned kC = kApar + kCksPerCycle;
constexpr unsigned kR = kC + kCksPerCycle * 2 * 8;
constexpr unsigned kResetN = kR + kCksPerCycle * 2 * 10;
constexpr unsigned kBits = kResetN + 1;
}  // namespace out_lsb

// The same of pins_in_t.
namespace in_lsb {
constexpr unsigned kWso = 0;
constexpr unsigned kCattrip = 1;
constexpr unsigned kTemp = 2;
constexpr unsigned kAerr = kTemp + 3;
constexpr unsigned kDerr = kAerr + kCksPerCycle;
constexpr unsigned kR = kDerr + kPcs * kCksPerCycle;
constexpr unsigned kBits = kR + kPcs * kLanesBits;
}  // namespace in_lsb

constexpr unsigned kPinsOutWords = (out_lsb::kBits + 31) / 32;
constexpr unsigned kPinsInWords = (in_lsb::kBits + 31) / 32;

// Delay codes are unpacked only when their words have changed, lanes only in CKs with a strobe; lanes of
// other CKs read 0.
class PinsUnpacker {
 public:
  // `words` has kPinsOutWords words. The result is valid until the next call.
  const PinsOut& operator()(const std::uint32_t* words);

 private:
  static constexpr unsigned kDelayWords = out_lsb::kW / 32 + 1;

  void unpack_delays(const std::uint32_t* words);
  void unpack_lanes(const std::uint32_t* words, unsigned pc);

  PinsOut pins_;
  std::array<std::uint32_t, kDelayWords> delay_words_{};  // Without the bits of other members
};

// Writes lanes only when they are not, or have just become, all 0: give one packer one destination.
class PinsPacker {
 public:
  // `words` has kPinsInWords words.
  void operator()(const PinsIn& pins, std::uint32_t* words);

 private:
  bool lanes_clear_ = false;  // The destination's lanes are known to be 0
};

}  // namespace tessera::tb::hbm
