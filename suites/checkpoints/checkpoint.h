// SPDX-License-Identifier: Apache-2.0
// Checkpoint: the tensors of .safetensors and .gguf files, indexes and folders, and of .npy files,
// memory-mapped while it lives.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "suites/checkpoints/tensors/tensor.h"
#include "suites/checkpoints/tensors/tensor_rules.h"

namespace qbench {

class MappedFile;

class Checkpoint {
 public:
  // Each spec is FILE[:REGEX]. If the whole text is an existing path, there is no pattern.
  // Otherwise the spec is split at the last ':' after an existing path, and names of tensors must
  // match REGEX (RE2, unanchored).
  //
  // FILE is a .safetensors, .gguf or .npy file, an index (.json), or a folder. A folder with one
  // index (*.safetensors.index*.json) stands for the index, one without for all its .safetensors
  // files that are not hidden, and one without those for its .gguf files. A part of a split GGUF
  // model stands for all of them.
  //
  // The tensors in which a quantized weight is stored are one Tensor, named like the unquantized
  // weight, whose name alone is matched. How it is stored is told by its tensors and the
  // quantization_config in the files' folder (quantization_config.h).
  //
  // Only tensors that match and are not excluded must exist, and only the files that an index names
  // for them are read, and in each of these files only the tensors that the index has there.
  //
  // Throws std::runtime_error with one line: no such file, a bad pattern, nothing selected, a name
  // selected twice, a rule without effect, or a fault of a file after its name.
  explicit Checkpoint(const std::vector<std::string>& specs, const TensorRules& rules = {});
  ~Checkpoint();

  // The selected tensors, usable or not (Tensor::unusable), ordered by spec, file and offset. There
  // is at least one, and names are unique.
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const Tensor* find(const std::string& name) const;
  // True if no pattern or rule left anything out.
  bool whole() const { return whole_; }
  // The names of all weights of the specs, selected or not.
  const std::set<std::string>& names() const { return names_; }
  // The weights that --exclude matches and whose files are not there, of rules that keep such ones.
  const std::set<std::string>& absent() const { return absent_; }
  // The shards of a model that are not in the specs (shards.h); empty: none.
  const std::string& missing_shards() const { return missing_shards_; }

  // The error if no tensor can be used: "a.safetensors: none of its 12 tensors can be used: dtype
  // I32 is not read by itself (F64, F32, F16 and BF16 are) ('codes', 'zeros' and 8 more); has no
  // elements ('x')".
  std::string why_unusable() const;

 private:
  std::string paths_;  // paths of the specs
  bool whole_ = true;
  std::set<std::string> names_, absent_;
  std::string missing_shards_;
  std::vector<std::unique_ptr<MappedFile>> files_;
  std::vector<Tensor> tensors_;
  std::map<std::string_view, const Tensor*> by_name_;
};

}  // namespace qbench
