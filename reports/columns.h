// SPDX-License-Identifier: Apache-2.0
// The columns of figures that people read: what table and markdown show, and how it is written.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/result.h"

namespace qbench {

enum class Better { neither, lower, higher };
enum class Unit { plain, seconds, bytes };  // the prefix of the last two is chosen for each group
enum class Digits {
  fixed,  // always `decimals`
  three,  // three digits of the smallest figure, as far as `decimals` allow; below that "<0.01"
  scientific,  // three digits of the smallest figure, with an exponent when that takes more than
               // `decimals`
};

struct Column {
  std::string_view
      heading[2];  // two lines; the unit is the second where it is chosen for the group
  Better better;
  Digits digits;
  int decimals;
  Unit unit;
  std::optional<double> (*figure)(const Result&);  // infinite: exact
};

std::span<const Column> figure_columns();

// A column of one group as text; all of it with the same decimals and unit, none of it over 10
// characters.
struct ColumnText {
  std::string unit;                // empty with Unit::plain
  std::vector<std::string> cells;  // "-" for an absent figure
};
ColumnText write_column(const Column& column, std::span<const std::optional<double>> figures);

}  // namespace qbench
