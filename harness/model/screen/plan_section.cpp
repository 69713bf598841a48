// SPDX-License-Identifier: Apache-2.0
// A plan, its prediction, its check and the best mode throughout.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/model/screen/sections.h"
#include "reports/text/units.h"

namespace qbench {
namespace {

std::string modes_text(const Network& network, const Plan& plan) {
  std::vector<std::size_t> counts(network.candidates.size(), 0), order;
  for (const std::size_t i : plan.chosen) {
    if (counts[i]++ == 0) order.push_back(i);
  }
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return counts[i]; });
  std::vector<std::string> parts;
  for (const std::size_t i : order)
    parts.push_back(fmt::format("{} in {}", counts[i], text_of(network.candidates[i])));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string errors_text(const PlanError& error) {
  return fmt::format("{}, checked on other rows {}", error_text(error.predicted),
                     error_text(error.checked));
}

}  // namespace

Lines plan_lines(const ScreenContent& content) {
  const Network& network = *content.network;
  const NetworkPlan& plan = *content.plan;
  const auto bytes = static_cast<double>(plan.plan.bytes);
  Lines lines;
  add_labelled(lines, "plan",
               fmt::format("{}: {:.4f} bits/param, the model {}; layers: {}", content.asked,
                           bytes * 8 / network.parameters(), bytes_text(bytes + network.left_bytes),
                           modes_text(network, plan.plan)),
               content.width);
  add_labelled(lines, "predicted",
               fmt::format("{}; {} {}", errors_text(plan.error),
                           plan.plan.optimal ? "the best that there is; bound" : "no plan exceeds",
                           error_text(plan.bound)),
               content.width);
  if (const std::string unfit = unfit_text(network); !unfit.empty())
    add_labelled(lines, "not planned", unfit, content.width);
  add_labelled(lines, "one mode",
               plan.uniform ? fmt::format("the best within the budget is {}: {}",
                                          text_of(network.candidates[*plan.uniform]),
                                          errors_text(plan.uniform_error))
                            : "none is within the budget",
               content.width);
  return lines;
}

}  // namespace qbench
