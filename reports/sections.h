// SPDX-License-Identifier: Apache-2.0
// Sections: the passed results, grouped by suite, shape, tensor and input, as columns of text. What
// table and markdown have in common.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/result.h"

namespace qbench {

struct Cell {
  std::string text;
  bool best = false;  // of its column, among the modes under 16 bits per parameter
};

struct SectionColumn {
  std::string heading[2];
  bool right;  // aligned
  std::vector<Cell> cells;
};

struct Section {
  std::string suite;
  std::string tensor;      // or empty
  std::string conditions;  // shape, input, and the kernel, device and dtype that all rows share
  std::vector<SectionColumn> columns;
};

// With the totals of real weights. All text is printable ASCII.
std::vector<Section> make_sections(std::span<const Result> results);

// Results of the same suite, shape, tensor and input; groups in the order of their first.
std::vector<std::vector<const Result*>> group_results(std::span<const Result> results);

// Shortened in its middle to at most `width` characters.
std::string shorten(const std::string& text, std::size_t width);

// Whatever is not printable ASCII becomes '?', so that no name can move a terminal's cursor or an
// alignment.
std::string printable(std::string_view text);

}  // namespace qbench
