// SPDX-License-Identifier: Apache-2.0
// Pads cells to the widest of their column.
#include "harness/model/screen/columns.h"

#include <algorithm>
#include <numeric>

#include "reports/text/text.h"

namespace qbench {
namespace {

constexpr std::size_t kGap = 2, kShortest = 24;
constexpr std::string_view kDots = "...";

// The end of a text, which says more of a name than its begin.
std::string last_of(const std::string& text, std::size_t width) {
  const std::size_t all = display_width(text);
  if (all <= width) return text;
  return std::string(kDots) + text.substr(fitting(text, all - (width - kDots.size())));
}

std::vector<std::size_t> widths_of(const std::vector<Cells>& rows, std::size_t columns) {
  std::vector<std::size_t> widths(columns, 0);
  for (const Cells& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  return widths;
}

}  // namespace

std::vector<std::string> in_columns(const std::vector<Cells>& rows, std::string_view sides,
                                    std::size_t width) {
  std::vector<std::size_t> widths = widths_of(rows, sides.size());
  const std::size_t all = std::accumulate(widths.begin(), widths.end(), kGap * (sides.size() - 1));
  if (const std::size_t cut = sides.find('s'); cut != sides.npos && all > width)
    widths[cut] = std::max(std::min(kShortest, widths[cut]),
                           widths[cut] - std::min(widths[cut], all - width));
  std::vector<std::string> lines;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += std::string(i == 0 ? 0 : kGap, ' ') +
              pad(last_of(row[i], widths[i]), widths[i], sides[i] == 'r');
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace qbench
