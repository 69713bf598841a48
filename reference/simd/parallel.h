// SPDX-License-Identifier: Apache-2.0
// The one way in which the reference uses several threads. Threads that have nothing to do sleep:
// none spins for another, which on a machine with other work would cost whole time slices.
#pragma once

#include <algorithm>
#include <cstdint>

namespace qbench::reference {

// Elements of one part of the flattened matrix. A multiple of 8, so that parts begin at whole bytes
// at any width of codes; sums over elements are sums over parts, in this order, at any thread
// count.
inline constexpr std::int64_t kPart = 1 << 16;

// Threads that parallel_parts may use; at first the cores that this process may run on. More than
// these are allowed and share the cores.
int thread_count();
void set_thread_count(int threads);
int usable_cores();

// The number of the calling thread, 0 .. thread_count() - 1, for scratch of its own.
int thread_index();

// CPU seconds, beside those of the calling thread, that the parallel calls so far could have used:
// the sum over calls of
//   wall time * (threads that its parts keep busy - 1)
double helper_seconds();

namespace detail {
using Part = void (*)(const void* context, std::int64_t part);
void run_parts(std::int64_t parts, Part part, const void* context);
}  // namespace detail

// f(begin, end) for the parts of 0 .. count - 1 that are `grain` long, the last one shorter;
// several at once, or one after the other where `serial`. f must neither throw nor depend on the
// order.
template <class F>
void parallel_parts(std::int64_t count, std::int64_t grain, const F& f, bool serial = false) {
  const auto part = [&](std::int64_t i) { f(i * grain, std::min(count, (i + 1) * grain)); };
  const std::int64_t parts = (count + grain - 1) / grain;
  if (serial || parts < 2 || thread_count() == 1) {
    for (std::int64_t i = 0; i < parts; ++i) part(i);
    return;
  }
  detail::run_parts(
      parts,
      [](const void* context, std::int64_t i) {
        (*static_cast<const decltype(part)*>(context))(i);
      },
      &part);
}

// Sets the number of threads for as long as it lives.
class WithThreads {
 public:
  explicit WithThreads(int threads) { set_thread_count(threads); }
  WithThreads(const WithThreads&) = delete;
  WithThreads& operator=(const WithThreads&) = delete;
  ~WithThreads() { set_thread_count(before_); }

 private:
  const int before_ = thread_count();
};

}  // namespace qbench::reference
