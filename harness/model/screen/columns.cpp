// SPDX-License-Identifier: Apache-2.0
// Pads cells to the widest of their column.
#include "harness/model/screen/columns.h"

#include <algorithm>

#include "reports/text/text.h"

namespace qbench {

std::vector<std::string> in_columns(const std::vector<Cells>& rows, std::string_view sides) {
  std::vector<std::size_t> widths(sides.size(), 0);
  for (const Cells& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  std::vector<std::string> lines;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += (i == 0 ? "" : "  ") + pad(row[i], widths[i], sides[i] == 'r');
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace qbench
