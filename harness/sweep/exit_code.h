// SPDX-License-Identifier: Apache-2.0
// The exit code of a sweep.
#pragma once

#include <vector>

#include "reports/result.h"
#include "suites/suite.h"

namespace qbench {

// The first that applies:
//   130  interrupted
//     2  a wrong result
//     1  a case ended in an error, or not all output was `written`
//    77  only GPU cases were asked for and there is no GPU
//     1  nothing that was asked for could be measured, as a message on stderr says
//     0  otherwise
int sweep_exit_code(const std::vector<Case>& cases, const std::vector<Result>& results,
                    bool written);

}  // namespace qbench
