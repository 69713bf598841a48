// SPDX-License-Identifier: Apache-2.0
// Kernel `auto`: for each problem the kernel that a table names, by device, mode and shape.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/kernel.h"

namespace qbench {

inline constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();

// Both ends belong to the range.
struct Range {
  std::int64_t first, last;
  constexpr bool holds(std::int64_t value) const { return first <= value && value <= last; }
};
inline constexpr Range kAll = {1, kAny};

struct DispatchRow {
  std::string_view device;  // CUDA's name of it, or "emulated"; the last character * is any rest
  Op op;
  std::string_view mode;  // or "*"
  Range m, n, k;          // m is of matmul alone
  std::string_view kernel;
};

// The rows of dispatch.inc. The first that applies and whose kernel can run the problem serves it.
std::span<const DispatchRow> dispatch_table();

// The fault of a row, or empty.
constexpr std::string_view why_malformed(const DispatchRow& row) {
  if (row.device.empty() || row.mode.empty() || row.kernel.empty())
    return "a row names no device, mode or kernel";
  if (row.kernel == "auto") return "a row names kernel auto itself";
  for (const Range& range : {row.m, row.n, row.k})
    if (range.first < 1 || range.last < range.first) return "a range is empty or begins below 1";
  return {};
}

bool applies(const DispatchRow& row, std::string_view device, const Problem& problem);

// The kernel that serves the problem, or nullptr with the reason. `kernels` are those of the
// problem's operation and mode.
const Kernel* choose(std::span<const DispatchRow> table, std::string_view device,
                     std::span<const Kernel> kernels, const Problem& problem, std::string& why);

// A kernel `auto` for every operation, device and mode that has kernels of the table among these.
// Its arithmetic is the widest of theirs: each is held to its own under its own name.
std::vector<Kernel> auto_kernels(std::span<const Kernel> kernels);

}  // namespace qbench
