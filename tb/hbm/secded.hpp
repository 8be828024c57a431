// SPDX-License-Identifier: Apache-2.0
//
// The check bits of a grain, as docs/hbm/protocol.md defines them under SECDED.

#pragma once

#include <array>
#include <cstdint>

#include "hbm/command.hpp"

namespace tessera::tb::hbm {

// Metadata of a grain with these 256 data bits: check bits in 9:0, 0 above.
std::uint16_t secded_encode(const std::array<std::uint8_t, kGrainBytes>& data);

}  // namespace tessera::tb::hbm
