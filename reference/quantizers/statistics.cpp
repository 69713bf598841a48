// SPDX-License-Identifier: Apache-2.0
// Statistics of groups. A group is cut into parts where it is long (a row, the tensor), so that one
// group too is worked on by several threads; partial results are combined in order.
#include "reference/quantizers/statistics.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <optional>

#include "reference/quantizers/group_searches.h"
#include "reference/simd/loops.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

struct Partial {
  float absmax = -1;  // below 0: no number so far
  Range range = {FLT_MAX, -FLT_MAX};
  Magnitudes magnitudes = {};
};

void add_piece(const float* x, std::size_t count, const Quantizer& quantizer, Partial& partial) {
  const bool flush = quantizer.flush_subnormals;
  switch (quantizer.statistic) {
    case Statistic::absmax:
    case Statistic::signed_absmax:
      partial.absmax = std::max(partial.absmax, loops().absmax(x, count, flush, -1));
      break;
    case Statistic::min_max:
    case Statistic::range: {
      const Range range = loops().range(x, count);
      partial.range = {std::min(partial.range.low, range.low),
                       std::max(partial.range.high, range.high)};
      break;
    }
    case Statistic::mean_abs:
      add(loops().sum_abs(x, count, -1), partial.magnitudes);
      break;
  }
}

Partial over(const Matrix& weights, const Quantizer& quantizer, std::int64_t begin,
             std::int64_t end) {
  float scratch[kPiece];
  Partial partial;
  for (std::int64_t at = begin; at < end; at += kPiece) {
    const std::int64_t count = std::min(kPiece, end - at);
    add_piece(piece(weights, quantizer.weights_through, at, count, scratch),
              static_cast<std::size_t>(count), quantizer, partial);
  }
  return partial;
}

void combine(const Partial& more, Partial& all) {
  all.absmax = std::max(all.absmax, more.absmax);
  all.range = {std::min(all.range.low, more.range.low), std::max(all.range.high, more.range.high)};
  add(more.magnitudes, all.magnitudes);
}

class Groups {
 public:
  Groups(const Matrix& weights, const Mode& mode, const Partition& groups)
      : weights_(weights), mode_(mode), quantizer_(mode.quantizer), groups_(groups) {
    result_.value.resize(static_cast<std::size_t>(groups.groups()));
    if (mode.format.zero != Zero::none) result_.minimum.resize(result_.value.size());
    if (std::holds_alternative<TernaryMeans>(quantizer_.search))
      result_.by.resize(result_.value.size());
  }

  GroupStatistics run() && {
    const std::int64_t size = groups_.size * groups_.lines;
    if (size <= kPart)
      parallel_parts(groups_.groups(), std::max<std::int64_t>(1, kPart / size),
                     [&](auto begin, auto end) {
                       for (std::int64_t g = begin; g < end; ++g) set(g, over_lines(g));
                     });
    else
      for (std::int64_t g = 0; g < groups_.groups(); ++g) set(g, over_parts(g));
    return std::move(result_);
  }

 private:
  // Calls use(begin, end) for the elements of the group in each of its lines.
  template <class Use>
  void for_lines(std::int64_t g, const Use& use) const {
    for (std::int64_t line = 0; line < groups_.lines_of(g); ++line)
      use(groups_.begin(g) + line * groups_.line, groups_.end(g) + line * groups_.line);
  }

  Partial over_lines(std::int64_t g) const {
    if (groups_.lines == 1) return over(weights_, quantizer_, groups_.begin(g), groups_.end(g));
    Partial all;
    for_lines(g, [&](std::int64_t begin, std::int64_t end) {
      combine(over(weights_, quantizer_, begin, end), all);
    });
    return all;
  }

  Partial over_parts(std::int64_t g) const {
    Partial all;
    for_lines(g, [&](std::int64_t begin, std::int64_t end) {
      Buffer<Partial> partials(static_cast<std::size_t>((end - begin + kPart - 1) / kPart));
      parallel_parts(end - begin, kPart, [&](std::int64_t from, std::int64_t to) {
        partials[static_cast<std::size_t>(from / kPart)] =
            over(weights_, quantizer_, begin + from, begin + to);
      });
      for (const Partial& partial : partials) combine(partial, all);
    });
    return all;
  }

  // The first element of the group whose magnitude is `most`.
  float with_sign(std::int64_t g, float most) const {
    std::optional<float> found;
    float scratch[kPiece];
    for_lines(g, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t at = begin; at < end && !found; at += kPiece) {
        const std::int64_t count = std::min(kPiece, end - at);
        const float* x = piece(weights_, quantizer_.weights_through, at, count, scratch);
        const auto all = static_cast<std::size_t>(count);
        if (const std::size_t i = loops().find_magnitude(x, all, most); i < all) found = x[i];
      }
    });
    return found.value_or(most);
  }

  std::int64_t elements_of(std::int64_t g) const {
    return groups_.lines_of(g) * (groups_.end(g) - groups_.begin(g));
  }

  // The range of the group's numbers, with 0 in it for min_max; {0, 0} where nothing is a number.
  Range range_of(std::int64_t g, Range range) const {
    if (quantizer_.statistic == Statistic::min_max)
      range = {std::min(range.low, 0.0f), std::max(range.high, 0.0f)};
    if (range.low > range.high) return {0, 0};
    if (range.low == 0 && quantizer_.statistic == Statistic::range)
      range.low = with_sign(g, 0);  // of zeros of both signs the first
    return range;
  }

  void set(std::int64_t g, const Partial& partial) {
    const auto i = static_cast<std::size_t>(g);
    const float nothing = quantizer_.flush_subnormals ? -FLT_MAX : 0.0f;
    const float absmax = partial.absmax < 0 ? nothing : partial.absmax;
    Range range = partial.range;
    if (const auto* means = std::get_if<TernaryMeans>(&quantizer_.search)) {
      const TernaryFit fit = ternary_fit(weights_, quantizer_.weights_through, *means, groups_, g);
      result_.value[i] = fit.scale;
      result_.by[i] = fit.threshold;
      return;
    }
    switch (quantizer_.statistic) {
      case Statistic::absmax:
        result_.value[i] = absmax;
        break;
      case Statistic::signed_absmax:
        result_.value[i] = absmax == 0 ? absmax : with_sign(g, absmax);
        break;
      case Statistic::min_max:
      case Statistic::range:
        range = range_of(g, range);
        result_.value[i] = range.high - range.low;
        break;
      case Statistic::mean_abs:
        result_.value[i] = std::max(
            static_cast<float>(partial.magnitudes.sum / static_cast<double>(elements_of(g))),
            quantizer_.least);
        break;
    }
    if (const auto* clipping = std::get_if<Clipping>(&quantizer_.search)) {
      const Clipped best =
          clipped(weights_, mode_, *clipping, groups_, g, {result_.value[i], range});
      result_.value[i] = best.statistic;
      range = best.range;
    }
    if (!result_.minimum.empty()) result_.minimum[i] = range.low;
  }

  const Matrix& weights_;
  const Mode& mode_;
  const Quantizer& quantizer_;
  const Partition& groups_;
  GroupStatistics result_;
};

}  // namespace

const float* piece(const Matrix& weights, Dtype through, std::int64_t first, std::int64_t count,
                   float* scratch) {
  const float* values = weights.values.data() + first;
  if (through == Dtype::fp32) return values;
  std::copy_n(values, count, scratch);
  loops().round_to(through, scratch, static_cast<std::size_t>(count));
  return scratch;
}

GroupStatistics statistics(const Matrix& weights, const Mode& mode, const Partition& groups) {
  GroupStatistics found = Groups(weights, mode, groups).run();
  if (const auto* search = std::get_if<HalfQuadratic>(&mode.quantizer.search))
    find_points(weights, mode, *search, groups, found);
  return found;
}

}  // namespace qbench::reference
