// SPDX-License-Identifier: Apache-2.0
//
// A host at the host window: random bursts of every kind over a region of memory, each answer compared with
// what a plain array of bytes says.

#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "axi_burst.hpp"
#include "slice_device.hpp"
#include "support/catch.hpp"
#include "workload/random.hpp"

namespace tessera::test {

// A burst of any legal kind whose bytes lie in [base, base + bytes), a range on 4 KiB boundaries.
inline tb::AxiAddress random_burst(workload::Random& random, std::uint64_t base, std::uint64_t bytes) {
  constexpr std::uint64_t kPage = 4096;
  const auto below = [&](std::uint64_t n) { return random.next() % n; };
  tb::AxiAddress a;
  a.id = static_cast<std::uint8_t>(below(16));
  a.size = static_cast<std::uint8_t>(below(3) == 0 ? below(6) : 5);
  const std::uint64_t size = std::uint64_t{1} << a.size;
  const std::uint64_t page = base + below(bytes / kPage) * kPage;
  const std::uint64_t offset = below(kPage);
  switch (below(4)) {
    case 0:
      a.burst = tb::kFixed;
      a.len = static_cast<std::uint8_t>(below(16));
      a.addr = page + offset;
      break;
    case 1:
      a.burst = tb::kWrap;
      a.len = static_cast<std::uint8_t>((2U << below(4)) - 1);
      a.addr = page + offset / size * size;
      break;
    default: {
      a.burst = tb::kIncr;
      a.addr = page + (below(2) == 0 ? offset / size * size : offset);
      const std::uint64_t room = kPage / size - offset / size;
      const std::uint64_t longest = below(4) == 0 ? 256 : 20;
      a.len = static_cast<std::uint8_t>(below(std::min(room, longest)));
    }
  }
  return a;
}

class HostTraffic {
 public:
  // [base, base + bytes) belongs to the host alone; 4 KiB boundaries.
  HostTraffic(tb::SliceDevice& device, std::uint64_t base, std::uint64_t bytes, std::uint64_t seed)
      : device_{device}, base_{base}, image_(bytes), random_{seed} {
    device.read(base, image_);
  }

  // Asks for one burst, if the one drawn does not cross something unanswered that AXI gives no order to.
  void ask() {
    tb::HostBurst burst;
    burst.address = random_burst(random_, base_, image_.size());
    burst.write = random_.next() % 2 == 0;
    const auto [first, last] = range(burst.address);
    for (const auto& [ticket, other] : open_) {
      // Writes are ordered among themselves, and reads do not disturb each other.
      if (other.write != burst.write && first <= other.last && other.first <= last) return;
    }
    Open open{.write = burst.write, .first = first, .last = last, .address = burst.address, .expected = {}};
    for (unsigned n = 0; n <= burst.address.len; ++n) {
      const std::uint64_t grain = tb::beat_address(burst.address, n) / tb::kBeatBytes * tb::kBeatBytes;
      const std::uint32_t lanes = tb::beat_lanes(burst.address, n);
      if (burst.write) {
        tb::AxiWriteData beat;
        beat.strb = lanes;
        if (random_.next() % 2 == 0) beat.strb &= static_cast<std::uint32_t>(random_.next());
        for (unsigned i = 0; i < tb::kBeatBytes; ++i) {
          beat.data[i] = static_cast<std::uint8_t>(random_.next());
          if (beat.strb >> i & 1) image_[grain + i - base_] = beat.data[i];
        }
        burst.data.push_back(beat);
      } else {
        tb::Beat expected{};
        for (unsigned i = 0; i < tb::kBeatBytes; ++i) {
          if (lanes >> i & 1) expected[i] = image_[grain + i - base_];
        }
        open.expected.push_back(expected);
      }
    }
    open_.emplace(device_.window().ask(std::move(burst)), std::move(open));
    ++asked_;
  }

  // Compares the answers that have come.
  void take() {
    auto& answers = device_.window().answers();
    for (; !answers.empty(); answers.pop_front()) {
      const tb::HostAnswer& answer = answers.front();
      const auto found = open_.find(answer.ticket);
      REQUIRE(found != open_.end());
      const Open& open = found->second;
      CAPTURE(open.write, open.address.addr, open.address.len, open.address.size, open.address.burst);
      REQUIRE(answer.resp == tb::kOkay);
      if (!open.write) {
        REQUIRE(answer.data.size() == open.expected.size());
        for (unsigned n = 0; n < answer.data.size(); ++n) {
          const std::uint32_t lanes = tb::beat_lanes(open.address, n);
          tb::Beat got = answer.data[n];
          for (unsigned i = 0; i < tb::kBeatBytes; ++i) got[i] = lanes >> i & 1 ? got[i] : std::uint8_t{0};
          CAPTURE(n);
          REQUIRE(got == open.expected[n]);
        }
      }
      open_.erase(found);
    }
  }

  // Everything answered, and the back door agrees.
  void finish() {
    device_.settle_window();
    take();
    REQUIRE(open_.empty());
    device_.drain();
    std::vector<std::uint8_t> memory(image_.size());
    device_.read(base_, memory);
    REQUIRE(std::equal(memory.begin(), memory.end(), image_.begin()));
  }

  std::size_t open() const { return open_.size(); }
  std::uint64_t asked() const { return asked_; }

 private:
  struct Open {
    bool write;
    std::uint64_t first, last;  // Grains it may touch
    tb::AxiAddress address;
    std::vector<tb::Beat> expected;
  };
  static std::pair<std::uint64_t, std::uint64_t> range(const tb::AxiAddress& a) {
    std::uint64_t first = ~std::uint64_t{0}, last = 0;
    for (unsigned n = 0; n <= a.len; ++n) {
      first = std::min(first, tb::beat_address(a, n) / tb::kBeatBytes);
      last = std::max(last, tb::beat_address(a, n) / tb::kBeatBytes);
    }
    return {first, last};
  }

  tb::SliceDevice& device_;
  std::uint64_t base_;
  std::vector<std::uint8_t> image_;
  workload::Random random_;
  std::map<std::uint64_t, Open> open_;  // By ticket
  std::uint64_t asked_ = 0;
};

// A device that calls `between` every few cycles of a run.
class BusyDevice : public Device {
 public:
  template <class Function>
  BusyDevice(tb::SliceDevice& device, Function between) : device_{device}, between_{std::move(between)} {}

  const HardwareConfig& config() const override { return device_.config(); }
  std::string name() const override { return device_.name(); }
  std::uint64_t memory_bytes() const override { return device_.memory_bytes(); }
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
    device_.write(address, bytes);
  }
  void read(std::uint64_t address, std::span<std::uint8_t> bytes) override { device_.read(address, bytes); }
  RunResult run(const Launch& launch) override {
    constexpr std::uint64_t kSlice = 20;
    constexpr std::uint64_t kLimit = 20'000'000;
    device_.start(launch);
    std::uint64_t until = kSlice;
    while (!device_.run_until_irq(until)) {
      if (until > kLimit) throw std::runtime_error("the run does not end");
      between_();
      until += kSlice;
    }
    return device_.collect();
  }

 private:
  tb::SliceDevice& device_;
  std::function<void()> between_;
};

}  // namespace tessera::test
