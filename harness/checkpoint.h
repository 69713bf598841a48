// SPDX-License-Identifier: Apache-2.0
// Checkpoint: the tensors of a .safetensors file, of a model.safetensors.index.json with its files,
// or of a folder that holds either; memory-mapped for as long as it lives.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/safetensors.h"

namespace qbench {

class MappedFile;

class Checkpoint {
 public:
  // FILE[:REGEX]: the whole text is the path where such a file exists, else what follows the last
  // ':' that leaves an existing path is the pattern (RE2, unanchored) that tensor names must match.
  // Throws std::runtime_error with one line: no such file, a bad pattern, no tensor at all, none
  // that matches, or whatever is wrong with a file (its name first).
  explicit Checkpoint(const std::string& file_and_pattern);
  ~Checkpoint();

  // Those that match, usable or not (Tensor::unusable), by file and then by offset.
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const Tensor* find(const std::string& name) const;

 private:
  std::vector<std::unique_ptr<MappedFile>> files_;
  std::vector<Tensor> tensors_;
};

}  // namespace qbench
