// SPDX-License-Identifier: Apache-2.0
// Sorts tensors into layers and kinds that are left alone.
#include "harness/model/network/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "suites/checkpoints/tensor_scope.h"

namespace qbench {
namespace {

double parameters_of(const Tensor& tensor) {
  return static_cast<double>(tensor.rows()) * static_cast<double>(tensor.cols());
}

void leave(Inventory& inventory, const std::string& name, const LeftKind& as) {
  auto kind = std::ranges::find(inventory.left, as.reason, &LeftKind::reason);
  if (kind == inventory.left.end())
    kind = inventory.left.insert(kind, LeftKind{.reason = as.reason, .is_linear = as.is_linear});
  kind->parameters += as.parameters;
  kind->bytes += as.bytes;
  kind->names.push_back(name);
}

void add(Inventory& inventory, const Tensor& tensor, Scope scope, bool excluded) {
  if (const std::string why = tensor.unusable(); !why.empty())
    return leave(inventory, tensor.name,
                 {.reason = why, .bytes = static_cast<double>(tensor.stored_bytes())});
  const double parameters = parameters_of(tensor);
  const auto left = excluded ? LeftAlone{"--exclude", 16} : left_alone(tensor, scope);
  if (left)
    return leave(inventory, tensor.name,
                 {.reason = left->reason,
                  .parameters = parameters,
                  .bytes = parameters * left->bits / 8,
                  .is_linear = excluded || is_weight_of_linear(tensor)});
  inventory.layers.push_back(&tensor);
  inventory.layer_parameters += parameters;
}

template <double LeftKind::*kFigure>
double sum(const std::vector<LeftKind>& kinds) {
  double total = 0;
  for (const LeftKind& kind : kinds) total += kind.*kFigure;
  return total;
}

}  // namespace

double Inventory::left_parameters() const { return sum<&LeftKind::parameters>(left); }
double Inventory::left_bytes() const { return sum<&LeftKind::bytes>(left); }

Inventory take_inventory(const Checkpoint& checkpoint, Scope scope,
                         const std::vector<std::string>& exclude) {
  AppliedRules rules({.exclude = exclude});
  Inventory inventory;
  for (const Tensor& tensor : checkpoint.tensors())
    add(inventory, tensor, scope, rules.excludes(tensor.name));
  rules.check_effects();
  if (inventory.layers.empty())
    throw std::runtime_error(fmt::format(
        "--tensors {} leaves no tensor to quantize: --tensors all takes every one", name(scope)));
  std::ranges::stable_sort(inventory.left, std::ranges::greater(), &LeftKind::parameters);
  return inventory;
}

}  // namespace qbench
