// SPDX-License-Identifier: Apache-2.0
//
// Instructions as values: between the structs generated from the specification and the 32-byte grains of a
// program.
//
// Only the encoding is handled here; whether an instruction may run is isa/check.hpp.

#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "isa/spec_gen.hpp"

namespace tessera::isa {

// Bit 0 of an instruction is bit 0 of byte 0.
using Grain = std::array<std::uint8_t, spec::kGrainBytes>;

inline constexpr unsigned kGrainBits = 8 * spec::kGrainBytes;

// The fields every instruction begins with.
inline constexpr spec::Field kOpcodeField = {"opcode", 0, 8, false, 0, "", "Opcode"};
inline constexpr spec::Field kWaitField = {
    "wait", 8, 16, false, 0, "", "Semaphores to wait for and decrement"};
inline constexpr spec::Field kPostField = {
    "post", 24, 16, false, 0, "", "Semaphores to increment on completion"};

// `width` bits from bit `lsb`; width at most 64.
std::uint64_t get_bits(const Grain& grain, unsigned lsb, unsigned width);
// Bits of `value` above `width` are ignored.
void set_bits(Grain& grain, unsigned lsb, unsigned width, std::uint64_t value);

// The field's value; sign-extended to 64 bits if the field is signed.
std::uint64_t get_field(const Grain& grain, const spec::Field& field);

// Whether the field can hold `value`, which for a signed field is a two's complement number.
bool fits(const spec::Field& field, std::uint64_t value);
// "0 to 65535", "-1024 to 1023": the values a field can hold, for messages.
std::string range_text(const spec::Field& field);

std::uint8_t opcode_of(const Grain& grain);
// nullptr if no instruction has this opcode.
const spec::InstructionInfo* find_instruction(std::uint8_t opcode);
// As written in assembler source, in either case; nullptr if there is none.
const spec::InstructionInfo* find_instruction(std::string_view name);
const spec::InstructionInfo& info(spec::Opcode opcode);
// True if a bit is set that belongs to no field of the instruction.
bool has_reserved_bits(const Grain& grain, const spec::InstructionInfo& instruction);

// The values of an enum field (Field::enum_name), or an empty span for a number.
struct EnumValues {
  const spec::EnumValue* first = nullptr;
  std::size_t count = 0;
  const spec::EnumValue* begin() const { return first; }
  const spec::EnumValue* end() const { return first + count; }
};
EnumValues enum_values(std::string_view enum_name);

// One of the generated instruction structs.
template <class T>
concept Instruction = requires(T instruction) {
  { T::kOpcode } -> std::convertible_to<spec::Opcode>;
  instruction.wait_mask;
  instruction.post_mask;
};

namespace detail {

constexpr const spec::InstructionInfo& find_info(spec::Opcode opcode) {
  std::size_t i = 0;
  while (spec::kInstructions[i].opcode != opcode) ++i;
  return spec::kInstructions[i];
}

// References to the members after the masks. The generator writes members and field table in the same order.
template <class T>
constexpr auto members(T& x) {
  constexpr unsigned n = find_info(T::kOpcode).num_fields;
  if constexpr (n == 0) {
    return std::tie();
  } else if constexpr (n == 1) {
    auto& [w, p, a] = x;
    return std::tie(a);
  } else if constexpr (n == 2) {
    auto& [w, p, a, b] = x;
    return std::tie(a, b);
  } else if constexpr (n == 7) {
    auto& [w, p, a, b, c, d, e, f, g] = x;
    return std::tie(a, b, c, d, e, f, g);
  } else if constexpr (n == 8) {
    auto& [w, p, a, b, c, d, e, f, g, h] = x;
    return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (n == 11) {
    auto& [w, p, a, b, c, d, e, f, g, h, i, j, k] = x;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  } else {
    static_assert(n == 17, "an instruction has a new number of fields: add its structured binding here");
    auto& [w, p, a, b, c, d, e, f, g, h, i, j, k, l, m, n0, o, q, r] = x;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n0, o, q, r);
  }
}

// Throws std::invalid_argument naming instruction, field, value and range unless the value fits.
void put_field(Grain& grain, const spec::InstructionInfo& instruction, const spec::Field& field,
               std::uint64_t value);
// Throws std::invalid_argument if the grain has another opcode.
void require_opcode(const Grain& grain, const spec::InstructionInfo& instruction);

template <class M>
constexpr std::uint64_t to_bits(M member) {
  if constexpr (std::is_enum_v<M>) {
    return static_cast<std::uint64_t>(member);
  } else if constexpr (std::is_signed_v<M>) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(member));
  } else {
    return member;
  }
}

}  // namespace detail

// Throws std::invalid_argument, naming instruction and field, if a value does not fit its field.
template <Instruction T>
Grain encode(const T& instruction) {
  const spec::InstructionInfo& info = detail::find_info(T::kOpcode);
  Grain grain{};
  set_bits(grain, kOpcodeField.lsb, kOpcodeField.width, static_cast<std::uint64_t>(T::kOpcode));
  set_bits(grain, kWaitField.lsb, kWaitField.width, instruction.wait_mask);
  set_bits(grain, kPostField.lsb, kPostField.width, instruction.post_mask);
  const spec::Field* field = info.fields;
  std::apply(
      [&](const auto&... member) {
        (detail::put_field(grain, info, *field++, detail::to_bits(member)), ...);
      },
      detail::members(instruction));
  return grain;
}

// Reserved bits are ignored and values are taken as they are. Throws std::invalid_argument on another opcode.
template <Instruction T>
T decode(const Grain& grain) {
  const spec::InstructionInfo& info = detail::find_info(T::kOpcode);
  detail::require_opcode(grain, info);
  T instruction;
  instruction.wait_mask = static_cast<std::uint16_t>(get_field(grain, kWaitField));
  instruction.post_mask = static_cast<std::uint16_t>(get_field(grain, kPostField));
  const spec::Field* field = info.fields;
  const auto take = [&](auto& member) {
    member = static_cast<std::remove_reference_t<decltype(member)>>(get_field(grain, *field++));
  };
  std::apply([&](auto&... member) { (take(member), ...); }, detail::members(instruction));
  return instruction;
}

// Semaphores as a mask: semaphores(0, 3) == 0b1001.
template <std::convertible_to<unsigned>... Ns>
constexpr std::uint16_t semaphores(Ns... numbers) {
  return static_cast<std::uint16_t>(((1U << static_cast<unsigned>(numbers)) | ... | 0U));
}

// A program image.
struct Program {
  std::vector<Grain> code;

  template <Instruction T>
  Program& append(const T& instruction) {
    code.push_back(encode(instruction));
    return *this;
  }
  Program& append(const Grain& grain) {
    code.push_back(grain);
    return *this;
  }
  std::size_t size() const { return code.size(); }
  // As it lies in memory.
  std::vector<std::uint8_t> bytes() const;

  bool operator==(const Program&) const = default;
};

}  // namespace tessera::isa
