// SPDX-License-Identifier: Apache-2.0
//
// tessera_skid_buffer with directed patterns of back-pressure.

#include <cstdint>
#include <string>
#include <vector>

#include "Vskid_buffer.h"
#include "support/bench.hpp"

namespace {

using tessera::test::Bench;
using Words = std::vector<std::uint32_t>;

// Offers `sent` back to back while ready_i repeats `ready`, a wave such as "1101"; returns what came out.
Words stream(Bench<Vskid_buffer>& dut, const Words& sent, const std::string& ready) {
  Words received;
  std::size_t next = 0;
  while (received.size() < sent.size() && dut.cycles() < 1000) {
    dut->valid_i = next < sent.size();
    dut->data_i = next < sent.size() ? sent[next] : 0;
    dut->ready_i = ready[dut.cycles() % ready.size()] == '1';
    dut.settle();
    if (dut->valid_o && dut->ready_i) received.push_back(dut->data_o);
    if (dut->valid_i && dut->ready_o) ++next;
    dut.tick();
  }
  return received;
}

}  // namespace

TEST_CASE("the skid buffer delivers every word once and in order", "[prim][skid_buffer]") {
  const std::string ready = GENERATE("1", "10", "0001", "1101", "110010");
  CAPTURE(ready);
  Bench<Vskid_buffer> dut;
  REQUIRE(stream(dut, {3, 1, 4, 1, 5, 9}, ready) == Words{3, 1, 4, 1, 5, 9});
}

TEST_CASE("the skid buffer adds one cycle and then moves a word per cycle", "[prim][skid_buffer][cycles]") {
  Bench<Vskid_buffer> dut;
  stream(dut, Words(100, 7), "1");
  REQUIRE(dut.cycles() == 100 + 1);
}

TEST_CASE("the skid buffer takes two words and then stalls", "[prim][skid_buffer]") {
  Bench<Vskid_buffer> dut;
  dut->ready_i = 0;
  dut->valid_i = 1;
  dut->data_i = 5;
  for (const bool ready : {true, true, false, false}) {
    dut.settle();
    REQUIRE(dut->ready_o == ready);
    dut.tick();
  }
}
