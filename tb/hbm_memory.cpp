// SPDX-License-Identifier: Apache-2.0

#include "hbm_memory.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tessera::tb {

hbm::TimingSet named_timing(const std::string& name, std::uint64_t seed) {
  if (name == "6400") return hbm::TimingSet::hbm3_6400();
  if (name == "5200") return hbm::TimingSet::hbm3_5200();
  if (name == "random") return hbm::TimingSet::random_legal(seed);
  throw std::invalid_argument("HBM timing '" + name + "': choose 6400, 5200 or random");
}

HbmMemory::HbmMemory(unsigned ports, unsigned channels, HbmMemoryConfig config)
    : config_{std::move(config)}, map_{hbm::AddressMap::named(config_.map, config_.part)}, ports_{ports} {
  if (channels != (ports + 1) / 2) {
    throw std::invalid_argument("HBM memory: " + std::to_string(ports) + " ports do not have " +
                                std::to_string(channels) + " channels");
  }
  channels_.resize(channels);
  for (unsigned c = 0; c < channels; ++c) {
    Channel& channel = channels_[c];
    channel.device = std::make_unique<hbm::DramDevice>(hbm::DeviceConfig{
        .geometry = config_.part,
        .timing = config_.timing,
        .seed = config_.seed * 0x9E3779B97F4A7C15 + c,  // No two channels alike
        .drift_ck = config_.drift_ck,
    });
    channel.device->set_temperature_code(config_.temperature);
    if (!config_.trace.empty()) {
      const std::string name = channels == 1 ? config_.trace : config_.trace + "." + std::to_string(c);
      channel.file = std::make_unique<std::ofstream>(name);
      if (!*channel.file) throw std::invalid_argument("DRAM trace: " + name + " cannot be written");
      channel.trace = std::make_unique<hbm::DramTrace>(*channel.file);
      channel.device->set_observer(channel.trace.get());
    }
  }
  for (unsigned p = 0; p < ports; ++p) ports_backdoor_.emplace_back(*channels_[p / 2].device, p % 2, map_);
}

void HbmMemory::clock(SliceModel& model) {
  for (unsigned c = 0; c < channels(); ++c) {
    Channel& channel = channels_[c];
    channel.pack(channel.device->clock(channel.unpack(model.channel_out(c))), model.channel_in(c));
  }
  ++cycles_;
}

HbmMemory::Place HbmMemory::place(std::uint64_t address) const {
  const std::uint64_t granule = std::uint64_t{1} << interleave_log2_;
  return {static_cast<unsigned>(address / granule % ports_),
          address / granule / ports_ * granule + address % granule};
}

template <class Function>
void HbmMemory::by_granule(std::uint64_t address, std::uint64_t bytes, Function function) {
  if (address > this->bytes() || bytes > this->bytes() - address) {
    throw std::out_of_range("HBM memory: bytes " + std::to_string(address) + " to " +
                            std::to_string(address + bytes) + " are not all within its " +
                            std::to_string(this->bytes()));
  }
  const std::uint64_t granule = std::uint64_t{1} << interleave_log2_;
  for (std::uint64_t done = 0; done < bytes;) {
    const std::uint64_t count = std::min(granule - (address + done) % granule, bytes - done);
    const Place at = place(address + done);
    function(ports_backdoor_[at.port], at.address, done, count);
    done += count;
  }
}

void HbmMemory::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  by_granule(address, bytes.size(),
             [&](hbm::Backdoor& port, std::uint64_t local, std::uint64_t done, std::uint64_t count) {
               port.write(local, bytes.subspan(done, count));
             });
}

void HbmMemory::read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  by_granule(address, bytes.size(),
             [&](hbm::Backdoor& port, std::uint64_t local, std::uint64_t done, std::uint64_t count) {
               port.read(local, bytes.subspan(done, count));
             });
}

bool HbmMemory::consistent(std::uint64_t address) {
  const Place at = place(address);
  return ports_backdoor_.at(at.port).consistent(at.address);
}

void HbmMemory::flush_trace() {
  for (Channel& channel : channels_) {
    if (!channel.trace) continue;
    channel.trace->flush();
    channel.file->flush();
  }
}

}  // namespace tessera::tb
