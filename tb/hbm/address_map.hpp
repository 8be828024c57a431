// SPDX-License-Identifier: Apache-2.0
//
// The controller's programmable address map (map_t of tessera_hbm_ctl_pkg): grain address of a pseudo-channel
// <-> device address.
//
// Bit i of {sid[1:0], bg[1:0], ba[1:0], row[14:0], col[4:0]} takes bit sel[i] of the grain address; then each
// bit of {sid, bg, ba} is XORed with the parity of the row bits in its fold mask.

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "hbm/command.hpp"

namespace tessera::tb::hbm {

class AddressMap {
 public:
  static constexpr unsigned kBits = 26;
  static constexpr unsigned kBankBits = 6;
  using Sel = std::array<std::uint8_t, kBits>;        // Index 0 is col[0]
  using Fold = std::array<std::uint16_t, kBankBits>;  // Index 0 is ba[0]

  // Throws std::invalid_argument if `sel` is not a permutation or `fold` names row bits above row[14].
  AddressMap(const Sel& sel, const Fold& fold);

  // Presets, for a part of this geometry with a power of two of SIDs. From grain address bit 0 up:
  //   s128   col[1:0] bg sid col[4:2] ba row; row bit j folded into number j mod n of
  //          bg[0] bg[1] ba[0] sid[0] ba[1] sid[1], as far as the part has them: the controller's default
  //   f128   col[1:0] bg col[4:2] ba sid row; row bit j folded into bit j mod n of the n bank bits
  //   f64    col[0]   bg col[4:1] ba sid row; folded likewise
  //   f256   col[2:0] bg col[4:3] ba sid row; folded likewise
  //   roba   col bg ba sid row
  //   bgi64  col[0] bg col[4:1] ba sid row
  // Device bits that the part does not have take the highest address bits, which are 0 inside the part.
  static AddressMap s128(const Geometry& part);
  static AddressMap f128(const Geometry& part);
  static AddressMap f64(const Geometry& part);
  static AddressMap f256(const Geometry& part);
  static AddressMap roba(const Geometry& part);
  static AddressMap bgi64(const Geometry& part);
  // By the names above; throws std::invalid_argument for another.
  static AddressMap named(std::string_view name, const Geometry& part);

  DramAddress map(std::uint64_t grain) const;
  std::uint64_t unmap(const DramAddress& address) const;

  // What goes into the controller's registers.
  const Sel& sel() const { return sel_; }
  const Fold& fold() const { return fold_; }

 private:
  unsigned folded(unsigned row) const;  // XOR onto {sid, bg, ba}

  Sel sel_;
  Fold fold_;
};

}  // namespace tessera::tb::hbm
