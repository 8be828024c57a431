// SPDX-License-Identifier: Apache-2.0
//
// Commands and addresses of an HBM3 device, as values without an encoding.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tessera::tb::hbm {

constexpr unsigned kMaxSids = 4;
constexpr unsigned kBanksPerSid = 16;  // 4 bank groups of 4
constexpr unsigned kMaxBanks = kMaxSids * kBanksPerSid;
constexpr unsigned kCols = 32;
constexpr unsigned kGrainBytes = 32;

// Of each pseudo-channel.
struct Geometry {
  unsigned sids = 2;      // 1 to 4
  unsigned rows = 16384;  // A power of two, at most 32768

  unsigned banks() const { return sids * kBanksPerSid; }
  std::uint64_t grains() const { return std::uint64_t{banks()} * rows * kCols; }
  std::uint64_t bytes() const { return grains() * kGrainBytes; }
};

// A grain of one pseudo-channel.
struct DramAddress {
  unsigned sid = 0;
  unsigned bg = 0;
  unsigned ba = 0;
  unsigned row = 0;
  unsigned col = 0;

  unsigned bank() const { return sid << 4 | bg << 2 | ba; }
  bool operator==(const DramAddress&) const = default;
};

// 32 bytes and the 16 metadata bits that travel with them.
struct Grain {
  std::array<std::uint8_t, kGrainBytes> data{};
  std::uint16_t meta = 0;

  bool operator==(const Grain&) const = default;
};

enum class Op : std::uint8_t {
  kAct,
  kPrePb,
  kPreAb,
  kRd,
  kRda,
  kWr,
  kWra,
  kRefAb,
  kRefPb,
  kRfmAb,
  kRfmPb,
  kMrs,
  kPde,
  kPdx,
  kSre,
  kSrx,
};
constexpr unsigned kOps = 16;

std::string_view op_name(Op op);  // As in a trace: ACT, PREPB, ...

constexpr bool is_read(Op op) { return op == Op::kRd || op == Op::kRda; }
constexpr bool is_write(Op op) { return op == Op::kWr || op == Op::kWra; }
constexpr bool is_column(Op op) { return is_read(op) || is_write(op); }
constexpr bool is_precharge(Op op) { return op == Op::kPrePb || op == Op::kPreAb; }
constexpr bool is_channel_wide(Op op) { return op >= Op::kMrs; }
// Names a bank, not a whole pseudo-channel or channel.
constexpr bool has_bank(Op op) {
  return op == Op::kAct || op == Op::kPrePb || op == Op::kRefPb || op == Op::kRfmPb || is_column(op);
}

struct Command {
  std::int64_t tick = 0;  // Of its first edge
  Op op = Op::kAct;
  std::uint8_t pc = 0;    // Not of channel-wide commands
  std::uint8_t bank = 0;  // {sid, bg, ba}
  std::uint8_t col = 0;
  std::uint16_t row = 0;  // ACT: from the pins; RD, WR: the open row
  std::uint8_t mr_addr = 0;
  std::uint8_t mr_data = 0;

  unsigned sid() const { return bank >> 4; }
  unsigned group() const { return bank >> 2; }  // {sid, bg}
  unsigned bg() const { return bank >> 2 & 3; }
  unsigned ba() const { return bank & 3; }
  // The tick all timing rules refer to.
  std::int64_t ref() const { return op == Op::kAct ? tick + 2 : tick; }
  std::string text() const;  // "ACT pc0 sid1 bg2 ba3 row 0x12 at tick 48"

  bool operator==(const Command&) const = default;
};

// Sees what the device accepted from the pins. Commands come when complete: an ACT two ticks after its first
// edge.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void command(const Command& command) = 0;
  virtual void burst(std::int64_t tick, bool write, unsigned pc) = 0;  // First tick with data on the pins
};

}  // namespace tessera::tb::hbm
