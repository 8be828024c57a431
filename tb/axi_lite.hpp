// SPDX-License-Identifier: Apache-2.0
//
// The host's end of an AXI4-Lite port: a driver for one access at a time, and a monitor of both sides.

#pragma once

#include <cstdint>
#include <string>

#include "axi_port.hpp"
#include "random.hpp"

namespace tessera::tb {

struct LiteResult {
  std::uint32_t data = 0;  // Reads
  std::uint8_t resp = 0;
  bool ok() const { return resp == kOkay; }
};

// Per cycle: drive out(), let the slave see it, sample what the slave drives, clock(slave). With
// `random_timing` the address and data of a write come in either order and all channels pause at random.
class AxiLiteDriver {
 public:
  explicit AxiLiteDriver(bool random_timing = false, std::uint64_t seed = 1)
      : random_timing_{random_timing}, random_{seed} {}

  void start_write(std::uint16_t address, std::uint32_t data);
  void start_read(std::uint16_t address);
  bool busy() const { return busy_; }
  const LiteResult& result() const { return result_; }  // Of the last access

  const AxiLiteMaster& out() const { return out_; }
  void clock(const AxiLiteSlave& in);

 private:
  void raise();

  bool random_timing_;
  Random random_;
  AxiLiteMaster out_;
  LiteResult result_;
  bool busy_ = false;
  bool aw_left_ = false;  // Still to be offered, likewise below
  bool w_left_ = false;
  bool ar_left_ = false;
  bool b_left_ = false;
  bool r_left_ = false;
};

// Rules: VALID_DROPPED, PAYLOAD_CHANGED, B_UNREQUESTED (a response before both address and data of a write),
// R_UNREQUESTED, RESPONSE (EXOKAY does not exist), OUTSTANDING (finish).
class AxiLiteMonitor {
 public:
  explicit AxiLiteMonitor(std::string name) : name_{std::move(name)} {}

  void check(const AxiLiteMaster& master, const AxiLiteSlave& slave);
  void finish() const;

 private:
  [[noreturn]] void fail(const char* rule, const std::string& detail) const;
  void stable(const char* channel, bool was_held, bool valid, bool same) const;

  std::string name_;
  std::uint64_t cycle_ = 0;
  AxiLiteMaster master_;  // The cycle before
  AxiLiteSlave slave_;
  std::uint64_t addresses_ = 0;  // Writes begun and not answered: addresses and data taken
  std::uint64_t data_ = 0;
  std::uint64_t reads_ = 0;
};

}  // namespace tessera::tb
