// SPDX-License-Identifier: Apache-2.0

#include "model/functional_model.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <stdexcept>

#include "isa/check.hpp"
#include "model/matmul.hpp"

namespace tessera::model {

namespace {

using isa::Grain;
using spec::Engine;
using spec::Error;
using spec::Opcode;

constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << spec::kAddrBits) - 1;

using Semaphores = std::array<std::uint8_t, spec::kNumSemaphores>;

// An instruction on its way to an engine.
struct Issue {
  std::uint32_t pc;
  std::uint64_t address;  // addr + areg
  Grain word;
};

struct LoopFrame {
  std::uint32_t body;  // pc of its first instruction
  std::uint32_t left;  // Times still to run, this one included
};

// One run of one program.
class Run {
 public:
  Run(const HardwareConfig& hardware, std::span<std::uint8_t> memory, LocalMemories& local,
      Semaphores& semaphores, const Launch& launch)
      : hardware_{hardware}, memory_{memory}, local_{local}, semaphores_{semaphores}, launch_{launch} {
    queues_.resize(spec::kEngineValues.size());
    result_.state = spec::State::kRunning;
  }

  RunResult to_end() {
    if (program_address_ok()) {
      while (result_.state == spec::State::kRunning) {
        if (!step()) deadlock();
      }
    } else {
      stop(Error::kProgAddress, Engine::kDispatch, 0, Grain{}, 0);
    }
    result_.irq = true;
    return result_;
  }

 private:
  bool program_address_ok() const {
    const std::uint64_t base = launch_.program_base;
    const std::uint64_t size = std::uint64_t{launch_.instructions} * spec::kGrainBytes;
    // No address past 2^48 exists, whatever the limit says.
    const std::uint64_t limit = std::min(launch_.memory_limit, kAddressMask + 1);
    return base % spec::kGrainBytes == 0 && size != 0 && base >= launch_.memory_base && limit >= size &&
           base <= limit - size;
  }

  void stop(Error error, Engine engine, std::uint32_t pc, const Grain& word, std::uint64_t address) {
    result_.state = spec::State::kError;
    result_.error = error;
    result_.error_engine = engine;
    result_.error_pc = pc;
    result_.error_instruction = word;
    result_.error_address = address;
  }
  void stop(Error error, Engine engine, const Issue& issue, std::uint64_t address = 0) {
    stop(error, engine, issue.pc, issue.word, address);
  }

  // One action of the machine; false if nothing can move.
  bool step() {
    for (std::size_t e = 1; e < queues_.size(); ++e) {
      if (execute_head(static_cast<Engine>(e))) return true;
    }
    if (pending_) return false;  // It could not leave, and no engine is left that might change that
    fetch();
    return true;
  }

  bool engines_empty() const {
    return std::all_of(queues_.begin(), queues_.end(), [](const auto& queue) { return queue.empty(); });
  }

  // Semaphores.

  bool take(std::uint16_t mask) {
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
      if (((mask >> s) & 1) != 0 && semaphores_[s] == 0) return false;
    }
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) semaphores_[s] -= (mask >> s) & 1;
    return true;
  }

  void post(const Issue& issue, Engine engine) {
    const auto mask = static_cast<std::uint16_t>(isa::get_field(issue.word, isa::kPostField));
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
      if (((mask >> s) & 1) == 0) continue;
      if (semaphores_[s] == spec::kSemMax) return stop(Error::kSemOverflow, engine, issue);
      ++semaphores_[s];
    }
  }

  // Lowest-numbered of those waiting; the dispatcher only when it is SYNC that waits.
  void deadlock() {
    if (pending_ && isa::opcode_of(pending_->word) == static_cast<std::uint8_t>(Opcode::kSync)) {
      return stop(Error::kDeadlock, Engine::kDispatch, *pending_);
    }
    for (std::size_t e = 1; e < queues_.size(); ++e) {
      if (!queues_[e].empty()) return stop(Error::kDeadlock, static_cast<Engine>(e), queues_[e].front());
    }
    throw std::logic_error("the functional model stands still although nothing waits");
  }

  // Dispatcher.

  // Fetches and checks the next instruction and makes it the pending one.
  void fetch() {
    if (pc_ == launch_.instructions) return stop(Error::kProgramEnd, Engine::kDispatch, pc_, Grain{}, 0);
    const std::uint64_t address = launch_.program_base + std::uint64_t{pc_} * spec::kGrainBytes;
    if (address >= memory_.size()) return stop(Error::kBusFetch, Engine::kDispatch, pc_, Grain{}, address);
    Issue issue = {pc_, 0, {}};
    std::copy_n(memory_.begin() + static_cast<std::ptrdiff_t>(address), issue.word.size(),
                issue.word.begin());
    issue.address = effective_address(issue.word);

    isa::CheckContext context;
    context.hardware = hardware_;
    context.config = dispatched_config_;
    context.effective_address = issue.address;
    context.memory_base = launch_.memory_base;
    context.memory_limit = launch_.memory_limit;
    const Error error = isa::check(issue.word, context).error;
    if (error != Error::kNone) {
      return stop(error, Engine::kDispatch, issue, error == Error::kMemRange ? issue.address : 0);
    }
    if (!loop_rules_ok(issue.word)) return stop(Error::kLoopStack, Engine::kDispatch, issue);
    pending_ = issue;
    dispatch_pending();
  }

  std::uint64_t effective_address(const Grain& word) const {
    switch (static_cast<Opcode>(isa::opcode_of(word))) {
      case Opcode::kLoad: {
        const auto load = isa::decode<spec::Load>(word);
        return (load.addr + address_registers_[load.areg]) & kAddressMask;
      }
      case Opcode::kStore: {
        const auto store = isa::decode<spec::Store>(word);
        return (store.addr + address_registers_[store.areg]) & kAddressMask;
      }
      default: return 0;
    }
  }

  bool loop_rules_ok(const Grain& word) const {
    switch (static_cast<Opcode>(isa::opcode_of(word))) {
      case Opcode::kLoop: return loops_.size() < spec::kLoopDepth;
      case Opcode::kEndloop: return !loops_.empty();
      case Opcode::kHalt: return loops_.empty();
      default: return true;
    }
  }

  // True if the pending instruction has left the dispatcher.
  bool dispatch_pending() {
    const Issue issue = *pending_;
    std::uint32_t next = pc_ + 1;
    switch (static_cast<Opcode>(isa::opcode_of(issue.word))) {
      case Opcode::kSync:
        if (!take(isa::decode<spec::Sync>(issue.word).wait_mask)) return false;
        post(issue, Engine::kDispatch);
        break;
      case Opcode::kHalt:
        if (!engines_empty()) return false;
        result_.state = spec::State::kDone;
        break;
      case Opcode::kFence:
        if (!engines_empty()) return false;
        break;
      case Opcode::kLoop: loops_.push_back({next, isa::decode<spec::Loop>(issue.word).count}); break;
      case Opcode::kEndloop:
        if (--loops_.back().left != 0) {
          next = loops_.back().body;
        } else {
          loops_.pop_back();
        }
        break;
      case Opcode::kSetr: {
        const auto setr = isa::decode<spec::Setr>(issue.word);
        address_registers_[setr.areg] = setr.value;
        break;
      }
      case Opcode::kAddr: {
        const auto addr = isa::decode<spec::Addr>(issue.word);
        add_to_register(addr.areg, addr.value);
        break;
      }
      case Opcode::kLoad: {
        const auto load = isa::decode<spec::Load>(issue.word);
        if (!enqueue(static_cast<Engine>(static_cast<unsigned>(Engine::kLoad0) + load.lane), issue))
          return false;
        add_to_register(load.areg, static_cast<std::uint64_t>(std::int64_t{load.post_inc}));
        break;
      }
      case Opcode::kStore: {
        const auto store = isa::decode<spec::Store>(issue.word);
        if (!enqueue(Engine::kStore, issue)) return false;
        add_to_register(store.areg, static_cast<std::uint64_t>(std::int64_t{store.post_inc}));
        break;
      }
      case Opcode::kConfig:
        if (!enqueue(Engine::kMatmul, issue)) return false;
        dispatched_config_ = isa::decode<spec::Config>(issue.word);
        break;
      case Opcode::kMatmul:
        if (!enqueue(Engine::kMatmul, issue)) return false;
        break;
    }
    pending_.reset();
    pc_ = next;
    ++result_.counters.instructions;
    return true;
  }

  bool enqueue(Engine engine, const Issue& issue) {
    auto& queue = queues_[static_cast<std::size_t>(engine)];
    if (queue.size() == spec::kQueueDepth) return false;
    queue.push_back(issue);
    return true;
  }

  // Register 0 stays zero: the checks allow it no post_inc but 0.
  void add_to_register(unsigned areg, std::uint64_t addend) {
    address_registers_[areg] = (address_registers_[areg] + addend) & kAddressMask;
  }

  // Engines.

  // Runs the engine's oldest instruction if its semaphores allow; true if it did.
  bool execute_head(Engine engine) {
    auto& queue = queues_[static_cast<std::size_t>(engine)];
    if (queue.empty()) return false;
    const Issue issue = queue.front();
    if (!take(static_cast<std::uint16_t>(isa::get_field(issue.word, isa::kWaitField)))) return false;
    queue.pop_front();
    execute(issue, engine);
    if (result_.state == spec::State::kRunning) post(issue, engine);
    return true;
  }

  void execute(const Issue& issue, Engine engine) {
    switch (static_cast<Opcode>(isa::opcode_of(issue.word))) {
      case Opcode::kConfig: config_ = isa::decode<spec::Config>(issue.word); break;
      case Opcode::kMatmul: matmul(issue); break;
      case Opcode::kStore: store(issue); break;
      default: load(issue, engine); break;
    }
  }

  void matmul(const Issue& issue) {
    const MatmulResult done =
        run_matmul(isa::decode<spec::Matmul>(issue.word), config_, hardware_, local_, result_.num_status);
    result_.counters.passes += done.passes;
    if (done.error != Error::kNone) stop(done.error, Engine::kMatmul, issue);
  }

  // Start of the burst that runs past the end of memory, for a row of which a byte lies there.
  std::uint64_t failing_burst(std::uint64_t row_address) const {
    return std::max<std::uint64_t>(row_address - row_address % spec::kGrainBytes, memory_.size());
  }

  void load(const Issue& issue, Engine engine) {
    const auto load = isa::decode<spec::Load>(issue.word);
    BankedMemory& target = local_[load.space];
    const std::size_t grains = (load.row_bytes + spec::kGrainBytes - 1) / spec::kGrainBytes;
    for (std::size_t i = 0; i < std::size_t{load.rows} + load.fill; ++i) {
      const std::size_t group = i / target.banks();
      const auto row = target.grains(static_cast<unsigned>(i % target.banks()),
                                     load.dst_base + group * load.dst_stride, grains);
      std::size_t copied = 0;
      if (i < load.rows) {
        const std::uint64_t address = issue.address + i * load.row_stride;
        if (address + load.row_bytes > memory_.size()) {
          return stop(Error::kBusRead, engine, issue, failing_burst(address));
        }
        copied = load.row_bytes;
        std::copy_n(memory_.begin() + static_cast<std::ptrdiff_t>(address), copied, row.begin());
      }
      std::fill(row.begin() + static_cast<std::ptrdiff_t>(copied), row.end(), std::uint8_t{0});
    }
  }

  void store(const Issue& issue) {
    const auto store = isa::decode<spec::Store>(issue.word);
    const std::size_t grains = (store.row_bytes + spec::kGrainBytes - 1) / spec::kGrainBytes;
    for (std::size_t i = 0; i < store.rows; ++i) {
      const auto row = local_.out.grains(0, store.src_base + i * store.src_pitch, grains);
      const std::uint64_t address = issue.address + i * store.row_stride;
      if (address + store.row_bytes > memory_.size()) {
        return stop(Error::kBusWrite, Engine::kStore, issue, failing_burst(address));
      }
      std::copy_n(row.begin(), store.row_bytes, memory_.begin() + static_cast<std::ptrdiff_t>(address));
    }
  }

  const HardwareConfig& hardware_;
  std::span<std::uint8_t> memory_;
  LocalMemories& local_;
  Semaphores& semaphores_;
  const Launch& launch_;

  std::uint32_t pc_ = 0;
  std::optional<Issue> pending_;  // Fetched and checked, not yet dispatched
  std::optional<spec::Config> dispatched_config_;
  std::vector<LoopFrame> loops_;
  std::array<std::uint64_t, spec::kNumAddrRegs> address_registers_{};
  std::vector<std::deque<Issue>> queues_;  // Indexed by Engine; the dispatcher's stays empty
  spec::Config config_;                    // As the MATMUL engine has it
  RunResult result_;
};

void require(bool condition, const char* sentence) {
  if (!condition) throw std::invalid_argument(sentence);
}

bool is_grid_size(unsigned n) { return n >= 4 && n <= 32 && (n & (n - 1)) == 0; }

const HardwareConfig& checked(const HardwareConfig& hardware) {
  require(is_grid_size(hardware.rows) && is_grid_size(hardware.cols),
          "rows and cols must be powers of two, 4 to 32");
  require(hardware.acc_bits == 64 || hardware.acc_bits == 96 || hardware.acc_bits == 128,
          "acc_bits must be 64, 96 or 128");
  require(hardware.load_lanes >= 1 && hardware.load_lanes <= spec::kMaxLoadLanes,
          "load_lanes must be 1 to 4");
  return hardware;
}

}  // namespace

FunctionalModel::FunctionalModel(const HardwareConfig& hardware, std::uint64_t memory_bytes)
    : hardware_{checked(hardware)}, local_{hardware} {
  require(memory_bytes % 4096 == 0, "the size of the model's memory must be a multiple of 4096 bytes");
  memory_.resize(memory_bytes);
}

void FunctionalModel::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  if (address > memory_.size() || bytes.size() > memory_.size() - address) {
    throw std::out_of_range(
        "write past the end of the model's memory: make it larger or use another address");
  }
  std::copy(bytes.begin(), bytes.end(), memory_.begin() + static_cast<std::ptrdiff_t>(address));
}

void FunctionalModel::read(std::uint64_t address, std::span<std::uint8_t> bytes) {
  if (address > memory_.size() || bytes.size() > memory_.size() - address) {
    throw std::out_of_range("read past the end of the model's memory: make it larger or use another address");
  }
  std::copy_n(memory_.begin() + static_cast<std::ptrdiff_t>(address), bytes.size(), bytes.begin());
}

RunResult FunctionalModel::run(const Launch& launch) {
  require(launch.instructions < (1U << spec::kPcBits), "a program has at most 2^24 - 1 instructions");
  semaphores_.fill(0);
  for (PartialTile& tile : local_.partial) tile.kind = spec::Partial::kNone;
  return Run(hardware_, memory_, local_, semaphores_, launch).to_end();
}

}  // namespace tessera::model
