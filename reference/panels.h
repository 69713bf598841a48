// SPDX-License-Identifier: Apache-2.0
// Panels: a matrix product takes the weights a few rows at a time, so that decoded weights stay in
// the cache and the scratch does not grow with n.
#pragma once

#include "reference/matrix.h"
#include "reference/parallel.h"

namespace qbench::reference {

inline constexpr std::int64_t kPanelRows = 16;

// f(first_row, rows, panel) for the panels of `rows` rows in all; `panel` is scratch for kPanelRows
// x cols numbers.
template <class T, class F>
void for_each_panel(std::int64_t rows, std::int64_t cols, const F& f) {
  const std::int64_t size = kPanelRows * cols;
  Buffer<T> scratch(static_cast<std::size_t>(thread_count() * size));
  parallel_parts(rows, kPanelRows, [&](std::int64_t begin, std::int64_t end) {
    f(begin, end - begin, scratch.data() + thread_index() * size);
  });
}

}  // namespace qbench::reference
