// SPDX-License-Identifier: Apache-2.0
//
// Random programs that are legal and free of races: whatever the timing, the memory they leave is the same.
//
//   kPhases     Blocks of LOADs, MATMULs and STOREs with a FENCE between dependent ones, some of them in
//   loops. kPipeline   Double-buffered LOAD -> MATMUL -> STORE rounds that nothing but semaphores orders.
//
// Both confine themselves to windows of the local memories, which they fill first: what a memory holds after
// reset is nobody's business.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "device/device.hpp"
#include "isa/check.hpp"
#include "isa/instruction.hpp"
#include "support/two_machines.hpp"
#include "workload/random.hpp"

namespace tessera::test {

// Memory bytes from kData on, in five kinds of chunks.
class RandomData {
 public:
  static constexpr std::uint64_t kChunk = 0x4000;
  enum Kind : unsigned { kAnything, kFp8, kBf16, kScales, kFp32, kKinds };

  static std::vector<std::uint8_t> bytes(workload::Random& random) {
    std::vector<std::uint8_t> all(kKinds * kChunk);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto byte = static_cast<std::uint8_t>(random.next());
      switch (i / kChunk) {
        case kFp8:  // No NaN, or few results would be numbers
          all[i] = random.one_in(2000) ? byte : byte & 0xbf;
          break;
        case kBf16:  // Magnitudes 2^-15 to 2^16 in most places
          all[i] = i % 2 == 0 || random.one_in(1000)
                       ? byte
                       : static_cast<std::uint8_t>((byte & 0x80) | (0x38 + byte % 16));
          break;
        case kScales: all[i] = random.one_in(200) ? byte : static_cast<std::uint8_t>(119 + byte % 16); break;
        case kFp32:
          all[i] = i % 4 != 3 || random.one_in(50)
                       ? byte
                       : static_cast<std::uint8_t>((byte & 0x80) | (0x3c + byte % 6));
          break;
        default: all[i] = byte; break;
      }
    }
    return all;
  }
};

class RandomProgram {
 public:
  enum class Kind { kPhases, kPipeline };

  RandomProgram(const HardwareConfig& hardware, workload::Random& random, Kind kind)
      : hw_{hardware}, random_{random} {
    choose_windows();
    fill_windows();
    if (kind == Kind::kPhases) {
      for (unsigned i = 2 + below(4); i > 0; --i) phase();
    } else {
      pipeline();
    }
    program_.append(spec::Halt{});
  }

  const isa::Program& program() const { return program_; }

 private:
  struct Window {
    unsigned base = 0;
    unsigned size = 0;
  };
  struct Tile {
    spec::Partial kind = spec::Partial::kNone;
    bool is_int = false;
    int grid = 0;
    unsigned terms = 0;
  };
  // A part of the local memories that one MATMUL may read, or write its results to.
  struct Part {
    std::array<Window, 5> space;
    Window out;
  };

  unsigned below(unsigned n) { return random_.below(n); }
  unsigned between(unsigned low, unsigned high) { return low + below(high - low + 1); }
  bool one_in(unsigned n) { return random_.one_in(n); }
  unsigned align() const { return std::max(1U, hw_.cols / 8); }
  static unsigned grains(unsigned bytes) { return (bytes + spec::kGrainBytes - 1) / spec::kGrainBytes; }

  Window window(unsigned depth, unsigned size, unsigned step = 1) {
    size = std::min(size, depth) / step * step;
    return {below((depth - size) / step + 1) * step, size};
  }

  void choose_windows() {
    windows_.space = {window(hw_.a_depth, 24), window(hw_.b_depth, 24), window(hw_.a_scale_depth, 6),
                      window(hw_.b_scale_depth, 6), window(hw_.col_depth, 8 * align(), align())};
    // One MATMUL that fills it: two row tiles, rows of four column-tile pairs.
    out_pitch_ = 4 * align();
    windows_.out = window(hw_.out_depth, 2 * hw_.rows * out_pitch_, align());
    tiles_.resize(hw_.psum_tiles);
  }

  void fill_windows() {
    for (unsigned s = 0; s < windows_.space.size(); ++s) {
      const auto space = static_cast<spec::Space>(s);
      const unsigned banks = isa::bank_count(hw_, space);
      spec::Load load;
      load.space = space;
      load.lane = static_cast<std::uint8_t>(s % hw_.load_lanes);
      load.rows = static_cast<std::uint16_t>(banks);
      load.row_bytes = windows_.space[s].size * spec::kGrainBytes;
      load.row_stride = load.row_bytes;
      load.addr = source(space, spec::Format::kInt8, banks * load.row_bytes);
      load.dst_base = static_cast<std::uint16_t>(windows_.space[s].base);
      program_.append(load);
    }
    program_.append(spec::Fence{});
    spec::Config config;
    config.fmt_a = config.fmt_b = operand_formats().front();
    config.out = spec::Format::kFp32;
    program_.append(config);
    spec::Matmul matmul;
    matmul.mt = 2;
    matmul.nt = static_cast<std::uint16_t>(out_pitch_ * 8 / hw_.cols);
    matmul.k = 1;
    matmul.a_base = static_cast<std::uint16_t>(windows_.space[0].base);
    matmul.b_base = static_cast<std::uint16_t>(windows_.space[1].base);
    matmul.a_stride = matmul.b_stride = 1;
    matmul.out_base = static_cast<std::uint16_t>(windows_.out.base);
    matmul.out_pitch = static_cast<std::uint16_t>(out_pitch_);
    program_.append(matmul).append(spec::Fence{});
  }

  std::vector<spec::Format> operand_formats() const {
    std::vector<spec::Format> formats;
    for (unsigned f = 0; f < 4; ++f) {
      if ((hw_.formats >> f & 1) != 0) formats.push_back(static_cast<spec::Format>(f));
    }
    return formats;
  }

  // Where `span` bytes lie that suit the space and format, at any alignment.
  std::uint64_t source(spec::Space space, spec::Format format, std::uint64_t span) {
    unsigned kind = format == spec::Format::kBf16 ? RandomData::kBf16 : RandomData::kFp8;
    if (space == spec::Space::kAScale || space == spec::Space::kBScale) kind = RandomData::kScales;
    if (space == spec::Space::kCol) kind = RandomData::kFp32;
    const std::uint64_t all = RandomData::kKinds * RandomData::kChunk;
    std::uint64_t begin = kind * RandomData::kChunk, end = begin + RandomData::kChunk;
    if (one_in(10) || span > RandomData::kChunk) {
      begin = 0;
      end = all;
    }
    std::uint64_t at = begin + below(static_cast<unsigned>(end - begin - span + 1));
    if (one_in(3)) at -= at % spec::kGrainBytes;
    return kData + at;
  }

  spec::Config random_config() {
    const auto formats = operand_formats();
    spec::Config config;
    config.fmt_a = config.fmt_b = formats[below(static_cast<unsigned>(formats.size()))];
    if (isa::is_fp8(config.fmt_a)) {
      for (const spec::Format other : {spec::Format::kE4m3, spec::Format::kE5m2}) {
        if ((hw_.formats >> static_cast<unsigned>(other) & 1) != 0 && one_in(2)) config.fmt_b = other;
      }
      if (one_in(2)) config.scaling = spec::Scaling::kMx;
    }
    const bool is_int = config.fmt_a == spec::Format::kInt8;
    if (config.scaling == spec::Scaling::kMx || config.fmt_a == spec::Format::kBf16) {
      const int usual = reference::default_grid(config.fmt_a, config.scaling, static_cast<int>(hw_.acc_bits));
      // Rarely another, or hardly any partial could be continued.
      config.grid = static_cast<std::int16_t>(one_in(4) ? usual + static_cast<int>(below(80)) - 40 : usual);
      if (one_in(20)) config.grid = static_cast<std::int16_t>(static_cast<int>(below(2048)) - 1024);
    }
    constexpr spec::Format kOuts[] = {spec::Format::kFp32, spec::Format::kBf16, spec::Format::kE4m3,
                                      spec::Format::kE5m2, spec::Format::kInt8, spec::Format::kInt32};
    config.out = kOuts[below(is_int ? 6 : 5)];
    config.no_saturate = isa::is_fp8(config.out) && one_in(2);
    config.col_scale = config.out != spec::Format::kInt32 && one_in(2);
    return config;
  }

  // A LOAD into a window; `iterations` times with a register that moves on.
  spec::Load random_load(unsigned space_number, const Window& w, spec::Format format, unsigned iterations) {
    const auto space = static_cast<spec::Space>(space_number);
    const unsigned banks = isa::bank_count(hw_, space);
    spec::Load load;
    load.space = space;
    load.lane = static_cast<std::uint8_t>(lane_of_[space_number]);
    const unsigned row_grains = between(1, std::min(w.size, 12U));
    load.row_bytes = row_grains * spec::kGrainBytes - (one_in(2) ? below(spec::kGrainBytes) : 0);
    const unsigned slack = w.size - row_grains;
    const unsigned groups = slack == 0 ? 1 : between(1, std::min(3U, slack + 1));
    if (groups > 1) load.dst_stride = static_cast<std::uint16_t>(below(slack / (groups - 1) + 1));
    load.dst_base = static_cast<std::uint16_t>(w.base + below(slack - (groups - 1) * load.dst_stride + 1));
    const unsigned rows = one_in(2) ? groups * banks : between((groups - 1) * banks + 1, groups * banks);
    load.fill = static_cast<std::uint8_t>(one_in(3) ? between(1, rows) : 0);
    load.rows = static_cast<std::uint16_t>(rows - load.fill);
    if (load.rows == 0) return load;
    load.row_stride = one_in(8) ? below(load.row_bytes) : load.row_bytes + (one_in(2) ? below(40) : 0);
    const std::uint64_t span = std::uint64_t{load.rows - 1U} * load.row_stride + load.row_bytes;
    move_on(load, iterations, [&](std::uint64_t reach) { return source(space, format, span + reach); });
    return load;
  }

  // Sets address, register and post_inc of a LOAD or STORE that runs `iterations` times; `place` finds room
  // for its span and for `reach` more bytes.
  template <class Access, class Place>
  void move_on(Access& access, unsigned iterations, Place place) {
    if (!one_in(2) && iterations == 1) {
      access.addr = place(0);
      return;
    }
    const unsigned step = below(200);
    const std::uint64_t reach = std::uint64_t{step} * (iterations - 1);
    const bool down = one_in(2);
    const std::uint64_t start = place(reach) + (down ? reach : 0);
    constexpr std::uint64_t kMask = (std::uint64_t{1} << spec::kAddrBits) - 1;
    const std::uint64_t bias = one_in(2) ? random_.next() & kMask : start;
    access.areg = static_cast<std::uint8_t>(1 + next_register_++ % 7);
    access.addr = (start - bias) & kMask;
    access.post_inc = down ? -static_cast<std::int32_t>(step) : static_cast<std::int32_t>(step);
    setup_.append(spec::Setr{.areg = access.areg, .value = bias});
  }

  // A MATMUL within a part. A partial is continued only from tiles that hold what it needs.
  spec::Matmul random_matmul(const spec::Config& config, const Part& part) {
    const auto [a, b, as, bs, col] = part.space;
    spec::Matmul m;
    const bool partial_out = one_in(3);
    const unsigned out_tiles = out_pitch_ * 8 / hw_.cols;  // As many as a row has room for
    m.k = static_cast<std::uint16_t>(one_in(2) ? between(1, std::min(a.size, 4U))
                                               : between(1, std::min(a.size, b.size)));
    m.mt = static_cast<std::uint16_t>(between(1, 2));
    m.nt = static_cast<std::uint16_t>(between(1, partial_out ? 3 : out_tiles));
    const unsigned row = grains(m.nt * hw_.cols * isa::element_bytes(config.out));
    const unsigned least = (row + align() - 1) / align() * align();  // Pitch of rows that do not overlap
    if (!partial_out && (m.mt * hw_.rows - 1) * least + row > part.out.size) m.mt = 1;
    const auto range = [&](const Window& w, unsigned tiles, unsigned size, auto& base, auto& stride) {
      const unsigned slack = w.size - size;
      stride = 0;
      if (tiles > 1) stride = static_cast<std::uint16_t>(below(slack / (tiles - 1) + 1));
      base = static_cast<std::uint16_t>(w.base + below(slack - (tiles - 1) * stride + 1));
    };
    range(a, m.mt, m.k, m.a_base, m.a_stride);
    range(b, m.nt, m.k, m.b_base, m.b_stride);
    if (config.scaling == spec::Scaling::kMx) {
      range(as, m.mt, (m.k + 31U) / 32, m.a_scale_base, m.a_scale_stride);
      range(bs, m.nt, (m.k + 31U) / 32, m.b_scale_base, m.b_scale_stride);
    }
    const bool is_int = config.fmt_a == spec::Format::kInt8;
    const int grid = isa::effective_grid(config);
    const unsigned new_terms = m.k * isa::terms_per_grain(config);

    // Of the places the tiles may be, prefer one that can be continued.
    const unsigned count = static_cast<unsigned>(m.mt) * m.nt;
    const auto continues = [&](unsigned base) {
      const Tile& first = tiles_[base];
      for (unsigned t = base; t < base + count; ++t) {
        const Tile& x = tiles_[t];
        if (x.kind == spec::Partial::kNone || x.kind != first.kind || x.is_int != is_int || x.grid != grid ||
            x.terms + new_terms + 1 > (1U << spec::kCarryBits)) {
          return false;
        }
      }
      return true;
    };
    const unsigned tiles = std::min(8U, hw_.psum_tiles);  // Few, so that they are used again
    const unsigned places = count > tiles ? 0 : tiles - count + 1;
    unsigned tile = places == 0 ? 0 : below(places);
    for (unsigned i = 0; i < places && !continues(tile); ++i) tile = (tile + 1) % places;
    if (places != 0 && continues(tile) && !one_in(4)) m.src = tiles_[tile].kind;
    if (partial_out) m.dst = is_int || one_in(2) ? spec::Partial::kRaw : spec::Partial::kFp32;
    if (m.src != spec::Partial::kNone || m.dst != spec::Partial::kNone)
      m.psum_base = static_cast<std::uint16_t>(tile);
    if (m.dst != spec::Partial::kNone) {
      for (unsigned t = tile; t < tile + count; ++t) {
        const unsigned before =
            m.src == spec::Partial::kNone ? 0 : tiles_[t].terms + (m.src == spec::Partial::kFp32 ? 1 : 0);
        tiles_[t] = {m.dst, is_int, grid, m.dst == spec::Partial::kRaw ? before + new_terms : 0};
      }
      return m;
    }
    const unsigned rows = m.mt * hw_.rows;
    const unsigned most = std::max(least, (part.out.size - least) / (rows - 1) / align() * align());
    const unsigned pitch = least + below((most - least) / align() + 1) * align();
    const unsigned slack = part.out.size - (rows - 1) * pitch - row;
    m.out_pitch = static_cast<std::uint16_t>(pitch);
    m.out_base = static_cast<std::uint16_t>(part.out.base + below(slack / align() + 1) * align());
    if (config.col_scale != 0) {
      const unsigned needed = (m.nt * hw_.cols + 7) / 8;
      m.col_base = static_cast<std::uint16_t>(col.base + below((col.size - needed) / align() + 1) * align());
    }
    return m;
  }

  // A STORE from anywhere in `out` to somewhere in its own slot of memory.
  spec::Store random_store(const Window& out, unsigned slot, unsigned slots, unsigned iterations) {
    spec::Store store;
    const unsigned row_grains = between(1, std::min(out.size, 8U));
    store.row_bytes = row_grains * spec::kGrainBytes - (one_in(2) ? below(spec::kGrainBytes) : 0);
    const unsigned slack = out.size - row_grains;
    store.rows = static_cast<std::uint16_t>(between(1, 10));
    if (store.rows > 1) store.src_pitch = static_cast<std::uint16_t>(below(slack / (store.rows - 1U) + 1));
    store.src_base =
        static_cast<std::uint16_t>(out.base + below(slack - (store.rows - 1U) * store.src_pitch + 1));
    store.row_stride = store.row_bytes + (one_in(2) ? below(100) : 0);
    const std::uint64_t room = (kWindowLimit - kDest) / slots;
    const std::uint64_t span = std::uint64_t{store.rows - 1U} * store.row_stride + store.row_bytes;
    move_on(store, iterations, [&](std::uint64_t reach) {
      return kDest + slot * room + below(static_cast<unsigned>(room - span - reach + 1));
    });
    return store;
  }

  // LOADs, FENCE, MATMULs, FENCE, STOREs, FENCE; two times out of three in one to three loops.
  void phase() {
    std::vector<unsigned> loops;
    if (!one_in(3)) {
      for (unsigned i = between(1, 3); i > 0; --i) loops.push_back(between(1, 2));
    }
    unsigned iterations = 1;
    for (const unsigned count : loops) iterations *= count;
    // What a partial's tile holds when the loop's second round comes is not followed: each round makes its
    // own.
    if (iterations > 1) std::fill(tiles_.begin(), tiles_.end(), Tile{});
    for (unsigned& lane : lane_of_) lane = below(hw_.load_lanes);
    setup_.code.clear();
    next_register_ = 0;
    isa::Program body;
    spec::Config config = random_config();
    for (unsigned i = below(4); i > 0; --i) {
      const unsigned s = below(5);
      body.append(random_load(s, windows_.space[s], config.fmt_a, iterations));
    }
    body.append(spec::Fence{}).append(config);
    for (unsigned i = between(1, 5); i > 0; --i) {
      if (one_in(3)) body.append(config = random_config());
      body.append(random_matmul(config, windows_));
    }
    body.append(spec::Fence{});
    constexpr unsigned kSlots = 3;
    for (unsigned i = below(kSlots + 1); i > 0; --i)
      body.append(random_store(windows_.out, i - 1, kSlots, iterations));
    body.append(spec::Fence{});

    for (const isa::Grain& word : setup_.code) program_.append(word);
    for (const unsigned count : loops) program_.append(spec::Loop{.count = count});
    for (const isa::Grain& word : body.code) program_.append(word);
    for (std::size_t i = 0; i < loops.size(); ++i) program_.append(spec::Endloop{});
  }

  // Rounds of LOADs, MATMULs and a STORE on two halves of the windows. Semaphore s counts full halves of
  // space s, 5 + s free ones, 10 full and 11 free halves of OUT; 15 counts STOREs. Every space keeps to its
  // lane, so the halves take turns.
  void pipeline() {
    constexpr std::uint16_t kFull = 0x1f, kFree = 0x3e0;
    std::array<Part, 2> half;
    for (unsigned h = 0; h < 2; ++h) {
      for (unsigned s = 0; s < 5; ++s) half[h].space[s] = cut(windows_.space[s], h, s == 4 ? align() : 1);
      half[h].out = cut(windows_.out, h, align());
      program_.append(spec::Sync{.post_mask = static_cast<std::uint16_t>(kFree | isa::semaphores(11))});
    }
    for (unsigned& lane : lane_of_) lane = below(hw_.load_lanes);
    unsigned stores = 0;  // Not waited for
    for (unsigned round = between(2, 12); round > 0; --round) {
      const Part& part = half[round % 2];
      const spec::Config config = random_config();
      setup_.code.clear();
      next_register_ = 0;
      isa::Program body;
      for (unsigned s = 0; s < 5; ++s) {
        spec::Load load = random_load(s, part.space[s], config.fmt_a, 1);
        load.wait_mask = isa::semaphores(5 + s);
        load.post_mask = isa::semaphores(s);
        body.append(load);
      }
      body.append(config);
      const unsigned matmuls = between(1, 4);
      for (unsigned i = 0; i < matmuls; ++i) {
        spec::Matmul matmul = random_matmul(config, part);
        if (i == 0) matmul.wait_mask = static_cast<std::uint16_t>(kFull | isa::semaphores(11));
        if (i + 1 == matmuls) matmul.post_mask = static_cast<std::uint16_t>(kFree | isa::semaphores(10));
        body.append(matmul);
      }
      spec::Store store = random_store(part.out, round % 2, 2, 1);
      store.wait_mask = isa::semaphores(10);
      store.post_mask = isa::semaphores(11, 15);
      body.append(store);
      ++stores;
      for (; stores > 0 && one_in(3); --stores) body.append(spec::Sync{.wait_mask = isa::semaphores(15)});
      for (const isa::Grain& word : setup_.code) program_.append(word);
      for (const isa::Grain& word : body.code) program_.append(word);
    }
  }

  static Window cut(const Window& w, unsigned h, unsigned step) {
    const unsigned size = w.size / 2 / step * step;
    return {w.base + h * size, size};
  }

  HardwareConfig hw_;
  workload::Random& random_;
  isa::Program program_;
  isa::Program setup_;  // Register values the instructions being made need
  Part windows_;
  unsigned out_pitch_ = 0;
  std::vector<Tile> tiles_;
  std::array<unsigned, 5> lane_of_{};
  unsigned next_register_ = 0;
};

}  // namespace tessera::test
