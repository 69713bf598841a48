// SPDX-License-Identifier: Apache-2.0
// Checkpoint: the tensors of .safetensors files, of their indexes or of folders that hold either;
// memory-mapped for as long as it lives.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "suites/checkpoints/tensor.h"
#include "suites/checkpoints/tensor_rules.h"

namespace qbench {

class MappedFile;

class Checkpoint {
 public:
  // Each spec is FILE[:REGEX]: the whole text is the path where such a file exists, else what
  // follows the last ':' that leaves an existing path is the pattern (RE2, unanchored) that tensor
  // names must match. FILE is a .safetensors file, an index (.json), or a folder with one index
  // (*.safetensors.index*.json) or none, then of all its .safetensors files that are not hidden.
  // Only tensors that match and are not excluded must be there, and only the files that an index
  // names for them are read. An index decides among its files that have the same tensor; a tensor
  // that it does not list is taken where it lies in a file that is read.
  // Throws std::runtime_error with one line: no such file, a bad pattern, nothing selected, a name
  // that is selected twice, a rule without effect, or what is wrong with a file (its name first).
  explicit Checkpoint(const std::vector<std::string>& specs, const TensorRules& rules = {});
  ~Checkpoint();

  // Those selected, usable or not (Tensor::unusable), by spec, file and offset. At least one; no
  // two have the same name.
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const Tensor* find(const std::string& name) const;

  // Where not one can be used: "a.safetensors: none of its 12 tensors can be used: dtype I32 is not
  // read yet (F32, F16 and BF16 are) ('qweight', 'qzeros' and 8 more); has no elements ('x')".
  std::string why_unusable() const;

 private:
  std::string paths_;  // of the specs
  bool whole_ = true;  // no pattern and no rule left anything out
  std::vector<std::unique_ptr<MappedFile>> files_;
  std::vector<Tensor> tensors_;
  std::map<std::string_view, const Tensor*> by_name_;
};

}  // namespace qbench
