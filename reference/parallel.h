// SPDX-License-Identifier: Apache-2.0
// The one way in which the reference uses several threads.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>

namespace qbench::reference {

// Elements of one part of the flattened matrix. A multiple of 8, so that parts begin at whole bytes
// at any width of codes; sums over elements are sums over parts, in this order, at any thread
// count.
inline constexpr std::int64_t kPart = 1 << 16;

// f(begin, end) for the parts of 0 .. count - 1 that are `grain` long, the last one shorter;
// several at once. f must neither throw nor depend on the order.
template <class F>
void parallel_parts(std::int64_t count, std::int64_t grain, const F& f) {
  const std::int64_t parts = (count + grain - 1) / grain;
#pragma omp parallel for schedule(dynamic) if (parts > 1)
  for (std::int64_t part = 0; part < parts; ++part)
    f(part * grain, std::min(count, (part + 1) * grain));
}

// Threads that parallel_parts may use, and which of them is calling: for scratch that is one a
// thread.
inline int thread_count() { return omp_get_max_threads(); }
inline int thread_index() { return omp_get_thread_num(); }

}  // namespace qbench::reference
