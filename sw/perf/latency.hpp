// SPDX-License-Identifier: Apache-2.0
//
// Latencies of the machine's hops, in cycles, and depths that hide them: the only numbers of the performance
// model that come from how the RTL is pipelined. Everything else follows from docs/architecture.md.
//
// A hop from X to Y of n cycles: if X happens in cycle t, Y happens in cycle t + n. Cycle 0 is the first that
// CYCLES counts. tests/system/perf_test.cpp compares the sums with the RTL.

#pragma once

#include <cstdint>

namespace tessera::perf::latency {

// ---- Control (rtl/control)
inline constexpr unsigned kStartToFetch = 2;  // Cycle 0 -> fetch raises its first request
inline constexpr unsigned kResponseToLookup =
    1;  // Response beat -> the sequencer may look its instruction up
inline constexpr unsigned kLookupToDispatch = 5;  // Looked up -> it may be dispatched
inline constexpr unsigned kFetchToDispatch = kResponseToLookup + kLookupToDispatch;
inline constexpr unsigned kFrontStages = 5;   // Instructions looked up and not yet dispatched, at most
inline constexpr unsigned kFetchGrains = 8;   // Fetch bursts stay in their block of so many instructions
inline constexpr unsigned kFetchAhead = 16;   // Instructions asked for past the one being looked up, at most
inline constexpr unsigned kFetchWindow = 64;  // Instructions kept in the ring
inline constexpr unsigned kAskToRequest = 1;  // Fetch decides to ask -> its request is raised
inline constexpr unsigned kRefillToAsk = 1;   // A jump out of the window is seen -> fetch decides to ask
inline constexpr unsigned kDispatchToIssue = 1;  // Dispatched into an empty queue -> the engine can take it
inline constexpr unsigned kDoneToIssue = 1;  // done_valid -> an instruction that waits for its post can issue
inline constexpr unsigned kDoneToQuiet = 1;  // Last done_valid -> FENCE or HALT can leave
inline constexpr unsigned kHaltToEnd = 1;    // HALT leaves -> first cycle that CYCLES does not count
inline constexpr unsigned kLastDoneToEnd = kDoneToQuiet + kHaltToEnd;

// ---- Read crossbar (rtl/axi)
inline constexpr unsigned kRequestToPort = 1;   // Request granted -> AR on the port
inline constexpr unsigned kPortToResponse = 2;  // R beat on the port -> the read master has it
inline constexpr unsigned kPortSkid = 2;        // Bursts granted and not yet taken by the memory, at most
inline constexpr unsigned kReadGrains = 128;    // Grains reserved per LOAD lane and port, at most
inline constexpr unsigned kReadBursts = 128;    // Bursts of a master not answered to the last grain, at most

// ---- LOAD lane (rtl/load)
inline constexpr unsigned kMaxBurst = 32;         // Grains of a LOAD or STORE burst
inline constexpr unsigned kIssueToCommand = 1;    // Issue -> the burst generator can begin with it
inline constexpr unsigned kCommandToRequest = 2;  // Begun -> first request; then one a cycle
inline constexpr unsigned kLoadIssueToRequest = kIssueToCommand + kCommandToRequest;
inline constexpr unsigned kGeneratorQueue = 2;  // Instructions waiting for the burst generator, at most
inline constexpr unsigned kLaneQueue = 8;       // Instructions waiting for the data of those before, at most
inline constexpr unsigned kLoadIssueToZeros =
    3;  // Issue -> first grain of a LOAD of zero rows only is written
inline constexpr unsigned kLoadResponseToWrite =
    1;  // Response beat -> its grain is written; then LOAD is done

// ---- MATMUL (rtl/matmul, rtl/array, rtl/column, rtl/epilogue)
inline constexpr unsigned kMatmulIssueToJob = 1;   // Issue -> it may become the running job
inline constexpr unsigned kMatmulJobToInject = 1;  // Running job -> first operand read: the slot begins
inline constexpr unsigned kMatmulIssueToInject = kMatmulIssueToJob + kMatmulJobToInject;

// Last cycle of the last slot -> done_valid: 2 to the edge of the grid (rtl/operand), then to the first
// result of the last column Rows + (Cols - 1) + 3 (rtl/array), to its last Rows - 1, 6 through the column, 5
// through the epilogue.
constexpr std::uint64_t slot_end_to_done(std::uint64_t rows, std::uint64_t cols) {
  return 2 + rows + (cols - 1) + 3 + (rows - 1) + 6 + 5;
}

// CONFIG, MATMULs and HALT alone, in one fetch burst: CYCLES = sum of mt * nt * max(k, D) + this.
// `read_latency` is the memory's, AR taken to first R beat.
constexpr std::uint64_t array_overhead(std::uint64_t rows, std::uint64_t cols, std::uint64_t read_latency) {
  const std::uint64_t config_dispatched =
      kStartToFetch + kRequestToPort + read_latency + kPortToResponse + kFetchToDispatch;
  const std::uint64_t matmul_dispatched = config_dispatched + 1;
  const std::uint64_t inject = matmul_dispatched + kDispatchToIssue + kMatmulIssueToInject;
  return inject - 1 + slot_end_to_done(rows, cols) + kLastDoneToEnd;  // Less 1: the last slot's last cycle
}

// ---- STORE (rtl/store)
inline constexpr unsigned kStoreRequestToData = 2;  // Burst request taken -> its first beat can leave STORE
inline constexpr unsigned kStoreWalkToData =
    4;  // OUT walk begun -> first beat can leave STORE; then one a cycle
inline constexpr unsigned kStoreDataToWalk =
    3;  // The next walk begins so many cycles before the last beat leaves
inline constexpr unsigned kStoreDataToPort = 1;  // Beat leaves STORE -> W on the port (wr_mux)
inline constexpr unsigned kStoreIssueToData = kIssueToCommand + kStoreWalkToData + kStoreDataToPort;
inline constexpr unsigned kStoreResponseToDone = 1;  // Last B on the ports -> done_valid
inline constexpr unsigned kStoreInFlight = 8;        // Instructions issued and not done, at most
inline constexpr unsigned kStoreLead = 16;    // Bursts whose requests are taken and data are not, at most
inline constexpr unsigned kStoreBursts = 64;  // Bursts unanswered per port, at most

}  // namespace tessera::perf::latency
