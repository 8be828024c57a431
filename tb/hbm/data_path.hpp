// SPDX-License-Identifier: Apache-2.0
//
// The data lanes of one pseudo-channel: bursts on their way, DBI, parity, the training FIFO, lane repair and
// lane faults.

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hbm/command.hpp"
#include "hbm/judge.hpp"
#include "hbm/pins.hpp"
#include "hbm/row_store.hpp"
#include "random.hpp"
#include "ring.hpp"

namespace tessera::tb::hbm {

class DataPath {
 public:
  // What one CK brought.
  struct Events {
    bool read_begins = false;
    bool write_begins = false;
    bool derr = false;
  };

  DataPath(unsigned pc, unsigned flight, std::uint64_t seed, RowStore& store, Judge& judge);

  // Everything under way is dropped, the training FIFO holds its patterns.
  void reset();
  void set_modes(unsigned features, unsigned train, unsigned rl, unsigned wl);
  void restart_training() { next_read_ = next_write_ = 0; }
  // Lanes that are sampled outside their windows, and what levelling shows.
  void set_sampling(std::uint64_t bad_wr, std::uint64_t bad_rd, bool level);
  // The spare carries `lane` instead; none: nothing.
  void set_repair(unsigned spare, std::optional<unsigned> lane);

  // RD, RDA, WR, WRA, already accepted.
  void command(const Command& command);
  // Nothing to do in clock() until the next command.
  bool quiet() const { return reads_.empty() && writes_.empty() && derr_due_ == 0 && !levelling_; }
  // CK number `ck` of the cycle, which begins at `tick`.
  Events clock(std::int64_t tick, unsigned ck, const LanePins& in, LanePins& out);

  // Faults; DramDevice says what they do.
  void stick_lane(unsigned lane, bool value);
  void free_lanes() { stuck_ = stuck_value_ = 0; }
  void corrupt_reads(unsigned bursts) { corrupt_reads_ += bursts; }
  void fail_writes(unsigned bursts) { fail_writes_ += bursts; }

  std::uint64_t read_bursts() const { return read_bursts_; }
  std::uint64_t write_bursts() const { return write_bursts_; }
  std::uint64_t derr_count() const { return derr_count_; }

 private:
  using Lanes = std::array<std::uint64_t, kBurstBeats>;  // As on the pins
  struct Burst {
    std::int64_t begin = 0;  // First tick on the pins of the device, without flight time
    Command command;
    bool training = false;
    unsigned entry = 0;  // Of the training FIFO
    Lanes lanes{};
  };

  void check_bus(const Burst& burst, bool read);
  void encode_read(Burst& burst);
  void drive(std::int64_t tick, unsigned ck, LanePins& out, Events& events);
  void sample(std::int64_t tick, unsigned ck, const LanePins& in, Events& events);
  void finish_write(Burst& burst);
  std::uint64_t stick(std::uint64_t word) const { return (word & ~stuck_) | stuck_value_; }
  std::uint64_t wrong_bits(std::uint64_t bad, unsigned beat, unsigned surely);

  unsigned pc_;
  unsigned flight_;
  RowStore& store_;
  Judge& judge_;
  Random random_;

  unsigned features_ = 0;
  bool training_ = false;
  bool levelling_ = false;
  bool level_ = false;
  unsigned rl_ = 0, wl_ = 0;
  std::array<Lanes, 8> fifo_;
  unsigned next_read_ = 0, next_write_ = 0;
  std::array<std::optional<unsigned>, kSpares> repair_;
  std::uint64_t bad_wr_ = 0, bad_rd_ = 0;
  std::uint64_t stuck_ = 0, stuck_value_ = 0;
  unsigned corrupt_reads_ = 0, fail_writes_ = 0;

  Ring<Burst> reads_, writes_;  // In the order of their bursts
  std::uint32_t derr_due_ = 0;  // Bit k: DERR is high k CK from the current one
  std::uint64_t read_bursts_ = 0, write_bursts_ = 0, derr_count_ = 0;
};

}  // namespace tessera::tb::hbm
