// SPDX-License-Identifier: Apache-2.0
// What this program was built from, and how. scripts/cmake/QbenchRevision.cmake writes the
// definition, so that a commit recompiles it alone.
#pragma once
#include <string_view>

namespace qbench {

struct Build {
  std::string_view version, revision, type, flags;
};

extern const Build kThisBuild;

}  // namespace qbench
