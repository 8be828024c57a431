// SPDX-License-Identifier: Apache-2.0
//
// AXI4 master with a scoreboard, for tests of memory: bursts of every kind, a byte-accurate memory of what
// reads may return, and AxiMonitor on the wires.

#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "axi_monitor.hpp"
#include "axi_port.hpp"
#include "support/catch.hpp"
#include "unit/rtl/bits.hpp"

namespace tessera::test {

struct AxiOp {
  bool write = false;
  std::uint64_t addr = 0;
  unsigned beats = 1;
  unsigned size = 5;
  unsigned burst = tb::kIncr;
  unsigned id = 0;
  std::vector<tb::Beat> data;         // Writes: per beat
  std::vector<std::uint32_t> strobe;  // Writes: per beat
};

// First byte that beat `i` may touch, and the end of its lanes (AXI4, A3.4.1).
inline std::pair<std::uint64_t, std::uint64_t> beat_bytes(const AxiOp& op, unsigned i) {
  const std::uint64_t bytes = 1u << op.size;
  const std::uint64_t aligned = op.addr / bytes * bytes;
  if (op.burst == tb::kFixed || i == 0) return {op.addr, aligned + bytes};
  std::uint64_t at = aligned + i * bytes;
  if (op.burst == tb::kWrap) {
    const std::uint64_t span = bytes * op.beats;
    at = op.addr / span * span + at % span;
  }
  return {at, at + bytes};
}

// For every byte the writes that a read may still see. Writes take effect in the order of AW, each some time
// between its AW and its B.
class ByteHistory {
 public:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  // Returns the write's number in its byte; `start` is the cycle its AW was offered.
  void write(std::uint64_t address, std::uint8_t value, std::uint64_t start, std::uint64_t op) {
    bytes_[address].push_back({value, start, kNever, op});
  }
  void complete(std::uint64_t address, std::uint64_t op, std::uint64_t end) {
    for (Record& r : bytes_[address]) {
      if (r.op == op) r.end = end;
    }
  }
  // May a read that was offered in cycle `from` and answered in cycle `to` see this value?
  bool possible(std::uint64_t address, std::uint8_t value, std::uint64_t from, std::uint64_t to) {
    const auto found = bytes_.find(address);
    if (found == bytes_.end()) return value == 0;
    std::vector<Record>& records = found->second;
    // What a completed write has hidden from every read offered since.
    std::size_t oldest = records.size();
    for (std::size_t i = records.size(); i-- > 0 && oldest == records.size();) {
      if (records[i].end < from) oldest = i;
    }
    const bool initial = oldest == records.size();
    for (std::size_t i = initial ? 0 : oldest; i < records.size(); ++i) {
      if (records[i].start <= to && records[i].value == value) return true;
    }
    return initial && value == 0;
  }
  // The value once everything is over, if there is only one.
  bool settled(std::uint64_t address, std::uint8_t value) {
    return possible(address, value, kNever - 1, kNever - 1);
  }
  std::vector<std::uint64_t> addresses() const {
    std::vector<std::uint64_t> all;
    for (const auto& [address, records] : bytes_) all.push_back(address);
    return all;
  }
  // Nothing before `from` is asked for any more.
  void forget(std::uint64_t from) {
    for (auto& [address, records] : bytes_) {
      for (std::size_t i = records.size(); i-- > 1;) {
        if (records[i].end < from) {
          records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(i));
          break;
        }
      }
    }
  }

 private:
  struct Record {
    std::uint8_t value;
    std::uint64_t start, end;
    std::uint64_t op;
  };
  std::map<std::uint64_t, std::vector<Record>> bytes_;
};

class HbmAxiMaster {
 public:
  explicit HbmAxiMaster(std::uint64_t seed, bool monitored = true)
      : dice{seed}, monitored_{monitored}, monitor_{[] {
          tb::AxiMonitorConfig config;
          config.profile = false;
          return config;
        }()} {}

  Dice dice;
  ByteHistory memory;
  // How often (per cent of cycles) the master offers an address or data, or takes an answer.
  unsigned ar_percent = 100, aw_percent = 100, w_percent = 100, r_percent = 100, b_percent = 100;
  unsigned max_reads = 64, max_writes = 32;  // Bursts outstanding
  // What beat `i` of a read, or a write (i = 0), must be answered. Data are compared only if OKAY.
  std::function<bool(const AxiOp&, unsigned i, unsigned resp)> legal =
      [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kOkay; };

  std::uint64_t read_beats = 0, write_bursts = 0, bad_responses = 0;
  std::map<unsigned, std::uint64_t> responses;          // By code: R beats and B
  bool compare = true;                                  // Data of reads; off where contents are lost
  std::vector<std::pair<std::uint64_t, tb::Beat>> log;  // Cycle and data of R beats, if keep_log
  bool keep_log = false;

  void push(AxiOp op) { (op.write ? to_write_ : to_read_).push_back(std::move(op)); }
  bool idle() const { return to_read_.empty() && to_write_.empty() && reads_.empty() && writes_.empty(); }
  std::size_t waiting() const { return to_read_.size() + to_write_.size(); }
  std::size_t outstanding() const { return reads_.size() + writes_.size(); }

  // What the master drives in this cycle. Raised valids stay until taken.
  const tb::AxiMaster& drive(std::uint64_t now) {
    now_ = now;
    if (!wires.ar.valid && !to_read_.empty() && reads_.size() < max_reads && dice.percent(ar_percent)) {
      wires.ar = address(to_read_.front());
      reads_.push_back({std::move(to_read_.front()), now, 0, next_op_++});
      to_read_.pop_front();
    }
    // Data may come before their address and the other way round, but both belong to the same op from then
    // on.
    if (!to_write_.empty() && writes_.size() < max_writes && dice.percent(aw_percent)) {
      Flight flight{std::move(to_write_.front()), now, 0, next_op_++};
      to_write_.pop_front();
      for (unsigned i = 0; i < flight.op.beats; ++i) {
        each_byte(flight.op, i,
                  [&](std::uint64_t a, std::uint8_t v) { memory.write(a, v, now, flight.number); });
        data_.push_back({true, i + 1 == flight.op.beats, flight.op.strobe[i], flight.op.data[i]});
      }
      addresses_.push_back(address(flight.op));
      writes_.push_back(std::move(flight));
    }
    if (!wires.aw.valid && !addresses_.empty() && dice.percent(aw_percent)) {
      wires.aw = addresses_.front();
      addresses_.pop_front();
    }
    if (!wires.w.valid && !data_.empty() && dice.percent(w_percent)) {
      wires.w = data_.front();
      data_.pop_front();
    }
    wires.rready = dice.percent(r_percent);
    wires.bready = dice.percent(b_percent);
    return wires;
  }

  // What the slave answers in this cycle.
  void observe(const tb::AxiSlave& slave) {
    if (monitored_) monitor_.check(wires, slave);
    if (wires.ar.valid && slave.arready) wires.ar.valid = false;
    if (wires.aw.valid && slave.awready) wires.aw.valid = false;
    if (wires.w.valid && slave.wready) wires.w.valid = false;
    if (slave.r.valid && wires.rready) take(slave.r);
    if (slave.b.valid && wires.bready) take(slave.b);
    if (reads_.empty() && (now_ & 1023) == 0) memory.forget(now_);
  }
  void finish() const {
    REQUIRE(idle());
    if (monitored_) monitor_.finish();
  }

  tb::AxiMaster wires;

 private:
  struct Flight {
    AxiOp op;
    std::uint64_t start;
    unsigned beat;
    std::uint64_t number;
  };

  static tb::AxiAddress address(const AxiOp& op) {
    return {true,
            op.addr,
            static_cast<std::uint8_t>(op.beats - 1),
            static_cast<std::uint8_t>(op.size),
            static_cast<std::uint8_t>(op.burst),
            static_cast<std::uint8_t>(op.id)};
  }

  template <class Visit>
  static void each_byte(const AxiOp& op, unsigned beat, Visit visit) {
    const std::uint64_t grain = beat_bytes(op, beat).first / 32 * 32;
    for (unsigned b = 0; b < 32; ++b) {
      if (op.strobe[beat] >> b & 1) visit(grain + b, op.data[beat][b]);
    }
  }

  void take(const tb::AxiReadData& r) {
    INFO("R of ID " << unsigned{r.id} << " in cycle " << now_);
    REQUIRE(!reads_.empty());
    Flight& flight = reads_.front();  // R leaves in the order of AR over all IDs
    const AxiOp& op = flight.op;
    INFO("read at " << std::hex << op.addr << std::dec << ", beat " << flight.beat << " of " << op.beats);
    REQUIRE(r.id == op.id);
    REQUIRE(r.last == (flight.beat + 1 == op.beats));
    INFO("response " << unsigned{r.resp});
    REQUIRE(legal(op, flight.beat, r.resp));
    ++responses[r.resp];
    ++read_beats;
    if (keep_log) log.emplace_back(now_, r.data);
    if (compare && r.resp == tb::kOkay && op.burst <= tb::kWrap && op.size <= 5) {
      const auto [first, end] = beat_bytes(op, flight.beat);
      for (std::uint64_t a = first; a < end; ++a) {
        if (!memory.possible(a, r.data[a % 32], flight.start, now_)) {
          FAIL("byte " << std::hex << a << " reads " << unsigned{r.data[a % 32]}
                       << ", which no write explains");
        }
      }
    }
    if (++flight.beat == op.beats) reads_.pop_front();
  }

  void take(const tb::AxiWriteResponse& b) {
    INFO("B of ID " << unsigned{b.id} << " in cycle " << now_);
    REQUIRE(!writes_.empty());
    const Flight flight = std::move(writes_.front());  // B leaves in the order of AW over all IDs
    writes_.pop_front();
    INFO("write at " << std::hex << flight.op.addr << ", response " << unsigned{b.resp});
    REQUIRE(b.id == flight.op.id);
    REQUIRE(legal(flight.op, 0, b.resp));
    ++responses[b.resp];
    ++write_bursts;
    if (b.resp != tb::kOkay) return;  // Its bytes may be old or new from now on
    for (unsigned i = 0; i < flight.op.beats; ++i) {
      each_byte(flight.op, i,
                [&](std::uint64_t a, std::uint8_t) { memory.complete(a, flight.number, now_); });
    }
  }

  bool monitored_;
  tb::AxiMonitor monitor_;
  std::uint64_t now_ = 0, next_op_ = 0;
  std::deque<AxiOp> to_read_, to_write_;
  std::deque<Flight> reads_, writes_;
  std::deque<tb::AxiAddress> addresses_;
  std::deque<tb::AxiWriteData> data_;
};

// A random burst that AXI allows, touching only bytes from `base` to `base + span` (a multiple of 4 KiB, or
// less than a page). `partial`: per cent of beats that do not strobe all their lanes.
inline AxiOp random_op(Dice& dice, std::uint64_t base, std::uint64_t span, unsigned max_beats = 16,
                       unsigned partial = 50) {
  AxiOp op;
  op.write = dice.percent(50);
  op.id = static_cast<unsigned>(dice.below(16));
  op.burst = static_cast<unsigned>(dice.below(3));
  op.size = dice.percent(50) ? 5 : static_cast<unsigned>(dice.below(6));
  const std::uint64_t bytes = 1u << op.size;
  op.addr = base + dice.below(span);
  switch (op.burst) {
    case tb::kFixed: op.beats = static_cast<unsigned>(dice.between(1, std::min(16u, max_beats))); break;
    case tb::kWrap:
      op.beats = 2u << dice.below(4);
      while (op.beats > std::max(2u, max_beats) || bytes * op.beats > span) op.beats /= 2;
      if (op.beats < 2) {
        op.burst = tb::kIncr;
        op.beats = 1;
      }
      op.addr = op.addr / bytes * bytes;
      break;
    default: {
      const std::uint64_t end = std::min((op.addr / 4096 + 1) * 4096, base + span);
      const std::uint64_t room = (end - op.addr / bytes * bytes) / bytes;
      op.beats = static_cast<unsigned>(dice.between(1, std::clamp<std::uint64_t>(room, 1, max_beats)));
    }
  }
  if (!op.write) return op;
  for (unsigned i = 0; i < op.beats; ++i) {
    const auto [first, end] = beat_bytes(op, i);
    std::uint32_t strobe = 0;
    for (std::uint64_t a = first; a < end; ++a) strobe |= 1u << (a % 32);
    if (dice.percent(partial)) strobe &= static_cast<std::uint32_t>(dice.below(std::uint64_t{1} << 32));
    if (dice.percent(partial / 10)) strobe = 0;
    tb::Beat data;
    for (auto& byte : data) byte = static_cast<std::uint8_t>(dice.below(256));
    op.strobe.push_back(strobe);
    op.data.push_back(data);
  }
  return op;
}

// A burst of whole grains.
inline AxiOp grain_op(bool write, std::uint64_t addr, unsigned beats, unsigned id = 0,
                      std::uint8_t salt = 0) {
  AxiOp op;
  op.write = write;
  op.addr = addr;
  op.beats = beats;
  op.id = id;
  for (unsigned i = 0; write && i < beats; ++i) {
    tb::Beat data;
    for (unsigned b = 0; b < 32; ++b) data[b] = static_cast<std::uint8_t>(byte_at(addr + 32 * i + b) ^ salt);
    op.data.push_back(data);
    op.strobe.push_back(~0u);
  }
  return op;
}

}  // namespace tessera::test
