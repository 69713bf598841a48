// SPDX-License-Identifier: Apache-2.0
// A hash of tensors, by which a record identifies the weights of its figures.
#pragma once

#include <string>
#include <vector>

#include "suites/checkpoints/tensors/tensor.h"

namespace qbench {

// "xxh3:" and 32 hexadecimal digits: XXH3 of 128 bits over name, dtype, shape and bytes of the
// usable tensors, ordered by name; of a weight in a container, those of its parts. It does not
// depend on layouts or on how tensors are split into files.
std::string content_hash(const std::vector<Tensor>& tensors);

}  // namespace qbench
