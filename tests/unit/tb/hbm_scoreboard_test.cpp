// SPDX-License-Identifier: Apache-2.0
//
// The judge of the HBM3 channel's random tests, judged.

#include "hbm/scoreboard.hpp"
#include "support/catch.hpp"

using tessera::tb::Beat;
using tessera::tb::hbm::Scoreboard;

namespace {

constexpr std::uint32_t kAll = ~std::uint32_t{0};

Beat filled(std::uint8_t value) {
  Beat beat;
  beat.fill(value);
  return beat;
}

bool right(const Scoreboard& board, std::uint8_t value, Scoreboard::Time asked, std::uint32_t lanes = kAll) {
  return board.check(7, lanes, filled(value), asked).empty();
}

}  // namespace

TEST_CASE("a grain never written reads as zeros", "[scoreboard]") {
  const Scoreboard board;
  CHECK(right(board, 0, 1));
  CHECK_FALSE(right(board, 1, 1));
}

TEST_CASE("a write not yet answered may be seen or not", "[scoreboard]") {
  Scoreboard board;
  board.begin(7, 0, kAll, filled(5));
  CHECK(right(board, 5, 1));
  CHECK(right(board, 0, 1));
  CHECK_FALSE(right(board, 4, 1));
}

TEST_CASE("a write answered before the read was asked for must be seen", "[scoreboard]") {
  Scoreboard board;
  board.begin(7, 0, kAll, filled(5));
  board.answered(7, 0, 10);
  CHECK(right(board, 5, 11));
  CHECK_FALSE(right(board, 0, 11));
  CHECK(right(board, 0, 10));  // Asked for in the cycle of the answer
}

TEST_CASE("of two answered writes the later one is seen", "[scoreboard]") {
  Scoreboard board;
  board.begin(7, 0, kAll, filled(5));
  board.begin(7, 1, kAll, filled(6));
  board.answered(7, 1, 9);
  board.answered(7, 0, 10);
  CHECK(right(board, 6, 11));
  CHECK_FALSE(right(board, 5, 11));
}

TEST_CASE("bytes are judged by themselves, and only those in the lanes", "[scoreboard]") {
  Scoreboard board;
  board.begin(7, 0, 0x0000FFFF, filled(5));
  board.answered(7, 0, 1);
  CHECK(right(board, 5, 9, 0x0000FFFF));
  CHECK(right(board, 0, 9, 0xFFFF0000));
  CHECK_FALSE(right(board, 5, 9));
  Beat mixed = filled(0);
  for (unsigned i = 0; i < 16; ++i) mixed[i] = 5;
  CHECK(board.check(7, kAll, mixed, 9).empty());
  CHECK(board.settled(7) == mixed);
}

TEST_CASE("what no read can see any more is forgotten, the rest is not", "[scoreboard]") {
  Scoreboard board;
  board.begin(7, 0, kAll, filled(5));
  board.begin(7, 1, kAll, filled(6));
  board.answered(7, 0, 10);
  board.forget(7, 10);  // A read of cycle 10 is open and may still see zeros
  CHECK(right(board, 0, 10));
  board.forget(7, 11);
  CHECK_FALSE(right(board, 0, 10));
  CHECK(right(board, 5, 11));
  CHECK(right(board, 6, 11));
  CHECK(board.settled(7) == filled(6));
}
