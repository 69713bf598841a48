// SPDX-License-Identifier: Apache-2.0
// Pads cells to the widest of their column.
#include "harness/model/screen/columns.h"

#include <algorithm>
#include <numeric>

#include "reports/text/text.h"

namespace qbench {
namespace {

constexpr std::size_t kGap = 2, kShortest = 12;
constexpr std::string_view kDots = "...";

// The numbers among the parts of a name before the byte `end`: "10.3" of "layers.10.experts.3.up".
std::string numbers_in(std::string_view name, std::size_t end) {
  std::string numbers;
  for (std::size_t begin = 0; begin < end;) {
    const std::size_t dot = std::min(name.find('.', begin), name.size());
    const std::string_view part = name.substr(begin, dot - begin);
    const bool is_number = !part.empty() && part.find_first_not_of("0123456789") == part.npos;
    if (is_number) numbers += (numbers.empty() ? "" : ".") + std::string(part);
    begin = dot + 1;
  }
  return numbers;
}

std::vector<std::size_t> widths_of(const std::vector<Cells>& rows, std::size_t columns) {
  std::vector<std::size_t> widths(columns, 0);
  for (const Cells& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  return widths;
}

}  // namespace

std::string shortened_name(const std::string& name, std::size_t width) {
  const std::size_t all = display_width(name);
  if (all <= width) return name;
  std::string before;
  for (;;) {
    const std::size_t room = width - std::min(width, before.size() + kDots.size());
    const std::size_t cut = fitting(name, all - room);
    const std::string numbers = numbers_in(name, cut);
    if (numbers == before) return before + std::string(kDots) + name.substr(cut);
    before = numbers;  // which cut off more, and perhaps a further number
  }
}

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
              pad(sides[i] == 's' ? shortened_name(row[i], widths[i]) : row[i], widths[i],
                  sides[i] == 'r');
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace qbench
