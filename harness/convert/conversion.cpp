// SPDX-License-Identifier: Apache-2.0
// Decides what becomes of tensors: by the rule of --tensors, or by a plan.
#include "harness/convert/conversion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "harness/model/network/inventory.h"
#include "reports/text/text.h"
#include "suites/axis_values.h"
#include "suites/checkpoints/plan_file.h"
#include "suites/checkpoints/tensors/tensor_unusable.h"

namespace qbench {
namespace {

// A tensor that stays is told in what, where the software of the rule would write it in a type.
std::string why_left(const LeftAlone& left, const Tensor& tensor) {
  return left.type.empty() ? left.reason : left.reason + ", still in " + tensor.dtype;
}

// A mode for all tensors of the rule, or one for each tensor that the plan names.
class Modes {
 public:
  Modes(const Checkpoint& checkpoint, const Options& options, FileKind kind)
      : scope_(options.convert.scope.value_or(kind == FileKind::gguf ? Scope::llama_cpp
                                                                     : Scope::transformers)),
        head_(head_of(checkpoint)),
        file_(options.convert.plan),
        target_(*options.convert.target) {
    if (options.convert.plan.empty()) {
      one_ = {.mode = options.sweep.modes.front()};
      one_.block_size = options.sweep.block_sizes.empty() ? one_.mode->block_size
                                                          : options.sweep.block_sizes.front();
      check(one_);
      target_.check(*one_.mode, one_.block_size);
    } else {
      plan_ = read_plan(options.convert.plan);
      check_plan();
    }
  }

  Conversion of(const Tensor& tensor) {
    const auto planned = plan_.find(tensor.name);
    if (planned == plan_.end() && !plan_.empty()) return {&tensor, nullptr, 0, "not in the plan"};
    if (planned == plan_.end())
      if (const auto left = left_alone(tensor, scope_, head_))
        return {&tensor, nullptr, 0, why_left(*left, tensor)};
    const PlannedMode& mode = planned == plan_.end() ? one_ : planned->second;
    used_.insert(tensor.name);
    if (std::string why = target_.cannot_hold(tensor, *mode.mode, mode.block_size); !why.empty())
      return {&tensor, nullptr, 0, std::move(why)};
    return {&tensor, mode.mode, mode.block_size};
  }

  void check_all_used() const {
    for (const auto& [name, mode] : plan_)
      if (!used_.contains(name))
        throw std::runtime_error("the plan has a tensor " + in_quotes(name) +
                                 ", which the checkpoint does not: plan for this checkpoint");
  }

  bool of_plan() const { return !plan_.empty(); }
  Scope scope() const { return scope_; }

 private:
  static void check(const PlannedMode& mode) {
    if (mode.mode->block_sizes.empty() ? mode.block_size == mode.mode->block_size
                                       : mode.mode->allows(mode.block_size))
      return;
    std::vector<std::string> sizes;
    for (const int size : mode.mode->block_sizes) sizes.push_back(block_size_name(size));
    throw std::invalid_argument(fmt::format(
        "{} has {}, {}", mode.mode->name,
        sizes.empty() ? "no choice of blocks" : fmt::format("blocks of {}", fmt::join(sizes, ", ")),
        mode.block_size == 0 ? "and no block_size says which"
                             : "not " + block_size_name(mode.block_size)));
  }

  void check_in_plan(const std::string& tensor, const PlannedMode& mode) const {
    try {
      check(mode);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(
          fmt::format("{}: tensor {}: {}", file_, in_quotes(tensor), error.what()));
    }
  }

  void check_plan() const {
    const PlannedMode* first = nullptr;
    for (const auto& [name, mode] : plan_) {
      check_in_plan(name, mode);
      if (!mode.mode->quantized()) continue;
      target_.check(*mode.mode, mode.block_size);
      if (first == nullptr) first = &mode;
      if (target_.one_mode && mode.mode != first->mode)
        throw std::invalid_argument(
            fmt::format("{} holds one quantized mode a model, and the plan has {} and {}: plan "
                        "with one of them "
                        "and bf16",
                        target_.name, first->mode->name, mode.mode->name));
    }
  }

  Scope scope_;
  Head head_;
  std::string file_;  // of the plan
  const Target& target_;
  PlannedMode one_ = {};
  std::map<std::string, PlannedMode> plan_;
  std::set<std::string> used_;
};

// Why a tensor is copied without being read. A weight of a container that cannot be decoded cannot
// stay either, since the quantization_config beside it changes.
std::string unread(const Tensor& tensor) {
  const std::string why = tensor.unusable();
  if (!why.empty() && tensor.stored)
    throw std::runtime_error("tensor " + in_quotes(tensor.name) + ": " + why +
                             ": it can be neither copied nor converted");
  return why.empty() ? why : unusable_noun(tensor);
}

}  // namespace

std::vector<Conversion> conversions_of(const Checkpoint& checkpoint, const Options& options,
                                       FileKind kind) {
  AppliedRules rules({.exclude = options.tensor_rules.exclude});
  Modes modes(checkpoint, options, kind);
  std::vector<Conversion> conversions;
  for (const Tensor& tensor : checkpoint.tensors()) {
    const bool excluded = rules.excludes(tensor.name);
    std::string why = kind == FileKind::gguf ? tensor.unusable() : unread(tensor);
    if (why.empty() && excluded) why = "--exclude";
    conversions.push_back(why.empty() ? modes.of(tensor)
                                      : Conversion{&tensor, nullptr, 0, std::move(why)});
  }
  rules.check_effects();
  modes.check_all_used();
  const bool none =
      std::ranges::none_of(conversions, [](const Conversion& each) { return each.mode; });
  if (none && modes.of_plan())
    throw std::runtime_error("--plan quantizes no tensor of this checkpoint: nothing to convert");
  if (none)
    throw std::runtime_error(
        why_none_left(checkpoint, modes.scope(), !options.tensor_rules.exclude.empty(), "convert"));
  return conversions;
}

}  // namespace qbench
