// SPDX-License-Identifier: Apache-2.0

#include "hbm/rule.hpp"

#include <algorithm>
#include <iomanip>

namespace tessera::tb::hbm {
namespace {

constexpr std::array<std::string_view, kRules> kRuleNames{
    "RCDRD",    "RCDWR",       "RAS",         "RC",         "RTP",        "WR",         "RP",       "RFCPB",
    "RFCAB",    "RRDS",        "RRDL",        "FAW",        "RREFD",      "CCDS",       "CCDL",     "CCDR",
    "RTW",      "WTRS",        "WTRL",        "PPD",        "COLPD",      "XP",         "XS",       "CKE",
    "MRD",      "BUS",         "ACT_OPEN",    "COL_CLOSED", "REFPB_OPEN", "REFAB_OPEN", "MRS_OPEN", "PD_OPEN",
    "PD_STATE", "RESET_STATE", "REFPB_ORDER", "ADDRESS",    "EDGE",       "PAIR",       "CODE",     "LATENCY",
    "TRAIN",    "STROBE",      "REPAIR",      "REF_DEBT",   "REF_PULLIN", "REF_GAP",    "RAA"};
static_assert(!kRuleNames.back().empty());

constexpr std::array<std::string_view, kOps> kOpNames{"ACT", "PREPB", "PREAB", "RD",    "RDA",   "WR",
                                                      "WRA", "REFAB", "REFPB", "RFMAB", "RFMPB", "MRS",
                                                      "PDE", "PDX",   "SRE",   "SRX"};

}  // namespace

std::string_view rule_name(Rule rule) { return kRuleNames.at(static_cast<unsigned>(rule)); }
std::string_view op_name(Op op) { return kOpNames.at(static_cast<unsigned>(op)); }

std::string Command::text() const {
  std::string s{op_name(op)};
  if (op == Op::kMrs) s += " register " + std::to_string(mr_addr) + " = " + std::to_string(mr_data);
  if (!is_channel_wide(op)) s += " pc" + std::to_string(pc);
  if (has_bank(op))
    s += " sid" + std::to_string(sid()) + " bg" + std::to_string(bg()) + " ba" + std::to_string(ba());
  if (op == Op::kAct || is_column(op)) s += " row " + std::to_string(row);
  if (is_column(op)) s += " col " + std::to_string(col);
  return s + " at tick " + std::to_string(tick);
}

std::string Violation::text() const {
  std::string s = "HBM rule " + std::string(rule_name(rule)) + " broken at tick " + std::to_string(tick);
  if (has_second) s += ": " + second.text();
  if (has_first) s += " after " + first.text();
  return s + ": " + detail;
}

void Census::merge(const Census& other) {
  for (unsigned i = 0; i < kTimingRules; ++i) {
    entries_[i].checks += other.entries_[i].checks;
    entries_[i].min_slack = std::min(entries_[i].min_slack, other.entries_[i].min_slack);
  }
}

std::vector<Rule> Census::not_met_within(std::int64_t slack) const {
  std::vector<Rule> rules;
  for (unsigned i = 0; i < kTimingRules; ++i) {
    if (entries_[i].checks == 0 || entries_[i].min_slack > slack) rules.push_back(static_cast<Rule>(i));
  }
  return rules;
}

std::ostream& operator<<(std::ostream& out, const Census& census) {
  out << "rule      checks  least slack, ticks\n";
  for (unsigned i = 0; i < kTimingRules; ++i) {
    const Census::Entry& entry = census[static_cast<Rule>(i)];
    out << std::left << std::setw(6) << kRuleNames[i] << std::right << std::setw(10) << entry.checks << "  ";
    if (entry.checks == 0) {
      out << "-\n";
    } else {
      out << entry.min_slack << '\n';
    }
  }
  return out;
}

}  // namespace tessera::tb::hbm
