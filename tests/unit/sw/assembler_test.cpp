// SPDX-License-Identifier: Apache-2.0
//
// Text to instructions and back.

#include "isa/assembler.hpp"

#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace tessera;
using isa::assemble;
using isa::Assembler;
using isa::Grain;

std::string error_of(const std::string& source) {
  try {
    assemble(source, "f");
  } catch (const isa::SourceError& error) {
    return error.what();
  }
  return "no error";
}

// Value of an expression, by way of an address field.
std::uint64_t value_of(const std::string& expression) {
  return isa::decode<spec::Setr>(assemble("setr areg=1 value=" + expression).code.at(0)).value;
}

}  // namespace

TEST_CASE("a line gives the instruction it reads like", "[assembler]") {
  const isa::Program program = assemble(
      "load  space=A_SCALE lane=1 rows=8 row_bytes=512 row_stride=0x200 addr=0x1000 dst_base=3 dst_stride=16 "
      "areg=2 post_inc=-64 wait=s1,s3 post=s0\n"
      "config fmt_a=E4M3 fmt_b=E5M2 scaling=MX out=BF16 grid=-80\n"
      "halt\n");
  spec::Load load;
  load.space = spec::Space::kAScale;
  load.lane = 1, load.rows = 8, load.row_bytes = 512, load.row_stride = 512, load.addr = 4096;
  load.dst_base = 3, load.dst_stride = 16, load.areg = 2, load.post_inc = -64;
  load.wait_mask = 0b1010, load.post_mask = 1;
  spec::Config config;
  config.fmt_a = spec::Format::kE4m3, config.fmt_b = spec::Format::kE5m2;
  config.scaling = spec::Scaling::kMx, config.out = spec::Format::kBf16, config.grid = -80;
  REQUIRE(program == isa::Program{}.append(load).append(config).append(spec::Halt{}));
}

TEST_CASE("case, blanks, comments and empty lines do not matter", "[assembler]") {
  REQUIRE(assemble("\n  # nothing\n\tLOOP\tCount = 3 # three\r\n\n  EndLoop#!\n sync wait = S0 , s15") ==
          assemble("loop count=3\nendloop\nsync wait=s15,s0"));
}

TEST_CASE("a mask may be a number", "[assembler]") {
  REQUIRE(assemble("sync wait=0x8001 post=2+2") == assemble("sync wait=s0,s15 post=s2"));
}

TEST_CASE("expressions have the usual precedence and may use names", "[assembler]") {
  CHECK(value_of("1 + 2 * 3") == 7);
  CHECK(value_of("(1 + 2) * 3") == 9);
  CHECK(value_of("7 - 2 - 1") == 4);
  CHECK(value_of("100 / 7 / 2") == 7);
  CHECK(value_of("-(2 - 5)") == 3);
  CHECK(value_of("--4") == 4);
  CHECK(value_of("0xFFFF_FFFF_FFFF") == 0xffffffffffff);
  CHECK(value_of("0b101 * 1_000") == 5000);
  CHECK(value_of("-1") == 0xffffffffffff);  // Addresses are modulo 2^48
  CHECK(value_of("-0x800000000000") == 0x800000000000);
  const isa::Program program =
      assemble(".equ K 512\n.equ ROW (K + 31) / 32 * 32\nsetr areg=K/512 value=ROW*2");
  CHECK(program == assemble("setr areg=1 value=1024"));
}

TEST_CASE("values at the ends of a field are taken and the next ones refused", "[assembler]") {
  CHECK(error_of("matmul mt=4095 nt=1 k=16383") == "no error");
  CHECK(error_of("matmul mt=4096 nt=1 k=1") == "f:1:11: matmul mt is 4096, but takes 0 to 4095");
  CHECK(error_of("config grid=-1024") == "no error");
  CHECK(error_of("config grid=-1025") == "f:1:13: config grid is -1025, but takes -1024 to 1023");
  CHECK(error_of("config grid=1024") == "f:1:13: config grid is 1024, but takes -1024 to 1023");
  CHECK(error_of("loop count=-1") == "f:1:12: loop count is -1, but takes 0 to 4294967295");
  CHECK(error_of("addr areg=1 value=-0x800000000001") ==
        "f:1:19: addr value is -140737488355329, but takes -140737488355328 (modulo 2^48), 0 to "
        "281474976710655");
}

TEST_CASE("every mistake is named with its place and what would be accepted", "[assembler]") {
  CHECK(error_of("halt\n  lod rows=1") ==
        "f:2:3: no instruction 'lod': there are sync, halt, fence, loop, endloop, setr, addr, load, store, "
        "config, "
        "matmul");
  CHECK(error_of("store row=1") ==
        "f:1:7: store has no field 'row': it takes areg, addr, rows, row_stride, post_inc, row_bytes, "
        "src_base, "
        "src_pitch, wait, post");
  CHECK(error_of("halt wait=s0") == "f:1:6: halt has no field 'wait': it takes none");
  CHECK(error_of("load space=C") ==
        "f:1:12: no space 'C': load space takes A, B, A_SCALE, B_SCALE, COL, or a number");
  CHECK(error_of("load rows=1") == "f:1:12: load needs row_bytes, at least 1");
  CHECK(error_of("loop count=1 count=2") == "f:1:14: loop count is given twice");
  CHECK(error_of("loop count 1") == "f:1:12: expected '=' after count, found '1'");
  CHECK(error_of("loop count=") ==
        "f:1:12: expected a number, a name, '-' or '(', found the end of the line");
  CHECK(error_of("loop count=(1+2") == "f:1:16: expected ')', found the end of the line");
  CHECK(error_of("loop count=X") == "f:1:12: nothing is named 'X': define it before with .equ");
  CHECK(error_of("loop count=12z") ==
        "f:1:14: 'z' is no digit of base 10 (numbers are 123, 0x7b or 0b1111011)");
  CHECK(error_of("loop count=0x") == "f:1:12: the number has no digits");
  CHECK(error_of("loop count=1/0") == "f:1:13: division by zero");
  CHECK(error_of("loop count=9223372036854775808") == "f:1:12: the number does not fit 63 bits");
  CHECK(error_of("loop count=0x7fffffffffffffff+1") == "f:1:30: the sum does not fit 64 bits");
  CHECK(error_of("sync wait=s16") == "f:1:11: no semaphore 's16': there are s0 to s15");
  CHECK(error_of("sync wait=s1,s1") == "f:1:14: semaphore s1 is named twice");
  CHECK(error_of("sync wait=65536") == "f:1:11: mask 65536 is outside 0 to 65535");
  CHECK(error_of("sync wait=") ==
        "f:1:11: expected a semaphore, s0 to s15, or a mask, found the end of the line");
  CHECK(error_of("sync ,") == "f:1:6: expected a field of sync, found ','");
  CHECK(error_of("=") == "f:1:1: expected an instruction or a directive, found '='");
  CHECK(error_of(".org 5") == "f:1:1: no directive '.org': there are .equ, .grain");
  CHECK(error_of(".equ A 1\n.equ A 2") == "f:2:6: 'A' is 1 already: use another name");
  CHECK(error_of(".equ A 1 2") == "f:1:10: expected the end of the line, found '2'");
  CHECK(error_of(".grain 12") == "f:1:8: expected a hexadecimal number, 0x and up to 64 digits, found '1'");
  CHECK(error_of(".grain 0x" + std::string(65, '1')) == "f:1:8: a grain has at most 64 hexadecimal digits");
  CHECK(error_of(".grain 0x1g") == "f:1:11: 'g' is no hexadecimal digit");
}

TEST_CASE("a source error knows its line and column", "[assembler]") {
  try {
    assemble("\n\n  bad");
    FAIL("no error");
  } catch (const isa::SourceError& error) {
    CHECK(error.line() == 3);
    CHECK(error.column() == 3);
  }
}

TEST_CASE(".grain gives any 256 bits, the least significant digit last", "[assembler]") {
  const Grain grain = assemble(".grain 0xab00_0001").code.at(0);
  CHECK(grain[0] == 0x01);
  CHECK(grain[3] == 0xab);
  CHECK(grain[4] == 0);
}

TEST_CASE("each instruction knows its source line", "[assembler]") {
  const isa::Assembly assembly = Assembler().assemble("# head\nsync\n\n.grain 0x0\nhalt");
  REQUIRE(assembly.lines == std::vector<unsigned>{2, 4, 5});
}

TEST_CASE("directives can be added and read names, numbers and texts", "[assembler]") {
  Assembler assembler;
  std::string seen;
  assembler.add_directive(".expect", [&](isa::LineReader& line, isa::Assembly& so_far) {
    seen += std::to_string(so_far.program.size());
    seen += line.name("a name");
    seen += std::to_string(line.expression());
    line.expect(',', "','");
    seen += line.quoted();
  });
  assembler.define("N", 6);
  const isa::Assembly assembly =
      assembler.assemble("sync\n.expect out N*7, \"a \\\"b\\\" # \\\\\" # comment\nhalt");
  CHECK(seen == "1out42a \"b\" # \\");
  CHECK(assembly.program.size() == 2);
  CHECK_THROWS_AS(assembler.add_directive(".equ", {}), std::invalid_argument);
  CHECK_THROWS_AS(assembler.add_directive("equ", {}), std::invalid_argument);
  CHECK_THROWS_AS(assembler.define("N", 7), std::invalid_argument);
  CHECK_THROWS_AS(assembler.assemble(".expect out 1, \"open"), isa::SourceError);
  CHECK_THROWS_AS(assembler.assemble(".expect out 1, \"x\" 3"), isa::SourceError);
}

TEST_CASE("disassembly shows what was set", "[assembler]") {
  const auto twice = [](const std::string& line) { return isa::disassemble(assemble(line).code.at(0)); };
  CHECK(twice("halt") == "halt");
  CHECK(twice("load rows=8 row_bytes=64 addr=0x1000 dst_stride=2 post_inc=-64 areg=1 wait=s1,s3 post=s0") ==
        "load space=A areg=1 addr=0x1000 rows=8 post_inc=-64 row_bytes=64 dst_stride=2 wait=s1,s3 post=s0");
  CHECK(twice("addr areg=1 value=-32") == "addr areg=1 value=0xffffffffffe0");
  CHECK(twice("load space=7 row_bytes=0") == "load space=7 row_bytes=0");
}

TEST_CASE("disassembling random instructions and assembling the text gives the same bytes", "[assembler]") {
  std::mt19937_64 random(7);
  for (const spec::InstructionInfo& info : spec::kInstructions) {
    for (int i = 0; i < 300; ++i) {
      Grain grain{};
      isa::set_bits(grain, 0, 8, static_cast<std::uint64_t>(info.opcode));
      if (info.masks) {
        isa::set_bits(grain, 8, 16, random() & random());
        isa::set_bits(grain, 24, 16, random() & random());
      }
      for (unsigned f = 0; f < info.num_fields; ++f) {
        const std::uint64_t value = random() % 4 == 0 ? 0 : random() >> (random() % 64);
        isa::set_bits(grain, info.fields[f].lsb, info.fields[f].width, value);
      }
      const std::string text = isa::disassemble(grain);
      CAPTURE(text);
      REQUIRE(text[0] != '.');
      REQUIRE(assemble(text).code == std::vector<Grain>{grain});
    }
  }
}

TEST_CASE("any 256 bits survive disassembly", "[assembler]") {
  std::mt19937_64 random(8);
  isa::Program program;
  for (int i = 0; i < 500; ++i) {
    Grain grain;
    for (std::uint8_t& byte : grain) byte = static_cast<std::uint8_t>(random());
    // Half of them begin like an instruction, so that reserved bits and masks are what is odd about them.
    if (i % 2 == 0) {
      grain[0] = static_cast<std::uint8_t>(spec::kInstructions[random() % spec::kInstructions.size()].opcode);
    }
    program.append(grain);
  }
  Grain masked_halt = isa::encode(spec::Halt{});
  isa::set_bits(masked_halt, 8, 1, 1);
  program.append(masked_halt);
  program.append(Grain{});
  REQUIRE(assemble(isa::disassemble(program)) == program);
}
