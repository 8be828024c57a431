// SPDX-License-Identifier: Apache-2.0
//
// The host's end of an AXI4 port: sends bursts of any kind, several at a time, and matches the answers.

#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "axi_port.hpp"
#include "random.hpp"

namespace tessera::tb {

// A burst as AR or AW describes it; for writes with its data, one per beat, lanes as on the bus.
struct HostBurst {
  AxiAddress address;  // `valid` is not looked at
  bool write = false;
  std::vector<AxiWriteData> data = {};
};

struct HostAnswer {
  std::uint64_t ticket = 0;
  bool write = false;
  std::uint8_t resp = kOkay;             // The worst of all beats
  std::vector<Beat> data = {};           // Reads: whole bus words, one per beat
  std::vector<std::uint8_t> resps = {};  // Reads: one per beat
  bool ok() const { return resp == kOkay; }
};

// Bursts that move `bytes` from or to `address`: INCR, whole grains, at most `max_beats` each, none over 4
// KiB.
std::vector<HostBurst> plain_writes(std::uint64_t address, std::span<const std::uint8_t> bytes,
                                    unsigned max_beats = 16);
std::vector<HostBurst> plain_reads(std::uint64_t address, std::uint64_t bytes, unsigned max_beats = 16);

// Per cycle: drive out(), let the slave see it, sample what the slave drives, clock(slave). With
// `random_timing` all channels pause at random, and data come before or after their address.
class AxiHost {
 public:
  explicit AxiHost(bool random_timing = false, std::uint64_t seed = 1)
      : random_timing_{random_timing}, random_{seed} {}

  // Queues a burst; its answer carries the number returned.
  std::uint64_t ask(HostBurst burst);
  bool busy() const { return !reads_.empty() || !writes_.empty(); }  // Something is not answered
  // Answers so far, in the order they came; the caller takes them out.
  std::deque<HostAnswer>& answers() { return answers_; }

  const AxiMaster& out() const { return out_; }
  void clock(const AxiSlave& in);

 private:
  struct Asked {
    std::uint64_t ticket;
    HostBurst burst;
    HostAnswer answer;
  };

  bool now() { return !random_timing_ || random_.below(3) == 0; }
  Asked& oldest(std::deque<Asked>& list, std::uint8_t id, const char* channel);
  void take_read(const AxiReadData& r);
  void take_response(const AxiWriteResponse& b);
  void finish(std::deque<Asked>& list, const Asked& asked);
  void raise();

  bool random_timing_;
  Random random_;
  AxiMaster out_;
  std::uint64_t next_ticket_ = 0;
  // Oldest first; an entry leaves when it is answered.
  std::deque<Asked> reads_;
  std::deque<Asked> writes_;
  std::size_t reads_sent_ = 0;   // Of reads_, those whose address has gone
  std::size_t writes_sent_ = 0;  // Of writes_, likewise
  std::size_t data_burst_ = 0;   // Index in writes_ of the burst whose data go next
  std::size_t data_beat_ = 0;
  std::deque<HostAnswer> answers_;
};

}  // namespace tessera::tb
