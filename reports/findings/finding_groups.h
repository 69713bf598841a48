// SPDX-License-Identifier: Apache-2.0
// Findings that have one cause, told as one: a constant that moved breaks every case of its mode.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/findings/findings.h"

namespace qbench {

// What findings of one group share besides gate, judgement and field: mode and kernel, or the mode
// alone where there are too many of those. Rows of ratios, which people read singly, may be groups
// of their own. Where there is no field, or it is no figure, reason or value are shared as well.
enum class Grain { row, kernel, mode };

struct Group {
  Findings findings;         // never empty
  const Finding* example;    // the one whose figure grew most, else changed most, else the first
  std::string command = {};  // that runs the example again, unless another group of the page has it
};

// In the order of their first finding.
std::vector<Group> groups_of(const Findings& findings, Grain grain = Grain::kernel);

// Whether rows of the gate show ratios.
bool shows_ratios(std::string_view gate);

// "gemm/mode:nf4/..." of one finding; "173 cases of nf4, kernel reference" of several, or "173
// cases of nf4, 5 kernels".
std::string subject_of(const Group& group);

// What is to be said beside before and after: how much the figure grew, at most and at least, and
// the reason; of several findings also the subject of the example.
std::string remark_of(const Group& group);

// In one line, the subject first, like described().
std::string described(const Group& group);

// As many groups as fit a page, the worst first: each takes a line, and one more for its command.
struct Page {
  std::vector<Group> groups;  // of all gates
  std::size_t groups_left_out = 0, findings_left_out = 0;
};
inline constexpr std::size_t kMostLines = 50;

// Groups of what is not SAME and, of gates that show ratios, of all; of the finest grain that fits.
Page page_of(std::span<const Finding> findings);

// "left out here: 3 more groups of 17 findings; ...", or empty.
std::string left_out(const Page& page);

// The value of "/key:value" in the id of a case, or empty. A tensor's name, which comes last, is
// none of the parts.
std::string_view id_part(std::string_view id, std::string_view key);

}  // namespace qbench
