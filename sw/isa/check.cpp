// SPDX-License-Identifier: Apache-2.0

#include "isa/check.hpp"

#include <algorithm>
#include <string_view>

namespace tessera::isa {

namespace {

using spec::Error;
using spec::Format;
using spec::Partial;
using spec::Scaling;
using spec::Space;

constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << spec::kAddrBits) - 1;

CheckResult fail(Error error, std::string reason) { return {error, std::move(reason)}; }
CheckResult bad_field(std::string reason) { return fail(Error::kBadField, std::move(reason)); }

std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) { return (value + by - 1) / by; }

bool is_enum_value(std::string_view enum_name, std::uint64_t value) {
  const EnumValues values = enum_values(enum_name);
  return std::any_of(values.begin(), values.end(),
                     [&](const spec::EnumValue& v) { return v.value == value; });
}

// What the instruction tables alone can tell: reserved bits, masks, least values, enum codes.
CheckResult check_fields(const Grain& grain, const spec::InstructionInfo& instruction) {
  const std::string name(instruction.name);
  if (has_reserved_bits(grain, instruction)) return bad_field(name + " has a reserved bit set");
  if (!instruction.masks && (get_field(grain, kWaitField) != 0 || get_field(grain, kPostField) != 0)) {
    return bad_field(name + " can neither wait nor post: both masks must be 0");
  }
  for (unsigned i = 0; i < instruction.num_fields; ++i) {
    const spec::Field& field = instruction.fields[i];
    const std::uint64_t value = get_field(grain, field);
    const std::string what = name + "." + std::string(field.name) + " is " + std::to_string(value);
    if (!field.is_signed && value < field.min) {
      return bad_field(what + ", must be at least " + std::to_string(field.min));
    }
    if (!field.enum_name.empty() && !is_enum_value(field.enum_name, value)) {
      return bad_field(what + ", which is no " + std::string(field.enum_name));
    }
  }
  return {};
}

// [base, end) of a local memory against its depth.
CheckResult check_range(std::string_view what, std::uint64_t end, std::uint64_t depth) {
  if (end <= depth) return {};
  return fail(Error::kBufferRange, std::string(what) + " ends at " + std::to_string(end) +
                                       ", past the depth of " + std::to_string(depth));
}

// rows >= 1 rows of memory against the window.
CheckResult check_memory(std::string_view name, const CheckContext& context, std::uint64_t rows,
                         std::uint64_t row_stride, std::uint64_t row_bytes) {
  // At most 2^48 + 2^16 * 2^32 + 2^20: 64 bits hold it exactly.
  const std::uint64_t start = context.effective_address & kAddressMask;
  const std::uint64_t end = start + (rows - 1) * row_stride + row_bytes;
  // No address past 2^48 exists, whatever the limit says.
  const std::uint64_t limit = std::min(context.memory_limit, kAddressMask + 1);
  if (start >= context.memory_base && end <= limit) return {};
  return fail(Error::kMemRange, std::string(name) + " touches bytes " + std::to_string(start) + " to " +
                                    std::to_string(end - 1) + ", outside the program's memory");
}

CheckResult check_load(const spec::Load& load, const CheckContext& context) {
  const HardwareConfig& hardware = context.hardware;
  if (load.rows + load.fill == 0) return bad_field("LOAD has neither rows nor fill");
  if (load.lane >= hardware.load_lanes) {
    return bad_field("LOAD.lane is " + std::to_string(load.lane) + ", but there are " +
                     std::to_string(hardware.load_lanes) + " LOAD lanes");
  }
  if (load.rows == 0 && (load.addr != 0 || load.row_stride != 0 || load.areg != 0)) {
    return bad_field("LOAD without rows must have addr, row_stride and areg 0");
  }
  if (load.areg == 0 && load.post_inc != 0) return bad_field("LOAD.post_inc needs an address register");

  const std::uint64_t groups = divide_up(load.rows + load.fill, bank_count(hardware, load.space));
  const std::uint64_t end =
      load.dst_base + (groups - 1) * load.dst_stride + divide_up(load.row_bytes, spec::kGrainBytes);
  if (CheckResult r = check_range("LOAD destination", end, bank_depth(hardware, load.space)); !r.ok())
    return r;
  if (load.rows == 0) return {};
  return check_memory("LOAD", context, load.rows, load.row_stride, load.row_bytes);
}

CheckResult check_store(const spec::Store& store, const CheckContext& context) {
  if (store.areg == 0 && store.post_inc != 0) return bad_field("STORE.post_inc needs an address register");
  const std::uint64_t end = store.src_base + std::uint64_t{store.rows - 1U} * store.src_pitch +
                            divide_up(store.row_bytes, spec::kGrainBytes);
  if (CheckResult r = check_range("STORE source", end, context.hardware.out_depth); !r.ok()) return r;
  return check_memory("STORE", context, store.rows, store.row_stride, store.row_bytes);
}

CheckResult check_config(const spec::Config& config, const CheckContext& context) {
  const bool uses_grid = config.scaling == Scaling::kMx || config.fmt_a == Format::kBf16;
  if (config.grid != 0 && !uses_grid) return bad_field("CONFIG.grid must be 0: only BF16 and MX use it");

  const auto bad_format = [](std::string reason) { return fail(Error::kBadFormat, std::move(reason)); };
  for (const Format format : {config.fmt_a, config.fmt_b}) {
    const bool operand = format == Format::kInt8 || format == Format::kBf16 || is_fp8(format);
    if (!operand) return bad_format("CONFIG: an operand format is one for results only");
    if (((context.hardware.formats >> static_cast<unsigned>(format)) & 1) == 0) {
      return bad_format("CONFIG: an operand format is not in this build");
    }
  }
  const bool fp8 = is_fp8(config.fmt_a) && is_fp8(config.fmt_b);
  if (config.fmt_a != config.fmt_b && !fp8) return bad_format("CONFIG: fmt_a and fmt_b do not go together");
  if (config.scaling == Scaling::kMx && !fp8) return bad_format("CONFIG: MX needs FP8 operands");
  if (config.out == Format::kInt32 && (config.fmt_a != Format::kInt8 || config.col_scale != 0)) {
    return bad_format("CONFIG: INT32 results need INT8 operands and no col_scale");
  }
  if (config.no_saturate != 0 && !is_fp8(config.out))
    return bad_format("CONFIG: no_saturate needs an FP8 result");
  return {};
}

// Rules of MATMUL that need no CONFIG.
CheckResult check_matmul_fields(const spec::Matmul& matmul, const HardwareConfig& hardware) {
  const unsigned align = std::max(1U, hardware.cols / 8);
  if (matmul.src == Partial::kNone && matmul.dst == Partial::kNone && matmul.psum_base != 0) {
    return bad_field("MATMUL.psum_base must be 0 without a partial");
  }
  if (matmul.dst != Partial::kNone &&
      (matmul.out_base != 0 || matmul.out_pitch != 0 || matmul.col_base != 0)) {
    return bad_field("MATMUL.out_base, out_pitch and col_base must be 0 unless dst is NONE");
  }
  if (matmul.out_base % align != 0 || matmul.out_pitch % align != 0 || matmul.col_base % align != 0) {
    return bad_field("MATMUL.out_base, out_pitch and col_base must be multiples of " + std::to_string(align));
  }
  return {};
}

// Rules of MATMUL that depend on the CONFIG in force.
CheckResult check_matmul_mode(const spec::Matmul& matmul, const spec::Config& config) {
  const bool fp32_partial = matmul.src == Partial::kFp32 || matmul.dst == Partial::kFp32;
  if (fp32_partial && config.fmt_a == Format::kInt8) return bad_field("MATMUL: INT8 has no FP32 partials");
  if (config.scaling != Scaling::kMx && (matmul.a_scale_base != 0 || matmul.a_scale_stride != 0 ||
                                         matmul.b_scale_base != 0 || matmul.b_scale_stride != 0)) {
    return bad_field("MATMUL scale fields must be 0 without MX");
  }
  if (matmul.col_base != 0 && config.col_scale == 0) {
    return bad_field("MATMUL.col_base must be 0 without col_scale");
  }
  return {};
}

CheckResult check_matmul_ranges(const spec::Matmul& matmul, const spec::Config& config,
                                const HardwareConfig& hardware) {
  const std::uint64_t mt = matmul.mt;
  const std::uint64_t nt = matmul.nt;
  const auto operand_end = [](std::uint64_t base, std::uint64_t tiles, std::uint64_t stride,
                              std::uint64_t grains) { return base + (tiles - 1) * stride + grains; };
  CheckResult r = check_range("MATMUL A operand", operand_end(matmul.a_base, mt, matmul.a_stride, matmul.k),
                              hardware.a_depth);
  if (!r.ok()) return r;
  r = check_range("MATMUL B operand", operand_end(matmul.b_base, nt, matmul.b_stride, matmul.k),
                  hardware.b_depth);
  if (!r.ok()) return r;
  if (config.scaling == Scaling::kMx) {
    const std::uint64_t grains = divide_up(matmul.k, spec::kGrainBytes);
    r = check_range("MATMUL A scales", operand_end(matmul.a_scale_base, mt, matmul.a_scale_stride, grains),
                    hardware.a_scale_depth);
    if (!r.ok()) return r;
    r = check_range("MATMUL B scales", operand_end(matmul.b_scale_base, nt, matmul.b_scale_stride, grains),
                    hardware.b_scale_depth);
    if (!r.ok()) return r;
  }
  if (matmul.src != Partial::kNone || matmul.dst != Partial::kNone) {
    r = check_range("MATMUL partial-sum tiles", matmul.psum_base + mt * nt, hardware.psum_tiles);
    if (!r.ok()) return r;
  }
  if (matmul.dst != Partial::kNone) return {};
  const std::uint64_t row_grains =
      divide_up(nt * hardware.cols * element_bytes(config.out), spec::kGrainBytes);
  r = check_range("MATMUL result", matmul.out_base + (mt * hardware.rows - 1) * matmul.out_pitch + row_grains,
                  hardware.out_depth);
  if (!r.ok()) return r;
  if (config.col_scale != 0) {
    r = check_range("MATMUL column scales", matmul.col_base + divide_up(nt * hardware.cols, 8),
                    hardware.col_depth);
  }
  return r;
}

CheckResult check_matmul(const spec::Matmul& matmul, const CheckContext& context) {
  if (CheckResult r = check_matmul_fields(matmul, context.hardware); !r.ok()) return r;
  if (!context.config) return fail(Error::kNoConfig, "MATMUL before the program's first CONFIG");
  if (CheckResult r = check_matmul_mode(matmul, *context.config); !r.ok()) return r;
  return check_matmul_ranges(matmul, *context.config, context.hardware);
}

}  // namespace

unsigned bank_count(const HardwareConfig& hardware, Space space) {
  switch (space) {
    case Space::kA:
    case Space::kAScale: return hardware.rows;
    case Space::kB:
    case Space::kBScale: return hardware.cols;
    case Space::kCol: break;
  }
  return 1;
}

unsigned bank_depth(const HardwareConfig& hardware, Space space) {
  switch (space) {
    case Space::kA: return hardware.a_depth;
    case Space::kB: return hardware.b_depth;
    case Space::kAScale: return hardware.a_scale_depth;
    case Space::kBScale: return hardware.b_scale_depth;
    case Space::kCol: break;
  }
  return hardware.col_depth;
}

unsigned element_bytes(Format format) {
  switch (format) {
    case Format::kInt8:
    case Format::kE4m3:
    case Format::kE5m2: return 1;
    case Format::kBf16: return 2;
    case Format::kFp32:
    case Format::kInt32: break;
  }
  return 4;
}

bool is_fp8(Format format) { return format == Format::kE4m3 || format == Format::kE5m2; }

int effective_grid(const spec::Config& config) {
  if (config.fmt_a == Format::kInt8) return 0;
  if (is_fp8(config.fmt_a) && config.scaling == Scaling::kPlain) return -32;
  return config.grid;
}

unsigned terms_per_grain(const spec::Config& config) {
  if (config.scaling == Scaling::kMx) return 1;
  return spec::kGrainBytes / element_bytes(config.fmt_a);
}

CheckResult check(const Grain& grain, const CheckContext& context) {
  const spec::InstructionInfo* instruction = find_instruction(opcode_of(grain));
  if (instruction == nullptr) {
    return fail(Error::kBadOpcode, "no instruction has opcode " + std::to_string(opcode_of(grain)));
  }
  if (CheckResult r = check_fields(grain, *instruction); !r.ok()) return r;
  switch (instruction->opcode) {
    case spec::Opcode::kLoad: return check_load(decode<spec::Load>(grain), context);
    case spec::Opcode::kStore: return check_store(decode<spec::Store>(grain), context);
    case spec::Opcode::kConfig: return check_config(decode<spec::Config>(grain), context);
    case spec::Opcode::kMatmul: return check_matmul(decode<spec::Matmul>(grain), context);
    default: return {};
  }
}

}  // namespace tessera::isa
