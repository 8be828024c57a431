// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_sched towards control and the refresh manager: stopping, closing, flushing, device reset,
// refreshes, blocks.

#include <deque>

#include "unit/rtl/hbm_sched_harness.hpp"

using namespace tessera::test;

namespace {

constexpr unsigned kPde = 8, kPdx = 9;

hbm::DramAddress at(unsigned bank, unsigned row, unsigned col) {
  return {bank >> 4, bank >> 2 & 3, bank & 3, row, col};
}

SchedPort::Source any_of(Dice& dice, unsigned banks, unsigned rows) {
  return [=, &dice] {
    return at(static_cast<unsigned>(dice.below(banks)), static_cast<unsigned>(dice.below(rows)),
              static_cast<unsigned>(dice.below(32)));
  };
}
// These addresses, once.
SchedPort::Source list(std::deque<hbm::DramAddress> addresses) {
  return [addresses]() mutable -> std::optional<hbm::DramAddress> {
    if (addresses.empty()) return std::nullopt;
    const auto next = addresses.front();
    addresses.pop_front();
    return next;
  };
}
void traffic(SchedChannel& channel) {
  for (auto& port : channel.pc) {
    port.next_read = any_of(channel.dice, 32, 3);
    port.next_write = any_of(channel.dice, 32, 3);
  }
}
std::uint64_t columns(const SchedPort& port) { return port.reads + port.writes; }
std::uint64_t count(const SchedPort& port, hbm::Op op) { return port.commands[static_cast<unsigned>(op)]; }
// Runs until both are quiet.
unsigned until_quiet(SchedChannel& channel, unsigned limit) {
  unsigned n = 0;
  while (!(channel.quiet(0) && channel.quiet(1))) {
    REQUIRE(++n < limit);
    channel.cycle();
  }
  return n;
}

}  // namespace

TEST_CASE("a stopped scheduler sends nothing and goes on where it was", "[hbm][sched]") {
  SchedChannel channel;
  traffic(channel);
  channel.run(500);
  channel.pc[0].stop = true;
  channel.run(2);  // What was decided before is still on its way
  const auto commands = channel.pc[0].commands;
  const auto other = columns(channel.pc[1]);
  channel.run(300);
  REQUIRE(channel.pc[0].commands == commands);
  REQUIRE(columns(channel.pc[1]) > other + 100);  // The other pseudo-channel is not concerned
  REQUIRE(!channel.quiet(0));                     // Banks are open
  channel.pc[0].stop = false;
  channel.run(500);
  channel.drain();
}

TEST_CASE("closing precharges all banks, and then control may use the bus at once", "[hbm][sched]") {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
    INFO("seed " << seed);
    const auto timing = seed < 3 ? hbm::TimingSet::hbm3_6400() : hbm::TimingSet::random_legal(seed);
    SchedChannel channel({.auto_pre = seed % 2 == 0}, timing, seed);
    for (unsigned round = 0; round < 6; ++round) {
      traffic(channel);
      channel.run(200 + channel.dice.below(100));
      for (auto& port : channel.pc) {
        port.close = true;
        if (round == 3) port.next_read = port.next_write = nullptr;
      }
      channel.cycle();
      const auto before = columns(channel.pc[0]) + columns(channel.pc[1]);
      REQUIRE(until_quiet(channel, 400) > 5);
      REQUIRE(columns(channel.pc[0]) + columns(channel.pc[1]) - before <= 2);
      for (unsigned p = 0; p < 2; ++p) {
        for (unsigned bank = 0; bank < 32; ++bank) {
          REQUIRE(!channel.device.bank_open(p, bank));
          REQUIRE(!channel.open(p, bank));
        }
      }
      channel.control = kPde;  // The device judges that every tRP and every burst is over
      channel.run(1 + timing.cke);
      channel.control = kPdx;
      channel.run(1 + timing.xp);
      for (auto& port : channel.pc) port.close = false;
    }
    channel.drain();
  }
}

TEST_CASE("a flush forgets every request and nothing leaves during it", "[hbm][sched]") {
  SchedChannel channel;
  traffic(channel);
  channel.run(400);
  for (auto& port : channel.pc) {
    port.next_read = port.next_write = nullptr;
    port.flush = true;
  }
  channel.run(2);
  const auto commands = channel.pc[0].commands;
  channel.run(20);
  REQUIRE(channel.pc[0].commands == commands);
  for (unsigned p = 0; p < 2; ++p) {
    REQUIRE(channel.rd_used(p) == 0);
    REQUIRE(channel.wr_used(p) == 0);
    for (unsigned bank = 0; bank < 32; ++bank) REQUIRE(!channel.busy(p, bank));
  }
  for (auto& port : channel.pc) port.flush = false;
  traffic(channel);
  channel.run(400);
  channel.drain();
}

TEST_CASE("after a reset of the device every bank counts as closed", "[hbm][sched]") {
  SchedChannel channel;
  traffic(channel);
  channel.run(400);
  for (auto& port : channel.pc) port.stop = true;
  channel.run(3);
  unsigned open = 0;
  for (unsigned bank = 0; bank < 32; ++bank) open += channel.open(0, bank);
  REQUIRE(open > 4);
  channel.reset_n = false;
  for (auto& port : channel.pc) port.clear = true;
  channel.run(4);
  for (auto& port : channel.pc) port.clear = false;
  channel.reset_n = true;
  channel.run(40);
  for (unsigned bank = 0; bank < 32; ++bank) REQUIRE(!channel.open(0, bank));
  for (auto& port : channel.pc) port.stop = false;
  channel.run(400);
  channel.drain();
}

TEST_CASE("an urgent refresh of a busy bank comes through within its timings", "[hbm][sched]") {
  SchedChannel channel;
  traffic(channel);
  channel.run(1000);
  for (unsigned bank = 0; bank < 32; ++bank) {
    INFO("bank " << bank);
    for (auto& port : channel.pc) port.refresh = RefRequest{hbm::Op::kRefPb, bank, true};
    unsigned waits = 0;
    while (channel.pc[0].refresh || channel.pc[1].refresh) {
      channel.cycle();
      REQUIRE(++waits < 110);  // tRAS or a write's way to its end, tRP, or the tRFCpb of the last one
    }
    channel.run(170);
  }
  channel.drain();
  REQUIRE(channel.pc[0].ref_pb == 32);
}

TEST_CASE("an urgent refresh of all banks closes them all at once", "[hbm][sched]") {
  SchedChannel channel;
  traffic(channel);
  channel.run(1000);
  for (const auto op : {hbm::Op::kRefAb, hbm::Op::kRfmAb}) {
    channel.pc[1].refresh = RefRequest{op, 0, true};
    const auto all = count(channel.pc[1], hbm::Op::kPreAb);
    unsigned waits = 0;
    while (channel.pc[1].refresh) {
      channel.cycle();
      REQUIRE(++waits < 60);
    }
    channel.run(2);
    REQUIRE(count(channel.pc[1], hbm::Op::kPreAb) == all + 1);
    const auto before = columns(channel.pc[1]);
    channel.run(270);
    REQUIRE(columns(channel.pc[1]) == before);  // tRFCab
    channel.run(400);
    REQUIRE(columns(channel.pc[1]) > before);
  }
  REQUIRE(channel.pc[1].ref_ab == 1);
  REQUIRE(channel.pc[1].rfm == 1);
  channel.drain();
}

TEST_CASE("a refresh that is not urgent never takes a row from a request", "[hbm][sched]") {
  SchedChannel channel;
  SchedPort& port = channel.pc[0];
  port.keep_log = true;
  unsigned col = 0;
  port.next_read = [&] { return at(5, 7, col++ % 32); };  // Bank 5 is always busy
  channel.run(200);
  port.refresh = RefRequest{hbm::Op::kRefPb, 5, false};
  channel.run(500);
  REQUIRE(port.granted == 0);
  port.next_read = nullptr;
  channel.run(200);
  REQUIRE(port.granted == 1);
  REQUIRE(count(port, hbm::Op::kPrePb) == 1);
  REQUIRE(port.row_conflicts == 0);
  port.refresh = RefRequest{hbm::Op::kRefPb, 6, false};  // Closed, idle
  channel.run(4);
  REQUIRE(port.granted == 2);
  port.refresh = RefRequest{hbm::Op::kRefAb, 0, false};
  channel.run(400);
  REQUIRE(port.granted == 3);
}

TEST_CASE("no row is opened in a blocked bank", "[hbm][sched]") {
  SchedChannel channel;
  SchedPort& port = channel.pc[1];
  port.act_block = 0xF0;
  traffic(channel);
  port.keep_log = true;
  channel.run(800);
  for (const auto& c : port.log) {
    if (c.op == hbm::Op::kAct) REQUIRE((c.bank < 4 || c.bank > 7));
  }
  port.act_block = 0;
  channel.run(800);
  channel.drain();
}

TEST_CASE("events count hits, misses and conflicts", "[hbm][sched]") {
  SchedChannel channel;
  SchedPort& port = channel.pc[0];
  port.next_read = list({at(3, 10, 0), at(3, 10, 1)});  // Closed bank: a miss; both pushed before it is open
  channel.run(60);
  REQUIRE(port.reads == 2);
  REQUIRE(port.row_misses == 1);
  REQUIRE(port.row_hits == 0);
  port.next_read = list({at(3, 11, 0)});  // Other row
  channel.run(90);
  REQUIRE(port.row_conflicts == 1);
  REQUIRE(port.row_misses == 1);  // Closed by the conflict, not before
  port.next_read = list({at(3, 11, 9)});
  channel.run(20);
  REQUIRE(port.reads == 4);
  REQUIRE(port.row_hits == 1);
}

TEST_CASE("a request for an open row is on the bus two cycles after its push", "[hbm][sched]") {
  SchedChannel channel;
  SchedPort& port = channel.pc[0];
  port.keep_log = true;
  port.next_read = list({at(3, 10, 0)});
  channel.cycle();  // Push
  const std::int64_t pushed = 4 * static_cast<std::int64_t>(channel.now() - 1);
  channel.run(40);
  REQUIRE(port.log.size() == 2);
  REQUIRE(port.log[0].op == hbm::Op::kAct);
  REQUIRE(port.log[0].tick == pushed + 4 * 1 + channel.device.now() % 4);
  port.log.clear();
  port.next_read = list({at(3, 10, 1)});
  channel.cycle();
  channel.cycle();
  REQUIRE(port.log.size() == 1);
  REQUIRE(port.log[0].op == hbm::Op::kRd);
}
