// SPDX-License-Identifier: Apache-2.0
//
// A queue that stops allocating once it has grown to its working size: what the bus models keep per cycle.

#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace tessera::tb {

template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // Element 0 is the oldest.
  T& operator[](std::size_t i) { return items_[(first_ + i) & (items_.size() - 1)]; }
  const T& operator[](std::size_t i) const { return items_[(first_ + i) & (items_.size() - 1)]; }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }

  void push_back(T item) {
    if (size_ == items_.size()) grow();
    ++size_;
    back() = std::move(item);
  }
  void pop_front() {
    first_ = (first_ + 1) & (items_.size() - 1);
    --size_;
  }
  void erase(std::size_t i) {
    for (; i > 0; --i) (*this)[i] = std::move((*this)[i - 1]);
    pop_front();
  }
  void clear() { size_ = 0; }

 private:
  void grow() {
    std::vector<T> bigger(items_.empty() ? 8 : 2 * items_.size());
    for (std::size_t i = 0; i < size_; ++i) bigger[i] = std::move((*this)[i]);
    items_ = std::move(bigger);
    first_ = 0;
  }

  std::vector<T> items_;  // A power of two of them
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace tessera::tb
