// SPDX-License-Identifier: Apache-2.0
//
// Data through the pins: latencies, bursts, DBI, parity, faults on the wire, lane repair, and the cells
// behind them.

#include "support/catch.hpp"
#include "support/hbm_bus.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;
namespace enc = tessera::tb::hbm::encoding;

constexpr DramAddress kPlace{.sid = 1, .bg = 2, .ba = 1, .row = 300, .col = 9};
constexpr std::int64_t kWrite = 200;
constexpr std::int64_t kRead = 400;

unsigned parity(std::uint64_t word, unsigned lanes) {
  return static_cast<unsigned>(__builtin_parityll(word & ((std::uint64_t{1} << lanes) - 1)));
}

// Writes `grain` and reads it back, on a bus where the row was opened at 100.
void write_and_read(HbmBus& bus, unsigned pc, const Grain& grain) {
  bus.send(100, Op::kAct, pc, kPlace);
  bus.write(kWrite, Op::kWr, pc, kPlace, grain);
  bus.send(kRead, Op::kRd, pc, kPlace);
  bus.finish();
}

// A device with these features on.
struct FeatureBus : HbmBus {
  explicit FeatureBus(unsigned on) : HbmBus{{.trained = true}} {
    features = on;
    mrs(0, enc::kMrFeatures, on);
  }
};

TEST_CASE("What WR stored RD returns RL later, and the back door sees it", "[hbm]") {
  for (const unsigned pc : {0, 1}) {
    HbmBus bus{{.trained = true}};
    const Grain grain = some_grain(3 + pc);
    write_and_read(bus, pc, grain);
    REQUIRE(bus.reads.size() == 1);
    CHECK(bus.reads[0].tick == kRead + 2 * 20);
    CHECK(bus.reads[0].pc == pc);
    CHECK((HbmBus::decode(bus.reads[0].beat) == grain));
    CHECK((bus.device.read_grain(pc, kPlace) == grain));
    CHECK((bus.device.read_grain(1 - pc, kPlace) == Grain{}));
    CHECK(bus.device.rows_stored() == 1);
  }
}

TEST_CASE("RD returns what the back door wrote, also into an open row", "[hbm]") {
  HbmBus bus{{.trained = true}};
  bus.send(100, Op::kAct, 0, kPlace);
  bus.send(200, Op::kRd, 0, kPlace);
  bus.run_to(300);
  const Grain grain = some_grain(7);
  bus.device.write_grain(0, kPlace, grain);
  bus.send(400, Op::kRd, 0, kPlace);
  bus.send(420, Op::kRda, 0, {.sid = 1, .bg = 2, .ba = 1, .row = 300, .col = 10});
  bus.finish();
  REQUIRE(bus.reads.size() == 3);
  CHECK((HbmBus::decode(bus.reads[0].beat) == Grain{}));  // Unwritten: zeros
  CHECK((HbmBus::decode(bus.reads[1].beat) == grain));
  CHECK((HbmBus::decode(bus.reads[2].beat) == Grain{}));
}

TEST_CASE("Beat j carries data bits 32 j up and metadata bits 2 j and 2 j + 1", "[hbm]") {
  HbmBus bus{{.trained = true}};
  Grain grain;
  grain.data[4 * 3 + 1] = 0x80;  // Bit 32 * 3 + 15
  grain.meta = 1u << 11;         // Beat 5, ECC[1]
  write_and_read(bus, 0, grain);
  REQUIRE(bus.reads.size() == 1);
  for (unsigned beat = 0; beat < 8; ++beat) {
    const std::uint64_t expected = beat == 3   ? std::uint64_t{1} << 15
                                   : beat == 5 ? std::uint64_t{1} << 33
                                               : 0;
    CHECK(bus.reads[0].beat[beat] == expected);
  }
}

TEST_CASE("Back-to-back bursts of both pseudo-channels arrive without a gap and in order", "[hbm]") {
  HbmBus bus{{.trained = true}};
  for (const unsigned pc : {0, 1}) {
    for (unsigned bg = 0; bg < 4; ++bg) bus.send(100 + 12 * bg + 4 * pc, Op::kAct, pc, {.bg = bg, .row = 1});
    for (unsigned i = 0; i < 24; ++i) {
      const DramAddress a{.bg = i % 4, .row = 1, .col = i / 4};
      bus.write(300 + 4 * i + 2 * pc, Op::kWr, pc, a, some_grain(100 * pc + i));
      bus.send(500 + 4 * i + 2 * pc, Op::kRd, pc, a);
    }
  }
  bus.finish();
  REQUIRE(bus.reads.size() == 48);
  for (unsigned i = 0; i < 48; ++i) {
    const HbmBus::Burst& burst = bus.reads[i];
    const unsigned index = static_cast<unsigned>(burst.tick - 540) / 4;
    CHECK(burst.tick == 540 + 4 * index + 2 * burst.pc);
    CHECK((HbmBus::decode(burst.beat) == some_grain(100 * burst.pc + index)));
  }
  CHECK(bus.device.stats().write_bursts == std::array<std::uint64_t, 2>{24, 24});
  CHECK(bus.device.stats().read_bursts == std::array<std::uint64_t, 2>{24, 24});
}

TEST_CASE("Read DBI inverts exactly the bytes with more than 4 ones", "[hbm]") {
  Grain grain;
  for (unsigned i = 0; i < 32; ++i)
    grain.data[i] = static_cast<std::uint8_t>((1u << i % 9) - 1);  // 0 to 8 ones
  FeatureBus bus{enc::kReadDbi};
  write_and_read(bus, 0, grain);
  REQUIRE(bus.reads.size() == 1);
  for (unsigned i = 0; i < 32; ++i) {
    const bool many = i % 9 > 4;
    CHECK((bus.reads[0].beat[i / 4] >> (34 + i % 4) & 1) == many);
    CHECK((bus.reads[0].beat[i / 4] >> 8 * (i % 4) & 0xFF) == (many ? grain.data[i] ^ 0xFFu : grain.data[i]));
  }
  CHECK((HbmBus::decode(bus.reads[0].beat, /*dbi=*/true) == grain));
}

TEST_CASE("Write DBI is undone when the feature is on, and DBI lanes mean nothing when it is off", "[hbm]") {
  Grain grain = some_grain(5);
  grain.data[0] = 0xFF;
  FeatureBus on{enc::kWriteDbi};
  write_and_read(on, 1, grain);
  CHECK((on.device.read_grain(1, kPlace) == grain));

  HbmBus off{{.trained = true}};
  off.features = enc::kWriteDbi;  // The bursts are coded, the device was not told
  write_and_read(off, 1, grain);
  CHECK(off.device.read_grain(1, kPlace).data[0] == 0x00);
}

TEST_CASE("Read parity makes every beat even over DQ, ECC, DBI and DPAR", "[hbm]") {
  for (const unsigned dbi : {0u, enc::kReadDbi}) {
    FeatureBus bus{enc::kReadParity | dbi};
    write_and_read(bus, 0, some_grain(9));
    REQUIRE(bus.reads.size() == 1);
    for (const std::uint64_t word : bus.reads[0].beat) CHECK(parity(word, 39) == 0);
  }
  HbmBus off{{.trained = true}};
  write_and_read(off, 0, some_grain(9));
  for (const std::uint64_t word : off.reads.at(0).beat) CHECK((word >> 38 & 1) == 0);
}

TEST_CASE("A write burst with bad parity raises DERR 4 CK after its last CK and is not stored", "[hbm]") {
  for (const unsigned features : {enc::kWriteParity, enc::kWriteParity | enc::kWriteDbi}) {
    for (const unsigned lane : {0u, 31u, 33u, 36u, 38u}) {
      FeatureBus bus{features};
      bus.send(100, Op::kAct, 1, kPlace);
      bus.write(kWrite, Op::kWr, 1, kPlace, some_grain(1));
      const Grain second = some_grain(2);
      std::array<std::uint64_t, 8> beats = HbmBus::encode(second, features);
      beats[6] ^= std::uint64_t{1} << lane;
      bus.write(kWrite + 40, Op::kWr, 1, kPlace, second);
      bus.burst(kWrite + 60, 1, beats);
      bus.finish();
      // Command at 240, burst in the CKs at 260 and 262.
      CHECK(bus.derr == std::vector<std::pair<std::int64_t, unsigned>>{{262 + 8, 1}});
      CHECK((bus.device.read_grain(1, kPlace) == some_grain(1)));
      CHECK(bus.device.stats().derr == 1);
    }
  }
}

TEST_CASE("Without the feature a write's parity is not looked at", "[hbm]") {
  HbmBus bus{{.trained = true}};
  Grain grain;
  grain.data[0] = 1;
  write_and_read(bus, 0, grain);
  CHECK(bus.derr.empty());
  CHECK((bus.device.read_grain(0, kPlace) == grain));
}

TEST_CASE("Forced write failures drop that many bursts with DERR, then all is well", "[hbm]") {
  HbmBus bus{{.trained = true}};
  bus.device.fail_writes(0, 2);
  bus.send(100, Op::kAct, 0, kPlace);
  bus.send(110, Op::kAct, 1, kPlace);
  for (unsigned i = 0; i < 3; ++i) bus.write(300 + 20 * i, Op::kWr, 0, kPlace, some_grain(i));
  bus.write(302, Op::kWr, 1, kPlace, some_grain(8));
  bus.run_to(360);
  CHECK((bus.device.read_grain(0, kPlace) == Grain{}));
  bus.finish();
  CHECK(bus.derr.size() == 2);
  CHECK((bus.device.read_grain(0, kPlace) == some_grain(2)));
  CHECK((bus.device.read_grain(1, kPlace) == some_grain(8)));
}

TEST_CASE("A command in a CK with bad parity is not executed and raises AERR 4 CK later", "[hbm]") {
  FeatureBus bus{enc::kCommandParity};
  bus.send(100, Op::kAct, 0, kPlace);
  bus.send(162, Op::kRd, 0, kPlace);
  bus.cycle(162).apar = 2;  // Flips the CK at 162
  bus.send(182, Op::kRd, 0, kPlace);
  bus.finish();
  CHECK(bus.aerr == std::vector<std::int64_t>{170});
  REQUIRE(bus.reads.size() == 1);
  CHECK(bus.reads[0].tick == 182 + 40);
}

TEST_CASE("Bad parity in either CK of an ACT stops it, and the precharge in its fourth slot too", "[hbm]") {
  for (const unsigned bad : {0, 1}) {
    FeatureBus bus{enc::kCommandParity};
    const DramAddress other{.bg = 3, .row = 4};
    bus.send(100, Op::kAct, 0, other);
    bus.send(302, Op::kAct, 0, kPlace);  // CKs at 300 and 302
    bus.send(303, Op::kPrePb, 0, other);
    bus.cycle(300).apar = static_cast<std::uint8_t>(1u << bad);
    bus.finish();
    CHECK(bus.aerr == std::vector<std::int64_t>{300 + 2 * bad + 8});
    CHECK_FALSE(bus.device.bank_open(0, kPlace.bank()));
    CHECK(bus.device.bank_open(0, other.bank()) == (bad == 1));
    CHECK(bus.device.stats().commands[static_cast<unsigned>(Op::kAct)] == 1);
  }
}

TEST_CASE("Command parity is looked at in idle CKs, only while the feature is on", "[hbm]") {
  for (const unsigned features : {0u, enc::kCommandParity}) {
    FeatureBus bus{features};
    bus.cycle(204).apar = 1;
    bus.finish();
    CHECK(bus.aerr == (features ? std::vector<std::int64_t>{212} : std::vector<std::int64_t>{}));
  }
}

TEST_CASE("Forced command failures spoil that many CKs that carry commands", "[hbm]") {
  HbmBus bus{{.trained = true}};
  bus.run_to(90);
  bus.device.fail_commands(2);
  bus.send(100, Op::kPreAb);
  bus.send(200, Op::kAct, 0, kPlace);
  bus.send(302, Op::kAct, 1, kPlace);
  bus.finish();
  CHECK(bus.aerr == std::vector<std::int64_t>{108, 198 + 8});
  CHECK_FALSE(bus.device.bank_open(0, kPlace.bank()));
  CHECK(bus.device.bank_open(1, kPlace.bank()));
}

TEST_CASE("Corrupted read bursts fail parity in one beat, and only as many as asked", "[hbm]") {
  FeatureBus bus{enc::kReadParity};
  bus.device.corrupt_reads(0, 2);
  const Grain grain = some_grain(4);
  bus.device.write_grain(0, kPlace, grain);
  bus.send(100, Op::kAct, 0, kPlace);
  for (unsigned i = 0; i < 3; ++i) bus.send(200 + 20 * i, Op::kRd, 0, kPlace);
  bus.finish();
  REQUIRE(bus.reads.size() == 3);
  for (unsigned i = 0; i < 3; ++i) {
    unsigned odd = 0;
    for (const std::uint64_t word : bus.reads[i].beat) odd += parity(word, 39);
    CHECK(odd == (i < 2 ? 1 : 0));
    CHECK((HbmBus::decode(bus.reads[i].beat) == grain) == (i == 2));
  }
}

TEST_CASE("A stuck lane reads and writes its value on its pseudo-channel until freed", "[hbm]") {
  for (const bool value : {false, true}) {
    HbmBus bus{{.trained = true}};
    bus.device.stick_lane(1, 13, value);
    Grain grain = some_grain(11);
    write_and_read(bus, 1, grain);
    Grain expected = grain;
    for (unsigned beat = 0; beat < 8; ++beat) {
      std::uint8_t& byte = expected.data[4 * beat + 1];
      byte = static_cast<std::uint8_t>(value ? byte | 0x20 : byte & ~0x20);
    }
    CHECK((bus.device.read_grain(1, kPlace) == expected));
    CHECK((HbmBus::decode(bus.reads.at(0).beat) == expected));
    bus.device.write_grain(1, kPlace, grain);
    bus.device.free_lanes(1);
    bus.send(bus.now() + 8, Op::kRd, 1, kPlace);
    bus.finish();
    CHECK((HbmBus::decode(bus.reads.at(1).beat) == grain));
  }
}

TEST_CASE("Flipped bits are stored: data bits 0 to 255, metadata from 256", "[hbm]") {
  DramDevice device{{.trained = true}};
  device.flip_stored_bit(0, kPlace, 77);
  device.flip_stored_bit(0, kPlace, 256 + 9);
  Grain expected;
  expected.data[9] = 1u << 5;
  expected.meta = 1u << 9;
  CHECK((device.read_grain(0, kPlace) == expected));
  device.flip_stored_bit(0, kPlace, 77);
  CHECK(device.read_grain(0, kPlace).data[9] == 0);
  CHECK_THROWS_AS(device.flip_stored_bit(0, kPlace, 272), std::out_of_range);
  CHECK_THROWS_AS(device.read_grain(2, kPlace), std::out_of_range);
  CHECK_THROWS_AS(device.write_grain(0, {.row = 16384}, {}), std::out_of_range);
  CHECK_THROWS_AS(device.stick_lane(0, 41, true), std::out_of_range);
}

TEST_CASE("Only rows that were written take memory, and reading takes none", "[hbm]") {
  HbmBus bus{{.trained = true}};
  for (unsigned i = 0; i < 4; ++i) {
    bus.send(100 + 20 * i, Op::kAct, 0, {.bg = i, .row = i});
    bus.send(300 + 20 * i, Op::kRd, 0, {.bg = i, .row = i});
  }
  bus.write(500, Op::kWr, 0, {.bg = 2, .row = 2, .col = 31}, some_grain(1));
  bus.finish();
  CHECK(bus.device.rows_stored() == 1);
  for (unsigned row = 0; row < 100; ++row) bus.device.write_grain(1, {.row = row}, some_grain(row));
  CHECK(bus.device.rows_stored() == 101);
  CHECK((bus.device.read_grain(1, {.row = 40}) == some_grain(40)));
  CHECK((bus.device.read_grain(0, {.bg = 2, .row = 2, .col = 31}) == some_grain(1)));
}

TEST_CASE("After CATTRIP nothing works until power is cycled, which loses the contents", "[hbm]") {
  HbmBus bus{{.trained = true}};
  bus.device.write_grain(0, kPlace, some_grain(1));
  bus.send(100, Op::kAct, 0, kPlace);
  bus.send(200, Op::kRd, 0, kPlace);
  bus.run_to(210);
  CHECK_FALSE(bus.step().cattrip);
  bus.device.trip();
  CHECK(bus.step().cattrip);
  bus.send(300, Op::kRd, 0, kPlace);  // Illegal, but nobody is there to mind
  bus.send(302, Op::kPdx);
  bus.run_to(500);
  CHECK(bus.reads.empty());
  CHECK(bus.aerr.empty());
  bus.device.power_cycle();
  CHECK_FALSE(bus.step().cattrip);
  bus.run_to(bus.now() + 64);
  CHECK(bus.device.rows_stored() == 0);
  const std::int64_t t = bus.now() + 8;
  bus.send(t, Op::kAct, 0, kPlace);
  bus.send(t + 100, Op::kRd, 0, kPlace);
  bus.finish();
  REQUIRE(bus.reads.size() == 1);
  CHECK((HbmBus::decode(bus.reads[0].beat) == Grain{}));
}

}  // namespace
}  // namespace tessera::test
