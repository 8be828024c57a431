// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_sched: nobody waits for ever. Traffic made to starve one request, and how long it waits then.

#include "unit/rtl/hbm_sched_harness.hpp"

using namespace tessera::test;

namespace {

hbm::DramAddress at(unsigned bank, unsigned row, unsigned col) {
  return {bank >> 4, bank >> 2 & 3, bank & 3, row, col};
}

// Endless reads of one row in each of four bank groups of SID 0: a column command in every cycle.
SchedPort::Source hits() {
  return [n = 0u]() mutable {
    ++n;
    return at(4 * (n % 4), 1, n / 4 % 32);
  };
}

// Cycles that one request waits behind endless traffic.
std::uint64_t wait_of(const hbm::DramAddress& victim, bool write, const SchedConfig& config) {
  SchedChannel channel(config);
  SchedPort& port = channel.pc[0];
  port.keep_log = true;
  port.next_read = hits();
  channel.run(300);
  port.log.clear();
  auto once = [victim, done = false]() mutable -> std::optional<hbm::DramAddress> {
    if (done) return std::nullopt;
    done = true;
    return victim;
  };
  const auto start = channel.now();
  if (write) {
    port.next_write = once;
  } else {
    port.next_read = [once, more = hits()]() mutable -> std::optional<hbm::DramAddress> {
      if (auto first = once()) return first;
      return more();
    };
  }
  const auto served = [&] {
    for (const auto& c : port.log) {
      if (hbm::is_column(c.op) && c.bank == victim.bank() && c.row == victim.row && c.col == victim.col)
        return true;
    }
    port.log.clear();
    return false;
  };
  while (!served()) {
    channel.cycle();
    if (channel.now() - start > 5000) break;
  }
  return channel.now() - start;
}

}  // namespace

TEST_CASE("the row-hit cap hands a row on to another request", "[hbm][sched][fair]") {
  const auto victim = at(4, 2, 0);
  REQUIRE(wait_of(victim, false, {.hit_cap = 8, .age_limit = 0}) < 150);
  REQUIRE(wait_of(victim, false, {.hit_cap = 32, .age_limit = 0}) < 250);
  REQUIRE(wait_of(victim, false, {.hit_cap = 0, .age_limit = 0}) > 5000);  // Without, hits go on for ever
}

TEST_CASE("the age limit ends any wait", "[hbm][sched][fair]") {
  for (const unsigned limit : {200u, 1000u}) {
    INFO("limit " << limit);
    const SchedConfig config{.hit_cap = 0, .age_limit = limit};
    // Another row of a busy bank; a closed bank of the other stack ID, whose column needs a gap in the
    // stream; a write.
    REQUIRE(wait_of(at(4, 2, 0), false, config) < limit + 150);
    REQUIRE(wait_of(at(20, 2, 0), false, config) < limit + 150);
    REQUIRE(wait_of(at(4, 2, 0), true, config) < limit + 150);
    REQUIRE(wait_of(at(20, 2, 0), true, config) < limit + 150);
  }
  REQUIRE(wait_of(at(20, 2, 0), false, {.hit_cap = 0, .age_limit = 0}) > 5000);
  REQUIRE(wait_of(at(20, 2, 0), true, {.hit_cap = 0, .age_limit = 0}) > 5000);
}

TEST_CASE("a read that waits for a queued write gets it written at once", "[hbm][sched][fair]") {
  SchedChannel channel({.age_limit = 0, .wr_idle = 1023});
  SchedPort& port = channel.pc[0];
  const auto grain = at(9, 4, 4);
  port.next_read = hits();
  port.next_write = [&, done = false]() mutable -> std::optional<hbm::DramAddress> {
    if (done) return std::nullopt;
    done = true;
    return grain;
  };
  channel.run(400);
  REQUIRE(port.writes == 0);  // Below the watermark
  port.next_read = [&, sent = false]() mutable -> std::optional<hbm::DramAddress> {
    if (sent) return std::nullopt;
    sent = true;
    return grain;
  };
  const auto start = channel.now();
  const auto reads = port.reads_pushed;
  while (port.reads_pushed == reads) {
    channel.cycle();
    REQUIRE(channel.now() - start < 150);
  }
  REQUIRE(port.writes == 1);
  channel.drain();
}

TEST_CASE("reads and writes of one bank that are all too old share it", "[hbm][sched][fair]") {
  auto timing = hbm::TimingSet::hbm3_6400();
  timing.refi = 16383;  // The device need not be refreshed as long as this takes
  SchedChannel channel({.hit_cap = 4, .age_limit = 100}, timing);
  for (auto& port : channel.pc) {
    port.next_read = [&, n = 0u]() mutable { return at(0, n++ % 61, 1); };
    port.next_write = [&, n = 0u]() mutable { return at(0, n++ % 59, 2); };
  }
  channel.run(40'000);
  for (const auto& port : channel.pc) {
    REQUIRE(port.reads > 300);
    REQUIRE(port.writes > 300);
    // 64 reads and 64 writes before the last one, each with a row cycle of its own: 36 cycles and a write's
    // way to PRE
    REQUIRE(port.max_wait < 2 * 64 * 60);
  }
  REQUIRE(channel.worst_age(0) <= channel.pc[0].max_wait);
  REQUIRE(channel.worst_age(0) + 10 >= channel.pc[0].max_wait);
}

TEST_CASE("auto-precharge goes with the last hit that waits, and only with it", "[hbm][sched]") {
  SchedChannel channel({.auto_pre = 1});
  SchedPort& port = channel.pc[0];
  port.keep_log = true;
  unsigned n = 0;
  port.next_read = [&]() -> std::optional<hbm::DramAddress> {
    if (n == 4) return std::nullopt;
    return at(7, 3, n++);
  };
  channel.run(100);
  std::vector<hbm::Op> ops;
  for (const auto& c : port.log) ops.push_back(c.op);
  using hbm::Op;
  REQUIRE(ops == std::vector{Op::kAct, Op::kRd, Op::kRd, Op::kRd, Op::kRda});
}

TEST_CASE("a row nobody waits for is closed while others have requests", "[hbm][sched]") {
  SchedChannel channel;
  SchedPort& port = channel.pc[0];
  unsigned n = 0;
  port.next_read = [&]() -> std::optional<hbm::DramAddress> {
    return n++ ? std::nullopt : std::optional(at(7, 3, 0));
  };
  channel.run(200);
  REQUIRE(channel.open(0, 7));  // Nobody waits at all: the next request may want the row
  port.next_read = hits();
  channel.run(60);
  REQUIRE(!channel.open(0, 7));
  REQUIRE(channel.open(0, 0));
  REQUIRE(port.row_conflicts == 0);
}
