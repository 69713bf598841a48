// SPDX-License-Identifier: Apache-2.0
// Builds commands from the options of the run that found something.
#include "harness/gates/findings/rerun.h"

#include "harness/process/process.h"
#include "reports/findings/finding_groups.h"

namespace qbench {

std::string rerun_line(std::vector<std::string> command, const Options& options,
                       const std::string& subject) {
  const bool is_case = !id_part(subject, "mode").empty();
  const std::vector<std::string> more =
      is_case ? arguments_of_case(options, subject) : options.sweep_arguments;
  command.insert(command.end(), more.begin(), more.end());
  return shell_line(command);
}

std::vector<std::string> ab_command(const std::string& old_text, const std::string& new_text) {
  std::vector<std::string> command = {"qbench", "ab", old_text};
  if (!new_text.empty()) command.push_back(new_text);
  return command;
}

}  // namespace qbench
