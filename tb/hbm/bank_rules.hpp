// SPDX-License-Identifier: Apache-2.0
//
// State of the banks and of the channel, and every state and timing rule of commands. Knows commands only as
// they came from the pins; times are absolute ticks.

#pragma once

#include <array>
#include <cstdint>

#include "hbm/command.hpp"
#include "hbm/judge.hpp"
#include "hbm/timing_set.hpp"

namespace tessera::tb::hbm {

class BankRules {
 public:
  BankRules(const Geometry& part, const TimingSet& timing, Judge& judge);

  void reset();
  // RL and WL of all rules from now on: what the mode registers say.
  void set_latencies(unsigned rl, unsigned wl);

  // Judges a command and does it. `training`: column commands need no bank. False: the command was not done,
  // because nothing sensible can be (only after a violation).
  bool command(const Command& command, bool training);

  bool open(unsigned pc, unsigned bank) const { return pcs_[pc].banks[bank].open; }
  unsigned row(unsigned pc, unsigned bank) const { return pcs_[pc].banks[bank].row; }

 private:
  // The latest stamp under a key, and the latest under any other key.
  struct LatestTwo {
    unsigned key = ~0u;
    Stamp latest;
    Stamp other;

    void add(unsigned k, const Stamp& stamp) {
      if (k != key) other = latest;
      key = k;
      latest = stamp;
    }
    const Stamp& not_of(unsigned k) const { return k == key ? other : latest; }
  };
  struct Bank {
    bool open = false;
    std::uint16_t row = 0;
    Stamp act, rd, wr;  // rd, wr: without auto-precharge
    Stamp pre;          // Latest precharge of an open bank, also internal
    Stamp ref;          // Latest REFpb, RFMpb
  };
  // Column commands of one direction.
  struct Columns {
    Stamp last;
    std::array<Stamp, kMaxBanks / 4> group;
    std::array<LatestTwo, kMaxSids> groups_of_sid;
    LatestTwo sids;
    LatestTwo groups;
  };
  struct Pc {
    std::array<Bank, kMaxBanks> banks;
    unsigned open = 0;  // Number of open banks
    std::array<Stamp, kMaxBanks / 4> act_group;
    LatestTwo act_groups;
    std::array<Stamp, 4> last_acts;  // Oldest at next_act
    unsigned next_act = 0;
    LatestTwo ref_banks;  // REFpb, RFMpb
    Stamp pre_done;       // Latest of all banks' pre
    Stamp pre_any;        // Latest PREpb, PREab, also of closed banks
    Stamp ref_ab;
    Columns rd, wr;
  };
  enum class State : std::uint8_t { kAwake, kPowerDown, kSelfRefresh };

  bool state_allows(const Command& command);
  void channel_distances(const Command& command);
  void activate(const Command& command);
  void precharge(const Command& command);
  void precharge_bank(const Command& command, Bank& bank, Pc& pc);
  void refresh_bank(const Command& command);
  void refresh_all(const Command& command);
  bool column(const Command& command, bool training);
  void column_distances(const Command& command, Pc& pc);
  void channel_command(const Command& command);
  void close(Bank& bank, Pc& pc, const Stamp& stamp);
  void all_banks_ripe(const Command& command, const Pc& pc);
  unsigned write_to_data_end() const { return wl_ + kBurstLength; }

  Geometry part_;
  TimingSet t_;
  Judge& judge_;
  unsigned rl_ = 0;
  unsigned wl_ = 0;
  std::array<Pc, 2> pcs_;
  State state_ = State::kAwake;
  Stamp asleep_, pdx_, srx_, mrs_, last_rd_, last_wr_;
};

}  // namespace tessera::tb::hbm
