// SPDX-License-Identifier: Apache-2.0
//
// An AXI4 master that asks for a workload's transfers as fast as the port takes them: a burst per transfer,
// reads and writes each in program order.
//
// What it writes is a function of the address, so it checks what it reads: that, or the zeros of a grain
// never written.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "hbm/channel_bench.hpp"
#include "ring.hpp"
#include "workload/memory_traffic.hpp"

namespace tessera::tb::hbm {

class TrafficMaster : public AxiAgent {
 public:
  // One direction runs at most `lead` grains ahead of the other in program order.
  TrafficMaster(std::string name, std::unique_ptr<workload::MemoryTraffic> source, unsigned lead);

  const AxiMaster& drive() override { return out_; }
  // Throws std::runtime_error on an error response or wrong data.
  void clock(const AxiSlave& slave) override;

  // No new burst from now on.
  void stop() { stopped_ = true; }
  bool quiet() const;
  std::uint64_t read_beats() const { return read_beats_; }
  std::uint64_t write_beats() const { return write_beats_; }
  std::uint64_t longest_read() const { return longest_read_; }    // Cycles from ARVALID to the last beat
  std::uint64_t longest_write() const { return longest_write_; }  // Cycles from AWVALID to the response

 private:
  struct Lane {
    Ring<AxiAddress> bursts;
    std::uint64_t grains = 0;
  };
  struct Read {
    std::uint64_t grain;
    std::uint64_t asked;
    bool last;
  };

  void refill();
  void raise();
  void take_read(const AxiReadData& r);

  std::string name_;
  std::unique_ptr<workload::MemoryTraffic> source_;
  unsigned lead_;
  bool stopped_ = false;
  workload::Transfer transfer_;  // Its bytes not yet in a lane
  Lane reads_;
  Lane writes_;
  std::uint8_t id_ = 0;

  AxiMaster out_;
  Ring<Read> answers_;             // Read beats asked for, oldest first
  Ring<AxiAddress> data_;          // Write bursts whose data are not all out
  unsigned data_beat_ = 0;         // Of data_.front()
  Ring<std::uint64_t> responses_;  // When the writes without a response were asked for
  std::uint64_t now_ = 0;
  std::uint64_t read_beats_ = 0;
  std::uint64_t write_beats_ = 0;
  std::uint64_t longest_read_ = 0;
  std::uint64_t longest_write_ = 0;
};

}  // namespace tessera::tb::hbm
