// SPDX-License-Identifier: Apache-2.0
// Sorts tensors into layers and kinds that are left alone.
#include "harness/model/network/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace qbench {
namespace {

double parameters_of(const Tensor& tensor) {
  return static_cast<double>(tensor.rows()) * static_cast<double>(tensor.cols());
}

std::string reason_text(const LeftAlone& left, bool copied) {
  if (copied) return left.reason + ", whose copy is the head";
  return left.type.empty() ? left.reason : left.reason + ", in " + left.type;
}

void leave(Inventory& inventory, const std::string& name, const LeftKind& as) {
  auto kind = std::ranges::find(inventory.left, as.reason, &LeftKind::reason);
  if (kind == inventory.left.end())
    kind = inventory.left.insert(kind, LeftKind{.reason = as.reason, .is_linear = as.is_linear});
  kind->parameters += as.parameters;
  kind->bytes += as.bytes;
  kind->names.push_back(name);
}

void add(Inventory& inventory, const Tensor& tensor, Scope scope, Head head, bool excluded) {
  if (const std::string why = tensor.unusable(); !why.empty())
    return leave(inventory, tensor.name,
                 {.reason = why, .bytes = static_cast<double>(tensor.stored_bytes())});
  const double parameters = parameters_of(tensor);
  const auto left =
      excluded ? std::optional(LeftAlone{"--exclude", 16}) : left_alone(tensor, scope, head);
  const bool copied = !excluded && is_copied_as_head(tensor, scope, head);
  if (left)
    leave(inventory, tensor.name,
          {.reason = reason_text(*left, copied),
           .parameters = parameters,
           .bytes = parameters * left->bits / 8,
           .is_linear = excluded || is_weight_of_linear(tensor)});
  if (left && !copied) return;
  if (copied) {
    inventory.copies.push_back(&tensor);
    inventory.copied_parameters += parameters;
  }
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

bool Inventory::is_copy(const Tensor& layer) const {
  return std::ranges::find(copies, &layer) != copies.end();
}
double Inventory::left_parameters() const { return sum<&LeftKind::parameters>(left); }
double Inventory::left_bytes() const { return sum<&LeftKind::bytes>(left); }

Inventory take_inventory(const Checkpoint& checkpoint, Scope scope,
                         const std::vector<std::string>& exclude) {
  AppliedRules rules({.exclude = exclude});
  const Head head = head_of(checkpoint);
  Inventory inventory;
  if (checkpoint.whole()) inventory.missing_shards = checkpoint.missing_shards();
  for (const Tensor& tensor : checkpoint.tensors())
    add(inventory, tensor, scope, head, rules.excludes(tensor.name));
  rules.check_effects();
  if (inventory.layers.empty())
    throw std::runtime_error(
        exclude.empty() ? fmt::format("--tensors {} leaves no tensor to quantize: --tensors all "
                                      "takes every one",
                                      name(scope))
                        : fmt::format("--tensors {} and --exclude leave no tensor to quantize: "
                                      "exclude fewer",
                                      name(scope)));
  std::ranges::stable_sort(inventory.left, std::ranges::greater(), &LeftKind::parameters);
  return inventory;
}

}  // namespace qbench
