// SPDX-License-Identifier: Apache-2.0
//
// The PE, with the decoders before it and the fold behind it, against the term-by-term reference accumulator.

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "Vpe.h"
#include "format/format.hpp"
#include "reference/accumulator.hpp"
#include "reference/fold.hpp"
#include "support/bench.hpp"
#include "workload/random.hpp"

namespace {

using tessera::format::Exact;
using tessera::format::Format;
using tessera::reference::Accumulator;
using tessera::reference::Sum;

constexpr int kAccBits = 128;
enum Kind : std::uint8_t { kSum = 0, kBlock = 1, kWide = 2 };  // kind_e

struct Mode {
  std::string name;
  Format a;
  Format b;
  bool mx;
  int grid;  // Effective L
  Kind kind() const { return mx ? kBlock : a == Format::kBf16 ? kWide : kSum; }
  int elements() const { return a == Format::kBf16 ? 16 : 32; }
};

const std::vector<Mode> kModes = {
    {"int8", Format::kInt8, Format::kInt8, false, 0},
    {"e4m3", Format::kE4m3, Format::kE4m3, false, -32},
    {"e4m3:e5m2", Format::kE4m3, Format::kE5m2, false, -32},
    {"e5m2:e4m3", Format::kE5m2, Format::kE4m3, false, -32},
    {"e5m2", Format::kE5m2, Format::kE5m2, false, -32},
    {"bf16", Format::kBf16, Format::kBf16, false, -80},
    {"mx e4m3", Format::kE4m3, Format::kE4m3, true, -80},
    {"mx e5m2:e4m3", Format::kE5m2, Format::kE4m3, true, -40},
};

// Exponent of a lane with exponent field 0: written down from the format table, not taken from the RTL.
int lane_exponent(Format f) {
  switch (f) {
    case Format::kE4m3: return 1 - 7 - 3;
    case Format::kE5m2: return 1 - 15 - 2;
    case Format::kBf16: return -127 - 7;
    default: return 0;
  }
}

using Grain = std::array<std::uint8_t, 32>;

struct Step {
  Grain a{};
  Grain b{};
  std::uint8_t scale_a = 127;
  std::uint8_t scale_b = 127;
};
using Pass = std::vector<Step>;

std::uint32_t element(const Grain& grain, const Mode& mode, int i) {
  if (mode.elements() == 32) return grain[i];
  return grain[2 * i] | grain[2 * i + 1] << 8;
}

// What the contract says a pass sums to.
Sum expected(const Mode& mode, const Pass& pass) {
  Accumulator acc(kAccBits, mode.grid);
  for (const Step& step : pass) {
    const bool scale_nan = mode.mx && (step.scale_a == 0xff || step.scale_b == 0xff);
    if (scale_nan) acc.add_nan();
    tessera::reference::Int128 block = 0;
    const int least = lane_exponent(mode.a) + lane_exponent(mode.b);
    for (int i = 0; i < mode.elements(); ++i) {
      const Exact a = tessera::format::decode(mode.a, element(step.a, mode, i));
      const Exact b = tessera::format::decode(mode.b, element(step.b, mode, i));
      using tessera::format::Class;
      if (!mode.mx) {
        acc.add_product(a, b);
      } else if (a.cls != Class::kFinite || b.cls != Class::kFinite) {
        acc.add_special(a, b);
      } else {
        const auto p = static_cast<tessera::reference::Int128>(a.m) * b.m << (a.e + b.e - least);
        block += a.negative != b.negative ? -p : p;
      }
    }
    if (mode.mx && !scale_nan) {
      const bool negative = block < 0;
      acc.add_term(negative, static_cast<tessera::reference::UInt128>(negative ? -block : block),
                   least + step.scale_a - 127 + step.scale_b - 127);
    }
  }
  return acc.sum();
}

class Pe {
 public:
  Pe() : bench_{100'000'000} {
    bench_->wr_en_i = bench_->wr_scale_en_i = 0;
    bench_->valid_i = bench_->first_i = bench_->slot_end_i = 0;
  }

  struct Result {
    Sum sum;
    std::uint32_t folded;
  };

  // Runs the passes back to back, all of up to 256 steps together.
  std::vector<Result> run(const Mode& mode, const std::vector<Pass>& passes) {
    std::vector<Result> results;
    auto& m = bench_.model();
    m.kind_i = mode.kind();
    m.mx_i = mode.mx;
    m.format_a_i = static_cast<std::uint8_t>(mode.a);
    m.format_b_i = static_cast<std::uint8_t>(mode.b);
    m.bias_a_i = (lane_exponent(mode.a) - mode.grid - (mode.mx ? 127 : 0)) & 0x1fff;
    m.bias_b_i = (lane_exponent(mode.b) - (mode.mx ? 127 : 0)) & 0x1fff;
    m.grid_i = mode.grid & 0x7ff;
    m.is_int_i = mode.a == Format::kInt8;

    unsigned address = 0;
    std::vector<Grain> scales_a(8), scales_b(8);
    for (const Pass& pass : passes) {
      for (const Step& step : pass) {
        REQUIRE(address < 256);
        scales_a[address / 32][address % 32] = step.scale_a;
        scales_b[address / 32][address % 32] = step.scale_b;
        write(address++, step.a, step.b, false);
      }
    }
    for (unsigned g = 0; g < 8; ++g) write(g, scales_a[g], scales_b[g], true);

    std::size_t folded = 0;
    const auto cycle = [&] {
      bench_.settle();
      if (m.acc_valid_o) results.push_back({sum(), 0});
      if (m.result_valid_o) results.at(folded++).folded = m.result_o;
      bench_.tick();
    };
    address = 0;
    for (const Pass& pass : passes) {
      for (std::size_t i = 0; i < pass.size(); ++i) {
        m.valid_i = 1;
        m.first_i = i == 0;
        m.slot_end_i = i + 1 == pass.size();
        m.addr_i = address++;
        cycle();
      }
    }
    m.valid_i = m.first_i = m.slot_end_i = 0;
    for (int i = 0; i < 12; ++i) cycle();
    REQUIRE(results.size() == passes.size());
    REQUIRE(folded == passes.size());
    return results;
  }

 private:
  void write(unsigned address, const Grain& a, const Grain& b, bool scale) {
    auto& m = bench_.model();
    m.wr_en_i = !scale;
    m.wr_scale_en_i = scale;
    m.wr_addr_i = address;
    std::memcpy(&m.wr_a_i, a.data(), 32);
    std::memcpy(&m.wr_b_i, b.data(), 32);
    bench_.settle();
    bench_.tick();
    m.wr_en_i = m.wr_scale_en_i = 0;
  }
  Sum sum() {
    auto& m = bench_.model();
    Sum s;
    tessera::reference::UInt128 acc = 0;
    for (int w = 3; w >= 0; --w) acc = acc << 32 | m.acc_o[w];
    s.acc = static_cast<tessera::reference::Int128>(acc);
    s.flags = {bool(m.flags_o & 32), bool(m.flags_o & 16), bool(m.flags_o & 8),
               bool(m.flags_o & 4),  bool(m.flags_o & 2),  bool(m.flags_o & 1)};
    return s;
  }

  tessera::test::Bench<Vpe> bench_;
};

std::string show(const Sum& s) {
  char text[80];
  const auto u = static_cast<tessera::reference::UInt128>(s.acc);
  std::snprintf(text, sizeof text, "%016llx%016llx nan%d pinf%d ninf%d povf%d novf%d lost%d",
                static_cast<unsigned long long>(u >> 64), static_cast<unsigned long long>(u), s.flags.nan,
                s.flags.pinf, s.flags.ninf, s.flags.povf, s.flags.novf, s.flags.lost);
  return text;
}

void check(Pe& pe, const Mode& mode, const std::vector<Pass>& passes) {
  const auto got = pe.run(mode, passes);
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const Sum want = expected(mode, passes[i]);
    if (!(got[i].sum == want)) {
      FAIL(mode.name << ": pass " << i << "\n got      " << show(got[i].sum) << "\n expected " << show(want));
    }
    const std::uint32_t folded = mode.a == Format::kInt8 ? tessera::reference::fold_int32(want).value
                                                         : tessera::reference::fold(want, mode.grid);
    if (got[i].folded != folded) {
      FAIL(mode.name << ": fold of pass " << i << " got " << std::hex << got[i].folded << " expected "
                     << folded << " of " << show(want));
    }
  }
  SUCCEED();
}

void put(Grain& grain, const Mode& mode, int i, std::uint32_t code) {
  if (mode.elements() == 32) {
    grain[i] = static_cast<std::uint8_t>(code);
  } else {
    grain[2 * i] = static_cast<std::uint8_t>(code);
    grain[2 * i + 1] = static_cast<std::uint8_t>(code >> 8);
  }
}

}  // namespace

TEST_CASE("pe multiplies all 65,536 pairs of every 8-bit format pair exactly", "[pe]") {
  Pe pe;
  for (const Mode& mode : kModes) {
    if (mode.elements() != 32 || mode.mx) continue;
    for (int a = 0; a < 256; ++a) {
      // One product per pass, in every lane in turn: 256 codes of b.
      std::vector<Pass> passes(256, Pass(1));
      for (int b = 0; b < 256; ++b) {
        passes[b][0].a[(a + b) % 32] = static_cast<std::uint8_t>(a);
        passes[b][0].b[(a + b) % 32] = static_cast<std::uint8_t>(b);
      }
      check(pe, mode, passes);
    }
  }
}

TEST_CASE("pe agrees with the reference on random bits in every mode", "[pe]") {
  Pe pe;
  tessera::workload::Random random(7);
  for (const Mode& mode : kModes) {
    for (int round = 0; round < 40; ++round) {
      std::vector<Pass> passes;
      for (unsigned left = 256; left > 0;) {
        const unsigned k = 1 + random.next() % (left < 24 ? left : 24);
        left -= k;
        Pass pass(k);
        for (Step& step : pass) {
          for (auto& byte : step.a) byte = static_cast<std::uint8_t>(random.next());
          for (auto& byte : step.b) byte = static_cast<std::uint8_t>(random.next());
          step.scale_a = static_cast<std::uint8_t>(random.next());
          step.scale_b = static_cast<std::uint8_t>(random.next());
          if (round % 2 == 0) {  // Without specials, so that sums are compared and not only flags
            for (int i = 0; i < mode.elements(); ++i) {
              for (Grain* g : {&step.a, &step.b}) {
                const Format f = g == &step.a ? mode.a : mode.b;
                while (tessera::format::decode(f, element(*g, mode, i)).cls !=
                       tessera::format::Class::kFinite) {
                  put(*g, mode, i,
                      static_cast<std::uint32_t>(random.next()) & (mode.elements() == 32 ? 0xff : 0xffff));
                }
              }
            }
            step.scale_a = static_cast<std::uint8_t>(100 + random.next() % 56);
            step.scale_b = static_cast<std::uint8_t>(100 + random.next() % 56);
          }
        }
        passes.push_back(pass);
      }
      check(pe, mode, passes);
    }
  }
}

TEST_CASE("pe places bf16 products at, just below and far below the grid and past its top", "[pe]") {
  Pe pe;
  const Mode& mode = kModes[5];
  // 2^i * 2^j and 1.9921875 * 2^i: every alignment from far below 2^-80 to past 2^(-80 + 111).
  std::vector<Pass> passes;
  for (int e = -130; e <= 60; ++e) {
    for (const std::uint32_t fraction : {0x00u, 0x7fu}) {
      for (const std::uint32_t sign : {0u, 0x8000u}) {
        Pass pass(1);
        const int ea = e / 2;
        put(pass[0].a, mode, e & 15, sign | static_cast<std::uint32_t>(ea + 127) << 7 | fraction);
        put(pass[0].b, mode, e & 15, static_cast<std::uint32_t>(e - ea + 127) << 7 | fraction);
        passes.push_back(pass);
        if (passes.size() == 256) {
          check(pe, mode, passes);
          passes.clear();
        }
      }
    }
  }
  check(pe, mode, passes);
}

TEST_CASE("pe cancels exactly and keeps both signs' overflows apart", "[pe]") {
  Pe pe;
  const Mode& mx = kModes[6];
  Pass cancel(2), both(2), top(1), over(1);
  for (int i = 0; i < 32; ++i) {
    cancel[0].a[i] = cancel[1].a[i] = 0x7e;
    cancel[0].b[i] = 0x7e;
    cancel[1].b[i] = 0xfe;
  }
  both[0] = cancel[0];
  both[1] = cancel[1];
  for (Step& step : both) step.scale_a = step.scale_b = 150;
  top[0].a[0] = over[0].a[0] = 0x38;  // 1.0
  top[0].b[0] = over[0].b[0] = 0x38;
  top[0].scale_a = 127 + 30;  // 2^30 = 2^(-80 + 110): the last place that fits
  over[0].scale_a = 127 + 31;
  REQUIRE(expected(mx, both).flags.povf);
  REQUIRE(expected(mx, both).flags.novf);
  REQUIRE(!expected(mx, top).flags.povf);
  REQUIRE(expected(mx, over).flags.povf);
  check(pe, mx, {cancel, both, top, over});
}
