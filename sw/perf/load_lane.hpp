// SPDX-License-Identifier: Apache-2.0
//
// One LOAD lane (rtl/load) with its side of the read crossbar: bursts asked for, grains written, bank
// conflicts.

#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "perf/read_ports.hpp"

namespace tessera::perf {

class LoadLane {
 public:
  LoadLane(const HardwareConfig& config, const PortMap& map)
      : config_{config}, map_{map}, reserved_(config.ports) {}

  struct Job {
    spec::Load load;
    std::uint64_t address;
  };

  // Grains of one row, written to one bank without a gap unless another lane is in the way.
  struct Writing {
    bool active = false;
    spec::Space space = spec::Space::kA;  // Each space has banks and write ports of its own
    unsigned bank = 0;
    Cycle from = 1;  // First and last write
    Cycle to = 0;
  };

  // ---- Instructions
  bool can_issue() const {
    return commands_.size() < latency::kGeneratorQueue && posts_.size() <= latency::kLaneQueue;
  }
  bool empty() const { return posts_.empty(); }
  void issue(const Job& job, Cycle now) {
    posts_.push_back(job.load.post_mask);
    if (job.load.rows != 0) {
      ++asking_;
      commands_.push_back({job, now + latency::kIssueToCommand});
    } else {
      zeros_.push_back({job.load, now + latency::kLoadIssueToZeros, asking_});
      add_due_zeros();
    }
  }

  // ---- Requests. When the lane may have its next burst granted; kNever: after another event.
  Cycle wants() const {
    if (!requested_ || pieces_.size() + (writing_.active && from_memory_) >= latency::kReadBursts)
      return kNever;
    return std::max(request_at_, room());
  }
  std::uint64_t address() const { return request_.address; }
  unsigned beats() const { return request_.piece.beats; }

  void granted(Cycle response) {
    Piece& piece = request_.piece;
    piece.ready = response + latency::kLoadResponseToWrite;
    reserved_[piece.port] += piece.beats;
    busy_ += piece.skip + piece.grains;
    pieces_.push_back(piece);
    requested_ = false;
    if (!request_.ends_rows) return;
    if (request_.load.fill != 0) add_zeros(request_.load, 0);
    ++asked_;
    add_due_zeros();
  }

  // Begins commands and raises requests; returns when it can go on without any other event. The next command
  // is begun in the cycle that raises the last request of the one before.
  Cycle generate(Cycle now) {
    Cycle next = kNever;
    for (;;) {
      if (!walking_) {
        if (commands_.empty()) return next;
        if (commands_.front().ready > now) return std::min(next, commands_.front().ready);
        walk_ = commands_.front().job;
        commands_.pop_front();
        walking_ = true;
        walk_ready_ = now + latency::kCommandToRequest - 1;
        row_ = position_ = walk_.address;
        row_number_ = 0;
        next = now + 1;  // There is room for another command
      }
      if (requested_) return next;
      if (walk_ready_ > now) return std::min(next, walk_ready_);
      raise(now);
    }
  }

  // ---- Data
  const Writing& writing() const { return writing_; }
  // When the piece being written ends, or the next can begin.
  Cycle next_write() const { return writing_.active ? writing_.to : next_begin(); }
  // Whether the write that ends in this cycle completes an instruction, whose post mask it gives.
  bool finish(Cycle now, std::uint16_t& post) {
    if (!writing_.active || writing_.to > now) return false;
    writing_.active = false;
    free_ = now + 1;
    if (from_memory_) reserved_[port_] -= beats_;
    if (!last_) return false;
    post = posts_.front();
    posts_.pop_front();
    return true;
  }
  bool may_begin(Cycle now) const { return !writing_.active && next_begin() <= now; }
  // Whether the next piece goes to a bank that `other` is writing.
  bool meets(const Writing& other, Cycle now) const {
    const Piece& piece = pieces_.front();
    return other.from <= now && now <= other.to && piece.grains != 0 && piece.space == other.space &&
           piece.bank == other.bank;
  }
  void hold(Cycle until) { held_ = until; }
  void begin(Cycle now) {
    const Piece piece = pieces_.front();
    pieces_.pop_front();
    held_ = 0;
    taken_ = stepped(piece) - latency::kLoadResponseToWrite - piece.skip;
    pauses_.clear();
    if (now > stepped(piece)) pauses_.push_back({stepped(piece), now - stepped(piece)});
    if (piece.grains == 0) {  // One grain, kept for the next piece
      reserved_[piece.port] -= piece.beats;
      step_ = now - 1;
      return;
    }
    step_ = piece.grains == 1 ? stepped(piece) : now + piece.grains - 1;
    writing_ = {true, piece.space, piece.bank, now, now + piece.grains - 1};
    from_memory_ = piece.beats != 0;
    port_ = piece.port;
    beats_ = piece.beats;
    last_ = piece.last;
  }
  // A lower lane takes the bank from cycle `from` to `to`.
  void stall(Cycle from, Cycle to) {
    const Cycle cycles = to - from + 1;
    if (writing_.to > from) step_ += cycles;  // Else the last grain is in the register already
    writing_.to += cycles;
    pauses_.push_back({from, cycles});
  }

  std::uint64_t busy() const { return busy_; }

 private:
  struct Command {
    Job job;
    Cycle ready;
  };
  struct Zeros {
    spec::Load load;
    Cycle ready;
    std::uint64_t after;  // LOADs with rows that were issued before
  };
  struct Pause {
    Cycle from;
    Cycle cycles;
  };
  struct Piece {
    Cycle ready = 0;      // Its first grain can be written, but for `skip`
    unsigned skip = 0;    // Cycles before the first write
    unsigned grains = 0;  // To write
    unsigned beats = 0;   // From memory; 0: zeros
    unsigned port = 0;
    spec::Space space = spec::Space::kA;
    unsigned bank = 0;
    bool last = false;  // Of its instruction
  };
  // A burst asked for, and what will be written of it.
  struct Request {
    std::uint64_t address = 0;
    Piece piece;
    bool ends_rows = false;  // Of `load`
    spec::Load load;
  };

  // Puts the walk's next burst into the request register.
  void raise(Cycle now) {
    const spec::Load& load = walk_.load;
    const std::uint64_t row_end = row_ + load.row_bytes;
    const std::uint64_t end = std::min(row_end, map_.burst_end(position_));
    const bool row_begins = position_ == row_;
    const bool row_ends = end == row_end;
    const bool unaligned = row_ % spec::kGrainBytes != 0;
    Piece piece;
    piece.port = map_.port(position_);
    piece.beats = static_cast<unsigned>(grains_touched(position_, end - position_));
    piece.grains = piece.beats;
    piece.space = load.space;
    piece.bank = static_cast<unsigned>(row_number_ % banks_of(load.space));
    if (unaligned && row_begins) {  // The first grain is only kept
      piece.skip = 1;
      --piece.grains;
    }
    // The last grain of a shifted row may need no grain of its own.
    if (unaligned && row_ends && grains_touched(row_, load.row_bytes) == grains_touched(0, load.row_bytes))
      ++piece.grains;
    walking_ = !row_ends || row_number_ + 1U != load.rows;
    piece.last = !walking_ && load.fill == 0;
    request_ = {position_, piece, !walking_, load};
    requested_ = true;
    request_at_ = now + 1;
    position_ = end;
    if (!row_ends) return;
    row_ += load.row_stride;
    position_ = row_;
    ++row_number_;
  }

  void add_due_zeros() {
    while (!zeros_.empty() && zeros_.front().after == asked_) {
      add_zeros(zeros_.front().load, zeros_.front().ready);
      zeros_.pop_front();
    }
  }

  unsigned banks_of(spec::Space space) const {
    switch (space) {
      case spec::Space::kA:
      case spec::Space::kAScale: return config_.rows;
      case spec::Space::kB:
      case spec::Space::kBScale: return config_.cols;
      case spec::Space::kCol: break;
    }
    return 1;
  }

  Cycle next_begin() const {
    if (pieces_.empty()) return kNever;
    const Piece& piece = pieces_.front();
    return std::max({stepped(piece), free_, held_});
  }

  // When the piece's first grain is in the register in front of the memories. A grain that is only kept
  // passes while the register waits.
  Cycle stepped(const Piece& piece) const { return std::max(piece.ready, step_ + 1) + piece.skip; }

  void add_zeros(const spec::Load& load, Cycle ready) {
    const auto grains = static_cast<unsigned>(grains_touched(0, load.row_bytes));
    for (unsigned f = 0; f < load.fill; ++f) {
      Piece piece;
      piece.ready = ready;
      piece.grains = grains;
      piece.space = load.space;
      piece.bank = (load.rows + f) % banks_of(load.space);
      piece.last = f + 1U == load.fill;
      pieces_.push_back(piece);
      busy_ += grains;
    }
  }

  // When the port's buffer has room for the request.
  Cycle room() const {
    const unsigned port = request_.piece.port;
    const unsigned after = reserved_[port] + request_.piece.beats;
    if (after <= latency::kReadGrains) return 0;
    unsigned missing = after - latency::kReadGrains;
    if (writing_.active && from_memory_ && port_ == port) {
      if (missing <= beats_) {
        Cycle taken = taken_ + missing - 1;
        for (const Pause& pause : pauses_) {
          if (taken >= pause.from) taken += pause.cycles;
        }
        return taken + 1;
      }
      missing -= beats_;
    }
    // Of a piece that has not begun, the grain for the register and the one kept before it are taken ahead.
    if (pieces_.empty()) return kNever;
    const Piece& piece = pieces_.front();
    if (piece.port != port || missing > std::min(piece.beats, piece.skip + 1)) return kNever;
    return stepped(piece) - latency::kLoadResponseToWrite - piece.skip + missing;
  }

  const HardwareConfig& config_;
  PortMap map_;

  std::deque<std::uint16_t> posts_;  // Of instructions not completed
  std::deque<Command> commands_;
  std::deque<Zeros> zeros_;   // LOADs without rows, behind others that still ask for theirs
  std::uint64_t asking_ = 0;  // LOADs with rows, and those of them that have asked for all
  std::uint64_t asked_ = 0;

  bool walking_ = false;  // Requests of `walk_` are still to be raised
  Job walk_{};
  Cycle walk_ready_ = 0;
  std::uint64_t row_ = 0;
  std::uint64_t row_number_ = 0;
  std::uint64_t position_ = 0;  // Of the next request: a multiple of a grain but for the start of a row
  bool requested_ = false;
  Cycle request_at_ = 0;
  Request request_;

  std::deque<Piece> pieces_;        // Asked for, not begun to write
  std::vector<unsigned> reserved_;  // Grains, per port
  Writing writing_;
  bool from_memory_ = false;
  unsigned port_ = 0;
  unsigned beats_ = 0;
  Cycle taken_ = 0;            // Its first beat was taken from the buffer
  std::vector<Pause> pauses_;  // Then its bank was another lane's
  bool last_ = false;
  Cycle step_ = 0;  // The latest grain was in the register, or will be
  Cycle free_ = 0;  // The register can be written to the next piece's bank
  Cycle held_ = 0;  // But another lane has its bank until here
  std::uint64_t busy_ = 0;
};

}  // namespace tessera::perf
