// PARAMS: Ports=2 OutDepth=512
// SPDX-License-Identifier: Apache-2.0
//
// tessera_store against a byte-level model of the instruction: an OUT buffer on one side, a write multiplexer
// with any back-pressure and any order of responses between its ports on the other.

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "Vstore.h"
#include "isa/spec_gen.hpp"
#include "support/bench.hpp"
#include "unit/rtl/bits.hpp"

namespace {

using namespace tessera::test;
namespace spec = tessera::spec;

constexpr unsigned kPorts = 2;
constexpr unsigned kOutDepth = 512;

struct Store {
  std::uint64_t ea = 0;
  unsigned rows = 1;
  std::uint32_t stride = 0;
  unsigned row_bytes = 32, src_base = 0, src_pitch = 1;
  unsigned pc = 0;

  std::uint64_t start(unsigned row) const { return ea + std::uint64_t{row} * stride; }
  // The documented cycles: a beat each.
  unsigned cycles() const {
    unsigned n = 0;
    for (unsigned r = 0; r < rows; ++r) n += static_cast<unsigned>((start(r) % 32 + row_bytes + 31) / 32);
    return n;
  }
  std::uint16_t post() const { return static_cast<std::uint16_t>(0x4001u + 2 * pc); }
  Grain word() const {
    Grain w{};
    w[0] = 0x30;
    set_bits(w, 24, 16, post());
    set_bits(w, 64, 48, ea);
    set_bits(w, 112, 16, rows);
    set_bits(w, 128, 32, stride);
    set_bits(w, 192, 20, row_bytes);
    set_bits(w, 212, 16, src_base);
    set_bits(w, 228, 16, src_pitch);
    return w;
  }
};

using Burst = std::pair<std::uint64_t, unsigned>;      // Address, beats
using Memory = std::map<std::uint64_t, std::uint8_t>;  // Bytes written

std::vector<Burst> expected_bursts(const Store& store, unsigned interleave) {
  const std::uint64_t granule = std::min<std::uint64_t>(1u << interleave, 32 * 32);
  std::vector<Burst> bursts;
  for (unsigned row = 0; row < store.rows; ++row) {
    const std::uint64_t first = store.start(row) / 32 * 32;
    for (std::uint64_t a = first; a < store.start(row) + store.row_bytes; a += 32) {
      if (a == first || a % granule == 0) bursts.emplace_back(a, 0);
      ++bursts.back().second;
    }
  }
  return bursts;
}

struct Done {
  unsigned pc;
  std::uint16_t post;
  Grain word;
  std::size_t answered;  // Bursts answered by then
  std::uint64_t cycle;
};

// The engine with its neighbours. `*_percent`: how often they are ready or answer.
class Engine {
 public:
  explicit Engine(std::uint64_t seed = 1) : dice{seed} {
    for (unsigned g = 0; g < kOutDepth; ++g) out[g] = grain_at(0x777000 + 32 * g);
    dut->issue_valid_i = 0;
    dut->flush_i = 0;
    dut->resp_valid_i = 0;
    dut->interleave_i = 8;
  }

  Bench<Vstore> dut;
  Dice dice;
  std::array<Grain, kOutDepth> out;
  unsigned req_percent = 100, wdata_percent = 100, resp_percent = 100;
  unsigned latency = 20;               // Cycles from a burst's last beat to its answer
  std::set<std::uint64_t> bad_bursts;  // Bursts answered with an error
  std::deque<Store> program;
  Memory memory;
  std::vector<Burst> bursts;
  std::vector<Done> done;
  std::vector<std::uint64_t> beat_cycles;
  std::size_t answered = 0, most_unanswered = 0;
  std::uint64_t issue_cycle = 0;  // Of the latest instruction
  std::map<unsigned, std::uint64_t> activity;

  void interleave(unsigned i) { dut->interleave_i = static_cast<std::uint8_t>(interleave_ = i); }
  std::size_t unanswered() const { return bursts.size() - answered; }

  void cycle() {
    const std::uint64_t now = dut.cycles();
    dut->issue_valid_i = !program.empty() && !dut->flush_i && !dut->fault_valid_o;
    if (dut->issue_valid_i) {
      set_grain(dut->issue_i, 0, program.front().word());
      set_bits(dut->issue_i, 256, 48, program.front().ea);
      set_bits(dut->issue_i, 304, 24, program.front().pc);
    }
    dut->req_ready_i = dice.percent(req_percent);
    dut->wdata_ready_i = dice.percent(wdata_percent);
    dut->resp_valid_i = 0;
    dut->resp_err_i = 0;
    for (unsigned p = 0; p < kPorts; ++p) {
      if (answers_[p].empty() || answers_[p].front().second > now || !dice.percent(resp_percent)) continue;
      const std::uint64_t address = answers_[p].front().first;
      answers_[p].pop_front();
      ++answered;
      dut->resp_valid_i |= static_cast<std::uint8_t>(1u << p);
      if (bad_bursts.contains(address)) dut->resp_err_i |= static_cast<std::uint8_t>(1u << p);
      set_bits(dut->resp_addr_i, 48 * p, 48, address);
    }
    dut.settle();

    ++activity[dut->activity_o];
    if (dut->done_valid_o) {
      done.push_back({dut->done_pc_o, dut->done_post_o, get_grain(dut->done_word_o, 0), answered, now});
    }
    if (dut->wdata_valid_o && dut->wdata_ready_i) take_beat(now);
    if (dut->req_valid_o && dut->req_ready_i) {
      bursts.emplace_back(get_bits(dut->req_o, 8, 48), static_cast<unsigned>(get_bits(dut->req_o, 0, 8)) + 1);
      most_unanswered = std::max(most_unanswered, unanswered());
    }
    if (dut->issue_valid_i && dut->issue_ready_o) {
      program.pop_front();
      issue_cycle = now;
    }
    const bool read = dut->out_rd_en_o;
    const unsigned address = dut->out_rd_addr_o;
    dut.tick();
    // Nothing but the cycle after the enable may be looked at.
    set_grain(dut->out_rd_data_i, 0, read ? out.at(address) : grain_at(dice.below(1000)));
    dut.settle();
  }

  void run(std::size_t instructions, unsigned limit = 200'000) {
    for (unsigned n = 0; n < limit && done.size() < instructions; ++n) cycle();
    REQUIRE(done.size() == instructions);
    cycle();
    REQUIRE(dut->quiet_o);
    REQUIRE(unanswered() == 0);
  }

  void apply(Memory& image, const Store& store) const {
    for (unsigned row = 0; row < store.rows; ++row) {
      for (unsigned b = 0; b < store.row_bytes; ++b) {
        image[store.start(row) + b] = out.at(store.src_base + row * store.src_pitch + b / 32)[b % 32];
      }
    }
  }

 private:
  void take_beat(std::uint64_t now) {
    REQUIRE(open_ < bursts.size());  // No beat before its request is taken
    const auto [address, beats] = bursts[open_];
    const auto strobes = static_cast<std::uint32_t>(get_bits(dut->wdata_o, 1, 32));
    for (unsigned i = 0; i < 32; ++i) {
      if (strobes >> i & 1) {
        memory[address + 32 * beat_ + i] = static_cast<std::uint8_t>(get_bits(dut->wdata_o, 33 + 8 * i, 8));
      }
    }
    ++beat_;
    REQUIRE(get_bits(dut->wdata_o, 0, 1) == (beat_ == beats));
    if (beat_ == beats) {
      answers_[(address >> interleave_) % kPorts].emplace_back(address, now + latency);
      beat_ = 0;
      ++open_;
    }
    beat_cycles.push_back(now);
  }

  unsigned interleave_ = 8;
  std::size_t open_ = 0;  // Burst whose beats come now
  unsigned beat_ = 0;
  std::array<std::deque<std::pair<std::uint64_t, std::uint64_t>>, kPorts>
      answers_;  // Address, earliest cycle
};

// Runs the program and compares every burst, memory, and every completion.
void check(Engine& engine, std::vector<Store> program, unsigned interleave) {
  Memory memory;
  std::vector<Burst> bursts;
  engine.interleave(interleave);
  for (unsigned i = 0; i < program.size(); ++i) {
    program[i].pc = i;
    engine.program.push_back(program[i]);
  }
  engine.run(program.size());
  for (unsigned i = 0; i < program.size(); ++i) {
    engine.apply(memory, program[i]);
    for (const Burst& b : expected_bursts(program[i], interleave)) bursts.push_back(b);
    CAPTURE(i);
    REQUIRE(engine.done[i].pc == i);
    REQUIRE(engine.done[i].post == program[i].post());
    REQUIRE(engine.done[i].word == program[i].word());
    REQUIRE(engine.done[i].answered >= bursts.size());
  }
  REQUIRE(engine.bursts == bursts);
  REQUIRE(engine.memory.size() == memory.size());  // Not a byte more
  const auto [got, expected] = std::mismatch(engine.memory.begin(), engine.memory.end(), memory.begin());
  if (expected != memory.end()) {
    CAPTURE(got->first, expected->first, got->second, expected->second);
    FAIL("first wrong byte of memory");
  }
}

Store random_store(Dice& dice) {
  Store store;
  store.ea = dice.below(std::uint64_t{1} << 40);
  if (dice.percent(30)) store.ea = store.ea / 32 * 32;
  store.rows = static_cast<unsigned>(dice.between(1, 20));
  store.row_bytes = static_cast<unsigned>(dice.percent(50) ? dice.between(1, 70) : dice.between(1, 2500));
  if (dice.percent(30)) store.row_bytes = (store.row_bytes + 31) / 32 * 32;
  // Rows apart, back to back, or overlapping
  const unsigned kind = static_cast<unsigned>(dice.below(4));
  store.stride = static_cast<std::uint32_t>(kind == 0   ? store.row_bytes
                                            : kind == 1 ? 32 * dice.below(200)
                                                        : store.row_bytes + dice.below(2000));
  const unsigned grains = (store.row_bytes + 31) / 32;
  store.src_pitch = static_cast<unsigned>(dice.between(0, std::min(40u, (kOutDepth - grains) / store.rows)));
  store.src_base =
      static_cast<unsigned>(dice.between(0, kOutDepth - grains - (store.rows - 1) * store.src_pitch));
  return store;
}

}  // namespace

TEST_CASE("STORE writes exactly the rows' bytes, whatever the geometry, latency and back-pressure",
          "[store][random]") {
  const auto seed = GENERATE(range(1, 41));
  CAPTURE(seed);
  Engine engine{static_cast<std::uint64_t>(seed)};
  engine.latency = static_cast<unsigned>(engine.dice.between(3, 60));
  const unsigned weather[] = {100, 80, 30};
  engine.req_percent = weather[engine.dice.below(3)];
  engine.wdata_percent = weather[engine.dice.below(3)];
  engine.resp_percent = weather[engine.dice.below(3)];
  std::vector<Store> program;
  for (unsigned i = 0; i < 12; ++i) program.push_back(random_store(engine.dice));
  check(engine, program, static_cast<unsigned>(engine.dice.between(8, 12)));
}

TEST_CASE("STORE writes any byte alignment of the destination", "[store]") {
  const unsigned offset = GENERATE(range(0u, 32u));
  CAPTURE(offset);
  Engine engine;
  std::vector<Store> program;
  for (const unsigned bytes : {1u, 2u, 31u, 32u, 33u, 63u, 64u, 65u}) {
    program.push_back({.ea = 0x1000 + 0x400 * bytes + offset,
                       .rows = 3,
                       .stride = 77,
                       .row_bytes = bytes,
                       .src_base = 3,
                       .src_pitch = 5});
  }
  check(engine, program, 8);
}

TEST_CASE("STORE sends a beat per cycle without a bubble between rows and instructions", "[store][cycles]") {
  Engine engine;
  engine.latency = GENERATE(3u, 30u);
  std::vector<Store> program;
  unsigned limit = 0;
  SECTION("long aligned rows") {
    program = {{.ea = 0x10000, .rows = 16, .stride = 4096, .row_bytes = 512, .src_pitch = 16},
               {.ea = 0x80000, .rows = 16, .stride = 512, .row_bytes = 500, .src_pitch = 16}};
  }
  SECTION("one-grain rows") {
    program.assign(3, {.ea = 0x4000, .rows = 64, .stride = 4096 + 256, .row_bytes = 32});
  }
  SECTION("unaligned rows") {
    program.assign(3, {.ea = 0x4007, .rows = 32, .stride = 333, .row_bytes = 300, .src_pitch = 10});
  }
  for (const Store& store : program) limit += store.cycles();
  check(engine, program, 8);
  REQUIRE(engine.beat_cycles.back() - engine.beat_cycles.front() + 1 == limit);
}

TEST_CASE("STORE overlaps the latencies of its bursts and of short instructions", "[store][cycles]") {
  Engine engine;
  engine.latency = 60;
  SECTION("bursts of one instruction") {
    check(engine, {{.ea = 0x4000, .rows = 200, .stride = 4096 + 256, .row_bytes = 32}}, 8);
    REQUIRE(engine.most_unanswered >= 60);
  }
  SECTION("instructions of one burst") {
    check(engine, std::vector<Store>(80, {.ea = 0x4000, .rows = 1, .row_bytes = 32}), 8);
    REQUIRE(engine.beat_cycles.back() - engine.beat_cycles.front() <= 80 / 8 * 70);
  }
}

TEST_CASE("STORE takes exactly the documented cycles", "[store][cycles]") {
  const Store store =
      GENERATE(Store{.ea = 0x4000, .rows = 9, .stride = 320, .row_bytes = 300, .src_pitch = 10},
               Store{.ea = 0x4001, .rows = 9, .stride = 320, .row_bytes = 300, .src_pitch = 10},
               Store{.ea = 0x401f, .rows = 16, .stride = 65, .row_bytes = 64, .src_pitch = 2},
               Store{.ea = 0x4000, .rows = 1, .row_bytes = 32});
  CAPTURE(store.ea, store.rows, store.stride, store.row_bytes);
  Engine engine;
  engine.latency = 25;
  check(engine, {store}, 8);
  REQUIRE(engine.done[0].cycle - engine.issue_cycle == 5 + 25 + store.cycles());
  REQUIRE(engine.activity[1] == store.cycles());  // ActBusy: every beat
}

TEST_CASE("STORE reports a write error with its burst's address and instruction, stops, and drains",
          "[store][error]") {
  const auto seed = GENERATE(range(1, 11));
  CAPTURE(seed);
  Engine engine{static_cast<std::uint64_t>(seed)};
  engine.req_percent = engine.wdata_percent = seed % 2 ? 100 : 60;
  engine.latency = 30;
  const Store good{.ea = 0x8000, .rows = 4, .stride = 512, .row_bytes = 512, .src_pitch = 16, .pc = 1};
  const Store bad{.ea = 0x10003, .rows = 16, .stride = 1024, .row_bytes = 900, .src_pitch = 29, .pc = 2};
  const Store later{.ea = 0x90000, .rows = 4, .stride = 512, .row_bytes = 512, .pc = 3};
  engine.program = {good, bad, later};
  engine.bad_bursts = {0x10000 + 3 * 1024 + 256};
  for (unsigned n = 0; n < 5000 && !engine.dut->fault_valid_o; ++n) engine.cycle();
  REQUIRE(engine.dut->fault_valid_o);
  REQUIRE(get_bits(engine.dut->fault_o, 0, 48) == 0x10000 + 3 * 1024 + 256);
  REQUIRE(get_grain(engine.dut->fault_o, 48) == bad.word());
  REQUIRE(get_bits(engine.dut->fault_o, 304, 24) == 2);
  REQUIRE(get_bits(engine.dut->fault_o, 328, 8) == static_cast<unsigned>(spec::Error::kBusWrite));
  const std::size_t bursts = engine.bursts.size();
  for (unsigned n = 0; n < 1000; ++n) engine.cycle();
  REQUIRE(engine.dut->fault_valid_o);
  REQUIRE(engine.bursts.size() <= bursts + 1);
  REQUIRE(engine.unanswered() == 0);  // Every beat owed was sent

  engine.dut->flush_i = 1;
  engine.cycle();
  for (unsigned n = 0; n < 100 && !engine.dut->quiet_o; ++n) engine.cycle();
  REQUIRE(engine.dut->quiet_o);
  REQUIRE_FALSE(engine.dut->fault_valid_o);
  REQUIRE(engine.done.size() == 1);

  // What was written is a part of what should have been.
  Memory full;
  engine.apply(full, good);
  engine.apply(full, bad);
  engine.apply(full, later);
  REQUIRE(engine.memory.size() < full.size());
  for (const auto& [address, byte] : engine.memory) {
    if (!full.contains(address) || full.at(address) != byte) FAIL("wrong byte at " << address);
  }
}

TEST_CASE("STORE reports the lower port's error when two come in one cycle", "[store][error]") {
  Engine engine;
  engine.program = {{.ea = 0x8000, .rows = 1, .row_bytes = 512, .src_pitch = 16}};
  for (unsigned n = 0; n < 500 && engine.unanswered() < 2; ++n) engine.cycle();
  engine.resp_percent = 0;
  for (unsigned n = 0; n < 200; ++n) engine.cycle();  // Both answers wait now
  REQUIRE(engine.unanswered() == 2);
  engine.bad_bursts = {0x8000, 0x8100};
  engine.resp_percent = 100;
  engine.cycle();
  REQUIRE(engine.dut->fault_valid_o);
  REQUIRE(get_bits(engine.dut->fault_o, 0, 48) == 0x8000);
}

TEST_CASE("STORE flushed at any moment sends the beats it owes without strobes, and then works again",
          "[store][flush]") {
  const auto seed = GENERATE(range(1, 41));
  CAPTURE(seed);
  Engine engine{static_cast<std::uint64_t>(seed)};
  engine.latency = static_cast<unsigned>(engine.dice.between(3, 40));
  engine.req_percent = engine.wdata_percent = engine.resp_percent = seed % 2 ? 50 : 100;
  for (unsigned i = 0; i < 12; ++i) engine.program.push_back(random_store(engine.dice));
  const auto moment = engine.dice.below(600);
  for (unsigned n = 0; n < moment; ++n) engine.cycle();
  const std::size_t bursts = engine.bursts.size(), done = engine.done.size();
  engine.dut->flush_i = 1;
  engine.cycle();
  engine.cycle();  // A beat raised before keeps its strobes until it is taken
  for (unsigned n = 0; n < 5000 && !engine.dut->quiet_o; ++n) engine.cycle();
  REQUIRE(engine.dut->quiet_o);
  REQUIRE(engine.unanswered() == 0);
  REQUIRE(engine.bursts.size() <= bursts + 1);
  REQUIRE(engine.done.size() == done);
  engine.dut->flush_i = 0;
  engine.program.clear();
  engine.cycle();

  engine.done.clear();
  engine.memory.clear();
  const std::size_t before = engine.bursts.size();
  const Store again = random_store(engine.dice);
  engine.program = {again};
  engine.run(1);
  Memory memory;
  engine.apply(memory, again);
  REQUIRE(engine.memory == memory);
  REQUIRE(engine.bursts.size() - before == expected_bursts(again, 8).size());
}
