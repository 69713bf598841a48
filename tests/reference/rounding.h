// SPDX-License-Identifier: Apache-2.0
// One rounding to a type by its definition, sharing nothing with the reference.
#pragma once

#include "tests/reference/matrices.h"

namespace qbench::test {

inline float rounded_to(Dtype dtype, double x) {
  return static_cast<float>(dtype == Dtype::fp16 ? fp16(x) : dtype == Dtype::bf16 ? bf16(x) : x);
}

}  // namespace qbench::test
