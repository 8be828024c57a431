// SPDX-License-Identifier: Apache-2.0
//
// When the tile's and the memory's clock rise.

#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace tessera::tb {

// Frequencies of tile and memory as a ratio: 4:5 is a tile at 640 MHz with a DFI clock of 800 MHz.
struct ClockRatio {
  unsigned tile = 1;
  unsigned memory = 1;
  // The clocks come from two oscillators: the ratio is off by a part in 1000 and the phase wanders through
  // every value.
  bool async = false;

  // "4:5", "1:1", "4:5:async". Throws std::invalid_argument.
  static ClockRatio parse(const std::string& text) {
    ClockRatio ratio;
    std::size_t used = 0;
    try {
      ratio.tile = static_cast<unsigned>(std::stoul(text, &used));
      const std::size_t colon = used;
      if (text.at(colon) != ':') throw std::invalid_argument("");
      const std::string rest = text.substr(colon + 1);
      ratio.memory = static_cast<unsigned>(std::stoul(rest, &used));
      ratio.async = rest.substr(used) == ":async";
      if (!ratio.async && used != rest.size()) throw std::invalid_argument("");
    } catch (const std::logic_error&) {
      ratio.tile = 0;
    }
    if (ratio.tile < 1 || ratio.tile > 1000 || ratio.memory < 1 || ratio.memory > 1000) {
      throw std::invalid_argument("'" + text +
                                  "' is not a clock ratio tile:memory such as 1:1, 4:5 or 4:5:async");
    }
    return ratio;
  }
  std::string text() const {
    return std::to_string(tile) + ":" + std::to_string(memory) + (async ? ":async" : "");
  }

  bool operator==(const ClockRatio&) const = default;
};

class ClockSchedule {
 public:
  struct Edges {
    bool tile = false;
    bool memory = false;
  };

  explicit ClockSchedule(ClockRatio ratio = {})
      : tile_period_{std::uint64_t{kUnits} * ratio.memory},
        memory_period_{std::uint64_t{kUnits} * ratio.tile + (ratio.async ? ratio.tile : 0)},
        next_memory_{ratio.async ? memory_period_ * 3 / 8 : 0} {}

  // The clocks that rise next; both at once when their edges coincide.
  Edges next() {
    const std::uint64_t now = std::min(next_tile_, next_memory_);
    const Edges edges = {next_tile_ == now, next_memory_ == now};
    if (edges.tile) next_tile_ += tile_period_;
    if (edges.memory) next_memory_ += memory_period_;
    return edges;
  }

 private:
  static constexpr unsigned kUnits =
      1000;  // Per period of the other clock's ratio: 1 is the drift of async clocks

  std::uint64_t tile_period_;
  std::uint64_t memory_period_;
  std::uint64_t next_tile_ = 0;
  std::uint64_t next_memory_;
};

}  // namespace tessera::tb
