// SPDX-License-Identifier: Apache-2.0
//
// The command line of `tessera`. Exit codes: 0 done and right, 1 a wrong result or a stopped program, 2 a bad
// request.

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace {

using tessera::cli::GemmArgs;
using tessera::cli::MachineArgs;
using tessera::cli::RunArgs;

void add_machine(CLI::App* app, MachineArgs& args) {
  app->add_option("--backend", args.backend, "rtl (Verilated slice) or model (functional)")
      ->capture_default_str();
  app->add_option("--rows", args.rows, "Rows of the PE grid")->capture_default_str();
  app->add_option("--cols", args.cols, "Columns of the PE grid")->capture_default_str();
  app->add_option("--acc-bits", args.acc_bits, "Accumulator width: 64, 96 or 128")->capture_default_str();
  app->add_option("--memory", args.memory,
                  "hbm (HBM3 channels and DRAM) or flat (an AXI4 memory), of the RTL")
      ->capture_default_str();
  app->add_option("--clock-ratio", args.clock_ratio,
                  "HBM: tile clock to DFI clock, such as 4:5; 4:5:async: of two oscillators")
      ->capture_default_str();
  app->add_option("--hbm-timing", args.hbm_timing, "HBM: 6400 or 5200 (Mb/s), or random")
      ->capture_default_str();
  app->add_option("--dram-trace", args.dram_trace,
                  "HBM: write the commands on the pins to this file; with several channels <file>.<channel>");
  app->add_option("--latency", args.latency, "Flat memory: read latency, cycles")->capture_default_str();
  app->add_option("--write-latency", args.write_latency, "Flat memory: write latency, cycles")
      ->capture_default_str();
  app->add_option("--bandwidth", args.bandwidth,
                  "Flat memory: bytes per cycle and port, both ways; 0: no limit")
      ->capture_default_str();
  app->add_option("--stalls", args.stalls, "Flat memory: probability of a random stall on every channel")
      ->capture_default_str();
  app->add_option("--seed", args.seed, "Seed of data, stalls and register start values")
      ->capture_default_str();
  app->add_option("--max-cycles", args.max_cycles, "A longer simulation is an error")->capture_default_str();
  app->add_option("--waves", args.waves, "Write waves to this FST file");
  app->add_option("--wave-from", args.wave_from, "First cycle in the waves");
  app->add_option("--wave-to", args.wave_to, "First cycle not in the waves");
}

void add_gemm(CLI::App* app, GemmArgs& args) {
  app->add_option("--m", args.m, "Rows of A and C")->capture_default_str();
  app->add_option("--n", args.n, "Rows of B, columns of C")->capture_default_str();
  app->add_option("--k", args.k, "Columns of A and B")->capture_default_str();
  app->add_option("--out", args.out, "fp32, bf16, e4m3, e5m2, int8, int32; auto: int32 for int8, else fp32")
      ->capture_default_str();
  app->add_option("--data", args.data,
                  "normal (with outliers, as in language models), uniform (bits) or special")
      ->capture_default_str();
  app->add_option("--grid", args.grid, "L of the accumulator's unit 2^L, for bf16 and mxfp8");
  app->add_option("--partial", args.partial, "When K is split: raw (exact) or fp32 (any K)")
      ->capture_default_str();
  app->add_flag("--col-scale", args.col_scale, "Multiply each column by its FP32 scale");
  app->add_flag("--no-saturate", args.no_saturate, "FP8 results past the largest become NaN or Inf");
  app->add_flag("!--no-check", args.check, "Do not compare with the reference");
  add_machine(app, args.machine);
}

int dispatch(int argc, char** argv) {
  CLI::App app("Tessera: an open matrix-multiply accelerator tile");
  app.require_subcommand(1);

  GemmArgs gemm;
  std::vector<std::string> formats = {"mxfp8", "bf16", "int8"};
  std::vector<std::string> bench_formats = {"int8", "e4m3", "e5m2", "bf16", "mxfp8"};
  const std::string format_help =
      "int8, bf16, e4m3, e5m2, e4m3:e5m2 (A:B), mxfp8, mxfp8:e5m2, mxfp8:e4m3:e5m2";
  CLI::App* gemm_app = app.add_subcommand("gemm", "Run C = A * B^T and check it to the bit");
  add_gemm(gemm_app, gemm);
  gemm_app->add_option("--format", gemm.format, format_help)->capture_default_str();
  gemm_app->add_option("--a", gemm.a_file, "A from this file: M x K elements, K contiguous, little-endian");
  gemm_app->add_option("--b", gemm.b_file, "B from this file: N x K elements");
  gemm_app->add_option("--a-scale", gemm.a_scale_file, "Scales of A: M x ceil(K / 32) E8M0 bytes");
  gemm_app->add_option("--b-scale", gemm.b_scale_file, "Scales of B: N x ceil(K / 32) E8M0 bytes");
  gemm_app->add_option("--col-scale-file", gemm.col_scale_file, "N FP32 column scales; implies --col-scale");
  gemm_app->add_option("--json", gemm.json_file, "Write the report to this file as JSON");
  gemm_app->add_option("--out-file", gemm.out_file, "Write C to this file: M x N elements");

  CLI::App* demo = app.add_subcommand("demo", "One shape in several formats, with reports");
  add_gemm(demo, gemm);
  demo->add_option("--format", formats, format_help)->delimiter(',')->capture_default_str();
  CLI::App* bench = app.add_subcommand("bench", "Simulation speed next to a plain C++ loop");
  add_gemm(bench, gemm);
  bench->add_option("--format", bench_formats, format_help)->delimiter(',')->capture_default_str();

  std::string input, output;
  CLI::App* assembler = app.add_subcommand("asm", "Assemble a program");
  assembler->add_option("input", input, "Assembler source")->required();
  assembler->add_option("-o,--output", output, "Image to write")->required();
  CLI::App* disassembler = app.add_subcommand("disasm", "Print a program image as assembler source");
  disassembler->add_option("input", input, "Program image")->required();

  RunArgs run;
  CLI::App* run_app = app.add_subcommand("run", "Run a program on a memory image");
  run_app->add_option("program", run.program, "Assembler source (.tsr, .s) or program image")->required();
  run_app->add_option("--size", run.memory, "Bytes of memory")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  run_app->add_option("--program-base", run.program_base, "Byte address of the program")
      ->capture_default_str();
  run_app->add_option("--mem", run.load, "FILE@ADDRESS: put a file into memory first");
  run_app->add_option("--dump", run.dump, "ADDRESS:LENGTH:FILE: write memory to a file afterwards");
  add_machine(run_app, run.machine);

  tessera::cli::HbmBenchArgs hbm;
  CLI::App* hbm_app = app.add_subcommand("hbm-bench", "Bandwidth of the HBM3 channel");
  hbm_app->add_option("--workload", hbm.workloads, "seq_read, copy_64, random_64, tile_64, ...; default: all")
      ->delimiter(',');
  hbm_app->add_option("--pcs", hbm.pcs, "Pseudo-channels active: 1 or 2; default: first one, then both");
  hbm_app->add_option("--timing", hbm.timing, "6400, 5200 or random (by seed)")->capture_default_str();
  hbm_app->add_option("--cycles", hbm.cycles, "Measured window, CK")->capture_default_str();
  hbm_app->add_option("--seed", hbm.seed, "Seed of addresses, timings and register start values")
      ->capture_default_str();
  hbm_app->add_option("--temperature", hbm.temperature, "Factor on the refresh interval: 4, 2, 1, 0.5, 0.25")
      ->capture_default_str();
  hbm_app->add_flag("--model-only", hbm.model_only, "The performance model alone, without RTL");
  hbm_app->add_option("--json", hbm.json_file, "Write the results to this file as JSON");
  hbm_app->add_option("--waves", hbm.waves, "Write waves to this FST file");
  CLI::App* info = app.add_subcommand("info", "Print what this build contains");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    throw tessera::cli::UsageError(error.what() + std::string("; see tessera --help"));
  }
  if (*gemm_app) return tessera::cli::gemm(gemm);
  if (*demo) return tessera::cli::demo(gemm, formats);
  if (*bench) return tessera::cli::bench(gemm, bench_formats);
  if (*assembler) return tessera::cli::assemble(input, output);
  if (*disassembler) return tessera::cli::disassemble(input);
  if (*run_app) return tessera::cli::run(run);
  if (*hbm_app) return tessera::cli::hbm_bench(hbm);
  if (*info) return tessera::cli::info();
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const tessera::cli::UsageError& error) {
    std::cerr << "tessera: " << error.what() << "\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "tessera: " << error.what() << "\n";
    return 1;
  }
}
