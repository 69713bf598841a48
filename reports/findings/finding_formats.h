// SPDX-License-Identifier: Apache-2.0
// The formats of reports of findings: one function and one source file each.
#pragma once

#include <span>
#include <string>

#include "reports/findings/finding.h"

namespace qbench {

std::string text_findings(std::span<const Finding> findings, Detail detail);
std::string markdown_findings(std::span<const Finding> findings, Detail detail);
std::string junit_findings(std::span<const Finding> findings, Detail detail);
std::string github_findings(std::span<const Finding> findings, Detail detail);
std::string jsonl_findings(std::span<const Finding> findings, Detail detail);

}  // namespace qbench
