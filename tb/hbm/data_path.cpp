// SPDX-License-Identifier: Apache-2.0

#include "hbm/data_path.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "hbm/encoding.hpp"

namespace tessera::tb::hbm {
namespace {

using namespace encoding;

constexpr unsigned kDerrDelay = 4;  // CK from a burst's last
constexpr std::int64_t kTicksPerCk = 2;
constexpr std::int64_t kBurstTicks = kTicksPerCk * kBurstCks;
constexpr std::array<std::uint8_t, 8> kPattern{0x55, 0x33, 0x0F, 0xA5, 0x96, 0x3C, 0xC3, 0x69};

constexpr std::uint64_t bit(unsigned lane) { return std::uint64_t{1} << lane; }
constexpr std::uint64_t kDbiMask = std::uint64_t{0xF} << kDbiLane0;
constexpr std::uint64_t kParityLanes = bit(kDparLane + 1) - 1;  // DQ, ECC, DBI and DPAR

// Of the four bytes of `dq`, those with more than 4 ones: bit b for byte b.
unsigned bytes_to_invert(std::uint32_t dq) {
  std::uint32_t ones = dq - (dq >> 1 & 0x55555555u);
  ones = (ones & 0x33333333u) + (ones >> 2 & 0x33333333u);
  ones = (ones + (ones >> 4)) & 0x0F0F0F0Fu;
  const std::uint32_t many = (ones + 0x03030303u) >> 3 & 0x01010101u;  // 5 to 8 ones carry into bit 3
  return many * (1u << 24 | 1u << 17 | 1u << 10 | 1u << 3) >> 24 & 0xF;
}

// All bits of the bytes that `which` names.
std::uint32_t byte_mask(unsigned which) {
  std::uint32_t mask = 0;
  for (unsigned b = 0; b < 4; ++b) {
    if (which >> b & 1) mask |= 0xFFu << 8 * b;
  }
  return mask;
}

}  // namespace

DataPath::DataPath(unsigned pc, unsigned flight, std::uint64_t seed, RowStore& store, Judge& judge)
    : pc_{pc}, flight_{flight}, store_{store}, judge_{judge}, random_{seed} {
  reset();
}

void DataPath::reset() {
  reads_.clear();
  writes_.clear();
  derr_due_ = 0;
  restart_training();
  for (unsigned entry = 0; entry < fifo_.size(); ++entry) {
    for (unsigned beat = 0; beat < kBurstBeats; ++beat)
      fifo_[entry][beat] = kPattern[entry] >> beat & 1 ? kAllLanes : 0;
  }
}

void DataPath::set_modes(unsigned features, unsigned train, unsigned rl, unsigned wl) {
  features_ = features;
  training_ = (train & kTrainData) != 0;
  levelling_ = (train & kTrainLevel) != 0;
  rl_ = rl;
  wl_ = wl;
}

void DataPath::set_sampling(std::uint64_t bad_wr, std::uint64_t bad_rd, bool level) {
  bad_wr_ = bad_wr;
  bad_rd_ = bad_rd;
  level_ = level;
}

void DataPath::set_repair(unsigned spare, std::optional<unsigned> lane) { repair_.at(spare) = lane; }

void DataPath::stick_lane(unsigned lane, bool value) {
  stuck_ |= bit(lane);
  stuck_value_ = (stuck_value_ & ~bit(lane)) | (value ? bit(lane) : 0);
}

void DataPath::command(const Command& command) {
  const bool read = is_read(command.op);
  Burst burst;
  burst.begin = command.tick + kTicksPerCk * (read ? rl_ : wl_);
  burst.command = command;
  burst.training = training_;
  if (training_) {
    unsigned& next = read ? next_read_ : next_write_;
    burst.entry = next;
    next = (next + 1) % fifo_.size();
  }
  check_bus(burst, read);
  if (!read) {
    writes_.push_back(burst);
    return;
  }
  if (training_) {
    burst.lanes = fifo_[burst.entry];
  } else {
    encode_read(burst);
  }
  reads_.push_back(burst);
}

// Bursts of one direction follow each other on the wire; one of the other direction must wait until read data
// have arrived.
void DataPath::check_bus(const Burst& burst, bool read) {
  const std::int64_t flight = kTicksPerCk * flight_;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  const Burst* nearest = nullptr;
  const auto look = [&](const Ring<Burst>& others, std::int64_t mine, std::int64_t theirs) {
    for (std::size_t i = 0; i < others.size(); ++i) {
      const Burst& other = others[i];
      const std::int64_t gap =
          burst.begin >= other.begin ? burst.begin - other.begin - theirs : other.begin - burst.begin - mine;
      if (gap < least) {
        least = gap;
        nearest = &other;
      }
    }
  };
  look(read ? reads_ : writes_, kBurstTicks, kBurstTicks);
  look(read ? writes_ : reads_, kBurstTicks + (read ? flight : 0), kBurstTicks + (read ? 0 : flight));
  if (nearest == nullptr) return;
  judge_.census.add(Rule::kBus, least);
  if (least < 0) {
    judge_.report({Rule::kBus, burst.command.tick, true, true, nearest->command, burst.command,
                   "their bursts overlap on the data pins by " + std::to_string(-least) + " ticks"});
  }
}

void DataPath::encode_read(Burst& burst) {
  const RowStore::Row* row = store_.find(pc_, burst.command.bank, burst.command.row);
  const Grain grain = row != nullptr ? row->grain[burst.command.col] : Grain{};
  std::array<std::uint32_t, kBurstBeats> dq;
  std::memcpy(dq.data(), grain.data.data(), sizeof dq);
  const bool dbi = (features_ & kReadDbi) != 0;
  const bool parity = (features_ & kReadParity) != 0;
  for (unsigned beat = 0; beat < kBurstBeats; ++beat) {
    std::uint64_t word = dq[beat] | std::uint64_t{grain.meta >> 2 * beat & 3u} << kEccLane0;
    if (dbi) {
      const unsigned invert = bytes_to_invert(dq[beat]);
      word = (word ^ byte_mask(invert)) | std::uint64_t{invert} << kDbiLane0;
    }
    if (parity && __builtin_parityll(word)) word |= bit(kDparLane);
    burst.lanes[beat] = word;
  }
  if (corrupt_reads_ > 0) {
    --corrupt_reads_;
    burst.lanes[random_.below(kBurstBeats)] ^= bit(static_cast<unsigned>(random_.below(kDqLanes)));
  }
  for (unsigned spare = 0; spare < kSpares; ++spare) {
    if (!repair_[spare]) continue;
    for (std::uint64_t& word : burst.lanes) {
      word |= (word >> *repair_[spare] & 1) << (kSpareLane0 + spare);
      word &= ~bit(*repair_[spare]);
    }
  }
}

DataPath::Events DataPath::clock(std::int64_t tick, unsigned ck, const LanePins& in, LanePins& out) {
  Events events;
  if (!writes_.empty() && tick >= writes_.front().begin) sample(tick, ck, in, events);
  if (!reads_.empty()) drive(tick, ck, out, events);
  if (levelling_) {
    // DQ 0 is a lane like any other: it may be stuck, and then its spare has the level.
    const std::uint64_t pin = repair_[0] == 0u ? bit(kSpareLane0) : bit(0);
    for (std::uint64_t& word : out.lane[ck]) word = stick((word & ~pin) | (level_ ? pin : 0));
  }
  events.derr = derr_due_ & 1;
  derr_due_ >>= 1;
  return events;
}

// Bits of `bad` lanes that come out wrong in a beat; in beat `surely` of a CK all of them do.
std::uint64_t DataPath::wrong_bits(std::uint64_t bad, unsigned beat, unsigned surely) {
  return beat == surely ? bad : bad & random_.next();
}

void DataPath::drive(std::int64_t tick, unsigned ck, LanePins& out, Events& events) {
  const Burst& burst = reads_.front();
  const std::int64_t since = tick - burst.begin - kTicksPerCk * flight_;
  if (since < 0) return;
  const unsigned half = since < kTicksPerCk ? 0 : 1;
  const unsigned surely = bad_rd_ != 0 ? static_cast<unsigned>(random_.below(kBeatsPerCk)) : 0;
  for (unsigned beat = 0; beat < kBeatsPerCk; ++beat) {
    std::uint64_t word = stick(burst.lanes[half * kBeatsPerCk + beat]);
    if (bad_rd_ != 0) word ^= wrong_bits(bad_rd_, beat, surely);
    out.lane[ck][beat] = word;
  }
  out.strobe = static_cast<std::uint8_t>(out.strobe | 1u << ck);
  if (half == 0) {
    events.read_begins = true;
    return;
  }
  ++read_bursts_;
  reads_.pop_front();
}

void DataPath::sample(std::int64_t tick, unsigned ck, const LanePins& in, Events& events) {
  Burst& burst = writes_.front();
  const unsigned half = tick - burst.begin < kTicksPerCk ? 0 : 1;
  if ((in.strobe >> ck & 1) == 0) {
    judge_.broken(
        Rule::kStrobe, tick,
        "WDQS does not toggle in CK " + std::to_string(half) + " of the burst of " + burst.command.text());
  }
  const unsigned surely = bad_wr_ != 0 ? static_cast<unsigned>(random_.below(kBeatsPerCk)) : 0;
  for (unsigned beat = 0; beat < kBeatsPerCk; ++beat) {
    std::uint64_t word = stick(in.lane[ck][beat]);
    if (bad_wr_ != 0) word ^= wrong_bits(bad_wr_, beat, surely);
    burst.lanes[half * kBeatsPerCk + beat] = word;
  }
  if (half == 0) {
    events.write_begins = true;
    return;
  }
  finish_write(burst);
  writes_.pop_front();
}

void DataPath::finish_write(Burst& burst) {
  if (burst.training) {
    fifo_[burst.entry] = burst.lanes;
    ++write_bursts_;
    return;
  }
  for (unsigned spare = 0; spare < kSpares; ++spare) {
    if (!repair_[spare]) continue;
    for (std::uint64_t& word : burst.lanes) {
      word = (word & ~bit(*repair_[spare])) | (word >> (kSpareLane0 + spare) & 1) << *repair_[spare];
    }
  }
  bool failed = false;
  if (fail_writes_ > 0) {
    --fail_writes_;
    failed = true;
  }
  if (features_ & kWriteParity) {
    for (const std::uint64_t word : burst.lanes) failed |= __builtin_parityll(word & kParityLanes) != 0;
  }
  if (failed) {
    derr_due_ |= 1u << kDerrDelay;
    ++derr_count_;
    return;
  }
  std::array<std::uint32_t, kBurstBeats> dq;
  unsigned meta = 0;
  for (unsigned beat = 0; beat < kBurstBeats; ++beat) {
    const std::uint64_t word = burst.lanes[beat];
    dq[beat] = static_cast<std::uint32_t>(word);
    if ((features_ & kWriteDbi) && (word & kDbiMask)) dq[beat] ^= byte_mask(word >> kDbiLane0 & 0xF);
    meta |= static_cast<unsigned>(word >> kEccLane0 & 3) << 2 * beat;
  }
  Grain& grain = store_.write(pc_, burst.command.bank, burst.command.row, burst.command.col);
  std::memcpy(grain.data.data(), dq.data(), sizeof dq);
  grain.meta = static_cast<std::uint16_t>(meta);
  ++write_bursts_;
}

}  // namespace tessera::tb::hbm
