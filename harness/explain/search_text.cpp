// SPDX-License-Identifier: Apache-2.0
// One overload for each kind of search: another alternative of Search does not compile until it has
// one. It says in one sentence what is tried for a group, over which of its constants, and what is
// kept.
#include <fmt/format.h>

#include <cmath>

#include "harness/explain/quantizer_text.h"

namespace qbench {
namespace {

SearchText in_words(std::monostate, const Mode&) { return {}; }

SearchText in_words(const Clipping& how, const Mode&) {
  return {.text = fmt::format(
              "s is clipped: of s * (1 - i / {:g}), i = 0 .. {}, the one of least squared error is "
              "kept, the largest on ties",
              how.grid, Clipping::kCandidates - 1)};
}

SearchText in_words(const TernaryMeans& how, const Mode&) {
  std::string text = fmt::format(
      "scale = the mean |w| of those above a threshold, {:g} of the mean |w|", how.threshold);
  if (how.refinements > 0)
    text += fmt::format("; the threshold is then half the scale before, at most {} times",
                        how.refinements);
  return {.text = text, .from_statistic = false, .divisor = "the threshold"};
}

SearchText in_words(const HalfQuadratic& how, const Mode&) {
  return {
      .text = fmt::format(
          "f = highest code / (max w - min w), at most 2e4, and 1 where that range is at most "
          "1e-4; scale = 1 / f; point = -min w * f, then refined for the whole matrix, at most "
          "{} times while the mean |error| falls, by the l_{:g} norm of the error (half-quadratic, "
          "beta {:g})",
          how.iterations, how.power, how.beta),
      .from_statistic = false};
}

SearchText in_words(const ScaleCandidates& how, const Mode&) {
  std::string range = "that scale";
  if (how.first == 0 && how.last == 1) range += " and the next that can be stored";
  if (how.first < 0)
    range = fmt::format(
        "the stored scales from {} codes below that one to {} above it, within {} "
        "to {}",
        -how.first, how.last, how.lowest, how.highest);
  if (how.other_qmax != 0) range += fmt::format(" and that which takes s to {:g}", how.other_qmax);
  return {.text = fmt::format("of {}, the one of least squared error is kept, the {} on ties",
                              range, how.other_qmax != 0 ? "first" : "least")};
}

std::string_view in_words(LeastSquares::Weight weight) {
  switch (weight) {
    case LeastSquares::Weight::magnitude:
      return "|w|";
    case LeastSquares::Weight::magnitude_and_rms:
      break;
  }
  return "|w| plus the rms of the group";
}

SearchText in_words(const LeastSquares& how, const Mode&) {
  return {
      .text = fmt::format(
          "codes by {} steps, (max - min) / (highest code {} {:g} + i * {:g}), i = 0 .. {}, each "
          "with the line step * code + minimum of least {} error, weighted by {}; the best is "
          "kept; steps and minima are stored under their outer scales, and codes taken anew",
          how.steps + 1, how.first < 0 ? '-' : '+', std::abs(how.first), how.increment, how.steps,
          how.absolute ? "absolute" : "squared", in_words(how.weight)),
      .from_statistic = false,
      .finds_codes = true};
}

SearchText in_words(const CodeDescent& how, const Mode&) {
  return {
      .text = fmt::format(
          "codes by the largest |w|; then one code after the other moves to where the best "
          "step has less squared error, weighted by w^2, in at most {} sweeps; steps are stored "
          "under their outer scale, and codes taken anew",
          how.sweeps),
      .from_statistic = false,
      .finds_codes = true};
}

SearchText in_words(const StepCandidates& how, const Mode&) {
  return {.text = fmt::format(
              "the step of least squared error, weighted by w^2, of those that take the largest "
              "|w| to -(n + i * {:g}), -n the lowest code, i = -{} .. {}; steps are stored under "
              "their outer scale, and codes taken anew",
              how.increment, how.each_side, how.each_side),
          .from_statistic = false,
          .finds_codes = true};
}

SearchText in_words(const CodebookCandidates& how, const Mode& mode) {
  return {.text = fmt::format(
              "the scale of least squared error, weighted by w^2, of those that take the largest "
              "|w| to the lowest level, negated, and to that level plus i = -{} .. {}; {}the "
              "nearest levels, ties to the higher",
              how.each_side, how.each_side,
              mode.format.scale.outer
                  ? "scales are stored under their outer scale, and codes taken anew: "
                  : "codes are "),
          .from_statistic = false,
          .finds_codes = true};
}

SearchText in_words(const NearestLevel& how, const Mode& mode) {
  const bool power = std::holds_alternative<PowerOfTwo>(mode.format.scale.storage.codec);
  return {
      .text = fmt::format(
          "scale = the largest |w| / {:g}, {}; the code of least |level * scale - w|, the first "
          "on ties",
          how.qmax,
          power ? "the power of two that is not above it"
                : "rounded half up; from 256 on it is 448"),
      .from_statistic = false,
      .finds_codes = true};
}

SearchText in_words(const SignAndMean&, const Mode&) {
  return {.text = "scale = the mean |w|; the code says whether w >= 0",
          .from_statistic = false,
          .finds_codes = true};
}

}  // namespace

SearchText search_text(const Mode& mode) {
  return std::visit([&](const auto& how) { return in_words(how, mode); }, mode.quantizer.search);
}

}  // namespace qbench
