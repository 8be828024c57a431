// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <random>

#include "Vhbm_pins.h"
#include "hbm/encoding.hpp"
#include "hbm/pins_pack.hpp"
#include "support/bench.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;

// The members as the SystemVerilog of hbm_pins_tb.sv sees them.
PinsOut members_out(Bench<Vhbm_pins>& bench) {
  PinsOut pins;
  pins.reset_n = bench->reset_n_o;
  pins.port = {.wrst_n = bench->wrst_n_o != 0,
               .wrck = bench->wrck_o != 0,
               .selectwir = bench->selectwir_o != 0,
               .shiftwr = bench->shiftwr_o != 0,
               .capturewr = bench->capturewr_o != 0,
               .updatewr = bench->updatewr_o != 0,
               .wsi = bench->wsi_o != 0};
  pins.delay.ca = bench->dly_ca_o;
  for (unsigned pc = 0; pc < kPcs; ++pc) {
    bench->pc_i = pc;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      bench->lane_i = lane;
      for (unsigned place = 0; place < 8; ++place) {
        const unsigned ck = place / 4;
        bench->ck_i = ck;
        bench->beat_i = place % 4;
        bench->edge_i = place % 2;
        bench.settle();
        pins.w[pc].lane[ck][place % 4] |= std::uint64_t{bench->bit_o} << lane;
        pins.w[pc].strobe = static_cast<std::uint8_t>(pins.w[pc].strobe | bench->strobe_o << ck);
        pins.r[ck][place % 2] = bench->r_o;
        pins.c[ck][place % 2] = bench->c_o;
        pins.apar = static_cast<std::uint8_t>(pins.apar | bench->apar_o << ck);
      }
      pins.delay.wr[pc][lane] = bench->dly_wr_o;
      pins.delay.rd[pc][lane] = bench->dly_rd_o;
    }
    pins.delay.wdqs[pc] = bench->dly_wdqs_o;
  }
  return pins;
}

PinsIn members_in(Bench<Vhbm_pins>& bench) {
  PinsIn pins;
  pins.temp = bench->temp_o;
  pins.cattrip = bench->cattrip_o;
  pins.wso = bench->wso_o;
  for (unsigned pc = 0; pc < kPcs; ++pc) {
    bench->pc_i = pc;
    for (unsigned place = 0; place < 8; ++place) {
      const unsigned ck = place / 4;
      bench->ck_i = ck;
      bench->beat_i = place % 4;
      for (unsigned lane = 0; lane < kLanes; ++lane) {
        bench->lane_i = lane;
        bench.settle();
        pins.r[pc].lane[ck][place % 4] |= std::uint64_t{bench->in_bit_o} << lane;
      }
      pins.r[pc].strobe = static_cast<std::uint8_t>(pins.r[pc].strobe | bench->in_strobe_o << ck);
      pins.derr[pc] = static_cast<std::uint8_t>(pins.derr[pc] | bench->derr_o << ck);
      pins.aerr = static_cast<std::uint8_t>(pins.aerr | bench->aerr_o << ck);
    }
  }
  return pins;
}

// Lanes of a CK without strobe are not unpacked.
void drop_unstrobed(PinsOut& pins) {
  for (LanePins& lanes : pins.w) {
    for (unsigned ck = 0; ck < kCksPerCycle; ++ck) {
      if ((lanes.strobe >> ck & 1) == 0) lanes.lane[ck] = {};
    }
  }
}

TEST_CASE("pins_out_t unpacks to the members that SystemVerilog sees") {
  Bench<Vhbm_pins> bench;
  REQUIRE(sizeof(bench->out_i) == kPinsOutWords * sizeof(std::uint32_t));
  PinsUnpacker unpack;
  std::mt19937 random{1};
  for (unsigned trial = 0; trial < 60; ++trial) {
    // Some trials change everything, some only what lies above or below the delay codes.
    for (unsigned word = 0; word < kPinsOutWords; ++word) {
      if (trial % 3 == 0 || word > out_lsb::kW / 32)
        bench->out_i[word] = static_cast<std::uint32_t>(random());
    }
    bench->out_i[kPinsOutWords - 1] &= (1u << out_lsb::kBits % 32) - 1;
    bench.tick();
    PinsOut expected = members_out(bench);
    drop_unstrobed(expected);
    CAPTURE(trial);
    CHECK((unpack(&bench->out_i[0]) == expected));
  }
}

TEST_CASE("A changed delay code alone is unpacked, and so is one that changes back") {
  Bench<Vhbm_pins> bench;
  PinsUnpacker unpack;
  std::fill_n(&bench->out_i[0], kPinsOutWords, 0);
  unpack(&bench->out_i[0]);
  for (unsigned bit = out_lsb::kDlyRd; bit < out_lsb::kW; ++bit) {
    bench->out_i[bit / 32] ^= 1u << bit % 32;
    const DelayPins changed = unpack(&bench->out_i[0]).delay;
    if (bit % 37 == 0) {
      bench.tick();
      CHECK((members_out(bench).delay == changed));
    }
    CHECK_FALSE((changed == DelayPins{}));
    bench->out_i[bit / 32] ^= 1u << bit % 32;
    CHECK((unpack(&bench->out_i[0]).delay == DelayPins{}));
  }
}

TEST_CASE("PinsIn packs to the members that SystemVerilog sees") {
  Bench<Vhbm_pins> bench;
  REQUIRE(sizeof(bench->in_i) == kPinsInWords * sizeof(std::uint32_t));
  PinsPacker pack;
  std::mt19937_64 random{2};
  std::fill_n(&bench->in_i[0], kPinsInWords, 0x7FFFFFFF);  // Whatever was there before must go
  for (unsigned trial = 0; trial < 100; ++trial) {
    PinsIn pins;
    const std::uint64_t draw = random();
    pins.temp = draw & 7;
    pins.aerr = draw >> 3 & 3;
    pins.derr = {static_cast<std::uint8_t>(draw >> 5 & 3), static_cast<std::uint8_t>(draw >> 7 & 3)};
    pins.cattrip = draw >> 9 & 1;
    pins.wso = draw >> 10 & 1;
    for (unsigned pc = 0; pc < kPcs; ++pc) {
      if ((trial >> pc & 1) == 0) continue;  // Runs of cycles without data must clear the lanes
      pins.r[pc].strobe = random() & 3;
      for (auto& ck : pins.r[pc].lane) {
        for (std::uint64_t& word : ck) word = random() & kAllLanes;
      }
    }
    pack(pins, &bench->in_i[0]);
    bench.tick();
    CAPTURE(trial);
    CHECK((members_in(bench) == pins));
  }
}

TEST_CASE("The codes of encoding.hpp are those of hbm3_enc_pkg") {
  using namespace tessera::tb::hbm::encoding;
  const auto misc = [](Op op) {
    return static_cast<unsigned>(std::find(kMiscOps.begin(), kMiscOps.end(), op) - kMiscOps.begin());
  };
  const std::array<unsigned, 27> expected{kRowAct,
                                          kRowPrePb,
                                          kRowRefPb,
                                          kRowRfmPb,
                                          kRowMisc,
                                          kRowNop,
                                          misc(Op::kPreAb),
                                          misc(Op::kRefAb),
                                          misc(Op::kRfmAb),
                                          misc(Op::kPde),
                                          misc(Op::kPdx),
                                          misc(Op::kSre),
                                          misc(Op::kSrx),
                                          kColRd,
                                          kColRda,
                                          kColWr,
                                          kColWra,
                                          kColMrs,
                                          kColNop,
                                          kMrFeatures,
                                          kMrRl,
                                          kMrWl,
                                          kMrTrain,
                                          kWirBypass,
                                          kWirDeviceId,
                                          kWirTemperature,
                                          kWirLaneRepair};
  Bench<Vhbm_pins> bench;
  for (unsigned i = 0; i < expected.size(); ++i) {
    bench->code_i = i;
    bench.settle();
    CAPTURE(i);
    CHECK(unsigned{bench->code_o} == expected[i]);
  }
}

TEST_CASE("The default PinsOut is idle: buses all ones, no strobe, out of reset") {
  const PinsOut pins;
  CHECK(pins.reset_n);
  CHECK(pins.r[1][1] == 0x3FF);
  CHECK(pins.c[0][1] == 0xFF);
  CHECK(pins.w[0].strobe == 0);
}

}  // namespace
}  // namespace tessera::test
