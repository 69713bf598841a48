// SPDX-License-Identifier: Apache-2.0
// Inventory: the tensors of a network that are quantized, and those that are left alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/models/left_alone.h"

namespace qbench {

// Tensors that are left alone for one reason.
struct LeftKind {
  std::string reason;
  double parameters = 0, bytes = 0;  // bytes as they are then stored
  bool is_linear = false;            // linear modules, such as the head
  std::string type = {};             // the mode that they have, where it is told
  std::vector<std::string> names = {};
};

struct Inventory {
  std::vector<const Tensor*> layers;  // those that are quantized, in the order of the checkpoint
  std::vector<const Tensor*> copies;  // layers that are copies of the embedding, whose tensor it is
  double layer_parameters = 0, copied_parameters = 0;
  std::vector<LeftKind> left;  // those of most parameters first
  std::string missing;         // shards, where no pattern selects, or excluded weights, in words

  bool is_copy(const Tensor& layer) const;
  double left_parameters() const;
  double left_bytes() const;
};

// Sorts the tensors by the rule. Those that `exclude` (RE2, unanchored) matches are left alone too,
// at 16 bits, and those that cannot be used keep the bytes that they have in the file: among these
// only quantized weights of known shape count as parameters. An embedding of which a second copy is
// quantized as the head appears twice: among the tensors left alone, and among the layers, as a
// copy. The copy counts in sums, but has no name by which a plan could give it a mode.
//
// Throws std::runtime_error if an exclusion matches nothing or no tensor is left.
Inventory take_inventory(const Checkpoint& checkpoint, Scope scope,
                         const std::vector<std::string>& exclude);

// The error where a rule leaves no tensor to `verb`: first why weights could not be used.
std::string why_none_left(const Checkpoint& checkpoint, Scope scope, bool excluded,
                          std::string_view verb);

}  // namespace qbench
