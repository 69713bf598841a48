// SPDX-License-Identifier: Apache-2.0
// One overload for each kind of search: another alternative of Search does not compile until it has
// one. It says in one sentence what is tried for a group, over which of its constants, and what is
// kept.
#include <fmt/format.h>

#include "harness/explain/quantizer_text.h"

namespace qbench {
namespace {

SearchText in_words(std::monostate) { return {}; }

SearchText in_words(Fit (*)(std::span<const float>)) {
  return {.text = "a search over the weights of a group finds its step and its minimum",
          .from_statistic = false};
}

SearchText in_words(const Clipping& how) {
  return {.text = fmt::format(
              "s is clipped: of s * (1 - i / {:g}), i = 0 .. {}, the one of least squared error is "
              "kept, the largest on ties",
              how.grid, Clipping::kCandidates - 1)};
}

SearchText in_words(const TernaryMeans& how) {
  std::string text = fmt::format(
      "scale = the mean |w| of those above a threshold, {:g} of the mean |w|", how.threshold);
  if (how.refinements > 0)
    text += fmt::format(", then {} times half the scale before", how.refinements);
  return {.text = text + "; codes are found with the threshold as the scale",
          .from_statistic = false};
}

SearchText in_words(const HalfQuadratic& how) {
  return {.text = fmt::format(
              "f = highest code / (max w - min w), at most 2e4; scale = 1 / f; point = -min w * f, "
              "then refined for the whole matrix, at most {} times, so that the l_{:g} norm of the "
              "error falls (half-quadratic, beta {:g})",
              how.iterations, how.power, how.beta),
          .from_statistic = false};
}

}  // namespace

SearchText search_text(const Search& search) {
  return std::visit([](const auto& how) { return in_words(how); }, search);
}

}  // namespace qbench
