// SPDX-License-Identifier: Apache-2.0
//
// The control block among fakes: a host on AXI4-Lite, a program memory, four engines that only take time.

#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include "Vcontrol.h"
#include "isa/spec_gen.hpp"
#include "support/bench.hpp"
#include "support/grain.hpp"

namespace tessera::test {

inline constexpr unsigned kEngines = 4;  // MATMUL, STORE, LOAD lane 0, LOAD lane 1
inline constexpr unsigned kMatmul = 0, kStore = 1, kLoad0 = 2, kLoad1 = 3;

// How the fakes behave. The defaults are the fastest there can be.
struct Manners {
  unsigned seed = 1;
  unsigned fetch_latency = 1;   // Request to first beat, cycles
  unsigned fetch_jitter = 0;    // Up to that many more
  unsigned engine_latency = 1;  // Issue to done, cycles
  unsigned engine_jitter = 0;   // Up to that many more
  unsigned stall_percent = 0;   // Cycles in which a ready is withheld
  unsigned flush_cycles = 0;    // From flush_o to quiet, for an engine with work
};

struct Issued {
  std::uint64_t cycle;
  unsigned engine;
  std::uint32_t pc;
  std::uint64_t ea;
  Grain word;
};

class ControlMachine {
 public:
  static constexpr std::uint64_t kProgramBase = 0x1'0000'0000 + 5 * 32;  // Not at the start of a granule
  static constexpr std::uint64_t kMemoryBase = 0x1000;
  static constexpr std::uint64_t kMemoryLimit = 0x2'0000'0000;

  explicit ControlMachine(const Manners& manners = {}) : manners{manners}, random_{manners.seed} {
    set_inputs();
    bench.settle();
  }

  Bench<Vcontrol> bench{3'000'000};
  Manners manners;
  std::vector<Grain> program;
  std::set<std::uint32_t> bad_reads;            // Program counters whose read answers with an error
  std::map<std::uint32_t, spec::Error> faults;  // Engine fault when the instruction of this pc is reached
  bool bus_answers = true;                      // False: engines with work never become quiet again
  bool engines_finish = true;                   // False: nothing completes
  unsigned refusing = 0;                        // Mask of engines that are never ready
  int activity = -1;                            // What all engines report, if not negative
  // What was seen
  std::vector<Issued> issued;
  std::vector<std::uint64_t> done_cycles;
  std::uint64_t start_cycle = 0, first_request_cycle = 0, first_response_cycle = 0;
  unsigned requests = 0, start_pulses = 0, fetch_beats = 0;

  void step() {
    set_inputs();
    bench.settle();
    observe();
    bench.tick();
  }

  unsigned write(unsigned address, std::uint32_t data, unsigned strobes = 0xf) {
    bench->s_axil_awaddr = address;
    bench->s_axil_wdata = data;
    bench->s_axil_wstrb = strobes;
    bench->s_axil_awvalid = bench->s_axil_wvalid = bench->s_axil_bready = 1;
    step();  // An idle slave takes both at once
    bench->s_axil_awvalid = bench->s_axil_wvalid = 0;
    for (unsigned i = 0; i < 10; ++i) {
      bench.settle();
      const bool valid = bench->s_axil_bvalid != 0;
      const unsigned response = bench->s_axil_bresp;
      step();
      if (valid) return response;
    }
    throw std::runtime_error("no AXI4-Lite write response");
  }

  std::uint32_t read(unsigned address) {
    bench->s_axil_araddr = address;
    bench->s_axil_arvalid = bench->s_axil_rready = 1;
    step();
    bench->s_axil_arvalid = 0;
    for (unsigned i = 0; i < 10; ++i) {
      bench.settle();
      const bool valid = bench->s_axil_rvalid != 0;
      const std::uint32_t data = bench->s_axil_rdata;
      step();
      if (valid) return data;
    }
    throw std::runtime_error("no AXI4-Lite read response");
  }

  std::uint64_t read64(unsigned address) { return read(address) | std::uint64_t{read(address + 4)} << 32; }

  void write64(unsigned address, std::uint64_t data) {
    write(address, static_cast<std::uint32_t>(data));
    write(address + 4, static_cast<std::uint32_t>(data >> 32));
  }

  void configure() {
    write64(spec::kRegProgBase, kProgramBase);
    write(spec::kRegProgLen, static_cast<std::uint32_t>(program.size()));
    write64(spec::kRegMemBase, kMemoryBase);
    write64(spec::kRegMemLimit, kMemoryLimit);
    write(spec::kRegIrqEnable, 3);
    write(spec::kRegIrqStatus, 3);
  }

  unsigned start() {
    issued.clear();
    done_cycles.clear();
    requests = fetch_beats = 0;
    first_request_cycle = first_response_cycle = 0;
    return write(spec::kRegCtrl, 1);
  }

  // Runs the program to its end; the state in which it ended.
  spec::State run(std::uint64_t cycle_limit = 100'000) {
    configure();
    start();
    return finish(cycle_limit);
  }

  spec::State finish(std::uint64_t cycle_limit = 100'000) {
    for (std::uint64_t i = 0; i < cycle_limit && bench->irq_o == 0; ++i) step();
    end_cycle = bench.cycles();
    return state();
  }
  std::uint64_t end_cycle = 0;

  spec::State state() { return static_cast<spec::State>(read(spec::kRegStatus)); }
  spec::Error error() { return static_cast<spec::Error>(read(spec::kRegErrorCode)); }
  std::uint64_t bucket(unsigned engine, spec::Bucket bucket) {
    return read64(spec::kRegBucket + 64 * engine + 8 * static_cast<unsigned>(bucket));
  }

  // Every cycle of the run is in one bucket of each engine, every SEM cycle has its semaphore.
  bool counters_add_up() {
    const std::uint64_t cycles = read64(spec::kRegCycles);
    std::uint64_t waits = 0, waits_by_semaphore = 0;
    bool equal = cycles > 0;
    for (unsigned engine = 0; engine <= kEngines; ++engine) {
      std::uint64_t sum = 0;
      for (unsigned b = 0; b < 5; ++b) sum += bucket(engine, static_cast<spec::Bucket>(b));
      waits += bucket(engine, spec::Bucket::kSem);
      equal = equal && sum == cycles;
    }
    for (unsigned s = 0; s < 16; ++s) waits_by_semaphore += read64(spec::kRegSemWait + 8 * s);
    return equal && waits == waits_by_semaphore;
  }

 private:
  struct Work {
    Issued issued;
    std::uint64_t due;
  };
  struct Beat {
    std::uint64_t due;
    Grain data;
    bool error, last;
  };

  bool chance(unsigned percent) { return percent != 0 && random_() % 100 < percent; }
  unsigned jitter(unsigned most) { return most == 0 ? 0 : static_cast<unsigned>(random_() % (most + 1)); }

  void set_inputs() {
    const std::uint64_t now = bench.cycles();
    bench->req_ready_i = !chance(manners.stall_percent);
    responding_ = !beats_.empty() && beats_.front().due <= now && !chance(manners.stall_percent);
    bench->rsp_valid_i = responding_;
    if (responding_) {
      put_words(bench->rsp_data_i, beats_.front().data);
      bench->rsp_err_i = beats_.front().error;
      bench->rsp_last_i = beats_.front().last;
    }
    bench->rd_beats_i = responding_ ? 1 : 0;
    unsigned ready = 0, done = 0, quiet = 0, fault = 0;
    for (unsigned e = 0; e < kEngines; ++e) {
      const auto& work = work_[e];
      const bool flushing = bench->flush_o != 0;
      const bool has_fault =
          !work.empty() && !flushing && work.front().due <= now && faults.count(work.front().issued.pc) != 0;
      if (((refusing >> e) & 1) == 0 && work.size() < 2 && !chance(manners.stall_percent)) ready |= 1U << e;
      if (work.empty()) quiet |= 1U << e;
      if (!work.empty()) put_words(bench->done_word_i[e], work.front().issued.word);
      if (has_fault) {
        fault |= 1U << e;
        bench->fault_error_i[e] = static_cast<std::uint8_t>(faults.at(work.front().issued.pc));
        bench->fault_pc_i[e] = work.front().issued.pc;
        bench->fault_addr_i[e] = work.front().issued.ea;
      } else if (!work.empty() && engines_finish && !flushing && work.front().due <= now) {
        done |= 1U << e;
        bench->done_post_i[e] = static_cast<std::uint16_t>(get_bits(work.front().issued.word, 24, 16));
        bench->done_pc_i[e] = work.front().issued.pc;
      }
      // MATMUL's last cycles are tail; the others say what they like.
      unsigned doing = work.empty() ? 0 : engines_finish ? 1 + static_cast<unsigned>(random_() % 3) : 2;
      if (e == kMatmul && work.size() == 1 && work.front().due <= now + 2) doing = 4;
      if (activity >= 0) doing = static_cast<unsigned>(activity);
      bench->activity_i[e] = static_cast<std::uint8_t>(doing);
    }
    bench->issue_ready_i = static_cast<std::uint8_t>(ready);
    bench->done_valid_i = static_cast<std::uint8_t>(done);
    bench->fault_valid_i = static_cast<std::uint8_t>(fault);
    bench->quiet_i = static_cast<std::uint8_t>(quiet);
  }

  void observe() {
    const std::uint64_t now = bench.cycles();
    if (bench->start_o != 0) {
      ++start_pulses;
      start_cycle = now;
    }
    if (responding_) {
      if (fetch_beats++ == 0) first_response_cycle = now;
      beats_.pop_front();
    }
    if (bench->req_valid_o != 0 && first_request_cycle == 0) first_request_cycle = now;
    if (bench->req_valid_o != 0 && bench->req_ready_i != 0) take_request(now);
    for (unsigned e = 0; e < kEngines; ++e) observe_engine(e, now);
    flush_cycles_ = bench->flush_o != 0 ? flush_cycles_ + 1 : 0;
  }

  void take_request(std::uint64_t now) {
    ++requests;
    const std::uint64_t address = bench->req_addr_o, granule = std::uint64_t{1} << bench->interleave_o;
    const unsigned grains = bench->req_len_o + 1U;
    const std::uint64_t first = (address - kProgramBase) / 32;
    if (address % 32 != 0 || address / granule != (address + 32 * grains - 1) / granule) {
      throw std::runtime_error("a fetch burst crosses its granule");
    }
    if (address < kProgramBase || first + grains > program.size()) {
      throw std::runtime_error("a fetch burst leaves the program");
    }
    std::uint64_t due = now + manners.fetch_latency + jitter(manners.fetch_jitter);
    for (unsigned i = 0; i < grains; ++i, ++due) {
      const auto pc = static_cast<std::uint32_t>(first + i);
      beats_.push_back({due, program[pc], bad_reads.count(pc) != 0, i + 1 == grains});
    }
  }

  void observe_engine(unsigned e, std::uint64_t now) {
    auto& work = work_[e];
    if (((bench->done_valid_i >> e) & 1) != 0) {
      work.pop_front();
      done_cycles.push_back(now);
    }
    if (bench->flush_o != 0 && bus_answers && flush_cycles_ >= manners.flush_cycles) work.clear();
    if (((bench->issue_valid_o >> e) & 1) != 0) {
      const Issued item{now, e, bench->issue_pc_o[e], bench->issue_ea_o[e],
                        take_words(bench->issue_word_o[e])};
      issued.push_back(item);
      work.push_back({item, now + manners.engine_latency + jitter(manners.engine_jitter)});
    }
  }

  std::mt19937 random_;
  std::deque<Work> work_[kEngines];
  std::deque<Beat> beats_;
  bool responding_ = false;
  unsigned flush_cycles_ = 0;
};

}  // namespace tessera::test
