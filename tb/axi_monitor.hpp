// SPDX-License-Identifier: Apache-2.0
//
// Checks every rule of AXI4 that can be seen on the wires of one port, both sides of it, every cycle. A
// broken rule is a ProtocolError that names rule, port and cycle.
//
//   rule             what it says (ARM IHI 0022, AXI4; "profile" is what Tessera promises on top)
//   VALID_DROPPED    a raised valid stays until ready
//   PAYLOAD_CHANGED  so does its payload
//   BURST_4K         a burst does not cross a 4 KiB boundary
//   BURST_TYPE       not the reserved type; FIXED at most 16 beats; WRAP 2, 4, 8 or 16 beats, aligned
//   BURST_SIZE       no beat wider than the bus
//   PROFILE          32-byte INCR beats from a 32-byte boundary
//   INTERLEAVE       profile: a burst is in one interleave granule, of this port
//   UNKNOWN_ID       profile: the master uses only its own IDs
//   W_LENGTH         WLAST on beat AWLEN + 1 and on no other
//   W_STROBE         strobes only on lanes of the beat
//   R_UNREQUESTED    no read data without a read of that ID
//   R_LENGTH         RLAST on beat ARLEN + 1 of the oldest read of that ID and on no other
//   B_UNREQUESTED    no write response before the last beat of a write of that ID
//   RESPONSE         EXOKAY answers exclusive accesses only, and there are none
//   OUTSTANDING      (finish) everything asked was answered

#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "axi_port.hpp"
#include "ring.hpp"

namespace tessera::tb {

struct AxiMonitorConfig {
  std::string name = "AXI4 port 0";
  bool profile = true;
  std::uint16_t read_ids = 0xFFFF;   // Bit i: ID i may be used for reads
  std::uint16_t write_ids = 0xFFFF;  // Bit i: ID i may be used for writes
  unsigned port = 0;
  unsigned ports = 1;
  unsigned interleave_log2 = 0;  // 0: INTERLEAVE is not checked
};

class AxiMonitor {
 public:
  explicit AxiMonitor(AxiMonitorConfig config) : config_{std::move(config)} {}

  // The wires just before a rising edge.
  void check(const AxiMaster& master, const AxiSlave& slave);
  // The run is over: nothing may be left unanswered.
  void finish() const;

  std::uint64_t read_beats() const { return read_beats_; }
  std::uint64_t write_beats() const { return write_beats_; }

 private:
  [[noreturn]] void fail(const char* rule, const std::string& detail) const;
  template <class Payload>
  void check_stable(const char* channel, Payload& held, const Payload& now, bool ready);
  void check_address(const char* channel, const AxiAddress& a, std::uint16_t ids) const;
  void match_write_data();
  void check_strobe(const AxiAddress& aw, unsigned beat, std::uint32_t strb) const;
  void take_read_data(const AxiReadData& r);
  void take_response(const AxiWriteResponse& b);

  AxiMonitorConfig config_;
  std::uint64_t cycle_ = 0;
  std::uint64_t read_beats_ = 0;
  std::uint64_t write_beats_ = 0;

  // Payload offered and not yet taken; valid only then.
  AxiAddress held_ar_, held_aw_;
  AxiWriteData held_w_;
  AxiReadData held_r_;
  AxiWriteResponse held_b_;

  std::array<Ring<unsigned>, kAxiIds> reads_;  // Beats of each outstanding read, oldest first
  std::array<unsigned, kAxiIds> read_beat_{};  // Beats seen of the oldest
  Ring<AxiAddress> writes_;                    // Address taken, response not
  // W beats may come before their address: those not yet matched, in order.
  struct SeenBeat {
    std::uint32_t strb;
    bool last;
  };
  Ring<SeenBeat> w_beats_;
  std::size_t matching_ = 0;  // Index in writes_ of the burst the next W beat belongs to
  unsigned w_beat_ = 0;       // Beats of it already matched
};

}  // namespace tessera::tb
