// SPDX-License-Identifier: Apache-2.0
// Fiber: a stack on which a CUDA thread runs until it has to wait.
#pragma once

#include <cstddef>

#include "kernels/emulator/runtime/runtime.h"

#if !defined(__x86_64__) || defined(QBENCH_SIMT_UCONTEXT)
#define QBENCH_SIMT_PORTABLE 1
#include <ucontext.h>
#else
#define QBENCH_SIMT_PORTABLE 0
#endif

namespace qbench::simt {

// Memory between two pages that cannot be touched; throws DeviceOutOfMemory.
class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t bytes);
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;
  ~GuardedMemory();

  unsigned char* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }
  void renew() const;  // the same addresses, as memory that no thread has seen

 private:
  unsigned char* data_;
  std::size_t bytes_;
};

struct Fiber {
  ThreadState* state = nullptr;  // nullptr: the thread that runs the fibers
  const void* stack = nullptr;   // lowest address
  std::size_t stack_bytes = 0;
  void* tsan = nullptr;
  void* fake_stack = nullptr;  // ASan's
#if QBENCH_SIMT_PORTABLE
  ucontext_t context{};
#else
  void* stack_pointer = nullptr;
#endif
};

// Makes `fiber` begin in `entry`, which never returns, when it is next switched to. `colour` keeps
// the stacks of many fibers out of each other's cache sets.
void arm(Fiber& fiber, const GuardedMemory& stack, unsigned colour, void (*entry)());
// `fiber` is the calling thread itself.
void adopt_thread(Fiber& fiber);
// Suspends `from`, which is the one that runs.
void switch_fiber(Fiber& from, Fiber& to);
// The first thing in `entry`.
void begin_fiber();

std::size_t fiber_stack_bytes();

}  // namespace qbench::simt
