// SPDX-License-Identifier: Apache-2.0

#include "hbm/trace.hpp"

#include <algorithm>

namespace tessera::tb::hbm {
namespace {

// Bursts of the second pseudo-channel come last: after both CK of the cycle.
constexpr std::int64_t kLatest = 8;

}  // namespace

DramTrace::~DramTrace() { flush(); }

void DramTrace::command(const Command& c) {
  std::string text{op_name(c.op)};
  const auto field = [&](bool there, unsigned value) {
    text += ' ';
    text += there ? std::to_string(value) : "-1";
  };
  const bool bank = has_bank(c.op);
  field(!is_channel_wide(c.op), c.pc);
  field(bank, c.sid());
  field(bank, c.bg());
  field(bank, c.ba());
  field(c.op == Op::kAct || is_column(c.op), c.row);
  field(is_column(c.op), c.col);
  add(c.tick, std::move(text));
}

void DramTrace::burst(std::int64_t tick, bool write, unsigned pc) {
  add(tick, std::string(write ? "DQW " : "DQR ") + std::to_string(pc));
}

void DramTrace::add(std::int64_t tick, std::string text) {
  const auto later = [](std::int64_t t, const Line& line) { return t < line.tick; };
  waiting_.insert(std::upper_bound(waiting_.begin(), waiting_.end(), tick, later), {tick, std::move(text)});
  auto ready = waiting_.begin();
  for (; ready != waiting_.end() && ready->tick + kLatest < tick; ++ready) {
    out_ << ready->tick << ' ' << ready->text << '\n';
  }
  waiting_.erase(waiting_.begin(), ready);
}

void DramTrace::flush() {
  for (const Line& line : waiting_) out_ << line.tick << ' ' << line.text << '\n';
  waiting_.clear();
}

}  // namespace tessera::tb::hbm
