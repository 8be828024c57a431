// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_init as shipped: it starts by itself.

#include "Vhbm_init.h"
#include "support/bench.hpp"
#include "support/catch.hpp"

using namespace tessera::test;

namespace {

struct Init {
  explicit Init(bool map_ok = true, bool timing_ok = true) {
    dut->start_i = dut->mrs_again_i = dut->dfi_init_complete_i = dut->dfi_init_error_i = 0;
    dut->dfi_aerr_i = dut->dfi_cattrip_i = 0;
    dut->map_ok_i = map_ok;
    dut->timing_ok_i = timing_ok;
    dut->features_i = 0x7f;
    for (auto& word : dut->timing_i.m_storage) word = 0;
    dut.settle();
  }
  Bench<Vhbm_init> dut{10'000};
};

}  // namespace

TEST_CASE("With AutoStart the channel starts after reset", "[hbm]") {
  Init init;
  bool started = false;
  for (unsigned i = 0; i < 200 && !started; ++i) {
    init.dut.tick();
    started = init.dut->dfi_init_start_o;
  }
  CHECK(started);
  CHECK(init.dut.cycles() >= 64 + 16);
}

TEST_CASE("AutoStart checks map and timings as CTRL.START does", "[hbm]") {
  for (const bool map_ok : {true, false}) {
    Init init(map_ok, false);
    for (unsigned i = 0; i < 3; ++i) init.dut.tick();
    CHECK(init.dut->state_o == 6);  // FAILED
    CHECK(init.dut->reason_o == (map_ok ? 2 : 1));
    CHECK(init.dut->dfi_reset_n_o == 0);
  }
}
