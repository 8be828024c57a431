// SPDX-License-Identifier: Apache-2.0

#include "hbm/row_store.hpp"

namespace tessera::tb::hbm {

const RowStore::Row* RowStore::find(unsigned pc, unsigned bank, unsigned row) const {
  Latest& latest = latest_[pc][bank];
  const std::uint32_t wanted = key(pc, bank, row);
  if (latest.key == wanted) return latest.row;
  const auto found = rows_.find(wanted);
  if (found == rows_.end()) return nullptr;
  latest = {wanted, found->second.get()};
  return latest.row;
}

Grain& RowStore::write(unsigned pc, unsigned bank, unsigned row, unsigned col) {
  Latest& latest = latest_[pc][bank];
  const std::uint32_t wanted = key(pc, bank, row);
  if (latest.key != wanted) {
    std::unique_ptr<Row>& place = rows_[wanted];
    if (!place) place = std::make_unique<Row>();
    latest = {wanted, place.get()};
  }
  return latest.row->grain[col];
}

void RowStore::clear() {
  rows_.clear();
  latest_ = {};
}

}  // namespace tessera::tb::hbm
