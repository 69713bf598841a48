// SPDX-License-Identifier: Apache-2.0
// Groups findings that have one cause: a changed constant breaks every case of its mode.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/findings/findings.h"

namespace qbench {

// The properties that findings of a group share besides gate, judgement and field: mode and kernel,
// or only the mode if there are too many such groups. `row` makes each row of ratios, which people
// read singly, a group of its own. Findings without a numeric field also share their reason or
// value.
enum class Grain { row, kernel, mode };

struct Group {
  Findings findings;         // never empty
  const Finding* example;    // the one that grew most, else that shrank most, else the first
  std::string command = {};  // reruns the example; empty if another group of the page shows it
};

// The groups, in the order of their first finding.
std::vector<Group> groups_of(const Findings& findings, Grain grain = Grain::kernel);

// True if rows of the gate show ratios.
bool shows_ratios(std::string_view gate);

// One finding: "gemm/mode:nf4/...". Several: "173 cases of nf4, kernel reference", or "173 cases of
// nf4, 5 kernels".
std::string subject_of(const Group& group);

// The remark beside before and after: by how much the figure grew, at most and at least, and the
// reason; for several findings also the subject of the example.
std::string remark_of(const Group& group);

// The group in one line, the subject first, like described().
std::string described(const Group& group);

// The groups that fit on a page, the worst first. Each takes a line, and another for its command.
struct FindingsPage {
  std::vector<Group> groups;  // across all gates
  std::size_t groups_left_out = 0, findings_left_out = 0;
};
inline constexpr std::size_t kMostLines = 50;

// Groups all findings but SAME ones, which only gates that show ratios keep, by the finest grain
// that fits.
FindingsPage page_of(std::span<const Finding> findings);

// "left out here: 3 more groups of 17 findings; ...", or empty.
std::string left_out(const FindingsPage& page);

// The value of "/key:value" in the id of a case, or empty. Ignores the tensor's name, which comes
// last.
std::string_view id_part(std::string_view id, std::string_view key);

}  // namespace qbench
