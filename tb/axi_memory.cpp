// SPDX-License-Identifier: Apache-2.0

#include "axi_memory.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace tessera::tb {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

void require(bool condition, const char* message) {
  if (!condition) throw std::invalid_argument(std::string("memory: ") + message);
}

std::uint64_t next_beat(std::uint64_t address) { return (address / kBeatBytes + 1) * kBeatBytes; }

}  // namespace

AxiMemory::AxiMemory(unsigned ports, AxiMemoryConfig config) : config_{std::move(config)} {
  require(ports >= 1, "needs at least one port");
  require(config_.bytes >= kBeatBytes && config_.bytes % kBeatBytes == 0, "bytes must be a multiple of 32");
  require(config_.base % kBeatBytes == 0, "base must be a multiple of 32");
  require(config_.read_latency >= 1 && config_.write_latency >= 1, "latencies must be at least 1 cycle");
  require(config_.bytes_per_cycle > 0, "bandwidth must be more than 0 bytes per cycle");
  require(config_.depth >= 1, "depth must be at least 1 burst");
  for (const double p :
       {config_.stalls.ar, config_.stalls.r, config_.stalls.aw, config_.stalls.w, config_.stalls.b}) {
    require(p >= 0 && p < 1, "stall probabilities must be at least 0 and less than 1, or nothing ever moves");
  }
  image_.resize(config_.bytes);
  Random seeds(config_.seed);
  for (unsigned p = 0; p < ports; ++p) ports_.emplace_back(seeds.next());
  reset();
}

void AxiMemory::reset() {
  for (Port& port : ports_) {
    port.out = {};
    port.reads.clear();
    port.writes.clear();
    port.write_beats.clear();
    port.collecting = 0;
    port.tokens = kBeatBytes;
  }
}

void AxiMemory::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  if (!inside(address, bytes.size())) throw std::out_of_range("memory: write past the end of the memory");
  std::copy(bytes.begin(), bytes.end(), image_.begin() + static_cast<std::ptrdiff_t>(address - config_.base));
}

void AxiMemory::read(std::uint64_t address, std::span<std::uint8_t> bytes) const {
  if (!inside(address, bytes.size())) throw std::out_of_range("memory: read past the end of the memory");
  std::memcpy(bytes.data(), image_.data() + (address - config_.base), bytes.size());
}

void AxiMemory::clock(unsigned index, const AxiMaster& in) {
  Port& port = ports_[index];
  take(port, in);
  ++port.now;

  const StallRates& stalls = config_.stalls;
  port.tokens =
      std::min(port.tokens + config_.bytes_per_cycle, std::max(2.0 * kBeatBytes, config_.bytes_per_cycle));
  port.out.arready = port.reads.size() < config_.depth && !port.random.chance(stalls.ar);
  port.out.awready = port.writes.size() < config_.depth && !port.random.chance(stalls.aw);
  // When tokens are short the directions take turns.
  if (port.write_first) {
    offer_write(port);
    offer_read(port);
  } else {
    offer_read(port);
    offer_write(port);
  }
  offer_response(port);
}

// What the edge moved.
void AxiMemory::take(Port& port, const AxiMaster& in) {
  AxiSlave& out = port.out;
  if (in.ar.valid && out.arready) {
    port.reads.push_back({in.ar.addr, port.now + config_.read_latency, in.ar.len + 1U, in.ar.id});
  }
  if (out.r.valid && in.rready) {
    out.r.valid = false;
    ++read_beats_[out.r.id];
    port.write_first = true;
  }
  if (in.aw.valid && out.awready) {
    port.writes.push_back({in.aw.addr, 0, in.aw.len + 1U, in.aw.len + 1U, in.aw.id});
  }
  if (in.w.valid && out.wready) {
    out.wready = false;
    ++write_beats_[port.writes[port.collecting].id];
    port.write_first = false;
    port.write_beats.push_back({in.w.strb, in.w.data});
    Write& write = port.writes[port.collecting];
    if (--write.beats == 0) {
      write.due = port.now + config_.write_latency;
      ++port.collecting;
    }
  }
  if (out.b.valid && in.bready) out.b.valid = false;
}

// A valid that was not taken stays, with its payload.
void AxiMemory::offer_read(Port& port) {
  if (port.out.r.valid || port.reads.empty()) return;
  const std::size_t chosen = choose_read(port);
  if (chosen == kNone || port.random.chance(config_.stalls.r) || !spend(port)) return;
  Read& read = port.reads[chosen];
  AxiReadData& r = port.out.r;
  r.valid = true;
  r.id = read.id;
  r.last = --read.beats == 0;
  r.resp = read_beat(read.addr, r.data);
  read.addr = next_beat(read.addr);
  if (r.last) port.reads.erase(chosen);
}

// In order: the oldest. With reorder: the oldest of an ID drawn among those that are due.
std::size_t AxiMemory::choose_read(Port& port) {
  const auto ready = [&](const Read& read) {
    return read.due <= port.now && !faulty(read.addr, MemoryFault::Kind::kNoAnswer);
  };
  if (!config_.reorder) return ready(port.reads.front()) ? 0 : kNone;
  std::size_t candidates[kAxiIds];
  std::size_t count = 0;
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < port.reads.size(); ++i) {
    const std::uint32_t bit = 1U << port.reads[i].id;
    if ((seen & bit) == 0 && ready(port.reads[i])) candidates[count++] = i;
    seen |= bit;
  }
  return count == 0 ? kNone : candidates[port.random.below(count)];
}

// wready may stay raised without a W beat; the bytes it is good for are spent once.
void AxiMemory::offer_write(Port& port) {
  if (port.out.wready) return;
  if (port.collecting == port.writes.size()) return;
  port.out.wready = !port.random.chance(config_.stalls.w) && spend(port);
}

void AxiMemory::offer_response(Port& port) {
  if (port.out.b.valid || port.collecting == 0) return;
  const Write write = port.writes.front();
  if (write.due > port.now || faulty(write.addr, MemoryFault::Kind::kNoAnswer)) return;
  if (port.random.chance(config_.stalls.b)) return;
  port.out.b = {.valid = true, .resp = commit(port, write), .id = write.id};
  port.writes.pop_front();
  --port.collecting;
}

bool AxiMemory::spend(Port& port) {
  if (port.tokens < kBeatBytes) return false;
  port.tokens -= kBeatBytes;
  return true;
}

bool AxiMemory::inside(std::uint64_t address, std::uint64_t bytes) const {
  return address >= config_.base && bytes <= config_.bytes && address - config_.base <= config_.bytes - bytes;
}

bool AxiMemory::faulty(std::uint64_t address, MemoryFault::Kind kind) const {
  for (const MemoryFault& fault : config_.faults) {
    if (fault.kind == kind && address < fault.end && next_beat(address) > fault.begin) return true;
  }
  return false;
}

std::uint8_t AxiMemory::read_beat(std::uint64_t address, Beat& data) const {
  const std::uint64_t start = address / kBeatBytes * kBeatBytes;
  if (!inside(start, kBeatBytes)) {
    data.fill(0);
    return kDecErr;
  }
  if (faulty(start, MemoryFault::Kind::kReadError)) {
    data.fill(0);
    return kSlvErr;
  }
  std::memcpy(data.data(), image_.data() + (start - config_.base), kBeatBytes);
  return kOkay;
}

// Writes the burst at the head of `write_beats` to the image; the response is the worst of its beats.
std::uint8_t AxiMemory::commit(Port& port, const Write& write) {
  std::uint8_t worst = kOkay;
  std::uint64_t address = write.addr / kBeatBytes * kBeatBytes;
  for (unsigned i = 0; i < write.total; ++i, address += kBeatBytes) {
    const WriteBeat& beat = port.write_beats.front();
    if (!inside(address, kBeatBytes)) {
      worst = kDecErr;
    } else if (faulty(address, MemoryFault::Kind::kWriteError)) {
      worst = std::max<std::uint8_t>(worst, kSlvErr);
    } else {
      std::uint8_t* to = image_.data() + (address - config_.base);
      if (beat.strb == 0xFFFFFFFFU) {
        std::memcpy(to, beat.data.data(), kBeatBytes);
      } else {
        for (unsigned b = 0; b < kBeatBytes; ++b) {
          if ((beat.strb >> b & 1) != 0) to[b] = beat.data[b];
        }
      }
    }
    port.write_beats.pop_front();
  }
  return worst;
}

}  // namespace tessera::tb
