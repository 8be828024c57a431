// SPDX-License-Identifier: Apache-2.0
//
// The subcommands of `tessera`, free of the command-line parser (whose header is slow to compile and stays in
// main.cpp).
//
// Each returns the exit code: 0 done and right, 1 a wrong result or a stopped program. A request that makes
// no sense throws UsageError before anything is written (main turns it into one line and exit code 2).

#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tessera::cli {

// One line that names the option and the remedy.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Where programs run; shared by gemm, demo, bench and run.
struct MachineArgs {
  std::string backend = "rtl";  // rtl or model
  unsigned rows = 8;
  unsigned cols = 8;
  unsigned acc_bits = 128;
  std::string memory = "hbm";       // Of the RTL: hbm or flat
  std::string clock_ratio = "1:1";  // HBM: tile to memory
  std::string hbm_timing = "6400";  // HBM: 6400, 5200 or random
  std::string dram_trace;           // HBM: file for the commands on the pins
  unsigned latency = 40;            // Flat memory: reads, cycles
  unsigned write_latency = 20;
  double bandwidth = 0;  // Bytes per cycle and port, 0: unlimited
  double stalls = 0;     // Probability on every memory channel
  std::uint64_t seed = 1;
  std::uint64_t max_cycles = 200'000'000;
  std::string waves;
  std::uint64_t wave_from = 0;
  std::uint64_t wave_to = ~std::uint64_t{0};
};

struct GemmArgs {
  MachineArgs machine;
  std::uint64_t m = 128;
  std::uint64_t n = 512;
  std::uint64_t k = 512;
  std::string format = "mxfp8";
  std::string out = "auto";
  std::string data = "normal";
  std::string a_file, b_file, a_scale_file, b_scale_file, col_scale_file;
  std::optional<int> grid;
  std::string partial = "raw";
  bool col_scale = false;
  bool no_saturate = false;
  bool check = true;
  std::string json_file;
  std::string out_file;
};

struct RunArgs {
  MachineArgs machine;
  std::string program;  // Assembler source, or an image of 32-byte instructions
  std::uint64_t memory = 16 << 20;
  std::uint64_t program_base = 0;
  std::vector<std::string> load;  // FILE@ADDRESS
  std::vector<std::string> dump;  // ADDRESS:LENGTH:FILE
};

struct HbmBenchArgs {
  std::vector<std::string> workloads;  // Names of perf/hbm_anchors.hpp; none: all
  unsigned pcs = 0;                    // Pseudo-channels active; 0: first one, then both
  std::string timing = "6400";         // 6400, 5200 or random
  unsigned cycles = 40'000;            // Window, CK
  std::uint64_t seed = 1;
  double temperature = 1;  // Factor on the refresh interval
  bool model_only = false;
  std::string json_file;
  std::string waves;
};

int gemm(const GemmArgs& args);
// Several formats of one shape, a line each.
int demo(const GemmArgs& args, const std::vector<std::string>& formats);
int bench(const GemmArgs& args, const std::vector<std::string>& formats);
int assemble(const std::string& input, const std::string& output);
int disassemble(const std::string& input);
int run(const RunArgs& args);
// Bandwidth of the HBM3 channel; 1 when a floor is not reached.
int hbm_bench(const HbmBenchArgs& args);
int info();

}  // namespace tessera::cli
