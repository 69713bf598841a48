// SPDX-License-Identifier: Apache-2.0
// The sides of a comparison: executables, kernel libraries, or git revisions, which are built.
#pragma once

#include <string>
#include <vector>

#include "suites/suite.h"

namespace qbench {

struct Side {
  std::string text;                         // as typed
  std::string label;                        // for people: the path, or "main (1a2b3c4)"
  std::string executable;                   // a qbench
  std::vector<std::string> arguments = {};  // added to every sweep of this side
};

// `text` is the path of an executable, the path of a kernel library (NAME.so: this executable loads
// it), a git revision of the repository around the current folder, or empty: this executable.
//
// A revision is built once, by its own scripts/qbench, and kept as revisions/HASH[-cuda]/qbench
// below cache_folder(). The CUDA halves are built only if the sweep can use them. An executable
// that no longer starts is rebuilt. If several runs need the same revision, one builds it and the
// others wait; an interrupted build is resumed. The worktree `tree` beside it is removed in the
// end. Dependencies come from QBENCH_PREFIX, else from the checkout's .deps, else from the
// revision's own set-up; libraries that this unpacks stay, with the tree.
//
// Builds show their progress on stderr. Throws std::runtime_error that says what to do.
Side resolve_side(const std::string& text, const Sweep& sweep);

// The absolute path of qbench's cache, created if missing: $XDG_CACHE_HOME/qbench, else
// ~/.cache/qbench. Throws std::runtime_error if it cannot be created.
std::string cache_folder();

}  // namespace qbench
