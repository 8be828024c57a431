// SPDX-License-Identifier: Apache-2.0
//
// tessera_fetch with tessera_sequencer: the instruction stream against the program, whatever the memory does.

#include <deque>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "Vfetch.h"
#include "support/bench.hpp"
#include "support/grain.hpp"

using namespace tessera;
using namespace tessera::test;
using spec::Error;

namespace {

struct Fetched {
  std::uint32_t pc;
  Error error;
  std::uint64_t cycle;
};

class Memory {
 public:
  std::vector<Grain> program;
  std::set<std::uint32_t> bad;
  unsigned seed = 1, latency = 1, stall = 0, take = 100;
  std::uint64_t base = 0x4000;
  unsigned requests = 0, beats = 0, quiet_violations = 0;
  Bench<Vfetch> dut{200'000};

  void begin() {
    random_.seed(seed);
    dut->prog_base_i = base;
    dut->prog_len_i = static_cast<std::uint32_t>(program.size());
    dut->run_i = dut->start_i = 1;
    step();
    dut->start_i = 0;
  }
  // The next instruction, or nothing within `limit` cycles.
  std::vector<Fetched> take_all(std::size_t count, std::uint64_t limit = 20'000) {
    std::vector<Fetched> seen;
    for (; seen.size() < count && limit > 0; --limit) {
      if (auto fetched = step(); fetched.first) seen.push_back(fetched.second);
    }
    return seen;
  }
  std::pair<bool, Fetched> step() {
    const std::uint64_t now = dut.cycles();
    dut->req_ready_i = random_() % 100 >= stall;
    const bool responds = !queue_.empty() && queue_.front().first <= now && random_() % 100 >= stall;
    dut->rsp_valid_i = responds;
    if (responds) {
      const std::uint32_t pc = queue_.front().second;
      put_words(dut->rsp_data_i, program[pc]);
      dut->rsp_err_i = bad.count(pc) != 0;
      queue_.pop_front();
      ++beats;
    }
    dut->ready_i = random_() % 100 < take;
    dut.settle();
    if (dut->quiet_o != 0 && (!queue_.empty() || responds || dut->req_valid_o != 0)) ++quiet_violations;
    if (dut->req_valid_o != 0 && dut->req_ready_i != 0) {
      ++requests;
      for (unsigned i = 0; i <= dut->req_len_o; ++i) {
        const auto pc = static_cast<std::uint32_t>((dut->req_addr_o - base) / 32 + i);
        if (dut->req_addr_o < base || pc >= program.size())
          throw std::runtime_error("fetch leaves the program");
        queue_.emplace_back(now + latency, pc);
      }
    }
    const bool moved = dut->valid_o != 0 && dut->ready_i != 0;
    const Fetched fetched{dut->pc_o, static_cast<Error>(dut->error_o), now};
    if (moved && fetched.error != Error::kProgramEnd && fetched.error != Error::kBusFetch) {
      if (take_words(dut->word_o) != program[fetched.pc])
        throw std::runtime_error("the word is not its pc's");
    }
    dut.tick();
    return {moved, fetched};
  }

 private:
  std::mt19937 random_;
  std::deque<std::pair<std::uint64_t, std::uint32_t>> queue_;
};

std::vector<Grain> numbered(std::size_t count) {
  std::vector<Grain> program;
  for (std::size_t i = 0; i < count; ++i) program.push_back(make("SETR", {{"areg", 1}, {"value", i}}));
  return program;
}

std::vector<std::uint32_t> pcs(const std::vector<Fetched>& fetched) {
  std::vector<std::uint32_t> out;
  for (const Fetched& f : fetched) out.push_back(f.pc);
  return out;
}

}  // namespace

TEST_CASE("fetch supplies straight code once and in order from any base and length", "[fetch]") {
  const unsigned seed = GENERATE(range(1U, 31U));
  CAPTURE(seed);
  Memory memory;
  memory.seed = seed;
  memory.latency = 1 + seed * 3 % 40;
  memory.stall = seed % 3 * 25;
  memory.take = seed % 2 != 0 ? 100 : 40;
  memory.base = 0x8000 + 32 * seed;
  memory.program = numbered(1 + seed * 37 % 300);
  memory.begin();
  const std::size_t count = memory.program.size();
  const std::vector<Fetched> seen = memory.take_all(count + 1);
  REQUIRE(seen.size() == count + 1);
  for (std::size_t i = 0; i < count; ++i) REQUIRE((seen[i].pc == i && seen[i].error == Error::kNone));
  CHECK((seen[count].pc == count && seen[count].error == Error::kProgramEnd));
  CHECK(memory.beats == count);
  CHECK(memory.quiet_violations == 0);
  CHECK(memory.take_all(1, 100).empty());
}

TEST_CASE("fetch supplies one instruction per cycle when memory does", "[fetch][cycles]") {
  Memory memory;
  memory.program = numbered(200);
  memory.begin();
  const std::vector<Fetched> seen = memory.take_all(200);
  REQUIRE(seen.size() == 200);
  CHECK(seen.front().cycle + 199 == seen.back().cycle);
  CHECK(memory.requests == 25);
}

TEST_CASE("A loop of 48 instructions is fetched once, one past the window every time", "[fetch]") {
  const unsigned grain = GENERATE(range(0U, 8U));      // Of its 256-byte block, in which the program begins
  for (const unsigned body : {48U, 49U, 64U, 100U}) {  // ENDLOOP included
    Memory memory;
    memory.base += 32 * grain;
    memory.latency = 10;
    memory.program = {make("LOOP", {{"count", 5}})};
    for (unsigned i = 0; i + 1 < body; ++i) memory.program.push_back(make("SYNC"));
    memory.program.push_back(make("ENDLOOP"));
    for (unsigned i = 0; i < 100; ++i) memory.program.push_back(make("SYNC"));
    memory.begin();
    const std::size_t count = 1 + 5 * body + 100;
    const std::vector<Fetched> seen = memory.take_all(count);
    REQUIRE(seen.size() == count);
    CHECK((seen[body].pc == body && seen[body + 1].pc == 1));
    CHECK(seen.back().pc == memory.program.size() - 1);
    CAPTURE(grain, body);
    if (body == 48) CHECK(memory.beats == memory.program.size());
    if (body >= 64) CHECK(memory.beats >= 5 * body);
  }
}

TEST_CASE("A jump out of the window asks memory two cycles after ENDLOOP has left", "[fetch][cycles]") {
  Memory memory;
  memory.program = numbered(100);
  memory.program.front() = make("LOOP", {{"count", 2}});
  memory.program.back() = make("ENDLOOP");
  memory.begin();
  const std::vector<Fetched> seen = memory.take_all(100);
  REQUIRE(seen.size() == 100);
  const unsigned before = memory.requests;
  for (unsigned i = 0; i < 20 && memory.requests == before; ++i) memory.step();
  CHECK(memory.dut.cycles() - 1 - seen.back().cycle == 2);
}

TEST_CASE("Nested loops run their counts, back to back ENDLOOPs and empty bodies too", "[fetch][loop]") {
  Memory memory;
  const Grain loop2 = make("LOOP", {{"count", 2}}), loop1 = make("LOOP", {{"count", 1}}),
              end = make("ENDLOOP");
  memory.take = 60;
  memory.program = {loop2, loop1, loop2, end, end, end, make("HALT"), make("SYNC")};
  memory.begin();
  const std::vector<std::uint32_t> once = {1, 2, 3, 3, 4, 5};
  std::vector<std::uint32_t> expected = {0};
  for (unsigned i = 0; i < 2; ++i) expected.insert(expected.end(), once.begin(), once.end());
  expected.push_back(6);
  CHECK(pcs(memory.take_all(expected.size())) == expected);
  CHECK(memory.take_all(1, 100).empty());  // Nothing after HALT
}

TEST_CASE("A read error travels with its instruction and ends the stream", "[fetch]") {
  Memory memory;
  memory.program = numbered(40);
  memory.bad = {17, 18};
  memory.begin();
  const std::vector<Fetched> seen = memory.take_all(40, 500);
  REQUIRE(seen.size() == 18);
  CHECK((seen.back().pc == 17 && seen.back().error == Error::kBusFetch));
}

TEST_CASE("A program stopped with reads outstanding leaves nothing to the next one", "[fetch]") {
  const unsigned after = GENERATE(range(1U, 60U));
  CAPTURE(after);
  Memory memory;
  memory.latency = 20;
  memory.stall = 30;
  memory.seed = after;
  memory.program = numbered(100);
  memory.begin();
  for (unsigned i = 0; i < after; ++i) memory.step();
  memory.dut->run_i = 0;
  for (unsigned i = 0; i < 500 && (i == 0 || memory.dut->quiet_o == 0); ++i) memory.step();
  REQUIRE(memory.dut->quiet_o == 1);
  memory.begin();
  const std::vector<Fetched> seen = memory.take_all(100);
  REQUIRE(seen.size() == 100);
  for (unsigned i = 0; i < 100; ++i) REQUIRE(seen[i].pc == i);
}
