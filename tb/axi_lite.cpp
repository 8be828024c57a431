// SPDX-License-Identifier: Apache-2.0

#include "axi_lite.hpp"

#include <stdexcept>

#include "protocol_error.hpp"

namespace tessera::tb {

void AxiLiteDriver::start_write(std::uint16_t address, std::uint32_t data) {
  if (busy_) throw std::logic_error("AXI4-Lite driver: one access at a time");
  out_.awaddr = address;
  out_.wdata = data;
  out_.wstrb = 0xF;
  busy_ = aw_left_ = w_left_ = b_left_ = true;
  raise();
}

void AxiLiteDriver::start_read(std::uint16_t address) {
  if (busy_) throw std::logic_error("AXI4-Lite driver: one access at a time");
  out_.araddr = address;
  busy_ = ar_left_ = r_left_ = true;
  raise();
}

void AxiLiteDriver::clock(const AxiLiteSlave& in) {
  if (!busy_) return;
  if (out_.awvalid && in.awready) out_.awvalid = aw_left_ = false;
  if (out_.wvalid && in.wready) out_.wvalid = w_left_ = false;
  if (out_.arvalid && in.arready) out_.arvalid = ar_left_ = false;
  if (out_.bready && in.bvalid) {
    b_left_ = false;
    result_ = {.data = 0, .resp = in.bresp};
  }
  if (out_.rready && in.rvalid) {
    r_left_ = false;
    result_ = {.data = in.rdata, .resp = in.rresp};
  }
  busy_ = b_left_ || r_left_;
  raise();
}

void AxiLiteDriver::raise() {
  const auto now = [&] { return !random_timing_ || random_.below(3) == 0; };
  if (aw_left_ && !out_.awvalid) out_.awvalid = now();
  if (w_left_ && !out_.wvalid) out_.wvalid = now();
  if (ar_left_ && !out_.arvalid) out_.arvalid = now();
  out_.bready = b_left_ && now();
  out_.rready = r_left_ && now();
}

void AxiLiteMonitor::fail(const char* rule, const std::string& detail) const {
  throw ProtocolError(rule, name_, cycle_, detail);
}

void AxiLiteMonitor::stable(const char* channel, bool was_held, bool valid, bool same) const {
  if (!was_held) return;
  if (!valid) fail("VALID_DROPPED", std::string(channel) + "VALID fell before " + channel + "READY");
  if (!same) fail("PAYLOAD_CHANGED", std::string(channel) + " payload changed before " + channel + "READY");
}

void AxiLiteMonitor::check(const AxiLiteMaster& m, const AxiLiteSlave& s) {
  stable("AW", master_.awvalid && !slave_.awready, m.awvalid, m.awaddr == master_.awaddr);
  stable("W", master_.wvalid && !slave_.wready, m.wvalid,
         m.wdata == master_.wdata && m.wstrb == master_.wstrb);
  stable("AR", master_.arvalid && !slave_.arready, m.arvalid, m.araddr == master_.araddr);
  stable("B", slave_.bvalid && !master_.bready, s.bvalid, s.bresp == slave_.bresp);
  stable("R", slave_.rvalid && !master_.rready, s.rvalid, s.rdata == slave_.rdata && s.rresp == slave_.rresp);

  // Responses first: what the same edge takes as a request cannot be answered yet.
  if (s.bvalid) {
    if (s.bresp == kExOkay) fail("RESPONSE", "EXOKAY on B");
    if (addresses_ == 0 || data_ == 0) fail("B_UNREQUESTED", "write response without a write");
    if (m.bready) {
      --addresses_;
      --data_;
    }
  }
  if (s.rvalid) {
    if (s.rresp == kExOkay) fail("RESPONSE", "EXOKAY on R");
    if (reads_ == 0) fail("R_UNREQUESTED", "read data without a read");
    if (m.rready) --reads_;
  }
  addresses_ += m.awvalid && s.awready;
  data_ += m.wvalid && s.wready;
  reads_ += m.arvalid && s.arready;
  master_ = m;
  slave_ = s;
  ++cycle_;
}

void AxiLiteMonitor::finish() const {
  if (addresses_ != 0 || data_ != 0 || reads_ != 0) fail("OUTSTANDING", "an access was not answered");
}

}  // namespace tessera::tb
