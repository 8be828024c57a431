// SPDX-License-Identifier: Apache-2.0

#include "reference/operand.hpp"

#include <stdexcept>
#include <string>

namespace tessera::reference {
namespace {

void require_size(const std::string& what, std::size_t have, std::size_t need) {
  if (have == need) return;
  throw std::invalid_argument(what + " has " + std::to_string(have) +
                              " bytes where its shape and format need " + std::to_string(need) +
                              "; pass the whole matrix without gaps.");
}

}  // namespace

Operand decode_operand(const char* name, format::Format fmt, format::Scaling scaling, std::size_t rows,
                       std::size_t k_total, std::size_t k_begin, std::size_t k_end,
                       const std::vector<std::uint8_t>& bytes, const std::vector<std::uint8_t>& scales) {
  const bool mx = scaling == format::Scaling::kMx;
  const std::size_t blocks_total = (k_total + format::kMxBlock - 1) / format::kMxBlock;
  require_size(name, bytes.size(), rows * k_total * format::byte_width(fmt));
  require_size("The scale array of " + std::string(name), scales.size(), mx ? rows * blocks_total : 0);

  Operand out;
  out.rows = rows;
  out.k = k_end - k_begin;
  out.fmt = fmt;
  out.row_nan.resize(rows);
  out.row_inf.resize(rows);
  out.exact.reserve(rows * out.k);
  out.m.reserve(rows * out.k);
  out.e.reserve(rows * out.k);

  std::vector<format::Exact> table;
  for (std::uint32_t code = 0; code < std::uint32_t{1} << format::bit_width(fmt); ++code) {
    table.push_back(format::decode(fmt, code));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t k = 0; k < out.k; ++k) {
      const format::Exact& x = table[format::load(fmt, bytes, row * k_total + k_begin + k)];
      out.exact.push_back(x);
      out.m.push_back(x.negative ? -static_cast<std::int32_t>(x.m) : static_cast<std::int32_t>(x.m));
      out.e.push_back(x.e);
      if (x.cls == format::Class::kNan) out.row_nan[row] = true;
      if (x.cls == format::Class::kInf) out.row_inf[row].push_back(k);
    }
  }
  if (!mx) return out;

  const std::size_t first_block = k_begin / format::kMxBlock;
  out.blocks = (out.k + format::kMxBlock - 1) / format::kMxBlock;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t block = 0; block < out.blocks; ++block) {
      out.scale.push_back(scales[row * blocks_total + first_block + block]);
      if (out.scale.back() == format::kScaleNan) out.row_nan[row] = true;
    }
  }
  return out;
}

std::vector<std::int64_t> scaled_integers(const Operand& operand) {
  const int unit = format::least_exponent(operand.fmt);
  std::vector<std::int64_t> out;
  out.reserve(operand.m.size());
  for (std::size_t i = 0; i < operand.m.size(); ++i) {
    // Multiplied rather than shifted: the integer may be negative. e is meaningless where m = 0 stands for a
    // special.
    out.push_back(operand.m[i] == 0 ? 0 : operand.m[i] * (std::int64_t{1} << (operand.e[i] - unit)));
  }
  return out;
}

}  // namespace tessera::reference
