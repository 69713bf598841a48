// SPDX-License-Identifier: Apache-2.0
// Originals: the unquantized tensors of another checkpoint, by those that were made of them.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "reference/errors/error.h"
#include "suites/checkpoints/checkpoint.h"

namespace qbench {

class Originals {
 public:
  // Opens FILE[:REGEX]s as Checkpoint does, and finds the original of each tensor: the one of its
  // name, else the one that has the same name in GGUF (gguf_names.h). An original of the same shape
  // is read in the tensor's layout, any other in its own.
  //
  // Throws std::runtime_error with one line: what Checkpoint's constructor throws; names of both
  // sides where tensors have no original; an original that cannot be used, is no matrix of the
  // tensor's size, has rows that LLaMA's order in GGUF cannot have, or a GGUF file that does not
  // tell the heads by which it has ordered them.
  Originals(const std::vector<std::string>& specs, std::span<const Tensor* const> tensors);

  // The original of one of the tensors, with its rows in the tensor's order. Throws
  // std::runtime_error for another tensor.
  Matrix matrix(const Tensor& tensor) const;

  // Throws std::runtime_error with one line if the tensor, which has this error against its
  // original, has nothing in common with it: weights of another network of the same names.
  void check_alike(const Tensor& tensor, const ErrorSums& error) const;

  std::vector<Tensor> tensors() const;  // the originals, each once

 private:
  struct Match {
    Tensor original;  // in the layout in which it is read
    // Row r of the tensor is row from[r] of the original, over their first dimension; empty: r.
    std::vector<std::int64_t> from;
  };

  const Tensor* find(const Tensor& tensor) const;
  std::string unmatched(const std::vector<std::string>& names) const;

  Checkpoint checkpoint_;
  std::map<std::string, const Tensor*> by_gguf_name_;  // nullptr: several have that name
  std::map<std::string, Match> matches_;               // by the tensor's name
};

}  // namespace qbench
