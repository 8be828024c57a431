// SPDX-License-Identifier: Apache-2.0

#include "compiler/gemm.hpp"

#include <deque>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "compiler/blocking.hpp"
#include "compiler/geometry.hpp"
#include "compiler/order.hpp"
#include "compiler/schedule.hpp"

namespace tessera::compiler {

namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

// Rough latencies for the expected start times. They only shape the order of the program.
constexpr std::uint64_t kMemoryLatency = 60;
constexpr std::uint64_t kResultLatency = 40;

// Bounds on how far engines run ahead of each other, so that no semaphore comes near SEM_MAX.
constexpr std::int32_t kMaxTasksAhead = 100;
constexpr std::size_t kMaxOutRegions = 100;

void require(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

void validate(const GemmProblem& p, const HardwareConfig& config, const GemmOptions& options) {
  require(p.m >= 1 && p.n >= 1 && p.k >= 1, "M, N and K must be at least 1");
  require(p.m <= (1ULL << 31) && p.n <= (1ULL << 31) && p.k <= (1ULL << 31),
          "M, N and K must be at most 2^31");
  require(format::is_operand(p.fmt_a) && format::is_operand(p.fmt_b) &&
              format::can_multiply(p.fmt_a, p.fmt_b, p.scaling),
          "operand formats " + std::string(format::name(p.fmt_a)) + " and " +
              std::string(format::name(p.fmt_b)) +
              " do not go together: use INT8 with INT8, BF16 with BF16, FP8 with FP8, and MX with FP8 only");
  for (const spec::Format f : {p.fmt_a, p.fmt_b}) {
    require((config.formats >> static_cast<unsigned>(f) & 1) != 0,
            "operand format " + std::string(format::name(f)) +
                " is not in this build of the slice: choose another");
  }
  const bool int8 = p.fmt_a == spec::Format::kInt8;
  if (p.out == spec::Format::kInt32) {
    require(int8 && !p.col_scale, "INT32 results need INT8 operands and no column scale: choose out = FP32");
  }
  if (p.no_saturate) {
    require(p.out == spec::Format::kE4m3 || p.out == spec::Format::kE5m2,
            "no_saturate applies to FP8 results only: clear it or choose an FP8 output");
  }
  const bool grid_used = p.fmt_a == spec::Format::kBf16 || p.scaling == spec::Scaling::kMx;
  require(grid_used ? p.grid >= -1024 && p.grid <= 1023 : p.grid == 0,
          "grid must be -1024 to 1023 for BF16 and MX and 0 for all other modes");
  require(options.partial != spec::Partial::kNone, "GemmOptions::partial must be RAW or FP32");
  require(!(int8 && options.partial == spec::Partial::kFp32),
          "FP32 partial sums do not exist for INT8: choose RAW, which is exact");
  const auto check = [](const MatrixRef& matrix, std::uint64_t rows, std::uint64_t bytes, const char* name) {
    require(rows == 1 || matrix.row_stride < (1ULL << 32),
            std::string("the row stride of ") + name + " must be below 4 GiB");
    require(matrix.address < (1ULL << spec::kAddrBits),
            std::string("the address of ") + name + " needs over 48 bits");
    require(rows == 1 || bytes <= matrix.row_stride || name[0] != 'C',
            "rows of C overlap: its row stride must be at least the bytes of a row");
  };
  const std::uint64_t row_bytes = p.k * format::byte_width(p.fmt_a);
  check(p.a, p.m, row_bytes, "A");
  check(p.b, p.n, row_bytes, "B");
  check(p.c, p.m, p.n * format::byte_width(p.out), "C");
  if (p.scaling == spec::Scaling::kMx) {
    check(p.a_scale, p.m, ceil_div(p.k, 32), "the scales of A");
    check(p.b_scale, p.n, ceil_div(p.k, 32), "the scales of B");
  }
}

// The blocks an operand's buffer holds. Which block makes room for a new one is known ahead: the one whose
// next use is farthest away (Belady), and of blocks never used again the one free for longest. Blocks of the
// last few tasks are spared while there are others: a slot that was busy a moment ago cannot be loaded ahead
// of time.
class Buffer {
 public:
  struct Tile {
    bool loaded = false;
    Needs writers;             // Loads that must have completed before it is read
    std::int32_t reader = -1;  // Last task that reads what the next load will overwrite
  };
  struct Slot {
    std::uint64_t block = kNever;
    std::uint64_t next_use = kNever;
    std::int64_t last_use = -1;
    std::vector<Tile> tiles;
  };

  Buffer(unsigned slots, unsigned tiles, unsigned spare_tasks) : spare_tasks_{spare_tasks}, slots_(slots) {
    for (Slot& slot : slots_) slot.tiles.resize(tiles);
  }

  // The slot that holds `block`, after making room for it if need be.
  std::size_t find(std::uint64_t block, std::int64_t task, std::uint64_t next_use) {
    std::size_t best = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].block == block) {
        best = i;
        break;
      }
      if (better(slots_[i], slots_[best], task)) best = i;
    }
    Slot& slot = slots_[best];
    if (slot.block != block) {
      slot.block = block;
      for (Tile& tile : slot.tiles) {
        tile.loaded = false;
        tile.writers = {};
      }
    }
    slot.last_use = task;
    slot.next_use = next_use;
    return best;
  }

  Slot& operator[](std::size_t slot) { return slots_[slot]; }

 private:
  bool better(const Slot& x, const Slot& y, std::int64_t task) const {
    const auto recent = [&](const Slot& slot) {
      return slot.last_use >= 0 && slot.last_use + spare_tasks_ >= task;
    };
    if (recent(x) != recent(y)) return recent(y);
    if (recent(x) || x.next_use == y.next_use) return x.last_use < y.last_use;
    return x.next_use > y.next_use;
  }

  std::int64_t spare_tasks_;
  std::vector<Slot> slots_;
};

// For every task, the next one that uses the same block.
std::vector<std::uint64_t> next_uses(const std::vector<Task>& tasks, std::uint64_t blocks, auto&& block_of) {
  std::vector<std::uint64_t> next(tasks.size());
  std::vector<std::uint64_t> seen(blocks, kNever);
  for (std::size_t t = tasks.size(); t-- > 0;) {
    std::uint64_t& last = seen[block_of(tasks[t])];
    next[t] = last;
    last = t;
  }
  return next;
}

class Compiler {
 public:
  Compiler(const GemmProblem& problem, const HardwareConfig& config, const GemmOptions& options)
      : p_{problem},
        config_{config},
        options_{options},
        g_{problem, config},
        blocking_{choose_blocking(problem, config, options)},
        a_{blocking_.a_slots, blocking_.row_tiles, spare_tasks()},
        b_{blocking_.b_slots, blocking_.col_tiles, spare_tasks()} {}

  CompiledGemm compile() {
    const std::vector<Task> tasks = order_tasks(g_, blocking_, config_);
    const std::uint64_t chunks = blocking_.k_chunks;
    const auto a_key = [&](const Task& t) { return t.a_block * chunks + t.chunk; };
    const auto b_key = [&](const Task& t) { return t.b_block * chunks + t.chunk; };
    const auto a_next = next_uses(tasks, ceil_div(g_.m_tiles, blocking_.row_tiles) * chunks, a_key);
    const auto b_next = next_uses(tasks, ceil_div(g_.n_tiles, blocking_.col_tiles) * chunks, b_key);
    bool configured = false;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const Task& task = tasks[i];
      const std::size_t a_slot = a_.find(a_key(task), static_cast<std::int64_t>(i), a_next[i]);
      const std::size_t b_slot = b_.find(b_key(task), static_cast<std::int64_t>(i), b_next[i]);
      ahead_limit_ = matmuls_ - kMaxTasksAhead;
      load_missing(task, true, a_slot);
      load_missing(task, false, b_slot);
      if (!configured) configure();
      configured = true;
      compute(task, a_slot, b_slot);
    }

    CompiledGemm result;
    result.program = synchronise(std::move(steps_), config_.load_lanes);
    result.blocking = blocking_;
    for (unsigned c = 0; c + 1 < blocking_.k_chunks; ++c) {
      result.chunk_ends.push_back((c + std::size_t{1}) * blocking_.k_grains * spec::kGrainBytes /
                                  g_.element_bytes);
    }
    result.chunk_ends.push_back(p_.k);
    result.array_cycles = array_cycles_;
    result.load_bytes = load_bytes_;
    result.description = describe(result.program.size());
    return result;
  }

 private:
  // About the tasks computed while the next blocks load.
  unsigned spare_tasks() const {
    if (blocking_.k_chunks > 1) return blocking_.group_rows * blocking_.group_cols;
    return blocking_.a_resident ? blocking_.a_slots : blocking_.b_slots;
  }

  std::uint64_t chunk_grains(std::uint32_t chunk) const {
    return std::min<std::uint64_t>(blocking_.k_grains,
                                   g_.k_grains - std::uint64_t{chunk} * blocking_.k_grains);
  }
  bool last_chunk(const Task& task) const { return task.chunk + 1 == blocking_.k_chunks; }

  // ---- LOAD

  // Loads the tiles of the task that the slot does not hold yet, as one piece per run of missing tiles.
  void load_missing(const Task& task, bool is_a, std::size_t slot_index) {
    Buffer::Slot& slot = (is_a ? a_ : b_)[slot_index];
    const unsigned begin = is_a ? task.a_first : task.b_first;
    const unsigned end = begin + (is_a ? task.a_count : task.b_count);
    for (unsigned first = begin; first < end;) {
      if (slot.tiles[first].loaded) {
        ++first;
        continue;
      }
      unsigned last = first;
      while (last < end && !slot.tiles[last].loaded) ++last;
      load_piece(task, is_a, slot_index, first, last);
      for (unsigned t = first; t < last; ++t) slot.tiles[t].loaded = true;
      first = last;
    }
  }

  void load_piece(const Task& task, bool is_a, std::size_t slot, unsigned first, unsigned last) {
    const std::uint64_t kc = chunk_grains(task.chunk);
    const unsigned lanes = config_.load_lanes;
    const unsigned count = last - first;
    if (count >= lanes) {
      for (unsigned part = 0; part < lanes; ++part) {
        load_operand(task, is_a, slot, first + count * part / lanes, first + count * (part + 1) / lanes, 0,
                     kc);
      }
    } else {
      // Too few tiles to share out: every lane takes a range of K, whole memory granules where possible.
      const std::uint64_t granules = ceil_div(kc, 8);
      const std::uint64_t parts = std::min<std::uint64_t>(lanes, granules);
      for (std::uint64_t part = 0; part < parts; ++part) {
        const std::uint64_t from = granules * part / parts * 8;
        const std::uint64_t to = std::min(kc, granules * (part + 1) / parts * 8);
        load_operand(task, is_a, slot, first, last, from, to);
      }
    }
    if (g_.mx) load_scales(task, is_a, slot, first, last, kc);
    if (!is_a && p_.col_scale && last_chunk(task)) load_columns(task, slot, first, last);
  }

  std::uint64_t first_row(const Task& task, bool is_a, unsigned tile) const {
    return is_a ? (std::uint64_t{task.a_block} * blocking_.row_tiles + tile) * g_.rows
                : (std::uint64_t{task.b_block} * blocking_.col_tiles + tile) * g_.cols;
  }

  // `row_bytes` of each row of tiles first .. last - 1, from byte `offset` of the row.
  spec::Load rows_of(const Task& task, bool is_a, const MatrixRef& matrix, unsigned first, unsigned last,
                     std::uint64_t offset, std::uint64_t row_bytes) const {
    const std::uint64_t total = is_a ? p_.m : p_.n;
    const std::uint64_t row = first_row(task, is_a, first);
    const std::uint64_t padded = (last - first) * std::uint64_t{is_a ? g_.rows : g_.cols};
    const std::uint64_t rows = std::min(padded, total - row);
    spec::Load load;
    load.addr = matrix.address + (total == 1 ? 0 : row * matrix.row_stride) + offset;
    load.rows = static_cast<std::uint16_t>(rows);
    load.fill = static_cast<std::uint8_t>(padded - rows);
    load.row_stride = total == 1 ? 0 : static_cast<std::uint32_t>(matrix.row_stride);
    load.row_bytes = static_cast<std::uint32_t>(row_bytes);
    return load;
  }

  void load_operand(const Task& task, bool is_a, std::size_t slot, unsigned first, unsigned last,
                    std::uint64_t from, std::uint64_t to) {
    if (first == last) return;
    const std::uint64_t begin = (std::uint64_t{task.chunk} * blocking_.k_grains + from) * spec::kGrainBytes;
    const std::uint64_t bytes = std::min((to - from) * spec::kGrainBytes, p_.k * g_.element_bytes - begin);
    spec::Load load = rows_of(task, is_a, is_a ? p_.a : p_.b, first, last, begin, bytes);
    load.space = is_a ? spec::Space::kA : spec::Space::kB;
    load.dst_base = static_cast<std::uint16_t>(operand_base(is_a, slot, first) + from);
    load.dst_stride = static_cast<std::uint16_t>(blocking_.k_grains);
    issue_load(load, is_a, slot, first, last);
  }

  void load_scales(const Task& task, bool is_a, std::size_t slot, unsigned first, unsigned last,
                   std::uint64_t kc) {
    const std::uint64_t begin = std::uint64_t{task.chunk} * blocking_.k_grains;  // One scale per grain
    spec::Load load = rows_of(task, is_a, is_a ? p_.a_scale : p_.b_scale, first, last, begin, kc);
    load.space = is_a ? spec::Space::kAScale : spec::Space::kBScale;
    load.dst_base = static_cast<std::uint16_t>(scale_base(is_a, slot, first));
    load.dst_stride = static_cast<std::uint16_t>(g_.scale_grains(blocking_.k_grains));
    issue_load(load, is_a, slot, first, last);
  }

  void load_columns(const Task& task, std::size_t slot, unsigned first, unsigned last) {
    const std::uint64_t column = first_row(task, false, first);
    spec::Load load;
    load.space = spec::Space::kCol;
    load.addr = p_.col_scale_address + column * 4;
    load.rows = 1;
    load.row_bytes =
        static_cast<std::uint32_t>(std::min<std::uint64_t>((last - first) * g_.cols, p_.n - column) * 4);
    load.dst_base = static_cast<std::uint16_t>(col_base(slot, first));
    issue_load(load, false, slot, first, last);
    // Columns past N are computed, though never stored: with zeros there they raise no numeric status.
    const std::uint64_t loaded = ceil_div(load.row_bytes, spec::kGrainBytes);
    const std::uint64_t needed = ceil_div((last - first) * std::uint64_t{g_.cols}, 8);
    if (loaded == needed) return;
    spec::Load zeros;
    zeros.space = spec::Space::kCol;
    zeros.fill = 1;
    zeros.row_bytes = static_cast<std::uint32_t>((needed - loaded) * spec::kGrainBytes);
    zeros.dst_base = static_cast<std::uint16_t>(load.dst_base + loaded);
    issue_load(zeros, false, slot, first, last);
  }

  std::uint64_t operand_base(bool is_a, std::size_t slot, unsigned tile) const {
    return (slot * (is_a ? blocking_.row_tiles : blocking_.col_tiles) + tile) * blocking_.k_grains;
  }
  std::uint64_t scale_base(bool is_a, std::size_t slot, unsigned tile) const {
    return (slot * (is_a ? blocking_.row_tiles : blocking_.col_tiles) + tile) *
           g_.scale_grains(blocking_.k_grains);
  }
  std::uint64_t col_base(std::size_t slot, unsigned tile) const {
    return slot * g_.col_grains(blocking_.col_tiles) + tile * g_.cols / 8;
  }

  // Gives the load to the lane that is free first.
  void issue_load(spec::Load load, bool is_a, std::size_t slot, unsigned first, unsigned last) {
    unsigned lane = 0;
    for (unsigned l = 1; l < config_.load_lanes; ++l) {
      if (lane_free_[l] < lane_free_[lane]) lane = l;
    }
    load.lane = static_cast<std::uint8_t>(lane);
    Step step;
    step.engine = lane;
    Buffer::Slot& target = (is_a ? a_ : b_)[slot];
    step.needs.add(kMatmulEngine, ahead_limit_);
    for (unsigned t = first; t < last; ++t) step.needs.add(kMatmulEngine, target.tiles[t].reader);
    const std::uint64_t per_row = ceil_div(load.addr % spec::kGrainBytes + load.row_bytes, spec::kGrainBytes);
    const std::uint64_t beats = (load.rows + std::uint64_t{load.fill}) * per_row;
    step.start = std::max(lane_free_[lane], end_of(step.needs));
    const std::uint64_t shared = ceil_div(config_.load_lanes, config_.ports);
    lane_free_[lane] = step.start + beats * shared;
    load_bytes_ += std::uint64_t{load.rows} * load.row_bytes;
    const auto index = static_cast<std::int32_t>(lane_end_[lane].size());
    lane_end_[lane].push_back(lane_free_[lane] + kMemoryLatency);
    for (unsigned t = first; t < last; ++t) target.tiles[t].writers.add(lane, index);
    step.instruction = load;
    steps_.push_back(step);
  }

  // ---- MATMUL and STORE

  void configure() {
    spec::Config config;
    config.fmt_a = p_.fmt_a;
    config.fmt_b = p_.fmt_b;
    config.scaling = p_.scaling;
    config.out = p_.out;
    config.grid = static_cast<std::int16_t>(p_.grid);
    config.no_saturate = p_.no_saturate ? 1 : 0;
    config.col_scale = p_.col_scale ? 1 : 0;
    Step step;
    step.engine = kMatmulEngine;
    step.start = 1;  // After the first loads
    step.instruction = config;
    array_free_ = 2;
    matmul_end_.push_back(array_free_);
    ++matmuls_;
    steps_.push_back(step);
  }

  void compute(const Task& task, std::size_t a_slot, std::size_t b_slot) {
    const std::uint64_t kc = chunk_grains(task.chunk);
    const std::uint64_t pitch = g_.out_pitch(task.b_count);
    spec::Matmul mm;
    mm.src = task.chunk > 0 ? options_.partial : spec::Partial::kNone;
    mm.dst = last_chunk(task) ? spec::Partial::kNone : options_.partial;
    mm.mt = task.a_count;
    mm.nt = task.b_count;
    mm.k = static_cast<std::uint16_t>(kc);
    mm.a_base = static_cast<std::uint16_t>(operand_base(true, a_slot, task.a_first));
    mm.a_stride = static_cast<std::uint16_t>(blocking_.k_grains);
    mm.b_base = static_cast<std::uint16_t>(operand_base(false, b_slot, task.b_first));
    mm.b_stride = static_cast<std::uint16_t>(blocking_.k_grains);
    if (g_.mx) {
      mm.a_scale_base = static_cast<std::uint16_t>(scale_base(true, a_slot, task.a_first));
      mm.b_scale_base = static_cast<std::uint16_t>(scale_base(false, b_slot, task.b_first));
      mm.a_scale_stride = mm.b_scale_stride = static_cast<std::uint16_t>(g_.scale_grains(blocking_.k_grains));
    }
    if (blocking_.k_chunks > 1) mm.psum_base = task.psum;

    Step step;
    step.engine = kMatmulEngine;
    const std::int32_t index = matmuls_++;
    for (unsigned t = 0; t < task.a_count; ++t) read(a_[a_slot].tiles[task.a_first + t], step.needs, index);
    for (unsigned t = 0; t < task.b_count; ++t) read(b_[b_slot].tiles[task.b_first + t], step.needs, index);
    const bool to_out = mm.dst == spec::Partial::kNone;
    std::uint64_t region = 0;
    if (to_out) {
      region = allocate_out(g_.out_grains(task.a_count, task.b_count), step.needs);
      mm.out_base = static_cast<std::uint16_t>(region);
      mm.out_pitch = static_cast<std::uint16_t>(pitch);
      if (p_.col_scale) mm.col_base = static_cast<std::uint16_t>(col_base(b_slot, task.b_first));
    }
    const bool fp32 = mm.src == spec::Partial::kFp32 || mm.dst == spec::Partial::kFp32;
    const std::uint64_t cycles = std::uint64_t{mm.mt} * mm.nt * std::max<std::uint64_t>(kc, g_.drain(fp32));
    array_cycles_ += cycles;
    step.start = std::max(array_free_, end_of(step.needs));
    array_free_ = step.start + cycles;
    matmul_end_.push_back(array_free_ + kResultLatency);
    step.instruction = mm;
    steps_.push_back(step);
    if (to_out) store(task, region, pitch, index);
  }

  static void read(Buffer::Tile& tile, Needs& needs, std::int32_t index) {
    needs.add(tile.writers);
    tile.reader = index;
  }

  // A ring of regions. A new one waits for the stores of those it overwrites.
  std::uint64_t allocate_out(std::uint64_t grains, Needs& needs) {
    if (out_next_ + grains > config_.out_depth) out_next_ = 0;
    const std::uint64_t base = out_next_;
    out_next_ += grains;
    while (!regions_.empty()) {
      const Region& oldest = regions_.front();
      const bool overlaps = oldest.base < base + grains && base < oldest.base + oldest.grains;
      // Regions are freed in order, so one further back that overlaps frees the older ones too.
      const bool later = std::any_of(regions_.begin(), regions_.end(), [&](const Region& r) {
        return r.base < base + grains && base < r.base + r.grains;
      });
      if (!overlaps && !later && regions_.size() < kMaxOutRegions) break;
      needs.add(kStoreEngine, oldest.store);
      regions_.pop_front();
    }
    return base;
  }

  void store(const Task& task, std::uint64_t region, std::uint64_t pitch, std::int32_t matmul) {
    const std::uint64_t row = first_row(task, true, task.a_first);
    const std::uint64_t column = first_row(task, false, task.b_first);
    spec::Store st;
    st.addr = p_.c.address + (p_.m == 1 ? 0 : row * p_.c.row_stride) + column * g_.out_bytes;
    st.rows = static_cast<std::uint16_t>(std::min<std::uint64_t>(task.a_count * g_.rows, p_.m - row));
    st.row_stride = p_.m == 1 ? 0 : static_cast<std::uint32_t>(p_.c.row_stride);
    st.row_bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(task.b_count * g_.cols, p_.n - column) *
                                              g_.out_bytes);
    st.src_base = static_cast<std::uint16_t>(region);
    st.src_pitch = static_cast<std::uint16_t>(pitch);
    Step step;
    step.engine = kStoreEngine;
    step.needs.add(kMatmulEngine, matmul);
    step.start = std::max(store_free_, end_of(step.needs));
    store_free_ =
        step.start + st.rows * ceil_div(st.addr % spec::kGrainBytes + st.row_bytes, spec::kGrainBytes);
    regions_.push_back(
        {region, g_.out_grains(task.a_count, task.b_count), static_cast<std::int32_t>(store_end_.size())});
    store_end_.push_back(store_free_ + kMemoryLatency);
    step.instruction = st;
    steps_.push_back(step);
  }

  // Expected completion of everything needed.
  std::uint64_t end_of(const Needs& needs) const {
    std::uint64_t end = 0;
    const auto add = [&](unsigned engine, const std::vector<std::uint64_t>& ends) {
      if (needs.last[engine] >= 0) end = std::max(end, ends[static_cast<std::size_t>(needs.last[engine])]);
    };
    for (unsigned l = 0; l < config_.load_lanes; ++l) add(l, lane_end_[l]);
    add(kMatmulEngine, matmul_end_);
    add(kStoreEngine, store_end_);
    return end;
  }

  std::string describe(std::size_t instructions) const {
    std::ostringstream text;
    text << p_.m << "x" << p_.n << "x" << p_.k << ": blocks of " << blocking_.row_tiles << "x"
         << blocking_.col_tiles << " tiles x " << blocking_.k_grains << " grains, " << blocking_.a_slots
         << " A and " << blocking_.b_slots << " B slots, ";
    if (blocking_.k_chunks == 1) {
      text << (blocking_.a_resident ? "A" : "B") << " panel resident, ";
    } else {
      text << "K in " << blocking_.k_chunks << " chunks ("
           << (options_.partial == spec::Partial::kRaw ? "RAW" : "FP32") << " partials, groups of "
           << blocking_.group_rows << "x" << blocking_.group_cols << " blocks), ";
    }
    text << instructions << " instructions";
    return text.str();
  }

  struct Region {
    std::uint64_t base;
    std::uint64_t grains;
    std::int32_t store;
  };

  const GemmProblem& p_;
  const HardwareConfig& config_;
  const GemmOptions& options_;
  Geometry g_;
  Blocking blocking_;
  Buffer a_;
  Buffer b_;
  std::deque<Region> regions_;
  std::uint64_t out_next_ = 0;
  std::int32_t matmuls_ = 0;
  std::int32_t ahead_limit_ = -1;
  std::array<std::uint64_t, spec::kMaxLoadLanes> lane_free_{};
  std::array<std::vector<std::uint64_t>, spec::kMaxLoadLanes> lane_end_;
  std::uint64_t array_free_ = 0;
  std::vector<std::uint64_t> matmul_end_;
  std::uint64_t store_free_ = 0;
  std::vector<std::uint64_t> store_end_;
  std::uint64_t array_cycles_ = 0;
  std::uint64_t load_bytes_ = 0;
  std::vector<Step> steps_;
};

}  // namespace

CompiledGemm compile(const GemmProblem& problem, const HardwareConfig& config, const GemmOptions& options) {
  validate(problem, config, options);
  return Compiler(problem, config, options).compile();
}

}  // namespace tessera::compiler
