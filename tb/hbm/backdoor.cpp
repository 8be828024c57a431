// SPDX-License-Identifier: Apache-2.0

#include "hbm/backdoor.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "hbm/secded.hpp"

namespace tessera::tb::hbm {

void Backdoor::check(std::uint64_t address, std::uint64_t bytes) const {
  const std::uint64_t size = device_.config().geometry.bytes();
  if (address > size || bytes > size - address) {
    throw std::out_of_range("bytes " + std::to_string(address) + " to " + std::to_string(address + bytes) +
                            " are not all within the pseudo-channel's " + std::to_string(size));
  }
}

void Backdoor::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  check(address, bytes.size());
  while (!bytes.empty()) {
    const std::size_t offset = address % kGrainBytes;
    const std::size_t count = std::min<std::size_t>(kGrainBytes - offset, bytes.size());
    const DramAddress place = locate(address);
    Grain grain;
    if (count < kGrainBytes) grain = device_.read_grain(pc_, place);
    std::copy_n(bytes.begin(), count, grain.data.begin() + static_cast<std::ptrdiff_t>(offset));
    grain.meta = secded_encode(grain.data);
    device_.write_grain(pc_, place, grain);
    address += count;
    bytes = bytes.subspan(count);
  }
}

void Backdoor::read(std::uint64_t address, std::span<std::uint8_t> bytes) const {
  check(address, bytes.size());
  while (!bytes.empty()) {
    const std::size_t offset = address % kGrainBytes;
    const std::size_t count = std::min<std::size_t>(kGrainBytes - offset, bytes.size());
    const Grain grain = device_.read_grain(pc_, locate(address));
    std::copy_n(grain.data.begin() + static_cast<std::ptrdiff_t>(offset), count, bytes.begin());
    address += count;
    bytes = bytes.subspan(count);
  }
}

bool Backdoor::consistent(std::uint64_t address) const {
  check(address, 1);
  const Grain grain = device_.read_grain(pc_, locate(address));
  return grain.meta == secded_encode(grain.data);
}

}  // namespace tessera::tb::hbm
