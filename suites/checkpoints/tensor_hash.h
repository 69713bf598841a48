// SPDX-License-Identifier: Apache-2.0
// A hash of tensors, so that a record can tell which weights its figures are of.
#pragma once

#include <string>
#include <vector>

#include "suites/checkpoints/tensor.h"

namespace qbench {

// "xxh3:" and 32 hexadecimal digits: XXH3 of 128 bits over name, dtype, shape and bytes of those
// that are usable, by name. The files and their split do not count, nor do layouts.
std::string content_hash(const std::vector<Tensor>& tensors);

}  // namespace qbench
