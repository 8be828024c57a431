// SPDX-License-Identifier: Apache-2.0
//
// The control block as a whole: programs through fetch, checks, queues and semaphores to fake engines.

#include <algorithm>

#include "control_machine.hpp"
#include "control_programs.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

const Grain kHalt = make("HALT");

std::vector<std::uint32_t> pcs_of(const ControlMachine& machine, unsigned engine) {
  std::vector<std::uint32_t> pcs;
  for (const Issued& item : machine.issued) {
    if (item.engine == engine) pcs.push_back(item.pc);
  }
  return pcs;
}

// Each engine got exactly its instructions in program order, with their addresses.
bool followed(const ControlMachine& machine, const Course& course) {
  std::array<std::vector<Step>, 4> seen;
  for (const Issued& item : machine.issued) {
    const bool memory = item.engine != kMatmul;
    seen[item.engine].push_back({item.pc, memory ? item.ea : 0});
    if (item.word != machine.program[item.pc]) return false;
  }
  return seen == course.engine;
}

}  // namespace

TEST_CASE("control runs random programs without losing, repeating or reordering an instruction",
          "[control]") {
  const unsigned seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  const bool slow = seed % 2 == 0;
  ControlMachine machine({.seed = seed,
                          .fetch_latency = slow ? 40U : 2U,
                          .fetch_jitter = slow ? 30U : 0U,
                          .engine_latency = 1 + seed % 7,
                          .engine_jitter = seed % 5 * 4,
                          .stall_percent = seed % 4 * 20});
  machine.program = RandomProgram(seed).make_program(120);
  const Course course = follow(machine.program);
  REQUIRE(*std::max_element(course.semaphore.begin(), course.semaphore.end()) <= 200);
  REQUIRE(machine.run() == spec::State::kDone);
  CHECK(followed(machine, course));
  CHECK(machine.read64(spec::kRegInstructions) == course.dispatched);
  CHECK(machine.read64(spec::kRegReadBeats) == machine.fetch_beats);
  CHECK(machine.counters_add_up());
  for (unsigned s = 0; s < 16; ++s)
    CHECK(machine.read(spec::kRegSemaphore + 4 * s) == unsigned(course.semaphore[s]));
}

TEST_CASE("control never issues before every semaphore of the instruction was posted", "[control]") {
  const unsigned seed = GENERATE(range(100U, 120U));
  CAPTURE(seed);
  ControlMachine machine({.seed = seed, .engine_latency = 3, .engine_jitter = 20, .stall_percent = 30});
  machine.program = {config()};
  for (unsigned i = 0; i < 40;
       ++i) {  // Lane 0 feeds MATMUL, MATMUL feeds STORE, STORE frees lane 0 two rounds later
    machine.program.push_back(load(0, i < 2 ? 0 : 4, 1));
    machine.program.push_back(matmul(1, 2));
    machine.program.push_back(store(2, 4));
  }
  machine.program.push_back(kHalt);
  REQUIRE(machine.run() == spec::State::kDone);
  std::map<std::uint32_t, std::uint64_t> at;
  for (const Issued& item : machine.issued) at[item.pc] = item.cycle;
  for (unsigned i = 0; i < 40; ++i) {
    CHECK(at[3 * i + 2] >= at[3 * i + 1] + 4);
    CHECK(at[3 * i + 3] >= at[3 * i + 2] + 4);
    if (i >= 2) CHECK(at[3 * i + 1] >= at[3 * (i - 2) + 3] + 4);
  }
  CHECK(machine.read(spec::kRegSemaphore + 8) == 2);
  CHECK(machine.counters_add_up());
}

TEST_CASE("control gives the last count of a semaphore to the lower engine number", "[control]") {
  ControlMachine machine({.engine_latency = 5});
  machine.program = {load(1, 8),   store(8),     config(8), make("SYNC", {{"post", 8}}),
                     make("SYNC"), make("FENCE")};
  machine.program.insert(machine.program.begin(), {load(0, 0), make("FENCE")});
  machine.program.push_back(kHalt);
  machine.configure();
  machine.start();
  for (unsigned i = 0; i < 200; ++i) machine.step();
  REQUIRE(machine.issued.size() == 2);
  CHECK(machine.issued[1].engine == kMatmul);
  CHECK(machine.error() == spec::Error::kDeadlock);
  CHECK(machine.read(spec::kRegErrorPc) == 3);  // STORE before LOAD lane 1
  CHECK(machine.read(spec::kRegErrorInfo) == unsigned(spec::Engine::kStore));
}

TEST_CASE("control nests four loops and steps addresses through them", "[control][loop]") {
  ControlMachine machine({.engine_latency = 1});
  machine.program = {make("SETR", {{"areg", 1}, {"value", 0x10000}}),
                     make("SETR", {{"areg", 7}, {"value", 0x8000}})};
  for (unsigned i = 0; i < 4; ++i) machine.program.push_back(make("LOOP", {{"count", i + 2}}));
  machine.program.push_back(with(load(1), "LOAD", {{"areg", 1}, {"post_inc", 64}}));
  for (unsigned i = 0; i < 4; ++i) {
    machine.program.push_back(with(store(), "STORE", {{"areg", 7}, {"post_inc", 0xffff'fff0}}));
    machine.program.push_back(make("ENDLOOP"));
  }
  machine.program.push_back(kHalt);
  REQUIRE(machine.run() == spec::State::kDone);
  const Course course = follow(machine.program);
  REQUIRE(course.engine[kLoad1].size() == 120);
  REQUIRE(course.engine[kLoad1].back().ea == 0x2000 + 0x10000 + 119 * 64);
  REQUIRE(course.engine[kStore].size() == 2 + 6 + 24 + 120);
  CHECK(followed(machine, course));
}

TEST_CASE("control adds addresses modulo 2^48", "[control]") {
  ControlMachine machine;
  const std::uint64_t minus = (std::uint64_t{1} << 48) - 0x1000;
  machine.program = {make("SETR", {{"areg", 3}, {"value", minus}}),
                     with(load(0), "LOAD", {{"areg", 3}, {"addr", 0x5000}}),
                     make("ADDR", {{"areg", 3}, {"value", 0x1800}}),
                     with(load(0), "LOAD", {{"areg", 3}, {"addr", 0x5000}}), kHalt};
  REQUIRE(machine.run() == spec::State::kDone);
  REQUIRE(machine.issued.size() == 2);
  CHECK(machine.issued[0].ea == 0x4000);
  CHECK(machine.issued[1].ea == 0x5800);
}

TEST_CASE("SYNC and FENCE hold back what follows them", "[control]") {
  ControlMachine machine({.engine_latency = 50});
  machine.program = {load(0, 0, 1), make("SYNC", {{"wait", 1}}), load(1), make("FENCE"), store(), kHalt};
  REQUIRE(machine.run() == spec::State::kDone);
  REQUIRE(pcs_of(machine, kLoad1).size() == 1);
  CHECK(machine.issued[1].cycle > machine.issued[0].cycle + 50);
  CHECK(machine.issued[2].cycle > machine.issued[1].cycle + 50);
  CHECK(machine.bucket(0, spec::Bucket::kSem) > 40);
  CHECK(machine.bucket(0, spec::Bucket::kIdle) > 80);  // FENCE, then HALT
  CHECK(machine.counters_add_up());
}

TEST_CASE("A full queue stalls the dispatcher and is counted BUF", "[control]") {
  ControlMachine machine({.engine_latency = 20});
  machine.program.assign(16, store());
  machine.program.push_back(load(0));
  machine.program.push_back(kHalt);
  REQUIRE(machine.run() == spec::State::kDone);
  CHECK(machine.bucket(0, spec::Bucket::kBuf) > 50);
  // 2 in the engine, 8 in the queue, 1 in the dispatcher: the LOAD comes after the 16th STORE is dispatched.
  const auto position = std::find_if(machine.issued.begin(), machine.issued.end(),
                                     [](const Issued& i) { return i.engine == kLoad0; });
  CHECK(position - machine.issued.begin() >= 8);
  CHECK(machine.counters_add_up());
}

TEST_CASE("Latencies are those the README gives", "[control][cycles]") {
  ControlMachine machine;
  machine.program = {load(0), load(1), store(), config(), kHalt};
  machine.configure();
  const std::uint64_t taken = machine.bench.cycles();
  machine.start();
  REQUIRE(machine.finish() == spec::State::kDone);
  CHECK(machine.start_cycle - taken == 2);
  CHECK(machine.first_request_cycle - machine.start_cycle == 2);
  REQUIRE(machine.issued.size() == 4);
  CHECK(machine.issued[0].cycle - machine.first_response_cycle ==
        7);  // 6 to dispatch, 1 from dispatch to issue
  for (unsigned i = 0; i < 4; ++i) CHECK(machine.issued[i].cycle == machine.issued[0].cycle + i);
  // HALT is dispatched in the first cycle in which all is quiet; DONE shows in the next.
  CHECK(machine.end_cycle - machine.done_cycles.back() == 2);
  CHECK(machine.read64(spec::kRegCycles) == machine.end_cycle - machine.start_cycle);
  CHECK(machine.read64(spec::kRegInstructions) == 5);
  CHECK(machine.bucket(0, spec::Bucket::kBusy) == 5);
}

TEST_CASE("A post lets the waiting instruction start in the next cycle", "[control][cycles]") {
  ControlMachine machine({.engine_latency = 10});
  machine.program = {load(0, 0, 1), store(1), kHalt};
  REQUIRE(machine.run() == spec::State::kDone);
  REQUIRE(machine.issued.size() == 2);
  CHECK(machine.issued[1].cycle == machine.done_cycles[0] + 1);
}

TEST_CASE("Loops cost no cycle but those of their instructions and fetch nothing twice",
          "[control][cycles]") {
  const unsigned body = GENERATE(1U, 2U, 20U, 47U);  // And ENDLOOP
  ControlMachine machine;
  machine.program = {make("LOOP", {{"count", 50}})};
  for (unsigned i = 0; i < body; ++i) machine.program.push_back(make("SYNC"));
  machine.program.push_back(make("ENDLOOP"));
  machine.program.push_back(kHalt);
  REQUIRE(machine.run() == spec::State::kDone);
  const std::uint64_t dispatched = 50 * (body + 1) + 2;
  CHECK(machine.read64(spec::kRegInstructions) == dispatched);
  CHECK(machine.bucket(0, spec::Bucket::kBusy) == dispatched);
  CHECK(machine.fetch_beats == machine.program.size());
  // With a cycle of memory latency nothing but the start is lost: 2 to the request, 1 to data, 6 to dispatch.
  CHECK(machine.read64(spec::kRegCycles) == dispatched + 9);
}

TEST_CASE("A loop longer than the window is fetched again and still right", "[control][loop]") {
  ControlMachine machine({.fetch_latency = 15, .stall_percent = 20});
  machine.program = {make("LOOP", {{"count", 3}})};
  for (unsigned i = 0; i < 150; ++i) machine.program.push_back(load(i % 2));
  machine.program.push_back(make("ENDLOOP"));
  machine.program.push_back(kHalt);
  REQUIRE(machine.run() == spec::State::kDone);
  CHECK(followed(machine, follow(machine.program)));
  CHECK(machine.fetch_beats > 3 * 150);
}

TEST_CASE("Each activity is counted in its bucket, SEM where the next instruction lacks a semaphore",
          "[control]") {
  const int activity = GENERATE(0, 1, 2, 3, 4);
  CAPTURE(activity);
  ControlMachine machine({.engine_latency = 50});
  machine.activity = activity;
  machine.program = {load(0, 0, 0x20), store(0x60), make("SYNC", {{"wait", 0}, {"post", 0x40}}), kHalt};
  REQUIRE(machine.run() == spec::State::kDone);
  const std::uint64_t cycles = machine.read64(spec::kRegCycles);
  const std::array<spec::Bucket, 5> named = {spec::Bucket::kIdle, spec::Bucket::kBusy, spec::Bucket::kMem,
                                             spec::Bucket::kBuf, spec::Bucket::kBuf};
  const bool may_wait = activity == 0 || activity == 4;
  // STORE waits, once in its queue, until LOAD is done: it is queued a cycle later than LOAD.
  const std::uint64_t waited = may_wait ? machine.issued[1].cycle - machine.issued[0].cycle - 1 : 0;
  CHECK(machine.bucket(1, named[static_cast<unsigned>(activity)]) == cycles);
  CHECK(machine.bucket(2, spec::Bucket::kSem) == waited);
  CHECK(machine.bucket(2, named[static_cast<unsigned>(activity)]) == cycles - waited);
  CHECK(machine.read64(spec::kRegSemWait + 8 * 5) == waited);  // 5 is lower than 6
  CHECK(machine.counters_add_up());
}

TEST_CASE("A program inherits neither CONFIG nor address registers", "[control]") {
  ControlMachine machine;
  machine.program = {config(), make("SETR", {{"areg", 4}, {"value", 0x9000}}), kHalt};
  REQUIRE(machine.run() == spec::State::kDone);
  machine.program = {with(store(), "STORE", {{"areg", 4}}), matmul(), kHalt};
  REQUIRE(machine.run() == spec::State::kError);
  REQUIRE(machine.issued.size() == 1);
  CHECK(machine.issued[0].ea == 0x3000);
  CHECK(machine.error() == spec::Error::kNoConfig);
}

TEST_CASE("Numeric events stick until the next start", "[control]") {
  ControlMachine machine;
  machine.program = {load(0), kHalt};
  machine.configure();
  machine.start();
  machine.bench->num_status_i = 5;
  machine.step();
  machine.bench->num_status_i = 8;
  machine.bench->pass_i = 1;
  machine.bench->wr_beats_i = 3;
  machine.step();
  machine.bench->num_status_i = 0;
  machine.bench->pass_i = 0;
  machine.bench->wr_beats_i = 0;
  REQUIRE(machine.finish() == spec::State::kDone);
  CHECK(machine.read(spec::kRegNumStatus) == 13);
  CHECK(machine.read64(spec::kRegPasses) == 1);
  CHECK(machine.read64(spec::kRegWriteBeats) == 2);
  REQUIRE(machine.run() == spec::State::kDone);
  CHECK(machine.read(spec::kRegNumStatus) == 0);
  CHECK(machine.start_pulses == 2);
}
