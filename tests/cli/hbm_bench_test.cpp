// SPDX-License-Identifier: Apache-2.0
//
// `tessera hbm-bench` as a user meets it.

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

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
  nlohmann::json json;  // Null if none was written
};

Outcome bench(const std::string& arguments) {
  std::string name = (fs::temp_directory_path() / "tessera_hbm_XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  const fs::path folder = name;
  const std::string command =
      "cd " + name + " && " + TESSERA_COMMAND + " hbm-bench --json r.json " + arguments + " >stdout 2>stderr";
  const int status = std::system(command.c_str());
  const auto read = [&](const char* file) {
    std::ifstream stream(folder / file, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(stream), {}};
  };
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : -1, read("stdout"), read("stderr"), nullptr};
  if (fs::exists(folder / "r.json")) outcome.json = nlohmann::json::parse(read("r.json"));
  fs::remove_all(folder);
  return outcome;
}

}  // namespace

TEST_CASE("hbm-bench measures the RTL beside the model and judges it by the floor", "[cli][hbm]") {
  const Outcome run = bench("--workload seq_read,tile_64 --pcs 1 --cycles 10000");
  INFO(run.out << run.err);
  REQUIRE(run.code == 0);
  REQUIRE(run.json["rows"].size() == 2);
  for (const auto& row : run.json["rows"]) {
    CHECK(row["pcs"] == 1);
    CHECK(row["passed"] == true);
    CHECK(row["simulated"] >= row["floor"]);
    CHECK(row["simulated"] <= 100);
    CHECK(row["longest_read"] > 0);
  }
  CHECK(run.out.find("no rule broken") != std::string::npos);
}

TEST_CASE("hbm-bench --model-only needs no RTL and covers every workload with one and two pseudo-channels",
          "[cli][hbm]") {
  const Outcome run = bench("--model-only");
  INFO(run.out << run.err);
  REQUIRE(run.code == 0);
  CHECK(run.json["rows"].size() == 30);
  CHECK_FALSE(run.json["rows"][0].contains("simulated"));
}

TEST_CASE("hbm-bench has no floors for other timings", "[cli][hbm]") {
  const Outcome run = bench("--model-only --timing 5200 --workload random_64 --pcs 2");
  REQUIRE(run.code == 0);
  CHECK_FALSE(run.json["rows"][0].contains("floor"));
  CHECK_FALSE(run.json["rows"][0].contains("anchor"));
}

TEST_CASE("hbm-bench refuses what it does not know in one line", "[cli][hbm]") {
  for (const char* arguments :
       {"--workload seq", "--pcs 3", "--timing 7200", "--temperature 3", "--cycles 10"}) {
    const Outcome run = bench(arguments);
    INFO(arguments << ": " << run.err);
    CHECK(run.code == 2);
    CHECK(run.err.find("tessera: ") == 0);
    CHECK(run.err.find('\n') == run.err.size() - 1);
    CHECK(run.json.is_null());
  }
}
