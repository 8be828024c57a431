// SPDX-License-Identifier: Apache-2.0
//
// The pins between an HBM3 channel and its device during one controller cycle, which is 2 CK: the content of
// pins_out_t and pins_in_t of tessera_hbm_pkg as plain values. pins_pack.hpp converts.

#pragma once

#include <array>
#include <cstdint>

namespace tessera::tb::hbm {

constexpr unsigned kPcs = 2;  // Pseudo-channels of a channel
constexpr unsigned kCksPerCycle = 2;
constexpr unsigned kTicksPerCycle = 4;  // A tick is half a CK
constexpr unsigned kBeatsPerCk = 4;
constexpr unsigned kBurstCks = 2;
constexpr unsigned kBurstBeats = kBurstCks * kBeatsPerCk;

// Lane numbers of a pseudo-channel.
constexpr unsigned kDqLanes = 32;
constexpr unsigned kEccLane0 = 32;  // 2
constexpr unsigned kDbiLane0 = 34;  // 4, one per byte of DQ
constexpr unsigned kDparLane = 38;
constexpr unsigned kSpareLane0 = 39;  // 2
constexpr unsigned kSpares = 2;
constexpr unsigned kLanes = 41;
constexpr std::uint64_t kAllLanes = (std::uint64_t{1} << kLanes) - 1;

// Idle words of the command buses.
constexpr std::uint16_t kRowIdle = 0x3FF;
constexpr std::uint8_t kColIdle = 0xFF;

// Data lanes of one pseudo-channel. Bit L of lane[ck][beat] is lane L.
struct LanePins {
  std::array<std::array<std::uint64_t, kBeatsPerCk>, kCksPerCycle> lane{};
  std::uint8_t strobe = 0;  // Bit ck: WDQS or RDQS toggles in that CK

  bool operator==(const LanePins&) const = default;
};

// Delay codes 0..63.
struct DelayPins {
  std::array<std::array<std::uint8_t, kLanes>, kPcs> rd{};
  std::array<std::array<std::uint8_t, kLanes>, kPcs> wr{};
  std::array<std::uint8_t, kPcs> wdqs{};
  std::uint8_t ca = 0;

  bool operator==(const DelayPins&) const = default;
};

// IEEE 1500.
struct TestPortPins {
  bool wrst_n = true;
  bool wrck = false;
  bool selectwir = false;
  bool shiftwr = false;
  bool capturewr = false;
  bool updatewr = false;
  bool wsi = false;

  bool operator==(const TestPortPins&) const = default;
};

// Channel to device. By default: out of reset, buses idle, nothing strobed, delay codes 0.
struct PinsOut {
  std::array<std::array<std::uint16_t, 2>, kCksPerCycle> r{
      {{kRowIdle, kRowIdle}, {kRowIdle, kRowIdle}}};  // [ck][edge]
  std::array<std::array<std::uint8_t, 2>, kCksPerCycle> c{{{kColIdle, kColIdle}, {kColIdle, kColIdle}}};
  std::uint8_t apar = 0;  // Bit ck: makes the parity of that CK's 36 command bits even
  bool reset_n = true;
  TestPortPins port;
  std::array<LanePins, kPcs> w;
  DelayPins delay;

  bool operator==(const PinsOut&) const = default;
};

// Device to channel.
struct PinsIn {
  std::array<LanePins, kPcs> r;
  std::array<std::uint8_t, kPcs> derr{};  // Bit ck
  std::uint8_t aerr = 0;                  // Bit ck
  std::uint8_t temp = 3;                  // Gray code, 3 bits: 011 is 1x tREFI
  bool cattrip = false;
  bool wso = false;

  bool operator==(const PinsIn&) const = default;
};

}  // namespace tessera::tb::hbm
