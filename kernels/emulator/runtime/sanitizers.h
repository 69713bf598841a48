// SPDX-License-Identifier: Apache-2.0
// AddressSanitizer's and ThreadSanitizer's notions of fibers. Weak: absent without the sanitizer,
// so that one build of the runtime, itself never instrumented, serves every build of the kernels.
#pragma once

#include <cstddef>

#define QBENCH_WEAK __attribute__((weak))
extern "C" {
QBENCH_WEAK void __sanitizer_start_switch_fiber(void** fake_stack, const void* stack, std::size_t);
QBENCH_WEAK void __sanitizer_finish_switch_fiber(void* fake_stack, const void**, std::size_t*);
QBENCH_WEAK void __asan_poison_memory_region(const volatile void*, std::size_t);
QBENCH_WEAK void __asan_unpoison_memory_region(const volatile void*, std::size_t);
QBENCH_WEAK void* __tsan_get_current_fiber();
QBENCH_WEAK void* __tsan_create_fiber(unsigned flags);
QBENCH_WEAK void __tsan_destroy_fiber(void*);
QBENCH_WEAK void __tsan_switch_to_fiber(void*, unsigned flags);
QBENCH_WEAK void __tsan_acquire(void*);
QBENCH_WEAK void __tsan_release(void*);
QBENCH_WEAK void AnnotateIgnoreReadsBegin(const char*, int);
QBENCH_WEAK void AnnotateIgnoreReadsEnd(const char*, int);
QBENCH_WEAK void AnnotateIgnoreWritesBegin(const char*, int);
QBENCH_WEAK void AnnotateIgnoreWritesEnd(const char*, int);
}
#undef QBENCH_WEAK

namespace qbench::simt {

inline bool with_asan() { return __asan_poison_memory_region != nullptr; }
inline bool with_tsan() { return __tsan_switch_to_fiber != nullptr; }

inline void asan_poison(const void* p, std::size_t bytes) {
  if (with_asan()) __asan_poison_memory_region(p, bytes);
}
inline void asan_unpoison(const void* p, std::size_t bytes) {
  if (with_asan()) __asan_unpoison_memory_region(p, bytes);
}
inline void tsan_acquire(void* p) {
  if (with_tsan()) __tsan_acquire(p);
}
inline void tsan_release(void* p) {
  if (with_tsan()) __tsan_release(p);
}

// The runtime's own calls of memcpy, malloc and the like, on behalf of several threads, are no
// accesses of theirs.
class TsanQuiet {
 public:
  TsanQuiet() {
    if (!with_tsan()) return;
    AnnotateIgnoreReadsBegin("", 0);
    AnnotateIgnoreWritesBegin("", 0);
  }
  ~TsanQuiet() {
    if (!with_tsan()) return;
    AnnotateIgnoreWritesEnd("", 0);
    AnnotateIgnoreReadsEnd("", 0);
  }
  TsanQuiet(const TsanQuiet&) = delete;
  TsanQuiet& operator=(const TsanQuiet&) = delete;
};

}  // namespace qbench::simt
