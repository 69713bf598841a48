// SPDX-License-Identifier: Apache-2.0
// TernaryMeans: passes over a group, each for the mean of the magnitudes above a threshold.
#include <algorithm>

#include "reference/quantizers/group_searches.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {
namespace {

Magnitudes in_order(const Buffer<Magnitudes>& parts) {
  Magnitudes all;
  for (const Magnitudes& part : parts) add(part, all);
  return all;
}

// Sums magnitudes in the order of Statistic::mean_abs: pieces of a part, then parts.
Magnitudes above(const Matrix& weights, Dtype through, const Partition& groups, std::int64_t g,
                 float threshold) {
  const std::int64_t first = groups.begin(g), count = groups.end(g) - first;
  Buffer<Magnitudes> parts(static_cast<std::size_t>((count + kPart - 1) / kPart));
  parallel_parts(count, kPart, [&](std::int64_t begin, std::int64_t end) {
    Magnitudes& part = parts[static_cast<std::size_t>(begin / kPart)];
    part = {};
    float scratch[kPiece];
    for (std::int64_t at = begin; at < end; at += kPiece) {
      const std::int64_t in_piece = std::min(kPiece, end - at);
      add(loops().sum_abs(piece(weights, through, first + at, in_piece, scratch),
                          static_cast<std::size_t>(in_piece), threshold),
          part);
    }
  });
  return in_order(parts);
}

float mean(const Magnitudes& of) {
  return of.count == 0 ? 0.0f : static_cast<float>(of.sum / static_cast<double>(of.count));
}

}  // namespace

TernaryFit ternary_fit(const Matrix& weights, Dtype through, const TernaryMeans& search,
                       const Partition& groups, std::int64_t g) {
  const auto size = static_cast<double>(groups.end(g) - groups.begin(g));
  const auto whole = static_cast<float>(above(weights, through, groups, g, -1).sum / size);
  float threshold = search.threshold * whole;
  float scale = mean(above(weights, through, groups, g, threshold));
  for (int i = 0; i < search.refinements && threshold != scale / 2; ++i) {
    threshold = scale / 2;
    scale = mean(above(weights, through, groups, g, threshold));
  }
  return {threshold > 0 ? threshold : 1.0f, scale};
}

}  // namespace qbench::reference
