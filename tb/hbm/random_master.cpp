// SPDX-License-Identifier: Apache-2.0

#include "hbm/random_master.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "axi_burst.hpp"

namespace tessera::tb::hbm {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr unsigned kFullWidth = 5;  // log2 of the bytes of a beat
constexpr unsigned kFixedBeats = 16;

}  // namespace

RandomMaster::RandomMaster(const RandomMasterConfig& config) : config_{config}, random_{config.seed} {
  if (config_.pages.empty()) throw std::invalid_argument("random master: pages must name at least one page");
  if (config_.ids == 0 || config_.ids > kAxiIds)
    throw std::invalid_argument("random master: ids must be 1 to 16");
  if (config_.longest == 0 || config_.longest > 128) {
    throw std::invalid_argument("random master: longest must be 1 to 128 beats");
  }
}

bool RandomMaster::quiet() const {
  return reads_.empty() && writes_open_ == 0 && !out_.ar.valid && !out_.aw.valid && !out_.w.valid &&
         data_bursts_.empty();
}

void RandomMaster::fail(const AxiAddress& burst, const std::string& what) const {
  char text[160];
  std::snprintf(text, sizeof text,
                "%s, cycle %llu, seed %llu: burst at 0x%llx, ID %u, %u beats of %u bytes, type %u: ",
                config_.name.c_str(), static_cast<unsigned long long>(now_),
                static_cast<unsigned long long>(config_.seed), static_cast<unsigned long long>(burst.addr),
                burst.id, burst.len + 1U, 1U << burst.size, burst.burst);
  throw std::runtime_error(text + what);
}

AxiAddress RandomMaster::burst() {
  const std::size_t pages = config_.pages.size();
  const std::size_t hot = std::max<std::size_t>(1, pages / 4);
  const std::uint64_t page = config_.pages[random_.chance(0.5) ? random_.below(hot) : random_.below(pages)];
  AxiAddress a;
  a.valid = true;
  a.id = static_cast<std::uint8_t>(random_.below(config_.ids));
  a.size = kFullWidth;
  a.burst = kIncr;
  unsigned beats = 1 + static_cast<unsigned>(random_.below(config_.longest));
  std::uint64_t at = random_.below(kPage / kBeatBytes) * kBeatBytes;
  if (random_.chance(config_.odd)) {
    a.size = static_cast<std::uint8_t>(random_.below(kFullWidth + 1));
    a.burst = static_cast<std::uint8_t>(random_.below(3));
    if (a.burst == kFixed) beats = std::min(beats, kFixedBeats);
    if (a.burst == kWrap) {
      beats = 2U << random_.below(4);
      at = random_.below(kPage >> a.size) << a.size;
    } else {
      at = random_.below(kPage);  // Unaligned
    }
  }
  if (a.burst == kIncr) {
    const std::uint64_t bytes = std::uint64_t{1} << a.size;
    beats = std::min<unsigned>(beats, static_cast<unsigned>((kPage - at / bytes * bytes) / bytes));
  }
  a.addr = page + at;
  a.len = static_cast<std::uint8_t>(beats - 1);
  return a;
}

void RandomMaster::raise_write() {
  AxiAddress aw = burst();
  const std::uint64_t number = next_number_++;
  for (unsigned beat = 0; beat <= aw.len; ++beat) {
    DataBeat data;
    data.strb = beat_lanes(aw, beat);
    if (random_.chance(config_.partial)) data.strb &= static_cast<std::uint32_t>(random_.next());
    for (unsigned i = 0; i < kBeatBytes; i += 8) {
      const std::uint64_t word = random_.next();
      std::memcpy(data.data.data() + i, &word, sizeof word);
    }
    board_.begin(beat_address(aw, beat) / kBeatBytes, number, data.strb, data.data);
    data_beats_.push_back(data);
  }
  out_.aw = aw;
  writes_[aw.id].push_back({aw, now_, number, false});
  ++writes_open_;
  data_bursts_.push_back(aw);
  data_numbers_.push_back(number);
  asked_ += aw.len + 1U;
  ++write_bursts_;
}

void RandomMaster::raise() {
  const StallRates& stalls = config_.stalls;
  // Whether the next burst is a write is drawn once, so that the share does not depend on who is stalled.
  if (asked_ < config_.beats) {
    const bool write = random_.chance(config_.writes);
    if (write && !out_.aw.valid && writes_open_ < config_.outstanding && !random_.chance(stalls.aw)) {
      raise_write();
    } else if (!write && !out_.ar.valid && reads_.size() < config_.outstanding &&
               !random_.chance(stalls.ar)) {
      out_.ar = burst();
      reads_.push_back({out_.ar, now_});
      asked_ += out_.ar.len + 1U;
      ++read_bursts_;
    }
  }
  if (!out_.w.valid && !data_bursts_.empty() && !random_.chance(stalls.w)) {
    out_.w.valid = true;
    out_.w.strb = data_beats_.front().strb;
    out_.w.data = data_beats_.front().data;
    out_.w.last = data_beat_ == data_bursts_.front().len;
    data_beats_.pop_front();
    ++data_beat_;
    if (out_.w.last) data_beat_ = 0;
  }
  out_.rready = !random_.chance(stalls.r);
  out_.bready = !random_.chance(stalls.b);
}

void RandomMaster::take_read(const AxiReadData& r) {
  if (reads_.empty()) throw std::runtime_error(config_.name + ": read data that nobody asked for");
  Read& read = reads_.front();
  if (r.id != read.ar.id) fail(read.ar, "is the oldest read, but data came for ID " + std::to_string(r.id));
  if (r.resp != kOkay) {
    if (!config_.expect_errors) fail(read.ar, "read was answered " + std::to_string(r.resp));
    read.error = true;
  } else {
    const std::uint64_t grain = beat_address(read.ar, read.beat) / kBeatBytes;
    const std::string wrong = board_.check(grain, beat_lanes(read.ar, read.beat), r.data, read.asked);
    if (!wrong.empty()) fail(read.ar, "beat " + std::to_string(read.beat) + ": " + wrong);
  }
  ++read.beat;
  if (r.last != (read.beat == read.ar.len + 1U)) fail(read.ar, "RLAST on a wrong beat");
  if (!r.last) return;
  errors_ += read.error;
  longest_read_ = std::max(longest_read_, now_ - read.asked);
  reads_.pop_front();
}

void RandomMaster::take_response(const AxiWriteResponse& b) {
  Ring<Write>& writes = writes_[b.id];
  if (writes.empty())
    throw std::runtime_error(config_.name + ": a response for ID " + std::to_string(b.id) +
                             " without a write");
  const Write write = writes.front();
  if (!write.sent) fail(write.aw, "was answered before its last data beat");
  const bool error = b.resp != kOkay;
  if (error && !config_.expect_errors) fail(write.aw, "write was answered " + std::to_string(b.resp));
  errors_ += error;
  for (unsigned beat = 0; beat <= write.aw.len; ++beat) {
    const std::uint64_t grain = beat_address(write.aw, beat) / kBeatBytes;
    if (error) {
      board_.uncertain(grain, write.number);
    } else {
      board_.answered(grain, write.number, now_);
    }
    board_.forget(grain, oldest_read());
  }
  longest_write_ = std::max(longest_write_, now_ - write.asked);
  writes.pop_front();
  --writes_open_;
}

void RandomMaster::clock(const AxiSlave& slave) {
  if (slave.r.valid && out_.rready) take_read(slave.r);
  if (slave.b.valid && out_.bready) take_response(slave.b);
  if (out_.ar.valid && slave.arready) out_.ar.valid = false;
  if (out_.aw.valid && slave.awready) out_.aw.valid = false;
  if (out_.w.valid && slave.wready) {
    out_.w.valid = false;
    if (out_.w.last) {
      const AxiAddress aw = data_bursts_.front();
      for (std::size_t i = 0; i < writes_[aw.id].size(); ++i) {
        Write& write = writes_[aw.id][i];
        if (write.number == data_numbers_.front()) write.sent = true;
      }
      data_bursts_.pop_front();
      data_numbers_.pop_front();
    }
  }
  ++now_;
  raise();
}

}  // namespace tessera::tb::hbm
