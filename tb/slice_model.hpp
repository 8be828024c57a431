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
  bool rst_n = false;  // Of all clocks
  bool irq = false;
  bool ready = false;  // HBM serves accesses
  AxiLiteMaster lite_master;
  AxiLiteSlave lite_slave;
  std::vector<AxiMaster> master;       // What the slice drives, per memory port
  std::vector<const AxiSlave*> slave;  // What the memory drives, per memory port
  bool host_window = false;            // The next two are driven and sampled
  AxiMaster host_master;
  AxiSlave host_slave;
};

class SliceModel {
 public:
  virtual ~SliceModel() = default;

  virtual unsigned ports() const = 0;     // AXI4 memory ports on the pins; 0 with HBM
  virtual unsigned channels() const = 0;  // HBM channels on the pins; 0 without
  // Puts inputs on the pins, lets them settle with the clocks low, and samples the outputs.
  virtual void settle(SlicePins& pins) = 0;
  // Clocks low, all inputs but those of the HBM channels as they were.
  virtual void low() = 0;
  // The rising edge of one clock or both; the second exists with HBM only.
  virtual void edge(bool tile, bool memory) = 0;
  // The pins of an HBM channel as packed structs pins_out_t and pins_in_t, 32 bits per word.
  virtual const std::uint32_t* channel_out(unsigned channel) const = 0;
  virtual std::uint32_t* channel_in(unsigned channel) = 0;
  // True once an RTL assertion has failed.
  virtual bool assertion_failed() const = 0;

  // Waves: from open() to the end of the model's life, in the cycles in which tracing is on.
  virtual void open_waves(const std::string& file) = 0;
  virtual void trace(bool on) = 0;
};

// One grid built into this binary: "8x8", "16x16", "8x8_w64", "8x8_hbm".
struct SliceBuild {
  std::string name;
  std::function<std::unique_ptr<SliceModel>(std::uint64_t seed, bool waves)> make;
};

// Those that this binary was linked with, the default first.
std::span<const SliceBuild> slice_builds();

}  // namespace tessera::tb
