// SPDX-License-Identifier: Apache-2.0
//
// The cells of a channel, kept only for rows that were written. What was never written reads as zeros.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "hbm/command.hpp"
#include "hbm/pins.hpp"

namespace tessera::tb::hbm {

class RowStore {
 public:
  struct Row {
    std::array<Grain, kCols> grain{};
  };

  // Null: the row was never written.
  const Row* find(unsigned pc, unsigned bank, unsigned row) const;
  Grain& write(unsigned pc, unsigned bank, unsigned row, unsigned col);
  void clear();
  std::size_t rows() const { return rows_.size(); }

 private:
  struct Latest {
    std::uint32_t key = ~0u;
    Row* row = nullptr;
  };
  static std::uint32_t key(unsigned pc, unsigned bank, unsigned row) {
    return (pc * kMaxBanks + bank) << 15 | row;
  }

  std::unordered_map<std::uint32_t, std::unique_ptr<Row>> rows_;
  mutable std::array<std::array<Latest, kMaxBanks>, kPcs>
      latest_{};  // The row of each bank that was last found
};

}  // namespace tessera::tb::hbm
