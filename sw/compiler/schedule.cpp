// SPDX-License-Identifier: Apache-2.0

#include "compiler/schedule.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace tessera::compiler {

namespace {

// One semaphore for each pair of engines that ever wait for each other. Both ends work in order, so the n-th
// wait pairs with the n-th post, and waiting for an instruction also waits for all before it.
class Semaphores {
 public:
  explicit Semaphores(unsigned load_lanes) : lanes_{load_lanes} {}

  std::uint16_t mask(unsigned poster, unsigned waiter) const {
    unsigned number = 0;
    if (waiter == kMatmulEngine && poster < lanes_) {
      number = poster;
    } else if (poster == kMatmulEngine && waiter < lanes_) {
      number = lanes_ + waiter;
    } else if (poster == kMatmulEngine && waiter == kStoreEngine) {
      number = 2 * lanes_;
    } else if (poster == kStoreEngine && waiter == kMatmulEngine) {
      number = 2 * lanes_ + 1;
    } else {
      throw std::logic_error("schedule: engine " + std::to_string(waiter) + " never waits for engine " +
                             std::to_string(poster));
    }
    return static_cast<std::uint16_t>(1U << number);
  }

 private:
  unsigned lanes_;
};

std::uint16_t& wait_mask(Step& step) {
  return std::visit([](auto& x) -> std::uint16_t& { return x.wait_mask; }, step.instruction);
}
std::uint16_t& post_mask(Step& step) {
  return std::visit([](auto& x) -> std::uint16_t& { return x.post_mask; }, step.instruction);
}

}  // namespace

isa::Program synchronise(std::vector<Step> steps, unsigned load_lanes) {
  if (steps.size() + 1 >= (std::size_t{1} << spec::kPcBits)) {
    throw std::invalid_argument(
        "the program would need " + std::to_string(steps.size() + 1) +
        " instructions, more than the program counter counts: split the GEMM by M or N");
  }
  const Semaphores semaphores(load_lanes);
  std::array<std::vector<std::uint32_t>, kScheduledEngines> by_engine;
  std::array<std::array<std::int32_t, kScheduledEngines>, kScheduledEngines> synced{};
  for (auto& row : synced) row.fill(-1);
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    for (unsigned e = 0; e < kScheduledEngines; ++e) {
      const std::int32_t need = step.needs.last[e];
      if (e == step.engine || need <= synced[e][step.engine]) continue;
      synced[e][step.engine] = need;
      Step& poster = steps[by_engine[e].at(static_cast<std::size_t>(need))];
      if (poster.start >= step.start) throw std::logic_error("schedule: a step starts before what it needs");
      const std::uint16_t mask = semaphores.mask(e, step.engine);
      wait_mask(step) = static_cast<std::uint16_t>(wait_mask(step) | mask);
      post_mask(poster) = static_cast<std::uint16_t>(post_mask(poster) | mask);
    }
    by_engine[step.engine].push_back(i);
  }

  // In the order of their expected starts, every queue that fills up holds work for the time until it moves
  // again, so a dispatcher that stalls on one engine starves no other. It is also why the program cannot
  // deadlock: an instruction never waits for a later one.
  std::vector<std::uint32_t> order(steps.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t x, std::uint32_t y) { return steps[x].start < steps[y].start; });
  isa::Program program;
  program.code.reserve(steps.size() + 1);
  for (const std::uint32_t i : order) {
    std::visit([&](const auto& x) { program.append(x); }, steps[i].instruction);
  }
  program.append(spec::Halt{});
  return program;
}

}  // namespace tessera::compiler
