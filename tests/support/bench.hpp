// SPDX-License-Identifier: Apache-2.0
//
// Clocks one Verilated block (a module with clk_i and rst_ni) inside one Catch2 test case.

#pragma once

#include <verilated.h>
#include <verilated_fst_c.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"

namespace tessera::test {

// Between two ticks: set inputs, call settle(), then read outputs. tick() is one rising edge.
//
// A failing RTL assertion throws, so it fails its own test case and the next ones still run; so does running
// past the cycle limit. With TESSERA_WAVES=<folder> in the environment the run is also written to
// <folder>/<model>.<n>.fst, one file per Bench.
template <class Model>
class Bench {
 public:
  explicit Bench(std::uint64_t cycle_limit = 1'000'000) : limit_{cycle_limit}, model_{&context_} {
    context_.fatalOnError(false);
    context_.randReset(2);
    if (const char* folder = std::getenv("TESSERA_WAVES")) {
      context_.traceEverOn(true);
      model_.trace(&waves_, /*levels=*/99);
      static int serial = 0;
      waves_.open(
          (std::string(folder) + "/" + model_.modelName() + "." + std::to_string(serial++) + ".fst").c_str());
    }
    model_.rst_ni = 0;
    tick();
    tick();
    model_.rst_ni = 1;
    settle();
    cycles_ = 0;
  }
  ~Bench() { model_.final(); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Model* operator->() { return &model_; }
  Model& model() { return model_; }
  void settle() { model_.eval(); }
  void tick() {
    edge(0);
    edge(1);
    ++cycles_;
    if (context_.gotError()) {
      throw std::runtime_error("RTL assertion failed in cycle " + std::to_string(cycles_));
    }
    if (cycles_ > limit_) throw std::runtime_error("no end after " + std::to_string(limit_) + " cycles");
  }
  std::uint64_t cycles() const { return cycles_; }  // Rising edges since reset

 private:
  void edge(int level) {
    model_.clk_i = level;
    model_.eval();
    if (waves_.isOpen()) waves_.dump(context_.time());
    context_.timeInc(1);
  }

  std::uint64_t limit_;
  VerilatedContext context_;
  Model model_;
  VerilatedFstC waves_;
  std::uint64_t cycles_ = 0;
};

}  // namespace tessera::test
