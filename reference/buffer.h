// SPDX-License-Identifier: Apache-2.0
// Buffer: a vector whose bytes are counted, so that a kernel's scratch memory can be reported.
#pragma once

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace qbench {

// Bytes that all Buffers of the process hold now, and the most they held since `restart_peak`.
class MemoryMeter {
 public:
  static void add(std::size_t bytes);
  static void remove(std::size_t bytes);
  static std::size_t current();
  static std::size_t peak();
  static void restart_peak();
};

// Counts what it hands out, aligns it to a cache line and leaves numbers uninitialized
// (every user of a Buffer writes it whole before reading it).
template <class T>
struct CountingAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  CountingAllocator() = default;
  template <class U>
  CountingAllocator(const CountingAllocator<U>&) {}

  T* allocate(std::size_t count) {
    auto* memory = static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
    MemoryMeter::add(count * sizeof(T));
    return memory;
  }
  void deallocate(T* memory, std::size_t count) {
    MemoryMeter::remove(count * sizeof(T));
    ::operator delete(memory, kAlignment);
  }
  template <class U, class... Args>
  void construct(U* place, Args&&... args) {
    if constexpr (sizeof...(Args) == 0)
      ::new (static_cast<void*>(place)) U;
    else
      ::new (static_cast<void*>(place)) U(std::forward<Args>(args)...);
  }
  template <class U>
  bool operator==(const CountingAllocator<U>&) const {
    return true;
  }
};

template <class T>
using Buffer = std::vector<T, CountingAllocator<T>>;

}  // namespace qbench
