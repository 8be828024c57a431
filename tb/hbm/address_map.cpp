// SPDX-License-Identifier: Apache-2.0

#include "hbm/address_map.hpp"

#include <bit>
#include <stdexcept>
#include <string>
#include <vector>

namespace tessera::tb::hbm {
namespace {

// First bits of the fields of {sid, bg, ba, row, col}.
constexpr unsigned kCol = 0;
constexpr unsigned kRow = 5;
constexpr unsigned kBa = 20;
constexpr unsigned kBg = 22;
constexpr unsigned kSid = 24;
constexpr unsigned kColBits = 5;
constexpr unsigned kRowBits = 15;
constexpr unsigned kSidBits = 2;

unsigned log2_of(unsigned value, const char* name) {
  if (!std::has_single_bit(value)) {
    throw std::invalid_argument(std::string("an HBM address map needs a power of two of ") + name + ", not " +
                                std::to_string(value));
  }
  return static_cast<unsigned>(std::countr_zero(value));
}

// `col_low` column bits below the bank group, the other column bits above it, then ba, sid, row.
AddressMap preset(const Geometry& part, unsigned col_low, bool fold_rows) {
  const unsigned sid_bits = log2_of(part.sids, "stack IDs");
  const unsigned row_bits = log2_of(part.rows, "rows");
  AddressMap::Sel sel{};
  std::uint8_t address_bit = 0;
  const auto take = [&](unsigned first, unsigned count) {
    for (unsigned i = 0; i < count; ++i) sel.at(first + i) = address_bit++;
  };
  take(kCol, col_low);
  take(kBg, 2);
  take(kCol + col_low, kColBits - col_low);
  take(kBa, 2);
  take(kSid, sid_bits);
  take(kRow, row_bits);
  take(kRow + row_bits, kRowBits - row_bits);
  take(kSid + sid_bits, kSidBits - sid_bits);

  AddressMap::Fold fold{};
  const unsigned bank_bits = 4 + sid_bits;
  for (unsigned j = 0; fold_rows && j < row_bits; ++j) {
    fold[j % bank_bits] = static_cast<std::uint16_t>(fold[j % bank_bits] | 1u << j);
  }
  return {sel, fold};
}

}  // namespace

AddressMap::AddressMap(const Sel& sel, const Fold& fold) : sel_{sel}, fold_{fold} {
  std::uint32_t seen = 0;
  for (const std::uint8_t bit : sel) {
    if (bit >= kBits || seen >> bit & 1) {
      throw std::invalid_argument("an HBM address map must use each grain-address bit 0 to 25 once; bit " +
                                  std::to_string(bit) + " is used twice or does not exist");
    }
    seen |= 1u << bit;
  }
  for (const std::uint16_t mask : fold) {
    if (mask >> kRowBits != 0)
      throw std::invalid_argument("an HBM address map may fold row bits 0 to 14 only");
  }
}

AddressMap AddressMap::f128(const Geometry& part) { return preset(part, 2, true); }
AddressMap AddressMap::s128(const Geometry& part) {
  const AddressMap f = f128(part);
  const unsigned sid_bits = log2_of(part.sids, "stack IDs");
  // As f128, but {sid, col[4:2]} instead of {col[4:2], ba, sid}, and folded bank groups first.
  Sel sel = f.sel();
  constexpr std::uint8_t kAbove = 4;  // col[1:0], bg
  std::uint8_t next = kAbove;
  for (unsigned i = 0; i < sid_bits; ++i) sel[kSid + i] = next++;
  for (unsigned i = 2; i < kColBits; ++i) sel[kCol + i] = next++;
  for (unsigned i = 0; i < 2; ++i) sel[kBa + i] = next++;
  Fold fold{};
  std::vector<unsigned> targets;
  for (const unsigned bit : {2u, 3u, 0u, 4u, 1u, 5u}) {
    if (bit < 4 + sid_bits) targets.push_back(bit);
  }
  for (unsigned j = 0; part.rows >> j > 1; ++j) {
    std::uint16_t& mask = fold[targets[j % targets.size()]];
    mask = static_cast<std::uint16_t>(mask | 1u << j);
  }
  return {sel, fold};
}
AddressMap AddressMap::f64(const Geometry& part) { return preset(part, 1, true); }
AddressMap AddressMap::f256(const Geometry& part) { return preset(part, 3, true); }
AddressMap AddressMap::roba(const Geometry& part) { return preset(part, kColBits, false); }
AddressMap AddressMap::bgi64(const Geometry& part) { return preset(part, 1, false); }

AddressMap AddressMap::named(std::string_view name, const Geometry& part) {
  if (name == "s128") return s128(part);
  if (name == "f128") return f128(part);
  if (name == "f64") return f64(part);
  if (name == "f256") return f256(part);
  if (name == "roba") return roba(part);
  if (name == "bgi64") return bgi64(part);
  throw std::invalid_argument("no HBM address map is called '" + std::string(name) +
                              "'; choose s128, f128, f64, f256, roba or bgi64");
}

unsigned AddressMap::folded(unsigned row) const {
  unsigned bank = 0;
  for (unsigned i = 0; i < kBankBits; ++i) bank |= (std::popcount(row & fold_[i]) & 1u) << i;
  return bank;
}

DramAddress AddressMap::map(std::uint64_t grain) const {
  unsigned device = 0;
  for (unsigned i = 0; i < kBits; ++i) device |= (grain >> sel_[i] & 1u) << i;
  const unsigned row = device >> kRow & 0x7FFF;
  const unsigned bank = (device >> kBa & 0x3F) ^ folded(row);
  return {.sid = bank >> 4, .bg = bank >> 2 & 3, .ba = bank & 3, .row = row, .col = device & 0x1F};
}

std::uint64_t AddressMap::unmap(const DramAddress& a) const {
  const unsigned device = (a.bank() ^ folded(a.row)) << kBa | a.row << kRow | a.col;
  std::uint64_t grain = 0;
  for (unsigned i = 0; i < kBits; ++i) grain |= std::uint64_t{device >> i & 1u} << sel_[i];
  return grain;
}

}  // namespace tessera::tb::hbm
