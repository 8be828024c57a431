// SPDX-License-Identifier: Apache-2.0

#include "compiler/blocking.hpp"

#include <limits>
#include <stdexcept>
#include <string>

namespace tessera::compiler {

namespace {

constexpr unsigned kTargetRowTiles =
    4;  // Of a MATMUL: long enough to hide an instruction, short enough to overlap
constexpr unsigned kTargetColTiles = 8;
constexpr unsigned kMaxSlots = 64;               // Keeps the posts that can be outstanding far below SEM_MAX
constexpr unsigned kGranuleGrains = 8;           // Of a port's turn, at the reset value of INTERLEAVE
constexpr std::uint64_t kMaxK = (1U << 14) - 1;  // Field k of MATMUL
constexpr std::uint64_t kMaxTiles = (1U << 12) - 1;

struct Candidate {
  Blocking blocking;
  double cycles = std::numeric_limits<double>::infinity();
};

class Chooser {
 public:
  Chooser(const GemmProblem& problem, const HardwareConfig& config, const GemmOptions& options)
      : problem_{problem}, config_{config}, options_{options}, g_{problem, config} {}

  Blocking choose() {
    const std::uint64_t terms = g_.k_grains * g_.terms_per_grain;
    const std::uint64_t limit = std::uint64_t{1} << spec::kCarryBits;
    const bool fp32 = options_.partial == spec::Partial::kFp32;
    if (terms > limit && !fp32) {
      throw std::invalid_argument(
          "K = " + std::to_string(problem_.k) + " sums " + std::to_string(terms) +
          " terms and an exact sum takes " + std::to_string(limit) +
          (problem_.fmt_a == spec::Format::kInt8
               ? ": split K over several GEMMs and add their INT32 results"
               : ": set GemmOptions::partial to FP32 (--partial fp32) to round between chunks of K"));
    }
    // An FP32 partial that is continued counts as one term itself.
    const std::uint64_t chunk_limit = std::min(kMaxK, fp32 ? (limit - 1) / g_.terms_per_grain : g_.k_grains);
    if (options_.k_grains) {
      const std::uint64_t kc = std::min<std::uint64_t>(*options_.k_grains, g_.k_grains);
      if (kc == 0 || kc > kMaxK || (kc > chunk_limit && kc < g_.k_grains)) {
        throw std::invalid_argument("k_grains = " + std::to_string(*options_.k_grains) +
                                    " is not possible: choose 1 to " + std::to_string(chunk_limit));
      }
      consider(kc);
    } else {
      // K in one piece needs no partial sums; it may use all of the limit since nothing is continued.
      if (terms <= limit) consider(g_.k_grains);
      for (std::uint64_t kc = 8; kc < g_.k_grains; kc *= 2) {
        if (kc > chunk_limit) break;
        const std::uint64_t even = ceil_div(g_.k_grains, ceil_div(g_.k_grains, kc));
        // Chunks that begin on a memory granule (or, with MX, on a grain of scales) need no extra beats.
        consider(std::min(kc, round_up(even, g_.mx && kc >= 32 ? 32 : 8)));
      }
      if (best_.cycles == std::numeric_limits<double>::infinity()) {
        for (std::uint64_t kc : {4U, 2U, 1U}) {
          if (kc < g_.k_grains) consider(kc);
        }
      }
    }
    if (best_.cycles == std::numeric_limits<double>::infinity()) {
      throw std::invalid_argument(
          "no blocking of the GEMM fits the buffers of this slice: leave row_tiles, col_tiles and k_grains "
          "open, or "
          "build it with deeper buffers");
    }
    return best_.blocking;
  }

 private:
  std::uint64_t tiles(std::uint64_t kc, std::uint64_t depth, std::uint64_t scale_depth) const {
    std::uint64_t fit = depth / kc;
    if (g_.mx) fit = std::min(fit, scale_depth / g_.scale_grains(kc));
    return fit;
  }

  void consider(std::uint64_t kc) {
    if (kc > kMaxK) return;
    Blocking b;
    b.k_grains = static_cast<unsigned>(kc);
    b.k_chunks = static_cast<unsigned>(ceil_div(g_.k_grains, kc));
    const bool split = b.k_chunks > 1;
    const std::uint64_t a_tiles = tiles(kc, config_.a_depth, config_.a_scale_depth);
    const std::uint64_t b_tiles = tiles(kc, config_.b_depth, config_.b_scale_depth);
    if (a_tiles == 0 || b_tiles == 0) return;
    std::uint64_t mt =
        options_.row_tiles ? *options_.row_tiles : std::min<std::uint64_t>(kTargetRowTiles, g_.m_tiles);
    std::uint64_t nt =
        options_.col_tiles ? *options_.col_tiles : std::min<std::uint64_t>(kTargetColTiles, g_.n_tiles);
    if (mt == 0 || nt == 0) return;
    mt = std::min({mt, g_.m_tiles, kMaxTiles});
    nt = std::min({nt, g_.n_tiles, kMaxTiles});
    const auto a_blocks = [&] { return ceil_div(g_.m_tiles, mt) * b.k_chunks; };
    const auto b_blocks = [&] { return ceil_div(g_.n_tiles, nt) * b.k_chunks; };
    const auto col_slots = [&]() -> std::uint64_t {
      return problem_.col_scale ? config_.col_depth / g_.col_grains(nt) : kMaxSlots;
    };
    const auto shrink = [](std::uint64_t& x, bool free) {
      if (!free || x == 1) return false;
      x = (x + 1) / 2;
      return true;
    };
    const bool mt_free = !options_.row_tiles;
    const bool nt_free = !options_.col_tiles;
    while (a_tiles / mt < std::min<std::uint64_t>(4, a_blocks()) && shrink(mt, mt_free)) {
    }
    while (std::min(b_tiles / nt, col_slots()) < std::min<std::uint64_t>(4, b_blocks()) &&
           shrink(nt, nt_free)) {
    }
    // Four regions of OUT let results leave while the next ones come; long rows make long write bursts.
    while (4 * g_.out_grains(mt, nt) > config_.out_depth && (shrink(mt, mt_free) || shrink(nt, nt_free))) {
    }
    if (split) {
      while (mt * nt > config_.psum_tiles && (shrink(mt, mt_free) || shrink(nt, nt_free))) {
      }
      if (mt * nt > config_.psum_tiles) return;
    }
    b.row_tiles = static_cast<unsigned>(mt);
    b.col_tiles = static_cast<unsigned>(nt);
    b.a_slots = static_cast<unsigned>(std::min<std::uint64_t>({a_tiles / mt, kMaxSlots, a_blocks()}));
    b.b_slots =
        static_cast<unsigned>(std::min<std::uint64_t>({b_tiles / nt, col_slots(), kMaxSlots, b_blocks()}));
    if (b.a_slots == 0 || b.b_slots == 0 || g_.out_grains(mt, nt) > config_.out_depth) return;
    if (split) {
      consider_groups(b);
    } else {
      for (const bool a_resident : {true, false}) {
        b.a_resident = a_resident;
        consider_cost(b, unsplit_loads(b));
      }
    }
  }

  // Grains loaded when a panel of one operand stays and the other streams past it, back and forth.
  double unsplit_loads(const Blocking& b) const {
    const double a = static_cast<double>(problem_.m) * static_cast<double>(g_.k_grains);
    const double n = static_cast<double>(problem_.n) * static_cast<double>(g_.k_grains);
    const auto blocks_a = static_cast<double>(ceil_div(g_.m_tiles, b.row_tiles));
    const auto blocks_b = static_cast<double>(ceil_div(g_.n_tiles, b.col_tiles));
    const auto stream = [](double bytes, double blocks, double slots, double panels) {
      return bytes * (1 + (panels - 1) * std::max(0.0, 1 - slots / blocks));
    };
    return b.a_resident
               ? a + stream(n, blocks_b, b.b_slots,
                            static_cast<double>(ceil_div(static_cast<std::uint64_t>(blocks_a), b.a_slots)))
               : n + stream(a, blocks_a, b.a_slots,
                            static_cast<double>(ceil_div(static_cast<std::uint64_t>(blocks_b), b.b_slots)));
  }

  void consider_groups(Blocking b) {
    const std::uint64_t blocks_a = ceil_div(g_.m_tiles, b.row_tiles);
    const std::uint64_t blocks_b = ceil_div(g_.n_tiles, b.col_tiles);
    const std::uint64_t capacity = config_.psum_tiles / (std::uint64_t{b.row_tiles} * b.col_tiles);
    const bool all_a = b.a_slots >= blocks_a * b.k_chunks;
    const bool all_b = b.b_slots >= blocks_b * b.k_chunks;
    // Half of the slots: the next chunk arrives while this one is used.
    const std::uint64_t most_a =
        std::min(blocks_a, all_a ? blocks_a : std::max<std::uint64_t>(1, b.a_slots / 2));
    const std::uint64_t most_b =
        std::min(blocks_b, all_b ? blocks_b : std::max<std::uint64_t>(1, b.b_slots / 2));
    for (std::uint64_t rows = 1; rows <= std::min(most_a, capacity); ++rows) {
      const std::uint64_t cols = std::min(most_b, capacity / rows);
      b.group_rows = static_cast<unsigned>(rows);
      b.group_cols = static_cast<unsigned>(cols);
      const double a = static_cast<double>(problem_.m) * static_cast<double>(g_.k_grains);
      const double n = static_cast<double>(problem_.n) * static_cast<double>(g_.k_grains);
      consider_cost(b, a * (all_a ? 1 : static_cast<double>(ceil_div(blocks_b, cols))) +
                           n * (all_b ? 1 : static_cast<double>(ceil_div(blocks_a, rows))));
    }
  }

  void consider_cost(const Blocking& b, double load_grains) {
    const bool split = b.k_chunks > 1;
    const unsigned drain = g_.drain(split && options_.partial == spec::Partial::kFp32);
    const std::uint64_t last = g_.k_grains - std::uint64_t{b.k_chunks - 1} * b.k_grains;
    const auto passes = static_cast<double>(g_.m_tiles * g_.n_tiles);
    const double array =
        passes * static_cast<double>(std::uint64_t{b.k_chunks - 1} * std::max(b.k_grains, drain) +
                                     std::max<std::uint64_t>(last, drain));
    const double width = std::min(config_.load_lanes, config_.ports);
    const double scales = g_.mx ? 1 + 1.0 / std::min<unsigned>(32, b.k_grains) : 1;
    // A chunk of K is a short piece of every row, at the same place in all of them: unless it takes a granule
    // of every port, some ports are idle. And the shorter the pieces, the more a memory has to switch rows.
    const unsigned spread = kGranuleGrains * config_.ports;
    const double pieces =
        !split ? 1 : std::max(1.0, static_cast<double>(spread) / b.k_grains) * (1 + 2.0 / b.k_grains);
    const double load = load_grains * scales * pieces / width;
    const double store = static_cast<double>(problem_.m) *
                         static_cast<double>(ceil_div(problem_.n * g_.out_bytes, spec::kGrainBytes));
    // Before the first pass: with K split a whole block of each operand, else about a tile of each.
    const double tiles = split ? b.row_tiles * g_.rows + b.col_tiles * g_.cols : g_.rows + g_.cols;
    const double start = tiles * b.k_grains / width;
    // Memory is shared and never ideal: of two ways that keep the array busy, the one that moves less is
    // better.
    const double cycles = std::max({array, 1.1 * load, 1.1 * store}) + 0.02 * (load + store) + start;
    if (cycles < best_.cycles) best_ = {b, cycles};
  }

  const GemmProblem& problem_;
  const HardwareConfig& config_;
  const GemmOptions& options_;
  Geometry g_;
  Candidate best_;
};

}  // namespace

Blocking choose_blocking(const GemmProblem& problem, const HardwareConfig& config,
                         const GemmOptions& options) {
  return Chooser(problem, config, options).choose();
}

}  // namespace tessera::compiler
