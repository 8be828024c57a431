// SPDX-License-Identifier: Apache-2.0

#include "axi_host.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "axi_burst.hpp"

namespace tessera::tb {

namespace {

constexpr std::uint64_t kPage = 4096;  // No burst crosses a multiple of it
constexpr std::uint8_t kFullSize = 5;  // 32 bytes

std::vector<HostBurst> plain(std::uint64_t address, std::uint64_t bytes, unsigned max_beats) {
  std::vector<HostBurst> bursts;
  const std::uint64_t end = address + bytes;
  for (std::uint64_t grain = address / kBeatBytes * kBeatBytes; grain < end;) {
    const std::uint64_t stop =
        std::min({end, (grain / kPage + 1) * kPage, grain + std::uint64_t{max_beats} * kBeatBytes});
    const std::uint64_t beats = (stop - grain + kBeatBytes - 1) / kBeatBytes;
    HostBurst burst;
    burst.address = {
        .addr = grain, .len = static_cast<std::uint8_t>(beats - 1), .size = kFullSize, .burst = kIncr};
    bursts.push_back(burst);
    grain += beats * kBeatBytes;
  }
  return bursts;
}

}  // namespace

std::vector<HostBurst> plain_reads(std::uint64_t address, std::uint64_t bytes, unsigned max_beats) {
  return plain(address, bytes, max_beats);
}

std::vector<HostBurst> plain_writes(std::uint64_t address, std::span<const std::uint8_t> bytes,
                                    unsigned max_beats) {
  std::vector<HostBurst> bursts = plain(address, bytes.size(), max_beats);
  const std::uint64_t end = address + bytes.size();
  for (HostBurst& burst : bursts) {
    burst.write = true;
    for (unsigned n = 0; n <= burst.address.len; ++n) {
      const std::uint64_t grain = beat_address(burst.address, n);
      AxiWriteData beat;
      for (unsigned i = 0; i < kBeatBytes; ++i) {
        if (grain + i < address || grain + i >= end) continue;
        beat.data[i] = bytes[grain + i - address];
        beat.strb |= 1U << i;
      }
      burst.data.push_back(beat);
    }
  }
  return bursts;
}

std::uint64_t AxiHost::ask(HostBurst burst) {
  const std::size_t beats = burst.address.len + 1U;
  if (burst.write && burst.data.size() != beats) {
    throw std::invalid_argument("host burst: " + std::to_string(beats) + " beats need as many data, not " +
                                std::to_string(burst.data.size()));
  }
  const std::uint64_t ticket = next_ticket_++;
  const bool write = burst.write;
  if (write) burst.data.back().last = true;
  (write ? writes_ : reads_).push_back({ticket, std::move(burst), {.ticket = ticket, .write = write}});
  raise();
  return ticket;
}

void AxiHost::clock(const AxiSlave& in) {
  if (out_.ar.valid && in.arready) {
    out_.ar.valid = false;
    ++reads_sent_;
  }
  if (out_.aw.valid && in.awready) {
    out_.aw.valid = false;
    ++writes_sent_;
  }
  if (out_.w.valid && in.wready) {
    if (out_.w.last) {
      ++data_burst_;
      data_beat_ = 0;
    } else {
      ++data_beat_;
    }
    out_.w.valid = false;
  }
  if (in.r.valid && out_.rready) take_read(in.r);
  if (in.b.valid && out_.bready) take_response(in.b);
  raise();
}

AxiHost::Asked& AxiHost::oldest(std::deque<Asked>& list, std::uint8_t id, const char* channel) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Asked& a) { return a.burst.address.id == id; });
  if (found == list.end()) {
    throw std::runtime_error("host port: an answer on " + std::string(channel) + " with ID " +
                             std::to_string(id) + ", which nothing asked for");
  }
  return *found;
}

void AxiHost::take_read(const AxiReadData& r) {
  Asked& asked = oldest(reads_, r.id, "R");
  asked.answer.data.push_back(r.data);
  asked.answer.resps.push_back(r.resp);
  asked.answer.resp = std::max(asked.answer.resp, r.resp);
  if (!r.last) return;
  --reads_sent_;
  finish(reads_, asked);
}

void AxiHost::take_response(const AxiWriteResponse& b) {
  Asked& asked = oldest(writes_, b.id, "B");
  asked.answer.resp = b.resp;
  --writes_sent_;
  --data_burst_;
  finish(writes_, asked);
}

void AxiHost::finish(std::deque<Asked>& list, const Asked& asked) {
  answers_.push_back(asked.answer);
  const auto is_it = [ticket = asked.ticket](const Asked& a) { return a.ticket == ticket; };
  list.erase(std::find_if(list.begin(), list.end(), is_it));
}

// A raised valid stays; everything else is decided anew each cycle.
void AxiHost::raise() {
  if (!out_.ar.valid && reads_sent_ < reads_.size() && now()) {
    out_.ar = reads_[reads_sent_].burst.address;
    out_.ar.valid = true;
  }
  if (!out_.aw.valid && writes_sent_ < writes_.size() && now()) {
    out_.aw = writes_[writes_sent_].burst.address;
    out_.aw.valid = true;
  }
  if (!out_.w.valid && data_burst_ < writes_.size() && now()) {
    out_.w = writes_[data_burst_].burst.data[data_beat_];
    out_.w.valid = true;
  }
  out_.rready = !reads_.empty() && now();
  out_.bready = !writes_.empty() && now();
}

}  // namespace tessera::tb
