// SPDX-License-Identifier: Apache-2.0
// Verifies the output of a trial, without a tolerance to tune: bytes must be equal, and products
// must lie within the bound of their arithmetic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kernels/kernel.h"
#include "reference/errors/lora_error.h"

namespace qbench {

struct Verdict {
  std::string wrong = {};     // the fault, or empty
  std::string unproven = {};  // the reason if nothing is wrong but no element could be judged
  // Products only:
  std::optional<double> kernel_error = {};  // the largest, in units of its bound
  std::int64_t elements = 0;
  std::int64_t not_judged = 0;  // number of elements with a partial sum that may overflow

  // "3 of 320 elements not judged: a partial sum may overflow", or empty.
  std::string remark() const;
};

Verdict verify_matmul(const Expected& expected, const Matrix& output,
                      const Arithmetic& arithmetic = {});

// Judges the gradient of x, which is the output, and those of the adapter in the same way.
Verdict verify_gradients(const Expected& expected, const ExpectedAdapter& adapter, Trial& trial,
                         const Arithmetic& arithmetic = {});

// Requires codes and scales equal to the reference's.
Verdict verify_codes(const QuantizedMatrix& expected, Trial& trial);

// Requires an output equal to the decoded weights, rounded to the type.
Verdict verify_weights(const QuantizedMatrix& expected, Dtype dtype, Trial& trial);

// Requires equal codes and scales, and an output equal to the decoded weights.
Verdict verify_roundtrip(const QuantizedMatrix& expected, Trial& trial);

// The reason if generated inputs prove nothing, because all expected elements are equal; or empty.
std::string proves_nothing(const Expected& expected);

}  // namespace qbench
