// SPDX-License-Identifier: Apache-2.0
//
// The pins of a slice, free of Verilator types and of the build's parameters, so that several grids live in
// one binary and only a thin wrapper (verilated_slice.hpp) is compiled per grid.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "axi_port.hpp"

namespace tessera::tb {

struct SlicePins {
  bool rst_n = false;
  bool irq = false;
  AxiLiteMaster lite_master;
  AxiLiteSlave lite_slave;
  std::vector<AxiMaster> master;       // What the slice drives, per memory port
  std::vector<const AxiSlave*> slave;  // What the memory drives, per memory port
};

class SliceModel {
 public:
  virtual ~SliceModel() = default;

  virtual unsigned ports() const = 0;
  // Puts inputs on the pins, lets them settle with the clock low, and samples the outputs.
  virtual void settle(SlicePins& pins) = 0;
  // The rising edge.
  virtual void edge() = 0;
  // True once an RTL assertion has failed.
  virtual bool assertion_failed() const = 0;

  // Waves: from open() to the end of the model's life, in the cycles in which tracing is on.
  virtual void open_waves(const std::string& file) = 0;
  virtual void trace(bool on) = 0;
};

// One grid built into this binary: "8x8", "16x16", "8x8_w64".
struct SliceBuild {
  std::string name;
  std::function<std::unique_ptr<SliceModel>(std::uint64_t seed, bool waves)> make;
};

// Those that this binary was linked with, the default first.
std::span<const SliceBuild> slice_builds();

}  // namespace tessera::tb
