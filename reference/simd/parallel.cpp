// SPDX-License-Identifier: Apache-2.0
// Threads by oneTBB. Its workers go to sleep when they find no work, and the caller takes every
// part that no worker has taken yet, so that a worker without a core holds up nothing but the part
// that it has begun.
#include "reference/simd/parallel.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

#include <chrono>
#include <optional>
#include <utility>

namespace qbench::reference {
namespace {

namespace tbb = oneapi::tbb;

thread_local int index = 0;

double helped = 0;  // changed by the thread that runs parallel parts, which is one

// The caller's place among the threads is kept for it.
class Pool {
 public:
  explicit Pool(int threads)
      : allowed_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
        arena_(threads, 1) {}

  void run(std::int64_t parts, detail::Part part, const void* context) {
    using Range = tbb::blocked_range<std::int64_t>;
    const auto body = [&](const Range& range) {
      const int before = std::exchange(index, tbb::this_task_arena::current_thread_index());
      for (std::int64_t i = range.begin(); i < range.end(); ++i) part(context, i);
      index = before;
    };
    arena_.execute([&] { tbb::parallel_for(Range(0, parts, 1), body, tbb::simple_partitioner()); });
  }

 private:
  tbb::global_control allowed_;
  tbb::task_arena arena_;
};

int threads = usable_cores();
std::optional<Pool> pool;

}  // namespace

int usable_cores() { return tbb::info::default_concurrency(); }

int thread_count() { return threads; }

void set_thread_count(int count) {
  if (count == threads) return;
  pool.reset();
  threads = count;
}

int thread_index() { return index; }

double helper_seconds() { return helped; }

void detail::run_parts(std::int64_t parts, Part part, const void* context) {
  using Clock = std::chrono::steady_clock;
  if (!pool) pool.emplace(threads);
  const Clock::time_point start = Clock::now();
  pool->run(parts, part, context);
  const std::chrono::duration<double> wall = Clock::now() - start;
  const std::int64_t rounds = (parts + threads - 1) / threads;
  const double busy = static_cast<double>(parts) / static_cast<double>(rounds);
  helped += wall.count() * (busy - 1);
}

}  // namespace qbench::reference
