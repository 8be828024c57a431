// SPDX-License-Identifier: Apache-2.0
//
// The subcommands that handle programs: asm, disasm, run, info.

#include <cstdio>
#include <memory>

#include "cli/commands.hpp"
#include "cli/machine.hpp"
#include "isa/assembler.hpp"
#include "slice_model.hpp"

namespace tessera::cli {

namespace {

bool is_source(const std::string& path) { return path.ends_with(".tsr") || path.ends_with(".s"); }

isa::Program read_source(const std::string& path) {
  const std::vector<std::uint8_t> text = read_file(path);
  try {
    return isa::assemble(std::string(text.begin(), text.end()), path);
  } catch (const isa::SourceError& error) {
    throw UsageError(error.what());
  }
}

isa::Program read_image(const std::string& path) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  if (bytes.empty() || bytes.size() % spec::kGrainBytes != 0) {
    throw UsageError(path + ": " + std::to_string(bytes.size()) +
                     " bytes are not a program of 32-byte instructions");
  }
  isa::Program program;
  for (std::size_t at = 0; at < bytes.size(); at += spec::kGrainBytes) {
    isa::Grain grain;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), spec::kGrainBytes, grain.begin());
    program.append(grain);
  }
  return program;
}

struct Dump {
  std::uint64_t address;
  std::uint64_t length;
  std::string file;
};

Dump parse_dump(const std::string& text) {
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string::npos ? first : text.find(':', first + 1);
  if (second == std::string::npos) throw UsageError("--dump: '" + text + "' is not ADDRESS:LENGTH:FILE");
  return {parse_number(text.substr(0, first), "--dump ADDRESS"),
          parse_number(text.substr(first + 1, second - first - 1), "--dump LENGTH"), text.substr(second + 1)};
}

void require_inside(const std::string& what, std::uint64_t address, std::uint64_t length,
                    std::uint64_t memory) {
  if (address > memory || length > memory - address) {
    throw UsageError(what + ": ends past the memory of " + std::to_string(memory) +
                     " bytes; give a larger --size");
  }
}

std::string enum_name(std::span<const spec::EnumValue> values, unsigned value) {
  for (const spec::EnumValue& candidate : values) {
    if (candidate.value == value) return std::string(candidate.name);
  }
  return std::to_string(value);
}

}  // namespace

int assemble(const std::string& input, const std::string& output) {
  const isa::Program program = read_source(input);
  write_file(output, program.bytes());
  std::printf("%s: %zu instructions\n", output.c_str(), program.size());
  return 0;
}

int disassemble(const std::string& input) {
  std::fputs(isa::disassemble(read_image(input)).c_str(), stdout);
  return 0;
}

int run(const RunArgs& args) {
  const isa::Program program = is_source(args.program) ? read_source(args.program) : read_image(args.program);
  const std::unique_ptr<Device> device = make_device(args.machine, args.memory);
  const std::uint64_t memory = device->memory_bytes();
  std::vector<Dump> dumps;
  for (const std::string& text : args.dump) {
    dumps.push_back(parse_dump(text));
    require_inside("--dump " + text, dumps.back().address, dumps.back().length, memory);
  }
  for (const std::string& text : args.load) {
    const std::size_t at = text.rfind('@');
    if (at == std::string::npos) throw UsageError("--mem: '" + text + "' is not FILE@ADDRESS");
    const std::vector<std::uint8_t> bytes = read_file(text.substr(0, at));
    const std::uint64_t address = parse_number(text.substr(at + 1), "--mem ADDRESS");
    require_inside("--mem " + text, address, bytes.size(), memory);
    device->write(address, bytes);
  }
  const std::vector<std::uint8_t> image = program.bytes();
  require_inside("--program-base", args.program_base, image.size(), memory);
  device->write(args.program_base, image);

  Launch launch;
  launch.program_base = args.program_base;
  launch.instructions = static_cast<std::uint32_t>(program.size());
  launch.memory_limit = memory;
  const RunResult result = device->run(launch);
  std::printf("state %s", enum_name(spec::kStateValues, static_cast<unsigned>(result.state)).c_str());
  if (!result.ok()) {
    std::printf(", error %s at instruction %u, found by %s, address 0x%llx",
                enum_name(spec::kErrorValues, static_cast<unsigned>(result.error)).c_str(), result.error_pc,
                enum_name(spec::kEngineValues, static_cast<unsigned>(result.error_engine)).c_str(),
                static_cast<unsigned long long>(result.error_address));
  }
  if (result.counters.cycles != 0)
    std::printf(", %llu cycles", static_cast<unsigned long long>(result.counters.cycles));
  std::printf("\n");
  for (const Dump& dump : dumps) {
    std::vector<std::uint8_t> bytes(dump.length);
    device->read(dump.address, bytes);
    write_file(dump.file, bytes);
  }
  return result.ok() ? 0 : 1;
}

int info() {
  std::printf("operand formats: int8, e4m3, e5m2, bf16; mxfp8 (e4m3, e5m2 with E8M0 block scales)\n");
  std::printf("result formats:  fp32, bf16, e4m3, e5m2, int8; int32 of int8\n");
  std::printf("grids in this build (RTL):");
  for (const tb::SliceBuild& build : tb::slice_builds()) std::printf(" %s", build.name.c_str());
  std::printf("\n");
  std::vector<MachineArgs> grids;
  for (const char* memory : {"hbm", "flat"}) {
    MachineArgs any;
    any.memory = memory;
    for (const MachineArgs& args : built_grids(any)) grids.push_back(args);
  }
  for (const MachineArgs& args : grids) {
    const HardwareConfig c = make_device(args, 4096)->config();
    std::printf(
        "%s: accumulator %u bit; A %u, B %u grains per bank; scales %u, %u; %u partial-sum tiles; OUT %u, "
        "COL %u grains; "
        "%u LOAD lanes; %u memory ports; %u MACs per cycle at 8 bit\n",
        grid_name(args).c_str(), c.acc_bits, c.a_depth, c.b_depth, c.a_scale_depth, c.b_scale_depth,
        c.psum_tiles, c.out_depth, c.col_depth, c.load_lanes, c.ports, c.rows * c.cols * spec::kGrainBytes);
  }
  return 0;
}

}  // namespace tessera::cli
