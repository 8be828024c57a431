// SPDX-License-Identifier: Apache-2.0
//
// The subcommands that multiply: gemm, demo, bench.

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "cli/gemm_run.hpp"
#include "cli/machine.hpp"
#include "cli/plain_loop.hpp"

namespace tessera::cli {

namespace {

int exit_code(const GemmReport& report) {
  return report.stopped() || (report.checked && !report.bit_exact()) ? 1 : 0;
}

}  // namespace

int gemm(const GemmArgs& args) {
  const GemmReport report = run_gemm(args);
  print_report(args, report);
  if (!args.json_file.empty()) {
    const std::string json = json_report(args, report);
    write_file(args.json_file, {json.begin(), json.end()});
  }
  if (!args.out_file.empty() && !report.stopped()) write_file(args.out_file, report.run.out);
  return exit_code(report);
}

int demo(const GemmArgs& args, const std::vector<std::string>& formats) {
  int worst = 0;
  unsigned exact = 0;
  for (const std::string& format : formats) {
    GemmArgs one = args;
    one.format = format;
    if (!args.machine.waves.empty() && formats.size() > 1) {
      std::string name = format;
      std::replace(name.begin(), name.end(), ':', '_');
      std::filesystem::path file = args.machine.waves;
      one.machine.waves =
          file.replace_filename(file.stem().string() + "_" + name + file.extension().string()).string();
    }
    const GemmReport report = run_gemm(one);
    print_report(one, report);
    std::printf("\n");
    std::fflush(stdout);
    worst = std::max(worst, exit_code(report));
    exact += report.bit_exact();
  }
  std::printf("%u of %zu bit-exact\n", exact, formats.size());
  return worst;
}

namespace {

// One line of the table. False, with a report, if the result is wrong.
bool bench_one(const GemmArgs& args) {
  const GemmReport report = run_gemm(args);
  if (exit_code(report) != 0) {
    print_report(args, report);
    return false;
  }
  const double simulated = report.macs() / report.seconds;
  const double loop = plain_loop_macs_per_second(report);
  std::printf("%-8s %-10s %14.0f %14.1f %16.1f %8.1f\n", grid_name(args.machine).c_str(), args.format.c_str(),
              report.cycles_per_second(), simulated / 1e6, loop / 1e6, loop / simulated);
  std::fflush(stdout);
  return true;
}

}  // namespace

int bench(const GemmArgs& args, const std::vector<std::string>& formats) {
  std::printf("%-8s %-10s %14s %14s %16s %8s\n", "grid", "format", "sim cycles/s", "sim MMAC/s",
              "C++ loop MMAC/s", "ratio");
  for (const MachineArgs& grid : built_grids(args.machine)) {
    for (const std::string& format : formats) {
      GemmArgs one = args;
      one.machine = grid;
      one.format = format;
      if (!bench_one(one)) return 1;
    }
  }
  return 0;
}

}  // namespace tessera::cli
