// SPDX-License-Identifier: Apache-2.0

#include "hbm/pins_pack.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tessera::tb::hbm {
namespace {

static_assert(std::endian::native == std::endian::little, "words are read as bytes, lowest first");
static_assert(kPinsOutWords == 55 && kPinsInWords == 21);

constexpr unsigned kBeats = kCksPerCycle * kBeatsPerCk;
constexpr unsigned kDelayTopBits = out_lsb::kW % 32;  // Of the last word that holds delay codes
constexpr unsigned kPortBits = out_lsb::kDlyRd;

// Up to 57 bits, all of whose eight bytes lie inside the words.
std::uint64_t load(const std::uint32_t* words, unsigned lsb, unsigned width) {
  std::uint64_t value;
  std::memcpy(&value, reinterpret_cast<const char*>(words) + lsb / 8, sizeof value);
  return value >> lsb % 8 & ((std::uint64_t{1} << width) - 1);
}

void store(std::uint32_t* words, unsigned lsb, unsigned width, std::uint64_t value) {
  char* place = reinterpret_cast<char*>(words) + lsb / 8;
  std::uint64_t old;
  std::memcpy(&old, place, sizeof old);
  const std::uint64_t mask = ((std::uint64_t{1} << width) - 1) << lsb % 8;
  old = (old & ~mask) | (value << lsb % 8 & mask);
  std::memcpy(place, &old, sizeof old);
}

// The last lane of pins_in_t ends in the last word, too near its end for store().
void store_top(std::uint32_t* words, unsigned lsb, unsigned width, std::uint64_t value) {
  for (unsigned done = 0; done < width;) {
    const unsigned bit = lsb + done;
    const unsigned take = std::min(32 - bit % 32, width - done);
    const std::uint32_t mask = (take == 32 ? ~0u : (1u << take) - 1) << bit % 32;
    words[bit / 32] =
        (words[bit / 32] & ~mask) | (static_cast<std::uint32_t>(value >> done) << bit % 32 & mask);
    done += take;
  }
}

bool clear(const LanePins& lanes) {
  std::uint64_t any = lanes.strobe;
  for (const auto& ck : lanes.lane) {
    for (const std::uint64_t word : ck) any |= word;
  }
  return any == 0;
}

}  // namespace

const PinsOut& PinsUnpacker::operator()(const std::uint32_t* words) {
  using namespace out_lsb;
  pins_.reset_n = words[kResetN / 32] >> kResetN % 32 & 1;
  const std::uint64_t r = load(words, kR, 40);
  const std::uint64_t c = load(words, kC, 32);
  for (unsigned ck = 0; ck < kCksPerCycle; ++ck) {
    for (unsigned edge = 0; edge < 2; ++edge) {
      const unsigned slot = 2 * ck + edge;
      pins_.r[ck][edge] = static_cast<std::uint16_t>(r >> 10 * slot & 0x3FF);
      pins_.c[ck][edge] = static_cast<std::uint8_t>(c >> 8 * slot);
    }
  }
  pins_.apar = static_cast<std::uint8_t>(load(words, kApar, kCksPerCycle));
  const std::uint32_t port = words[0];
  pins_.port = {.wrst_n = (port >> 6 & 1) != 0,
                .wrck = (port >> 5 & 1) != 0,
                .selectwir = (port >> 4 & 1) != 0,
                .shiftwr = (port >> 3 & 1) != 0,
                .capturewr = (port >> 2 & 1) != 0,
                .updatewr = (port >> 1 & 1) != 0,
                .wsi = (port & 1) != 0};
  for (unsigned pc = 0; pc < kPcs; ++pc) unpack_lanes(words, pc);
  unpack_delays(words);
  return pins_;
}

void PinsUnpacker::unpack_lanes(const std::uint32_t* words, unsigned pc) {
  const unsigned lsb = out_lsb::kW + pc * kLanesBits;
  LanePins& lanes = pins_.w[pc];
  const auto strobe = static_cast<std::uint8_t>(load(words, lsb + kBeats * kLanes, kCksPerCycle));
  if (strobe == 0 && lanes.strobe == 0) return;
  lanes.strobe = strobe;
  for (unsigned ck = 0; ck < kCksPerCycle; ++ck) {
    const bool toggles = (strobe >> ck & 1) != 0;
    for (unsigned beat = 0; beat < kBeatsPerCk; ++beat) {
      lanes.lane[ck][beat] = toggles ? load(words, lsb + (ck * kBeatsPerCk + beat) * kLanes, kLanes) : 0;
    }
  }
}

void PinsUnpacker::unpack_delays(const std::uint32_t* words) {
  using namespace out_lsb;
  std::array<std::uint32_t, kDelayWords> now;
  std::memcpy(now.data(), words, sizeof now);
  now.front() &= ~((1u << kPortBits) - 1);
  now.back() &= (1u << kDelayTopBits) - 1;
  if (now == delay_words_) return;
  delay_words_ = now;
  const auto code = [&](unsigned lsb, unsigned i) {
    return static_cast<std::uint8_t>(load(words, lsb + kDelayCodeBits * i, kDelayCodeBits));
  };
  pins_.delay.ca = code(kDlyCa, 0);
  for (unsigned pc = 0; pc < kPcs; ++pc) {
    pins_.delay.wdqs[pc] = code(kDlyWdqs, pc);
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      pins_.delay.wr[pc][lane] = code(kDlyWr, pc * kLanes + lane);
      pins_.delay.rd[pc][lane] = code(kDlyRd, pc * kLanes + lane);
    }
  }
}

void PinsPacker::operator()(const PinsIn& pins, std::uint32_t* words) {
  using namespace in_lsb;
  std::uint32_t low = std::uint32_t{pins.wso} << kWso | std::uint32_t{pins.cattrip} << kCattrip |
                      std::uint32_t{pins.temp} << kTemp | std::uint32_t{pins.aerr} << kAerr;
  for (unsigned pc = 0; pc < kPcs; ++pc) low |= std::uint32_t{pins.derr[pc]} << (kDerr + kCksPerCycle * pc);
  const std::uint32_t low_mask = (1u << kR) - 1;
  words[0] = (words[0] & ~low_mask) | low;

  const bool now_clear = clear(pins.r[0]) && clear(pins.r[1]);
  if (now_clear) {
    if (lanes_clear_) return;
    words[0] &= low_mask;
    std::memset(words + 1, 0, (kPinsInWords - 1) * sizeof *words);
    lanes_clear_ = true;
    return;
  }
  lanes_clear_ = false;
  for (unsigned pc = 0; pc < kPcs; ++pc) {
    const unsigned lsb = kR + pc * kLanesBits;
    for (unsigned beat = 0; beat < kBeats; ++beat) {
      const auto put = pc == kPcs - 1 && beat == kBeats - 1 ? store_top : store;
      put(words, lsb + beat * kLanes, kLanes, pins.r[pc].lane[beat / kBeatsPerCk][beat % kBeatsPerCk]);
    }
    store_top(words, lsb + kBeats * kLanes, kCksPerCycle, pins.r[pc].strobe);
  }
}

}  // namespace tessera::tb::hbm
