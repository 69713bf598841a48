// SPDX-License-Identifier: Apache-2.0
// The tree of the sources, for tests that read files of it or of ../shared.
#pragma once

#include <string>

namespace qbench::test {

// The path of `file`, which is relative to the root of the tree.
std::string in_tree(const std::string& file);

}  // namespace qbench::test
