// SPDX-License-Identifier: Apache-2.0
//
// From command-line words to devices, files and formats. Errors: UsageError.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "device/device.hpp"
#include "format/format.hpp"

namespace tessera::cli {

// A device with at least `memory_bytes` of memory.
std::unique_ptr<Device> make_device(const MachineArgs& args, std::uint64_t memory_bytes);
// "8x8", "16x16_w64", "8x8_hbm": the grid's name in the build.
std::string grid_name(const MachineArgs& args);
// `args` with each grid of this build in turn.
std::vector<MachineArgs> built_grids(const MachineArgs& args);
// Throws unless the backend exists and, for RTL, has the grid.
void check_machine(const MachineArgs& args);
// The options that differ from their defaults, as they would be typed.
std::string options_text(const MachineArgs& args);

struct Mode {
  format::Format a = format::Format::kE4m3;
  format::Format b = format::Format::kE4m3;
  format::Scaling scaling = format::Scaling::kPlain;
};
// "int8", "bf16", "e4m3", "e4m3:e5m2", "mxfp8" (E4M3), "mxfp8:e5m2", "mxfp8:e4m3:e5m2".
Mode parse_mode(const std::string& text);

std::vector<std::uint8_t> read_file(const std::string& path);
void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes);
std::uint64_t parse_number(const std::string& text, const std::string& what);

}  // namespace tessera::cli
