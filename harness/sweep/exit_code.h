// SPDX-License-Identifier: Apache-2.0
// The exit code of a sweep.
#pragma once

#include <vector>

#include "reports/result.h"
#include "suites/suite.h"

namespace qbench {

// The first that applies: 130 interrupted; 2 a wrong result; 1 a case that could not be run for an
// error, or a report that was not `written`; 77 only GPU cases were asked for and there is no GPU;
// 1 nothing of what was asked for could be measured, which is told on stderr; 0.
int sweep_exit_code(const std::vector<Case>& cases, const std::vector<Result>& results,
                    bool written);

}  // namespace qbench
