// SPDX-License-Identifier: Apache-2.0
// The sides of a comparison: executables, or git revisions that are built.
#pragma once

#include <string>

#include "suites/suite.h"

namespace qbench {

struct Side {
  std::string text;        // as it was named
  std::string label;       // as people know it: the path, or "main (1a2b3c4)"
  std::string executable;  // a qbench
  std::string revision;    // the whole hash, where it is a revision
};

// `text` is the path of an executable, or what git calls a revision of the repository around the
// current folder; empty: this executable. A revision is built in a worktree of its own, by its own
// scripts/qbench, below $XDG_CACHE_HOME/qbench/revisions (~/.cache), with the CUDA halves only
// where the sweep can use them; what was built once is used again. Builds show their progress on
// stderr. Throws std::runtime_error that says what to do.
Side resolve_side(const std::string& text, const Sweep& sweep);

// Where qbench keeps what it makes for itself on this machine, made if need be.
std::string cache_folder();

}  // namespace qbench
