// SPDX-License-Identifier: Apache-2.0
//
// The command `tessera` as a user meets it: exit codes, one-line errors, files.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.hpp"

namespace {

namespace fs = std::filesystem;

// A folder of its own for each test case.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "tessera_cli_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }

  // Runs `tessera <arguments>` in the folder; output goes to files "stdout" and "stderr".
  int run(const std::string& arguments) const {
    const std::string command =
        "cd " + path_.string() + " && " + TESSERA_COMMAND + " " + arguments + " >stdout 2>stderr";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  bool has(const std::string& name) const { return fs::exists(path_ / name); }

 private:
  fs::path path_;
};

TEST_CASE("gemm checks its result and reports it as JSON", "[cli]") {
  const Folder folder;
  const std::string backend = GENERATE("rtl", "model");
  REQUIRE(folder.run("gemm --m 8 --n 8 --k 300 --format mxfp8 --seed 5 --json r.json --backend " + backend) ==
          0);
  CHECK(folder.read("stdout").find("bit-exact") != std::string::npos);
  const auto json = nlohmann::json::parse(folder.read("r.json"));
  CHECK(json["m"] == 8);
  CHECK(json["n"] == 8);
  CHECK(json["k"] == 300);
  CHECK(json["format"] == "mxfp8");
  CHECK(json["out"] == "fp32");
  CHECK(json["rows"] == 8);
  CHECK(json["cols"] == 8);
  CHECK(json["seed"] == 5);
  CHECK(json["bit_exact"] == true);
  CHECK(json["status"] == "ok");
  CHECK(json["predicted_cycles"] > 0);
  CHECK(json.contains("mac_utilisation"));
  CHECK(json.contains("bottleneck"));
  CHECK(json.contains("sim_cycles_per_second"));
  if (backend == "rtl") {
    CHECK(json["cycles"] > 0);
    CHECK(json["array_busy_cycles"] == json["counters"]["engines"]["matmul"]["busy"]);
    CHECK(json["counters"]["cycles"] == json["cycles"]);
  }
}

TEST_CASE("gemm gives the same bytes on RTL and model, and other bytes for another seed", "[cli]") {
  const Folder folder;
  const std::string shape = "gemm --m 5 --n 8 --k 70 --format e4m3:e5m2 --out bf16 --data uniform ";
  REQUIRE(folder.run(shape + "--out-file rtl.bin") == 0);
  REQUIRE(folder.run(shape + "--out-file model.bin --backend model") == 0);
  REQUIRE(folder.run(shape + "--out-file other.bin --backend model --seed 2") == 0);
  CHECK(folder.read("rtl.bin").size() == 5 * 8 * 2);
  CHECK(folder.read("rtl.bin") == folder.read("model.bin"));
  CHECK(folder.read("rtl.bin") != folder.read("other.bin"));
}

TEST_CASE("gemm multiplies operands from files", "[cli]") {
  const Folder folder;
  folder.write("a", {1, 2, 3});             // 1 x 3
  folder.write("b", {4, 5, 6, -1, 0, 10});  // 2 x 3
  REQUIRE(folder.run("gemm --m 1 --n 2 --k 3 --format int8 --a a --b b --out-file c") == 0);
  CHECK(folder.read("c") == std::string({32, 0, 0, 0, 29, 0, 0, 0}));
}

TEST_CASE("gemm on HBM reports what each pseudo-channel did and traces the commands on its pins",
          "[cli][hbm]") {
  const Folder folder;
  REQUIRE(
      folder.run("gemm --m 32 --n 32 --k 256 --format int8 --memory hbm --clock-ratio 4:5 --hbm-timing 5200 "
                 "--dram-trace t --json r.json") == 0);
  const std::string text = folder.read("stdout");
  CHECK(text.find("bit-exact") != std::string::npos);
  CHECK(text.find("% peak") != std::string::npos);
  const auto json = nlohmann::json::parse(folder.read("r.json"));
  CHECK(json["memory"] == "hbm");
  CHECK(json["clock_ratio"] == "4:5");
  CHECK(json["hbm_timing"] == "5200");
  CHECK(json["rerun"].get<std::string>().find("--clock-ratio 4:5 --hbm-timing 5200") != std::string::npos);
  REQUIRE(json["hbm"].size() == 2);
  std::uint64_t read = 0;
  for (const auto& port : json["hbm"]) {
    read += port["read_bytes"].get<std::uint64_t>();
    std::uint64_t sum = 0;
    for (const auto& bucket : port["buckets"]) sum += bucket.get<std::uint64_t>();
    CHECK(sum == port["cycles"]);
    CHECK(port["peak_percent"] > 0);
    CHECK(port["peak_percent"] < 100);
  }
  CHECK(read == 32 * json["counters"]["read_beats"].get<std::uint64_t>());
  // As many read bursts in the trace as bytes read, and those of training.
  const std::string trace = folder.read("t");
  std::uint64_t bursts = 0;
  for (std::size_t at = trace.find(" RD "); at != std::string::npos; at = trace.find(" RD ", at + 1))
    ++bursts;
  CHECK(bursts >= read / 32);
}

TEST_CASE("a request that makes no sense gives one line, exit code 2, and writes nothing", "[cli]") {
  const Folder folder;
  folder.write("short", "x");
  struct Bad {
    std::string arguments;
    std::string names;
  };
  const Bad bad = GENERATE(
      Bad{"--m 0", "--m"}, Bad{"--format fp7", "--format"}, Bad{"--format int8:e4m3", "--format"},
      Bad{"--out int4", "--out"}, Bad{"--format e4m3 --out int32", "INT32"}, Bad{"--rows 5", "--rows"},
      Bad{"--backend gpu", "--backend"}, Bad{"--data strange", "--data"}, Bad{"--stalls 1", "--stalls"},
      Bad{"--a short", "--a"}, Bad{"--a missing", "missing"},
      Bad{"--a-scale short --format int8", "--a-scale"}, Bad{"--partial fp64", "--partial"},
      Bad{"--nonsense 1", "nonsense"}, Bad{"--m many", "--m"}, Bad{"--memory tape", "--memory"},
      Bad{"--clock-ratio 0:1", "--clock-ratio"}, Bad{"--hbm-timing 9600", "--hbm-timing"},
      Bad{"--memory hbm --latency 10", "--memory flat"}, Bad{"--memory flat --dram-trace t", "--memory hbm"},
      Bad{"--memory flat --clock-ratio 4:5", "--memory hbm"});
  CAPTURE(bad.arguments);
  CHECK(folder.run("gemm --json r.json --out-file c " + bad.arguments) == 2);
  const std::string message = folder.read("stderr");
  CAPTURE(message);
  CHECK(message.find(bad.names) != std::string::npos);
  CHECK(message.find("tessera: ") == 0);
  CHECK(message.find('\n') == message.size() - 1);
  CHECK(folder.read("stdout").empty());
  CHECK_FALSE(folder.has("r.json"));
  CHECK_FALSE(folder.has("c"));
}

TEST_CASE("demo runs each format and counts the exact ones", "[cli]") {
  const Folder folder;
  REQUIRE(folder.run("demo --m 8 --n 8 --k 64 --format int8,bf16 --waves w.fst") == 0);
  CHECK(folder.read("stdout").find("2 of 2 bit-exact") != std::string::npos);
  CHECK(folder.has("w_int8.fst"));
  CHECK(folder.has("w_bf16.fst"));
}

const char* const kProgram = R"(
load    space=A rows=1 row_bytes=32 addr=0x1000
load    space=B rows=1 row_bytes=32 addr=0x1020 post=s0
config  fmt_a=INT8 fmt_b=INT8 out=INT32 wait=s0
matmul  mt=1 nt=1 k=1 out_pitch=1 post=s1
store   rows=1 row_bytes=4 addr=0x1040 src_pitch=1 wait=s1
halt
)";

TEST_CASE("asm, disasm and run agree on a program", "[cli]") {
  const Folder folder;
  folder.write("p.tsr", kProgram);
  folder.write("m", std::string(32, 2) + std::string(32, 3));
  REQUIRE(folder.run("asm p.tsr -o p.bin") == 0);
  CHECK(folder.read("p.bin").size() == 6 * 32);
  REQUIRE(folder.run("disasm p.bin") == 0);
  folder.write("again.tsr", folder.read("stdout"));
  REQUIRE(folder.run("asm again.tsr -o again.bin") == 0);
  CHECK(folder.read("again.bin") == folder.read("p.bin"));
  for (const char* backend : {"rtl", "model"}) {
    for (const char* program : {"p.tsr", "p.bin"}) {
      REQUIRE(folder.run(std::string("run ") + program + " --mem m@0x1000 --dump 0x1040:4:d --backend " +
                         backend) == 0);
      CHECK(folder.read("d") == std::string({static_cast<char>(192), 0, 0, 0}));
    }
  }
}

TEST_CASE("run tells how a program was stopped and exits 1", "[cli]") {
  const Folder folder;
  folder.write("p.tsr", "sync\nendloop\n");
  for (const char* backend : {"rtl", "model"}) {
    CHECK(folder.run(std::string("run p.tsr --backend ") + backend) == 1);
    CHECK(folder.read("stdout").find("error LOOP_STACK at instruction 1") != std::string::npos);
  }
}

TEST_CASE("asm names file, line and column of a mistake and writes nothing", "[cli]") {
  const Folder folder;
  folder.write("p.tsr", "halt\nlode space=A\n");
  CHECK(folder.run("asm p.tsr -o p.bin") == 2);
  CHECK(folder.read("stderr").find("p.tsr:2:1") != std::string::npos);
  CHECK_FALSE(folder.has("p.bin"));
}

TEST_CASE("run refuses files and dumps that do not fit the memory", "[cli]") {
  const Folder folder;
  folder.write("p.tsr", "halt\n");
  CHECK(folder.run("run p.tsr --size 4096 --dump 0:4097:d") == 2);
  CHECK(folder.run("run p.tsr --size 4096 --mem p.tsr@4095") == 2);
  CHECK(folder.run("run p.tsr --mem p.tsr") == 2);
  CHECK(folder.run("run p.tsr --dump 0:4") == 2);
  CHECK_FALSE(folder.has("d"));
}

TEST_CASE("info tells formats and grids", "[cli]") {
  const Folder folder;
  CHECK(folder.run("info") == 0);
  CHECK(folder.read("stdout").find("8x8_hbm: accumulator 128 bit") != std::string::npos);
}

}  // namespace
