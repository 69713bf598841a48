// SPDX-License-Identifier: Apache-2.0
// Budgets in bytes, and the plan with its check.
#include "harness/model/network/network_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "reports/text/text.h"
#include "reports/text/units.h"

namespace qbench {
namespace {

// Bytes as text that --memory takes, rounded up by a byte and more, so that they suffice.
std::string memory_text(double bytes) {
  const ByteUnit& unit = unit_of(bytes);
  return fmt::format("{:.3f}{}", std::ceil((bytes + 1) / unit.bytes * 1e3) / 1e3, unit.name);
}

[[noreturn]] void fail_unreachable(double least, double layer_parameters, double left_bytes) {
  throw std::runtime_error(fmt::format(
      "the least that these modes reach is --bits {:.4f}, or --memory {} with what is left "
      "alone: ask for more, or give smaller --modes",
      std::ceil(least * 8 / layer_parameters * 1e4) / 1e4, memory_text(least + left_bytes)));
}

PlanError error_of(const std::vector<PlanLayer>& chosen, const std::vector<PlanLayer>& checked,
                   const std::vector<std::size_t>& modes, double parameters) {
  return {error_of(chosen, modes) / parameters, error_of(checked, modes) / parameters};
}

std::optional<std::size_t> best_uniform(const Network& network,
                                        const std::vector<PlanLayer>& layers, std::int64_t budget) {
  std::optional<std::size_t> best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < network.candidates.size(); ++i) {
    std::int64_t bytes = 0;
    for (const PlanLayer& layer : layers) bytes += layer.choices[i].bytes;
    const double error = error_of(layers, std::vector<std::size_t>(layers.size(), i));
    if (bytes > budget || !(error < least)) continue;
    least = error;
    best = i;
  }
  return best;
}

void check_defined(const Network& network, const std::vector<PlanLayer>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (std::ranges::none_of(layers[i].choices,
                             [](const Choice& choice) { return std::isfinite(choice.error); }))
      throw std::runtime_error(
          fmt::format("tensor \"{}\": no mode has a defined error, so that no plan can be made: "
                      "leave it alone with --exclude",
                      printable(network.row(i, 0).tensor)));
}

}  // namespace

std::int64_t budget_bytes(const Inventory& inventory, std::optional<double> bits,
                          std::optional<double> memory) {
  const double bytes =
      bits ? *bits / 8 * inventory.layer_parameters : *memory - inventory.left_bytes();
  constexpr double kMost = 0x1p62;  // more than any network has
  return static_cast<std::int64_t>(std::floor(std::clamp(bytes, -kMost, kMost)));
}

void check_reachable(const Inventory& inventory, const std::vector<Candidate>& candidates,
                     std::int64_t budget) {
  std::int64_t least = 0;
  for (const Tensor* tensor : inventory.layers) {
    std::int64_t least_of_layer = std::numeric_limits<std::int64_t>::max();
    for (const Candidate& candidate : candidates)
      if (takes_rows(candidate, tensor->cols()))
        least_of_layer =
            std::min(least_of_layer, stored_bytes(candidate, tensor->rows(), tensor->cols()));
    if (least_of_layer == std::numeric_limits<std::int64_t>::max())
      throw std::runtime_error(fmt::format(
          "tensor \"{}\": its rows of {} fill the blocks of none of the modes: add q8_0 or bf16",
          printable(tensor->name), tensor->cols()));
    least += least_of_layer;
  }
  if (least > budget)
    fail_unreachable(static_cast<double>(least), inventory.layer_parameters,
                     inventory.left_bytes());
}

NetworkPlan plan_network(const Network& network, std::int64_t budget) {
  const std::vector<PlanLayer> chosen = plan_layers(network, Rows::chosen);
  const std::vector<PlanLayer> checked = plan_layers(network, Rows::checked);
  check_defined(network, chosen);
  const double parameters = network.parameters();
  NetworkPlan out{.plan = make_plan(chosen, budget),
                  .error = {},
                  .bound = 0,
                  .uniform = {},
                  .uniform_error = {}};
  if (!out.plan.reachable)
    fail_unreachable(static_cast<double>(out.plan.bytes), parameters, network.left_bytes);
  out.error = error_of(chosen, checked, out.plan.chosen, parameters);
  out.bound = out.plan.bound / parameters;
  out.uniform = best_uniform(network, chosen, budget);
  if (out.uniform)
    out.uniform_error = error_of(chosen, checked,
                                 std::vector<std::size_t>(chosen.size(), *out.uniform), parameters);
  return out;
}

}  // namespace qbench
