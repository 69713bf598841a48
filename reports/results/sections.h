// SPDX-License-Identifier: Apache-2.0
// Sections: the passed results, grouped by suite, shape, tensor and input, as columns of text for
// table and markdown.
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
  bool right;                      // right-aligned
  const Column* figure = nullptr;  // nullptr: a column of names
  std::vector<Cell> cells;
};

struct Section {
  std::string suite;
  std::string tensor;  // may be empty
  // Shape, input, layout of the tensor, and the kernel, device and dtype that all rows share.
  std::vector<std::string> conditions;
  std::vector<SectionColumn> columns;
  std::vector<std::string> comparisons;  // products against bf16, one line per device
};

// The sections of the last run of each case, with the totals of real weights. A column has one unit
// in all sections, and sections of one operation have the same columns. All text is printable.
std::vector<Section> make_sections(std::span<const Result> results);

// Groups results of the same suite, shape, tensor and input, in the order of their first.
std::vector<std::vector<const Result*>> group_results(std::span<const Result> results);

}  // namespace qbench
