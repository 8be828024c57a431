// SPDX-License-Identifier: Apache-2.0

#include "hbm/device.hpp"

#include <cstring>
#include <stdexcept>

#include "hbm/encoding.hpp"

namespace tessera::tb::hbm {
namespace {

using namespace encoding;

constexpr std::int64_t kTicksPerCk = 2;
constexpr std::int64_t kDeafCks = 32;  // After reset
constexpr unsigned kAerrDelay = 4;     // CK

const DeviceConfig& checked(const DeviceConfig& config) {
  const Geometry& g = config.geometry;
  if (g.sids < 1 || g.sids > kMaxSids) {
    throw std::invalid_argument("HBM geometry: sids = " + std::to_string(g.sids) + "; choose 1 to 4");
  }
  if (g.rows < 1 || g.rows > 32768 || (g.rows & (g.rows - 1)) != 0) {
    throw std::invalid_argument("HBM geometry: rows = " + std::to_string(g.rows) +
                                "; choose a power of two up to 32768");
  }
  config.timing.check();
  return config;
}

bool buses_idle(const PinsOut& out) {
  static constexpr PinsOut kIdle;
  return std::memcmp(&out.r, &kIdle.r, sizeof out.r) == 0 && std::memcmp(&out.c, &kIdle.c, sizeof out.c) == 0;
}

// Lanes a spare may stand in for.
bool spare_serves(unsigned spare, unsigned lane) {
  if (lane >= kSpareLane0) return false;
  const bool first =
      lane < 16 || lane == kEccLane0 || lane == kDbiLane0 || lane == kDbiLane0 + 1 || lane == kDparLane;
  return first == (spare == 0);
}

}  // namespace

DramDevice::DramDevice(const DeviceConfig& config)
    : config_{checked(config)},
      judge_{config.strict, {}, {}},
      rules_{config.geometry, config.timing, judge_},
      ledger_{config.geometry, config.timing, config.raaimt, config.raammt, judge_},
      windows_{config.seed, config.trained},
      port_{config.device_id, config.celsius},
      data_{DataPath{0, windows_.flight(0), config.seed ^ 0x9E37u, store_, judge_},
            DataPath{1, windows_.flight(1), config.seed ^ 0x79B9u, store_, judge_}},
      next_drift_{static_cast<std::int64_t>(config.drift_ck) * kTicksPerCk} {
  reset();
  update_sampling();
}

void DramDevice::reset() {
  rules_.reset();
  ledger_.reset();
  modes_ = {};
  if (config_.trained) {
    modes_[kMrRl] = static_cast<std::uint8_t>(config_.timing.rl);
    modes_[kMrWl] = static_cast<std::uint8_t>(config_.timing.wl);
  }
  for (DataPath& data : data_) data.reset();
  update_modes();
  act_ = {};
  last_row_end_ = -1;
  aerr_due_ = 0;
  in_reset_ = true;
}

void DramDevice::update_modes() {
  rules_.set_latencies(modes_[kMrRl], modes_[kMrWl]);
  for (DataPath& data : data_)
    data.set_modes(modes_[kMrFeatures], modes_[kMrTrain], modes_[kMrRl], modes_[kMrWl]);
}

void DramDevice::update_sampling() {
  ca_good_ = windows_.ca().holds(delay_.ca);
  for (unsigned pc = 0; pc < kPcs; ++pc) {
    data_[pc].set_sampling(windows_.bad_wr(pc, delay_), windows_.bad_rd(pc, delay_),
                           windows_.level(pc, delay_));
  }
}

void DramDevice::update_repair() {
  for (unsigned pc = 0; pc < kPcs; ++pc) {
    for (unsigned spare = 0; spare < kSpares; ++spare) {
      const std::optional<unsigned> lane = port_.repair(pc, spare);
      const bool good = !lane || spare_serves(spare, *lane);
      data_[pc].set_repair(spare, good ? lane : std::nullopt);
      if (!good) {
        judge_.broken(Rule::kRepair, now_,
                      "spare " + std::to_string(spare) + " of pseudo-channel " + std::to_string(pc) +
                          " does not serve lane " + std::to_string(*lane));
      }
    }
  }
}

PinsIn DramDevice::clock(const PinsOut& out) {
  PinsIn in;
  if (!config_.trained && out.delay != delay_) {
    delay_ = out.delay;
    update_sampling();
  }
  if (config_.drift_ck != 0 && now_ >= next_drift_) {
    next_drift_ += static_cast<std::int64_t>(config_.drift_ck) * kTicksPerCk;
    windows_.drift();
    update_sampling();
  }
  if (port_.clock(out.port)) update_repair();
  in.wso = port_.wso();
  in.temp = temp_;
  in.cattrip = tripped_;

  if (!out.reset_n) {
    if (!in_reset_) reset();
    if (!tripped_ && !buses_idle(out))
      judge_.broken(Rule::kResetState, now_, "a command bus is not idle while reset_n is low");
  } else {
    if (in_reset_) {
      in_reset_ = false;
      listen_tick_ = now_ + kDeafCks * kTicksPerCk;
    }
    if (!buses_idle(out) || act_.seen != 0 || aerr_due_ != 0 || out.apar != 0) {
      for (unsigned ck = 0; ck < kCksPerCycle; ++ck) clock_commands(out, ck, in);
    }
    for (unsigned pc = 0; pc < kPcs; ++pc) {
      if (!data_[pc].quiet()) clock_data(pc, out, in);
    }
    ledger_.clock(now_ + kTicksPerCycle - 1);
  }
  now_ += kTicksPerCycle;
  return in;
}

void DramDevice::clock_data(unsigned pc, const PinsOut& out, PinsIn& in) {
  for (unsigned ck = 0; ck < kCksPerCycle; ++ck) {
    const std::int64_t tick = now_ + kTicksPerCk * ck;
    const DataPath::Events events = data_[pc].clock(tick, ck, out.w[pc], in.r[pc]);
    if (events.derr) in.derr[pc] = static_cast<std::uint8_t>(in.derr[pc] | 1u << ck);
    if (observer_ == nullptr) continue;
    if (events.write_begins) observer_->burst(tick, /*write=*/true, pc);
    if (events.read_begins) observer_->burst(tick, /*write=*/false, pc);
  }
}

void DramDevice::clock_commands(const PinsOut& out, unsigned ck, PinsIn& in) {
  const std::int64_t tick = now_ + kTicksPerCk * ck;
  const auto& r = out.r[ck];
  const auto& c = out.c[ck];
  const bool idle =
      r[0] == kRowIdle && r[1] == kRowIdle && c[0] == kColIdle && c[1] == kColIdle && act_.seen == 0;
  const bool good = understood(out, ck, idle);
  if (!idle) {
    column_word(c[0], c[1], tick, good);
    row_slot(r[0], tick, good);
    row_slot(r[1], tick + 1, good);
  }
  if (aerr_due_ & 1) in.aerr = static_cast<std::uint8_t>(in.aerr | 1u << ck);
  aerr_due_ >>= 1;
}

// The device listens and this CK's parity is good.
bool DramDevice::understood(const PinsOut& out, unsigned ck, bool idle) {
  if (tripped_ || now_ + kTicksPerCk * ck < listen_tick_) {
    if (!idle) ++ignored_;
    return false;
  }
  bool bad = !idle && !ca_good_;
  if (modes_[kMrFeatures] & kCommandParity) bad |= command_parity(out, ck) != (out.apar >> ck & 1u);
  if (!idle && fail_commands_ > 0) {
    --fail_commands_;
    bad = true;
  }
  if (bad) {
    aerr_due_ |= 1u << kAerrDelay;
    ++aerr_;
  }
  return !bad;
}

void DramDevice::row_slot(unsigned word, std::int64_t tick, bool good) {
  if (act_.seen != 0) {
    act_slot(word, tick, good);
    return;
  }
  if (word == kRowIdle) return;
  Decoded decoded = decode_row(word);
  Command& command = decoded.command;
  command.tick = tick;
  if (!decoded.valid) {
    if (good) judge_.broken(Rule::kCode, tick, "no row command looks like " + std::to_string(word));
    return;
  }
  const bool falling = (tick & 1) != 0;
  if (command.op == Op::kAct) {
    act_ = {1, !good, command};
  }
  if (!good) return;
  if (falling && !is_precharge(command.op))
    judge_.broken(Rule::kEdge, command, "it may not start on a falling edge");
  if (command.op == Op::kAct) return;
  if (falling && tick == last_row_end_ + 1) check_pair(command);
  last_row_ = command;
  last_row_end_ = tick;
  execute(command);
}

void DramDevice::act_slot(unsigned word, std::int64_t tick, bool good) {
  Command& command = act_.command;
  act_.bad |= !good;
  if (++act_.seen == 2) {
    command.row = static_cast<std::uint16_t>(act_row_low(word));
    return;
  }
  command.row = static_cast<std::uint16_t>(command.row | act_row_high(word));
  const bool bad = act_.bad;
  act_.seen = 0;
  if (bad) return;
  if (!act_third_slot_ok(word)) judge_.broken(Rule::kEdge, command, "its third slot holds something else");
  last_row_ = command;
  last_row_end_ = tick;
  execute(command);
}

// A precharge in the slot after another row command.
void DramDevice::check_pair(const Command& command) {
  if (is_channel_wide(last_row_.op) || last_row_.pc != command.pc) return;
  const auto alone = [](Op op) { return op == Op::kPreAb || op == Op::kRefAb || op == Op::kRfmAb; };
  const bool same_bank = has_bank(last_row_.op) && last_row_.bank == command.bank;
  if (!alone(last_row_.op) && !alone(command.op) && !same_bank) return;
  judge_.report({Rule::kPair, command.tick, true, true, last_row_, command,
                 "they may not share a CK on one pseudo-channel"});
}

void DramDevice::column_word(unsigned rising, unsigned falling, std::int64_t tick, bool good) {
  if (!good) return;
  if (column_is_nop(rising)) {
    if (falling != kColIdle)
      judge_.broken(Rule::kEdge, tick + 1, "a column command starts on a falling edge");
    return;
  }
  Decoded decoded = decode_column(rising, falling);
  if (!decoded.valid) {
    judge_.broken(Rule::kCode, tick,
                  "no column command looks like " + std::to_string(rising) + ", " + std::to_string(falling));
    return;
  }
  decoded.command.tick = tick;
  if (is_column(decoded.command.op)) {
    decoded.command.row = static_cast<std::uint16_t>(rules_.row(decoded.command.pc, decoded.command.bank));
  }
  execute(decoded.command);
}

void DramDevice::execute(const Command& command) {
  const bool training = (modes_[kMrTrain] & kTrainData) != 0;
  if (command.op == Op::kAct && modes_[kMrTrain] != 0)
    judge_.broken(Rule::kTrain, command, "Mr_Train is not 0");
  check_latency(command);
  if (!rules_.command(command, training)) return;
  ledger_.command(command);
  ++commands_[static_cast<unsigned>(command.op)];
  if (observer_ != nullptr) observer_->command(command);
  if (is_column(command.op)) {
    data_[command.pc].command(command);
  } else if (command.op == Op::kMrs) {
    modes_[command.mr_addr] = command.mr_data;
    if (command.mr_addr == kMrTrain) {
      for (DataPath& data : data_) data.restart_training();
    }
    update_modes();
  }
}

void DramDevice::check_latency(const Command& command) {
  if (!is_column(command.op)) return;
  const bool read = is_read(command.op);
  const unsigned set = modes_[read ? kMrRl : kMrWl];
  const unsigned least = read ? config_.timing.rl : config_.timing.wl;
  if (set < least) {
    judge_.broken(Rule::kLatency, command,
                  std::string("mode register ") + (read ? "Mr_Rl" : "Mr_Wl") + " holds " +
                      std::to_string(set) + ", the part needs " + std::to_string(least));
  }
}

DramDevice::Stats DramDevice::stats() const {
  Stats s;
  s.commands = commands_;
  s.ignored = ignored_;
  s.aerr = aerr_;
  for (unsigned pc = 0; pc < kPcs; ++pc) {
    s.derr += data_[pc].derr_count();
    s.read_bursts[pc] = data_[pc].read_bursts();
    s.write_bursts[pc] = data_[pc].write_bursts();
  }
  s.max_debt = ledger_.max_debt();
  s.max_pull_in = ledger_.max_pull_in();
  return s;
}

void DramDevice::check_address(unsigned pc, const DramAddress& a) const {
  if (pc < kPcs && a.sid < config_.geometry.sids && a.bg < 4 && a.ba < 4 && a.row < config_.geometry.rows &&
      a.col < kCols)
    return;
  throw std::out_of_range("the HBM part has no pc " + std::to_string(pc) + " sid " + std::to_string(a.sid) +
                          " bg " + std::to_string(a.bg) + " ba " + std::to_string(a.ba) + " row " +
                          std::to_string(a.row) + " col " + std::to_string(a.col));
}

Grain DramDevice::read_grain(unsigned pc, const DramAddress& address) const {
  check_address(pc, address);
  const RowStore::Row* row = store_.find(pc, address.bank(), address.row);
  return row != nullptr ? row->grain[address.col] : Grain{};
}

void DramDevice::write_grain(unsigned pc, const DramAddress& address, const Grain& grain) {
  check_address(pc, address);
  store_.write(pc, address.bank(), address.row, address.col) = grain;
}

void DramDevice::flip_stored_bit(unsigned pc, const DramAddress& address, unsigned bit) {
  check_address(pc, address);
  if (bit >= 8 * kGrainBytes + 16)
    throw std::out_of_range("a grain has bits 0 to 271, not " + std::to_string(bit));
  Grain& grain = store_.write(pc, address.bank(), address.row, address.col);
  if (bit < 8 * kGrainBytes) {
    grain.data[bit / 8] = static_cast<std::uint8_t>(grain.data[bit / 8] ^ 1u << bit % 8);
  } else {
    grain.meta = static_cast<std::uint16_t>(grain.meta ^ 1u << (bit - 8 * kGrainBytes));
  }
}

void DramDevice::stick_lane(unsigned pc, unsigned lane, bool value) {
  if (lane >= kLanes)
    throw std::out_of_range("a pseudo-channel has lanes 0 to 40, not " + std::to_string(lane));
  data_.at(pc).stick_lane(lane, value);
}

void DramDevice::set_temperature_code(unsigned code) {
  if (!ledger_.set_temperature_code(code, now_)) {
    throw std::invalid_argument("TEMP has no code " + std::to_string(code) + "; choose 0, 1, 3, 2 or 6");
  }
  temp_ = static_cast<std::uint8_t>(code);
}

void DramDevice::trip() {
  tripped_ = true;
  reset();
}

void DramDevice::power_cycle() {
  tripped_ = false;
  store_.clear();
  port_.power_cycle();
  update_repair();
  reset();
}

}  // namespace tessera::tb::hbm
