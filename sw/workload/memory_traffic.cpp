// SPDX-License-Identifier: Apache-2.0

#include "workload/memory_traffic.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "workload/random.hpp"

namespace tessera::workload {

namespace {

constexpr std::uint32_t kSmallestChunk = 32;

// One draw per decision, also when it is certain: a sequence's addresses do not depend on its write share.
class Coin {
 public:
  explicit Coin(double probability) : threshold_{std::ldexp(probability, 32)} {}
  bool flip(Random& random) const { return static_cast<double>(random.next() >> 32) < threshold_; }

 private:
  double threshold_;
};

class Stream : public MemoryTraffic {
 public:
  Stream(const TrafficSpec& spec, std::uint64_t seed)
      : spec_{spec}, write_{spec.write_share}, random_{seed} {}
  Transfer next() override {
    const std::uint64_t at = next_;
    next_ = (next_ + spec_.chunk) % spec_.footprint;
    return {write_.flip(random_), at, spec_.chunk};
  }

 private:
  TrafficSpec spec_;
  Coin write_;
  Random random_;
  std::uint64_t next_ = 0;
};

// The three streams start at quarters of the memory: bases that are multiples of a large power of two are
// what allocators hand out, and what collides in banks under a poor address map.
class Copy : public MemoryTraffic {
 public:
  explicit Copy(const TrafficSpec& spec) : spec_{spec} {}
  Transfer next() override {
    const std::uint64_t quarter = spec_.footprint / 4;
    const Transfer transfer{turn_ == 2, turn_ * quarter + offset_, spec_.chunk};
    if (++turn_ == 3) {
      turn_ = 0;
      offset_ = (offset_ + spec_.chunk) % quarter;
    }
    return transfer;
  }

 private:
  TrafficSpec spec_;
  unsigned turn_ = 0;
  std::uint64_t offset_ = 0;
};

class Scatter : public MemoryTraffic {
 public:
  Scatter(const TrafficSpec& spec, std::uint64_t seed)
      : spec_{spec}, write_{spec.write_share}, random_{seed} {}
  Transfer next() override {
    const std::uint64_t block = random_.next() & (spec_.footprint / spec_.chunk - 1);
    return {write_.flip(random_), block * spec_.chunk, spec_.chunk};
  }

 private:
  TrafficSpec spec_;
  Coin write_;
  Random random_;
};

class Tile : public MemoryTraffic {
 public:
  Tile(const TrafficSpec& spec, std::uint64_t seed) : spec_{spec}, write_{spec.write_share}, random_{seed} {}
  Transfer next() override {
    const std::uint64_t at = base_ + std::uint64_t{row_} * spec_.pitch + std::uint64_t{step_} * spec_.chunk;
    if (++row_ == spec_.rows) {
      row_ = 0;
      if (++step_ == spec_.pitch / spec_.chunk) {
        step_ = 0;
        const std::uint64_t tile = std::uint64_t{spec_.rows} * spec_.pitch;
        base_ = base_ + 2 * tile > spec_.footprint ? 0 : base_ + tile;
      }
    }
    return {write_.flip(random_), at, spec_.chunk};
  }

 private:
  TrafficSpec spec_;
  Coin write_;
  Random random_;
  unsigned row_ = 0;
  unsigned step_ = 0;
  std::uint64_t base_ = 0;
};

void require(bool condition, const char* sentence) {
  if (!condition) throw std::invalid_argument(std::string("memory traffic: ") + sentence);
}

}  // namespace

std::unique_ptr<MemoryTraffic> make_traffic(const TrafficSpec& spec, std::uint64_t seed) {
  using Kind = TrafficSpec::Kind;
  require(std::has_single_bit(spec.chunk) && spec.chunk >= kSmallestChunk,
          "chunk must be a power of two of at least 32 bytes");
  require(std::has_single_bit(spec.footprint) && spec.footprint / 4 >= spec.chunk,
          "footprint must be a power of two of at least four chunks");
  require(spec.write_share >= 0 && spec.write_share <= 1, "write_share must be between 0 and 1");
  switch (spec.kind) {
    case Kind::kStream: return std::make_unique<Stream>(spec, seed);
    case Kind::kCopy: return std::make_unique<Copy>(spec);
    case Kind::kRandom: return std::make_unique<Scatter>(spec, seed);
    case Kind::kTile:
      require(spec.rows > 0, "rows must be at least 1");
      require(spec.pitch >= spec.chunk, "pitch must be at least a chunk");
      require(std::uint64_t{spec.rows} * spec.pitch <= spec.footprint,
              "rows times pitch must fit the footprint");
      return std::make_unique<Tile>(spec, seed);
  }
  throw std::invalid_argument("memory traffic: unknown kind");
}

}  // namespace tessera::workload
