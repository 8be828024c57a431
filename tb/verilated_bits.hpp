// SPDX-License-Identifier: Apache-2.0
//
// Fields of a Verilated port. A port array [Ports-1:0][Width-1:0] is one packed vector: an integer up to 64
// bits, else an array of 32-bit words.

#pragma once

#include <cstdint>
#include <type_traits>

namespace tessera::tb {

template <class Pin>
std::uint64_t get_bits(const Pin& pin, unsigned lsb, unsigned width) {
  const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  if constexpr (std::is_integral_v<Pin>) {
    return static_cast<std::uint64_t>(pin) >> lsb & mask;
  } else {
    const std::uint32_t* words = pin.data();
    std::uint64_t value = 0;
    for (unsigned done = 0; done < width;) {  // Word by word: at most three
      const unsigned at = lsb + done;
      value |= static_cast<std::uint64_t>(words[at / 32] >> at % 32) << done;
      done += 32 - at % 32;
    }
    return value & mask;
  }
}

template <class Pin>
void put_bits(Pin& pin, unsigned lsb, unsigned width, std::uint64_t value) {
  const std::uint64_t mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  if constexpr (std::is_integral_v<Pin>) {
    pin = static_cast<Pin>((static_cast<std::uint64_t>(pin) & ~(mask << lsb)) | (value & mask) << lsb);
  } else {
    std::uint32_t* words = pin.data();
    for (unsigned done = 0; done < width;) {
      const unsigned at = lsb + done;
      const auto word_mask = static_cast<std::uint32_t>(mask >> done << at % 32);
      words[at / 32] =
          (words[at / 32] & ~word_mask) | (static_cast<std::uint32_t>(value >> done << at % 32) & word_mask);
      done += 32 - at % 32;
    }
  }
}

}  // namespace tessera::tb
