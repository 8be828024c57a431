// SPDX-License-Identifier: Apache-2.0
//
// tessera_regs: the register map over AXI4-Lite, and AXI4-Lite in every order.

#include <random>
#include <set>
#include <vector>

#include "Vregs.h"
#include "isa/spec_gen.hpp"
#include "support/bench.hpp"

using namespace tessera;
using namespace tessera::test;

namespace {

constexpr unsigned kOkay = 0, kSlvErr = 2;

struct Timing {
  unsigned aw = 0, w = 0, b = 0;  // Cycles before awvalid, wvalid, bready rise
};

class Host {
 public:
  Host() {
    dut->s_axil_awvalid = dut->s_axil_wvalid = dut->s_axil_bready = dut->s_axil_arvalid = dut->s_axil_rready =
        0;
    dut->done_event_i = dut->error_event_i = 0;
    state(spec::State::kIdle);
    dut.settle();
  }
  void state(spec::State state) { dut->state_i = static_cast<std::uint8_t>(state); }

  unsigned write(unsigned address, std::uint32_t data, unsigned strobes = 0xf, Timing timing = {}) {
    bool aw_gone = false, w_gone = false;
    starts = aborts = 0;
    dut->s_axil_awaddr = address;
    dut->s_axil_wdata = data;
    dut->s_axil_wstrb = strobes;
    for (unsigned cycle = 0; cycle < 100; ++cycle) {
      dut->s_axil_awvalid = !aw_gone && cycle >= timing.aw;
      dut->s_axil_wvalid = !w_gone && cycle >= timing.w;
      dut->s_axil_bready = cycle >= timing.b;
      dut.settle();
      starts += dut->start_o;
      aborts += dut->abort_o;
      aw_gone = aw_gone || (dut->s_axil_awvalid != 0 && dut->s_axil_awready != 0);
      w_gone = w_gone || (dut->s_axil_wvalid != 0 && dut->s_axil_wready != 0);
      const bool done = dut->s_axil_bvalid != 0 && dut->s_axil_bready != 0;
      const unsigned response = dut->s_axil_bresp;
      if (dut->s_axil_bvalid != 0) REQUIRE((aw_gone && w_gone));  // No answer before the question
      dut.tick();
      if (done) {
        dut->s_axil_bready = 0;
        return response;
      }
    }
    throw std::runtime_error("no write response");
  }

  std::pair<unsigned, std::uint32_t> read(unsigned address, unsigned ready_after = 0) {
    dut->s_axil_araddr = address;
    bool gone = false;
    for (unsigned cycle = 0; cycle < 100; ++cycle) {
      dut->s_axil_arvalid = !gone;
      dut->s_axil_rready = cycle >= ready_after;
      dut.settle();
      gone = gone || dut->s_axil_arready != 0;
      const bool done = dut->s_axil_rvalid != 0 && dut->s_axil_rready != 0;
      const std::pair<unsigned, std::uint32_t> result = {dut->s_axil_rresp, dut->s_axil_rdata};
      dut.tick();
      if (done) {
        dut->s_axil_rready = dut->s_axil_arvalid = 0;
        return result;
      }
    }
    throw std::runtime_error("no read response");
  }
  std::uint32_t value(unsigned address) {
    const auto [response, data] = read(address);
    CHECK(response == kOkay);
    return data;
  }

  Bench<Vregs> dut;
  unsigned starts = 0, aborts = 0;
};

struct Rw {
  unsigned address;
  std::uint32_t mask;  // Bits that the register has
};
const std::vector<Rw> kRw = {{spec::kRegProgBase, 0xffff'ffff}, {spec::kRegProgBase + 4, 0xffff'ffff},
                             {spec::kRegProgLen, 0xff'ffff},    {spec::kRegWatchdog, 0xffff'ffff},
                             {spec::kRegMemBase, 0xffff'ffff},  {spec::kRegMemBase + 4, 0xffff'ffff},
                             {spec::kRegMemLimit, 0xffff'ffff}, {spec::kRegMemLimit + 4, 0xffff'ffff},
                             {spec::kRegIrqEnable, 3}};

}  // namespace

TEST_CASE("Writes are the same whether AW or W comes first and however late B is taken", "[regs]") {
  for (unsigned aw = 0; aw < 4; ++aw) {
    for (unsigned w = 0; w < 4; ++w) {
      for (unsigned b = 0; b < 9; b += 2) {
        CAPTURE(aw, w, b);
        Host host;
        const std::uint32_t data = 0x1000'0000 * aw + 0x100'0000 * w + b;
        CHECK(host.write(spec::kRegMemBase, data, 0xf, {aw, w, b}) == kOkay);
        CHECK(host.read(spec::kRegMemBase, b) == std::pair{kOkay, data});
      }
    }
  }
}

TEST_CASE("Byte strobes write their bytes only", "[regs]") {
  for (const Rw& rw : kRw) {
    for (unsigned strobes = 0; strobes < 16; ++strobes) {
      CAPTURE(rw.address, strobes);
      Host host;
      CHECK(host.write(rw.address, 0x0102'0301) == kOkay);
      CHECK(host.write(rw.address, 0xa5b6'c7da, strobes) == kOkay);
      std::uint32_t expected = 0;
      for (unsigned i = 0; i < 4; ++i) {
        expected |= ((strobes >> i & 1) != 0 ? 0xa5b6'c7daU : 0x0102'0301U) & (0xffU << (8 * i));
      }
      CHECK(host.value(rw.address) == (expected & rw.mask));
    }
  }
}

TEST_CASE("Every address answers as the register map says, for reads and writes", "[regs]") {
  std::set<unsigned> readable, writable = {spec::kRegCtrl, spec::kRegIrqStatus, spec::kRegInterleave};
  const auto words = [&](unsigned from, unsigned count) {
    for (unsigned i = 0; i < count; ++i) readable.insert(from + 4 * i);
  };
  words(spec::kRegId, 8);
  for (const unsigned a : {spec::kRegStatus, spec::kRegIrqStatus, spec::kRegErrorCode, spec::kRegErrorPc,
                           spec::kRegErrorInfo, spec::kRegInterleave, spec::kRegNumStatus})
    readable.insert(a);
  for (const Rw& rw : kRw) {
    readable.insert(rw.address);
    writable.insert(rw.address);
  }
  words(spec::kRegErrorInstr, 8);
  words(spec::kRegErrorAddr, 2);
  words(spec::kRegSemaphore, 16);
  words(spec::kRegCycles, 10);
  words(spec::kRegSemWait, 32);
  words(spec::kRegBucket, 112);
  Host host;
  for (unsigned address = 0; address < 0x1000; address += 4) {
    CAPTURE(address);
    CHECK(host.read(address).first == (readable.count(address) != 0 ? kOkay : kSlvErr));
    CHECK(host.write(address, 9) == (writable.count(address) != 0 ? kOkay : kSlvErr));
  }
}

TEST_CASE("The registers show the hardware, the counters and the last error", "[regs]") {
  Host host;
  CHECK(host.value(spec::kRegId) == 0x5453'5241);
  CHECK(host.value(spec::kRegVersion) == 0x1'0000);
  CHECK(host.value(spec::kRegHwGrid) == 0x4360'0410);
  CHECK(host.value(spec::kRegHwOperand) == 0x0200'0400);
  CHECK(host.value(spec::kRegHwScale) == 0x0020'0040);
  CHECK(host.value(spec::kRegHwResult) == 0x1000'0018);
  CHECK(host.value(spec::kRegHwCol) == 48);
  CHECK(host.value(spec::kRegHwFormats) == 6);
  CHECK(host.value(spec::kRegWatchdog) == 1'000'000);
  CHECK(host.value(spec::kRegInterleave) == 8);
  for (unsigned a = spec::kRegCycles; a < spec::kRegPasses + 8; a += 4) CHECK(host.value(a) == a);
  for (unsigned a = spec::kRegSemWait; a < spec::kRegSemWait + 128; a += 4) CHECK(host.value(a) == a);
  for (unsigned a = spec::kRegBucket; a < spec::kRegBucket + 448; a += 4)
    CHECK(host.value(a) == (a % 64 < 40 ? a : 0));
  for (unsigned s = 0; s < 16; ++s) CHECK(host.value(spec::kRegSemaphore + 4 * s) == 16 * s + 3);
  host.state(spec::State::kError);
  host.dut->engine_i = 5;
  host.dut->error_i = 11;
  host.dut->error_pc_i = 0xabcdef;
  host.dut->error_addr_i = 0x1234'5678'9abc;
  host.dut->num_status_i = 9;
  for (unsigned i = 0; i < 8; ++i) host.dut->error_word_i[i] = 0x1111'1111 * i;
  CHECK(host.value(spec::kRegStatus) == 4);
  CHECK(host.value(spec::kRegErrorInfo) == 5);
  CHECK(host.value(spec::kRegErrorCode) == 11);
  CHECK(host.value(spec::kRegErrorPc) == 0xabcdef);
  CHECK(host.value(spec::kRegErrorAddr) == 0x5678'9abc);
  CHECK(host.value(spec::kRegErrorAddr + 4) == 0x1234);
  CHECK(host.value(spec::kRegNumStatus) == 9);
  for (unsigned i = 0; i < 8; ++i) CHECK(host.value(spec::kRegErrorInstr + 4 * i) == 0x1111'1111 * i);
}

TEST_CASE("While a program runs RW registers and START answer SLVERR and change nothing", "[regs]") {
  const auto state = GENERATE(spec::State::kRunning, spec::State::kStopping);
  Host host;
  for (const Rw& rw : kRw) CHECK(host.write(rw.address, 0x55) == kOkay);
  CHECK(host.write(spec::kRegInterleave, 10) == kOkay);
  host.state(state);
  for (const Rw& rw : kRw) {
    CHECK(host.write(rw.address, 0xffff'ffff) == kSlvErr);
    CHECK(host.value(rw.address) == (0x55 & rw.mask));
  }
  CHECK(host.write(spec::kRegInterleave, 11) == kSlvErr);
  CHECK(host.dut->interleave_o == 10);
  for (const unsigned control : {1U, 3U}) {
    CHECK(host.write(spec::kRegCtrl, control) == kSlvErr);
    CHECK((host.starts == 0 && host.aborts == 0));
  }
  CHECK(host.write(spec::kRegCtrl, 2) == kOkay);
  CHECK((host.starts == 0 && host.aborts == 1));
  CHECK(host.write(spec::kRegIrqStatus, 3) == kOkay);
}

TEST_CASE("START and ABORT are one pulse per write with their byte's strobe", "[regs]") {
  Host host;
  CHECK(host.write(spec::kRegCtrl, 1, 0xf, {0, 2, 5}) == kOkay);
  CHECK((host.starts == 1 && host.aborts == 0));
  CHECK(host.write(spec::kRegCtrl, 1, 0xe) == kOkay);
  CHECK(host.starts == 0);
  CHECK(host.write(spec::kRegCtrl, 0xffff'fffc) == kOkay);
  CHECK((host.starts == 0 && host.aborts == 0));
}

TEST_CASE("INTERLEAVE takes 8 to 12 and nothing else", "[regs]") {
  Host host;
  for (std::uint32_t value = 0; value < 20; ++value) {
    const bool legal = value >= 8 && value <= 12;
    CHECK(host.write(spec::kRegInterleave, value) == (legal ? kOkay : kSlvErr));
    CHECK(host.dut->interleave_o == (value < 8 ? 8 : legal ? value : 12));
  }
  CHECK(host.write(spec::kRegInterleave, 0x109) == kSlvErr);
}

TEST_CASE("Interrupts are enabled per cause and cleared by writing 1", "[regs]") {
  Host host;
  CHECK(host.write(spec::kRegIrqEnable, 1) == kOkay);
  host.dut->error_event_i = 1;
  host.dut.tick();
  host.dut->error_event_i = 0;
  CHECK(host.value(spec::kRegIrqStatus) == 2);
  CHECK(host.dut->irq_o == 0);
  CHECK(host.write(spec::kRegIrqEnable, 3) == kOkay);
  CHECK(host.dut->irq_o == 1);
  host.dut->done_event_i = 1;
  host.dut.tick();
  host.dut->done_event_i = 0;
  CHECK(host.value(spec::kRegIrqStatus) == 3);
  CHECK(host.write(spec::kRegIrqStatus, 2, 0xe) == kOkay);
  CHECK(host.value(spec::kRegIrqStatus) == 3);
  CHECK(host.write(spec::kRegIrqStatus, 2) == kOkay);
  CHECK(host.value(spec::kRegIrqStatus) == 1);
  CHECK(host.write(spec::kRegIrqStatus, 1) == kOkay);
  CHECK(host.dut->irq_o == 0);
}
