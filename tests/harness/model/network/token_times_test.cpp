// SPDX-License-Identifier: Apache-2.0
// Times of a token: which cases are timed, and what is summed.
#include "harness/model/network/token_times.h"

#include "suites/axis_values.h"
#include "tests/catch.h"
#include "tests/harness/model/network/networks.h"

namespace qbench {
namespace {

using namespace test;

Tensor layer(std::vector<std::int64_t> shape, Layout layout = Layout::matrix) {
  return {.name = "w", .dtype = "F32", .shape = std::move(shape), .bytes = {}, .layout = layout};
}

Result timed(const std::string& mode, std::int64_t n, std::int64_t k, double seconds,
             std::optional<std::int64_t> block_size = {}) {
  Result r;
  r.mode = mode;
  r.n = n;
  r.k = k;
  r.block_size = block_size;
  r.seconds = seconds;
  return r;
}

}  // namespace

TEST_CASE("each shape is timed once in each candidate, and a stack as one of its matrices") {
  const Tensor a = layer({8, 64}), b = layer({8, 64}), stack = layer({3, 16, 64}, Layout::stack);
  const std::vector<Case> cases = timing_cases({&a, &b, &stack}, candidates({"bf16", "nf4"}), 1);
  std::vector<std::string> ids;
  for (const Case& c : cases)
    if (c.device.kind == DeviceKind::cpu) ids.push_back(c.id());
  REQUIRE(ids.size() == 4);
  CHECK(ids[0].starts_with("gemv/mode:bf16/"));
  CHECK(ids[1].starts_with("gemv/mode:nf4/"));
  CHECK(ids[1].find("/m:1/n:8/k:64/") != std::string::npos);
  CHECK(ids[3].find("/m:1/n:16/k:64/") != std::string::npos);
}

TEST_CASE("a token takes the fastest kernel of every layer, and every matrix of a stack") {
  const Tensor a = layer({8, 64}), b = layer({8, 64}), stack = layer({3, 16, 64}, Layout::stack);
  const std::vector<Candidate> modes = {{find_mode("nf4"), 64}, {find_mode("nf4"), 32}};
  std::vector<Result> results = {timed("nf4", 8, 64, 5, 64), timed("nf4", 8, 64, 2, 64),
                                 timed("nf4", 16, 64, 10, 64), timed("nf4", 8, 64, 1, 32)};
  auto times = token_times({&a, &b, &stack}, modes, results);
  REQUIRE(times[0]);
  CHECK(times[0]->seconds == 2 + 2 + 3 * 10);
  CHECK_FALSE(times[0]->noisy);
  CHECK_FALSE(times[1]);  // the larger shape has no time
  results[2].noise = "the threads got half of the CPU";
  times = token_times({&a, &b, &stack}, modes, results);
  CHECK(times[0]->noisy);
}

TEST_CASE("groups of a row and of the tensor have times of their own") {
  const Tensor a = layer({8, 64});
  const std::vector<Candidate> modes = {{find_mode("fp8"), kWholeTensor},
                                        {find_mode("fp8"), kWholeRow}};
  std::vector<Result> results = {timed("fp8", 8, 64, 3), timed("fp8", 8, 64, 4)};
  results[0].granularity = block_size_name(kWholeTensor);
  results[1].granularity = block_size_name(kWholeRow);
  const auto times = token_times({&a}, modes, results);
  CHECK(times[0]->seconds == 3);
  CHECK(times[1]->seconds == 4);
}

}  // namespace qbench
