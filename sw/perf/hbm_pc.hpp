// SPDX-License-Identifier: Apache-2.0
//
// One pseudo-channel of HbmChannelModel. Per cycle: begin(), column(), then the channel grants at most one of
// the two PCs' row_a() and one of their row_b().

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "perf/hbm_channel.hpp"

namespace tessera::perf {

class HbmChannelModel::Pc {
 public:
  Pc(const HbmTiming& timing, const HbmPolicy& policy, std::unique_ptr<workload::MemoryTraffic> source,
     unsigned pc);

  struct RowCommand {
    enum class Kind : std::uint8_t { kNone, kAct, kPre, kRefPb, kRefAb };
    Kind kind = Kind::kNone;
    bool urgent = false;
    unsigned bank = 0;
    unsigned row = 0;
    explicit operator bool() const { return kind != Kind::kNone; }
  };

  void begin(std::uint64_t cycle);
  void column();
  RowCommand row_a() const;           // ACT or refresh
  RowCommand row_b(bool late) const;  // PRE; late: an ACT has the cycle's slots 0 to 2
  void grant(const RowCommand& command, bool late);

  HbmUse use;

 private:
  using Tick = std::int64_t;  // Half a CK
  using Kind = RowCommand::Kind;
  using Flags = std::array<bool, kHbmBanks>;

  struct Entry {
    std::uint64_t grain;
    unsigned bank;
    unsigned row;
    std::uint64_t pushed;
    std::uint64_t visible;  // First cycle in which picks see it
    std::uint64_t index;    // Of a read's grain in the reorder buffer, counted from reset
    std::uint64_t ends;     // Of an issued write: when its slot is free. 0: waiting
  };
  using Queue = std::vector<Entry>;  // Oldest first
  struct Bank {
    bool open = false;
    unsigned row = 0;
    unsigned run = 0;  // Columns since ACT while another row was asked for
    Tick act = 0;      // First legal tick of ACT or refresh, PRE, RD, WR as far as this bank decides
    Tick pre = 0;
    Tick rd = 0;
    Tick wr = 0;
    Tick used = 0;
    bool refreshed = false;  // In this set
  };
  // What one queue wants of the banks.
  struct Wants {
    unsigned waiting = 0;
    Flags any{};
    Flags hit{};
    Flags miss{};
    const Entry* aged = nullptr;  // The oldest, if past the age limit
  };

  void accept();
  void retire();
  void scan();
  void choose_mode();
  void choose_refresh();
  bool waits(const Entry& e) const { return e.ends == 0 && e.visible <= cycle_; }
  bool blocked(unsigned bank) const;
  bool served(unsigned bank) const;
  bool may_refresh(Tick at) const;
  RowCommand pick_act(const Queue& queue, Tick at, bool other) const;
  RowCommand pick_pre(const Queue& queue, Tick at, bool other) const;
  const Queue& queue(bool write) const { return write ? wrq_ : rdq_; }
  const Wants& wants(bool write) const { return write ? wr_wants_ : rd_wants_; }
  const Wants& wants() const { return wants(write_); }
  bool queued(unsigned bank) const { return rd_wants_.any[bank] || wr_wants_.any[bank]; }

  HbmTiming t_;
  HbmPolicy p_;
  HbmMap map_;
  std::unique_ptr<workload::MemoryTraffic> source_;
  unsigned pc_;

  // Master
  workload::Transfer transfer_;
  std::uint32_t transfer_left_ = 0;  // Grains
  std::deque<std::uint64_t> to_read_;
  std::deque<std::uint64_t> to_write_;

  // Controller
  std::uint64_t cycle_ = 0;
  Tick tick_ = 0;  // The cycle's first
  Queue rdq_;
  Queue wrq_;
  std::deque<std::uint64_t> rob_;  // Cycle in which a grain's data arrive; 0: not yet known
  std::uint64_t rob_first_ = 0;    // Index of rob_.front()
  bool read_held_ = false;         // The read head waits for a queued write
  Wants rd_wants_;
  Wants wr_wants_;
  bool write_ = false;
  unsigned no_reads_ = 0;  // Cycles

  // Timing
  std::vector<Bank> banks_;
  std::array<Tick, kHbmGroups> rd_{};  // First legal tick of a column by bank group
  std::array<Tick, kHbmGroups> wr_{};
  std::array<Tick, kHbmGroups> group_act_{};
  Tick act_ = 0;
  Tick pre_ = 0;
  std::array<Tick, 4> faw_{};  // Of the last four ACTs, next to be replaced first
  unsigned faw_next_ = 0;

  // Refresh
  RowCommand refresh_;
  unsigned refresh_lost_ = 0;  // Cycles in which an ACT went instead
  double owing_ = 0;           // CK since the last refresh fell due
  std::int64_t debt_ = 0;
};

}  // namespace tessera::perf
