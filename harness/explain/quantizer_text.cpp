// SPDX-License-Identifier: Apache-2.0
// Reads the fields of a Quantizer aloud.
#include "harness/explain/quantizer_text.h"

#include <fmt/format.h>

#include "harness/explain/codec_text.h"
#include "harness/explain/format_text.h"

namespace qbench {
namespace {

std::string_view words(Statistic statistic) {
  switch (statistic) {
    case Statistic::absmax:
      return "the largest |w|";
    case Statistic::signed_absmax:
      return "the signed w of largest |w|, the first on ties,";
    case Statistic::min_max:
      return "max(w, 0) - min(w, 0)";
    case Statistic::range:
      return "max w - min w";
    case Statistic::mean_abs:
      break;
  }
  return "the mean |w|";
}

std::string_view words(Exponent exponent) {
  switch (exponent) {
    case Exponent::floor:
      return "the greatest that is not above";
    case Exponent::ceil:
      return "the least that is not below";
    case Exponent::even:
      return "the greatest that is not above, of s rounded to the mantissa of the codes, halves up";
    case Exponent::rceil:
      break;
  }
  return "the least that is not below the quotient as rounded to f32";
}

std::string_view ties(Rounding rounding) {
  switch (rounding) {
    case Rounding::half_up:
      return "upwards";
    case Rounding::half_away:
      return "away from zero";
    case Rounding::nearest_even:
    case Rounding::thresholds:
      break;
  }
  return "to even";
}

bool has_whole_points(const Format& format) {
  return std::holds_alternative<Integers>(format.zero_number.storage.codec);
}

std::string divided(std::string_view what, float by) {
  return by == 1 ? std::string(what) : fmt::format("{} / {:g}", what, by);
}

// The scale from the statistic s of its group.
std::string scale_text(const Mode& mode) {
  const Quantizer& q = mode.quantizer;
  const auto& outer = mode.format.scale.outer;
  if (q.outer.from_statistics) {
    const std::string scale = q.outer.in_turn ? fmt::format("s / {:g} / outer scale", q.qmax)
                                              : fmt::format("s / ({:g} * outer scale)", q.qmax);
    return fmt::format("outer scale = max s / ({:g} * {:g}), scale = {}", q.qmax, q.outer.qmax,
                       scale);
  }
  std::string out = "scale = " + divided("s", q.qmax / mode.format.qmax);
  if (outer)
    out += fmt::format(
        "; outer scale = {} of the scales{}",
        divided(q.outer.statistic == Statistic::signed_absmax ? "the one of largest magnitude"
                                                              : "the largest magnitude",
                q.outer.qmax),
        outer->less_mean ? " less their mean" : "");
  return out;
}

std::string zero_text(const Mode& mode) {
  switch (mode.format.zero) {
    case Zero::none:
      return "";
    case Zero::point:
      return has_whole_points(mode.format)
                 ? "; point = -min(w, 0) / scale, to the nearest integer, ties to even"
                 : "; point = -min(w, 0) / scale";
    case Zero::minimum:
      break;
  }
  return mode.quantizer.statistic == Statistic::range ? "; minimum = min w"
                                                      : "; minimum = min(w, 0)";
}

// A weight in units of its scale.
std::string scaled_text(const Mode& mode) {
  const std::string_view w = mode.format.zero == Zero::minimum ? "(w - minimum)" : "w";
  const std::string_view divisor = search_text(mode).divisor;
  const std::string_view by = !divisor.empty() ? divisor
                              : mode.quantizer.codes_from == CodesFrom::exact_scale
                                  ? "the exact scale"
                                  : "the stored scale";
  const float top = mode.format.qmax;
  switch (mode.quantizer.rule) {
    case Rule::multiply_by_reciprocal:
      return fmt::format("{} * ({:g} / {}), the quotient correctly rounded", w, top, by);
    case Rule::multiply_by_reciprocals:
      return fmt::format("{} * ((1 / outer scale) / the stored {})", w,
                         short_name(mode.format.scale.storage));
    case Rule::multiply:
      return fmt::format("{} * f", w);
    case Rule::divide:
      break;
  }
  return top == 1 ? fmt::format("{} / {}", w, by) : fmt::format("{} / ({} / {:g})", w, by, top);
}

std::string statistic_text(const Mode& mode) {
  const Quantizer& q = mode.quantizer;
  const std::string least = q.least > 0 ? fmt::format(", but no less than {:g}", q.least) : "";
  std::string out = fmt::format("s = {} of a {}{}; {}{}", words(q.statistic),
                                group_noun(mode.format), least, scale_text(mode), zero_text(mode));
  if (std::holds_alternative<PowerOfTwo>(mode.format.scale.storage.codec))
    out += fmt::format("; a scale becomes a power of two: {}", words(q.exponent));
  return out;
}

std::string through_text(const Quantizer& q) {
  std::string out;
  if (q.weights_through != Dtype::fp32)
    out += fmt::format("; weights are rounded to {} first", name(q.weights_through));
  if (q.flush_subnormals) out += "; subnormals count as 0";
  return out;
}

}  // namespace

std::string scales_found_text(const Mode& mode) {
  const Quantizer& q = mode.quantizer;
  const SearchText search = search_text(mode);
  std::string out = search.from_statistic ? statistic_text(mode) : search.text;
  if (search.from_statistic && !search.text.empty()) out += "; " + search.text;
  if (q.least_stored > 0)
    out += fmt::format("; a scale below {:g} is stored as that", q.least_stored);
  if (q.zeros_under_zero) out += "; weights under a scale of 0 count as 0";
  if (q.zero_step_is_one) out += "; a scale that would be 0 is 1";
  return out + through_text(q);
}

std::string codes_found_text(const Mode& mode) {
  const Quantizer& q = mode.quantizer;
  const bool point = mode.format.zero == Zero::point, whole = has_whole_points(mode.format);
  const std::string x =
      fmt::format("x = {}{}; ", scaled_text(mode), point && !whole ? " + point" : "");
  if (q.rounding == Rounding::thresholds) return x + thresholds_text(mode);
  return fmt::format("{}x is rounded to the nearest code, ties {}{}; beyond the ends it is the end",
                     x, ties(q.rounding), point && whole ? ", plus the point" : "");
}

}  // namespace qbench
