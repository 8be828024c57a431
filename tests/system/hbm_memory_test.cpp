// SPDX-License-Identifier: Apache-2.0
//
// Memory of tessera_hbm_slice: from bring-up to the last byte, by the front door, the back door and the
// registers.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "hbm/registers_gen.hpp"
#include "slice_device.hpp"
#include "support/catch.hpp"
#include "support/host_traffic.hpp"

namespace {

using namespace tessera;
using namespace tessera::test;

tb::SliceOptions slice_options(std::uint64_t seed = 1) {
  tb::SliceOptions options;
  options.build = tb::slice_builds().front().name;
  options.seed = options.hbm.seed = seed;
  return options;
}

std::vector<std::uint8_t> random_bytes(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint8_t> bytes(count);
  workload::Random random(seed);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

tb::HostAnswer single(tb::SliceDevice& device, bool write, std::uint64_t address, unsigned beats) {
  tb::HostBurst burst;
  burst.write = write;
  burst.address = {
      .addr = address, .len = static_cast<std::uint8_t>(beats - 1), .size = 5, .burst = tb::kIncr};
  if (write) {
    burst.data.resize(beats);
    for (tb::AxiWriteData& beat : burst.data) beat.strb = ~0U;
  }
  device.window().answers().clear();
  device.window().ask(std::move(burst));
  device.settle_window();
  REQUIRE(device.window().answers().size() == 1);
  return device.window().answers().front();
}

}  // namespace

TEST_CASE("HBM comes up by real training, whatever the device hides", "[hbm]") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    tb::SliceDevice device(slice_options(seed));
    if (std::getenv("TESSERA_PERF_TABLE") != nullptr) {
      std::printf("seed %llu: ready after %llu tile cycles\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(device.bring_up_cycles()));
    }
    REQUIRE(device.kind() == tb::MemoryKind::kHbm);
    REQUIRE(device.bring_up_cycles() > 1000);
    for (unsigned c = 0; c < device.hbm().channels(); ++c) {
      const std::uint32_t state = device.read_channel(c, hbm::kRegState);
      REQUIRE(hbm::kStateState.get(state) == static_cast<std::uint32_t>(hbm::State::kReady));
    }
  }
}

TEST_CASE("front door and back door of HBM agree at every granule and address map", "[hbm]") {
  const unsigned interleave = GENERATE(8u, 9u, 10u, 11u, 12u);
  const char* maps[] = {"f128", "f64", "f256", "roba", "bgi64"};
  tb::SliceOptions options = slice_options(interleave);
  options.interleave_log2 = interleave;
  options.hbm.map = maps[interleave - 8];
  CAPTURE(interleave, options.hbm.map);
  tb::SliceDevice device(options);
  const std::uint64_t capacity = device.hbm().bytes();
  for (const std::uint64_t start :
       {std::uint64_t{0}, std::uint64_t{4085}, std::uint64_t{1} << 24, capacity - 9000}) {
    CAPTURE(start);
    const auto bytes = random_bytes(8997, start + 1);
    std::vector<std::uint8_t> seen(bytes.size());
    device.frontdoor_write(start, bytes);
    device.drain();
    device.read(start, seen);
    REQUIRE(seen == bytes);
    for (std::uint64_t grain = start / 32 * 32; grain < start + bytes.size(); grain += 32) {
      REQUIRE(device.hbm().consistent(grain));
    }
    const auto others = random_bytes(bytes.size(), start + 2);
    device.write(start, others);
    device.frontdoor_read(start, seen);
    REQUIRE(seen == others);
  }
}

TEST_CASE("an address past the last pseudo-channel answers DECERR and is not wrapped", "[hbm]") {
  tb::SliceDevice device(slice_options());
  const std::uint64_t capacity = device.hbm().bytes();
  const auto first = random_bytes(4096, 3);
  device.write(0, first);
  REQUIRE(single(device, false, capacity - 32, 1).ok());
  for (const std::uint64_t past :
       {capacity, capacity + 4096, 2 * capacity, (std::uint64_t{1} << 47), (std::uint64_t{1} << 48) - 4096}) {
    CAPTURE(past);
    REQUIRE(single(device, false, past, 2).resps == std::vector<std::uint8_t>(2, tb::kDecErr));
    REQUIRE(single(device, true, past, 2).resp == tb::kDecErr);
  }
  device.drain();
  std::vector<std::uint8_t> seen(first.size());
  device.read(0, seen);
  REQUIRE(seen == first);
}

TEST_CASE("bursts of every kind read and write exactly their bytes in HBM", "[hbm][random]") {
  struct Weather {
    const char* clocks;
    const char* timing;
    unsigned temperature;
  };
  const Weather weathers[] = {
      {"1:1", "6400", 3}, {"4:5", "5200", 3}, {"5:4", "6400", 6}, {"3:2:async", "random", 2}};
  std::uint64_t seed = 1;
  for (const Weather& weather : weathers) {
    CAPTURE(weather.clocks, weather.timing, weather.temperature);
    tb::SliceOptions options = slice_options(seed);
    options.clocks = tb::ClockRatio::parse(weather.clocks);
    options.hbm.timing = tb::named_timing(weather.timing, seed);
    options.hbm.temperature = weather.temperature;
    options.random_host_timing = seed % 2 == 0;
    options.interleave_log2 = 8 + static_cast<unsigned>(seed % 5);
    tb::SliceDevice device(options);
    HostTraffic host(device, 0x40000, 32768, seed);
    for (unsigned n = 0; n < 8000; ++n) {
      if (host.open() < 12) host.ask();
      device.advance(4);
      host.take();
    }
    host.finish();
    REQUIRE(host.asked() > 100);
    ++seed;
  }
}

TEST_CASE("each channel has its page of registers and no other page answers", "[hbm]") {
  tb::SliceDevice device(slice_options());
  const unsigned channels = device.hbm().channels();
  REQUIRE(device.try_read(0).data == 0x54535241);
  for (unsigned page = 1; page < 16; ++page) {
    CAPTURE(page);
    const tb::LiteResult id = device.try_read(0x1000 * page + hbm::kRegId);
    if (page <= channels) {
      REQUIRE(id.ok());
      REQUIRE(id.data == hbm::kHbmId);
    } else {
      REQUIRE(id.resp == tb::kDecErr);
      REQUIRE(device.try_write(0x1000 * page + hbm::kRegCount, 1).resp == tb::kDecErr);
    }
  }
}

TEST_CASE("a stored bit that has flipped is corrected, two in a grain are an error of that grain alone",
          "[hbm]") {
  tb::SliceDevice device(slice_options());
  const auto bytes = random_bytes(4096, 8);
  device.write(0, bytes);
  const auto flip = [&](std::uint64_t address, unsigned bit) {
    const auto at = device.hbm().place(address);
    device.hbm()
        .device(at.port / 2)
        .flip_stored_bit(at.port % 2, device.hbm().port(at.port).locate(at.address), bit);
  };
  for (unsigned n = 0; n < 20; ++n) flip(64 * n, 13 * n);
  std::vector<std::uint8_t> seen(bytes.size());
  device.frontdoor_read(0, seen);
  REQUIRE(seen == bytes);
  flip(32, 5);
  flip(32, 99);
  const tb::HostAnswer answer = single(device, false, 0, 4);
  REQUIRE(answer.resps == std::vector<std::uint8_t>{tb::kOkay, tb::kSlvErr, tb::kOkay, tb::kOkay});
}

TEST_CASE("a hardware reset brings HBM up again, contents and all", "[hbm]") {
  tb::SliceOptions options = slice_options(4);
  options.clocks = tb::ClockRatio::parse("4:5");
  tb::SliceDevice device(options);
  const auto bytes = random_bytes(3000, 8);
  device.frontdoor_write(100, bytes);
  device.drain();
  device.reset();
  std::vector<std::uint8_t> seen(bytes.size());
  device.frontdoor_read(100, seen);
  REQUIRE(seen == bytes);
}
