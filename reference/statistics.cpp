// SPDX-License-Identifier: Apache-2.0
// Statistics of groups. A group is cut into parts where it is long (a row, the tensor), so that one
// group too is worked on by several threads; partial results are combined in order.
#include "reference/statistics.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "reference/parallel.h"
#include "reference/runs.h"

namespace qbench::reference {
namespace {

struct Partial {
  float absmax = -1;  // below 0: no number so far
  Range range = {FLT_MAX, -FLT_MAX};
  double sum_abs = 0;
};

void add_piece(const float* x, std::size_t count, const Scaling& scaling, Partial& partial) {
  const bool flush = scaling.flush_subnormals;
  switch (scaling.statistic) {
    case Statistic::absmax:
    case Statistic::signed_absmax:
      partial.absmax = std::max(partial.absmax, runs().absmax(x, count, flush, -1));
      break;
    case Statistic::min_max:
    case Statistic::range: {
      const Range range = runs().range(x, count);
      partial.range = {std::min(partial.range.low, range.low),
                       std::max(partial.range.high, range.high)};
      break;
    }
    case Statistic::mean_abs:
      partial.sum_abs += runs().sum_abs(x, count);
      break;
    case Statistic::searched:
      break;
  }
}

Partial over(const Matrix& weights, const Mode& mode, std::int64_t begin, std::int64_t end) {
  float scratch[kPiece];
  Partial partial;
  for (std::int64_t at = begin; at < end; at += kPiece) {
    const std::int64_t count = std::min(kPiece, end - at);
    add_piece(piece(weights, mode, at, count, scratch), static_cast<std::size_t>(count),
              mode.scaling, partial);
  }
  return partial;
}

void combine(const Partial& more, Partial& all) {
  all.absmax = std::max(all.absmax, more.absmax);
  all.range = {std::min(all.range.low, more.range.low), std::max(all.range.high, more.range.high)};
  all.sum_abs += more.sum_abs;
}

// The first element of the group whose magnitude is `most`.
float with_sign(const Matrix& weights, const Mode& mode, float most, std::int64_t begin,
                std::int64_t end) {
  float scratch[1];
  for (std::int64_t i = begin; i < end; ++i) {
    const float value = *piece(weights, mode, i, 1, scratch);
    if (std::abs(value) == most) return value;
  }
  return most;
}

class Groups {
 public:
  Groups(const Matrix& weights, const Mode& mode, const Partition& groups)
      : weights_(weights), mode_(mode), scaling_(mode.scaling), groups_(groups) {
    result_.value.resize(static_cast<std::size_t>(groups.groups()));
    if (scaling_.zero != Zero::none) result_.minimum.resize(result_.value.size());
  }

  GroupStatistics run() && {
    if (groups_.size <= kPart)
      parallel_parts(groups_.groups(), std::max<std::int64_t>(1, kPart / groups_.size),
                     [&](auto begin, auto end) {
                       for (std::int64_t g = begin; g < end; ++g)
                         set(g, over(weights_, mode_, groups_.begin(g), groups_.end(g)));
                     });
    else
      for (std::int64_t g = 0; g < groups_.groups(); ++g)
        set(g, over_parts(groups_.begin(g), groups_.end(g)));
    return std::move(result_);
  }

 private:
  Partial over_parts(std::int64_t begin, std::int64_t end) const {
    Buffer<Partial> partials(static_cast<std::size_t>((end - begin + kPart - 1) / kPart));
    parallel_parts(end - begin, kPart, [&](std::int64_t from, std::int64_t to) {
      partials[static_cast<std::size_t>(from / kPart)] =
          over(weights_, mode_, begin + from, begin + to);
    });
    Partial all;
    for (const Partial& partial : partials) combine(partial, all);
    return all;
  }

  void set(std::int64_t g, const Partial& partial) {
    const auto i = static_cast<std::size_t>(g);
    const std::int64_t begin = groups_.begin(g), end = groups_.end(g);
    const float nothing = scaling_.flush_subnormals ? -FLT_MAX : 0.0f;
    const float absmax = partial.absmax < 0 ? nothing : partial.absmax;
    Range range = partial.range;
    switch (scaling_.statistic) {
      case Statistic::absmax:
        result_.value[i] = absmax;
        break;
      case Statistic::signed_absmax:
        result_.value[i] = with_sign(weights_, mode_, absmax, begin, end);
        break;
      case Statistic::min_max:
        range = {std::min(range.low, 0.0f), std::max(range.high, 0.0f)};
        [[fallthrough]];
      case Statistic::range:
        result_.value[i] = range.high - range.low;
        break;
      case Statistic::mean_abs:
        result_.value[i] = static_cast<float>(partial.sum_abs / static_cast<double>(end - begin));
        break;
      case Statistic::searched: {
        const Fit fit =
            scaling_.fit({weights_.values.data() + begin, static_cast<std::size_t>(end - begin)});
        result_.value[i] = fit.step * scaling_.full;
        range.low = fit.minimum;
        break;
      }
    }
    if (!result_.minimum.empty()) result_.minimum[i] = range.low;
  }

  const Matrix& weights_;
  const Mode& mode_;
  const Scaling& scaling_;
  const Partition& groups_;
  GroupStatistics result_;
};

}  // namespace

const float* piece(const Matrix& weights, const Mode& mode, std::int64_t first, std::int64_t count,
                   float* scratch) {
  const float* values = weights.values.data() + first;
  if (mode.weights_through == Dtype::fp32) return values;
  std::copy_n(values, count, scratch);
  runs().round_to(mode.weights_through, scratch, static_cast<std::size_t>(count));
  return scratch;
}

GroupStatistics statistics(const Matrix& weights, const Mode& mode, const Partition& groups) {
  return Groups(weights, mode, groups).run();
}

}  // namespace qbench::reference
