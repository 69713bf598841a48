// SPDX-License-Identifier: Apache-2.0
// The sides of a comparison: executables, or git revisions that are built.
#pragma once

#include <string>
#include <vector>

#include "suites/suite.h"

namespace qbench {

struct Side {
  std::string text;                         // as it was named
  std::string label;                        // as people know it: the path, or "main (1a2b3c4)"
  std::string executable;                   // a qbench
  std::vector<std::string> arguments = {};  // of every sweep of this side alone
};

// `text` is the path of an executable, of a library of kernels (NAME.so: this executable with it),
// or what git calls a revision of the repository around the current folder; empty: this executable.
//
// A revision is built once, by its own scripts/qbench, with the CUDA halves only where the sweep
// can use them, and kept as revisions/HASH[-cuda]/qbench below cache_folder(); one that no longer
// starts is built anew. Of runs that want the same revision one builds and the others wait, and a
// build that was cut short is taken up again. The worktree, `tree` beside it, is gone in the end.
// Dependencies are those of QBENCH_PREFIX, else of the checkout's .deps, else the revision's own
// set-up sees to them; libraries that it had to unpack stay, with the tree.
//
// Builds show their progress on stderr. Throws std::runtime_error that says what to do.
Side resolve_side(const std::string& text, const Sweep& sweep);

// Where qbench keeps what it makes for itself on this machine, made if need be: the absolute path
// of $XDG_CACHE_HOME/qbench, else ~/.cache/qbench.
std::string cache_folder();

}  // namespace qbench
