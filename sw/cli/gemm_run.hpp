// SPDX-License-Identifier: Apache-2.0
//
// One GEMM from request to checked result, and what there is to say about it.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "compiler/run.hpp"
#include "perf/predict.hpp"
#include "reference/gemm.hpp"
#include "slice_device.hpp"
#include "workload/workload.hpp"

namespace tessera::cli {

// The first element that differs.
struct Mismatch {
  std::uint64_t row = 0;
  std::uint64_t col = 0;
  std::uint32_t got = 0;
  std::uint32_t expected = 0;
  std::uint64_t count = 0;  // Of all that differ
};

struct GemmReport {
  compiler::GemmProblem problem;
  workload::Operands operands;
  HardwareConfig hardware;
  compiler::GemmRun run;
  perf::Prediction prediction;
  bool checked = false;
  std::optional<Mismatch> mismatch;
  bool num_status_matches = true;
  double seconds = 0;                  // Of the device's run alone
  std::vector<tb::HbmPcCounters> hbm;  // Per memory port; empty without HBM
  std::uint64_t bring_up_cycles = 0;   // Of HBM

  bool stopped() const { return !run.result.ok(); }
  bool bit_exact() const { return checked && !stopped() && !mismatch && num_status_matches; }
  bool timed() const { return run.result.counters.cycles != 0; }
  double macs() const;
  double peak_macs_per_cycle() const;
  double mac_utilisation() const;  // Of the peak over the whole run; 0 from the model
  std::uint64_t array_busy_cycles() const;
  double cycles_per_second() const;
};

// Throws UsageError; writes nothing.
GemmReport run_gemm(const GemmArgs& args);

// "matrix unit: ..." : what bounded the run, from the counters.
std::string bottleneck(const GemmReport& report);
std::string rerun_command(const GemmArgs& args);
void print_report(const GemmArgs& args, const GemmReport& report);
std::string json_report(const GemmArgs& args, const GemmReport& report);

}  // namespace tessera::cli
