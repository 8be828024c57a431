// SPDX-License-Identifier: Apache-2.0

#include "hbm/traffic_master.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "random.hpp"

namespace tessera::tb::hbm {
namespace {

constexpr std::uint64_t kPage = 4096;   // A burst stays inside one
constexpr std::uint8_t kIdMask = 7;     // IDs used in turn
constexpr std::uint8_t kFullWidth = 5;  // log2 of the beat

Beat pattern(std::uint64_t grain) {
  Random random(grain);
  Beat beat;
  for (unsigned i = 0; i < kBeatBytes; i += 8) {
    const std::uint64_t word = random.next() | 1;  // Never all zeros
    std::memcpy(beat.data() + i, &word, sizeof word);
  }
  return beat;
}

}  // namespace

TrafficMaster::TrafficMaster(std::string name, std::unique_ptr<workload::MemoryTraffic> source, unsigned lead)
    : name_{std::move(name)}, source_{std::move(source)}, lead_{lead} {
  out_.rready = out_.bready = true;
  refill();
  raise();
}

bool TrafficMaster::quiet() const {
  return answers_.empty() && responses_.empty() && !out_.ar.valid && !out_.aw.valid;
}

void TrafficMaster::refill() {
  while (!stopped_) {
    if (transfer_.bytes == 0) transfer_ = source_->next();
    Lane& lane = transfer_.write ? writes_ : reads_;
    if (lane.grains >= lead_) return;
    const std::uint64_t room = kPage - transfer_.address % kPage;
    const auto bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(transfer_.bytes, room));
    AxiAddress burst;
    burst.valid = true;
    burst.addr = transfer_.address;
    burst.len = static_cast<std::uint8_t>(bytes / kBeatBytes - 1);
    burst.size = kFullWidth;
    burst.burst = kIncr;
    burst.id = id_++ & kIdMask;
    lane.bursts.push_back(burst);
    lane.grains += bytes / kBeatBytes;
    transfer_.address += bytes;
    transfer_.bytes -= bytes;
  }
}

void TrafficMaster::raise() {
  const auto offer = [](AxiAddress& channel, Lane& lane) {
    if (channel.valid || lane.bursts.empty()) return false;
    channel = lane.bursts.front();
    lane.bursts.pop_front();
    lane.grains -= channel.len + 1U;
    return true;
  };
  if (stopped_) {
    reads_.bursts.clear();
    writes_.bursts.clear();
  }
  if (offer(out_.ar, reads_)) {
    for (unsigned beat = 0; beat <= out_.ar.len; ++beat) {
      answers_.push_back({out_.ar.addr / kBeatBytes + beat, now_, beat == out_.ar.len});
    }
  }
  if (offer(out_.aw, writes_)) {
    data_.push_back(out_.aw);
    responses_.push_back(now_);
  }
  if (!out_.w.valid && !data_.empty()) {
    const AxiAddress& burst = data_.front();
    out_.w.valid = true;
    out_.w.strb = ~std::uint32_t{0};
    out_.w.data = pattern(burst.addr / kBeatBytes + data_beat_);
    out_.w.last = data_beat_ == burst.len;
    ++data_beat_;
    if (out_.w.last) {
      data_.pop_front();
      data_beat_ = 0;
    }
  }
}

void TrafficMaster::take_read(const AxiReadData& r) {
  if (answers_.empty()) throw std::runtime_error(name_ + ": read data that nobody asked for");
  const Read read = answers_.front();
  answers_.pop_front();
  const std::string where = name_ + ": read of address " + std::to_string(read.grain * kBeatBytes);
  if (r.resp != kOkay) throw std::runtime_error(where + ": error response " + std::to_string(r.resp));
  if (r.data != Beat{} && r.data != pattern(read.grain)) throw std::runtime_error(where + ": wrong data");
  ++read_beats_;
  if (read.last) longest_read_ = std::max(longest_read_, now_ - read.asked);
}

void TrafficMaster::clock(const AxiSlave& slave) {
  if (out_.ar.valid && slave.arready) out_.ar.valid = false;
  if (out_.aw.valid && slave.awready) out_.aw.valid = false;
  if (out_.w.valid && slave.wready) {
    out_.w.valid = false;
    ++write_beats_;
  }
  if (slave.r.valid) take_read(slave.r);
  if (slave.b.valid) {
    if (responses_.empty()) throw std::runtime_error(name_ + ": a write response that nobody asked for");
    if (slave.b.resp != kOkay)
      throw std::runtime_error(name_ + ": a write was answered " + std::to_string(slave.b.resp));
    // Responses of different IDs may overtake: the oldest write's age bounds them all.
    longest_write_ = std::max(longest_write_, now_ - responses_.front());
    responses_.pop_front();
  }
  ++now_;
  refill();
  raise();
}

}  // namespace tessera::tb::hbm
