// SPDX-License-Identifier: Apache-2.0

#include "axi_monitor.hpp"

#include <cstdio>

#include "axi_burst.hpp"
#include "protocol_error.hpp"

namespace tessera::tb {

namespace {

std::string hex(std::uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

}  // namespace

void AxiMonitor::fail(const char* rule, const std::string& detail) const {
  throw ProtocolError(rule, config_.name, cycle_, detail);
}

// `held` is the payload offered in the cycle before and not taken.
template <class Payload>
void AxiMonitor::check_stable(const char* channel, Payload& held, const Payload& now, bool ready) {
  if (held.valid) {
    if (!now.valid) fail("VALID_DROPPED", std::string(channel) + "VALID fell before " + channel + "READY");
    if (!(now == held))
      fail("PAYLOAD_CHANGED", std::string(channel) + " payload changed before " + channel + "READY");
  }
  if (now.valid && !ready) {
    held = now;
  } else {
    held.valid = false;
  }
}

void AxiMonitor::check_address(const char* channel, const AxiAddress& a, std::uint16_t ids) const {
  const auto where = [&] {
    return std::string(channel) + " at " + hex(a.addr) + ", " + std::to_string(a.len + 1) + " beats";
  };
  if (a.size > 5) fail("BURST_SIZE", where() + " of 2^" + std::to_string(a.size) + " bytes on a bus of 32");
  const std::uint64_t bytes = std::uint64_t{1} << a.size;
  const unsigned beats = a.len + 1U;
  if (a.burst > kWrap) fail("BURST_TYPE", where() + ": type 3 is reserved");
  if (a.burst == kFixed && beats > 16) fail("BURST_TYPE", where() + ": FIXED has at most 16");
  if (a.burst == kWrap && ((beats != 2 && beats != 4 && beats != 8 && beats != 16) || a.addr % bytes != 0)) {
    fail("BURST_TYPE", where() + ": WRAP needs 2, 4, 8 or 16 aligned beats");
  }
  if (config_.profile && (a.size != 5 || a.burst != kIncr || a.addr % kBeatBytes != 0)) {
    fail("PROFILE", where() + ": not 32-byte INCR beats from a 32-byte boundary");
  }
  const std::uint64_t last = a.burst == kIncr ? a.addr / bytes * bytes + beats * bytes - 1 : a.addr;
  if (a.addr >> 12 != last >> 12) fail("BURST_4K", where() + ": crosses a 4 KiB boundary");
  if (config_.interleave_log2 != 0) {
    const std::uint64_t granule = a.addr >> config_.interleave_log2;
    if (granule != last >> config_.interleave_log2)
      fail("INTERLEAVE", where() + ": crosses an interleave granule");
    if (granule % config_.ports != config_.port) {
      fail("INTERLEAVE", where() + ": belongs to port " + std::to_string(granule % config_.ports));
    }
  }
  if ((ids >> a.id & 1) == 0) fail("UNKNOWN_ID", where() + ": ID " + std::to_string(a.id) + " is nobody's");
}

void AxiMonitor::check_strobe(const AxiAddress& aw, unsigned beat, std::uint32_t strb) const {
  const std::uint32_t outside = strb & ~beat_lanes(aw, beat);
  if (outside != 0) {
    fail("W_STROBE", "beat " + std::to_string(beat) + " of the write at " + hex(aw.addr) + " strobes lanes " +
                         hex(outside) + " that are not its own");
  }
}

// Lays the W beats seen so far against the addresses seen so far.
void AxiMonitor::match_write_data() {
  while (!w_beats_.empty() && matching_ < writes_.size()) {
    const AxiAddress& aw = writes_[matching_];
    const SeenBeat beat = w_beats_.front();
    w_beats_.pop_front();
    check_strobe(aw, w_beat_, beat.strb);
    const bool last = w_beat_ == aw.len;
    if (beat.last != last) {
      fail("W_LENGTH", std::string(beat.last ? "WLAST on" : "no WLAST on") + " beat " +
                           std::to_string(w_beat_ + 1) + " of the write at " + hex(aw.addr) + ", which has " +
                           std::to_string(aw.len + 1));
    }
    ++w_beat_;
    if (last) {
      ++matching_;
      w_beat_ = 0;
    }
  }
}

void AxiMonitor::take_read_data(const AxiReadData& r) {
  Ring<unsigned>& reads = reads_[r.id % kAxiIds];
  unsigned& beat = read_beat_[r.id % kAxiIds];
  ++beat;
  ++read_beats_;
  if (r.last != (beat == reads.front())) {
    fail("R_LENGTH", std::string(r.last ? "RLAST on" : "no RLAST on") + " beat " + std::to_string(beat) +
                         " of a read of ID " + std::to_string(r.id) + ", which has " +
                         std::to_string(reads.front()));
  }
  if (r.last) {
    reads.pop_front();
    beat = 0;
  }
}

void AxiMonitor::take_response(const AxiWriteResponse& b) {
  for (std::size_t i = 0; i < matching_; ++i) {
    if (writes_[i].id == b.id) {
      writes_.erase(i);
      --matching_;
      return;
    }
  }
}

void AxiMonitor::check(const AxiMaster& m, const AxiSlave& s) {
  check_stable("AR", held_ar_, m.ar, s.arready);
  check_stable("AW", held_aw_, m.aw, s.awready);
  check_stable("W", held_w_, m.w, s.wready);
  check_stable("R", held_r_, s.r, m.rready);
  check_stable("B", held_b_, s.b, m.bready);

  // Responses first: what the same edge takes as a request cannot be answered yet.
  if (s.r.valid) {
    if (s.r.resp == kExOkay) fail("RESPONSE", "EXOKAY on R without an exclusive access");
    if (reads_[s.r.id % kAxiIds].empty()) fail("R_UNREQUESTED", "read data of ID " + std::to_string(s.r.id));
    if (m.rready) take_read_data(s.r);
  }
  if (s.b.valid) {
    if (s.b.resp == kExOkay) fail("RESPONSE", "EXOKAY on B without an exclusive access");
    bool done = false;
    for (std::size_t i = 0; i < matching_; ++i) done |= writes_[i].id == s.b.id;
    if (!done) fail("B_UNREQUESTED", "write response of ID " + std::to_string(s.b.id));
    if (m.bready) take_response(s.b);
  }
  if (m.ar.valid) {
    check_address("AR", m.ar, config_.read_ids);
    if (s.arready) reads_[m.ar.id % kAxiIds].push_back(m.ar.len + 1U);
  }
  if (m.aw.valid) {
    check_address("AW", m.aw, config_.write_ids);
    if (s.awready) writes_.push_back(m.aw);
  }
  if (m.w.valid && s.wready) {
    ++write_beats_;
    w_beats_.push_back({m.w.strb, m.w.last});
  }
  if (!w_beats_.empty()) match_write_data();
  ++cycle_;
}

void AxiMonitor::finish() const {
  for (unsigned id = 0; id < kAxiIds; ++id) {
    if (!reads_[id].empty())
      fail("OUTSTANDING", "a read of ID " + std::to_string(id) + " was not answered in full");
  }
  if (!writes_.empty())
    fail("OUTSTANDING", "the write at " + hex(writes_.front().addr) + " was not answered");
  if (!w_beats_.empty()) fail("OUTSTANDING", "write data without an address");
  if (held_ar_.valid || held_aw_.valid || held_w_.valid || held_r_.valid || held_b_.valid) {
    fail("OUTSTANDING", "a valid is raised and not taken");
  }
}

}  // namespace tessera::tb
