// SPDX-License-Identifier: Apache-2.0
#include "tests/tree.h"

std::string qbench::test::in_tree(const std::string& file) {
  return std::string(QBENCH_SOURCE_DIR) + "/" + file;
}
