// SPDX-License-Identifier: Apache-2.0
//
// An AXI4 master for one access at a time, as a test writes it down.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hbm/channel_bench.hpp"

namespace tessera::tb::hbm {

class DirectedMaster : public AxiAgent {
 public:
  struct Result {
    bool done = false;
    std::uint8_t resp = kOkay;            // Of a read: the worst of its beats
    std::vector<std::uint8_t> beat_resp;  // Of a read
    std::vector<Beat> data;               // Of a read, a bus width per beat
    std::uint64_t cycles = 0;             // From the address to the last answer
  };

  DirectedMaster() { out_.rready = out_.bready = true; }
  const AxiMaster& drive() override { return out_; }
  void clock(const AxiSlave& slave) override;

  // Full-width INCR bursts of whole grains. The bench clocks this master; throws when there is no answer
  // within `limit` cycles.
  Result read(HbmChannelBench& bench, std::uint64_t address, unsigned beats, std::uint64_t limit = 20'000);
  Result write(HbmChannelBench& bench, std::uint64_t address, std::span<const Beat> data,
               std::uint64_t limit = 20'000);

  // Any burst; strobes and data per beat for a write.
  void start_read(const AxiAddress& ar);
  void start_write(const AxiAddress& aw, std::vector<AxiWriteData> beats);
  bool busy() const { return busy_; }
  const Result& result() const { return result_; }

 private:
  void offer_data();

  AxiMaster out_;
  std::vector<AxiWriteData> beats_;
  std::size_t beat_ = 0;
  bool busy_ = false;
  Result result_;
};

}  // namespace tessera::tb::hbm
