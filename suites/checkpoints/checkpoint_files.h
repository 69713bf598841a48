// SPDX-License-Identifier: Apache-2.0
// From FILE[:REGEX] to the tensors that it selects, in one file or several.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/tensor.h"
#include "suites/checkpoints/tensor_rules.h"

namespace qbench {

struct Selected {
  std::string path;             // of the spec, without the pattern
  std::string pattern;          // may be empty
  std::vector<Tensor> tensors;  // by file and then by offset, into `files`
  std::vector<std::unique_ptr<MappedFile>> files;
};

// Those tensors that match the spec's pattern and that the rules do not exclude by their names; of
// these all must be there, of others nothing. Checkpoint's constructor says what is read.
Selected select_tensors(const std::string& spec, AppliedRules& rules);

}  // namespace qbench
