// SPDX-License-Identifier: Apache-2.0
// The meaning of every operation. Results are the same bits at any number of threads and any
// instruction set.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reference/planes/quantized_matrix.h"

namespace qbench::reference {

// Overwrites `out`, which has the mode's format and the shape of `weights` (n x k).
void quantize(const Matrix& weights, const Mode& mode, QuantizedMatrix& out);
// Throws std::invalid_argument for a block size that the mode does not allow.
QuantizedMatrix quantize(const Mode& mode, int block_size, const Matrix& weights);

// The weights that the codes stand for, in f32, n x k.
void dequantize(const QuantizedMatrix& quantized, Matrix& out);

// Elements first .. first + count - 1 of the flattened matrix, on the calling thread.
void dequantize(const QuantizedMatrix& quantized, std::int64_t first, std::int64_t count,
                float* out);

// y = x W^T, m x n, of x (m x k, already of `dtype`) and the dequantized weights: products summed
// in f32 in a fixed order, one rounding to `dtype` at the end. A format with quantized activations
// is multiplied as LLM.int8() does it.
void matmul(const Matrix& x, const QuantizedMatrix& weights, Dtype dtype, Matrix& y);

// Rounds every value to the type (nearest even); f32 leaves all as it is.
void round_to(Dtype dtype, std::span<float> values);

// LLM.int8()'s view of activations: codes and absmax of every row; outlier columns in ascending
// order.
struct Int8Activations {
  BasicMatrix<std::int8_t> codes;      // m x k, 0 in outlier columns
  Buffer<float> row_absmax;            // m, over the magnitudes below the threshold
  std::vector<std::int64_t> outliers;  // columns
  Matrix values;                       // m x k, the activations as fp16 numbers
};
Int8Activations quantize_activations(const Matrix& x, const QuantizedActivations& how);

// The given columns of the dequantized weights, rounded to fp16: n x columns.
Matrix outlier_weights(const QuantizedMatrix& weights, const std::vector<std::int64_t>& columns);

}  // namespace qbench::reference
