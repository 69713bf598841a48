// SPDX-License-Identifier: Apache-2.0
// Functions of today's version that translate their arguments and call those of version 1.
#include "kernels/library/from_version_1.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <string_view>

namespace qbench {
namespace {

// The planes in the order of version 1's enum qbench_buffer.
constexpr std::string_view kNames[] = {"codes", "scales",      "outer",       "offset",
                                       "zeros", "zeros_outer", "zeros_offset"};
static_assert(std::size(kNames) == version_1::QBENCH_BUFFERS);

// An entry of today's version that remembers the one of version 1, so that a problem leads to it.
struct Entry : qbench_kernel {
  const version_1::qbench_kernel* old;
};

const version_1::qbench_kernel& old_of(const qbench_problem& problem) {
  return *static_cast<const Entry*>(problem.kernel)->old;
}

struct OldTrial {
  const version_1::qbench_kernel& kernel;
  version_1::qbench_problem problem;
  void* trial;
};

version_1::qbench_problem translated(const qbench_problem& problem) {
  version_1::qbench_problem out = {.kernel = &old_of(problem),
                                   .m = problem.m,
                                   .n = problem.n,
                                   .k = problem.k,
                                   .block_size = problem.block_size,
                                   .dtype = static_cast<version_1::qbench_dtype>(problem.dtype),
                                   .device_index = problem.device_index,
                                   .weights = problem.weights,
                                   .x = problem.x,
                                   .bytes = {},
                                   .sizes = {}};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    const qbench_input_plane plane = qbench_plane(&problem, kNames[i].data());
    out.bytes[i] = plane.bytes;
    out.sizes[i] = plane.size;
  }
  return out;
}

const char* unsupported(const qbench_problem* problem) {
  for (int i = 0; i < problem->plane_count; ++i)
    if (std::ranges::find(kNames, problem->planes[i].name) == std::end(kNames))
      return "version 1 of kernel_library.h, which it was built with, lacks a plane of the mode";
  const version_1::qbench_kernel& old = old_of(*problem);
  if (old.unsupported == nullptr) return nullptr;
  const version_1::qbench_problem asked = translated(*problem);
  return old.unsupported(&asked);
}

void* prepare(const qbench_problem* problem, char* error, size_t size) {
  auto trial =
      std::unique_ptr<OldTrial>(new OldTrial{old_of(*problem), translated(*problem), nullptr});
  trial->trial = trial->kernel.prepare(&trial->problem, error, size);
  return trial->trial == nullptr ? nullptr : trial.release();
}

double run(void* of) {
  const auto* trial = static_cast<OldTrial*>(of);
  return trial->kernel.run(trial->trial);
}

int output(void* of, const qbench_output* result, char* error, size_t size) {
  const auto* trial = static_cast<OldTrial*>(of);
  version_1::qbench_output out = {.values = result->values, .bytes = {}};
  for (std::size_t i = 0; i < std::size(kNames); ++i)
    out.bytes[i] = qbench_plane_to_write(result, kNames[i].data()).bytes;
  return trial->kernel.output(trial->trial, &out, error, size);
}

void release(void* of) {
  const std::unique_ptr<OldTrial> trial(static_cast<OldTrial*>(of));
  trial->kernel.release(trial->trial);
}

}  // namespace

const qbench_kernel& from_version_1(const version_1::qbench_kernel& old) {
  static std::deque<Entry> entries;  // never emptied, as libraries stay loaded
  return entries.emplace_back(Entry{{.name = old.name,
                                     .operation = old.operation,
                                     .mode = old.mode,
                                     .device = old.device,
                                     .unsupported = unsupported,
                                     .prepare = old.prepare ? prepare : nullptr,
                                     .run = old.run ? run : nullptr,
                                     .output = old.output ? output : nullptr,
                                     .release = old.release ? release : nullptr},
                                    &old});
}

}  // namespace qbench
