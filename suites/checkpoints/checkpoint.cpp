// SPDX-License-Identifier: Apache-2.0
// Joins the tensors that several specs select, each name once.
#include "suites/checkpoints/checkpoint.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "reports/text/text.h"
#include "suites/checkpoints/checkpoint_files.h"
#include "suites/checkpoints/fail_file.h"
#include "suites/checkpoints/shards.h"
#include "suites/checkpoints/tensors/tensor_unusable.h"

namespace qbench {
namespace {

// The spec, as typed, and the file that a name was selected from.
struct Origin {
  std::string spec, file;
};

[[noreturn]] void fail_twice(const std::string& name, const Origin& a, const Origin& b) {
  const std::string tensor = "tensor " + in_quotes(name);
  if (a.file != b.file)
    fail_file(tensor + " is both in " + in_quotes(a.file) + " and in " + in_quotes(b.file) +
              ": select one of them");
  fail_file(tensor + " of " + in_quotes(a.file) + " is selected twice: by " + in_quotes(a.spec) +
            " and by " + in_quotes(b.spec));
}

}  // namespace

Checkpoint::Checkpoint(const std::vector<std::string>& specs, const TensorRules& rules) {
  AppliedRules applied(rules);
  std::map<std::string, Origin> origins;
  std::vector<std::filesystem::path> alone;
  for (const std::string& spec : specs) {
    Selected selected = select_tensors(spec, applied);
    paths_ += (paths_.empty() ? "" : ", ") + selected.path;
    whole_ = whole_ && selected.pattern.empty();
    names_.merge(selected.names);
    absent_.merge(selected.absent);
    alone.insert(alone.end(), selected.alone.begin(), selected.alone.end());
    for (Tensor& tensor : selected.tensors) {
      const auto [first, is_new] = origins.emplace(tensor.name, Origin{spec, tensor.file});
      if (!is_new) fail_twice(tensor.name, first->second, {spec, tensor.file});
      tensors_.push_back(std::move(tensor));
    }
    std::move(selected.files.begin(), selected.files.end(), std::back_inserter(files_));
  }
  missing_shards_ = qbench::missing_shards(alone);
  applied.apply(tensors_);
  const std::string dropped = applied.dropped();
  if (tensors_.empty()) fail_file(paths_ + ": no tensor is left: " + dropped);
  applied.check_effects();
  whole_ = whole_ && dropped.empty();
  for (const Tensor& tensor : tensors_) by_name_.emplace(tensor.name, &tensor);
}

Checkpoint::~Checkpoint() = default;

const Tensor* Checkpoint::find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::string Checkpoint::why_unusable() const {
  if (std::ranges::any_of(tensors_, [](const Tensor& tensor) { return tensor.unusable().empty(); }))
    return "";
  const std::string count = std::to_string(tensors_.size());
  const std::string none = tensors_.size() == 1 ? "its tensor cannot be used: "
                           : whole_             ? "none of its " + count + " tensors can be used: "
                                    : "none of the " + count + " selected tensors can be used: ";
  return paths_ + ": " + none + why_unusable_of(tensors_);
}

}  // namespace qbench
