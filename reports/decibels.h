// SPDX-License-Identifier: Apache-2.0
// Errors in decibels, as cases and their totals report them.
#pragma once

#include <optional>

namespace qbench {

// -10 log10(nmse); absent if nmse is 0 (exact) or not finite.
std::optional<double> sqnr_db(double nmse);

// 20 log10(2) = 6.0206 dB a bit less the SQNR: the distance to the Gaussian rate-distortion bound.
double bound_gap_db(double bits_per_param, double sqnr_db);

}  // namespace qbench
