// SPDX-License-Identifier: Apache-2.0
//
// SliceModel around one Verilated build of tessera_slice or tessera_hbm_slice: moves bits between pins and
// structs, nothing else. Which of the two it is, and whether it has a host window, is read off its ports.

#pragma once

#include <verilated.h>
#include <verilated_fst_c.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "slice_model.hpp"
#include "verilated_bits.hpp"

namespace tessera::tb {

template <class Model>
class VerilatedSlice : public SliceModel {
 public:
  VerilatedSlice(std::uint64_t seed, bool waves) : context_{std::make_unique<VerilatedContext>()} {
    context_->fatalOnError(false);
    context_->randReset(2);  // Registers without reset start with random values
    context_->randSeed(static_cast<int>(seed % 0x7FFFFFFF) + 1);
    context_->traceEverOn(waves);
    model_ = std::make_unique<Model>(context_.get());
    if (waves) {
      waves_ = std::make_unique<VerilatedFstC>();
      model_->trace(waves_.get(), /*levels=*/99);
    }
  }
  ~VerilatedSlice() override {
    Verilated::threadContextp(context_.get());
    model_->final();
    if (waves_) waves_->close();
    model_.reset();
  }

  unsigned ports() const override {
    if constexpr (kHbm) {
      return 0;
    } else {
      return sizeof(std::declval<Model&>().m_axi_rdata) / kBeatBytes;
    }
  }
  unsigned channels() const override {
    if constexpr (kHbm) {
      return sizeof(std::declval<Model&>().pins_o) / sizeof(std::declval<Model&>().pins_o[0]);
    } else {
      return 0;
    }
  }

  void settle(SlicePins& pins) override {
    Model& m = *model_;
    m.rst_ni = pins.rst_n;
    drive_lite(pins.lite_master);
    if constexpr (kHostWindow) {
      if (pins.host_window) drive_window(pins.host_master);
    }
    if constexpr (kHbm) {
      m.hbm_rst_ni = pins.rst_n;
      level(false, false);
      pins.ready = m.ready_o;
    } else {
      for (unsigned p = 0; p < ports(); ++p) drive(p, *pins.slave[p]);
      level(false, false);
      for (unsigned p = 0; p < ports(); ++p) sample(p, pins.master[p]);
    }
    pins.irq = m.irq_o;
    sample_lite(pins.lite_slave);
    if constexpr (kHostWindow) {
      if (pins.host_window) sample_window(pins.host_slave);
    }
  }
  void low() override { level(false, false); }
  void edge(bool tile, bool memory) override { level(tile, memory); }
  const std::uint32_t* channel_out(unsigned channel) const override {
    if constexpr (kHbm) {
      return model_->pins_o[channel].data();
    } else {
      return nullptr;
    }
  }
  std::uint32_t* channel_in(unsigned channel) override {
    if constexpr (kHbm) {
      return model_->pins_i[channel].data();
    } else {
      return nullptr;
    }
  }
  bool assertion_failed() const override { return context_->gotError(); }

  void open_waves(const std::string& file) override { waves_->open(file.c_str()); }
  void trace(bool on) override { tracing_ = on && waves_ && waves_->isOpen(); }

 private:
  static constexpr bool kHbm = requires(Model & m) { m.hbm_clk_i; };
  static constexpr bool kHostWindow = requires(Model & m) { m.s_axi_wdata; };

  void level(bool tile, bool memory) {
    // Verilator reports errors to, and takes models apart in, the thread's context: with several models in
    // one program that would be the one used last.
    Verilated::threadContextp(context_.get());
    model_->clk_i = tile;
    if constexpr (kHbm) model_->hbm_clk_i = memory;
    model_->eval();
    if (tracing_) waves_->dump(context_->time());
    context_->timeInc(1);
  }

  void drive_lite(const AxiLiteMaster& in) {
    Model& m = *model_;
    m.s_axil_awvalid = in.awvalid;
    m.s_axil_awaddr = in.awaddr;
    m.s_axil_awprot = 0;
    m.s_axil_wvalid = in.wvalid;
    m.s_axil_wdata = in.wdata;
    m.s_axil_wstrb = in.wstrb;
    m.s_axil_bready = in.bready;
    m.s_axil_arvalid = in.arvalid;
    m.s_axil_araddr = in.araddr;
    m.s_axil_arprot = 0;
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

  void drive_window(const AxiMaster& in) {
    Model& m = *model_;
    m.s_axi_arvalid = in.ar.valid;
    m.s_axi_araddr = in.ar.addr;
    m.s_axi_arlen = in.ar.len;
    m.s_axi_arsize = in.ar.size;
    m.s_axi_arburst = in.ar.burst;
    m.s_axi_arid = in.ar.id;
    m.s_axi_awvalid = in.aw.valid;
    m.s_axi_awaddr = in.aw.addr;
    m.s_axi_awlen = in.aw.len;
    m.s_axi_awsize = in.aw.size;
    m.s_axi_awburst = in.aw.burst;
    m.s_axi_awid = in.aw.id;
    m.s_axi_wvalid = in.w.valid;
    m.s_axi_wlast = in.w.last;
    m.s_axi_wstrb = in.w.strb;
    std::memcpy(m.s_axi_wdata.data(), in.w.data.data(), kBeatBytes);
    m.s_axi_rready = in.rready;
    m.s_axi_bready = in.bready;
  }
  void sample_window(AxiSlave& out) {
    const Model& m = *model_;
    out.arready = m.s_axi_arready;
    out.awready = m.s_axi_awready;
    out.wready = m.s_axi_wready;
    out.r.valid = m.s_axi_rvalid;
    out.r.last = m.s_axi_rlast;
    out.r.resp = m.s_axi_rresp;
    out.r.id = m.s_axi_rid;
    if (out.r.valid) std::memcpy(out.r.data.data(), m.s_axi_rdata.data(), kBeatBytes);
    out.b = {.valid = m.s_axi_bvalid != 0, .resp = m.s_axi_bresp, .id = m.s_axi_bid};
  }

  void drive(unsigned p, const AxiSlave& in) {
    Model& m = *model_;
    put_bits(m.m_axi_arready, p, 1, in.arready);
    put_bits(m.m_axi_rvalid, p, 1, in.r.valid);
    put_bits(m.m_axi_awready, p, 1, in.awready);
    put_bits(m.m_axi_wready, p, 1, in.wready);
    put_bits(m.m_axi_bvalid, p, 1, in.b.valid);
    if (in.r.valid) {
      put_bits(m.m_axi_rresp, 2 * p, 2, in.r.resp);
      put_bits(m.m_axi_rid, 4 * p, 4, in.r.id);
      put_bits(m.m_axi_rlast, p, 1, in.r.last);
      std::memcpy(m.m_axi_rdata.data() + 8 * p, in.r.data.data(), kBeatBytes);
    }
    if (in.b.valid) {
      put_bits(m.m_axi_bresp, 2 * p, 2, in.b.resp);
      put_bits(m.m_axi_bid, 4 * p, 4, in.b.id);
    }
  }
  void sample(unsigned p, AxiMaster& out) {
    const Model& m = *model_;
    out.rready = get_bits(m.m_axi_rready, p, 1) != 0;
    out.bready = get_bits(m.m_axi_bready, p, 1) != 0;
    out.ar.valid = get_bits(m.m_axi_arvalid, p, 1) != 0;
    if (out.ar.valid) {
      out.ar.addr = get_bits(m.m_axi_araddr, 48 * p, 48);
      out.ar.len = static_cast<std::uint8_t>(get_bits(m.m_axi_arlen, 8 * p, 8));
      out.ar.size = static_cast<std::uint8_t>(get_bits(m.m_axi_arsize, 3 * p, 3));
      out.ar.burst = static_cast<std::uint8_t>(get_bits(m.m_axi_arburst, 2 * p, 2));
      out.ar.id = static_cast<std::uint8_t>(get_bits(m.m_axi_arid, 4 * p, 4));
    }
    out.aw.valid = get_bits(m.m_axi_awvalid, p, 1) != 0;
    if (out.aw.valid) {
      out.aw.addr = get_bits(m.m_axi_awaddr, 48 * p, 48);
      out.aw.len = static_cast<std::uint8_t>(get_bits(m.m_axi_awlen, 8 * p, 8));
      out.aw.size = static_cast<std::uint8_t>(get_bits(m.m_axi_awsize, 3 * p, 3));
      out.aw.burst = static_cast<std::uint8_t>(get_bits(m.m_axi_awburst, 2 * p, 2));
      out.aw.id = static_cast<std::uint8_t>(get_bits(m.m_axi_awid, 4 * p, 4));
    }
    out.w.valid = get_bits(m.m_axi_wvalid, p, 1) != 0;
    if (out.w.valid) {
      out.w.last = get_bits(m.m_axi_wlast, p, 1) != 0;
      out.w.strb = static_cast<std::uint32_t>(get_bits(m.m_axi_wstrb, 32 * p, 32));
      std::memcpy(out.w.data.data(), m.m_axi_wdata.data() + 8 * p, kBeatBytes);
    }
  }

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<VerilatedFstC> waves_;
  bool tracing_ = false;
};

}  // namespace tessera::tb
