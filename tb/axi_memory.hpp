// SPDX-License-Identifier: Apache-2.0
//
// An AXI4 memory: P slave ports on one image of bytes, with set latency, bandwidth, stalls and faults.
//
//   Reads    A read taken in cycle t has its first beat on the bus in cycle t + read_latency at the earliest,
//   then one
//            beat per cycle as bandwidth and the master allow. Bursts of one ID come back in order.
//   Writes   Take effect when their response is raised, write_latency after the last beat: a master that does
//   not wait
//            for the response before it reads sees the old bytes.
//   Errors   DECERR outside [base, base + bytes), SLVERR in a fault range; neither ever changes the image.
//
// No output depends on an input of the same cycle, so one call per port and cycle is enough:
//   drive(p), let the master see it, sample what the master drives, clock(p, master).

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "axi_port.hpp"
#include "random.hpp"
#include "ring.hpp"

namespace tessera::tb {

// Probability, per channel, of holding a ready low or of not yet raising a valid in a cycle in which it could
// be high.
struct StallRates {
  double ar = 0;
  double r = 0;
  double aw = 0;
  double w = 0;
  double b = 0;

  static StallRates all(double p) { return {p, p, p, p, p}; }
};

struct MemoryFault {
  enum class Kind : std::uint8_t {
    kReadError,   // Reads of the range answer SLVERR
    kWriteError,  // Writes to the range answer SLVERR
    kNoAnswer,    // Bursts that begin in the range are taken and never answered
  };
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  Kind kind = Kind::kReadError;
};

struct AxiMemoryConfig {
  static constexpr double kUnlimited = std::numeric_limits<double>::infinity();

  std::uint64_t base = 0;
  std::uint64_t bytes = std::uint64_t{64} << 20;
  unsigned read_latency = 40;   // Cycles, at least 1
  unsigned write_latency = 20;  // Cycles, at least 1
  // Bytes per cycle of each port, reads and writes together. Unlimited: one beat per cycle in each direction.
  double bytes_per_cycle = kUnlimited;
  unsigned depth = 64;   // Bursts of each direction a port holds before it takes no more
  bool reorder = false;  // Bursts of different IDs overtake and interleave at random
  StallRates stalls;
  std::vector<MemoryFault> faults;
  std::uint64_t seed = 1;
};

class AxiMemory {
 public:
  // Throws std::invalid_argument, naming the field, when the configuration makes no sense.
  AxiMemory(unsigned ports, AxiMemoryConfig config);

  const AxiSlave& drive(unsigned port) const { return ports_[port].out; }
  // One rising edge of `port`, at which the master drove `in`.
  void clock(unsigned port, const AxiMaster& in);
  // Drops everything in flight; the image stays.
  void reset();

  // The back door. Throws std::out_of_range outside the memory.
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes);
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) const;

  const AxiMemoryConfig& config() const { return config_; }
  void set_faults(std::vector<MemoryFault> faults) { config_.faults = std::move(faults); }
  // Beats moved over all ports since construction.
  std::uint64_t read_beats() const { return sum(read_beats_); }
  std::uint64_t write_beats() const { return sum(write_beats_); }
  // Of them, those of one ID.
  std::uint64_t read_beats(unsigned id) const { return read_beats_.at(id); }
  std::uint64_t write_beats(unsigned id) const { return write_beats_.at(id); }

 private:
  struct Read {
    std::uint64_t addr;
    std::uint64_t due;  // First cycle in which its next beat may be on the bus
    unsigned beats;     // Left
    std::uint8_t id;
  };
  struct Write {
    std::uint64_t addr;
    std::uint64_t due;
    unsigned beats;  // Left to come while collecting
    unsigned total;
    std::uint8_t id;
  };
  struct WriteBeat {
    std::uint32_t strb;
    Beat data;
  };
  struct Port {
    explicit Port(std::uint64_t seed) : random{seed} {}
    AxiSlave out;
    std::uint64_t now = 0;  // Cycle that `out` is for
    Ring<Read> reads;
    Ring<Write> writes;           // Address taken, oldest first
    std::size_t collecting = 0;   // Index in `writes` of the burst the next W beat belongs to
    Ring<WriteBeat> write_beats;  // Of all of `writes`, in order
    double tokens = 0;            // Bytes the port may still move
    bool write_first = false;     // Whose turn it is when there is one beat's worth of tokens
    Random random;
  };

  static std::uint64_t sum(const std::array<std::uint64_t, kAxiIds>& beats) {
    return std::accumulate(beats.begin(), beats.end(), std::uint64_t{0});
  }
  void take(Port& port, const AxiMaster& in);
  void offer_read(Port& port);
  void offer_write(Port& port);
  void offer_response(Port& port);
  std::size_t choose_read(Port& port);
  bool spend(Port& port);
  bool inside(std::uint64_t address, std::uint64_t bytes) const;
  bool faulty(std::uint64_t address, MemoryFault::Kind kind) const;
  std::uint8_t read_beat(std::uint64_t address, Beat& data) const;
  std::uint8_t commit(Port& port, const Write& write);

  AxiMemoryConfig config_;
  std::vector<std::uint8_t> image_;
  std::vector<Port> ports_;
  std::array<std::uint64_t, kAxiIds> read_beats_{};
  std::array<std::uint64_t, kAxiIds> write_beats_{};
};

}  // namespace tessera::tb
