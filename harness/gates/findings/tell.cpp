// SPDX-License-Identifier: Apache-2.0
// Writes reports of findings to stdout and to files.
#include "harness/gates/findings/tell.h"

#include "harness/output/outputs.h"

namespace qbench {

int tell(std::span<const Finding> findings, const GateOptions& options, bool inconclusive_fails) {
  std::vector<Output> outputs;
  for (const auto& [report, file] : options.reports) {
    const Detail detail = file.empty() ? Detail::brief : Detail::full;
    outputs.push_back({file, [=, report = report] { return report->write(findings, detail); }});
  }
  const bool written = write_outputs(outputs);
  const int code = exit_code(findings, inconclusive_fails);
  return code == 0 && !written ? 1 : code;
}

void check_reports(const GateOptions& options) {
  const std::vector<std::string> inputs = {
      options.errors,   options.policy,       options.base,       options.old_text,
      options.new_text, options.base_journal, options.new_journal};
  for (const auto& [report, file] : options.reports) check_output(file, inputs);
}

}  // namespace qbench
