// SPDX-License-Identifier: Apache-2.0

#include "hbm/channel_bench.hpp"

#include <sstream>
#include <stdexcept>

#include "hbm/registers_gen.hpp"

namespace tessera::tb::hbm {
namespace {

using namespace tessera::hbm;

constexpr std::uint64_t kResetCycles = 4;
constexpr std::uint64_t kAccessLimit = 10'000;  // Cycles a register access may take

AxiMonitorConfig monitor_config(unsigned pc) {
  AxiMonitorConfig config;
  config.name = "AXI4 port of PC " + std::to_string(pc);
  config.profile = false;
  return config;
}

std::string hex(std::uint32_t value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

}  // namespace

// Asks nothing and takes every answer.
class HbmChannelBench::Nobody : public AxiAgent {
 public:
  Nobody() { out_.rready = out_.bready = true; }
  const AxiMaster& drive() override { return out_; }
  void clock(const AxiSlave&) override {}

 private:
  AxiMaster out_;
};

HbmChannelBench::HbmChannelBench(ChannelBenchConfig config)
    : config_{std::move(config)},
      model_{make_channel(config_.seed, !config_.waves.empty())},
      device_{config_.device},
      monitors_{AxiMonitor{monitor_config(0)}, AxiMonitor{monitor_config(1)}},
      nobody_{std::make_unique<Nobody>()} {
  agents_.fill(nobody_.get());
  if (!config_.waves.empty()) model_->open_waves(config_.waves);
  run(kResetCycles);
  pins_.rst_n = true;
  run(kResetCycles);
}

void HbmChannelBench::attach(unsigned pc, AxiAgent* agent) {
  agents_.at(pc) = agent != nullptr ? agent : nobody_.get();
}

void HbmChannelBench::cycle() {
  if (!config_.waves.empty()) model_->trace(cycles_ >= config_.wave_from && cycles_ < config_.wave_to);
  pack_(device_.clock(unpack_(model_->pins_out())), model_->pins_in());
  pins_.lite_master = pins_.rst_n ? host_.out() : AxiLiteMaster{};
  for (unsigned p = 0; p < kPcs; ++p)
    pins_.master[p] = pins_.rst_n ? &agents_[p]->drive() : &nobody_->drive();
  model_->settle(pins_);
  if (pins_.rst_n) {
    for (unsigned p = 0; p < kPcs; ++p) {
      monitors_[p].check(*pins_.master[p], pins_.slave[p]);
      agents_[p]->clock(pins_.slave[p]);
    }
    host_monitor_.check(pins_.lite_master, pins_.lite_slave);
    host_.clock(pins_.lite_slave);
  }
  model_->edge();
  ++cycles_;
  if (model_->assertion_failed()) {
    throw std::runtime_error("HBM channel: an RTL assertion failed in cycle " + std::to_string(cycles_));
  }
}

void HbmChannelBench::run(std::uint64_t cycles) {
  for (std::uint64_t i = 0; i < cycles; ++i) cycle();
}

void HbmChannelBench::run_until(const std::function<bool()>& done, std::uint64_t limit,
                                const std::string& what) {
  for (std::uint64_t i = 0; !done(); ++i) {
    if (i == limit) {
      throw std::runtime_error("HBM channel: waited " + std::to_string(limit) + " cycles for " + what +
                               ", until cycle " + std::to_string(cycles_));
    }
    cycle();
  }
}

LiteResult HbmChannelBench::finish_access() {
  run_until([&] { return !host_.busy(); }, kAccessLimit, "a register access");
  return host_.result();
}

LiteResult HbmChannelBench::try_read(unsigned offset) {
  host_.start_read(static_cast<std::uint16_t>(offset));
  return finish_access();
}

LiteResult HbmChannelBench::try_write(unsigned offset, std::uint32_t value) {
  host_.start_write(static_cast<std::uint16_t>(offset), value);
  return finish_access();
}

std::uint32_t HbmChannelBench::read_register(unsigned offset) {
  const LiteResult result = try_read(offset);
  if (!result.ok()) throw std::runtime_error("HBM channel: register " + hex(offset) + " cannot be read");
  return result.data;
}

std::uint64_t HbmChannelBench::read_register64(unsigned offset) {
  const std::uint32_t low = read_register(offset);
  return static_cast<std::uint64_t>(read_register(offset + 4)) << 32 | low;
}

void HbmChannelBench::write_register(unsigned offset, std::uint32_t value) {
  if (!try_write(offset, value).ok()) {
    throw std::runtime_error("HBM channel: register " + hex(offset) + " refuses " + hex(value));
  }
}

void HbmChannelBench::program(const TimingSet& timing) {
  unsigned offset = kRegTRl;
  for (const TimingField& field : timing_fields()) {
    write_register(offset, timing.*field.member);
    offset += 4;
  }
}

unsigned HbmChannelBench::try_start() {
  // The reset values are the 6.4 Gb/s set: that users rely on them is worth testing.
  if (!(config_.device.timing == TimingSet::hbm3_6400())) program(config_.device.timing);
  write_register(kRegRfm, kRfmRaaimt.put(config_.device.raaimt) | kRfmRaammt.put(config_.device.raammt));
  write_register(kRegCtrl, kCtrlStart.put(1));
  const std::uint64_t end = cycles_ + config_.start_limit;
  while (cycles_ < end) {
    const auto state = static_cast<State>(kStateState.get(read_register(kRegState)));
    if (state == State::kReady || state == State::kFailed || state == State::kFatal)
      return static_cast<unsigned>(state);
    run(64);
  }
  throw std::runtime_error("HBM channel: still not ready " + std::to_string(config_.start_limit) +
                           " cycles after CTRL.START");
}

void HbmChannelBench::start() {
  const unsigned state = try_start();
  if (state == static_cast<unsigned>(State::kReady)) {
    run_until([&] { return ready(); }, 100, "ready_o in state READY");
    return;
  }
  const unsigned reason = kStateReason.get(read_register(kRegState));
  throw std::runtime_error(
      "HBM channel: started into state " + std::string(kStateNames.at(state)) + ", reason " +
      (reason < kReasonNames.size() ? std::string(kReasonNames[reason]) : std::to_string(reason)));
}

AddressMap HbmChannelBench::map() {
  AddressMap::Sel sel{};
  AddressMap::Fold fold{};
  const auto fields = [](unsigned offset) -> std::span<const Field> {
    for (const Register& r : kRegisters) {
      if (r.offset == offset) return r.fields;
    }
    throw std::logic_error("HBM channel: there is no register at " + hex(offset));
  };
  const std::span<const Field> sels = fields(kRegMapSel);
  for (unsigned i = 0; i < sel.size(); ++i) {
    const std::uint32_t word = read_register(kRegMapSel + 4 * static_cast<unsigned>(i / sels.size()));
    sel[i] = static_cast<std::uint8_t>(sels[i % sels.size()].get(word));
  }
  for (unsigned i = 0; i < fold.size(); ++i)
    fold[i] = static_cast<std::uint16_t>(read_register(kRegMapFold + 4 * i));
  return {sel, fold};
}

Backdoor HbmChannelBench::backdoor(unsigned pc) { return {device_, pc, map()}; }

void HbmChannelBench::finish() const {
  for (const AxiMonitor& monitor : monitors_) monitor.finish();
  host_monitor_.finish();
}

}  // namespace tessera::tb::hbm
