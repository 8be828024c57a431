// SPDX-License-Identifier: Apache-2.0
//
// The ports of tessera_hbm_channel, free of Verilator types, so that only a thin wrapper
// (verilated_channel.hpp) knows the Verilated build.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "axi_port.hpp"
#include "hbm/pins_pack.hpp"

namespace tessera::tb::hbm {

struct ChannelPins {
  bool rst_n = false;
  bool irq = false;
  bool ready = false;
  AxiLiteMaster lite_master;
  AxiLiteSlave lite_slave;
  std::array<const AxiMaster*, kPcs> master{};  // What each master drives
  std::array<AxiSlave, kPcs> slave;             // What the channel drives
};

class ChannelModel {
 public:
  virtual ~ChannelModel() = default;

  // The channel's pins to the device in this cycle: registered, so known from the last edge on. kPinsOutWords
  // words.
  virtual const std::uint32_t* pins_out() const = 0;
  // Where the device's pins of this cycle go before settle(). kPinsInWords words.
  virtual std::uint32_t* pins_in() = 0;
  // Puts inputs on the ports, lets them settle with the clock low, and samples the outputs.
  virtual void settle(ChannelPins& pins) = 0;
  // The rising edge.
  virtual void edge() = 0;
  // True once an RTL assertion has failed.
  virtual bool assertion_failed() const = 0;

  // Waves: from open() to the end of the model's life, in the cycles in which tracing is on.
  virtual void open_waves(const std::string& file) = 0;
  virtual void trace(bool on) = 0;
};

// The Verilated channel: default parameters but AutoStart 0, so that registers can be written before
// CTRL.START. Registers without reset start with random values.
std::unique_ptr<ChannelModel> make_channel(std::uint64_t seed, bool waves);

}  // namespace tessera::tb::hbm
