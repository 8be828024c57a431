// SPDX-License-Identifier: Apache-2.0
//
// An AXI4 master that does everything AXI4 allows, at random: INCR, WRAP and FIXED bursts, narrow and
// unaligned ones, holes in the strobes, several IDs, pauses and back-pressure on all channels, and addresses
// close enough to meet. A scoreboard judges what comes back.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "axi_memory.hpp"
#include "hbm/channel_bench.hpp"
#include "hbm/scoreboard.hpp"
#include "random.hpp"
#include "ring.hpp"

namespace tessera::tb::hbm {

struct RandomMasterConfig {
  std::string name = "random master";
  std::uint64_t seed = 1;
  std::uint64_t beats = 10'000;  // Data beats to move, both directions together
  std::vector<std::uint64_t>
      pages;  // 4 KiB pages it uses, by first byte; the first quarter is used half of the time
  unsigned ids = 8;
  double writes = 0.4;         // Share of bursts
  double partial = 0.15;       // Share of write beats with random strobes
  double odd = 0.3;            // Share of bursts that are WRAP, FIXED, narrow or unaligned
  unsigned longest = 16;       // Beats of a burst, at most
  unsigned outstanding = 32;   // Bursts of each direction without an answer, at most
  StallRates stalls;           // Pauses: ar, aw, w hold back valid; r, b hold back ready
  bool expect_errors = false;  // Take error responses for an answer, without looking at the data
};

class RandomMaster : public AxiAgent {
 public:
  explicit RandomMaster(const RandomMasterConfig& config);

  const AxiMaster& drive() override { return out_; }
  // Throws std::runtime_error when the channel answers wrongly or out of order.
  void clock(const AxiSlave& slave) override;

  bool done() const { return asked_ >= config_.beats && quiet(); }
  bool quiet() const;
  void stop() { config_.beats = asked_; }
  std::uint64_t beats() const { return asked_; }
  std::uint64_t read_bursts() const { return read_bursts_; }
  std::uint64_t write_bursts() const { return write_bursts_; }
  std::uint64_t errors() const { return errors_; }                // Bursts with an error response
  std::uint64_t longest_read() const { return longest_read_; }    // Cycles from ARVALID to RLAST
  std::uint64_t longest_write() const { return longest_write_; }  // Cycles from AWVALID to B
  const Scoreboard& scoreboard() const { return board_; }

 private:
  struct Read {
    AxiAddress ar;
    std::uint64_t asked;
    unsigned beat = 0;
    bool error = false;
  };
  struct Write {
    AxiAddress aw;
    std::uint64_t asked;
    std::uint64_t number;
    bool sent = false;  // All its data are taken
  };

  AxiAddress burst();
  void raise();
  void raise_write();
  void take_read(const AxiReadData& r);
  void take_response(const AxiWriteResponse& b);
  std::uint64_t oldest_read() const { return reads_.empty() ? now_ : reads_.front().asked; }
  [[noreturn]] void fail(const AxiAddress& burst, const std::string& what) const;

  RandomMasterConfig config_;
  Random random_;
  Scoreboard board_;
  AxiMaster out_;
  std::uint64_t now_ = 1;
  std::uint64_t asked_ = 0;
  std::uint64_t next_number_ = 0;
  Ring<Read> reads_;                         // In the order asked for, over all IDs
  std::array<Ring<Write>, kAxiIds> writes_;  // Per ID
  unsigned writes_open_ = 0;
  Ring<AxiAddress> data_bursts_;  // Writes whose data are not all offered
  Ring<std::uint64_t> data_numbers_;
  unsigned data_beat_ = 0;  // Next beat of data_bursts_.front()
  struct DataBeat {
    std::uint32_t strb;
    Beat data;
  };
  Ring<DataBeat> data_beats_;  // Drawn with the address: the scoreboard knows them from then on
  std::uint64_t read_bursts_ = 0;
  std::uint64_t write_bursts_ = 0;
  std::uint64_t errors_ = 0;
  std::uint64_t longest_read_ = 0;
  std::uint64_t longest_write_ = 0;
};

}  // namespace tessera::tb::hbm
