// SPDX-License-Identifier: Apache-2.0
// A linear layer of quantized weights with a low-rank adapter, forward and backward: LoRA (arXiv
// 2106.09685) on the weights of QLoRA (arXiv 2305.14314, equation 5).
#pragma once

#include "reference/planes/quantized_matrix.h"

namespace qbench::reference {

// What QLoRA trains with (appendix B): rank and alpha.
inline constexpr std::int64_t kLoraRank = 64;
inline constexpr float kLoraAlpha = 16;

struct Adapter {
  Matrix a;     // r x k
  Matrix b;     // n x r
  float scale;  // s = alpha / r

  std::int64_t rank() const { return a.rows; }
};

// y = x W^T + s (x A^T) B^T, m x n, of x (m x k): all products in f32, summed in a fixed order, and
// one rounding to `dtype` at the end. The first product is that of matmul, activations quantized
// where the format has them so.
void lora_forward(const Matrix& x, const QuantizedMatrix& weights, const Adapter& adapter,
                  Dtype dtype, Matrix& y);

struct LoraGradients {
  Matrix x;  // m x k: g W + s (g B) A
  Matrix a;  // r x k: s (g B)^T x
  Matrix b;  // n x r: s g^T (x A^T)
};

// The gradients of sum(g * y), for g (m x n) and the weights as they are decoded: these are frozen
// and have none. In f32; that of x is rounded to `dtype`, those of the adapter are not, as
// optimizers add them up in f32. Holds the decoded weights whole, in f32.
LoraGradients lora_backward(const Matrix& x, const Matrix& g, const QuantizedMatrix& weights,
                            const Adapter& adapter, Dtype dtype);

}  // namespace qbench::reference
