// SPDX-License-Identifier: Apache-2.0
// Times each shape of a network once, and sums over its layers.
#include "harness/model/network/token_times.h"

#include <algorithm>
#include <iterator>

#include "harness/process/interrupt.h"
#include "harness/run/environment.h"
#include "harness/run/run.h"
#include "reports/summaries/noise.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

Layer shape_of(const Tensor& layer) { return {layer.rows() / layer.slices(), layer.cols()}; }

std::vector<Shape> shapes_of(const std::vector<const Tensor*>& layers) {
  std::vector<Shape> shapes;
  for (const Tensor* layer : layers) {
    const auto [n, k] = shape_of(*layer);
    if (const Shape shape{1, n, k}; std::ranges::find(shapes, shape) == shapes.end())
      shapes.push_back(shape);
  }
  return shapes;
}

bool is_of(const Result& r, const Candidate& candidate, const Layer& shape) {
  const int block = candidate.block_size;
  return r.mode == candidate.mode->name && r.n == shape.n && r.k == shape.k &&
         r.block_size.value_or(0) == std::max(block, 0) &&
         r.granularity == (block < 0 ? block_size_name(block) : "");
}

// The least time of the shape; nullptr where it has none.
const Result* fastest(const Candidate& candidate, const Layer& shape,
                      std::span<const Result> timed) {
  const Result* best = nullptr;
  for (const Result& r : timed)
    if (r.seconds && is_of(r, candidate, shape) && (!best || *r.seconds < *best->seconds))
      best = &r;
  return best;
}

std::optional<TokenTime> token_time(const std::vector<const Tensor*>& layers,
                                    const Candidate& candidate, std::span<const Result> timed) {
  TokenTime sum;
  for (const Tensor* layer : layers) {
    const Result* best = fastest(candidate, shape_of(*layer), timed);
    if (best == nullptr) return std::nullopt;
    sum.seconds += *best->seconds * static_cast<double>(layer->slices());
    sum.noisy = sum.noisy || !noise_of(*best).empty();
  }
  return sum;
}

}  // namespace

std::vector<Case> timing_cases(const std::vector<const Tensor*>& layers,
                               const std::vector<Candidate>& candidates, std::uint64_t seed) {
  std::vector<Case> cases;
  for (const Shape& shape : shapes_of(layers))
    for (const Candidate& candidate : candidates) {
      Sweep sweep;
      sweep.suites = {find_suite("gemv")};
      sweep.modes = {candidate.mode};
      sweep.shapes = {shape};
      sweep.seed = seed;
      if (!candidate.mode->block_sizes.empty()) sweep.block_sizes = {candidate.block_size};
      std::ranges::copy_if(expand(sweep), std::back_inserter(cases),
                           [](const Case& c) { return !c.added; });
    }
  return cases;
}

std::vector<Result> run_timing(std::span<const Case> cases, int threads,
                               const std::function<void(const Case&)>& begin) {
  Inputs inputs(nullptr);
  std::vector<Result> results;
  while (!cases.empty() && !interrupted()) {
    const RunOptions how{.memory_bytes = available_memory(), .threads = threads};
    const std::span<const Case> group = cases.first(group_size(cases, how));
    std::ranges::copy(run_group(group, inputs, how, begin), std::back_inserter(results));
    cases = cases.subspan(group.size());
  }
  return results;
}

std::vector<std::optional<TokenTime>> token_times(const std::vector<const Tensor*>& layers,
                                                  const std::vector<Candidate>& candidates,
                                                  std::span<const Result> timed) {
  std::vector<std::optional<TokenTime>> times;
  for (const Candidate& candidate : candidates)
    times.push_back(token_time(layers, candidate, timed));
  return times;
}

}  // namespace qbench
