// SPDX-License-Identifier: Apache-2.0
//
// One channel of an HBM3 device, at its pins: decodes commands bit by bit, judges every rule of
// docs/hbm/protocol.md from its own bookkeeping, keeps data sparsely, and has what a PHY must find by
// training. docs/hbm/device-model.md describes it.
//
//   hbm::DramDevice device({.trained = true});
//   each controller cycle:  pins_in = device.clock(pins_out);

#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hbm/bank_rules.hpp"
#include "hbm/command.hpp"
#include "hbm/data_path.hpp"
#include "hbm/judge.hpp"
#include "hbm/pins.hpp"
#include "hbm/refresh_ledger.hpp"
#include "hbm/row_store.hpp"
#include "hbm/rule.hpp"
#include "hbm/test_port.hpp"
#include "hbm/timing_set.hpp"
#include "hbm/windows.hpp"

namespace tessera::tb::hbm {

struct DeviceConfig {
  Geometry geometry{};
  TimingSet timing = TimingSet::hbm3_6400();
  std::uint64_t seed = 1;  // Of the hidden windows and flight times, and of what wrong bits look like
  // For users without a PHY: every delay code is right, flight time 0, Mr_Rl and Mr_Wl hold the part's
  // latencies after reset.
  bool trained = false;
  std::uint64_t drift_ck = 0;  // Windows drift by one code every so many CK (protocol.md: 2^18); 0: never
  unsigned raaimt = 64;
  unsigned raammt = 384;  // 0: RAA is not judged
  // true: a broken rule throws DramViolation. false: it is recorded and the command done as well as can be.
  bool strict = true;
  std::uint32_t device_id = 0x48334D01;
  std::uint8_t celsius = 45;
};

class DramDevice {
 public:
  struct Stats {
    std::array<std::uint64_t, kOps> commands{};  // By Op: accepted
    std::uint64_t ignored = 0;                   // In the 32 CK after reset, or after CATTRIP
    std::uint64_t aerr = 0;
    std::uint64_t derr = 0;
    std::array<std::uint64_t, kPcs> read_bursts{};
    std::array<std::uint64_t, kPcs> write_bursts{};  // Stored or written to the training FIFO
    std::int64_t max_debt = 0;                       // REF_DEBT, REF_PULLIN: in banks
    std::int64_t max_pull_in = 0;
  };

  // Throws std::invalid_argument, naming the field, for a part that cannot be.
  explicit DramDevice(const DeviceConfig& config);
  DramDevice(const DramDevice&) = delete;
  DramDevice& operator=(const DramDevice&) = delete;

  // One controller cycle: the channel drives `out` during these 2 CK, the device the result during the same 2
  // CK.
  PinsIn clock(const PinsOut& out);

  // The tick the next clock() begins with: 4 per call since construction.
  std::int64_t now() const { return now_; }
  const DeviceConfig& config() const { return config_; }
  const Census& census() const { return judge_.census; }
  const std::vector<Violation>& violations() const {
    return judge_.violations;
  }  // Of a device that is not strict
  void clear_violations() { judge_.violations.clear(); }
  Stats stats() const;
  std::uint8_t mode_register(unsigned index) const { return modes_.at(index); }
  bool bank_open(unsigned pc, unsigned bank) const { return rules_.open(pc, bank); }
  std::size_t rows_stored() const { return store_.rows(); }
  void set_observer(Observer* observer) {
    observer_ = observer;
  }  // May be null; outlives the device or is taken back

  // The back door: grains as stored. Unwritten ones are all zeros, metadata too (a valid SECDED codeword).
  // Throws std::out_of_range outside the part. backdoor.hpp has byte addresses and check bits.
  Grain read_grain(unsigned pc, const DramAddress& address) const;
  void write_grain(unsigned pc, const DramAddress& address, const Grain& grain);

  // Faults.
  // Bits 0..255 are data, 256..271 metadata.
  void flip_stored_bit(unsigned pc, const DramAddress& address, unsigned bit);
  // The lane is at `value` in both directions, whatever drives it.
  void stick_lane(unsigned pc, unsigned lane, bool value);
  void free_lanes(unsigned pc) { data_.at(pc).free_lanes(); }
  // The next `bursts` read bursts have one DQ wrong in one beat; DPAR is that of the right bits.
  void corrupt_reads(unsigned pc, unsigned bursts) { data_.at(pc).corrupt_reads(bursts); }
  // The next `bursts` write bursts are taken for bad parity: DERR, nothing stored.
  void fail_writes(unsigned pc, unsigned bursts) { data_.at(pc).fail_writes(bursts); }
  // The next `cks` CKs that carry a command are taken for bad parity: AERR, nothing executed.
  void fail_commands(unsigned cks) { fail_commands_ += cks; }
  // 000, 001, 011, 010 or 110; scales tREFI from now on.
  void set_temperature_code(unsigned code);
  void set_celsius(std::uint8_t celsius) { port_.set_celsius(celsius); }
  // Catastrophic trip: no command is executed or judged, no data come, until power_cycle().
  void trip();
  // Everything but configuration, census, violations and statistics is as new; contents and lane repair are
  // lost.
  void power_cycle();

  // What training must find. For tests to compare with: a PHY has no such view.
  const Windows& hidden_windows() const { return windows_; }
  unsigned hidden_flight(unsigned pc) const { return windows_.flight(pc); }

 private:
  struct ActSlots {
    unsigned seen = 0;  // Slots so far; 0: none under way
    bool bad = false;   // Some slot had bad parity: not executed
    Command command;
  };

  void reset();
  void update_modes();
  void update_sampling();
  void update_repair();
  void clock_commands(const PinsOut& out, unsigned ck, PinsIn& in);
  void clock_data(unsigned pc, const PinsOut& out, PinsIn& in);
  bool understood(const PinsOut& out, unsigned ck, bool idle);
  void row_slot(unsigned word, std::int64_t tick, bool good);
  void act_slot(unsigned word, std::int64_t tick, bool good);
  void column_word(unsigned rising, unsigned falling, std::int64_t tick, bool good);
  void check_pair(const Command& command);
  void check_latency(const Command& command);
  void execute(const Command& command);
  void check_address(unsigned pc, const DramAddress& address) const;

  DeviceConfig config_;
  Judge judge_;
  BankRules rules_;
  RefreshLedger ledger_;
  RowStore store_;
  Windows windows_;
  TestPort port_;
  std::array<DataPath, kPcs> data_;
  std::array<std::uint8_t, 32> modes_{};
  Observer* observer_ = nullptr;

  std::int64_t now_ = 0;
  std::int64_t listen_tick_ = 0;  // Commands are ignored before
  bool in_reset_ = true;
  bool tripped_ = false;
  std::uint8_t temp_ = 3;
  unsigned fail_commands_ = 0;
  std::uint32_t aerr_due_ = 0;  // Bit k: AERR is high k CK from the current one
  ActSlots act_;
  Command last_row_;  // The latest row command, and its last slot
  std::int64_t last_row_end_ = -1;
  DelayPins delay_;      // That the sampling is worked out for
  bool ca_good_ = true;  // dly_ca is in its window
  std::int64_t next_drift_ = 0;
  std::array<std::uint64_t, kOps> commands_{};
  std::uint64_t ignored_ = 0;
  std::uint64_t aerr_ = 0;
};

}  // namespace tessera::tb::hbm
