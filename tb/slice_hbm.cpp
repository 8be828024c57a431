// SPDX-License-Identifier: Apache-2.0
//
// SliceDevice's host window, and what builds with HBM add: bring-up of the channels and their counters.

#include <algorithm>
#include <stdexcept>
#include <string>

#include "hbm/registers_gen.hpp"
#include "slice_device.hpp"

namespace tessera::tb {

namespace {

namespace reg = tessera::hbm;

constexpr std::uint64_t kBringUpLimit = 1'000'000;  // Tile cycles within which training ends
constexpr std::uint64_t kWindowLimit = 100'000;  // Tile cycles within which the host window answers something
constexpr unsigned kPcStride = reg::kRegPc1Bucket - reg::kRegPc0Bucket;
constexpr unsigned kPagePerTarget = 0x1000;  // Of the host's register addresses: the slice, then the channels

std::string channel_name(unsigned channel) { return "HBM channel " + std::to_string(channel); }

}  // namespace

// The host window -----------------------------------------------------------------------------------------

AxiHost& SliceDevice::window() {
  pins_.host_window = true;
  window_used_ = true;
  return window_;
}

void SliceDevice::settle_window() {
  std::size_t answers = window_.answers().size();
  for (std::uint64_t idle = 0; window_.busy(); ++idle) {
    if (idle == kWindowLimit) {
      throw std::runtime_error("the host window does not answer; does build " + options_.build +
                               " have one?");
    }
    tick();
    if (window_.answers().size() != answers) {
      answers = window_.answers().size();
      idle = 0;
    }
  }
}

void SliceDevice::frontdoor_write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  AxiHost& host = window();
  settle_window();
  host.answers().clear();
  for (HostBurst& burst : plain_writes(address, bytes)) host.ask(std::move(burst));
  settle_window();
  for (const HostAnswer& answer : host.answers()) {
    if (!answer.ok()) throw std::runtime_error("host window: a write is answered with an error");
  }
  host.answers().clear();
}

void SliceDevice::frontdoor_read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  AxiHost& host = window();
  settle_window();
  host.answers().clear();
  for (HostBurst& burst : plain_reads(address, bytes.size())) host.ask(std::move(burst));
  settle_window();
  std::uint64_t grain = address / kBeatBytes * kBeatBytes;
  for (const HostAnswer& answer : host.answers()) {  // All of one ID, so in the order asked
    if (!answer.ok()) throw std::runtime_error("host window: a read is answered with an error");
    for (const Beat& beat : answer.data) {
      for (unsigned i = 0; i < kBeatBytes; ++i) {
        if (grain + i >= address && grain + i < address + bytes.size()) bytes[grain + i - address] = beat[i];
      }
      grain += kBeatBytes;
    }
  }
  host.answers().clear();
}

// Bring-up ------------------------------------------------------------------------------------------------

std::uint32_t SliceDevice::read_channel(unsigned channel, unsigned offset) {
  return read_register(kPagePerTarget * (1 + channel) + offset);
}

void SliceDevice::write_channel(unsigned channel, unsigned offset, std::uint32_t value) {
  write_register(kPagePerTarget * (1 + channel) + offset, value);
}

std::uint64_t SliceDevice::read_channel64(unsigned channel, unsigned offset) {
  const std::uint64_t low = read_channel(channel, offset);
  return low | std::uint64_t{read_channel(channel, offset + 4)} << 32;
}

// Simulated slices are built with AutoStart 0, so that timings and map can be written first.
void SliceDevice::bring_up() {
  const std::uint64_t begin = cycles_;
  if (!hbm_) {
    const std::uint32_t hw = read_channel(0, reg::kRegHw);
    options_.hbm.part = {.sids = reg::kHwSids.get(hw), .rows = 1U << reg::kHwRowBits.get(hw)};
    hbm_ = std::make_unique<HbmMemory>(config_.ports, model_->channels(), options_.hbm);
    hbm_->set_interleave(interleave_log2_);
  }
  if (options_.memory.bytes > hbm_->bytes()) {
    throw std::invalid_argument("HBM memory: " + std::to_string(options_.memory.bytes) +
                                " bytes asked for, this build has " + std::to_string(hbm_->bytes()));
  }
  for (unsigned c = 0; c < hbm_->channels(); ++c) program_channel(c);
  for (std::uint64_t waited = 0; !pins_.ready; ++waited) {
    if (waited == kBringUpLimit) bring_up_failed();
    tick();
  }
  bring_up_cycles_ = cycles_ - begin;
}

void SliceDevice::program_channel(unsigned channel) {
  if (read_channel(channel, reg::kRegId) != reg::kHbmId) {
    throw std::runtime_error(channel_name(channel) + ": register ID does not say THBM");
  }
  const HbmMemoryConfig& config = hbm_->config();
  static const hbm::TimingSet reset_timing = hbm::TimingSet::hbm3_6400();
  const auto& fields = hbm::timing_fields();
  for (unsigned i = 0; i < fields.size(); ++i) {
    if (config.timing.*fields[i].member != reset_timing.*fields[i].member) {
      write_channel(channel, reg::kRegTRl + 4 * i, config.timing.*fields[i].member);
    }
  }
  if (config.map != HbmMemoryConfig{}.map) {
    const auto& sel = hbm_->map().sel();
    constexpr unsigned kPerWord = reg::kMapSelFields.size();
    for (unsigned first = 0; first < sel.size(); first += kPerWord) {
      std::uint32_t word = 0;
      for (unsigned i = first; i < std::min<std::size_t>(first + kPerWord, sel.size()); ++i) {
        word |= reg::kMapSelFields[i - first].put(sel[i]);
      }
      write_channel(channel, reg::kRegMapSel + 4 * (first / kPerWord), word);
    }
    for (unsigned bit = 0; bit < hbm_->map().fold().size(); ++bit) {
      write_channel(channel, reg::kRegMapFold + 4 * bit, hbm_->map().fold()[bit]);
    }
  }
  write_channel(channel, reg::kRegCtrl, reg::kCtrlStart.put(1));
}

void SliceDevice::bring_up_failed() {
  std::string states;
  for (unsigned c = 0; c < hbm_->channels(); ++c) {
    const std::uint32_t state = read_channel(c, reg::kRegState);
    states += (c == 0 ? "" : ", ") + channel_name(c) + " is " +
              std::string(reg::kStateNames.at(reg::kStateState.get(state))) + " (" +
              std::string(reg::kReasonNames.at(reg::kStateReason.get(state))) + ")";
  }
  throw std::runtime_error("HBM is not ready after " + std::to_string(kBringUpLimit) + " cycles: " + states);
}

// Counters ------------------------------------------------------------------------------------------------

void SliceDevice::begin_hbm_counters() {
  if (!hbm_) return;
  hbm_counters_.clear();
  for (unsigned c = 0; c < hbm_->channels(); ++c) {
    write_channel(c, reg::kRegCount, reg::kCountEnable.put(1));
    write_channel(c, reg::kRegCtrl, reg::kCtrlClearCounters.put(1));
  }
}

void SliceDevice::read_hbm_counters() {
  hbm_counters_.clear();
  for (unsigned c = 0; c < hbm_->channels(); ++c) write_channel(c, reg::kRegCount, 0);
  for (unsigned p = 0; p < config_.ports; ++p) {
    const unsigned channel = p / hbm::kPcs;
    const unsigned base = p % hbm::kPcs * kPcStride;
    HbmPcCounters counters;
    counters.cycles = read_channel64(channel, reg::kRegCycles);
    for (unsigned b = 0; b < HbmPcCounters::kBuckets; ++b)
      counters.bucket[b] = read_channel64(channel, base + reg::kRegPc0Bucket + 8 * b);
    for (unsigned e = 0; e < HbmPcCounters::kEvents; ++e)
      counters.event[e] = read_channel64(channel, base + reg::kRegPc0Event + 8 * e);
    counters.debt_max = read_channel(channel, base + reg::kRegPc0DebtMax);
    counters.latency_max = read_channel(channel, base + reg::kRegPc0LatencyMax);
    hbm_counters_.push_back(counters);
  }
  for (unsigned c = 0; c < hbm_->channels(); ++c) write_channel(c, reg::kRegCount, reg::kCountEnable.put(1));
  hbm_->flush_trace();
}

void SliceDevice::drain() {
  if (!hbm_) return;
  // The sum over cycles of the queue's entries stands still when it is empty; an entry leaves when its data
  // are stored.
  constexpr unsigned kPolls = 2000;
  for (unsigned p = 0; p < config_.ports; ++p) {
    const unsigned offset = p % hbm::kPcs * kPcStride + reg::kRegPc0WrqSum;
    std::uint64_t before = read_channel64(p / hbm::kPcs, offset);
    for (unsigned poll = 0;; ++poll) {
      if (poll == kPolls)
        throw std::runtime_error("HBM: the write queue of port " + std::to_string(p) + " does not drain");
      const std::uint64_t now = read_channel64(p / hbm::kPcs, offset);
      if (now == before) break;
      before = now;
    }
  }
}

// Every grain an engine read was a burst at the DRAM, and nothing else was but merges, repeats and scrubs.
// Writes may still be on their way from the queues when a program has ended.
void SliceDevice::check_hbm_counters(const Counters& c) const {
  const auto require = [](bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error("HBM counters: " + what);
  };
  std::uint64_t reads = 0, writes = 0, extra_reads = 0, extra_writes = 0;
  for (const HbmPcCounters& pc : hbm_counters_) {
    std::uint64_t sum = 0;
    for (const std::uint64_t bucket : pc.bucket) sum += bucket;
    require(sum == pc.cycles,
            "buckets add up to " + std::to_string(sum) + ", not to CYCLES = " + std::to_string(pc.cycles));
    reads += pc.bucket[0];
    writes += pc.bucket[1];
    const std::uint64_t rmw = pc.event[11], read_retries = pc.event[8], write_retries = pc.event[9],
                        scrubs = pc.event[10];
    extra_reads += rmw + read_retries + scrubs;
    extra_writes += write_retries + scrubs;
  }
  if (window_used_) return;
  require(reads >= c.read_beats && reads <= c.read_beats + extra_reads + c.write_beats,
          std::to_string(reads) + " bursts read for READ_BEATS = " + std::to_string(c.read_beats));
  require(writes <= c.write_beats + extra_writes,
          std::to_string(writes) + " bursts written for WRITE_BEATS = " + std::to_string(c.write_beats));
}

}  // namespace tessera::tb
