// SPDX-License-Identifier: Apache-2.0

#include "isa/instruction.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace tessera::isa {

namespace {

bool same_ignoring_case(std::string_view x, std::string_view y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

constexpr std::uint64_t low_mask(unsigned width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

std::string value_text(const spec::Field& field, std::uint64_t value) {
  return field.is_signed ? std::to_string(static_cast<std::int64_t>(value)) : std::to_string(value);
}

}  // namespace

std::uint64_t get_bits(const Grain& grain, unsigned lsb, unsigned width) {
  std::uint64_t value = 0;
  unsigned got = 0;
  while (got < width) {
    const unsigned bit = lsb + got;
    const unsigned take = std::min(8 - bit % 8, width - got);
    const std::uint64_t part = (grain.at(bit / 8) >> (bit % 8)) & low_mask(take);
    value |= part << got;
    got += take;
  }
  return value;
}

void set_bits(Grain& grain, unsigned lsb, unsigned width, std::uint64_t value) {
  unsigned put = 0;
  while (put < width) {
    const unsigned bit = lsb + put;
    const unsigned take = std::min(8 - bit % 8, width - put);
    const unsigned mask = static_cast<unsigned>(low_mask(take)) << (bit % 8);
    const unsigned part = static_cast<unsigned>((value >> put) & low_mask(take)) << (bit % 8);
    std::uint8_t& byte = grain.at(bit / 8);
    byte = static_cast<std::uint8_t>((byte & ~mask) | part);
    put += take;
  }
}

std::uint64_t get_field(const Grain& grain, const spec::Field& field) {
  const std::uint64_t value = get_bits(grain, field.lsb, field.width);
  const bool negative = field.is_signed && ((value >> (field.width - 1)) & 1) != 0;
  return negative ? value | ~low_mask(field.width) : value;
}

bool fits(const spec::Field& field, std::uint64_t value) {
  if (!field.is_signed) return value <= low_mask(field.width);
  const auto number = static_cast<std::int64_t>(value);
  const auto max = static_cast<std::int64_t>(low_mask(field.width - 1));
  return number >= -max - 1 && number <= max;
}

std::string range_text(const spec::Field& field) {
  if (!field.is_signed) return "0 to " + std::to_string(low_mask(field.width));
  const auto max = static_cast<std::int64_t>(low_mask(field.width - 1));
  return std::to_string(-max - 1) + " to " + std::to_string(max);
}

std::uint8_t opcode_of(const Grain& grain) { return grain[0]; }

const spec::InstructionInfo* find_instruction(std::uint8_t opcode) {
  for (const spec::InstructionInfo& instruction : spec::kInstructions) {
    if (static_cast<std::uint8_t>(instruction.opcode) == opcode) return &instruction;
  }
  return nullptr;
}

const spec::InstructionInfo* find_instruction(std::string_view name) {
  for (const spec::InstructionInfo& instruction : spec::kInstructions) {
    if (same_ignoring_case(instruction.name, name)) return &instruction;
  }
  return nullptr;
}

const spec::InstructionInfo& info(spec::Opcode opcode) { return detail::find_info(opcode); }

bool has_reserved_bits(const Grain& grain, const spec::InstructionInfo& instruction) {
  Grain rest = grain;
  for (const spec::Field& field : {kOpcodeField, kWaitField, kPostField})
    set_bits(rest, field.lsb, field.width, 0);
  for (unsigned i = 0; i < instruction.num_fields; ++i) {
    set_bits(rest, instruction.fields[i].lsb, instruction.fields[i].width, 0);
  }
  return rest != Grain{};
}

EnumValues enum_values(std::string_view enum_name) {
  if (enum_name == "format") return {spec::kFormatValues.data(), spec::kFormatValues.size()};
  if (enum_name == "scaling") return {spec::kScalingValues.data(), spec::kScalingValues.size()};
  if (enum_name == "space") return {spec::kSpaceValues.data(), spec::kSpaceValues.size()};
  if (enum_name == "partial") return {spec::kPartialValues.data(), spec::kPartialValues.size()};
  if (enum_name.empty()) return {};
  throw std::logic_error("enum '" + std::string(enum_name) +
                         "' is used by an instruction field: add it to isa::enum_values");
}

std::vector<std::uint8_t> Program::bytes() const {
  std::vector<std::uint8_t> image;
  image.reserve(code.size() * spec::kGrainBytes);
  for (const Grain& grain : code) image.insert(image.end(), grain.begin(), grain.end());
  return image;
}

namespace detail {

void put_field(Grain& grain, const spec::InstructionInfo& instruction, const spec::Field& field,
               std::uint64_t value) {
  if (!fits(field, value)) {
    throw std::invalid_argument(std::string(instruction.name) + "." + std::string(field.name) + " is " +
                                value_text(field, value) + ", but the field holds " + range_text(field));
  }
  set_bits(grain, field.lsb, field.width, value);
}

void require_opcode(const Grain& grain, const spec::InstructionInfo& instruction) {
  if (opcode_of(grain) == static_cast<std::uint8_t>(instruction.opcode)) return;
  const spec::InstructionInfo* found = find_instruction(opcode_of(grain));
  throw std::invalid_argument(
      "cannot decode " + (found ? std::string(found->name) : "opcode " + std::to_string(opcode_of(grain))) +
      " as " + std::string(instruction.name) + ": look at opcode_of() first");
}

}  // namespace detail

}  // namespace tessera::isa
