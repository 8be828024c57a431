// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_data when the channel fails: every access is answered, and none hangs.

#include "unit/rtl/hbm_data_machine.hpp"

using namespace tessera;
using namespace tessera::test;

TEST_CASE("Whatever is inside when the channel fails is answered, and the channel serves again after",
          "[hbm][data][fatal]") {
  const unsigned seed = GENERATE(range(40u, 60u));
  CAPTURE(seed);
  DataMachine machine{seed};
  Dice dice{seed};
  machine.issue_percent = 60;
  machine.par_err_percent = 10;
  machine.derr_percent = 10;
  machine.most_in_a_row = 2;
  for (unsigned round = 0; round < 6; ++round) {
    const std::uint64_t base = 65536 * round;  // What was accepted before is lost: look elsewhere
    const auto only_okay = [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kOkay; };
    machine.master.legal = only_okay;
    machine.master.compare = true;
    machine.master.r_percent = machine.master.b_percent = machine.master.w_percent = 100;
    for (unsigned i = 0; i < 60; ++i) machine.master.push(random_op(dice, base, 4096, 40));
    machine.run(static_cast<unsigned>(dice.below(400)));
    machine.master.legal = [](const AxiOp&, unsigned, unsigned resp) {
      return resp == tb::kOkay || resp == tb::kSlvErr;
    };
    machine.master.r_percent = static_cast<unsigned>(dice.between(1, 100));
    machine.master.b_percent = static_cast<unsigned>(dice.between(1, 100));
    machine.master.w_percent = static_cast<unsigned>(dice.between(5, 100));
    machine.master.compare = false;
    const bool dead = dice.percent(50);
    machine.dut->fatal_i = 1;
    machine.dead = dead;
    if (dead) machine.forget_returns();
    machine.run(static_cast<unsigned>(dice.percent(30) ? 1 : dice.below(300) + 1));
    machine.dut->fatal_i = 0;
    machine.dead = false;
    machine.drain(60'000);
  }
  REQUIRE(machine.master.responses[tb::kSlvErr] > 0);
  REQUIRE(machine.master.responses[tb::kOkay] > 0);
}

TEST_CASE("During a failure new accesses are answered SLVERR without a command", "[hbm][data][fatal]") {
  DataMachine machine{61};
  Dice dice{61};
  machine.dut->fatal_i = 1;
  machine.run(3);
  machine.master.legal = [](const AxiOp&, unsigned, unsigned resp) { return resp == tb::kSlvErr; };
  for (unsigned i = 0; i < 200; ++i) machine.master.push(random_op(dice, 0, 65536));
  for (unsigned n = 0; !machine.master.idle(); ++n) {
    REQUIRE(n < 10'000);
    machine.cycle();
  }
  REQUIRE(machine.push_cycles.empty());
  REQUIRE(machine.wr_push_cycles.empty());
  REQUIRE(machine.wr_issues + machine.rd_issues == 0);
}
