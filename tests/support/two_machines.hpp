// SPDX-License-Identifier: Apache-2.0
//
// A Verilated slice and the functional model of the same hardware, with the same memory contents, running the
// same programs.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/run.hpp"
#include "isa/assembler.hpp"
#include "model/functional_model.hpp"
#include "reference/gemm.hpp"
#include "slice_device.hpp"
#include "support/catch.hpp"
#include "workload/random.hpp"
#include "workload/workload.hpp"

namespace tessera::test {

// Memory of the tests: the window in the middle is what programs may touch.
inline constexpr std::uint64_t kMemoryBytes = 0x40000;
inline constexpr std::uint64_t kWindowBase = 0x1000;
inline constexpr std::uint64_t kWindowLimit = 0x3f000;
inline constexpr std::uint64_t kProgram = 0x1000;  // Room for 1,920 instructions
inline constexpr std::uint64_t kData = 0x10000;    // Source bytes
inline constexpr std::uint64_t kDest = 0x30000;    // Where programs store, up to the window's end

// Options of a slice of this binary's grid, quick rather than lifelike. With TESSERA_WAVES=<folder> in the
// environment, waves go to <folder>/<wave_name>.fst.
inline tb::SliceOptions slice_options(std::uint64_t seed = 1, const std::string& wave_name = "system") {
  tb::SliceOptions options;
  options.build = tb::slice_builds().front().name;
  options.memory.bytes = kMemoryBytes;
  options.memory.read_latency = 4;
  options.memory.write_latency = 4;
  options.seed = options.memory.seed = seed;
  options.max_cycles = 500'000;
  if (const char* folder = std::getenv("TESSERA_WAVES"))
    options.waves = std::string(folder) + "/" + wave_name + ".fst";
  return options;
}

template <std::size_t N>
std::string_view enum_name(const std::array<spec::EnumValue, N>& values, unsigned value) {
  for (const spec::EnumValue& v : values) {
    if (v.value == value) return v.name;
  }
  return "?";
}

// How a run ended, without what only one of the machines can know.
struct Ending {
  spec::State state = spec::State::kError;
  spec::Error error = spec::Error::kNone;
  spec::Engine engine = spec::Engine::kDispatch;
  std::uint32_t pc = 0;
  isa::Grain instruction{};
  std::uint64_t address = 0;
  bool irq = true;
  bool operator==(const Ending&) const = default;

  friend std::ostream& operator<<(std::ostream& out, const Ending& e) {
    char address[24];
    std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(e.address));
    return out << enum_name(spec::kStateValues, static_cast<unsigned>(e.state)) << " "
               << enum_name(spec::kErrorValues, static_cast<unsigned>(e.error)) << " engine "
               << enum_name(spec::kEngineValues, static_cast<unsigned>(e.engine)) << " pc " << e.pc
               << " address " << address << " irq " << e.irq << " instruction "
               << isa::disassemble(e.instruction);
  }
};

inline Ending ending_of(const RunResult& r) {
  return {r.state, r.error, r.error_engine, r.error_pc, r.error_instruction, r.error_address, r.irq};
}
inline Ending done() { return {.state = spec::State::kDone}; }

struct BothRuns {
  RunResult rtl;
  RunResult model;
};

class TwoMachines {
 public:
  explicit TwoMachines(const tb::SliceOptions& options = slice_options())
      : rtl{options}, model{rtl.config(), options.memory.bytes}, image_(options.memory.bytes) {
    workload::Random random(options.seed, 77);
    for (std::uint8_t& byte : image_) byte = static_cast<std::uint8_t>(random.next());
    refresh();
  }

  const HardwareConfig& hardware() const { return rtl.config(); }

  // The same bytes for both, now and after each refresh().
  void write(std::uint64_t address, const std::vector<std::uint8_t>& bytes) {
    std::copy(bytes.begin(), bytes.end(), image_.begin() + static_cast<std::ptrdiff_t>(address));
    rtl.write(address, bytes);
    model.write(address, bytes);
  }
  // Both memories back to what write() left.
  void refresh() {
    rtl.write(0, image_);
    model.write(0, image_);
  }
  const std::vector<std::uint8_t>& image() const { return image_; }
  std::vector<std::uint8_t> memory_of(Device& device) const {
    std::vector<std::uint8_t> bytes(image_.size());
    device.read(0, bytes);
    return bytes;
  }

  // Source may use the hardware's sizes by name: ROWS, COLS, A_DEPTH .. COL_DEPTH, LANES, ALIGN (of OUT and
  // COL grains), and the places of memory: DATA, DEST, BASE, LIMIT.
  isa::Program assemble(const std::string& source) const {
    const HardwareConfig& hw = rtl.config();
    isa::Assembler assembler;
    const auto define = [&](const char* name, std::uint64_t value) {
      assembler.define(name, static_cast<std::int64_t>(value));
    };
    define("ROWS", hw.rows);
    define("COLS", hw.cols);
    define("A_DEPTH", hw.a_depth);
    define("B_DEPTH", hw.b_depth);
    define("A_SCALE_DEPTH", hw.a_scale_depth);
    define("B_SCALE_DEPTH", hw.b_scale_depth);
    define("PSUM_TILES", hw.psum_tiles);
    define("OUT_DEPTH", hw.out_depth);
    define("COL_DEPTH", hw.col_depth);
    define("LANES", hw.load_lanes);
    define("LAST", hw.load_lanes - 1);
    define("ALIGN", std::max(1U, hw.cols / 8));
    define("DATA", kData);
    define("DEST", kDest);
    define("BASE", kWindowBase);
    define("LIMIT", kWindowLimit);
    return assembler.assemble(source).program;
  }

  static Launch launch_of(const isa::Program& program) {
    Launch launch;
    launch.program_base = kProgram;
    launch.instructions = static_cast<std::uint32_t>(program.size());
    launch.memory_base = kWindowBase;
    launch.memory_limit = kWindowLimit;
    return launch;
  }

  BothRuns run(const isa::Program& program) { return run(program, launch_of(program)); }
  BothRuns run(const isa::Program& program, const Launch& launch) {
    write(launch.program_base, program.bytes());
    return {rtl.run(launch), model.run(launch)};
  }
  BothRuns run(const std::string& source) { return run(assemble(source)); }

  // Runs a program that must succeed and leave both machines with the same memory and numeric status.
  RunResult run_alike(const isa::Program& program) {
    const BothRuns runs = run(program);
    REQUIRE(ending_of(runs.rtl) == done());
    REQUIRE(ending_of(runs.model) == done());
    REQUIRE(runs.rtl.num_status == runs.model.num_status);
    REQUIRE(runs.rtl.counters.instructions == runs.model.counters.instructions);
    REQUIRE(runs.rtl.counters.passes == runs.model.counters.passes);
    REQUIRE(difference(memory_of(rtl), memory_of(model)) == "");
    return runs.rtl;
  }
  RunResult run_alike(const std::string& source) { return run_alike(assemble(source)); }

  // The first byte of two images that differs, outside [skip_begin, skip_end); empty if there is none.
  static std::string difference(const std::vector<std::uint8_t>& got, const std::vector<std::uint8_t>& want,
                                std::uint64_t skip_begin = 0, std::uint64_t skip_end = 0) {
    for (std::uint64_t i = 0; i < got.size(); ++i) {
      if (got[i] == want[i] || (i >= skip_begin && i < skip_end)) continue;
      char text[96];
      std::snprintf(text, sizeof text, "byte 0x%llx is 0x%02x, expected 0x%02x",
                    static_cast<unsigned long long>(i), got[i], want[i]);
      return text;
    }
    return "";
  }

  tb::SliceDevice rtl;
  model::FunctionalModel model;

 private:
  std::vector<std::uint8_t> image_;
};

// A small GEMM that must be exact on a device, whatever ran before it; it overwrites the device's memory.
class GoodProgram {
 public:
  explicit GoodProgram(const HardwareConfig& hw) {
    const auto format = (hw.formats & 1) != 0 ? spec::Format::kInt8 : spec::Format::kE4m3;
    problem_.m = hw.rows + 1;
    problem_.n = hw.cols + 2;
    problem_.k = 40;
    problem_.fmt_a = problem_.fmt_b = format;
    problem_.out = spec::Format::kFp32;
    operands_ = workload::generate({problem_.m, problem_.n, problem_.k, format, format, spec::Scaling::kPlain,
                                    workload::Distribution::kNormal, 3});
    reference::GemmSpec gemm;
    gemm.m = problem_.m;
    gemm.n = problem_.n;
    gemm.k = problem_.k;
    gemm.fmt_a = gemm.fmt_b = format;
    gemm.acc_bits = static_cast<int>(hw.acc_bits);
    gemm.out = problem_.out;
    expected_ = reference::gemm(gemm, operands_.a, operands_.b, {}, {}, {}).out;
  }

  void check(Device& device) const {
    const auto run = compiler::run_gemm(device, problem_, operands_);
    INFO("the good program after it, on " << device.name());
    REQUIRE(ending_of(run.result) == done());
    REQUIRE(run.out == expected_);
  }

 private:
  compiler::GemmProblem problem_;
  workload::Operands operands_;
  std::vector<std::uint8_t> expected_;
};

}  // namespace tessera::test
