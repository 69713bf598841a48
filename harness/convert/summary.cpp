// SPDX-License-Identifier: Apache-2.0
// Counts tensors and adds up errors, and says so.
#include "harness/convert/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <numeric>

#include "reports/decibels.h"
#include "reports/text/units.h"
#include "suites/axis_values.h"

namespace qbench {
namespace {

using Counts = std::map<std::string, std::int64_t>;

std::int64_t all_of(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& each) { return sum + each.second; });
}

std::string list(const Counts& counts) {
  std::vector<std::string> parts;
  for (const auto& [what, count] : counts) parts.push_back(fmt::format("{} x {}", count, what));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string in_modes(const Counts& modes) {
  return modes.size() == 1 ? modes.begin()->first : list(modes);
}

std::string error_text(const ErrorSums& error) {
  const auto db = sqnr_db(error.nmse());
  return fmt::format("NMSE {:.4g}", error.nmse()) +
         (db ? fmt::format(", SQNR {:.2f} dB", *db) : "") + " (pooled over tensors)";
}

}  // namespace

void Summary::add(const Conversion& conversion, const ErrorSums& error) {
  const Tensor& tensor = *conversion.tensor;
  bytes_before_ += tensor.stored_bytes();
  if (conversion.mode == nullptr) {
    ++left_[conversion.why_left];
    return;
  }
  const std::string block = conversion.block_size == conversion.mode->block_size
                                ? ""
                                : " " + block_size_name(conversion.block_size);
  ++modes_[std::string(conversion.mode->name) + block];
  ++rounded_[written_dtype(tensor)];
  if (tensor.stored) ++rounded_before_;
  parameters_ += static_cast<double>(tensor.rows()) * static_cast<double>(tensor.cols());
  error_.add(error);
}

std::string Summary::text(const std::string& out, const Target& target,
                          std::int64_t bytes_after) const {
  std::string text =
      fmt::format("{}: {} in {} ({} parameters)", out, counted(all_of(modes_), "tensor"),
                  in_modes(modes_), count_text(parameters_));
  if (!left_.empty()) text += fmt::format(", {} left alone ({})", all_of(left_), list(left_));
  text += fmt::format("; {} to {}", bytes_text(static_cast<double>(bytes_before_)),
                      bytes_text(static_cast<double>(bytes_after)));
  const std::string rounding =
      target.pack == nullptr ? fmt::format(" and rounded to {}", in_modes(rounded_)) : "";
  const std::string again =
      rounded_before_ == 0
          ? ""
          : fmt::format(
                " against the decoded weights of {} that were quantized before: a second "
                "rounding",
                rounded_before_);
  return text +
         fmt::format("; what was quantized{} has {}{}\n", rounding, error_text(error_), again);
}

}  // namespace qbench
