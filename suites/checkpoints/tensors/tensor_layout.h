// SPDX-License-Identifier: Apache-2.0
// Layout: how a tensor of any rank is read as a matrix.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace qbench {

//   matrix       rank 0 or 1 is 1 x n, rank 2 is unchanged
//   stack        matrices one below the other, as for experts: (all dimensions but the last) x last
//   convolution  first dimension x all others, so that a row is one output channel
//   transposed   each slice of the last two dimensions is stored k x n, as in GPT-2, and read n x k
enum class Layout { matrix, stack, convolution, transposed };
inline constexpr std::string_view kLayoutNames[] = {"matrix", "stack", "convolution", "transposed"};
constexpr std::string_view name(Layout layout) { return kLayoutNames[static_cast<int>(layout)]; }

// The layout of a tensor without a rule. Tensors of rank 3 and more are convolutions if the last
// dimension (a kernel's width) is less than 32 or the name contains "conv" or "patch_embed", and
// stacks otherwise.
Layout default_layout(std::string_view name, const std::vector<std::int64_t>& shape);

}  // namespace qbench
