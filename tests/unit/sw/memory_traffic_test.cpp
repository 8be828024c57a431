// SPDX-License-Identifier: Apache-2.0

#include "workload/memory_traffic.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include "support/catch.hpp"

using tessera::workload::make_traffic;
using tessera::workload::MemoryTraffic;
using tessera::workload::TrafficSpec;
using tessera::workload::Transfer;
using Kind = TrafficSpec::Kind;

namespace {

TrafficSpec spec_of(Kind kind, std::uint32_t chunk, double writes = 0) {
  TrafficSpec spec;
  spec.kind = kind;
  spec.chunk = chunk;
  spec.write_share = writes;
  return spec;
}

std::vector<Transfer> take(MemoryTraffic& traffic, unsigned count) {
  std::vector<Transfer> transfers;
  for (unsigned i = 0; i < count; ++i) transfers.push_back(traffic.next());
  return transfers;
}

std::vector<Transfer> take(const TrafficSpec& spec, unsigned count, std::uint64_t seed = 1) {
  return take(*make_traffic(spec, seed), count);
}

}  // namespace

TEST_CASE("a stream's chunks follow each other and wrap at the footprint", "[traffic]") {
  TrafficSpec spec = spec_of(Kind::kStream, 64);
  spec.footprint = 256;
  REQUIRE(take(spec, 5) ==
          std::vector<Transfer>{
              {false, 0, 64}, {false, 64, 64}, {false, 128, 64}, {false, 192, 64}, {false, 0, 64}});
}

TEST_CASE("a copy reads two streams and writes a third, chunk by chunk, from quarters of the memory",
          "[traffic]") {
  TrafficSpec spec = spec_of(Kind::kCopy, 256);
  spec.footprint = 1 << 20;
  REQUIRE(
      take(spec, 4) ==
      std::vector<Transfer>{{false, 0, 256}, {false, 1 << 18, 256}, {true, 1 << 19, 256}, {false, 256, 256}});
}

TEST_CASE("a tile walks its rows, then along them, then to the next tile", "[traffic]") {
  TrafficSpec spec = spec_of(Kind::kTile, 64);
  spec.rows = 2;
  spec.pitch = 128;
  spec.footprint = 1 << 12;
  std::vector<std::uint64_t> addresses;
  for (const Transfer& t : take(spec, 6)) addresses.push_back(t.address);
  REQUIRE(addresses == std::vector<std::uint64_t>{0, 128, 64, 192, 256, 384});
  for (const Transfer& t : take(spec, 1000)) REQUIRE(t.address + t.bytes <= spec.footprint);
}

TEST_CASE("random chunks are aligned, inside, and spread", "[traffic]") {
  TrafficSpec spec = spec_of(Kind::kRandom, 128);
  std::set<std::uint64_t> quarters;
  for (const Transfer& t : take(spec, 200)) {
    REQUIRE(t.address % 128 == 0);
    REQUIRE(t.address + t.bytes <= spec.footprint);
    quarters.insert(t.address / (spec.footprint / 4));
  }
  REQUIRE(quarters.size() == 4);
}

TEST_CASE("the share of writes is what was asked for and does not move the addresses", "[traffic]") {
  const auto reads = take(spec_of(Kind::kRandom, 64), 6000);
  const auto mixed = take(spec_of(Kind::kRandom, 64, 1.0 / 3), 6000);
  unsigned writes = 0;
  for (unsigned i = 0; i < reads.size(); ++i) {
    REQUIRE_FALSE(reads[i].write);
    REQUIRE(reads[i].address == mixed[i].address);
    writes += mixed[i].write;
  }
  REQUIRE(writes > 1880);
  REQUIRE(writes < 2120);
  for (const Transfer& t : take(spec_of(Kind::kStream, 32, 1), 100)) REQUIRE(t.write);
}

TEST_CASE("a seed gives its own sequence, the same every time", "[traffic]") {
  const TrafficSpec spec = spec_of(Kind::kRandom, 32, 0.5);
  REQUIRE(take(spec, 50, 7) == take(spec, 50, 7));
  REQUIRE(take(spec, 50, 7) != take(spec, 50, 8));
}

TEST_CASE("traffic that makes no sense is refused by name", "[traffic]") {
  const auto message = [](const TrafficSpec& spec) -> std::string {
    try {
      make_traffic(spec, 1);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "taken";
  };
  TrafficSpec spec;
  spec.chunk = 48;
  CHECK(message(spec).find("chunk") != std::string::npos);
  spec = {};
  spec.write_share = 1.5;
  CHECK(message(spec).find("write_share") != std::string::npos);
  spec = {};
  spec.footprint = 1000;
  CHECK(message(spec).find("footprint") != std::string::npos);
  spec = spec_of(Kind::kTile, 4096);
  CHECK(message(spec).find("pitch") != std::string::npos);
  spec = spec_of(Kind::kTile, 64);
  spec.rows = 0;
  CHECK(message(spec).find("rows") != std::string::npos);
}
