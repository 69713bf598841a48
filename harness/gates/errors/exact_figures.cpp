// SPDX-License-Identifier: Apache-2.0
// The table of figures that are compared exactly, and their findings.
#include "harness/gates/errors/exact_figures.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/gates/findings/apart.h"

namespace qbench {
namespace {

struct ExactFigure {
  std::string_view name;
  std::optional<double> Result::*member;
  const char* format;  // the digits that are the same on every machine
  bool is_error;       // depends on the values of the weights, not only on their number
};
constexpr ExactFigure kExact[] = {{"bits_per_param", &Result::bits_per_param, "{:.17g}", false},
                                  {"weight_nmse", &Result::weight_nmse, "{:.17g}", true},
                                  {"weight_max_error", &Result::weight_max_error, "{:.17g}", true},
                                  {"output_nmse", &Result::output_nmse, "{:.8e}", true}};

std::string text_of(const ExactFigure& figure, const Result& result) {
  const std::optional<double> value = result.*figure.member;
  return value ? fmt::format(fmt::runtime(figure.format), *value) : "";
}

Finding finding_of(const ExactFigure& figure, const Result& before, const Result& after) {
  const std::string was = text_of(figure, before), is = text_of(figure, after);
  const bool smaller = !was.empty() && !is.empty() && after.*figure.member < before.*figure.member;
  return {.gate = "errors",
          .judgement = smaller ? Judgement::recorded : Judgement::breach,
          .subject = after.id,
          .field = std::string(figure.name),
          .before = was,
          .after = is,
          .reason = smaller ? "smaller" : ""};
}

// Compares two results that passed.
std::vector<Finding> compare_figures(const Result& before, const Result& after, bool other) {
  std::vector<Finding> findings;
  for (const ExactFigure& figure : kExact)
    if (!(other && figure.is_error) && text_of(figure, before) != text_of(figure, after))
      findings.push_back(finding_of(figure, before, after));
  if (!findings.empty()) return findings;
  if (other)
    return {case_finding("errors", Judgement::skipped, after, "its errors are of other weights")};
  return {case_finding("errors", Judgement::same, after, "")};
}

std::optional<Finding> other_originals(const Environment& before, const Environment& after) {
  const std::string was = value_of(before, "against_hash"), is = value_of(after, "against_hash");
  if (was == is) return std::nullopt;
  const auto text = [](const Environment& side, const std::string& hash) {
    return hash.empty() ? "the weights themselves"
                        : fmt::format("{} ({})", value_of(side, "against"), hash);
  };
  return Finding{.gate = "errors",
                 .judgement = Judgement::incomparable,
                 .subject = "against",
                 .before = text(before, was),
                 .after = text(after, is),
                 .reason = "errors are against other originals: they cannot be compared"};
}

}  // namespace

bool is_exact_figure(std::string_view field) {
  return std::ranges::find(kExact, field, &ExactFigure::name) != std::end(kExact);
}

std::optional<Finding> other_weights(const Environment& before, const Environment& after) {
  const std::string was = value_of(before, "weights_hash"), is = value_of(after, "weights_hash");
  if (was.empty() || is.empty()) return std::nullopt;
  if (was == is) return other_originals(before, after);
  return Finding{.gate = "errors",
                 .judgement = Judgement::incomparable,
                 .subject = "weights",
                 .before = fmt::format("{} ({})", value_of(before, "weights"), was),
                 .after = fmt::format("{} ({})", value_of(after, "weights"), is),
                 .reason =
                     "other weights under the same tensor names: errors of real weights "
                     "cannot be compared"};
}

std::vector<Finding> compare_errors(const Result& before, const Result& after, bool other) {
  const bool passed = before.status == Status::passed, passes = after.status == Status::passed;
  if (passed && passes) return compare_figures(before, after, other);
  if (after.status == Status::wrong)
    return {case_finding("errors", Judgement::breach, after, after.reason)};
  if (passes) return {case_finding("errors", Judgement::recorded, after, "it passes now")};
  const Judgement judgement = passed ? Judgement::incomparable : Judgement::skipped;
  return {case_finding("errors", judgement, after, after.reason)};
}

std::vector<Finding> errors_apart(const JournalRun& before, const JournalRun& after) {
  const std::optional<Finding> weights = other_weights(before.environment, after.environment);
  std::vector<Finding> findings;
  for (const Result& result : after.results) {
    const Result* const old = find(before, result.id);
    if (!old || old->status != Status::passed || result.status != Status::passed) continue;
    for (Finding& finding : compare_errors(*old, result, weights && is_real(result)))
      if (finding.judgement != Judgement::same) findings.push_back(std::move(finding));
  }
  if (weights && std::ranges::any_of(after.results, is_real)) findings.push_back(*weights);
  return findings;
}

}  // namespace qbench
