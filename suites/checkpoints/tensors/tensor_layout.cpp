// SPDX-License-Identifier: Apache-2.0
// Guesses a layout from a tensor's name and shape.
#include "suites/checkpoints/tensors/tensor_layout.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace qbench {
namespace {

// Convolutions have narrower kernels, and linear layers have more inputs.
constexpr std::int64_t kLeastColumnsOfStack = 32;

bool is_convolution_name(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower.find("conv") != lower.npos || lower.find("patch_embed") != lower.npos;
}

}  // namespace

Layout default_layout(std::string_view name, const std::vector<std::int64_t>& shape) {
  if (shape.size() < 3) return Layout::matrix;
  const bool stack = shape.back() >= kLeastColumnsOfStack && !is_convolution_name(name);
  return stack ? Layout::stack : Layout::convolution;
}

}  // namespace qbench
