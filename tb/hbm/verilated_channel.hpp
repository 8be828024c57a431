// SPDX-License-Identifier: Apache-2.0
//
// ChannelModel around one Verilated build of tessera_hbm_channel: moves bits between ports and structs,
// nothing else.

#pragma once

#include <verilated.h>
#include <verilated_fst_c.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "hbm/channel_model.hpp"
#include "verilated_bits.hpp"

namespace tessera::tb::hbm {

template <class Model>
class VerilatedChannel : public ChannelModel {
 public:
  VerilatedChannel(std::uint64_t seed, bool waves) : context_{std::make_unique<VerilatedContext>()} {
    context_->fatalOnError(false);
    context_->randReset(2);
    context_->randSeed(static_cast<int>(seed % 0x7FFFFFFF) + 1);
    context_->traceEverOn(waves);
    model_ = std::make_unique<Model>(context_.get());
    if (waves) {
      waves_ = std::make_unique<VerilatedFstC>();
      model_->trace(waves_.get(), /*levels=*/99);
    }
    static_assert(sizeof model_->pins_o == 4 * kPinsOutWords, "pins_out_t and pins_pack.hpp disagree");
    static_assert(sizeof model_->pins_i == 4 * kPinsInWords, "pins_in_t and pins_pack.hpp disagree");
    model_->ieee1500_wrst_n_i = 1;
    model_->ieee1500_wrck_i = 0;
    model_->ieee1500_selectwir_i = 0;
    model_->ieee1500_shiftwr_i = 0;
    model_->ieee1500_capturewr_i = 0;
    model_->ieee1500_updatewr_i = 0;
    model_->ieee1500_wsi_i = 0;
    std::memset(model_->pins_i.data(), 0, sizeof model_->pins_i);
    // Reset falls, so that every register is reset before the device looks at the pins.
    model_->rst_ni = 1;
    level(0);
    model_->rst_ni = 0;
    level(0);
  }
  ~VerilatedChannel() override {
    Verilated::threadContextp(context_.get());
    model_->final();
    if (waves_) waves_->close();
    model_.reset();
  }

  const std::uint32_t* pins_out() const override { return model_->pins_o.data(); }
  std::uint32_t* pins_in() override { return model_->pins_i.data(); }

  void settle(ChannelPins& pins) override {
    Model& m = *model_;
    m.rst_ni = pins.rst_n;
    drive_lite(pins.lite_master);
    for (unsigned p = 0; p < kPcs; ++p) drive(p, *pins.master[p]);
    level(0);
    pins.irq = m.irq_o;
    pins.ready = m.ready_o;
    sample_lite(pins.lite_slave);
    for (unsigned p = 0; p < kPcs; ++p) sample(p, pins.slave[p]);
  }
  void edge() override { level(1); }
  bool assertion_failed() const override { return context_->gotError(); }

  void open_waves(const std::string& file) override { waves_->open(file.c_str()); }
  void trace(bool on) override { tracing_ = on && waves_ && waves_->isOpen(); }

 private:
  void level(int clock) {
    Verilated::threadContextp(context_.get());  // Where Verilator reports errors to
    model_->clk_i = clock;
    model_->eval();
    if (tracing_) waves_->dump(context_->time());
    context_->timeInc(1);
  }

  void drive_lite(const AxiLiteMaster& in) {
    Model& m = *model_;
    m.s_axil_awvalid = in.awvalid;
    m.s_axil_awaddr = in.awaddr;
    m.s_axil_wvalid = in.wvalid;
    m.s_axil_wdata = in.wdata;
    m.s_axil_wstrb = in.wstrb;
    m.s_axil_bready = in.bready;
    m.s_axil_arvalid = in.arvalid;
    m.s_axil_araddr = in.araddr;
    m.s_axil_rready = in.rready;
  }
  void sample_lite(AxiLiteSlave& out) {
    const Model& m = *model_;
    out.awready = m.s_axil_awready;
    out.wready = m.s_axil_wready;
    out.bvalid = m.s_axil_bvalid;
    out.bresp = m.s_axil_bresp;
    out.arready = m.s_axil_arready;
    out.rvalid = m.s_axil_rvalid;
    out.rdata = m.s_axil_rdata;
    out.rresp = m.s_axil_rresp;
  }

  void drive(unsigned p, const AxiMaster& in) {
    Model& m = *model_;
    put_bits(m.s_axi_arvalid, p, 1, in.ar.valid);
    if (in.ar.valid) {
      put_bits(m.s_axi_araddr, 48 * p, 48, in.ar.addr);
      put_bits(m.s_axi_arlen, 8 * p, 8, in.ar.len);
      put_bits(m.s_axi_arsize, 3 * p, 3, in.ar.size);
      put_bits(m.s_axi_arburst, 2 * p, 2, in.ar.burst);
      put_bits(m.s_axi_arid, 4 * p, 4, in.ar.id);
    }
    put_bits(m.s_axi_awvalid, p, 1, in.aw.valid);
    if (in.aw.valid) {
      put_bits(m.s_axi_awaddr, 48 * p, 48, in.aw.addr);
      put_bits(m.s_axi_awlen, 8 * p, 8, in.aw.len);
      put_bits(m.s_axi_awsize, 3 * p, 3, in.aw.size);
      put_bits(m.s_axi_awburst, 2 * p, 2, in.aw.burst);
      put_bits(m.s_axi_awid, 4 * p, 4, in.aw.id);
    }
    put_bits(m.s_axi_wvalid, p, 1, in.w.valid);
    if (in.w.valid) {
      put_bits(m.s_axi_wlast, p, 1, in.w.last);
      put_bits(m.s_axi_wstrb, 32 * p, 32, in.w.strb);
      std::memcpy(m.s_axi_wdata.data() + 8 * p, in.w.data.data(), kBeatBytes);
    }
    put_bits(m.s_axi_rready, p, 1, in.rready);
    put_bits(m.s_axi_bready, p, 1, in.bready);
  }
  void sample(unsigned p, AxiSlave& out) {
    const Model& m = *model_;
    out.arready = get_bits(m.s_axi_arready, p, 1) != 0;
    out.awready = get_bits(m.s_axi_awready, p, 1) != 0;
    out.wready = get_bits(m.s_axi_wready, p, 1) != 0;
    out.r.valid = get_bits(m.s_axi_rvalid, p, 1) != 0;
    if (out.r.valid) {
      out.r.last = get_bits(m.s_axi_rlast, p, 1) != 0;
      out.r.resp = static_cast<std::uint8_t>(get_bits(m.s_axi_rresp, 2 * p, 2));
      out.r.id = static_cast<std::uint8_t>(get_bits(m.s_axi_rid, 4 * p, 4));
      std::memcpy(out.r.data.data(), m.s_axi_rdata.data() + 8 * p, kBeatBytes);
    }
    out.b.valid = get_bits(m.s_axi_bvalid, p, 1) != 0;
    if (out.b.valid) {
      out.b.resp = static_cast<std::uint8_t>(get_bits(m.s_axi_bresp, 2 * p, 2));
      out.b.id = static_cast<std::uint8_t>(get_bits(m.s_axi_bid, 4 * p, 4));
    }
  }

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<VerilatedFstC> waves_;
  bool tracing_ = false;
};

}  // namespace tessera::tb::hbm
