// PARAMS: AutoStart=0
// SPDX-License-Identifier: Apache-2.0
//
// tessera_hbm_control: the register map. Other parts have files of their own.

#include <map>

#include "unit/rtl/hbm_control_machine.hpp"

using namespace tessera::test;

namespace {

constexpr unsigned kBankBits = 5, kRowBits = 14, kMapBits = 26;  // The default part

// The default map, built from docs/hbm/theory.md: grain-address bits from 0 up go to these device bits.
std::array<unsigned, kMapBits> default_sel() {
  enum { kCol = 0, kRow = 5, kBa = 20, kBg = 22, kSid = 24 };
  std::vector<unsigned> order = {kCol,     kCol + 1, kBg,      kBg + 1, kSid,
                                 kCol + 2, kCol + 3, kCol + 4, kBa,     kBa + 1};
  for (unsigned r = 0; r < kRowBits; ++r) order.push_back(kRow + r);
  std::array<unsigned, kMapBits> sel;
  sel.fill(99);
  for (unsigned bit = 0; bit < order.size(); ++bit) sel[order[bit]] = bit;
  return sel;
}

void write_map(ControlMachine& m, const std::array<unsigned, kMapBits>& sel) {
  for (unsigned w = 0; w < 5; ++w) {
    std::uint32_t word = 0;
    for (unsigned i = 0; i < 6 && 6 * w + i < kMapBits; ++i) word |= sel[6 * w + i] << (5 * i);
    REQUIRE(m.write(reg::kRegMapSel + 4 * w, word) == kOkay);
  }
}

std::array<unsigned, kMapBits> read_map(ControlMachine& m) {
  std::array<unsigned, kMapBits> sel;
  for (unsigned i = 0; i < kMapBits; ++i)
    sel[i] = m.value(reg::kRegMapSel + 4 * (i / 6)) >> (5 * (i % 6)) & 31;
  return sel;
}

const reg::Register* register_at(unsigned offset) {
  for (const reg::Register& r : reg::kRegisters) {
    if (offset >= r.offset && offset < r.offset + 4 * r.words) return &r;
  }
  return nullptr;
}

std::uint32_t reset_of(const reg::Register& r) {
  std::uint32_t word = 0;
  for (const reg::Field& field : r.fields) word |= field.put(field.reset);
  return word;
}
std::uint32_t mask_of(const reg::Register& r) {
  std::uint32_t word = 0;
  for (const reg::Field& field : r.fields) word |= field.mask();
  return word;
}
bool keeps(const reg::Register& r) { return r.access == reg::Access::kRw || r.access == reg::Access::kRwl; }

}  // namespace

TEST_CASE("Every register resets to what the map says", "[hbm]") {
  ControlMachine m;
  for (const reg::Register& r : reg::kRegisters) {
    CAPTURE(r.name);
    for (unsigned w = 0; w < r.words; ++w) {
      const auto [response, data] = m.read(r.offset + 4 * w);
      CHECK(response == kOkay);
      if (keeps(r) && !r.reset_by_build) CHECK(data == reset_of(r));
    }
  }
  CHECK(m.value(reg::kRegId) == reg::kHbmId);
  CHECK(m.value(reg::kRegVersion) == reg::kHbmVersion);
  const std::uint32_t hw = m.value(reg::kRegHw);
  CHECK(reg::kHwSids.get(hw) == 2);
  CHECK(reg::kHwRowBits.get(hw) == 14);
  CHECK(reg::kHwRdqDepth.get(hw) == 64);
  CHECK(reg::kHwWrqDepth.get(hw) == 64);
  const std::uint32_t wr = m.value(reg::kRegSchedWr);
  CHECK(reg::kSchedWrWrHigh.get(wr) == 56);
  CHECK(reg::kSchedWrWrLow.get(wr) == 8);
  CHECK(reg::kSchedWrWrIdle.get(wr) == 32);
}

TEST_CASE(
    "The address map resets to the documented one, and bits the part lacks take the highest address bits",
    "[hbm]") {
  ControlMachine m;
  const auto expected = default_sel(), sel = read_map(m);
  std::vector<unsigned> lacking;
  for (unsigned i = 0; i < kMapBits; ++i) {
    CAPTURE(i);
    if (expected[i] != 99) {
      CHECK(sel[i] == expected[i]);
    } else {
      lacking.push_back(sel[i]);
    }
  }
  std::sort(lacking.begin(), lacking.end());
  CHECK(lacking == std::vector<unsigned>{24, 25});
  for (unsigned b = 0; b < 6; ++b) {
    CAPTURE(b);
    static constexpr std::array<unsigned, kBankBits> kTurn = {2, 3, 0, 4,
                                                              1};  // bg[0], bg[1], ba[0], sid[0], ba[1]
    std::uint32_t mask = 0;
    for (unsigned r = 0; r < kRowBits; ++r) mask |= (kTurn[r % kBankBits] == b ? 1u : 0u) << r;
    CHECK(m.value(reg::kRegMapFold + 4 * b) == mask);
  }
}

TEST_CASE("Offsets without a register, writes to RO and set bits outside fields answer SLVERR", "[hbm]") {
  ControlMachine m;
  for (unsigned offset = 0; offset < reg::kPhyBase; offset += 4) {
    const reg::Register* r = register_at(offset);
    CAPTURE(offset);
    if (r == nullptr) {
      CHECK(m.read(offset) == std::pair{kSlvErr, 0u});
      CHECK(m.write(offset, 0) == kSlvErr);
    } else if (r->access == reg::Access::kRo) {
      CHECK(m.write(offset, 0) == kSlvErr);
    } else if (mask_of(*r) != 0xffff'ffff) {
      const std::uint32_t before = m.value(offset);
      for (unsigned bit = 0; bit < 32; ++bit) {
        if ((mask_of(*r) >> bit & 1) == 0) CHECK(m.write(offset, before | 1u << bit) == kSlvErr);
      }
      CHECK(m.value(offset) == before);
    }
  }
}

TEST_CASE("Every field takes its least and largest value and refuses those beyond", "[hbm]") {
  ControlMachine m;
  for (const reg::Register& r : reg::kRegisters) {
    // These have conditions between fields: tested below.
    if (!keeps(r) || r.offset == reg::kRegSchedWr || r.offset == reg::kRegRfm) continue;
    for (unsigned w = 0; w < r.words; ++w) {
      const unsigned offset = r.offset + 4 * w;
      const std::uint32_t reset = m.value(offset);
      for (const reg::Field& field : r.fields) {
        CAPTURE(r.name, w, field.name);
        for (const std::uint32_t legal : {field.min, field.max, (field.min + field.max) / 2}) {
          CHECK(m.write(offset, field.set(reset, legal)) == kOkay);
          CHECK(m.value(offset) == field.set(reset, legal));
        }
        const std::uint32_t before = m.value(offset);
        const std::uint32_t most = field.mask() >> field.lsb;
        if (field.min > 0) CHECK(m.write(offset, field.set(before, field.min - 1)) == kSlvErr);
        if (field.max < most) CHECK(m.write(offset, field.set(before, field.max + 1)) == kSlvErr);
        if (field.max < most) CHECK(m.write(offset, field.set(before, most)) == kSlvErr);
        CHECK(m.value(offset) == before);
        CHECK(m.write(offset, reset) == kOkay);
      }
    }
  }
}

TEST_CASE("Fields that depend on each other are refused together", "[hbm]") {
  ControlMachine m;
  const auto wr = [](unsigned high, unsigned low) {
    return reg::kSchedWrWrHigh.put(high) | reg::kSchedWrWrLow.put(low);
  };
  CHECK(m.write(reg::kRegSchedWr, wr(64, 63)) == kOkay);
  CHECK(m.write(reg::kRegSchedWr, wr(1, 0)) == kOkay);
  CHECK(m.write(reg::kRegSchedWr, wr(8, 8)) == kSlvErr);
  CHECK(m.write(reg::kRegSchedWr, wr(8, 9)) == kSlvErr);
  CHECK(m.write(reg::kRegSchedWr, wr(65, 9)) == kSlvErr);
  CHECK(m.value(reg::kRegSchedWr) == wr(1, 0));
  const auto rfm = [](unsigned imt, unsigned mmt) {
    return reg::kRfmRaaimt.put(imt) | reg::kRfmRaammt.put(mmt);
  };
  CHECK(m.write(reg::kRegRfm, rfm(0, 0)) == kOkay);
  CHECK(m.write(reg::kRegRfm, rfm(4, 5)) == kOkay);
  CHECK(m.write(reg::kRegRfm, rfm(5, 5)) == kSlvErr);
  CHECK(m.value(reg::kRegRfm) == rfm(4, 5));
}

TEST_CASE("Byte strobes write their bytes only", "[hbm]") {
  ControlMachine m;
  for (unsigned strobes = 0; strobes < 16; ++strobes) {
    CAPTURE(strobes);
    REQUIRE(m.write(reg::kRegSchedHit, 0x0005'6721) == kOkay);
    CHECK(m.write(reg::kRegSchedHit, 0x010a'9812, strobes) == kOkay);
    std::uint32_t expected = 0;
    for (unsigned i = 0; i < 4; ++i) {
      expected |= (strobes >> i & 1 ? 0x010a'9812u : 0x0005'6721u) & 0xffu << (8 * i);
    }
    CHECK(m.value(reg::kRegSchedHit) == expected);
  }
  CHECK(m.write(reg::kRegCtrl, reg::kCtrlStart.put(1), 0) == kOkay);  // No byte, no command
  CHECK(m.state() == reg::State::kReset);
}

TEST_CASE("Timings, features, map and RFM are locked while the channel runs; the rest is not", "[hbm]") {
  ControlMachine m;
  m.start();
  for (const reg::Register& r : reg::kRegisters) {
    if (!keeps(r)) continue;
    CAPTURE(r.name);
    const std::uint32_t value = m.value(r.offset);
    CHECK(m.write(r.offset, value) == (r.access == reg::Access::kRwl ? kSlvErr : kOkay));
  }
}

TEST_CASE("What is written reaches the outputs", "[hbm]") {
  ControlMachine m;
  // timing_t, first field the most significant.
  static constexpr std::array<unsigned, 27> kBits = {6, 6, 7, 7, 7, 7,  8,  4, 4,  7, 4,  4, 4, 5,
                                                     5, 6, 5, 7, 4, 11, 11, 6, 14, 6, 11, 6, 6};
  Dice dice{1};
  std::vector<std::uint32_t> written;
  for (unsigned i = 0; i < 27; ++i) {
    const reg::Field& field = register_at(reg::kRegTRl + 4 * i)->fields[0];
    CHECK(field.width == kBits[i]);
    written.push_back(static_cast<std::uint32_t>(dice.between(field.min, field.max)));
    REQUIRE(m.write(reg::kRegTRl + 4 * i, written.back()) == kOkay);
  }
  unsigned lsb = 0;
  for (unsigned i = 27; i-- > 0; lsb += kBits[i]) {
    CAPTURE(i);
    CHECK(get_bits(m.dut->timing_o, lsb, kBits[i]) == written[i]);
  }
  std::uint32_t word =
      reg::kSchedHitHitCap.put(21) | reg::kSchedHitAgeLimit.put(0x987) | reg::kSchedHitAutoPre.put(1);
  REQUIRE(m.write(reg::kRegSchedHit, word) == kOkay);
  word = reg::kSchedWrWrHigh.put(50) | reg::kSchedWrWrLow.put(7) | reg::kSchedWrWrIdle.put(0x2a5);
  REQUIRE(m.write(reg::kRegSchedWr, word) == kOkay);
  const std::uint64_t sched = get_bits(m.dut->sched_cfg_o, 0, 43);
  CHECK(sched == (21ull << 37 | 0x987ull << 25 | 50ull << 18 | 7ull << 11 | 0x2a5ull << 1 | 1));
  word = reg::kRefreshMode.put(2) | reg::kRefreshForceRefi.put(5) | reg::kRefreshPullIn.put(3);
  REQUIRE(m.write(reg::kRegRefresh, word) == kOkay);
  REQUIRE(m.write(reg::kRegRfm, reg::kRfmRaaimt.put(77) | reg::kRfmRaammt.put(500)) == kOkay);
  CHECK(m.dut->ref_cfg_o == (2u << 28 | 5u << 24 | 3u << 20 | 77u << 10 | 500u));
  for (unsigned bit = 0; bit < 7; ++bit) {
    REQUIRE(m.write(reg::kRegFeatures, 1u << bit) == kOkay);
    CHECK(m.dut->features_o == 1u << bit);
  }
  for (unsigned i = 0; i < kMapBits; ++i) CHECK(get_bits(m.dut->map_o, 5 * i, 5) == read_map(m)[i]);
  for (unsigned b = 0; b < 6; ++b) {
    REQUIRE(m.write(reg::kRegMapFold + 4 * b, 0x1111u * b + 5) == kOkay);
    CHECK(get_bits(m.dut->map_o, 130 + 15 * b, 15) == 0x1111u * b + 5);
  }
}

TEST_CASE("A map that is not one to one on the part is not started", "[hbm]") {
  const auto outcome = [](auto change) {
    ControlMachine m;
    auto sel = read_map(m);
    change(m, sel);
    write_map(m, sel);
    CHECK(m.command(reg::kCtrlStart) == kOkay);
    m.run(3);
    const auto result = std::pair{m.state(), m.reason()};
    if (result.first == reg::State::kFailed) CHECK(m.dut->dfi_reset_n == 0);
    return result;
  };
  const std::pair started{reg::State::kInit, reg::Reason::kNone},
      refused{reg::State::kFailed, reg::Reason::kBadMap};
  using Sel = std::array<unsigned, kMapBits>;
  CHECK(outcome([](ControlMachine&, Sel&) {}) == started);
  CHECK(outcome([](ControlMachine&, Sel& sel) { std::swap(sel[0], sel[7]); }) == started);
  CHECK(outcome([](ControlMachine&, Sel& sel) { std::swap(sel[19], sel[25]); }) == started);  // Both lacking
  CHECK(outcome([](ControlMachine&, Sel& sel) { sel[3] = sel[4]; }) == refused);
  CHECK(outcome([](ControlMachine&, Sel& sel) { sel[20] = 26; }) == refused);
  CHECK(outcome([](ControlMachine&, Sel& sel) { sel[25] = 31; }) == refused);
  CHECK(outcome([](ControlMachine&, Sel& sel) { std::swap(sel[0], sel[19]); }) ==
        refused);  // row[14] is not there
  CHECK(outcome([](ControlMachine& m, Sel&) { m.write(reg::kRegMapFold + 20, 1); }) == refused);
  CHECK(outcome([](ControlMachine& m, Sel&) { m.write(reg::kRegMapFold + 16, 0x7fff); }) == started);
  for (unsigned i = 0; i < kMapBits; ++i) {  // Any one entry replaced by another's
    CAPTURE(i);
    CHECK(outcome([i](ControlMachine&, Sel& sel) { sel[i] = sel[(i + 11) % kMapBits]; }) == refused);
  }
}

TEST_CASE("Timings whose bursts would overlap are not started, and can be put right", "[hbm]") {
  ControlMachine m;
  REQUIRE(m.write(reg::kRegTRtw, 11) == kOkay);  // RL 20 + 2 - WL 10 = 12
  CHECK(m.command(reg::kCtrlStart) == kOkay);
  CHECK(m.state() == reg::State::kFailed);
  CHECK(m.reason() == reg::Reason::kBadTiming);
  CHECK(m.dut->ready_o == 0);
  REQUIRE(m.write(reg::kRegTRtw, 12) == kOkay);
  m.start();
  CHECK(m.state() == reg::State::kReady);
  CHECK(m.reason() == reg::Reason::kNone);
}

TEST_CASE("PHY registers are reached through APB, with its waits and errors", "[hbm]") {
  ControlMachine m;
  for (const unsigned wait : {0u, 1u, 7u}) {
    m.apb_wait = wait;
    m.apb_error = false;
    m.apb.clear();
    CHECK(m.write(0x834, 0x1234'5678) == kOkay);
    CHECK(m.read(0xffc) == std::pair{kOkay, 0xabc007fcu});
    CHECK(m.apb == std::vector<std::array<std::uint32_t, 3>>{{1, 0x034, 0x1234'5678}, {0, 0x7fc, 0}});
    m.apb_error = true;
    CHECK(m.write(0x800, 1) == kSlvErr);
    CHECK(m.read(0x800) == std::pair{kSlvErr, 0u});
  }
}

TEST_CASE("Writes are the same in every order of AW, W and however late the answer is taken", "[hbm]") {
  for (unsigned aw = 0; aw < 4; ++aw) {
    for (unsigned w = 0; w < 4; ++w) {
      for (unsigned b = 0; b < 10; b += 3) {
        CAPTURE(aw, w, b);
        ControlMachine m;
        bool aw_gone = false, w_gone = false, done = false;
        m.dut->s_axil_awaddr = reg::kRegPowerDown;
        m.dut->s_axil_wdata = 1000 * aw + 100 * w + b;
        for (unsigned i = 0; i < 30 && !done; ++i) {
          m.dut->s_axil_awvalid = !aw_gone && i >= aw;
          m.dut->s_axil_wvalid = !w_gone && i >= w;
          m.dut->s_axil_bready = i >= b;
          m.dut.settle();
          aw_gone = aw_gone || (m.dut->s_axil_awvalid && m.dut->s_axil_awready);
          w_gone = w_gone || (m.dut->s_axil_wvalid && m.dut->s_axil_wready);
          done = m.dut->s_axil_bvalid && m.dut->s_axil_bready;
          if (m.dut->s_axil_bvalid) CHECK((aw_gone && w_gone));
          m.cycle();
        }
        m.dut->s_axil_bready = 0;
        CHECK(done);
        CHECK(m.value(reg::kRegPowerDown) == 1000 * aw + 100 * w + b);
      }
    }
  }
}

TEST_CASE("A read and a write that wait together are both served, in turn", "[hbm]") {
  ControlMachine m;
  unsigned reads = 0, writes = 0;
  m.dut->s_axil_awaddr = m.dut->s_axil_araddr = reg::kRegPowerDown;
  m.dut->s_axil_wdata = 5;
  m.dut->s_axil_awvalid = m.dut->s_axil_wvalid = m.dut->s_axil_arvalid = 1;
  m.dut->s_axil_bready = m.dut->s_axil_rready = 1;
  for (unsigned i = 0; i < 200; ++i) {
    m.dut.settle();
    reads += m.dut->s_axil_rvalid;
    writes += m.dut->s_axil_bvalid;
    m.cycle();
  }
  CHECK(reads >= 15);
  CHECK(writes >= 15);
  CHECK(std::max(reads, writes) - std::min(reads, writes) <= 1);
}

TEST_CASE("TEMP shows the pins", "[hbm]") {
  ControlMachine m;
  for (unsigned code = 0; code < 8; ++code) {
    m.dut->dfi_temp = static_cast<std::uint8_t>(code);
    CHECK(m.value(reg::kRegTemp) == code);
  }
}

TEST_CASE("INJECT plants the named bits once, and refuses what has no meaning", "[hbm]") {
  ControlMachine m;
  const auto inject = [&m](reg::Inject kind, unsigned pc, unsigned a, unsigned b) {
    return m.write(reg::kRegInject, reg::kInjectKind.put(static_cast<unsigned>(kind)) |
                                        reg::kInjectPc.put(pc) | reg::kInjectBitA.put(a) |
                                        reg::kInjectBitB.put(b));
  };
  CHECK(inject(reg::Inject::kOneBit, 0, 271, 0) == kOkay);
  CHECK(m.injected == (1ull << 18 | 271ull << 9));
  CHECK(inject(reg::Inject::kTwoBits, 1, 3, 200) == kOkay);
  CHECK(m.injected == (2ull << 18 | 3ull << 9 | 200) << 20);
  CHECK(m.injections == 2);
  CHECK(inject(reg::Inject::kOneBit, 0, 272, 0) == kSlvErr);
  CHECK(inject(reg::Inject::kTwoBits, 0, 5, 5) == kSlvErr);
  CHECK(inject(reg::Inject::kNone, 0, 5, 5) == kOkay);
  CHECK(m.injections == 2);
  CHECK(m.value(reg::kRegInject) == 0);
  m.start();
  CHECK(inject(reg::Inject::kCommand, 0, 0, 0) == kOkay);
  m.run(20);
  CHECK(m.flips == 0);  // Waits for a command
  m.dut->cmd_sent_i = 1;
  m.run(5);
  CHECK(m.flips == 1);
}
