// SPDX-License-Identifier: Apache-2.0

#include "cli/machine.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

#include "model/functional_model.hpp"
#include "slice_device.hpp"

namespace tessera::cli {

namespace {

constexpr std::uint64_t kPage = 4096;

std::string known_grids() {
  std::string names;
  for (const tb::SliceBuild& build : tb::slice_builds()) names += (names.empty() ? "" : ", ") + build.name;
  return names.empty() ? "none" : names;
}

void check_memory(const MachineArgs& args) {
  const MachineArgs defaults;
  if (args.memory != "flat" && args.memory != "hbm")
    throw UsageError("--memory: flat or hbm, not '" + args.memory + "'");
  try {
    tb::ClockRatio::parse(args.clock_ratio);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--clock-ratio: ") + error.what());
  }
  try {
    tb::named_timing(args.hbm_timing, args.seed);
  } catch (const std::invalid_argument& error) {
    throw UsageError(std::string("--hbm-timing: ") + error.what());
  }
  if (args.memory == "hbm") {
    if (args.latency != defaults.latency || args.write_latency != defaults.write_latency ||
        args.bandwidth != defaults.bandwidth || args.stalls != defaults.stalls) {
      throw UsageError(
          "--latency, --write-latency, --bandwidth, --stalls: HBM has its own; use --memory flat");
    }
  } else if (!args.dram_trace.empty() || args.clock_ratio != defaults.clock_ratio ||
             args.hbm_timing != defaults.hbm_timing) {
    throw UsageError("--dram-trace, --clock-ratio, --hbm-timing: a flat memory has none; use --memory hbm");
  }
}

}  // namespace

std::string grid_name(const MachineArgs& args) {
  std::string name = std::to_string(args.rows) + "x" + std::to_string(args.cols);
  if (args.acc_bits != 128) name += "_w" + std::to_string(args.acc_bits);
  if (args.memory == "hbm") name += "_hbm";
  return name;
}

std::vector<MachineArgs> built_grids(const MachineArgs& args) {
  std::vector<MachineArgs> grids;
  for (const tb::SliceBuild& build : tb::slice_builds()) {
    MachineArgs grid = args;
    grid.acc_bits = MachineArgs().acc_bits;
    if (std::sscanf(build.name.c_str(), "%ux%u_w%u", &grid.rows, &grid.cols, &grid.acc_bits) < 2) continue;
    if (grid_name(grid) == build.name) grids.push_back(grid);
  }
  return grids;
}

void check_machine(const MachineArgs& args) {
  if (args.backend != "rtl" && args.backend != "model")
    throw UsageError("--backend: rtl or model, not '" + args.backend + "'");
  if (args.stalls < 0 || args.stalls >= 1) throw UsageError("--stalls: at least 0 and less than 1");
  if (args.bandwidth < 0) throw UsageError("--bandwidth: bytes per cycle and port, or 0 for no limit");
  if (args.latency == 0 || args.write_latency == 0)
    throw UsageError("--latency, --write-latency: at least 1 cycle");
  if (args.backend == "model") {
    if (!args.waves.empty()) throw UsageError("--waves: the model has no waves; use --backend rtl");
    for (const unsigned side : {args.rows, args.cols}) {
      if (side < 4 || side > 32 || (side & (side - 1)) != 0)
        throw UsageError("--rows, --cols: 4, 8, 16 or 32");
    }
    if (args.acc_bits != 64 && args.acc_bits != 96 && args.acc_bits != 128)
      throw UsageError("--acc-bits: 64, 96 or 128");
    return;
  }
  check_memory(args);
  const auto builds = tb::slice_builds();
  const auto is_it = [&](const tb::SliceBuild& build) { return build.name == grid_name(args); };
  if (std::none_of(builds.begin(), builds.end(), is_it)) {
    throw UsageError("--rows, --cols, --acc-bits, --memory: grid " + grid_name(args) +
                     " is not in this build (it has " + known_grids() +
                     "); configure with -DTESSERA_CLI_GRIDS=" + grid_name(args) + ", or use --backend model");
  }
}

std::string options_text(const MachineArgs& args) {
  const MachineArgs defaults;
  std::ostringstream text;
  if (args.backend != defaults.backend) text << " --backend " << args.backend;
  if (args.rows != defaults.rows) text << " --rows " << args.rows;
  if (args.cols != defaults.cols) text << " --cols " << args.cols;
  if (args.acc_bits != defaults.acc_bits) text << " --acc-bits " << args.acc_bits;
  if (args.memory != defaults.memory) text << " --memory " << args.memory;
  if (args.clock_ratio != defaults.clock_ratio) text << " --clock-ratio " << args.clock_ratio;
  if (args.hbm_timing != defaults.hbm_timing) text << " --hbm-timing " << args.hbm_timing;
  if (args.latency != defaults.latency) text << " --latency " << args.latency;
  if (args.write_latency != defaults.write_latency) text << " --write-latency " << args.write_latency;
  if (args.bandwidth != defaults.bandwidth) text << " --bandwidth " << args.bandwidth;
  if (args.stalls != defaults.stalls) text << " --stalls " << args.stalls;
  text << " --seed " << args.seed;
  return text.str();
}

std::unique_ptr<Device> make_device(const MachineArgs& args, std::uint64_t memory_bytes) {
  check_machine(args);
  memory_bytes = (memory_bytes + kPage - 1) / kPage * kPage;
  if (args.backend == "model") {
    HardwareConfig hardware;
    hardware.rows = args.rows;
    hardware.cols = args.cols;
    hardware.acc_bits = args.acc_bits;
    return std::make_unique<model::FunctionalModel>(hardware, memory_bytes);
  }
  tb::SliceOptions options;
  options.build = grid_name(args);
  options.memory.bytes = memory_bytes;
  options.memory.read_latency = args.latency;
  options.memory.write_latency = args.write_latency;
  if (args.bandwidth > 0) options.memory.bytes_per_cycle = args.bandwidth;
  options.memory.stalls = tb::StallRates::all(args.stalls);
  options.memory.seed = args.seed;
  options.seed = args.seed;
  if (args.memory == "hbm") {
    options.clocks = tb::ClockRatio::parse(args.clock_ratio);
    options.hbm.timing = tb::named_timing(args.hbm_timing, args.seed);
    options.hbm.seed = args.seed;
    options.hbm.trace = args.dram_trace;
  }
  options.max_cycles = args.max_cycles;
  options.waves = args.waves;
  options.wave_from = args.wave_from;
  options.wave_to = args.wave_to;
  options.progress = [terminal = isatty(STDERR_FILENO) != 0](std::uint64_t cycle) {
    std::fprintf(stderr, "%s%llu M cycles%s", terminal ? "\r" : "",
                 static_cast<unsigned long long>((cycle + 1) >> 20), terminal ? " \r" : "\n");
  };
  return std::make_unique<tb::SliceDevice>(std::move(options));
}

Mode parse_mode(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ':');) parts.push_back(part);
  Mode mode;
  if (!parts.empty() && (parts[0] == "mxfp8" || parts[0] == "MXFP8")) {
    mode.scaling = format::Scaling::kMx;
    parts.erase(parts.begin());
    if (parts.empty()) parts = {"e4m3"};
  }
  const char* accepted =
      "; accepted: int8, bf16, e4m3, e5m2, e4m3:e5m2, e5m2:e4m3, mxfp8, mxfp8:<fp8>, mxfp8:<fp8>:<fp8>";
  if (parts.empty() || parts.size() > 2) throw UsageError("--format: '" + text + "'" + accepted);
  try {
    mode.a = format::parse(parts.front());
    mode.b = format::parse(parts.back());
  } catch (const std::invalid_argument&) {
    throw UsageError("--format: '" + text + "'" + accepted);
  }
  if (!format::is_operand(mode.a) || !format::is_operand(mode.b) ||
      !format::can_multiply(mode.a, mode.b, mode.scaling)) {
    throw UsageError("--format: '" + text + "' do not multiply" + accepted);
  }
  return mode;
}

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UsageError(path + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw UsageError(path + ": cannot be written");
}

std::uint64_t parse_number(const std::string& text, const std::string& what) {
  std::size_t used = 0;
  std::uint64_t value = 0;
  try {
    value = std::stoull(text, &used, 0);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || text[0] == '-')
    throw UsageError(what + ": '" + text + "' is not a number");
  return value;
}

}  // namespace tessera::cli
