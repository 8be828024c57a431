// SPDX-License-Identifier: Apache-2.0
//
// Program fetch and sequencer (rtl/control): when each instruction, in execution order, reaches the
// dispatcher.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "isa/instruction.hpp"
#include "perf/read_ports.hpp"

namespace tessera::perf {

using Instruction = std::variant<spec::Sync, spec::Halt, spec::Fence, spec::Loop, spec::Endloop, spec::Setr,
                                 spec::Addr, spec::Load, spec::Store, spec::Config, spec::Matmul>;

class FrontEnd {
 public:
  FrontEnd(const std::vector<Instruction>& program, std::uint64_t base)
      : program_{program}, base_{base}, next_ask_{latency::kStartToFetch - latency::kAskToRequest} {}

  // ---- Towards the dispatcher
  bool empty() const { return stages_.empty(); }
  std::size_t pc() const { return stages_.front().pc; }
  Cycle dispatchable() const { return stages_.empty() ? kNever : stages_.front().ready; }
  void dispatched() { stages_.pop_front(); }

  // ---- Towards the crossbar
  Cycle wants() const { return requested_ ? request_at_ : kNever; }
  std::uint64_t address() const { return base_ + from_ * spec::kGrainBytes; }
  unsigned beats() const { return count_; }
  void granted(Cycle response) {
    for (unsigned i = 0; keep_ && i < count_; ++i) {
      here_[(from_ + i) % latency::kFetchWindow] = response + i + latency::kResponseToLookup;
    }
    requested_ = false;
  }

  // Does what it can in this cycle, after the dispatcher; returns when it can go on without any other event.
  Cycle step(Cycle now) {
    if (!running_) return kNever;
    Cycle next = ask(now);
    return std::min(next, look_up(now));
  }

 private:
  struct Stage {
    std::size_t pc;
    Cycle ready;
  };

  Cycle ask(Cycle now) {
    if (pc_ < low_) {
      low_ = high_ = pc_;
      keep_ = false;
      next_ask_ = now + latency::kRefillToAsk;
      return next_ask_;
    }
    if (requested_ || high_ >= program_.size()) return kNever;
    if (now < next_ask_) return next_ask_;
    const std::size_t in_block = (base_ / spec::kGrainBytes + high_) % latency::kFetchGrains;
    const std::size_t count =
        std::min<std::size_t>(latency::kFetchGrains - in_block, program_.size() - high_);
    if (high_ + count > pc_ + latency::kFetchAhead) return kNever;
    from_ = high_;
    count_ = static_cast<unsigned>(count);
    for (std::size_t i = 0; i < count; ++i) here_[(high_ + i) % latency::kFetchWindow] = kNever;
    high_ += count;
    if (high_ > low_ + latency::kFetchWindow) low_ = high_ - latency::kFetchWindow;
    requested_ = keep_ = true;
    request_at_ = now + latency::kAskToRequest;
    next_ask_ = now + 1;
    return next_ask_;
  }

  Cycle look_up(Cycle now) {
    if (stages_.size() >= latency::kFrontStages || pc_ < low_) return kNever;
    if (pc_ >= program_.size()) {
      throw std::invalid_argument("the program runs past its last instruction: it needs a HALT");
    }
    if (pc_ >= high_) return kNever;
    const Cycle ready = std::max(here_[pc_ % latency::kFetchWindow], next_lookup_);
    if (ready > now) return ready;
    stages_.push_back({pc_, now + latency::kLookupToDispatch});
    next_lookup_ = now + 1;
    follow(program_[pc_]);
    return running_ ? next_lookup_ : kNever;
  }

  void follow(const Instruction& instruction) {
    if (std::holds_alternative<spec::Halt>(instruction)) running_ = false;
    if (const auto* loop = std::get_if<spec::Loop>(&instruction)) loops_.push_back({pc_ + 1, loop->count});
    if (std::holds_alternative<spec::Endloop>(instruction)) {
      if (loops_.empty()) throw std::invalid_argument("ENDLOOP without LOOP at " + std::to_string(pc_));
      if (--loops_.back().second > 0) {
        pc_ = loops_.back().first;
        return;
      }
      loops_.pop_back();
    }
    ++pc_;
  }

  const std::vector<Instruction>& program_;
  std::uint64_t base_;
  bool running_ = true;
  std::size_t pc_ = 0;   // To look up next
  std::size_t low_ = 0;  // The ring holds or has asked for low_ .. high_ - 1
  std::size_t high_ = 0;
  std::array<Cycle, latency::kFetchWindow> here_{};
  Cycle next_ask_;
  Cycle next_lookup_ = 0;
  bool requested_ = false;  // The request below is raised, or will be at request_at_
  bool keep_ = true;        // Its instructions are still wanted
  Cycle request_at_ = 0;
  std::size_t from_ = 0;
  unsigned count_ = 0;
  std::deque<Stage> stages_;                                  // Looked up, not yet dispatched
  std::vector<std::pair<std::size_t, std::uint32_t>> loops_;  // Body, rounds left
};

}  // namespace tessera::perf
