// SPDX-License-Identifier: Apache-2.0
// Normalized errors to decibels.
#include "reports/decibels.h"

#include <cmath>

namespace qbench {

std::optional<double> sqnr_db(double nmse) {
  if (!(nmse > 0) || !std::isfinite(nmse)) return std::nullopt;
  return -10 * std::log10(nmse);
}

double bound_gap_db(double bits_per_param, double sqnr) {
  return 20 * std::log10(2.0) * bits_per_param - sqnr;
}

}  // namespace qbench
