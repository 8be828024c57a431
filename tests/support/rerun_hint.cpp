// SPDX-License-Identifier: Apache-2.0
//
// After each failing test case, prints the one command that repeats it with waves.

#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include <filesystem>
#include <iostream>
#include <string>

#include "support/catch.hpp"

namespace {

#if __has_include(<catch2/catch_all.hpp>)
using ListenerBase = Catch::EventListenerBase;
const std::string& name_of(const Catch::TestCaseStats& stats) { return stats.testInfo->name; }
#else
using ListenerBase = Catch::TestEventListenerBase;
const std::string& name_of(const Catch::TestCaseStats& stats) { return stats.testInfo.name; }
#endif

struct RerunHint : ListenerBase {
  using ListenerBase::ListenerBase;

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.assertions.failed == 0) return;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
    std::cerr << "rerun with waves in this folder: TESSERA_WAVES=. " << self.string() << " \""
              << name_of(stats) << "\" --rng-seed " << m_config->rngSeed() << std::endl;
  }
};
CATCH_REGISTER_LISTENER(RerunHint)

}  // namespace
