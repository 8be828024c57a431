// SPDX-License-Identifier: Apache-2.0
//
// What tests of the HBM3 channel share: a started channel with a master per pseudo-channel, and its registers
// by name.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hbm/channel_bench.hpp"
#include "hbm/directed_master.hpp"
#include "hbm/random_master.hpp"
#include "hbm/registers_gen.hpp"
#include "support/catch.hpp"

namespace tessera::test {

namespace dram = tb::hbm;
namespace regs = tessera::hbm;

// A channel and a directed master on each port.
struct Machine {
  explicit Machine(const dram::ChannelBenchConfig& config = {}, bool start = true) : bench{config} {
    for (unsigned p = 0; p < dram::kPcs; ++p) bench.attach(p, &master[p]);
    if (start) bench.start();
  }
  ~Machine() {
    for (unsigned p = 0; p < dram::kPcs; ++p) bench.attach(p, nullptr);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  regs::State state() {
    return static_cast<regs::State>(regs::kStateState.get(bench.read_register(regs::kRegState)));
  }
  regs::Reason reason() {
    return static_cast<regs::Reason>(regs::kStateReason.get(bench.read_register(regs::kRegState)));
  }
  dram::DirectedMaster::Result read(unsigned pc, std::uint64_t address, unsigned beats = 1) {
    return master[pc].read(bench, address, beats);
  }
  dram::DirectedMaster::Result write(unsigned pc, std::uint64_t address, const std::vector<tb::Beat>& data) {
    return master[pc].write(bench, address, data);
  }
  // Events of a pseudo-channel, in the order of pc_event_t of tessera_hbm_ctl_pkg.
  enum Event {
    kHit,
    kMiss,
    kConflict,
    kRefPb,
    kRefAb,
    kRfm,
    kCorrected,
    kUncorrectable,
    kReadRetry,
    kWriteRetry,
    kScrub,
    kRmw
  };
  std::uint64_t event(unsigned pc, Event e) {
    const unsigned base = pc == 0 ? regs::kRegPc0Event : regs::kRegPc1Event;
    return bench.read_register64(base + 8 * static_cast<unsigned>(e));
  }
  void feature(const regs::Field& field, bool on) {
    bench.write_register(regs::kRegFeatures, field.set(bench.read_register(regs::kRegFeatures), on));
  }

  dram::HbmChannelBench bench;
  dram::DirectedMaster master[dram::kPcs];
};

// A beat that differs from address to address.
inline tb::Beat beat_of(std::uint64_t number) {
  tb::Random random(number * 0x9E3779B9 + 7);
  tb::Beat beat;
  for (std::uint8_t& byte : beat) byte = static_cast<std::uint8_t>(random.next() >> 11);
  return beat;
}

// Log registers hold a device address.
inline dram::DramAddress logged_address(std::uint32_t word) {
  dram::DramAddress a;
  a.col = regs::kLogCorrAddrCol.get(word);
  a.row = regs::kLogCorrAddrRow.get(word);
  a.ba = regs::kLogCorrAddrBa.get(word);
  a.bg = regs::kLogCorrAddrBg.get(word);
  a.sid = regs::kLogCorrAddrSid.get(word);
  return a;
}

}  // namespace tessera::test
