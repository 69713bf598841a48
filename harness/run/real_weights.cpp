// SPDX-License-Identifier: Apache-2.0
// Turns files into tensors of a sweep.
#include "harness/run/real_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <stdexcept>

#include "suites/checkpoints/network_files.h"
#include "suites/checkpoints/tensors/tensor_hash.h"
#include "suites/checkpoints/tensors/tensor_rules.h"
#include "suites/checkpoints/tensors/tensor_scope.h"

namespace qbench {
namespace {

Result unusable_row(const Suite& suite, const Tensor& tensor) {
  Result r;
  r.suite = suite.name;
  r.tensor = tensor.name;
  r.weights = tensor.file;
  r.id = fmt::format("{}/tensor:{}", r.suite, tensor.name);
  r.status = Status::skipped;
  r.reason = fmt::format("tensor \"{}\": {}", tensor.name, tensor.unusable());
  return r;
}

// The tensors that the cases use, in the order of the checkpoint.
std::vector<const Tensor*> used(const Checkpoint& checkpoint, const std::vector<Case>& cases) {
  std::set<std::string> names;
  for (const Case& c : cases)
    if (c.tensor) names.insert(c.tensor->name);
  std::vector<const Tensor*> tensors;
  for (const Tensor& tensor : checkpoint.tensors())
    if (names.contains(tensor.name)) tensors.push_back(&tensor);
  return tensors;
}

}  // namespace

RealTensor real_tensor(const Tensor& tensor, bool totals_of_all, const std::string& against) {
  const bool told = tensor.stored || !against.empty();
  return {.name = tensor.name,
          .shape = {tensor.rows(), tensor.cols()},
          .file = tensor.file,
          .layout = tensor.layout_text(),
          .slices = tensor.slices(),
          .not_in_totals = totals_of_all ? "" : why_not_in_totals(tensor),
          .stored_as = told ? tensor.dtype : "",
          .against = against};
}

void tell_layouts(const Checkpoint& checkpoint) {
  if (const std::string note = note_on_layouts(checkpoint.tensors()); !note.empty())
    fmt::print(stderr, "qbench: {}\n", note);
}

std::unique_ptr<Checkpoint> open_weights(Options& options) {
  if (options.weights.empty()) return nullptr;
  auto checkpoint = std::make_unique<Checkpoint>(options.weights, options.tensor_rules);
  if (const std::string why = checkpoint->why_unusable(); !why.empty())
    throw std::runtime_error(why);
  for (const Tensor& tensor : checkpoint->tensors())
    if (tensor.unusable().empty())
      options.sweep.tensors.push_back(
          real_tensor(tensor, options.totals_of_all, against_text(options)));
  if (!options.quiet) tell_layouts(*checkpoint);
  return checkpoint;
}

std::string against_text(const Options& options) {
  return fmt::format("{}", fmt::join(options.against, ", "));
}

std::unique_ptr<Originals> open_originals(const Options& options, const Checkpoint* checkpoint,
                                          const std::vector<Case>& cases) {
  if (checkpoint == nullptr) return nullptr;
  return open_originals(options, used(*checkpoint, cases));
}

std::unique_ptr<Originals> open_originals(const Options& options,
                                          const std::vector<const Tensor*>& tensors) {
  if (options.against.empty()) return nullptr;
  return std::make_unique<Originals>(options.against, tensors);
}

void add_weights(Environment& environment, const Checkpoint* checkpoint,
                 const std::vector<Case>& cases) {
  if (checkpoint == nullptr) return;
  std::vector<Tensor> tensors;
  for (const Tensor* tensor : used(*checkpoint, cases)) tensors.push_back(*tensor);
  add_weights(environment, tensors);
}

void add_originals(Environment& environment, const Originals* originals) {
  if (originals == nullptr) return;
  const std::vector<Tensor> tensors = originals->tensors();
  environment.emplace_back("against", fmt::format("{}", fmt::join(files_of(tensors), ", ")));
  environment.emplace_back("against_hash", content_hash(tensors));
}

void add_weights(Environment& environment, const std::vector<Tensor>& tensors) {
  environment.emplace_back("weights", fmt::format("{}", fmt::join(files_of(tensors), ", ")));
  environment.emplace_back("weights_hash", content_hash(tensors));
  if (const std::string note = note_on_layouts(tensors); !note.empty())
    environment.emplace_back("weights_note", note);
}

std::vector<Result> unusable_rows(const Checkpoint& checkpoint, const Options& options) {
  std::vector<Result> rows;
  for (const Suite* suite : options.sweep.suites)
    for (const Tensor& tensor : checkpoint.tensors())
      if (!tensor.unusable().empty()) rows.push_back(unusable_row(*suite, tensor));
  return rows;
}

}  // namespace qbench
