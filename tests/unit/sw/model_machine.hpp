// SPDX-License-Identifier: Apache-2.0
//
// Small hand-built programs for tests of the functional model.

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "isa/assembler.hpp"
#include "isa/instruction.hpp"
#include "model/functional_model.hpp"
#include "reference/gemm.hpp"
#include "workload/workload.hpp"

namespace tessera::test {

inline constexpr std::uint64_t kProgramBase = 0x10000;

// Puts a program in memory and runs it with a window of all memory.
inline RunResult run_program(Device& device, const isa::Program& program) {
  device.write(kProgramBase, program.bytes());
  Launch launch;
  launch.program_base = kProgramBase;
  launch.instructions = static_cast<std::uint32_t>(program.size());
  launch.memory_base = 0;
  launch.memory_limit = device.memory_bytes();
  return device.run(launch);
}

inline RunResult run_source(Device& device, std::string_view source) {
  return run_program(device, isa::assemble(source));
}

struct GemmRun {
  RunResult result;
  std::vector<std::uint8_t> out;
};

// One GEMM with everything loaded at once per chunk of K, instruction by instruction. chunk_ends as in
// GemmSpec; the sums between chunks stay in partial-sum tiles of kind `partial`.
inline GemmRun run_gemm(Device& device, const reference::GemmSpec& gemm, const workload::Operands& operands,
                        const std::vector<std::size_t>& chunk_ends, spec::Partial partial) {
  const HardwareConfig& hw = device.config();
  const auto up = [](std::size_t x, std::size_t by) { return (x + by - 1) / by; };
  const bool mx = gemm.scaling == spec::Scaling::kMx;
  const std::size_t size = format::byte_width(gemm.fmt_a);
  const std::size_t out_size = format::byte_width(gemm.out);
  const std::size_t mt = up(gemm.m, hw.rows);
  const std::size_t nt = up(gemm.n, hw.cols);
  const std::size_t pitch =
      up(up(nt * hw.cols * out_size, 32), std::max(1U, hw.cols / 8)) * std::max(1U, hw.cols / 8);
  const std::size_t scale_bytes = up(gemm.k, 32);

  constexpr std::uint64_t a_at = 0x20000 + 3, b_at = 0x60000 + 30, c_at = 0xa0000 + 13;
  constexpr std::uint64_t sa_at = 0xc0001, sb_at = 0xd0000, col_at = 0xe0004;
  device.write(a_at, operands.a);
  device.write(b_at, operands.b);
  device.write(sa_at, operands.a_scale);
  device.write(sb_at, operands.b_scale);
  device.write(col_at, operands.col_scale);

  isa::Program program;
  spec::Config config;
  config.fmt_a = gemm.fmt_a;
  config.fmt_b = gemm.fmt_b;
  config.scaling = gemm.scaling;
  config.out = gemm.out;
  config.grid = static_cast<std::int16_t>(gemm.grid);
  config.no_saturate = gemm.no_saturate;
  config.col_scale = gemm.col_scale;
  program.append(config);

  const auto load = [&](spec::Space space, std::uint64_t addr, std::size_t rows, std::size_t banks,
                        std::size_t stride, std::size_t bytes) {
    spec::Load l;
    l.space = space;
    l.lane = static_cast<std::uint8_t>(static_cast<unsigned>(space) % hw.load_lanes);
    l.addr = addr;
    l.rows = static_cast<std::uint16_t>(rows);
    l.fill = static_cast<std::uint8_t>(up(rows, banks) * banks - rows);
    l.row_stride = static_cast<std::uint32_t>(stride);
    l.row_bytes = static_cast<std::uint32_t>(bytes);
    l.dst_base = 1;
    l.dst_stride = static_cast<std::uint16_t>(up(bytes, 32));
    program.append(l);
  };
  if (gemm.col_scale) load(spec::Space::kCol, col_at, 1, 1, 0, gemm.n * 4);

  const std::size_t col_base = std::max(1U, hw.cols / 8);
  if (gemm.col_scale && col_base != 1) {  // The parameters again, where a column base may be
    spec::Load l = isa::decode<spec::Load>(program.code.back());
    l.dst_base = static_cast<std::uint16_t>(col_base);
    program.code.back() = isa::encode(l);
  }

  std::size_t begin = 0;
  for (std::size_t chunk = 0; chunk < chunk_ends.size(); ++chunk) {
    const std::size_t count = chunk_ends[chunk] - begin;
    load(spec::Space::kA, a_at + begin * size, gemm.m, hw.rows, gemm.k * size, count * size);
    load(spec::Space::kB, b_at + begin * size, gemm.n, hw.cols, gemm.k * size, count * size);
    const std::size_t grains = up(count * size, 32);
    if (mx) {
      load(spec::Space::kAScale, sa_at + begin / 32, gemm.m, hw.rows, scale_bytes, grains);
      load(spec::Space::kBScale, sb_at + begin / 32, gemm.n, hw.cols, scale_bytes, grains);
    }
    program.append(spec::Fence{});
    const bool first = chunk == 0;
    const bool last = chunk + 1 == chunk_ends.size();
    spec::Matmul m;
    m.src = first ? spec::Partial::kNone : partial;
    m.dst = last ? spec::Partial::kNone : partial;
    m.mt = static_cast<std::uint16_t>(mt);
    m.nt = static_cast<std::uint16_t>(nt);
    m.k = static_cast<std::uint16_t>(grains);
    m.a_base = m.b_base = 1;
    m.a_stride = m.b_stride = m.k;
    if (mx) {
      m.a_scale_base = m.b_scale_base = 1;
      m.a_scale_stride = m.b_scale_stride = static_cast<std::uint16_t>(up(grains, 32));
    }
    if (!first || !last) m.psum_base = 2;
    if (last) {
      m.out_base = static_cast<std::uint16_t>(pitch);
      m.out_pitch = static_cast<std::uint16_t>(pitch);
      if (gemm.col_scale) m.col_base = static_cast<std::uint16_t>(col_base);
    }
    program.append(m).append(spec::Fence{});
    begin = chunk_ends[chunk];
  }
  spec::Store store;
  store.addr = c_at;
  store.rows = static_cast<std::uint16_t>(gemm.m);
  store.row_stride = store.row_bytes = static_cast<std::uint32_t>(gemm.n * out_size);
  store.src_base = store.src_pitch = static_cast<std::uint16_t>(pitch);
  program.append(store).append(spec::Halt{});

  GemmRun run;
  run.result = run_program(device, program);
  run.out.resize(gemm.m * gemm.n * out_size);
  device.read(c_at, run.out);
  return run;
}

}  // namespace tessera::test
