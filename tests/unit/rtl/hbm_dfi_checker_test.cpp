// SPDX-License-Identifier: Apache-2.0
//
// Every assertion of tessera_hbm_dfi_checker stays silent on a legal boundary and fires, by name, on one
// planted violation.

#include <array>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "unit/rtl/bits.hpp"
#include "unit/rtl/hbm_dfi_checker_bench.hpp"

namespace {

using namespace tessera::test;

// Names of the assertions that fail first when `scenario` runs.
std::set<std::string> failures(const std::function<void(Boundary&)>& scenario, unsigned rl = 20,
                               unsigned wl = 10) {
  Boundary b{rl, wl};
  std::set<std::string> names;
  CapturedOutput out;
  try {
    scenario(b);
    b.idle(60);
  } catch (const std::runtime_error&) {
    const std::string text = out.text();
    for (std::size_t at = 0; (at = text.find("u_checker.", at)) != std::string::npos;) {
      at += 10;
      names.insert(text.substr(at, text.find(':', at) - at));
    }
  }
  return names;
}

struct Planted {
  const char* assertion;
  std::function<void(Boundary&)> plant;
};

const std::vector<Planted>& planted() {
  static const std::vector<Planted> all{
      {"a_command_exists", [](Boundary& b) { b.row(b.ck(), 0, static_cast<RowOp>(12)); }},
      {"a_command_exists", [](Boundary& b) { b.col(b.ck() + 1, static_cast<ColOp>(6), 0); }},
      {"a_act_starts_on_rising_edge", [](Boundary& b) { b.row(b.ck() + 1, 1, kAct); }},
      {"a_only_precharge_on_falling_edge", [](Boundary& b) { b.row(b.ck(), 1, kRefPb); }},
      {"a_only_precharge_on_falling_edge", [](Boundary& b) { b.row(b.ck() + 1, 1, kSrx); }},
      {"a_act_slots_not_interrupted",
       [](Boundary& b) {
         b.row(b.ck(), 0, kAct);
         b.row(b.ck(), 1, kPrePb);
       }},
      {"a_act_slots_not_interrupted",
       [](Boundary& b) {
         b.row(b.ck(), 0, kAct);
         b.row(b.ck() + 1, 0, kPrePb);
       }},
      {"a_act_slots_not_interrupted",  // Across the cycle's end
       [](Boundary& b) {
         b.row(b.ck() + 1, 0, kAct);
         b.row(b.ck() + 2, 0, kPreAb);
       }},
      {"a_bursts_two_ck_apart",
       [](Boundary& b) {
         b.col(b.ck(), kRd, 0);
         b.col(b.ck() + 1, kRd, 0);
       }},
      {"a_bursts_two_ck_apart",
       [](Boundary& b) {
         b.col(b.ck() + 1, kWr, 1);
         b.col(b.ck() + 2, kWra, 1);
       }},
      {"a_no_command_in_device_reset",
       [](Boundary& b) {
         b.dut->reset_n_i = 0;
         b.row(b.ck(), 0, kPreAb);
       }},
      {"a_no_command_before_init_complete",
       [](Boundary& b) {
         b.dut->reset_n_i = 0;
         b.idle(3);
         b.dut->init_complete_i = 0;
         b.dut->reset_n_i = 1;
         b.idle(3);
         b.col(b.ck(), kMrs, 0);
       }},
      {"a_wrdata_en_after_each_write", [](Boundary& b) { b.col(b.ck(), kWr, 0, 1); }},
      {"a_wrdata_en_after_each_write", [](Boundary& b) { b.col(b.ck() + 1, kWra, 1, -1); }},
      {"a_wrdata_en_after_each_write", [](Boundary& b) { b.col(b.ck(), kWr, 0, 0, 1); }},
      {"a_wrdata_en_after_each_write", [](Boundary& b) { b.write_enable(b.ck() + 5, 1); }},
      {"a_rddata_en_after_each_read", [](Boundary& b) { b.col(b.ck(), kRd, 1, 2); }},
      {"a_rddata_en_after_each_read", [](Boundary& b) { b.col(b.ck() + 1, kRda, 0, 0, 1); }},
      {"a_rddata_en_after_each_read", [](Boundary& b) { b.col(b.ck(), kRd, 0, 0, 0); }},
      {"a_rddata_valid_was_asked_for", [](Boundary& b) { b.valid(b.ck() / 2 + 2, 0); }},
      {"a_rddata_valid_was_asked_for",  // Twice for one read
       [](Boundary& b) {
         b.col(b.ck(), kRd, 1);
         b.valid(b.ck() / 2 + 16, 1);
       }},
      {"a_rddata_valid_in_time",
       [](Boundary& b) {
         b.latency = 25;
         b.col(b.ck(), kRd, 0);
       }},
      {"a_init_complete_only_out_of_reset",
       [](Boundary& b) {
         b.dut->reset_n_i = 0;
         b.idle(1);
         b.dut->init_complete_i = 0;
         b.idle(1);
         b.dut->init_complete_i = 1;
       }},
      {"a_init_complete_stays", [](Boundary& b) { b.dut->init_complete_i = 0; }},
      {"a_init_complete_or_error", [](Boundary& b) { b.dut->init_error_i = 1; }},
      {"a_ctrlupd_ack_answers_req", [](Boundary& b) { b.dut->ctrlupd_ack_i = 1; }},
      {"a_ctrlupd_ack_held",
       [](Boundary& b) {
         b.dut->ctrlupd_req_i = 1;
         b.idle(1);
         b.dut->ctrlupd_ack_i = 1;
         b.idle(2);
         b.dut->ctrlupd_ack_i = 0;
       }},
      {"a_quiet_in_ctrlupd",
       [](Boundary& b) {
         b.dut->ctrlupd_req_i = 1;
         b.idle(1);
         b.dut->ctrlupd_ack_i = 1;
         b.col(b.ck() + 2, kRd, 0);
       }},
      {"a_phyupd_only_in_service",
       [](Boundary& b) {
         b.dut->reset_n_i = 0;
         b.idle(2);
         b.dut->init_complete_i = 0;
         b.dut->reset_n_i = 1;
         b.idle(2);
         b.dut->phyupd_req_i = 1;
       }},
      {"a_phyupd_req_held",
       [](Boundary& b) {
         b.dut->phyupd_req_i = 1;
         b.idle(2);
         b.dut->phyupd_req_i = 0;
       }},
      {"a_phyupd_type_stable",
       [](Boundary& b) {
         b.dut->phyupd_req_i = 1;
         b.idle(2);
         b.dut->phyupd_type_i = 1;
       }},
      {"a_phyupd_ack_answers_req", [](Boundary& b) { b.dut->phyupd_ack_i = 1; }},
      {"a_phyupd_ack_held",
       [](Boundary& b) {
         b.dut->phyupd_req_i = b.dut->phyupd_ack_i = 1;
         b.idle(2);
         b.dut->phyupd_ack_i = 0;
       }},
      {"a_phyupd_req_after_ack_is_gone",
       [](Boundary& b) {
         b.dut->phyupd_req_i = b.dut->phyupd_ack_i = 1;
         b.idle(2);
         b.dut->phyupd_req_i = 0;
         b.idle(2);
         b.dut->phyupd_req_i = 1;
       }},
      {"a_quiet_in_phyupd",
       [](Boundary& b) {
         b.dut->phyupd_req_i = b.dut->phyupd_ack_i = 1;
         b.row(b.ck() + 4, 1, kPrePb);
       }},
      {"a_quiet_in_phyupd",  // Data still on their way
       [](Boundary& b) {
         b.col(b.ck(), kWr, 0);
         b.idle(2);
         b.dut->phyupd_req_i = b.dut->phyupd_ack_i = 1;
       }},
      {"a_lp_ctrl_ack_answers_req", [](Boundary& b) { b.dut->lp_ctrl_ack_i = 1; }},
      {"a_lp_ctrl_ack_held",
       [](Boundary& b) {
         b.dut->lp_ctrl_req_i = b.dut->lp_ctrl_ack_i = 1;
         b.idle(2);
         b.dut->lp_ctrl_ack_i = 0;
       }},
      {"a_lp_ctrl_wakeup_stable",
       [](Boundary& b) {
         b.dut->lp_ctrl_req_i = 1;
         b.idle(2);
         b.dut->lp_ctrl_wakeup_i = 3;
       }},
      {"a_no_command_in_lp_ctrl",
       [](Boundary& b) {
         b.dut->lp_ctrl_req_i = b.dut->lp_ctrl_ack_i = 1;
         b.row(b.ck() + 2, 0, kPreAb);
       }},
      {"a_lp_data_ack_answers_req", [](Boundary& b) { b.dut->lp_data_ack_i = 1; }},
      {"a_lp_data_ack_held",
       [](Boundary& b) {
         b.dut->lp_data_req_i = b.dut->lp_data_ack_i = 1;
         b.idle(2);
         b.dut->lp_data_ack_i = 0;
       }},
      {"a_lp_data_wakeup_stable",
       [](Boundary& b) {
         b.dut->lp_data_req_i = 1;
         b.idle(2);
         b.dut->lp_data_wakeup_i = 3;
       }},
      {"a_no_data_in_lp_data",
       [](Boundary& b) {
         b.dut->lp_data_req_i = b.dut->lp_data_ack_i = 1;
         b.col(b.ck() + 2, kWr, 1);
       }},
  };
  return all;
}

TEST_CASE("each planted violation of the boundary fires its assertion and no other", "[hbm_dfi_checker]") {
  std::set<std::string> fired;
  for (std::size_t i = 0; i < planted().size(); ++i) {
    CAPTURE(i, planted()[i].assertion);
    CHECK(failures(planted()[i].plant) == std::set<std::string>{planted()[i].assertion});
    fired.insert(planted()[i].assertion);
  }
  CHECK(fired.size() == 32);  // All there are
}

TEST_CASE("latencies are checked with odd RL and WL, and at the ends of their ranges", "[hbm_dfi_checker]") {
  struct Latencies {
    unsigned rl, wl;
  };
  for (const Latencies l : {Latencies{17, 9}, Latencies{2, 2}, Latencies{63, 63}}) {
    CAPTURE(l.rl, l.wl);
    const auto at = [&](int shift, ColOp op) {
      return failures([=](Boundary& b) { b.col(b.ck() + 3, op, 1, shift); }, l.rl, l.wl);
    };
    CHECK(at(0, kWr).empty());
    CHECK(at(0, kRd).empty());
    CHECK(at(1, kWr) == std::set<std::string>{"a_wrdata_en_after_each_write"});
    CHECK(at(1, kRd) == std::set<std::string>{"a_rddata_en_after_each_read"});
    CHECK(at(-1, kWr) == std::set<std::string>{"a_wrdata_en_after_each_write"});
    CHECK(at(-1, kRd) == std::set<std::string>{"a_rddata_en_after_each_read"});
  }
}

TEST_CASE("legal traffic and handshakes are left alone", "[hbm_dfi_checker]") {
  const unsigned odd = GENERATE(0u, 1u);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(odd, seed);
    const auto legal = [&](Boundary& b) {
      Dice dice{seed};
      b.latency = static_cast<unsigned>(dice.between(4, 23));
      for (unsigned round = 0; round < 20; ++round) {
        std::array<std::uint64_t, 2> next{b.ck(), b.ck()};
        const std::uint64_t end = b.ck() + 200;
        for (std::uint64_t ck = b.ck(); ck < end; ++ck) {
          const unsigned pc = static_cast<unsigned>(dice.below(2));
          if (next[pc] <= ck && dice.percent(70)) {
            b.col(ck, static_cast<ColOp>(dice.between(kRd, kWra)), pc);
            next[pc] = ck + 2;
          }
        }
        for (std::uint64_t ck = b.ck(); ck < end; ck += 2) {
          const bool late = dice.percent(30);  // ACT in phase 1 and slot 0 of the next cycle
          if (dice.percent(50))
            b.row(ck + late, 0, kAct);
          else
            b.row(ck + late, 0, static_cast<RowOp>(dice.between(kRefPb, kSrx)));
          if (late) ck += 2;
          b.row(ck + 1, 1, dice.percent(50) ? kPrePb : kPreAb);
        }
        b.idle(100 + 70);
        // Each handshake while nothing moves.
        b.dut->phyupd_req_i = 1;
        b.idle(3);
        b.dut->phyupd_ack_i = 1;
        b.idle(9);
        b.dut->phyupd_req_i = 0;
        b.idle(1);
        b.dut->phyupd_ack_i = 0;
        b.dut->ctrlupd_req_i = 1;
        b.dut->lp_ctrl_req_i = b.dut->lp_data_req_i = 1;
        b.dut->lp_ctrl_wakeup_i = static_cast<std::uint8_t>(dice.below(64));
        b.idle(1);
        b.dut->ctrlupd_ack_i = b.dut->lp_ctrl_ack_i = b.dut->lp_data_ack_i = 1;
        b.idle(5);
        b.dut->ctrlupd_req_i = b.dut->lp_ctrl_req_i = b.dut->lp_data_req_i = 0;
        b.idle(1);
        b.dut->ctrlupd_ack_i = b.dut->lp_ctrl_ack_i = b.dut->lp_data_ack_i = 0;
        b.idle(1);
      }
    };
    CHECK(failures(legal, odd ? 17 : 20, odd ? 9 : 10).empty());
  }
}

}  // namespace
