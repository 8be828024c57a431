// SPDX-License-Identifier: Apache-2.0
//
// What crossed the pins, one line each: `tick cmd pc sid bg ba row col`, -1 for what a command does not have,
// and `tick DQR|DQW pc` for the first tick of a burst. An ACT has the tick of its first edge. Lines are in
// the order of their ticks.

#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "hbm/command.hpp"

namespace tessera::tb::hbm {

class DramTrace : public Observer {
 public:
  // The stream outlives the trace.
  explicit DramTrace(std::ostream& out) : out_{out} {}
  ~DramTrace() override;
  DramTrace(const DramTrace&) = delete;
  DramTrace& operator=(const DramTrace&) = delete;

  void command(const Command& command) override;
  void burst(std::int64_t tick, bool write, unsigned pc) override;
  // Writes what still waits for its place: the last few ticks.
  void flush();

 private:
  struct Line {
    std::int64_t tick;
    std::string text;
  };
  void add(std::int64_t tick, std::string text);

  std::ostream& out_;
  std::vector<Line> waiting_;  // By tick; lines of one tick in the order they came
};

}  // namespace tessera::tb::hbm
