// SPDX-License-Identifier: Apache-2.0
// The mode that a stored weight is of, for tests that know it.
#pragma once

#include "suites/checkpoints/tensors/stored_tensor.h"

namespace qbench::test {

// The built-in mode whose format and block size the stored weight has; nullptr where there is none,
// and for plain arrays.
inline const Mode* stored_mode(const Tensor& tensor) {
  if (!tensor.stored || !tensor.stored->problem.empty()) return nullptr;
  const Description& description = tensor.stored->description;
  for (const Mode* mode : all_modes())
    if (mode->format == *description.format &&
        (mode->block_sizes.empty() || mode->allows(description.block_size)))
      return mode;
  return nullptr;
}

}  // namespace qbench::test
