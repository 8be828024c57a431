// SPDX-License-Identifier: Apache-2.0

#include "perf/predict.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <queue>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "perf/front_end.hpp"
#include "perf/latency.hpp"
#include "perf/load_lane.hpp"
#include "perf/read_ports.hpp"
#include "perf/store_engine.hpp"

namespace tessera::perf {

namespace {

Instruction decode(const isa::Grain& grain, std::size_t pc) {
  switch (static_cast<spec::Opcode>(isa::opcode_of(grain))) {
    case spec::Opcode::kSync: return isa::decode<spec::Sync>(grain);
    case spec::Opcode::kHalt: return spec::Halt{};
    case spec::Opcode::kFence: return spec::Fence{};
    case spec::Opcode::kLoop: return isa::decode<spec::Loop>(grain);
    case spec::Opcode::kEndloop: return spec::Endloop{};
    case spec::Opcode::kSetr: return isa::decode<spec::Setr>(grain);
    case spec::Opcode::kAddr: return isa::decode<spec::Addr>(grain);
    case spec::Opcode::kLoad: return isa::decode<spec::Load>(grain);
    case spec::Opcode::kStore: return isa::decode<spec::Store>(grain);
    case spec::Opcode::kConfig: return isa::decode<spec::Config>(grain);
    case spec::Opcode::kMatmul: return isa::decode<spec::Matmul>(grain);
  }
  throw std::invalid_argument("instruction " + std::to_string(pc) +
                              " has no known opcode: nothing to predict");
}

constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << spec::kAddrBits) - 1;

std::vector<Instruction> decode(const isa::Program& program) {
  std::vector<Instruction> result;
  result.reserve(program.size());
  for (std::size_t pc = 0; pc < program.size(); ++pc) result.push_back(decode(program.code[pc], pc));
  return result;
}

// What happens in a cycle is worked out in the order in which RTL state allows it: posts of the cycle before,
// writes of the lanes, dispatch, issue by engine number, grants, new requests.
class Machine {
 public:
  Machine(const isa::Program& program, const HardwareConfig& config, const MemoryTiming& timing,
          std::uint64_t base)
      : config_{config},
        map_{config.ports, timing.interleave_log2},
        program_{decode(program)},
        ports_{config.ports, timing},
        front_{program_, base},
        store_{map_, timing},
        load_queues_(config.load_lanes),
        lanes_(config.load_lanes, LoadLane(config, map_)) {}

  Prediction run() {
    for (Cycle now = 0; !halted_;) {
      while (!posts_.empty() && posts_.top().first <= now) {
        add_posts(posts_.top().second);
        posts_.pop();
      }
      write(now);
      Cycle next = dispatch(now);
      if (halted_) break;
      // Lower engine numbers first: they win when two wait for one semaphore.
      next = std::min({next, matmul(now), store(now)});
      for (std::size_t l = 0; l < lanes_.size(); ++l) next = std::min(next, load(l, now));
      grant(now);
      next = std::min(next, front_.step(now));
      if (front_.dispatchable() > now) next = std::min(next, front_.dispatchable());
      for (LoadLane& lane : lanes_) next = std::min(next, lane.generate(now));
      next = std::min({next, next_grant(now), next_change(now)});
      if (next == kNever) {
        throw std::invalid_argument("the program deadlocks: in cycle " + std::to_string(now) +
                                    " everything waits and nothing is in flight");
      }
      now = std::max(next, now + 1);
    }
    return finish();
  }

 private:
  template <class T>
  struct Queued {
    T instruction;
    Cycle ready;
  };
  template <class T>
  using Queue = std::deque<Queued<T>>;
  using MatmulJob = std::variant<spec::Config, spec::Matmul>;

  // ---- Semaphores

  void add_posts(std::uint16_t mask) {
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) semaphores_[s] += (mask >> s) & 1U;
  }
  void complete(Cycle done, std::uint16_t post) {
    quiet_ = std::max(quiet_, done + latency::kDoneToQuiet);
    if (post != 0) posts_.push({done + latency::kDoneToIssue, post});
  }
  bool take(std::uint16_t wait) {
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) {
      if (((wait >> s) & 1U) != 0 && semaphores_[s] == 0) return false;
    }
    for (unsigned s = 0; s < spec::kNumSemaphores; ++s) semaphores_[s] -= (wait >> s) & 1U;
    return true;
  }

  // ---- Dispatch

  // Dispatches what it can in this cycle; returns when it can go on without any other event.
  Cycle dispatch(Cycle now) {
    waits_for_quiet_ = false;
    const Cycle ready = std::max(front_.dispatchable(), next_dispatch_);
    if (ready > now) return ready;
    if (!execute(program_[front_.pc()], now)) return kNever;
    front_.dispatched();
    ++instructions_;
    next_dispatch_ = now + 1;
    return next_dispatch_;
  }

  bool quiet(Cycle now) {
    bool empty = matmul_queue_.empty() && store_queue_.empty();
    for (std::size_t l = 0; l < lanes_.size(); ++l)
      empty = empty && load_queues_[l].empty() && lanes_[l].empty();
    waits_for_quiet_ = !empty || quiet_ > now;
    return !waits_for_quiet_;
  }

  template <class Q, class T>
  bool enqueue(Q& queue, T job, Cycle now) {
    if (queue.size() >= spec::kQueueDepth) return false;
    queue.push_back({std::move(job), now + latency::kDispatchToIssue});
    return true;
  }

  std::uint64_t effective(std::uint64_t addr, unsigned areg) const {
    return (addr + aregs_[areg]) & kAddressMask;
  }
  void increment(unsigned areg, std::int64_t by) {
    if (areg != 0) aregs_[areg] = (aregs_[areg] + static_cast<std::uint64_t>(by)) & kAddressMask;
  }

  bool execute(const Instruction& instruction, Cycle now) {
    if (const auto* load = std::get_if<spec::Load>(&instruction)) {
      const LoadLane::Job job{*load, effective(load->addr, load->areg)};
      if (!enqueue(load_queues_.at(load->lane), job, now)) return false;
      increment(load->areg, load->post_inc);
      return true;
    }
    if (const auto* st = std::get_if<spec::Store>(&instruction)) {
      spec::Store job = *st;
      job.addr = effective(st->addr, st->areg);
      if (!enqueue(store_queue_, job, now)) return false;
      increment(st->areg, st->post_inc);
      return true;
    }
    if (const auto* mm = std::get_if<spec::Matmul>(&instruction))
      return enqueue(matmul_queue_, MatmulJob{*mm}, now);
    if (const auto* c = std::get_if<spec::Config>(&instruction))
      return enqueue(matmul_queue_, MatmulJob{*c}, now);
    return control(instruction, now);
  }

  bool control(const Instruction& instruction, Cycle now) {
    if (std::holds_alternative<spec::Halt>(instruction)) {
      if (!quiet(now)) return false;
      halted_ = true;
      end_ = now + latency::kHaltToEnd;
    } else if (std::holds_alternative<spec::Fence>(instruction)) {
      return quiet(now);
    } else if (const auto* sync = std::get_if<spec::Sync>(&instruction)) {
      if (!take(sync->wait_mask)) return false;
      if (sync->post_mask != 0) posts_.push({now + latency::kDoneToIssue, sync->post_mask});
    } else if (const auto* setr = std::get_if<spec::Setr>(&instruction)) {
      aregs_[setr->areg] = setr->value;
    } else if (const auto* addr = std::get_if<spec::Addr>(&instruction)) {
      aregs_[addr->areg] = (aregs_[addr->areg] + addr->value) & kAddressMask;
    }
    return true;
  }

  // ---- Issue. Each returns when it can go on without any other event.

  // Takes the queue's first instruction if it may issue now; `next` is when to try again.
  template <class T>
  bool pop(Queue<T>& queue, Cycle accepts, std::uint16_t wait, Cycle now, Cycle& next) {
    next = std::max(queue.front().ready, accepts);
    if (next > now) return false;
    next = kNever;
    if (!take(wait)) return false;
    queue.pop_front();
    next = now + 1;  // For the instruction behind it, and for a dispatcher that waits for room
    return true;
  }

  Cycle matmul(Cycle now) {
    if (matmul_queue_.empty()) return kNever;
    const MatmulJob job = matmul_queue_.front().instruction;
    Cycle next = kNever;
    if (const auto* config = std::get_if<spec::Config>(&job)) {
      // done_valid is one MATMUL's in the cycle in which it finishes.
      while (!finishing_.empty() && finishing_.front() < now) finishing_.pop_front();
      const bool taken = !finishing_.empty() && finishing_.front() == now;
      if (pop(matmul_queue_, std::max(matmul_accepts_, now + (taken ? 1 : 0)), config->wait_mask, now,
              next)) {
        complete(now, config->post_mask);
      }
      return next;
    }
    const spec::Matmul& mm = std::get<spec::Matmul>(job);
    if (!pop(matmul_queue_, matmul_accepts_, mm.wait_mask, now, next)) return next;
    const std::uint64_t drain =
        mm.src != spec::Partial::kNone ? std::max(config_.rows, 8U) : config_.rows;  // docs/architecture.md
    const std::uint64_t passes = std::uint64_t{mm.mt} * mm.nt;
    const Cycle inject = std::max(now + latency::kMatmulIssueToInject, array_free_);
    if (p_.passes == 0) p_.array_first = inject;
    array_free_ = inject + passes * std::max<std::uint64_t>(mm.k, drain);
    p_.passes += passes;
    p_.array_cycles += array_free_ - inject;
    busy(spec::Engine::kMatmul) += passes * mm.k;
    const Cycle done = array_free_ - 1 + latency::slot_end_to_done(config_.rows, config_.cols);
    complete(done, mm.post_mask);
    while (!finishing_.empty() && finishing_.front() < now) finishing_.pop_front();
    finishing_.push_back(done);
    matmul_accepts_ = inject - latency::kMatmulJobToInject;  // It has left the place for the next
    return next;
  }

  Cycle store(Cycle now) {
    if (store_queue_.empty()) return kNever;
    const spec::Store st = store_queue_.front().instruction;
    Cycle next = kNever;
    if (!pop(store_queue_, store_.accepts(), st.wait_mask, now, next)) return next;
    complete(store_.issue(st, now), st.post_mask);
    return next;
  }

  Cycle load(std::size_t l, Cycle now) {
    Queue<LoadLane::Job>& queue = load_queues_[l];
    if (queue.empty()) return kNever;
    if (!lanes_[l].can_issue()) return kNever;
    const LoadLane::Job job = queue.front().instruction;
    Cycle next = kNever;
    if (pop(queue, 0, job.load.wait_mask, now, next)) lanes_[l].issue(job, now);
    return next;
  }

  // ---- Memory. Master 0 is the fetch, 1 + l LOAD lane l.

  Cycle wants(std::size_t master) const { return master == 0 ? front_.wants() : lanes_[master - 1].wants(); }
  unsigned port_of(std::size_t master) const {
    return map_.port(master == 0 ? front_.address() : lanes_[master - 1].address());
  }

  void grant(Cycle now) {
    const std::size_t masters = 1 + lanes_.size();
    for (unsigned port = 0; port < config_.ports; ++port) {
      if (ports_.ready(port) > now) continue;
      const std::size_t first = ports_.last_served(port) + std::size_t{1};
      for (std::size_t i = 0; i < masters; ++i) {
        const std::size_t master = (first + i) % masters;
        if (wants(master) > now || port_of(master) != port) continue;
        if (master == 0) {
          front_.granted(ports_.grant(port, 0, front_.beats(), now));
        } else {
          LoadLane& lane = lanes_[master - 1];
          lane.granted(ports_.grant(port, static_cast<unsigned>(master), lane.beats(), now));
        }
        break;
      }
    }
  }
  Cycle next_grant(Cycle now) const {
    Cycle next = kNever;
    for (std::size_t master = 0; master <= lanes_.size(); ++master) {
      const Cycle want = wants(master);
      if (want != kNever) next = std::min(next, std::max({want, ports_.ready(port_of(master)), now + 1}));
    }
    return next;
  }

  void finish(LoadLane& lane, Cycle now) {
    std::uint16_t post = 0;
    if (lane.finish(now, post)) complete(now, post);
  }

  // Two lanes that want one bank: the lower goes on, the other waits.
  void write(Cycle now) {
    for (std::size_t l = 0; l < lanes_.size(); ++l) {
      LoadLane& lane = lanes_[l];
      finish(lane, now);
      // A piece of one kept grain writes nothing, and the next may begin at once.
      while (lane.may_begin(now) && !held_up(l, now)) lane.begin(now);
      const LoadLane::Writing& mine = lane.writing();
      if (!mine.active || mine.from != now) continue;
      for (std::size_t higher = l + 1; higher < lanes_.size(); ++higher) {
        const LoadLane::Writing& other = lanes_[higher].writing();
        if (other.active && other.to >= now && other.space == mine.space && other.bank == mine.bank)
          lanes_[higher].stall(mine.from, mine.to);
      }
      finish(lane, now);  // If it is a single grain
    }
  }

  bool held_up(std::size_t l, Cycle now) {
    for (std::size_t lower = 0; lower < l; ++lower) {
      const LoadLane::Writing& other = lanes_[lower].writing();
      if (!lanes_[l].meets(other, now)) continue;
      lanes_[l].hold(other.to + 1);
      return true;
    }
    return false;
  }

  Cycle next_change(Cycle now) const {
    Cycle next = posts_.empty() ? kNever : posts_.top().first;
    for (const LoadLane& lane : lanes_) {
      const Cycle change = lane.next_write();
      if (change != kNever) next = std::min(next, std::max(change, now + 1));
    }
    if (waits_for_quiet_ && quiet_ > now) next = std::min(next, quiet_);
    return next;
  }

  std::uint64_t& busy(spec::Engine engine) { return p_.busy[static_cast<std::size_t>(engine)]; }

  Prediction finish() {
    p_.cycles = end_;
    p_.array_last = array_free_;
    p_.instructions = instructions_;
    p_.read_beats = ports_.beats();
    p_.write_beats = store_.beats();
    busy(spec::Engine::kStore) = p_.write_beats;
    busy(spec::Engine::kDispatch) = instructions_;
    for (std::size_t l = 0; l < lanes_.size(); ++l) {
      p_.busy[static_cast<std::size_t>(spec::Engine::kLoad0) + l] = lanes_[l].busy();
    }
    // Nearly always busy means bound by it; else the program waits for latencies or for its own order.
    const double cycles = static_cast<double>(p_.cycles);
    const double array = static_cast<double>(p_.array_cycles) / cycles;
    const double width = std::min(config_.load_lanes, config_.ports);
    const double memory =
        std::max(static_cast<double>(p_.read_beats) / width, static_cast<double>(p_.write_beats)) / cycles;
    constexpr double kMostly = 0.75;
    p_.bound = std::max(array, memory) < kMostly ? Bound::kLatency
               : array >= memory                 ? Bound::kArray
                                                 : Bound::kMemory;
    return p_;
  }

  const HardwareConfig& config_;
  PortMap map_;
  std::vector<Instruction> program_;
  Prediction p_;
  ReadPorts ports_;
  FrontEnd front_;

  Cycle next_dispatch_ = 0;
  std::array<std::uint64_t, spec::kNumAddrRegs> aregs_{};
  std::uint64_t instructions_ = 0;
  bool waits_for_quiet_ = false;  // At a FENCE or HALT
  Cycle quiet_ = 0;               // From here on nothing that has issued is in an engine, LOADs apart
  bool halted_ = false;
  Cycle end_ = 0;

  std::array<unsigned, spec::kNumSemaphores> semaphores_{};
  using Post = std::pair<Cycle, std::uint16_t>;
  std::priority_queue<Post, std::vector<Post>, std::greater<>> posts_;

  Queue<MatmulJob> matmul_queue_;
  Cycle matmul_accepts_ = 0;
  Cycle array_free_ = 0;
  std::deque<Cycle> finishing_;  // Cycles in which MATMULs are done
  Queue<spec::Store> store_queue_;
  StoreEngine store_;
  std::vector<Queue<LoadLane::Job>> load_queues_;
  std::vector<LoadLane> lanes_;
};

}  // namespace

std::string_view name(Bound bound) {
  switch (bound) {
    case Bound::kArray: return "array";
    case Bound::kMemory: return "memory";
    case Bound::kLatency: return "latency";
  }
  return "unknown";
}

double Prediction::array_utilisation() const {
  return static_cast<double>(array_cycles) / static_cast<double>(cycles);
}
double Prediction::window_utilisation() const {
  if (array_last == array_first) return 0;
  return static_cast<double>(array_cycles) / static_cast<double>(array_last - array_first);
}

Prediction predict(const isa::Program& program, const HardwareConfig& config, const MemoryTiming& timing,
                   std::uint64_t program_base) {
  return Machine(program, config, timing, program_base).run();
}

}  // namespace tessera::perf
