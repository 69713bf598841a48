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
enum class Unit { plain, seconds, bytes };  // the prefix of the last two is chosen once for a run
enum class Digits {
  fixed,       // always `decimals`; below half of the last "<0.01"
  three,       // three digits of the smallest figure; those that take more than `decimals` have an
               // exponent
  scientific,  // three digits of the smallest figure; all with an exponent when that takes more
               // than `decimals`
};

struct Column {
  std::string_view heading[2];  // two lines; the unit is the second where it is chosen for the run
  int keep;                     // a table that is too wide loses the column of the least first
  Better better;
  Digits digits;
  int decimals;
  Unit unit;
  bool timed;  // comes from the time, and is no more to be trusted than it
  std::optional<double> (*figure)(const Result&);  // infinite: exact
};

std::span<const Column> figure_columns();

using Figures = std::span<const std::optional<double>>;

struct Prefix {
  const char* name;  // empty with Unit::plain
  double size;
};

// Times by their median, sizes by the largest.
Prefix choose_prefix(Unit unit, Figures figures);

// Figures of one column as text, "-" for one that is absent; none of it over 10 characters.
std::vector<std::string> write_figures(const Column& column, const Prefix& prefix, Figures figures);

// Two lines of a heading as one.
std::string joined(std::string_view above, std::string_view below);

}  // namespace qbench
