// SPDX-License-Identifier: Apache-2.0
// Selects the tensors of one FILE[:REGEX], in one or several files.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "suites/checkpoints/mapped_file.h"
#include "suites/checkpoints/tensors/tensor.h"
#include "suites/checkpoints/tensors/tensor_rules.h"

namespace qbench {

struct Selected {
  std::string path;              // the spec without its pattern
  std::string pattern;           // may be empty
  std::vector<Tensor> tensors;   // by file and offset; their bytes lie in `files`
  std::set<std::string> names;   // of all weights of the spec, selected or not
  std::set<std::string> absent;  // weights that an index lists in files that are not there
  std::vector<std::filesystem::path> alone;  // files that no index lists
  std::vector<std::unique_ptr<MappedFile>> files;
};

// The tensors that match the spec's pattern and that the rules do not exclude by name, all of which
// must exist. Where the rules keep excluded tensors, those that exist are taken too. Checkpoint's
// constructor says what is read.
Selected select_tensors(const std::string& spec, AppliedRules& rules);

}  // namespace qbench
