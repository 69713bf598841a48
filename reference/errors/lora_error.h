// SPDX-License-Identifier: Apache-2.0
// The two errors of layers with adapters: what unquantized weights would give, in double, and the
// right results of kernels with the bounds on their errors.
#pragma once

#include "reference/errors/error.h"
#include "reference/lora.h"

namespace qbench {

// x W^T + s (x A^T) B^T and g W + s (g B) A in double, of unquantized weights: the exact results of
// the layer and the exact gradient of its input.
DoubleMatrix exact_lora(const Matrix& x, const Matrix& weights, const reference::Adapter& adapter);
DoubleMatrix exact_lora_gradient(const Matrix& g, const Matrix& weights,
                                 const reference::Adapter& adapter);

// The right results of kernels from the operands that they really use, as expected_matmul has them:
// the bound is of f32 sums in any order and of one rounding to dtype.
Expected expected_lora(const Matrix& x, const QuantizedMatrix& weights,
                       const reference::Adapter& adapter, Dtype dtype);
Expected expected_lora_gradient(const Matrix& g, const QuantizedMatrix& weights,
                                const reference::Adapter& adapter, Dtype dtype);

// Those of the gradients of an adapter, which do not depend on the weights and are f32.
struct ExpectedAdapter {
  Expected a;  // r x k
  Expected b;  // n x r
};
ExpectedAdapter expected_adapter(const Matrix& x, const Matrix& g,
                                 const reference::Adapter& adapter);

}  // namespace qbench
