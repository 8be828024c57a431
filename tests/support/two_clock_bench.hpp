// SPDX-License-Identifier: Apache-2.0
//
// Clocks one Verilated block with two clocks of any ratio and phase inside one Catch2 test case.

#pragma once

#include <verilated.h>
#include <verilated_fst_c.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"

namespace tessera::test {

// Two clocks with rising edges at phase + n * period, in any unit of time. Equal periods and phases: one
// clock.
struct Clocks {
  std::uint64_t period_a = 1;
  std::uint64_t period_b = 1;
  std::uint64_t phase_b = 0;  // Of a: 0
  std::uint64_t jitter =
      0;  // Each edge of b comes up to this much later, drawn anew each time; less than period_b
};

// Pins names the clocks and resets of the model: static functions clock_a, clock_b, reset_a, reset_b, each
// returning a reference to the port.
//
// One step is the next moment at which a clock rises:
//   bench.settle();               inputs reach the outputs
//   const auto edges = bench.next();
//   if (edges.a) ... what side a's handshakes move at this edge
//   if (edges.b) ... likewise
//   bench.rise();
//   then new inputs for the sides that rose.
template <class Model, class Pins>
class TwoClockBench {
 public:
  struct Edges {
    bool a = false;
    bool b = false;
  };

  explicit TwoClockBench(Clocks clocks, std::uint64_t step_limit = 1'000'000)
      : clocks_{clocks}, limit_{step_limit}, model_{&context_}, next_b_{clocks.phase_b} {
    context_.fatalOnError(false);
    context_.randReset(2);
    if (const char* folder = std::getenv("TESSERA_WAVES")) {
      context_.traceEverOn(true);
      model_.trace(&waves_, /*levels=*/99);
      static int serial = 0;
      waves_.open(
          (std::string(folder) + "/" + model_.modelName() + "." + std::to_string(serial++) + ".fst").c_str());
    }
    Pins::clock_a(model_) = 0;
    Pins::clock_b(model_) = 0;
    reset(true, true);
    for (int i = 0; i < 4; ++i) pass();
  }
  ~TwoClockBench() { model_.final(); }
  TwoClockBench(const TwoClockBench&) = delete;
  TwoClockBench& operator=(const TwoClockBench&) = delete;

  Model* operator->() { return &model_; }
  Model& model() { return model_; }

  // Levels of the two resets from now on: true is in reset. Takes effect at once, between edges.
  void reset(bool a, bool b) {
    Pins::reset_a(model_) = !a;
    Pins::reset_b(model_) = !b;
    settle();
  }
  void settle() { model_.eval(); }

  // The clocks that rise next.
  Edges next() const {
    const std::uint64_t now = std::min(next_a_, next_b_ + late_);
    return {next_a_ == now, next_b_ + late_ == now};
  }

  void rise() {
    const Edges edges = next();
    const std::uint64_t now = std::min(next_a_, next_b_ + late_);
    if (edges.a) next_a_ += clocks_.period_a;
    if (edges.b) {
      next_b_ += clocks_.period_b;
      random_ = random_ * 6364136223846793005 + 1442695040888963407;
      late_ = clocks_.jitter == 0 ? 0 : (random_ >> 33) % (clocks_.jitter + 1);
      ++edges_b_;
    }
    edges_a_ += edges.a;
    level(2 * now, 0, 0);
    level(2 * now + 1, edges.a, edges.b);
    if (context_.gotError()) {
      throw std::runtime_error("RTL assertion failed, edges a " + std::to_string(edges_a_) + ", b " +
                               std::to_string(edges_b_));
    }
    if (edges_a_ + edges_b_ > limit_) throw std::runtime_error("no end after " + std::to_string(limit_));
  }
  // Goes on until both clocks have risen, inputs unchanged.
  void pass() {
    bool a = false, b = false;
    while (!a || !b) {
      const Edges edges = next();
      a |= edges.a;
      b |= edges.b;
      rise();
    }
    settle();
  }

  std::uint64_t edges_a() const { return edges_a_; }
  std::uint64_t edges_b() const { return edges_b_; }

 private:
  // A clock falls in time for its next rise; nothing in the designs looks at falling edges.
  void level(std::uint64_t time, bool a, bool b) {
    Pins::clock_a(model_) = a;
    Pins::clock_b(model_) = b;
    model_.eval();
    if (waves_.isOpen() && time > last_time_) {
      waves_.dump(time);
      last_time_ = time;
    }
  }

  Clocks clocks_;
  std::uint64_t limit_;
  VerilatedContext context_;
  Model model_;
  VerilatedFstC waves_;
  std::uint64_t next_a_ = 0, next_b_ = 0, late_ = 0;
  std::uint64_t random_ = 1;
  std::uint64_t edges_a_ = 0, edges_b_ = 0;
  std::uint64_t last_time_ = 0;
};

}  // namespace tessera::test
