// SPDX-License-Identifier: Apache-2.0
//
// tessera_decode: ranges at their last legal value and one past it, and everything at random against
// isa::check.

#include <optional>
#include <random>
#include <vector>

#include "Vdecode.h"
#include "isa/check.hpp"
#include "support/bench.hpp"
#include "support/grain.hpp"

using namespace tessera;
using namespace tessera::test;
using spec::Error;

namespace {

struct Checked {
  Error error;
  std::uint64_t ea, address, cycle;
};

// One program through the checks; `stall` percent of the cycles the dispatcher does not take.
std::vector<Checked> check(const std::vector<Grain>& program, std::uint64_t base = 0x1000,
                           std::uint64_t limit = 0x10'0000, unsigned stall = 0) {
  Bench<Vdecode> dut;
  std::mt19937 random(1);
  dut->run_i = 1;
  dut->start_i = 1;
  dut->valid_i = 0;
  dut->ready_i = 0;
  dut->mem_base_i = base;
  dut->mem_limit_i = limit;
  dut.tick();
  dut->start_i = 0;
  std::vector<Checked> results;
  for (std::size_t next = 0, cycle = 0; results.size() < program.size() && cycle < 10 + 4 * program.size();
       ++cycle) {
    dut->valid_i = next < program.size();
    dut->pc_i = static_cast<std::uint32_t>(next);
    if (next < program.size()) put_words(dut->word_i, program[next]);
    dut->ready_i = random() % 100 >= stall;
    dut.settle();
    if (dut->valid_o != 0 && dut->ready_i != 0) {
      REQUIRE(dut->pc_o == results.size());
      results.push_back({static_cast<Error>(dut->error_o), dut->ea_o, dut->error_addr_o, cycle});
    }
    if (dut->valid_i != 0 && dut->ready_o != 0) ++next;
    dut.tick();
  }
  REQUIRE(results.size() == program.size());
  return results;
}

using Fields = std::vector<FieldValue>;

// `fields` is legal, and BUFFER_RANGE once `field` is one `step` larger.
void ends_exactly(const char* name, const Grain& config, Fields fields, const char* field,
                  std::uint64_t step = 1) {
  Grain grain = make(name);
  for (const FieldValue& f : fields) grain = with(grain, name, {f});
  const spec::Field info = instruction_field(name, field);
  const std::uint64_t value = get_bits(grain, info.lsb, info.width);
  CAPTURE(name, field, value);
  CHECK(check({config, grain}).back().error == Error::kNone);
  CHECK(check({config, with(grain, name, {{field, value + step}})}).back().error == Error::kBufferRange);
}

const Grain kMx = make("CONFIG", {{"fmt_a", 1}, {"fmt_b", 2}, {"scaling", 1}, {"out", 8}, {"col_scale", 1}});

}  // namespace

TEST_CASE("Buffer ranges may end at the depth and not past it", "[decode]") {
  const auto load = [](unsigned space, unsigned rows, unsigned fill, unsigned bytes, unsigned base,
                       unsigned stride) {
    return Fields{{"space", space},     {"rows", rows},     {"fill", fill},        {"addr", 0x2000},
                  {"row_bytes", bytes}, {"dst_base", base}, {"dst_stride", stride}};
  };
  ends_exactly("LOAD", kMx, load(0, 1, 0, 33, 1022, 0), "dst_base");
  ends_exactly("LOAD", kMx, load(0, 8, 0, 64, 1022, 9999), "rows");       // The 9th row is bank 0's second
  ends_exactly("LOAD", kMx, load(0, 17, 7, 64, 1000, 11), "fill");        // The 25th makes 4 groups
  ends_exactly("LOAD", kMx, load(1, 32, 0, 32, 23, 1000), "dst_stride");  // 16 banks: 2 groups
  ends_exactly("LOAD", kMx, load(1, 16, 0, 32, 1023, 1), "rows");
  ends_exactly("LOAD", kMx, load(2, 8, 0, 96, 125, 0), "dst_base");
  ends_exactly("LOAD", kMx, load(3, 16, 0, 96, 125, 0), "row_bytes");
  ends_exactly("LOAD", kMx, load(4, 8, 0, 32, 0, 9), "dst_base");
  ends_exactly(
      "STORE", kMx,
      {{"rows", 3}, {"addr", 0x2000}, {"row_bytes", 64}, {"src_base", 2046 - 200}, {"src_pitch", 100}},
      "src_pitch");
  ends_exactly("STORE", kMx, {{"rows", 1}, {"addr", 0x2000}, {"row_bytes", 64}, {"src_base", 2046}},
               "src_base");
  const Fields one = {{"mt", 1}, {"nt", 1}, {"k", 1}};
  const auto matmul = [&](Fields more) {
    Fields all = one;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  ends_exactly("MATMUL", kMx, matmul({{"k", 1024}}), "k");
  ends_exactly("MATMUL", kMx, matmul({{"mt", 3}, {"k", 24}, {"a_stride", 500}}), "a_base");
  ends_exactly("MATMUL", kMx, matmul({{"nt", 3}, {"k", 24}, {"b_stride", 500}}), "b_stride");
  ends_exactly("MATMUL", kMx, matmul({{"mt", 2}, {"k", 33}, {"a_scale_base", 26}, {"a_scale_stride", 100}}),
               "a_scale_base");
  ends_exactly("MATMUL", kMx, matmul({{"nt", 2}, {"k", 32}, {"b_scale_base", 27}, {"b_scale_stride", 100}}),
               "k");
  ends_exactly("MATMUL", kMx, matmul({{"mt", 9}, {"nt", 14}, {"dst", 1}, {"psum_base", 2}}), "psum_base");
  // 8 rows per tile; a row of nt = 2 tiles of 16 FP32 results is 4 grains.
  ends_exactly("MATMUL", kMx,
               matmul({{"mt", 2}, {"nt", 2}, {"out_base", 2044 - 15 * 100}, {"out_pitch", 100}}), "out_base",
               2);
  ends_exactly("MATMUL", kMx, matmul({{"nt", 32}}), "nt");  // 64 grains of column scales
  ends_exactly("MATMUL", kMx, matmul({{"col_base", 62}}), "col_base", 2);
  // Nothing wraps.
  Fields huge = {{"mt", 4095}, {"nt", 4095}, {"k", 16383}, {"out_pitch", 65534}};
  Grain grain = make("MATMUL");
  for (const FieldValue& f : huge) grain = with(grain, "MATMUL", {f});
  CHECK(check({kMx, grain}).back().error == Error::kBufferRange);
}

TEST_CASE("Memory ranges are exact and tell their effective start", "[decode]") {
  const auto store = [](std::uint64_t addr, unsigned rows, std::uint64_t stride, unsigned bytes) {
    return make("STORE", {{"addr", addr}, {"rows", rows}, {"row_stride", stride}, {"row_bytes", bytes}});
  };
  const auto error = [&](const Grain& grain, std::uint64_t base, std::uint64_t limit) {
    const Checked result = check({grain}, base, limit).front();
    CHECK(result.address == (result.error == Error::kNone ? 0 : get_bits(grain, 64, 48)));
    return result.error;
  };
  constexpr std::uint64_t k48 = std::uint64_t{1} << 48;
  CHECK(error(store(0x1000, 1, 0, 32), 0x1000, 0x1020) == Error::kNone);
  CHECK(error(store(0x1000, 1, 0, 32), 0x1001, 0x1020) == Error::kMemRange);
  CHECK(error(store(0x1000, 1, 0, 32), 0x1000, 0x101f) == Error::kMemRange);
  CHECK(error(store(0x1000, 1, 0xffff'ffff, 32), 0x1000, 0x1020) ==
        Error::kNone);  // One row: the stride is not used
  CHECK(error(store(0, 65535, 0xffff'ffff, 1), 0, 65534ULL * 0xffff'ffff + 1) == Error::kNone);
  CHECK(error(store(0, 65535, 0xffff'ffff, 1), 0, 65534ULL * 0xffff'ffff) == Error::kMemRange);
  CHECK(error(store(k48 - 32, 1, 0, 32), 0, k48) == Error::kNone);
  CHECK(error(store(k48 - 32, 1, 0, 33), 0, ~0ULL) == Error::kMemRange);  // Addresses do not wrap
  CHECK(error(store(k48 - 1, 65535, 0xffff'ffff, 1), 0, k48) == Error::kMemRange);
  // fill needs no memory
  CHECK(check({make("LOAD", {{"fill", 2}, {"row_bytes", 32}})}, 0x1000, 0x1001).front().error ==
        Error::kNone);
}

TEST_CASE("One instruction is checked per cycle, three cycles after it came", "[decode][cycles]") {
  const std::vector<Checked> results = check(std::vector<Grain>(50, make("SYNC")));
  for (std::size_t i = 0; i < results.size(); ++i) CHECK(results[i].cycle == i + 3);
}

TEST_CASE("Random instructions get the error that isa::check gives them", "[decode]") {
  const unsigned seed = GENERATE(range(1U, 31U));
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  isa::CheckContext context;
  context.hardware.cols = 16;
  context.memory_base = 0x1000;
  context.memory_limit = 0x10'0000;
  std::vector<Grain> program;
  std::vector<Error> expected;
  unsigned good = 0;
  for (unsigned i = 0; i < 400; ++i) {
    const spec::InstructionInfo& info = spec::kInstructions[3 + random() % 8];
    Grain grain = make(info.name);
    for (unsigned f = 0; f < info.num_fields; ++f) {
      const spec::Field& field = info.fields[f];
      const bool address = field.name == "addr",
                 register_field = field.name == "areg" && info.engine != "DISPATCH";
      // Mostly small, so that most checks pass and the last ones are reached too.
      const unsigned bits =
          address ? 21
                  : static_cast<unsigned>(random() %
                                          (random() % 4 == 0 ? field.width + 1 : std::min(field.width, 7U)));
      std::uint64_t value = register_field ? 0 : random() & ((std::uint64_t{1} << bits) - 1);
      if (!field.enum_name.empty() && random() % 8 != 0) value &= field.name == "space" ? 3 : 1;
      if (field.name == "post_inc" ||
          (field.name.find("scale") != std::string_view::npos && random() % 2 == 0))
        value = 0;
      if (random() % 4 != 0 &&
          (field.name == "out_base" || field.name == "out_pitch" || field.name == "col_base"))
        value = random() % 3 == 0 ? 2 : 0;
      if (field.name == "psum_base" || field.name == "grid") value = random() % 3 == 0 ? value : 0;
      set_bits(grain, field.lsb, field.width, std::max(value, field.min));
    }
    if (random() % 30 == 0) set_bits(grain, static_cast<unsigned>(random() % 256), 1, 1);
    // No address register, whose value would depend on what came before.
    if (info.engine == "LOAD" || info.engine == "STORE") set_bits(grain, 48, 3, 0);
    context.effective_address = get_bits(grain, 64, 48);
    program.push_back(grain);
    expected.push_back(isa::check(grain, context).error);
    if (grain[0] == static_cast<unsigned>(spec::Opcode::kConfig))
      context.config = isa::decode<spec::Config>(grain);
    good += expected.back() == Error::kNone;
  }
  CHECK(good > 50);
  const std::vector<Checked> results =
      check(program, context.memory_base, context.memory_limit, seed % 3 * 25);
  for (std::size_t i = 0; i < program.size(); ++i) {
    CAPTURE(i, unsigned(program[i][0]));
    CHECK(unsigned(results[i].error) == unsigned(expected[i]));
  }
}
