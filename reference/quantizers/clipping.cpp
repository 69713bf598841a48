// SPDX-License-Identifier: Apache-2.0
// Clipping: the error of every shrunken range of a group, and the best of them.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "reference/quantizers/group_searches.h"

namespace qbench::reference {
namespace {

constexpr int kCandidates = Clipping::kCandidates;

struct Candidates {
  Clipped clipped[kCandidates];
  float step[kCandidates], zero[kCandidates];
};

Clipped shrunk(const Quantizer& quantizer, const Clipped& whole, float by) {
  const Range range = {whole.range.low * by, whole.range.high * by};
  const bool ranged = quantizer.statistic == Statistic::min_max;
  return {ranged ? range.high - range.low : whole.statistic * by, range};
}

Candidates candidates_of(const Mode& mode, const Clipping& search, const Clipped& whole) {
  const Quantizer& quantizer = mode.quantizer;
  const auto* points = std::get_if<Integers>(&mode.format.zero_number.storage.codec);
  Candidates all;
  for (int c = 0; c < kCandidates; ++c) {
    all.clipped[c] = shrunk(quantizer, whole, 1 - static_cast<float>(c) / search.grid);
    float& step = all.step[c];
    step = all.clipped[c].statistic / quantizer.qmax;
    loops().round_to(std::get<Plain>(mode.format.scale.storage.codec).dtype, &step, 1);
    if (step == 0 && quantizer.zero_step_is_one) step = 1;
    all.zero[c] = mode.format.zero == Zero::point
                      ? zero_point(all.clipped[c].range.low, step, *points)
                      : 0.0f;
  }
  return all;
}

}  // namespace

float zero_point(float minimum, float step, const Integers& codes) {
  const float nearest = std::nearbyint(-minimum / step);
  if (nearest != nearest) return 0;
  return std::clamp(nearest, static_cast<float>(codes.lowest), static_cast<float>(codes.highest));
}

Clipped clipped(const Matrix& weights, const Mode& mode, const Clipping& search,
                const Partition& groups, std::int64_t g, const Clipped& whole) {
  const Candidates candidates = candidates_of(mode, search, whole);
  float errors[kCandidates] = {}, scratch[kPiece];
  for (std::int64_t at = groups.begin(g); at < groups.end(g); at += kPiece) {
    const std::int64_t count = std::min(kPiece, groups.end(g) - at);
    float piece_errors[kCandidates] = {};
    loops().clipping_errors(piece(weights, mode.quantizer.weights_through, at, count, scratch),
                            static_cast<std::size_t>(count), std::get<Integers>(mode.format.codec),
                            candidates.step, candidates.zero, piece_errors);
    for (int c = 0; c < kCandidates; ++c) errors[c] += piece_errors[c];
  }
  for (float& error : errors) error = error == error ? error : FLT_MAX;
  return candidates.clipped[std::min_element(errors, errors + kCandidates) - errors];
}

}  // namespace qbench::reference
