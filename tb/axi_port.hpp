// SPDX-License-Identifier: Apache-2.0
//
// The signals of one AXI4 port (256 bit data, 48 bit address, 4 bit ID) and of one AXI4-Lite port (32 bit) in
// one clock cycle, named as on the pins. Payload means something only while its valid is high.

#pragma once

#include <array>
#include <cstdint>

namespace tessera::tb {

inline constexpr unsigned kBeatBytes = 32;
inline constexpr unsigned kAxiIds = 16;

enum AxiResponse : std::uint8_t { kOkay = 0, kExOkay = 1, kSlvErr = 2, kDecErr = 3 };
enum AxiBurst : std::uint8_t { kFixed = 0, kIncr = 1, kWrap = 2 };

using Beat = std::array<std::uint8_t, kBeatBytes>;

// AR or AW.
struct AxiAddress {
  bool valid = false;
  std::uint64_t addr = 0;
  std::uint8_t len = 0;  // Beats - 1
  std::uint8_t size = 0;
  std::uint8_t burst = 0;
  std::uint8_t id = 0;
  bool operator==(const AxiAddress&) const = default;
};

struct AxiReadData {
  bool valid = false;
  bool last = false;
  std::uint8_t resp = 0;
  std::uint8_t id = 0;
  Beat data{};
  bool operator==(const AxiReadData&) const = default;
};

struct AxiWriteData {
  bool valid = false;
  bool last = false;
  std::uint32_t strb = 0;
  Beat data{};
  bool operator==(const AxiWriteData&) const = default;
};

struct AxiWriteResponse {
  bool valid = false;
  std::uint8_t resp = 0;
  std::uint8_t id = 0;
  bool operator==(const AxiWriteResponse&) const = default;
};

// What a master drives, and what a slave drives.
struct AxiMaster {
  AxiAddress ar;
  AxiAddress aw;
  AxiWriteData w;
  bool rready = false;
  bool bready = false;
};
struct AxiSlave {
  AxiReadData r;
  AxiWriteResponse b;
  bool arready = false;
  bool awready = false;
  bool wready = false;
};

struct AxiLiteMaster {
  bool awvalid = false;
  bool wvalid = false;
  bool bready = false;
  bool arvalid = false;
  bool rready = false;
  std::uint8_t wstrb = 0;
  std::uint16_t awaddr = 0;
  std::uint16_t araddr = 0;
  std::uint32_t wdata = 0;
};
struct AxiLiteSlave {
  bool awready = false;
  bool wready = false;
  bool bvalid = false;
  bool arready = false;
  bool rvalid = false;
  std::uint8_t bresp = 0;
  std::uint8_t rresp = 0;
  std::uint32_t rdata = 0;
};

}  // namespace tessera::tb
