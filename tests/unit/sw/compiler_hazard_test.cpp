// SPDX-License-Identifier: Apache-2.0
//
// The hazard analysis itself: it must see what is missing from programs with a semaphore taken away.

#include <string>

#include "compiler/hazard.hpp"
#include "compiler/layout.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;

isa::Program small_program(std::uint16_t full, std::uint16_t results, std::uint16_t free) {
  spec::Load a;
  a.space = spec::Space::kA;
  a.rows = 8;
  a.row_stride = a.row_bytes = 32;
  spec::Load b = a;
  b.space = spec::Space::kB;
  b.post_mask = full;
  spec::Matmul mm;
  mm.mt = mm.nt = mm.k = 1;
  mm.out_pitch = 1;
  mm.wait_mask = full;
  mm.post_mask = static_cast<std::uint16_t>(results | free);
  spec::Store store;
  store.rows = 8;
  store.row_stride = store.row_bytes = 32;
  store.src_pitch = 1;
  store.wait_mask = results;
  spec::Load again = a;
  again.wait_mask = free;
  isa::Program p;
  p.append(a).append(b).append(spec::Config{}).append(mm).append(store).append(again).append(spec::Halt{});
  return p;
}

std::string first_hazard(const isa::Program& program) {
  const auto hazards = compiler::find_hazards(program, HardwareConfig{});
  return hazards.empty()
             ? ""
             : std::to_string(hazards[0].pc) + "/" + std::to_string(hazards[0].other) + " " + hazards[0].what;
}

// Matches text that contains `part`, in Catch2 2 and 3.
auto mentions(const std::string& part) {
  return Catch::Matchers::Predicate<std::string>(
      [part](const std::string& s) { return s.find(part) != s.npos; }, "mentions \"" + part + "\"");
}

TEST_CASE("a program with all its semaphores has no hazard", "[compiler][hazard]") {
  REQUIRE(first_hazard(small_program(1, 2, 4)) == "");
}

TEST_CASE("a MATMUL that does not wait for its operands is a hazard", "[compiler][hazard]") {
  REQUIRE_THAT(first_hazard(small_program(0, 2, 4)), Catch::Matchers::StartsWith("3/0 reads grain 0 of A"));
}

TEST_CASE("a STORE that does not wait for its results is a hazard", "[compiler][hazard]") {
  REQUIRE_THAT(first_hazard(small_program(1, 0, 4)), Catch::Matchers::StartsWith("4/3 reads grain 0 of OUT"));
}

TEST_CASE("a LOAD that overwrites what a MATMUL may still read is a hazard", "[compiler][hazard]") {
  REQUIRE_THAT(first_hazard(small_program(1, 2, 0)),
               Catch::Matchers::StartsWith("5/3 overwrites grain 0 of A"));
}

TEST_CASE("a MATMUL that overwrites results not yet stored is a hazard", "[compiler][hazard]") {
  isa::Program p = small_program(1, 2, 4);
  spec::Matmul second = isa::decode<spec::Matmul>(p.code[3]);
  second.wait_mask = second.post_mask = 0;
  p.code.pop_back();
  p.append(second).append(spec::Halt{});
  // The last LOAD of A would race with the second MATMUL as well; it is what comes first.
  REQUIRE_THAT(first_hazard(p), Catch::Matchers::StartsWith("6/5 reads grain 0 of A"));
  p.code.erase(p.code.begin() + 5);
  spec::Matmul first = isa::decode<spec::Matmul>(p.code[3]);
  first.post_mask = 2;
  p.code[3] = isa::encode(first);
  REQUIRE_THAT(first_hazard(p), Catch::Matchers::StartsWith("5/4 overwrites grain 0 of OUT"));
}

TEST_CASE("a wait without a post, or before it, and a post without a wait are hazards",
          "[compiler][hazard]") {
  isa::Program p;
  spec::Sync sync;
  sync.wait_mask = 1;
  p.append(sync).append(spec::Halt{});
  REQUIRE_THAT(first_hazard(p), mentions("deadlocks"));
  spec::Sync post;
  post.post_mask = 1;
  isa::Program late;
  late.append(sync).append(post).append(spec::Halt{});
  REQUIRE_THAT(first_hazard(late), mentions("before the instruction that posts it"));
  isa::Program extra;
  extra.append(post).append(spec::Halt{});
  REQUIRE_THAT(first_hazard(extra), mentions("more often than awaited"));
}

TEST_CASE("posts that can pile up past SEM_MAX are a hazard", "[compiler][hazard]") {
  isa::Program p;
  spec::Load load;
  load.rows = 8;
  load.row_bytes = 32;
  load.post_mask = 1;
  spec::Config config;
  config.wait_mask = 1;
  for (int i = 0; i < 256; ++i) p.append(load);
  for (int i = 0; i < 256; ++i) p.append(config);
  p.append(spec::Halt{});
  REQUIRE_THAT(first_hazard(p), Catch::Matchers::StartsWith("255/0 semaphore 0 can pass its largest value"));
  p.code.erase(p.code.begin());
  p.code.erase(p.code.end() - 2);
  REQUIRE(first_hazard(p) == "");
}

TEST_CASE("FENCE orders everything", "[compiler][hazard]") {
  isa::Program p = small_program(0, 0, 0);
  isa::Program fenced;
  for (const isa::Grain& grain : p.code) fenced.append(grain).append(spec::Fence{});
  REQUIRE(first_hazard(fenced) == "");
}

TEST_CASE("no semaphore of a compiled program can be left out", "[compiler][hazard]") {
  compiler::GemmProblem problem;
  problem.m = 100;
  problem.n = 200;
  problem.k = 1024;
  HardwareConfig hw;
  hw.a_depth = hw.b_depth = 128;
  hw.out_depth = 256;
  const isa::Program program = compiler::compile(compiler::place(problem, 1 << 22).problem, hw).program;
  REQUIRE(compiler::find_hazards(program, hw).empty());
  unsigned used = 0;
  for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
    isa::Program without = program;
    bool any = false;
    for (isa::Grain& grain : without.code) {
      for (const spec::Field& field : {isa::kWaitField, isa::kPostField}) {
        const std::uint64_t mask = isa::get_field(grain, field);
        any = any || (mask >> s & 1) != 0;
        isa::set_bits(grain, field.lsb, field.width, mask & ~(std::uint64_t{1} << s));
      }
    }
    if (!any) continue;
    ++used;
    CAPTURE(s);
    REQUIRE_FALSE(compiler::find_hazards(without, hw).empty());
  }
  REQUIRE(used == 2 * hw.load_lanes + 2);
}

}  // namespace
