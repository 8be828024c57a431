// SPDX-License-Identifier: Apache-2.0
//
// The dispatcher's checks, rule by rule, from docs/architecture.md.

#include <algorithm>
#include <string>
#include <vector>

#include "isa/check.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;
using isa::CheckContext;
using isa::Grain;
using spec::Error;
using spec::Format;
using spec::Partial;
using spec::Space;

// 8 x 8, default depths; window of 1 MiB from 4096, effective address in it.
CheckContext context() {
  CheckContext c;
  c.effective_address = 0x2000;
  c.memory_base = 0x1000;
  c.memory_limit = 0x101000;
  return c;
}

CheckContext with(spec::Config config) {
  CheckContext c = context();
  c.config = config;
  return c;
}

spec::Config formats(Format operands, Format out) {
  spec::Config c;
  c.fmt_a = c.fmt_b = operands;
  c.out = out;
  return c;
}

spec::Config mx(Format a, Format b) {
  spec::Config c = formats(a, Format::kFp32);
  c.fmt_b = b;
  c.scaling = spec::Scaling::kMx;
  return c;
}

spec::Load load(Space space, unsigned rows) {
  spec::Load l;
  l.space = space;
  l.rows = static_cast<std::uint16_t>(rows);
  l.row_bytes = 64;
  l.dst_stride = 2;
  l.row_stride = 64;
  return l;
}

spec::Store store() {
  spec::Store s;
  s.rows = 4;
  s.row_bytes = 33;
  s.src_pitch = 2;
  s.row_stride = 100;
  return s;
}

spec::Matmul matmul() {
  spec::Matmul m;
  m.mt = 2;
  m.nt = 2;
  m.k = 4;
  m.a_stride = m.b_stride = 4;
  m.out_pitch = 2;
  return m;
}

template <class T>
Error error_of(const T& instruction, const CheckContext& c) {
  const isa::CheckResult r = isa::check(instruction, c);
  REQUIRE(r.reason.empty() == r.ok());
  return r.error;
}

}  // namespace

TEST_CASE("opcodes that do not exist are BAD_OPCODE, all-zero memory among them", "[isa][check]") {
  unsigned known = 0;
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    Grain grain{};
    grain[0] = static_cast<std::uint8_t>(opcode);
    if (isa::find_instruction(grain[0]) != nullptr) {
      ++known;
      CHECK(error_of(grain, context()) != Error::kBadOpcode);
    } else {
      CHECK(error_of(grain, context()) == Error::kBadOpcode);
    }
  }
  CHECK(known == 11);
}

TEST_CASE("every reserved bit of every instruction is BAD_FIELD", "[isa][check]") {
  const std::vector<Grain> legal = {isa::encode(spec::Sync{}),
                                    isa::encode(spec::Halt{}),
                                    isa::encode(spec::Fence{}),
                                    isa::encode([] {
                                      spec::Loop l;
                                      l.count = 1;
                                      return l;
                                    }()),
                                    isa::encode(spec::Endloop{}),
                                    isa::encode([] {
                                      spec::Setr s;
                                      s.areg = 1;
                                      return s;
                                    }()),
                                    isa::encode([] {
                                      spec::Addr a;
                                      a.areg = 1;
                                      return a;
                                    }()),
                                    isa::encode(load(Space::kA, 8)),
                                    isa::encode(store()),
                                    isa::encode(formats(Format::kE4m3, Format::kFp32)),
                                    isa::encode(matmul())};
  unsigned tried = 0;
  for (const Grain& grain : legal) {
    const CheckContext c = with(formats(Format::kE4m3, Format::kFp32));
    REQUIRE(error_of(grain, c) == Error::kNone);
    const spec::InstructionInfo& info = *isa::find_instruction(isa::opcode_of(grain));
    std::vector<bool> used(256, false);
    std::fill(used.begin(), used.begin() + (info.masks ? 40 : 8), true);
    for (unsigned i = 0; i < info.num_fields; ++i) {
      for (unsigned b = 0; b < info.fields[i].width; ++b) used[info.fields[i].lsb + b] = true;
    }
    for (unsigned bit = 0; bit < 256; ++bit) {
      if (used[bit]) continue;
      Grain bad = grain;
      isa::set_bits(bad, bit, 1, 1);
      CAPTURE(std::string(info.name), bit);
      REQUIRE(error_of(bad, c) == Error::kBadField);
      ++tried;
    }
  }
  CHECK(tried > 1500);
}

TEST_CASE("enum codes outside their list are BAD_FIELD", "[isa][check]") {
  const CheckContext c = with(formats(Format::kE4m3, Format::kFp32));
  const auto try_codes = [&](const Grain& grain, unsigned lsb, unsigned width,
                             const std::vector<unsigned>& good) {
    for (unsigned code = 0; code < (1U << width); ++code) {
      Grain g = grain;
      isa::set_bits(g, lsb, width, code);
      const bool listed = std::find(good.begin(), good.end(), code) != good.end();
      CAPTURE(lsb, code);
      CHECK((error_of(g, c) == Error::kBadField) == !listed);
    }
  };
  const std::vector<unsigned> format_codes = {0, 1, 2, 3, 8, 9};
  const Grain config = isa::encode(formats(Format::kE4m3, Format::kFp32));
  try_codes(config, 40, 4, format_codes);
  try_codes(config, 44, 4, format_codes);
  try_codes(config, 52, 4, format_codes);
  try_codes(config, 48, 2, {0, 1});
  try_codes(isa::encode(load(Space::kA, 8)), 40, 3, {0, 1, 2, 3, 4});
  spec::Matmul partial = matmul();
  partial.src = Partial::kRaw;
  partial.dst = Partial::kRaw;
  partial.out_pitch = 0;
  try_codes(isa::encode(partial), 40, 2, {0, 1, 2});
  spec::Matmul to_tile = matmul();
  to_tile.out_pitch = 0;
  try_codes(isa::encode(to_tile), 42, 2, {0, 1, 2});
}

TEST_CASE("fields below their least value are BAD_FIELD", "[isa][check]") {
  CHECK(error_of(spec::Loop{}, context()) == Error::kBadField);
  CHECK(error_of(spec::Setr{}, context()) == Error::kBadField);
  CHECK(error_of(spec::Addr{}, context()) == Error::kBadField);
  spec::Load l = load(Space::kA, 8);
  l.row_bytes = 0;
  CHECK(error_of(l, context()) == Error::kBadField);
  spec::Store s = store();
  s.rows = 0;
  CHECK(error_of(s, context()) == Error::kBadField);
  s = store();
  s.row_bytes = 0;
  CHECK(error_of(s, context()) == Error::kBadField);
  const CheckContext c = with(formats(Format::kE4m3, Format::kFp32));
  for (std::uint16_t spec::Matmul::*field : {&spec::Matmul::mt, &spec::Matmul::nt, &spec::Matmul::k}) {
    spec::Matmul m = matmul();
    m.*field = 0;
    CHECK(error_of(m, c) == Error::kBadField);
    CHECK(error_of(m, context()) == Error::kBadField);  // Before NO_CONFIG
  }
}

TEST_CASE("instructions that cannot wait or post must not", "[isa][check]") {
  spec::Loop loop;
  loop.count = 1;
  loop.wait_mask = 1;
  CHECK(error_of(loop, context()) == Error::kBadField);
  spec::Halt halt;
  halt.post_mask = 0x8000;
  CHECK(error_of(halt, context()) == Error::kBadField);
  spec::Sync sync;
  sync.wait_mask = sync.post_mask = 0xffff;
  CHECK(error_of(sync, context()) == Error::kNone);
}

TEST_CASE("LOAD's own rules", "[isa][check]") {
  spec::Load l = load(Space::kA, 0);
  l.row_stride = 0;
  CHECK(error_of(l, context()) == Error::kBadField);  // Neither rows nor fill
  l.fill = 3;
  CheckContext far = context();
  far.effective_address = 0;
  CHECK(error_of(l, far) == Error::kNone);  // Zeros touch no memory
  for (int which = 0; which < 3; ++which) {
    spec::Load bad = l;
    if (which == 0) bad.addr = 1;
    if (which == 1) bad.row_stride = 1;
    if (which == 2) bad.areg = 1;
    CHECK(error_of(bad, context()) == Error::kBadField);
  }
  l = load(Space::kB, 8);
  l.lane = 1;
  CHECK(error_of(l, context()) == Error::kNone);
  l.lane = 2;
  CHECK(error_of(l, context()) == Error::kBadField);
  l.lane = 0;
  l.post_inc = 1;
  CHECK(error_of(l, context()) == Error::kBadField);
  l.areg = 1;
  CHECK(error_of(l, context()) == Error::kNone);
  spec::Store s = store();
  s.post_inc = -1;
  CHECK(error_of(s, context()) == Error::kBadField);
}

TEST_CASE("CONFIG takes the combinations of formats that exist", "[isa][check]") {
  const std::vector<Format> all = {Format::kInt8, Format::kE4m3, Format::kE5m2,
                                   Format::kBf16, Format::kFp32, Format::kInt32};
  const auto fp8 = [](Format f) { return f == Format::kE4m3 || f == Format::kE5m2; };
  unsigned legal = 0;
  for (const Format a : all) {
    for (const Format b : all) {
      for (const spec::Scaling scaling : {spec::Scaling::kPlain, spec::Scaling::kMx}) {
        for (const Format out : all) {
          for (unsigned flags = 0; flags < 4; ++flags) {
            spec::Config c;
            c.fmt_a = a, c.fmt_b = b, c.scaling = scaling, c.out = out;
            c.no_saturate = flags & 1;
            c.col_scale = static_cast<std::uint8_t>(flags >> 1);
            const bool same = a == b && (a == Format::kInt8 || a == Format::kBf16);
            const bool operands = (same && scaling == spec::Scaling::kPlain) || (fp8(a) && fp8(b));
            const bool result = (out != Format::kInt32 || (a == Format::kInt8 && c.col_scale == 0)) &&
                                (c.no_saturate == 0 || fp8(out));
            CAPTURE(int(a), int(b), int(scaling), int(out), flags);
            REQUIRE(error_of(c, context()) == (operands && result ? Error::kNone : Error::kBadFormat));
            legal += operands && result;
          }
        }
      }
    }
  }
  CHECK(legal == 141);  // 10 pairs x (3 x 2 + 2 x 4 outputs) and INT32 once
}

TEST_CASE("a format that is not in the build is BAD_FORMAT", "[isa][check]") {
  CheckContext c = context();
  c.hardware.formats = 0b0110;
  CHECK(error_of(formats(Format::kInt8, Format::kFp32), c) == Error::kBadFormat);
  CHECK(error_of(formats(Format::kBf16, Format::kFp32), c) == Error::kBadFormat);
  CHECK(error_of(formats(Format::kE4m3, Format::kBf16), c) == Error::kNone);  // Results are not operands
  c.hardware.formats = 0b0010;
  CHECK(error_of(mx(Format::kE4m3, Format::kE5m2), c) == Error::kBadFormat);
}

TEST_CASE("CONFIG.grid must be 0 unless the mode uses it", "[isa][check]") {
  spec::Config c = formats(Format::kE4m3, Format::kFp32);
  c.grid = -32;
  CHECK(error_of(c, context()) == Error::kBadField);
  c = formats(Format::kInt8, Format::kInt8);
  c.grid = 1;
  CHECK(error_of(c, context()) == Error::kBadField);
  for (const int grid : {-1024, 1023}) {
    c = formats(Format::kBf16, Format::kBf16);
    c.grid = static_cast<std::int16_t>(grid);
    CHECK(error_of(c, context()) == Error::kNone);
    c = mx(Format::kE5m2, Format::kE4m3);
    c.grid = static_cast<std::int16_t>(grid);
    CHECK(error_of(c, context()) == Error::kNone);
  }
}

TEST_CASE("MATMUL rules come in order: static fields, NO_CONFIG, fields of the mode, ranges",
          "[isa][check]") {
  spec::Matmul m = matmul();
  m.a_base = 0xffff;   // BUFFER_RANGE
  m.a_scale_base = 1;  // BAD_FIELD without MX
  CHECK(error_of(m, context()) == Error::kNoConfig);
  CHECK(error_of(m, with(formats(Format::kE4m3, Format::kFp32))) == Error::kBadField);
  CHECK(error_of(m, with(mx(Format::kE4m3, Format::kE4m3))) == Error::kBufferRange);
  m.a_scale_base = 0;
  CHECK(error_of(m, with(formats(Format::kE4m3, Format::kFp32))) == Error::kBufferRange);
  m.mt = 0;
  CHECK(error_of(m, context()) == Error::kBadField);
}

TEST_CASE("MATMUL fields that must be 0 are BAD_FIELD otherwise", "[isa][check]") {
  const CheckContext plain = with(formats(Format::kE4m3, Format::kFp32));
  for (std::uint16_t spec::Matmul::*field : {&spec::Matmul::a_scale_base, &spec::Matmul::a_scale_stride,
                                             &spec::Matmul::b_scale_base, &spec::Matmul::b_scale_stride}) {
    spec::Matmul m = matmul();
    m.*field = 1;
    CHECK(error_of(m, plain) == Error::kBadField);
    CHECK(error_of(m, with(mx(Format::kE4m3, Format::kE4m3))) == Error::kNone);
  }
  spec::Matmul m = matmul();
  m.psum_base = 1;
  CHECK(error_of(m, plain) == Error::kBadField);
  m.src = Partial::kRaw;
  CHECK(error_of(m, plain) == Error::kNone);
  for (std::uint16_t spec::Matmul::*field : {&spec::Matmul::out_base, &spec::Matmul::out_pitch}) {
    spec::Matmul to_tile = matmul();
    to_tile.dst = Partial::kRaw;
    to_tile.out_pitch = 0;
    CHECK(error_of(to_tile, plain) == Error::kNone);
    to_tile.*field = 1;
    CHECK(error_of(to_tile, plain) == Error::kBadField);
  }
  spec::Config scaled = formats(Format::kE4m3, Format::kFp32);
  scaled.col_scale = 1;
  m = matmul();
  m.col_base = 1;
  CHECK(error_of(m, plain) == Error::kBadField);
  CHECK(error_of(m, with(scaled)) == Error::kNone);
  m.dst = Partial::kRaw;
  m.out_pitch = 0;
  CHECK(error_of(m, with(scaled)) == Error::kBadField);
}

TEST_CASE("INT8 has no FP32 partials", "[isa][check]") {
  const CheckContext int8 = with(formats(Format::kInt8, Format::kInt32));
  spec::Matmul m = matmul();
  m.src = Partial::kFp32;
  CHECK(error_of(m, int8) == Error::kBadField);
  CHECK(error_of(m, context()) == Error::kNoConfig);
  m.src = Partial::kRaw;
  CHECK(error_of(m, int8) == Error::kNone);
  m = matmul();
  m.out_pitch = 0;
  m.dst = Partial::kFp32;
  CHECK(error_of(m, int8) == Error::kBadField);
}

TEST_CASE("OUT and COL places are aligned to what a row of a wide array fills", "[isa][check]") {
  for (const unsigned cols : {4U, 8U, 16U, 32U}) {
    spec::Config config = formats(Format::kE4m3, Format::kInt8);
    config.col_scale = 1;
    CheckContext c = with(config);
    c.hardware.cols = cols;
    const unsigned align = cols <= 8 ? 1 : cols / 8;
    for (std::uint16_t spec::Matmul::*field :
         {&spec::Matmul::out_base, &spec::Matmul::out_pitch, &spec::Matmul::col_base}) {
      for (unsigned value = 4; value < 12; ++value) {
        spec::Matmul m = matmul();
        m.out_pitch = 4;
        m.*field = static_cast<std::uint16_t>(value);
        CAPTURE(cols, value);
        CHECK(error_of(m, c) == (value % align == 0 ? Error::kNone : Error::kBadField));
      }
    }
  }
}

TEST_CASE("a LOAD may end exactly at the depth of its memory and no further", "[isa][check]") {
  struct Depth {
    Space space;
    unsigned banks;
    unsigned depth;
  };
  for (const Depth& d : {Depth{Space::kA, 8, 1024}, Depth{Space::kB, 8, 1024}, Depth{Space::kAScale, 8, 128},
                         Depth{Space::kBScale, 8, 128}, Depth{Space::kCol, 1, 64}}) {
    CAPTURE(int(d.space));
    spec::Load l = load(d.space, d.banks * 3);  // 3 groups of 2 grains, 2 apart
    l.dst_base = static_cast<std::uint16_t>(d.depth - 6);
    CHECK(error_of(l, context()) == Error::kNone);
    l.fill = 1;  // Begins a fourth group
    CHECK(error_of(l, context()) == Error::kBufferRange);
    l.fill = 0;
    l.row_bytes = 65;
    CHECK(error_of(l, context()) == Error::kBufferRange);
    l.row_bytes = 33;
    CHECK(error_of(l, context()) == Error::kNone);
    ++l.dst_base;
    CHECK(error_of(l, context()) == Error::kBufferRange);
    --l.dst_base;
    ++l.dst_stride;
    CHECK(error_of(l, context()) == Error::kBufferRange);
  }
  spec::Load huge = load(Space::kCol, 65535);  // 65534 * 65535 does not fit 32 bits as it should not wrap
  huge.dst_stride = 65535;
  CHECK(error_of(huge, context()) == Error::kBufferRange);
}

TEST_CASE("a STORE may start its last row where OUT ends exactly", "[isa][check]") {
  spec::Store s = store();  // 3 * 2 + 2 grains
  s.src_base = 2048 - 8;
  CHECK(error_of(s, context()) == Error::kNone);
  ++s.src_base;
  CHECK(error_of(s, context()) == Error::kBufferRange);
  --s.src_base;
  s.row_bytes = 65;
  CHECK(error_of(s, context()) == Error::kBufferRange);
}

TEST_CASE("a MATMUL may use every memory to its last grain and no further", "[isa][check]") {
  spec::Config config = mx(Format::kE4m3, Format::kE4m3);
  config.out = Format::kBf16;
  config.col_scale = 1;
  const CheckContext c = with(config);
  spec::Matmul m;  // 3 x 5 passes of 33 grains: 2 scale grains each
  m.mt = 3, m.nt = 5, m.k = 33;
  m.a_stride = 33, m.a_base = 1024 - 2 * 33 - 33;
  m.b_stride = 40, m.b_base = 1024 - 4 * 40 - 33;
  m.a_scale_stride = 2, m.a_scale_base = 128 - 2 * 2 - 2;
  m.b_scale_stride = 3, m.b_scale_base = 128 - 4 * 3 - 2;
  m.src = Partial::kRaw, m.psum_base = 128 - 15;
  m.out_pitch = 3, m.out_base = 2048 - 23 * 3 - 3;  // 40 BF16 results a row: 80 bytes
  m.col_base = 64 - 5;
  CHECK(error_of(m, c) == Error::kNone);
  for (std::uint16_t spec::Matmul::*field :
       {&spec::Matmul::a_base, &spec::Matmul::b_base, &spec::Matmul::a_scale_base,
        &spec::Matmul::b_scale_base, &spec::Matmul::psum_base, &spec::Matmul::out_base,
        &spec::Matmul::col_base, &spec::Matmul::a_stride, &spec::Matmul::b_stride,
        &spec::Matmul::a_scale_stride, &spec::Matmul::b_scale_stride, &spec::Matmul::out_pitch}) {
    spec::Matmul past = m;
    ++(past.*field);
    CHECK(error_of(past, c) == Error::kBufferRange);
  }
}

TEST_CASE("memory ranges may touch both ends of the window and neither byte beside it", "[isa][check]") {
  CheckContext c = context();
  spec::Store s = store();  // 3 * 100 + 33 bytes
  spec::Load l = load(Space::kA, 4);
  l.row_stride = 100;
  l.row_bytes = 33;
  for (const std::uint64_t ea : {std::uint64_t{0x1000}, std::uint64_t{0x101000 - 333}}) {
    c.effective_address = ea;
    CHECK(error_of(s, c) == Error::kNone);
    CHECK(error_of(l, c) == Error::kNone);
  }
  for (const std::uint64_t ea : {std::uint64_t{0xfff}, std::uint64_t{0x101000 - 332}, std::uint64_t{0}}) {
    c.effective_address = ea;
    CHECK(error_of(s, c) == Error::kMemRange);
    CHECK(error_of(l, c) == Error::kMemRange);
  }
  c.effective_address = (std::uint64_t{1} << 48) - 1;  // Would wrap in 48 bits
  CHECK(error_of(s, c) == Error::kMemRange);
  c.effective_address = 0x1000;
  l.rows = 0xffff;  // (2^16 - 2) * (2^32 - 1) and more
  l.row_stride = 0xffffffff;
  l.dst_stride = 0;
  CHECK(error_of(l, c) == Error::kMemRange);
  l.dst_base = 0xffff;
  CHECK(error_of(l, c) == Error::kBufferRange);  // First of the two
}
