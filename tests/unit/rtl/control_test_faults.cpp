// SPDX-License-Identifier: Apache-2.0
//
// How programs end that do not end well, and what the next one finds.

#include "control_machine.hpp"
#include "control_programs.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

const Grain kHalt = make("HALT");
const Grain kEndloop = make("ENDLOOP");

Grain loop(std::uint64_t count) { return make("LOOP", {{"count", count}}); }

// What the host reads about an error.
struct Report {
  spec::State state;
  spec::Error error;
  unsigned engine;
  std::uint32_t pc;
  std::uint64_t address;
  bool operator==(const Report&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Report& r) {
  return out << "state " << unsigned(r.state) << " error " << unsigned(r.error) << " engine " << r.engine
             << " pc " << r.pc << " address " << std::hex << r.address << std::dec;
}

Report report(ControlMachine& machine) {
  return {machine.state(), machine.error(), machine.read(spec::kRegErrorInfo),
          machine.read(spec::kRegErrorPc), machine.read64(spec::kRegErrorAddr)};
}

Grain error_instruction(ControlMachine& machine) {
  std::array<std::uint32_t, 8> words{};
  for (unsigned i = 0; i < 8; ++i) words[i] = machine.read(spec::kRegErrorInstr + 4 * i);
  return take_words(words);
}

// Runs `program`, which must stop with `error` at `pc`, found by `engine`.
void stops(const std::vector<Grain>& program, spec::Error error, std::uint32_t pc, unsigned engine = 0,
           std::uint64_t address = 0) {
  ControlMachine machine({.fetch_latency = 3, .engine_latency = 2});
  machine.program = program;
  machine.run(5000);
  CHECK(report(machine) == Report{spec::State::kError, error, engine, pc, address});
  CHECK(error_instruction(machine) == (pc < program.size() ? program[pc] : Grain{}));
  CHECK(machine.counters_add_up());
  // The next program neither knows of this one nor inherits from it.
  machine.program = {load(0, 0, 2), make("SYNC", {{"wait", 2}}), store(), kHalt};
  CHECK(machine.run(1000) == spec::State::kDone);
  CHECK(machine.error() == spec::Error::kNone);
  CHECK(machine.issued.size() == 2);
  CHECK(machine.counters_add_up());
}

}  // namespace

TEST_CASE("A check that fails stops the program at its instruction", "[control][error]") {
  stops({load(0), Grain{}, kHalt}, spec::Error::kBadOpcode, 1);
  stops({config(), with(load(0), "LOAD", {{"lane", 2}}), kHalt}, spec::Error::kBadField, 1);
  stops({matmul(), kHalt}, spec::Error::kNoConfig, 0);
  stops({config(), with(matmul(), "MATMUL", {{"k", 1025}}), kHalt}, spec::Error::kBufferRange, 1);
  stops({make("CONFIG", {{"fmt_a", 3}}), kHalt}, spec::Error::kBadFormat, 0);
  stops({load(0), with(load(0), "LOAD", {{"addr", 0xfff}}), kHalt}, spec::Error::kMemRange, 1, 0, 0xfff);
  stops({make("SETR", {{"areg", 2}, {"value", 0x2'0000'0000}}), with(store(), "STORE", {{"areg", 2}}), kHalt},
        spec::Error::kMemRange, 1, 0, 0x2'0000'3000);
}

TEST_CASE("Misuse of the loop stack stops the program", "[control][error]") {
  stops({load(0), kEndloop, kHalt}, spec::Error::kLoopStack, 1);
  stops({loop(1), kEndloop, kEndloop, kHalt}, spec::Error::kLoopStack, 2);
  stops({loop(2), load(0), kHalt, kEndloop}, spec::Error::kLoopStack, 2);
  stops({loop(1), loop(1), loop(1), loop(1), loop(1), kHalt}, spec::Error::kLoopStack, 4);
  stops({kEndloop}, spec::Error::kLoopStack, 0);
  // Field checks come before the loop stack.
  stops({make("ENDLOOP", {{"post", 1}}), kHalt}, spec::Error::kBadField, 0);
  stops({loop(0), kEndloop, kHalt}, spec::Error::kBadField, 0);
}

TEST_CASE("Running past the program's end is an error, with no instruction", "[control][error]") {
  stops({load(0), store()}, spec::Error::kProgramEnd, 2);
  stops(std::vector<Grain>(64, make("SYNC")), spec::Error::kProgramEnd, 64);
  stops({loop(70), make("SYNC"), kEndloop}, spec::Error::kProgramEnd, 3);
}

TEST_CASE("A bad fetch counts only when its instruction is reached", "[control][error]") {
  ControlMachine machine({.fetch_latency = 4, .engine_latency = 30});
  machine.program = {load(0), store(), kHalt, store(), store()};
  machine.bad_reads = {3, 4};
  CHECK(machine.run() == spec::State::kDone);
  CHECK(machine.issued.size() == 2);
  machine.bad_reads = {1};
  machine.run();
  CHECK(report(machine) ==
        Report{spec::State::kError, spec::Error::kBusFetch, 0, 1, ControlMachine::kProgramBase + 32});
  machine.bad_reads = {};
  CHECK(machine.run() == spec::State::kDone);
}

TEST_CASE("An engine's fault is reported as the engine tells it", "[control][error]") {
  const unsigned engine = GENERATE(0U, 1U, 2U, 3U);
  CAPTURE(engine);
  ControlMachine machine({.engine_latency = 5, .flush_cycles = 40});
  const std::vector<Grain> work = {config(), store(), load(0), load(1)};
  machine.program = {work[(engine + 1) % 4], work[engine], work[engine], work[engine], kHalt};
  machine.faults = {{2, spec::Error::kBusRead}};
  machine.run();
  CHECK(report(machine) == Report{spec::State::kError, spec::Error::kBusRead, engine + 1, 2,
                                  engine == 0   ? 0U
                                  : engine == 1 ? 0x3000U
                                                : 0x2000U});
  CHECK(error_instruction(machine) == work[engine]);
  CHECK(machine.read64(spec::kRegCycles) > 40);
  CHECK(machine.counters_add_up());
  for (const Issued& item : machine.issued) CHECK(item.cycle <= machine.end_cycle - 40);
}

TEST_CASE("Of faults in the same cycle the lowest engine number is reported", "[control][error]") {
  ControlMachine machine({.engine_latency = 60});
  // One SYNC lets all three go in one cycle, and they fail together.
  machine.program = {load(1, 1), store(2), config(4), make("SYNC", {{"post", 7}}), kHalt};
  machine.faults = {{0, spec::Error::kBusRead}, {1, spec::Error::kBusWrite}, {2, spec::Error::kTermLimit}};
  machine.run();
  REQUIRE(machine.issued.size() == 3);
  REQUIRE(machine.issued.front().cycle == machine.issued.back().cycle);
  CHECK(report(machine) == Report{spec::State::kError, spec::Error::kTermLimit, 1, 2, 0});
}

TEST_CASE("A post past 255 is an overflow of the posting instruction", "[control][error]") {
  stops({loop(256), make("SYNC", {{"post", 0x8000}}), kEndloop, kHalt}, spec::Error::kSemOverflow, 1);
  stops({loop(255), make("SYNC", {{"post", 0x8000}}), kEndloop, load(1, 0, 0x8000), kHalt},
        spec::Error::kSemOverflow, 3, 4);
  ControlMachine machine;
  machine.program = {loop(255), make("SYNC", {{"post", 1}}), kEndloop, kHalt};
  CHECK(machine.run() == spec::State::kDone);
  CHECK(machine.read(spec::kRegSemaphore) == 255);
}

TEST_CASE("Deadlocks are found in 8 cycles and blamed on the lowest engine that waits", "[control][error]") {
  stops({make("SYNC", {{"wait", 1}}), kHalt}, spec::Error::kDeadlock, 0);
  stops({load(1, 4), store(2), kHalt}, spec::Error::kDeadlock, 1, 2);
  stops({load(1, 4), load(0), make("FENCE"), kHalt}, spec::Error::kDeadlock, 0, 4);
  std::vector<Grain> full(9, load(0, 1));
  full.push_back(make("SYNC", {{"post", 1}}));
  full.push_back(kHalt);
  stops(full, spec::Error::kDeadlock, 0, 3);
  stops({load(0, 1), make("SYNC", {{"wait", 2}}), kHalt}, spec::Error::kDeadlock, 1);

  ControlMachine machine({.engine_latency = 100});
  machine.program = {load(0), store(1), kHalt};
  machine.run();
  CHECK(machine.error() == spec::Error::kDeadlock);
  // Deadlocked from the cycle after done: 8 cycles to be sure, 1 to STOPPING, 2 in it.
  CHECK(machine.end_cycle - machine.done_cycles.back() == 8 + 1 + 2);
}

TEST_CASE("A long wait is no deadlock", "[control]") {
  ControlMachine machine({.engine_latency = 3000});
  machine.program = {load(0, 0, 1), store(1), make("FENCE"), load(1, 0, 2), make("SYNC", {{"wait", 2}}),
                     kHalt};
  CHECK(machine.run() == spec::State::kDone);
  CHECK(machine.counters_add_up());
}

TEST_CASE("An instruction that could go is no deadlock, whatever else waits", "[control][error]") {
  ControlMachine machine;
  machine.refusing = 1U << kLoad0;
  machine.program = {load(0), store(1), make("FENCE"), kHalt};
  machine.configure();
  machine.write(spec::kRegWatchdog, 200);
  machine.start();
  CHECK(machine.finish() == spec::State::kError);
  CHECK(report(machine) == Report{spec::State::kError, spec::Error::kWatchdog, 0, 2, 0});
}

TEST_CASE("The watchdog ends a program in which nothing moves, unless it is off", "[control][error]") {
  ControlMachine machine;
  machine.engines_finish = false;
  machine.program = {load(0), kHalt};
  machine.configure();
  machine.write(spec::kRegWatchdog, 500);
  machine.start();
  // With no answer from the bus the slice stays STOPPING.
  machine.bus_answers = false;
  machine.finish(3000);
  CHECK(machine.state() == spec::State::kStopping);
  CHECK(machine.error() == spec::Error::kWatchdog);
  CHECK(machine.start() == 2);
  CHECK(machine.write(spec::kRegProgLen, 1) == 2);
  machine.bus_answers = true;
  CHECK(machine.finish() == spec::State::kError);
  CHECK(machine.counters_add_up());
  machine.configure();
  machine.write(spec::kRegWatchdog, 0);
  machine.start();
  CHECK(machine.finish(3000) == spec::State::kRunning);
  machine.engines_finish = true;
  CHECK(machine.finish() == spec::State::kDone);
}

TEST_CASE("The watchdog fires after its number of cycles without progress", "[control][cycles]") {
  ControlMachine machine;
  machine.engines_finish = false;
  machine.program = {load(0), kHalt};
  machine.configure();
  machine.write(spec::kRegWatchdog, 300);
  machine.start();
  CHECK(machine.finish() == spec::State::kError);
  // 1 cycle to STOPPING, 2 in it.
  CHECK(machine.end_cycle - machine.issued[0].cycle == 300 + 1 + 3);
}

TEST_CASE("ABORT stops a program and does nothing without one", "[control][error]") {
  ControlMachine machine({.engine_latency = 200, .flush_cycles = 5});
  CHECK(machine.write(spec::kRegCtrl, 2) == 0);
  CHECK(machine.state() == spec::State::kIdle);
  machine.program = {load(0, 0, 1), store(1), kHalt};
  machine.configure();
  machine.start();
  for (unsigned i = 0; i < 50; ++i) machine.step();
  CHECK(machine.start() == 2);  // SLVERR, and it goes on
  CHECK(machine.state() == spec::State::kRunning);
  CHECK(machine.write(spec::kRegCtrl, 2) == 0);
  CHECK(machine.finish(100) == spec::State::kError);
  CHECK(machine.error() == spec::Error::kAbort);
  CHECK(machine.write(spec::kRegCtrl, 2) == 0);
  CHECK(machine.run() == spec::State::kDone);
  CHECK(machine.error() == spec::Error::kNone);
}

TEST_CASE("START refuses a program that lies wrongly", "[control][error]") {
  const auto at = [](std::uint64_t base, std::uint32_t length, std::uint64_t from, std::uint64_t to) {
    ControlMachine machine;
    machine.program = {kHalt};
    machine.configure();
    machine.write64(spec::kRegProgBase, base);
    machine.write(spec::kRegProgLen, length);
    machine.write64(spec::kRegMemBase, from);
    machine.write64(spec::kRegMemLimit, to);
    machine.start();
    machine.finish(100);
    CHECK(machine.requests <= (machine.error() == spec::Error::kNone ? 1U : 0U));
    return machine.error();
  };
  constexpr std::uint64_t base = ControlMachine::kProgramBase, all = ~std::uint64_t{0};
  CHECK(at(base, 1, 0, all) == spec::Error::kNone);
  CHECK(at(base, 1, base, base + 32) == spec::Error::kNone);
  CHECK(at(base + 1, 1, 0, all) == spec::Error::kProgAddress);
  CHECK(at(base + 16, 1, 0, all) == spec::Error::kProgAddress);
  CHECK(at(base, 0, 0, all) == spec::Error::kProgAddress);
  CHECK(at(base, 1, base + 32, all) == spec::Error::kProgAddress);
  CHECK(at(base, 2, base, base + 63) == spec::Error::kProgAddress);
  CHECK(at((std::uint64_t{1} << 48) - 32, 2, 0, all) == spec::Error::kProgAddress);
  CHECK(at(all - 31, 1, 0, all) == spec::Error::kProgAddress);
}
