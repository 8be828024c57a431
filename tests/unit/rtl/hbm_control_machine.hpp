// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_control with a host, two pseudo-channels and a PHY that do as told, and a record of what it
// did.

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "Vhbm_control.h"
#include "hbm/registers_gen.hpp"
#include "support/bench.hpp"
#include "support/catch.hpp"
#include "unit/rtl/bits.hpp"

namespace tessera::test {

namespace reg = tessera::hbm;

constexpr unsigned kOkay = 0, kSlvErr = 2;
constexpr unsigned kPde = 8, kPdx = 9, kSre = 10, kSrx = 11, kMrs = 5;  // row_op_e, col_op_e

struct ControlCommand {
  std::uint64_t cycle = 0;
  bool column = false;
  unsigned op = 0, mr_addr = 0, mr_data = 0;
};

class ControlMachine {
 public:
  ControlMachine() {
    auto& d = dut.model();
    d.s_axil_awvalid = d.s_axil_wvalid = d.s_axil_bready = d.s_axil_arvalid = d.s_axil_rready = 0;
    d.s_axil_wstrb = 0xf;
    d.apb_pready_i = d.apb_pslverr_i = 0;
    d.apb_prdata_i = 0;
    d.quiet_i = d.pending_i = 0;
    d.bucket_i = 0x3f;  // STOP
    d.event_i = 0;
    d.rdq_used_i = d.wrq_used_i = d.latency_valid_i = 0;
    d.latency_i = 0;
    for (auto& word : d.err_log_i.m_storage) word = 0;
    d.ref_req_i = 0;
    d.ref_debt_i = 0;
    d.cmd_sent_i = 0;
    d.dfi_init_complete = d.dfi_init_error = d.dfi_ctrlupd_ack = d.dfi_phyupd_req = 0;
    d.dfi_lp_ctrl_ack = d.dfi_lp_data_ack = d.dfi_cattrip = d.dfi_aerr = 0;
    d.dfi_temp = 0b011;
    dut.settle();
  }

  Bench<Vhbm_control> dut{3'000'000};
  unsigned training_cycles = 50;  // From init_start to complete, or to error
  bool training_fails = false;
  unsigned quiet_delay = 10;  // Cycles from close or stop to quiet
  bool lp_acks = true;
  unsigned lp_leave = 0;  // Cycles the PHY takes to leave low power
  unsigned apb_wait = 2;
  bool apb_error = false;
  std::vector<ControlCommand> commands;
  std::vector<std::array<std::uint32_t, 3>> apb;  // Write, address, data
  std::uint64_t injected = 0, injections = 0, flips = 0;

  std::uint64_t now() const { return dut_cycles_; }

  // One cycle of everything around the device under test.
  void cycle() {
    auto& d = dut.model();
    // Pseudo-channels
    const bool halted = d.close_o == 3 || d.stop_o == 3;
    closed_for_ = halted ? closed_for_ + 1 : 0;
    d.quiet_i = halted && closed_for_ > quiet_delay ? 3 : 0;
    // PHY. A new start or the device's reset drops the last answer.
    if (!d.dfi_reset_n) {
      d.dfi_init_complete = d.dfi_init_error = 0;
      training_ = 0;
    } else if (d.dfi_init_start && !d.dfi_init_complete && !d.dfi_init_error &&
               ++training_ >= training_cycles) {
      (training_fails ? d.dfi_init_error : d.dfi_init_complete) = 1;
    }
    lp_off_ = d.dfi_lp_ctrl_req ? 0 : lp_off_ + 1;
    d.dfi_lp_ctrl_ack = lp_acks && (d.dfi_lp_ctrl_req || (d.dfi_lp_ctrl_ack && lp_off_ <= lp_leave));
    d.dfi_lp_data_ack = lp_acks && d.dfi_lp_data_req;
    apb_cycle();
    dut.settle();
    record();
    dut.tick();
    dut.settle();
    ++dut_cycles_;
  }
  void run(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) cycle();
  }
  template <class Condition>
  unsigned until(Condition condition, unsigned limit = 20'000) {
    for (unsigned i = 0; i < limit; ++i) {
      if (condition()) return i;
      cycle();
    }
    throw std::runtime_error("the condition did not come true in " + std::to_string(limit) + " cycles");
  }

  unsigned write(unsigned address, std::uint32_t data, unsigned strobes = 0xf) {
    auto& d = dut.model();
    d.s_axil_awaddr = static_cast<std::uint16_t>(address);
    d.s_axil_wdata = data;
    d.s_axil_wstrb = static_cast<std::uint8_t>(strobes);
    d.s_axil_awvalid = d.s_axil_wvalid = d.s_axil_bready = 1;
    for (unsigned i = 0; i < 200; ++i) {
      dut.settle();
      const bool aw = d.s_axil_awvalid && d.s_axil_awready, w = d.s_axil_wvalid && d.s_axil_wready;
      const bool done = d.s_axil_bvalid;
      const unsigned response = d.s_axil_bresp;
      cycle();
      if (aw) d.s_axil_awvalid = 0;
      if (w) d.s_axil_wvalid = 0;
      if (done) {
        d.s_axil_bready = 0;
        return response;
      }
    }
    throw std::runtime_error("no write response");
  }
  std::pair<unsigned, std::uint32_t> read(unsigned address) {
    auto& d = dut.model();
    d.s_axil_araddr = static_cast<std::uint16_t>(address);
    d.s_axil_arvalid = d.s_axil_rready = 1;
    for (unsigned i = 0; i < 200; ++i) {
      dut.settle();
      const bool ar = d.s_axil_arvalid && d.s_axil_arready, done = d.s_axil_rvalid;
      const std::pair<unsigned, std::uint32_t> result = {d.s_axil_rresp, d.s_axil_rdata};
      cycle();
      if (ar) d.s_axil_arvalid = 0;
      if (done) {
        d.s_axil_rready = 0;
        return result;
      }
    }
    throw std::runtime_error("no read response");
  }
  std::uint32_t value(unsigned address) {
    const auto [response, data] = read(address);
    if (response != kOkay) throw std::runtime_error("SLVERR for a read of " + std::to_string(address));
    return data;
  }
  std::uint64_t value64(unsigned address) {
    const std::uint64_t low = value(address);
    return low | std::uint64_t{value(address + 4)} << 32;
  }
  unsigned command(const reg::Field& bit) { return write(reg::kRegCtrl, bit.put(1)); }
  reg::State state() { return static_cast<reg::State>(reg::kStateState.get(value(reg::kRegState))); }
  reg::Reason reason() { return static_cast<reg::Reason>(reg::kStateReason.get(value(reg::kRegState))); }
  void start() {
    REQUIRE(command(reg::kCtrlStart) == kOkay);
    until([this] { return dut->ready_o == 3; });
  }
  // Errors of this cycle, from pseudo-channel 0 and 1; kind 0: none. {sid, bg, ba, row, col} as one number.
  void errors(std::array<unsigned, 2> kinds, std::uint32_t address = 0, unsigned syndrome = 0) {
    for (unsigned pc = 0; pc < 2; ++pc) {
      set_bits(dut->err_log_i, 40 * pc, 10, syndrome + pc);
      set_bits(dut->err_log_i, 40 * pc + 10, 26, address + pc);
      set_bits(dut->err_log_i, 40 * pc + 36, 3, kinds[pc]);
      set_bits(dut->err_log_i, 40 * pc + 39, 1, kinds[pc] != 0);
    }
    cycle();
    for (auto& word : dut->err_log_i.m_storage) word = 0;
    dut.settle();
  }
  void refresh_request(unsigned pc, bool valid, bool urgent) {
    set_bits(dut->ref_req_i, 12 * pc, 12, (valid ? 0x800u : 0u) | (urgent ? 0x400u : 0u));
  }

 private:
  void apb_cycle() {
    auto& d = dut.model();
    const bool access = d.apb_psel_o && d.apb_penable_o;
    waited_ = access ? waited_ + 1 : 0;
    d.apb_pready_i = access && waited_ > apb_wait;
    d.apb_pslverr_i = apb_error;
    d.apb_prdata_i = d.apb_pready_i ? 0xabc00000u | d.apb_paddr_o : 0xdeadbeefu;
    if (d.apb_pready_i) {
      apb.push_back({d.apb_pwrite_o, d.apb_paddr_o, d.apb_pwrite_o ? d.apb_pwdata_o : 0});
      waited_ = 0;
    }
  }
  void record() {
    auto& d = dut.model();
    const auto row = static_cast<unsigned>(get_bits(d.ctl_row_o, 22, 4));
    const auto col = static_cast<unsigned>(get_bits(d.ctl_col_o, 25, 3));
    if (row != 0) commands.push_back({dut_cycles_, false, row, 0, 0});
    if (col != 0) {
      commands.push_back({dut_cycles_, true, col, static_cast<unsigned>(get_bits(d.ctl_col_o, 8, 5)),
                          static_cast<unsigned>(get_bits(d.ctl_col_o, 0, 8))});
    }
    const std::uint64_t inject = get_bits(d.inject_o, 0, 40);
    if (inject != 0) {
      injected = inject;
      ++injections;
    }
    if (d.par_flip_o) ++flips;
  }

  std::uint64_t dut_cycles_ = 0;
  unsigned lp_off_ = 0, closed_for_ = 0, training_ = 0, waited_ = 0;
};

}  // namespace tessera::test
