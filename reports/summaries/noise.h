// SPDX-License-Identifier: Apache-2.0
// Decides which times are not to be trusted, and how precisely each is known.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "reports/result.h"

namespace qbench {

// The reason not to trust the time of a result, or empty: the record's reason or, in journals of
// older versions without one, quartiles more than 25 % of the median apart.
std::string noise_of(const Result& result);

// Quartiles farther apart than this fraction of the median are noise; the reason in words.
inline constexpr double kMostSpread = 0.25;
std::string spread_reason(double apart);

// Half the distance between the quartiles, in percent of the median.
std::optional<double> spread_percent(const Result& result);

// The range in which the time may lie, as fractions of the median: from the first quartile, or the
// minimum if it is noisy, to the third quartile. Absent if these were not measured.
struct Spread {
  double low, high;
};
std::optional<Spread> spread_of(const Result& result);

// True if two timed results may be as fast as each other: their spreads are known and overlap.
bool spreads_overlap(const Result& a, const Result& b);

// One line with the number of times that are not to be trusted, the reasons and what to do; or
// empty.
std::string noise_note(std::span<const Result> results);

}  // namespace qbench
