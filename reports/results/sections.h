// SPDX-License-Identifier: Apache-2.0
// Sections: the passed results, grouped by suite, shape, tensor and input, as columns of text. What
// table and markdown have in common.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/result.h"
#include "reports/results/marks.h"
#include "reports/text/text.h"

namespace qbench {

struct Cell {
  std::string text;
  Mark mark = Mark::none;
};

struct SectionColumn {
  std::string heading[2];
  bool right;                      // aligned
  const Column* figure = nullptr;  // of which; none: a name
  std::vector<Cell> cells;
};

struct Section {
  std::string suite;
  std::string tensor;  // or empty
  // Shape, input, how the tensor was taken, and the kernel, device and dtype that all rows share.
  std::vector<std::string> conditions;
  std::vector<SectionColumn> columns;
  std::vector<std::string> comparisons;  // of products with bf16, one line a device
};

// With the totals of real weights, and of a case that was run more than once its last run. Over all
// sections a column has one unit, and sections of one operation have the same columns. All text is
// printable.
std::vector<Section> make_sections(std::span<const Result> results);

// Results of the same suite, shape, tensor and input; groups in the order of their first.
std::vector<std::vector<const Result*>> group_results(std::span<const Result> results);

}  // namespace qbench
