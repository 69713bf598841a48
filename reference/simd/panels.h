// SPDX-License-Identifier: Apache-2.0
// Panels: a matrix product takes the weights a few rows at a time, so that decoded weights stay in
// the cache and the scratch does not grow with n.
#pragma once

#include "reference/matrix.h"
#include "reference/simd/parallel.h"

namespace qbench::reference {

inline constexpr std::int64_t kPanelRows = 16;

// True for a product that is too small to share out: decoding a weight costs as much as some 16
// products, and below this many a single thread is done within some 100 us.
constexpr bool small_product(std::int64_t m, std::int64_t n, std::int64_t k) {
  return n * k * (16 + m) < std::int64_t{1} << 22;
}

// f(first_row, rows, panel) for the panels of `rows` rows of weights in all, each of which is
// multiplied with m rows; `panel` is scratch for kPanelRows x cols numbers.
template <class T, class F>
void for_each_panel(std::int64_t m, std::int64_t rows, std::int64_t cols, const F& f) {
  const std::int64_t size = kPanelRows * cols;
  const bool serial = small_product(m, rows, cols);
  Buffer<T> scratch(static_cast<std::size_t>((serial ? 1 : thread_count()) * size));
  const auto panel = [&](std::int64_t begin, std::int64_t end) {
    f(begin, end - begin, scratch.data() + (serial ? 0 : thread_index()) * size);
  };
  parallel_parts(rows, kPanelRows, panel, serial);
}

// Copies columns first .. first + columns - 1: out[c * rows + r]. It goes through a few rows at a
// time, because the elements of one column fall into few sets of a cache where a row's length is a
// power of 2.
template <class T>
void gather_columns(const Matrix& from, std::int64_t first, std::int64_t columns, T* out) {
  constexpr std::int64_t kRows = 16;
  for (std::int64_t begin = 0; begin < from.rows; begin += kRows) {
    const std::int64_t end = std::min(from.rows, begin + kRows);
    for (std::int64_t c = 0; c < columns; ++c)
      for (std::int64_t r = begin; r < end; ++r)
        out[c * from.rows + r] = static_cast<T>(from.row(r)[first + c]);
  }
}

}  // namespace qbench::reference
