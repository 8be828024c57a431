// SPDX-License-Identifier: Apache-2.0
//
// Programs that must be stopped: the right code, pc, instruction, engine and address, on RTL as on the
// functional model; memory untouched; and the next good program runs on the same device without a reset.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/two_machines.hpp"

namespace {

using namespace tessera;
using namespace tessera::test;
using spec::Engine;
using spec::Error;

// `before` runs without fault; `bad`, its next instruction, is the offender; `after` lets the rest go on.
struct Case {
  std::string name;
  std::string before;
  std::string bad;
  Error error = Error::kBadField;
  Engine engine = Engine::kDispatch;
  std::uint64_t address = 0;
  std::string after = "halt";
};

Ending wanted(const Case& c, const isa::Program& program, std::size_t pc) {
  return {.error = c.error,
          .engine = c.engine,
          .pc = static_cast<std::uint32_t>(pc),
          .instruction = program.code[pc],
          .address = c.address};
}

// The programs of these cases store only to DEST and up, if at all.
void check_memory(TwoMachines& machines) {
  REQUIRE(TwoMachines::difference(machines.memory_of(machines.rtl), machines.image(), kDest, kWindowLimit) ==
          "");
  REQUIRE(TwoMachines::difference(machines.memory_of(machines.model), machines.image(), kDest,
                                  kWindowLimit) == "");
}

void check_good(TwoMachines& machines) {
  GoodProgram(machines.hardware()).check(machines.rtl);
  machines.refresh();
}

void check(TwoMachines& machines, const Case& c) {
  INFO(c.name);
  const std::size_t pc = machines.assemble(c.before).size();
  const isa::Program program = machines.assemble(c.before + "\n" + c.bad + "\n" + c.after);
  const BothRuns runs = machines.run(program);
  const Ending want = wanted(c, program, pc);
  REQUIRE(ending_of(runs.rtl) == want);
  REQUIRE(ending_of(runs.model) == want);
  check_memory(machines);
  check_good(machines);
}

void check_all(const std::vector<Case>& cases) {
  TwoMachines machines;
  for (const Case& c : cases) check(machines, c);
}

// A legal instruction of each kind, as it stands.
const char* const kLegal[] = {
    "sync",
    "halt",
    "fence",
    "loop count=1",
    "endloop",
    "setr areg=1",
    "addr areg=1",
    "load rows=1 row_bytes=32 addr=DATA",
    "store rows=1 row_bytes=32 addr=DEST",
    "config out=FP32",
    "matmul mt=1 nt=1 k=1 out_pitch=ALIGN",
};

// Runs the one instruction as a program and looks only at how it ended: registers stay as the last full run
// left them, so that thousands of instructions take a second.
void check_quickly(TwoMachines& machines, const isa::Grain& word, Error error) {
  tb::SliceDevice& rtl = machines.rtl;
  rtl.write(kProgram, word);
  rtl.write_register(spec::kRegIrqStatus, 3);
  rtl.write_register(spec::kRegCtrl, 1);
  for (int cycles = 0; !rtl.irq(); ++cycles) {
    REQUIRE(cycles < 1000);
    rtl.advance(1);
  }
  Ending got;
  got.state = static_cast<spec::State>(rtl.read_register(spec::kRegStatus));
  got.error = static_cast<Error>(rtl.read_register(spec::kRegErrorCode));
  got.pc = rtl.read_register(spec::kRegErrorPc);
  for (unsigned i = 0; i < 8; ++i) {
    isa::set_bits(got.instruction, 32 * i, 32, rtl.read_register(spec::kRegErrorInstr + 4 * i));
  }
  const Ending want = {.error = error, .instruction = word};
  if (got == want) return;  // Thousands of assertions that hold cost more than the simulation
  CHECK(got == want);
}

}  // namespace

TEST_CASE("every opcode that does not exist is BAD_OPCODE and every reserved bit is BAD_FIELD", "[errors]") {
  TwoMachines machines;
  const auto put = [&](const isa::Grain& word) {
    isa::Program program;
    program.append(word);
    return program;
  };
  REQUIRE(machines.run(put({})).rtl.error == Error::kBadOpcode);
  unsigned opcodes = 0, bits = 0;
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    if (isa::find_instruction(static_cast<std::uint8_t>(opcode)) != nullptr) continue;
    isa::Grain word{};
    word[0] = static_cast<std::uint8_t>(opcode);
    word[31] = 0x80;  // BAD_OPCODE comes before all other rules
    check_quickly(machines, word, Error::kBadOpcode);
    ++opcodes;
  }
  CHECK(opcodes == 256 - spec::kInstructions.size());
  for (const char* source : kLegal) {
    const isa::Grain legal = machines.assemble(source).code.front();
    const spec::InstructionInfo& info = *isa::find_instruction(isa::opcode_of(legal));
    for (unsigned bit = 8; bit < isa::kGrainBits; ++bit) {
      isa::Grain word = legal;
      isa::set_bits(word, bit, 1, 1);
      const bool mask = bit < 40;
      if (mask ? info.masks : !isa::has_reserved_bits(word, info)) continue;
      INFO(source << ", bit " << bit);
      check_quickly(machines, word, Error::kBadField);
      ++bits;
    }
  }
  CHECK(bits > 1000);
  // The model by the same instructions: one bit of each.
  for (const char* source : kLegal) {
    isa::Grain word = machines.assemble(source).code.front();
    isa::set_bits(word, 255, 1, 1);
    const BothRuns runs = machines.run(put(word));
    REQUIRE(ending_of(runs.rtl) == Ending{.error = Error::kBadField, .instruction = word});
    REQUIRE(ending_of(runs.model) == ending_of(runs.rtl));
  }
  check_good(machines);
}

TEST_CASE("a field outside its values is BAD_FIELD", "[errors]") {
  const std::string int8 = "config out=INT32";
  const std::string fp8 = "config fmt_a=E4M3 fmt_b=E4M3 out=FP32";
  const std::string mx = "config fmt_a=E4M3 fmt_b=E4M3 scaling=MX out=FP32 grid=-40";
  check_all({
      {"LOOP 0 times", "sync", "loop count=0", Error::kBadField, Engine::kDispatch, 0, "endloop\nhalt"},
      {"SETR of register 0", "", "setr areg=0 value=5"},
      {"ADDR of register 0", "sync", "addr areg=0 value=5"},
      {"LOAD to space 5", "", "load space=5 rows=1 row_bytes=32 addr=DATA"},
      {"LOAD to space 7", "", "load space=7 rows=1 row_bytes=32 addr=DATA"},
      {"LOAD on the lane after the last", "", "load lane=LANES rows=1 row_bytes=32 addr=DATA"},
      {"LOAD on lane 7", "", "load lane=7 rows=1 row_bytes=32 addr=DATA"},
      {"LOAD of no row", "", "load rows=0 fill=0 row_bytes=32"},
      {"LOAD of no byte", "", "load rows=1 row_bytes=0 addr=DATA"},
      {"LOAD of zeros with an address", "", "load rows=0 fill=1 row_bytes=32 addr=DATA"},
      {"LOAD of zeros with a stride", "", "load rows=0 fill=1 row_bytes=32 row_stride=1"},
      {"LOAD of zeros with a register", "setr areg=1 value=DATA", "load rows=0 fill=1 row_bytes=32 areg=1"},
      {"LOAD that increments register 0", "", "load rows=1 row_bytes=32 addr=DATA post_inc=1"},
      {"STORE of no row", "", "store rows=0 row_bytes=32 addr=DEST"},
      {"STORE of no byte", "", "store rows=1 row_bytes=0 addr=DEST"},
      {"STORE that increments register 0", "", "store rows=1 row_bytes=32 addr=DEST post_inc=-1"},
      {"CONFIG of operand code 4", "", "config fmt_a=4 fmt_b=4 out=FP32"},
      {"CONFIG of operand B code 15", "", "config fmt_a=E4M3 fmt_b=15 out=FP32"},
      {"CONFIG of result code 10", "", "config out=10"},
      {"CONFIG of scaling 2", "", "config fmt_a=E4M3 fmt_b=E4M3 scaling=2 out=FP32"},
      {"CONFIG of scaling 3", "", "config fmt_a=E4M3 fmt_b=E4M3 scaling=3 out=FP32"},
      {"CONFIG of a grid for INT8", "", "config out=FP32 grid=1"},
      {"CONFIG of a grid for plain FP8", "", "config fmt_a=E4M3 fmt_b=E5M2 out=FP32 grid=-32"},
      {"MATMUL from kind 3", int8, "matmul src=3 mt=1 nt=1 k=1 out_pitch=ALIGN"},
      {"MATMUL to kind 3", int8, "matmul dst=3 mt=1 nt=1 k=1"},
      {"MATMUL of no row tile", int8, "matmul mt=0 nt=1 k=1 out_pitch=ALIGN"},
      {"MATMUL of no column tile", int8, "matmul mt=1 nt=0 k=1 out_pitch=ALIGN"},
      {"MATMUL of no K", int8, "matmul mt=1 nt=1 k=0 out_pitch=ALIGN"},
      {"MATMUL with a tile but no partial", int8, "matmul mt=1 nt=1 k=1 psum_base=1 out_pitch=ALIGN"},
      {"MATMUL to a partial with out_base", int8, "matmul dst=RAW mt=1 nt=1 k=1 out_base=ALIGN"},
      {"MATMUL to a partial with out_pitch", int8, "matmul dst=RAW mt=1 nt=1 k=1 out_pitch=ALIGN"},
      {"MATMUL to a partial with col_base", "config out=FP32 col_scale=1",
       "matmul dst=RAW mt=1 nt=1 k=1 col_base=ALIGN"},
      {"MATMUL field rules come before NO_CONFIG", "", "matmul mt=0 nt=1 k=1 out_pitch=ALIGN"},
      {"MATMUL of INT8 to an FP32 partial", int8, "matmul dst=FP32 mt=1 nt=1 k=1"},
      {"MATMUL of INT8 from an FP32 partial", int8, "matmul src=FP32 mt=1 nt=1 k=1 out_pitch=ALIGN"},
      {"MATMUL with a_scale_base without MX", fp8, "matmul mt=1 nt=1 k=1 a_scale_base=1 out_pitch=ALIGN"},
      {"MATMUL with a_scale_stride without MX", fp8, "matmul mt=1 nt=1 k=1 a_scale_stride=1 out_pitch=ALIGN"},
      {"MATMUL with b_scale_base without MX", fp8, "matmul mt=1 nt=1 k=1 b_scale_base=1 out_pitch=ALIGN"},
      {"MATMUL with b_scale_stride without MX", mx + "\n" + fp8,
       "matmul mt=1 nt=1 k=1 b_scale_stride=1 out_pitch=ALIGN"},
      {"MATMUL with col_base without col_scale", fp8, "matmul mt=1 nt=1 k=1 out_pitch=ALIGN col_base=ALIGN"},
  });
}

TEST_CASE("OUT and COL grains of a MATMUL are multiples of COLS / 8", "[errors]") {
  TwoMachines machines;
  if (machines.hardware().cols <= 8) {  // Every grain is aligned
    machines.run_alike(
        "config out=FP32 col_scale=1\nload fill=ROWS row_bytes=32\nload space=B fill=COLS row_bytes=32\n"
        "load space=COL fill=1 row_bytes=COL_DEPTH*32\nfence\n"
        "matmul mt=1 nt=1 k=1 out_base=1 out_pitch=3 col_base=1\nhalt");
    return;
  }
  const std::string config = "config out=FP32 col_scale=1";
  check(machines, {"out_base", config, "matmul mt=1 nt=1 k=1 out_base=1 out_pitch=ALIGN"});
  check(machines, {"out_pitch", config, "matmul mt=1 nt=1 k=1 out_pitch=ALIGN+1"});
  check(machines, {"col_base", config, "matmul mt=1 nt=1 k=1 out_pitch=ALIGN col_base=1"});
}

TEST_CASE("formats that do not go together are BAD_FORMAT", "[errors]") {
  TwoMachines machines;
  const auto bad = [&](const std::string& config) {
    check(machines, {config, "sync", "config " + config, Error::kBadFormat});
  };
  // Every pair of operand formats, plain and MX, against the rule.
  const char* const names[] = {"INT8", "E4M3", "E5M2", "BF16", "FP32", "INT32"};
  for (unsigned a = 0; a < 6; ++a) {
    for (unsigned b = 0; b < 6; ++b) {
      const bool fp8 = (a == 1 || a == 2) && (b == 1 || b == 2);
      const std::string pair = std::string("fmt_a=") + names[a] + " fmt_b=" + names[b] + " out=FP32";
      const bool built =
          a < 4 && b < 4 && (machines.hardware().formats >> a & machines.hardware().formats >> b & 1) != 0;
      if (built && (fp8 || a == b)) {
        machines.run_alike("config " + pair + "\nhalt");
      } else {
        bad(pair);
      }
      if (built && fp8) {
        machines.run_alike("config scaling=MX " + pair + "\nhalt");
      } else {
        bad("scaling=MX " + pair);
      }
    }
  }
  for (const char* operands :
       {"fmt_a=E4M3 fmt_b=E4M3 ", "fmt_a=BF16 fmt_b=BF16 ", "fmt_a=E5M2 fmt_b=E4M3 scaling=MX "}) {
    bad(operands + std::string("out=INT32"));
  }
  bad("out=INT32 col_scale=1");
  for (const char* out : {"INT8", "BF16", "FP32", "INT32"}) bad(std::string("no_saturate=1 out=") + out);
  machines.run_alike("config no_saturate=1 out=E4M3\nconfig no_saturate=1 out=E5M2 col_scale=1\nhalt");
}

TEST_CASE("a MATMUL needs a CONFIG of its own program", "[errors]") {
  TwoMachines machines;
  machines.run_alike("config out=FP32\nhalt");
  check(machines, {"the last program's does not count", "sync", "matmul mt=1 nt=1 k=1 out_pitch=ALIGN",
                   Error::kNoConfig});
  check(machines, {"NO_CONFIG comes before BUFFER_RANGE", "", "matmul mt=9 nt=9 k=9999 out_pitch=ALIGN",
                   Error::kNoConfig});
}

TEST_CASE("a local range may end at its memory's depth and not one grain later", "[errors]") {
  // Each instruction is legal as it stands and BUFFER_RANGE with the one field given raised by `step`.
  struct Edge {
    std::string name;
    std::string before;
    std::string legal;
    std::string field;
    std::string value;  // The largest legal value of the field
    std::string step = "1";
  };
  const std::string int8 = "config out=INT32";
  const std::string mx = "config fmt_a=E4M3 fmt_b=E4M3 scaling=MX out=FP32 grid=-40";
  const std::vector<Edge> edges = {
      {"LOAD A", "", "load rows=1 row_bytes=33 addr=DATA", "dst_base", "A_DEPTH-2"},
      {"LOAD A, second row of a bank", "", "load space=A rows=1 fill=ROWS row_bytes=32 addr=DATA dst_base=4",
       "dst_stride", "A_DEPTH-5"},
      {"LOAD A, a long row", "", "load rows=1 row_bytes=1 dst_base=A_DEPTH-4 addr=DATA", "row_bytes", "128"},
      {"LOAD B", "", "load space=B rows=COLS row_bytes=1 addr=DATA", "dst_base", "B_DEPTH-1"},
      {"LOAD A_SCALE", "", "load space=A_SCALE rows=ROWS row_bytes=64 addr=DATA", "dst_base",
       "A_SCALE_DEPTH-2"},
      {"LOAD B_SCALE", "", "load space=B_SCALE rows=COLS row_bytes=32 addr=DATA", "dst_base",
       "B_SCALE_DEPTH-1"},
      {"LOAD COL", "", "load space=COL rows=3 row_bytes=32 addr=DATA dst_stride=2", "dst_base",
       "COL_DEPTH-5"},
      {"LOAD COL, number of rows", "", "load space=COL rows=1 row_bytes=32 addr=DATA dst_stride=1", "rows",
       "COL_DEPTH"},
      {"STORE", "", "store rows=2 row_bytes=33 row_stride=64 addr=DEST src_pitch=4", "src_base",
       "OUT_DEPTH-6"},
      {"STORE, number of rows", "", "store rows=1 row_bytes=1 addr=DEST src_pitch=1 src_base=OUT_DEPTH-9",
       "rows", "9"},
      {"STORE, pitch", "", "store rows=2 row_bytes=1 addr=DEST src_base=4 row_stride=1", "src_pitch",
       "OUT_DEPTH-5"},
      {"MATMUL A base", int8, "matmul mt=2 nt=1 k=3 a_stride=5 out_pitch=ALIGN", "a_base", "A_DEPTH-8"},
      {"MATMUL A stride", int8, "matmul mt=2 nt=1 k=3 out_pitch=ALIGN", "a_stride", "A_DEPTH-3"},
      {"MATMUL B base", int8, "matmul mt=1 nt=2 k=3 b_stride=5 out_pitch=2*ALIGN", "b_base", "B_DEPTH-8"},
      {"MATMUL B stride", int8, "matmul mt=1 nt=2 k=3 out_pitch=2*ALIGN", "b_stride", "B_DEPTH-3"},
      {"MATMUL k", int8, "matmul mt=1 nt=1 k=1 a_base=A_DEPTH-7 out_pitch=ALIGN", "k", "7"},
      {"MATMUL A scale base", mx, "matmul mt=1 nt=1 k=33 out_pitch=ALIGN", "a_scale_base", "A_SCALE_DEPTH-2"},
      {"MATMUL A scale stride", mx, "matmul mt=2 nt=1 k=32 a_stride=1 out_pitch=ALIGN", "a_scale_stride",
       "A_SCALE_DEPTH-1"},
      {"MATMUL B scale base", mx, "matmul mt=1 nt=1 k=32 out_pitch=ALIGN", "b_scale_base", "B_SCALE_DEPTH-1"},
      {"MATMUL B scale stride", mx, "matmul mt=1 nt=2 k=1 b_stride=1 out_pitch=2*ALIGN", "b_scale_stride",
       "B_SCALE_DEPTH-1"},
      {"MATMUL scales, k past a grain", mx,
       "matmul mt=1 nt=1 k=1 a_scale_base=A_SCALE_DEPTH-1 out_pitch=ALIGN", "k", "32"},
      {"MATMUL partials, base", int8, "matmul dst=RAW mt=2 nt=2 k=1", "psum_base", "PSUM_TILES-4"},
      {"MATMUL partials, tiles", int8, "matmul dst=RAW mt=1 nt=1 k=1 psum_base=PSUM_TILES-5", "nt", "5"},
      {"MATMUL OUT base", int8, "matmul mt=1 nt=1 k=1 out_pitch=ALIGN", "out_base", "OUT_DEPTH-ROWS*ALIGN",
       "ALIGN"},
      {"MATMUL OUT, wide rows", int8, "matmul mt=1 nt=2 k=1 out_pitch=0", "out_base",
       "OUT_DEPTH-(8*COLS+31)/32", "ALIGN"},
      {"MATMUL COL base", "config out=INT8 col_scale=1", "matmul mt=1 nt=2 k=1 out_pitch=2*ALIGN", "col_base",
       "COL_DEPTH-2*COLS/8", "ALIGN"},
  };
  TwoMachines machines;
  for (const Edge& e : edges) {
    INFO(e.name << ": " << e.legal << ", " << e.field << " up to " << e.value);
    const auto with = [&](bool past) {
      // A field named twice is an error in source, so the value is put into the word.
      isa::Program program = machines.assemble(e.before + "\n" + e.legal);
      isa::Grain& word = program.code.back();
      const isa::Grain value =
          machines.assemble("setr areg=1 value=" + e.value + (past ? "+" + e.step : "")).code[0];
      const spec::InstructionInfo& info = *isa::find_instruction(isa::opcode_of(word));
      bool found = false;
      for (unsigned i = 0; i < info.num_fields; ++i) {
        if (info.fields[i].name != e.field) continue;
        isa::set_bits(word, info.fields[i].lsb, info.fields[i].width, isa::get_bits(value, 64, 48));
        found = true;
      }
      REQUIRE(found);
      program.append(spec::Halt{});
      return program;
    };
    const isa::Program good = with(false);
    machines.refresh();
    const BothRuns legal = machines.run(good);
    REQUIRE(ending_of(legal.rtl) == done());
    REQUIRE(ending_of(legal.model) == done());
    check_memory(machines);
    const isa::Program bad = with(true);
    const Ending want = {.error = Error::kBufferRange,
                         .pc = static_cast<std::uint32_t>(bad.size() - 2),
                         .instruction = bad.code[bad.size() - 2]};
    const BothRuns past = machines.run(bad);
    REQUIRE(ending_of(past.rtl) == want);
    REQUIRE(ending_of(past.model) == want);
    check_memory(machines);
  }
  check_good(machines);
}

TEST_CASE("a memory range outside the window is MEM_RANGE, exact at both ends and without wrapping",
          "[errors]") {
  TwoMachines machines;
  const Error range = Error::kMemRange;
  for (const std::string& op : {std::string("load"), std::string("store")}) {
    const std::string stride = "row_bytes=32 row_stride=48";
    // Legal: touches the first byte, and the last.
    const std::string first = op + " rows=1 addr=BASE row_bytes=32\n";
    const std::string last = op + " rows=3 addr=LIMIT-128 " + stride + "\n";
    if (op == "load") machines.run_alike(first + last + "halt");
    const auto bad = [&](const std::string& name, const std::string& before, const std::string& rest,
                         std::uint64_t ea) {
      check(machines, {op + ": " + name, before, op + " " + rest, range, Engine::kDispatch, ea});
    };
    bad("one byte below", "", "rows=1 row_bytes=32 addr=BASE-1", kWindowBase - 1);
    bad("one byte above", "", "rows=1 row_bytes=32 addr=LIMIT-31", kWindowLimit - 31);
    bad("last row one byte above", "", "rows=3 addr=LIMIT-127 " + stride, kWindowLimit - 127);
    bad("at the limit", "", "rows=1 row_bytes=1 addr=LIMIT", kWindowLimit);
    bad("register takes it below", "setr areg=3 value=0xfffffffffff0", "rows=1 row_bytes=1 addr=BASE areg=3",
        kWindowBase - 16);
    bad("register takes it above", "setr areg=7 value=32", "rows=1 row_bytes=32 addr=LIMIT-33 areg=7",
        kWindowLimit - 1);
    bad("post_inc took it above",
        "setr areg=2 value=DATA\n" + op + " rows=1 row_bytes=1 addr=0x20000 areg=2 post_inc=0x7fffffff",
        "rows=1 row_bytes=1 areg=2", kData + 0x7fffffff);
    bad("at the end of all addresses", "", "rows=2 row_bytes=32 row_stride=32 addr=0xffffffffffe0",
        0xffffffffffe0);
    bad("would wrap 48 bits", "", "rows=65 row_bytes=1 row_stride=0xffffffff addr=0xffff00010000 ",
        0xffff00010000);
    bad("largest span", "setr areg=1 value=0", "rows=65535 row_bytes=1 row_stride=0xffffffff addr=DATA",
        kData);
  }
}

TEST_CASE("no address past 2^48 exists, whatever MEM_LIMIT says", "[errors]") {
  TwoMachines machines;
  const isa::Program program =
      machines.assemble("load rows=2 row_bytes=32 row_stride=32 addr=0xffffffffffe0\nhalt");
  Launch launch = TwoMachines::launch_of(program);
  launch.memory_limit = ~std::uint64_t{0};
  const BothRuns runs = machines.run(program, launch);
  const Ending want = {.error = Error::kMemRange, .instruction = program.code[0], .address = 0xffffffffffe0};
  REQUIRE(ending_of(runs.rtl) == want);
  REQUIRE(ending_of(runs.model) == want);
  check_good(machines);
}

TEST_CASE("a partial that is not there, or was made otherwise, is PSUM_STATE", "[errors]") {
  const std::string zero = "load fill=ROWS row_bytes=64\nload space=B fill=COLS row_bytes=64\nfence\n";
  const std::string int8 = "config out=FP32\n";
  const std::string fp8 = "config fmt_a=E4M3 fmt_b=E4M3 out=FP32\n";
  const std::string bf16 = "config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=-40\n";
  const std::string bf16_0 = "config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=0\n";
  const std::string mx_41 = "config fmt_a=E4M3 fmt_b=E4M3 scaling=MX out=FP32 grid=-41\n";
  const std::string raw = "matmul dst=RAW mt=1 nt=2 k=1 psum_base=1\n";
  const std::string fp32 = "matmul dst=FP32 mt=1 nt=2 k=1 psum_base=1\n";
  const std::string from_raw = "matmul src=RAW mt=1 nt=2 k=1 psum_base=1 out_pitch=2*ALIGN";
  const std::string from_fp32 = "matmul src=FP32 mt=1 nt=2 k=1 psum_base=1 out_pitch=2*ALIGN";
  const auto state = [](const std::string& name, const std::string& before, const std::string& bad) {
    return Case{name, before, bad, Error::kPsumState, Engine::kMatmul};
  };
  TwoMachines machines;
  for (const std::string& mode : {int8, fp8, bf16, bf16_0})
    machines.run_alike(zero + mode + raw + from_raw + "\nhalt");
  for (const std::string& mode : {fp8, bf16}) machines.run_alike(zero + mode + fp32 + from_fp32 + "\nhalt");
  for (const Case& c : {
           state("never written", zero + fp8, from_raw),
           state("never written, the last program's does not count", zero + int8, from_raw),
           state("RAW continued as FP32", zero + fp8 + raw, from_fp32),
           state("FP32 continued as RAW", zero + fp8 + fp32, from_raw),
           state("another grid", zero + bf16 + raw + mx_41, from_raw),
           state("another grid, FP32", zero + bf16 + fp32 + mx_41, from_fp32),
           state("plain FP8 is on -32", zero + bf16 + raw + fp8, from_raw),
           state("INT8 continued as BF16 on grid 0", zero + int8 + raw + bf16_0, from_raw),
           state("BF16 on grid 0 continued as INT8", zero + bf16_0 + raw + int8, from_raw),
           state("only the second pass's is missing",
                 zero + fp8 + "matmul dst=RAW mt=1 nt=1 k=1 psum_base=1\n", from_raw),
           state("in the middle of MATMULs", zero + fp8 + raw + raw + raw,
                 "matmul src=RAW dst=RAW mt=1 nt=2 k=2 psum_base=2"),
       }) {
    check(machines, c);
  }
}

TEST_CASE("2^16 terms may be summed and one grain more is TERM_LIMIT", "[errors]") {
  TwoMachines machines;
  const HardwareConfig& hw = machines.hardware();
  const unsigned k = std::min({hw.a_depth, hw.b_depth, 512U});
  const std::string operands = "load fill=ROWS row_bytes=" + std::to_string(32 * k) +
                               "\nload space=B fill=COLS row_bytes=" + std::to_string(32 * k) + "\nfence\n";
  const std::string ks = std::to_string(k);
  struct Mode {
    std::string config;
    unsigned terms_per_grain;
  };
  for (const Mode& mode : {Mode{"config out=FP32\n", 32}, Mode{"config fmt_a=E5M2 fmt_b=E4M3 out=FP32\n", 32},
                           Mode{"config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=-36\n", 16}}) {
    const unsigned matmuls = 65536 / (k * mode.terms_per_grain);  // Exactly the limit
    const std::string first = "matmul dst=RAW mt=1 nt=1 k=" + ks + "\n";
    const std::string chain = "loop count=" + std::to_string(matmuls - 1) +
                              "\nmatmul src=RAW dst=RAW mt=1 nt=1 k=" + ks + "\nendloop\n";
    const std::string full = operands + mode.config + first + chain;
    machines.run_alike(full + "halt");
    check(machines, {"one grain more to OUT", full, "matmul src=RAW mt=1 nt=1 k=1 out_pitch=ALIGN",
                     Error::kTermLimit, Engine::kMatmul});
    check(machines, {"one grain more to a partial", full, "matmul src=RAW dst=RAW mt=1 nt=1 k=1",
                     Error::kTermLimit, Engine::kMatmul});
    if (mode.terms_per_grain == 16) {
      // Folded to FP32 the count starts again.
      const std::string folded =
          operands + mode.config + first + "loop count=" + std::to_string(matmuls) +
          "\nmatmul src=RAW dst=FP32 mt=1 nt=1 k=1\nmatmul src=FP32 dst=RAW mt=1 nt=1 k=1\nendloop\n";
      machines.run_alike(folded + "halt");
    }
  }
}

TEST_CASE("a program without HALT is PROGRAM_END at its length", "[errors]") {
  TwoMachines machines;
  for (const char* source :
       {"sync", "load rows=1 row_bytes=32 addr=DATA\nconfig out=FP32", "loop count=2\nsync\nendloop",
        "loop count=2\nsync", "sync\nsync\nsync\nsync\nsync\nsync\nsync\nsync\nsync"}) {
    INFO(source);
    const isa::Program program = machines.assemble(source);
    const BothRuns runs = machines.run(program);
    const Ending want = {.error = Error::kProgramEnd, .pc = static_cast<std::uint32_t>(program.size())};
    REQUIRE(ending_of(runs.rtl) == want);
    REQUIRE(ending_of(runs.model) == want);
    check_good(machines);
  }
  // The instruction behind the end is never executed, good as it may be.
  isa::Program program = machines.assemble("sync\nsync\nhalt");
  Launch launch = TwoMachines::launch_of(program);
  launch.instructions = 2;
  const BothRuns runs = machines.run(program, launch);
  REQUIRE(ending_of(runs.rtl) == Ending{.error = Error::kProgramEnd, .pc = 2});
  REQUIRE(ending_of(runs.model) == ending_of(runs.rtl));
}

TEST_CASE("a program that does not lie in the window is PROG_ADDRESS", "[errors]") {
  TwoMachines machines;
  const isa::Program program = machines.assemble("sync\nsync\nhalt");
  const Launch good = TwoMachines::launch_of(program);
  machines.run(program);
  const auto bad = [&](const std::string& name, Launch launch) {
    INFO(name);
    const Ending want = {.error = Error::kProgAddress};
    REQUIRE(ending_of(machines.rtl.run(launch)) == want);
    REQUIRE(ending_of(machines.model.run(launch)) == want);
    check_good(machines);
  };
  Launch launch = good;
  launch.program_base += 8;
  bad("not a multiple of 32", launch);
  launch = good;
  launch.instructions = 0;
  bad("empty", launch);
  launch = good;
  launch.memory_base += 32;
  bad("begins below MEM_BASE", launch);
  launch = good;
  launch.memory_limit = launch.program_base + 95;
  bad("ends past MEM_LIMIT", launch);
  launch = good;
  launch.memory_limit = 0;
  bad("an empty window", launch);
  launch = good;
  launch.program_base = std::uint64_t{1} << 48;
  launch.memory_limit = ~std::uint64_t{0};
  bad("past all addresses", launch);
  launch.program_base = (std::uint64_t{1} << 48) - 64;
  bad("ends past all addresses", launch);
  // The tightest window that fits.
  launch = good;
  launch.memory_limit = launch.program_base + 96;
  machines.write(kProgram, program.bytes());
  REQUIRE(ending_of(machines.rtl.run(launch)) == done());
  REQUIRE(ending_of(machines.model.run(launch)) == done());
}

TEST_CASE("misuse of loops is LOOP_STACK", "[errors]") {
  const auto loops = [](const std::string& name, const std::string& before, const std::string& bad,
                        const std::string& after = "halt") {
    return Case{name, before, bad, Error::kLoopStack, Engine::kDispatch, 0, after};
  };
  const std::string four = "loop count=1\nloop count=2\nloop count=3\nloop count=4\n";
  TwoMachines machines;
  machines.run_alike(four + "sync\nendloop\nendloop\nendloop\nendloop\nhalt");
  for (const Case& c : {
           loops("ENDLOOP first", "", "endloop"),
           loops("ENDLOOP after the last", "loop count=3\nsync\nendloop\n", "endloop"),
           loops("HALT inside", "loop count=1\nsync\n", "halt", "endloop\nhalt"),
           loops("HALT inside the outer loop", "loop count=2\nloop count=2\nendloop\n", "halt",
                 "endloop\nhalt"),
           loops("a fifth loop", four, "loop count=1", "endloop\nendloop\nendloop\nendloop\nendloop\nhalt"),
           loops("a fifth loop in the second round",
                 "loop count=2\nloop count=2\nloop count=2\nsync\nendloop\nendloop\nloop count=1\n"
                 "loop count=1\nloop count=1\n",
                 "loop count=1"),
       }) {
    check(machines, c);
  }
}

TEST_CASE("the 256th post without a wait is SEM_OVERFLOW, by whom it was", "[errors]") {
  const auto overflow = [](const std::string& name, const std::string& before, const std::string& bad,
                           Engine engine, const std::string& after = "endloop\nhalt") {
    return Case{name, before, bad, Error::kSemOverflow, engine, 0, after};
  };
  TwoMachines machines;
  machines.run_alike("loop count=255\nsync post=s5\nendloop\nloop count=255\nsync wait=s5\nendloop\nhalt");
  const Engine last_lane =
      static_cast<Engine>(static_cast<unsigned>(Engine::kLoad0) + machines.hardware().load_lanes - 1);
  for (const Case& c : {
           overflow("SYNC", "loop count=256\n", "sync post=s0", Engine::kDispatch),
           overflow("SYNC, one of several", "loop count=255\nsync post=s15\nendloop\n", "sync post=s1,s15",
                    Engine::kDispatch, "halt"),
           overflow("LOAD", "loop count=300\n", "load lane=LAST rows=1 row_bytes=1 addr=DATA post=s3",
                    last_lane),
           overflow("STORE", "loop count=256\n", "store rows=1 row_bytes=1 addr=DEST post=s15",
                    Engine::kStore),
           overflow("CONFIG", "loop count=256\n", "config out=FP32 post=s9", Engine::kMatmul),
           overflow(
               "MATMUL",
               "load fill=ROWS row_bytes=32\nload space=B fill=COLS row_bytes=32\nfence\nconfig out=FP32\n"
               "loop count=256\n",
               "matmul mt=1 nt=1 k=1 out_pitch=ALIGN post=s2", Engine::kMatmul),
       }) {
    check(machines, c);
  }
}

TEST_CASE("a program in which all wait for semaphores is DEADLOCK, by the oldest of the lowest engine",
          "[errors]") {
  const std::string load = "load rows=1 row_bytes=32 addr=DATA ";
  const std::string store = "store rows=1 row_bytes=32 addr=DEST ";
  const auto dead = [](const std::string& name, const std::string& before, const std::string& bad,
                       Engine engine, const std::string& after = "halt") {
    return Case{name, before, bad, Error::kDeadlock, engine, 0, after};
  };
  std::string nine;  // One more than the queue holds
  for (int i = 0; i < 8; ++i) nine += load + "\n";
  TwoMachines machines;
  for (const Case& c : {
           dead("SYNC", "sync\n", "sync wait=s0", Engine::kDispatch),
           dead("SYNC misses one of two", "sync post=s0\n", "sync wait=s0,s1", Engine::kDispatch),
           dead("SYNC while engines wait too", "load rows=1 row_bytes=32 addr=DATA wait=s3\n", "sync wait=s4",
                Engine::kDispatch),
           dead("LOAD before HALT", load + "\n", load + "wait=s1", Engine::kLoad0),
           dead("STORE before FENCE", "", store + "wait=s1", Engine::kStore, "fence\nhalt"),
           dead("CONFIG", "", "config out=FP32 wait=s8", Engine::kMatmul,
                load + "wait=s8\n" + store + "wait=s8\nhalt"),
           dead("MATMUL is below STORE and LOAD", load + "wait=s8\n" + store + "wait=s8\nconfig out=FP32\n",
                "matmul mt=1 nt=1 k=1 out_pitch=ALIGN wait=s7", Engine::kMatmul),
           dead("STORE is below LOAD", load + "wait=s8\n", store + "wait=s8", Engine::kStore),
           dead("the oldest of a full queue", "", load + "wait=s0", Engine::kLoad0, nine + "halt"),
           dead("a full queue keeps the post from coming", "", load + "wait=s0", Engine::kLoad0,
                nine + "sync post=s0\nhalt"),
           dead("two wait for each other", load + "wait=s2 post=s1\n", store + "wait=s1 post=s2",
                Engine::kStore),
           dead("the second time round", "sync post=s6\nloop count=2\n", store + "wait=s6", Engine::kStore,
                "endloop\nhalt"),
           dead("one semaphore for two", "sync post=s0\n" + store + "wait=s0\n", load + "wait=s0",
                Engine::kLoad0),
       }) {
    check(machines, c);
  }
  // Eight waiting and a post that can still be dispatched are no deadlock.
  std::string eight;
  for (int i = 0; i < 8; ++i) eight += load + "wait=s0\n";
  machines.run_alike(eight + "loop count=8\nsync post=s0\nendloop\nhalt");
}

// Bus faults. Programs must not wait for anything else when the fault comes.

TEST_CASE("a read that the memory refuses is BUS_READ with the burst's address", "[errors][bus]") {
  TwoMachines machines;
  machines.rtl.memory().set_faults({{0x20000, 0x20020, tb::MemoryFault::Kind::kReadError}});
  const std::string before = "load rows=1 row_bytes=32 addr=DATA\nfence\n";
  for (const std::string& bad :
       {std::string("load rows=1 row_bytes=32 addr=0x20000"),
        std::string("load space=B rows=5 row_bytes=40 row_stride=100 addr=0x20000-300 post=s1"),
        std::string("load lane=LAST space=COL rows=1 row_bytes=1 addr=0x2001f")}) {
    INFO(bad);
    const isa::Program program =
        machines.assemble(before + bad + "\nstore rows=1 row_bytes=32 addr=DEST wait=s1\nhalt");
    machines.write(kProgram, program.bytes());
    const RunResult result = machines.rtl.run(TwoMachines::launch_of(program));
    const auto lane = isa::get_field(program.code[2], isa::info(spec::Opcode::kLoad).fields[1]);
    const auto engine = static_cast<Engine>(static_cast<unsigned>(Engine::kLoad0) + lane);
    REQUIRE(ending_of(result) == Ending{.error = Error::kBusRead,
                                        .engine = engine,
                                        .pc = 2,
                                        .instruction = program.code[2],
                                        .address = 0x20000});
    check_memory(machines);
    check_good(machines);
  }
}

TEST_CASE("a write that the memory refuses is BUS_WRITE, and bytes around the rows stay", "[errors][bus]") {
  TwoMachines machines;
  machines.rtl.memory().set_faults({{0x38000, 0x38020, tb::MemoryFault::Kind::kWriteError}});
  const isa::Program program = machines.assemble(
      "fence\nstore rows=4 row_bytes=48 row_stride=64 addr=0x38000-0x80 src_pitch=2\n"
      "store rows=1 row_bytes=32 addr=0x39000\nhalt");
  machines.write(kProgram, program.bytes());
  const RunResult result = machines.rtl.run(TwoMachines::launch_of(program));
  REQUIRE(ending_of(result) == Ending{.error = Error::kBusWrite,
                                      .engine = Engine::kStore,
                                      .pc = 1,
                                      .instruction = program.code[1],
                                      .address = 0x38000});
  check_memory(machines);
  const auto memory = machines.memory_of(machines.rtl);
  for (std::uint64_t at = 0x37f80; at < 0x38100; ++at) {
    const bool in_row = (at - 0x37f80) % 64 < 48;
    const bool refused = at >= 0x38000 && at < 0x38020;
    if (!in_row || refused) REQUIRE(memory[at] == machines.image()[at]);
  }
  check_good(machines);
}

TEST_CASE("a fetch that the memory refuses is BUS_FETCH at its instruction, unless it is not reached",
          "[errors][bus]") {
  TwoMachines machines;
  std::string source;
  for (int i = 0; i < 11; ++i) source += "sync\n";
  const isa::Program program = machines.assemble(source + "halt");
  for (const std::uint64_t pc : {0U, 1U, 7U, 8U, 11U}) {
    CAPTURE(pc);
    const std::uint64_t at = kProgram + 32 * pc;
    machines.write(kProgram, program.bytes());
    machines.rtl.memory().set_faults({{at, at + 32, tb::MemoryFault::Kind::kReadError}});
    const RunResult result = machines.rtl.run(TwoMachines::launch_of(program));
    REQUIRE(result.error == Error::kBusFetch);
    REQUIRE(result.error_engine == Engine::kDispatch);
    REQUIRE(result.error_pc == pc);
    REQUIRE(result.error_address == at);
    REQUIRE(result.error_instruction == isa::Grain{});
    REQUIRE(result.irq);
    check_memory(machines);
    machines.rtl.memory().set_faults({});
    check_good(machines);
  }
  machines.write(
      kProgram,
      machines.assemble("halt\nsync\nsync\nsync\nsync\nsync\nsync\nsync\nsync\nsync\nhalt").bytes());
  machines.rtl.memory().set_faults({{kProgram + 0x100, kProgram + 0x120, tb::MemoryFault::Kind::kReadError}});
  Launch launch = TwoMachines::launch_of(program);
  launch.instructions = 11;
  REQUIRE(ending_of(machines.rtl.run(launch)) == done());
}

TEST_CASE("memory that is not there answers as a bus error, as in the model", "[errors][bus]") {
  TwoMachines machines;
  const auto run = [&](const std::string& source, std::uint64_t base) {
    const isa::Program program = machines.assemble(source);
    Launch launch = TwoMachines::launch_of(program);
    launch.program_base = base;
    launch.memory_limit = 2 * kMemoryBytes;
    auto bytes = program.bytes();
    bytes.resize(std::min<std::uint64_t>(bytes.size(), kMemoryBytes - base));
    machines.write(base, bytes);
    const Ending got = ending_of(machines.rtl.run(launch));
    REQUIRE(got == ending_of(machines.model.run(launch)));
    return got;
  };
  Ending e = run("load rows=4 row_bytes=32 row_stride=64 addr=0x40000-128\nhalt", kProgram);
  CHECK(e.error == Error::kBusRead);
  CHECK(e.address == kMemoryBytes);
  e = run("store rows=1 row_bytes=40 addr=0x40000-20\nhalt", kProgram);
  CHECK(e.error == Error::kBusWrite);
  CHECK(e.address == kMemoryBytes);
  e = run("sync\nsync\nhalt", kMemoryBytes - 64);
  CHECK(e.error == Error::kBusFetch);
  CHECK(e.address == kMemoryBytes);
  CHECK(e.pc == 2);
  check_good(machines);
}

TEST_CASE("a memory slower than the watchdog is WATCHDOG, and the program after it runs", "[errors][bus]") {
  tb::SliceOptions options = slice_options();
  options.memory.read_latency = 3000;
  TwoMachines machines(options);
  const isa::Program program =
      machines.assemble("load rows=1 row_bytes=32 addr=DATA post=s0\nsync wait=s0\nhalt");
  Launch launch = TwoMachines::launch_of(program);
  machines.write(kProgram, program.bytes());
  for (const std::uint32_t watchdog : {4000U, 0U}) {  // 0: off
    launch.watchdog = watchdog;
    REQUIRE(ending_of(machines.rtl.run(launch)) == done());
  }
  launch.watchdog = 2000;
  const RunResult result = machines.rtl.run(launch);
  REQUIRE(result.state == spec::State::kError);
  REQUIRE(result.error == Error::kWatchdog);
  REQUIRE(result.error_engine == Engine::kDispatch);
  REQUIRE(result.irq);
  check_memory(machines);
  check_good(machines);
}

TEST_CASE("a bus that never answers keeps the slice STOPPING with error WATCHDOG until reset",
          "[errors][bus]") {
  tb::SliceOptions options = slice_options();
  options.max_cycles = 5000;
  TwoMachines machines(options);
  const tb::MemoryFault::Kind silent = tb::MemoryFault::Kind::kNoAnswer;
  const std::vector<std::string> sources = {"load rows=1 row_bytes=32 addr=0x20000\nfence\nhalt",
                                            "store rows=1 row_bytes=32 addr=0x38000\nfence\nhalt"};
  for (const std::string& source : sources) {
    INFO(source);
    machines.rtl.memory().set_faults({{0x20000, 0x20020, silent}, {0x38000, 0x38020, silent}});
    const isa::Program program = machines.assemble(source);
    Launch launch = TwoMachines::launch_of(program);
    launch.watchdog = 1000;
    machines.write(kProgram, program.bytes());
    const RunResult result = machines.rtl.run(launch);
    REQUIRE(result.state == spec::State::kStopping);
    REQUIRE(result.error == Error::kWatchdog);
    REQUIRE(result.error_pc == 1);  // The FENCE
    REQUIRE(result.error_instruction == program.code[1]);
    REQUIRE_FALSE(result.irq);
    REQUIRE_FALSE(machines.rtl.try_write(spec::kRegCtrl, 1).ok());
    machines.rtl.memory().set_faults({});
    machines.rtl.reset();
    check_memory(machines);
    check_good(machines);
  }
}

TEST_CASE("ABORT stops a program at any time, and does nothing when none runs", "[errors]") {
  TwoMachines machines;
  machines.rtl.write_register(spec::kRegCtrl, 2);
  const isa::Program program = machines.assemble(
      "load fill=ROWS row_bytes=64\nload space=B fill=COLS row_bytes=64\nconfig out=FP32\nfence\nloop "
      "count=0xffffffff\n"
      "load rows=ROWS row_bytes=64 row_stride=64 addr=DATA wait=s1 post=s0\n"
      "matmul mt=1 nt=1 k=2 out_pitch=ALIGN wait=s0 post=s2\n"
      "store rows=ROWS row_bytes=COLS*4 row_stride=64 src_pitch=ALIGN addr=DEST wait=s2 post=s3\n"
      "sync post=s1\nsync wait=s3\nendloop\nhalt");
  for (unsigned i = 0; i < 24; ++i) {
    CAPTURE(i);
    machines.write(kProgram, program.bytes());
    machines.rtl.start(TwoMachines::launch_of(program));
    machines.rtl.advance(13 * i);
    machines.rtl.write_register(spec::kRegCtrl, 2);
    REQUIRE(machines.rtl.run_until_irq(20'000));
    const RunResult result = machines.rtl.collect();
    REQUIRE(result.state == spec::State::kError);
    REQUIRE(result.error == Error::kAbort);
    REQUIRE(result.error_engine == Engine::kDispatch);
    REQUIRE(result.error_address == 0);
    check_memory(machines);
    machines.rtl.write_register(spec::kRegCtrl, 2);
    REQUIRE(machines.rtl.read_register(spec::kRegErrorCode) == static_cast<unsigned>(Error::kAbort));
    check_good(machines);
  }
}
