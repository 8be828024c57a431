// SPDX-License-Identifier: Apache-2.0
//
// Drives an HBM3 device model without a controller: commands placed on the pins at chosen ticks, bursts
// collected.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "hbm/device.hpp"
#include "hbm/encoding.hpp"

namespace tessera::test {

// Ticks count from the first that the device listens to, and are reference ticks: an ACT at 100 has its slots
// at 98, 99, 100.
class HbmBus {
 public:
  using Op = tb::hbm::Op;
  struct Burst {
    std::int64_t tick = 0;  // First on the pins
    unsigned pc = 0;
    std::array<std::uint64_t, 8> beat{};  // All lanes
  };

  explicit HbmBus(tb::hbm::DeviceConfig config) : device{config}, wl{config.timing.wl} {
    while (device.now() < 64) device.clock(idle);  // The device is deaf for 32 CK after reset
    origin_ = device.now();
  }

  // What the pins are between commands: delay codes, reset, IEEE 1500.
  tb::hbm::PinsOut idle;
  tb::hbm::DramDevice device;
  unsigned wl;              // Where write bursts go
  unsigned features = 0;    // How write bursts are coded
  bool good_parity = true;  // APAR of the CKs to come
  bool collects = true;     // Off when bursts may overlap
  std::vector<Burst> reads;
  std::vector<std::int64_t> aerr;                       // Ticks of CKs with AERR
  std::vector<std::pair<std::int64_t, unsigned>> derr;  // And of DERR, with PC

  static tb::hbm::Command command(Op op, unsigned pc, tb::hbm::DramAddress a) {
    tb::hbm::Command c;
    c.op = op;
    c.pc = static_cast<std::uint8_t>(pc);
    c.bank = static_cast<std::uint8_t>(a.bank());
    c.row = static_cast<std::uint16_t>(a.row);
    c.col = static_cast<std::uint8_t>(a.col);
    return c;
  }

  // Any command. WR and WRA bring a burst of zeros.
  void send(std::int64_t tick, Op op, unsigned pc = 0, tb::hbm::DramAddress a = {}) {
    const tb::hbm::Command c = command(op, pc, a);
    if (is_column(op)) {
      column(tick, c);
      if (is_write(op)) burst(tick + 2 * wl, pc, encode({}, features));
      return;
    }
    const tb::hbm::encoding::RowWords words = tb::hbm::encoding::encode_row(c);
    if (words.count == 0) throw std::logic_error("not a row command");
    for (unsigned i = 0; i < words.count; ++i) row_slot(tick - (op == Op::kAct ? 2 : 0) + i, words.word[i]);
  }
  void mrs(std::int64_t tick, unsigned address, unsigned data) {
    tb::hbm::Command c;
    c.op = Op::kMrs;
    c.mr_addr = static_cast<std::uint8_t>(address);
    c.mr_data = static_cast<std::uint8_t>(data);
    column(tick, c);
  }
  void write(std::int64_t tick, Op op, unsigned pc, tb::hbm::DramAddress a, const tb::hbm::Grain& grain) {
    column(tick, command(op, pc, a));
    burst(tick + 2 * wl, pc, encode(grain, features));
  }
  // Raw slots and lanes.
  void row_slot(std::int64_t tick, unsigned word) {
    cycle(tick).r[tick % 4 / 2][tick % 2] = static_cast<std::uint16_t>(word);
  }
  void column(std::int64_t tick, const tb::hbm::Command& c) {
    if (tick % 2 != 0) throw std::logic_error("a column command begins on a rising edge");
    cycle(tick).c[tick % 4 / 2] = tb::hbm::encoding::encode_column(c);
  }
  void burst(std::int64_t tick, unsigned pc, const std::array<std::uint64_t, 8>& beats) {
    for (unsigned i = 0; i < 8; ++i) {
      const std::int64_t at = tick + 2 * (i / 4);
      tb::hbm::LanePins& lanes = cycle(at).w[pc];
      lanes.strobe = static_cast<std::uint8_t>(lanes.strobe | 1u << at % 4 / 2);
      lanes.lane[at % 4 / 2][i % 4] = beats[i];
    }
  }
  tb::hbm::PinsOut& cycle(std::int64_t tick) {
    if (tick < now()) throw std::logic_error("tick " + std::to_string(tick) + " is past");
    return planned_.try_emplace(tick / 4, idle).first->second;
  }

  std::int64_t now() const { return device.now() - origin_; }
  std::int64_t origin() const { return origin_; }
  void run_to(std::int64_t tick) {
    while (now() < tick) step();
  }
  // Until everything planned has happened and its bursts and errors are over.
  void finish() {
    while (!planned_.empty()) step();
    run_to(now() + 400);
  }
  tb::hbm::PinsIn step() {
    const auto plan = planned_.find(now() / 4);
    tb::hbm::PinsOut out = plan == planned_.end() ? idle : plan->second;
    if (plan != planned_.end()) planned_.erase(plan);
    for (unsigned ck = 0; ck < 2; ++ck) {
      const unsigned parity = tb::hbm::encoding::command_parity(out, ck) ^ !good_parity;
      out.apar = static_cast<std::uint8_t>(out.apar ^ parity << ck);  // What was planned is a flip
    }
    const std::int64_t tick = now();
    const tb::hbm::PinsIn in = device.clock(out);
    for (unsigned ck = 0; ck < 2; ++ck) {
      if (in.aerr >> ck & 1) aerr.push_back(tick + 2 * ck);
      for (unsigned pc = 0; pc < 2; ++pc) {
        if (in.derr[pc] >> ck & 1) derr.emplace_back(tick + 2 * ck, pc);
        if (collects) collect(in.r[pc], tick + 2 * ck, ck, pc);
      }
    }
    return in;
  }

  // A grain on the lanes, bit by bit.
  static std::array<std::uint64_t, 8> encode(const tb::hbm::Grain& grain, unsigned features) {
    std::array<std::uint64_t, 8> beats{};
    for (unsigned beat = 0; beat < 8; ++beat) {
      std::uint64_t& word = beats[beat];
      for (unsigned byte = 0; byte < 4; ++byte) {
        std::uint64_t value = grain.data[4 * beat + byte];
        unsigned ones = 0;
        for (unsigned i = 0; i < 8; ++i) ones += value >> i & 1;
        if ((features & tb::hbm::encoding::kWriteDbi) && ones > 4) {
          value ^= 0xFF;
          word |= std::uint64_t{1} << (34 + byte);
        }
        word |= value << 8 * byte;
      }
      word |= (std::uint64_t{grain.meta} >> 2 * beat & 3) << 32;
      unsigned parity = 0;
      for (unsigned lane = 0; lane < 38; ++lane) parity ^= word >> lane & 1;
      if (features & tb::hbm::encoding::kWriteParity) word |= std::uint64_t{parity} << 38;
    }
    return beats;
  }
  static tb::hbm::Grain decode(const std::array<std::uint64_t, 8>& beats, bool dbi = false) {
    tb::hbm::Grain grain;
    for (unsigned i = 0; i < 256; ++i) {
      const unsigned lane = i % 32;
      unsigned bit = beats[i / 32] >> lane & 1;
      if (dbi) bit ^= beats[i / 32] >> (34 + lane / 8) & 1;
      grain.data[i / 8] = static_cast<std::uint8_t>(grain.data[i / 8] | bit << i % 8);
    }
    for (unsigned i = 0; i < 16; ++i) {
      grain.meta = static_cast<std::uint16_t>(grain.meta | (beats[i / 2] >> (32 + i % 2) & 1) << i);
    }
    return grain;
  }

 private:
  void collect(const tb::hbm::LanePins& lanes, std::int64_t tick, unsigned ck, unsigned pc) {
    Burst& open = open_[pc];
    if ((lanes.strobe >> ck & 1) == 0) {
      if (halves_[pc] != 0) throw std::logic_error("a read burst ended after one CK");
      return;
    }
    if (halves_[pc] == 0) open = {tick, pc, {}};
    for (unsigned i = 0; i < 4; ++i) open.beat[4 * halves_[pc] + i] = lanes.lane[ck][i];
    halves_[pc] = (halves_[pc] + 1) % 2;
    if (halves_[pc] == 0) reads.push_back(open);
  }

  std::map<std::int64_t, tb::hbm::PinsOut> planned_;  // By cycle
  std::int64_t origin_ = 0;
  std::array<Burst, 2> open_;
  std::array<unsigned, 2> halves_{};
};

// Names of what was broken, in order.
inline std::vector<std::string> broken_rules(const tb::hbm::DramDevice& device) {
  std::vector<std::string> names;
  for (const tb::hbm::Violation& v : device.violations()) names.emplace_back(rule_name(v.rule));
  return names;
}

// A grain that is different for every seed.
inline tb::hbm::Grain some_grain(std::uint64_t seed) {
  tb::Random random{seed};
  tb::hbm::Grain grain;
  for (std::uint8_t& byte : grain.data) byte = static_cast<std::uint8_t>(random.next());
  grain.meta = static_cast<std::uint16_t>(random.next());
  return grain;
}

}  // namespace tessera::test
