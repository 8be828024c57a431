// SPDX-License-Identifier: Apache-2.0
//
// What stands behind the HBM pins of tessera_hbm_slice: a DRAM device per channel, and a back door that knows
// where the slice and its controllers put a byte.

#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hbm/address_map.hpp"
#include "hbm/backdoor.hpp"
#include "hbm/device.hpp"
#include "hbm/pins_pack.hpp"
#include "hbm/trace.hpp"
#include "slice_model.hpp"

namespace tessera::tb {

struct HbmMemoryConfig {
  hbm::Geometry part;
  hbm::TimingSet timing = hbm::TimingSet::hbm3_6400();
  std::string map = "s128";    // AddressMap::named
  unsigned temperature = 3;    // Gray code on the TEMP pins: 011 is 1x tREFI
  std::uint64_t seed = 1;      // Of what training must find, and of random errors
  std::uint64_t drift_ck = 0;  // Windows drift by one delay code every so many CK; 0: never
  std::string
      trace;  // File for the commands on the pins; with several channels <file>.<channel>. Empty: none
};

// Timings by the name that --hbm-timing takes: 6400, 5200 (Mb/s) or random, which draws a legal set from
// `seed`.
hbm::TimingSet named_timing(const std::string& name, std::uint64_t seed);

class HbmMemory {
 public:
  HbmMemory(unsigned ports, unsigned channels, HbmMemoryConfig config);

  // One cycle of the memory clock, after its rising edge: the pins of each channel reach its device and back.
  void clock(SliceModel& model);

  // The back door, with right check bits, at the host's byte addresses. Throws std::out_of_range.
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes);
  void read(std::uint64_t address, std::span<std::uint8_t> bytes);
  // Whether the check bits of the grain at `address` fit its data.
  bool consistent(std::uint64_t address);
  void set_interleave(unsigned log2) { interleave_log2_ = log2; }
  // A byte's pseudo-channel and its address there.
  struct Place {
    unsigned port;
    std::uint64_t address;
  };
  Place place(std::uint64_t address) const;
  std::uint64_t bytes() const { return ports_ * config_.part.bytes(); }

  const HbmMemoryConfig& config() const { return config_; }
  const hbm::AddressMap& map() const { return map_; }
  unsigned channels() const { return static_cast<unsigned>(channels_.size()); }
  hbm::DramDevice& device(unsigned channel) { return *channels_.at(channel).device; }
  hbm::Backdoor& port(unsigned port) { return ports_backdoor_.at(port); }
  std::uint64_t cycles() const { return cycles_; }
  void flush_trace();

 private:
  struct Channel {
    std::unique_ptr<hbm::DramDevice> device;
    hbm::PinsUnpacker unpack;
    hbm::PinsPacker pack;
    std::unique_ptr<std::ofstream> file;
    std::unique_ptr<hbm::DramTrace> trace;  // After the file it writes to
  };
  template <class Function>
  void by_granule(std::uint64_t address, std::uint64_t bytes, Function function);

  HbmMemoryConfig config_;
  hbm::AddressMap map_;
  unsigned ports_;
  unsigned interleave_log2_ = 8;
  std::vector<Channel> channels_;
  std::vector<hbm::Backdoor> ports_backdoor_;
  std::uint64_t cycles_ = 0;
};

}  // namespace tessera::tb
