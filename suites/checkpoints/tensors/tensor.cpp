// SPDX-License-Identifier: Apache-2.0
// The size of the matrix that a tensor is read as.
#include "suites/checkpoints/tensors/tensor.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "suites/checkpoints/tensors/stored_tensor.h"

namespace qbench {
namespace {

using Dimensions = std::span<const std::int64_t>;

std::int64_t product(Dimensions dimensions) {
  return std::accumulate(dimensions.begin(), dimensions.end(), std::int64_t{1},
                         std::multiplies<>());
}

}  // namespace

std::int64_t Tensor::slices() const {
  const bool stacked = layout == Layout::stack || layout == Layout::transposed;
  if (!stacked || shape.size() < 3) return 1;
  return product(Dimensions(shape).first(shape.size() - 2));
}

std::int64_t Tensor::rows() const {
  if (shape.size() < 2) return 1;
  if (layout == Layout::stack) return product(Dimensions(shape).first(shape.size() - 1));
  return layout == Layout::transposed ? slices() * shape.back() : shape[0];
}

std::int64_t Tensor::cols() const {
  if (shape.size() < 2) return product(shape);
  if (layout == Layout::stack) return shape.back();
  return layout == Layout::transposed ? shape[shape.size() - 2]
                                      : product(Dimensions(shape).subspan(1));
}

std::int64_t Tensor::stored_bytes() const {
  if (!stored) return std::ssize(bytes);
  std::int64_t total = 0;
  for (const auto& [part, tensor] : stored->module.parts) total += std::ssize(tensor.bytes);
  return total;
}

std::string Tensor::layout_text() const {
  return layout == Layout::matrix ? "" : std::string(qbench::name(layout));
}

std::string Tensor::unusable() const {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return "has no elements";
  if (stored) return stored->problem;
  for (const char* read : {"F32", "F16", "BF16", "F64"})
    if (dtype == read) return "";
  return "dtype " + dtype + " is not read by itself (F64, F32, F16 and BF16 are)";
}

bool Tensor::has_known_shape() const {
  return unusable().empty() || (stored && stored->module.find("") != nullptr);
}

}  // namespace qbench
