// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/gemm_run.hpp"
#include "cli/machine.hpp"

namespace tessera::cli {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return result;
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

unsigned engines(const GemmReport& report) {
  return static_cast<unsigned>(spec::Engine::kLoad0) + report.hardware.load_lanes;
}

std::string value_text(spec::Format format, std::uint32_t code) {
  char text[64];
  std::snprintf(text, sizeof text, "0x%0*x (%.9g)", format::bit_width(format) / 4, code,
                format::to_double(format, code));
  return text;
}

std::string error_text(const RunResult& result) {
  const spec::EnumValue* error = nullptr;
  for (const spec::EnumValue& value : spec::kErrorValues) {
    if (value.value == static_cast<unsigned>(result.error)) error = &value;
  }
  std::ostringstream text;
  text << (error != nullptr ? std::string(error->name) + " (" + std::string(error->doc) + ")"
                            : "unknown error")
       << " at instruction " << result.error_pc << ", found by "
       << spec::kEngineValues[static_cast<unsigned>(result.error_engine)].name << ", address 0x" << std::hex
       << result.error_address;
  return text.str();
}

const char* status(const GemmReport& report) {
  if (report.stopped()) return "error";
  if (!report.checked) return "unchecked";
  return report.bit_exact() ? "ok" : "mismatch";
}

void print_buckets(const GemmReport& report) {
  const Counters& counters = report.run.result.counters;
  std::printf("  engine     ");
  for (const spec::EnumValue& bucket : spec::kBucketValues)
    std::printf("%8s", std::string(bucket.name).c_str());
  std::printf("   %% of cycles\n");
  for (unsigned e = 0; e < engines(report); ++e) {
    std::printf("  %-11s", std::string(spec::kEngineValues[e].name).c_str());
    for (unsigned b = 0; b < Counters::kBuckets; ++b)
      std::printf("%8.1f", percent(counters.bucket[e][b], counters.cycles));
    std::printf("\n");
  }
}

constexpr std::array<const char*, tb::HbmPcCounters::kBuckets> kHbmBuckets = {
    "READ", "WRITE", "TURN", "COL", "ROW", "REFRESH", "IDLE", "STOP"};

double peak_percent(const tb::HbmPcCounters& pc) { return percent(pc.bucket[0] + pc.bucket[1], pc.cycles); }

void print_hbm(const GemmArgs& args, const GemmReport& report) {
  std::printf("  HBM3        %s Mb/s, clocks tile:DFI %s, ready after %llu cycles\n",
              args.machine.hbm_timing.c_str(), args.machine.clock_ratio.c_str(),
              static_cast<unsigned long long>(report.bring_up_cycles));
  std::printf("  port        read B   written B  %% peak  row hits  misses  conflicts  refreshes");
  for (const char* bucket : kHbmBuckets) std::printf("%8s", bucket);
  std::printf("   %% of DFI cycles\n");
  for (std::size_t p = 0; p < report.hbm.size(); ++p) {
    const tb::HbmPcCounters& pc = report.hbm[p];
    std::printf(
        "  %-4zu %13llu %11llu %7.1f %9llu %7llu %10llu %10llu", p,
        static_cast<unsigned long long>(pc.read_bytes()), static_cast<unsigned long long>(pc.write_bytes()),
        peak_percent(pc), static_cast<unsigned long long>(pc.row_hits()),
        static_cast<unsigned long long>(pc.row_misses()), static_cast<unsigned long long>(pc.row_conflicts()),
        static_cast<unsigned long long>(pc.refreshes()));
    for (const std::uint64_t bucket : pc.bucket) std::printf("%8.1f", percent(bucket, pc.cycles));
    std::printf("\n");
  }
}

nlohmann::ordered_json hbm_json(const GemmReport& report) {
  nlohmann::ordered_json ports = nlohmann::ordered_json::array();
  for (const tb::HbmPcCounters& pc : report.hbm) {
    nlohmann::ordered_json buckets;
    for (unsigned b = 0; b < kHbmBuckets.size(); ++b) buckets[lower(kHbmBuckets[b])] = pc.bucket[b];
    ports.push_back({{"cycles", pc.cycles},
                     {"read_bytes", pc.read_bytes()},
                     {"write_bytes", pc.write_bytes()},
                     {"peak_percent", peak_percent(pc)},
                     {"row_hits", pc.row_hits()},
                     {"row_misses", pc.row_misses()},
                     {"row_conflicts", pc.row_conflicts()},
                     {"refreshes", pc.refreshes()},
                     {"longest_read_cycles", pc.latency_max},
                     {"buckets", buckets}});
  }
  return ports;
}

}  // namespace

std::string bottleneck(const GemmReport& report) {
  const Counters& c = report.run.result.counters;
  if (c.cycles == 0) return "not timed";
  using spec::Bucket;
  using spec::Engine;
  char text[160];
  const double busy = percent(c.at(Engine::kMatmul, Bucket::kBusy), c.cycles);
  // Of what the array does not use, which kind of wait is the largest, and who kept it waiting.
  unsigned worst = static_cast<unsigned>(Bucket::kSem);
  for (unsigned b = worst; b < Counters::kBuckets; ++b) {
    if (c.bucket[1][b] > c.bucket[1][worst]) worst = b;
  }
  const double wait = percent(c.bucket[1][worst], c.cycles);
  if (busy >= wait) {
    std::snprintf(text, sizeof text, "the array (MATMUL BUSY %.1f %%)", busy);
    return text;
  }
  unsigned other = static_cast<unsigned>(Engine::kStore);
  for (unsigned e = other; e < engines(report); ++e) {
    const auto work = [&](unsigned i) { return c.bucket[i][0] + c.bucket[i][2]; };
    if (work(e) > work(other)) other = e;
  }
  std::snprintf(text, sizeof text, "%s (BUSY %.1f %%, MEM %.1f %%), for which MATMUL waits (%s %.1f %%)",
                std::string(spec::kEngineValues[other].name).c_str(), percent(c.bucket[other][0], c.cycles),
                percent(c.bucket[other][2], c.cycles), std::string(spec::kBucketValues[worst].name).c_str(),
                wait);
  return text;
}

std::string rerun_command(const GemmArgs& args) {
  std::ostringstream text;
  text << "tessera gemm --m " << args.m << " --n " << args.n << " --k " << args.k << " --format "
       << args.format;
  if (args.out != "auto") text << " --out " << args.out;
  if (args.data != "normal") text << " --data " << args.data;
  if (args.grid) text << " --grid " << *args.grid;
  if (args.partial != "raw") text << " --partial " << args.partial;
  if (args.col_scale) text << " --col-scale";
  if (args.no_saturate) text << " --no-saturate";
  const std::pair<const char*, const std::string*> files[] = {{"--a", &args.a_file},
                                                              {"--b", &args.b_file},
                                                              {"--a-scale", &args.a_scale_file},
                                                              {"--b-scale", &args.b_scale_file},
                                                              {"--col-scale-file", &args.col_scale_file}};
  for (const auto& [option, file] : files) {
    if (!file->empty()) text << " " << option << " " << *file;
  }
  text << options_text(args.machine);
  return text.str();
}

void print_report(const GemmArgs& args, const GemmReport& report) {
  const RunResult& result = report.run.result;
  const Counters& c = result.counters;
  const compiler::GemmProblem& p = report.problem;
  std::printf("GEMM %llu x %llu x %llu (M N K), %s -> %s, %ux%u grid, %s, seed %llu\n",
              static_cast<unsigned long long>(p.m), static_cast<unsigned long long>(p.n),
              static_cast<unsigned long long>(p.k), args.format.c_str(),
              std::string(format::name(p.out)).c_str(), report.hardware.rows, report.hardware.cols,
              args.machine.backend.c_str(), static_cast<unsigned long long>(args.machine.seed));
  if (report.stopped()) {
    std::printf("  result      stopped: %s\n", error_text(result).c_str());
  } else if (!report.checked) {
    std::printf("  result      not checked\n");
  } else if (report.mismatch) {
    const Mismatch& m = *report.mismatch;
    std::printf(
        "  result      WRONG: %llu of %llu elements; first at row %llu, column %llu: got %s, expected %s\n",
        static_cast<unsigned long long>(m.count), static_cast<unsigned long long>(p.m * p.n),
        static_cast<unsigned long long>(m.row), static_cast<unsigned long long>(m.col),
        value_text(p.out, m.got).c_str(), value_text(p.out, m.expected).c_str());
  } else if (!report.num_status_matches) {
    std::printf("  result      elements bit-exact, but NUM_STATUS is WRONG\n");
  } else {
    std::printf("  result      bit-exact\n");
  }
  if (report.timed()) {
    const double difference =
        100.0 * (static_cast<double>(c.cycles) - static_cast<double>(report.prediction.cycles)) /
        static_cast<double>(report.prediction.cycles);
    std::printf("  cycles      %llu simulated, %llu predicted%s (%+.2f %%)\n",
                static_cast<unsigned long long>(c.cycles),
                static_cast<unsigned long long>(report.prediction.cycles),
                report.hbm.empty() ? "" : " for a flat memory", difference);
    std::printf("  utilisation %.1f %% of %.0f MACs per cycle; array busy %llu cycles (%.1f %%)\n",
                100 * report.mac_utilisation(), report.peak_macs_per_cycle(),
                static_cast<unsigned long long>(report.array_busy_cycles()),
                percent(report.array_busy_cycles(), c.cycles));
    std::printf("  bounded by  %s\n", bottleneck(report).c_str());
    std::printf("  speed       %.0f simulated cycles per second\n", report.cycles_per_second());
    print_buckets(report);
    if (!report.hbm.empty()) print_hbm(args, report);
  } else {
    std::printf("  cycles      %llu predicted\n", static_cast<unsigned long long>(report.prediction.cycles));
  }
  if (report.stopped() || (report.checked && !report.bit_exact())) {
    std::printf("  again       %s%s\n", rerun_command(args).c_str(),
                args.machine.backend == "rtl" ? " --waves gemm.fst" : "");
  }
  if (!args.machine.waves.empty()) std::printf("  waves       %s\n", args.machine.waves.c_str());
}

std::string json_report(const GemmArgs& args, const GemmReport& report) {
  const RunResult& result = report.run.result;
  const Counters& c = result.counters;
  const compiler::GemmProblem& p = report.problem;
  nlohmann::ordered_json counters = {{"cycles", c.cycles},
                                     {"instructions", c.instructions},
                                     {"read_beats", c.read_beats},
                                     {"write_beats", c.write_beats},
                                     {"passes", c.passes}};
  for (unsigned e = 0; e < engines(report); ++e) {
    nlohmann::ordered_json buckets;
    for (unsigned b = 0; b < Counters::kBuckets; ++b)
      buckets[lower(spec::kBucketValues[b].name)] = c.bucket[e][b];
    counters["engines"][lower(spec::kEngineValues[e].name)] = buckets;
  }
  counters["sem_wait"] = c.sem_wait;
  nlohmann::ordered_json json = {{"m", p.m},
                                 {"n", p.n},
                                 {"k", p.k},
                                 {"format", args.format},
                                 {"out", format::name(p.out)},
                                 {"rows", report.hardware.rows},
                                 {"cols", report.hardware.cols},
                                 {"acc_bits", report.hardware.acc_bits},
                                 {"grid", p.grid},
                                 {"backend", args.machine.backend},
                                 {"data", args.data},
                                 {"seed", args.machine.seed},
                                 {"memory", report.hbm.empty() ? "flat" : "hbm"},
                                 {"latency", args.machine.latency},
                                 {"status", status(report)},
                                 {"bit_exact", report.bit_exact()},
                                 {"cycles", c.cycles},
                                 {"predicted_cycles", report.prediction.cycles},
                                 {"array_busy_cycles", report.array_busy_cycles()},
                                 {"mac_utilisation", report.mac_utilisation()},
                                 {"bottleneck", bottleneck(report)},
                                 {"sim_cycles_per_second", report.cycles_per_second()},
                                 {"blocking", report.run.compiled.description},
                                 {"rerun", rerun_command(args)},
                                 {"counters", counters}};
  if (!report.hbm.empty()) {
    json["clock_ratio"] = args.machine.clock_ratio;
    json["hbm_timing"] = args.machine.hbm_timing;
    json["hbm"] = hbm_json(report);
  }
  if (report.stopped()) json["error"] = error_text(result);
  if (report.mismatch) {
    const Mismatch& m = *report.mismatch;
    json["mismatch"] = {
        {"count", m.count}, {"row", m.row}, {"col", m.col}, {"got", m.got}, {"expected", m.expected}};
  }
  return json.dump(2) + "\n";
}

}  // namespace tessera::cli
