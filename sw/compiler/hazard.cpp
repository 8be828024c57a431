// SPDX-License-Identifier: Apache-2.0

#include "compiler/hazard.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "format/format.hpp"

namespace tessera::compiler {

namespace {

constexpr unsigned kMatmul = spec::kMaxLoadLanes;
constexpr unsigned kStore = kMatmul + 1;
constexpr unsigned kDispatch = kMatmul + 2;
constexpr unsigned kEngines = kMatmul + 3;
constexpr std::array<const char*, kEngines> kEngineName = {
    "LOAD lane 0", "LOAD lane 1", "LOAD lane 2", "LOAD lane 3", "MATMUL", "STORE", "the dispatcher"};

// Instructions of each engine, counted from its first, that have certainly completed.
using Clock = std::array<std::uint32_t, kEngines>;

void join(Clock& clock, const Clock& other) {
  for (unsigned e = 0; e < kEngines; ++e) clock[e] = std::max(clock[e], other[e]);
}

struct Node {
  unsigned engine = kDispatch;
  std::uint32_t index = 0;  // Within its engine
  std::uint16_t waits = 0;
  std::uint16_t posts = 0;
  Clock start{};
};

struct Access {
  std::int64_t index = -1;  // Of the last instruction of an engine that made it
  std::size_t pc = 0;
};
struct Cell {
  std::array<Access, kEngines> read;
  std::array<Access, kEngines> write;
};

class Analysis {
 public:
  Analysis(const isa::Program& program, const HardwareConfig& config, std::size_t limit)
      : program_{program}, config_{config}, limit_{limit} {
    cells_[kA].resize(config.a_depth);
    cells_[kB].resize(config.b_depth);
    cells_[kAScale].resize(config.a_scale_depth);
    cells_[kBScale].resize(config.b_scale_depth);
    cells_[kCol].resize(config.col_depth);
    cells_[kOut].resize(config.out_depth);
  }

  std::vector<Hazard> run() {
    collect();
    pair_semaphores();
    for (std::size_t pc = 0; pc < nodes_.size() && hazards_.size() < limit_; ++pc) {
      order(pc);
      check_overflow(pc);
      access(pc);
    }
    std::stable_sort(hazards_.begin(), hazards_.end(),
                     [](const Hazard& x, const Hazard& y) { return x.pc < y.pc; });
    if (hazards_.size() > limit_) hazards_.resize(limit_);
    return hazards_;
  }

 private:
  enum Memory { kA, kB, kAScale, kBScale, kCol, kOut, kMemories };
  static constexpr std::array<const char*, kMemories> kMemoryName = {"A",       "B",   "A_SCALE",
                                                                     "B_SCALE", "COL", "OUT"};

  void report(std::size_t pc, std::size_t other, std::string what) {
    if (hazards_.size() < limit_) hazards_.push_back({pc, other, std::move(what)});
  }

  spec::Opcode opcode(std::size_t pc) const {
    return static_cast<spec::Opcode>(isa::opcode_of(program_.code[pc]));
  }

  void collect() {
    std::array<std::uint32_t, kEngines> count{};
    nodes_.resize(program_.size());
    for (std::size_t pc = 0; pc < nodes_.size(); ++pc) {
      Node& node = nodes_[pc];
      const isa::Grain& grain = program_.code[pc];
      switch (opcode(pc)) {
        case spec::Opcode::kLoad: node.engine = isa::decode<spec::Load>(grain).lane; break;
        case spec::Opcode::kMatmul:
        case spec::Opcode::kConfig: node.engine = kMatmul; break;
        case spec::Opcode::kStore: node.engine = kStore; break;
        case spec::Opcode::kLoop:
        case spec::Opcode::kEndloop:
          throw std::invalid_argument("the hazard analysis does not follow loops: unroll the program first");
        default: node.engine = kDispatch; break;
      }
      if (node.engine > kDispatch)
        throw std::invalid_argument("LOAD " + std::to_string(pc) + " names a lane past 3");
      node.waits = static_cast<std::uint16_t>(isa::get_field(grain, isa::kWaitField));
      node.posts = static_cast<std::uint16_t>(isa::get_field(grain, isa::kPostField));
      node.index = count[node.engine]++;
    }
  }

  void pair_semaphores() {
    for (std::size_t pc = 0; pc < nodes_.size(); ++pc) {
      for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
        if ((nodes_[pc].posts >> s & 1) != 0) posts_[s].push_back(pc);
        if ((nodes_[pc].waits >> s & 1) != 0) waits_[s].push_back(pc);
      }
    }
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
      const std::string name = "semaphore " + std::to_string(s);
      for (const auto* list : {&posts_[s], &waits_[s]}) {
        for (const std::size_t pc : *list) {
          if (nodes_[pc].engine != nodes_[list->front()].engine) {
            report(pc, list->front(),
                   name + " is used the same way by two engines, so which of them comes first is open");
            break;
          }
        }
      }
      if (posts_[s].size() > waits_[s].size()) {
        report(posts_[s].back(), posts_[s].back(), name + " is posted more often than awaited");
      }
      for (std::size_t n = 0; n < waits_[s].size(); ++n) {
        const std::size_t pc = waits_[s][n];
        if (n >= posts_[s].size()) {
          report(pc, pc, name + " is awaited more often than posted: the program deadlocks here");
          break;
        }
        if (posts_[s][n] >= pc) {
          report(pc, posts_[s][n],
                 name + " is awaited before the instruction that posts it: this may deadlock");
        }
      }
    }
  }

  void order(std::size_t pc) {
    Node& node = nodes_[pc];
    node.start = dispatched_;
    if (previous_[node.engine] != nullptr) join(node.start, previous_[node.engine]->start);
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
      if ((node.waits >> s & 1) == 0) continue;
      const std::size_t n = next_wait_[s]++;
      if (n < posts_[s].size() && posts_[s][n] < pc) {
        const Node& poster = nodes_[posts_[s][n]];
        Clock done = poster.start;
        done[poster.engine] = std::max(done[poster.engine], poster.index + 1);
        join(node.start, done);
      }
    }
    if (opcode(pc) == spec::Opcode::kFence || opcode(pc) == spec::Opcode::kHalt) {
      for (unsigned e = 0; e < kEngines; ++e) {
        if (previous_[e] != nullptr) node.start[e] = std::max(node.start[e], previous_[e]->index + 1);
      }
    }
    if (node.engine == kDispatch) dispatched_ = node.start;
    previous_[node.engine] = &node;
  }

  // When this instruction posts, how many posts can there be that no wait has taken?
  void check_overflow(std::size_t pc) {
    const Node& node = nodes_[pc];
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
      if ((node.posts >> s & 1) == 0) continue;
      ++posted_[s];
      if (waits_[s].empty()) continue;
      const unsigned waiter = nodes_[waits_[s].front()].engine;
      std::size_t& taken = taken_[s];
      while (taken < waits_[s].size() && nodes_[waits_[s][taken]].index < node.start[waiter]) ++taken;
      if (posted_[s] > taken + spec::kSemMax) {
        report(pc, posts_[s].front(), "semaphore " + std::to_string(s) + " can pass its largest value here");
      }
    }
  }

  void touch(std::size_t pc, Memory memory, std::uint64_t first, std::uint64_t count, bool write) {
    const Node& node = nodes_[pc];
    std::vector<Cell>& cells = cells_[memory];
    if (first + count > cells.size()) {
      report(pc, pc, std::string("ends past the depth of ") + kMemoryName[memory]);
      return;
    }
    for (std::uint64_t g = first; g < first + count; ++g) {
      Cell& cell = cells[g];
      bool written = false;
      for (unsigned e = 0; e < kEngines; ++e) {
        written = written || cell.write[e].index >= 0;
        if (e == node.engine) continue;  // In order by itself
        conflict(pc, memory, g, e, cell.write[e], write ? "overwrites" : "reads", "is written");
        if (write) conflict(pc, memory, g, e, cell.read[e], "overwrites", "is read");
      }
      if (!write && !written) {
        report(pc, pc,
               std::string("reads grain ") + std::to_string(g) + " of " + kMemoryName[memory] +
                   ", which nothing has written");
        return;
      }
      (write ? cell.write : cell.read)[node.engine] = {node.index, pc};
      if (hazards_.size() >= limit_) return;
    }
  }

  void conflict(std::size_t pc, Memory memory, std::uint64_t grain, unsigned engine, const Access& before,
                const char* does, const char* other) {
    if (before.index < 0 || static_cast<std::uint64_t>(before.index) < nodes_[pc].start[engine]) return;
    report(pc, before.pc,
           std::string(does) + " grain " + std::to_string(grain) + " of " + kMemoryName[memory] +
               ", which may be too early: it " + other + " by " + kEngineName[engine] +
               ", whose instruction need not have completed");
  }

  void access(std::size_t pc) {
    const isa::Grain& grain = program_.code[pc];
    if (opcode(pc) == spec::Opcode::kLoad) {
      const auto load = isa::decode<spec::Load>(grain);
      const bool by_row = load.space == spec::Space::kA || load.space == spec::Space::kAScale;
      const unsigned banks = load.space == spec::Space::kCol ? 1 : by_row ? config_.rows : config_.cols;
      const std::uint64_t groups = (std::uint64_t{load.rows} + load.fill + banks - 1) / banks;
      for (std::uint64_t i = 0; i < groups; ++i) {
        touch(pc, static_cast<Memory>(load.space), load.dst_base + i * load.dst_stride,
              (load.row_bytes + spec::kGrainBytes - 1) / spec::kGrainBytes, true);
      }
    } else if (opcode(pc) == spec::Opcode::kStore) {
      const auto store = isa::decode<spec::Store>(grain);
      for (std::uint64_t i = 0; i < store.rows; ++i) {
        touch(pc, kOut, store.src_base + i * store.src_pitch,
              (store.row_bytes + spec::kGrainBytes - 1) / spec::kGrainBytes, false);
      }
    } else if (opcode(pc) == spec::Opcode::kConfig) {
      in_force_ = isa::decode<spec::Config>(grain);
    } else if (opcode(pc) == spec::Opcode::kMatmul) {
      access_matmul(pc, isa::decode<spec::Matmul>(grain));
    }
  }

  void access_matmul(std::size_t pc, const spec::Matmul& mm) {
    const std::uint64_t scales = (mm.k + spec::kGrainBytes - 1) / spec::kGrainBytes;
    const bool mx = in_force_.scaling == spec::Scaling::kMx;
    for (std::uint64_t i = 0; i < mm.mt; ++i) {
      touch(pc, kA, mm.a_base + i * mm.a_stride, mm.k, false);
      if (mx) touch(pc, kAScale, mm.a_scale_base + i * mm.a_scale_stride, scales, false);
    }
    for (std::uint64_t j = 0; j < mm.nt; ++j) {
      touch(pc, kB, mm.b_base + j * mm.b_stride, mm.k, false);
      if (mx) touch(pc, kBScale, mm.b_scale_base + j * mm.b_scale_stride, scales, false);
    }
    if (mm.dst != spec::Partial::kNone) return;
    const std::uint64_t columns = std::uint64_t{mm.nt} * config_.cols;
    if (in_force_.col_scale != 0) touch(pc, kCol, mm.col_base, (columns + 7) / 8, false);
    const std::uint64_t bytes = columns * format::byte_width(in_force_.out);
    for (std::uint64_t r = 0; r < std::uint64_t{mm.mt} * config_.rows; ++r) {
      touch(pc, kOut, mm.out_base + r * mm.out_pitch, (bytes + spec::kGrainBytes - 1) / spec::kGrainBytes,
            true);
    }
  }

  const isa::Program& program_;
  const HardwareConfig& config_;
  std::size_t limit_;
  std::vector<Node> nodes_;
  std::array<std::vector<std::size_t>, spec::kNumSemaphores> posts_;  // Program counters, in program order
  std::array<std::vector<std::size_t>, spec::kNumSemaphores> waits_;
  std::array<std::size_t, spec::kNumSemaphores> next_wait_{};
  std::array<std::size_t, spec::kNumSemaphores> posted_{};
  std::array<std::size_t, spec::kNumSemaphores> taken_{};
  std::array<const Node*, kEngines> previous_{};
  Clock dispatched_{};
  std::array<std::vector<Cell>, kMemories> cells_;
  spec::Config in_force_{};
  std::vector<Hazard> hazards_;
};

}  // namespace

std::vector<Hazard> find_hazards(const isa::Program& program, const HardwareConfig& config,
                                 std::size_t limit) {
  return Analysis(program, config, limit).run();
}

}  // namespace tessera::compiler
