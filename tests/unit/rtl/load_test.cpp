// SPDX-License-Identifier: Apache-2.0
//
// tessera_load (8 x 8) against a byte-level model of the instruction: a crossbar with any latency and
// back-pressure on one side, local memories that stall on the other.

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "Vload.h"
#include "isa/spec_gen.hpp"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;
namespace spec = tessera::spec;

constexpr unsigned kBanks = 8;  // Rows and Cols of the build under test

struct Load {
  spec::Space space = spec::Space::kA;
  std::uint64_t ea = 0;
  unsigned rows = 1, fill = 0;
  std::uint32_t stride = 0;
  unsigned row_bytes = 32, dst_base = 0, dst_stride = 1;
  unsigned pc = 0;

  unsigned grains() const { return (row_bytes + 31) / 32; }
  // The documented cycles of the back: a grain each, and one more per row that is not aligned.
  unsigned cycles() const {
    unsigned n = (rows + fill) * grains();
    for (unsigned r = 0; r < rows; ++r) n += (ea + std::uint64_t{r} * stride) % 32 != 0;
    return n;
  }
  std::uint16_t post() const { return static_cast<std::uint16_t>(0x8001u + 2 * pc); }
  Grain word() const {
    Grain w{};
    w[0] = 0x10;
    set_bits(w, 24, 16, post());
    set_bits(w, 40, 3, static_cast<unsigned>(space));
    set_bits(w, 56, 8, fill);
    set_bits(w, 64, 48, ea);
    set_bits(w, 112, 16, rows);
    set_bits(w, 128, 32, stride);
    set_bits(w, 192, 20, row_bytes);
    set_bits(w, 212, 16, dst_base);
    set_bits(w, 228, 16, dst_stride);
    return w;
  }
};

struct Write {
  unsigned space, bank, addr;
  Grain data;
  bool operator==(const Write&) const = default;
};
using Burst = std::pair<std::uint64_t, unsigned>;  // Address, beats

// The grains a LOAD writes, in order, from its definition.
std::vector<Write> expected_writes(const Load& load) {
  const unsigned banks = load.space == spec::Space::kCol ? 1 : kBanks;
  std::vector<Write> writes;
  for (unsigned row = 0; row < load.rows + load.fill; ++row) {
    for (unsigned g = 0; g < load.grains(); ++g) {
      Write w{static_cast<unsigned>(load.space),
              row % banks,
              load.dst_base + row / banks * load.dst_stride + g,
              {}};
      for (unsigned b = 0; b < 32 && row < load.rows; ++b) {
        const unsigned offset = 32 * g + b;
        if (offset < load.row_bytes) w.data[b] = byte_at(load.ea + std::uint64_t{row} * load.stride + offset);
      }
      writes.push_back(w);
    }
  }
  return writes;
}

// The bursts a LOAD asks for, in order: every grain touched, cut at multiples of the granule.
std::vector<Burst> expected_bursts(const Load& load, unsigned interleave) {
  const std::uint64_t granule = std::min<std::uint64_t>(1u << interleave, 32 * 32);
  std::vector<Burst> bursts;
  for (unsigned row = 0; row < load.rows; ++row) {
    const std::uint64_t start = load.ea + std::uint64_t{row} * load.stride;
    for (std::uint64_t a = start / 32 * 32; a < start + load.row_bytes; a += 32) {
      if (a == start / 32 * 32 || a % granule == 0) bursts.emplace_back(a, 0);
      ++bursts.back().second;
    }
  }
  return bursts;
}

struct Done {
  unsigned pc;
  std::uint16_t post;
  Grain word;
  std::size_t written;  // Grains in the local memories by then
  std::uint64_t cycle;
};

// The engine with its neighbours. `*_percent`: how often they are ready or send. The crossbar holds 256
// grains.
class Lane {
 public:
  explicit Lane(std::uint64_t seed = 1) : dice{seed} {
    dut->issue_valid_i = 0;
    dut->flush_i = 0;
    dut->rsp_valid_i = 0;
    dut->interleave_i = 8;
  }

  Bench<Vload> dut;
  Dice dice;
  unsigned req_percent = 100, rsp_percent = 100, wr_percent = 100;
  unsigned latency = 20;               // Cycles from a request to its first grain
  std::set<std::uint64_t> bad_bursts;  // Bursts answered with an error on their last grain
  std::deque<Load> program;
  std::vector<Write> writes;
  std::vector<Burst> bursts;
  std::vector<Done> done;
  std::vector<std::uint64_t> write_cycles;
  std::uint64_t issue_cycle = 0;  // Of the latest instruction
  std::uint64_t rsp_cycle = 0;    // First response
  std::map<unsigned, std::uint64_t> activity;

  void interleave(unsigned i) { dut->interleave_i = static_cast<std::uint8_t>(i); }
  std::size_t owed() const { return beats_.size(); }

  void cycle() {
    const std::uint64_t now = dut.cycles();
    dut->issue_valid_i = !program.empty() && !dut->flush_i && !dut->fault_valid_o;
    if (dut->issue_valid_i) {
      set_grain(dut->issue_i, 0, program.front().word());
      set_bits(dut->issue_i, 256, 48, program.front().ea);
      set_bits(dut->issue_i, 304, 24, program.front().pc);
    }
    dut->req_ready_i = owed() < 256 && dice.percent(req_percent);
    dut->wr_ready_i = dice.percent(wr_percent);
    if (!dut->rsp_valid_i && !beats_.empty() && beats_.front().ready <= now && dice.percent(rsp_percent)) {
      dut->rsp_valid_i = 1;
      set_bits(dut->rsp_i, 0, 1, beats_.front().last);
      set_bits(dut->rsp_i, 1, 1, beats_.front().error);
      set_grain(dut->rsp_i, 2, grain_at(beats_.front().address));
    }
    dut.settle();

    const bool rsp_fire = dut->rsp_valid_i && dut->rsp_ready_o;
    ++activity[dut->activity_o];
    if (dut->wr_valid_o && dut->wr_ready_i) {
      writes.push_back({dut->wr_space_o, dut->wr_bank_o, dut->wr_addr_o, get_grain(dut->wr_data_o, 0)});
      write_cycles.push_back(now);
    }
    if (dut->done_valid_o) {
      done.push_back({dut->done_pc_o, dut->done_post_o, get_grain(dut->done_word_o, 0), writes.size(), now});
    }
    if (dut->req_valid_o && dut->req_ready_i) {
      const std::uint64_t address = get_bits(dut->req_o, 8, 48);
      const unsigned beats = static_cast<unsigned>(get_bits(dut->req_o, 0, 8)) + 1;
      bursts.emplace_back(address, beats);
      for (unsigned b = 0; b < beats; ++b) {
        const bool last = b + 1 == beats;
        beats_.push_back({address + 32 * b, now + latency, last, last && bad_bursts.contains(address)});
      }
    }
    if (dut->issue_valid_i && dut->issue_ready_o) {
      program.pop_front();
      issue_cycle = now;
    }
    if (rsp_fire) {
      if (rsp_cycle == 0) rsp_cycle = now;
      beats_.pop_front();
    }
    dut.tick();
    if (rsp_fire) dut->rsp_valid_i = 0;
    dut.settle();
  }

  void run(std::size_t instructions, unsigned limit = 200'000) {
    for (unsigned n = 0; n < limit && done.size() < instructions; ++n) cycle();
    REQUIRE(done.size() == instructions);
    cycle();
    REQUIRE(dut->quiet_o);
    REQUIRE(owed() == 0);
  }

 private:
  struct Beat {
    std::uint64_t address, ready;
    bool last, error;
  };
  std::deque<Beat> beats_;
};

// Runs the program and compares every burst, every grain in order, and every completion.
void check(Lane& lane, std::vector<Load> program, unsigned interleave) {
  std::vector<Write> writes;
  std::vector<Burst> bursts;
  lane.interleave(interleave);
  for (unsigned i = 0; i < program.size(); ++i) {
    program[i].pc = i;
    lane.program.push_back(program[i]);
  }
  lane.run(program.size());
  REQUIRE(lane.done.size() == program.size());
  for (unsigned i = 0; i < program.size(); ++i) {
    for (const Write& w : expected_writes(program[i])) writes.push_back(w);
    for (const Burst& b : expected_bursts(program[i], interleave)) bursts.push_back(b);
    CAPTURE(i);
    REQUIRE(lane.done[i].pc == i);
    REQUIRE(lane.done[i].post == program[i].post());
    REQUIRE(lane.done[i].word == program[i].word());
    REQUIRE(lane.done[i].written == writes.size());
  }
  REQUIRE(lane.bursts == bursts);
  REQUIRE(lane.writes.size() == writes.size());
  for (std::size_t i = 0; i < writes.size(); ++i) {
    CAPTURE(i, writes[i].bank, writes[i].addr, lane.writes[i].bank, lane.writes[i].addr);
    REQUIRE(lane.writes[i] == writes[i]);
  }
}

Load random_load(Dice& dice) {
  Load load;
  load.space = static_cast<spec::Space>(dice.below(5));
  load.ea = dice.below(std::uint64_t{1} << 40);
  if (dice.percent(30)) load.ea = load.ea / 32 * 32;
  load.rows = static_cast<unsigned>(dice.between(0, 20));
  load.fill = static_cast<unsigned>(dice.percent(50) ? 0 : dice.between(1, 9));
  if (load.rows + load.fill == 0) load.fill = 1;
  load.stride = static_cast<std::uint32_t>(dice.percent(50) ? 32 * dice.below(200) : dice.below(5000));
  load.row_bytes = static_cast<unsigned>(dice.percent(50) ? dice.between(1, 70) : dice.between(1, 2500));
  if (dice.percent(30)) load.row_bytes = (load.row_bytes + 31) / 32 * 32;
  load.dst_base = static_cast<unsigned>(dice.below(1024));
  load.dst_stride = static_cast<unsigned>(dice.below(100));
  return load;
}

}  // namespace

TEST_CASE("LOAD writes exactly the rows' bytes and zeros, whatever the geometry, latency and back-pressure",
          "[load][random]") {
  const auto seed = GENERATE(range(1, 41));
  CAPTURE(seed);
  Lane lane{static_cast<std::uint64_t>(seed)};
  lane.latency = static_cast<unsigned>(lane.dice.below(60));
  const unsigned weather[] = {100, 80, 30};
  lane.req_percent = weather[lane.dice.below(3)];
  lane.rsp_percent = weather[lane.dice.below(3)];
  lane.wr_percent = weather[lane.dice.below(3)];
  std::vector<Load> program;
  for (unsigned i = 0; i < 12; ++i) program.push_back(random_load(lane.dice));
  check(lane, program, static_cast<unsigned>(lane.dice.between(8, 12)));
}

TEST_CASE("LOAD reads any byte alignment of the source", "[load]") {
  const unsigned offset = GENERATE(range(0u, 32u));
  CAPTURE(offset);
  Lane lane;
  std::vector<Load> program;
  for (const unsigned bytes : {1u, 2u, 31u, 32u, 33u, 63u, 64u, 65u}) {
    program.push_back({.ea = 0x1000 + offset, .rows = 3, .stride = 77, .row_bytes = bytes, .dst_stride = 4});
  }
  check(lane, program, 8);
}

TEST_CASE("LOAD takes the extreme values of its fields", "[load]") {
  Lane lane;
  check(lane,
        {{.rows = 0, .fill = 255, .row_bytes = 33, .dst_base = 7, .dst_stride = 2},
         {.ea = 0xffff'0000'0011, .rows = 1, .row_bytes = 0xf000, .dst_base = 0xffff - 0x780},
         {.space = spec::Space::kCol, .ea = 0x5001, .rows = 5, .stride = 0xffff'ffff, .row_bytes = 1},
         {.ea = 0x40, .rows = 4, .stride = 0, .row_bytes = 64}},
        12);
}

TEST_CASE("LOAD writes a grain per cycle without a bubble between aligned rows and instructions",
          "[load][cycles]") {
  Lane lane;
  lane.latency = GENERATE(1u, 20u, 100u);
  CAPTURE(lane.latency);
  check(lane,
        {{.ea = 0x10000, .rows = 64, .stride = 4096, .row_bytes = 512, .dst_stride = 16},
         {.space = spec::Space::kB,
          .ea = 0x80000,
          .rows = 64,
          .stride = 512,
          .row_bytes = 500,
          .dst_stride = 16}},
        8);
  REQUIRE(lane.write_cycles.back() - lane.write_cycles.front() + 1 == 2 * 64 * 16);
}

TEST_CASE("LOAD keeps short instructions and one-grain rows at a grain per cycle under latency",
          "[load][cycles]") {
  Lane lane;
  lane.latency = 6;
  std::vector<Load> program;
  SECTION("one-grain rows") {
    lane.latency = 100;
    program.assign(6, {.ea = 0x4000, .rows = 64, .stride = 4096, .row_bytes = 32});
  }
  SECTION("four-grain instructions") {
    program.assign(60, {.ea = 0x4000, .rows = 2, .stride = 64, .row_bytes = 64});
  }
  unsigned grains = 0;
  for (const Load& load : program) grains += load.cycles();
  check(lane, program, 8);
  REQUIRE(lane.write_cycles.back() - lane.write_cycles.front() + 1 == grains);
}

TEST_CASE("LOAD overlaps short instructions' latencies, at least eight at a time", "[load][cycles]") {
  Lane lane;
  lane.latency = 80;
  const std::vector<Load> program(80, {.ea = 0x4000, .rows = 1, .row_bytes = 32});
  check(lane, program, 8);
  REQUIRE(lane.write_cycles.back() - lane.write_cycles.front() <= 80 / 8 * 95);
}

TEST_CASE("LOAD takes exactly the documented cycles", "[load][cycles]") {
  const Load load = GENERATE(Load{.ea = 0x4000, .rows = 9, .stride = 320, .row_bytes = 300, .dst_stride = 10},
                             Load{.ea = 0x4001, .rows = 9, .fill = 3, .stride = 320, .row_bytes = 300},
                             Load{.ea = 0x401f, .rows = 16, .fill = 1, .stride = 33, .row_bytes = 64},
                             Load{.ea = 0x4000, .rows = 1, .row_bytes = 32});
  CAPTURE(load.ea, load.rows, load.stride, load.row_bytes);
  Lane lane;
  lane.latency = 30;
  check(lane, {load}, 8);
  REQUIRE(lane.done[0].cycle - lane.issue_cycle == 3 + 30 + load.cycles());
  REQUIRE(lane.activity[1] == load.cycles());  // ActBusy: every cycle of the back
  REQUIRE(lane.activity[3] == 0);              // ActBuf
}

TEST_CASE("LOAD of zero rows alone asks for nothing and takes exactly the documented cycles",
          "[load][cycles]") {
  Lane lane;
  const Load fill{.rows = 0, .fill = 7, .row_bytes = 100};
  check(lane, {fill}, 8);
  REQUIRE(lane.bursts.empty());
  REQUIRE(lane.done[0].cycle - lane.issue_cycle == 2 + fill.cycles());
}

TEST_CASE("LOAD counts stalls of the local memory apart from waiting for data", "[load][cycles]") {
  Lane lane{3};
  lane.wr_percent = 50;
  const Load load{.ea = 0x4000, .rows = 8, .stride = 512, .row_bytes = 512, .dst_stride = 16};
  check(lane, {load}, 8);
  REQUIRE(lane.activity[1] == 128);
  REQUIRE(lane.activity[3] > 80);
  REQUIRE(lane.activity[2] >= 20);
  REQUIRE(lane.activity[4] == 0);
}

TEST_CASE("LOAD reports a read error with its burst's address and instruction, stops, and drains",
          "[load][error]") {
  const unsigned offset = GENERATE(0u, 5u);
  CAPTURE(offset);
  Lane lane{7};
  lane.latency = 40;
  lane.wr_percent = 70;
  const Load good{
      .ea = 0x8000 + offset, .rows = 4, .stride = 512, .row_bytes = 512, .dst_stride = 16, .pc = 1};
  const Load bad{
      .ea = 0x10000 + offset, .rows = 64, .stride = 1024, .row_bytes = 1000, .dst_stride = 32, .pc = 2};
  const Load later{.ea = 0x90000, .rows = 4, .stride = 512, .row_bytes = 512, .pc = 3};
  lane.program = {good, bad, later};
  lane.bad_bursts = {0x10000 + 3 * 1024 + 256};
  for (unsigned n = 0; n < 5000 && !lane.dut->fault_valid_o; ++n) lane.cycle();
  REQUIRE(lane.dut->fault_valid_o);
  // fault_t: error 8, pc 24, word 256, addr 48, from the top
  REQUIRE(get_bits(lane.dut->fault_o, 0, 48) == 0x10000 + 3 * 1024 + 256);
  REQUIRE(get_grain(lane.dut->fault_o, 48) == bad.word());
  REQUIRE(get_bits(lane.dut->fault_o, 304, 24) == 2);
  REQUIRE(get_bits(lane.dut->fault_o, 328, 8) == static_cast<unsigned>(spec::Error::kBusRead));
  const std::size_t bursts = lane.bursts.size();
  for (unsigned n = 0; n < 1000; ++n) lane.cycle();
  REQUIRE(lane.dut->fault_valid_o);
  REQUIRE(lane.bursts.size() <= bursts + 1);  // One request may have been raised already
  REQUIRE(lane.owed() == 0);

  lane.dut->flush_i = 1;
  lane.cycle();
  for (unsigned n = 0; n < 100 && !lane.dut->quiet_o; ++n) lane.cycle();
  REQUIRE(lane.dut->quiet_o);
  lane.dut->flush_i = 0;
  lane.cycle();
  REQUIRE_FALSE(lane.dut->fault_valid_o);
  REQUIRE(lane.done.size() == 1);
  REQUIRE(lane.done[0].pc == 1);

  // Everything written before the error is right.
  std::vector<Write> writes = expected_writes(good);
  for (const Write& w : expected_writes(bad)) writes.push_back(w);
  REQUIRE(lane.writes.size() < writes.size());
  REQUIRE(lane.writes.size() >= 64 + 3 * 32);
  writes.resize(lane.writes.size());
  REQUIRE(lane.writes == writes);
}

TEST_CASE("LOAD flushed at any moment drains, completes nothing, and then works again", "[load][flush]") {
  const auto seed = GENERATE(range(1, 31));
  CAPTURE(seed);
  Lane lane{static_cast<std::uint64_t>(seed)};
  lane.latency = static_cast<unsigned>(lane.dice.below(40));
  lane.req_percent = lane.rsp_percent = lane.wr_percent = 50;
  for (unsigned i = 0; i < 12; ++i) lane.program.push_back(random_load(lane.dice));
  const auto moment = lane.dice.below(600);
  for (unsigned n = 0; n < moment; ++n) lane.cycle();
  const std::size_t bursts = lane.bursts.size(), done = lane.done.size(), writes = lane.writes.size();
  lane.dut->flush_i = 1;
  lane.cycle();
  for (unsigned n = 0; n < 3000 && !lane.dut->quiet_o; ++n) lane.cycle();
  REQUIRE(lane.dut->quiet_o);
  REQUIRE(lane.owed() == 0);
  REQUIRE(lane.bursts.size() <= bursts + 1);
  REQUIRE(lane.writes.size() <= writes + 1);
  REQUIRE(lane.done.size() == done);
  lane.dut->flush_i = 0;
  lane.program.clear();
  lane.cycle();

  lane.done.clear();
  lane.bursts.clear();
  lane.writes.clear();
  check(lane, {random_load(lane.dice), random_load(lane.dice)}, 8);
}

TEST_CASE("LOAD does not complete an instruction whose last grain is written during a flush",
          "[load][flush]") {
  Lane lane;
  lane.wr_percent = 0;
  lane.program = {{.ea = 0x4000, .rows = 1, .row_bytes = 32}};
  for (unsigned n = 0; n < 100; ++n) lane.cycle();
  REQUIRE(lane.dut->wr_valid_o);
  lane.dut->flush_i = 1;
  lane.wr_percent = 100;
  for (unsigned n = 0; n < 10; ++n) lane.cycle();
  REQUIRE(lane.writes.size() == 1);
  REQUIRE(lane.done.empty());
  REQUIRE(lane.dut->quiet_o);
}

TEST_CASE("LOAD flushed within a burst gives the right address of a later error", "[load][flush][error]") {
  Lane lane;
  lane.program = {{.ea = 0x4000, .rows = 1, .row_bytes = 256}};
  for (unsigned n = 0; n < 100 && lane.writes.size() < 3; ++n) lane.cycle();
  lane.dut->flush_i = 1;
  for (unsigned n = 0; n < 100; ++n) lane.cycle();
  REQUIRE(lane.dut->quiet_o);
  lane.dut->flush_i = 0;
  lane.bad_bursts = {0x9000};
  lane.program = {{.ea = 0x9000, .rows = 1, .row_bytes = 256}};
  for (unsigned n = 0; n < 100 && !lane.dut->fault_valid_o; ++n) lane.cycle();
  REQUIRE(lane.dut->fault_valid_o);
  REQUIRE(get_bits(lane.dut->fault_o, 0, 48) == 0x9000);
}
