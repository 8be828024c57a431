// SPDX-License-Identifier: Apache-2.0
//
// Both schedulers of a channel and their row bus arbiter, with the device model as the judge of every
// command. Plays the data side: hazards by the probes, slots of the write queue, write strobes; and checks
// that every request goes out exactly once, to the right row, in an order that no reader of memory could tell
// from the order of pushes.

#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "Vhbm_sched.h"
#include "hbm/device.hpp"
#include "hbm/encoding.hpp"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"
#include "unit/rtl/hbm_sched_port.hpp"

namespace tessera::test {

class SchedChannel : public hbm::Observer {
 public:
  explicit SchedChannel(const SchedConfig& config = {},
                        const hbm::TimingSet& timing = hbm::TimingSet::hbm3_6400(), std::uint64_t seed = 1)
      : dut{4'000'000}, device{device_config(timing, seed)}, dice{seed}, timing_{timing} {
    device.set_observer(this);
    clear_inputs();
    unsigned lsb = 0;
    for (unsigned i = hbm::kTimingFields; i-- > 0;) {
      const auto& field = hbm::timing_fields()[i];
      set_bits(dut->timing_i, lsb, field.bits, timing.*field.member);
      lsb += field.bits;
    }
    set_config(config);
    for (auto& p : pc) p.stop = true;
    for (unsigned n = 0; n < 24; ++n) cycle();  // The device ignores the first 32 CK
    for (auto& p : pc) p.stop = false;
  }

  Bench<Vhbm_sched> dut;
  hbm::DramDevice device;
  Dice dice;
  std::array<SchedPort, 2> pc;

  unsigned control = 0;  // dfi_row_t.op that control sends in the next cycle; 8: PDE, 9: PDX
  bool reset_n = true;   // The device's

  // From now on the refresh managers decide: per bank, forced at 4 tREFI of debt, 8 ahead when idle, no RFM.
  void manage_refresh() {
    dut->manage_i = 1;
    set_bits(dut->ref_cfg_i, 0, 30, std::uint64_t{4} << 24 | std::uint64_t{8} << 20);
  }
  void set_config(const SchedConfig& config) { set_bits(dut->cfg_i, 0, 43, config.bits()); }
  bool quiet(unsigned p) const { return dut_quiet_ >> p & 1; }
  unsigned rd_used(unsigned p) { return static_cast<unsigned>(get_bits(dut->rd_used_o, 8 * p, 7)); }
  unsigned wr_used(unsigned p) { return static_cast<unsigned>(get_bits(dut->wr_used_o, 8 * p, 7)); }
  unsigned worst_age(unsigned p) { return static_cast<unsigned>(get_bits(dut->worst_age_o, 16 * p, 16)); }
  bool open(unsigned p, unsigned bank) { return get_bits(dut->bank_open_o, 64 * p + bank, 1); }
  bool busy(unsigned p, unsigned bank) { return get_bits(dut->bank_busy_o, 64 * p + bank, 1); }
  bool empty(unsigned p) const { return side_[p].reads.empty() && side_[p].writes.empty(); }

  void cycle() {
    for (unsigned p = 0; p < 2; ++p) offer(p);
    dut->ctl_row_i = control << 22;
    control = 0;
    dut.settle();
    for (unsigned p = 0; p < 2; ++p) push(p);
    dut.tick();
    dut_quiet_ = dut->quiet_o;
    hbm::PinsOut pins;
    pins.reset_n = reset_n;
    expected_.clear();
    for (unsigned p = 0; p < 2; ++p) take(p, pins);
    put_rows(pins);
    strobe(pins);
    seen_.clear();
    device.clock(pins);
    match();
    ++now_;
  }
  void run(std::uint64_t cycles) {
    for (std::uint64_t n = 0; n < cycles; ++n) cycle();
  }
  void drain(unsigned limit = 20'000) {
    for (auto& p : pc) p.next_read = p.next_write = nullptr;
    for (unsigned n = 0; n < limit && !(empty(0) && empty(1)); ++n) cycle();
    REQUIRE(empty(0));
    REQUIRE(empty(1));
    run(2);
    for (unsigned p = 0; p < 2; ++p) {
      REQUIRE(rd_used(p) == 0);
      REQUIRE(wr_used(p) == 0);
      REQUIRE(pc[p].reads == pc[p].reads_pushed);
    }
  }
  void reset_stats() {
    for (auto& p : pc) {
      p.reads = p.writes = p.max_wait = p.granted = 0;
      p.buckets = {};
    }
  }
  std::uint64_t now() const { return now_; }

  // Observer
  void command(const hbm::Command& c) override {
    seen_.push_back(c);
    if (hbm::is_channel_wide(c.op)) return;
    pc[c.pc].commands[static_cast<unsigned>(c.op)]++;
    if (pc[c.pc].keep_log) pc[c.pc].log.push_back(c);
  }
  void burst(std::int64_t, bool, unsigned) override {}

 private:
  enum class State { kHeld, kWaiting, kIssued };
  struct Write {
    hbm::DramAddress address;
    State state = State::kWaiting;
    std::uint64_t pushed = 0, due = 0;
    std::uint64_t order = 0;
  };
  struct Read {
    hbm::DramAddress address;
    std::uint64_t pushed = 0;
    std::uint64_t order = 0;
  };
  struct Side {
    std::optional<hbm::DramAddress> read_head, write_head;
    std::map<unsigned, Read> reads;    // By tag
    std::map<unsigned, Write> writes;  // By slot
    std::set<unsigned> busy;           // Slots with an event in this cycle
    bool want_read = false, want_write = false;
  };
  struct Expected {
    unsigned pc;
    hbm::Op op;
    hbm::DramAddress address;
  };

  static hbm::DeviceConfig device_config(const hbm::TimingSet& timing, std::uint64_t seed) {
    hbm::DeviceConfig c;
    c.timing = timing;
    c.seed = seed;
    c.trained = true;
    c.raammt = 0;
    return c;
  }
  void clear_inputs() {
    dut->ctl_row_i = 0;
    dut->manage_i = 0;
    dut->ref_cfg_i = 0;
    for (unsigned p = 0; p < 2; ++p) set_bits(dut->act_block_i, 64 * p, 64, 0);
  }
  template <class Port>
  void bit(Port& port, unsigned p, bool value) {
    set_bits(port, p, 1, value);
  }

  // Inputs that do not depend on this cycle's outputs
  void offer(unsigned p) {
    SchedPort& port = pc[p];
    Side& side = side_[p];
    bit(dut->stop_i, p, port.stop);
    bit(dut->close_i, p, port.close);
    bit(dut->flush_i, p, port.flush);
    bit(dut->clear_i, p, port.clear);
    set_bits(dut->act_block_i, 64 * p, 64, port.act_block);
    std::uint64_t request = 0;
    if (port.refresh) {
      request = 1u << 11 | unsigned{port.refresh->urgent} << 10 | row_code(port.refresh->op) << 6 |
                port.refresh->bank;
    }
    set_bits(dut->ref_req_i, 16 * p, 16, request);
    if (!side.read_head && port.next_read) side.read_head = port.next_read();
    if (!side.write_head && port.next_write) side.write_head = port.next_write();
    set_bits(dut->probe_addr_i, 64 * p, 32, side.read_head ? pack(*side.read_head) : 0);
    set_bits(dut->probe_addr_i, 64 * p + 32, 32, side.write_head ? pack(*side.write_head) : 0);
    bit(dut->drain_i, p, side.read_head.has_value());
    bit(dut->rd_push_i, p, false);
    bit(dut->wr_push_i, p, false);
    slots(p);
  }

  // At most one event of each kind on the write queue's slots
  void slots(unsigned p) {
    SchedPort& port = pc[p];
    Side& side = side_[p];
    bit(dut->wr_release_i, p, false);
    bit(dut->wr_drop_i, p, false);
    bit(dut->wr_retire_i, p, false);
    bit(dut->wr_retry_i, p, false);
    if (port.flush) return;
    bool release = false, drop = false, retire = false, retry = false;
    for (auto it = side.writes.begin(); it != side.writes.end();) {
      auto& [slot, write] = *it;
      bool erased = false;
      if (write.state == State::kHeld && write.due <= now_) {
        if (dice.percent(33) && !drop) {
          drop = erased = true;
          ++port.dropped;
          bit(dut->wr_drop_i, p, true);
          set_bits(dut->wr_drop_slot_i, 8 * p, 8, slot);
        } else if (!release) {
          release = true;
          bit(dut->wr_release_i, p, true);
          set_bits(dut->wr_release_slot_i, 8 * p, 8, slot);
          write.state = State::kWaiting;
        }
      } else if (write.state == State::kIssued && write.due <= now_) {
        if (dice.percent(port.retry_percent) && !retry) {
          retry = true;
          bit(dut->wr_retry_i, p, true);
          set_bits(dut->wr_retry_slot_i, 8 * p, 8, slot);
          write.state = State::kWaiting;
        } else if (!retire) {
          retire = erased = true;
          bit(dut->wr_retire_i, p, true);
          set_bits(dut->wr_retire_slot_i, 8 * p, 8, slot);
        }
      }
      it = erased ? side.writes.erase(it) : std::next(it);
    }
  }

  // Pushes, and what the outputs of this cycle say
  void push(unsigned p) {
    SchedPort& port = pc[p];
    Side& side = side_[p];
    const bool read_clash = get_bits(dut->probe_wr_o, 2 * p, 1);
    const bool write_clash =
        get_bits(dut->probe_rd_o, 2 * p + 1, 1) || get_bits(dut->probe_wr_o, 2 * p + 1, 1);
    if (side.read_head && !read_clash && !(dut->rd_full_o >> p & 1) && !port.flush) {
      unsigned tag = 0;
      while (side.reads.contains(tag)) ++tag;
      REQUIRE(tag < 64);
      bit(dut->rd_push_i, p, true);
      set_bits(dut->rd_addr_i, 32 * p, 32, pack(*side.read_head));
      set_bits(dut->rd_tag_i, 16 * p, 16, tag);
      side.reads[tag] = {*side.read_head, now_, ++order_};
      ++port.reads_pushed;
    }
    const bool pushes_read = dut->rd_push_i >> p & 1;
    const bool same = pushes_read && side.write_head && *side.write_head == *side.read_head;
    if (side.write_head && !write_clash && !same && !(dut->wr_full_o >> p & 1) && !port.flush) {
      const auto slot = static_cast<unsigned>(get_bits(dut->wr_slot_o, 8 * p, 8));
      REQUIRE(!side.writes.contains(slot));
      const bool hold = dice.percent(port.hold_percent);
      bit(dut->wr_push_i, p, true);
      set_bits(dut->wr_addr_i, 32 * p, 32, pack(*side.write_head));
      bit(dut->wr_hold_i, p, hold);
      side.writes[slot] = {*side.write_head, hold ? State::kHeld : State::kWaiting, now_,
                           now_ + dice.between(1, 60), ++order_};
      ++port.writes_pushed;
      side.write_head.reset();
    }
    if (pushes_read) side.read_head.reset();
    if (dut->ref_gnt_o >> p & 1) {
      REQUIRE((port.refresh.has_value() || dut->manage_i));
      port.refresh.reset();
      ++port.granted;
    }
    if (port.flush) {
      side.reads.clear();
      side.writes.clear();
      port.reads_pushed = port.reads;
    }
  }

  // The column command on DFI and what goes with it
  void take(unsigned p, hbm::PinsOut& pins) {
    SchedPort& port = pc[p];
    Side& side = side_[p];
    port.buckets.at(get_bits(dut->bucket_o, 4 * p, 4))++;
    const auto events = get_bits(dut->event_o, 16 * p, 12);
    port.row_hits += events >> 11 & 1;
    port.row_misses += events >> 10 & 1;
    port.row_conflicts += events >> 9 & 1;
    port.ref_pb += events >> 8 & 1;
    port.ref_ab += events >> 7 & 1;
    port.rfm += events >> 6 & 1;

    const auto col = static_cast<unsigned>(get_bits(dut->col_o, 32 * p, 28));
    const unsigned code = col >> 25;
    const bool rd = dut->rd_issue_o >> p & 1, wr = dut->wr_issue_o >> p & 1;
    REQUIRE((dut->col_used_o >> p & 1) == (rd || wr));
    REQUIRE(rd == (code == 1 || code == 2));
    REQUIRE(wr == (code == 3 || code == 4));
    if (!rd && !wr) {
      REQUIRE(code == 0);
      return;
    }
    REQUIRE((col >> 24 & 1) == p);
    hbm::Command command;
    command.op = std::array{hbm::Op::kRd, hbm::Op::kRda, hbm::Op::kWr, hbm::Op::kWra}[code - 1];
    command.pc = static_cast<std::uint8_t>(p);
    command.bank = static_cast<std::uint8_t>(col >> 18 & 63);
    command.col = static_cast<std::uint8_t>(col >> 13 & 31);
    const auto words = hbm::encoding::encode_column(command);
    pins.c[p] = {words[0], words[1]};
    port.autos += code == 2 || code == 4;

    hbm::DramAddress address;
    std::uint64_t pushed = 0;
    if (rd) {
      const auto tag = static_cast<unsigned>(get_bits(dut->rd_issue_tag_o, 16 * p, 16));
      REQUIRE(side.reads.contains(tag));
      address = side.reads[tag].address;
      pushed = side.reads[tag].pushed;
      REQUIRE(unpack(static_cast<unsigned>(get_bits(dut->rd_issue_addr_o, 32 * p, 32))) == address);
      for (const auto& [slot, w] : side.writes) {
        if (w.address == address) REQUIRE(w.order > side.reads[tag].order);
      }
      side.reads.erase(tag);
      ++port.reads;
    } else {
      const auto slot = static_cast<unsigned>(get_bits(dut->wr_issue_slot_o, 8 * p, 8));
      REQUIRE(side.writes.contains(slot));
      Write& write = side.writes[slot];
      REQUIRE(write.state == State::kWaiting);
      address = write.address;
      pushed = write.pushed;
      for (const auto& [tag, r] : side.reads) {
        if (r.address == address) REQUIRE(r.order > write.order);
      }
      write.state = State::kIssued;
      write.due = now_ + port.retire_after;
      ++port.writes;
      for (unsigned n = 0; n < 2; ++n) strobes_[p].insert(2 * now_ + p + timing_.wl + n);
    }
    if (port.retry_percent == 0 && port.hold_percent == 0)
      port.max_wait = std::max(port.max_wait, now_ - pushed);
    expected_.push_back({p, command.op, address});
  }

  void put_rows(hbm::PinsOut& pins) {
    for (unsigned slot = 0; slot < 4; ++slot) {
      const auto row = static_cast<unsigned>(get_bits(dut->row_o, 32 * slot, 26));
      const unsigned code = row >> 22;
      if (code == 0) continue;
      constexpr std::array kOps{hbm::Op::kAct,   hbm::Op::kPrePb, hbm::Op::kPreAb, hbm::Op::kRefPb,
                                hbm::Op::kRefAb, hbm::Op::kRfmPb, hbm::Op::kRfmAb, hbm::Op::kPde,
                                hbm::Op::kPdx,   hbm::Op::kSre,   hbm::Op::kSrx};
      hbm::Command command;
      command.op = kOps.at(code - 1);
      command.pc = row >> 21 & 1;
      command.bank = row >> 15 & 63;
      command.row = row & 0x7FFF;
      const auto words = hbm::encoding::encode_row(command);
      for (unsigned n = 0; n < words.count; ++n) {
        auto& pin = pins.r.at((slot + n) / 2)[(slot + n) % 2];
        REQUIRE(pin == hbm::kRowIdle);
        pin = words.word[n];
      }
    }
  }

  void strobe(hbm::PinsOut& pins) {
    for (unsigned p = 0; p < 2; ++p) {
      for (unsigned ck = 0; ck < 2; ++ck) {
        if (strobes_[p].erase(2 * now_ + ck)) pins.w[p].strobe |= static_cast<std::uint8_t>(1u << ck);
      }
    }
  }

  // The device executed exactly the columns that the data side was told, in the rows it asked for.
  void match() {
    std::size_t columns = 0;
    for (const hbm::Command& c : seen_) {
      if (!hbm::is_column(c.op)) continue;
      REQUIRE(columns < expected_.size());
      const Expected& e = expected_[columns++];
      REQUIRE(c.pc == e.pc);
      REQUIRE(c.op == e.op);
      REQUIRE(hbm::DramAddress{c.sid(), c.bg(), c.ba(), c.row, c.col} == e.address);
    }
    REQUIRE(columns == expected_.size());
  }

  hbm::TimingSet timing_;
  std::array<Side, 2> side_;
  std::array<std::set<std::uint64_t>, 2> strobes_;  // CKs with write data
  std::vector<Expected> expected_;
  std::vector<hbm::Command> seen_;
  std::uint64_t now_ = 0, order_ = 0;
  unsigned dut_quiet_ = 0;
};

}  // namespace tessera::test
