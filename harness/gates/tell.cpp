// SPDX-License-Identifier: Apache-2.0
// Reports of findings, to stdout and to files.
#include "harness/gates/tell.h"

#include <fmt/format.h>

namespace qbench {

int tell(std::span<const Finding> findings, const GateOptions& options, bool inconclusive_fails) {
  for (const auto& [report, file] : options.reports) {
    const Detail detail = file.empty() ? Detail::brief : Detail::full;
    const std::string text = report->write(findings, detail);
    if (file.empty())
      fmt::print("{}", text);
    else
      write_file(file, text);
  }
  return exit_code(findings, inconclusive_fails);
}

}  // namespace qbench
