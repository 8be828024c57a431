// SPDX-License-Identifier: Apache-2.0
// PARAMS: Cols=16
//
// The checks of tessera_decode, rule by rule. Cols = 16, so that results are aligned to 2 grains; Rows = 8.

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "Vdecode.h"
#include "isa/check.hpp"
#include "support/bench.hpp"
#include "support/grain.hpp"

using namespace tessera;
using namespace tessera::test;
using spec::Error;

namespace {

const Grain kLoad = make("LOAD", {{"addr", 0x2000}, {"rows", 1}, {"row_bytes", 32}});
const Grain kStore = make("STORE", {{"addr", 0x2000}, {"rows", 1}, {"row_bytes", 32}});
const Grain kInt8 = make("CONFIG", {{"out", 9}});
const Grain kMx = make(
    "CONFIG", {{"fmt_a", 1}, {"fmt_b", 2}, {"scaling", 1}, {"out", 3}, {"grid", 0x7b0}, {"col_scale", 1}});
const Grain kMatmul = make("MATMUL", {{"mt", 1}, {"nt", 1}, {"k", 1}});

Grain load(std::initializer_list<FieldValue> fields) { return with(kLoad, "LOAD", fields); }
Grain store(std::initializer_list<FieldValue> fields) { return with(kStore, "STORE", fields); }
Grain config(std::initializer_list<FieldValue> fields) { return with(kInt8, "CONFIG", fields); }
Grain matmul(std::initializer_list<FieldValue> fields) { return with(kMatmul, "MATMUL", fields); }

struct Checked {
  Error error;
  std::uint64_t ea;
  std::uint64_t address;
  std::uint64_t cycle;
};

class Decoder {
 public:
  Decoder() {
    dut->run_i = 1;
    dut->start_i = 1;
    dut->ready_i = 1;
    dut->valid_i = 0;
    memory(0x1000, 0x10'0000);
    dut.tick();
    dut->start_i = 0;
  }
  void memory(std::uint64_t base, std::uint64_t limit) {
    dut->mem_base_i = base;
    dut->mem_limit_i = limit;
  }
  // All instructions, back to back.
  std::vector<Checked> check(const std::vector<Grain>& grains) {
    std::vector<Checked> results;
    std::size_t next = 0;
    for (std::size_t limit = 10 + 2 * grains.size(); results.size() < grains.size() && limit > 0; --limit) {
      dut->valid_i = next < grains.size();
      dut->pc_i = static_cast<std::uint32_t>(next);
      if (next < grains.size()) put_words(dut->word_i, grains[next]);
      dut.settle();
      if (dut->valid_o != 0) {
        REQUIRE(dut->pc_o == results.size());
        REQUIRE(take_words(dut->word_o) == grains[results.size()]);
        results.push_back({static_cast<Error>(dut->error_o), dut->ea_o, dut->error_addr_o, dut.cycles()});
      }
      if (dut->valid_i != 0 && dut->ready_o != 0) ++next;
      dut.tick();
    }
    REQUIRE(results.size() == grains.size());
    return results;
  }
  Error last(const std::vector<Grain>& grains) { return check(grains).back().error; }

  Bench<Vdecode> dut;
};

// The error of the last of these instructions in a program of their own.
Error error_of(const std::vector<Grain>& grains) { return Decoder().last(grains); }

}  // namespace

TEST_CASE("Every opcode that is not in the table is BAD_OPCODE", "[decode]") {
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    CAPTURE(opcode);
    bool known = false;
    for (const auto& info : spec::kInstructions)
      known = known || static_cast<unsigned>(info.opcode) == opcode;
    Grain grain{};
    grain[0] = static_cast<std::uint8_t>(opcode);
    CHECK((error_of({grain}) == Error::kBadOpcode) == !known);
  }
}

TEST_CASE("Every reserved bit of every instruction, and every mask bit of those without masks, must be 0",
          "[decode]") {
  const std::vector<std::pair<std::string, Grain>> good = {{"SYNC", make("SYNC")},
                                                           {"HALT", make("HALT")},
                                                           {"FENCE", make("FENCE")},
                                                           {"LOOP", make("LOOP", {{"count", 1}})},
                                                           {"ENDLOOP", make("ENDLOOP")},
                                                           {"SETR", make("SETR", {{"areg", 1}})},
                                                           {"ADDR", make("ADDR", {{"areg", 1}})},
                                                           {"LOAD", kLoad},
                                                           {"STORE", kStore},
                                                           {"CONFIG", kInt8},
                                                           {"MATMUL", kMatmul}};
  REQUIRE(good.size() == spec::kInstructions.size());
  for (const auto& [name, grain] : good) {
    Decoder decoder;
    CHECK(decoder.last({kInt8, grain}) == Error::kNone);
    for (unsigned bit = 8; bit < 256; ++bit) {
      CAPTURE(name, bit);
      Grain changed = grain;
      set_bits(changed, bit, 1, 1);
      const bool is_mask = bit < 40;
      if (is_mask) {
        CHECK(decoder.last({changed}) == (instruction_info(name).masks ? Error::kNone : Error::kBadField));
      } else if (is_reserved(name, bit)) {
        CHECK(decoder.last({changed}) == Error::kBadField);
      }
    }
  }
}

TEST_CASE("Each field rule is BAD_FIELD", "[decode]") {
  const Error bad = Error::kBadField;
  CHECK(error_of({make("LOOP", {{"count", 0}})}) == bad);
  CHECK(error_of({make("SETR", {{"value", 5}})}) == bad);
  CHECK(error_of({make("ADDR", {{"value", 5}})}) == bad);
  for (const unsigned space : {5U, 6U, 7U}) CHECK(error_of({load({{"space", space}})}) == bad);
  for (unsigned lane = 2; lane < 8; ++lane) CHECK(error_of({load({{"lane", lane}})}) == bad);
  CHECK(error_of({load({{"row_bytes", 0}})}) == bad);
  CHECK(error_of({load({{"rows", 0}, {"addr", 0}})}) == bad);
  CHECK(error_of({load({{"rows", 0}, {"addr", 0}, {"fill", 3}})}) == Error::kNone);
  CHECK(error_of({load({{"rows", 0}, {"addr", 0}, {"fill", 3}, {"row_bytes", 0}})}) == bad);
  CHECK(error_of({load({{"rows", 0}, {"fill", 3}})}) == bad);
  CHECK(error_of({load({{"rows", 0}, {"addr", 0}, {"fill", 3}, {"row_stride", 1}})}) == bad);
  CHECK(error_of({load({{"rows", 0}, {"addr", 0}, {"fill", 3}, {"areg", 1}})}) == bad);
  CHECK(error_of({load({{"post_inc", 1}})}) == bad);
  CHECK(error_of({load({{"post_inc", 1}, {"areg", 1}})}) == Error::kNone);
  CHECK(error_of({store({{"rows", 0}})}) == bad);
  CHECK(error_of({store({{"row_bytes", 0}})}) == bad);
  CHECK(error_of({store({{"post_inc", 1}})}) == bad);
  for (const char* field : {"fmt_a", "fmt_b", "out"}) {
    for (const unsigned code : {4U, 5U, 6U, 7U, 10U, 11U, 12U, 13U, 14U, 15U})
      CHECK(error_of({config({{field, code}})}) == bad);
  }
  for (const unsigned scaling : {2U, 3U}) CHECK(error_of({config({{"scaling", scaling}})}) == bad);
  CHECK(error_of({config({{"grid", 1}})}) == bad);
  CHECK(error_of({config({{"fmt_a", 1}, {"fmt_b", 1}, {"out", 8}, {"grid", 0x7ff}})}) == bad);
  CHECK(error_of({config({{"fmt_a", 3}, {"fmt_b", 3}, {"out", 8}, {"grid", 0x7ff}})}) == Error::kNone);
  for (const char* field : {"mt", "nt", "k"}) CHECK(error_of({kInt8, matmul({{field, 0}})}) == bad);
  CHECK(error_of({kInt8, matmul({{"src", 3}})}) == bad);
  CHECK(error_of({kInt8, matmul({{"dst", 3}})}) == bad);
  CHECK(error_of({kInt8, matmul({{"psum_base", 1}})}) == bad);
  CHECK(error_of({kInt8, matmul({{"psum_base", 1}, {"src", 1}})}) == Error::kNone);
  for (const char* field : {"out_base", "out_pitch", "col_base"}) {
    CHECK(error_of({kMx, matmul({{field, 2}})}) == Error::kNone);
    CHECK(error_of({kMx, matmul({{field, 1}})}) == bad);  // Not aligned
    CHECK(error_of({kMx, matmul({{field, 2}, {"dst", 1}})}) == bad);
  }
}

TEST_CASE("Each rule of CONFIG's formats is BAD_FORMAT", "[decode]") {
  const auto formats = [](unsigned a, unsigned b, unsigned scaling, unsigned out, unsigned saturate,
                          unsigned scale) {
    return error_of({make("CONFIG", {{"fmt_a", a},
                                     {"fmt_b", b},
                                     {"scaling", scaling},
                                     {"out", out},
                                     {"no_saturate", saturate},
                                     {"col_scale", scale}})});
  };
  for (const unsigned a : {0U, 1U, 2U, 3U, 8U, 9U}) {
    for (const unsigned b : {0U, 1U, 2U, 3U, 8U, 9U}) {
      const bool fp8 = (a == 1 || a == 2) && (b == 1 || b == 2);
      const bool good = fp8 || (a == b && (a == 0 || a == 3));
      CAPTURE(a, b);
      CHECK((formats(a, b, 0, 8, 0, 1) == Error::kNone) == good);
      CHECK((formats(a, b, 1, 8, 0, 1) == Error::kNone) == fp8);
      CHECK((formats(a, b, 0, 9, 0, 0) == Error::kNone) == (good && a == 0));
    }
  }
  CHECK(formats(0, 0, 0, 9, 0, 1) == Error::kBadFormat);
  for (const unsigned out : {0U, 1U, 2U, 3U, 8U, 9U}) {
    CHECK(formats(0, 0, 0, out, 1, 0) == (out == 1 || out == 2 ? Error::kNone : Error::kBadFormat));
  }
}

TEST_CASE("MATMUL is checked against the CONFIG in force, in the order of the contract", "[decode]") {
  CHECK(error_of({kMatmul}) == Error::kNoConfig);
  CHECK(error_of({matmul({{"k", 0}})}) == Error::kBadField);
  CHECK(error_of({matmul({{"a_scale_base", 1}})}) == Error::kNoConfig);
  for (const char* field : {"a_scale_base", "a_scale_stride", "b_scale_base", "b_scale_stride"}) {
    CHECK(error_of({kInt8, matmul({{field, 1}})}) == Error::kBadField);
    CHECK(error_of({kMx, matmul({{field, 1}})}) == Error::kNone);
  }
  CHECK(error_of({kInt8, matmul({{"col_base", 2}})}) == Error::kBadField);
  CHECK(error_of({kInt8, matmul({{"src", 2}})}) == Error::kBadField);
  CHECK(error_of({kInt8, matmul({{"dst", 2}})}) == Error::kBadField);
  CHECK(error_of({kMx, matmul({{"src", 2}, {"dst", 2}})}) == Error::kNone);
  CHECK(error_of({kMx, kInt8, matmul({{"dst", 2}})}) == Error::kBadField);
  CHECK(error_of({kInt8, matmul({{"dst", 2}, {"k", 16383}})}) == Error::kBadField);
}
