// SPDX-License-Identifier: Apache-2.0
// Parses rules on tensors, applies them and counts their effects.
#include "suites/checkpoints/tensors/tensor_rules.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "reports/text/text.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/tensors/tensor_scope.h"
#include "suites/checkpoints/tensors/tensor_unusable.h"
#include "suites/names.h"

namespace qbench {
namespace {

constexpr std::size_t kMostExamples = 3;

Layout layout_of(const std::string& text, const std::string& typed) {
  const std::vector<std::string> known = {"stack", "convolution", "transposed"};
  if (std::find(known.begin(), known.end(), typed) == known.end())
    throw std::invalid_argument("--layout " + in_quotes(text) + ": " +
                                unknown_name("layout", typed, known));
  const auto* found = std::find(std::begin(kLayoutNames), std::end(kLayoutNames), typed);
  return static_cast<Layout>(found - std::begin(kLayoutNames));
}

}  // namespace

LayoutRule parse_layout_rule(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == text.npos || equals == 0)
    throw std::invalid_argument("--layout " + in_quotes(text) +
                                ": write REGEX=stack, REGEX=convolution or REGEX=transposed");
  LayoutRule rule = {.pattern = text.substr(0, equals),
                     .layout = layout_of(text, text.substr(equals + 1)),
                     .text = text};
  const RE2 pattern(rule.pattern, RE2::Quiet);
  if (!pattern.ok())
    throw std::invalid_argument("--layout: bad pattern " + in_quotes(rule.pattern) + ": " +
                                pattern.error());
  return rule;
}

struct AppliedRules::Exclusion {
  explicit Exclusion(const std::string& regex) : text(regex), pattern(regex, RE2::Quiet) {
    if (!pattern.ok())
      fail_file("--exclude: bad pattern " + in_quotes(regex) + ": " + pattern.error());
  }
  std::string text;
  RE2 pattern;
  bool matched = false;
  std::set<std::string> dropped;  // names that no earlier exclusion drops
};

struct AppliedRules::Override {
  explicit Override(const LayoutRule& layout_rule)
      : rule(layout_rule), pattern(layout_rule.pattern, RE2::Quiet) {
    if (!pattern.ok()) fail_file("--layout: bad pattern " + in_quotes(rule.pattern));
  }
  LayoutRule rule;
  RE2 pattern;
  bool matched = false, decided = false;
};

AppliedRules::AppliedRules(const TensorRules& rules)
    : linear_only_(rules.linear_only),
      min_rank_(rules.min_rank),
      keeps_excluded_(rules.keeps_excluded),
      if_absent_(rules.if_absent) {
  for (const std::string& regex : rules.exclude) exclusions_.emplace_back(regex);
  for (const LayoutRule& rule : rules.layouts) overrides_.emplace_back(rule);
}

AppliedRules::~AppliedRules() = default;

bool AppliedRules::excludes(const std::string& name) {
  if (examples_.size() < kMostExamples &&
      std::find(examples_.begin(), examples_.end(), name) == examples_.end())
    examples_.push_back(name);
  bool excluded = false;
  for (Exclusion& exclusion : exclusions_) {
    if (!RE2::PartialMatch(name, exclusion.pattern)) continue;
    exclusion.matched = true;
    if (!excluded && drops_excluded()) exclusion.dropped.insert(name);
    excluded = true;
  }
  return excluded;
}

bool AppliedRules::drops(const Tensor& tensor) {
  const bool not_linear = linear_only_ && !why_not_in_totals(tensor).empty();
  const bool low_rank = !not_linear && static_cast<int>(tensor.shape.size()) < min_rank_;
  not_linear_ += not_linear;
  low_rank_ += low_rank;
  return not_linear || low_rank;
}

void AppliedRules::set_layout(Tensor& tensor) {
  bool decided = false;
  for (Override& override : overrides_) {
    if (!RE2::PartialMatch(tensor.name, override.pattern)) continue;
    override.matched = true;
    if (decided) continue;
    override.decided = decided = true;
    const Layout layout = override.rule.layout;
    if (tensor.shape.size() < 2)
      fail_file(
          fmt::format("--layout {}: tensor {} has rank {}: only rank 2 and more can be taken as {}",
                      in_quotes(override.rule.text), in_quotes(tensor.name), tensor.shape.size(),
                      layout == Layout::transposed
                          ? "transposed"
                          : fmt::format("a {}", kLayoutNames[static_cast<int>(layout)])));
    // At rank 2, a stack has one slice and a convolution has the rows of the matrix.
    const bool plain = tensor.shape.size() == 2 && layout != Layout::transposed;
    tensor.layout = plain ? Layout::matrix : layout;
  }
}

void AppliedRules::apply(std::vector<Tensor>& tensors) {
  std::erase_if(tensors, [&](const Tensor& tensor) { return drops(tensor); });
  for (Tensor& tensor : tensors) set_layout(tensor);
}

void AppliedRules::check_effects() const {
  const std::string has = ": the file has e.g. " + some_of(examples_, kMostExamples);
  for (const Exclusion& exclusion : exclusions_)
    if (!exclusion.matched)
      fail_file("--exclude " + in_quotes(exclusion.text) + " matches no tensor" + has);
  for (const Override& override : overrides_)
    if (!override.decided)
      fail_file("--layout " + in_quotes(override.rule.text) +
                (override.matched ? " decides nothing: another before it matches the same tensors"
                                  : " matches no tensor that is taken" + has));
}

std::string AppliedRules::dropped() const {
  std::string text;
  const auto add = [&text](const std::string& rule, std::size_t count) {
    if (count > 0) text += fmt::format("{}{} drops {}", text.empty() ? "" : ", ", rule, count);
  };
  for (const Exclusion& exclusion : exclusions_)
    add("--exclude " + in_quotes(exclusion.text), exclusion.dropped.size());
  add("--tensors linear", not_linear_);
  add("--min-rank " + std::to_string(min_rank_), low_rank_);
  return text;
}

std::string note_on_layouts(const std::vector<Tensor>& tensors) {
  // GPT-BigCode has these names for nn.Linear, whose matrices are tall.
  static const RE2 wider(R"((^|\.)h\.\d+\.(attn\.c_attn|mlp\.c_fc)\.weight$)");
  for (const Tensor& tensor : tensors)
    if (tensor.shape.size() == 2 && tensor.layout == Layout::matrix &&
        tensor.shape[1] > tensor.shape[0] && RE2::PartialMatch(tensor.name, wider))
      return "tensor " + in_quotes(tensor.name) +
             " is stored k x n, as GPT-2's Conv1D is, and read as if it was n x k: --layout "
             "'c_(attn|fc|proj)=transposed' reads such layers as they are multiplied";
  return "";
}

}  // namespace qbench
