// SPDX-License-Identifier: Apache-2.0
// Turns files into tensors of a sweep.
#include "harness/run/real_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <stdexcept>

#include "suites/checkpoints/tensor_hash.h"
#include "suites/checkpoints/tensor_scope.h"

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

}  // namespace

RealTensor real_tensor(const Tensor& tensor, bool totals_of_all) {
  return {.name = tensor.name,
          .shape = {tensor.rows(), tensor.cols()},
          .file = tensor.file,
          .layout = tensor.layout_text(),
          .slices = tensor.slices(),
          .not_in_totals = totals_of_all ? "" : why_not_in_totals(tensor)};
}

std::unique_ptr<Checkpoint> open_weights(Options& options) {
  if (options.weights.empty()) return nullptr;
  auto checkpoint = std::make_unique<Checkpoint>(options.weights, options.tensor_rules);
  if (const std::string why = checkpoint->why_unusable(); !why.empty())
    throw std::runtime_error(why);
  for (const Tensor& tensor : checkpoint->tensors())
    if (tensor.unusable().empty())
      options.sweep.tensors.push_back(real_tensor(tensor, options.totals_of_all));
  return checkpoint;
}

std::vector<std::string> files_of(const std::vector<Tensor>& tensors) {
  std::set<std::string> files;
  for (const Tensor& tensor : tensors) files.insert(tensor.file);
  return {files.begin(), files.end()};
}

void add_weights(Environment& environment, const Checkpoint* checkpoint,
                 const std::vector<Case>& cases) {
  if (checkpoint == nullptr) return;
  std::set<std::string> read;
  for (const Case& c : cases)
    if (c.tensor) read.insert(c.tensor->name);
  std::vector<Tensor> tensors = checkpoint->tensors();
  std::erase_if(tensors, [&](const Tensor& tensor) { return !read.contains(tensor.name); });
  add_weights(environment, tensors);
}

void add_weights(Environment& environment, const std::vector<Tensor>& tensors) {
  environment.emplace_back("weights", fmt::format("{}", fmt::join(files_of(tensors), ", ")));
  environment.emplace_back("weights_hash", content_hash(tensors));
}

std::vector<Result> unusable_rows(const Checkpoint& checkpoint, const Options& options) {
  std::vector<Result> rows;
  for (const Suite* suite : options.sweep.suites)
    for (const Tensor& tensor : checkpoint.tensors())
      if (!tensor.unusable().empty()) rows.push_back(unusable_row(*suite, tensor));
  return rows;
}

}  // namespace qbench
