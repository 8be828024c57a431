// SPDX-License-Identifier: Apache-2.0
//
// tessera_semaphores against a scoreboard that goes user by user.

#include <array>
#include <random>

#include "Vsemaphores.h"
#include "support/bench.hpp"

using namespace tessera::test;

namespace {

constexpr unsigned kUsers = 5;
using Masks = std::array<unsigned, kUsers>;

// Five 16-bit masks in a packed port.
template <class Port>
void put_masks(Port& port, const Masks& masks) {
  for (unsigned word = 0; word < 3; ++word) port[word] = 0;
  for (unsigned u = 0; u < kUsers; ++u) port[u / 2] |= masks[u] << (16 * (u % 2));
}

template <class Port>
unsigned mask(const Port& port, unsigned u) {
  return (port[u / 2] >> (16 * (u % 2))) & 0xffff;
}

template <class Port>
unsigned value(const Port& port, unsigned s) {
  return (port[s / 4] >> (8 * (s % 4))) & 0xff;
}

struct Inputs {
  unsigned want = 0, can = 0, post = 0;
  Masks wait{}, post_mask{};
};

class Scoreboard {
 public:
  Scoreboard() {
    apply({});
    dut->clear_i = 0;
    dut.tick();
  }
  // One cycle: what the design grants, misses and counts must be what the rules say.
  void cycle(const Inputs& in) {
    apply(in);
    dut.settle();
    unsigned grant = 0, overflow = 0;
    for (unsigned u = 0; u < kUsers; ++u) {
      unsigned missing = 0;
      for (unsigned s = 0; s < 16; ++s) {
        if (((in.want >> u) & (in.wait[u] >> s) & 1) != 0 && count[s] == 0) missing |= 1U << s;
      }
      REQUIRE(mask(dut->missing_o, u) == missing);
      if (((in.want & in.can) >> u & 1) != 0 && missing == 0) {
        grant |= 1U << u;
        for (unsigned s = 0; s < 16; ++s) count[s] -= (in.wait[u] >> s) & 1;
      }
    }
    for (unsigned u = 0; u < kUsers; ++u) {
      for (unsigned s = 0; s < 16; ++s) {
        if (((in.post >> u) & (in.post_mask[u] >> s) & 1) == 0) continue;
        if (count[s] == 255)
          overflow |= 1U << u;
        else
          ++count[s];
      }
    }
    REQUIRE(dut->grant_o == grant);
    REQUIRE(dut->overflow_o == overflow);
    overflows += overflow != 0;
    grants += grant != 0;
    dut.tick();
    for (unsigned s = 0; s < 16; ++s) REQUIRE(value(dut->value_o, s) == count[s]);
  }
  void apply(const Inputs& in) {
    dut->want_i = static_cast<std::uint8_t>(in.want);
    dut->can_i = static_cast<std::uint8_t>(in.can);
    dut->post_i = static_cast<std::uint8_t>(in.post);
    put_masks(dut->wait_i, in.wait);
    put_masks(dut->post_mask_i, in.post_mask);
  }

  Bench<Vsemaphores> dut;
  std::array<unsigned, 16> count{};
  unsigned overflows = 0, grants = 0;
};

}  // namespace

TEST_CASE("Semaphores follow the scoreboard under random waits and posts", "[semaphores]") {
  const unsigned seed = GENERATE(range(1U, 11U));
  CAPTURE(seed);
  std::mt19937 random(seed);
  Scoreboard board;
  for (unsigned i = 0; i < 3000; ++i) {
    Inputs in;
    in.want = random() % 32;
    in.can = random() % 32;
    in.post = random() % 32;
    for (unsigned u = 0; u < kUsers; ++u) {
      in.wait[u] = random() & random() & (seed % 2 != 0 ? random() : 0x11) & 0xffff;
      in.post_mask[u] = random() & random() & (seed % 3 != 0 ? random() : 0xffff) & 0xffff;
    }
    board.cycle(in);
  }
  CHECK(board.grants > 100);
  if (seed % 3 == 0) CHECK(board.overflows > 100);  // Where more is posted than taken
}

TEST_CASE("The lower user gets the last count, and the next one when there are two", "[semaphores]") {
  Scoreboard board;
  Inputs post, both;
  post.post = 1;
  post.post_mask[0] = 8;
  both.want = both.can = 0b10110;
  both.wait = {0, 8, 8, 0, 8};
  board.cycle(post);
  board.cycle(both);  // The scoreboard gives it to user 1 only
  CHECK(board.count[3] == 0);
  board.cycle(post);
  board.cycle(post);
  board.cycle(both);
  CHECK(board.count[3] == 0);
  // A user that cannot go takes nothing from those behind it.
  board.cycle(post);
  both.can = 0b00100;
  board.apply(both);
  board.dut.settle();
  CHECK(board.dut->grant_o == 0b00100);
}

TEST_CASE("A user gets all of its semaphores or none", "[semaphores]") {
  Scoreboard board;
  Inputs post, take;
  post.post = 1;
  post.post_mask[0] = 0x4001;
  take.want = take.can = 2;
  take.wait[1] = 0x4003;
  board.cycle(post);
  board.cycle(take);
  CHECK(board.count[0] == 1);
  post.post_mask[0] = 2;
  board.cycle(post);
  board.cycle(take);
  CHECK((board.count[0] == 0 && board.count[1] == 0 && board.count[14] == 0));
}

TEST_CASE("Clear takes all semaphores to 0", "[semaphores]") {
  Scoreboard board;
  Inputs post;
  post.post = 1;
  post.post_mask[0] = 0xffff;
  board.cycle(post);
  board.apply({});
  board.dut->clear_i = 1;
  board.dut.tick();
  for (unsigned s = 0; s < 16; ++s) CHECK(value(board.dut->value_o, s) == 0);
}
