// SPDX-License-Identifier: Apache-2.0
// Which times are not to be trusted, and how far each is known.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "reports/result.h"

namespace qbench {

// Why the time of a result is not to be trusted: what the record says, or, where it says nothing
// (journals of older versions), quartiles more than 25 % of the median apart. Empty: it is.
std::string noise_of(const Result& result);

// Quartiles farther apart than this, in parts of the median, are noise; the reason in words.
inline constexpr double kMostSpread = 0.25;
std::string spread_reason(double apart);

// Half the distance between the quartiles, in percent of the median.
std::optional<double> spread_percent(const Result& result);

// Where the time may lie, in parts of the median: from the first to the third quartile; from the
// least time where it is noisy. Absent where that was not measured.
struct Spread {
  double low, high;
};
std::optional<Spread> spread_of(const Result& result);

// One line: how many times are not to be trusted, why, and what to do; or empty.
std::string noise_note(std::span<const Result> results);

}  // namespace qbench
