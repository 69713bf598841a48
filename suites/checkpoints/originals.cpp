// SPDX-License-Identifier: Apache-2.0
// Finds originals by name, and puts their rows into the order of the tensors.
#include "suites/checkpoints/originals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

#include "reports/text/text.h"
#include "suites/checkpoints/gguf/gguf_names.h"
#include "suites/checkpoints/gguf/gguf_split.h"
#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/tensors/tensor_unusable.h"

namespace qbench {
namespace {

constexpr std::size_t kMostNames = 3;

[[noreturn]] void fail(const std::string& message) {
  throw std::runtime_error("--against: " + message);
}

// Reads how many heads the reordered tensors of each file have. A split model has its key-values in
// the first part.
class Heads {
 public:
  std::int64_t of(const Tensor& tensor) {
    const auto [file, is_new] = files_.try_emplace(tensor.file);
    if (is_new) read(tensor.file, file->second);
    return file->second.header ? reordered_heads(*file->second.header, tensor.name) : 0;
  }

 private:
  struct File {
    std::unique_ptr<MappedFile> mapped;
    std::optional<GgufHeader> header;  // absent for other kinds of files
  };

  static void read(const std::string& path, File& file) {
    file.mapped = std::make_unique<MappedFile>(path);
    if (!is_gguf(file.mapped->bytes())) return;
    file.mapped = std::make_unique<MappedFile>(gguf_parts(path).front().string());
    file.header = parse_gguf_header(file.mapped->bytes());
  }

  std::map<std::string, File> files_;
};

std::vector<std::int64_t> inverse(const std::vector<std::int64_t>& order) {
  std::vector<std::int64_t> back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    back[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  return back;
}

// Match::from.
std::vector<std::int64_t> rows_from(const Tensor& tensor, const Tensor& original, Heads& heads) {
  const std::int64_t to = heads.of(tensor), from = heads.of(original);
  if ((to != 0) == (from != 0) || original.shape.empty()) return {};
  if (to == kUnknownHeads || from == kUnknownHeads)
    fail(fmt::format(
        "{} does not tell the number of heads (head_count), by which the rows of {} are "
        "ordered: leave it out with --exclude",
        to != 0 ? tensor.file : original.file, in_quotes(to != 0 ? tensor.name : original.name)));
  try {
    const std::int64_t rows = original.shape.size() < 2 ? original.shape.front() : original.rows();
    const std::vector<std::int64_t> order = rows_in_gguf(rows, std::max(to, from));
    return to > 0 ? order : inverse(order);
  } catch (const std::runtime_error& error) {
    fail("tensor " + in_quotes(original.name) + ": " + error.what());
  }
}

// The original in the layout in which it is read.
Tensor as_read(Tensor original, const Tensor& tensor) {
  if (const std::string why = original.unusable(); !why.empty())
    fail("tensor " + in_quotes(original.name) + " of " + original.file + ": " + why);
  if (original.shape == tensor.shape) original.layout = tensor.layout;
  if (original.rows() != tensor.rows() || original.cols() != tensor.cols())
    fail(fmt::format("tensor {} is {} x {}, and its original {} of {} is {} x {}",
                     in_quotes(tensor.name), tensor.rows(), tensor.cols(), in_quotes(original.name),
                     original.file, original.rows(), original.cols()));
  return original;
}

// Rows of the matrix; of a tensor of one dimension its numbers.
Matrix reordered(const Matrix& matrix, const std::vector<std::int64_t>& from) {
  const std::int64_t size = matrix.size() / std::ssize(from);
  Matrix out(matrix.rows, matrix.cols);
  for (std::size_t r = 0; r < from.size(); ++r)
    std::copy_n(matrix.values.data() + from[r] * size, size,
                out.values.data() + static_cast<std::int64_t>(r) * size);
  return out;
}

}  // namespace

Originals::Originals(const std::vector<std::string>& specs, std::span<const Tensor* const> tensors)
    : checkpoint_(specs) {
  for (const Tensor& tensor : checkpoint_.tensors())
    if (const auto name = name_in_gguf(tensor.name)) {
      const auto [known, is_new] = by_gguf_name_.emplace(*name, &tensor);
      if (!is_new) known->second = nullptr;
    }
  Heads heads;
  std::vector<std::string> without;
  for (const Tensor* tensor : tensors) {
    const Tensor* original = find(*tensor);
    if (original == nullptr)
      without.push_back(tensor->name);
    else
      matches_.emplace(tensor->name,
                       Match{as_read(*original, *tensor), rows_from(*tensor, *original, heads)});
  }
  if (!without.empty()) fail(unmatched(without));
}

const Tensor* Originals::find(const Tensor& tensor) const {
  if (const Tensor* same = checkpoint_.find(tensor.name)) return same;
  const auto name = name_in_gguf(tensor.name);
  const auto found = name ? by_gguf_name_.find(*name) : by_gguf_name_.end();
  return found == by_gguf_name_.end() ? nullptr : found->second;
}

std::string Originals::unmatched(const std::vector<std::string>& names) const {
  std::vector<std::string> have;
  for (const Tensor& tensor : checkpoint_.tensors()) have.push_back(tensor.name);
  return fmt::format("no original for {} among {}: --exclude leaves tensors out",
                     some_of(names, kMostNames), some_of(have, kMostNames));
}

Matrix Originals::matrix(const Tensor& tensor) const {
  const auto match = matches_.find(tensor.name);
  if (match == matches_.end()) fail("no original for " + in_quotes(tensor.name));
  const auto& [original, from] = match->second;
  Matrix matrix = to_matrix(original);
  return from.empty() ? matrix : reordered(matrix, from);
}

void Originals::check_alike(const Tensor& tensor, const ErrorSums& error) const {
  // Nearest rounding to levels that have 0 stays below 1; independent weights add their own energy.
  // NaN is told elsewhere.
  constexpr double kUnlike = 1;
  const double nmse = error.nmse();
  if (nmse <= kUnlike || !std::isfinite(nmse)) return;
  const Tensor& original = matches_.at(tensor.name).original;
  fail(fmt::format(
      "tensor {} of {} has an NMSE of {:.3g} against {} of {}: these are not the same weights; "
      "give the checkpoint that it was made from, or leave it out with --exclude",
      in_quotes(tensor.name), tensor.file, nmse, in_quotes(original.name), original.file));
}

std::vector<Tensor> Originals::tensors() const {
  std::vector<Tensor> originals;
  for (const auto& [name, match] : matches_)
    if (std::ranges::find(originals, match.original.name, &Tensor::name) == originals.end())
      originals.push_back(match.original);
  return originals;
}

}  // namespace qbench
