// SPDX-License-Identifier: Apache-2.0
//
// Instructions by name, legal or not, straight from the field tables of the specification.

#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "isa/spec_gen.hpp"

namespace tessera::test {

using Grain = std::array<std::uint8_t, spec::kGrainBytes>;
using FieldValue = std::pair<std::string_view, std::uint64_t>;

// Bits of `value` above `width` are dropped, so that negative numbers can be given as they are.
inline void set_bits(Grain& grain, unsigned lsb, unsigned width, std::uint64_t value) {
  for (unsigned i = 0; i < width; ++i) {
    const unsigned bit = lsb + i;
    const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
    grain[bit / 8] =
        static_cast<std::uint8_t>((grain[bit / 8] & ~mask) | (((value >> i) & 1) != 0 ? mask : 0));
  }
}

inline std::uint64_t get_bits(const Grain& grain, unsigned lsb, unsigned width) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i) {
    value |= std::uint64_t{(grain[(lsb + i) / 8] >> ((lsb + i) % 8)) & 1U} << i;
  }
  return value;
}

inline const spec::InstructionInfo& instruction_info(std::string_view name) {
  for (const spec::InstructionInfo& info : spec::kInstructions) {
    if (info.name == name) return info;
  }
  throw std::invalid_argument("no instruction is called " + std::string(name) + ": see spec/tessera.toml");
}

inline spec::Field instruction_field(std::string_view instruction, std::string_view field) {
  if (field == "opcode") return {"opcode", 0, 8, false, 0, "", ""};
  if (field == "wait") return {"wait", 8, 16, false, 0, "", ""};
  if (field == "post") return {"post", 24, 16, false, 0, "", ""};
  const spec::InstructionInfo& info = instruction_info(instruction);
  for (unsigned i = 0; i < info.num_fields; ++i) {
    if (info.fields[i].name == field) return info.fields[i];
  }
  throw std::invalid_argument(std::string(instruction) + " has no field " + std::string(field) +
                              ": see spec/tessera.toml");
}

// A copy of `grain`, which is an `instruction`, with other values in some fields.
inline Grain with(Grain grain, std::string_view instruction, std::initializer_list<FieldValue> fields) {
  for (const auto& [name, value] : fields) {
    const spec::Field field = instruction_field(instruction, name);
    set_bits(grain, field.lsb, field.width, value);
  }
  return grain;
}

// Fields not named are 0; "wait" and "post" are fields too.
inline Grain make(std::string_view instruction, std::initializer_list<FieldValue> fields = {}) {
  Grain grain{};
  set_bits(grain, 0, 8, static_cast<std::uint64_t>(instruction_info(instruction).opcode));
  return with(grain, instruction, fields);
}

// Whether no field of the instruction covers the bit.
inline bool is_reserved(std::string_view instruction, unsigned bit) {
  if (bit < 40) return false;
  const spec::InstructionInfo& info = instruction_info(instruction);
  for (unsigned i = 0; i < info.num_fields; ++i) {
    if (bit >= info.fields[i].lsb && bit < info.fields[i].lsb + info.fields[i].width) return false;
  }
  return true;
}

// To and from the eight 32-bit words in which Verilated models keep a grain.
template <class Words>
void put_words(Words& words, const Grain& grain, unsigned first = 0) {
  for (unsigned i = 0; i < 8; ++i) words[first + i] = static_cast<std::uint32_t>(get_bits(grain, 32 * i, 32));
}

template <class Words>
Grain take_words(const Words& words, unsigned first = 0) {
  Grain grain{};
  for (unsigned i = 0; i < 8; ++i) set_bits(grain, 32 * i, 32, words[first + i]);
  return grain;
}

}  // namespace tessera::test
