// SPDX-License-Identifier: Apache-2.0
// The main program of the builds with ThreadSanitizer: it finds races on any schedule.
//     PROGRAM                   runs every kernel in every mode on small grids; exit 2 if a result
//                               is wrong, ThreadSanitizer's own code if it saw a race
//     PROGRAM KERNEL [planted]  the same of the kernels of that name; planted: without barriers

#include <cstdio>
#include <string_view>

#include "reference/simd/parallel.h"
#include "tests/kernels/check.h"
#include "tests/kernels/races.h"

using namespace qbench;

namespace {

// So many blocks at once that k is cut into slices, whose sums blocks hand over.
constexpr int kProcessors = 8;
// Some 4000 threads a launch: ThreadSanitizer has contexts for no more
// (kernels/emulator/runtime/worker.cpp). k is odd, or tensor cores take it, in one turn of a
// pipeline or more.
constexpr Shape kShapes[] = {{3, 33, 77}, {8, 24, 320}, {16, 40, 96}, {17, 24, 320}, {1, 17, 4160}};

// Plain rungs have no pipeline, no slices of k and no runs of 16 weights, so that one shape shows
// their races; the others, whose names have a hyphen, run at every shape that they take.
bool tells(const Kernel& kernel, const Shape& shape) {
  const bool plain = kernel.name.find('-') == std::string_view::npos;
  if (plain || !operation(kernel.op).has_x) return shape.m == 3 || (shape.m == 17 && !plain);
  return shape.m != 3;
}

// Prints what is wrong.
bool right(const Kernel& kernel, const Shape& shape) {
  const test::Inputs inputs(*kernel.mode, shape, Dtype::bf16);
  const Problem problem = inputs.problem(kernel.op);
  if (!kernel.unsupported(problem).empty()) return true;
  const std::string wrong = test::verdict(kernel, problem).wrong;
  if (wrong.empty()) return true;
  std::printf("WRONG: %s of %s: %s\n", std::string(kernel.name).c_str(),
              std::string(kernel.mode->name).c_str(), wrong.c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  reference::set_thread_count(1);  // oneTBB is not instrumented
  test::emulator().options().processors = kProcessors;
  test::leaves_out_barriers = argc > 2 && argv[2] == std::string_view("planted");
  int run = 0, wrong = 0;
  for (const Kernel& kernel : test::distinct_kernels())
    for (const Shape& shape : kShapes) {
      if (argc > 1 && kernel.name != std::string_view(argv[1])) continue;
      if (!tells(kernel, shape)) continue;
      ++run;
      wrong += !right(kernel, shape);
    }
  std::printf("%d runs, %d wrong\n", run, wrong);
  return wrong > 0 || run == 0 ? 2 : 0;
}
