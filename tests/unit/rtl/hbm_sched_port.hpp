// SPDX-License-Identifier: Apache-2.0
//
// What a test of tessera_hbm_sched decides and learns: policy registers, and one pseudo-channel's requests
// and counts.

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <vector>

#include "hbm/command.hpp"

namespace tessera::test {

namespace hbm = tessera::tb::hbm;

struct SchedConfig {
  unsigned hit_cap = 0, age_limit = 2000, wr_high = 52, wr_low = 12, wr_idle = 64, auto_pre = 0;

  std::uint64_t bits() const {
    std::uint64_t b = auto_pre;
    b |= std::uint64_t{wr_idle} << 1 | std::uint64_t{wr_low} << 11 | std::uint64_t{wr_high} << 18;
    return b | std::uint64_t{age_limit} << 25 | std::uint64_t{hit_cap} << 37;
  }
};

enum Bucket { kRead, kWrite, kTurn, kCol, kRow, kRefresh, kIdle, kStop };

struct RefRequest {
  hbm::Op op = hbm::Op::kRefPb;
  unsigned bank = 0;
  bool urgent = false;
};

inline unsigned row_code(hbm::Op op) {
  switch (op) {
    case hbm::Op::kRefPb: return 4;
    case hbm::Op::kRefAb: return 5;
    case hbm::Op::kRfmPb: return 6;
    case hbm::Op::kRfmAb: return 7;
    default: throw std::invalid_argument("not a refresh");
  }
}

inline unsigned pack(const hbm::DramAddress& a) { return a.bank() << 20 | a.row << 5 | a.col; }
inline hbm::DramAddress unpack(unsigned bits) {
  return {bits >> 24 & 3, bits >> 22 & 3, bits >> 20 & 3, bits >> 5 & 0x7FFF, bits & 31};
}

// What a test decides and learns about one pseudo-channel.
struct SchedPort {
  using Source = std::function<std::optional<hbm::DramAddress>()>;
  Source next_read, next_write;  // Next address, or nothing for now; null: no such requests
  unsigned hold_percent = 0;     // Writes pushed held; a third of them is dropped later
  unsigned retry_percent = 0;    // Issued writes that go out again
  unsigned retire_after = 20;    // Cycles from issue
  bool stop = false, close = false, flush = false, clear = false;
  std::optional<RefRequest> refresh;  // Stands until granted
  std::uint64_t act_block = 0;

  std::uint64_t reads = 0, writes = 0, autos = 0;  // Column commands; autos: with auto-precharge
  std::uint64_t reads_pushed = 0, writes_pushed = 0, dropped = 0;
  std::array<std::uint64_t, 8> buckets{};
  std::array<std::uint64_t, hbm::kOps> commands{};
  std::uint64_t row_hits = 0, row_misses = 0, row_conflicts = 0, ref_pb = 0, ref_ab = 0, rfm = 0;
  std::uint64_t granted = 0;      // Refreshes
  std::uint64_t max_wait = 0;     // Cycles from push to issue
  std::vector<hbm::Command> log;  // Of this pseudo-channel, if `keep_log`
  bool keep_log = false;
};

}  // namespace tessera::test
