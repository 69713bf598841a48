// SPDX-License-Identifier: Apache-2.0
// The columns of figures in table and markdown, and the format of their figures.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/result.h"

namespace qbench {

enum class Better { neither, lower, higher };
enum class Unit { plain, seconds, bytes };  // the last two get one prefix per run
enum class Digits {
  fixed,       // always `decimals`; "<0.01" below half of the last one
  three,       // three digits of the smallest figure; those beyond `decimals` have an exponent
  scientific,  // like three, but if one figure needs an exponent, all have one
};

struct Column {
  std::string_view heading[2];  // two lines; the second is the unit if that is chosen per run
  int keep;                     // a table that is too wide drops columns with small `keep` first
  Better better;
  Digits digits;
  int decimals;
  Unit unit;
  bool timed;                                      // derived from the time, and as noisy
  std::optional<double> (*figure)(const Result&);  // infinite if exact
};

std::span<const Column> figure_columns();

using Figures = std::span<const std::optional<double>>;

struct Prefix {
  const char* name;  // empty for Unit::plain
  double size;
};

// The prefix for times by their median, for sizes by their maximum.
Prefix choose_prefix(Unit unit, Figures figures);

// The figures of one column as text of at most 10 characters; "-" for an absent figure.
std::vector<std::string> write_figures(const Column& column, const Prefix& prefix, Figures figures);

// Joins the two lines of a heading.
std::string joined(std::string_view above, std::string_view below);

}  // namespace qbench
