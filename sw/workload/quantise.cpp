// SPDX-License-Identifier: Apache-2.0

#include "workload/quantise.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tessera::workload {

MxBlock quantise_mx(format::Format format, std::span<const double> values) {
  int emax = 0;
  switch (format) {
    case format::Format::kE4m3: emax = 8; break;
    case format::Format::kE5m2: emax = 15; break;
    default:
      throw std::invalid_argument("MX blocks hold e4m3 or e5m2, not " + std::string(format::name(format)) +
                                  ".");
  }
  double amax = 0;
  bool finite = true;
  for (const double value : values) {
    finite = finite && std::isfinite(value);
    amax = std::max(amax, std::fabs(value));
  }
  if (!finite) return {format::kScaleNan, std::vector<std::uint8_t>(values.size(), 0)};

  MxBlock block{0, {}};
  int exponent = -format::kScaleBias;
  if (amax > 0) {
    std::frexp(amax,
               &exponent);  // amax in [2^(exponent-1), 2^exponent): from the exponent field, no logarithm
    exponent = std::clamp(exponent - 1 - emax, -format::kScaleBias, format::kScaleBias);
    block.scale = static_cast<std::uint8_t>(exponent + format::kScaleBias);
  }
  for (const double value : values) {
    block.elements.push_back(
        static_cast<std::uint8_t>(format::encode_nearest(format, std::ldexp(value, -exponent))));
  }
  return block;
}

std::vector<std::uint8_t> quantise_int8(std::span<const double> values, double amax) {
  std::vector<std::uint8_t> codes;
  codes.reserve(values.size());
  for (const double value : values) {
    const double scaled = amax == 0 ? 0 : value * 127 / amax;
    codes.push_back(static_cast<std::uint8_t>(format::encode_nearest(format::Format::kInt8, scaled)));
  }
  return codes;
}

}  // namespace tessera::workload
