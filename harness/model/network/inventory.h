// SPDX-License-Identifier: Apache-2.0
// Inventory: the tensors of a network that are quantized, and those that are left alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "suites/checkpoints/checkpoint.h"
#include "suites/checkpoints/models/left_alone.h"

namespace qbench {

// Tensors that are left alone for one reason.
struct LeftKind {
  std::string reason;
  double parameters = 0, bytes = 0;  // bytes as they are then stored
  bool is_linear = false;            // linear modules, such as the head
  std::vector<std::string> names = {};
};

struct Inventory {
  std::vector<const Tensor*> layers;  // those that are quantized, in the order of the checkpoint
  std::vector<const Tensor*>
      copies;  // layers whose tensor is the embedding that they are copies of
  double layer_parameters = 0, copied_parameters = 0;
  std::vector<LeftKind> left;  // those of most parameters first
  std::string missing_shards;  // as the Checkpoint has them; empty where a pattern selects

  bool is_copy(const Tensor& layer) const;
  double left_parameters() const;
  double left_bytes() const;
};

// Sorts the tensors by the rule. Those that `exclude` (RE2, unanchored) matches are left alone too,
// at 16 bits, and those that cannot be used keep the bytes that they have in the file, which count
// as no parameters. An embedding whose copy is a head that is quantized is both left alone and a
// layer, a copy, which counts in sums but has no name by which a plan could give it a mode.
// Throws std::runtime_error if an exclusion matches nothing or no tensor is left.
Inventory take_inventory(const Checkpoint& checkpoint, Scope scope,
                         const std::vector<std::string>& exclude);

}  // namespace qbench
