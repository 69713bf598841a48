// SPDX-License-Identifier: Apache-2.0
// Parts that run on several threads: each once, on as many threads as were set, and the time that
// helpers could have spent.
#include "reference/simd/parallel.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "tests/catch.h"

namespace qbench::reference {
namespace {

using Span = std::pair<std::int64_t, std::int64_t>;

std::set<Span> parts(std::int64_t count, std::int64_t grain, bool serial = false) {
  std::mutex lock;
  std::multiset<Span> seen;
  parallel_parts(
      count, grain,
      [&](std::int64_t begin, std::int64_t end) {
        const std::lock_guard held(lock);
        seen.emplace(begin, end);
      },
      serial);
  std::set<Span> once(seen.begin(), seen.end());
  CHECK(once.size() == seen.size());
  return once;
}

// Seconds that helpers could have spent on so many parts of 5 ms, and those that passed.
struct Spent {
  double helpers, wall;
};

Spent sleep_in(std::int64_t count) {
  const auto start = std::chrono::steady_clock::now();
  const double before = helper_seconds();
  parallel_parts(count, 1, [](std::int64_t, std::int64_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {helper_seconds() - before, wall.count()};
}

}  // namespace

TEST_CASE("the number of threads is the one that was set, for as long as it was set") {
  const int before = thread_count();
  {
    const WithThreads five(5);
    CHECK(thread_count() == 5);
    const WithThreads two(2);
    CHECK(thread_count() == 2);
  }
  CHECK(thread_count() == before);
  CHECK(usable_cores() >= 1);
}

TEST_CASE("parts are as long as asked for, the last one shorter, and each runs once") {
  for (const int threads : {1, 2, 5}) {
    const WithThreads set(threads);
    for (const bool serial : {false, true}) {
      CAPTURE(threads, serial);
      CHECK(parts(0, 4, serial).empty());
      CHECK(parts(3, 4, serial) == std::set<Span>{{0, 3}});
      CHECK(parts(4, 4, serial) == std::set<Span>{{0, 4}});
      CHECK(parts(5, 4, serial) == std::set<Span>{{0, 4}, {4, 5}});
      CHECK(parts(1000, 1, serial).size() == 1000);
    }
  }
}

TEST_CASE(
    "threads have numbers below their count, the caller 0, and one number serves one at a time") {
  const WithThreads three(3);
  CHECK(thread_index() == 0);
  std::atomic<int> inside[3] = {};
  std::atomic<bool> fine = true;
  parallel_parts(300, 1, [&](std::int64_t, std::int64_t) {
    const int index = thread_index();
    if (index < 0 || index >= 3 || inside[index]++ != 0) fine = false;
    std::this_thread::yield();
    if (index >= 0 && index < 3) --inside[index];
  });
  CHECK(fine);
  CHECK(thread_index() == 0);
}

TEST_CASE(
    "helpers could have spent the time of the threads that the parts keep busy, less the "
    "caller's") {
  {
    const WithThreads one(1);
    CHECK(sleep_in(3).helpers == 0);
  }
  const WithThreads four(4);
  CHECK(sleep_in(1).helpers == 0);
  const Spent full = sleep_in(4);  // one round of four
  CHECK(full.helpers >= 3 * 0.005);
  CHECK(full.helpers <= 3 * full.wall);
  const Spent half = sleep_in(5);  // two rounds: 2.5 threads at a time
  CHECK(half.helpers >= 1.5 * 0.010);
  CHECK(half.helpers <= 1.5 * half.wall);
}

}  // namespace qbench::reference
