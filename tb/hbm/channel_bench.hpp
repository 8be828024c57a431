// SPDX-License-Identifier: Apache-2.0
//
// One Verilated HBM3 channel between AXI masters and a device model: clocks all of them, brings the channel
// up through its registers, and checks every cycle
//   - every AXI rule on both ports and on the register port (axi_monitor.hpp, axi_lite.hpp),
//   - every RTL assertion,
//   - every rule of the device, which throws unless the configuration says otherwise.
//
//   HbmChannelBench bench({});
//   bench.start();                       // Registers, training, ready
//   bench.attach(0, master);             // Any AxiAgent
//   bench.run_until([&] { return master.done(); }, 100'000);

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "axi_lite.hpp"
#include "axi_monitor.hpp"
#include "hbm/address_map.hpp"
#include "hbm/backdoor.hpp"
#include "hbm/channel_model.hpp"
#include "hbm/device.hpp"
#include "hbm/pins_pack.hpp"

namespace tessera::tb::hbm {

// An AXI4 master: per cycle drive(), then clock() with what the slave drove beside it.
class AxiAgent {
 public:
  virtual ~AxiAgent() = default;
  virtual const AxiMaster& drive() = 0;
  virtual void clock(const AxiSlave& slave) = 0;
};

struct ChannelBenchConfig {
  DeviceConfig device;          // Its timing set is programmed into the channel
  std::uint64_t seed = 1;       // Of registers that have no reset
  std::string waves;            // FST file; empty: none
  std::uint64_t wave_from = 0;  // First cycle to trace
  std::uint64_t wave_to = ~std::uint64_t{0};
  // Bring-up longer than this throws: 32768 device tests of training and some.
  std::uint64_t start_limit = 1'000'000;
};

class HbmChannelBench {
 public:
  explicit HbmChannelBench(ChannelBenchConfig config);
  HbmChannelBench(const HbmChannelBench&) = delete;
  HbmChannelBench& operator=(const HbmChannelBench&) = delete;

  // Programs the device's timings, gives CTRL.START and waits for ready. Throws std::runtime_error, with
  // STATE and REASON, when the channel fails.
  void start();
  // The same, but comes back with the state (State of sw/hbm/registers_gen.hpp) whatever it is: READY, FAILED
  // or FATAL.
  unsigned try_start();
  void program(const TimingSet& timing);

  // The agent outlives the bench or is taken back with nullptr.
  void attach(unsigned pc, AxiAgent* agent);
  void cycle();
  void run(std::uint64_t cycles);
  // Throws std::runtime_error, naming what was waited for, after `limit` cycles.
  void run_until(const std::function<bool()>& done, std::uint64_t limit, const std::string& what = "the end");
  std::uint64_t cycles() const { return cycles_; }  // Since construction

  // Registers. The first two throw std::runtime_error on an error response.
  std::uint32_t read_register(unsigned offset);
  void write_register(unsigned offset, std::uint32_t value);
  std::uint64_t read_register64(unsigned offset);
  LiteResult try_read(unsigned offset);
  LiteResult try_write(unsigned offset, std::uint32_t value);

  bool ready() const { return pins_.ready; }
  bool irq() const { return pins_.irq; }
  DramDevice& device() { return device_; }
  const DramDevice& device() const { return device_; }
  // By the map in the registers at the time of the call; the channel has a clock meanwhile.
  Backdoor backdoor(unsigned pc);
  AddressMap map();
  // Nothing may be left unanswered; throws ProtocolError.
  void finish() const;

 private:
  class Nobody;
  LiteResult finish_access();

  ChannelBenchConfig config_;
  std::unique_ptr<ChannelModel> model_;
  DramDevice device_;
  PinsUnpacker unpack_;
  PinsPacker pack_;
  ChannelPins pins_;
  AxiLiteDriver host_;
  AxiLiteMonitor host_monitor_{"AXI4-Lite"};
  std::array<AxiMonitor, kPcs> monitors_;
  std::unique_ptr<AxiAgent> nobody_;
  std::array<AxiAgent*, kPcs> agents_{};
  std::uint64_t cycles_ = 0;
};

}  // namespace tessera::tb::hbm
