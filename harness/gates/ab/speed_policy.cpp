// SPDX-License-Identifier: Apache-2.0
// Finds the gain that excuses a slower row.
#include "harness/gates/ab/speed_policy.h"

#include <fmt/format.h>

namespace qbench {
namespace {

// The growth of a figure if it is at least `wanted`.
std::optional<double> growth(std::optional<double> from, std::optional<double> to,
                             std::optional<double> wanted) {
  if (!from || !to || !wanted || !(*to - *from >= *wanted)) return std::nullopt;
  return *to - *from;
}

}  // namespace

std::string gained(const Trade& trade, const Result& before, const Result& after) {
  const bool output = before.output_sqnr_db && after.output_sqnr_db;
  const auto sqnr = output ? &Result::output_sqnr_db : &Result::weight_sqnr_db;
  if (const auto decibels = growth(before.*sqnr, after.*sqnr, trade.sqnr_db))
    return fmt::format("SQNR {:+.2f} dB", *decibels);
  if (const auto saved = growth(after.bits_per_param, before.bits_per_param, trade.bits_per_param))
    return fmt::format("{:+.4f} bits per parameter", -*saved);
  return {};
}

}  // namespace qbench
