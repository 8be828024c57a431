// PARAMS: Ports=4
// SPDX-License-Identifier: Apache-2.0
//
// tessera_port_compress with four ports against arithmetic.

#include "Vport_compress.h"
#include "support/catch.hpp"
#include "unit/rtl/bits.hpp"

using namespace tessera::test;

namespace {

constexpr unsigned kPorts = 4;

// Granule number divided by the ports, and the place in the granule.
std::uint64_t local(std::uint64_t address, unsigned interleave) {
  const std::uint64_t granule = std::uint64_t{1} << interleave;
  return address / granule / kPorts * granule + address % granule;
}

}  // namespace

TEST_CASE("a port's addresses are dense: global addresses without the bits that chose the port",
          "[axi][port_compress][random]") {
  VerilatedContext context;
  Vport_compress dut{&context};
  Dice dice{1};
  for (unsigned interleave = 8; interleave <= 12; ++interleave) {
    dut.interleave_i = static_cast<CData>(interleave);
    std::uint64_t next[kPorts] = {};
    for (std::uint64_t address = 0; address < 1 << 16; address += 32) {
      dut.addr_i = address;
      dut.eval();
      CAPTURE(interleave, address);
      REQUIRE(dut.addr_o == next[(address >> interleave) % kPorts]);
      next[(address >> interleave) % kPorts] += 32;
    }
    for (unsigned n = 0; n < 2000; ++n) {
      const std::uint64_t address = dice.below(std::uint64_t{1} << 48) >> dice.below(40);
      dut.addr_i = address;
      dut.eval();
      CAPTURE(interleave, address);
      REQUIRE(dut.addr_o == local(address, interleave));
    }
  }
}

TEST_CASE("an address past the ports' memory stays past it", "[axi][port_compress]") {
  VerilatedContext context;
  Vport_compress dut{&context};
  constexpr std::uint64_t kPortBytes = std::uint64_t{512} << 20;
  for (unsigned interleave = 8; interleave <= 12; ++interleave) {
    dut.interleave_i = static_cast<CData>(interleave);
    for (const std::uint64_t past : {std::uint64_t{0}, std::uint64_t{4096}, (std::uint64_t{1} << 47),
                                     (std::uint64_t{1} << 48) - kPorts * kPortBytes - 1}) {
      dut.addr_i = kPorts * kPortBytes + past;
      dut.eval();
      CAPTURE(interleave, past);
      REQUIRE(dut.addr_o >= kPortBytes);
    }
    dut.addr_i = kPorts * kPortBytes - 1;
    dut.eval();
    REQUIRE(dut.addr_o == kPortBytes - 1);
  }
}
