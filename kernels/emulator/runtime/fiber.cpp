// SPDX-License-Identifier: Apache-2.0
// The switch between fibers: seven instructions on x86-64, ucontext elsewhere.
#include "kernels/emulator/runtime/fiber.h"

#include <pthread.h>
#include <sys/mman.h>

#include <cstdint>
#include <new>

#include "kernels/emulator/runtime/sanitizers.h"

#if !QBENCH_SIMT_PORTABLE
extern "C" void qbench_switch_stack(void** save, void* to);
asm(R"(
.text
.globl qbench_switch_stack
.type qbench_switch_stack, @function
qbench_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size qbench_switch_stack, . - qbench_switch_stack
)");
#endif

namespace qbench::simt {

constinit thread_local ThreadState* current = nullptr;

namespace {
constexpr std::size_t kPage = 4096;
constexpr int kMapping = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
}  // namespace

GuardedMemory::GuardedMemory(std::size_t bytes) : bytes_(bytes) {
  void* all = mmap(nullptr, bytes + 2 * kPage, PROT_NONE, kMapping, -1, 0);
  if (all == MAP_FAILED) throw DeviceOutOfMemory("the emulator cannot map memory for its fibers");
  data_ = static_cast<unsigned char*>(all) + kPage;
  renew();
}

GuardedMemory::~GuardedMemory() {
  asan_unpoison(data_, bytes_);
  munmap(data_ - kPage, bytes_ + 2 * kPage);
}

void GuardedMemory::renew() const {
  if (mmap(data_, bytes_, PROT_READ | PROT_WRITE, kMapping | MAP_FIXED, -1, 0) == MAP_FAILED)
    throw DeviceOutOfMemory("the emulator cannot map memory for its fibers");
}

// ASan's frames are larger; TSan's shadow is made anew for every block.
std::size_t fiber_stack_bytes() {
  return with_asan() ? 256 << 10 : with_tsan() ? 32 << 10 : 64 << 10;
}

void arm(Fiber& fiber, const GuardedMemory& stack, unsigned colour, void (*entry)()) {
  asan_unpoison(stack.data(), stack.bytes());
  fiber.stack = stack.data();
  fiber.stack_bytes = stack.bytes();
  const auto top = reinterpret_cast<std::uintptr_t>(stack.data() + stack.bytes());
  const auto at = (top - colour * 5 % 32 * 192 - sizeof(ThreadState)) & ~std::uintptr_t{63};
  fiber.state = new (reinterpret_cast<void*>(at)) ThreadState{};
#if QBENCH_SIMT_PORTABLE
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = stack.data();
  fiber.context.uc_stack.ss_size = at - reinterpret_cast<std::uintptr_t>(stack.data());
  makecontext(&fiber.context, entry, 0);
#else
  auto* frame = reinterpret_cast<void**>(at);
  *--frame = nullptr;  // the address `entry` would return to; leaves it the alignment of a call
  *--frame = reinterpret_cast<void*>(entry);
  for (int saved = 0; saved < 6; ++saved) *--frame = nullptr;
  fiber.stack_pointer = frame;
#endif
}

void adopt_thread(Fiber& fiber) {
  if (with_tsan()) fiber.tsan = __tsan_get_current_fiber();
  if (!with_asan()) return;
  pthread_attr_t attributes;
  void* stack = nullptr;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &stack, &fiber.stack_bytes);
  pthread_attr_destroy(&attributes);
  fiber.stack = stack;
}

void switch_fiber(Fiber& from, Fiber& to) {
  constexpr unsigned kNoSynchronization = 1;
  current = to.state;
  if (with_tsan()) __tsan_switch_to_fiber(to.tsan, kNoSynchronization);
  if (with_asan()) __sanitizer_start_switch_fiber(&from.fake_stack, to.stack, to.stack_bytes);
#if QBENCH_SIMT_PORTABLE
  swapcontext(&from.context, &to.context);
#else
  qbench_switch_stack(&from.stack_pointer, to.stack_pointer);
#endif
  if (with_asan()) __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
}

void begin_fiber() {
  if (with_asan()) __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
}

}  // namespace qbench::simt
