// SPDX-License-Identifier: Apache-2.0
// Layout: how a tensor of any rank is taken as a matrix.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace qbench {

// matrix: rank 0 or 1 is 1 x n, rank 2 is as it is.
// stack: matrices one below the other, as experts are kept: (all dimensions but the last) x last.
// convolution: first dimension x the rest, so that a row is one output channel.
// transposed: each slice of the last two dimensions is stored k x n, as in GPT-2, and taken n x k.
enum class Layout { matrix, stack, convolution, transposed };
inline constexpr std::string_view kLayoutNames[] = {"matrix", "stack", "convolution", "transposed"};
constexpr std::string_view name(Layout layout) { return kLayoutNames[static_cast<int>(layout)]; }

// What a tensor is unless a rule says otherwise. From rank 3 on, a last dimension of less than 32
// (a kernel's width), or "conv" or "patch_embed" in the name, makes it a convolution; else it is a
// stack.
Layout default_layout(std::string_view name, const std::vector<std::int64_t>& shape);

}  // namespace qbench
