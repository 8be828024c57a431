// SPDX-License-Identifier: Apache-2.0
//
// Encoding and decoding of instructions.

#include <functional>
#include <random>
#include <stdexcept>

#include "isa/instruction.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;
using isa::Grain;

// A grain of the instruction with random values in all its fields.
Grain random_grain(const spec::InstructionInfo& info, std::mt19937_64& random) {
  Grain grain{};
  isa::set_bits(grain, 0, 8, static_cast<std::uint64_t>(info.opcode));
  isa::set_bits(grain, 8, 16, random());
  isa::set_bits(grain, 24, 16, random());
  for (unsigned i = 0; i < info.num_fields; ++i) {
    isa::set_bits(grain, info.fields[i].lsb, info.fields[i].width, random());
  }
  return grain;
}

template <class T>
void round_trip(std::mt19937_64& random) {
  for (int i = 0; i < 200; ++i) {
    const Grain grain = random_grain(isa::info(T::kOpcode), random);
    REQUIRE(isa::encode(isa::decode<T>(grain)) == grain);
  }
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no exception";
}

}  // namespace

TEST_CASE("every instruction survives decoding and encoding", "[isa]") {
  std::mt19937_64 random(1);
  round_trip<spec::Sync>(random);
  round_trip<spec::Halt>(random);
  round_trip<spec::Fence>(random);
  round_trip<spec::Loop>(random);
  round_trip<spec::Endloop>(random);
  round_trip<spec::Setr>(random);
  round_trip<spec::Addr>(random);
  round_trip<spec::Load>(random);
  round_trip<spec::Store>(random);
  round_trip<spec::Config>(random);
  round_trip<spec::Matmul>(random);
}

TEST_CASE("a LOAD lies in the grain as the table says", "[isa]") {
  spec::Load load;
  load.wait_mask = 0x8001;
  load.post_mask = 0x0102;
  load.space = spec::Space::kBScale;  // 3
  load.lane = 2;
  load.areg = 5;
  load.fill = 0xab;
  load.addr = 0x123456789abc;
  load.rows = 0xbeef;
  load.row_stride = 0xcafef00d;
  load.post_inc = -2;
  load.row_bytes = 0x12345;
  load.dst_base = 0x6789;
  load.dst_stride = 0xfedc;
  // row_bytes, dst_base and dst_stride follow each other from bit 192: 0x12345, 0x6789 << 20, 0xfedc << 36.
  const Grain expected = {0x10, 0x01, 0x80, 0x02, 0x01, 0x13, 0x05, 0xab, 0xbc, 0x9a, 0x78,
                          0x56, 0x34, 0x12, 0xef, 0xbe, 0x0d, 0xf0, 0xfe, 0xca, 0xfe, 0xff,
                          0xff, 0xff, 0x45, 0x23, 0x91, 0x78, 0xc6, 0xed, 0x0f, 0x00};
  REQUIRE(isa::encode(load) == expected);
  REQUIRE(isa::decode<spec::Load>(expected) == load);
}

TEST_CASE("the members of every struct go to the fields of their names", "[isa]") {
  spec::Matmul m;
  m.src = spec::Partial::kRaw;
  m.dst = spec::Partial::kFp32;
  m.mt = 3, m.nt = 4, m.k = 5, m.a_base = 6, m.a_stride = 7, m.b_base = 8, m.b_stride = 9;
  m.a_scale_base = 10, m.a_scale_stride = 11, m.b_scale_base = 12, m.b_scale_stride = 13;
  m.psum_base = 14, m.out_base = 15, m.out_pitch = 16, m.col_base = 17;
  const Grain grain = isa::encode(m);
  const std::vector<std::pair<unsigned, unsigned>> positions = {
      // lsb and width from docs/isa.md
      {40, 2},   {42, 2},   {44, 12},  {56, 12},  {68, 14},  {82, 16},  {98, 16},  {114, 16}, {130, 16},
      {146, 12}, {158, 12}, {170, 12}, {182, 12}, {194, 12}, {206, 16}, {222, 16}, {238, 12}};
  for (std::size_t i = 0; i < positions.size(); ++i) {
    CAPTURE(i);
    CHECK(isa::get_bits(grain, positions[i].first, positions[i].second) == i + 1);
  }
  spec::Config c;
  c.fmt_a = spec::Format::kE4m3, c.fmt_b = spec::Format::kE5m2, c.scaling = spec::Scaling::kMx;
  c.out = spec::Format::kInt32, c.grid = -80, c.no_saturate = 1, c.col_scale = 1;
  const Grain config = isa::encode(c);
  CHECK(isa::get_bits(config, 40, 12) == 0x121);
  CHECK(isa::get_bits(config, 52, 4) == 9);
  CHECK(isa::get_bits(config, 64, 14) == (0x3000U | (2048U - 80U)));
}

TEST_CASE("a value that does not fit its field is named with its instruction and range", "[isa]") {
  spec::Matmul m;
  m.mt = 4096;
  CHECK(message_of([&] { isa::encode(m); }) == "MATMUL.mt is 4096, but the field holds 0 to 4095");
  spec::Config c;
  c.grid = -1025;
  CHECK(message_of([&] { isa::encode(c); }) == "CONFIG.grid is -1025, but the field holds -1024 to 1023");
  spec::Setr s;
  s.value = std::uint64_t{1} << 48;
  CHECK(message_of([&] { isa::encode(s); }) ==
        "SETR.value is 281474976710656, but the field holds 0 to 281474976710655");
}

TEST_CASE("decoding another instruction is refused", "[isa]") {
  const Grain grain = isa::encode(spec::Halt{});
  CHECK(message_of([&] { isa::decode<spec::Load>(grain); }) ==
        "cannot decode HALT as LOAD: look at opcode_of() first");
}

TEST_CASE("bits move between grain and value at any position and width", "[isa]") {
  for (unsigned lsb = 0; lsb < 256; lsb += 7) {
    for (unsigned width = 1; width <= 64 && lsb + width <= 256; width += 3) {
      CAPTURE(lsb, width);
      const std::uint64_t value = 0x9e3779b97f4a7c15 >> (64 - width);
      Grain zeros{};
      isa::set_bits(zeros, lsb, width, value);
      REQUIRE(isa::get_bits(zeros, lsb, width) == value);
      Grain ones;
      ones.fill(0xff);
      isa::set_bits(ones, lsb, width, ~value);
      for (unsigned bit = 0; bit < 256;
           ++bit) {  // Nothing beside the field moved: one grain is the other's inverse
        REQUIRE(isa::get_bits(ones, bit, 1) != isa::get_bits(zeros, bit, 1));
      }
    }
  }
}
