// SPDX-License-Identifier: Apache-2.0

#include "compiler/order.hpp"

#include <algorithm>

namespace tessera::compiler {

namespace {

// One side of the grid, for code that does not care which operand stays and which streams.
struct Side {
  std::uint64_t tiles;
  std::uint64_t block;  // Tiles of a block
  std::uint64_t step;   // Tiles of the smallest piece
  unsigned lanes;       // Rows or columns of a tile, what loading it costs

  std::uint64_t blocks() const { return ceil_div(tiles, block); }
  std::uint64_t block_end(std::uint64_t tile) const { return std::min(tiles, (tile / block + 1) * block); }
};

class Unsplit {
 public:
  Unsplit(const Geometry& g, const Blocking& b, const HardwareConfig& config)
      : a_stays_{b.a_resident}, width_{std::min(config.load_lanes, config.ports)} {
    const Side a{g.m_tiles, b.row_tiles, 1, g.rows};
    const Side n{g.n_tiles, b.col_tiles, std::min<std::uint64_t>(g.col_step, b.col_tiles), g.cols};
    stay_ = a_stays_ ? a : n;
    move_ = a_stays_ ? n : a;
    stay_slots_ = a_stays_ ? b.a_slots : b.b_slots;
    move_slots_ = a_stays_ ? b.b_slots : b.a_slots;
  }

  std::vector<Task> order() {
    const std::uint64_t panels = ceil_div(stay_.blocks(), stay_slots_);
    const std::uint64_t panel_tiles = stay_slots_ * stay_.block;
    for (std::uint64_t panel = 0; panel < panels; ++panel) {
      const std::uint64_t s0 = panel * panel_tiles;
      const std::uint64_t s1 = std::min(stay_.tiles, s0 + panel_tiles);
      if (panel == 0) {
        std::uint64_t m0 = grow(s1);
        while (m0 < move_.tiles) {
          const std::uint64_t m1 = move_.block_end(m0);
          add(s0, s1, m0, m1);
          m0 = m1;
        }
      } else {
        // Back and forth: a new panel begins with what of the other operand is still there.
        for (std::uint64_t i = 0; i < move_.blocks(); ++i) {
          const std::uint64_t block = panel % 2 == 1 ? move_.blocks() - 1 - i : i;
          add(s0, s1, block * move_.block, move_.block_end(block * move_.block));
        }
      }
    }
    taper();
    return std::move(tasks_);
  }

 private:
  // At the start nothing is loaded yet: widen the rectangle of tiles present by whichever operand gives more
  // passes for the time its tiles take to load, in pieces as small as it takes for the array not to wait.
  // Returns the tiles of the streaming operand reached when the panel is complete.
  std::uint64_t grow(std::uint64_t panel_end) {
    const std::uint64_t reach =
        std::min(move_.tiles, std::max<std::uint64_t>(1, move_slots_ - 1) * move_.block);
    std::uint64_t s = std::min(stay_.step, panel_end);
    std::uint64_t m = std::min(move_.step, reach);
    add(0, s, 0, m);
    while (s < panel_end) {
      const double stay_gain = static_cast<double>(m) / stay_.lanes;
      const double move_gain = static_cast<double>(s) / move_.lanes;
      if (m < reach && move_gain > stay_gain) {
        const std::uint64_t next = piece(move_, m, reach, move_gain);
        add(0, s, m, next);
        m = next;
      } else {
        const std::uint64_t next = piece(stay_, s, panel_end, stay_gain);
        add(s, next, 0, m);
        s = next;
      }
    }
    return m;
  }

  std::uint64_t piece(const Side& side, std::uint64_t from, std::uint64_t limit, double gain) const {
    const bool keeps_up = gain * width_ >= 3;
    return std::min(limit,
                    keeps_up ? side.block_end(from) : std::min(from + side.step, side.block_end(from)));
  }

  void add(std::uint64_t s0, std::uint64_t s1, std::uint64_t m0, std::uint64_t m1) {
    for (std::uint64_t m = m0; m < m1;) {
      const std::uint64_t m_next = std::min(m1, move_.block_end(m));
      for (std::uint64_t s = s0; s < s1;) {
        const std::uint64_t s_next = std::min(s1, stay_.block_end(s));
        Task t;
        place(a_stays_ ? t.a_block : t.b_block, a_stays_ ? t.a_first : t.b_first,
              a_stays_ ? t.a_count : t.b_count, stay_, s, s_next);
        place(a_stays_ ? t.b_block : t.a_block, a_stays_ ? t.b_first : t.a_first,
              a_stays_ ? t.b_count : t.a_count, move_, m, m_next);
        tasks_.push_back(t);
        s = s_next;
      }
      m = m_next;
    }
  }

  static void place(std::uint32_t& block, std::uint16_t& first, std::uint16_t& count, const Side& side,
                    std::uint64_t from, std::uint64_t to) {
    block = static_cast<std::uint32_t>(from / side.block);
    first = static_cast<std::uint16_t>(from % side.block);
    count = static_cast<std::uint16_t>(to - from);
  }

  // After the last operand arrives and after the last pass there should be little left to do: halve the last
  // task until it is a single tile.
  void taper() {
    const std::uint16_t b_step = static_cast<std::uint16_t>(a_stays_ ? move_.step : stay_.step);
    for (;;) {
      Task last = tasks_.back();
      if (last.a_count == 1 && last.b_count <= b_step) return;
      tasks_.pop_back();
      Task first = last;
      if (last.b_count > b_step && last.b_count >= last.a_count) {
        first.b_count = static_cast<std::uint16_t>(round_up(last.b_count / 2U, b_step));
        last.b_first = static_cast<std::uint16_t>(last.b_first + first.b_count);
        last.b_count = static_cast<std::uint16_t>(last.b_count - first.b_count);
      } else {
        first.a_count = static_cast<std::uint16_t>((last.a_count + 1) / 2);
        last.a_first = static_cast<std::uint16_t>(last.a_first + first.a_count);
        last.a_count = static_cast<std::uint16_t>(last.a_count - first.a_count);
      }
      tasks_.push_back(first);
      tasks_.push_back(last);
    }
  }

  bool a_stays_;
  unsigned width_;
  Side stay_{};
  Side move_{};
  std::uint64_t stay_slots_ = 1;
  std::uint64_t move_slots_ = 1;
  std::vector<Task> tasks_;
};

// Groups of results whose partial sums fit the RAM together; within a group, chunk by chunk.
std::vector<Task> order_split(const Geometry& g, const Blocking& b) {
  std::vector<Task> tasks;
  const std::uint64_t a_blocks = ceil_div(g.m_tiles, b.row_tiles);
  const std::uint64_t b_blocks = ceil_div(g.n_tiles, b.col_tiles);
  const std::uint64_t group_cols = ceil_div(b_blocks, b.group_cols);
  std::uint64_t serial = 0;
  for (std::uint64_t i = 0; i < a_blocks; i += b.group_rows, ++serial) {
    for (std::uint64_t step = 0; step < group_cols; ++step) {
      const std::uint64_t j = (serial % 2 == 1 ? group_cols - 1 - step : step) * b.group_cols;
      for (std::uint32_t chunk = 0; chunk < b.k_chunks; ++chunk) {
        std::uint64_t psum = 0;
        for (std::uint64_t bj = j; bj < std::min(b_blocks, j + b.group_cols); ++bj) {
          for (std::uint64_t ai = i; ai < std::min(a_blocks, i + b.group_rows); ++ai) {
            Task t;
            t.a_block = static_cast<std::uint32_t>(ai);
            t.b_block = static_cast<std::uint32_t>(bj);
            t.chunk = chunk;
            t.a_count = static_cast<std::uint16_t>(
                std::min<std::uint64_t>(b.row_tiles, g.m_tiles - ai * b.row_tiles));
            t.b_count = static_cast<std::uint16_t>(
                std::min<std::uint64_t>(b.col_tiles, g.n_tiles - bj * b.col_tiles));
            t.psum = static_cast<std::uint16_t>(psum);
            psum += std::uint64_t{t.a_count} * t.b_count;
            tasks.push_back(t);
          }
        }
      }
    }
  }
  return tasks;
}

}  // namespace

std::vector<Task> order_tasks(const Geometry& geometry, const Blocking& blocking,
                              const HardwareConfig& config) {
  return blocking.k_chunks > 1 ? order_split(geometry, blocking)
                               : Unsplit(geometry, blocking, config).order();
}

}  // namespace tessera::compiler
