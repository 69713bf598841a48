// SPDX-License-Identifier: Apache-2.0
// SizeSum: the bits that a mode stores, term by term, from its description.
#pragma once

#include <string>

#include "reference/mode.h"

namespace qbench {

// Bits of an n x k matrix whose groups are all whole:
//   n k per_param + n per_row + k per_column + per_tensor
struct SizeSum {
  double per_param = 0;
  double per_row = 0;
  double per_column = 0;
  double per_tensor = 0;
  std::string text;  // "4 + 32/64 = 4.5", and the rest by its names: ", and 32 of the tensor"
};

SizeSum size_sum(const Format& format, int block_size);

}  // namespace qbench
