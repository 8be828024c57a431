// SPDX-License-Identifier: Apache-2.0
//
// Control of the functional model: order, semaphores, loops, memories, errors. Programs are assembler text.

#include <array>
#include <string>
#include <vector>

#include "model_machine.hpp"
#include "support/catch.hpp"

namespace {

using namespace tessera;
using isa::Grain;
using model::FunctionalModel;
using spec::Engine;
using spec::Error;
using test::run_source;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kMemory = 1 << 20;

struct Machine : FunctionalModel {
  explicit Machine(const HardwareConfig& hardware = {}) : FunctionalModel(hardware, kMemory) {}

  Bytes bytes(std::uint64_t address, std::size_t count) {
    Bytes result(count);
    read(address, result);
    return result;
  }
  std::uint32_t word(std::uint64_t address) {
    const Bytes b = bytes(address, 4);
    return b[0] | std::uint32_t{b[1]} << 8 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[3]} << 24;
  }
  void fill(std::uint64_t address, std::size_t count, std::uint8_t value) {
    write(address, Bytes(count, value));
  }
};

// INT8, every element of A and B one: each result is 32 k. A grains and B grains 0 .. 3 of every bank are
// ones.
const std::string kOnes =
    "config fmt_a=INT8 fmt_b=INT8 out=INT32\n"
    "load space=A rows=8 row_bytes=128 addr=0x1000 dst_stride=4\n"
    "load space=B rows=8 row_bytes=128 addr=0x1000 dst_stride=4\n"
    "fence\n";

void put_ones(Machine& machine) { machine.fill(0x1000, 128, 1); }

void check_error(const RunResult& result, Error error, Engine engine, std::uint32_t pc) {
  CHECK(result.state == spec::State::kError);
  CHECK(result.error == error);
  CHECK(result.error_engine == engine);
  CHECK(result.error_pc == pc);
  CHECK(result.irq);
}

// Runs the source and demands an error of the instruction in the last line but `lines_after`.
RunResult check_source(Machine& machine, const std::string& source, Error error, Engine engine,
                       std::uint32_t pc) {
  INFO(source);
  const isa::Program program = isa::assemble(source);
  const RunResult result = test::run_program(machine, program);
  check_error(result, error, engine, pc);
  if (pc < program.size()) {
    CHECK(result.error_instruction == program.code.at(pc));
  } else {
    CHECK(result.error_instruction == Grain{});
  }
  return result;
}

}  // namespace

TEST_CASE("a program of nothing but HALT is done", "[model]") {
  Machine machine;
  const RunResult result = run_source(machine, "halt");
  CHECK(result.ok());
  CHECK(result.irq);
  CHECK(result.error == Error::kNone);
  CHECK(result.counters.instructions == 1);
}

TEST_CASE("a small GEMM gives its sums", "[model]") {
  Machine machine;
  put_ones(machine);
  const RunResult result =
      run_source(machine, kOnes +
                              "matmul mt=1 nt=1 k=3 out_pitch=1\n"
                              "fence\n"
                              "store rows=8 row_bytes=32 row_stride=32 addr=0x8000 src_pitch=1\n"
                              "halt");
  REQUIRE(result.ok());
  for (unsigned i = 0; i < 64; ++i) CHECK(machine.word(0x8000 + 4 * i) == 96);
  CHECK(result.counters.passes == 1);
  CHECK(result.counters.instructions == 8);
  CHECK(result.num_status == NumStatus{});
}

TEST_CASE("LOAD spreads rows over banks, fills the last grain and adds zero rows", "[model]") {
  // 11 rows of 33 bytes and 2 of zeros in 8 banks; INT8 identity B shows what lies where.
  Machine machine;
  Bytes rows(11 * 40);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint8_t>(i % 113 + 1);
  machine.write(0x3001, rows);
  machine.fill(0x1000, 256, 1);
  Bytes weights(8 * 64, 0);  // Column c: the weight of element c * 5 is one, so element 35 is a filled-up one
  for (unsigned c = 0; c < 8; ++c) weights[c * 64 + c * 5] = 1;
  machine.write(0x2000, weights);
  const RunResult result = run_source(
      machine,
      "config fmt_a=INT8 fmt_b=INT8 out=INT32\n"
      "load space=A rows=16 row_bytes=64 addr=0x1000 dst_stride=2\n"  // Ones everywhere, to be overwritten
      "load space=A rows=11 fill=2 row_bytes=33 row_stride=40 addr=0x3001 dst_stride=2\n"
      "load space=B rows=8 row_bytes=64 row_stride=64 addr=0x2000 dst_stride=2\n"
      "matmul mt=2 nt=1 k=2 a_stride=2 out_pitch=1\n"
      "store rows=16 row_bytes=32 row_stride=32 addr=0x8000 src_pitch=1\n"
      "halt");
  REQUIRE(result.ok());
  for (unsigned r = 0; r < 16; ++r) {
    for (unsigned c = 0; c < 8; ++c) {
      std::uint32_t expected = 1;  // Rows 13 to 15 keep their ones
      if (r < 13) expected = r < 11 && c < 7 ? rows[r * 40 + c * 5] : 0;
      CAPTURE(r, c);
      CHECK(machine.word(0x8000 + (r * 8 + c) * 4) == expected);
    }
  }
}

TEST_CASE("STORE writes its bytes and no other", "[model]") {
  Machine machine;
  put_ones(machine);
  machine.fill(0x8000, 256, 0xee);
  REQUIRE(run_source(machine,
                     kOnes + "matmul mt=1 nt=1 k=1 out_pitch=2\n"
                             "store rows=2 row_bytes=7 row_stride=50 addr=0x8003 src_base=2 src_pitch=4\n"
                             "halt")
              .ok());
  Bytes expected(256, 0xee);
  const Bytes row = {32, 0, 0, 0, 32, 0, 0};
  std::copy(row.begin(), row.end(), expected.begin() + 3);
  std::copy(row.begin(), row.end(), expected.begin() + 53);
  CHECK(machine.bytes(0x8000, 256) == expected);
}

TEST_CASE("passes of a narrow result share grains and leave the other bytes alone", "[model]") {
  HardwareConfig hardware;
  hardware.cols = 4;
  Machine machine(hardware);
  machine.fill(0x1000, 64, 1);
  const RunResult result = run_source(machine,
                                      "config fmt_a=INT8 fmt_b=INT8 out=INT8\n"
                                      "load space=A rows=8 row_bytes=64 addr=0x1000 dst_stride=2\n"
                                      "load space=B rows=8 row_bytes=64 addr=0x1000 dst_stride=2\n"
                                      "matmul mt=1 nt=2 k=1 b_stride=2 out_pitch=1\n"
                                      "matmul mt=1 nt=1 k=2 out_pitch=1\n"
                                      "store rows=1 row_bytes=12 addr=0x8000\n"
                                      "halt");
  REQUIRE(result.ok());
  CHECK(machine.bytes(0x8000, 12) == Bytes{64, 64, 64, 64, 32, 32, 32, 32, 0, 0, 0, 0});
  CHECK(result.counters.passes == 3);
}

TEST_CASE("local memories outlive a program, partial-sum tiles do not", "[model]") {
  Machine machine;
  put_ones(machine);
  const std::string config = "config fmt_a=INT8 fmt_b=INT8 out=INT32\n";
  REQUIRE(run_source(machine, kOnes + "matmul mt=1 nt=1 k=1 dst=RAW\nhalt").ok());
  machine.fill(0x1000, 128, 9);
  CHECK(run_source(machine,
                   config + "matmul mt=1 nt=1 k=2 out_pitch=1\nstore rows=1 row_bytes=4 addr=0x8000\nhalt")
            .ok());
  CHECK(machine.word(0x8000) == 64);
  check_source(machine, config + "matmul mt=1 nt=1 k=1 src=RAW out_pitch=1\nhalt", Error::kPsumState,
               Engine::kMatmul, 1);
}

TEST_CASE("a tile can be continued many times and stays as it is when read", "[model]") {
  Machine machine;
  put_ones(machine);
  const RunResult result =
      run_source(machine, kOnes +
                              "matmul mt=1 nt=1 k=1 dst=RAW psum_base=5\n"
                              "matmul mt=1 nt=1 k=2 src=RAW dst=RAW psum_base=5\n"
                              "matmul mt=1 nt=1 k=1 src=RAW psum_base=5 out_pitch=1\n"
                              "matmul mt=1 nt=1 k=3 src=RAW psum_base=5 out_base=8 out_pitch=1\n"
                              "store rows=2 row_bytes=4 row_stride=4 addr=0x8000 src_pitch=8\n"
                              "halt");
  REQUIRE(result.ok());
  CHECK(machine.word(0x8000) == 128);
  CHECK(machine.word(0x8004) == 192);
}

// Loops and address registers

TEST_CASE("nested loops run their bodies the product of their counts", "[model]") {
  Machine machine;
  const RunResult result = run_source(machine,
                                      "loop count=2\nloop count=3\nloop count=4\nloop count=5\n"
                                      "sync post=s7\n"
                                      "endloop\nendloop\nendloop\nendloop\nhalt");
  REQUIRE(result.ok());
  CHECK(machine.semaphores()[7] == 120);
  // LOOPs 1 + 2 + 6 + 24, SYNCs 120, ENDLOOPs 120 + 24 + 6 + 2, HALT.
  CHECK(result.counters.instructions == 33 + 120 + 152 + 1);
}

TEST_CASE("post_inc, SETR and ADDR act on the next instruction", "[model]") {
  Machine machine;
  Bytes data(256);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i);
  machine.write(0x4000, data);
  // Row i of COL is byte 0x4000 + 100 - 8 i; column parameters are then stored by way of a scaled product of
  // ones.
  put_ones(machine);
  const RunResult result =
      run_source(machine, kOnes +
                              "matmul mt=1 nt=1 k=1 out_pitch=1\nfence\n"
                              "setr areg=3 value=0x8000\n"
                              "loop count=3\n"
                              "store rows=1 row_bytes=4 addr=16 areg=3 post_inc=32\n"
                              "endloop\n"
                              "addr areg=3 value=-8\n"
                              "store rows=1 row_bytes=4 addr=-16 areg=3 post_inc=-0x80000000\n"
                              "addr areg=3 value=0x80000000\n"
                              "store rows=1 row_bytes=4 areg=3\n"
                              "halt");
  REQUIRE(result.ok());
  std::vector<std::uint64_t> written;
  for (std::uint64_t at = 0x8000; at < 0x8100; at += 4) {
    if (machine.word(at) == 32) written.push_back(at);
  }
  // 0x8000 + 16 + {0, 32, 64}; then the register is 0x8060 - 8: minus 16, and itself.
  CHECK(written == std::vector<std::uint64_t>{0x8010, 0x8030, 0x8048, 0x8050, 0x8058});
}

TEST_CASE("address registers are zero when a program starts", "[model]") {
  Machine machine;
  REQUIRE(run_source(machine, "setr areg=2 value=0xffffffff0000\nhalt").ok());
  CHECK(run_source(machine, "load space=A rows=1 row_bytes=1 areg=2\nhalt").ok());
}

// Semaphores

TEST_CASE("engines wait for each other by semaphores", "[model]") {
  Machine machine;
  put_ones(machine);
  const RunResult result =
      run_source(machine,
                 // The store is dispatched first and the loads last.
                 "store rows=8 row_bytes=32 row_stride=32 addr=0x8000 src_pitch=1 wait=s2\n"
                 "config fmt_a=INT8 fmt_b=INT8 out=INT32 wait=s4\n"
                 "matmul mt=1 nt=1 k=1 out_pitch=1 wait=s0,s1 post=s2\n"
                 "load space=A lane=0 rows=8 row_bytes=32 addr=0x1000 dst_stride=1 post=s0,s4\n"
                 "load space=B lane=1 rows=8 row_bytes=32 addr=0x1000 dst_stride=1 post=s1\n"
                 "halt");
  REQUIRE(result.ok());
  CHECK(machine.word(0x8000) == 32);
  CHECK(machine.semaphores() == std::array<std::uint8_t, 16>{});
}

TEST_CASE("a wait takes all its semaphores at once or none", "[model]") {
  Machine machine;
  const RunResult result = run_source(machine,
                                      "config fmt_a=INT8 fmt_b=INT8 out=INT32 wait=s0,s1\n"  // s1 never comes
                                      "sync post=s0\n"
                                      "sync wait=s0\n"  // So s0 is still there
                                      "halt");
  check_error(result, Error::kDeadlock, Engine::kMatmul, 0);
}

TEST_CASE("of two engines waiting for one semaphore the lower number wins", "[model]") {
  Machine machine;
  const std::string waiting =
      "load space=A lane=1 rows=1 row_bytes=1 wait=s0 post=s5\n"
      "load space=A lane=0 rows=1 row_bytes=1 wait=s0 post=s4\n"
      "store rows=1 row_bytes=1 addr=0x9000 wait=s0 post=s3\n"
      "config fmt_a=INT8 fmt_b=INT8 out=INT32 wait=s0 post=s2\n";
  check_error(run_source(machine, waiting + "sync post=s0\nsync wait=s15\nhalt"), Error::kDeadlock,
              Engine::kDispatch, 5);
  CHECK(machine.semaphores()[2] == 1);
  CHECK(machine.semaphores()[3] == 0);
  check_error(run_source(machine, waiting + "sync post=s0\nsync post=s0\nsync wait=s15\nhalt"),
              Error::kDeadlock, Engine::kDispatch, 6);
  CHECK(machine.semaphores()[3] == 1);
  CHECK(machine.semaphores()[4] == 0);
}

TEST_CASE("a semaphore counts to 255 and not further", "[model]") {
  Machine machine;
  REQUIRE(run_source(machine, "loop count=255\nsync post=s3\nendloop\nhalt").ok());
  CHECK(machine.semaphores()[3] == 255);
  check_source(machine, "loop count=256\nsync post=s3\nendloop\nhalt", Error::kSemOverflow, Engine::kDispatch,
               1);
  CHECK(run_source(machine, "halt").ok());
  CHECK(machine.semaphores()[3] == 0);
  check_source(machine, "loop count=255\nsync post=s3\nendloop\nload lane=1 rows=1 row_bytes=1 post=s3\nhalt",
               Error::kSemOverflow, Engine::kLoad1, 3);
}

// Deadlock

TEST_CASE("a SYNC that nobody answers is a deadlock", "[model][errors]") {
  Machine machine;
  check_source(machine, "sync post=s1\nsync wait=s0,s1\nhalt", Error::kDeadlock, Engine::kDispatch, 1);
}

TEST_CASE("HALT and FENCE behind a waiting engine are a deadlock of that engine", "[model][errors]") {
  Machine machine;
  const std::string store = "store rows=1 row_bytes=1 addr=0x9000 wait=s0\n";
  check_source(machine, "sync\n" + store + store + "halt", Error::kDeadlock, Engine::kStore, 1);
  check_source(machine, store + "fence\nsync post=s0\nhalt", Error::kDeadlock, Engine::kStore, 0);
  check_source(machine,
               "load lane=1 rows=1 row_bytes=1 wait=s0\nload rows=1 row_bytes=1 wait=s0\n" + store + "halt",
               Error::kDeadlock, Engine::kStore, 2);
  check_source(machine, "load lane=1 rows=1 row_bytes=1 wait=s0\nload rows=1 row_bytes=1 wait=s0\nhalt",
               Error::kDeadlock, Engine::kLoad0, 1);
}

TEST_CASE("a full queue stalls the dispatcher: the ninth waiting instruction decides", "[model][errors]") {
  Machine machine;
  const auto waiting = [](int count) {
    std::string source;
    for (int i = 0; i < count; ++i) source += "store rows=1 row_bytes=1 addr=0x9000 wait=s0\n";
    return source;
  };
  const std::string posts = "loop count=9\nsync post=s0\nendloop\nhalt";
  CHECK(run_source(machine,
                   waiting(8) + "sync post=s0\n" + waiting(1) + "loop count=8\nsync post=s0\nendloop\nhalt")
            .ok());
  CHECK(run_source(machine, waiting(8) + "loop count=8\nsync post=s0\nendloop\nhalt").ok());
  check_source(machine, waiting(9) + posts, Error::kDeadlock, Engine::kStore, 0);
  // Queues are apart: eight in each.
  std::string both = waiting(8);
  for (int i = 0; i < 8; ++i) both += "load rows=1 row_bytes=1 wait=s0\n";
  CHECK(run_source(machine, both + "loop count=16\nsync post=s0\nendloop\nhalt").ok());
}

TEST_CASE("an instruction is checked before its queue has room", "[model][errors]") {
  Machine machine;
  std::string source;
  for (int i = 0; i < 8; ++i) source += "store rows=1 row_bytes=1 addr=0x9000 wait=s0\n";
  check_source(machine, source + "store rows=1 row_bytes=1 addr=0x9000 wait=s0 src_base=2048\nhalt",
               Error::kBufferRange, Engine::kDispatch, 8);
  check_source(machine, source + "store rows=0 row_bytes=1\nhalt", Error::kBadField, Engine::kDispatch, 8);
}

// Every other error

TEST_CASE("errors of the dispatcher name the instruction and leave memory alone", "[model][errors]") {
  Machine machine;
  machine.fill(0x9000, 64, 0x55);
  const std::string head = "sync\n";
  check_source(machine, head + ".grain 0x0\nhalt", Error::kBadOpcode, Engine::kDispatch, 1);
  check_source(machine, head + ".grain 0xff\nhalt", Error::kBadOpcode, Engine::kDispatch, 1);
  check_source(machine,
               head + ".grain 0x8000000000000000000000000000000000000000000000000000000000000002\nhalt",
               Error::kBadField, Engine::kDispatch, 1);
  check_source(machine, head + "load space=5 rows=1 row_bytes=1\nhalt", Error::kBadField, Engine::kDispatch,
               1);
  check_source(machine, head + "load lane=2 rows=1 row_bytes=1\nhalt", Error::kBadField, Engine::kDispatch,
               1);
  check_source(machine, head + "store rows=1 row_bytes=33 addr=0x9000 src_base=2047\nhalt",
               Error::kBufferRange, Engine::kDispatch, 1);
  check_source(machine, head + "config fmt_a=INT8 fmt_b=E4M3 out=FP32\nhalt", Error::kBadFormat,
               Engine::kDispatch, 1);
  check_source(machine, head + "matmul mt=1 nt=1 k=1 out_pitch=1\nhalt", Error::kNoConfig, Engine::kDispatch,
               1);
  check_source(machine, head + "sync", Error::kProgramEnd, Engine::kDispatch, 2);
  CHECK(machine.bytes(0x9000, 64) == Bytes(64, 0x55));
}

TEST_CASE("a CONFIG of an earlier program does not count", "[model][errors]") {
  Machine machine;
  REQUIRE(run_source(machine, "config fmt_a=INT8 fmt_b=INT8 out=INT32\nhalt").ok());
  check_source(machine, "matmul mt=1 nt=1 k=1 out_pitch=1\nhalt", Error::kNoConfig, Engine::kDispatch, 0);
}

TEST_CASE("loops too deep, unmatched or left open by HALT are LOOP_STACK", "[model][errors]") {
  Machine machine;
  check_source(machine, "endloop\nhalt", Error::kLoopStack, Engine::kDispatch, 0);
  check_source(machine, "loop count=1\nendloop\nendloop\nhalt", Error::kLoopStack, Engine::kDispatch, 2);
  check_source(machine, "loop count=1\nhalt", Error::kLoopStack, Engine::kDispatch, 1);
  check_source(machine, "loop count=1\nloop count=1\nloop count=1\nloop count=1\nloop count=1\nhalt",
               Error::kLoopStack, Engine::kDispatch, 4);
  check_source(machine, "loop count=1\nsync", Error::kProgramEnd, Engine::kDispatch, 2);
}

TEST_CASE("MEM_RANGE tells the effective address", "[model][errors]") {
  Machine machine;
  const RunResult past = check_source(machine,
                                      "setr areg=1 value=0xfff00\n"
                                      "store rows=2 row_bytes=4 row_stride=128 addr=0x80 areg=1\nhalt",
                                      Error::kMemRange, Engine::kDispatch, 1);
  CHECK(past.error_address == 0xfff80);
  const RunResult wrapped =
      check_source(machine, "setr areg=1 value=16\nload rows=1 row_bytes=1 addr=-32 areg=1\nhalt",
                   Error::kMemRange, Engine::kDispatch, 1);
  CHECK(wrapped.error_address == 0xfffffffffff0);
  const RunResult field =
      check_source(machine, "load rows=0 row_bytes=1 addr=5\nhalt", Error::kBadField, Engine::kDispatch, 0);
  CHECK(field.error_address == 0);
}

TEST_CASE("the program must lie in its window, aligned, and not be empty", "[model][errors]") {
  Machine machine;
  const isa::Program program = isa::assemble("sync\nhalt");
  machine.write(0x1000, program.bytes());
  const Launch good = {
      .program_base = 0x1000, .instructions = 2, .memory_base = 0x1000, .memory_limit = 0x1040};
  CHECK(machine.run(good).ok());
  std::vector<Launch> bad(6, good);
  bad[0].program_base = 0x1008;
  bad[1].instructions = 0;
  bad[2].memory_base = 0x1001;
  bad[3].memory_limit = 0x103f;
  bad[4].memory_limit = 0;
  bad[5].program_base = ~std::uint64_t{31};
  for (const Launch& launch : bad)
    check_error(machine.run(launch), Error::kProgAddress, Engine::kDispatch, 0);
  Launch too_long = good;
  too_long.instructions = 1U << 24;
  CHECK_THROWS_AS(machine.run(too_long), std::invalid_argument);
}

TEST_CASE("accesses past the memory are bus errors with the burst's address", "[model][errors]") {
  Machine machine;
  Launch launch = {.program_base = 0x1000, .instructions = 2, .memory_base = 0, .memory_limit = 2 * kMemory};
  const auto run = [&](const std::string& source) {
    machine.write(launch.program_base, isa::assemble(source).bytes());
    return machine.run(launch);
  };
  RunResult result = run("load lane=1 rows=2 row_bytes=64 row_stride=64 addr=0xfffd0\nhalt");
  check_error(result, Error::kBusRead, Engine::kLoad1, 0);
  CHECK(result.error_address == kMemory);
  result = run("load rows=1 row_bytes=64 addr=0x123456\nhalt");
  check_error(result, Error::kBusRead, Engine::kLoad0, 0);
  CHECK(result.error_address == 0x123440);
  result = run("sync\nstore rows=1 row_bytes=64 addr=0x100000\nhalt");
  check_error(result, Error::kBusWrite, Engine::kStore, 1);
  CHECK(result.error_address == kMemory);
  launch.program_base = kMemory - 32;
  machine.write(launch.program_base, isa::assemble("sync").bytes());
  result = machine.run(launch);
  check_error(result, Error::kBusFetch, Engine::kDispatch, 1);
  CHECK(result.error_address == kMemory);
  CHECK(result.error_instruction == Grain{});
}

TEST_CASE("a partial must exist, be of its kind and of its grid", "[model][errors]") {
  Machine machine;
  const std::string bf16 = "config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=-80\n";
  const std::string raw = "matmul mt=1 nt=1 k=1 dst=RAW\n";
  const std::string fp32 = "matmul mt=1 nt=1 k=1 dst=FP32\n";
  const std::string from_raw = "matmul mt=1 nt=1 k=1 src=RAW out_pitch=1\nhalt";
  const std::string from_fp32 = "matmul mt=1 nt=1 k=1 src=FP32 out_pitch=1\nhalt";
  CHECK(run_source(machine, bf16 + raw + from_raw).ok());
  CHECK(run_source(machine, bf16 + fp32 + from_fp32).ok());
  check_source(machine, bf16 + "sync\n" + from_raw, Error::kPsumState, Engine::kMatmul, 2);
  check_source(machine, bf16 + fp32 + from_raw, Error::kPsumState, Engine::kMatmul, 2);
  check_source(machine, bf16 + raw + from_fp32, Error::kPsumState, Engine::kMatmul, 2);
  const std::string finer = "config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=-81\n";
  check_source(machine, bf16 + raw + finer + from_raw, Error::kPsumState, Engine::kMatmul, 3);
  check_source(machine, bf16 + fp32 + finer + from_fp32, Error::kPsumState, Engine::kMatmul, 3);
  // INT8 is on grid 0, and so may BF16 be: integers and floats do not continue each other all the same.
  const std::string int8 = "config fmt_a=INT8 fmt_b=INT8 out=INT32\n";
  const std::string bf16_0 = "config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=0\n";
  check_source(machine, int8 + raw + bf16_0 + from_raw, Error::kPsumState, Engine::kMatmul, 3);
  check_source(machine, bf16_0 + raw + int8 + from_raw, Error::kPsumState, Engine::kMatmul, 3);
  // Plain FP8 is on grid -32 whatever its CONFIG.grid.
  CHECK(run_source(machine, "config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=-32\n" + raw +
                                "config fmt_a=E4M3 fmt_b=E5M2 out=FP32\n" + from_raw)
            .ok());
}

TEST_CASE("PSUM_STATE is found pass by pass", "[model][errors]") {
  Machine machine;
  put_ones(machine);
  // Tiles 0 and 1 exist, tile 2 does not: pass (1, 0) stops the MATMUL after two results.
  const RunResult result = check_source(
      machine, kOnes + "matmul mt=1 nt=2 k=1 dst=RAW\n" + "matmul mt=2 nt=2 k=1 src=RAW out_pitch=2\nhalt",
      Error::kPsumState, Engine::kMatmul, 5);
  CHECK(result.counters.passes == 4);
  CHECK(result.error_address == 0);
  REQUIRE(run_source(machine, "store rows=16 row_bytes=64 row_stride=64 addr=0x8000 src_pitch=2\nhalt").ok());
  CHECK(machine.word(0x8000) == 64);
  CHECK(machine.word(0x8000 + 7 * 64 + 60) == 64);
  CHECK(machine.word(0x8000 + 8 * 64) == 0);
}

TEST_CASE("2^16 terms between clear and fold are legal and one more is not", "[model][errors]") {
  HardwareConfig hardware;
  hardware.a_depth = hardware.b_depth = 4096;
  hardware.acc_bits = 64;
  Machine machine(hardware);
  const std::string int8 = "config fmt_a=INT8 fmt_b=INT8 out=INT32\n";
  CHECK(run_source(machine, int8 + "matmul mt=1 nt=1 k=2048 out_pitch=1\nhalt").ok());
  check_source(machine, int8 + "matmul mt=1 nt=1 k=2049 out_pitch=1\nhalt", Error::kTermLimit,
               Engine::kMatmul, 1);
  const std::string bf16 = "config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=-36\n";
  CHECK(run_source(machine, bf16 + "matmul mt=1 nt=1 k=4096 out_pitch=1\nhalt").ok());
  CHECK(run_source(machine, bf16 + "matmul mt=1 nt=1 k=1 dst=RAW\n"
                                   "matmul mt=1 nt=1 k=4095 src=RAW out_pitch=1\nhalt")
            .ok());
  check_source(machine,
               bf16 + "matmul mt=1 nt=1 k=2 dst=RAW\nmatmul mt=1 nt=1 k=4095 src=RAW out_pitch=1\nhalt",
               Error::kTermLimit, Engine::kMatmul, 2);
  // An FP32 partial counts for one, whatever went into it.
  CHECK(run_source(machine, bf16 + "matmul mt=1 nt=1 k=4096 dst=FP32\n"
                                   "matmul mt=1 nt=1 k=4095 src=FP32 dst=FP32\n"
                                   "matmul mt=1 nt=1 k=4095 src=FP32 out_pitch=1\nhalt")
            .ok());
  check_source(machine,
               bf16 + "matmul mt=1 nt=1 k=1 dst=FP32\nmatmul mt=1 nt=1 k=4096 src=FP32 out_pitch=1\nhalt",
               Error::kTermLimit, Engine::kMatmul, 2);
  // MX: one term per block.
  CHECK(run_source(machine,
                   "config fmt_a=E4M3 fmt_b=E4M3 scaling=MX out=FP32 grid=-36\n"
                   "matmul mt=1 nt=1 k=4096 out_pitch=1\nhalt")
            .ok());
}

// Numeric status

TEST_CASE("LOST and OVERFLOW are collected when sums drain, to tiles as well", "[model]") {
  Machine machine;
  machine.fill(0x1000, 32, 0x3c);  // BF16 0x3c3c
  const std::string loads =
      "load space=A rows=8 row_bytes=32 addr=0x1000 dst_stride=1\n"
      "load space=B rows=8 row_bytes=32 addr=0x1000 dst_stride=1\n";
  for (const std::string target : {"dst=RAW", "dst=FP32", "out_pitch=1"}) {
    CAPTURE(target);
    const auto status = [&](int grid) {
      return run_source(machine, loads + "config fmt_a=BF16 fmt_b=BF16 out=FP32 grid=" +
                                     std::to_string(grid) + "\nmatmul mt=1 nt=1 k=1 " + target + "\nhalt")
          .num_status;
    };
    CHECK(status(-80) == NumStatus{});
    CHECK(status(-20) == NumStatus{.lost = true});
    CHECK(status(-200) == NumStatus{.overflow = true});
  }
}

TEST_CASE("the largest INT8 sum that the term limit allows does not saturate", "[model]") {
  Machine machine;
  machine.fill(0x1000, 32768, 0x80);  // -128
  const std::string source =
      "load space=A rows=8 row_bytes=32768 addr=0x1000\n"
      "load space=B rows=8 row_bytes=32768 addr=0x1000\n"
      "config fmt_a=INT8 fmt_b=INT8 out=INT32\n"
      "matmul mt=1 nt=1 k=1024 dst=RAW\nmatmul mt=1 nt=1 k=1024 src=RAW out_pitch=1\n"
      "store rows=1 row_bytes=4 addr=0x9800\nhalt";
  const RunResult result = run_source(machine, source);
  CHECK(result.ok());
  CHECK(result.num_status == NumStatus{});
  CHECK(machine.word(0x9800) == 0x40000000);
}

TEST_CASE("a NaN that becomes INT8 is zero and noted", "[model]") {
  Machine machine;
  machine.fill(0x1000, 32, 0x7f);  // E4M3 NaN
  const std::string source =
      "load space=A rows=8 row_bytes=32 addr=0x1000 dst_stride=1\n"
      "load space=B rows=8 row_bytes=32 addr=0x1000 dst_stride=1\n"
      "config fmt_a=E4M3 fmt_b=E4M3 out=";
  const std::string rest = "\nmatmul mt=1 nt=1 k=1 out_pitch=1\nstore rows=1 row_bytes=4 addr=0x8000\nhalt";
  CHECK(run_source(machine, source + "INT8" + rest).num_status == NumStatus{.out_nan = true});
  CHECK(machine.word(0x8000) == 0);
  CHECK(run_source(machine, source + "FP32" + rest).num_status == NumStatus{});
  CHECK(machine.word(0x8000) == 0x7fc00000);
}

TEST_CASE("an MX scale of 0xFF makes its row NaN, even of zeros", "[model]") {
  Machine machine;
  machine.fill(0x1000, 8, 127);
  machine.fill(0x1002, 1, 0xff);  // Row 2
  const RunResult result =
      run_source(machine,
                 "load space=A_SCALE rows=8 row_bytes=1 row_stride=1 addr=0x1000 dst_stride=1\n"
                 "config fmt_a=E4M3 fmt_b=E5M2 scaling=MX out=BF16 grid=-80\n"
                 "matmul mt=1 nt=1 k=1 out_pitch=1\n"
                 "store rows=8 row_bytes=4 row_stride=4 addr=0x8000 src_pitch=1\nhalt");
  REQUIRE(result.ok());
  for (unsigned r = 0; r < 8; ++r) CHECK(machine.word(0x8000 + 4 * r) == (r == 2 ? 0x7fc07fc0 : 0));
}

// The Device interface

TEST_CASE("the model refuses what cannot be built", "[model]") {
  HardwareConfig odd;
  odd.rows = 6;
  CHECK_THROWS_AS(FunctionalModel(odd, kMemory), std::invalid_argument);
  odd = {};
  odd.cols = 64;
  CHECK_THROWS_AS(FunctionalModel(odd, kMemory), std::invalid_argument);
  odd = {};
  odd.acc_bits = 80;
  CHECK_THROWS_AS(FunctionalModel(odd, kMemory), std::invalid_argument);
  odd = {};
  odd.load_lanes = 5;
  CHECK_THROWS_AS(FunctionalModel(odd, kMemory), std::invalid_argument);
  CHECK_THROWS_AS(FunctionalModel({}, 100), std::invalid_argument);
}

TEST_CASE("back-door accesses past the memory throw", "[model]") {
  Machine machine;
  Bytes two(2);
  CHECK_NOTHROW(machine.write(kMemory - 2, two));
  CHECK_THROWS_AS(machine.write(kMemory - 1, two), std::out_of_range);
  CHECK_THROWS_AS(machine.read(~std::uint64_t{0}, two), std::out_of_range);
}
