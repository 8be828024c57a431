// SPDX-License-Identifier: Apache-2.0
//
// How commands, mode registers and IEEE 1500 instructions look on the pins: the twin of hbm3_enc_pkg.sv, and
// like it a placeholder for what the user's own copy of JESD238 says. Nothing else in tb/ knows a bit
// position of a command.

#pragma once

#include <array>
#include <cstdint>

#include "hbm/command.hpp"
#include "hbm/pins.hpp"

namespace tessera::tb::hbm::encoding {

// Row bus, first slot of any command: {op[2:0], pc, bank[5:0]}.
enum RowCode : unsigned {
  kRowAct = 0,
  kRowPrePb = 1,
  kRowRefPb = 2,
  kRowRfmPb = 3,
  kRowMisc = 4,
  kRowNop = 7
};
// With kRowMisc the bank field holds {2'b0, code[3:0]}.
constexpr std::array<Op, 7> kMiscOps{Op::kPreAb, Op::kRefAb, Op::kRfmAb, Op::kPde,
                                     Op::kPdx,   Op::kSre,   Op::kSrx};

// Column bus, rising then falling edge: {op[2:0], pc, sid[1:0], bg[1:0]}, {1'b0, ba[1:0], col[4:0]};
// MRS: {op[2:0], mr_addr[4:0]}, {mr_data[7:0]}.
enum ColCode : unsigned { kColRd = 0, kColRda = 1, kColWr = 2, kColWra = 3, kColMrs = 4, kColNop = 7 };

// Mode registers.
constexpr unsigned kMrFeatures = 0;
constexpr unsigned kMrRl = 1;
constexpr unsigned kMrWl = 2;
constexpr unsigned kMrTrain = 3;
// Bits of kMrFeatures.
constexpr unsigned kWriteDbi = 1u << 0;
constexpr unsigned kReadDbi = 1u << 1;
constexpr unsigned kWriteParity = 1u << 2;
constexpr unsigned kReadParity = 1u << 3;
constexpr unsigned kCommandParity = 1u << 4;
// Bits of kMrTrain.
constexpr unsigned kTrainData = 1u << 0;
constexpr unsigned kTrainLevel = 1u << 1;

// IEEE 1500 instructions.
constexpr unsigned kWirBits = 8;
constexpr std::uint8_t kWirBypass = 0;
constexpr std::uint8_t kWirDeviceId = 1;     // 32, read
constexpr std::uint8_t kWirTemperature = 2;  // 8, read
constexpr std::uint8_t kWirLaneRepair = 3;   // 32: byte 2 pc + spare is {enable, 1'b0, lane[5:0]}
constexpr std::uint8_t kRepairEnable = 0x80;
constexpr std::uint8_t kRepairLane = 0x3F;

// What one slot or CK says, if it is the start of a command that exists.
struct Decoded {
  bool valid = false;
  Command command;  // Without tick
};

constexpr Decoded decode_row(unsigned word) {
  Decoded d;
  d.command.pc = static_cast<std::uint8_t>(word >> 6 & 1);
  d.command.bank = static_cast<std::uint8_t>(word & 0x3F);
  d.valid = true;
  switch (word >> 7) {
    case kRowAct: d.command.op = Op::kAct; break;
    case kRowPrePb: d.command.op = Op::kPrePb; break;
    case kRowRefPb: d.command.op = Op::kRefPb; break;
    case kRowRfmPb: d.command.op = Op::kRfmPb; break;
    case kRowMisc:
      d.valid = d.command.bank < kMiscOps.size();
      if (d.valid) d.command.op = kMiscOps[d.command.bank];
      d.command.bank = 0;
      break;
    default: d.valid = false;
  }
  return d;
}

constexpr unsigned act_row_low(unsigned second_slot) { return second_slot; }
constexpr unsigned act_row_high(unsigned third_slot) { return (third_slot & 0x1F) << 10; }
constexpr bool act_third_slot_ok(unsigned third_slot) { return third_slot >> 5 == 0; }

constexpr bool column_is_nop(unsigned rising) { return rising == kColIdle; }

constexpr Decoded decode_column(unsigned rising, unsigned falling) {
  Decoded d;
  const unsigned code = rising >> 5;
  d.valid = code <= kColMrs;
  if (code == kColMrs) {
    d.command.op = Op::kMrs;
    d.command.mr_addr = static_cast<std::uint8_t>(rising & 0x1F);
    d.command.mr_data = static_cast<std::uint8_t>(falling);
    return d;
  }
  constexpr std::array<Op, 4> kOpsByCode{Op::kRd, Op::kRda, Op::kWr, Op::kWra};
  if (d.valid) d.command.op = kOpsByCode[code];
  d.valid = d.valid && falling >> 7 == 0;
  d.command.pc = static_cast<std::uint8_t>(rising >> 4 & 1);
  d.command.bank = static_cast<std::uint8_t>((rising & 0xF) << 2 | (falling >> 5 & 3));
  d.command.col = static_cast<std::uint8_t>(falling & 0x1F);
  return d;
}

// The slots of a row command: `count` of them are used.
struct RowWords {
  unsigned count = 1;
  std::array<std::uint16_t, 3> word{};
};
constexpr RowWords encode_row(const Command& c) {
  const auto first = [&](unsigned code, unsigned bank) {
    return static_cast<std::uint16_t>(code << 7 | unsigned{c.pc} << 6 | bank);
  };
  switch (c.op) {
    case Op::kAct:
      return {3,
              {first(kRowAct, c.bank), static_cast<std::uint16_t>(c.row & 0x3FF),
               static_cast<std::uint16_t>(c.row >> 10)}};
    case Op::kPrePb: return {1, {first(kRowPrePb, c.bank)}};
    case Op::kRefPb: return {1, {first(kRowRefPb, c.bank)}};
    case Op::kRfmPb: return {1, {first(kRowRfmPb, c.bank)}};
    default: break;
  }
  for (unsigned code = 0; code < kMiscOps.size(); ++code) {
    if (kMiscOps[code] == c.op) return {1, {first(kRowMisc, code)}};
  }
  return {0, {}};  // Not a row command
}

// Rising and falling word of a column command.
constexpr std::array<std::uint8_t, 2> encode_column(const Command& c) {
  if (c.op == Op::kMrs) return {static_cast<std::uint8_t>(kColMrs << 5 | c.mr_addr), c.mr_data};
  const unsigned code = c.op == Op::kRd    ? kColRd
                        : c.op == Op::kRda ? kColRda
                        : c.op == Op::kWr  ? kColWr
                                           : kColWra;
  return {static_cast<std::uint8_t>(code << 5 | unsigned{c.pc} << 4 | unsigned{c.bank} >> 2),
          static_cast<std::uint8_t>((c.bank & 3u) << 5 | c.col)};
}

// Parity of the command bits of CK `ck`: 1 if APAR must be 1.
constexpr unsigned command_parity(const PinsOut& pins, unsigned ck) {
  unsigned x = static_cast<unsigned>(pins.r[ck][0]) << 16 | pins.r[ck][1];
  x ^= static_cast<unsigned>(pins.c[ck][0]) << 8 | pins.c[ck][1];
  return static_cast<unsigned>(__builtin_parity(x));
}

}  // namespace tessera::tb::hbm::encoding
