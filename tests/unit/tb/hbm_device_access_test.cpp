// SPDX-License-Identifier: Apache-2.0
//
// Ways to look at a device from outside: address maps, the back door, check bits, the trace.

#include <sstream>

#include "hbm/address_map.hpp"
#include "hbm/backdoor.hpp"
#include "hbm/secded.hpp"
#include "hbm/trace.hpp"
#include "support/catch.hpp"
#include "support/hbm_bus.hpp"

namespace tessera::test {
namespace {

using namespace tessera::tb::hbm;

const Geometry kPart{};  // 2 SIDs, 16384 rows: 24 grain-address bits
const std::vector<std::string> kMaps{"s128", "f128", "f64", "f256", "roba", "bgi64"};

TEST_CASE("Every preset map is one to one over the part and stays inside it", "[hbm]") {
  for (const Geometry part : {kPart, Geometry{1, 8192}, Geometry{4, 32768}}) {
    for (const std::string& name : kMaps) {
      const AddressMap map = AddressMap::named(name, part);
      CAPTURE(name, part.sids, part.rows);
      tb::Random random{3};
      for (unsigned i = 0; i < 2000; ++i) {
        const std::uint64_t grain = i < 1000 ? i : random.below(part.grains());
        const DramAddress a = map.map(grain);
        REQUIRE(a.sid < part.sids);
        REQUIRE(a.row < part.rows);
        REQUIRE(map.unmap(a) == grain);
      }
      // The first grain beyond the part is beyond it for the device too.
      if (part.grains() < 1u << 26) {
        const DramAddress a = map.map(part.grains());
        CHECK((a.sid >= part.sids || a.row >= part.rows));
      }
    }
  }
}

TEST_CASE("Without folding, the presets lay address bits out as they say", "[hbm]") {
  // Grain-address bit of each device field's bit 0, and where the column is cut.
  struct Case {
    const char* name;
    std::uint64_t col1, col_above, bg, ba, sid, row;
  };
  for (const Case& c :
       {Case{"f128", 2, 16, 4, 7, 9, 10}, Case{"f64", 0, 8, 2, 7, 9, 10}, Case{"f256", 2, 32, 8, 7, 9, 10},
        Case{"roba", 2, 0, 32, 7, 9, 10}, Case{"bgi64", 0, 8, 2, 7, 9, 10}}) {
    const AddressMap map = AddressMap::named(c.name, kPart);
    CAPTURE(c.name);
    if (c.col1) CHECK((map.map(c.col1) == DramAddress{.col = static_cast<unsigned>(c.col1)}));
    CHECK((map.map(c.bg) == DramAddress{.bg = 1}));
    CHECK((map.map(1u << c.ba) == DramAddress{.ba = 1}));
    CHECK((map.map(1u << c.sid) == DramAddress{.sid = 1}));
    CHECK(map.map(1u << c.row).row == 1);
    if (c.col_above) CHECK(map.map(c.col_above).col == c.col_above / 4);
  }
}

TEST_CASE("s128 puts the stack ID below the column and folds rows into bank groups first", "[hbm]") {
  const AddressMap map = AddressMap::s128(kPart);
  CHECK(map.sel() == AddressMap::Sel{0,  1,  5,  6,  7,  10, 11, 12, 13, 14, 15, 16, 17,
                                     18, 19, 20, 21, 22, 23, 24, 8,  9,  2,  3,  4,  25});
  CHECK(map.fold() == AddressMap::Fold{0x1084, 0x0210, 0x0421, 0x0842, 0x2108, 0});
}

TEST_CASE("f128 folds row bit j into bit j mod 5 of sid, bg, ba", "[hbm]") {
  const AddressMap map = AddressMap::f128(kPart);
  for (unsigned j = 0; j < 14; ++j) {
    CHECK(map.map(std::uint64_t{1} << (10 + j)).bank() == 1u << j % 5);
    CHECK(map.map(std::uint64_t{1} << (10 + j)).row == 1u << j);
  }
  CHECK(map.fold() == AddressMap::Fold{0x0421, 0x0842, 0x1084, 0x2108, 0x0210, 0});
  CHECK(AddressMap::roba(kPart).fold() == AddressMap::Fold{});
  // All row bits: three each go into bank bits 0 to 3, two into bit 4.
  CHECK(map.map(std::uint64_t{0x3FFF} << 10).bank() == 0b01111);
}

TEST_CASE("A map that is no permutation, folds rows that are not there, or has no name is refused", "[hbm]") {
  AddressMap::Sel sel = AddressMap::f128(kPart).sel();
  sel[3] = sel[4];
  CHECK_THROWS_WITH((AddressMap{sel, {}}), Catch::Matchers::Contains("used twice"));
  CHECK_THROWS_WITH((AddressMap{AddressMap::f128(kPart).sel(), {0x8000}}),
                    Catch::Matchers::Contains("row bits 0 to 14"));
  CHECK_THROWS_WITH(AddressMap::named("f512", kPart), Catch::Matchers::Contains("f512"));
  CHECK_THROWS_WITH(AddressMap::f128({3, 16384}), Catch::Matchers::Contains("power of two of stack IDs"));
}

// Straight from the definition in protocol.md.
unsigned check_bits(const std::array<std::uint8_t, 32>& data) {
  unsigned check = 0;
  unsigned position = 2;
  unsigned ones = 0;
  for (unsigned i = 0; i < 256; ++i) {
    do ++position;
    while ((position & (position - 1)) == 0);
    if ((data[i / 8] >> i % 8 & 1) == 0) continue;
    ++ones;
    for (unsigned j = 0; j < 9; ++j) check ^= (position >> j & 1) << j;
  }
  for (unsigned j = 0; j < 9; ++j) ones += check >> j & 1;
  return check | (ones & 1) << 9;
}

TEST_CASE("Check bits are those of the definition; zeros are a codeword", "[hbm]") {
  CHECK(secded_encode({}) == 0);
  CHECK(secded_encode({1}) == (3 | 1 << 9));     // Data bit 0 at position 3: three ones with its check bits
  CHECK(secded_encode({0x10}) == (9 | 1 << 9));  // Data bit 4 at position 9
  std::array<std::uint8_t, 32> last{};
  last[31] = 0x80;
  CHECK(secded_encode(last) == 265u);  // 265 has three ones: with the data bit an even number
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto data = some_grain(seed).data;
    CHECK(secded_encode(data) == check_bits(data));
  }
}

TEST_CASE("Any one flipped bit has a syndrome of its own, any two are told from one", "[hbm]") {
  std::vector<unsigned> syndrome;
  for (unsigned i = 0; i < 256; ++i) {
    std::array<std::uint8_t, 32> data{};
    data[i / 8] = static_cast<std::uint8_t>(1u << i % 8);
    syndrome.push_back(secded_encode(data));
  }
  for (unsigned j = 0; j < 10; ++j) syndrome.push_back(1u << j);
  for (std::size_t a = 0; a < syndrome.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) REQUIRE(syndrome[a] != syndrome[b]);
    const bool check_bit = a >= 256;
    // Whole-word parity: odd for one error.
    const unsigned overall = static_cast<unsigned>(__builtin_popcount(syndrome[a])) + !check_bit;
    REQUIRE((overall & 1) == (check_bit ? 1 : 0));
  }
}

TEST_CASE("The back door's bytes are the bytes of the map's grains, with right check bits", "[hbm]") {
  for (const std::string& name : kMaps) {
    DramDevice device{{.trained = true}};
    const AddressMap map = AddressMap::named(name, kPart);
    Backdoor door{device, 1, map};
    std::vector<std::uint8_t> bytes(5000);
    tb::Random random{8};
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
    constexpr std::uint64_t kAddress = 0x123456D;  // Unaligned at both ends
    door.write(kAddress, bytes);
    std::vector<std::uint8_t> back(bytes.size() + 64);
    door.read(kAddress - 32, back);
    for (std::size_t i = 0; i < bytes.size(); ++i) REQUIRE(back[i + 32] == bytes[i]);
    for (std::size_t i = 0; i < 32; ++i) CHECK((back[i] | back[bytes.size() + 32 + i]) == 0);
    const DramAddress place = map.map((kAddress + 1000) / 32);
    CHECK(device.read_grain(1, place).data[(kAddress + 1000) % 32] == bytes[1000]);
    CHECK((door.locate(kAddress + 1000) == place));
    CHECK(device.read_grain(0, place) == Grain{});
    for (std::uint64_t a = kAddress; a < kAddress + bytes.size(); a += 32) REQUIRE(door.consistent(a));
    device.flip_stored_bit(1, place, 3);
    CHECK_FALSE(door.consistent(kAddress + 1000));
  }
}

TEST_CASE("The back door refuses what is outside the part", "[hbm]") {
  DramDevice device{{.trained = true}};
  Backdoor door{device, 0, AddressMap::f128(kPart)};
  std::array<std::uint8_t, 8> bytes{};
  constexpr std::uint64_t kSize = std::uint64_t{512} << 20;
  CHECK_NOTHROW(door.write(kSize - 8, bytes));
  CHECK_THROWS_AS(door.write(kSize - 7, bytes), std::out_of_range);
  CHECK_THROWS_AS(door.read(~std::uint64_t{0} - 2, bytes), std::out_of_range);
  CHECK_THROWS_AS(door.consistent(kSize), std::out_of_range);
}

TEST_CASE("The trace has a line per command and burst, in the order of ticks, ACT at its first edge",
          "[hbm]") {
  std::ostringstream out;
  {
    HbmBus bus{{.trained = true}};
    DramTrace trace{out};
    bus.device.set_observer(&trace);
    const DramAddress a{.sid = 1, .bg = 2, .ba = 3, .row = 4660, .col = 21};
    bus.send(102, Op::kAct, 1, a);
    bus.send(103, Op::kPrePb, 0, {.bg = 1});
    bus.send(164, Op::kRd, 1, a);
    bus.send(264, Op::kWra, 1, a);
    bus.send(264, Op::kPrePb, 0, {.ba = 2});
    bus.send(601, Op::kPreAb, 1);
    bus.send(604, Op::kRefPb, 1, {.sid = 1});
    bus.send(1300, Op::kRefAb, 0);
    bus.send(1302, Op::kRfmPb, 1, {.ba = 1});
    bus.send(2800, Op::kRfmAb, 0);
    bus.mrs(4000, 7, 1);
    bus.send(4100, Op::kPde);
    bus.send(4200, Op::kPdx);
    bus.send(4300, Op::kSre);
    bus.send(4400, Op::kSrx);
    bus.run_to(4500);
    bus.device.set_observer(nullptr);
  }
  // The bus's tick 0 is tick 64 of the device.
  CHECK(out.str() ==
        "164 ACT 1 1 2 3 4660 -1\n"
        "167 PREPB 0 0 1 0 -1 -1\n"
        "228 RD 1 1 2 3 4660 21\n"
        "268 DQR 1\n"
        "328 WRA 1 1 2 3 4660 21\n"
        "328 PREPB 0 0 0 2 -1 -1\n"
        "348 DQW 1\n"
        "665 PREAB 1 -1 -1 -1 -1 -1\n"
        "668 REFPB 1 1 0 0 -1 -1\n"
        "1364 REFAB 0 -1 -1 -1 -1 -1\n"
        "1366 RFMPB 1 0 0 1 -1 -1\n"
        "2864 RFMAB 0 -1 -1 -1 -1 -1\n"
        "4064 MRS -1 -1 -1 -1 -1 -1\n"
        "4164 PDE -1 -1 -1 -1 -1 -1\n"
        "4264 PDX -1 -1 -1 -1 -1 -1\n"
        "4364 SRE -1 -1 -1 -1 -1 -1\n"
        "4464 SRX -1 -1 -1 -1 -1 -1\n");
}

TEST_CASE("Under dense traffic the ticks of the trace never go back and every burst has its line", "[hbm]") {
  std::ostringstream out;
  HbmBus bus{{.trained = true}};
  DramTrace trace{out};
  bus.device.set_observer(&trace);
  for (const unsigned pc : {0, 1}) {
    for (unsigned i = 0; i < 8; ++i) {
      bus.send(102 + 16 * i + 8 * pc, Op::kAct, pc, {.bg = i % 4, .ba = i / 4, .row = i});
    }
    for (unsigned i = 0; i < 100; ++i) {
      bus.send(400 + 4 * i + 2 * pc, Op::kRd, pc, {.bg = i % 4, .ba = 0, .row = i % 4});
    }
  }
  bus.send(401, Op::kPrePb, 0, {.sid = 1});
  bus.finish();
  trace.flush();
  std::istringstream in{out.str()};
  std::int64_t last = 0;
  unsigned bursts = 0;
  for (std::string line; std::getline(in, line);) {
    const std::int64_t tick = std::stoll(line);
    REQUIRE(tick >= last);
    last = tick;
    bursts += line.find("DQR") != std::string::npos;
  }
  CHECK(bursts == 200);
}

}  // namespace
}  // namespace tessera::test
