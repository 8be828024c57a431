// SPDX-License-Identifier: Apache-2.0

#include "hbm/bank_rules.hpp"

#include <algorithm>

namespace tessera::tb::hbm {
BankRules::BankRules(const Geometry& part, const TimingSet& timing, Judge& judge)
    : part_{part}, t_{timing}, judge_{judge} {}

void BankRules::reset() {
  pcs_ = {};
  state_ = State::kAwake;
  asleep_ = pdx_ = srx_ = mrs_ = last_rd_ = last_wr_ = {};
}

void BankRules::set_latencies(unsigned rl, unsigned wl) {
  rl_ = rl;
  wl_ = wl;
}

bool BankRules::command(const Command& command, bool training) {
  if (!state_allows(command)) return false;
  channel_distances(command);
  switch (command.op) {
    case Op::kAct: activate(command); return true;
    case Op::kPrePb:
    case Op::kPreAb: precharge(command); return true;
    case Op::kRefPb:
    case Op::kRfmPb: refresh_bank(command); return true;
    case Op::kRefAb:
    case Op::kRfmAb: refresh_all(command); return true;
    case Op::kRd:
    case Op::kRda:
    case Op::kWr:
    case Op::kWra: return column(command, training);
    default: channel_command(command); return true;
  }
}

bool BankRules::state_allows(const Command& command) {
  const Op op = command.op;
  const bool leaves =
      (state_ == State::kPowerDown && op == Op::kPdx) || (state_ == State::kSelfRefresh && op == Op::kSrx);
  const bool exit = op == Op::kPdx || op == Op::kSrx;
  if (state_ != State::kAwake ? !leaves : exit) {
    const char* state = state_ == State::kAwake       ? "awake"
                        : state_ == State::kPowerDown ? "in power-down"
                                                      : "in self-refresh";
    judge_.broken(Rule::kPdState, command, std::string("the device is ") + state);
    return false;
  }
  if (has_bank(op) && command.sid() >= part_.sids) {
    judge_.broken(Rule::kAddress, command, "the part has " + std::to_string(part_.sids) + " stack IDs");
    return false;
  }
  if (op == Op::kAct && command.row >= part_.rows) {
    judge_.broken(Rule::kAddress, command, "the part has " + std::to_string(part_.rows) + " rows");
    return false;
  }
  return true;
}

// Rules from a command of the whole channel or PC to any command.
void BankRules::channel_distances(const Command& command) {
  judge_.distance(Rule::kXp, pdx_, t_.xp, command);
  judge_.distance(Rule::kXs, srx_, t_.xs, command);
  judge_.distance(Rule::kMrd, mrs_, t_.mrd, command);
  if (is_precharge(command.op)) return;
  for (unsigned pc = 0; pc < pcs_.size(); ++pc) {
    if (is_channel_wide(command.op) || pc == command.pc)
      judge_.distance(Rule::kRfcAb, pcs_[pc].ref_ab, t_.rfcab, command);
  }
}

void BankRules::activate(const Command& command) {
  Pc& pc = pcs_[command.pc];
  Bank& bank = pc.banks[command.bank];
  if (bank.open) judge_.broken(Rule::kActOpen, command, "row " + std::to_string(bank.row) + " is open");
  judge_.distance(Rule::kRc, bank.act, t_.rc, command);
  judge_.distance(Rule::kRp, bank.pre, t_.rp, command);
  judge_.distance(Rule::kRfcPb, bank.ref, t_.rfcpb, command);
  judge_.distance(Rule::kRrdS, pc.act_groups.not_of(command.group()), t_.rrds, command);
  judge_.distance(Rule::kRrdL, pc.act_group[command.group()], t_.rrdl, command);
  judge_.distance(Rule::kFaw, pc.last_acts[pc.next_act], t_.faw, command);
  judge_.distance(Rule::kRrefd, pc.ref_banks.not_of(command.bank), t_.rrefd, command);

  const Stamp stamp{command.ref(), command};
  if (!bank.open) ++pc.open;
  bank.open = true;
  bank.row = command.row;
  bank.act = stamp;
  pc.act_group[command.group()] = stamp;
  pc.act_groups.add(command.group(), stamp);
  pc.last_acts[pc.next_act] = stamp;
  pc.next_act = (pc.next_act + 1) % pc.last_acts.size();
}

void BankRules::precharge(const Command& command) {
  Pc& pc = pcs_[command.pc];
  judge_.distance(Rule::kPpd, pc.pre_any, t_.ppd, command);
  pc.pre_any = {command.ref(), command};
  if (command.op == Op::kPrePb) {
    precharge_bank(command, pc.banks[command.bank], pc);
  } else if (pc.open != 0) {
    for (Bank& bank : pc.banks) precharge_bank(command, bank, pc);
  }
}

void BankRules::precharge_bank(const Command& command, Bank& bank, Pc& pc) {
  if (!bank.open) return;
  judge_.distance(Rule::kRas, bank.act, t_.ras, command);
  judge_.distance(Rule::kRtp, bank.rd, t_.rtp, command);
  judge_.distance(Rule::kWr, bank.wr, write_to_data_end() + t_.wr, command);
  close(bank, pc, {command.ref(), command});
}

void BankRules::close(Bank& bank, Pc& pc, const Stamp& stamp) {
  bank.open = false;
  --pc.open;
  bank.rd = bank.wr = {};
  if (stamp.ref >= bank.pre.ref) bank.pre = stamp;
  if (stamp.ref >= pc.pre_done.ref) pc.pre_done = stamp;
}

void BankRules::refresh_bank(const Command& command) {
  Pc& pc = pcs_[command.pc];
  Bank& bank = pc.banks[command.bank];
  if (bank.open) judge_.broken(Rule::kRefPbOpen, command, "row " + std::to_string(bank.row) + " is open");
  judge_.distance(Rule::kRc, bank.act, t_.rc, command);
  judge_.distance(Rule::kRp, bank.pre, t_.rp, command);
  judge_.distance(Rule::kRfcPb, bank.ref, t_.rfcpb, command);
  judge_.distance(Rule::kRrdS, pc.act_groups.not_of(command.group()), t_.rrds, command);
  judge_.distance(Rule::kRrdL, pc.act_group[command.group()], t_.rrdl, command);
  judge_.distance(Rule::kRrefd, pc.ref_banks.not_of(command.bank), t_.rrefd, command);

  const Stamp stamp{command.ref(), command};
  bank.ref = stamp;
  pc.ref_banks.add(command.bank, stamp);
}

// Rules that a command on all banks of a PC has with every one of them. The latest of each kind decides.
void BankRules::all_banks_ripe(const Command& command, const Pc& pc) {
  judge_.distance(Rule::kRp, pc.pre_done, t_.rp, command);
  judge_.distance(Rule::kRfcPb, pc.ref_banks.latest, t_.rfcpb, command);
}

void BankRules::refresh_all(const Command& command) {
  Pc& pc = pcs_[command.pc];
  if (pc.open != 0) judge_.broken(Rule::kRefAbOpen, command, std::to_string(pc.open) + " banks are open");
  judge_.distance(Rule::kRc, pc.act_groups.latest, t_.rc, command);
  all_banks_ripe(command, pc);
  pc.ref_ab = {command.ref(), command};
}

bool BankRules::column(const Command& command, bool training) {
  Pc& pc = pcs_[command.pc];
  Bank& bank = pc.banks[command.bank];
  if (!training && !bank.open) {
    judge_.broken(Rule::kColClosed, command, "the bank is closed");
    return false;
  }
  const bool read = is_read(command.op);
  if (!training)
    judge_.distance(read ? Rule::kRcdRd : Rule::kRcdWr, bank.act, read ? t_.rcdrd : t_.rcdwr, command);
  column_distances(command, pc);

  const Stamp stamp{command.ref(), command};
  Columns& columns = read ? pc.rd : pc.wr;
  columns.last = stamp;
  columns.group[command.group()] = stamp;
  columns.groups_of_sid[command.sid()].add(command.bg(), stamp);
  columns.sids.add(command.sid(), stamp);
  columns.groups.add(command.group(), stamp);
  (read ? last_rd_ : last_wr_) = stamp;
  if (training) return true;

  switch (command.op) {
    case Op::kRd: bank.rd = stamp; break;
    case Op::kWr: bank.wr = stamp; break;
    default: {
      const unsigned recovery = read ? t_.rtp : write_to_data_end() + t_.wr;
      const std::int64_t begins =
          std::max(stamp.ref + 2 * std::int64_t{recovery}, bank.act.ref + 2 * std::int64_t{t_.ras});
      close(bank, pc, {begins, command});
    }
  }
  return true;
}

void BankRules::column_distances(const Command& command, Pc& pc) {
  const bool read = is_read(command.op);
  const Columns& same = read ? pc.rd : pc.wr;
  judge_.distance(Rule::kCcdS, same.groups_of_sid[command.sid()].not_of(command.bg()), t_.ccds, command);
  judge_.distance(Rule::kCcdL, same.group[command.group()], t_.ccdl, command);
  judge_.distance(Rule::kCcdR, same.sids.not_of(command.sid()), t_.ccdr, command);
  if (read) {
    judge_.distance(Rule::kWtrS, pc.wr.groups.not_of(command.group()), write_to_data_end() + t_.wtrs,
                    command);
    judge_.distance(Rule::kWtrL, pc.wr.group[command.group()], write_to_data_end() + t_.wtrl, command);
  } else {
    judge_.distance(Rule::kRtw, pc.rd.last, t_.rtw, command);
  }
}

// MRS, PDE, PDX, SRE, SRX.
void BankRules::channel_command(const Command& command) {
  const Stamp stamp{command.ref(), command};
  if (command.op == Op::kPdx || command.op == Op::kSrx) {
    judge_.distance(Rule::kCke, asleep_, t_.cke, command);
    (command.op == Op::kPdx ? pdx_ : srx_) = stamp;
    state_ = State::kAwake;
    return;
  }
  if (const unsigned open = pcs_[0].open + pcs_[1].open; open != 0) {
    judge_.broken(command.op == Op::kMrs ? Rule::kMrsOpen : Rule::kPdOpen, command,
                  std::to_string(open) + " banks are open");
  }
  for (const Pc& pc : pcs_) all_banks_ripe(command, pc);
  judge_.distance(Rule::kColPd, last_rd_, rl_ + kBurstLength + 1, command);
  judge_.distance(Rule::kColPd, last_wr_, wl_ + kBurstLength + 1, command);
  if (command.op == Op::kMrs) {
    mrs_ = stamp;
  } else {
    asleep_ = stamp;
    state_ = command.op == Op::kPde ? State::kPowerDown : State::kSelfRefresh;
  }
}

}  // namespace tessera::tb::hbm
