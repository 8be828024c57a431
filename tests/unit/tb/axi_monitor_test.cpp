// SPDX-License-Identifier: Apache-2.0
//
// Each rule of the monitors is shown to fire on a planted violation, in the cycle it happens, and legal
// traffic to pass.

#include "axi_monitor.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "axi_lite.hpp"
#include "protocol_error.hpp"
#include "support/catch.hpp"

namespace tessera::tb {
namespace {

AxiAddress burst(std::uint64_t addr, unsigned beats, std::uint8_t id = 0) {
  return {true, addr, static_cast<std::uint8_t>(beats - 1), 5, kIncr, id};
}

struct Wires {
  AxiMaster m;
  AxiSlave s;

  Wires ar(const AxiAddress& a, bool ready = true) const {
    Wires w = *this;
    w.m.ar = a;
    w.s.arready = ready;
    return w;
  }
  Wires aw(const AxiAddress& a, bool ready = true) const {
    Wires w = *this;
    w.m.aw = a;
    w.s.awready = ready;
    return w;
  }
  Wires w(bool last, std::uint32_t strb = 0xFFFFFFFF, bool ready = true) const {
    Wires w = *this;
    w.m.w = {true, last, strb, {}};
    w.s.wready = ready;
    return w;
  }
  Wires r(bool last, std::uint8_t id = 0, std::uint8_t resp = kOkay, bool ready = true) const {
    Wires w = *this;
    w.s.r = {true, last, resp, id, {}};
    w.m.rready = ready;
    return w;
  }
  Wires b(std::uint8_t id = 0, std::uint8_t resp = kOkay, bool ready = true) const {
    Wires w = *this;
    w.s.b = {true, resp, id};
    w.m.bready = ready;
    return w;
  }
};
const Wires idle;

// The rule broken, with the cycle: "W_LENGTH@2", or "" if none. Rules of finish() come with cycle -1.
std::string broken(const std::vector<Wires>& cycles, AxiMonitorConfig config = {}) {
  AxiMonitor monitor(std::move(config));
  std::size_t cycle = 0;
  try {
    for (; cycle < cycles.size(); ++cycle) monitor.check(cycles[cycle].m, cycles[cycle].s);
    monitor.finish();
  } catch (const ProtocolError& error) {
    if (cycle == cycles.size()) return error.rule() + "@end";
    CHECK(error.cycle() == cycle);
    CHECK(std::string(error.what()).find("AXI4 port 0, cycle " + std::to_string(cycle)) == 0);
    return error.rule() + "@" + std::to_string(cycle);
  }
  return "";
}

AxiMonitorConfig any_axi() {
  AxiMonitorConfig config;
  config.profile = false;
  return config;
}

TEST_CASE("AxiMonitor passes legal reads and writes", "[axi_monitor]") {
  CHECK(broken({idle.ar(burst(0, 2), false), idle.ar(burst(0, 2)), idle.r(false, 0, kOkay, false),
                idle.r(false), idle, idle.r(true)}) == "");
  CHECK(broken({idle.aw(burst(64, 2)).w(false), idle.w(true, 0x0F, false), idle.w(true, 0x0F), idle.b()}) ==
        "");
  // Two IDs interleaved, and a request taken in the cycle in which an earlier one is answered.
  CHECK(broken({idle.ar(burst(0, 2, 1)), idle.ar(burst(64, 2, 2)), idle.r(false, 2).ar(burst(128, 1, 2)),
                idle.r(false, 1), idle.r(true, 2), idle.r(true, 2), idle.r(true, 1)}) == "");
  // Write data before its address.
  CHECK(broken({idle.w(false), idle.w(true), idle.aw(burst(0, 2)), idle.b()}) == "");
  CHECK(broken({idle.ar(burst(0xFE0, 1)), idle.r(true, 0, kDecErr)}) == "");
}

TEST_CASE("AxiMonitor sees a valid dropped on every channel", "[axi_monitor]") {
  CHECK(broken({idle.ar(burst(0, 1), false), idle}) == "VALID_DROPPED@1");
  CHECK(broken({idle.aw(burst(0, 1), false), idle}) == "VALID_DROPPED@1");
  CHECK(broken({idle.w(true, 1, false), idle}) == "VALID_DROPPED@1");
  CHECK(broken({idle.ar(burst(0, 1)), idle.r(true, 0, kOkay, false), idle}) == "VALID_DROPPED@2");
  CHECK(broken({idle.aw(burst(0, 1)).w(true), idle.b(0, kOkay, false), idle}) == "VALID_DROPPED@2");
}

TEST_CASE("AxiMonitor sees payload change under a waiting valid on every channel", "[axi_monitor]") {
  const std::vector<std::function<void(AxiAddress&)>> changes = {
      [](AxiAddress& a) { a.addr += 32; }, [](AxiAddress& a) { a.len = 0; }, [](AxiAddress& a) { a.id = 1; }};
  for (const auto& change : changes) {
    AxiAddress other = burst(0, 2);
    change(other);
    CHECK(broken({idle.ar(burst(0, 2), false), idle.ar(other)}) == "PAYLOAD_CHANGED@1");
    CHECK(broken({idle.aw(burst(0, 2), false), idle.aw(other)}) == "PAYLOAD_CHANGED@1");
  }
  CHECK(broken({idle.w(true, 1, false), idle.w(true, 3)}) == "PAYLOAD_CHANGED@1");
  CHECK(broken({idle.w(true, 1, false), idle.w(false, 1)}) == "PAYLOAD_CHANGED@1");
  Wires changed = idle.w(true, 1);
  changed.m.w.data[17] ^= 1;
  CHECK(broken({idle.w(true, 1, false), changed}) == "PAYLOAD_CHANGED@1");
  Wires other_data = idle.r(true);
  other_data.s.r.data[31] ^= 0x80;
  CHECK(broken({idle.ar(burst(0, 1)), idle.r(true, 0, kOkay, false), other_data}) == "PAYLOAD_CHANGED@2");
  CHECK(broken({idle.aw(burst(0, 1)).w(true), idle.b(0, kOkay, false), idle.b(0, kSlvErr)}) ==
        "PAYLOAD_CHANGED@2");
}

TEST_CASE("AxiMonitor sees a burst across 4 KiB", "[axi_monitor]") {
  CHECK(broken({idle.ar(burst(0xFE0, 2))}) == "BURST_4K@0");
  CHECK(broken({idle.aw(burst(0xF20, 8))}) == "BURST_4K@0");
  CHECK(broken({idle.ar(burst(0xF00, 8), false)}) == "OUTSTANDING@end");
}

TEST_CASE("AxiMonitor sees illegal burst types and sizes", "[axi_monitor]") {
  AxiAddress a = burst(0, 1);
  a.size = 6;
  CHECK(broken({idle.ar(a)}, any_axi()) == "BURST_SIZE@0");
  a = burst(0, 1);
  a.burst = 3;
  CHECK(broken({idle.ar(a)}, any_axi()) == "BURST_TYPE@0");
  a = burst(0, 17);
  a.burst = kFixed;
  CHECK(broken({idle.aw(a)}, any_axi()) == "BURST_TYPE@0");
  a = burst(0, 3);
  a.burst = kWrap;
  CHECK(broken({idle.aw(a)}, any_axi()) == "BURST_TYPE@0");
  a = burst(16, 4);
  a.burst = kWrap;
  CHECK(broken({idle.aw(a)}, any_axi()) == "BURST_TYPE@0");
  a = burst(0xFE0, 4);
  a.burst = kWrap;
  CHECK(broken({idle.ar(a), idle.r(false), idle.r(false), idle.r(false), idle.r(true)}, any_axi()) == "");
}

TEST_CASE("AxiMonitor holds Tessera's masters to whole grains", "[axi_monitor]") {
  AxiAddress a = burst(0, 1);
  a.size = 4;
  CHECK(broken({idle.ar(a)}) == "PROFILE@0");
  a = burst(0, 1);
  a.burst = kFixed;
  CHECK(broken({idle.aw(a)}) == "PROFILE@0");
  CHECK(broken({idle.ar(burst(16, 1))}) == "PROFILE@0");
}

TEST_CASE("AxiMonitor sees bursts on the wrong port or across granules", "[axi_monitor]") {
  AxiMonitorConfig config;
  config.port = 1;
  config.ports = 2;
  config.interleave_log2 = 8;
  CHECK(broken({idle.ar(burst(0x1C0, 4))}, config) == "INTERLEAVE@0");
  CHECK(broken({idle.ar(burst(0x200, 1))}, config) == "INTERLEAVE@0");
  CHECK(broken({idle.ar(burst(0x300, 8), false)}, config) == "OUTSTANDING@end");
}

TEST_CASE("AxiMonitor sees IDs that no master has", "[axi_monitor]") {
  AxiMonitorConfig config;
  config.read_ids = 0b0111;
  config.write_ids = 0b0001;
  CHECK(broken({idle.ar(burst(0, 1, 3))}, config) == "UNKNOWN_ID@0");
  CHECK(broken({idle.aw(burst(0, 1, 1))}, config) == "UNKNOWN_ID@0");
  CHECK(broken({idle.ar(burst(0, 1, 2), false)}, config) == "OUTSTANDING@end");
}

TEST_CASE("AxiMonitor counts write beats against AWLEN", "[axi_monitor]") {
  CHECK(broken({idle.aw(burst(0, 2)), idle.w(true)}) == "W_LENGTH@1");
  CHECK(broken({idle.aw(burst(0, 1)), idle.w(false)}) == "W_LENGTH@1");
  CHECK(broken({idle.w(true), idle.aw(burst(0, 2))}) == "W_LENGTH@1");
}

TEST_CASE("AxiMonitor sees strobes outside a beat's lanes", "[axi_monitor]") {
  AxiAddress a = burst(8, 2);
  CHECK(broken({idle.aw(a), idle.w(false, 0x0000'0080)}, any_axi()) == "W_STROBE@1");
  CHECK(broken({idle.aw(a), idle.w(false, 0xFFFF'FF00), idle.w(true), idle.b()}, any_axi()) == "");
  a = burst(4, 2);
  a.size = 2;
  CHECK(broken({idle.aw(a), idle.w(false, 0xF0), idle.w(true, 0xF00), idle.b()}, any_axi()) == "");
  CHECK(broken({idle.aw(a), idle.w(false, 0xF0), idle.w(true, 0x1F00)}, any_axi()) == "W_STROBE@2");
}

TEST_CASE("AxiMonitor sees read data nobody asked for", "[axi_monitor]") {
  CHECK(broken({idle.r(true)}) == "R_UNREQUESTED@0");
  CHECK(broken({idle.ar(burst(0, 1, 1)), idle.r(true, 2)}) == "R_UNREQUESTED@1");
  CHECK(broken({idle.ar(burst(0, 1)), idle.r(true), idle.r(true)}) == "R_UNREQUESTED@2");
  CHECK(broken({idle.ar(burst(0, 1)).r(true)}) == "R_UNREQUESTED@0");
}

TEST_CASE("AxiMonitor counts read beats against ARLEN", "[axi_monitor]") {
  CHECK(broken({idle.ar(burst(0, 2)), idle.r(true)}) == "R_LENGTH@1");
  CHECK(broken({idle.ar(burst(0, 1)), idle.r(false)}) == "R_LENGTH@1");
}

TEST_CASE("AxiMonitor sees write responses before their write is complete", "[axi_monitor]") {
  CHECK(broken({idle.b()}) == "B_UNREQUESTED@0");
  CHECK(broken({idle.aw(burst(0, 2)), idle.w(false), idle.b()}) == "B_UNREQUESTED@2");
  CHECK(broken({idle.w(true), idle.b()}) == "B_UNREQUESTED@1");
  CHECK(broken({idle.aw(burst(0, 1)).w(true), idle.b(1)}) == "B_UNREQUESTED@1");
  CHECK(broken({idle.aw(burst(0, 1)).w(true), idle.b(), idle.b()}) == "B_UNREQUESTED@2");
}

TEST_CASE("AxiMonitor sees EXOKAY", "[axi_monitor]") {
  CHECK(broken({idle.ar(burst(0, 1)), idle.r(true, 0, kExOkay)}) == "RESPONSE@1");
  CHECK(broken({idle.aw(burst(0, 1)).w(true), idle.b(0, kExOkay)}) == "RESPONSE@1");
}

TEST_CASE("AxiMonitor sees what was left unanswered at the end", "[axi_monitor]") {
  CHECK(broken({idle.ar(burst(0, 2)), idle.r(false)}) == "OUTSTANDING@end");
  CHECK(broken({idle.aw(burst(0, 1)), idle.w(true)}) == "OUTSTANDING@end");
  CHECK(broken({idle.w(true)}) == "OUTSTANDING@end");
}

// AXI4-Lite ------------------------------------------------------------------------------------------------

struct Lite {
  AxiLiteMaster m;
  AxiLiteSlave s;
};

Lite lite(const std::function<void(AxiLiteMaster&, AxiLiteSlave&)>& set) {
  Lite l;
  set(l.m, l.s);
  return l;
}

std::string broken(const std::vector<Lite>& cycles) {
  AxiLiteMonitor monitor("AXI4-Lite");
  std::size_t cycle = 0;
  try {
    for (; cycle < cycles.size(); ++cycle) monitor.check(cycles[cycle].m, cycles[cycle].s);
    monitor.finish();
  } catch (const ProtocolError& error) {
    return error.rule() + "@" + (cycle == cycles.size() ? "end" : std::to_string(cycle));
  }
  return "";
}

const Lite kWrite = lite([](auto& m, auto& s) { m.awvalid = m.wvalid = s.awready = s.wready = true; });
const Lite kRead = lite([](auto& m, auto& s) { m.arvalid = s.arready = true; });
const Lite kAnswerB = lite([](auto& m, auto& s) { m.bready = s.bvalid = true; });
const Lite kAnswerR = lite([](auto& m, auto& s) { m.rready = s.rvalid = true; });

TEST_CASE("AxiLiteMonitor passes legal accesses", "[axi_lite]") {
  const Lite address = lite([](auto& m, auto& s) { m.awvalid = s.awready = true; });
  const Lite data = lite([](auto& m, auto& s) { m.wvalid = s.wready = true; });
  CHECK(broken({kWrite, kAnswerB, kRead, kAnswerR}) == "");
  CHECK(broken({address, data, kAnswerB}) == "");
  CHECK(broken({data, address, kAnswerB}) == "");
}

TEST_CASE("AxiLiteMonitor sees a valid dropped and payload changed on every channel", "[axi_lite]") {
  const auto held = [](const std::function<void(AxiLiteMaster&, AxiLiteSlave&)>& raise,
                       const std::function<void(AxiLiteMaster&, AxiLiteSlave&)>& change) {
    const Lite first = lite(raise);
    Lite second = first;
    change(second.m, second.s);
    const std::vector<Lite> before = {kWrite, kRead};
    CHECK(broken({kWrite, kRead, first, Lite{}}) == "VALID_DROPPED@3");
    return broken({kWrite, kRead, first, second});
  };
  CHECK(held([](auto& m, auto&) { m.awvalid = true; }, [](auto& m, auto&) { m.awaddr = 4; }) ==
        "PAYLOAD_CHANGED@3");
  CHECK(held([](auto& m, auto&) { m.wvalid = true; }, [](auto& m, auto&) { m.wdata = 4; }) ==
        "PAYLOAD_CHANGED@3");
  CHECK(held([](auto& m, auto&) { m.wvalid = true; }, [](auto& m, auto&) { m.wstrb = 4; }) ==
        "PAYLOAD_CHANGED@3");
  CHECK(held([](auto& m, auto&) { m.arvalid = true; }, [](auto& m, auto&) { m.araddr = 4; }) ==
        "PAYLOAD_CHANGED@3");
  CHECK(held([](auto&, auto& s) { s.bvalid = true; }, [](auto&, auto& s) { s.bresp = 2; }) ==
        "PAYLOAD_CHANGED@3");
  CHECK(held([](auto&, auto& s) { s.rvalid = true; }, [](auto&, auto& s) { s.rdata = 2; }) ==
        "PAYLOAD_CHANGED@3");
  CHECK(held([](auto&, auto& s) { s.rvalid = true; }, [](auto&, auto& s) { s.rresp = 2; }) ==
        "PAYLOAD_CHANGED@3");
}

TEST_CASE("AxiLiteMonitor sees answers without a question, EXOKAY, and questions without an answer",
          "[axi_lite]") {
  CHECK(broken({kAnswerB}) == "B_UNREQUESTED@0");
  CHECK(broken({lite([](auto& m, auto& s) { m.awvalid = s.awready = true; }), kAnswerB}) ==
        "B_UNREQUESTED@1");
  CHECK(broken({lite([](auto& m, auto& s) { m.wvalid = s.wready = true; }), kAnswerB}) == "B_UNREQUESTED@1");
  CHECK(broken({kWrite, kAnswerB, kAnswerB}) == "B_UNREQUESTED@2");
  CHECK(broken({kAnswerR}) == "R_UNREQUESTED@0");
  CHECK(broken({kRead, lite([](auto& m, auto& s) { m.rready = s.rvalid = true, s.rresp = 1; })}) ==
        "RESPONSE@1");
  CHECK(broken({kWrite, lite([](auto& m, auto& s) { m.bready = s.bvalid = true, s.bresp = 1; })}) ==
        "RESPONSE@1");
  CHECK(broken({kRead}) == "OUTSTANDING@end");
  CHECK(broken({kWrite}) == "OUTSTANDING@end");
}

TEST_CASE("AxiLiteDriver completes accesses against a slow slave, whatever the timing", "[axi_lite]") {
  const bool random = GENERATE(false, true);
  AxiLiteDriver driver(random, 5);
  AxiLiteMonitor monitor("AXI4-Lite");
  AxiLiteSlave slave;
  std::uint32_t stored = 0;
  bool have_address = false, have_data = false;
  const auto run = [&] {
    for (int cycle = 0; driver.busy() && cycle < 1000; ++cycle) {
      const AxiLiteMaster m = driver.out();
      slave.awready = cycle % 3 == 2;
      slave.wready = cycle % 2 == 1;
      slave.arready = cycle % 3 == 1;
      monitor.check(m, slave);
      const AxiLiteSlave seen = slave;
      if (seen.bvalid && m.bready) slave.bvalid = false;
      if (seen.rvalid && m.rready) slave.rvalid = false;
      have_address |= m.awvalid && seen.awready;
      if (m.wvalid && seen.wready) {
        have_data = true;
        stored = m.wdata;
      }
      if (have_address && have_data) {
        slave.bvalid = true;
        slave.bresp = kSlvErr;
        have_address = have_data = false;
      }
      if (m.arvalid && seen.arready) {
        slave.rvalid = true;
        slave.rdata = stored + m.araddr;
      }
      driver.clock(seen);
    }
    REQUIRE_FALSE(driver.busy());
  };
  for (std::uint32_t i = 1; i < 20; ++i) {
    driver.start_write(0x10, 1000 * i);
    run();
    CHECK(driver.result().resp == kSlvErr);
    driver.start_read(0x20);
    run();
    CHECK(driver.result().data == 1000 * i + 0x20);
    CHECK(driver.result().ok());
  }
  monitor.finish();
}

}  // namespace
}  // namespace tessera::tb
