// SPDX-License-Identifier: Apache-2.0
// Finds the best and the noisy figures of a column.
#include "reports/results/marks.h"

#include <algorithm>
#include <span>

#include "reports/summaries/noise.h"

namespace qbench {
namespace {

constexpr double kBaselineBits = 16;  // fp16, bf16 and wider are there for comparison

// The range in which a figure derived from a time may lie; lower is better.
struct Reach {
  double best, worst;
};

std::optional<Reach> reach_of(const Column& column, const Result& row, double figure) {
  const auto spread = spread_of(row);
  if (!spread) return {};
  if (column.better == Better::lower) return Reach{figure * spread->low, figure * spread->high};
  return Reach{-figure / spread->low, -figure / spread->high};
}

// True if no figure with another text may reach the best one.
bool stands_out(const Column& column, const std::vector<const Result*>& rows, Figures figures,
                const std::vector<std::string>& texts, std::span<const std::size_t> candidates,
                std::size_t best) {
  if (!column.timed) return true;
  const auto own = reach_of(column, *rows[best], *figures[best]);
  return own && std::ranges::all_of(candidates, [&](std::size_t i) {
           const auto other = reach_of(column, *rows[i], *figures[i]);
           return texts[i] == texts[best] || (other && own->worst < other->best);
         });
}

}  // namespace

std::vector<Mark> marks_of(const Column& column, const std::vector<const Result*>& rows,
                           Figures figures, const std::vector<std::string>& texts) {
  std::vector<Mark> marks(rows.size(), Mark::none);
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!figures[i]) continue;
    if (column.timed && !noise_of(*rows[i]).empty()) marks[i] = Mark::noisy;
    if (rows[i]->bits_per_param.value_or(kBaselineBits) < kBaselineBits) candidates.push_back(i);
  }
  if (column.better == Better::neither || candidates.empty()) return marks;
  const bool lower = column.better == Better::lower;
  const std::size_t best = *std::ranges::min_element(
      candidates, {}, [&](std::size_t i) { return lower ? *figures[i] : -*figures[i]; });
  const auto ties = [&](std::size_t i) { return texts[i] == texts[best]; };
  if (marks[best] == Mark::noisy || std::ranges::all_of(candidates, ties) ||
      !stands_out(column, rows, figures, texts, candidates, best))
    return marks;
  for (const std::size_t i : candidates)
    if (ties(i) && marks[i] == Mark::none) marks[i] = Mark::best;
  return marks;
}

}  // namespace qbench
