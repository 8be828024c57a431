// SPDX-License-Identifier: Apache-2.0

#include "hbm/directed_master.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tessera::tb::hbm {
namespace {

AxiAddress whole_grains(std::uint64_t address, std::size_t beats) {
  if (address % kBeatBytes != 0 || beats == 0 || address % 4096 + beats * kBeatBytes > 4096) {
    throw std::invalid_argument("directed master: whole grains inside a page of 4 KiB, please");
  }
  AxiAddress a;
  a.valid = true;
  a.addr = address;
  a.len = static_cast<std::uint8_t>(beats - 1);
  a.size = 5;
  a.burst = kIncr;
  return a;
}

}  // namespace

void DirectedMaster::start_read(const AxiAddress& ar) {
  if (busy_) throw std::logic_error("directed master: one access at a time");
  busy_ = true;
  result_ = {};
  out_.ar = ar;
}

void DirectedMaster::start_write(const AxiAddress& aw, std::vector<AxiWriteData> beats) {
  if (busy_) throw std::logic_error("directed master: one access at a time");
  busy_ = true;
  result_ = {};
  out_.aw = aw;
  beats_ = std::move(beats);
  beat_ = 0;
  offer_data();
}

void DirectedMaster::offer_data() {
  if (out_.w.valid || beat_ == beats_.size()) return;
  out_.w = beats_[beat_];
  out_.w.valid = true;
  out_.w.last = ++beat_ == beats_.size();
}

void DirectedMaster::clock(const AxiSlave& slave) {
  if (!busy_) return;
  ++result_.cycles;
  if (slave.arready) out_.ar.valid = false;
  if (slave.awready) out_.aw.valid = false;
  if (slave.wready) out_.w.valid = false;
  offer_data();
  if (slave.r.valid) {
    result_.data.push_back(slave.r.data);
    result_.beat_resp.push_back(slave.r.resp);
    result_.resp = std::max(result_.resp, slave.r.resp);
    if (slave.r.last) result_.done = true;
  }
  if (slave.b.valid) {
    result_.resp = slave.b.resp;
    result_.done = true;
  }
  if (result_.done) busy_ = false;
}

DirectedMaster::Result DirectedMaster::read(HbmChannelBench& bench, std::uint64_t address, unsigned beats,
                                            std::uint64_t limit) {
  start_read(whole_grains(address, beats));
  bench.run_until([&] { return !busy_; }, limit, "read data");
  return result_;
}

DirectedMaster::Result DirectedMaster::write(HbmChannelBench& bench, std::uint64_t address,
                                             std::span<const Beat> data, std::uint64_t limit) {
  std::vector<AxiWriteData> beats;
  for (const Beat& d : data) {
    AxiWriteData beat;
    beat.strb = ~std::uint32_t{0};
    beat.data = d;
    beats.push_back(beat);
  }
  start_write(whole_grains(address, data.size()), std::move(beats));
  bench.run_until([&] { return !busy_; }, limit, "a write response");
  return result_;
}

}  // namespace tessera::tb::hbm
