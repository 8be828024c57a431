// SPDX-License-Identifier: Apache-2.0
//
// Programs for the control block, and what their instructions must do in program order.

#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "support/grain.hpp"

namespace tessera::test {

inline Grain load(unsigned lane, std::uint64_t wait = 0, std::uint64_t post = 0) {
  return make(
      "LOAD",
      {{"wait", wait}, {"post", post}, {"lane", lane}, {"addr", 0x2000}, {"rows", 1}, {"row_bytes", 32}});
}
inline Grain store(std::uint64_t wait = 0, std::uint64_t post = 0) {
  return make("STORE", {{"wait", wait}, {"post", post}, {"addr", 0x3000}, {"rows", 1}, {"row_bytes", 32}});
}
inline Grain config(std::uint64_t wait = 0, std::uint64_t post = 0) {
  return make("CONFIG", {{"wait", wait}, {"post", post}, {"out", 8}});
}
inline Grain matmul(std::uint64_t wait = 0, std::uint64_t post = 0) {
  return make("MATMUL", {{"wait", wait}, {"post", post}, {"mt", 1}, {"nt", 1}, {"k", 1}});
}

struct Step {
  std::uint32_t pc;
  std::uint64_t ea;
  bool operator==(const Step&) const = default;
};

// What a program does: instructions per engine, dispatched instructions, final semaphores.
struct Course {
  std::array<std::vector<Step>, 4> engine;
  std::uint64_t dispatched = 0;
  std::array<int, 16> semaphore{};
};

// Follows a correct program from its first instruction to HALT.
inline Course follow(const std::vector<Grain>& program) {
  constexpr std::uint64_t kMask = (std::uint64_t{1} << 48) - 1;
  Course course;
  std::array<std::uint64_t, 8> areg{};
  std::vector<std::pair<std::uint32_t, std::uint64_t>> loops;  // First pc of the body, times still to run
  for (std::uint32_t pc = 0; pc < program.size(); ++pc) {
    const Grain& grain = program[pc];
    const auto opcode = static_cast<spec::Opcode>(grain[0]);
    const auto reg = static_cast<unsigned>(get_bits(grain, 48, 3));
    ++course.dispatched;
    for (unsigned s = 0; s < 16; ++s) {
      course.semaphore[s] +=
          static_cast<int>(get_bits(grain, 24 + s, 1)) - static_cast<int>(get_bits(grain, 8 + s, 1));
    }
    switch (opcode) {
      case spec::Opcode::kHalt: return course;
      case spec::Opcode::kLoop: loops.emplace_back(pc + 1, get_bits(grain, 64, 32)); break;
      case spec::Opcode::kEndloop:
        if (--loops.back().second == 0)
          loops.pop_back();
        else
          pc = loops.back().first - 1;
        break;
      case spec::Opcode::kSetr: areg[reg] = get_bits(grain, 64, 48); break;
      case spec::Opcode::kAddr: areg[reg] = (areg[reg] + get_bits(grain, 64, 48)) & kMask; break;
      case spec::Opcode::kLoad:
      case spec::Opcode::kStore: {
        const unsigned engine =
            opcode == spec::Opcode::kStore ? 1 : 2 + static_cast<unsigned>(get_bits(grain, 43, 3));
        course.engine[engine].push_back({pc, (get_bits(grain, 64, 48) + areg[reg]) & kMask});
        const auto increment = static_cast<std::int32_t>(get_bits(grain, 160, 32));
        if (reg != 0) areg[reg] = (areg[reg] + static_cast<std::uint64_t>(std::int64_t{increment})) & kMask;
        break;
      }
      case spec::Opcode::kMatmul:
      case spec::Opcode::kConfig: course.engine[0].push_back({pc, 0}); break;
      default: break;
    }
  }
  return course;
}

// Random correct programs without deadlock: a semaphore has one consumer, and is posted before it is waited
// for.
class RandomProgram {
 public:
  explicit RandomProgram(unsigned seed) : random_{seed} {}

  std::vector<Grain> make_program(unsigned length) {
    program_ = {config()};
    for (unsigned r = 1; r < 8; ++r)
      program_.push_back(make("SETR", {{"areg", r}, {"value", 0x10000 + 0x100 * r}}));
    block(length, 0);
    program_.push_back(make("HALT"));
    return program_;
  }

 private:
  unsigned pick(unsigned n) { return static_cast<unsigned>(random_() % n); }

  // `user` consumes semaphores s with s mod 5 = user: dispatcher, MATMUL, STORE, LOAD lanes.
  std::uint64_t waits(unsigned user, std::array<int, 16>& tokens) {
    std::uint64_t mask = 0;
    for (unsigned s = user; s < 15; s += 5) {
      if (tokens[s] > 0 && pick(2) == 0) {
        mask |= 1U << s;
        --tokens[s];
      }
    }
    return mask;
  }
  std::uint64_t posts(std::array<int, 16>& tokens) {
    std::uint64_t mask = 0;
    for (unsigned s = 0; s < 15; ++s) {
      if (tokens[s] < 2 && pick(10) == 0) {
        mask |= 1U << s;
        ++tokens[s];
      }
    }
    return mask;
  }

  void block(unsigned length, unsigned depth) {
    std::array<int, 16> tokens{};  // Posted in this block and not waited for
    for (unsigned i = 0; i < length; ++i) {
      const unsigned kind = pick(12);
      const unsigned reg = 1 + pick(7);
      if (kind == 0 && depth < 4) {
        program_.push_back(make("LOOP", {{"count", 1 + pick(3)}}));
        block(1 + pick(6), depth + 1);
        program_.push_back(make("ENDLOOP"));
      } else if (kind == 1) {
        program_.push_back(make("FENCE"));
      } else if (kind == 2) {
        program_.push_back(make("ADDR", {{"areg", reg}, {"value", 0x40}}));
      } else if (kind == 3) {
        program_.push_back(make("SYNC", {{"wait", waits(0, tokens)}, {"post", posts(tokens)}}));
      } else {
        const unsigned engine = pick(4);
        const std::uint64_t wait = waits(engine + 1, tokens), post = posts(tokens);
        Grain grain = engine == 0   ? matmul(wait, post)
                      : engine == 1 ? store(wait, post)
                                    : load(engine - 2, wait, post);
        const std::uint64_t step = pick(3) == 0 ? 0xffff'ffe0ULL : 32;  // -32 or 32
        if (engine != 0 && pick(2) == 0)
          grain = with(grain, engine == 1 ? "STORE" : "LOAD", {{"areg", reg}, {"post_inc", step}});
        program_.push_back(grain);
      }
    }
  }

  std::mt19937 random_;
  std::vector<Grain> program_;
};

}  // namespace tessera::test
