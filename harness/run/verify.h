// SPDX-License-Identifier: Apache-2.0
// Verify: is what a trial shows right? No tolerance to tune: bytes are equal, products lie within
// the bound of their arithmetic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kernels/kernel.h"
#include "reference/error.h"

namespace qbench {

struct Verdict {
  std::string wrong = {};     // what is wrong, or empty
  std::string unproven = {};  // of what is not wrong: why no element could be judged, or empty
  std::optional<double> kernel_error = {};  // of a product: the largest, in units of its bound
  std::int64_t elements = 0;                // of a product
  std::int64_t not_judged = 0;              // of those: a partial sum may overflow

  // "3 of 320 elements not judged: a partial sum may overflow", or empty.
  std::string remark() const;
};

Verdict verify_matmul(const Expected& expected, const Matrix& output,
                      const Arithmetic& arithmetic = {});

// Codes and scales must equal the reference's.
Verdict verify_codes(const QuantizedMatrix& expected, Trial& trial);

// The output must equal the weights that the codes stand for, rounded to the type.
Verdict verify_weights(const QuantizedMatrix& expected, Dtype dtype, Trial& trial);

// Both.
Verdict verify_roundtrip(const QuantizedMatrix& expected, Trial& trial);

// Why generated inputs prove nothing (what they should give is the same everywhere), or empty.
std::string proves_nothing(const Expected& expected);

}  // namespace qbench
