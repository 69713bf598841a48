// SPDX-License-Identifier: Apache-2.0
// Calls of today's version reach kernels of version 1 with every argument in its old place.
#include "kernels/library/from_version_1.h"

#include <cstddef>
#include <string_view>

#include "tests/catch.h"

namespace qbench {
namespace {

struct Seen {
  version_1::qbench_problem asked, given;
  version_1::qbench_output output;
  void* trial;  // of the last call that took one
  int released;
};
Seen seen;

const char* unsupported(const version_1::qbench_problem* problem) {
  seen.asked = *problem;
  return "the tea is cold";
}
void* prepare(const version_1::qbench_problem* problem, char* error, size_t size) {
  seen.given = *problem;
  error[size - 1] = '!';
  return problem->m == 0 ? nullptr : &seen;
}
double run(void* trial) {
  seen.trial = trial;
  return 0.25;
}
int output(void* trial, const version_1::qbench_output* result, char* error, size_t size) {
  seen.trial = trial;
  seen.output = *result;
  error[size - 1] = '?';
  return 7;
}
void release(void* trial) {
  seen.trial = trial;
  ++seen.released;
}

constexpr version_1::qbench_kernel kOld = {"old",   "matmul", "nf4",  "cpu",  unsupported,
                                           prepare, run,      output, release};

// In another order than that of version 1, so that none is found by its place.
constexpr std::byte kBytes[7] = {};
constexpr qbench_input_plane kInputs[] = {
    {"zeros_offset", &kBytes[6], 7}, {"zeros_outer", &kBytes[5], 6}, {"zeros", &kBytes[4], 5},
    {"offset", &kBytes[3], 4},       {"outer", &kBytes[2], 3},       {"scales", &kBytes[1], 2},
    {"codes", &kBytes[0], 1}};

const float kWeights = 1, kX = 2;

qbench_problem problem_for(const qbench_kernel& kernel) {
  return {&kernel, 3, 5, 300, 64, QBENCH_BF16, 4, &kWeights, &kX, std::size(kInputs), kInputs};
}

void check_problem_1(const version_1::qbench_problem& old) {
  CHECK(old.kernel == &kOld);
  CHECK((old.m == 3 && old.n == 5 && old.k == 300 && old.block_size == 64));
  CHECK(old.dtype == version_1::QBENCH_BF16);
  CHECK(old.device_index == 4);
  CHECK((old.weights == &kWeights && old.x == &kX));
  for (std::size_t i = 0; i < version_1::QBENCH_BUFFERS; ++i) {
    CHECK(old.bytes[i] == &kBytes[i]);
    CHECK(old.sizes[i] == i + 1);
  }
}

}  // namespace

TEST_CASE("a kernel of version 1 is asked and prepared with every field and plane") {
  seen = {};
  const qbench_kernel& kernel = from_version_1(kOld);
  CHECK((kernel.name == kOld.name && kernel.operation == kOld.operation));
  CHECK((kernel.mode == kOld.mode && kernel.device == kOld.device));
  const qbench_problem problem = problem_for(kernel);
  CHECK(kernel.unsupported(&problem) == std::string_view("the tea is cold"));
  check_problem_1(seen.asked);
  char error[8] = {};
  void* const trial = kernel.prepare(&problem, error, sizeof error);
  REQUIRE(trial != nullptr);
  check_problem_1(seen.given);
  CHECK(error[7] == '!');
  kernel.release(trial);
}

TEST_CASE("a trial of version 1 is run, copied out and released once as its own prepare made it") {
  seen = {};
  const qbench_kernel& kernel = from_version_1(kOld);
  const qbench_problem problem = problem_for(kernel);
  char error[8] = {};
  void* const trial = kernel.prepare(&problem, error, sizeof error);
  CHECK(kernel.run(trial) == 0.25);
  CHECK(seen.trial == &seen);
  float values = 0;
  std::byte room[2];
  const qbench_output_plane planes[] = {{"offset", &room[1], 1}, {"codes", &room[0], 1}};
  const qbench_output result = {&values, 2, planes};
  seen.trial = nullptr;
  CHECK(kernel.output(trial, &result, error, sizeof error) == 7);
  CHECK(error[7] == '?');
  CHECK(seen.trial == &seen);
  CHECK(seen.output.values == &values);
  for (int i = 0; i < version_1::QBENCH_BUFFERS; ++i)
    CHECK(seen.output.bytes[i] == (i == version_1::QBENCH_CODES         ? &room[0]
                                   : i == version_1::QBENCH_SCALES_MEAN ? &room[1]
                                                                        : nullptr));
  seen.trial = nullptr;
  kernel.release(trial);
  CHECK((seen.released == 1 && seen.trial == &seen));
}

TEST_CASE("where prepare of version 1 fails there is no trial, and nothing to release") {
  seen = {};
  const qbench_kernel& kernel = from_version_1(kOld);
  qbench_problem problem = problem_for(kernel);
  problem.m = 0;
  char error[8] = {};
  CHECK(kernel.prepare(&problem, error, sizeof error) == nullptr);
  CHECK(error[7] == '!');
  CHECK(seen.released == 0);
}

TEST_CASE("a kernel of version 1 that says nothing supports all but planes it cannot be given") {
  static const version_1::qbench_kernel silent = {"silent", "matmul", "nf4",  "cpu",  nullptr,
                                                  prepare,  run,      output, release};
  const qbench_kernel& kernel = from_version_1(silent);
  qbench_problem problem = problem_for(kernel);
  CHECK(kernel.unsupported(&problem) == nullptr);
  const qbench_input_plane order = {"order", &kBytes[0], 4};
  problem.plane_count = 1;
  problem.planes = &order;
  CHECK(kernel.unsupported(&problem) ==
        std::string_view("version 1 of kernel_library.h, which it was built with, lacks a plane of "
                         "the mode"));
}

TEST_CASE("functions that a kernel of version 1 lacks are missing in what calls it") {
  static const version_1::qbench_kernel bare = {};
  const qbench_kernel& kernel = from_version_1(bare);
  CHECK((kernel.prepare == nullptr && kernel.run == nullptr));
  CHECK((kernel.output == nullptr && kernel.release == nullptr));
}

}  // namespace qbench
