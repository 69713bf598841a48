// SPDX-License-Identifier: Apache-2.0
// HalfQuadratic: HQQ's iterations as its own code makes them (hqq 0.2.8, the solver it calls
// legacy), in f32 but for the means, which are sums in double.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "reference/quantizers/group_searches.h"
#include "reference/quantizers/nearest.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

struct Group {
  const float* weights;
  std::int64_t count;
  float factor;  // weights are multiplied by it
  float highest;
};

struct Pass {
  float point;       // the next zero point
  double error = 0;  // the sum of |error| at the zero point before
};

// The proximal operator of the l_p norm: what is left of an error is at least 0.
class Shrinkage {
 public:
  explicit Shrinkage(const HalfQuadratic& search)
      : per_beta_(1 / search.beta),
        power_(search.power - 1),
        nothing_left_(std::pow(per_beta_, 1 / (1 - power_)) * 0.99f) {}
  bool leaves_nothing_of(float magnitude) const { return magnitude < nothing_left_; }
  float operator()(float error) const {
    const float magnitude = std::abs(error);
    if (leaves_nothing_of(magnitude)) return 0;
    const auto raised =
        static_cast<float>(std::pow(static_cast<double>(magnitude), static_cast<double>(power_)));
    return std::copysign(std::max(magnitude - per_beta_ * raised, 0.0f), error);
  }

 private:
  float per_beta_, power_;
  float nothing_left_;  // errors below it become 0, which spares their power
};

// The sum of the zero points where errors are left over.
double points_with_errors(const Group& group, float point, const Shrinkage& shrink) {
  double points = 0;
  for (std::int64_t i = 0; i < group.count; ++i) {
    const float w = std::isfinite(group.weights[i]) ? group.weights[i] : 0.0f;
    const float code = std::clamp(nearest(w * group.factor + point), 0.0f, group.highest);
    const float error = w - (code - point) / group.factor;
    points += static_cast<double>(code - (w - shrink(error)) * group.factor);
  }
  return points;
}

Pass pass(const Group& group, float point, const Shrinkage& shrink) {
  const PointSums sums = loops().point_sums(group.weights, static_cast<std::size_t>(group.count),
                                            group.factor, point, group.highest);
  const double points = shrink.leaves_nothing_of(sums.largest)
                            ? sums.points
                            : points_with_errors(group, point, shrink);
  return {static_cast<float>(points / static_cast<double>(group.count)), sums.errors};
}

// The factor of hqq: the reciprocal of the range times the highest code, at most 2e4; 1 for small
// ranges, and for infinite ones.
float factor_of(float range, float highest) {
  if (range <= 1e-4f || !std::isfinite(range)) return 1;
  return std::min(1 / range * highest, 2e4f);
}

}  // namespace

void find_points(const Matrix& weights, const Mode& mode, const HalfQuadratic& search,
                 const Partition& groups, GroupStatistics& found) {
  const float highest = static_cast<float>(std::get<Integers>(mode.format.codec).highest);
  const std::size_t count = found.value.size();
  found.by.resize(count);
  found.point.resize(count);
  for (std::size_t g = 0; g < count; ++g) {
    found.by[g] = factor_of(found.value[g], highest);
    found.point[g] = std::isfinite(found.minimum[g]) ? -found.minimum[g] * found.by[g] : 0.0f;
    found.value[g] = 1 / found.by[g];
  }
  const Shrinkage shrink(search);
  const Dtype through = mode.quantizer.weights_through;
  Buffer<double> errors(count);
  const auto refine = [&](std::int64_t first, std::int64_t last) {
    std::vector<float> scratch(through == Dtype::fp32 ? 0 : static_cast<std::size_t>(groups.size));
    for (std::int64_t group = first; group < last; ++group) {
      const auto g = static_cast<std::size_t>(group);
      const std::int64_t begin = groups.begin(group), size = groups.end(group) - begin;
      const float* w = piece(weights, through, begin, size, scratch.data());
      const Pass next = pass({w, size, found.by[g], highest}, found.point[g], shrink);
      found.point[g] = next.point;
      errors[g] = next.error;
    }
  };
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < search.iterations; ++i) {
    parallel_parts(groups.groups(), std::max<std::int64_t>(1, kPart / groups.size), refine);
    double error = 0;
    for (const double of_group : errors) error += of_group;
    const auto mean = static_cast<float>(error / static_cast<double>(weights.size()));
    if (!(static_cast<double>(mean) < least)) break;
    least = static_cast<double>(mean);
  }
}

}  // namespace qbench::reference
