// SPDX-License-Identifier: Apache-2.0
// Sorts tensors into layers and kinds that are left alone.
#include "harness/model/network/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "reports/text/units.h"
#include "suites/checkpoints/tensors/tensor_scope.h"
#include "suites/checkpoints/tensors/tensor_unusable.h"

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
    kind = inventory.left.insert(
        kind, LeftKind{.reason = as.reason, .is_linear = as.is_linear, .type = as.type});
  kind->parameters += as.parameters;
  kind->bytes += as.bytes;
  kind->names.push_back(name);
}

// True for a tensor that cannot be used but is a weight of so many parameters.
bool is_weight(const Tensor& tensor) { return tensor.stored && tensor.has_known_shape(); }

std::string missing_text(const Checkpoint& checkpoint) {
  const std::vector<std::string> absent(checkpoint.absent().begin(), checkpoint.absent().end());
  if (!absent.empty())
    return fmt::format("{} of --exclude whose files are not there ({})",
                       counted(std::ssize(absent), "tensor"), some_of(absent, 2));
  return checkpoint.whole() ? checkpoint.missing_shards() : "";
}

void add(Inventory& inventory, const Tensor& tensor, Scope scope, Head head, bool excluded) {
  if (!tensor.unusable().empty())
    return leave(inventory, tensor.name,
                 {.reason = unusable_noun(tensor),
                  .parameters = is_weight(tensor) ? parameters_of(tensor) : 0,
                  .bytes = static_cast<double>(tensor.stored_bytes())});
  const double parameters = parameters_of(tensor);
  const auto left =
      excluded ? std::optional(LeftAlone{"--exclude", 16}) : left_alone(tensor, scope, head);
  const bool copied = !excluded && is_copied_as_head(tensor, scope, head);
  if (left)
    leave(inventory, tensor.name,
          {.reason = reason_text(*left, copied),
           .parameters = parameters,
           .bytes = parameters * left->bits / 8,
           .is_linear = excluded || is_weight_of_linear(tensor),
           .type = left->type});
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
  inventory.missing = missing_text(checkpoint);
  for (const std::string& name : checkpoint.absent()) rules.excludes(name);
  for (const Tensor& tensor : checkpoint.tensors())
    add(inventory, tensor, scope, head, rules.excludes(tensor.name));
  rules.check_effects();
  if (inventory.layers.empty())
    throw std::runtime_error(why_none_left(checkpoint, scope, !exclude.empty(), "quantize"));
  std::ranges::stable_sort(inventory.left, std::ranges::greater(), &LeftKind::parameters);
  return inventory;
}

std::string why_none_left(const Checkpoint& checkpoint, Scope scope, bool excluded,
                          std::string_view verb) {
  std::vector<Tensor> weights;
  std::ranges::copy_if(checkpoint.tensors(), std::back_inserter(weights), [](const Tensor& tensor) {
    return tensor.stored || why_not_in_totals(tensor).empty();
  });
  if (const std::string why = why_unusable_of(weights); !why.empty())
    return fmt::format("no tensor is left to {}: {}", verb, why);
  return excluded
             ? fmt::format("--tensors {} and --exclude leave no tensor to {}: exclude fewer",
                           name(scope), verb)
             : fmt::format("--tensors {} leaves no tensor to {}: --tensors all takes every one",
                           name(scope), verb);
}

}  // namespace qbench
