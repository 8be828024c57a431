// SPDX-License-Identifier: Apache-2.0
//
// The pairs of clocks that everything between two clocks is tested with.

#pragma once

#include <vector>

#include "support/two_clock_bench.hpp"

namespace tessera::test {

inline std::vector<Clocks> clock_pairs() {
  return {
      {1, 1, 0},            // One clock
      {10, 10, 1},          // Equal, any phase
      {10, 10, 5},          //
      {10, 10, 9},          //
      {4, 5, 0},            // Ratios that tiles and memories have
      {5, 4, 2},            //
      {3, 2, 0},            //
      {2, 3, 1},            //
      {1000, 1001, 0},      // Nearly equal: the phase slides through every value
      {1001, 1000, 7},      //
      {10, 20, 3},          // Far apart
      {20, 10, 3},          //
      {3, 31, 1},           //
      {31, 3, 1},           //
      {100, 101, 13, 60},   // No two edges alike
      {100, 63, 5, 50},     //
      {100, 160, 50, 120},  //
  };
}

}  // namespace tessera::test
